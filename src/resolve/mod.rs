//! Resolution: a mention with everything around it becomes a row. The only stage that sees the context.

pub mod district;
pub mod evidence;
pub mod period;
pub mod status;
mod subject;

use subject::Member;

use std::{cell::OnceCell, sync::Arc};

use district::{District, DistrictResolver, Weighed};
use period::{Period, Tracker, reference};
use status::StatusTracker;

use crate::{
    decode::Text,
    document::Document,
    extract::Context,
    matching::Mention,
    place::Cursor,
    quantity::{Dimension, Quantity},
    reading::Reading,
    row::{Kind, Row, Status},
    rules::{
        RuleSet,
        words::{WordList, Words},
    },
    segment::Role,
    span::Span,
};

/// Follows a document in order and makes rows of its mentions.
#[derive(Debug)]
pub struct Resolver<'d> {
    rules: &'d RuleSet,
    name: &'d str,
    document: &'d Document<'d>,
    context: &'d Context,
    status: StatusTracker,
    /// Whether the body has begun: what stands before it is the title.
    body: bool,
    period: Tracker<'d>,
    /// What the tracker of periods has not read yet of the paragraph.
    unread: Span,
    places: DistrictResolver,
    home: Option<District>,
    section: Span,
    sentence: Span,
    /// The other place that the sentence is about, once a clause of it has named one.
    elsewhere: Option<(Span, Option<District>)>,
    /// The other place that the section is about: its heading is that name.
    local: Option<District>,
    /// The figures of the clause, where it has several.
    figures: Vec<Span>,
    cursor: Cursor<'d>,
    /// The section and the sentence that were asked for last, for all their numbers to share.
    shared: [(Span, Arc<str>); 2],
    /// The places that were weighed for the document's, once someone has asked.
    weighed: OnceCell<Arc<Weighed>>,
    /// Pages, and where its bytes lie in the file.
    origin: &'d Text<'d>,
}

/// What a clause stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The nearest heading.
    pub section: Arc<str>,
    /// The sentence, which its numbers share.
    pub sentence: Arc<str>,
    /// The clause itself.
    pub clause: String,
}

impl<'d> Resolver<'d> {
    /// A resolver for one document, which goes by `name`.
    pub fn new(
        rules: &'d RuleSet,
        context: &'d Context,
        name: &'d str,
        document: &'d Document<'d>,
        origin: &'d Text<'d>,
    ) -> Self {
        let text = &*document.text;
        let (title, rest) = text.split_at(title_end(text));
        let file_name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let mut reference = reference(title, file_name, &rest[..rest.floor_char_boundary(HEAD)]);
        reference.year = reference.year.or_else(|| context.period.as_deref()?.get(..4)?.parse().ok());
        let (places, option) = rules.places().for_documents_of(context.district.as_deref());
        Self {
            rules,
            context,
            status: StatusTracker::new(reference.past.or(reference.year)),
            period: Tracker::new(reference),
            home: home(&places, text, name).or(option),
            unread: Span::default(),
            origin,
            places,
            name,
            document,
            body: false,
            section: Span::default(),
            sentence: Span::default(),
            elsewhere: None,
            local: None,
            figures: vec![],
            cursor: Cursor::new(document.decoded),
            shared: Default::default(),
            weighed: OnceCell::new(),
        }
    }

    /// The document's own names for itself, which do not belong to an indicator.
    pub fn subjects(&self) -> WordList {
        WordList::new(self.home.iter().flat_map(|home| self.places.names(home)))
    }

    /// Their short forms.
    pub fn stems(&self) -> WordList {
        WordList::new(self.home.iter().flat_map(|home| self.places.stems(home)))
    }

    /// A new line of the text.
    pub fn enter_paragraph(&mut self, role: Role, span: Span) {
        self.sentence = Span::default();
        self.pass_over(self.unread.end);
        self.unread = Span::new(span.end, span.end);
        match role {
            Role::Heading => {
                self.section = span;
                let heading = span.of(&self.document.text);
                self.local = self.places.of_heading(heading, self.home.as_ref()).filter(|_| self.body);
                if self.body {
                    self.status.enter_heading(heading, self.rules.words());
                }
                if self.body || !is_byline(heading, self.rules.words()) {
                    self.period.enter_section(usize::from(status::level(heading)), heading);
                }
            }
            Role::Body => {
                self.body = true;
                self.status.enter_paragraph();
                self.period.enter_paragraph();
                self.unread = span;
            }
            Role::Furniture => {}
        }
    }

