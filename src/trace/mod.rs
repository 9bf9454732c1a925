//! `Trace`: what became of one number of a document and why, the one record behind `why`, `unclaimed` and `suggest`.
//!
//! [`Extractor::trace`](crate::extract::Extractor::trace) fills it on the way that rows are made, only for the numbers
//! that a [`Request`] asks for; extraction itself never makes one.

pub mod explain;
pub mod group;
pub mod near;
pub mod suggest;

use crate::{
    document::Document,
    matching::{Contender, Lost},
    place::Cursor,
    quantity::Quantity,
    reading::Reading,
    recognise::{Recognition, lexicon::Lexicon, recognise_guarded, time},
    resolve::{Surroundings, evidence::Evidence},
    row::Row,
    rules::code::is_reserved,
    span::Span,
};

/// What became of one number.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// The column that it begins at, from 1, in characters.
    pub column: usize,
    /// First character in the decoded document.
    pub start: usize,
    /// Character after the last one.
    pub end: usize,
    /// The number as the decoded document has it.
    pub raw: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a number.
#[derive(Clone, Debug)]
pub enum Fate {
    /// A guard refused it: it measures nothing.
    Guarded {
        /// Id of the guard.
        guard: String,
        /// Its reason.
        reason: String,
    },
    /// It belongs to a date, a time of day or a period.
    Time,
    /// It stands in a line that is no part of the report.
    Furniture,
    /// It is a figure that rules were tried on.
    Figure(Box<Figure>),
}

/// A quantity with its reading and what rules made of it.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The quantity; its spans are of the repaired text.
    pub quantity: Quantity,
    /// Its canonical unit in writing.
    pub unit: String,
    /// What rules searched.
    pub reading: Reading,
    /// The same for a person.
    pub said: Words,
    /// The rules that matched, the winner first; those whose name came out empty last.
    pub contenders: Vec<Contender>,
    /// The row that was made, if any.
    pub row: Option<Row>,
    /// What told its columns, if that was asked for.
    pub evidence: Option<Evidence>,
    /// What it stands in.
    pub surroundings: Surroundings,
}

impl Figure {
    /// The rule that won, if any.
    pub fn winner(&self) -> Option<&Contender> {
        self.contenders.first().filter(|first| first.lost.is_none())
    }

    /// The rules that matched and did not win.
    pub fn losers(&self) -> impl Iterator<Item = (&Contender, Lost)> {
        self.contenders.iter().filter_map(|contender| Some((contender, contender.lost?)))
    }
}

/// The text of a reading with its quantities written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    text: String,
    /// Where the figure stands.
    at: usize,
    /// The quantities, by the offset of the character that stands for each.
    quantities: Vec<(usize, String)>,
}

impl Words {
    /// The words of a reading made from `text`.
    pub fn of(reading: &Reading, text: &str) -> Self {
        let quantity = |&(at, span): &(usize, Span)| {
            let reserved = reading.text[at..].chars().next().is_some_and(is_reserved);
            (reserved && !span.is_empty()).then(|| (at, span.of(text).to_owned()))
        };
        Self {
            text: reading.text.clone(),
            at: reading.at,
            quantities: reading.pieces.iter().filter_map(quantity).collect(),
        }
    }

    /// The quantity that the character at an offset stands for.
    fn quantity(&self, at: usize) -> Option<&str> {
        let found = self.quantities.binary_search_by_key(&at, |(place, _)| *place).ok()?;
        Some(&self.quantities[found].1)
    }

    /// The whole.
    pub fn all(&self) -> String {
        self.show(0, self.text.len())
    }

    /// The whole with its quantities as the repaired text has them and nothing round them.
    pub fn plain(&self) -> String {
        let mut out = String::new();
        for (at, c) in self.text.char_indices() {
            match self.quantity(at) {
                Some(words) => out += words,
                None => out.push(c),
            }
        }
        out
    }

    /// Bytes `start..end` of the reading: the figure in `⟦…⟧`, neighbours in `⟨…⟩`.
    pub fn show(&self, start: usize, end: usize) -> String {
        let mut out = String::new();
        for (offset, c) in self.text[start..end].char_indices() {
            let at = start + offset;
            match self.quantity(at) {
                Some(words) if at == self.at => out.extend(["⟦", words, "⟧"]),
                Some(words) => out.extend(["⟨", words, "⟩"]),
                None => out.push(c),
            }
        }
        out
    }
}

/// Which numbers are to be traced, and how far.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Bytes of the decoded text: only numbers that share one.
    pub focus: Option<Span>,
    /// Whether what told the columns of a row is wanted.
    pub evidence: bool,
}

impl Request {
    pub(crate) fn wants(&self, document: &Document<'_>, span: Span) -> bool {
        self.focus.is_none_or(|focus| document.alignment.source(span).overlaps(focus))
    }
}

