//! What a stretch may have been that is shifted by one byte, the likeliest first.
//!
//! The bytes of a shifted stretch are known but for the pairs that vanished from between them and for a second byte at
//! its end. The search goes over them word by word: whatever fits the bytes is a reading of them, and costs as much as
//! its words are rare.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use super::{
    super::{fold::TABLE, script::is_han},
    codepage::{self, LEAD, Pair},
    lexicon::Lexicon,
    readings,
};

/// Readings of a stretch that are kept at each place.
const KEPT: usize = 6;

/// Pairs that may have vanished in a row.
const GAPS: u8 = 2;
/// What a character costs more that lost a byte.
const GAP: f32 = 1.0;
/// What a character costs more that was filled in and is part of no word.
const WEAK: f32 = 8.0;

/// A piece of the damaged text, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'t> {
    /// A character that is right as it stands, before or behind the stretch.
    Fixed(char),
    /// The bytes of a character: the second one of what was there, and the first one of what came next.
    Pair(Pair),
    /// The stretch ends with this character's second byte, a letter; it has this reading, if any was written.
    Letter(u8, Option<&'t str>),
    /// The stretch ends with a byte that came before this ASCII letter of the writer's.
    Ascii(u8, u8),
    /// The stretch ends with a character of this reading, its second byte unknown.
    Reading(&'t str),
    /// The stretch ends with a character of which the second byte is unknown.
    Open,
}

/// What is known of the first byte of the next character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lead {
    /// Nothing is shifted.
    Aligned,
    Known(u8),
    /// It vanished together with the second byte before it: its bounds, and how many did so before it in a row.
    Between(u8, u8, u8),
}

/// A place in the search: the next step, and the first byte of the next character.
type Place = (usize, Lead);

/// What a stretch may have been.
#[derive(Clone, Debug, Default)]
pub(super) struct Guess {
    /// Its characters, each with the step that it begins with.
    pub text: Vec<(char, usize)>,
    /// How unlikely it is: a sum of natural logarithms.
    pub cost: f32,
    /// Whether bytes were filled in that the damaged text does not have.
    pub filled: bool,
    /// Whether one of them stands in a character that no word vouches for.
    pub weak: bool,
}

impl Guess {
    /// Whether both are the same characters.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        self.text.iter().map(|(c, _)| c).eq(other.text.iter().map(|(c, _)| c))
    }
}

/// A stretch to be searched.
#[derive(Debug)]
pub(super) struct Stretch<'t> {
    /// First the fixed characters before it, then its own, then those behind it.
    pub steps: Vec<Step<'t>>,
    /// The first step that is not fixed.
    pub start: usize,
    /// The first byte of its first character; `None` if it is unknown.
    pub lead: Option<u8>,
    /// Characters known to be listed, asked for those of a reading.
    pub listed: &'t BTreeMap<char, String>,
}

/// Characters of Traditional text that Simplified text has for others, too.
const BOTH: &str = "丑云余克准出划制卜卷只台后向咸回夸家布干幸征志愿才扎托折斗曲朱术松板极沈注淀游烟特症秋种系群胡致舍范\
                    表谷赞迹郁里面须于着周";

/// Characters by what they become in Simplified text, themselves among them if Traditional text has them.
static VARIANTS: LazyLock<HashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut variants: HashMap<char, Vec<char>> = HashMap::new();
    let all = ('\u{4E00}'..='\u{9FA5}').filter(|&c| codepage::pair_of(c).is_some());
    for c in all.clone() {
        let simple = TABLE.target(c);
        if simple != c {
            variants.entry(simple).or_default().push(c);
            if TABLE.is_contextual(c) {
                variants.entry(c).or_default().push(c);
            }
        }
    }
    for c in all.filter(|&c| TABLE.target(c) == c) {
        let forms = variants.entry(c).or_default();
        if forms.is_empty() || BOTH.contains(c) {
            forms.push(c);
        }
    }
    variants
});

