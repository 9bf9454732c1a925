//! The characters of Chinese numbers and what each of them is: known to repair, which joins what spaces broke, to times
//! and to quantities alike.

/// A character of a Chinese number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    Digit(u8),
    /// `十 百 千`, as a power of ten.
    Small(u32),
    /// `万 亿 兆`, as a power of ten.
    Big(u32),
    /// `廿 卅 卌`: so many tens.
    Tens(u8),
}

use Sign::{Big, Digit, Small, Tens};

/// The characters, each with what it is and whether it is a financial one, often a name or a verb.
const SIGNS: [(char, Sign, bool); 39] = [
    ('零', Digit(0), false),
    ('〇', Digit(0), false),
    ('一', Digit(1), false),
    ('二', Digit(2), false),
    ('两', Digit(2), false),
    ('兩', Digit(2), false),
    ('三', Digit(3), false),
    ('四', Digit(4), false),
    ('五', Digit(5), false),
    ('六', Digit(6), false),
    ('七', Digit(7), false),
    ('八', Digit(8), false),
    ('九', Digit(9), false),
    ('十', Small(1), false),
    ('百', Small(2), false),
    ('千', Small(3), false),
    ('万', Big(4), false),
    ('萬', Big(4), false),
    ('亿', Big(8), false),
    ('億', Big(8), false),
    ('兆', Big(12), false),
    ('廿', Tens(2), false),
    ('卅', Tens(3), false),
    ('卌', Tens(4), false),
    ('壹', Digit(1), true),
    ('贰', Digit(2), true),
    ('貳', Digit(2), true),
    ('叁', Digit(3), true),
    ('參', Digit(3), true),
    ('肆', Digit(4), true),
    ('伍', Digit(5), true),
    ('陆', Digit(6), true),
    ('陸', Digit(6), true),
    ('柒', Digit(7), true),
    ('捌', Digit(8), true),
    ('玖', Digit(9), true),
    ('拾', Small(1), true),
    ('佰', Small(2), true),
    ('仟', Small(3), true),
];

const ROW: usize = 64;

/// For every character of the basic plane its place in [`SIGNS`] plus one: rows of places, and the row of every 64
/// characters. Numbers are asked for more often than anything else.
struct Table {
    rows: [u8; 0x1_0000 / ROW],
    places: [[u8; ROW]; SIGNS.len() + 1],
}

static TABLE: Table = {
    let mut table = Table { rows: [0; 0x1_0000 / ROW], places: [[0; ROW]; SIGNS.len() + 1] };
    let (mut place, mut used) = (0, 0);
    while place < SIGNS.len() {
        let c = SIGNS[place].0 as usize;
        if table.rows[c / ROW] == 0 {
            used += 1;
            table.rows[c / ROW] = used;
        }
        place += 1;
        table.places[table.rows[c / ROW] as usize][c % ROW] = place as u8;
    }
    table
};

/// What `c` is within a number; the second value says that it is a financial character.
#[inline]
pub(crate) fn sign(c: char) -> Option<(Sign, bool)> {
    let row = *TABLE.rows.get(c as usize / ROW)?;
    let place = TABLE.places[usize::from(row)][c as usize % ROW];
    let (_, sign, financial) = SIGNS.get(usize::from(place).checked_sub(1)?)?;
    Some((*sign, *financial))
}

/// The characters of Chinese numbers.
pub(crate) fn signs() -> impl Iterator<Item = char> {
    SIGNS.iter().map(|(c, ..)| *c)
}

#[cfg(test)]
mod tests {
    use super::{SIGNS, sign, signs};

    #[test]
    fn every_sign_is_found_and_nothing_else() {
        for (c, what, financial) in SIGNS {
            assert_eq!(sign(c), Some((what, financial)), "{c}");
        }
        let found = ('\0'..=char::MAX).filter(|c| sign(*c).is_some()).count();
        assert_eq!(found, signs().count());
    }
}
