//! `Document`: a report's repaired text with the way back to the text that was decoded.

use std::borrow::Cow;

use crate::alignment::Alignment;

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
