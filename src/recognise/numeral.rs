//! Reads one number as people write it: Arabic, Chinese, financial, mixed; exact, in one pass over its characters.

use rust_decimal::Decimal;

use super::lexicon::Lexicon;
use crate::quantity::Qualifier;

/// How a number is written; decides what it needs beside it to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Begins with Arabic digits.
    Arabic,
    /// One Chinese digit, or `十`.
    Digit,
    /// A multiplier with nothing before it: `百`, `千万`, `亿`.
    Lone,
    /// Chinese digits in a row, `二〇二三`.
    Digits,
    /// Any other Chinese number.
    Han,
}

/// A number read at some place of a text.
#[derive(Clone, Debug)]
pub(super) struct Numeral {
    /// Offset after its last byte.
    pub(super) end: usize,
    /// Its value; `None` when it is too large for an exact decimal.
    pub(super) value: Option<Decimal>,
    /// The upper end of `两三`, `三五百`.
    pub(super) high: Option<Decimal>,
    /// The hedge within: `200余万`.
    pub(super) inside: Option<Qualifier>,
    /// Whether it is no number at all: `十几`.
    pub(super) vague: bool,
    pub(super) form: Form,
    /// The power of ten that its end lends to the first half of a range: 4 for `15万`.
    pub(super) lends: u32,
    /// Whether any multiplier was read.
    pub(super) multiplied: bool,
}

/// A character of a Chinese number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Digit(u8),
    /// `十 百 千`, as a power of ten.
    Small(u32),
    /// `万 亿`, as a power of ten.
    Big(u32),
}

/// What `c` is within a number; the second value says that it is a financial character, often a name or a verb.
pub(super) fn sign(c: char) -> Option<(Sign, bool)> {
    use Sign::{Big, Digit, Small};
    Some(match c {
        '零' | '〇' => (Digit(0), false),
        '一' => (Digit(1), false),
        '二' | '两' | '兩' => (Digit(2), false),
        '三' => (Digit(3), false),
        '四' => (Digit(4), false),
        '五' => (Digit(5), false),
        '六' => (Digit(6), false),
        '七' => (Digit(7), false),
        '八' => (Digit(8), false),
        '九' => (Digit(9), false),
        '十' => (Small(1), false),
        '百' => (Small(2), false),
        '千' => (Small(3), false),
        '万' | '萬' => (Big(4), false),
        '亿' | '億' => (Big(8), false),
        '壹' => (Digit(1), true),
        '贰' | '貳' => (Digit(2), true),
        '叁' | '參' => (Digit(3), true),
        '肆' => (Digit(4), true),
        '伍' => (Digit(5), true),
        '陆' | '陸' => (Digit(6), true),
        '柒' => (Digit(7), true),
        '捌' => (Digit(8), true),
        '玖' => (Digit(9), true),
        '拾' => (Small(1), true),
        '佰' => (Small(2), true),
        '仟' => (Small(3), true),
        _ => return None,
    })
}

fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// A decimal of `mantissa` with `scale` places, when it fits.
fn decimal(mantissa: i128, scale: u32) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

/// `value` times ten to the `power`, in as few places as it needs.
pub(super) fn shift(value: Decimal, power: u32) -> Option<Decimal> {
    Some(value.checked_mul(Decimal::from(10_u64.pow(power)))?.normalize())
}

/// An Arabic number: digits, comma groups, one decimal point. Gives its value and its end.
pub(super) fn arabic(text: &str, start: usize) -> (Option<Decimal>, usize) {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = start + digits(start);
    if end - start <= 3 {
        while bytes.get(end) == Some(&b',') && digits(end + 1) == 3 {
            end += 4;
        }
    }
    let whole = end;
    if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
        end += 1 + digits(end + 1);
    }
    let mut mantissa = Some(0_i128);
    for digit in bytes[start..end].iter().filter(|b| b.is_ascii_digit()) {
        mantissa = mantissa
            .filter(|value| *value < 10_i128.pow(28))
            .map(|value| value * 10 + i128::from(digit - b'0'));
        if mantissa.is_none() {
            break;
        }
    }
    let scale = end.saturating_sub(whole + 1) as u32;
    (mantissa.and_then(|mantissa| decimal(mantissa, scale)), end)
}

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
            if run.count == 0 {
                run.first = digit;
            }
            run.value = run.value.saturating_mul(10).saturating_add(i128::from(digit));
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
}

