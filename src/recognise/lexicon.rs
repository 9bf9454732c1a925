//! Units, hedges and guards: the data that `recognise` works from, as rule files hold it and as it is looked up.

use std::collections::{BTreeMap, btree_map::Entry};

use once_cell::sync::Lazy;
use rust_decimal::Decimal;

pub use builtin::{GUARDS, HEDGES, UNITS};
pub use entry::{Entries, GuardEntry, HedgeEntry, PartEntry, UnitEntry};

use super::{
    candidate::FIRST,
    chars,
    fraction::VULGAR,
    guard::Guards,
    marks::{Marks, SINGLE, ahead, behind},
    range::JOINTS,
    words::{Chars, Words, is_word},
};
use crate::{
    numerals::{sign, signs},
    quantity::{Dimension, Qualifier, Quantity},
    rules::held::{Held, List},
};

mod builtin;
mod entry;

/// A canonical unit of the lexicon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u16);

impl UnitId {
    /// No unit: a bare number.
    pub const NONE: Self = Self(0);
}

/// Why a lexicon cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// More than the ids reach.
    #[error("too many units: {0}, at most 3999")]
    TooManyUnits(usize),
    /// `of` names no unit.
    #[error("unit `{unit}` is given in `{of}`, which is no unit")]
    UnknownUnit {
        /// The unit.
        unit: String,
        /// What its `of` says.
        of: String,
    },
    /// Only one of `of` and `factor`, or `before` and `after` without `ambiguous`.
    #[error("unit `{0}`: `of` and `factor` go together, `before` and `after` with `ambiguous`")]
    Unit(String),
    /// Two units claim a word.
    #[error("`{word}` is both unit `{first}` and unit `{second}`")]
    Alias {
        /// The word.
        word: String,
        /// The unit that had it.
        first: String,
        /// The unit that wants it too.
        second: String,
    },
    /// A guard without words and pattern, or with a word that has no numeral.
    #[error("guard `{id}`: {problem}")]
    Guard {
        /// The guard.
        id: String,
        /// What is wrong.
        problem: String,
    },
}

/// A canonical unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its name in the rows.
    pub name: Held,
    /// What it measures.
    pub dimension: Dimension,
}

/// A unit word found in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct UnitWord<'a> {
    pub(super) id: UnitId,
    /// Offset after it.
    pub(super) end: usize,
    pub(super) entry: &'a UnitEntry,
}

/// What of a unit entry decides whether a word of it is a unit at some place, close together: most words are settled by
/// it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "keys of a table")]
struct Look {
    id: UnitId,
    below: bool,
    names: bool,
    arabic: bool,
    ambiguous: bool,
    /// The characters that the words of `except` begin with.
    except: Chars,
}

/// A unit of one character that is itself wherever it stands, unless the character after it makes another word of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Single {
    pub(super) id: UnitId,
    pub(super) dimension: Dimension,
    /// Whether a single Chinese digit before it makes a name.
    pub(super) names: bool,
    /// The characters after it with which it is, perhaps, another word.
    pub(super) other: Chars,
}

/// How long the first half of a range before a number may be, in characters.
const FIRST_HALF: usize = 24;

/// The lexicon: immutable, built once, shared between threads.
#[derive(Clone, Debug)]
pub struct Lexicon {
    units: Vec<Unit>,
    /// Their names, sorted.
    names: Vec<(Held, UnitId)>,
    entries: List<UnitEntry>,
    /// One for each of `entries`.
    looks: Vec<Look>,
    words: Words<u16>,
    /// The most common units; their places are part of `marks`.
    singles: Vec<Single>,
    /// What may begin with the character after a number, and end with the one before it.
    pub(super) marks: Marks,
    signs: Words<UnitId>,
    nouns: Words<UnitId>,
    hedges: List<HedgeEntry>,
    hedges_before: Words<u16>,
    hedges_behind: Words<u16>,
    pub(super) guards: Guards,
}

static BUILTIN: Lazy<Lexicon> = Lazy::new(|| {
    let (units, hedges, guards) = (List::Borrowed(UNITS), List::Borrowed(HEDGES), List::Borrowed(GUARDS));
    Lexicon::new(units, hedges, guards).unwrap_or_else(|_| Lexicon::empty())
});

/// The last entry of every key, in the order of the first ones.
fn latest<T: Clone>(entries: List<T>, key: impl Fn(&T) -> &str) -> List<T> {
    if entries.is_sorted_by(|a, b| key(a) < key(b)) {
        return entries;
    }
    let mut places = BTreeMap::new();
    let mut kept: Vec<T> = vec![];
    for entry in entries.into_owned() {
        match places.entry(key(&entry).to_owned()) {
            Entry::Occupied(place) => kept[*place.get()] = entry,
            Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(entry);
            }
        }
    }
    kept.into()
}

