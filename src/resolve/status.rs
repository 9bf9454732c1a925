//! Status: whether a figure has come about or is only meant to, told by the words before it and by its section.

use crate::{
    row::Status,
    rules::words::{WordList, Words},
    segment,
    span::Span,
};

/// Follows a document and knows whether what it says now is a plan.
#[derive(Debug, Default)]
pub struct StatusTracker {
    /// Level of the heading that opened a section on the future.
    section: Option<u8>,
    paragraph: bool,
    /// The year that the report is on.
    year: Option<i32>,
    /// What the sentence says.
    said: Said,
}

/// Where a text has words that tell a status.
#[derive(Debug, Default)]
struct Said {
    done: Vec<Span>,
    plan: Vec<Span>,
    intent: Vec<Span>,
    actual: Vec<Span>,
    years: Vec<(usize, i32)>,
}

impl Said {
    fn read(&mut self, text: &str, words: &Words) {
        for (spans, list) in [
            (&mut self.done, &words.done),
            (&mut self.plan, &words.plan),
            (&mut self.intent, &words.intent),
            (&mut self.actual, &words.actual),
        ] {
            spans.clear();
            spans.extend(list.find_all(text));
        }
        self.years.clear();
        self.years.extend(years(text));
    }
}

/// Those of the words of a list in `before` and what follows it that stand in `before` itself.
fn within<'t>(spans: &'t [Span], before: &'t str, list: &'t WordList) -> impl Iterator<Item = Span> + 't {
    let inside = spans.partition_point(|span| span.end <= before.len());
    // One that goes on behind it may begin with a shorter one.
    let cut = spans.get(inside).map(|span| span.start).filter(|start| *start < before.len());
    let cut = cut.into_iter().flat_map(move |start| {
        list.find_all(&before[start..]).map(move |span| Span::new(start + span.start, start + span.end))
    });
    spans[..inside].iter().copied().chain(cut)
}

impl StatusTracker {
    /// A tracker for a report on this year.
    pub fn new(year: Option<i32>) -> Self {
        Self { year, ..Self::default() }
    }

    /// Whether a year is one that a report can plan for.
    fn is_later(&self, year: i32) -> bool {
        self.year.is_some_and(|own| (own + 1..own + 15).contains(&year))
    }

    /// A heading: it may open a section on the future, or close one.
    /// A heading that names a later year than the report's speaks of plans.
    pub fn enter_heading(&mut self, heading: &str, words: &Words) {
        self.paragraph = false;
        let level = level(heading);
        let later = || years(heading).any(|(_, named)| self.is_later(named));
        let ahead = words.outlook.find(heading).is_some()
            || later() && words.actual.find(heading).is_none() && !is_quoted(heading, heading.len());
        if ahead && words.done.find(heading).is_none() {
            self.section = Some(level.min(self.section.unwrap_or(level)));
        } else if self.section.is_some_and(|open| level <= open && level < UNNUMBERED)
            || words.actual.find(heading).is_some()
        {
            self.section = None;
        }
    }

    /// A new paragraph.
    pub fn enter_paragraph(&mut self) {
        self.paragraph = false;
    }

    /// A sentence with a figure: one that begins with the future holds for the rest of its paragraph.
    pub fn enter_sentence(&mut self, sentence: &str, words: &Words) {
        self.said.read(sentence, words);
        let head = sentence.char_indices().nth(16).map_or(sentence.len(), |(at, _)| at);
        let later =
            sentence.get(..4).and_then(|digits| digits.parse().ok()).is_some_and(|year| self.is_later(year));
        let ahead =
            words.outlook.find(&sentence[..head]).is_some() || later && sentence[4..].starts_with('年');
        if ahead && words.done.find(&sentence[..head]).is_none() {
            self.paragraph = true;
        } else if words.actual.find(&sentence[..head]).is_some() {
            self.paragraph = false;
        }
    }

    /// Sentences without a figure: a paragraph that begins with a year after the report's own opens the outlook.
    pub fn pass_over(&mut self, text: &str, words: &Words) {
        let text = text.trim_start();
        let begins: Option<i32> = text.get(..4).and_then(|digits| digits.parse().ok());
        let later = begins.is_some_and(|begins| self.is_later(begins));
        if later && text[4..].starts_with('年') && (words.plan.find(text).is_some() || text.contains('将'))
        {
            self.section = Some(UNNUMBERED);
        }
    }

