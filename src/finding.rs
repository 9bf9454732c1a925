//! `Finding`: a number of a document before any rule has looked at it, as `kpi-extract quantities` lists it, and
//! `Count`, how many there are of a kind.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::{
    emit::{Cell, Field, Holds},
    precision,
    quantity::{Dimension, Qualifier},
};

/// What a number turned out to be, in the order that counts are told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    /// It measures or, with [`Dimension::Ordinal`], ranks something.
    Quantity(Dimension),
    /// It belongs to a date, a time of day or a period.
    Time,
    /// A guard refused it: it measures nothing.
    Refused,
}

impl Nature {
    /// What the column `dimension` says of it: nothing for what was refused.
    pub const fn dimension(self) -> &'static str {
        match self {
            Self::Quantity(dimension) => dimension.name(),
            Self::Time => "time",
            Self::Refused => "",
        }
    }
}

/// A number of a document: a quantity, or on request what is none, with the reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Hedge, number and unit exactly as the decoded document has them.
    pub raw: String,
    /// What it is.
    pub nature: Nature,
    /// The value, multiplied out; the first end of a range; none for times and what was refused.
    pub value: Option<Decimal>,
    /// The other end of a range.
    pub high: Option<Decimal>,
    /// The canonical unit, with `/` and the unit that it is counted by: `元/平方米`.
    pub unit: String,
    /// How exact a quantity is.
    pub qualifier: Option<Qualifier>,
    /// The line that it begins on, from 1.
    pub line: usize,
    /// Characters of the decoded document before it, the byte-order mark not counted.
    pub start: usize,
    /// Characters of the decoded document before its end: `decoded[start..end] == raw`.
    pub end: usize,
    /// The id of the guard that refused it, `ordinal` or `time`; empty for a quantity.
    pub guard: String,
    /// Why it is no quantity; empty for one.
    pub reason: String,
    /// The name of the document.
    pub document: Arc<str>,
}

/// One field of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `Finding` by the same names, `dimension` for its nature")]
pub enum FindingColumn {
    Raw,
    Value,
    High,
    Unit,
    Dimension,
    Qualifier,
    Line,
    Start,
    End,
    Guard,
    Document,
    Reason,
}

impl Field for FindingColumn {
    type Row = Finding;

    const ALL: &'static [Self] = &[
        Self::Raw,
        Self::Value,
        Self::High,
        Self::Unit,
        Self::Dimension,
        Self::Qualifier,
        Self::Line,
        Self::Start,
        Self::End,
        Self::Guard,
        Self::Document,
        Self::Reason,
    ];
    const DEFAULT: &'static [Self] = Self::ALL.split_at(11).0;

    fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Value => "value",
            Self::High => "high",
            Self::Unit => "unit",
            Self::Dimension => "dimension",
            Self::Qualifier => "qualifier",
            Self::Line => "line",
            Self::Start => "start",
            Self::End => "end",
            Self::Guard => "guard",
            Self::Document => "document",
            Self::Reason => "reason",
        }
    }

    fn cell(self, finding: &Finding) -> Cell<'_> {
        match self {
            Self::Raw => Cell::Text(&finding.raw),
            Self::Value => Cell::Decimal(finding.value.map(|value| value.normalize())),
            Self::High => Cell::Decimal(finding.high.map(|high| high.normalize())),
            Self::Unit => Cell::Text(&finding.unit),
            Self::Dimension => Cell::Text(finding.nature.dimension()),
            Self::Qualifier => Cell::Text(finding.qualifier.map_or("", Qualifier::name)),
            Self::Line => Cell::Integer(finding.line),
            Self::Start => Cell::Integer(finding.start),
            Self::End => Cell::Integer(finding.end),
            Self::Guard => Cell::Text(&finding.guard),
            Self::Document => Cell::Text(&finding.document),
            Self::Reason => Cell::Text(&finding.reason),
        }
    }

    fn holds(self) -> Holds {
        match self {
            Self::Value | Self::High => Holds::Decimal,
            Self::Line | Self::Start | Self::End => Holds::Integer,
            _ => Holds::Text,
        }
    }

    fn decimals(self, finding: &Finding) -> u32 {
        let number = match self {
            Self::Value => finding.value,
            Self::High => finding.high,
            _ => None,
        };
        number.map_or(0, |number| precision::decimals(&finding.raw, number))
    }
}

/// How many findings there are of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What they are.
    pub nature: Nature,
    /// Who refused them, as in [`Finding::guard`].
    pub guard: String,
    /// How many.
    pub count: usize,
}

/// One field of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `Count` by the same names, `dimension` for its nature")]
pub enum CountColumn {
    Dimension,
    Guard,
    Count,
}

impl Field for CountColumn {
    type Row = Count;

    const ALL: &'static [Self] = &[Self::Dimension, Self::Guard, Self::Count];
    const DEFAULT: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        match self {
            Self::Dimension => "dimension",
            Self::Guard => "guard",
            Self::Count => "count",
        }
    }

    fn cell(self, count: &Count) -> Cell<'_> {
        match self {
            Self::Dimension => Cell::Text(count.nature.dimension()),
            Self::Guard => Cell::Text(&count.guard),
            Self::Count => Cell::Integer(count.count),
        }
    }

    fn holds(self) -> Holds {
        match self {
            Self::Count => Holds::Integer,
            _ => Holds::Text,
        }
    }

    fn weight(count: &Count) -> u64 {
        count.count as u64
    }
}
