//! `Column`: the fields of a row by their public names, so that every format shows the same things in one order.

use rust_decimal::Decimal;

use super::{Field, Holds};
use crate::{precision, row::Row};

/// One field of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `Row` by the same names")]
pub enum Column {
    Indicator,
    Category,
    Value,
    High,
    Unit,
    District,
    DistrictCode,
    DistrictSource,
    Period,
    PeriodSource,
    Kind,
    Status,
    Qualifier,
    Raw,
    Document,
    Line,
    Start,
    End,
    ByteStart,
    ByteEnd,
    Page,
    Section,
    Sentence,
    Rule,
    Repairs,
    Damaged,
    Group,
}

/// What stands in one column of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Words; empty where the document does not say.
    Text(&'a str),
    /// An exact number, or none: also where a column of integers has none.
    Decimal(Option<Decimal>),
    /// A place or a count.
    Integer(usize),
    /// Whether what the column is named after holds.
    Flag(bool),
}

impl Column {
    /// All columns, in the order of the row.
    pub const ALL: [Self; 27] = [
        Self::Indicator,
        Self::Category,
        Self::Value,
        Self::High,
        Self::Unit,
        Self::District,
        Self::DistrictCode,
        Self::DistrictSource,
        Self::Period,
        Self::PeriodSource,
        Self::Kind,
        Self::Status,
        Self::Qualifier,
        Self::Raw,
        Self::Document,
        Self::Line,
        Self::Start,
        Self::End,
        Self::ByteStart,
        Self::ByteEnd,
        Self::Page,
        Self::Section,
        Self::Sentence,
        Self::Rule,
        Self::Repairs,
        Self::Damaged,
        Self::Group,
    ];

    /// The columns of CSV and TSV when none are asked for.
    pub const DEFAULT: [Self; 13] = [
        Self::Indicator,
        Self::Value,
        Self::Unit,
        Self::District,
        Self::Period,
        Self::Kind,
        Self::Status,
        Self::Qualifier,
        Self::High,
        Self::Raw,
        Self::Document,
        Self::Line,
        Self::Damaged,
    ];

    /// Its public name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Indicator => "indicator",
            Self::Category => "category",
            Self::Value => "value",
            Self::High => "high",
            Self::Unit => "unit",
            Self::District => "district",
            Self::DistrictCode => "district_code",
            Self::DistrictSource => "district_source",
            Self::Period => "period",
            Self::PeriodSource => "period_source",
            Self::Kind => "kind",
            Self::Status => "status",
            Self::Qualifier => "qualifier",
            Self::Raw => "raw",
            Self::Document => "document",
            Self::Line => "line",
            Self::Start => "start",
            Self::End => "end",
            Self::ByteStart => "byte_start",
            Self::ByteEnd => "byte_end",
            Self::Page => "page",
            Self::Section => "section",
            Self::Sentence => "sentence",
            Self::Rule => "rule",
            Self::Repairs => "repairs",
            Self::Damaged => "damaged",
            Self::Group => "group",
        }
    }

    /// What stands in this column of `row`. Decimals have no trailing zeros.
    pub fn cell(self, row: &Row) -> Cell<'_> {
        match self {
            Self::Indicator => Cell::Text(&row.indicator),
            Self::Category => Cell::Text(&row.category),
            Self::Value => Cell::Decimal(Some(row.value.normalize())),
            Self::High => Cell::Decimal(row.high.map(|high| high.normalize())),
            Self::Unit => Cell::Text(&row.unit),
            Self::District => Cell::Text(&row.district),
            Self::DistrictCode => Cell::Text(&row.district_code),
            Self::DistrictSource => Cell::Text(row.district_source),
            Self::Period => Cell::Text(&row.period),
            Self::PeriodSource => Cell::Text(row.period_source),
            Self::Kind => Cell::Text(row.kind.name()),
            Self::Status => Cell::Text(row.status.name()),
            Self::Qualifier => Cell::Text(row.qualifier.name()),
            Self::Raw => Cell::Text(&row.raw),
            Self::Document => Cell::Text(&row.document),
            Self::Line => Cell::Integer(row.line),
            Self::Start => Cell::Integer(row.start),
            Self::End => Cell::Integer(row.end),
            Self::ByteStart => row.byte_start.map_or(Cell::Decimal(None), Cell::Integer),
            Self::ByteEnd => row.byte_end.map_or(Cell::Decimal(None), Cell::Integer),
            Self::Page => Cell::Text(&row.page),
            Self::Section => Cell::Text(&row.section),
            Self::Sentence => Cell::Text(&row.sentence),
            Self::Rule => Cell::Text(&row.rule),
            Self::Repairs => Cell::Text(&row.repairs),
            Self::Damaged => Cell::Flag(row.damaged),
            Self::Group => Cell::Integer(row.group),
        }
    }
}

impl Field for Column {
    type Row = Row;

    const ALL: &'static [Self] = &Self::ALL;
    const DEFAULT: &'static [Self] = &Self::DEFAULT;
    const HAS_PAGE: bool = true;

    fn name(self) -> &'static str {
        self.name()
    }

    fn cell(self, row: &Row) -> Cell<'_> {
        self.cell(row)
    }

    fn holds(self) -> Holds {
        match self {
            Self::Value | Self::High => Holds::Decimal,
            Self::Line | Self::Start | Self::End | Self::ByteStart | Self::ByteEnd | Self::Group => {
                Holds::Integer
            }
            Self::Damaged => Holds::Flag,
            _ => Holds::Text,
        }
    }

    fn decimals(self, row: &Row) -> u32 {
        let number = match self {
            Self::Value => Some(row.value),
            Self::High => row.high,
            _ => None,
        };
        number.map_or(0, |number| precision::decimals(&row.raw, number))
    }

    fn is_damaged(row: &Row) -> bool {
        row.damaged
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_stands_once_in_the_order_of_its_declaration() {
        for (index, column) in Column::ALL.into_iter().enumerate() {
            assert_eq!(column as usize, index, "{}", column.name());
        }
    }
}
