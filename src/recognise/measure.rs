//! `Measure`: a number with its unit: hedge between them, halves, compound measures, ranges.

use rust_decimal::Decimal;

use super::{
    compose::Composer,
    fraction::{discount, doublings, two_places},
    lexicon::{UnitId, UnitWord},
    marks::ahead,
    numeral::{self, Form, Numeral, arabic},
    words::{is_han, is_word},
};
use crate::{
    numerals::{Sign, sign},
    quantity::{Dimension, Qualifier, Quantity},
    span::Span,
};

/// A number with its unit, before hedges outside of it are looked at.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what the number is, one fact each")]
pub(super) struct Measure {
    pub(super) number: Span,
    pub(super) end: usize,
    pub(super) value: Decimal,
    pub(super) high: Option<Decimal>,
    pub(super) fraction: Option<(Decimal, Decimal)>,
    pub(super) unit: UnitId,
    pub(super) per: Option<UnitId>,
    pub(super) dimension: Dimension,
    pub(super) inside: Option<Qualifier>,
    pub(super) vague: bool,
    /// Whether the first half of the range has its unit from the second.
    pub(super) shared: bool,
    pub(super) form: Form,
    pub(super) lends: u32,
    /// A multiplier stands in the number.
    pub(super) multiplied: bool,
    /// Whether a part of it is too large, as in `1/` with forty digits.
    pub(super) large: bool,
}

impl Measure {
    /// A number alone.
    pub(super) fn of(number: Span, value: Decimal, form: Form) -> Self {
        Self {
            number,
            end: number.end,
            value,
            high: None,
            fraction: None,
            unit: UnitId::NONE,
            per: None,
            dimension: Dimension::Number,
            inside: None,
            vague: false,
            shared: false,
            form,
            lends: 0,
            multiplied: false,
            large: false,
        }
    }

    /// A whole number and a fraction together: `above`/`below`, up to `end`.
    pub(super) fn become_mixed(&mut self, above: Decimal, below: Decimal, value: Decimal, end: usize) {
        self.value = value.normalize();
        self.fraction = Some((above, below));
        (self.number.end, self.end) = (end, end);
        self.form = Form::Han;
        self.multiplied = true;
        self.lends = 0;
    }

    /// Notes that what belongs to the number up to `end` is too large.
    pub(super) fn break_off(&mut self, end: usize) {
        self.large = true;
        (self.number.end, self.end) = (end, end);
    }

    /// Larger than places in a ranking are.
    pub(super) fn multiplied_beyond_ten(&self) -> bool {
        self.multiplied && self.value > Decimal::ONE_HUNDRED
    }

    pub(super) fn has_unit(&self) -> bool {
        self.unit != UnitId::NONE
    }

    /// The quantity of `span` that it is.
    #[inline]
    pub(super) fn quantity(&self, span: Span, qualifier: Qualifier) -> Quantity {
        Quantity {
            span,
            number: self.number,
            value: self.value,
            high: self.high,
            fraction: self.fraction,
            unit: self.unit,
            per: self.per,
            dimension: self.dimension,
            qualifier,
            vague: self.vague,
        }
    }

    /// Multiplies by what one of the word is in its canonical unit.
    pub(super) fn scale(&mut self, word: &UnitWord<'_>) {
        let Some(factor) = word.entry.factor else { return };
        let scale = |value: Decimal| {
            let units = if word.entry.doubling { doublings(value)? } else { value };
            let product = units.checked_mul(factor)?;
            Some(if factor == Decimal::ONE { product } else { product.normalize() })
        };
        self.value = scale(self.value).unwrap_or(self.value);
        self.high = self.high.and_then(scale);
    }

    /// What is told of a digit is only that there is one: `几百`, `数十`, from one to ten times the multiplier.
    pub(super) fn hint(&mut self) {
        self.vague = true;
        let most = self.value.checked_mul(Decimal::TEN);
        self.high = self.high.max(most);
    }
}

