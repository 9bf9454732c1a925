//! Audit: figures of one report that cannot all be true, each finding with the sentences and the arithmetic, so that a
//! reader can judge it. What is only rounded is never accused: every figure is the interval that its written digits and
//! its hedge leave open ([`reach`]), and two figures contradict one another only where no number is in both.
//!
//! ```
//! use kpi_extract::{audit::{Auditor, Check}, decode, extract::{Context, Extractor}, rules::RuleSet};
//!
//! let auditor = Auditor::new(Extractor::new(RuleSet::builtin(), Context::default()));
//! let report = "产值由1.5亿元增至2.3亿元，增长23.3%。\n产值由1.5亿元增至2.3亿元，增长53.3%。\n";
//! let mut findings = Vec::new();
//! auditor.report("a.txt", &decode::decode(report.as_bytes())?, &mut |finding| findings.push(finding))?;
//! let [finding] = &findings[..] else { panic!("the second sentence is right") };
//! assert_eq!((finding.check, finding.quotes[0].line), (Check::Change, 1));
//! # Ok::<(), kpi_extract::decode::Error>(())
//! ```

use std::collections::BTreeMap;

use crate::{
    decode::{self, Text},
    extract::{Event, Extractor},
    place::Cursor,
    quantity::Quantity,
    recognise::recognise,
    repair::repair,
    row::Row,
    span::Span,
};
pub use column::AuditColumn;
use reach::Figure;
use statement::Checks;

mod column;
mod reach;
mod rows;
mod statement;

/// What cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// A level, the one before and the change between them do not fit.
    Change,
    /// A level, the amount that it grew by and the rate of that do not fit.
    Growth,
    /// A part is more than the whole.
    Part,
    /// Parts are together more than the whole.
    Parts,
    /// A total is not the sum of its parts.
    Total,
    /// A rate is not what its numerator and denominator give.
    Rate,
    /// A share is more than a hundred per cent.
    Share,
    /// One indicator has two values.
    Same,
}

impl Check {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Change,
        Self::Growth,
        Self::Part,
        Self::Parts,
        Self::Total,
        Self::Rate,
        Self::Share,
        Self::Same,
    ];

    /// Its name in findings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Growth => "growth",
            Self::Part => "part",
            Self::Parts => "parts",
            Self::Total => "total",
            Self::Rate => "rate",
            Self::Share => "share",
            Self::Same => "same",
        }
    }
}

/// Where a report says something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// The line of the first figure, from 1; 0 where earlier output does not tell.
    pub line: usize,
    /// The repaired sentence; of earlier output without sentences the figure.
    pub text: String,
}

/// What cannot be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Why not.
    pub check: Check,
    /// The document.
    pub document: String,
    /// The sentence that says it, or both.
    pub quotes: Vec<Quote>,
    /// What it comes to.
    pub arithmetic: String,
}

/// Sentences that belong together, with their quantities.
struct Passage<'t> {
    text: &'t str,
    /// Their spans are of `text`.
    quantities: Vec<Quantity>,
    /// The line of each quantity, or of them all.
    lines: Vec<usize>,
}

/// Finds what cannot be; shared between threads.
#[derive(Clone, Debug)]
pub struct Auditor {
    extractor: Extractor,
}

/// Words that a sentence begins with which goes on with the one before.
const GOES_ON: [&str; 5] = ["其中", "合计", "共计", "总计", "总共"];
/// How many bytes of text another sentence is added to: each is held against all before it.
const PASSAGE: usize = 2000;

impl Auditor {
    /// An auditor of what `extractor` makes.
    pub fn new(extractor: Extractor) -> Self {
        Self { extractor }
    }

