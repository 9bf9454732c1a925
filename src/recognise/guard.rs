//! Guards: numbers that measure nothing, told by words and patterns round them, each with its reason.

use std::cell::Cell;

use memchr::memmem;

use super::{
    chars,
    lexicon::{GuardEntry, LexiconError},
    marks::{Marks, ahead, behind},
    words::Words,
};
use crate::{
    numerals::sign,
    rules::{held::Held, lazy::LazyRegex, syntax::guarded},
    span::Span,
};

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
pub(super) const OWN: [(&str, &str); 10] = [
    ("article", "一 with a measure word says which, not how many"),
    ("code", "letters make a code or a name of it"),
    ("lone", "a multiplier alone, without a hedge, is a manner of speaking"),
    ("name", "a single Chinese numeral without a measure word"),
    ("ordinal-name", "an ordinal before a noun is a name"),
    ("score", "two numbers with a colon and no word for a ratio"),
    ("time", "a date, a time or a period"),
    ("too-large", "more digits than an exact decimal holds"),
    ("vague", "an amount without a number"),
    ("version", "numbers with several points"),
];

/// How much of the text after a number a pattern sees, in bytes: sixteen characters.
const WINDOW: usize = 48;

/// All guards, ready to be asked. A guard is tried only where one of its words stands at the number, so that the many
/// numbers which none concerns cost a few look-ups.
#[derive(Clone, Debug, Default)]
pub(super) struct Guards {
    entries: Vec<Guard>,
    /// The part of a guarded word from its first numeral on, with the part before it.
    words: Option<Words<(Held, u16)>>,
    /// The Arabic numbers that guarded words begin with, in order, and a bit for each, which some others share.
    numbers: Vec<u64>,
    number_bits: u64,
    after: Option<Words<u16>>,
    before: Option<Words<u16>>,
    /// Those that know a number by its count of digits, and a bit for each count that any of them knows.
    digits: Vec<u16>,
    counts: u32,
    /// Whether any of those refuses a number with a unit.
    units: bool,
    /// Those that look for a word round a number.
    landmarks: Vec<Mark>,
    /// Those for the beginning of a line, and whether any of them refuses a number with a unit.
    starts: Vec<u16>,
    start_units: bool,
}

#[derive(Clone, Debug)]
struct Guard {
    entry: GuardEntry,
    number: LazyRegex,
    pattern: LazyRegex,
}

/// Whether a pattern is only a word.
fn is_literal(pattern: &str) -> bool {
    !pattern.contains(|c: char| c.is_ascii())
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
    pub(super) arabic: bool,
    /// The bits of the character before it.
    pub(super) behind: u32,
    pub(super) landmarks: &'a Landmarks,
}

/// Where the words stand in a text that guards look for round a number, those of each word by themselves.
#[derive(Debug, Default)]
pub(super) struct Landmarks(Vec<Landmark>);

#[derive(Debug)]
struct Landmark {
    places: Vec<usize>,
    /// The first place that has not been passed.
    next: Cell<usize>,
    reach: Reach,
}

/// How far from a number a word may stand, in bytes.
#[derive(Clone, Copy, Debug, Default)]
struct Reach {
    before: usize,
    after: usize,
}

impl Landmark {
    /// Whether one stands within reach of a number; no number begins before the one asked for last.
    #[inline]
    fn near(&self, number: Span) -> bool {
        let mut next = self.next.get();
        while self.places.get(next).is_some_and(|place| *place < number.start) {
            next += 1;
        }
        self.next.set(next);
        next > 0 && self.places[next - 1] + self.reach.before > number.start
            || self.places.get(next).is_some_and(|place| *place < number.end + self.reach.after)
    }
}

impl Landmarks {
    /// Whether any stands within reach of a number.
    pub(super) fn near(&self, number: Span) -> bool {
        self.0.iter().any(|landmark| landmark.near(number))
    }
}

/// A word that guards look for, and these.
#[derive(Clone, Debug)]
struct Mark {
    word: Box<str>,
    finder: memmem::Finder<'static>,
    reach: Reach,
    guards: Vec<u16>,
}

const fn number_bit(number: u64) -> u64 {
    1 << (number % 64)
}

/// Whether a number may begin with `c`.
fn is_numeral(c: char) -> bool {
    c.is_ascii_digit() || c == '半' || sign(c).is_some()
}

/// What begins with a number and, perhaps, is that alone.
fn regex(source: Option<&str>, end: &str) -> LazyRegex {
    LazyRegex::new(source.map(|source| guarded(source, end).into()))
}

