//! Shares and multiples that are written as words: `三分之一`, `百分之五`, `一半`, `六五折`, `翻两番`.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    compose::{Composer, Found, Measure},
    lexicon::UnitId,
    numeral::{self, Form, arabic, sign},
};
use crate::{quantity::Dimension, span::Span};

/// How a numerator and its whole give the value.
type Share = fn(Decimal, Decimal) -> Option<Decimal>;

impl<'a> Composer<'a> {
    /// `三分之一`, `百分之九十二点五`, `1/3`; says whether there was one.
    pub(super) fn fraction(&self, measure: &mut Measure) -> bool {
        let text = self.text;
        let below = measure.value;
        if let Some(rest) = self.rest(measure.end).strip_prefix("分之") {
            let start = text.len() - rest.len();
            let Some(c) = rest.chars().next() else { return false };
            if !c.is_ascii_digit() && sign(c).is_none() {
                return false;
            }
            let Some(above) = numeral::read(text, start, self.lexicon) else { return false };
            let Some(value) = above.value.filter(|_| !above.vague) else { return false };
            let high = above.high;
            let whole = [Decimal::ONE_HUNDRED, Decimal::ONE_THOUSAND, Decimal::from(10_000)]
                .into_iter()
                .find(|whole| *whole == below && measure.form == Form::Lone);
            let (unit, share): (&str, Share) = match whole {
                Some(whole) if whole == Decimal::ONE_HUNDRED => ("%", |above, _| Some(above)),
                Some(whole) if whole == Decimal::ONE_THOUSAND => ("‰", |above, _| Some(above)),
                Some(_) => ("%", |above, _| Some(above.checked_div(Decimal::ONE_HUNDRED)?.normalize())),
                None => ("%", percent_of),
            };
            let Some(share_value) = share(value, below) else { return false };
            measure.value = share_value;
            measure.high = high.and_then(|high| share(high, below));
            measure.fraction = whole.is_none().then_some((value, below));
            measure.number.end = above.end;
            measure.end = above.end;
            measure.unit = self.lexicon.find(unit).unwrap_or(UnitId::NONE);
            measure.dimension = Dimension::Percent;
            measure.form = Form::Han;
            measure.lends = 0;
            return true;
        }
        if measure.form != Form::Arabic || measure.multiplied || !self.rest(measure.end).starts_with('/') {
            return false;
        }
        let start = measure.end + 1;
        if !self.rest(start).starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let (Some(whole), end) = arabic(text, start) else { return false };
        let ends =
            !self.rest(end).starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '号' | '-'));
        let starts = !self.text[..measure.number.start].ends_with(['/', '-', '.']);
        let Some(share) = percent_of(below, whole) else { return false };
        if !(ends && starts && below < whole && whole <= Decimal::ONE_HUNDRED && below.scale() == 0) {
            return false;
        }
        measure.value = share;
        measure.fraction = Some((below, whole));
        measure.number.end = end;
        measure.end = end;
        measure.unit = self.lexicon.find("%").unwrap_or(UnitId::NONE);
        measure.dimension = Dimension::Percent;
        measure.form = Form::Han;
        true
    }

    /// `一半`, `过半`, `半数`, `半小时`: `at` is that of `半`.
    pub(super) fn half(&self, at: usize) -> Found<'a> {
        let text = self.text;
        let next = at + 3;
        let nothing = Found::Nothing { next };
        let before = &text[self.floor..at];
        let percent = self.lexicon.find("%").unwrap_or(UnitId::NONE);
        let (start, end) = if before.ends_with("一") {
            (at - 3, next)
        } else if self.rest(next).starts_with("数") {
            (at, next + 3)
        } else if self.lexicon.hedge_before(before, true).is_some() {
            (at, next)
        } else {
            return nothing;
        };
        let measure = Measure {
            number: Span::new(start, end),
            end,
            value: Decimal::from(50),
            high: None,
            fraction: Some((Decimal::ONE, Decimal::TWO)),
            unit: percent,
            per: None,
            dimension: Dimension::Percent,
            inside: None,
            form: Form::Lone,
            lends: 0,
            multiplied: true,
        };
        if self.rest(end).starts_with(['径', '年', '天', '日', '夜', '个']) {
            return nothing;
        }
        self.finish(measure, end)
    }
}

pub(super) fn two_places(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// What share `above` is of `below`, per cent, to two places.
pub(super) fn percent_of(above: Decimal, below: Decimal) -> Option<Decimal> {
    Some(two_places(above.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(below)?))
}

/// Growth, in wholes, after so many doublings.
pub(super) fn doublings(times: Decimal) -> Option<Decimal> {
    let times = u32::try_from(times).ok().filter(|times| *times < 60)?;
    Some(Decimal::from(2_u64.pow(times) - 1))
}

/// `六五折` and `85折` are 6.5 and 8.5.
pub(super) fn discount(measure: &mut Measure, text: &str) {
    if measure.form == Form::Digits || (measure.form == Form::Arabic && measure.value >= Decimal::TEN) {
        measure.value = measure.value.checked_div(Decimal::TEN).unwrap_or(measure.value).normalize();
    }
    let pair = &text[measure.number.start..measure.number.end] == "三五";
    if let Some(high) = measure.high.filter(|_| pair) {
        let low = measure.value;
        measure.high = None;
        measure.value = low + high.checked_div(Decimal::TEN).unwrap_or_default();
    }
}
