//! `Code`: the one character that stands for a quantity in a reading, so that patterns stay regexes over text.
//!
//! Figures and neighbours have a private-use plane each; within it one character stands for one canonical unit.
//! Quantities without a unit of their own (bare numbers, ordinals, compound units) have one for their dimension.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

pub use super::syntax::is_reserved;
use crate::{
    quantity::{Dimension, Quantity},
    recognise::lexicon::{Lexicon, UnitId},
};

const FIGURES: u32 = 0xF_0000;
const NEIGHBOURS: u32 = 0x10_0000;
/// Codes up to here are unit ids.
const DIMENSIONS: u16 = 4000;
/// One past the last code.
const CODES: u16 = DIMENSIONS + 32;
const WORDS: usize = (CODES as usize).div_ceil(64);

/// The dimensions that slots can name.
pub const SLOTS: [(&str, Dimension); 21] = [
    ("area", Dimension::Area),
    ("count", Dimension::Count),
    ("data", Dimension::Data),
    ("discount", Dimension::Discount),
    ("duration", Dimension::Duration),
    ("energy", Dimension::Energy),
    ("length", Dimension::Length),
    ("mass", Dimension::Mass),
    ("money", Dimension::Money),
    ("multiple", Dimension::Multiple),
    ("number", Dimension::Number),
    ("ordinal", Dimension::Ordinal),
    ("people", Dimension::People),
    ("percent", Dimension::Percent),
    ("points", Dimension::Points),
    ("power", Dimension::Power),
    ("ratio", Dimension::Ratio),
    ("speed", Dimension::Speed),
    ("temperature", Dimension::Temperature),
    ("volume", Dimension::Volume),
    ("quantity", Dimension::Number),
];

/// A quantity's unit, or its dimension where it has none, as a small number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(pub u16);

impl Code {
    /// The code of a quantity.
    pub fn of(quantity: &Quantity) -> Self {
        if quantity.per.is_some() || quantity.unit == UnitId::NONE || quantity.dimension == Dimension::Ordinal
        {
            Self::of_dimension(quantity.dimension)
        } else {
            Self(quantity.unit.0)
        }
    }

    /// The code of quantities of this dimension that have no unit of their own.
    pub const fn of_dimension(dimension: Dimension) -> Self {
        Self(DIMENSIONS + dimension as u16)
    }

    /// The character of a figure.
    pub fn figure(self) -> char {
        char::from_u32(FIGURES + u32::from(self.0)).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// The character of a neighbour.
    pub fn neighbour(self) -> char {
        char::from_u32(NEIGHBOURS + u32::from(self.0)).unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

impl Code {
    /// The code that a character stands for, as a neighbour or as a figure.
    pub fn read(character: char, neighbour: bool) -> Option<Self> {
        let plane = if neighbour { NEIGHBOURS } else { FIGURES };
        let code = u32::from(character).checked_sub(plane).filter(|&code| code < u32::from(CODES));
        code.and_then(|code| u16::try_from(code).ok()).map(Self)
    }
}

/// A set of codes by a bit for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeBits(Box<[u64]>);

impl CodeBits {
    /// Whether the set has a code.
    pub fn has(&self, code: Code) -> bool {
        self.0.get(usize::from(code.0) / 64).is_some_and(|bits| bits >> (code.0 % 64) & 1 == 1)
    }
}

impl<'b> FromIterator<&'b Self> for CodeBits {
    fn from_iter<I: IntoIterator<Item = &'b Self>>(sets: I) -> Self {
        let mut all = vec![0; WORDS];
        sets.into_iter().flat_map(|set| set.0.iter().enumerate()).for_each(|(at, bits)| all[at] |= bits);
        Self(all.into())
    }
}

/// A set of codes, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeSet(pub Vec<Code>);

impl CodeSet {
    /// The codes of a slot by its dimension's name: `quantity` is every one but ordinals.
    pub fn of_slot(name: &str, lexicon: &Lexicon) -> Option<Self> {
        let &(_, dimension) = SLOTS.iter().find(|(slot, _)| *slot == name)?;
        let mut codes: Vec<Code> = if name == "quantity" {
            let bare =
                SLOTS.iter().map(|&(_, d)| d).filter(|&d| d != Dimension::Ordinal).map(Code::of_dimension);
            lexicon.units().map(|(id, _)| Code(id.0)).filter(|&c| c.0 != 0).chain(bare).collect()
        } else {
            let units =
                lexicon.units().filter(|(_, unit)| unit.dimension == dimension).map(|(id, _)| Code(id.0));
            units.filter(|&c| c.0 != 0).chain([Code::of_dimension(dimension)]).collect()
        };
        codes.sort_unstable();
        codes.dedup();
        Some(Self(codes))
    }

    /// The same, asked for code by code.
    pub fn bits(&self) -> CodeBits {
        let mut bits = vec![0; WORDS];
        for code in &self.0 {
            bits[usize::from(code.0) / 64] |= 1 << (code.0 % 64);
        }
        CodeBits(bits.into())
    }

    /// The class of characters that stand for these codes as figures, or as neighbours.
    pub fn class(&self, neighbour: bool) -> ClassUnicode {
        ClassUnicode::new(self.0.iter().map(|code| {
            let c = if neighbour { code.neighbour() } else { code.figure() };
            ClassUnicodeRange::new(c, c)
        }))
    }

    /// Adds the codes of `other`.
    pub fn union(&mut self, other: &Self) {
        self.0.extend_from_slice(&other.0);
        self.0.sort_unstable();
        self.0.dedup();
    }
}
