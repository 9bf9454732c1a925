//! `Fact`: what one or more rows say of one indicator, place and time, and what it takes for two of them to agree.

use rust_decimal::Decimal;

use crate::{
    emit::{Cell, Field, Holds},
    precision,
    quantity::Qualifier,
    row::{Kind, Row, Status},
};

/// A figure with everything that says the same within what was written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fact {
    /// What is measured.
    pub indicator: String,
    /// Canonical unit.
    pub unit: String,
    /// State, change, completion or rank.
    pub kind: Kind,
    /// Official full path of the place.
    pub district: String,
    /// What time it is for.
    pub period: String,
    /// Come about or planned.
    pub status: Status,
    /// How exact.
    pub qualifier: Qualifier,
    /// The most precise of the values.
    pub value: Decimal,
    /// The other end of a range.
    pub high: Option<Decimal>,
    /// The quantity as the document has it.
    pub raw: String,
    /// Whether it may have lost a digit.
    pub damaged: bool,
    /// How many rows say it.
    pub rows: usize,
    /// The documents of these rows.
    pub documents: Vec<String>,
    /// Whether another figure contradicts it.
    pub conflict: bool,
    /// What one unit of the last written place is worth.
    pub step: Decimal,
}

impl From<Row> for Fact {
    fn from(row: Row) -> Self {
        Self {
            step: precision::step(&row.raw, row.value),
            indicator: row.indicator,
            unit: row.unit,
            kind: row.kind,
            district: row.district,
            period: row.period,
            status: row.status,
            qualifier: row.qualifier,
            value: row.value,
            high: row.high,
            raw: row.raw,
            damaged: row.damaged,
            rows: 1,
            documents: vec![row.document],
            conflict: false,
        }
    }
}

impl Fact {
    /// The figure in a table: hedge, number, range, whether it is planned or may have lost a digit. A hedge is about the
    /// size of a number, so that it turns round before a negative one.
    pub fn shown(&self) -> String {
        let mut shown = format!("{}{}", self.mark(), self.digits(self.value));
        if let Some(high) = self.high {
            shown += "–";
            shown += &self.digits(high);
        }
        if self.damaged {
            shown += "?";
        }
        if self.status == Status::Planned {
            shown += " (planned)";
        }
        shown
    }

    /// What stands before the number.
    pub fn mark(&self) -> &'static str {
        let mark = self.qualifier.mark();
        if !self.is_negative() {
            return mark;
        }
        match mark {
            "≲" => "≳",
            ">" => "<",
            "<" => ">",
            "≥" => "≤",
            "≤" => "≥",
            other => other,
        }
    }

    fn is_negative(&self) -> bool {
        self.value < Decimal::ZERO
    }

    /// As many decimals as were written.
    pub fn decimals(&self) -> u32 {
        precision::decimals(&self.raw, self.value)
    }

    fn digits(&self, number: Decimal) -> String {
        format!("{:.*}", precision::decimals(&self.raw, number) as usize, number.normalize())
    }

    /// What the number may be, as it is written: its two ends, where it has them.
    pub fn reach(&self) -> (Option<Decimal>, Option<Decimal>) {
        let size = self.value.abs();
        let far = self.high.map_or(size, |high| high.abs());
        let (near, far) = (size.min(far), size.max(far));
        let half = self.step / Decimal::TWO;
        let below = |by: Decimal| near.checked_sub(by);
        let above = |by: Decimal| far.checked_add(by);
        let (low, high) = match self.qualifier {
            Qualifier::Exact => (below(half), above(half)),
            Qualifier::Approx => (below(self.step), above(self.step)),
            Qualifier::Nearly => (below(self.step), Some(far)),
            Qualifier::Over => (Some(near), above(self.step)),
            Qualifier::AtLeast => (Some(near), None),
            Qualifier::Under | Qualifier::AtMost => (None, Some(far)),
        };
        if self.is_negative() { (high.map(|it| -it), low.map(|it| -it)) } else { (low, high) }
    }

    /// Whether both can be the same number.
    pub fn agrees(&self, other: &Self) -> bool {
        let below = |low: Option<Decimal>, high: Option<Decimal>| match (low, high) {
            (Some(low), Some(high)) => low < high,
            _ => true,
        };
        let (own, its) = (self.reach(), other.reach());
        (self.value, self.high) == (other.value, other.high) || below(own.0, its.1) && below(its.0, own.1)
    }

    /// Takes in another one that agrees; the more precise of the two is kept.
    pub(super) fn merge(&mut self, mut other: Self) {
        let vagueness = |fact: &Self| (fact.damaged, fact.qualifier != Qualifier::Exact, fact.step);
        if vagueness(&other) < vagueness(self) {
            std::mem::swap(self, &mut other);
        }
        self.rows += other.rows;
        for document in other.documents {
            if !self.documents.contains(&document) {
                self.documents.push(document);
            }
        }
    }
}

