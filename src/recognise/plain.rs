//! The common cases, read straight: digits or a regular Chinese number, perhaps a hedge, perhaps a unit, and beside them
//! no character that a range, a code or a compound could begin or end with; dates in digits; Chinese digits that are
//! parts of words. Gives the quantities that [`Composer::read`] would give, or leaves them to it.

use rust_decimal::Decimal;

use super::{
    chars,
    compose::{Composer, Found},
    exact::Exact,
    marks::{ahead, behind},
    measure::Measure,
    numeral::{Form, han},
    share::Hedged,
    words::is_word,
};
use crate::{
    numerals::{Sign, sign},
    quantity::{Dimension, Qualifier},
    span::Span,
};

/// What before a number, at its unit and after that makes more of it than a number and a unit.
const BEFORE: u32 = behind::SIGN | behind::MINUS | behind::CODE | behind::RANK;
const AT: u32 = ahead::TIME | ahead::JOINT | ahead::CODE | ahead::ON | ahead::NUMERAL;
const AFTER: u32 = ahead::JOINT | ahead::STROKE | ahead::FIRST;

/// What after a date may make more of it.
const DATED: u32 = ahead::TIME | ahead::JOINT | ahead::FIRST | ahead::STROKE;

/// What is said to be just that much.
#[inline]
fn exact<'a>(measure: &Measure) -> Found<'a> {
    let span = Span::new(measure.number.start, measure.end);
    Found::Quantity { quantity: measure.quantity(span, Qualifier::Exact), hedged: Hedged::default() }
}

/// Whether a unit that counts may go on with `c`: `个TB`, `份之一`.
const fn goes_on(c: char) -> bool {
    matches!(c, '之' | '%') || c.is_ascii_alphabetic()
}

