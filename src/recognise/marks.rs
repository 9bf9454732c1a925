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
}

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

/// A table of such bits for every character of the basic plane, those of both kinds together: the same few characters
/// stand before and after numbers.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    bits: Box<[u32]>,
    /// For the last two bytes of a character of three, whether a number may begin with it.
    firsts: Box<[bool]>,
}

impl Marks {
    pub(super) fn new() -> Self {
        Self { bits: vec![0; 0x1_0000].into_boxed_slice(), firsts: vec![false; 0x1_0000].into_boxed_slice() }
    }

    /// Adds `bit` to the characters.
    pub(super) fn add(&mut self, chars: impl IntoIterator<Item = char>, bit: u32) {
        for c in chars {
            if let Some(bits) = self.bits.get_mut(c as usize) {
                *bits |= bit;
            }
            if let (true, [_, second, third]) = (bit == ahead::FIRST, c.encode_utf8(&mut [0; 4]).as_bytes()) {
                self.firsts[usize::from(u16::from_le_bytes([*second, *third]))] = true;
            }
        }
    }

    /// The bits of `c`; none for the end of the text.
    #[inline]
    pub(super) fn of(&self, c: Option<char>) -> u32 {
        c.and_then(|c| self.bits.get(c as usize)).copied().unwrap_or(0)
    }

    /// Whether a number may begin with a character of which these are the second and third byte, the lower ones first;
    /// a few others have the same two.
    #[inline]
    pub(super) fn first(&self, bytes: u64) -> bool {
        self.firsts[usize::from(bytes as u16)]
    }
}
