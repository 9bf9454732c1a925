//! `Quantity`: a number with its unit and hedge as `recognise` found it, before any rule has looked at it.

use std::ops::Bound;

use rust_decimal::Decimal;

use crate::{recognise::lexicon::UnitId, span::Span};

/// What a quantity measures, as its unit tells.
#[derive(
    Clone,
    Copy,
    Debug,
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
pub enum Dimension {
    /// A number without a unit.
    Number,
    /// Things counted: `件`, `个`, `场次`, `人次`.
    Count,
    /// People counted: `人`, `名`, `位`.
    People,
    /// Per cent and per mille.
    Percent,
    /// Percentage points, `百分点`.
    Points,
    /// `倍`, `番`.
    Multiple,
    /// `元`, `美元`.
    Money,
    /// `平方米`, `亩`.
    Area,
    /// `公里`, `米`.
    Length,
    /// `立方米`, `升`.
    Volume,
    /// `吨`, `公斤`.
    Mass,
    /// `千瓦时`, `吨标准煤`.
    Energy,
    /// `千瓦`.
    Power,
    /// `公里/小时`.
    Speed,
    /// `℃`, `度` of temperature.
    Temperature,
    /// `GB`, `兆`.
    Data,
    /// Time as a measure: `天`, `小时`, `年`.
    Duration,
    /// `折`.
    Discount,
    /// One measure over another: `元/平方米`, `2.5∶1`.
    Ratio,
    /// A place in an order: `第一`, `第3位`. No quantity to `{quantity}`; read only by `{ordinal}`.
    Ordinal,
}

impl Dimension {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 20] = [
        Self::Number,
        Self::Count,
        Self::People,
        Self::Percent,
        Self::Points,
        Self::Multiple,
        Self::Money,
        Self::Area,
        Self::Length,
        Self::Volume,
        Self::Mass,
        Self::Energy,
        Self::Power,
        Self::Speed,
        Self::Temperature,
        Self::Data,
        Self::Duration,
        Self::Discount,
        Self::Ratio,
        Self::Ordinal,
    ];

    /// Its name in rule files and listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Count => "count",
            Self::People => "people",
            Self::Percent => "percent",
            Self::Points => "points",
            Self::Multiple => "multiple",
            Self::Money => "money",
            Self::Area => "area",
            Self::Length => "length",
            Self::Volume => "volume",
            Self::Mass => "mass",
            Self::Energy => "energy",
            Self::Power => "power",
            Self::Speed => "speed",
            Self::Temperature => "temperature",
            Self::Data => "data",
            Self::Duration => "duration",
            Self::Discount => "discount",
            Self::Ratio => "ratio",
            Self::Ordinal => "ordinal",
        }
    }
}

/// How exact the document says the number is.
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
#[serde(rename_all = "snake_case")]
pub enum Qualifier {
    /// Nothing said.
    #[default]
    Exact,
    /// `约`, `左右`.
    Approx,
    /// `近`, `接近`.
    Nearly,
    /// `余`, `多`, `超`.
    Over,
    /// `以上`, `不少于`.
    AtLeast,
    /// `不足`, `低于`.
    Under,
    /// `以内`, `不超过`.
    AtMost,
}

impl Qualifier {
    /// All qualifiers.
    pub const ALL: [Self; 7] =
        [Self::Exact, Self::Approx, Self::Nearly, Self::Over, Self::AtLeast, Self::Under, Self::AtMost];

    /// What stands before a number in a table.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::Approx => "≈",
            Self::Nearly => "≲",
            Self::Over => ">",
            Self::AtLeast => "≥",
            Self::Under => "<",
            Self::AtMost => "≤",
        }
    }

    /// The name in the row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Approx => "approx",
            Self::Nearly => "nearly",
            Self::Over => "over",
            Self::AtLeast => "at_least",
            Self::Under => "under",
            Self::AtMost => "at_most",
        }
    }

    /// Where the true value lies that is said to be between `low` and `high`: [`Quantity::interval`].
    pub(crate) fn interval(self, low: Decimal, high: Decimal) -> (Bound<Decimal>, Bound<Decimal>) {
        use Bound::{Excluded, Included, Unbounded};
        match self {
            Self::Exact => (Included(low), Included(high)),
            Self::Approx => (Unbounded, Unbounded),
            Self::Nearly | Self::Under => (Unbounded, Excluded(high)),
            Self::Over => (Excluded(low), Unbounded),
            Self::AtLeast => (Included(low), Unbounded),
            Self::AtMost => (Unbounded, Included(high)),
        }
    }
}

/// A number with its unit and hedge.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Hedge, number and unit, in the repaired text.
    pub span: Span,
    /// The number alone, its magnitude (`万`, `亿`) included.
    pub number: Span,
    /// The value, multiplied out; the low end of a range in the text's order.
    pub value: Decimal,
    /// The other end of a range.
    pub high: Option<Decimal>,
    /// Numerator and denominator where it was written as a fraction.
    pub fraction: Option<(Decimal, Decimal)>,
    /// The canonical unit; [`UnitId::NONE`] for a bare number.
    pub unit: UnitId,
    /// The unit that it is counted by, as in `元/平方米`.
    pub per: Option<UnitId>,
    /// What is measured.
    pub dimension: Dimension,
    /// How exact it is.
    pub qualifier: Qualifier,
    /// Whether the words tell a size and no number: `数十`, `十几`, `上百`. Where they bound it on both sides, `value`
    /// and `high` do.
    pub vague: bool,
}

impl Quantity {
    /// Where the true value lies, as far as the words say: the number itself, a range, what is beyond a bound. For an
    /// approximation (`约`) they say nothing; of `近` only that the number is not reached.
    ///
    /// ```
    /// use std::ops::Bound;
    ///
    /// use kpi_extract::recognise::{lexicon::Lexicon, recognise};
    ///
    /// let found = recognise("不足30人", Lexicon::builtin());
    /// assert_eq!(found.quantities[0].interval(), (Bound::Unbounded, Bound::Excluded(30.into())));
    /// ```
    pub fn interval(&self) -> (Bound<Decimal>, Bound<Decimal>) {
        let end = self.high.unwrap_or(self.value);
        self.qualifier.interval(self.value.min(end), self.value.max(end))
    }
}
