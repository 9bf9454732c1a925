//! `Document`: a report's repaired text with the way back to the text that was decoded.

use std::borrow::Cow;

use crate::{
    alignment::{Alignment, Layers},
    span::Span,
};

/// The repaired text of a report, and how it lies on the decoded text.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// The text after decoding, before any repair; row offsets count its characters.
    pub decoded: &'a str,
    /// The text that every later stage reads; borrowed when nothing had to be repaired.
    pub text: Cow<'a, str>,
    /// From places in `text` back to places in `decoded`.
    pub alignment: Alignment,
    /// Where figures are not to be trusted, in the order of the decoded text.
    pub doubts: Vec<Doubt>,
}

/// A stretch of the decoded text, in bytes, where characters were lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// What is left of it.
    pub span: Span,
    /// Whether the beginning of what follows may be lost, too.
    pub open: bool,
}

/// What a figure may lose its beginning to and go on with: `15` becomes `?5`, `0.5` `?.5`.
const GOES_ON: &[u8] = b"0123456789.,-+~/%:";
/// How far back a lost beginning is looked for, in bytes.
const BACK: usize = 24;

impl Document<'_> {
    /// What the decoded text has for `span` of the repaired text, from its first to its last character.
    pub fn raw(&self, span: Span) -> &str {
        self.alignment.source(span).of(self.decoded)
    }

    /// The repair layers that touched `span` of the repaired text.
    pub fn repairs(&self, span: Span) -> Layers {
        self.alignment.layers(span)
    }

    /// Whether the figure at `span` of the repaired text may have lost a digit: something was lost in it, or right
    /// beside it.
    pub fn is_damaged(&self, span: Span) -> bool {
        let source = self.alignment.source(span);
        let (before, after) = (&self.decoded[..source.start], &self.decoded[source.end..]);
        if before.ends_with(char::REPLACEMENT_CHARACTER)
            || after.starts_with(char::REPLACEMENT_CHARACTER)
            || source.of(self.decoded).contains(char::REPLACEMENT_CHARACTER)
        {
            return true;
        }
        if self.doubts.is_empty() {
            return false;
        }
        let more = before.bytes().rev().take(BACK).take_while(|b| GOES_ON.contains(b)).count();
        let start = source.start - more;
        let near = self.doubts.partition_point(|doubt| doubt.span.start <= source.end);
        // Doubts hardly overlap, so that the last few tell.
        self.doubts[..near]
            .iter()
            .rev()
            .take(4)
            .any(|doubt| start < doubt.span.end || doubt.open && start == doubt.span.end)
    }
}
