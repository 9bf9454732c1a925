//! Which period a figure is for: what an expression of time means in its document, and which expression holds.
//!
//! A [`Reference`] is made once from a document's first lines; a [`Tracker`] then walks the document in order:
//!
//! ```
//! use kpi_extract::{resolve::period::{reference, Scope, Tracker}, span::Span};
//!
//! let mut tracker = Tracker::new(reference("街道2023年工作总结", "a.txt", ""));
//! tracker.enter_paragraph();
//! let sentence = "截至11月底，走访企业20家。";
//! tracker.enter_sentence(sentence);
//! let figure = sentence.find("20").unwrap();
//! let clause = Span::new(sentence.find("走访").unwrap(), sentence.find("。").unwrap());
//! let resolved = tracker.figure(clause, Span::new(figure, figure + 5), false);
//! assert_eq!(resolved.period.unwrap().to_string(), "2023-11");
//! assert_eq!(resolved.scope, Some(Scope::Sentence));
//! ```
//!
//! Every sentence must be entered, those without a figure too (or given to [`Tracker::pass_over`]): `2023年是关键的一年。`
//! at the head of a report tells the year of all that follows.
//!
//! Nothing is guessed: an expression whose year the document does not tell gives no period, and lets none of a wider
//! scope through.

mod reference;
mod role;
mod tracker;

use std::fmt;

pub use self::{
    reference::{Reference, reference},
    tracker::{Resolved, Tracker},
};
use crate::recognise::time::{Stage, TimeExpr, When, Year};

/// The time that a figure is for; prints in the notation of the row: `2023`, `2023-11`, `2023-Q1`, `2023-H1`,
/// `2021/2025`, `2023-01/2023-09`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    from: (i32, u8),
    to: (i32, u8),
}

impl Period {
    /// A whole year.
    pub const fn year(year: i32) -> Self {
        Self::months(year, 1, 12)
    }

    /// Months of a year, both included; 1 to 12.
    pub const fn months(year: i32, first: u8, last: u8) -> Self {
        Self { from: (year, first), to: (year, last) }
    }

    /// Whole years, both included.
    pub const fn years(from: i32, to: i32) -> Self {
        Self { from: (from, 1), to: (to, 12) }
    }

    /// The year, of a period that lies in one.
    pub const fn single_year(self) -> Option<i32> {
        if self.from.0 == self.to.0 { Some(self.from.0) } else { None }
    }

    /// Whether it is one whole year.
    pub const fn is_year(self) -> bool {
        self.from.0 == self.to.0 && self.from.1 == 1 && self.to.1 == 12
    }

    /// Whether it reaches over several years.
    pub const fn is_span(self) -> bool {
        self.from.0 != self.to.0
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, first), (to, last)) = (self.from, self.to);
        if year != to {
            return match (first, last) {
                (1, 12) => write!(f, "{year}/{to}"),
                _ => write!(f, "{year}-{first:02}/{to}-{last:02}"),
            };
        }
        match (first, last) {
            (1, 12) => write!(f, "{year}"),
            (1, 6) => write!(f, "{year}-H1"),
            (7, 12) => write!(f, "{year}-H2"),
            (1, 3) | (4, 6) | (7, 9) | (10, 12) => write!(f, "{year}-Q{}", last / 3),
            _ if first == last => write!(f, "{year}-{first:02}"),
            _ => write!(f, "{year}-{first:02}/{year}-{last:02}"),
        }
    }
}

/// Where the period of a figure was said; the name in the row is [`Scope::name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// In the figure's clause.
    Clause,
    /// In an earlier clause of its sentence.
    Sentence,
    /// In an earlier sentence of its paragraph.
    Paragraph,
    /// In a heading, or at the head of an earlier paragraph for those that follow it.
    Section,
    /// In the title.
    Title,
    /// In the file's name.
    Path,
}

impl Scope {
    /// The name in the row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clause => "clause",
            Self::Sentence => "sentence",
            Self::Paragraph => "paragraph",
            Self::Section => "section",
            Self::Title => "title",
            Self::Path => "path",
        }
    }
}

/// The years that relative words are reckoned from.
#[derive(Clone, Copy, Debug, Default)]
struct Years {
    own: Option<i32>,
    next: Option<i32>,
    past: Option<i32>,
    spoken: Option<i32>,
    coming: Option<i32>,
}

impl Years {
    fn of(self, year: Year) -> Option<i32> {
        match year {
            Year::Is(year) => Some(year),
            Year::Own(offset @ 1..) => self.next.map(|next| next + offset - 1),
            Year::Own(offset) => self.own.map(|own| own + offset),
            Year::Spoken => self.spoken,
            Year::Past => self.past,
        }
    }

    fn period(self, when: When) -> Option<Period> {
        match when {
            When::In(year, first, last) | When::By(year, first, last) => {
                self.of(year).map(|year| Period::months(year, first, last))
            }
            When::Since(year, first) => {
                let from = self.of(year)?;
                let now = match year {
                    Year::Is(_) => self.past.or(self.own)?.max(from),
                    _ => self.spoken.or(self.own).unwrap_or(from).max(from),
                };
                if from == now {
                    Some(Period::year(from))
                } else {
                    Some(Period { from: (from, first), to: (now, 12) })
                }
            }
            When::Between(from, to) => Some(Period { from, to }),
            When::Plan(number, stage) => {
                let from = 1951 + 5 * i32::from(number);
                Some(match stage {
                    Stage::Whole | Stage::Name => Period::years(from, from + 4),
                    Stage::First => Period::year(from),
                    Stage::Last => Period::year(from + 4),
                    Stage::SoFar => {
                        let now = self.past.or(self.own)?;
                        if now < from {
                            return None;
                        }
                        Period::years(from, now)
                    }
                })
            }
            When::Recent(count) => {
                let now = self.past.or(self.own)?;
                Some(Period::years(now + 1 - i32::from(count), now))
            }
            When::Coming(count) => {
                let now = self.coming?;
                Some(Period::years(now, now + i32::from(count) - 1))
            }
            When::Vague | When::SamePeriod | When::Now | When::Moment => None,
        }
    }
}

/// The period that an expression means in a document, its surroundings left aside: `年内` and `11月底` are of the
/// document's own year.
pub fn period(expr: &TimeExpr, reference: &Reference) -> Option<Period> {
    reference.years().period(expr.when)
}

/// The last character boundary at or before `pos`.
fn floor(text: &str, pos: usize) -> usize {
    let pos = pos.min(text.len());
    (0..=pos).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
