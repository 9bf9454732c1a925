//! `Editor`: writes a repaired text beside its source and notes every edit; it allocates with the first one, so
//! that a text without faults stays borrowed.

use std::borrow::Cow;

use crate::{
    alignment::{Alignment, Edits, Layer},
    span::Span,
};

/// The edits of one pass, made in the order of the text.
pub(super) struct Editor<'t> {
    source: &'t str,
    text: String,
    /// How much of `source` stands in `text` already.
    copied: usize,
    edits: Edits,
}

impl<'t> Editor<'t> {
    pub(super) fn new(source: &'t str) -> Self {
        Self { source, text: String::new(), copied: 0, edits: Edits::default() }
    }

    /// Puts `with` in the place of `span`.
    pub(super) fn replace(&mut self, span: Span, with: &str, layer: Layer) {
        if self.edits.is_empty() {
            self.text.reserve(self.source.len());
        }
        self.text.push_str(&self.source[self.copied..span.start]);
        let start = self.text.len();
        self.text.push_str(with);
        let level = with.len() == span.len() && {
            with.chars().map(char::len_utf8).eq(span.of(self.source).chars().map(char::len_utf8))
        };
        self.edits.push(Span::new(start, self.text.len()), span, layer, level);
        self.copied = span.end;
    }

    /// Takes `span` out.
    pub(super) fn delete(&mut self, span: Span, layer: Layer) {
        self.replace(span, "", layer);
    }

    /// The last character before `at` as it stands after repair.
    pub(super) fn last(&self, at: usize) -> Option<char> {
        let text = if at > self.copied { &self.source[self.copied..at] } else { self.text.as_str() };
        text.chars().next_back()
    }

    pub(super) fn finish(mut self) -> (Cow<'t, str>, Alignment) {
        if self.edits.is_empty() {
            return (Cow::Borrowed(self.source), Alignment::identity());
        }
        self.text.push_str(&self.source[self.copied..]);
        (Cow::Owned(self.text), Alignment::of(self.edits))
    }
}