impl Stretch<'_> {
    /// The likeliest guesses, the likeliest first; the likeliest one without anything filled in is among them.
    pub(super) fn guesses(&self, lexicon: &Lexicon) -> Vec<Guess> {
        let mut places: BTreeMap<Place, Vec<Guess>> = BTreeMap::new();
        for place in self.enter(0) {
            places.insert(place, vec![Guess::default()]);
        }
        while let Some((place, guesses)) = places.pop_first() {
            if place.0 == self.steps.len() {
                return guesses;
            }
            for (word, cost, places_after) in self.words(place, lexicon) {
                for (after, chars) in places_after {
                    let into = places.entry(after).or_default();
                    for guess in &guesses {
                        let filled = chars.iter().filter(|&&(_, _, filled)| filled).count();
                        let is_mark = |&(c, _, _): &(char, usize, bool)| Lexicon::is_mark(c);
                        let weak = filled > 0 && word == 1 && !chars.iter().all(is_mark);
                        let ends = [guess.text.last().map(|&(c, _)| c), chars.first().map(|&(c, _, _)| c)];
                        let stops = ends.into_iter().all(|c| c.is_some_and(Lexicon::is_stop));
                        let cost = guess.cost
                            + cost
                            + GAP * f32::from(u8::try_from(filled).unwrap_or(u8::MAX))
                            + if weak { WEAK } else { 0.0 }
                            + if stops { WEAK } else { 0.0 };
                        let filled = guess.filled || filled > 0;
                        if filled && into.len() >= KEPT && into.last().is_some_and(|last| last.cost <= cost) {
                            continue;
                        }
                        let own = chars.iter().map(|&(c, step, _)| (c, step));
                        let text = guess.text.iter().copied().chain(own).collect();
                        keep(into, Guess { text, cost, filled, weak: guess.weak || weak });
                    }
                }
            }
        }
        Vec::new()
    }

    /// The places that the step begins at when what is before it is done.
    fn enter(&self, step: usize) -> Vec<Place> {
        if step != self.start {
            return vec![(step, Lead::Aligned)];
        }
        let lead = self.lead.map_or(Lead::Between(*LEAD.start(), *LEAD.end(), 0), Lead::Known);
        vec![(step, lead)]
    }

    /// The words that may stand at a place: the number of their characters, what they cost, and for each way to read
    /// them the place after and their characters, with the step of each and whether a byte was filled in.
    fn words(&self, place: Place, lexicon: &Lexicon) -> Vec<(usize, f32, Vec<Way>)> {
        let mut found = Vec::new();
        let mut firsts = self.firsts(place);
        firsts.sort_unstable();
        firsts.dedup();
        for first in firsts {
            if !self.may_be(place.0, first) {
                continue;
            }
            let ways = self.advance(place, first);
            if ways.is_empty() {
                continue;
            }
            let ways: Vec<Way> =
                ways.into_iter().map(|(after, filled)| (after, vec![(first, place.0, filled)])).collect();
            let simple = if is_han(first) { TABLE.target(first) } else { first };
            for (word, cost) in lexicon.words(simple) {
                let mut fits = Vec::new();
                let mut count = 1;
                for c in word.chars().skip(1) {
                    fits = self.extend(if count == 1 { &ways } else { &fits }, c);
                    count += 1;
                    if fits.is_empty() {
                        break;
                    }
                }
                if !fits.is_empty() {
                    found.push((count, cost, fits));
                }
            }
            found.push((1, Lexicon::single(simple), ways));
        }
        found
    }

    /// Whether `c` may be filled in: no character that only Simplified text has.
    fn may_be(&self, step: usize, c: char) -> bool {
        let determined = matches!(self.steps[step], Step::Fixed(_));
        determined || VARIANTS.get(&TABLE.target(c)).is_none_or(|forms| forms.contains(&c))
    }

    fn extend(&self, ways: &[Way], c: char) -> Vec<Way> {
        let own = [c];
        let variants = VARIANTS.get(&c).map_or(&own[..], Vec::as_slice);
        let mut longer = Vec::new();
        for (place, chars) in ways.iter().filter(|(place, _)| place.0 < self.steps.len()) {
            for &variant in variants {
                for (after, filled) in self.advance(*place, variant) {
                    let mut chars = chars.clone();
                    chars.push((variant, place.0, filled));
                    longer.push((after, chars));
                }
            }
        }
        longer
    }

    /// The characters that may stand at a place.
    fn firsts(&self, (at, lead): Place) -> Vec<char> {
        let leads = match lead {
            Lead::Aligned => {
                return match self.steps[at] {
                    Step::Fixed(c) => vec![c],
                    _ => Vec::new(),
                };
            }
            Lead::Known(lead) => lead..=lead,
            Lead::Between(low, high, _) => low..=high,
        };
        let mut trails: Vec<u8> = match self.steps[at] {
            Step::Fixed(_) => Vec::new(),
            Step::Pair([trail, _]) | Step::Letter(trail, _) | Step::Ascii(trail, _) => vec![trail],
            Step::Open if leads.len() == 1 => LEAD.collect(),
            Step::Reading(_) | Step::Open => Vec::new(),
        };
        let read = match self.steps[at] {
            Step::Reading(reading) => readings::characters(reading),
            _ => "",
        };
        let read =
            read.chars().filter(|&c| codepage::pair_of(c).is_some_and(|[lead, _]| leads.contains(&lead)));
        let read: Vec<char> = read.collect();
        if leads.len() == 1 {
            trails.extend((0xA1..=0xFE).filter(|&trail| gap(trail).is_some()));
        }
        let pairs = leads.flat_map(|lead| trails.iter().map(move |&trail| [lead, trail]));
        pairs.filter_map(codepage::char_of).chain(read).collect()
    }

    /// Where the search goes on behind `c`, and whether a byte was filled in; nowhere if it does not fit.
    fn advance(&self, (at, lead): Place, c: char) -> Vec<(Place, bool)> {
        let step = self.steps[at];
        if let Step::Fixed(fixed) = step {
            let fits = lead == Lead::Aligned && fixed == c;
            return if fits {
                self.enter(at + 1).into_iter().map(|p| (p, false)).collect()
            } else {
                Vec::new()
            };
        }
        let Some(pair) = codepage::pair_of(c) else { return Vec::new() };
        let [first, trail] = pair;
        let known = match lead {
            Lead::Aligned => return Vec::new(),
            Lead::Known(known) => known == first,
            Lead::Between(low, high, _) => (low..=high).contains(&first),
        };
        if !known {
            return Vec::new();
        }
        let between = matches!(lead, Lead::Between(..));
        let mut after = Vec::with_capacity(2);
        match step {
            Step::Pair([second, next]) if second == trail => {
                after.push(((at + 1, Lead::Known(next)), between));
            }
            Step::Letter(second, reading)
                if second == trail && reading.is_none_or(|reading| readings::is_reading(c, reading)) =>
            {
                after.push(((at + 1, Lead::Aligned), between));
            }
            Step::Ascii(second, _) if second == trail => after.push(((at + 1, Lead::Aligned), between)),
            Step::Reading(reading) if LEAD.contains(&trail) && self.reads(c, reading, lead) => {
                after.push(((at + 1, Lead::Aligned), between));
            }
            Step::Open if LEAD.contains(&trail) => after.push(((at + 1, Lead::Aligned), true)),
            _ => {}
        }
        let gaps = if let Lead::Between(_, _, gaps) = lead { gaps } else { 0 };
        if gaps < GAPS {
            after.extend(gap(trail).map(|(low, high)| ((at, Lead::Between(low, high, gaps + 1)), true)));
        }
        after
    }

    /// Whether `c` has a reading, and is listed if one of the listed characters would fit.
    fn reads(&self, c: char, reading: &str, lead: Lead) -> bool {
        if !readings::is_reading(c, reading) {
            return false;
        }
        let Lead::Known(lead) = lead else { return true };
        let listed = |c: &char| {
            self.listed.get(c).is_some_and(|listed| listed == reading)
                && codepage::pair_of(*c).is_some_and(|pair| pair[0] == lead)
        };
        listed(&c) || !self.listed.keys().any(listed)
    }
}

/// A place that a word leads to, and its characters: each with its step and whether a byte was filled in.
type Way = (Place, Vec<(char, usize, bool)>);

/// The first bytes that may follow where a character's second byte, `trail`, vanished together with one of them.
fn gap(trail: u8) -> Option<(u8, u8)> {
    match trail {
        0xAA..=0xAF | 0xF8..=0xFD => Some((0xA1, 0xFE)),
        0xFE => Some((0x81, 0xFE)),
        0xA1..=0xA7 => Some((0x81, 0xA0)),
        _ => None,
    }
}

/// Puts a guess among the others: each text once, the likeliest ones, and the likeliest with nothing filled in.
fn keep(guesses: &mut Vec<Guess>, guess: Guess) {
    if let Some(same) = guesses.iter().position(|other| other.says_the_same(&guess)) {
        if guesses[same].cost <= guess.cost {
            return;
        }
        guesses.remove(same);
    }
    let at = guesses.partition_point(|other| other.cost <= guess.cost);
    guesses.insert(at, guess);
    if guesses.len() > KEPT {
        let plain = guesses.iter().position(|guess| !guess.filled);
        let last = guesses.len() - 1;
        guesses.remove(if plain == Some(last) { last - 1 } else { last });
    }
}
