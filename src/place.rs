//! `Place`: where a span stands in lines and characters, which is how rows tell it.

use crate::span::Span;

/// Counts lines and characters through the decoded text from one place to the next, forward or back, so that places
/// in the order of the text cost one walk over it in all, however long its lines are.
#[derive(Debug)]
pub(crate) struct Cursor<'d> {
    text: &'d str,
    byte: usize,
    character: usize,
    line: usize,
    /// The first character of the line.
    begins: usize,
}

/// A span in lines and characters.
pub(crate) struct Place {
    /// From 1.
    pub(crate) line: usize,
    /// The column in characters, from 1.
    pub(crate) column: usize,
    /// Characters before it.
    pub(crate) start: usize,
    /// Characters before its end.
    pub(crate) end: usize,
}

impl<'d> Cursor<'d> {
    pub(crate) fn new(text: &'d str) -> Self {
        Self { text, byte: 0, character: 0, line: 1, begins: 0 }
    }

    /// Where `span` of the text stands.
    pub(crate) fn locate(&mut self, span: Span) -> Place {
        if span.start < self.byte {
            self.back(span.start);
        } else {
            self.forward(span.start);
        }
        let end = self.character + span.of(self.text).chars().count();
        Place { line: self.line, column: self.character - self.begins + 1, start: self.character, end }
    }

    fn forward(&mut self, to: usize) {
        let passed = &self.text[self.byte..to];
        self.character += passed.chars().count();
        self.line += lines(passed);
        if let Some(end) = memchr::memrchr2(b'\n', b'\r', passed.as_bytes()) {
            self.begins = self.character - passed[end + 1..].chars().count();
        }
        self.byte = to;
    }

    fn back(&mut self, to: usize) {
        let passed = &self.text[to..self.byte];
        self.character -= passed.chars().count();
        if memchr::memchr2(b'\n', b'\r', passed.as_bytes()).is_some() {
            self.line -= lines(passed);
            let before = &self.text[..to];
            let begins = memchr::memrchr2(b'\n', b'\r', before.as_bytes()).map_or(0, |end| end + 1);
            self.begins = self.character - before[begins..].chars().count();
        }
        self.byte = to;
    }
}

/// Line ends in a text: LF, CR LF, or CR alone.
fn lines(text: &str) -> usize {
    let bytes = text.as_bytes();
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    let returns = memchr::memchr_iter(b'\r', bytes).filter(|&i| bytes.get(i + 1) != Some(&b'\n')).count();
    feeds + returns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_the_same_in_any_order() {
        let text = "甲1乙2\r\n3丙4\r5\n\n丁6";
        let figures: Vec<usize> = text.match_indices(char::is_numeric).map(|(at, _)| at).collect();
        let place = |cursor: &mut Cursor<'_>, at: usize| {
            let place = cursor.locate(Span::new(at, at + 1));
            (place.line, place.column, place.start, place.end)
        };
        let alone: Vec<_> = figures.iter().map(|&at| place(&mut Cursor::new(text), at)).collect();
        let expected =
            [(1, 2, 1, 2), (1, 4, 3, 4), (2, 1, 6, 7), (2, 3, 8, 9), (3, 1, 10, 11), (5, 2, 14, 15)];
        assert_eq!(alone, expected);
        for first in 0..figures.len() {
            for second in 0..figures.len() {
                let mut cursor = Cursor::new(text);
                assert_eq!(place(&mut cursor, figures[first]), expected[first]);
                assert_eq!(place(&mut cursor, figures[second]), expected[second]);
            }
        }
    }
}