    /// A sentence that holds a figure.
    pub fn enter_sentence(&mut self, span: Span) {
        self.sentence = span;
        let sentence = span.of(&self.document.text);
        self.status.enter_sentence(sentence, self.rules.words());
        self.pass_over(span.start);
        self.period.enter_sentence(sentence);
        self.unread.start = span.end.min(self.unread.end);
        self.elsewhere = None;
    }

    /// Lets the tracker of periods read the sentences without a figure before `end`.
    fn pass_over(&mut self, end: usize) {
        if self.unread.start < end {
            let text = &self.document.text[self.unread.start..end];
            self.period.pass_over(text);
            self.status.pass_over(text, self.rules.words());
            self.unread.start = end;
        }
    }

    /// The canonical unit in writing; a rank has none.
    fn unit(&self, quantity: &Quantity) -> String {
        if quantity.dimension == Dimension::Ordinal {
            return String::new();
        }
        let lexicon = self.rules.lexicon();
        let unit = lexicon.unit(quantity.unit).name.clone();
        match quantity.per {
            Some(per) => format!("{unit}/{}", lexicon.unit(per).name),
            None => unit.into(),
        }
    }

    /// A clause with figures.
    pub fn enter_clause(&mut self, readings: &[Reading], quantities: &[Quantity]) {
        self.figures.clear();
        if readings.len() > 1 {
            self.figures.extend(readings.iter().map(|reading| quantities[reading.figure].span));
        }
    }

    /// The place that a figure is about: another than the document's where its clause says so, or an earlier clause or
    /// the section's heading did.
    fn district(&mut self, clause: Span, figure: Span) -> Option<District> {
        if self.elsewhere.as_ref().is_none_or(|(seen, _)| *seen != clause) {
            let text = clause.of(&self.document.text);
            let mut other = self.places.of_clause(text, self.home.as_ref());
            if other.is_none() && self.places.carries(text) {
                other = self.elsewhere.take().and_then(|(_, other)| other);
            }
            self.elsewhere = Some((clause, other));
        }
        if let Ok(index) = self.figures.binary_search(&figure)
            && figure.start >= clause.start
        {
            let within = |span: Span| Span::new(span.start - clause.start, span.end - clause.start);
            let before = index.checked_sub(1).map(|before| self.figures[before]);
            let member = Member {
                index,
                count: self.figures.len(),
                start: before.filter(|it| it.start >= clause.start).map_or(0, |it| within(it).end),
                end: within(figure).start,
            };
            let text = clause.of(&self.document.text);
            if let Some(own) = self.places.of_member(text, member, self.home.as_ref()) {
                return Some(own);
            }
        }
        let other = self.elsewhere.as_ref().and_then(|(_, other)| other.clone());
        other.or_else(|| self.local.clone()).or_else(|| self.home.clone())
    }

