//! `Extractor`: the whole pipeline, from the bytes of one document to its rows.

use std::sync::Arc;

use crate::{
    decode::{self, Text},
    document::Document,
    matching::Matcher,
    quantity::Quantity,
    reading::Reading,
    recognise::recognise,
    repair::repair,
    resolve::Resolver,
    row::Row,
    rules::RuleSet,
    segment::{self, Role},
    span::Span,
    table::{Cells, TableReader},
    trace::{self, Fate, Figure, Lines, Request, Trace, Tracer, Words},
    unfold::Unfolder,
};

/// What holds where a document does not say.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The district of documents that name none (`--district`).
    pub district: Option<String>,
    /// The period of figures that have none (`--period`).
    pub period: Option<String>,
}

/// How many figures a document has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All of them: what is recognised and can be a row.
    pub quantities: u64,
    /// Those that no rule took.
    pub unclaimed: u64,
}

impl Counts {
    /// Adds those of another document.
    pub fn add(&mut self, other: Self) {
        self.quantities += other.quantities;
        self.unclaimed += other.unclaimed;
    }
}

/// Makes rows of documents; shared between threads.
#[derive(Clone, Debug)]
pub struct Extractor {
    rules: Arc<RuleSet>,
    context: Context,
}

impl Extractor {
    /// An extractor with these rules.
    pub fn new(rules: Arc<RuleSet>, context: Context) -> Self {
        Self { rules, context }
    }

