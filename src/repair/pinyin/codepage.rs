//! Code page 936 as the mirror sites decode it: characters to two bytes and back, with pairs that vanish.

use std::sync::LazyLock;

use encoding_rs::GB18030;

/// The two bytes of a character.
pub(super) type Pair = [u8; 2];

/// Characters and pairs, both ways.
struct Codepage {
    /// The character of each pair, `\0` where it has none.
    chars: Box<[u16]>,
    /// The pair of each character of the Basic Multilingual Plane, 0 where it has none.
    pairs: Box<[u16]>,
}

static CODEPAGE: LazyLock<Codepage> = LazyLock::new(|| {
    let mut page = Codepage { chars: vec![0; 0x1_0000].into(), pairs: vec![0; 0x1_0000].into() };
    for lead in LEAD {
        for trail in 0x40..=0xFE {
            let bytes = [lead, trail];
            if !is_trail(trail) || is_gone(bytes) {
                continue;
            }
            let (text, _, had_errors) = GB18030.decode(&bytes);
            let mut chars = text.chars();
            if let (Some(c), None, false) = (chars.next(), chars.next(), had_errors)
                && let Ok(code @ (0x80..0xE000 | 0xF900..)) = u16::try_from(c as u32)
            {
                page.chars[usize::from(u16::from_be_bytes(bytes))] = code;
                page.pairs[usize::from(code)] = u16::from_be_bytes(bytes);
            }
        }
    }
    page
});

/// First bytes of a pair.
pub(super) const LEAD: std::ops::RangeInclusive<u8> = 0x81..=0xFE;

/// Whether a pair may end with this byte.
pub(super) const fn is_trail(byte: u8) -> bool {
    matches!(byte, 0x40..=0x7E | 0x80..=0xFE)
}

/// Whether no character comes of a pair: it is user-defined (`AAA1–AFFE`, `F8A1–FEFE`, `A140–A7A0`), or GB 18030 put
/// something there that the code page does not have.
pub(super) const fn is_gone([lead, trail]: Pair) -> bool {
    match lead {
        0xAA..=0xAF | 0xF8..=0xFE => trail >= 0xA1 || lead == 0xFE,
        0xA1..=0xA7 => trail <= 0xA0 || lead == 0xA6 && matches!(trail, 0xD9..=0xDF | 0xEC..=0xED | 0xF3),
        0xA9 => matches!(trail, 0x89..=0x95),
        _ => false,
    }
}

/// The character of a pair.
pub(super) fn char_of(pair: Pair) -> Option<char> {
    let code = CODEPAGE.chars[usize::from(u16::from_be_bytes(pair))];
    (code != 0).then(|| char::from_u32(code.into())).flatten()
}

/// The pair of a character.
pub(super) fn pair_of(c: char) -> Option<Pair> {
    let code = u16::try_from(c as u32).ok()?;
    let pair = CODEPAGE.pairs[usize::from(code)];
    (pair != 0).then(|| pair.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_and_characters_lead_to_each_other() {
        assert_eq!(char_of([0x94, 0xB5]), Some('數'));
        assert_eq!(pair_of('數'), Some([0x94, 0xB5]));
        assert_eq!(pair_of('　'), Some([0xA1, 0xA1]));
        assert_eq!(pair_of('ǘ'), Some([0xA8, 0xB6]));
        assert_eq!((pair_of('A'), pair_of('𠀀'), pair_of('\u{E000}')), (None, None, None));
        for c in '\u{80}'..='\u{FFFF}' {
            if let Some(pair) = pair_of(c) {
                assert_eq!(char_of(pair), Some(c));
                assert!(!is_gone(pair) && LEAD.contains(&pair[0]) && is_trail(pair[1]));
            }
        }
    }

    #[test]
    fn vanishing_pairs_have_no_character() {
        for pair in [[0xAA, 0xC4], [0xFE, 0xC9], [0xA1, 0x88], [0xFA, 0xAE], [0xFE, 0x85]] {
            assert!(is_gone(pair) && char_of(pair).is_none());
        }
        assert!((0xB0..=0xF7).all(|lead| (0xA1..=0xFE).all(|trail| !is_gone([lead, trail]))));
    }
}
