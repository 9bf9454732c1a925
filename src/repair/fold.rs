//! The first pass: characters that are mended by themselves, found by one look-up each in a table of classes.

use std::borrow::Cow;

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

/// What no reader sees.
const INVISIBLE: &[(char, char)] = &[
    ('\0', ' '),
    ('\u{7F}', '\u{9F}'),
    ('\u{AD}', '\u{AD}'),
    ('\u{34F}', '\u{34F}'),
    ('\u{61C}', '\u{61C}'),
    ('\u{FEFF}', '\u{FEFF}'),
    ('\u{200B}', '\u{200F}'),
    ('\u{202A}', '\u{202E}'),
    ('\u{2060}', '\u{206F}'),
    ('\u{FE00}', '\u{FE0F}'),
    ('\u{FFF9}', '\u{FFFB}'),
];
/// What ends a line, too.
const LINE_ENDS: &[(char, char)] =
    &[('\r', '\r'), ('\u{B}', '\u{C}'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')];
/// Spaces of other widths.
const SPACES: &[(char, char)] = &[
    ('\u{2000}', '\u{200A}'),
    ('\u{A0}', '\u{A0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{202F}', '\u{202F}'),
    ('\u{205F}', '\u{205F}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{3164}', '\u{3164}'),
];

/// Class, target and context of every character of the Basic Multilingual Plane.
pub(super) struct Table {
    classes: [Class; PLANE],
    targets: [u16; PLANE],
    /// Characters that are doubtful and contextual at once, and how many they are.
    doubtful_in_context: ([u16; 64], usize),
}

const PLANE: usize = 0x1_0000;

/// Made by the compiler: it stands in the executable, so that no run makes it.
pub(super) static TABLE: Table = Table::new();

impl Table {
    #[expect(clippy::large_stack_arrays, reason = "there is no stack where the compiler runs it")]
    const fn new() -> Self {
        let classes = [Class::Clean; PLANE];
        let mut table = Self { classes, targets: [0; PLANE], doubtful_in_context: ([0; 64], 0) };
        let mut c = '！' as u32;
        while c <= '～' as u32 {
            table.set(c, Class::Width, c - 0xFEE0);
            c += 1;
        }
        let mut at = 0;
        while at < STAYS.len() {
            let (c, next) = character(STAYS, at);
            table.set(c, Class::Clean, 0);
            at = next;
        }
        table.set('．' as u32, Class::Point, '.' as u32);
        table.pairs(PUNCTUATION, Class::Punctuation);
        table.pairs(SIGNS, Class::Width);
        table.lines(COMPATIBILITY, Class::Compatibility);
        table.lines(TRADITIONAL, Class::Traditional);
        table.all(INVISIBLE, Class::Invisible, None);
        table.all(&[('\n', '\n'), ('\t', '\t'), (' ', ' ')], Class::Clean, None);
        table.all(LINE_ENDS, Class::LineEnd, Some('\n'));
        table.all(SPACES, Class::Space, Some(' '));
        table.all(&[('\u{E000}', '\u{F8FF}')], Class::PrivateUse, Some(char::REPLACEMENT_CHARACTER));
        table
    }

    const fn set(&mut self, from: u32, class: Class, to: u32) {
        if from < PLANE as u32 && to < PLANE as u32 {
            self.classes[from as usize] = class;
            self.targets[from as usize] = to as u16;
        }
    }

    /// Characters from one to another, which become `target`, or nothing else than they are.
    const fn all(&mut self, ranges: &[(char, char)], class: Class, target: Option<char>) {
        let mut range = 0;
        while range < ranges.len() {
            let (mut c, last) = (ranges[range].0 as u32, ranges[range].1 as u32);
            while c <= last {
                let target = if let Some(target) = target { target as u32 } else { c };
                self.set(c, class, target);
                c += 1;
            }
            range += 1;
        }
    }

    /// Characters, each with its target behind it.
    const fn pairs(&mut self, pairs: &str, class: Class) {
        let mut at = 0;
        while at < pairs.len() {
            let (from, then) = character(pairs, at);
            let (to, next) = character(pairs, then);
            self.set(from, class, to);
            at = next;
        }
    }

    /// The lines of a data file that are neither empty nor remarks: a character, its target, and for Traditional
    /// ones marks, `~` for those that depend on the words round them and `?` for doubtful ones.
    const fn lines(&mut self, file: &str, class: Class) {
        let bytes = file.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let mut end = at;
            while end < bytes.len() && bytes[end] != b'\n' {
                end += 1;
            }
            if end > at && bytes[at] != b'#' {
                let (from, then) = character(file, at);
                let (to, marks) = character(file, then);
                let doubtful = marks < end && !(bytes[marks] == b'~' && marks + 1 == end);
                let class = match class {
                    Class::Traditional if doubtful => Class::Doubtful,
                    Class::Traditional if marks < end => Class::Contextual,
                    class => class,
                };
                self.set(from, class, to);
                if marks + 2 == end && bytes[marks] == b'?' && bytes[marks + 1] == b'~' {
                    let (characters, count) = &mut self.doubtful_in_context;
                    characters[*count] = from as u16;
                    *count += 1;
                }
            }
            at = end + 1;
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
        let (characters, count) = &self.doubtful_in_context;
        let doubtful = || u16::try_from(c as u32).is_ok_and(|c| characters[..*count].contains(&c));
        self.class(c) == Class::Contextual || self.class(c) == Class::Doubtful && doubtful()
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

/// The character at a byte of a text, and where the next one begins.
const fn character(text: &str, at: usize) -> (u32, usize) {
    let bytes = text.as_bytes();
    let (mut c, length) = match bytes[at] {
        first @ 0..0x80 => (first as u32, 1),
        first @ 0x80..0xE0 => (first as u32 & 0x1F, 2),
        first @ 0xE0..0xF0 => (first as u32 & 0xF, 3),
        first => (first as u32 & 7, 4),
    };
    let mut next = at + 1;
    while next < at + length {
        c = c << 6 | bytes[next] as u32 & 0x3F;
        next += 1;
    }
    (c, next)
}

/// The text with every character in the form that rules know.
pub(super) fn fold(text: &str) -> (Cow<'_, str>, Alignment) {
    let table = &TABLE;
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

    /// The lines of a data file that are neither empty nor remarks.
    fn entries(file: &str) -> impl Iterator<Item = &str> {
        file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
    }

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
