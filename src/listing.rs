//! `Lister`: the quantities of a document without any rule, for those who want the figures themselves and for finding
//! out why one is not read.

pub mod places;

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    decode,
    document::Document,
    finding::{Count, Finding, Nature},
    place::Cursor,
    quantity::{Dimension, Quantity},
    recognise::{Guarded, Recognition, lexicon::Lexicon, recognise, recognise_guarded, time},
    repair::repair,
    rules::RuleSet,
    segment,
    span::Span,
};

/// Lists the quantities of documents; shared between threads.
///
/// ```
/// use kpi_extract::listing::Lister;
///
/// let report = "全年改造老旧小区９个、６２万多平方米，涉及３０００—４０００户。";
/// let mut found = Vec::new();
/// Lister::default().list("report.txt", report.as_bytes(), &mut |finding| found.push(finding))?;
///
/// let [_, area, households] = &found[..] else { panic!("three quantities") };
/// assert_eq!((area.raw.as_str(), area.unit.as_str()), ("６２万多平方米", "平方米"));
/// assert_eq!((area.value, area.nature.dimension()), (Some(620_000.into()), "area"));
/// assert_eq!((households.value, households.high), (Some(3000.into()), Some(4000.into())));
/// let decoded: Vec<char> = report.chars().collect();
/// assert_eq!(decoded[area.start..area.end].iter().collect::<String>(), area.raw);
/// # Ok::<(), kpi_extract::decode::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Lister {
    rules: Option<Arc<RuleSet>>,
    guarded: bool,
}

/// What one line of the document has, with spans in its repaired text.
enum Found {
    Quantity(Quantity),
    Time(Span),
    Refused(Guarded),
}

impl Lister {
    /// A lister with the units, hedges and guards of these rules; [`Lister::default`] has the built-in ones, and
    /// costs no loading of rules.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        Self { rules: Some(rules), guarded: false }
    }

    /// Whether it also lists what is no quantity: ordinals, times, and numbers that guards refused.
    #[must_use]
    pub const fn guarded(mut self, guarded: bool) -> Self {
        self.guarded = guarded;
        self
    }

    /// Hands what is found in one document to `sink`, in the order of the text. `document` is its name, `report` its bytes
    /// or what [`decode::read`] made of them.
    pub fn list<'a>(
        &self,
        document: &str,
        report: impl Into<decode::Source<'a>>,
        sink: &mut dyn FnMut(Finding),
    ) -> Result<(), decode::Error> {
        let name: Arc<str> = document.into();
        let text = report.into().text(document)?;
        let document = repair(&text.text);
        let mut cursor = Cursor::new(document.decoded);
        self.walk(&document, &mut |found| sink(self.finding(&document, &name, &mut cursor, found)));
        Ok(())
    }

    /// How many of each kind are found in one document, in the order of [`Nature`], only kinds that there are.
    pub fn count<'a>(&self, report: impl Into<decode::Source<'a>>) -> Result<Vec<Count>, decode::Error> {
        let text = report.into().text("")?;
        let document = repair(&text.text);
        let mut counts = Counts::default();
        self.walk(&document, &mut |found| counts.add(found.nature(), found.guard(), 1));
        Ok(counts.into_rows().collect())
    }

    fn lexicon(&self) -> &Lexicon {
        self.rules.as_ref().map_or_else(|| Lexicon::builtin(), |rules| rules.lexicon())
    }

    fn walk(&self, document: &Document<'_>, visit: &mut dyn FnMut(Found)) {
        let text = &*document.text;
        for block in segment::lines(text).flat_map(|line| segment::blocks(text, line)) {
            if self.guarded {
                let found = everything(recognise_guarded(block.of(text), self.lexicon()), block.of(text));
                for found in found {
                    visit(found.moved(block.start));
                }
            } else {
                let found = recognise(block.of(text), self.lexicon());
                for quantity in found.quantities {
                    if quantity.dimension != Dimension::Ordinal {
                        visit(Found::Quantity(quantity).moved(block.start));
                    }
                }
            }
        }
    }

    fn finding(
        &self,
        document: &Document<'_>,
        name: &Arc<str>,
        cursor: &mut Cursor<'_>,
        found: Found,
    ) -> Finding {
        let source = document.alignment.source(found.span());
        let place = cursor.locate(source);
        let mut finding = Finding {
            raw: source.of(document.decoded).to_owned(),
            nature: found.nature(),
            value: None,
            high: None,
            unit: String::new(),
            qualifier: None,
            line: place.line,
            start: place.start,
            end: place.end,
            guard: found.guard().to_owned(),
            reason: found.reason().to_owned(),
            document: Arc::clone(name),
        };
        if let Found::Quantity(quantity) = found {
            finding.value = Some(quantity.value);
            finding.high = quantity.high;
            finding.unit = self.lexicon().label(&quantity);
            finding.qualifier = Some(quantity.qualifier);
        }
        finding
    }
}