impl Guards {
    pub(super) fn new(entries: Vec<GuardEntry>) -> Result<Self, LexiconError> {
        let mut guards = Self::default();
        let (mut words, mut after, mut before) = (vec![], vec![], vec![]);
        for (place, guard) in entries.into_iter().enumerate() {
            let place = place as u16;
            let wrong = |problem: String| LexiconError::Guard { id: guard.id.to_string(), problem };
            for word in guard.words.iter() {
                let at = word.find(is_numeral).ok_or_else(|| wrong(format!("`{word}` has no numeral")))?;
                let digits = word[at..].bytes().take_while(u8::is_ascii_digit);
                let number = digits.fold(0_u64, |number, b| number.wrapping_mul(10) + u64::from(b - b'0'));
                guards.number_bits |= number_bit(number);
                guards.numbers.push(number);
                let (left, right) = word.cut(at);
                words.push((right, (left, place)));
            }
            let (number, pattern) =
                (regex(guard.number.as_deref(), r"\z"), regex(guard.pattern.as_deref(), ""));
            for (regex, source) in [(&number, &guard.number), (&pattern, &guard.pattern)] {
                if let Some(source) = source.as_ref().filter(|_| !regex.is_built()) {
                    regex_syntax::parse(source).map_err(|error| wrong(error.to_string()))?;
                }
            }
            if guard.within.as_ref().is_some_and(|marks| marks.chars().count() != 2) {
                return Err(wrong("`within` is an opening and a closing mark".to_owned()));
            }
            if let Some(word) = &guard.holds {
                guards.looks_for(word, Reach { before: 0, after: WINDOW }, place);
            } else if !guard.after.is_empty() {
                after.extend(guard.after.iter().map(|word| (word.clone(), place)));
            } else if !guard.before.is_empty() {
                let words = guard.before.iter().map(|word| word.strip_prefix('^').unwrap_or(word));
                before.extend(
                    words.filter(|word| !word.is_empty()).map(|word| (Held::from(word.to_owned()), place)),
                );
                if guard.before.iter().any(|word| word == "^") {
                    guards.starts.push(place);
                    guards.start_units |= !guard.bare;
                }
            } else if !guard.digits.is_empty() {
                guards.digits.push(place);
                guards.units |= !guard.bare;
                guards.counts |= guard.digits.iter().fold(0, |bits, count| bits | 1 << count.min(&31));
            } else if let Some(mark) = guard.within.as_ref().and_then(|marks| marks.chars().next()) {
                let before = 3 * guard.reach + mark.len_utf8() + 1;
                guards.looks_for(mark.encode_utf8(&mut [0; 4]), Reach { before, after: 0 }, place);
            } else if guard.words.is_empty() {
                return Err(wrong(
                    "needs `words`, `after`, `before`, `digits`, `within` or `holds`".to_owned(),
                ));
            }
            guards.entries.push(Guard { entry: guard, number, pattern });
        }
        guards.numbers.sort_unstable();
        guards.numbers.dedup();
        guards.words = Some(Words::by_first(words));
        guards.after = Some(Words::by_first(after));
        guards.before = Some(Words::by_last(before));
        Ok(guards)
    }

    /// The id and the reason of every guard.
    pub(super) fn reasons(&self) -> impl Iterator<Item = (&str, &str)> {
        let entries = self.entries.iter().map(|guard| (&*guard.entry.id, &*guard.entry.reason));
        entries.chain(OWN)
    }

    /// The characters that guards look for beside a number, each with what its standing there means.
    pub(super) fn marks(&self) -> impl Iterator<Item = (char, u32)> {
        let han =
            |place: u16| self.entries[place as usize].entry.number.as_ref().is_some_and(|n| is_literal(n));
        let after = self
            .after
            .iter()
            .flat_map(Words::entries)
            .map(move |(key, place)| (key, if han(*place) { ahead::HAN_GUARD } else { ahead::GUARD }));
        let before = self.before.iter().flat_map(Words::keys).map(|key| (key, behind::GUARD));
        let words = self.words.iter().flat_map(Words::keys).map(|key| (key, ahead::NAME));
        after.chain(before).chain(words)
    }

    /// Notes a guard that looks for a word.
    fn looks_for(&mut self, word: &str, reach: Reach, place: u16) {
        if let Some(known) = self.landmarks.iter_mut().find(|known| *known.word == *word) {
            known.reach.before = known.reach.before.max(reach.before);
            known.reach.after = known.reach.after.max(reach.after);
            known.guards.push(place);
            return;
        }
        let finder = memmem::Finder::new(word).into_owned();
        self.landmarks.push(Mark { word: word.into(), finder, reach, guards: vec![place] });
    }

    /// Where the words stand that guards look for.
    pub(super) fn landmarks(&self, text: &str) -> Landmarks {
        let landmark = |mark: &Mark| Landmark {
            places: mark.finder.find_iter(text.as_bytes()).collect(),
            next: Cell::new(0),
            reach: mark.reach,
        };
        Landmarks(self.landmarks.iter().map(landmark).collect())
    }

    /// Whether a guard may look for a word after a number that begins with these two characters; for sure if not.
    #[inline]
    pub(super) fn may_follow(&self, next: Option<char>, after: Option<char>) -> bool {
        self.after.as_ref().is_some_and(|words| words.may_stand(next, after))
    }

