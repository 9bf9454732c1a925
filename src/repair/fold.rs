//! The first pass: characters that are mended by themselves, found by one look-up each in a table of classes.

use std::{borrow::Cow, sync::LazyLock};

use super::{editor::Editor, script::Script};
use crate::{
    alignment::{Alignment, Layer},
    span::Span,
};

const TRADITIONAL: &str = include_str!("../../rules/traditional.txt");
const COMPATIBILITY: &str = include_str!("../../rules/compatibility.txt");

/// What is to be done with a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// Nothing.
    #[default]
    Clean,
    /// It becomes its target, for this reason.
    Width,
    Compatibility,
    Punctuation,
    Traditional,
    /// The same, by the words round it.
    Contextual,
    /// Traditional in a Traditional document only, where it may depend on the words round it.
    Doubtful,
    /// A full-width full stop, a decimal point behind a digit.
    Point,
    /// A space of another width.
    Space,
    /// Not seen by a reader.
    Invisible,
    /// Ends a line without being `\n`.
    LineEnd,
    /// Could pass for a quantity in a reading.
    PrivateUse,
}

/// Punctuation of other scripts and widths with the form that rules know.
const PUNCTUATION: &str = "「“」”『‘』’｢“｣”｡。､、﹐，﹑、﹔；﹕：﹖？﹗！﹙（﹚）〝“〞”＂\"";
/// Signs outside the full-width block with their half-width form.
const SIGNS: &str = "﹪%﹢+﹣-﹦=‐-‑-−-";
/// What stays full-width in Chinese text.
const STAYS: &str = "！（），：；？～＂＇［］｛｝＿＾｀";

/// Class, target and context of every character of the Basic Multilingual Plane.
pub(super) struct Table {
    classes: Box<[Class; 0x1_0000]>,
    targets: Box<[u16; 0x1_0000]>,
    doubtful_in_context: Vec<char>,
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

impl Table {
    fn new() -> Self {
        let mut table =
            Self { classes: boxed(Class::Clean), targets: boxed(0), doubtful_in_context: Vec::new() };
        for c in '！'..='～' {
            if !STAYS.contains(c) {
                table.set(c, Class::Width, char::from_u32(c as u32 - 0xFEE0).unwrap_or(c));
            }
        }
        table.set('．', Class::Point, '.');
        for (pairs, class) in [(PUNCTUATION, Class::Punctuation), (SIGNS, Class::Width)] {
            let mut chars = pairs.chars();
            while let (Some(from), Some(to)) = (chars.next(), chars.next()) {
                table.set(from, class, to);
            }
        }
        for line in entries(COMPATIBILITY) {
            let mut chars = line.chars();
            if let (Some(from), Some(to)) = (chars.next(), chars.next()) {
                table.set(from, Class::Compatibility, to);
            }
        }
        for line in entries(TRADITIONAL) {
            let mut chars = line.chars();
            if let (Some(from), Some(to)) = (chars.next(), chars.next()) {
                let marks = chars.as_str();
                let class = match marks {
                    "" => Class::Traditional,
                    "~" => Class::Contextual,
                    _ => Class::Doubtful,
                };
                table.set(from, class, to);
                if marks == "?~" {
                    table.doubtful_in_context.push(from);
                }
            }
        }
        for c in ('\0'..=' ').chain('\u{7F}'..='\u{9F}').chain("\u{AD}\u{34F}\u{61C}\u{FEFF}".chars()) {
            table.set(c, Class::Invisible, c);
        }
        for c in ('\u{200B}'..='\u{200F}').chain('\u{202A}'..='\u{202E}').chain('\u{2060}'..='\u{206F}') {
            table.set(c, Class::Invisible, c);
        }
        for c in ('\u{FE00}'..='\u{FE0F}').chain('\u{FFF9}'..='\u{FFFB}') {
            table.set(c, Class::Invisible, c);
        }
        for c in "\n\t ".chars() {
            table.set(c, Class::Clean, c);
        }
        for c in "\r\u{B}\u{C}\u{85}\u{2028}\u{2029}".chars() {
            table.set(c, Class::LineEnd, '\n');
        }
        for c in ('\u{2000}'..='\u{200A}').chain("\u{A0}\u{1680}\u{202F}\u{205F}\u{3000}\u{3164}".chars()) {
            table.set(c, Class::Space, ' ');
        }
        for c in '\u{E000}'..='\u{F8FF}' {
            table.set(c, Class::PrivateUse, char::REPLACEMENT_CHARACTER);
        }
        table
    }

    fn set(&mut self, c: char, class: Class, target: char) {
        if let (Ok(from), Ok(to)) = (u16::try_from(c as u32), u16::try_from(target as u32)) {
            self.classes[usize::from(from)] = class;
            self.targets[usize::from(from)] = to;
        }
    }

    /// What is to be done with `c`.
    pub(super) fn class(&self, c: char) -> Class {
        match c as u32 {
            code @ 0..0x1_0000 => self.classes[code as usize],
            0xE_0000..=0xE_0FFF => Class::Invisible,
            0xF_0000.. => Class::PrivateUse,
            _ => Class::Clean,
        }
    }

    /// What `c` becomes by itself; `c` where it has no target.
    pub(super) fn target(&self, c: char) -> char {
        match (u16::try_from(c as u32), self.class(c)) {
            (_, Class::Clean) | (Err(_), _) => c,
            (Ok(code), _) => char::from_u32(u32::from(self.targets[usize::from(code)])).unwrap_or(c),
        }
    }

    /// Whether the form of `c` depends on the words round it.
    pub(super) fn is_contextual(&self, c: char) -> bool {
        self.class(c) == Class::Contextual || self.doubtful_in_context.binary_search(&c).is_ok()
    }