impl Composer<'_> {
    /// The number at `at` with its hedge inside and its unit; `None` when it says nothing.
    pub(super) fn measure(&self, at: usize, numeral: &Numeral) -> Option<Measure> {
        let text = self.text;
        let mut measure = Measure {
            high: numeral.high,
            inside: numeral.inside,
            vague: numeral.vague,
            lends: numeral.lends,
            multiplied: numeral.multiplied,
            ..Measure::of(Span::new(at, numeral.end), numeral.value?, numeral.form)
        };
        let mut bits = self.ahead(measure.end);
        // 五份之一
        let share =
            || matches!(measure.form, Form::Digit | Form::Lone) && self.char_at(measure.end) == Some('份');
        if (bits & (ahead::ON | ahead::CODE) != 0 || bits & ahead::UNIT != 0 && share())
            && self.fraction(&mut measure)
        {
            if measure.large {
                return Some(measure);
            }
            bits = self.ahead(measure.end);
            if measure.dimension == Dimension::Percent {
                if let Some((end, hedge)) =
                    self.lexicon.hedge_behind(text, measure.end, true, Dimension::Percent)
                    && measure.fraction.is_none()
                {
                    measure.end = end;
                    if hedge.qualifier.is_some() {
                        measure.inside = hedge.qualifier;
                    } else {
                        measure.vague = true;
                        measure.high = measure.value.checked_add(Decimal::TEN);
                    }
                } else if let Some((above, below)) = measure.fraction
                    && bits & (ahead::UNIT | ahead::CODE) != 0
                {
                    self.part_of_unit(&mut measure, above, below);
                }
                return Some(measure);
            }
        }
        let name = measure.form == Form::Digit || (measure.high.is_some() && !measure.multiplied);
        if bits & ahead::INSIDE != 0
            && let Some((end, hedge)) = self.lexicon.hedge_behind(text, measure.end, true, Dimension::Number)
            && (measure.multiplied || text[..measure.end].ends_with('0') || !hedge.round)
            && (!hedge.lone || hedge.qualifier.is_none() || measure.form == Form::Lone)
        {
            let unit = self.lexicon.unit_at(text, at, end, name);
            if unit.is_some() || !hedge.with_unit || !self.char_at(end).is_some_and(is_word) {
                match hedge.qualifier {
                    Some(qualifier) => measure.inside = Some(qualifier),
                    None if measure.lends == 0 => return None,
                    // 十几个: the last place is open.
                    None => {
                        measure.vague = true;
                        let step = Decimal::from(10_u64.pow(measure.lends.min(18)));
                        measure.high = measure.value.checked_add(step);
                    }
                }
                measure.end = end;
                bits = self.ahead(end);
            }
        }
        if bits & ahead::UNIT != 0 {
            self.unit(&mut measure, name);
        } else if let Some(b' ') = text.as_bytes().get(measure.end) {
            // 800 km, 26 ℃, 10 %
            let sign = self.char_at(measure.end + 1).is_some_and(|c| !is_han(c) && !c.is_ascii_digit());
            if sign && let Some(word) = self.lexicon.unit_at(text, at, measure.end + 1, name) {
                measure.end = word.end;
                measure.unit = word.id;
                measure.dimension = word.entry.dimension;
                measure.scale(&word);
                self.below(&mut measure);
            }
        } else if self.rest(measure.end).starts_with("个半") {
            self.half_more(&mut measure, "个".len());
        }
        Some(measure)
    }

    /// Reads the unit at the end of `measure`.
    fn unit(&self, measure: &mut Measure, name: bool) {
        let text = self.text;
        let Some(word) = self.lexicon.unit_at(text, measure.number.start, measure.end, name) else { return };
        if word.entry.doubling && !text[..measure.number.start].ends_with(['翻', '了']) {
            return;
        }
        measure.end = word.end;
        measure.unit = word.id;
        measure.dimension = word.entry.dimension;
        let counted = text[..word.end].ends_with('个');
        let divided = counted && self.divided_unit(measure);
        if measure.dimension == Dimension::Discount {
            discount(measure, text);
        }
        measure.scale(&word);
        if word.entry.name == "成" && measure.high.is_none() {
            let tenths = match self.char_at(measure.end) {
                Some('半') => 5,
                // 4成3
                Some(c @ '1'..='9') if measure.form == Form::Arabic => {
                    let on = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '%' | '/' | '-');
                    let next = self.char_at(measure.end + 1);
                    if next.is_some_and(|c| is_word(c) || on(c)) { 0 } else { c as u8 - b'0' }
                }
                Some(c) => {
                    sign(c).map_or(0, |(sign, _)| if let Sign::Digit(digit) = sign { digit } else { 0 })
                }
                None => 0,
            };
            if tenths > 0 {
                measure.value += Decimal::from(tenths);
                measure.end += self.char_at(measure.end).map_or(0, char::len_utf8);
            }
            return;
        }
        if divided {
            return;
        }
        if measure.high.is_none() {
            self.compound(measure, &word);
        }
        self.below(measure);
    }

    /// The unit after a stroke, `元/平方米`.
    fn below(&self, measure: &mut Measure) {
        let bits = self.ahead(measure.end);
        if bits & ahead::CODE != 0
            && let Some(stroke) = self.char_at(measure.end).filter(|c| matches!(c, '/' | '∕' | '／' | '每'))
            && (stroke != '每' || measure.dimension != Dimension::Count)
            && let after = measure.end + stroke.len_utf8()
            // 件/每百户
            && let every = if self.rest(after).starts_with('每') { '每'.len_utf8() } else { 0 }
            && let Some(below) = self.lexicon.unit_below(self.text, after + every)
        {
            measure.per = Some(below.id);
            measure.end = below.end;
            let over_time = below.entry.dimension == Dimension::Duration;
            measure.dimension = match measure.dimension {
                Dimension::Length if over_time => Dimension::Speed,
                _ => Dimension::Ratio,
            };
        }
    }

    /// `四分之三公里`: the part of a unit is a measure in that unit.
    pub(super) fn part_of_unit(&self, measure: &mut Measure, above: Decimal, below: Decimal) {
        use Dimension::{Area, Duration, Energy, Length, Mass, Money, Percent, Volume};
        let Some(word) = self.lexicon.unit_at(self.text, measure.number.start, measure.end, false) else {
            return;
        };
        let divisible = matches!(
            word.entry.dimension,
            Area | Duration | Energy | Length | Mass | Money | Percent | Volume
        );
        let Some(value) = above.checked_div(below).filter(|_| divisible) else { return };
        measure.value =
            if value.checked_mul(below) == Some(above) { value.normalize() } else { two_places(value) };
        measure.end = word.end;
        measure.unit = word.id;
        measure.dimension = word.entry.dimension;
        measure.scale(&word);
    }

    /// `1小时30分钟`, `五元五角`, `2米5`, `三斤半`: what smaller units and digits after the unit add to it.
    ///
    /// The sum is in the larger unit where its decimals end there, else in the smaller one, so that it is always exact.
    fn compound(&self, measure: &mut Measure, word: &UnitWord<'_>) {
        let (mut entry, mut last) = (word.entry, 1);
        let mut zero = false;
        loop {
            let at = match self.char_at(measure.end) {
                Some('半') => return self.half_more(measure, 0),
                Some('零') if !zero => measure.end + '零'.len_utf8(),
                Some(c) if c.is_ascii_digit() || self.lexicon.marks.of(Some(c)) & ahead::NUMERAL != 0 => {
                    measure.end
                }
                _ => return,
            };
            zero = at > measure.end;
            let Some(numeral) = numeral::read(self.text, at, self.lexicon) else { return };
            let plain = numeral.high.is_none() && numeral.inside.is_none() && !numeral.vague;
            let Some(value) = numeral.value.filter(|_| plain) else { return };
            let factor = entry.factor.unwrap_or(Decimal::ONE);
            let rest = self.rest(numeral.end);
            let part = entry.parts.iter().filter(|part| part.each > last && value < Decimal::from(part.each));
            let part = part
                .flat_map(|part| part.words.iter().map(move |word| (part, word)))
                .filter(|(_, word)| rest.starts_with(&***word))
                .max_by_key(|(_, word)| word.len());
            let Some((part, word)) = part else {
                if entry.ellipsis && !zero {
                    self.ellipsis(measure, at, &numeral, factor, last);
                }
                return;
            };
            let each = Decimal::from(part.each);
            // A quotient without end has all the places that a decimal holds.
            let share = value.checked_div(each).filter(|share| share.scale() < 20);
            let sum = if let Some(share) = share {
                share.checked_mul(factor).and_then(|share| measure.value.checked_add(share))
            } else {
                let Some(unit) = self.lexicon.find(&part.unit).filter(|_| last == 1) else { return };
                let Some(smaller) = self.lexicon.entry(&part.unit) else { return };
                measure.unit = unit;
                entry = smaller;
                measure.value.checked_mul(each).and_then(|whole| whole.checked_add(value))
            };
            let Some(sum) = sum else { return };
            measure.value = sum.normalize();
            measure.end = numeral.end + word.len();
            last = if share.is_some() { part.each } else { 1 };
        }
    }

    /// `2米5`, `三块五`, `一米七八`, `十二块三毛二`: the decimals after a unit, or after the part of it of which `last`
    /// make one.
    fn ellipsis(&self, measure: &mut Measure, at: usize, numeral: &Numeral, factor: Decimal, last: u32) {
        let text = self.text;
        let digits = match numeral.form {
            Form::Arabic if !text[at..numeral.end].contains(['.', ',']) => numeral.end - at,
            Form::Digit => 1,
            Form::Digits => (numeral.end - at) / '一'.len_utf8(),
            _ => return,
        };
        // 苹果三块五一斤: the last digit is of the next quantity.
        let (digits, value, end) = match self.lexicon.unit_at(text, at, numeral.end, false) {
            Some(_) if numeral.form == Form::Digits && digits == 2 => {
                let Some((Sign::Digit(first), _)) = self.char_at(at).and_then(sign) else { return };
                (1, Some(Decimal::from(first)), at + '一'.len_utf8())
            }
            Some(_) => return,
            None => (digits, numeral.value, numeral.end),
        };
        let follows = self.char_at(numeral.end);
        let number = follows.is_some_and(|c| c.is_ascii_alphanumeric() || "%.:：、‰/".contains(c));
        if number || digits > 2 || numeral.multiplied {
            return;
        }
        let below = Decimal::from(10_u32.pow(digits as u32)).checked_mul(Decimal::from(last));
        let share = value.zip(below).and_then(|(value, below)| value.checked_mul(factor)?.checked_div(below));
        if let Some(sum) = share.and_then(|share| measure.value.checked_add(share)) {
            measure.value = sum.normalize();
            measure.end = end;
        }
    }

    /// `两斤半`, `三个半`: a half after the unit, `skip` bytes after the end of the measure.
    fn half_more(&self, measure: &mut Measure, skip: usize) {
        use Dimension::{Area, Count, Duration, Length, Mass, Money, Multiple, Number, Volume};
        let end = measure.end + skip + '半'.len_utf8();
        let continuous = match measure.dimension {
            Area | Duration | Length | Mass | Money | Multiple | Number | Volume => true,
            Count => self.text[..measure.end].ends_with('个'),
            _ => false,
        };
        let other_word = self
            .char_at(end)
            .is_some_and(|c| sign(c).is_some() || "径年天日夜数导成封岛山挂球决价生个".contains(c));
        if !continuous || other_word || measure.value.scale() > 0 || measure.high.is_some() {
            return;
        }
        let half = self.lexicon.factor_of(measure.unit, &self.text[measure.number.end..measure.end]);
        if let Some(sum) = measure.value.checked_add(half * Decimal::new(5, 1)) {
            measure.value = sum.normalize();
            measure.end = end;
        }
    }

    /// `3个多月`, `一个半小时`, `两个TB`: a hedge or a half between `个` and what it counts, or nothing.
    fn divided_unit(&self, measure: &mut Measure) -> bool {
        let rest = self.rest(measure.end);
        let (hedge, skip) = match rest.chars().next() {
            Some('多' | '余') => (Some(Qualifier::Over), 3),
            Some('半') => (None, 3),
            Some(c) if c == '%' || c.is_ascii_alphabetic() => {
                let Some(word) = self.lexicon.unit_at(self.text, measure.number.start, measure.end, false)
                else {
                    return false;
                };
                (measure.unit, measure.dimension) = (word.id, word.entry.dimension);
                measure.end = word.end;
                return true;
            }
            _ => return false,
        };
        let after = measure.end + skip;
        let (unit, end) = if self.rest(after).starts_with('月') {
            (self.lexicon.find("个月"), after + 3)
        } else {
            let word = self.lexicon.unit_at(self.text, measure.number.start, after, false);
            let word =
                word.filter(|word| matches!(word.entry.dimension, Dimension::Duration | Dimension::Points));
            (word.map(|word| word.id), word.map_or(after, |word| word.end))
        };
        let Some(unit) = unit else { return false };
        measure.unit = unit;
        measure.dimension = self.lexicon.unit(unit).dimension;
        measure.end = end;
        match hedge {
            Some(hedge) => measure.inside = Some(hedge),
            None => measure.value += Decimal::new(5, 1),
        }
        true
    }

    /// The exponent after an Arabic number and one of `signs`: `1.5e10`.
    pub(super) fn exponent(&self, end: usize, signs: &[char]) -> Option<(i64, usize)> {
        let bytes = self.text.as_bytes();
        if !self.rest(end).starts_with(signs) {
            return None;
        }
        let signed = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
        let start = end + 1 + usize::from(signed);
        if !bytes.get(start).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let (value, after) = arabic(self.text, start);
        let whole = value.filter(|value| value.scale == 0);
        let power = whole.and_then(|value| i64::try_from(value.mantissa).ok()).unwrap_or(i64::MAX);
        let closed = !bytes.get(after).is_some_and(u8::is_ascii_alphanumeric);
        closed.then_some((if bytes[start - 1] == b'-' { -power } else { power }, after))
    }

    /// Whether no noun begins at `at`.
    pub(super) fn ends_at(&self, at: usize) -> bool {
        self.char_at(at).is_none_or(|c| !is_word(c) || "的和且并与及达".contains(c))
    }
}
