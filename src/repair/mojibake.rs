//! UTF-8 that was read as another encoding, GBK or windows-1252, is read again: once or several times over.

use std::{borrow::Cow, sync::LazyLock};

use encoding_rs::{Encoding, GBK, WINDOWS_1252};
use memchr::memmem::Finder;

use super::editor::Editor;
use crate::{
    alignment::{Alignment, Layer},
    span::Span,
};

/// What the first bytes of Chinese punctuation are in GBK: every text of some length has one of them.
const SIGNS: [&str; 2] = ["锛", "銆"];

static FINDERS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| SIGNS.map(Finder::new));

/// How often over it is undone at most.
pub(super) const TIMES: usize = 3;

/// Whether the text may hold UTF-8 that was read as GBK.
pub(super) fn is_suspect(text: &[u8]) -> bool {
    FINDERS.iter().any(|finder| finder.find(text).is_some())
}

/// The text with what is mojibake read again, once. A line is mended from one lost character to the next, and a
/// stretch only if it is UTF-8 that reads as it stands.
pub(super) fn undo(text: &str) -> (Cow<'_, str>, Alignment) {
    let mut editor = Editor::new(text);
    let mut start = 0;
    for line in text.split('\n') {
        let span = Span::new(start, start + line.len());
        start = span.end + 1;
        if line.is_ascii() {
            continue;
        }
        let western = line.chars().any(|c| matches!(c, '\u{C3}'..='\u{EF}'));
        if western && reread(text, span, WINDOWS_1252, &mut editor) {
            continue;
        }
        if SIGNS.iter().any(|sign| line.contains(sign)) {
            reread(text, span, GBK, &mut editor);
        }
    }
    editor.finish()
}

/// Mends what can be mended of a line; says whether that was anything.
fn reread(text: &str, line: Span, encoding: &'static Encoding, editor: &mut Editor<'_>) -> bool {
    let mut done = false;
    let mut start = line.start;
    let lost = |c: char| c == '\u{FFFD}' || c == '?';
    for stretch in line.of(text).split_inclusive(lost) {
        let span = Span::new(start, start + stretch.trim_end_matches(lost).len());
        start += stretch.len();
        done |= reread_stretch(text, span, encoding, editor);
    }
    done
}

fn reread_stretch(text: &str, span: Span, encoding: &'static Encoding, editor: &mut Editor<'_>) -> bool {
    let Some((bytes, mut origins)) = bytes_of(span.of(text), encoding) else { return false };
    for origin in &mut origins {
        *origin += span.start;
    }
    // A character that lost a byte at an end of the stretch stays.
    let head = bytes.iter().take(3).take_while(|&&b| b & 0xC0 == 0x80).count();
    let (valid, tail) = match std::str::from_utf8(&bytes[head..]) {
        Ok(valid) => (valid, 0),
        Err(error) if error.error_len().is_none() => {
            let valid = &bytes[head..head + error.valid_up_to()];
            (std::str::from_utf8(valid).unwrap_or_default(), bytes.len() - head - error.valid_up_to())
        }
        Err(_) => return false,
    };
    let kept = Span::new(
        origins.get(head).copied().unwrap_or(span.end),
        if tail == 0 { span.end } else { origins[bytes.len() - tail] },
    );
    // What is cut off must be whole characters of the text.
    let whole = |at: usize| at == 0 || at == bytes.len() || origins[at] != origins[at - 1];
    if !is_chinese(valid, encoding, TIMES) || kept.is_empty() || !whole(head) || !whole(bytes.len() - tail) {
        return false;
    }
    // Single bytes lead back by themselves.
    if encoding == GBK {
        let (again, had_errors) = encoding.decode_without_bom_handling(valid.as_bytes());
        if had_errors || again != kept.of(text) {
            return false;
        }
    }
    let mut buffer = [0; 4];
    let mut source = kept.start;
    let mut chars = valid.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        let next = chars.peek().map_or(kept.end, |(at, _)| origins[head + at]);
        editor.replace(Span::new(source, next), c.encode_utf8(&mut buffer), Layer::Mojibake);
        source = next;
    }
    true
}

/// The bytes that `text` was read from, each with the place of its character; `None` if there are none.
fn bytes_of(text: &str, encoding: &'static Encoding) -> Option<(Vec<u8>, Vec<usize>)> {
    let (mut bytes, mut origins) = (Vec::new(), Vec::new());
    for (at, c) in text.char_indices() {
        match u8::try_from(c) {
            Ok(byte) if encoding == WINDOWS_1252 => bytes.push(byte),
            _ => {
                let (encoded, _, unmappable) = encoding.encode(&text[at..at + c.len_utf8()]);
                if unmappable {
                    return None;
                }
                bytes.extend_from_slice(&encoded);
            }
        }
        origins.resize(bytes.len(), at);
    }
    Some((bytes, origins))
}

/// Whether a text is mostly Chinese, or becomes so when it is read again.
fn is_chinese(text: &str, encoding: &'static Encoding, times: usize) -> bool {
    let chinese = text.chars().filter(|c| *c >= '\u{2E80}').count();
    let foreign = text.chars().filter(|c| ('\u{80}'..'\u{2E80}').contains(c)).count();
    if chinese > 0 && chinese >= foreign {
        return true;
    }
    let again = |(bytes, _): (Vec<u8>, _)| {
        let valid = std::str::from_utf8(&bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let valid = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
        is_chinese(valid, encoding, times - 1)
    };
    times > 1 && foreign > 0 && bytes_of(text, encoding).is_some_and(again)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn misread(text: &str, encoding: &'static Encoding) -> String {
        encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    fn undone(text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..TIMES {
            text = undo(&text).0.into_owned();
        }
        text
    }

    const REPORT: &str = "全年接收工单13157件，办结率98.2%。\n新建公园3处、步道12公里；覆盖居民5万余人。\n";

    #[test]
    fn windows_1252_is_undone_once_and_twice_over() {
        let once = misread(REPORT, WINDOWS_1252);
        assert_eq!(undone(&once), REPORT);
        assert_eq!(undone(&misread(&once, WINDOWS_1252)), REPORT);
        let (text, alignment) = undo(&once);
        let at = text.find("13157").unwrap();
        assert_eq!(alignment.source(Span::new(at, at + 5)).of(&once), "13157");
    }

    #[test]
    fn gbk_is_undone_where_nothing_was_lost() {
        let text = "办结率达到九成，群众满意。共已办理工单，";
        assert_eq!(undone(&misread(text, GBK)), text);
        let lossy = misread(REPORT, GBK);
        assert!(lossy.contains('\u{FFFD}'));
        assert!(undone(&lossy).contains('\u{FFFD}'));
    }

    #[test]
    fn what_is_no_mojibake_stays() {
        for text in [REPORT, "Café à la carte, Zürich", "铁锛一把，锄头两把。", "ä¸", "â€"]
        {
            assert_eq!(undone(text), text);
        }
    }
}
