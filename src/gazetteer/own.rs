//! Own places: what a user's gazetteer files add to the divisions, such as communities, parks and sites, and further
//! names of divisions.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::Deserialize;

use super::{Division, Gazetteer};
use crate::rules::Source;

/// Why a gazetteer file is not taken.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// It is no TOML, or not of this form.
    #[error("{file}: {cause}")]
    Form {
        /// The file, its line and column.
        file: String,
        /// What the parser says.
        cause: String,
    },
    /// A place hangs from nothing that is known, or an alias has no such code.
    #[error("{file}: `{name}`: unknown parent or code `{parent}`")]
    Unknown {
        /// The file.
        file: String,
        /// The place or alias.
        name: String,
        /// What it refers to.
        parent: String,
    },
    /// A parent may be several divisions.
    #[error("{file}: `{name}`: ambiguous parent `{parent}`: it may be {}", .candidates.join(", "))]
    Ambiguous {
        /// The file.
        file: String,
        /// The place.
        name: String,
        /// Its parent as written.
        parent: String,
        /// Paths of the divisions that it may mean.
        candidates: Vec<String>,
    },
    /// A code is none.
    #[error("{file}: `{name}`: the code `{code}` is not of six, nine or twelve digits")]
    Digits {
        /// Its file.
        file: String,
        /// Its name.
        name: String,
        /// What stands for its code.
        code: String,
    },
    /// A code stands twice.
    #[error("{file}: `{name}`: the code `{code}` is that of another place")]
    Code {
        /// The file.
        file: String,
        /// The place.
        name: String,
        /// Its code.
        code: String,
    },
    /// A place lies in itself.
    #[error("{file}: `{name}` lies in itself")]
    Cycle {
        /// The file.
        file: String,
        /// The place.
        name: String,
    },
    /// A name of one character would be found everywhere.
    #[error("{file}: the name `{name}` is too short")]
    Short {
        /// The file.
        file: String,
        /// The name.
        name: String,
    },
    /// The table holds some twenty thousand own places.
    #[error("too many places: {0} do not fit")]
    Many(usize),
}