/// The sum under construction.
#[derive(Default)]
struct Sum {
    /// Closed by `万` or `亿`.
    total: Decimal,
    /// Closed by `十`, `百`, `千` since.
    section: Decimal,
    /// Read since the last multiplier.
    current: Option<Decimal>,
    /// What to add for the upper end of a pair.
    delta: Decimal,
    large: bool,
}

impl Sum {
    fn checked(&mut self, value: Option<Decimal>) -> Decimal {
        self.large |= value.is_none();
        value.unwrap_or_default()
    }

    fn small(&mut self, power: u32) {
        let current = self.current.take().unwrap_or(Decimal::ONE);
        let product = shift(current, power).and_then(|product| product.checked_add(self.section));
        self.section = self.checked(product);
        self.delta = self.checked(shift(self.delta, power));
    }

    /// `whole`: the multiplier holds for all that was read before it, as in `三千万亿`.
    fn big(&mut self, power: u32, whole: bool) {
        let read = self.current.take().and_then(|current| current.checked_add(self.section));
        let mut part = read.unwrap_or(self.section);
        if whole {
            part = self.checked(part.checked_add(self.total));
            self.total = Decimal::ZERO;
        }
        let sum = shift(part, power).and_then(|part| part.checked_add(self.total));
        self.total = self.checked(sum);
        self.section = Decimal::ZERO;
        self.delta = self.checked(shift(self.delta, power));
    }

    fn value(&self) -> Option<Decimal> {
        let value =
            self.total.checked_add(self.section)?.checked_add(self.current.unwrap_or(Decimal::ZERO))?;
        (!self.large).then_some(value)
    }
}

