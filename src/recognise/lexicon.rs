//! Units, hedges and guards: the data that `recognise` works from, as rule files hold it and as it is looked up.

use std::collections::BTreeMap;

use once_cell::sync::Lazy;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    candidate::Finder,
    guard::Guards,
    words::{Words, is_word},
};
use crate::quantity::{Dimension, Qualifier, Quantity};

/// A canonical unit of the lexicon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub u16);

impl UnitId {
    /// No unit: a bare number.
    pub const NONE: Self = Self(0);
}

/// `[[unit]]` of a rule file: a unit, or another measure of one (`of`).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "keys of a table")]
pub struct UnitEntry {
    /// The canonical unit, its key.
    pub name: String,
    /// What it measures.
    pub dimension: Dimension,
    /// True synonyms; without `name` when that is never written.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The unit that this one is given in, `factor` times.
    pub of: Option<String>,
    /// How many of `of` one is, as decimal text.
    pub factor: Option<Decimal>,
    /// `n` of them are 2ⁿ−1 times `factor`: `翻两番` is 300 %.
    #[serde(default)]
    pub doubling: bool,
    /// Signs before the number that give this unit: `￥`.
    #[serde(default)]
    pub signs: Vec<String>,
    /// Whether the word is a unit only beside one of `before` and `after`.
    #[serde(default)]
    pub ambiguous: bool,
    /// Words, one of which stands up to eight characters before the number of an ambiguous unit.
    #[serde(default)]
    pub before: Vec<String>,
    /// Words, one of which follows an ambiguous unit; `$` stands for a mark or the end.
    #[serde(default)]
    pub after: Vec<String>,
    /// What makes another word of it when it follows: `庭` for `家`.
    #[serde(default)]
    pub except: Vec<String>,
    /// Whether a single Chinese digit before it makes a name: `三期`, `四级`.
    #[serde(default)]
    pub names: bool,
    /// Whether it stands only below a stroke: `件/万人`.
    #[serde(default)]
    pub below: bool,
    /// Nouns that count this unit after a bare number: `6.1万常住人口`.
    #[serde(default)]
    pub nouns: Vec<String>,
    /// Longer nouns that begin like one of `nouns` and count something else: `居民楼`.
    #[serde(default)]
    pub other_nouns: Vec<String>,
}

/// `[[hedge]]` of a rule file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "keys of a table")]
pub struct HedgeEntry {
    /// The word, its key.
    pub word: String,
    /// What it says of the number; without it the number is vague, `十几`.
    pub qualifier: Option<Qualifier>,
    /// Whether it may stand before the number.
    #[serde(default)]
    pub before: bool,
    /// Whether it may stand between number and magnitude or unit.
    #[serde(default)]
    pub inside: bool,
    /// Whether it may stand after the unit.
    #[serde(default)]
    pub after: bool,
    /// Whether it goes only with a multiplier alone: `上百`.
    #[serde(default)]
    pub lone: bool,
    /// Whether the number must have a unit: `三十来个`.
    #[serde(default)]
    pub with_unit: bool,
    /// Whether the number must end in a zero or a multiplier: `100多`.
    #[serde(default)]
    pub round: bool,
    /// The dimensions that it goes with; all when empty.
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
    /// What makes another word of it when it stands on its outer side: `最` before `近`.
    #[serde(default)]
    pub except: Vec<String>,
}

/// `[[guard]]` of a rule file: numbers that measure nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardEntry {
    /// Its key.
    pub id: String,
    /// Why such a number measures nothing.
    pub reason: String,
    /// Words with a numeral in them, which is none.
    #[serde(default)]
    pub words: Vec<String>,
    /// A regex that the whole number matches.
    pub number: Option<String>,
    /// A regex that begins at the number; its group 1, or the whole match, is what is refused.
    pub pattern: Option<String>,
    /// How many digits the number has.
    #[serde(default)]
    pub digits: Vec<usize>,
    /// Words, one of which begins where the number ends.
    #[serde(default)]
    pub after: Vec<String>,
    /// Words, one of which ends where the number begins; `^` stands for the beginning of a line or sentence.
    #[serde(default)]
    pub before: Vec<String>,
    /// An opening and a closing mark that the number must stand between.
    pub within: Option<String>,
    /// How many Chinese characters the marks of `within` may be apart.
    #[serde(default = "sixteen")]
    pub reach: usize,
    /// Whether a number with a unit passes.
    #[serde(default)]
    pub bare: bool,
    /// Texts in which it refuses a number.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Texts in which it refuses none.
    #[serde(default)]
    pub refuses: Vec<String>,
}

