//! The review page: reports with their figures marked in place beside the table of their rows, in one file.
//!
//! A [`Leaf`] is one report, its text already cut where figures begin and end, so that no position has to be told in a
//! unit that a browser would count otherwise. [`Page`] writes leaves down as they come; its script builds what is looked
//! at, and only that.

mod page;

use std::collections::BTreeMap;

use serde::Serialize;

pub use page::{Page, START};

use crate::{
    decode::{self, Text},
    emit::{Cell, Field, Holds},
    extract::{Counts, Extractor},
    row::Row,
    trace::{
        Fate, Request, Trace,
        explain::{Explainer, Explanation},
    },
};

/// One report as the page shows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leaf {
    /// Its name.
    pub document: String,
    /// Its decoded text, or the sentences of its rows where the text itself is not at hand.
    pub lines: Vec<Line>,
    /// Whether `lines` are the text itself.
    pub is_whole: bool,
    /// Its rows, in the order of the text. Row `k` is figure `k`.
    pub rows: Vec<Row>,
    /// What became no row, in the order of the text: the figures after those of the rows.
    pub others: Vec<Other>,
}

/// A line of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// What stands in it, without its end.
    pub pieces: Vec<Piece>,
}

/// A stretch of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Piece {
    /// Words.
    Words(String),
    /// A figure, or what of it stands in this line.
    Figure(usize, String),
}

/// A number that became no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Other {
    /// `unclaimed`, `guarded`, `time` or `furniture`.
    pub fate: &'static str,
    /// The number as the document has it.
    pub raw: String,
    /// The line that it begins on, from 1.
    pub line: usize,
    /// First character in the decoded document.
    pub start: usize,
    /// Character after the last one.
    pub end: usize,
    /// Why it became no row.
    pub reason: String,
    /// The guard that refused it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub guard: String,
    /// What rules searched.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reading: String,
}

impl Leaf {
    /// The report `document`, and how many figures it has.
    pub fn read(
        extractor: &Extractor,
        document: &str,
        text: &Text<'_>,
    ) -> Result<(Self, Counts), decode::Error> {
        let mut explainer = Explainer::new(extractor.rules(), None, 0);
        let mut counts = Counts::default();
        let mut rows = Vec::new();
        let mut others = Vec::new();
        let request = Request { focus: None, evidence: false };
        extractor.trace(document, text, request, &mut |mut trace| {
            if let Fate::Figure(figure) = &mut trace.fate {
                let row = figure.row.take();
                counts.add(Counts { quantities: 1, unclaimed: row.is_none().into() });
                if let Some(row) = row {
                    rows.push(row);
                    return;
                }
            }
            others.push(other(&mut explainer, trace));
        })?;
        rows.sort_by_key(|row| row.start);
        others.sort_by_key(|other| other.start);
        let places = rows.iter().map(|row| (row.start, row.end));
        let places: Vec<_> = places.chain(others.iter().map(|other| (other.start, other.end))).collect();
        let lines = lines(&text.text, &marks(&places, rows.len()));
        Ok((Self { document: document.to_owned(), lines, is_whole: true, rows, others }, counts))
    }

    /// Rows of an earlier run by their documents, in the order of these: their sentences stand for the text.
    pub fn of_rows(rows: Vec<Row>) -> Vec<Self> {
        let mut leaves: Vec<Self> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for row in rows {
            let place = *places.entry(row.document.clone()).or_insert_with(|| {
                leaves.push(Self { document: row.document.clone(), ..Self::default() });
                leaves.len() - 1
            });
            leaves[place].rows.push(row);
        }
        for leaf in &mut leaves {
            leaf.rows.sort_by_key(|row| (row.line, row.start));
            let mut first = 0;
            for rows in leaf.rows.chunk_by(|a, b| (a.line, &a.sentence) == (b.line, &b.sentence)) {
                leaf.lines.push(Line { number: rows[0].line, pieces: sentence(rows, first) });
                first += rows.len();
            }
        }
        leaves
    }
}

fn other(explainer: &mut Explainer<'_>, trace: Trace) -> Other {
    let (start, end) = (trace.start, trace.end);
    let Explanation { fate, raw, line, reason, guard, reading, .. } = explainer.explain(trace);
    Other { fate, raw, line, start, end, reason, guard, reading }
}

/// Which of the figures at `places`, of which the first `rows` are rows, are marked where: in order, none over another.
/// A row goes before what is none.
fn marks(places: &[(usize, usize)], rows: usize) -> Vec<(usize, usize, usize)> {
    let mut marks: Vec<(usize, usize, usize)> = Vec::new();
    let (rows, others) = places.split_at(rows);
    for (figure, &(start, end)) in rows.iter().enumerate() {
        let start = start.max(marks.last().map_or(0, |&(_, end, _)| end));
        if start < end {
            marks.push((start, end, figure));
        }
    }
    let free = |marks: &[(usize, usize, usize)], start, end| {
        let next = marks.partition_point(|mark| mark.1 <= start);
        marks.get(next).is_none_or(|mark| end <= mark.0)
    };
    let mut added: Vec<(usize, usize, usize)> = Vec::new();
    for (index, &(start, end)) in others.iter().enumerate() {
        if start < end && free(&marks, start, end) && free(&added, start, end) {
            added.push((start, end, rows.len() + index));
        }
    }
    marks.extend(added);
    marks.sort_unstable();
    marks
}

