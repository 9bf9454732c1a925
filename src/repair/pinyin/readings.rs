//! Readings of characters in pinyin, and pinyin in brackets.

const READINGS: &str = include_str!("readings.txt");

/// Longest reading in bytes (`zhuāng`, `chuǎng`).
const LONGEST: usize = 8;

/// Whether the letter can stand in a syllable, and whether it carries a tone mark.
fn letter(c: char) -> Option<bool> {
    match c {
        'a'..='z' | 'ü' | 'ê' | 'ɡ' => Some(false),
        'ā' | 'á' | 'ǎ' | 'à' | 'ē' | 'é' | 'ě' | 'è' | 'ī' | 'í' | 'ǐ' | 'ì' | 'ō' | 'ó' | 'ǒ' | 'ò'
        | 'ū' | 'ú' | 'ǔ' | 'ù' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' | 'ń' | 'ň' | 'ǹ' | 'ḿ' => Some(true),
        _ => None,
    }
}

/// The characters that have a reading; none for what is no reading.
pub(super) fn characters(reading: &str) -> &'static str {
    if reading.contains('ɡ') {
        return characters(&reading.replace('ɡ', "g"));
    }
    let lines = READINGS.trim_end();
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = lines.as_bytes()[..middle].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let line = lines[start..].lines().next().unwrap_or_default();
        let (key, found) = line.split_once(' ').unwrap_or((line, ""));
        match key.cmp(reading) {
            _ if key == "#" => low = start + line.len() + 1,
            std::cmp::Ordering::Equal => return found,
            std::cmp::Ordering::Less => low = start + line.len() + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    ""
}

/// The readings of `c`.
#[cfg(test)]
pub(super) fn all(c: char) -> Vec<&'static str> {
    let lines = READINGS.lines().filter_map(|line| line.split_once(' '));
    lines
        .filter(|(reading, found)| !reading.is_ascii() && found.contains(c))
        .map(|(reading, _)| reading)
        .collect()
}

/// Whether `reading` is one of `c`.
pub(super) fn is_reading(c: char, reading: &str) -> bool {
    characters(reading).contains(c)
}

/// The reading that ends with `)` at the start of `text`, if it is one; `toned` wants a tone mark in it.
pub(super) fn closed(text: &str, toned: bool) -> Option<&str> {
    let mut mark = !toned;
    for (at, c) in text.char_indices() {
        if c == ')' {
            return Some(&text[..at]).filter(|reading| mark && !characters(reading).is_empty());
        }
        mark |= letter(c)?;
        if at > LONGEST {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_looked_up() {
        assert!(is_reading('區', "qū") && is_reading('還', "hái") && is_reading('還', "huán"));
        assert!(is_reading('們', "men") && is_reading('國', "ɡuó"));
        assert!(!is_reading('區', "shù"));
        assert_eq!((characters(""), characters("#"), characters("zzz")), ("", "", ""));
        for line in READINGS.lines().skip(1) {
            let (reading, found) = line.split_once(' ').unwrap();
            assert_eq!(characters(reading), found);
        }
    }

    #[test]
    fn pinyin_in_brackets_is_a_reading() {
        assert_eq!(closed("qū)上", true), Some("qū"));
        assert_eq!(closed("men)", false), Some("men"));
        assert_eq!((closed("men)", true), closed("qú", true), closed("abc)", false)), (None, None, None));
        assert_eq!((closed(")", true), closed("", false), closed("qūqūqūqū)", true)), (None, None, None));
    }
}