    /// The word that the number is part of, and its guard.
    pub(super) fn word(&self, suspect: Suspect<'_>) -> Option<(Span, &GuardEntry)> {
        let Suspect { text, number, .. } = suspect;
        let before = &text[..number.start];
        self.words.as_ref()?.at(&text[number.start..], |word, (left, place)| {
            let end = number.start + word.len();
            let guard = &self.entries[*place as usize].entry;
            let holds = end >= number.end && before.ends_with(&**left) && !(guard.bare && suspect.has_unit);
            holds.then(|| (Span::new(number.start - left.len(), end), guard))
        })
    }

    /// Whether a guarded word may begin with this Arabic number.
    #[inline]
    pub(super) fn has_number(&self, number: u64) -> bool {
        self.number_bits & number_bit(number) != 0 && self.numbers.binary_search(&number).is_ok()
    }

    /// What else refuses the number, and the span that it refuses.
    pub(super) fn refuse(&self, suspect: Suspect<'_>, marks: &Marks) -> Option<(Span, &GuardEntry)> {
        let Suspect { text, number, .. } = suspect;
        let try_guard = |place: &u16, end: usize| {
            let guard = &self.entries[*place as usize];
            guard.refuses(suspect, end).map(|span| (span, &guard.entry))
        };
        let guarding = ahead::GUARD | if suspect.arabic { 0 } else { ahead::HAN_GUARD };
        let after = |end: usize| {
            let next = chars::after(text, end);
            if marks.of(next) & guarding == 0 {
                return None;
            }
            self.after.as_ref()?.at(&text[end..], |word, place| try_guard(place, end + word.len()))
        };
        if let Some(found) = after(number.end) {
            return Some(found);
        }
        if suspect.end != number.end
            && let Some(found) = after(suspect.end)
        {
            return Some(found);
        }
        if suspect.behind & behind::GUARD != 0
            && let Some(before) = &self.before
            && let Some(found) = before.before(&text[..number.start], |_, place| try_guard(place, number.end))
        {
            return Some(found);
        }
        let starts = (suspect.behind & behind::START != 0 || number.start == 0)
            && (!suspect.has_unit || self.start_units);
        if starts && let Some(found) = self.starts.iter().find_map(|place| try_guard(place, number.end)) {
            return Some(found);
        }
        let counted = (!suspect.has_unit || self.units) && self.counts & 1 << number.len().min(31) != 0;
        if counted && let Some(found) = self.digits.iter().find_map(|place| try_guard(place, number.end)) {
            return Some(found);
        }
        for (place, landmark) in suspect.landmarks.0.iter().enumerate() {
            if landmark.near(number)
                && let Some(mark) = self.landmarks.get(place)
                && let Some(found) = mark.guards.iter().find_map(|place| try_guard(place, number.end))
            {
                return Some(found);
            }
        }
        None
    }

    /// Whether a number with a unit, no matter where it stands, needs to be looked at.
    pub(super) fn anywhere(&self) -> bool {
        self.units || self.start_units
    }
}

impl Guard {
    /// The span that is refused when all conditions hold; `end` is that of the word after the number.
    fn refuses(&self, suspect: Suspect<'_>, end: usize) -> Option<Span> {
        let Suspect { text, number, has_unit, .. } = suspect;
        let entry = &self.entry;
        if (entry.bare && has_unit) || (entry.chinese && suspect.arabic) {
            return None;
        }
        if !entry.digits.is_empty() {
            let digits = number.of(text).bytes().filter(u8::is_ascii_digit).count();
            if !entry.digits.contains(&digits) {
                return None;
            }
        }
        let before = &text[..number.start];
        let starts = |before: &str| before.is_empty() || before.ends_with(['\n', '。', '；', '：', ':', ';']);
        let ends = |word: &Held| match word.strip_prefix('^') {
            Some(word) => before.strip_suffix(word).is_some_and(starts),
            None => before.ends_with(&**word),
        };
        if !entry.before.is_empty() && !entry.before.iter().any(ends) {
            return None;
        }
        let follows = |word: &Held| text[number.end..].starts_with(&**word);
        if entry.holds.is_some() && !entry.after.is_empty() && !entry.after.iter().any(follows) {
            return None;
        }
        if entry.within.as_ref().is_some_and(|marks| !is_within(text, number, marks, entry.reach)) {
            return None;
        }
        if let Some(source) = &entry.number {
            let number = number.of(text);
            let matched = if is_literal(source) {
                *number == **source
            } else {
                self.number.find_at_start(number).is_some()
            };
            if !matched {
                return None;
            }
        }
        if entry.pattern.is_none() {
            return Some(Span::new(number.start, end));
        }
        let mut reach = (number.end + WINDOW).min(text.len());
        while !text.is_char_boundary(reach) {
            reach -= 1;
        }
        let window = &text[number.start..reach];
        let found = self.pattern.group_at_start(window)?;
        Some(Span::new(number.start + found.start, number.start + found.end))
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