/// The lines of a text with the figures at `marks`, in characters, set apart.
fn lines(text: &str, marks: &[(usize, usize, usize)]) -> Vec<Line> {
    let mut marks = marks.iter().copied().peekable();
    let mut lines = Vec::new();
    let mut line = Line { number: 1, pieces: vec![] };
    let mut after_return = false;
    for (at, c) in text.chars().enumerate() {
        while marks.next_if(|&(_, end, _)| end <= at).is_some() {}
        if c == '\n' && after_return {
            after_return = false;
            continue;
        }
        after_return = c == '\r';
        if matches!(c, '\n' | '\r') {
            let next = Line { number: line.number + 1, pieces: vec![] };
            lines.push(std::mem::replace(&mut line, next));
            continue;
        }
        let figure = marks.peek().filter(|(start, ..)| *start <= at).map(|(.., figure)| *figure);
        match (line.pieces.last_mut(), figure) {
            (Some(Piece::Words(words)), None) => words.push(c),
            (Some(Piece::Figure(last, words)), Some(figure)) if *last == figure => words.push(c),
            (_, None) => line.pieces.push(Piece::Words(c.into())),
            (_, Some(figure)) => line.pieces.push(Piece::Figure(figure, c.into())),
        }
    }
    if !line.pieces.is_empty() {
        lines.push(line);
    }
    lines
}

/// The sentence of `rows` with their figures, of which the first is figure `first`. A figure that the repaired sentence
/// does not have as the document wrote it stands after it.
fn sentence(rows: &[Row], first: usize) -> Vec<Piece> {
    let mut rest = rows[0].sentence.as_str();
    let mut pieces = Vec::new();
    let mut missing = Vec::new();
    for (row, figure) in rows.iter().zip(first..) {
        match rest.find(&row.raw).filter(|_| !row.raw.is_empty()) {
            Some(at) => {
                pieces.push(Piece::Words(rest[..at].to_owned()));
                pieces.push(Piece::Figure(figure, row.raw.clone()));
                rest = &rest[at + row.raw.len()..];
            }
            None => missing.push((row, figure)),
        }
    }
    pieces.push(Piece::Words(rest.to_owned()));
    for (row, figure) in missing {
        let shown = if row.raw.is_empty() { row.value.normalize().to_string() } else { row.raw.clone() };
        pieces.extend([Piece::Words(" … ".into()), Piece::Figure(figure, shown)]);
    }
    pieces.retain(|piece| !matches!(piece, Piece::Words(words) if words.is_empty()));
    pieces
}

/// The columns of a [`Leaf`], which has none: what writes tables writes leaves, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {}

impl Field for Leaves {
    type Row = Leaf;

    const ALL: &'static [Self] = &[];
    const DEFAULT: &'static [Self] = &[];

    fn name(self) -> &'static str {
        match self {}
    }

    fn cell(self, _: &Leaf) -> Cell<'_> {
        match self {}
    }

    fn holds(self) -> Holds {
        match self {}
    }

    fn weight(leaf: &Leaf) -> u64 {
        leaf.rows.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Piece {
        Piece::Words(text.into())
    }

    fn figure(figure: usize, text: &str) -> Piece {
        Piece::Figure(figure, text.into())
    }

    #[test]
    fn a_text_is_cut_where_figures_are_and_lines_end() {
        let cut = |text, marks: &[(usize, usize, usize)]| -> Vec<(usize, Vec<Piece>)> {
            lines(text, marks).into_iter().map(|line| (line.number, line.pieces)).collect()
        };
        assert_eq!(
            cut("甲𠀀3件\r\n\r4\n5个", &[(2, 4, 0), (7, 10, 1)]),
            [
                (1, vec![words("甲𠀀"), figure(0, "3件")]),
                (2, vec![]),
                (3, vec![figure(1, "4")]),
                (4, vec![figure(1, "5"), words("个")])
            ]
        );
        assert_eq!(cut("", &[]), []);
        assert_eq!(cut("3件4件\n", &[(0, 2, 0), (2, 4, 1)]), [(1, vec![figure(0, "3件"), figure(1, "4件")])]);
    }

    #[test]
    fn no_mark_lies_over_another_and_rows_go_first() {
        assert_eq!(
            marks(&[(4, 8), (6, 9), (7, 9), (0, 5), (0, 2), (1, 3), (12, 12), (9, 10)], 3),
            [(0, 2, 4), (4, 8, 0), (8, 9, 1), (9, 10, 7)]
        );
    }

    #[test]
    fn rows_of_an_earlier_run_stand_in_their_sentences() {
        let row = |document: &str, line, sentence: &str, raw: &str| Row {
            document: document.into(),
            line,
            sentence: sentence.into(),
            raw: raw.into(),
            ..Row::default()
        };
        let leaves = Leaf::of_rows(vec![
            row("b", 2, "新建公园3处、5处。", "3处"),
            row("a", 1, "", ""),
            row("b", 2, "新建公园3处、5处。", "5 处"),
            row("b", 2, "新建公园3处、5处。", "5处"),
        ]);
        assert_eq!(leaves.iter().map(|leaf| leaf.document.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(
            leaves[0].lines,
            [Line {
                number: 2,
                pieces: vec![
                    words("新建公园"),
                    figure(0, "3处"),
                    words("、"),
                    figure(2, "5处"),
                    words("。"),
                    words(" … "),
                    figure(1, "5 处")
                ]
            }]
        );
        assert_eq!(leaves[1].lines[0].pieces, [words(" … "), figure(0, "0")]);
    }
}
