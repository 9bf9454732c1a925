//! A damaged line on its way back: what was undone of it, and what stands beside a place.

use super::{
    super::script::is_han,
    forward::MARKS,
    inverse::{LONGEST, is_strange},
    tokens::{Kind, Token},
};
use crate::{document::Doubt, span::Span};

/// Characters beside a stretch that words may reach into.
const BESIDE: usize = 4;

/// A stretch of the damaged text and what it was.
#[derive(Debug)]
pub(super) struct Fix {
    pub source: Span,
    pub text: String,
}

/// A line being undone.
pub(super) struct Line<'l, 't> {
    pub tokens: &'l [Token<'t>],
    /// The next token.
    pub at: usize,
    /// The token behind the last stretch.
    pub settled: usize,
    pub fixes: Vec<Fix>,
    pub doubts: Vec<Doubt>,
}

/// How a stretch begins: its first token (the mark, or what follows the torn reading), the first byte of its first
/// character, and the listed character that gave it away.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub how: How,
    pub token: usize,
    pub lead: Option<u8>,
    pub crossing: Option<(char, String)>,
}

/// What a stretch begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// A reading of a character that was found across two.
    Crossing,
    /// A mark that was found across two characters.
    Mark,
    /// A mark that may have been.
    Maybe,
    /// A question mark that was, written as ASCII.
    Question,
}

impl Line<'_, '_> {
    /// The character before a token, if it is a pair.
    pub(super) fn pair_before(&self, at: usize) -> Option<(char, [u8; 2])> {
        let before = self.tokens[..at].iter().rev().find(|token| !matches!(token.kind, Kind::Gloss(_)))?;
        match before.kind {
            Kind::Pair(c, pair) => Some((c, pair)),
            _ => None,
        }
    }

    /// The characters before a token that are in step, each with its token.
    pub(super) fn before(&self, at: usize) -> Vec<(char, usize)> {
        let mut found = Vec::new();
        for (i, token) in self.tokens[self.settled..at].iter().enumerate().rev() {
            match token.kind {
                Kind::Pair(c, _) if found.is_empty() || is_han(c) && found.len() < BESIDE => {
                    found.push((c, self.settled + i));
                    if !is_han(c) {
                        break;
                    }
                }
                Kind::Gloss(_) => {}
                _ => break,
            }
        }
        found.reverse();
        found
    }

    /// The characters behind a stretch, all up to `least`; and how many readings are left there without a character.
    pub(super) fn behind(&self, at: usize, least: usize) -> (Vec<char>, f32) {
        let (mut found, mut left) = (Vec::new(), 0.0);
        let mut more = 0;
        for (i, token) in self.tokens.iter().enumerate().skip(at).take(LONGEST) {
            more += usize::from(i >= least);
            match token.kind {
                Kind::Pair(c, _) if i < least || is_han(c) && more <= BESIDE => found.push(c),
                Kind::Gloss(_) if i > at => {}
                _ if i < least => left += f32::from(u8::from(matches!(token.kind, Kind::Torn(_)))),
                _ => break,
            }
        }
        (found, left)
    }

    /// Whether one of these tokens is a character that reports hardly have.
    pub(super) fn has_strange(&self, tokens: std::ops::Range<usize>) -> bool {
        self.tokens[tokens].iter().any(|token| matches!(token.kind, Kind::Pair(c, _) if is_strange(c)))
    }

    /// The last mark between the stretch before and a token.
    pub(super) fn mark_before(&self, at: usize) -> Option<usize> {
        let tokens = &self.tokens[self.settled..at];
        let mark = tokens.iter().rposition(|token| mark_of(token.kind).is_some())?;
        Some(self.settled + mark)
    }

    /// How the stretch begins whose first character lost its first byte before the mark at `mark`.
    pub(super) fn behind_mark(&self, from: usize, mark: usize) -> Vec<Start> {
        let opens = from.checked_sub(1).is_none_or(|before| match self.tokens[before].kind {
            Kind::Pair(c, _) => "。！？；）”".contains(c),
            _ => false,
        });
        let space = Start { how: How::Mark, token: mark, lead: Some(0xA1), crossing: None };
        let any = Start { how: How::Mark, token: mark, lead: None, crossing: None };
        vec![if opens { space } else { any }]
    }

    /// Leaves the text as it is from `at` to where it is in step again.
    pub(super) fn give_up(&mut self, at: usize, least: usize) {
        let start = self.tokens[at].span.start;
        let mut end = at + 1;
        let mut reach = least;
        while let Some(token) = self.tokens.get(end) {
            if token.span.start >= least {
                match token.kind {
                    Kind::Pair(c, _) if !MARKS.contains(&c) => {}
                    Kind::Torn(_) | Kind::Gloss(_) | Kind::Ascii(0x40..=0x80 | b'?') => {
                        reach = token.span.end;
                        end += 1;
                        break;
                    }
                    _ => break,
                }
            }
            reach = reach.max(token.span.end);
            end += 1;
        }
        self.doubts.push(Doubt { span: Span::new(start, reach), open: true });
        self.at = end;
        self.settled = end;
    }
}

/// The mark that a piece ended with, as the site had it before the last step.
pub(super) fn mark_of(kind: Kind<'_>) -> Option<char> {
    let c = match kind {
        Kind::Pair(c, _) => c,
        Kind::Ascii(mark @ (b'!' | b'?' | b',' | b';' | b':')) => char::from_u32(u32::from(mark) + 0xFEE0)?,
        _ => return None,
    };
    MARKS.contains(&c).then_some(c)
}