/// All that was found, in the order of the text, each number once: what is a quantity is no time, what belongs to a
/// time was refused for that, and what lies in something refused needs no other reason.
fn everything(recognition: Recognition, text: &str) -> Vec<Found> {
    let Recognition { quantities, guarded, .. } = recognition;
    let mut times = times(text);
    times.retain(|time| !overlaps(&quantities, |quantity| quantity.span, *time));
    let refused = guarded.into_iter().filter(|guarded| !overlaps(&times, |time| *time, guarded.span));
    // What the recogniser alone took for a time, the end of `第3和4季度`, is one.
    let refused = refused.map(|g| if g.guard == "time" { Found::Time(g.span) } else { Found::Refused(g) });
    let mut found: Vec<Found> = refused.collect();
    found.extend(quantities.into_iter().map(Found::Quantity));
    found.extend(times.into_iter().map(Found::Time));
    found.sort_by_key(Found::span);
    let mut end = 0;
    found.retain(|found| {
        let span = found.span();
        let kept = span.start >= end || matches!(found, Found::Quantity(_));
        if kept {
            end = end.max(span.end);
        }
        kept
    });
    found
}

/// The dates, times of day and periods of a text, in order, none overlapping another.
fn times(text: &str) -> Vec<Span> {
    let digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
    let mut scanned = time::scan(text).into_iter().map(|time| time.span).peekable();
    let mut times: Vec<Span> = vec![];
    // Days and times of day without a month are read only where they are looked for.
    let (mut free, mut before) = (0, ' ');
    for (at, c) in text.char_indices() {
        let begins = digit(c) && !digit(before);
        before = c;
        let next = scanned.next_if(|time| time.start <= at).or_else(|| {
            let time = (begins && at >= free).then(|| time::at(text, at))??;
            scanned.peek().is_none_or(|next| time.span.end <= next.start).then_some(time.span)
        });
        if let Some(time) = next {
            free = time.end;
            times.push(time);
        }
    }
    times
}

/// Whether one of `places`, which are in order and do not overlap one another, overlaps `span`.
fn overlaps<T>(places: &[T], span_of: impl Fn(&T) -> Span, span: Span) -> bool {
    let next = places.partition_point(|place| span_of(place).end <= span.start);
    places.get(next).is_some_and(|place| span_of(place).overlaps(span))
}

impl Found {
    const fn span(&self) -> Span {
        match self {
            Self::Quantity(quantity) => quantity.span,
            Self::Time(span) => *span,
            Self::Refused(guarded) => guarded.span,
        }
    }

    /// The same with its span counted from `offset` bytes further back.
    fn moved(mut self, offset: usize) -> Self {
        let span = match &mut self {
            Self::Quantity(quantity) => &mut quantity.span,
            Self::Time(span) => span,
            Self::Refused(guarded) => &mut guarded.span,
        };
        *span = Span::new(span.start + offset, span.end + offset);
        self
    }

    const fn nature(&self) -> Nature {
        match self {
            Self::Quantity(quantity) => Nature::Quantity(quantity.dimension),
            Self::Time(_) => Nature::Time,
            Self::Refused(_) => Nature::Refused,
        }
    }

    fn guard(&self) -> &str {
        match self {
            Self::Quantity(quantity) if quantity.dimension == Dimension::Ordinal => "ordinal",
            Self::Quantity(_) => "",
            Self::Time(_) => "time",
            Self::Refused(guarded) => &guarded.guard,
        }
    }

    fn reason(&self) -> &str {
        match self {
            Self::Quantity(quantity) if quantity.dimension == Dimension::Ordinal => "a place in an order",
            Self::Quantity(_) => "",
            Self::Time(_) => "a date, a time of day or a period",
            Self::Refused(guarded) => &guarded.reason,
        }
    }
}

/// Adds up counts.
#[derive(Clone, Debug, Default)]
pub struct Counts(BTreeMap<Nature, BTreeMap<String, usize>>);

impl Counts {
    /// `count` more findings of a kind.
    pub fn add(&mut self, nature: Nature, guard: &str, count: usize) {
        let guards = self.0.entry(nature).or_default();
        if let Some(sum) = guards.get_mut(guard) {
            *sum += count;
        } else {
            guards.insert(guard.to_owned(), count);
        }
    }

    /// The sums, in the order of [`Nature`] and of the guards' ids.
    pub fn into_rows(self) -> impl Iterator<Item = Count> {
        self.0.into_iter().flat_map(|(nature, guards)| {
            guards.into_iter().map(move |(guard, count)| Count { nature, guard, count })
        })
    }
}