/// A fact as a line of a long table, its composed texts made.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    fact: Fact,
    figure: String,
    documents: String,
}

impl From<Fact> for Statement {
    fn from(fact: Fact) -> Self {
        Self { figure: fact.shown(), documents: fact.documents.join("; "), fact }
    }
}

impl Statement {
    /// What it states.
    pub fn fact(&self) -> &Fact {
        &self.fact
    }
}

/// One field of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `Fact` by the same names, `Figure` as it is shown")]
pub enum FactColumn {
    Indicator,
    Unit,
    Kind,
    District,
    Period,
    Status,
    Figure,
    Qualifier,
    Value,
    High,
    Conflict,
    Rows,
    Documents,
}

impl Field for FactColumn {
    type Row = Statement;

    const ALL: &'static [Self] = &[
        Self::Indicator,
        Self::Unit,
        Self::Kind,
        Self::District,
        Self::Period,
        Self::Status,
        Self::Figure,
        Self::Qualifier,
        Self::Value,
        Self::High,
        Self::Conflict,
        Self::Rows,
        Self::Documents,
    ];
    const DEFAULT: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        match self {
            Self::Indicator => "indicator",
            Self::Unit => "unit",
            Self::Kind => "kind",
            Self::District => "district",
            Self::Period => "period",
            Self::Status => "status",
            Self::Figure => "figure",
            Self::Qualifier => "qualifier",
            Self::Value => "value",
            Self::High => "high",
            Self::Conflict => "conflict",
            Self::Rows => "rows",
            Self::Documents => "documents",
        }
    }

    fn cell(self, statement: &Statement) -> Cell<'_> {
        let fact = &statement.fact;
        match self {
            Self::Indicator => Cell::Text(&fact.indicator),
            Self::Unit => Cell::Text(&fact.unit),
            Self::Kind => Cell::Text(fact.kind.name()),
            Self::District => Cell::Text(&fact.district),
            Self::Period => Cell::Text(&fact.period),
            Self::Status => Cell::Text(fact.status.name()),
            Self::Figure => Cell::Text(&statement.figure),
            Self::Qualifier => Cell::Text(fact.qualifier.name()),
            Self::Value => Cell::Decimal(Some(fact.value.normalize())),
            Self::High => Cell::Decimal(fact.high.map(|high| high.normalize())),
            Self::Conflict => Cell::Flag(fact.conflict),
            Self::Rows => Cell::Integer(fact.rows),
            Self::Documents => Cell::Text(&statement.documents),
        }
    }

    fn holds(self) -> Holds {
        match self {
            Self::Value | Self::High => Holds::Decimal,
            Self::Conflict => Holds::Flag,
            Self::Rows => Holds::Integer,
            _ => Holds::Text,
        }
    }

    fn decimals(self, statement: &Statement) -> u32 {
        match self {
            Self::Value => statement.fact.decimals(),
            Self::High => {
                statement.fact.high.map_or(0, |high| precision::decimals(&statement.fact.raw, high))
            }
            _ => 0,
        }
    }
}
