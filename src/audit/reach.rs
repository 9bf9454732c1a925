//! `Figure`: a written number with what it may be, and `Reach`, the numbers between two ends, with their arithmetic.

use std::{fmt, ops::Bound};

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    precision,
    quantity::{Dimension, Qualifier, Quantity},
    recognise::lexicon::Lexicon,
    row::Row,
};

/// Where a number lies, its ends included; nothing where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
}

impl Reach {
    /// Exactly this.
    pub fn exactly(number: Decimal) -> Self {
        Self { low: Some(number), high: Some(number) }
    }

    /// Whether no number is in both.
    pub fn misses(self, other: Self) -> bool {
        let below = |a: Option<Decimal>, b: Option<Decimal>| matches!((a, b), (Some(a), Some(b)) if a < b);
        below(self.high, other.low) || below(other.high, self.low)
    }

    /// Both added.
    pub fn plus(self, other: Self) -> Self {
        Self {
            low: both(self.low, other.low, Decimal::checked_add),
            high: both(self.high, other.high, Decimal::checked_add),
        }
    }

    /// One taken from the other.
    pub fn minus(self, other: Self) -> Self {
        Self {
            low: both(self.low, other.high, Decimal::checked_sub),
            high: both(self.high, other.low, Decimal::checked_sub),
        }
    }

    /// One in per cent of the other, which is positive; both are, else nothing is known.
    pub fn per_cent_of(self, other: Self) -> Self {
        let positive = |number: &Decimal| *number > Decimal::ZERO;
        let Some(least) = other.low.filter(positive) else { return Self::default() };
        if self.low.is_some_and(|low| low < Decimal::ZERO) {
            return Self::default();
        }
        let share = |part: Option<Decimal>, whole: Option<Decimal>| {
            both(part, whole, Decimal::checked_div)?.checked_mul(Decimal::ONE_HUNDRED)
        };
        Self { low: share(self.low, other.high), high: share(self.high, Some(least)) }
    }
}

fn both(
    a: Option<Decimal>,
    b: Option<Decimal>,
    of: fn(Decimal, Decimal) -> Option<Decimal>,
) -> Option<Decimal> {
    a.zip(b).and_then(|(a, b)| of(a, b))
}

/// In two decimals, which is enough to see a contradiction.
impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.low, self.high) {
            (Some(low), Some(high)) if low == high => write!(f, "{}", short(low)),
            (Some(low), Some(high)) => write!(f, "{} to {}", short(low), short(high)),
            (Some(low), None) => write!(f, "at least {}", short(low)),
            (None, Some(high)) => write!(f, "at most {}", short(high)),
            (None, None) => f.write_str("anything"),
        }
    }
}

/// A number with two decimals at most.
pub fn short(number: Decimal) -> Decimal {
    number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// A number as it was written.
#[derive(Clone, Debug)]
pub struct Figure<'t> {
    pub raw: &'t str,
    pub value: Decimal,
    pub unit: String,
    pub dimension: Dimension,
    pub reach: Reach,
    /// Whether nothing says that it is not exactly this.
    pub exact: bool,
}

impl<'t> Figure<'t> {
    /// A quantity of `text`.
    pub fn of(quantity: &Quantity, text: &'t str, lexicon: &Lexicon) -> Self {
        let raw = quantity.span.of(text);
        let (unit, dimension) = (lexicon.label(quantity), quantity.dimension);
        let mut figure = Self::new(raw, quantity.value, quantity.high, quantity.qualifier, unit, dimension);
        if quantity.vague || quantity.fraction.is_some() {
            (figure.reach, figure.exact) = (Reach::default(), false);
        }
        figure
    }

    /// The figure of a row.
    pub fn of_row(row: &'t Row, lexicon: &Lexicon) -> Self {
        let dimension = match lexicon.find(&row.unit) {
            Some(unit) => lexicon.unit(unit).dimension,
            None if row.unit.is_empty() => Dimension::Number,
            None => Dimension::Ratio,
        };
        Self::new(&row.raw, row.value, row.high, row.qualifier, row.unit.clone(), dimension)
    }

    fn new(
        raw: &'t str,
        value: Decimal,
        high: Option<Decimal>,
        qualifier: Qualifier,
        unit: String,
        dimension: Dimension,
    ) -> Self {
        let far = high.unwrap_or(value);
        let (near, far) = (value.min(far), value.max(far));
        let bound = |bound| match bound {
            Bound::Included(number) | Bound::Excluded(number) => Some(number),
            Bound::Unbounded => None,
        };
        let (low, high) = qualifier.interval(near, far);
        let mut reach = Reach { low: bound(low), high: bound(high) };
        let exact = qualifier == Qualifier::Exact && near == far;
        if qualifier == Qualifier::Exact {
            let step = precision::step(raw, value);
            let counted = matches!(dimension, Dimension::Count | Dimension::People | Dimension::Number);
            if !(counted && step == Decimal::ONE) {
                // The next digits were rounded, or they were cut off.
                let half = step / Decimal::TWO;
                let (less, more) = if value < Decimal::ZERO { (step, half) } else { (half, step) };
                reach = Reach { low: near.checked_sub(less), high: far.checked_add(more) };
            }
        }
        Self { raw, value, unit, dimension, reach, exact }
    }

    /// Whether it is told in per cent, points or times of something else.
    pub fn is_relative(&self) -> bool {
        matches!(self.dimension, Dimension::Percent | Dimension::Points | Dimension::Multiple)
    }

    /// Whether two of it can be added.
    pub fn is_amount(&self) -> bool {
        use Dimension::{Area, Count, Data, Energy, Length, Mass, Money, Number, People, Power, Volume};
        let amounts = [Area, Count, Data, Energy, Length, Mass, Money, Number, People, Power, Volume];
        amounts.contains(&self.dimension)
    }

    /// Whether both count the same, as far as their units tell.
    pub fn is_like(&self, other: &Self) -> bool {
        self.unit == other.unit && self.dimension == other.dimension
    }
}
