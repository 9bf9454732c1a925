//! What a character beside a number may be the beginning or the end of: one table read settles for most numbers that
//! no unit, hedge, guard or time stands there, before any word is compared.

/// What may begin with the character after a number.
pub(super) mod ahead {
    /// A Chinese numeral.
    pub(in crate::recognise) const NUMERAL: u32 = 1;
    /// A hedge between number and unit.
    pub(in crate::recognise) const INSIDE: u32 = 1 << 1;
    /// A unit.
    pub(in crate::recognise) const UNIT: u32 = 1 << 2;
    /// A hedge after the unit.
    pub(in crate::recognise) const BEHIND: u32 = 1 << 3;
    /// A word that a guard looks for.
    pub(in crate::recognise) const GUARD: u32 = 1 << 4;
    /// An expression of time.
    pub(in crate::recognise) const TIME: u32 = 1 << 5;
    /// The second half of a range.
    pub(in crate::recognise) const JOINT: u32 = 1 << 6;
    /// A code, a version, a score, a fraction with a stroke, an exponent.
    pub(in crate::recognise) const CODE: u32 = 1 << 7;
    /// A noun that counts people or things.
    pub(in crate::recognise) const NOUN: u32 = 1 << 8;
    /// `分之`, `又`, `点`, `个亿`: the number goes on.
    pub(in crate::recognise) const ON: u32 = 1 << 9;
    /// What may follow the first digit of a Chinese number that is more than a digit in a word.
    pub(in crate::recognise) const FOLLOWER: u32 = 1 << 10;
    /// What a number may begin with.
    pub(in crate::recognise) const FIRST: u32 = 1 << 11;
    /// A word that a guard looks for which refuses Chinese numerals only.
    pub(in crate::recognise) const HAN_GUARD: u32 = 1 << 12;
    /// A guarded word that the number is part of.
    pub(in crate::recognise) const NAME: u32 = 1 << 13;
    /// A stroke or a word for one, between a unit and what it is counted over.
    pub(in crate::recognise) const STROKE: u32 = 1 << 14;
}

/// The bits from this one on are the place of a [`Single`](super::lexicon::Single) unit, or zero.
pub(super) const SINGLE: u32 = 24;

/// What may end with the character before a number.
pub(super) mod behind {
    /// A hedge.
    pub(in crate::recognise) const HEDGE: u32 = 1 << 16;
    /// A currency sign.
    pub(in crate::recognise) const SIGN: u32 = 1 << 17;
    /// A minus sign.
    pub(in crate::recognise) const MINUS: u32 = 1 << 18;
    /// A word that a guard looks for.
    pub(in crate::recognise) const GUARD: u32 = 1 << 19;
    /// A code.
    pub(in crate::recognise) const CODE: u32 = 1 << 20;
    /// The words of a rank, whatever follows its number.
    pub(in crate::recognise) const RANK: u32 = 1 << 21;
    /// What begins a line or a statement.
    pub(in crate::recognise) const START: u32 = 1 << 22;
    /// The words of a rank whose number stands alone.
    pub(in crate::recognise) const LIST: u32 = 1 << 23;
}

/// How many characters share a row of the table.
const ROW: usize = 64;
const ROWS: usize = 0x1_0000 / ROW;

/// A table of such bits for every character of the basic plane, those of both kinds together: the same few characters
/// stand before and after numbers. Rows without any bit are one row, so that what is asked for stays in the cache.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    /// For so many characters each, the row of their bits.
    rows: Box<[u16; ROWS]>,
    bits: Vec<[u32; ROW]>,
    /// For the last two bytes of a character of three, one if a number may begin with it. Of all these bytes only four
    /// thousand are ever asked for.
    firsts: Box<[u8; 0x1_0000]>,
}

impl Marks {
    #[expect(clippy::large_stack_arrays, reason = "a few times a run, and boxed at once")]
    pub(super) fn new() -> Self {
        Self { rows: Box::new([0; ROWS]), bits: vec![[0; ROW]], firsts: Box::new([0; 0x1_0000]) }
    }

    /// Adds `bit` to the characters.
    pub(super) fn add(&mut self, chars: impl IntoIterator<Item = char>, bit: u32) {
        for c in chars {
            let Some(row) = self.rows.get_mut(c as usize / ROW) else { continue };
            if *row == 0 {
                *row = self.bits.len() as u16;
                self.bits.push([0; ROW]);
            }
            self.bits[usize::from(*row)][c as usize % ROW] |= bit;
            if let (true, [_, second, third]) = (bit == ahead::FIRST, c.encode_utf8(&mut [0; 4]).as_bytes()) {
                self.firsts[usize::from(u16::from_le_bytes([*second, *third]))] = 1;
            }
        }
    }

    /// The bits of `c`; none for the end of the text.
    #[inline]
    pub(super) fn of(&self, c: Option<char>) -> u32 {
        let Some(c) = c else { return 0 };
        let row = self.rows.get(c as usize / ROW).map_or(0, |row| usize::from(*row));
        self.bits.get(row).map_or(0, |bits| bits[c as usize % ROW])
    }

    /// One if a number may begin with a character of which these are the second and third byte, the lower ones first,
    /// else zero; a few others have the same two.
    #[inline]
    pub(super) fn first(&self, bytes: u64) -> u8 {
        self.firsts[usize::from(bytes as u16)]
    }
}