/// The number that begins at `start`, which must be a digit or a Chinese numeral.
pub(super) fn read(text: &str, start: usize, lexicon: &Lexicon) -> Option<Numeral> {
    let mut sum = Sum::default();
    let mut numeral = Numeral {
        end: start,
        value: None,
        high: None,
        inside: None,
        vague: false,
        form: Form::Han,
        lends: 0,
        multiplied: false,
    };
    // Powers of the last multiplier, of the lowest small one in this section, of the last big one.
    let (mut last, mut small, mut big) = (0, 4, u32::MAX);
    // What the last thing read was.
    let (mut after_zero, mut after_digits, mut after_big) = (false, false, false);
    let (mut signs, mut single, mut decimals) = (0_usize, false, false);
    let mut at = start;
    while let Some(c) = char_at(text, at) {
        if c.is_ascii_digit() {
            if after_digits || (signs > 0 && last == 0) {
                break;
            }
            let (value, end) = arabic(text, at);
            if signs > 0 && !continues(text, at, end, value, last, decimals) {
                break;
            }
            if signs == 0 {
                numeral.form = Form::Arabic;
            }
            decimals = text[at..end].contains('.');
            single = end - at == 1;
            sum.large |= value.is_none();
            sum.current = Some(value.unwrap_or_default());
            (after_digits, after_big, after_zero) = (true, false, false);
            at = end;
            signs += 1;
            numeral.end = at;
            continue;
        }
        // 3个亿
        if c == '个'
            && after_digits
            && let Some('亿') = char_at(text, at + c.len_utf8())
        {
            at += c.len_utf8();
            continue;
        }
        let Some((sign, _)) = sign(c) else {
            // A hedge between a number and its multiplier.
            if let Some((word, qualifier)) = lexicon.hedge_inside(text, at)
                && numeral.inside.is_none()
                && signs > 0
                && char_at(text, at + word).and_then(self::sign).is_some_and(|(sign, _)| match sign {
                    Sign::Digit(_) => false,
                    Sign::Small(power) => power > 1 && power < small,
                    Sign::Big(power) => !(after_big && power <= big),
                })
            {
                numeral.inside = qualifier;
                numeral.vague |= qualifier.is_none();
                at += word;
                continue;
            }
            if c == '点'
                && signs > 0
                && !decimals
                && numeral.form != Form::Arabic
                && (after_digits || small == 1)
            {
                let (run, end) = Run::read(text, at + c.len_utf8());
                let next = char_at(text, end).unwrap_or(' ');
                if run.count > 0 && run.count <= 27 && !matches!(next, '十' | '钟' | '刻') {
                    let places = decimal(run.value, run.count);
                    let whole = sum.current.take().unwrap_or_default();
                    let value = places
                        .and_then(|places| places.checked_add(whole))
                        .and_then(|value| value.checked_add(sum.section));
                    sum.section = Decimal::ZERO;
                    sum.current = Some(sum.checked(value));
                    (decimals, after_digits, single) = (true, true, false);
                    numeral.form = Form::Han;
                    small = 4;
                    signs += 2;
                    at = end;
                    numeral.end = at;
                    continue;
                }
            }
            break;
        };
        match sign {
            Sign::Digit(_) => {
                if after_digits {
                    break;
                }
                let (run, end) = Run::read(text, at);
                // What follows a multiplier without one of its own is the next number: 5万亿两个, 3万三个.
                let alone = !matches!(
                    char_at(text, end).and_then(self::sign),
                    Some((Sign::Small(_) | Sign::Big(_), _))
                );
                if alone && last > 0 && (matches!(c, '两' | '兩') || numeral.form == Form::Arabic) {
                    break;
                }
                after_zero = run.first == 0 && signs > 0;
                let count = run.count - if after_zero { run.zeros.min(1) } else { 0 };
                if run.is_pair() {
                    sum.current = Some(Decimal::from(run.first));
                    sum.delta = Decimal::from(run.last - run.first);
                } else if run.count <= 28 {
                    sum.current = decimal(run.value, 0);
                } else {
                    sum.large = true;
                }
                single = count == 1 || run.is_pair();
                if signs == 0 && !run.is_pair() {
                    numeral.form = if count == 1 { Form::Digit } else { Form::Digits };
                }
                signs += run.count as usize;
                (after_digits, after_big) = (true, false);
                at = end;
            }
            Sign::Small(power) => {
                if power >= small || (sum.current.is_none() && signs > 0 && power != 1) {
                    break;
                }
                if power > 1 && lexicon.unit_starts_with_multiplier(text, at) {
                    break;
                }
                if signs == 0 {
                    numeral.form = if power == 1 { Form::Digit } else { Form::Lone };
                } else if numeral.form != Form::Arabic {
                    numeral.form = Form::Han;
                }
                sum.small(power);
                (small, last) = (power, power);
                (after_digits, after_big, after_zero, decimals) = (false, false, false, false);
                numeral.multiplied = true;
                signs += 1;
                at += c.len_utf8();
            }
            Sign::Big(power) => {
                let empty = sum.current.is_none() && sum.section.is_zero();
                if signs == 0 {
                    numeral.form = Form::Lone;
                    sum.section = Decimal::ONE;
                } else if (empty && (!after_big || power <= big)) || power == big {
                    break;
                } else if matches!(numeral.form, Form::Digit | Form::Digits) {
                    numeral.form = Form::Han;
                }
                sum.big(power, big != u32::MAX && power > big);
                (big, last, small) = (power, power, 4);
                (after_digits, after_big, after_zero, decimals) = (false, true, false, false);
                numeral.multiplied = true;
                signs += 1;
                at += c.len_utf8();
            }
        }
        numeral.end = at;
    }
    if signs == 0 {
        return None;
    }
    // 一百二 is 120, 三万五 is 35000.
    if after_digits && single && !after_zero && last > 1 && !decimals {
        let current = sum.current.take().unwrap_or_default();
        sum.current = Some(current);
        let current = shift(current, last - 1);
        sum.current = Some(sum.checked(current));
        let delta = shift(sum.delta, last - 1);
        sum.delta = sum.checked(delta);
    }
    numeral.lends = if after_digits {
        0
    } else {
        last + if after_big && small == 4 { stacked(text, start, at) } else { 0 }
    };
    numeral.value = sum.value();
    numeral.high =
        if sum.delta.is_zero() { None } else { numeral.value.and_then(|v| v.checked_add(sum.delta)) };
    Some(numeral)
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
fn continues(
    text: &str,
    start: usize,
    end: usize,
    value: Option<Decimal>,
    last: u32,
    decimals: bool,
) -> bool {
    if decimals || last == 0 || text[start..end].contains(['.', ',']) {
        return false;
    }
    let next = char_at(text, end);
    let room = value.is_some_and(|value| value < Decimal::from(10_u64.pow(last.min(18))));
    match next.and_then(sign) {
        Some((Sign::Small(power) | Sign::Big(power), _)) => power < last && room,
        Some(_) => false,
        None => {
            room && !matches!(next, Some('年' | '月' | '日' | '-' | '.' | '/' | ':'))
                && (end - start) as u32 <= last
        }
    }
}