impl Lexicon {
    /// The lexicon of the built-in rule files; the tests prove that they load.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    fn empty() -> Self {
        Self {
            units: vec![Unit { name: Held::default(), dimension: Dimension::Number }],
            names: vec![],
            entries: List::default(),
            looks: vec![],
            words: Words::by_first(vec![]),
            singles: vec![],
            marks: Marks::new(),
            signs: Words::by_last(vec![]),
            nouns: Words::by_first(vec![]),
            hedges: List::default(),
            hedges_before: Words::by_last(vec![]),
            hedges_behind: Words::by_first(vec![]),
            guards: Guards::default(),
        }
    }

    /// Builds the lexicon; of several entries with the same key the last one holds.
    pub fn new(
        units: List<UnitEntry>,
        hedges: List<HedgeEntry>,
        guards: List<GuardEntry>,
    ) -> Result<Self, LexiconError> {
        let mut lexicon = Self::empty();
        lexicon.add_units(latest(units, |unit| &unit.name))?;
        lexicon.hedges = latest(hedges, |hedge| &hedge.word);
        let places = |keep: fn(&HedgeEntry) -> bool| {
            let hedges = lexicon.hedges.iter().enumerate().filter(|(_, hedge)| keep(hedge));
            hedges.map(|(place, hedge)| (hedge.word.clone(), place as u16)).collect()
        };
        lexicon.hedges_before = Words::by_last(places(|hedge| hedge.before));
        lexicon.hedges_behind = Words::by_first(places(|hedge| hedge.inside || hedge.after));
        lexicon.guards = Guards::new(latest(guards, |guard| &guard.id).into_owned())?;
        lexicon.mark();
        Ok(lexicon)
    }

    /// Notes for every character what it may be the beginning or the end of.
    fn mark(&mut self) {
        let hedges = |keep: fn(&HedgeEntry) -> bool| {
            let hedges = self.hedges.iter().filter(move |hedge| keep(hedge));
            hedges.filter_map(|hedge| hedge.word.chars().next())
        };
        self.marks.add(signs(), ahead::NUMERAL);
        self.marks.add(hedges(|hedge| hedge.inside), ahead::INSIDE);
        self.marks.add(hedges(|hedge| hedge.after), ahead::BEHIND);
        self.marks.add(self.words.keys(), ahead::UNIT);
        for (c, bit) in self.guards.marks() {
            self.marks.add([c], bit);
        }
        self.marks.add("年月日季世时点:：-—–~～至到、./旬号".chars(), ahead::TIME);
        self.marks.add(JOINTS.iter().filter_map(|joint| joint.chars().next()), ahead::JOINT);
        self.marks.add(
            ('a'..='z').chain('A'..='Z').chain('0'..='9').chain(".:∶：比/∕／每^× ".chars()),
            ahead::CODE,
        );
        self.marks.add("/∕／每".chars(), ahead::STROKE);
        self.marks.add(self.nouns.keys(), ahead::NOUN);
        self.marks.add("分又点".chars().chain(VULGAR.iter().map(|(c, ..)| *c)), ahead::ON);
        self.marks.add(self.hedges_before.keys(), behind::HEDGE);
        self.marks.add(self.signs.keys().chain([' ']), behind::SIGN);
        self.marks.add("-－−+负下上 ".chars(), behind::MINUS);
        self.marks.add(FIRST.chars().chain('0'..='9').chain(VULGAR.iter().map(|(c, ..)| *c)), ahead::FIRST);
        self.marks.add(('a'..='z').chain('A'..='Z').chain('0'..='9').chain(['.']), behind::CODE);
        self.marks.add("前第".chars(), behind::RANK);
        self.marks.add("列居名在".chars(), behind::LIST);
        self.marks.add("\n。；：:;".chars(), behind::START);
        let behind = hedges(|hedge| hedge.inside || hedge.after);
        let numerals = signs().chain("半点分成至到月日年时季旬号世、又".chars());
        self.marks.add(numerals.chain(self.words.keys()).chain(behind), ahead::FOLLOWER);
        self.add_singles();
    }

    /// Notes the units of one character that need no look at any word.
    fn add_singles(&mut self) {
        for (c, places, nexts) in self.words.singles() {
            let [place] = *places.as_slice() else { continue };
            let (look, entry) = (&self.looks[usize::from(place)], &self.entries[usize::from(place)]);
            let plain = !c.is_ascii_alphabetic()
                && entry.is_plain()
                && entry.factor.is_none()
                && !look.below
                && !look.ambiguous;
            if plain && self.singles.len() < 255 {
                let other = entry.except.firsts().chain(nexts).collect();
                self.singles.push(Single {
                    id: look.id,
                    dimension: entry.dimension,
                    names: look.names,
                    other,
                });
                self.marks.add([c], (self.singles.len() as u32) << SINGLE);
            }
        }
    }

    /// The unit of one character with these bits.
    #[inline]
    pub(super) fn single(&self, bits: u32) -> Option<&Single> {
        self.singles.get(((bits >> SINGLE) as usize).wrapping_sub(1))
    }

    /// The entry of a unit word.
    pub(super) fn entry(&self, name: &str) -> Option<&UnitEntry> {
        self.words.at(name, |word, place| (word == name).then_some(&self.entries[*place as usize]))
    }

    /// How many of the canonical unit one of `word`, a word for it, is.
    pub(super) fn factor_of(&self, unit: UnitId, word: &str) -> Decimal {
        let factor = self.words.at(word, |found, place| {
            let place = *place as usize;
            (found == word && self.looks[place].id == unit).then_some(self.entries[place].factor)
        });
        factor.flatten().unwrap_or(Decimal::ONE)
    }

    /// Refuses a word that two units claim; what is a unit only in some contexts may be another one elsewhere.
    fn clash(&self) -> Result<(), LexiconError> {
        let mut last: Option<(&str, u16)> = None;
        let mut clashes = vec![];
        for (word, &place) in self.words.sorted() {
            if self.looks[usize::from(place)].ambiguous {
                continue;
            }
            if let Some((_, first)) = last.filter(|(other, _)| *other == word) {
                // The first one is told, in the order of the units and of the words of each.
                let aliases = &self.entries[usize::from(place)].aliases;
                clashes.push((place, aliases.iter().position(|alias| *alias == word), word, first));
            }
            last = Some((word, place));
        }
        let Some((second, _, word, first)) = clashes.into_iter().min() else { return Ok(()) };
        let name = |place: u16| self.entries[usize::from(place)].name.to_string();
        Err(LexiconError::Alias { word: word.to_owned(), first: name(first), second: name(second) })
    }

    fn add_units(&mut self, units: List<UnitEntry>) -> Result<(), LexiconError> {
        for unit in units.iter().filter(|unit| unit.of.is_none()) {
            let id = UnitId(u16::try_from(self.units.len()).unwrap_or(u16::MAX));
            self.units.push(Unit { name: unit.name.clone(), dimension: unit.dimension });
            self.names.push((unit.name.clone(), id));
        }
        self.names.sort_unstable();
        if self.units.len() > 4000 {
            return Err(LexiconError::TooManyUnits(self.units.len() - 1));
        }
        // The place of the next canonical unit.
        let mut canonical = 1;
        let (mut words, mut signs, mut nouns) = (Vec::with_capacity(4 * units.len()), vec![], vec![]);
        for (place, unit) in units.iter().enumerate() {
            let context = !unit.before.is_empty() || !unit.after.is_empty();
            if unit.of.is_some() != unit.factor.is_some() || context != unit.ambiguous {
                return Err(LexiconError::Unit(unit.name.to_string()));
            }
            let of = unit.of.as_ref().unwrap_or(&unit.name);
            let unknown = || LexiconError::UnknownUnit { unit: unit.name.to_string(), of: of.to_string() };
            let next = self.units.get(usize::from(canonical)).filter(|next| next.name == *of);
            let id = next.map(|_| UnitId(canonical)).or_else(|| self.find(of)).ok_or_else(unknown)?;
            canonical += u16::from(unit.of.is_none());
            let names = std::iter::once(&unit.name).chain(unit.aliases.iter());
            words.extend(names.map(|word| (word.clone(), place as u16)));
            signs.extend(unit.signs.iter().map(|sign| (sign.clone(), id)));
            nouns.extend(unit.nouns.iter().map(|noun| (noun.clone(), id)));
            nouns.extend(unit.other_nouns.iter().map(|noun| (noun.clone(), UnitId::NONE)));
            let except = unit.except.firsts().collect();
            let UnitEntry { below, names, arabic, ambiguous, .. } = *unit;
            self.looks.push(Look { id, below, names, arabic, ambiguous, except });
        }
        self.entries = units;
        words.sort_by_key(|(_, place)| !self.looks[*place as usize].ambiguous);
        self.words = Words::by_first(words);
        self.clash()?;
        self.signs = Words::by_last(signs);
        self.nouns = Words::by_first(nouns);
        Ok(())
    }

    /// The unit of an id of this lexicon; that of [`UnitId::NONE`] has an empty name.
    pub fn unit(&self, id: UnitId) -> &Unit {
        self.units.get(id.0 as usize).unwrap_or(&self.units[0])
    }

    /// How the rows name the unit of a quantity: `人`, `元/平方米`.
    pub fn label(&self, quantity: &Quantity) -> String {
        let unit = &self.unit(quantity.unit).name;
        quantity.per.map_or_else(|| unit.to_string(), |per| format!("{unit}/{}", self.unit(per).name))
    }

    /// The id of a canonical name.
    pub fn find(&self, name: &str) -> Option<UnitId> {
        let place = self.names.binary_search_by(|(known, _)| (**known).cmp(name)).ok()?;
        Some(self.names[place].1)
    }

    /// All guards, those of the recogniser itself included, by id: the id, and why such a number measures nothing.
    pub fn guards(&self) -> Vec<(&str, &str)> {
        let mut guards: Vec<_> = self.guards.reasons().collect();
        guards.sort_unstable();
        guards.dedup_by_key(|(id, _)| *id);
        guards
    }

    /// All canonical units, by id.
    pub fn units(&self) -> impl Iterator<Item = (UnitId, &Unit)> {
        self.units.iter().enumerate().skip(1).map(|(id, unit)| (UnitId(id as u16), unit))
    }

    /// Whether a Chinese number of which `c` is the second character may be more than a digit in a word.
    pub(super) fn may_follow(&self, c: char) -> bool {
        self.marks.of(Some(c)) & ahead::FOLLOWER != 0
    }

    /// The longest unit word at `at`, for a number that begins at `number`. `name`: the number is one that makes names
    /// with some units.
    pub(super) fn unit_at(&self, text: &str, number: usize, at: usize, name: bool) -> Option<UnitWord<'_>> {
        self.unit_where(text, at, |look, entry, rest| {
            !look.below
                && (!name || !look.names || (entry.is_measure() && self.stands_alone(&text[..number], rest)))
                && (!look.ambiguous || self.is_allowed(entry, &text[..number], rest))
        })
    }

    /// The longest unit word below a stroke.
    pub(super) fn unit_below(&self, text: &str, at: usize) -> Option<UnitWord<'_>> {
        self.unit_where(text, at, |_, entry, _| entry.factor.is_none_or(|factor| factor == Decimal::ONE))
    }

    #[inline]
    fn unit_where(
        &self,
        text: &str,
        at: usize,
        allowed: impl Fn(&Look, &UnitEntry, &str) -> bool,
    ) -> Option<UnitWord<'_>> {
        let rest = text.get(at..)?;
        self.words.at(rest, |word, place| {
            let place = *place as usize;
            let (look, entry) = (&self.looks[place], &self.entries[place]);
            let end = at + word.len();
            let (rest, next) = (&rest[word.len()..], chars::after(text, end));
            let whole = !word.as_bytes().last().is_some_and(u8::is_ascii_alphabetic)
                || !next.is_some_and(|c| c.is_ascii_alphanumeric());
            let excepted = next.is_some_and(|c| look.except.may_have(c)) && entry.except.open(rest);
            (whole && !excepted && allowed(look, entry, rest)).then_some(UnitWord { id: look.id, end, entry })
        })
    }

    /// Whether a unit that begins with a multiplier, such as `千瓦`, stands at `at`, after a number from `number` on.
    pub(super) fn unit_starts_with_multiplier(&self, text: &str, number: usize, at: usize) -> bool {
        let arabic = text.as_bytes().get(number).is_some_and(u8::is_ascii_digit);
        self.unit_where(text, at, |look, _, _| !look.below && (arabic || !look.arabic)).is_some()
    }

    /// The unit of the currency sign that `before` ends with, and the sign's length.
    pub(super) fn sign_before(&self, before: &str) -> Option<(usize, UnitId)> {
        self.signs.before(before, |sign, id| Some((sign.len(), *id)))
    }

    /// The unit that a noun near the beginning of `rest` is counted by.
    pub(super) fn noun_unit(&self, rest: &str) -> Option<UnitId> {
        for (at, c) in rest.char_indices().take(9) {
            if !is_word(c) && !matches!(c, '“' | '”' | '、') {
                break;
            }
            if self.marks.of(Some(c)) & ahead::NOUN != 0
                && let Some(id) = self.nouns.at(&rest[at..], |_, id| Some(*id))
            {
                return Some(id).filter(|id| *id != UnitId::NONE);
            }
        }
        None
    }

    /// The unit that a noun at the end of `before` is counted by, words for a total and a state between allowed.
    pub(super) fn noun_unit_before(&self, before: &str) -> Option<UnitId> {
        let between = |c: char| "总量数规模达到为共计约已突破至增".contains(c);
        let noun_end = before.trim_end_matches(between).len();
        let last = before.char_indices().rev().take(12).take_while(|(_, c)| is_word(*c));
        for (at, _) in last {
            if let Some((len, id)) = self.nouns.at(&before[at..], |noun, id| Some((noun.len(), *id)))
                && (noun_end..=before.len()).contains(&(at + len))
            {
                return Some(id).filter(|id| *id != UnitId::NONE);
            }
        }
        None
    }

    /// The length of a hedge within a number and what it says; no qualifier: the number is vague.
    pub(super) fn hedge_inside(&self, text: &str, at: usize) -> Option<(usize, Option<Qualifier>)> {
        let rest = text.get(at..)?;
        self.hedges_behind.at(rest, |word, place| {
            let hedge = &self.hedges[*place as usize];
            hedge.inside.then_some((word.len(), hedge.qualifier))
        })
    }

    /// The hedge that `before`, which ends where a number begins, ends with.
    pub(super) fn hedge_before(
        &self,
        before: &str,
        lone: bool,
        dimension: Option<Dimension>,
    ) -> Option<&HedgeEntry> {
        self.hedges_before.before(before, |word, place| {
            let hedge = &self.hedges[*place as usize];
            let outer = &before[..before.len() - word.len()];
            let fits = hedge.dimensions.is_empty() || dimension.is_none_or(|d| hedge.dimensions.contains(&d));
            let fits =
                if lone || !hedge.lone { fits || hedge.lone } else { !hedge.dimensions.is_empty() && fits };
            (fits && !hedge.except.close(outer)).then_some(hedge)
        })
    }

    /// The hedge between number and unit (`inside`) or after the unit at `at`.
    pub(super) fn hedge_behind(
        &self,
        text: &str,
        at: usize,
        inside: bool,
        dimension: Dimension,
    ) -> Option<(usize, &HedgeEntry)> {
        let rest = text.get(at..)?;
        self.hedges_behind.at(rest, |word, place| {
            let hedge = &self.hedges[*place as usize];
            let outer = &rest[word.len()..];
            let here = if inside { hedge.inside } else { hedge.after };
            let fits = inside || hedge.dimensions.is_empty() || hedge.dimensions.contains(&dimension);
            let closed = inside || !hedge.closed || !outer.starts_with(|c: char| is_word(c) && c != '的');
            (here && fits && closed && !hedge.except.open(outer)).then_some((at + word.len(), hedge))
        })
    }

    /// Whether the words round an ambiguous unit allow it; `rest` is what follows it.
    fn is_allowed(&self, entry: &UnitEntry, before: &str, rest: &str) -> bool {
        let ends = !rest.starts_with(|c: char| is_word(c));
        if entry.after.open(rest) || (ends && entry.after.has("$")) {
            return true;
        }
        // The eight characters before the number, as far as they are of its clause.
        let mut start = before.len();
        for (at, c) in before.char_indices().rev().take(8) {
            if matches!(c, '，' | '。' | '；' | '\n') {
                break;
            }
            start = at;
        }
        let context = &before[start..];
        context.char_indices().any(|(at, _)| entry.before.open(&context[at..]))
            || (entry.before.has("^") && self.stands_alone(before, rest))
    }

    /// Whether a number and its unit are all that there is, hedges aside: `五块`, `大约三尺`.
    fn stands_alone(&self, before: &str, rest: &str) -> bool {
        let hedge = self.hedge_before(before, true, None).map_or(0, |hedge| hedge.word.len());
        // 三百到五百块
        let first = |c: char| c.is_ascii_digit() || "至到-—~～".contains(c) || sign(c).is_some();
        let mut before = before[..before.len() - hedge].chars().rev().take(FIRST_HALF);
        let begins = !before.find(|c| !first(*c)).is_some_and(is_word);
        let ends = || {
            !rest.starts_with(|c: char| is_word(c))
                || rest
                    .starts_with(|c: char| c.is_ascii_digit() || self.marks.of(Some(c)) & ahead::NUMERAL != 0)
                || self.hedge_behind(rest, 0, false, Dimension::Money).is_some()
        };
        begins && ends()
    }
}