impl Composer<'_> {
    /// What stands at `at`, when it is that simple.
    #[inline]
    pub(super) fn plain(&self, at: usize) -> Option<Found<'_>> {
        if self.listing {
            return None;
        }
        if self.text.as_bytes()[at].is_ascii_digit() { self.plain_arabic(at) } else { self.plain_han(at) }
    }

    #[inline]
    fn plain_arabic(&self, at: usize) -> Option<Found<'_>> {
        let bytes = self.text.as_bytes();
        // Those of at most sixteen digits fit.
        let digits = |mut number: u64, mut end: usize| {
            while let Some(digit) =
                bytes.get(end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
            {
                number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
                end += 1;
            }
            (number, end)
        };
        let (whole, mut end) = digits(0, at);
        let (mut mantissa, mut scale) = (whole, 0);
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            let point = end;
            (mantissa, end) = digits(mantissa, point + 1);
            scale = (end - point - 1) as u32;
        }
        if end - at > 16 {
            return None;
        }
        let before = self.behind(at);
        let mut next = self.char_at(end);
        let mut value = Exact { mantissa: i128::from(mantissa), scale };
        let power = match next {
            Some('年' | '月' | '-' | '/' | '.') => {
                return self.date(at, end).map(|next| Found::Nothing { next });
            }
            Some('万') => 4,
            Some('亿') => 8,
            _ => 0,
        };
        if power > 0 {
            value = value.shift(power)?;
            end += '万'.len_utf8();
            next = self.char_at(end);
        }
        if next == Some(',') || before & BEFORE != 0 {
            return None;
        }
        let (number, value) = (Span::new(at, end), value.decimal()?);
        let named = self.lexicon.guards.has_number(whole);
        if !named && let Some(found) = self.plainest(number, value, before, next) {
            return Some(found);
        }
        let measure =
            Measure { multiplied: power > 0, lends: power, ..Measure::of(number, value, Form::Arabic) };
        self.plain_measure(measure, before, next, named)
    }

    /// An Arabic number with a unit of one character and nothing near it that could mean more: most figures.
    #[inline]
    fn plainest(&self, number: Span, value: Decimal, before: u32, next: Option<char>) -> Option<Found<'_>> {
        let lexicon = self.lexicon;
        let bits = lexicon.marks.of(next);
        let single = lexicon.single(bits)?;
        if before & (behind::HEDGE | behind::GUARD) | bits & (AT | ahead::INSIDE | ahead::GUARD) != 0 {
            return None;
        }
        let end = number.end + next?.len_utf8();
        let after = self.char_at(end);
        if lexicon.marks.of(after) & (AFTER | ahead::BEHIND | ahead::INSIDE) != 0
            || after.is_some_and(|c| single.other.may_have(c) || goes_on(c))
            || lexicon.guards.anywhere()
            || self.landmarks.near(number)
        {
            return None;
        }
        let measure = Measure {
            end,
            unit: single.id,
            dimension: single.dimension,
            ..Measure::of(number, value, Form::Arabic)
        };
        Some(exact(&measure))
    }

    fn plain_han(&self, at: usize) -> Option<Found<'_>> {
        let first = self.char_at(at)?;
        let second = at + first.len_utf8();
        let next = self.char_at(second);
        let (sign @ (Sign::Digit(_) | Sign::Small(1)), false) = sign(first)? else { return None };
        let before = self.behind(at);
        // 一些, 三轮车
        if matches!(sign, Sign::Digit(_))
            && next.is_some_and(|c| is_word(c) && !self.lexicon.may_follow(c))
            && before & (behind::SIGN | behind::RANK) == 0
            && (before & behind::MINUS == 0 || !self.is_negative(at))
        {
            return Some(Found::Nothing { next: second });
        }
        if before & BEFORE != 0 {
            return None;
        }
        // 三、 before a heading
        if next == Some('、') {
            let last = self.char_at(second + '、'.len_utf8());
            let label = before & behind::HEDGE == 0
                && !last.is_some_and(|c| c.is_ascii_digit())
                && self.lexicon.marks.of(last) & ahead::NUMERAL == 0;
            return label.then_some(Found::Nothing { next: second });
        }
        if first == '一' && next == Some('半') {
            return None;
        }
        let number = han(self.text, at, first, self.lexicon)?;
        let next = self.char_at(number.end);
        let measure = Measure {
            multiplied: number.form == Form::Han || first == '十',
            lends: number.last,
            ..Measure::of(Span::new(at, number.end), number.value.into(), number.form)
        };
        self.plain_measure(measure, before, next, true)
    }

    /// A number between a character with the bits `before` and `next`; `named`: a guarded word may begin with it.
    #[inline]
    fn plain_measure(
        &self,
        mut measure: Measure,
        before: u32,
        mut next: Option<char>,
        named: bool,
    ) -> Option<Found<'_>> {
        let number = measure.number;
        let (lexicon, guards) = (self.lexicon, &self.lexicon.guards);
        let mut bits = lexicon.marks.of(next);
        let arabic = measure.form == Form::Arabic;
        let guarding = bits & (ahead::GUARD | if arabic { 0 } else { ahead::HAN_GUARD });
        if bits & (ahead::INSIDE | AT) == ahead::INSIDE {
            let (after, hedge) = lexicon.hedge_behind(self.text, number.end, true, Dimension::Number)?;
            let round = measure.multiplied || self.text.as_bytes()[number.end - 1] == b'0' || !hedge.round;
            measure.inside = hedge.qualifier.filter(|_| round && !hedge.lone && !hedge.with_unit);
            measure.inside?;
            measure.end = after;
            next = self.char_at(after);
            bits = lexicon.marks.of(next);
        }
        if bits & (AT | ahead::INSIDE) != 0 {
            return None;
        }
        let digit = measure.form == Form::Digit;
        let single = lexicon.single(bits).filter(|single| !digit || !single.names);
        let end = measure.end + next.map_or(0, char::len_utf8);
        let second = self.char_at(end);
        let mut after = second;
        if let Some(single) = single
            && after.is_none_or(|c| !single.other.may_have(c))
        {
            measure.end = end;
            measure.unit = single.id;
            measure.dimension = single.dimension;
        } else {
            let word = match bits & ahead::UNIT {
                0 => None,
                _ => lexicon.unit_at(self.text, number.start, measure.end, digit),
            };
            let Some(word) = word else {
                // 3个半, 名列23
                let other = next == Some('个') || before & behind::LIST != 0;
                return (!other).then(|| self.finish(measure, number.end));
            };
            if !word.entry.is_plain() {
                return None;
            }
            after = self.char_at(word.end);
            measure.end = word.end;
            measure.unit = word.id;
            measure.dimension = word.entry.dimension;
            measure.scale(&word);
        }
        let (end, dimension) = (measure.end, measure.dimension);
        let after_bits = lexicon.marks.of(after);
        // 个多月, 个来亿, 个TB; 五份之一
        let further = after_bits & ahead::INSIDE != 0 || after.is_some_and(goes_on);
        if after_bits & AFTER != 0 || (dimension == Dimension::Count && further) {
            return None;
        }
        let hedged = measure.inside.is_some()
            || (before & behind::HEDGE != 0
                && lexicon.hedge_before(&self.text[self.floor..number.start], digit, None).is_some())
            || (after_bits & ahead::BEHIND != 0
                && lexicon.hedge_behind(self.text, end, false, dimension).is_some());
        if hedged {
            return Some(self.finish(measure, number.end));
        }
        if named
            && self.ahead(number.start) & ahead::NAME != 0
            && let Some(word) = guards.word(self.suspect(&measure, before))
        {
            return Some(self.guarded(number, word));
        }
        if !arabic && self.unbelieved(&measure, false, number.start, end).is_some() {
            return Some(Found::Nothing { next: number.end });
        }
        let suspected = before & behind::GUARD != 0
            || (guarding != 0 && guards.may_follow(next, second))
            || guards.anywhere()
            || self.landmarks.near(number);
        if suspected && let Some(refused) = guards.refuse(self.suspect(&measure, before), &lexicon.marks) {
            return Some(self.guarded(number, refused));
        }
        Some(exact(&measure))
    }

    /// Where the date ends whose first number stands at `at..end`, when it is written without spaces and nothing after
    /// it could make more of it: `2023年5月8日`, `5月`, `2023-05-08`.
    fn date(&self, at: usize, end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        // A number of at most two digits at `from`, and its end.
        let small = |from: usize, most: u8| {
            let digits = bytes.get(from..)?.iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
            let value = bytes[from..from + digits.min(2)].iter().fold(0, |value, b| value * 10 + (b - b'0'));
            ((1..=2).contains(&digits) && (1..=most).contains(&value)).then_some(from + digits)
        };
        let year = end - at == 4 && matches!(&bytes[at..at + 2], b"19" | b"20");
        let mark = bytes[end];
        let end = if year && matches!(mark, b'-' | b'/' | b'.') {
            let month = small(end + 1, 12).filter(|end| bytes.get(*end) == Some(&mark))?;
            small(month + 1, 31)?
        } else {
            let mut month = small(at, 12).filter(|month| *month == end);
            let mut last = end;
            if year && self.char_at(end) == Some('年') {
                last = end + '年'.len_utf8();
                month = small(last, 12);
            }
            match month {
                Some(month) if self.char_at(month) == Some('月') => {
                    last = month + '月'.len_utf8();
                    if bytes.get(last).is_some_and(u8::is_ascii_digit) {
                        let day = small(last, 31)?;
                        let mark = self.char_at(day).filter(|c| matches!(c, '日' | '号'))?;
                        last = day + mark.len_utf8();
                    }
                }
                Some(_) => return None,
                None => {}
            }
            if last == end {
                return None;
            }
            last
        };
        let next = chars::after(self.text, end);
        let more = self.lexicon.marks.of(next) & DATED != 0
            || next.is_some_and(|c| {
                matches!(c, ' ' | '的' | '度' | '份' | '同' | '前' | '头' | '上' | '下' | '第')
            });
        (!more).then_some(end)
    }
}
