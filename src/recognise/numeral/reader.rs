//! Reads a number that is more than digits with one multiplier, sign by sign.

use super::{Form, Numeral, arabic, char_at};
use crate::{
    numerals::{Sign, sign},
    quantity::{Dimension, Qualifier},
    recognise::{exact::Exact, lexicon::Lexicon, marks::ahead, words::is_word},
};

/// A run of Chinese digits.
#[derive(Clone, Copy, Default)]
struct Run {
    value: i128,
    count: u32,
    zeros: u32,
    first: u8,
    last: u8,
}

impl Run {
    fn read(text: &str, start: usize) -> (Self, usize) {
        let (mut run, mut at) = (Self::default(), start);
        while let Some((c, (Sign::Digit(digit), _))) = char_at(text, at).and_then(|c| Some((c, sign(c)?))) {
            // 四两 is no 42.
            if run.count > 0 && matches!(c, '两' | '兩') {
                let pair = run.count == 1 && run.first == 1;
                if !pair || !char_at(text, at + c.len_utf8()).is_some_and(is_word) {
                    break;
                }
            }
            if run.count == 0 {
                run.first = digit;
            }
            if run.count < 30 {
                run.value = run.value * 10 + i128::from(digit);
            }
            run.count += 1;
            run.zeros += u32::from(digit == 0);
            run.last = digit;
            at += c.len_utf8();
        }
        (run, at)
    }

    /// Two neighbouring digits give a range, `两三`, `三五`.
    fn is_pair(self) -> bool {
        self.count == 2
            && self.zeros == 0
            && (self.last == self.first + 1 || (self.first, self.last) == (3, 5))
    }

    /// Three digits that follow one another, `五六七`; `一二三` names three things.
    fn is_triple(self) -> bool {
        self.count == 3 && self.first > 1 && self.value == i128::from(self.first) * 111 + 12
    }
}

/// The sum under construction.
#[derive(Default)]
struct Sum {
    /// Closed by `万` or `亿`.
    total: Exact,
    /// Closed by `十`, `百`, `千` since.
    section: Exact,
    /// Read since the last multiplier.
    current: Option<Exact>,
    /// What to add for the upper end of a pair.
    delta: Exact,
    large: bool,
}

impl Sum {
    fn checked(&mut self, value: Option<Exact>) -> Exact {
        self.large |= value.is_none();
        value.unwrap_or_default()
    }

    fn small(&mut self, power: u32) {
        let current = self.current.take().unwrap_or(Exact::ONE);
        let product = current.shift(power).and_then(|product| product.plus(self.section));
        self.section = self.checked(product);
        self.delta = self.checked(self.delta.shift(power));
    }

    /// `whole`: the multiplier holds for all that was read before it, as in `三千万亿`.
    fn big(&mut self, power: u32, whole: bool) {
        let read = self.current.take().map_or(Some(self.section), |current| current.plus(self.section));
        let mut part = self.checked(read);
        if whole {
            part = self.checked(part.plus(self.total));
            self.total = Exact::default();
        }
        let sum = part.shift(power).and_then(|part| part.plus(self.total));
        self.total = self.checked(sum);
        self.section = Exact::default();
        self.delta = self.checked(self.delta.shift(power));
    }

    fn value(&self) -> Option<Exact> {
        let value = self.total.plus(self.section)?.plus(self.current.unwrap_or_default())?;
        (!self.large).then_some(value)
    }
}

