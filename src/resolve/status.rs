//! Status: whether a figure has come about or is only meant to, told by the words before it and by its section.

use crate::{row::Status, rules::words::Words, segment};

/// Follows a document and knows whether what it says now is a plan.
#[derive(Debug, Default)]
pub struct StatusTracker {
    /// Level of the heading that opened a section on the future.
    section: Option<u8>,
    paragraph: bool,
    /// The year that the report is on.
    year: Option<i32>,
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

    /// The status of a figure, from the words of its sentence `before` it, the reading `inside` included.
    pub fn status(&self, before: &str, inside: &str, words: &Words) -> Status {
        let mut planned = None;
        for text in [before, inside] {
            let done: Vec<_> = words.done.find_all(text).collect();
            let free = |start: usize, end: usize| {
                !done.iter().any(|span| span.start <= start && end <= span.end) && !is_quoted(text, start)
            };
            let plan =
                words.plan.find_all(text).filter(|span| free(span.start, span.end)).map(|s| s.start).last();
            let intent = words
                .intent
                .find_all(text)
                .filter(|span| free(span.start, span.end) && is_intended(&text[span.end..], words));
            let target = years(text).filter(|&(at, year)| {
                text[..at].ends_with('到')
                    && self.year.is_none_or(|_| self.is_later(year))
                    && free(at, at + 4)
            });
            let plan = plan.max(intent.map(|span| span.start).last()).max(target.map(|(at, _)| at).last());
            let actual =
                words.actual.find_all(text).filter(|span| free(span.start, span.end)).map(|s| s.start).last();
            if plan.is_some() || actual.is_some() {
                planned = Some(plan > actual);
            }
        }
        match planned {
            Some(true) => Status::Planned,
            Some(false) => Status::Actual,
            None if self.paragraph || self.section.is_some() => Status::Planned,
            None => Status::Actual,
        }
    }
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
