//! Lookup: the divisions that a name alone may mean, with or without its parents and its suffix.

use super::{Division, Form, Gazetteer, Level};

/// What may stand between the names of a parent and a child.
pub(crate) const JOINTS: &[char] = &['·', ' ', '\u{3000}', '/', '\\', '_', '-', '—', '（', '('];

/// What the name of a township ends in.
const SUFFIXES: &[&str] = &["街道", "镇", "乡", "地区"];

/// Bytes of the longest name with its parents that is looked up.
const LONGEST: usize = 240;

impl Gazetteer {
    /// All divisions that the whole of `name` may mean, with or without parents before the last.
    pub(crate) fn named(&self, name: &str) -> Vec<Division> {
        let name = name.trim_start_matches(JOINTS);
        if name.len() > LONGEST {
            return vec![];
        }
        if let Some(exact) = self.find(name) {
            let found: Vec<_> = exact.divisions().collect();
            return match (exact.form(), self.highest(&found)) {
                (Form::Short, Some(only)) if self.level(only) <= Level::Prefecture => vec![only],
                _ => found,
            };
        }
        let mut found = self.stemmed(name);
        let mut parents = vec![];
        self.prefixes(name, &mut |length, parent| parents.push((length, parent)));
        for (length, parent) in parents {
            if length < name.len() {
                for child in self.named(name[length..].trim_start_matches("市辖区")) {
                    if parent.divisions().any(|parent| parent != child && self.contains(parent, child)) {
                        found.push(child);
                    }
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The townships whose name is `stem` and a suffix.
    pub(crate) fn stemmed(&self, stem: &str) -> Vec<Division> {
        let mut found = vec![];
        for suffix in SUFFIXES {
            if let Some(name) = self.find(&format!("{stem}{suffix}")) {
                found.extend(name.divisions().filter(|&each| self.level(each) == Level::Township));
            }
        }
        found
    }

    /// A township's name without its suffix.
    pub(crate) fn stem(&self, division: Division) -> Option<String> {
        let name = self.name(division);
        let stem = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix))?;
        (stem.chars().count() > 1).then(|| stem.to_owned())
    }

    /// Whether it is a province that is one city: 北京, 天津, 上海, 重庆, 香港, 澳门.
    pub(crate) fn is_municipality(&self, province: Division) -> bool {
        matches!(self.number(province) / 10_000, 11 | 12 | 31 | 50 | 81 | 82)
    }

    /// The one candidate that stands above all others, if there is one.
    pub(crate) fn highest(&self, candidates: &[Division]) -> Option<Division> {
        match *candidates {
            [] => None,
            [only] => Some(only),
            [first, second, ..] => (self.level(first) < self.level(second)).then_some(first),
        }
    }

    /// Joins the mention at `next` to the parents before it: the candidates that lie in one of `parents`.
    pub(crate) fn joined(&self, parents: &[Division], next: &[Division]) -> Vec<Division> {
        let within = |each| parents.iter().any(|&parent| parent != each && self.contains(parent, each));
        next.iter().copied().filter(|&each| within(each)).collect()
    }
}