/// One number while it is read.
#[expect(clippy::struct_excessive_bools, reason = "what was read last, one fact each")]
pub(super) struct Reader<'a> {
    text: &'a str,
    lexicon: &'a Lexicon,
    start: usize,
    at: usize,
    sum: Sum,
    numeral: Numeral,
    /// Powers of the last multiplier, of the lowest small one in this section, of the last big one.
    last: u32,
    small: u32,
    big: u32,
    /// What the last thing read was.
    after: After,
    /// Whether the digits read last are one digit, have decimals, follow a zero.
    single: bool,
    decimals: bool,
    zero: bool,
    /// Whether two large multipliers stood together, `万亿`.
    stacked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    Digits,
    Small,
    Big,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, start: usize, lexicon: &'a Lexicon) -> Self {
        let numeral = Numeral {
            end: start,
            value: None,
            high: None,
            inside: None,
            vague: false,
            form: Form::Han,
            lends: 0,
            multiplied: false,
        };
        Self {
            text,
            lexicon,
            start,
            at: start,
            sum: Sum::default(),
            numeral,
            last: 0,
            small: 4,
            big: u32::MAX,
            after: After::Nothing,
            single: false,
            decimals: false,
            zero: false,
            stacked: false,
        }
    }

    /// Reads on; whether there was anything that belongs to the number.
    pub(super) fn step(&mut self) -> bool {
        let Some(c) = char_at(self.text, self.at) else { return false };
        if c.is_ascii_digit() {
            return self.arabic();
        }
        let bits = self.lexicon.marks.of(Some(c));
        if bits & (ahead::NUMERAL | ahead::INSIDE | ahead::ON) == 0 && c != '个' {
            return false;
        }
        match sign(c) {
            Some((Sign::Digit(_), _)) => self.digits(c),
            Some((Sign::Small(power), _)) => self.small(power, c.len_utf8()),
            Some((Sign::Big(power), _)) => self.big(power, c.len_utf8()),
            Some((Sign::Tens(tens), _)) => self.tens(tens, c.len_utf8()),
            None => self.between(c),
        }
    }

    fn arabic(&mut self) -> bool {
        if self.after == After::Digits {
            return false;
        }
        let (value, end) = arabic(self.text, self.at);
        let first = self.after == After::Nothing;
        if !first && !continues(self.text, self.at, end, value, self.last, self.decimals) {
            return false;
        }
        if first {
            self.numeral.form = Form::Arabic;
        }
        self.decimals = value.is_some_and(|value| value.scale > 0);
        self.single = end - self.at == 1;
        self.sum.large |= value.is_none();
        self.sum.current = Some(value.unwrap_or_default());
        let zero = self.zero;
        self.went(After::Digits, end);
        self.zero = zero;
        true
    }

    fn went(&mut self, after: After, end: usize) {
        self.after = after;
        self.zero = false;
        self.at = end;
        self.numeral.end = end;
    }

    /// What may stand between the signs of a number: a hedge, the point, the `个` of `3个亿`.
    fn between(&mut self, c: char) -> bool {
        if self.after == After::Nothing {
            return false;
        }
        let next = self.at + c.len_utf8();
        if c == '个' && self.after != After::Big {
            let hedge = self.lexicon.hedge_inside(self.text, next).map_or(0, |(length, _)| length);
            if char_at(self.text, next + hedge) == Some('亿') {
                self.at = next;
                return true;
            }
        }
        if self.numeral.inside.is_none()
            && !self.numeral.vague
            && let Some((word, qualifier)) = self.hedge()
            && let Some((sign, _)) = char_at(self.text, self.at + word).and_then(sign)
            && match sign {
                Sign::Digit(_) | Sign::Tens(_) => false,
                // 二十几百 is no number, 一百几十 is.
                Sign::Small(power) => power < self.small && (power > 1 || qualifier.is_none()),
                Sign::Big(power) => !(self.after == After::Big && power <= self.big),
            }
        {
            self.numeral.inside = qualifier;
            if qualifier.is_none() {
                self.hint();
            }
            self.at += word;
            return true;
        }
        c == '点' && self.point(next)
    }

    /// The hedge here, with the `个` of `十几个亿`.
    fn hedge(&self) -> Option<(usize, Option<Qualifier>)> {
        let (length, qualifier) = self.lexicon.hedge_inside(self.text, self.at)?;
        let counted = self.text[self.at + length..].starts_with("个亿");
        Some((length + if counted { '个'.len_utf8() } else { 0 }, qualifier))
    }

    /// A digit that is not told: `十几万` is from 10 to 20 times `万`, `几十` from 10 to 100.
    fn hint(&mut self) {
        self.numeral.vague = true;
        if self.after == After::Small {
            self.sum.delta = Exact::whole(10_i128.pow(self.last));
        } else {
            self.sum.current = Some(Exact::ONE);
            self.sum.delta = Exact::whole(9);
        }
    }

    /// The decimals after `点`.
    fn point(&mut self, next: usize) -> bool {
        if self.decimals || self.numeral.form == Form::Arabic || self.after == After::Big {
            return false;
        }
        let (run, end) = Run::read(self.text, next);
        let follows = char_at(self.text, end).unwrap_or(' ');
        // 六点几: between six and seven.
        if follows == '几' && run.count == 0 && self.after == After::Digits && !self.numeral.vague {
            self.numeral.vague = true;
            self.sum.delta = Exact::ONE;
            (self.decimals, self.single) = (true, false);
            self.numeral.form = Form::Han;
            self.went(After::Digits, end + follows.len_utf8());
            return true;
        }
        if run.count == 0 || run.count > 27 || matches!(follows, '十' | '钟' | '刻') {
            return false;
        }
        let places = Exact { mantissa: run.value, scale: run.count };
        let whole = self.sum.current.take().unwrap_or_default().plus(self.sum.section);
        let value = whole.and_then(|whole| whole.plus(places));
        self.sum.section = Exact::default();
        self.sum.current = Some(self.sum.checked(value));
        (self.decimals, self.single) = (true, false);
        self.numeral.form = Form::Han;
        self.small = 4;
        self.went(After::Digits, end);
        true
    }

    fn digits(&mut self, c: char) -> bool {
        if self.after == After::Digits {
            return false;
        }
        let (mut run, mut end) = Run::read(self.text, self.at);
        let first = self.after == After::Nothing;
        let is_multiplier = |at: usize| {
            matches!(char_at(self.text, at).and_then(sign), Some((Sign::Small(_) | Sign::Big(_), _)))
        };
        // 六、七百 is 600 to 700.
        if first && run.count == 1 && self.text[end..].starts_with('、') {
            let (second, after) = Run::read(self.text, end + '、'.len_utf8());
            let pair = second.count == 1 && second.first == run.first + 1;
            if pair && (is_multiplier(after) || self.is_counted_pair(after)) {
                run = Run { count: 2, last: second.first, ..run };
                end = after;
            }
        }
        // What follows a multiplier without one of its own is the next number: 5万亿两个, 3万三个.
        let alone = !is_multiplier(end);
        // 10万零8百, 拾万零5百
        let zero = c == '零' && run.count == 1 && self.last > 0;
        if zero && char_at(self.text, end).is_some_and(|c| c.is_ascii_digit()) {
            self.at = end;
            self.zero = true;
            return self.arabic();
        }
        let ends = || !char_at(self.text, end).is_some_and(is_word);
        if alone
            && self.last > 0
            && (matches!(c, '两' | '兩') || (self.numeral.form == Form::Arabic && self.last > 1 && !ends()))
        {
            return false;
        }
        let zero = run.first == 0 && !first;
        let count = run.count - if zero { run.zeros.min(1) } else { 0 };
        let range = run.is_pair()
            || (first && run.is_triple() && (is_multiplier(end) || self.is_measured(end).is_some()));
        if range {
            self.sum.current = Some(Exact::whole(i128::from(run.first)));
            self.sum.delta = Exact::whole(i128::from(run.last - run.first));
        } else if run.count <= 29 {
            self.sum.current = Some(Exact::whole(run.value));
        } else {
            self.sum.large = true;
        }
        self.single = count == 1 || range;
        if first && !range {
            self.numeral.form = if count == 1 { Form::Digit } else { Form::Digits };
        } else if self.numeral.form == Form::Lone {
            self.numeral.form = Form::Han;
        }
        self.went(After::Digits, end);
        self.zero = zero;
        true
    }

    /// The end of the unit at `at`, which makes no name of a single digit.
    fn is_measured(&self, at: usize) -> Option<usize> {
        self.lexicon.unit_at(self.text, self.start, at, true).map(|word| word.end)
    }

    /// Whether the two digits before `at`, with a mark between them, are a range and no part of a list: `三、四个`. At
    /// the head of a line the first one is the number of an item, unless the two are all that stands there.
    fn is_counted_pair(&self, at: usize) -> bool {
        let Some(end) = self.is_measured(at) else { return false };
        let closed = !char_at(self.text, end).is_some_and(|c| is_word(c) || c == '、');
        match self.text[..self.start].chars().next_back() {
            None | Some('\n' | '。') => closed,
            Some(before) => !matches!(before, '、' | '第' | '（'),
        }
    }

    fn small(&mut self, power: u32, len: usize) -> bool {
        if power >= self.small || (self.sum.current.is_none() && self.after != After::Nothing && power != 1) {
            return false;
        }
        if power > 1 && self.lexicon.unit_starts_with_multiplier(self.text, self.start, self.at) {
            return false;
        }
        if self.after == After::Nothing {
            self.numeral.form = if power == 1 { Form::Digit } else { Form::Lone };
        } else if self.numeral.form != Form::Arabic {
            self.numeral.form = Form::Han;
        }
        self.sum.small(power);
        (self.small, self.last, self.decimals) = (power, power, false);
        self.numeral.multiplied = true;
        self.went(After::Small, self.at + len);
        true
    }

    fn tens(&mut self, tens: u8, len: usize) -> bool {
        if self.small <= 1 || self.after == After::Digits {
            return false;
        }
        self.sum.current = Some(Exact::whole(i128::from(tens)));
        self.numeral.form = Form::Han;
        self.after = After::Digits;
        self.small(1, len)
    }

    fn big(&mut self, power: u32, len: usize) -> bool {
        let empty = self.sum.current.is_none() && self.sum.section.is_zero();
        // 十二万亿三千亿: the second 亿 closes what was read since.
        if self.stacked && power == self.big && !empty && self.after != After::Big {
            self.sum.big(power, false);
            (self.last, self.small, self.decimals) = (power, 4, false);
            self.went(After::Big, self.at + len);
            return true;
        }
        if power == 12 && self.is_unit(len) {
            return false;
        }
        let again = self.after == After::Big && power >= self.big;
        self.stacked |= again;
        if self.after == After::Nothing {
            self.numeral.form = Form::Lone;
            self.sum.section = Exact::ONE;
        } else if !again && (empty || power == self.big) {
            return false;
        } else if matches!(self.numeral.form, Form::Digit | Form::Digits) {
            self.numeral.form = Form::Han;
        }
        self.sum.big(power, self.big != u32::MAX && power >= self.big);
        (self.big, self.last, self.small, self.decimals) = (power, power, 4, false);
        self.numeral.multiplied = true;
        self.went(After::Big, self.at + len);
        true
    }

    /// Whether the `兆` here is a unit of data or begins another one: `100兆`, `三兆瓦`. It multiplies before money and
    /// where the number goes on to `亿`.
    fn is_unit(&self, len: usize) -> bool {
        let next = self.at + len;
        let arabic = self.text.as_bytes()[self.start].is_ascii_digit();
        let unit = self.lexicon.unit_at(self.text, self.start, self.at, false);
        let money = self.lexicon.unit_at(self.text, self.start, next, false);
        let goes_on = || {
            let rest = self.text[next..].chars().take(12);
            rest.take_while(|c| c.is_ascii_digit() || sign(*c).is_some()).any(|c| matches!(c, '亿' | '億'))
        };
        unit.is_some_and(|word| arabic || !word.entry.arabic)
            && money.is_none_or(|word| word.entry.dimension != Dimension::Money)
            && !goes_on()
    }

    /// The number, if there was any.
    pub(super) fn finish(mut self) -> Option<Numeral> {
        if self.after == After::Nothing {
            return None;
        }
        let digits = self.after == After::Digits;
        // 一百二 is 120, 三万五 is 35000.
        if digits && self.single && !self.zero && self.last > 1 && !self.decimals {
            let current = self.sum.current.take().unwrap_or_default();
            let current = self.sum.checked(current.shift(self.last - 1));
            self.sum.current = Some(current);
            self.sum.delta = self.sum.checked(self.sum.delta.shift(self.last - 1));
        }
        self.numeral.lends = if digits {
            0
        } else {
            self.last + if self.after == After::Big { stacked(self.text, self.start, self.at) } else { 0 }
        };
        let value = self.sum.value();
        self.numeral.value = value.and_then(Exact::decimal);
        if !self.sum.delta.is_zero() {
            self.numeral.high = value.and_then(|value| value.plus(self.sum.delta)).and_then(Exact::decimal);
        }
        Some(self.numeral)
    }
}

/// The power of the multipliers before the last one where several stand together: 4 for `2万亿`.
fn stacked(text: &str, start: usize, end: usize) -> u32 {
    let mut signs = text[start..end].chars().rev().skip(1).map_while(sign);
    match signs.next() {
        Some((Sign::Small(power) | Sign::Big(power), _)) => power,
        _ => 0,
    }
}

/// Whether the Arabic digits at `start..end` go on a number whose last multiplier was `last`: `3万4千`, `1亿2000万`,
/// `3万5000`.
fn continues(text: &str, start: usize, end: usize, value: Option<Exact>, last: u32, decimals: bool) -> bool {
    if decimals || last == 0 || text[start..end].contains(['.', ',']) {
        return false;
    }
    let next = char_at(text, end);
    let room = value.is_some_and(|value| value.mantissa < 10_i128.pow(last.min(18)));
    match next.and_then(sign) {
        Some((Sign::Small(power) | Sign::Big(power), _)) => power < last && room,
        Some(_) => false,
        None => {
            room && !matches!(next, Some('年' | '月' | '日' | '-' | '.' | '/' | ':'))
                && (end - start) as u32 <= last
        }
    }
}
