//! What only looks like an Arabic number: codes, versions, scores; and the ratios and powers that look like these.

use rust_decimal::Decimal;

use super::{
    compose::{Composer, Found, Refusal},
    exact::Exact,
    fraction::two_places,
    marks::{ahead, behind},
    measure::Measure,
    numeral::{Form, Numeral, arabic},
};
use crate::{quantity::Dimension, span::Span};

impl<'a> Composer<'a> {
    /// What the Arabic number at `at` is when it is no plain number.
    pub(super) fn not_a_number(&self, at: usize, numeral: &Numeral) -> Option<Found<'a>> {
        let end = numeral.end;
        let bits = self.ahead(end);
        if self.behind.get() & behind::CODE == 0 && bits & ahead::CODE == 0 {
            return None;
        }
        let bytes = self.text.as_bytes();
        let skip = |accept: fn(&u8) -> bool| end + bytes[end..].iter().take_while(|b| accept(b)).count();
        let guarded = |start: usize, next: usize, guard: &'static str| {
            Some(Found::Guarded { span: Span::new(start, next), guard: Refusal::own(guard), next })
        };
        let digit_at = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
        let has_unit = || self.lexicon.unit_at(self.text, at, end, false).is_some();
        let letters =
            self.text[self.floor..at].bytes().rev().take(16).take_while(u8::is_ascii_alphanumeric).count();
        if letters > 0
            && self.lexicon.sign_before(&self.text[self.floor..at]).is_none()
            && (letters < 3 || !has_unit())
        {
            return guarded(at - letters, skip(u8::is_ascii_alphanumeric), "code");
        }
        if numeral.multiplied {
            return None;
        }
        if bytes.get(end) == Some(&b'.') && digit_at(end + 1) {
            return guarded(at, skip(|b| b.is_ascii_digit() || *b == b'.'), "version");
        }
        if let Some((power, after)) = self.exponent(end) {
            let value = numeral.value.and_then(|value| raise(value, power));
            let Some(value) = value else { return guarded(at, after, "too-large") };
            let number = Span::new(at, after);
            return Some(self.finish(Measure::of(number, value, Form::Arabic), after));
        }
        if bytes.get(end).is_some_and(u8::is_ascii_alphabetic) && !has_unit() {
            return guarded(at, skip(u8::is_ascii_alphanumeric), "code");
        }
        let colon = self.char_at(end).filter(|c| matches!(c, ':' | '∶' | '：'))?;
        let second = end + colon.len_utf8();
        if !digit_at(second) {
            return None;
        }
        let (below, after) = arabic(self.text, second);
        let context = self.text[self.floor..at]
            .char_indices()
            .rev()
            .take(8)
            .last()
            .map_or("", |(start, _)| &self.text[self.floor + start..at]);
        let is_ratio = self.text[at..after].contains('.')
            || (context.contains('比') && !context.contains("比分"))
            || self.rest(after).starts_with(['的', '比']);
        let (above, below) = (numeral.value?, below.and_then(Exact::decimal)?);
        let Some(value) = above.checked_div(below).filter(|_| is_ratio) else {
            return guarded(at, after, "score");
        };
        let measure = Measure {
            fraction: Some((above, below)),
            dimension: Dimension::Ratio,
            multiplied: true,
            ..Measure::of(Span::new(at, after), two_places(value), Form::Han)
        };
        Some(self.finish(measure, after))
    }
}

/// `value` × 10^`power`, where that fits.
fn raise(value: Decimal, power: i64) -> Option<Decimal> {
    let scale = i64::from(value.scale()) - power;
    match u32::try_from(scale) {
        Ok(scale) => {
            let mut raised = value;
            raised.set_scale(scale).ok()?;
            Some(raised.normalize())
        }
        Err(_) => Exact::whole(value.mantissa()).shift(u32::try_from(scale.checked_neg()?).ok()?)?.decimal(),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::raise;

    #[test]
    fn powers_are_exact_or_refused() {
        assert_eq!(raise(Decimal::new(15, 1), 10), Some(Decimal::from(15_000_000_000_i64)));
        assert_eq!(raise(Decimal::new(15, 1), -3), Some(Decimal::new(15, 4)));
        assert_eq!(raise(Decimal::new(15, 1), 400), None);
        assert_eq!(raise(Decimal::new(15, 1), i64::MIN + 2), None);
    }
}
