//! Ranges: `30—50人`, `三到五天`, with the magnitude and unit that the second half lends to the first.

use rust_decimal::Decimal;

use super::{
    compose::Composer,
    marks::behind,
    measure::Measure,
    numeral::{self, Form},
};
use crate::{numerals::sign, quantity::Dimension};

/// The marks and words between the two ends of a range.
pub(super) const JOINTS: [&str; 9] = ["——", "—", "–", "-", "－", "～", "~", "至", "到"];

impl Composer<'_> {
    /// Takes up the second half of a range: `30—50人`, `10—15万元`, `3%-5%`, `三到五天`.
    pub(super) fn range(&self, measure: &mut Measure) {
        let text = self.text;
        if measure.high.is_some() || measure.per.is_some() {
            return;
        }
        let rest = self.rest(measure.end);
        let Some(joint) = JOINTS.into_iter().find(|joint| rest.starts_with(joint)) else { return };
        let word = matches!(joint, "至" | "到");
        // 由A到B is a change, 从三千到五千元 a range.
        if word && measure.has_unit() && text[self.floor..measure.number.start].ends_with(['从', '由', '自'])
        {
            return;
        }
        let mut start = measure.end + joint.len();
        // ¥10-¥20
        let money = self.char_before(measure.number.start).filter(|c| "¥￥$＄€£".contains(*c));
        if money.is_some() && self.char_at(start) == money {
            start += money.map_or(0, char::len_utf8);
        }
        let minus = ["负", "-", "零下", "零上"].into_iter().find(|minus| self.rest(start).starts_with(minus));
        start += minus.map_or(0, str::len);
        let Some(first) = self.char_at(start) else { return };
        if !first.is_ascii_digit() && sign(first).is_none() || self.time_end(start).is_some() {
            return;
        }
        let Some(second) = numeral::read(text, start, self.lexicon) else { return };
        if second.value.is_none() {
            return measure.break_off(second.end);
        }
        let fraction = self.rest(second.end).starts_with("分之");
        if second.high.is_some() || (second.form == Form::Lone && !fraction) || second.vague {
            return;
        }
        let is_arabic = text.as_bytes()[measure.number.start].is_ascii_digit();
        if is_arabic != (second.form == Form::Arabic) {
            return;
        }
        let Some(mut upper) = self.measure(start, &second) else { return };
        let negative = self.behind(measure.number.start) & behind::MINUS != 0 && {
            let whole = Measure { end: upper.end, ..measure.clone() };
            self.minus(measure.number.start, &whole).is_some()
        };
        if let Some(sign) = minus {
            if !negative {
                return;
            }
            if sign != "零上" {
                upper.value = -upper.value;
            }
        }
        // 百分之三到五
        let shares = text[measure.number.start..].starts_with("百分之") && !upper.has_unit();
        if upper.high.is_some() || (measure.has_unit() && measure.unit != upper.unit && !shares) {
            return;
        }
        if !measure.has_unit() {
            let mut low = measure.value;
            let lendable = upper.lends > 0
                && measure.lends == 0
                && minus.is_none()
                && (upper.lends >= 4 || (measure.value < Decimal::TEN && !measure.multiplied));
            // 三到五十万 lends 十万, 十五到三十万 only 万.
            let lent = [upper.lends, upper.lends / 4 * 4].into_iter().filter(|lent| lendable && *lent > 0);
            let mut powers = lent.map(|lent| Decimal::from(10_u64.pow(lent.min(19))));
            let smaller = |power: &Decimal| upper.value.checked_div(*power).is_some_and(|most| low < most);
            if let Some(power) = powers.find(smaller) {
                low = low.checked_mul(power).map_or(low, |low| low.normalize());
            }
            // 三到五成: the unit multiplies.
            if upper.has_unit() {
                low = low
                    .checked_mul(self.lexicon.factor_of(upper.unit, &text[upper.number.end..upper.end]))
                    .unwrap_or(low);
            }
            let bare = !upper.has_unit() && word && !is_arabic && !negative;
            let (from, to) = (if negative { -low } else { low }, upper.value);
            if (from >= to && !(negative && minus.is_none() && low < to))
                || (bare && !upper.multiplied && !self.rest(upper.end).starts_with("之间"))
            {
                return;
            }
            measure.shared = minus.is_none();
            measure.value = low;
            measure.unit = upper.unit;
            measure.per = upper.per;
            measure.dimension = upper.dimension;
            if upper.dimension == Dimension::Percent && upper.fraction.is_some() {
                return;
            }
        }
        measure.high = Some(upper.value);
        measure.number.end = upper.number.end;
        measure.end = upper.end;
        measure.inside = upper.inside.or(measure.inside);
        measure.form = if measure.form == Form::Arabic { Form::Arabic } else { Form::Han };
        measure.multiplied |= upper.multiplied;
    }
}