    /// The first place from `at` on with a character that is not clean.
    fn next(&self, bytes: &[u8], mut at: usize) -> Option<usize> {
        let class = |code: usize| self.classes[code & 0xFFFF];
        let low = |b: u8| usize::from(b & 0x3F);
        let of_three = |a: u8, b: u8, c: u8| class(usize::from(a & 0xF) << 12 | low(b) << 6 | low(c)) as u8;
        loop {
            // Four characters of three bytes at once, the usual case.
            while let Some(&[a, b, c, d, e, f, g, h, i, j, k, l]) = bytes[at..].first_chunk::<12>()
                && a & d & g & j >= 0xE0
                && (a | d | g | j) < 0xF0
                && of_three(a, b, c) | of_three(d, e, f) | of_three(g, h, i) | of_three(j, k, l) == 0
            {
                at += 12;
            }
            while let Some(&a @ ..0x80) = bytes.get(at) {
                if class(usize::from(a)) != Class::Clean {
                    return Some(at);
                }
                at += 1;
            }
            let (clean, len) = match bytes[at..] {
                [a @ 0xE0..=0xEF, b, c, ..] => (of_three(a, b, c) == 0, 3),
                [a @ 0xC0..=0xDF, b, ..] => (class(usize::from(a & 0x1F) << 6 | low(b)) == Class::Clean, 2),
                // Planes 12 to 16.
                [0xF3..=0xFF, ..] => (false, 4),
                [] => return None,
                _ => (true, 4),
            };
            if !clean {
                return Some(at);
            }
            at = bytes.len().min(at + len);
        }
    }
}

fn boxed<T: Copy>(value: T) -> Box<[T; 0x1_0000]> {
    let slice: Box<[T]> = vec![value; 0x1_0000].into_boxed_slice();
    slice.try_into().unwrap_or_else(|_| Box::new([value; 0x1_0000]))
}

/// The lines of a data file that are neither empty nor remarks.
fn entries(file: &str) -> impl Iterator<Item = &str> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The text with every character in the form that rules know.
pub(super) fn fold(text: &str) -> (Cow<'_, str>, Alignment) {
    let table = &*TABLE;
    let mut editor = Editor::new(text);
    let mut script = Script::new(text);
    let mut at = 0;
    while let Some(start) = table.next(text.as_bytes(), at) {
        let Some(c) = text[start..].chars().next() else { break };
        at = start + c.len_utf8();
        let span = Span::new(start, at);
        let layer = match table.class(c) {
            Class::Clean => continue,
            Class::Invisible => {
                editor.delete(span, Layer::Spaces);
                continue;
            }
            Class::LineEnd if c == '\r' && text.as_bytes().get(at) == Some(&b'\n') => {
                editor.delete(span, Layer::Lines);
                continue;
            }
            Class::PrivateUse => {
                editor.replace(span, "\u{FFFD}", Layer::PrivateUse);
                continue;
            }
            Class::Contextual | Class::Doubtful => {
                let simplified = script.simplified(c, span);
                if simplified != c {
                    editor.replace(span, simplified.encode_utf8(&mut [0; 4]), Layer::Script);
                }
                continue;
            }
            Class::Point if !editor.last(start).is_some_and(|c| c.is_ascii_digit()) => continue,
            Class::Point | Class::Width => Layer::Width,
            Class::Space if c == '\u{3000}' => Layer::Width,
            Class::Space => Layer::Spaces,
            Class::Compatibility => Layer::Compatibility,
            Class::Traditional => Layer::Script,
            Class::Punctuation => Layer::Punctuation,
            Class::LineEnd => Layer::Lines,
        };
        editor.replace(span, table.target(c).encode_utf8(&mut [0; 4]), layer);
    }
    editor.finish()
}

#[cfg(test)]
mod tests {
    use ferrous_opencc::{OpenCC, config::BuiltinConfig};

    use super::*;

    #[test]
    fn data_files_are_sorted_and_unique() {
        for file in [TRADITIONAL, COMPATIBILITY] {
            let keys: Vec<_> = entries(file).map(|line| line.chars().next()).collect();
            assert!(keys.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(entries(file).all(|line| matches!(line.chars().count(), 2..=4)));
        }
    }

    #[test]
    fn traditional_characters_are_those_of_opencc() {
        let opencc = OpenCC::from_config(BuiltinConfig::T2s).unwrap();
        let mut derived = Vec::new();
        let basic = |c: &char| *c <= '\u{FFFF}';
        for c in ('\u{80}'..='\u{FFFF}').filter(basic) {
            let simplified = opencc.convert(c.encode_utf8(&mut [0; 4]));
            if let Some(s) = simplified.chars().next().filter(|s| *s != c && basic(s)) {
                derived.push(format!("{c}{s}"));
            }
        }
        // 著 is ours, and characters that become another only in a phrase are marked.
        let listed: Vec<String> = entries(TRADITIONAL)
            .filter(|line| !line.starts_with('著'))
            .map(|line| line.trim_end_matches(['?', '~']))
            .filter(|line| line.chars().next() != line.chars().nth(1))
            .map(str::to_owned)
            .collect();
        assert_eq!(listed, derived);
    }

    #[test]
    fn folding_is_stable() {
        for code in 0..0x1_0000 {
            let Some(c) = char::from_u32(code) else { continue };
            let class = TABLE.class(c);
            if !matches!(class, Class::Clean | Class::Invisible | Class::Doubtful | Class::Contextual) {
                let target = TABLE.target(c);
                assert!(
                    matches!(
                        TABLE.class(target),
                        Class::Clean | Class::Doubtful | Class::Contextual | Class::Traditional
                    ),
                    "{c} {target}"
                );
            }
        }
    }
}