const fn sixteen() -> usize {
    16
}

/// The tables of the three kinds that one file holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Entries {
    /// `[[unit]]`
    pub unit: Vec<UnitEntry>,
    /// `[[hedge]]`
    pub hedge: Vec<HedgeEntry>,
    /// `[[guard]]`
    pub guard: Vec<GuardEntry>,
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
    pub name: String,
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

/// The lexicon: immutable, built once, shared between threads.
#[derive(Clone, Debug)]
pub struct Lexicon {
    units: Vec<Unit>,
    names: BTreeMap<String, UnitId>,
    entries: Vec<(UnitEntry, UnitId)>,
    words: Words<u16>,
    /// For every character of the basic plane, whether it may stand after the first digit of a Chinese number.
    followers: Box<[bool]>,
    signs: Words<UnitId>,
    nouns: Words<UnitId>,
    hedges: Vec<HedgeEntry>,
    hedges_before: Words<u16>,
    hedges_behind: Words<u16>,
    pub(super) guards: Guards,
    pub(super) finder: Finder,
}

static BUILTIN: Lazy<Lexicon> = Lazy::new(|| {
    let read = |text| toml::from_str::<Entries>(text).unwrap_or_default();
    let units = read(include_str!("../../rules/units.toml")).unit;
    let hedges = read(include_str!("../../rules/hedges.toml")).hedge;
    let guards = read(include_str!("../../rules/guards.toml")).guard;
    Lexicon::new(&units, &hedges, &guards).unwrap_or_else(|_| Lexicon::empty())
});

/// The last entry of every key, in the order of the first ones.
fn latest<T>(entries: &[T], key: impl Fn(&T) -> &str) -> Vec<&T> {
    let mut places = BTreeMap::new();
    let mut kept: Vec<&T> = vec![];
    for entry in entries {
        if let Some(place) = places.get(key(entry)) {
            let place: usize = *place;
            kept[place] = entry;
        } else {
            places.insert(key(entry).to_owned(), kept.len());
            kept.push(entry);
        }
    }
    kept
}