    /// Hands what cannot be in a report to `sink`, in the order of its lines.
    pub fn report(
        &self,
        document: &str,
        text: &Text<'_>,
        sink: &mut dyn FnMut(Finding),
    ) -> Result<(), decode::Error> {
        let mut rows = Vec::new();
        self.extractor.extract(document, text, &mut |row| rows.push(row))?;
        let repaired = repair(&text.text);
        let mut found: Vec<(Span, Vec<Quantity>)> = Vec::new();
        let mut sentence = None;
        self.extractor.walk(&repaired, &mut |event| match event {
            Event::Sentence(span) => sentence = Some(span),
            Event::Clause(_, quantities) => {
                let Some(span) = sentence.take() else { return };
                let first = quantities.partition_point(|it| it.span.start < span.start);
                let inside = quantities[first..].iter().take_while(|it| it.span.end <= span.end).cloned();
                match found.last_mut() {
                    Some((before, known)) if goes_on(&repaired.text, *before, span) => {
                        before.end = span.end;
                        known.extend(inside);
                    }
                    _ => found.push((span, inside.collect())),
                }
            }
            Event::Paragraph(..) => {}
        });
        let mut cursor = Cursor::new(repaired.decoded);
        let passages = found.into_iter().map(|(span, mut quantities)| {
            let line = |it: &Quantity| cursor.locate(repaired.alignment.source(it.span)).line;
            let lines = quantities.iter().map(line).collect();
            for quantity in &mut quantities {
                let within = Span::new(quantity.span.start - span.start, quantity.span.end - span.start);
                quantity.span = within;
            }
            Passage { text: span.of(&repaired.text), quantities, lines }
        });
        self.audit(document, passages, &rows.iter().collect::<Vec<_>>(), sink);
        Ok(())
    }

    /// Hands what cannot be in each document of earlier output to `sink`. Where rows have their sentence, that is read
    /// again; else only what rows alone tell is found.
    pub fn rows(&self, rows: &[Row], sink: &mut dyn FnMut(Finding)) {
        let mut documents: Vec<(&str, Vec<&Row>)> = Vec::new();
        let mut known = BTreeMap::new();
        for row in rows {
            let at = *known.entry(row.document.as_str()).or_insert_with(|| {
                documents.push((&row.document, vec![]));
                documents.len() - 1
            });
            documents[at].1.push(row);
        }
        for (document, rows) in documents {
            let first = |at: usize| at == 0 || rows[at].sentence != rows[at - 1].sentence;
            let passages = (0..rows.len()).filter(|at| first(*at)).map(|at| {
                let text = rows[at].sentence.as_str();
                let mut quantities = recognise(text, self.extractor.rules().lexicon()).quantities;
                quantities.retain(|quantity| !quantity.vague || quantity.high.is_none());
                Passage { text, lines: vec![rows[at].line; quantities.len()], quantities }
            });
            self.audit(document, passages, &rows, sink);
        }
    }

    fn audit<'t>(
        &self,
        document: &str,
        passages: impl Iterator<Item = Passage<'t>>,
        rows: &[&Row],
        sink: &mut dyn FnMut(Finding),
    ) {
        let checks = Checks::builtin();
        let rules = self.extractor.rules();
        let mut findings = Vec::new();
        let mut tell = |check, quotes, arithmetic| {
            findings.push(Finding { check, document: document.to_owned(), quotes, arithmetic });
        };
        for passage in passages.filter(|it| it.quantities.len() > 1 && !it.text.contains('\t')) {
            let figures = passage.quantities.iter().map(|it| Figure::of(it, passage.text, rules.lexicon()));
            checks.passage(&passage, &figures.collect::<Vec<_>>(), &mut tell);
        }
        checks.rows(rows, rules, &mut tell);
        findings.sort_by_key(|finding| finding.quotes.first().map(|quote| quote.line));
        findings.into_iter().for_each(sink);
    }
}

/// Whether the sentence at `span` goes on with the one `before`.
fn goes_on(text: &str, before: Span, span: Span) -> bool {
    let sentence = span.of(text).trim_start();
    let next = text.get(before.end..span.start);
    before.len() < PASSAGE
        && GOES_ON.iter().any(|word| sentence.starts_with(word))
        && next.is_some_and(|between| between.chars().all(|c| "。；;！ \u{3000}".contains(c)))
}
