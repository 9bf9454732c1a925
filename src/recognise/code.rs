//! What only looks like an Arabic number: codes, versions, scores; and the ratios and powers that look like these.

use rust_decimal::Decimal;

use super::{
    compose::{Composer, Found, Refusal},
    exact::Exact,
    fraction::two_places,
    marks::{ahead, behind},
    measure::Measure,
    numeral::{self, Form, Numeral, arabic},
};
use crate::{quantity::Dimension, span::Span};

impl<'a> Composer<'a> {
    /// The value of `1.5e10`, `2^3` and `3×10^8`, and the end; no value where that would be too large.
    fn power(&self, numeral: &Numeral) -> Option<(Option<Decimal>, usize)> {
        let (end, value) = (numeral.end, numeral.value);
        if let Some((power, after)) = self.exponent(end, &['e', 'E']) {
            return Some((value.and_then(|value| raise(value, power)), after));
        }
        if let Some((power, after)) = self.exponent(end, &['^']) {
            return Some((value.and_then(|value| to_the(value, power)), after));
        }
        let ten = ["×10", "*10"].into_iter().find(|ten| self.rest(end).starts_with(ten))?;
        let (power, after) = self.exponent(end + ten.len(), &['^'])?;
        Some((value.and_then(|value| raise(value, power)), after))
    }

    /// What the number of digits at `at` is when it is no plain number; `behind` are the bits of the character before it.
    pub(super) fn not_a_number(&self, at: usize, numeral: &Numeral, behind: u32) -> Option<Found<'a>> {
        let end = numeral.end;
        let bits = self.ahead(end);
        if behind & behind::CODE == 0 && bits & ahead::CODE == 0 {
            return None;
        }
        if numeral.form == Form::Digit {
            return self.ratio(at, numeral);
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
            let next = skip(u8::is_ascii_alphanumeric);
            if bytes.get(next) == Some(&b'.') && digit_at(next + 1) {
                // V2.3.1
                return guarded(at - letters, skip(|b| b.is_ascii_alphanumeric() || *b == b'.'), "version");
            }
            return guarded(at - letters, next, "code");
        }
        if numeral.multiplied {
            return None;
        }
        if bytes.get(end) == Some(&b'.') && digit_at(end + 1) {
            return guarded(at, skip(|b| b.is_ascii_digit() || *b == b'.'), "version");
        }
        if let Some((value, after)) = self.power(numeral) {
            let (digits, after) = match self.char_at(after) {
                Some('万') => (4, after + '万'.len_utf8()),
                Some('亿') => (8, after + '亿'.len_utf8()),
                _ => (0, after),
            };
            let Some(value) = value.and_then(|value| raise(value, digits)) else {
                return guarded(at, after, "too-large");
            };
            let numeral =
                Numeral { end: after, value: Some(value), multiplied: digits > 0, ..numeral.clone() };
            let mut measure = self.measure(at, &numeral)?;
            self.range(&mut measure);
            return Some(self.finish(measure, after));
        }
        if bytes.get(end).is_some_and(u8::is_ascii_alphabetic) && !has_unit() {
            return guarded(at, skip(u8::is_ascii_alphanumeric), "code");
        }
        self.ratio(at, numeral)
    }

    /// `2.5∶1`, `三比一`: a ratio where the words say so, else a score.
    fn ratio(&self, at: usize, numeral: &Numeral) -> Option<Found<'a>> {
        let end = numeral.end;
        let colon = self.char_at(end).filter(|c| matches!(c, ':' | '∶' | '：' | '比'))?;
        let second = end + colon.len_utf8();
        let (below, after) = if numeral.form == Form::Digit {
            let digit = numeral::read(self.text, second, self.lexicon)
                .filter(|digit| digit.form == Form::Digit && colon == '比')?;
            (digit.value, digit.end)
        } else if self.rest(second).starts_with(|c: char| c.is_ascii_digit()) {
            let (below, after) = arabic(self.text, second);
            (below.and_then(Exact::decimal), after)
        } else {
            return None;
        };
        let guarded = |start: usize, next: usize, guard: &'static str| {
            Some(Found::Guarded { span: Span::new(start, next), guard: Refusal::own(guard), next })
        };
        // 产量300比2020年, 3比5件
        let compared = || {
            self.time_end(second).is_some() || self.lexicon.unit_at(self.text, second, after, false).is_some()
        };
        if colon == '比' && compared() {
            return None;
        }
        let context = self.text[self.floor..at]
            .char_indices()
            .rev()
            .take(8)
            .last()
            .map_or("", |(start, _)| &self.text[self.floor + start..at]);
        let is_ratio = self.text[at..after].contains('.')
            || (context.contains('比') && !context.contains("比分"))
            || self.rest(after).starts_with(['的', '比']);
        let (above, below) = (numeral.value?, below?);
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

/// `value` to the power of `power`, digit by digit; `None` where that does not fit or does not end.
fn to_the(value: Decimal, power: i64) -> Option<Decimal> {
    let value = value.normalize();
    if value.is_zero() || value == Decimal::ONE {
        return (power > 0 || !value.is_zero()).then_some(value);
    }
    let times = u32::try_from(power.unsigned_abs()).ok().filter(|times| *times <= 128)?;
    let mantissa = value.mantissa().checked_pow(times)?;
    let raised = Decimal::try_from_i128_with_scale(mantissa, value.scale().checked_mul(times)?).ok()?;
    if power >= 0 {
        return Some(raised);
    }
    Decimal::ONE.checked_div(raised).filter(|inverse| inverse.scale() < 20)
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
