//! `Row`: one figure of a report with everything that is known about it; the columns of every output.

use rust_decimal::Decimal;

use crate::quantity::Qualifier;

/// Whether a figure is a state, a change, progress against a target, or a rank.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Deserialize,
    schemars::JsonSchema,
    serde::Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A state, amount or rate.
    #[default]
    Level,
    /// Growth or decline against another time.
    Change,
    /// Progress against a target or plan.
    Completion,
    /// A place in an order.
    Rank,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Level, Self::Change, Self::Completion, Self::Rank];

    /// The name in the row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Change => "change",
            Self::Completion => "completion",
            Self::Rank => "rank",
        }
    }
}

/// Whether a figure has come about or is only meant to.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Deserialize,
    schemars::JsonSchema,
    serde::Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It has come about.
    #[default]
    Actual,
    /// A target, plan, estimate or forecast.
    Planned,
}

impl Status {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Actual, Self::Planned];

    /// The name in the row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Actual => "actual",
            Self::Planned => "planned",
        }
    }
}

/// One figure of a report. Empty text stands for what the document does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// What is measured.
    pub indicator: String,
    /// Field of work, where the rule names one.
    pub category: String,
    /// The figure, magnitudes multiplied out; the first end of a range.
    pub value: Decimal,
    /// The other end of a range.
    pub high: Option<Decimal>,
    /// Canonical unit; empty for a bare number and for a rank.
    pub unit: String,
    /// Official full path of the place.
    pub district: String,
    /// Its division code.
    pub district_code: String,
    /// `title`, `text`, `path` or `option`; `ambiguous` where `district` is what several possible places share.
    pub district_source: &'static str,
    /// What time the figure is for.
    pub period: String,
    /// `clause`, `sentence`, `paragraph`, `section`, `title`, `path` or `option`.
    pub period_source: &'static str,
    /// State, change, completion or rank.
    pub kind: Kind,
    /// Come about or planned.
    pub status: Status,
    /// How exact.
    pub qualifier: Qualifier,
    /// The quantity exactly as the decoded document has it.
    pub raw: String,
    /// The path as given, or the name of standard input.
    pub document: String,
    /// 1-based line of `raw` in the decoded document.
    pub line: usize,
    /// First character of `raw` in the decoded document, counted in Unicode scalar values.
    pub start: usize,
    /// Character after the last one of `raw`.
    pub end: usize,
    /// First byte of `raw` in the file (its byte-order mark counts), for UTF-8
    /// plain text.
    pub byte_start: Option<usize>,
    /// Byte after the last one of `raw`.
    pub byte_end: Option<usize>,
    /// Page or cell of a document that has such.
    pub page: String,
    /// Nearest heading.
    pub section: String,
    /// The repaired sentence.
    pub sentence: String,
    /// Id of the rule that made the row.
    pub rule: String,
    /// Repair layers that touched the quantity or its clause, joined by `+`.
    pub repairs: String,
    /// Whether the figure may have lost a digit.
    pub damaged: bool,
    /// Rows of one statement share it within a document.
    pub group: usize,
}