/// A request and where its traces go.
pub(crate) struct Tracer<'t> {
    pub(crate) request: Request,
    pub(crate) sink: &'t mut dyn FnMut(Trace),
}

/// Tells where numbers stand in the decoded text.
pub(crate) struct Lines<'d> {
    document: &'d Document<'d>,
    cursor: Cursor<'d>,
}

impl<'d> Lines<'d> {
    pub(crate) fn new(document: &'d Document<'d>) -> Self {
        Self { document, cursor: Cursor::new(document.decoded) }
    }

    /// The trace of the number at `span` of the repaired text.
    pub(crate) fn trace(&mut self, span: Span, fate: Fate) -> Trace {
        let source = self.document.alignment.source(span);
        let place = self.cursor.locate(source);
        Trace {
            line: place.line,
            column: place.column,
            start: place.start,
            end: place.end,
            raw: source.of(self.document.decoded).to_owned(),
            fate,
        }
    }
}

/// The numbers of a block that are no figures, in their order.
pub(crate) fn refused(text: &str, block: Span, lexicon: &Lexicon, furniture: bool) -> Vec<(Span, Fate)> {
    let words = block.of(text);
    let Recognition { quantities, guarded, .. } = recognise_guarded(words, lexicon);
    let mut found: Vec<(Span, Fate)> = Vec::new();
    let times = time::scan(words).into_iter().map(|time| time.span);
    let times: Vec<Span> = times.filter(|time| !touches(&quantities, |it| it.span, *time)).collect();
    for guarded in guarded {
        if !touches(&times, |time| *time, guarded.span) {
            found.push((guarded.span, Fate::Guarded { guard: guarded.guard, reason: guarded.reason }));
        }
    }
    found.extend(times.into_iter().map(|time| (time, Fate::Time)));
    if furniture {
        found.extend(quantities.into_iter().map(|quantity| (quantity.span, Fate::Furniture)));
    }
    for (span, _) in &mut found {
        *span = Span::new(span.start + block.start, span.end + block.start);
    }
    found.sort_by_key(|(span, _)| *span);
    found
}

/// Whether one of `places`, which are in order and do not overlap one another, overlaps `span`.
fn touches<T>(places: &[T], span_of: impl Fn(&T) -> Span, span: Span) -> bool {
    let next = places.partition_point(|place| span_of(place).end <= span.start);
    places.get(next).is_some_and(|place| span_of(place).overlaps(span))
}

/// Why a place of a document cannot be asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// The document ends before that line.
    #[error("there is no line {line}: the last one is {last}")]
    Line {
        /// What was asked for.
        line: usize,
        /// What there is.
        last: usize,
    },
    /// The line ends before that column.
    #[error("line {line} has no column {column}: the last one is {last}")]
    Column {
        /// The line.
        line: usize,
        /// What was asked for.
        column: usize,
        /// What there is.
        last: usize,
    },
}

/// The bytes of a decoded text that are its line `line`, without its end, or the character at `column` of that; both
/// from 1.
pub fn focus(decoded: &str, line: usize, column: Option<usize>) -> Result<Span, NoPlace> {
    let mut start = 0;
    let mut number = 1;
    loop {
        let rest = &decoded[start..];
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let end = if rest[length..].starts_with("\r\n") { 2 } else { usize::from(length < rest.len()) };
        if number == line {
            let span = Span::new(start, start + length);
            let Some(column) = column else { return Ok(span) };
            let mut characters = rest[..length].char_indices();
            let found = column.checked_sub(1).and_then(|skipped| characters.nth(skipped));
            return match found {
                Some((at, c)) => Ok(Span::new(start + at, start + at + c.len_utf8())),
                None => Err(NoPlace::Column { line, column, last: rest[..length].chars().count() }),
            };
        }
        start += length + end;
        if end == 0 || start == decoded.len() {
            return Err(NoPlace::Line { line, last: number });
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_from_one() {
        let text = "甲\r\n乙丙\r丁\n";
        let of = |line, column| focus(text, line, column).map(|span| span.of(text));
        assert_eq!(of(1, None), Ok("甲"));
        assert_eq!(of(2, None), Ok("乙丙"));
        assert_eq!(of(2, Some(2)), Ok("丙"));
        assert_eq!(of(3, Some(1)), Ok("丁"));
        assert_eq!(of(4, None), Err(NoPlace::Line { line: 4, last: 3 }));
        assert_eq!(of(0, None), Err(NoPlace::Line { line: 0, last: 3 }));
        assert_eq!(of(2, Some(3)), Err(NoPlace::Column { line: 2, column: 3, last: 2 }));
        assert_eq!(of(2, Some(0)), Err(NoPlace::Column { line: 2, column: 0, last: 2 }));
        assert_eq!(focus("", 1, None), Ok(Span::new(0, 0)));
    }
}