impl Error {
    /// Whether it is about the place or alias of this name.
    pub fn is_of(&self, wanted: &str) -> bool {
        match self {
            Self::Unknown { name, .. }
            | Self::Ambiguous { name, .. }
            | Self::Code { name, .. }
            | Self::Digits { name, .. }
            | Self::Cycle { name, .. }
            | Self::Short { name, .. } => name == wanted,
            Self::Form { .. } | Self::Many(_) => false,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    place: Vec<Entry>,
    #[serde(default)]
    alias: Vec<Alias>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    /// A code, a path or name of a division, or the name of another own place.
    parent: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Alias {
    name: String,
    code: String,
}

/// One own place.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub name: String,
    /// Empty where the user gave none.
    pub code: String,
    pub parent: Division,
}

/// The own places and all names that lead to them or, as aliases, to divisions.
#[derive(Clone, Debug, Default)]
pub(super) struct Own {
    pub places: Vec<Place>,
    /// Sorted by name.
    pub names: Vec<(String, Vec<Division>)>,
}

impl Own {
    /// The names that begin with the first character of `text`.
    pub fn beginning<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        let first = &text[..text.chars().next().map_or(0, char::len_utf8)];
        let start = self.names.partition_point(|(name, _)| name.as_str() < first);
        let names = self.names[start..].iter().enumerate();
        let names = names.map(move |(index, (name, _))| (start + index, name.as_str()));
        names.take_while(move |(_, name)| !first.is_empty() && name.starts_with(first))
    }
}

impl Gazetteer {
    /// This gazetteer with the places and aliases of `sources` as well (TOML: `place = [{ name, parent, code, names }]`,
    /// `alias = [{ name, code }]`).
    pub fn with(&self, sources: &[Source]) -> Result<Self, Error> {
        let mut own = self.own.as_deref().cloned().unwrap_or_default();
        let first = self.levels[4] + own.places.len();
        let before = (self.levels[4]..first).map(|each| Division(each as u16));
        let mut codes = BTreeMap::new();
        for each in self.divisions().chain(before) {
            codes.entry(self.code(each)).or_insert(each);
        }
        let mut entries = vec![];
        let mut names: BTreeMap<_, _> = std::mem::take(&mut own.names).into_iter().collect();
        for source in sources {
            let file: File = toml::from_str(&source.text).map_err(|error| form(source, &error))?;
            for alias in file.alias {
                let Some(&division) = codes.get(&alias.code) else {
                    return Err(Error::Unknown {
                        file: source.name.clone(),
                        name: alias.name,
                        parent: alias.code,
                    });
                };
                name(&mut names, &source.name, alias.name, division)?;
            }
            entries.extend(file.place.into_iter().map(|entry| (source.name.clone(), entry)));
        }
        let room = usize::from(u16::MAX) - first;
        if entries.len() > room {
            return Err(Error::Many(entries.len() - room));
        }
        let new = |index: usize| Division((first + index) as u16);
        let by_name: BTreeMap<_, _> = entries
            .iter()
            .enumerate()
            .rev()
            .map(|(index, (_, entry))| (entry.name.clone(), new(index)))
            .collect();
        let mut taken: BTreeSet<_> = codes.keys().cloned().collect();
        let mut places = vec![];
        for (index, (file, entry)) in entries.into_iter().enumerate() {
            let digits = entry.code.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || !matches!(entry.code.len(), 0 | 6 | 9 | 12) {
                return Err(Error::Digits { file, name: entry.name, code: entry.code });
            }
            if !entry.code.is_empty() && !taken.insert(entry.code.clone()) {
                return Err(Error::Code { file, name: entry.name, code: entry.code });
            }
            let parent = match by_name.get(&entry.parent).or_else(|| codes.get(&entry.parent)) {
                Some(&parent) => parent,
                None => match self.named(&entry.parent)[..] {
                    [] => return Err(Error::Unknown { file, name: entry.name, parent: entry.parent }),
                    [parent] => parent,
                    ref several => {
                        let candidates = several.iter().take(10).map(|&each| self.path(each)).collect();
                        return Err(Error::Ambiguous {
                            file,
                            name: entry.name,
                            parent: entry.parent,
                            candidates,
                        });
                    }
                },
            };
            name(&mut names, &file, entry.name.clone(), new(index))?;
            for other in entry.names {
                name(&mut names, &file, other, new(index))?;
            }
            places.push((file, Place { name: entry.name, code: entry.code, parent }));
        }
        for (index, (file, place)) in places.iter().enumerate() {
            let mut above = place.parent;
            for _ in 0..=places.len() {
                match usize::from(above.0).checked_sub(first).and_then(|each| places.get(each)) {
                    Some((_, next)) if above != new(index) => above = next.parent,
                    Some(_) => return Err(Error::Cycle { file: file.clone(), name: place.name.clone() }),
                    None => break,
                }
            }
        }
        own.places.extend(places.into_iter().map(|(_, place)| place));
        own.names = names.into_iter().collect();
        Ok(Self { own: Some(Arc::new(own)), ..self.clone() })
    }
}

/// What the parser says, with the line and column that it means.
fn form(source: &Source, error: &toml::de::Error) -> Error {
    let at = source.text.floor_char_boundary(error.span().map_or(0, |span| span.start));
    let before = &source.text[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|&each| each != '\n').count() + 1;
    Error::Form { file: format!("{}:{line}:{column}", source.name), cause: error.message().to_owned() }
}

fn name(
    names: &mut BTreeMap<String, Vec<Division>>,
    file: &str,
    name: String,
    division: Division,
) -> Result<(), Error> {
    if name.chars().nth(1).is_none() {
        return Err(Error::Short { file: file.to_owned(), name });
    }
    let divisions = names.entry(name).or_default();
    if !divisions.contains(&division) {
        divisions.push(division);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str) -> Result<Gazetteer, Error> {
        Gazetteer::builtin().with(&[Source { name: "own.toml".to_owned(), text: text.to_owned() }])
    }

    #[test]
    fn own_places_hang_from_divisions_and_from_one_another() {
        let table = with(
            r#"
            place = [
                { name = "一号车间", parent = "甲厂" },
                { name = "甲厂", parent = "北京市朝阳区建外街道", code = "110105001901", names = ["甲机械厂"] },
            ]
            alias = [{ name = "建国门外", code = "110105001" }]
            "#,
        )
        .unwrap();
        let text = "建国门外甲机械厂一号车间投产";
        let found = table.mentions(text);
        let paths: Vec<_> = found.iter().map(|each| table.path(each.divisions[0])).collect();
        let street = "北京市朝阳区建外街道";
        assert_eq!(paths, [street.to_owned(), format!("{street}甲厂"), format!("{street}甲厂一号车间")]);
        assert_eq!(table.code(found[2].divisions[0]), "110105001901");
    }

    #[test]
    fn files_add_up_and_a_users_name_comes_first() {
        let first =
            with(r#"place = [{ name = "甲厂", parent = "110105001", code = "110105001901" }]"#).unwrap();
        let more = r#"
            place = [{ name = "一号车间", parent = "甲厂" }, { name = "二号车间", parent = "110105001901" }]
            alias = [{ name = "东门街道", code = "440303003" }, { name = "甲", code = "110105001901" }]
        "#;
        let more = Source { name: "more.toml".to_owned(), text: more.replace("\"甲\"", "\"老厂\"") };
        let table = first.with(&[more]).unwrap();
        let paths = |name: &str| table.named(name).into_iter().map(|it| table.path(it)).collect::<Vec<_>>();
        assert_eq!(paths("老厂一号车间"), ["北京市朝阳区建外街道甲厂一号车间"]);
        assert_eq!(paths("二号车间"), ["北京市朝阳区建外街道甲厂二号车间"]);
        assert_eq!(paths("东门街道"), ["广东省深圳市罗湖区东门街道"]);
    }

    #[test]
    fn broken_files_are_refused() {
        let refused = |text| with(text).map(|_| ()).unwrap_err().to_string();
        assert!(refused("\nplace = 3").starts_with("own.toml:2:9: "));
        assert!(refused(r#"place = [{ name = "甲厂", parent = "乌有县" }]"#).contains("unknown parent"));
        assert!(refused(r#"place = [{ name = "甲厂", parent = "朝阳区" }]"#).contains("长春"));
        assert!(
            refused(r#"place = [{ name = "甲厂", parent = "110105", code = "abc" }]"#).contains("digits")
        );
        assert!(
            refused(r#"place = [{ name = "甲厂", parent = "110105", code = "110106" }]"#)
                .contains("another place")
        );
        assert!(refused(r#"place = [{ name = "甲", parent = "110105" }]"#).contains("too short"));
        assert!(refused(r#"alias = [{ name = "甲厂", code = "999999" }]"#).contains("unknown"));
        let cycle = r#"place = [{ name = "甲厂", parent = "乙厂" }, { name = "乙厂", parent = "甲厂" }]"#;
        assert!(refused(cycle).contains("lies in itself"));
        assert!(refused(r#"place = [{ name = "甲厂", parent = "甲厂" }]"#).contains("lies in itself"));
    }
}
