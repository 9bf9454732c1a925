//! `AuditColumn`: the fields of a finding, so that findings are written as every other table is.

use super::Finding;
use crate::emit::{Cell, Field, Holds};

/// One field of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `Finding`, its quotes one after the other")]
pub enum AuditColumn {
    Check,
    Document,
    Line,
    Quote,
    OtherLine,
    OtherQuote,
    Arithmetic,
}

impl Field for AuditColumn {
    type Row = Finding;

    const ALL: &'static [Self] = &[
        Self::Check,
        Self::Document,
        Self::Line,
        Self::Quote,
        Self::OtherLine,
        Self::OtherQuote,
        Self::Arithmetic,
    ];
    const DEFAULT: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Document => "document",
            Self::Line => "line",
            Self::Quote => "quote",
            Self::OtherLine => "other_line",
            Self::OtherQuote => "other_quote",
            Self::Arithmetic => "arithmetic",
        }
    }

    fn cell(self, finding: &Finding) -> Cell<'_> {
        let line =
            |at: usize| finding.quotes.get(at).map_or(Cell::Decimal(None), |quote| Cell::Integer(quote.line));
        let quote = |at: usize| Cell::Text(finding.quotes.get(at).map_or("", |quote| &quote.text));
        match self {
            Self::Check => Cell::Text(finding.check.name()),
            Self::Document => Cell::Text(&finding.document),
            Self::Line => line(0),
            Self::Quote => quote(0),
            Self::OtherLine => line(1),
            Self::OtherQuote => quote(1),
            Self::Arithmetic => Cell::Text(&finding.arithmetic),
        }
    }

    fn holds(self) -> Holds {
        match self {
            Self::Line | Self::OtherLine => Holds::Integer,
            _ => Holds::Text,
        }
    }
}
