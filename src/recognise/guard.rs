//! Guards: numbers that measure nothing, told by words and patterns round them, each with its reason.

use once_cell::sync::OnceCell;
use regex::Regex;

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

/// All guards, ready to be asked. A guard is tried only where one of its words stands at the number, so that the many
/// numbers which none concerns cost a few look-ups.
#[derive(Clone, Debug, Default)]
pub(super) struct Guards {
    entries: Vec<Guard>,
    /// The part of a guarded word from its first numeral on, with the part before it.
    words: Option<Words<(Box<str>, u16)>>,
    after: Option<Words<u16>>,
    before: Option<Words<u16>>,
    /// Those that know a number by its count of digits, and those that look for marks round it.
    digits: Vec<u16>,
    within: Vec<u16>,
    /// Those for the beginning of a line.
    starts: Vec<u16>,
}

#[derive(Clone, Debug)]
struct Guard {
    entry: GuardEntry,
    number: Pattern,
    pattern: Pattern,
}

/// A regex that is compiled when it is first needed; its syntax has been checked.
#[derive(Clone, Debug, Default)]
struct Pattern(OnceCell<Option<Regex>>);

impl Pattern {
    /// Whether the pattern is a regex at all, and not only a word.
    fn is_word(source: &str) -> bool {
        !source.contains(|c: char| c.is_ascii())
    }

    fn get(&self, source: &str, end: &str) -> Option<&Regex> {
        self.0.get_or_init(|| Regex::new(&format!(r"\A(?:{source}){end}")).ok()).as_ref()
    }
}

/// A number that may be refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspect<'a> {
    pub(super) text: &'a str,
    /// The number alone.
    pub(super) number: Span,
    /// Where a hedge within it ends.
    pub(super) end: usize,
    pub(super) has_unit: bool,
}

/// Whether a number may begin with `c`.
fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || c == '半' || sign(c).is_some()
}

impl Guards {
    pub(super) fn new(entries: &[&GuardEntry]) -> Result<Self, LexiconError> {
        let mut guards = Self::default();
        let (mut words, mut after, mut before) = (vec![], vec![], vec![]);
        for (place, guard) in entries.iter().enumerate() {
            let place = place as u16;
            let wrong = |problem: String| LexiconError::Guard { id: guard.id.clone(), problem };
            for word in &guard.words {
                let at = word.find(is_numeral).ok_or_else(|| wrong(format!("`{word}` has no numeral")))?;
                words.push((word[at..].to_owned(), (word[..at].into(), place)));
            }
            for pattern in [&guard.number, &guard.pattern].into_iter().flatten() {
                regex_syntax::parse(pattern).map_err(|error| wrong(error.to_string()))?;
            }
            if guard.within.as_ref().is_some_and(|marks| marks.chars().count() != 2) {
                return Err(wrong("`within` is an opening and a closing mark".to_owned()));
            }
            if !guard.after.is_empty() {
                after.extend(guard.after.iter().map(|word| (word.clone(), place)));
            } else if !guard.before.is_empty() {
                before.extend(
                    guard.before.iter().filter(|word| *word != "^").map(|word| (word.clone(), place)),
                );
                if guard.before.iter().any(|word| word == "^") {
                    guards.starts.push(place);
                }
            } else if !guard.digits.is_empty() {
                guards.digits.push(place);
            } else if guard.within.is_some() {
                guards.within.push(place);
            } else if guard.words.is_empty() {
                return Err(wrong("needs `words`, `after`, `before`, `digits` or `within`".to_owned()));
            }
            guards.entries.push(Guard {
                entry: (*guard).clone(),
                number: Pattern::default(),
                pattern: Pattern::default(),
            });
        }
        guards.words = Some(Words::by_first(words));
        guards.after = Some(Words::by_first(after));
        guards.before = Some(Words::by_last(before));
        Ok(guards)
    }

    /// The word that the number is part of, and its guard.
    pub(super) fn word(&self, suspect: Suspect<'_>) -> Option<(Span, &GuardEntry)> {
        let Suspect { text, number, .. } = suspect;
        let before = &text[..number.start];
        for (word, (left, place)) in self.words.iter().flat_map(|words| words.at(&text[number.start..])) {
            let end = number.start + word.len();
            let guard = &self.entries[*place as usize].entry;
            if end >= number.end && before.ends_with(&**left) && !(guard.bare && suspect.has_unit) {
                return Some((Span::new(number.start - left.len(), end), guard));
            }
        }
        None
    }

