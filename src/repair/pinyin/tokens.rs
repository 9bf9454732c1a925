//! A line of damaged text as the inverse reads it: pairs of bytes, ASCII, readings.

use super::{codepage::Pair, codepage::pair_of, readings};
use crate::span::Span;

/// One piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    /// A character of two bytes.
    Pair(char, Pair),
    /// One of one byte.
    Ascii(u8),
    /// A reading in brackets: `(qū)`.
    Gloss(&'t str),
    /// A reading of which the bracket became `?` together with the byte before: `?qū)`.
    Torn(&'t str),
    /// What the code page does not have.
    Other,
}

/// A piece with its place in the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub span: Span,
    pub kind: Kind<'t>,
}

/// The tokens of `line`, a stretch of `text` without line ends.
pub(super) fn tokens(text: &str, line: Span) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(line.len() / 3);
    let mut at = line.start;
    while let Some(c) = text[at..line.end].chars().next() {
        let start = at;
        at += c.len_utf8();
        let rest = &text[at..line.end];
        let kind = match c {
            '(' => readings::closed(rest, false).map(Kind::Gloss),
            '?' => readings::closed(rest, false).map(Kind::Torn),
            _ => None,
        };
        let kind = match kind {
            Some(kind @ (Kind::Gloss(reading) | Kind::Torn(reading))) => {
                at += reading.len() + 1;
                kind
            }
            _ if c.is_ascii() => Kind::Ascii(c as u8),
            _ if c == '€' => Kind::Ascii(0x80),
            _ => pair_of(c).map_or(Kind::Other, |pair| Kind::Pair(c, pair)),
        };
        tokens.push(Token { span: Span::new(start, at), kind });
    }
    tokens
}