impl Lexicon {
    /// The lexicon of the built-in rule files; the tests prove that they load.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    fn empty() -> Self {
        Self {
            units: vec![Unit { name: String::new(), dimension: Dimension::Number }],
            names: BTreeMap::new(),
            entries: vec![],
            words: Words::by_first(vec![]),
            followers: vec![false; 0x1_0000].into_boxed_slice(),
            signs: Words::by_last(vec![]),
            nouns: Words::by_first(vec![]),
            hedges: vec![],
            hedges_before: Words::by_last(vec![]),
            hedges_behind: Words::by_first(vec![]),
            guards: Guards::default(),
            finder: Finder::new(),
        }
    }

    /// Builds the lexicon; of several entries with the same key the last one holds.
    pub fn new(
        units: &[UnitEntry],
        hedges: &[HedgeEntry],
        guards: &[GuardEntry],
    ) -> Result<Self, LexiconError> {
        let mut lexicon = Self::empty();
        lexicon.add_units(&latest(units, |unit| &unit.name))?;
        lexicon.hedges = latest(hedges, |hedge| &hedge.word).into_iter().cloned().collect();
        let places = |keep: fn(&HedgeEntry) -> bool| {
            let hedges = lexicon.hedges.iter().enumerate().filter(|(_, hedge)| keep(hedge));
            hedges.map(|(place, hedge)| (hedge.word.clone(), place as u16)).collect()
        };
        lexicon.hedges_before = Words::by_last(places(|hedge| hedge.before));
        lexicon.hedges_behind = Words::by_first(places(|hedge| hedge.inside || hedge.after));
        let numerals = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟萬億兩貳參陸半点分成至到月日年时季旬号世";
        let behind = lexicon.hedges.iter().filter(|hedge| hedge.inside || hedge.after);
        let units =
            lexicon.entries.iter().flat_map(|(unit, _)| std::iter::once(&unit.name).chain(&unit.aliases));
        let words = units.chain(behind.map(|hedge| &hedge.word));
        for follower in numerals.chars().chain(words.filter_map(|word| word.chars().next())) {
            if let Some(slot) = lexicon.followers.get_mut(follower as usize) {
                *slot = true;
            }
        }
        lexicon.guards = Guards::new(&latest(guards, |guard| &guard.id))?;
        Ok(lexicon)
    }

    fn add_units(&mut self, units: &[&UnitEntry]) -> Result<(), LexiconError> {
        for unit in units.iter().filter(|unit| unit.of.is_none()) {
            let id = UnitId(u16::try_from(self.units.len()).unwrap_or(u16::MAX));
            self.units.push(Unit { name: unit.name.clone(), dimension: unit.dimension });
            self.names.insert(unit.name.clone(), id);
        }
        if self.units.len() > 4000 {
            return Err(LexiconError::TooManyUnits(self.units.len() - 1));
        }
        let mut owners = BTreeMap::new();
        let (mut words, mut signs, mut nouns) = (vec![], vec![], vec![]);
        for unit in units {
            let context = !unit.before.is_empty() || !unit.after.is_empty();
            if unit.of.is_some() != unit.factor.is_some() || context != unit.ambiguous {
                return Err(LexiconError::Unit(unit.name.clone()));
            }
            let of = unit.of.as_ref().unwrap_or(&unit.name);
            let id = *self
                .names
                .get(of)
                .ok_or_else(|| LexiconError::UnknownUnit { unit: unit.name.clone(), of: of.clone() })?;
            let place = self.entries.len() as u16;
            for word in std::iter::once(&unit.name).chain(&unit.aliases) {
                if let Some(first) = owners.insert(word.clone(), unit.name.clone()) {
                    return Err(LexiconError::Alias { word: word.clone(), first, second: unit.name.clone() });
                }
                words.push((word.clone(), place));
            }
            signs.extend(unit.signs.iter().map(|sign| (sign.clone(), id)));
            nouns.extend(unit.nouns.iter().map(|noun| (noun.clone(), id)));
            nouns.extend(unit.other_nouns.iter().map(|noun| (noun.clone(), UnitId::NONE)));
            self.entries.push(((*unit).clone(), id));
        }
        self.words = Words::by_first(words);
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
        quantity.per.map_or_else(|| unit.clone(), |per| format!("{unit}/{}", self.unit(per).name))
    }

    /// The id of a canonical name.
    pub fn find(&self, name: &str) -> Option<UnitId> {
        self.names.get(name).copied()
    }

    /// All canonical units, by id.
    pub fn units(&self) -> impl Iterator<Item = (UnitId, &Unit)> {
        self.units.iter().enumerate().skip(1).map(|(id, unit)| (UnitId(id as u16), unit))
    }

    /// Whether a Chinese number of which `c` is the second character may be more than a digit in a word.
    pub(super) fn may_follow(&self, c: char) -> bool {
        self.followers.get(c as usize).copied().unwrap_or(true)
    }

    /// The longest unit word at `at`, for a number that begins at `number`. `name`: the number is one that makes names
    /// with some units.
    pub(super) fn unit_at(&self, text: &str, number: usize, at: usize, name: bool) -> Option<UnitWord<'_>> {
        self.unit_where(text, at, |entry, rest| {
            !entry.below && (!name || !entry.names) && is_allowed(entry, &text[..number], rest)
        })
    }

    /// The longest unit word below a stroke.
    pub(super) fn unit_below(&self, text: &str, at: usize) -> Option<UnitWord<'_>> {
        self.unit_where(text, at, |entry, _| entry.of.is_none())
    }

    fn unit_where(
        &self,
        text: &str,
        at: usize,
        allowed: impl Fn(&UnitEntry, &str) -> bool,
    ) -> Option<UnitWord<'_>> {
        let rest = text.get(at..)?;
        self.words.at(rest).find_map(|(word, place)| {
            let (entry, id) = &self.entries[*place as usize];
            let rest = &rest[word.len()..];
            let whole = !word.ends_with(|c: char| c.is_ascii_alphabetic())
                || !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
            let excepted = || entry.except.iter().any(|except| rest.starts_with(&**except));
            (whole && !excepted() && allowed(entry, rest)).then(|| UnitWord {
                id: *id,
                end: at + word.len(),
                entry,
            })
        })
    }

    /// Whether a unit that begins with a multiplier, such as `千瓦`, stands at `at`.
    pub(super) fn unit_starts_with_multiplier(&self, text: &str, at: usize) -> bool {
        self.unit_where(text, at, |entry, _| !entry.below).is_some()
    }

    /// The unit of the currency sign that `before` ends with, and the sign's length.
    pub(super) fn sign_before(&self, before: &str) -> Option<(usize, UnitId)> {
        self.signs.before(before).next().map(|(sign, id)| (sign.len(), *id))
    }

    /// The unit that a noun near the beginning of `rest` is counted by.
    pub(super) fn noun_unit(&self, rest: &str) -> Option<UnitId> {
        for (at, c) in rest.char_indices().take(9) {
            if !is_word(c) && !matches!(c, '“' | '”' | '、') {
                break;
            }
            if let Some((_, id)) = self.nouns.at(&rest[at..]).next() {
                return Some(*id).filter(|id| *id != UnitId::NONE);
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
            if let Some((word, id)) = self.nouns.at(&before[at..]).next()
                && (noun_end..=before.len()).contains(&(at + word.len()))
            {
                return Some(*id).filter(|id| *id != UnitId::NONE);
            }
        }
        None
    }

    /// The length of a hedge within a number and what it says; no qualifier: the number is vague.
    pub(super) fn hedge_inside(&self, text: &str, at: usize) -> Option<(usize, Option<Qualifier>)> {
        let rest = text.get(at..)?;
        let mut words = self.hedges_behind.at(rest);
        words.find_map(|(word, place)| {
            let hedge = &self.hedges[*place as usize];
            hedge.inside.then_some((word.len(), hedge.qualifier))
        })
    }

    /// The hedge that `before`, which ends where a number begins, ends with.
    pub(super) fn hedge_before(&self, before: &str, lone: bool) -> Option<(usize, Option<Qualifier>)> {
        self.hedges_before.before(before).find_map(|(word, place)| {
            let hedge = &self.hedges[*place as usize];
            let outer = &before[..before.len() - word.len()];
            let allowed = (lone || !hedge.lone) && !hedge.except.iter().any(|e| outer.ends_with(&**e));
            allowed.then_some((word.len(), hedge.qualifier))
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
        self.hedges_behind.at(rest).find_map(|(word, place)| {
            let hedge = &self.hedges[*place as usize];
            let outer = &rest[word.len()..];
            let here = if inside { hedge.inside } else { hedge.after };
            let fits = inside || hedge.dimensions.is_empty() || hedge.dimensions.contains(&dimension);
            (here && fits && !hedge.except.iter().any(|e| outer.starts_with(&**e)))
                .then_some((at + word.len(), hedge))
        })
    }
}

/// Whether the words round an ambiguous unit allow it; `rest` is what follows it.
fn is_allowed(entry: &UnitEntry, before: &str, rest: &str) -> bool {
    if !entry.ambiguous {
        return true;
    }
    let ends = !rest.starts_with(|c: char| is_word(c));
    let after = |word: &String| if word == "$" { ends } else { rest.starts_with(&**word) };
    if entry.after.iter().any(after) {
        return true;
    }
    let start = before.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
    let before = &before[start..];
    let before = before.rsplit(['，', '。', '；', '\n']).next().unwrap_or(before);
    entry.before.iter().any(|word| before.contains(&**word))
}
