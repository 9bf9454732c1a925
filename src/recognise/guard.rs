//! Guards: numbers that measure nothing, told by words and patterns round them, each with its reason.

use once_cell::sync::OnceCell;
use regex::{Regex, RegexSet};

use super::{
    lexicon::{GuardEntry, LexiconError},
    numeral::sign,
    words::Words,
};
use crate::span::Span;

/// A number that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guarded {
    /// What was refused.
    pub span: Span,
    /// The id of the guard.
    pub guard: String,
    /// Its reason.
    pub reason: String,
}

/// Guards of the recogniser itself, which follow from how it reads numbers.
pub(super) const OWN: [(&str, &str); 9] = [
    ("article", "一 with a measure word says which, not how many"),
    ("code", "letters make a code or a name of it"),
    ("lone", "a multiplier alone, without a hedge, is a manner of speaking"),
    ("name", "a single Chinese numeral without a measure word"),
    ("ordinal-name", "an ordinal before a noun is a name"),
    ("score", "two numbers with a colon and no word for a ratio"),
    ("too-large", "more digits than an exact decimal holds"),
    ("vague", "an amount without a number"),
    ("version", "numbers with several points"),
];

/// All guards, ready to be asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Guards {
    entries: Vec<GuardEntry>,
    /// The part of a guarded word from its first numeral on, with the part before it.
    words: Option<Words<(Box<str>, u16)>>,
    /// Places in `entries` of those with a pattern.
    patterns: Vec<u16>,
    compiled: OnceCell<Option<(RegexSet, Vec<Regex>)>>,
}

fn anchored(pattern: &str) -> String {
    format!(r"\A(?:{pattern})")
}

/// Whether a number may begin with `c`.
fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || c == '半' || sign(c).is_some()
}

impl Guards {
    pub(super) fn new(entries: &[&GuardEntry]) -> Result<Self, LexiconError> {
        let mut words = vec![];
        let mut patterns = vec![];
        for (place, guard) in entries.iter().enumerate() {
            let wrong = |problem: String| LexiconError::Guard { id: guard.id.clone(), problem };
            if guard.words.is_empty() == guard.pattern.is_none() {
                return Err(wrong("has either `words` or a `pattern`".to_owned()));
            }
            for word in &guard.words {
                let at = word.find(is_numeral).ok_or_else(|| wrong(format!("`{word}` has no numeral")))?;
                words.push((word[at..].to_owned(), (word[..at].into(), place as u16)));
            }
            if let Some(pattern) = &guard.pattern {
                regex_syntax::parse(&anchored(pattern)).map_err(|error| wrong(error.to_string()))?;
                patterns.push(place as u16);
            }
            if guard.within.as_ref().is_some_and(|marks| marks.chars().count() != 2) {
                return Err(wrong("`within` is an opening and a closing mark".to_owned()));
            }
        }
        Ok(Self {
            entries: entries.iter().map(|guard| (*guard).clone()).collect(),
            words: Some(Words::by_first(words)),
            patterns,
            compiled: OnceCell::new(),
        })
    }

    fn compiled(&self) -> Option<&(RegexSet, Vec<Regex>)> {
        let compile = || {
            let patterns = || {
                let patterns =
                    self.patterns.iter().filter_map(|place| self.entries[*place as usize].pattern.as_ref());
                patterns.map(|pattern| anchored(pattern))
            };
            let regexes = patterns().map(|pattern| Regex::new(&pattern).ok()).collect::<Option<Vec<_>>>()?;
            Some((RegexSet::new(patterns()).ok()?, regexes))
        };
        self.compiled.get_or_init(compile).as_ref()
    }

    /// What refuses the number at `number`, and the span that it refuses.
    pub(super) fn refuse(&self, text: &str, number: Span, has_unit: bool) -> Option<(Span, &GuardEntry)> {
        let rest = &text[number.start..];
        if let Some(words) = &self.words {
            for (word, (before, place)) in words.at(rest) {
                let end = number.start + word.len();
                let guard = &self.entries[*place as usize];
                if end >= number.end
                    && text[..number.start].ends_with(&**before)
                    && holds(guard, text, number, has_unit)
                {
                    return Some((Span::new(number.start - before.len(), end), guard));
                }
            }
        }
        let window = &rest[..rest.floor_char_boundary(number.len().min(64) + 48)];
        let (set, regexes) = self.compiled()?;
        for place in set.matches(window) {
            let guard = &self.entries[self.patterns[place] as usize];
            if !holds(guard, text, number, has_unit) {
                continue;
            }
            let Some(captures) = regexes[place].captures(window) else { continue };
            let Some(found) = captures.get(1).or_else(|| captures.get(0)) else { continue };
            return Some((Span::new(number.start + found.start(), number.start + found.end()), guard));
        }
        None
    }
}

/// Whether the conditions of a guard hold, its words or pattern apart.
fn holds(guard: &GuardEntry, text: &str, number: Span, has_unit: bool) -> bool {
    if guard.bare && has_unit {
        return false;
    }
    let before = &text[..number.start];
    let starts = || before.is_empty() || before.ends_with(['\n', '。', '；', '：', ':', ';']);
    let ends = |word: &String| if word == "^" { starts() } else { before.ends_with(&**word) };
    if !guard.before.is_empty() && !guard.before.iter().any(ends) {
        return false;
    }
    let Some(marks) = &guard.within else { return true };
    let mut marks = marks.chars();
    let (Some(open), Some(close)) = (marks.next(), marks.next()) else { return true };
    let mut left = guard.reach;
    let opened = before.chars().rev().take(left).find(|c| {
        left -= 1;
        *c == open || *c == close || *c == '\n'
    });
    let closed = text[number.start..].chars().take(left).find(|c| *c == open || *c == close || *c == '\n');
    opened == Some(open) && closed == Some(close)
}
