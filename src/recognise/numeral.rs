//! Reads one number as people write it: Arabic, Chinese, financial, mixed; exact, in one pass over its characters.

use rust_decimal::Decimal;

use super::{exact::Exact, lexicon::Lexicon, marks::ahead, words::is_word};
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
    /// The upper end of `两三`, `三五百`, `几十`.
    pub(super) high: Option<Decimal>,
    /// The hedge within: `200余万`.
    pub(super) inside: Option<Qualifier>,
    /// Whether a digit is only hinted at: `二十几万`.
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
    /// `廿 卅 卌`: so many tens.
    Tens(u8),
}

/// The characters of Chinese numbers.
pub(super) const SIGNS: &str = "零〇一二两兩三四五六七八九十百千万萬亿億壹贰貳叁參肆伍陆陸柒捌玖拾佰仟廿卅卌";

/// What `c` is within a number; the second value says that it is a financial character, often a name or a verb.
pub(super) fn sign(c: char) -> Option<(Sign, bool)> {
    use Sign::{Big, Digit, Small, Tens};
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
        '廿' => (Tens(2), false),
        '卅' => (Tens(3), false),
        '卌' => (Tens(4), false),
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

/// An Arabic number: digits, comma groups, one decimal point. Gives its value and its end.
pub(super) fn arabic(text: &str, start: usize) -> (Option<Exact>, usize) {
    let bytes = text.as_bytes();
    let (mut value, mut small, mut count, mut at) = (0_i128, 0_u64, 0_usize, start);
    let mut run = |at: &mut usize| {
        let from = *at;
        while let Some(digit) = bytes.get(*at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
        {
            if count < 18 {
                small = small * 10 + u64::from(digit);
                value = i128::from(small);
            } else if count < 30 {
                value = value * 10 + i128::from(digit);
            }
            count += 1;
            *at += 1;
        }
        *at - from
    };
    let three = |at: usize| {
        bytes.get(at..at + 3).is_some_and(|group| group.iter().all(u8::is_ascii_digit))
            && !bytes.get(at + 3).is_some_and(u8::is_ascii_digit)
    };
    if run(&mut at) <= 3 {
        while bytes.get(at) == Some(&b',') && three(at + 1) {
            at += 1;
            run(&mut at);
        }
    }
    let mut scale = 0;
    if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        at += 1;
        scale = run(&mut at);
    }
    ((count <= 29).then_some(Exact { mantissa: value, scale: scale as u32 }), at)
}

/// Most numbers are digits, perhaps with one multiplier, or a single Chinese digit, with nothing after them that could
/// go on.
fn simple(text: &str, start: usize, lexicon: &Lexicon) -> Option<Numeral> {
    const ON: u32 = ahead::NUMERAL | ahead::INSIDE | ahead::ON;
    let goes_on = |at: usize| {
        let next = char_at(text, at);
        lexicon.marks.of(next) & ON != 0
            || next.is_some_and(|c| {
                c.is_ascii_digit()
                    || c == '、'
                    || (c == '个' && text[at..].chars().take(3).any(|c| c == '亿'))
            })
    };
    let first = char_at(text, start)?;
    let (mut value, mut end, mut power, form) = if first.is_ascii_digit() {
        let (value, end) = arabic(text, start);
        (value?, end, letter(text, end, lexicon), Form::Arabic)
    } else {
        let (Sign::Digit(digit), _) = sign(first)? else { return None };
        (Exact::whole(i128::from(digit)), start + first.len_utf8(), 0, Form::Digit)
    };
    if power > 0 {
        end += 1;
    } else if form == Form::Arabic {
        power = match char_at(text, end) {
            Some('万') => 4,
            Some('亿') => 8,
            _ => 0,
        };
        end += if power > 0 { '万'.len_utf8() } else { 0 };
    }
    if goes_on(end) {
        return None;
    }
    value = value.shift(power)?;
    Some(Numeral {
        end,
        value: value.decimal(),
        high: None,
        inside: None,
        vague: false,
        form,
        lends: power,
        multiplied: power > 0,
    })
}

/// The power of ten of a letter at `at` that multiplies: `15k`, `3.2M`, `5W元`.
fn letter(text: &str, at: usize, lexicon: &Lexicon) -> u32 {
    let rest = &text[at..];
    let Some(after) = rest.get(1..).filter(|_| rest.starts_with(['K', 'k', 'M', 'W', 'w'])) else { return 0 };
    let closed = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
        && !lexicon.unit_starts_with_multiplier(text, at);
    match rest.as_bytes()[0] {
        b'K' | b'k' if closed => 3,
        b'M' if closed => 6,
        b'W' | b'w' if after.starts_with(['元', '块']) => 4,
        _ => 0,
    }
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

/// The number that begins at `start`, which must be a digit or a Chinese numeral.
pub(super) fn read(text: &str, start: usize, lexicon: &Lexicon) -> Option<Numeral> {
    if let Some(numeral) = simple(text, start, lexicon) {
        return Some(numeral);
    }
    let mut reader = Reader::new(text, start, lexicon);
    while reader.step() {}
    reader.finish()
}

/// One number while it is read.
#[expect(clippy::struct_excessive_bools, reason = "what was read last, one fact each")]
struct Reader<'a> {
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
    fn new(text: &'a str, start: usize, lexicon: &'a Lexicon) -> Self {
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
    fn step(&mut self) -> bool {
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
            if second.count == 1 && second.first == run.first + 1 && is_multiplier(after) {
                run = Run { count: 2, last: second.first, ..run };
                end = after;
            }
        }
        // What follows a multiplier without one of its own is the next number: 5万亿两个, 3万三个.
        let alone = !is_multiplier(end);
        let ends = || !char_at(self.text, end).is_some_and(is_word);
        if alone
            && self.last > 0
            && (matches!(c, '两' | '兩') || (self.numeral.form == Form::Arabic && self.last > 1 && !ends()))
        {
            // 10万零8百, 2千零1
            let zero =
                c == '零' && run.count == 1 && char_at(self.text, end).is_some_and(|c| c.is_ascii_digit());
            if zero && self.numeral.form == Form::Arabic {
                self.at = end;
                self.zero = true;
                return self.arabic();
            }
            return false;
        }
        let zero = run.first == 0 && !first;
        let count = run.count - if zero { run.zeros.min(1) } else { 0 };
        if run.is_pair() {
            self.sum.current = Some(Exact::whole(i128::from(run.first)));
            self.sum.delta = Exact::whole(i128::from(run.last - run.first));
        } else if run.count <= 29 {
            self.sum.current = Some(Exact::whole(run.value));
        } else {
            self.sum.large = true;
        }
        self.single = count == 1 || run.is_pair();
        if first && !run.is_pair() {
            self.numeral.form = if count == 1 { Form::Digit } else { Form::Digits };
        } else if self.numeral.form == Form::Lone {
            self.numeral.form = Form::Han;
        }
        self.went(After::Digits, end);
        self.zero = zero;
        true
    }

    fn small(&mut self, power: u32, len: usize) -> bool {
        if power >= self.small || (self.sum.current.is_none() && self.after != After::Nothing && power != 1) {
            return false;
        }
        if power > 1 && self.lexicon.unit_starts_with_multiplier(self.text, self.at) {
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

    fn finish(mut self) -> Option<Numeral> {
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
