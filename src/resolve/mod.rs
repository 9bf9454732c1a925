//! Resolution: a mention with everything around it becomes a row. The only stage that sees the context.


pub mod period;
pub mod status;

use status::StatusTracker;

use crate::{
    document::Document,
    extract::Context,
    matching::Mention,
    quantity::{Dimension, Quantity},
    reading::Reading,
    row::{Kind, Row},
    rules::{RuleSet, words::WordList},
    segment::Role,
    span::Span,
};

/// Follows a document in order and makes rows of its mentions.
#[derive(Debug)]
pub struct Resolver<'d> {
    rules: &'d RuleSet,
    name: &'d str,
    document: &'d Document<'d>,
    status: StatusTracker,
    section: Span,
    sentence: Span,
    cursor: Cursor<'d>,
}

impl<'d> Resolver<'d> {
    /// A resolver for one document, which goes by `name`.
    pub fn new(rules: &'d RuleSet, context: &'d Context, name: &'d str, document: &'d Document<'d>) -> Self {
        let _ = context;
        Self {
            rules,
            name,
            document,
            status: StatusTracker::default(),
            section: Span::default(),
            sentence: Span::default(),
            cursor: Cursor::new(document.decoded),
        }
    }

    /// The document's own names for itself, which do not belong to an indicator.
    pub fn subjects(&self) -> WordList {
        WordList::default()
    }

    /// A new line of the text.
    pub fn enter_paragraph(&mut self, role: Role, span: Span) {
        self.sentence = Span::default();
        match role {
            Role::Heading => {
                self.section = span;
                self.status.enter_heading(span.of(&self.document.text), self.rules.words());
            }
            Role::Body => self.status.enter_paragraph(),
            Role::Furniture => {}
        }
    }

    /// A sentence that holds a figure.
    pub fn enter_sentence(&mut self, span: Span) {
        self.sentence = span;
        self.status.enter_sentence(span.of(&self.document.text), self.rules.words());
    }

    /// The row of a mention.
    pub fn resolve(&mut self, mention: &Mention, reading: &Reading, quantity: &Quantity) -> Row {
        let text = &*self.document.text;
        let rule = &self.rules.rules()[mention.rule];
        let kind = if quantity.dimension == Dimension::Ordinal { Kind::Rank } else { mention.kind };
        let before = Span::new(self.sentence.start.min(reading.clause.start), reading.clause.start);
        let status =
            rule.status.unwrap_or_else(|| self.status.status(before.of(text), &reading.text, self.rules.words()));
        let sign = |value: rust_decimal::Decimal| if mention.negative { -value } else { value };
        let source = self.document.alignment.source(quantity.span);
        let place = self.cursor.locate(source);
        Row {
            indicator: mention.indicator.clone(),
            category: rule.category.clone(),
            value: sign(quantity.value),
            high: quantity.high.map(sign),
            unit: self.rules.lexicon().label(quantity),
            district: String::new(),
            district_code: String::new(),
            district_source: "",
            period: String::new(),
            period_source: "",
            kind,
            status,
            qualifier: quantity.qualifier,
            raw: source.of(self.document.decoded).to_owned(),
            document: self.name.to_owned(),
            line: place.line,
            start: place.start,
            end: place.end,
            byte_start: source.start,
            byte_end: source.end,
            page: String::new(),
            section: self.section.of(text).to_owned(),
            sentence: self.sentence.of(text).trim().to_owned(),
            rule: rule.id.clone(),
            repairs: self.document.alignment.layers(reading.clause).to_string(),
            damaged: false,
            group: mention.group,
        }
    }
}

/// Counts lines and characters forward through the decoded text, so that places cost one walk over it in all.
#[derive(Debug)]
struct Cursor<'d> {
    text: &'d str,
    byte: usize,
    character: usize,
    line: usize,
}

/// A span in lines and characters.
struct Place {
    line: usize,
    start: usize,
    end: usize,
}

impl<'d> Cursor<'d> {
    fn new(text: &'d str) -> Self {
        Self { text, byte: 0, character: 0, line: 1 }
    }

    fn locate(&mut self, span: Span) -> Place {
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
