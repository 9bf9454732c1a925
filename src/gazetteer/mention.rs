//! Mentions: where a text names a place. The longest name wins, and guards refuse what only looks like one: a road, a
//! firm, a word that holds the name.

use std::{cmp::Reverse, collections::BTreeMap, sync::LazyLock};

use super::{Division, Gazetteer, Level, Name, step};
use crate::span::Span;

/// How far a name says by itself that a place is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A name with its suffix, or another name that only a place has: 朝阳区, 首都.
    Formal,
    /// A name without its suffix: 昌平.
    Short,
    /// A name without its suffix that is a word as well: 和平.
    Word,
    /// A name that many places share or that says only a kind of area: 高新区, 城区.
    Generic,
    /// A name that is no district's and speaks for the city that has it: 光谷.
    Landmark,
}

/// A name of a place in a text, and the divisions that it may mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceMention {
    /// Bytes of the name in the text that was searched.
    pub span: Span,
    /// The divisions of that name, higher levels first; never empty.
    pub divisions: Vec<Division>,
    /// How far the name alone says that a place is meant.
    pub form: Form,
}

/// What the words beside a name say about its part in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Nothing.
    Plain,
    /// The place is a partner, a guest or a goal.
    Beside,
    /// The text is from there.
    Source,
}

/// What `rules/places/guards.toml` says.
struct Lists {
    after: &'static [&'static str],
    after_except: &'static [&'static str],
    suffix: &'static [Suffix],
    channels: &'static [&'static str],
    before: &'static [&'static str],
    apart: &'static str,
    kept: &'static str,
    beside: &'static [&'static str],
    beside_after: &'static [&'static str],
    source: &'static [&'static str],
    traps: &'static [&'static str],
}

struct Suffix {
    ends: &'static str,
    before: &'static [&'static str],
}

static LISTS: Lists = include!(concat!(env!("OUT_DIR"), "/guards.rs"));

/// By the name that a trap holds: the text before the name in it, and the whole trap.
static TRAPS: LazyLock<BTreeMap<&str, Vec<(usize, &str)>>> = LazyLock::new(|| {
    let mut traps = BTreeMap::<_, Vec<_>>::new();
    for &trap in LISTS.traps {
        for (at, _) in trap.char_indices() {
            Gazetteer::builtin().prefixes(&trap[at..], &mut |length, _| {
                traps.entry(&trap[at..at + length]).or_default().push((at, trap));
            });
        }
    }
    traps
});

impl Lists {
    /// Whether the name at `span` of `text` is none of a place.
    fn refuse(&self, text: &str, span: Span, name: Name<'_>) -> bool {
        let (before, own, after) = (&text[..span.start], span.of(text), &text[span.end..]);
        let formal = matches!(name.form(), Form::Formal | Form::Generic);
        if formal {
            let township = |each| Gazetteer::builtin().level(each) == Level::Township;
            self.suffix.iter().any(|suffix| own.ends_with(suffix.ends) && starts(after, suffix.before))
                || self.before.iter().any(|word| before.ends_with(word)) && name.divisions().all(township)
        } else if name.form() == Form::Landmark {
            false
        } else {
            let trapped = |(at, trap): &(usize, &str)| {
                span.start
                    .checked_sub(*at)
                    .is_some_and(|start| text.as_bytes()[start..].starts_with(trap.as_bytes()))
            };
            starts(after, self.after) && !starts(after, self.after_except)
                || TRAPS.get(own).is_some_and(|traps| traps.iter().any(trapped))
        }
    }
}

impl Lists {
    /// How far the name at `span` of `text` says that a place is meant.
    fn form(&self, text: &str, span: Span, name: Name<'_>) -> Form {
        match name.form() {
            Form::Short if starts(&text[span.end..], self.channels) => Form::Landmark,
            // 示范县 is no 范县, 完成县 no 成县: two characters are a name only where no word runs into them.
            Form::Formal if span.len() == 6 => match text[..span.start].chars().next_back() {
                Some(before)
                    if ('\u{3400}'..'\u{FF00}').contains(&before) && !self.apart.contains(before) =>
                {
                    Form::Generic
                }
                _ => Form::Formal,
            },
            form => form,
        }
    }
}

impl Gazetteer {
    /// The places and landmarks that `text` names, in its order, none over another.
    pub fn mentions(&self, text: &str) -> Vec<PlaceMention> {
        let mut mentions = vec![];
        let mut at = self.next_start(text, 0);
        while at < text.len() {
            match self.mention_at(text, at) {
                Some(mention) => {
                    at = mention.span.end;
                    mentions.push(mention);
                }
                None => at = self.next_start(text, at + step(text.as_bytes()[at])),
            }
        }
        mentions
    }

    /// The place that `text` names at byte `at`, a character's first.
    pub fn mention_at(&self, text: &str, at: usize) -> Option<PlaceMention> {
        let mut found = vec![];
        self.prefixes(&text[at..], &mut |length, name| found.push((length, name)));
        found.sort_by_key(|&(length, _)| Reverse(length));
        found.into_iter().find_map(|(length, name)| {
            let span = Span::new(at, at + length);
            if let Some(renamed) = self.renamed(text, span, name) {
                return Some(renamed);
            }
            (!LISTS.refuse(text, span, name)).then(|| PlaceMention {
                span,
                divisions: name.divisions().collect(),
                form: LISTS.form(text, span, name),
            })
        })
    }

    /// A county by its name with another suffix than it has now: 赣榆县, which is 赣榆区.
    fn renamed(&self, text: &str, span: Span, name: Name<'_>) -> Option<PlaceMention> {
        let after = &text[span.end..];
        let kind = after.chars().next().filter(|kind| matches!(kind, '县' | '市' | '区'))?;
        let next = after[kind.len_utf8()..].chars().next();
        if name.form() != Form::Short || next.is_some_and(|next| LISTS.kept.contains(next)) {
            return None;
        }
        let county = |&each: &Division| self.level(each) == Level::County;
        let divisions: Vec<_> = name.divisions().filter(county).collect();
        let span = Span::new(span.start, span.end + kind.len_utf8());
        (!divisions.is_empty()).then_some(PlaceMention { span, divisions, form: Form::Formal })
    }

    /// What the words beside the name at `span` of `text` say about its part.
    pub fn part(&self, text: &str, span: Span) -> Part {
        let (before, after) = (&text[..span.start], &text[span.end..]);
        let ends = |text: &str, words: &[&str]| words.iter().any(|word| text.ends_with(word));
        if ends(before.trim_end_matches([':', '：', ' ', '\u{3000}']), LISTS.source) {
            Part::Source
        } else if ends(before, LISTS.beside) || starts(after, LISTS.beside_after) {
            Part::Beside
        } else {
            Part::Plain
        }
    }
}

fn starts(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        Gazetteer::builtin().mentions(text).iter().map(|mention| mention.span.of(text)).collect()
    }

    #[test]
    fn the_longest_name_wins() {
        assert_eq!(names("小东门街道和东门街道"), ["小东门街道", "东门街道"]);
        assert_eq!(names("北京市朝阳区建外街道"), ["北京市", "朝阳区", "建外街道"]);
    }

    #[test]
    fn guards_refuse_what_is_no_place() {
        for text in ["在山西路开工", "新华书店", "长安汽车", "解放思想", "重大连锁", "新东门街道", "大理石"]
        {
            assert_eq!(names(text), [""; 0], "{text}");
        }
        assert_eq!(names("吉安市场"), ["吉安"]);
        assert_eq!(names("晋江市市场监督管理局"), ["晋江市"]);
    }
}