    /// What else refuses the number, and the span that it refuses.
    pub(super) fn refuse(&self, suspect: Suspect<'_>) -> Option<(Span, &GuardEntry)> {
        let Suspect { text, number, .. } = suspect;
        let before = &text[..number.start];
        let try_guard = |place: &u16, end: usize| {
            let guard = &self.entries[*place as usize];
            guard.refuses(suspect, end).map(|span| (span, &guard.entry))
        };
        for end in
            [Some(number.end), Some(suspect.end).filter(|end| *end != number.end)].into_iter().flatten()
        {
            for (word, place) in self.after.iter().flat_map(|words| words.at(&text[end..])) {
                if let Some(found) = try_guard(place, end + word.len()) {
                    return Some(found);
                }
            }
        }
        for (_, place) in self.before.iter().flat_map(|words| words.before(before)) {
            if let Some(found) = try_guard(place, number.end) {
                return Some(found);
            }
        }
        let starts = before.is_empty() || before.ends_with(['\n', '。', '；', '：', ':', ';']);
        let starts = if starts { &*self.starts } else { &[] };
        let mut others = starts.iter().chain(&self.digits).chain(&self.within);
        others.find_map(|place| try_guard(place, number.end))
    }
}

impl Guard {
    /// The span that is refused when all conditions hold; `end` is that of the word after the number.
    fn refuses(&self, suspect: Suspect<'_>, end: usize) -> Option<Span> {
        let Suspect { text, number, has_unit, .. } = suspect;
        let entry = &self.entry;
        if entry.bare && has_unit {
            return None;
        }
        if !entry.digits.is_empty() {
            let digits = number.of(text).bytes().filter(u8::is_ascii_digit).count();
            if !entry.digits.contains(&digits) {
                return None;
            }
        }
        let before = &text[..number.start];
        let starts = || before.is_empty() || before.ends_with(['\n', '。', '；', '：', ':', ';']);
        let ends = |word: &String| if word == "^" { starts() } else { before.ends_with(&**word) };
        if !entry.before.is_empty() && !entry.before.iter().any(ends) {
            return None;
        }
        if entry.within.as_ref().is_some_and(|marks| !is_within(text, number, marks, entry.reach)) {
            return None;
        }
        if let Some(source) = &entry.number {
            let number = number.of(text);
            let matched = if Pattern::is_word(source) {
                number == source
            } else {
                self.number.get(source, r"\z")?.is_match(number)
            };
            if !matched {
                return None;
            }
        }
        let Some(source) = &entry.pattern else { return Some(Span::new(number.start, end)) };
        let window = &text[number.start..];
        let reach = window.char_indices().nth(number.len().min(64) + 16).map_or(window.len(), |(end, _)| end);
        let window = &window[..reach];
        let captures = self.pattern.get(source, "")?.captures(window)?;
        let found = captures.get(1).or_else(|| captures.get(0))?;
        Some(Span::new(number.start + found.start(), number.start + found.end()))
    }
}

/// Whether a number stands between two marks that are at most `reach` Chinese characters apart.
fn is_within(text: &str, number: Span, marks: &str, reach: usize) -> bool {
    let Some((open, close)) = marks.chars().next().map(|open| marks.split_at(open.len_utf8())) else {
        return false;
    };
    let bytes = text.as_bytes();
    let from = number.start.saturating_sub(3 * reach);
    let marked = |at: usize| {
        let rest = &bytes[at..];
        (rest.starts_with(open.as_bytes()) || rest.starts_with(close.as_bytes())).then_some(at)
    };
    let lead = open.as_bytes()[0];
    let Some(opened) =
        memchr::memrchr_iter(lead, &bytes[from..number.start]).find_map(|at| marked(from + at))
    else {
        return false;
    };
    if !bytes[opened..].starts_with(open.as_bytes()) {
        return false;
    }
    let to = (opened + open.len() + 3 * reach + close.len()).min(bytes.len());
    if to <= number.start {
        return false;
    }
    let closed = memchr::memchr_iter(lead, &bytes[number.start..to]).find_map(|at| marked(number.start + at));
    closed.is_some_and(|at| bytes[at..].starts_with(close.as_bytes()))
        && !bytes[opened..number.start].contains(&b'\n')
}