    /// The status of a figure and what told it, from the words of its sentence `before` it, which begin where the
    /// sentence begins, and those of its reading.
    pub fn told<'t>(&self, before: &'t str, reading: &'t str, words: &Words) -> (Status, Source<'t>) {
        let mut inside = Said::default();
        inside.read(reading, words);
        let mut told = None;
        for (text, said) in [(before, &self.said), (reading, &inside)] {
            let free = |span: &Span| {
                !within(&said.done, text, &words.done).any(|done| done.contains(*span))
                    && !is_quoted(text, span.start)
            };
            let plan = within(&said.plan, text, &words.plan).filter(free);
            let intent = within(&said.intent, text, &words.intent).filter(free);
            let intent = intent.filter(|span| is_intended(&text[span.end..], words));
            let target = said
                .years
                .iter()
                .filter(|(at, year)| {
                    at + "2000年".len() <= text.len()
                        && text[..*at].ends_with('到')
                        && self.year.is_none_or(|_| self.is_later(*year))
                })
                .map(|(at, _)| Span::new(*at, at + 4))
                .filter(free);
            let plan = plan.chain(intent).chain(target).max_by_key(|span| span.start);
            let actual = within(&said.actual, text, &words.actual).filter(free).last();
            let start = |span: Option<Span>| span.map(|span| span.start);
            let planned = start(plan) > start(actual);
            if let Some(last) = if planned { plan } else { actual } {
                let status = if planned { Status::Planned } else { Status::Actual };
                told = Some((status, Source::Words(last.of(text))));
            }
        }
        told.unwrap_or(match (self.paragraph, self.section) {
            (true, _) => (Status::Planned, Source::Paragraph),
            (false, Some(_)) => (Status::Planned, Source::Section),
            (false, None) => (Status::Actual, Source::Nothing),
        })
    }
}

/// What told a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source<'t> {
    /// A word of the sentence.
    Words(&'t str),
    /// A sentence on the future at the head of the paragraph.
    Paragraph,
    /// A section on the future.
    Section,
    /// Nothing: what is told has come about.
    Nothing,
}

/// The years that a text names in digits.
fn years(text: &str) -> impl Iterator<Item = (usize, i32)> + '_ {
    text.match_indices('年').filter_map(|(at, _)| {
        let start = at.checked_sub(4)?;
        Some((start, text.get(start..at)?.parse().ok()?))
    })
}

/// Whether what follows an intent makes it one: a verb, a time, an adverb (拟新建, 将于, 计划全年).
fn is_intended(rest: &str, words: &Words) -> bool {
    let verb = words.verb.prefix(rest).filter(|&n| !rest[n..].starts_with(['的', '与', '和', '、']));
    verb.is_some() || words.intended.prefix(rest).is_some() || rest.starts_with(|c: char| c.is_ascii_digit())
}

/// Level of headings without a number.
const UNNUMBERED: u8 = 9;

/// The level that a heading's number shows: `一、` 1, `（一）` 2, `1.` 3, none 9.
pub fn level(heading: &str) -> u8 {
    const NUMERALS: &[char] = &['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
    let rest = heading.trim_start_matches(NUMERALS);
    if rest.len() < heading.len() && rest.starts_with(['、', '．', '.']) {
        1
    } else if heading.strip_prefix('（').is_some_and(|inside| inside.starts_with(NUMERALS)) {
        2
    } else if heading.starts_with(|c: char| c.is_ascii_digit())
        && heading.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(['.', '、', '．'])
    {
        3
    } else {
        UNNUMBERED
    }
}

/// Whether `at` lies inside quotation marks or a title.
fn is_quoted(text: &str, at: usize) -> bool {
    [('“', '”'), ('《', '》')].iter().any(|&(open, close)| {
        text[..at].rfind(open).is_some_and(|n| {
            text[n..at].find(close).is_none()
                && segment::shielded(&text[n..], open).is_some_and(|len| n + len > at)
        })
    })
}
