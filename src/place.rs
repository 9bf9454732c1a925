//! `Place`: where a span stands in lines and characters, which is how rows tell it.

use crate::span::Span;

/// Counts lines and characters forward through the decoded text, so that places cost one walk over it in all.
#[derive(Debug)]
pub(crate) struct Cursor<'d> {
    text: &'d str,
    byte: usize,
    character: usize,
    line: usize,
}

/// A span in lines and characters.
pub(crate) struct Place {
    /// From 1.
    pub(crate) line: usize,
    /// Characters before it.
    pub(crate) start: usize,
    /// Characters before its end.
    pub(crate) end: usize,
}

impl<'d> Cursor<'d> {
    pub(crate) fn new(text: &'d str) -> Self {
        Self { text, byte: 0, character: 0, line: 1 }
    }

    /// Where `span` of the text stands.
    pub(crate) fn locate(&mut self, span: Span) -> Place {
        if span.start < self.byte {
            *self = Self::new(self.text);
        }
        let passed = &self.text[self.byte..span.start];
        self.character += passed.chars().count();
        self.line += lines(passed);
        self.byte = span.start;
        let end = self.character + span.of(self.text).chars().count();
        Place { line: self.line, start: self.character, end }
    }
}

/// Line ends in a text: LF, CR LF, or CR alone.
fn lines(text: &str) -> usize {
    let bytes = text.as_bytes();
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let returns = memchr::memchr_iter(b'\r', bytes).filter(|&i| bytes.get(i + 1) != Some(&b'\n')).count();
    feeds + returns
}