    /// Whether a figure has come about, and what told it.
    fn status<'t>(&self, reading: &'t Reading, quantity: &Quantity) -> (Status, status::Source<'t>)
    where
        'd: 't,
    {
        let start = self.sentence.start.min(quantity.span.start);
        let before = Span::new(start, quantity.span.start).of(&self.document.text);
        self.status.told(before, &reading.text, self.rules.words())
    }

    /// The time that a figure is for, and what told it.
    fn period(&self, reading: &Reading, quantity: &Quantity, status: Status) -> period::Resolved<'d> {
        let told = reading.time.and_then(|time| self.period.named(time.of(&self.document.text)));
        if let Some(period) = told {
            return period::Resolved {
                period: Some(period),
                scope: Some(period::Scope::Section),
                ..period::Resolved::default()
            };
        }
        if !self.sentence.contains(quantity.span) || !self.sentence.contains(reading.clause) {
            return period::Resolved::default();
        }
        let within = |span: Span| Span::new(span.start - self.sentence.start, span.end - self.sentence.start);
        self.period.figure(within(reading.clause), within(quantity.span), status == Status::Planned)
    }

    /// What a clause stands in: its heading, its sentence, and itself.
    pub fn surroundings(&mut self, clause: Span) -> Surroundings {
        let of = |span: Span| span.of(&self.document.text).trim();
        for ((known, words), span) in self.shared.iter_mut().zip([self.section, self.sentence]) {
            if *known != span {
                (*known, *words) = (span, of(span).into());
            }
        }
        let [section, sentence] = [0, 1].map(|which: usize| Arc::clone(&self.shared[which].1));
        Surroundings { section, sentence, clause: of(clause).to_owned() }
    }

    /// Whether what could not be decoded stands beside a figure, and may have been a digit of it.
    fn touches_loss(&self, source: Span) -> bool {
        let decoded = self.document.decoded;
        decoded[..source.start].ends_with(char::REPLACEMENT_CHARACTER)
            || decoded[source.end..].starts_with(char::REPLACEMENT_CHARACTER)
    }

    /// The row of a mention.
    pub fn resolve(&mut self, mention: &Mention, reading: &Reading, quantity: &Quantity) -> Row {
        let text = &*self.document.text;
        let rule = &self.rules.rules()[mention.rule];
        let kind = if quantity.dimension == Dimension::Ordinal { Kind::Rank } else { mention.kind };
        let status = rule.status.unwrap_or_else(|| self.status(reading, quantity).0);
        let period = self.period(reading, quantity, status);
        let (period, period_source) = match (period.period, period.scope, &self.context.period) {
            (Some(told), scope, _) => (Period::to_string(&told), scope.map_or("", period::Scope::name)),
            (None, None, Some(option)) => (option.clone(), "option"),
            (None, ..) => Default::default(),
        };
        let district = self.district(reading.clause, quantity.span);
        let sign = |value: rust_decimal::Decimal| if mention.negative { -value } else { value };
        let source = self.document.alignment.source(quantity.span);
        let place = self.cursor.locate(source);
        Row {
            indicator: mention.indicator.clone(),
            category: rule.category.to_string(),
            value: sign(quantity.value),
            high: quantity.high.map(sign),
            unit: self.unit(quantity),
            district: district.as_ref().map_or_else(String::new, |it| it.name.clone()),
            district_code: district.as_ref().map_or_else(String::new, |it| it.code.clone()),
            district_source: district.as_ref().map_or("", District::told_by),
            period,
            period_source,
            kind,
            status,
            qualifier: quantity.qualifier,
            raw: source.of(self.document.decoded).to_owned(),
            document: self.name.to_owned(),
            line: place.line,
            start: place.start,
            end: place.end,
            byte_start: self.origin.first_byte.map(|first| first + source.start),
            byte_end: self.origin.first_byte.map(|first| first + source.end),
            page: self.origin.pages.at(source.start),
            section: self.section.of(text).to_owned(),
            sentence: self.sentence.of(text).trim().to_owned(),
            rule: rule.id.to_string(),
            repairs: self.document.alignment.layers(reading.clause).to_string(),
            damaged: self.document.is_damaged(quantity.span) || self.touches_loss(source),
            group: mention.group,
        }
    }
}

/// How many bytes after the title may tell whose report it is and when it was written.
const HEAD: usize = 3000;
/// How many lines may stand before the body, and how long they may be.
const TITLE_LINES: usize = 10;
const TITLE_LINE: usize = 200;

/// Whether a line before the body tells who published it when, and nothing of the report.
fn is_byline(line: &str, words: &Words) -> bool {
    let dated = |(at, mark): (usize, &str)| {
        line[..at].ends_with(|c: char| c.is_ascii_digit())
            && line[at + mark.len()..].starts_with(|c: char| c.is_ascii_digit())
    };
    words.byline.find(line).is_some() || line.match_indices(['-', '/', ':', '：']).any(dated)
}

/// The place of the body whose report `text` is, which goes by `name`.
pub(crate) fn home(places: &DistrictResolver, text: &str, name: &str) -> Option<District> {
    let (title, rest) = text.split_at(title_end(text));
    places.home(title, &rest[..rest.floor_char_boundary(HEAD)], text, name)
}

/// Where the lines before the body end: title, byline, date.
pub(crate) fn title_end(text: &str) -> usize {
    let mut end = 0;
    for line in text.split_inclusive('\n').take(TITLE_LINES) {
        // A table's row is no title.
        let row = line.matches('\t').count() > 1 && !line.contains('：');
        if line.len() > TITLE_LINE || row {
            break;
        }
        end += line.len();
    }
    end
}
