//! The characters beside a place of a text. Almost all are ASCII or three bytes long, which is decoded here without the
//! detours of the general case: nothing is asked for more often.

/// The character that begins at `at`; none at the end, or within a character.
#[inline]
pub(super) fn after(text: &str, at: usize) -> Option<char> {
    let bytes = text.as_bytes();
    match *bytes.get(at)? {
        first @ ..0x80 => Some(char::from(first)),
        first @ 0xe0..0xf0 => {
            let (second, third) = (*bytes.get(at + 1)?, *bytes.get(at + 2)?);
            decode(first, second, third)
        }
        _ => text.get(at..)?.chars().next(),
    }
}

/// The character that ends at `at` and begins at `floor` or after it.
#[inline]
pub(super) fn before(text: &str, floor: usize, at: usize) -> Option<char> {
    match *text.as_bytes().get(floor..at)? {
        [.., last @ ..0x80] => Some(char::from(last)),
        [.., first @ 0xe0..0xf0, second, third] => decode(first, second, third),
        _ => text.get(floor..at)?.chars().next_back(),
    }
}

#[inline]
fn decode(first: u8, second: u8, third: u8) -> Option<char> {
    let bits = |byte: u8| u32::from(byte & 0x3f);
    char::from_u32(u32::from(first & 0xf) << 12 | bits(second) << 6 | bits(third))
}

#[cfg(test)]
mod tests {
    use super::{after, before};

    #[test]
    fn characters_are_those_of_the_text() {
        let text = "aé中😀。";
        for (at, c) in text.char_indices() {
            assert_eq!(after(text, at), Some(c));
            assert_eq!(before(text, 0, at + c.len_utf8()), Some(c));
            assert_eq!(before(text, at + c.len_utf8(), at + c.len_utf8()), None);
        }
        assert_eq!(
            (after(text, text.len()), after(text, text.len() + 1), after(text, 2)),
            (None, None, None)
        );
        assert_eq!(before(text, 0, 0), None);
    }
}
