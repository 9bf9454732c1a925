//! Traditional characters to Simplified ones, character for character, so that the alignment is exact.

use std::sync::LazyLock;

use ferrous_opencc::{OpenCC, config::BuiltinConfig};

use super::fold::{Class, TABLE};
use crate::span::Span;

/// Words in which 著 stays; everywhere else in a Traditional document it is 着.
const KEEP_ZHU: &[&str] = &[
    "著名", "著作", "显著", "著称", "编著", "名著", "土著", "专著", "论著", "原著", "卓著", "昭著", "著录",
    "著述", "著者", "合著", "巨著", "译著",
];

/// How many characters round the first doubtful one tell whether its document is Traditional.
const SAMPLE: usize = 256;
/// How many characters to each side of a contextual one `OpenCC` sees.
const PHRASE: usize = 8;

static OPENCC: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());

/// The script of one text.
pub(super) struct Script<'t> {
    text: &'t str,
    /// Found out with the first doubtful character.
    traditional: Option<bool>,
}

impl<'t> Script<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, traditional: None }
    }

    /// What `c` at `span`, contextual or doubtful, becomes.
    pub(super) fn simplified(&mut self, c: char, span: Span) -> char {
        if TABLE.class(c) == Class::Doubtful && !self.is_traditional(span.start) {
            c
        } else if c == '著' {
            self.zhu(span)
        } else if TABLE.is_contextual(c) {
            self.in_phrase(c, span)
        } else {
            TABLE.target(c)
        }
    }

    /// Whether the text is Traditional: by the share of characters that no Simplified text has.
    fn is_traditional(&mut self, at: usize) -> bool {
        *self.traditional.get_or_insert_with(|| {
            let mut start = at.saturating_sub(SAMPLE);
            while !self.text.is_char_boundary(start) {
                start += 1;
            }
            let (mut han, mut traditional) = (0, 0);
            for c in self.text[start..].chars().take(SAMPLE) {
                han += usize::from(is_han(c));
                traditional += usize::from(matches!(TABLE.class(c), Class::Traditional | Class::Contextual));
            }
            traditional * 20 >= han.max(1)
        })
    }

    fn zhu(&self, span: Span) -> char {
        let before = self.text[..span.start].chars().next_back().map(|c| TABLE.target(c));
        let after = self.text[span.end..].chars().next().map(|c| TABLE.target(c));
        let kept = KEEP_ZHU.iter().any(|word| {
            let mut chars = word.chars();
            match (chars.next(), chars.next()) {
                (Some('著'), next) => next == after,
                (first, _) => first == before,
            }
        });
        if kept { '著' } else { '着' }
    }

    /// What `OpenCC` makes of `c` among its neighbours.
    fn in_phrase(&self, c: char, span: Span) -> char {
        let alone = TABLE.target(c);
        let Some(opencc) = &*OPENCC else { return alone };
        let (before, after) = (&self.text[..span.start], &self.text[span.end..]);
        let mut start = span.start;
        let mut index = 0;
        for c in before.chars().rev().take(PHRASE).take_while(|&c| is_han(c)) {
            start -= c.len_utf8();
            index += 1;
        }
        let end = span.end
            + after.chars().take(PHRASE).take_while(|&c| is_han(c)).map(char::len_utf8).sum::<usize>();
        let phrase = &self.text[start..end];
        let simplified = opencc.convert(phrase);
        if simplified.chars().count() == phrase.chars().count() {
            simplified.chars().nth(index).unwrap_or(alone)
        } else {
            alone
        }
    }
}

/// Whether `c` is a Han character.
pub(super) const fn is_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}' | '〇' | '々' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}
