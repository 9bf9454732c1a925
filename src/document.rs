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
}

impl Document<'_> {
    /// What the decoded text has for `span` of the repaired text, from its first to its last character.
    pub fn raw(&self, span: Span) -> &str {
        self.alignment.source(span).of(self.decoded)
    }

    /// The repair layers that touched `span` of the repaired text.
    pub fn repairs(&self, span: Span) -> Layers {
        self.alignment.layers(span)
    }
}