    /// The rules in force.
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// Hands the rows of one document to `sink`, in the order of the text, and tells how many figures it has.
    /// `document` is its name, `report` its bytes or what [`decode::read`] made of them.
    pub fn extract<'a>(
        &self,
        document: &str,
        report: impl Into<decode::Source<'a>>,
        sink: &mut dyn FnMut(Row),
    ) -> Result<Counts, decode::Error> {
        Ok(self.run(document, &*report.into().text(document)?, sink, None))
    }

    /// Hands to `sink` what became of every number of one document that `request` asks for, with its reasons. The whole
    /// document is read all the same, because its title, headings and earlier sentences decide, too. Numbers come in
    /// the order of the text but for those that are no figures, which come before the figures of their line.
    pub fn trace<'a>(
        &self,
        document: &str,
        report: impl Into<decode::Source<'a>>,
        request: Request,
        sink: &mut dyn FnMut(Trace),
    ) -> Result<(), decode::Error> {
        self.run(document, &*report.into().text(document)?, &mut drop, Some(&mut Tracer { request, sink }));
        Ok(())
    }

    fn run(
        &self,
        document: &str,
        decoded: &Text<'_>,
        sink: &mut dyn FnMut(Row),
        mut tracer: Option<&mut Tracer<'_>>,
    ) -> Counts {
        let mut counts = Counts::default();
        let repaired = repair(&decoded.text);
        let mut resolver = Resolver::new(&self.rules, &self.context, document, &repaired, decoded);
        let mut matcher = Matcher::new(&self.rules, resolver.subjects(), resolver.stems());
        let mut lines = tracer.is_some().then(|| Lines::new(&repaired));
        let mut heading = Span::default();
        let request = tracer.as_ref().map(|tracer| tracer.request);
        let listing = |span: Span| request.is_some_and(|it| it.wants(&repaired, span));
        self.walk(&repaired, &mut |event| match event {
            Event::Paragraph(role, span) => {
                if role == Role::Heading {
                    heading = span;
                    matcher.enter_paragraph("");
                } else {
                    matcher.enter_paragraph(heading.of(&repaired.text));
                    heading = Span::default();
                }
                resolver.enter_paragraph(role, span);
                if let (Some(tracer), Some(lines)) = (&mut tracer, &mut lines) {
                    for block in segment::blocks(&repaired.text, span).filter(|block| listing(*block)) {
                        let furniture = role == Role::Furniture;
                        let refused = trace::refused(&repaired.text, block, self.rules.lexicon(), furniture);
                        for (span, fate) in refused.into_iter().filter(|(span, _)| listing(*span)) {
                            (tracer.sink)(lines.trace(span, fate));
                        }
                    }
                }
            }
            Event::Sentence(span) => resolver.enter_sentence(span),
            Event::Clause(readings, quantities) => {
                matcher.enter_clause(readings, &repaired.text);
                resolver.enter_clause(readings, quantities);
                for reading in readings {
                    let quantity = &quantities[reading.figure];
                    let mut contenders = listing(quantity.span).then(Vec::new);
                    let mention = matcher.decide(reading, quantities, contenders.as_mut());
                    counts.add(Counts { quantities: 1, unclaimed: mention.is_none().into() });
                    let row = mention.as_ref().map(|mention| resolver.resolve(mention, reading, quantity));
                    if let (Some(tracer), Some(lines), Some(contenders)) =
                        (&mut tracer, &mut lines, contenders)
                    {
                        let evidence = mention.as_ref().filter(|_| tracer.request.evidence);
                        let figure = Figure {
                            unit: self.rules.lexicon().label(quantity),
                            said: Words::of(reading, &repaired.text),
                            quantity: quantity.clone(),
                            reading: reading.clone(),
                            contenders,
                            row: row.clone(),
                            evidence: evidence.map(|mention| resolver.evidence(mention, reading, quantity)),
                            surroundings: resolver.surroundings(reading.clause),
                        };
                        (tracer.sink)(lines.trace(quantity.span, Fate::Figure(Box::new(figure))));
                    }
                    if let Some(row) = row {
                        sink(row);
                    }
                }
            }
        });
        counts
    }

    /// The document as segments, with the readings of each clause: what `text --segments` prints.
    pub fn walk(&self, document: &Document<'_>, visit: &mut dyn FnMut(Event<'_>)) {
        let text = &*document.text;
        let words = self.rules.words();
        let mut table = TableReader::new(text, self.rules.lexicon(), words);
        for paragraph in segment::paragraphs(text, &words.furniture, &words.byline) {
            let cells = if paragraph.role == Role::Furniture { None } else { table.line(paragraph.span) };
            if let Some(Cells { quantities, readings }) = cells {
                visit(Event::Paragraph(Role::Body, paragraph.span));
                visit(Event::Sentence(paragraph.span));
                visit(Event::Clause(&readings, &quantities));
                continue;
            }
            visit(Event::Paragraph(paragraph.role, paragraph.span));
            if paragraph.role == Role::Furniture {
                continue;
            }
            for block in segment::blocks(text, paragraph.span) {
                self.block(text, block, visit);
            }
        }
    }

    fn block(&self, text: &str, block: Span, visit: &mut dyn FnMut(Event<'_>)) {
        let mut quantities = recognise(block.of(text), self.rules.lexicon()).quantities;
        // 数十, 几百: no number to put in a row.
        quantities.retain(|quantity| !quantity.vague || quantity.high.is_none());
        if quantities.is_empty() {
            return;
        }
        for quantity in &mut quantities {
            for span in [&mut quantity.span, &mut quantity.number] {
                *span = Span::new(span.start + block.start, span.end + block.start);
            }
        }
        let unfolder =
            Unfolder { text, quantities: &quantities, words: self.rules.words(), trim: self.rules.trim() };
        let mut sentence = Span::default();
        let mut first = 0;
        let mut lead = None;
        for clause in segment::clauses(text, block, &quantities) {
            let inside = quantities[first..].iter().take_while(|q| q.span.end <= clause.span.end).count();
            if inside > 0 {
                if clause.span.start >= sentence.end || clause.span.end > sentence.end {
                    sentence = segment::sentence(text, block, clause.span.start);
                    sentence.end = sentence.end.max(clause.span.end);
                    visit(Event::Sentence(sentence));
                }
                let readings = unfolder.clause(clause.span, lead, first, first + inside);
                visit(Event::Clause(&readings, &quantities));
            }
            first += inside;
            lead = Some(clause.span).filter(|_| inside == 0 && !clause.ends_sentence);
        }
    }
}

/// What a walk over a document meets.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A line with its role.
    Paragraph(Role, Span),
    /// A sentence that holds a quantity.
    Sentence(Span),
    /// The readings of a clause, and the quantities that they index.
    Clause(&'a [Reading], &'a [Quantity]),
}
