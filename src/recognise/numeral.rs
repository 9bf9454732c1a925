//! Reads one number as people write it: Arabic, Chinese, financial, mixed; exact, in one pass over its characters.

use rust_decimal::Decimal;

use super::{chars, exact::Exact, lexicon::Lexicon, marks::ahead, words::is_word};
use crate::{
    numerals::{Sign, sign},
    quantity::Qualifier,
};
use reader::Reader;

mod reader;

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

fn char_at(text: &str, at: usize) -> Option<char> {
    chars::after(text, at)
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

/// Most numbers are digits, perhaps with one multiplier, or a regular Chinese number below ten thousand, with nothing
/// after them that could go on.
fn simple(text: &str, start: usize, lexicon: &Lexicon) -> Option<Numeral> {
    const ON: u32 = ahead::NUMERAL | ahead::INSIDE | ahead::ON;
    let first = char_at(text, start)?;
    let numeral = |end, value, form, lends, multiplied| Numeral {
        end,
        value,
        high: None,
        inside: None,
        vague: false,
        form,
        lends,
        multiplied,
    };
    let numeral = if first.is_ascii_digit() {
        let (value, mut end) = arabic(text, start);
        let mut power = letter(text, start, end, lexicon);
        if power > 0 {
            end += 1;
        } else {
            power = match char_at(text, end) {
                Some('万') => 4,
                Some('亿') => 8,
                _ => 0,
            };
            end += if power > 0 { '万'.len_utf8() } else { 0 };
        }
        numeral(end, value?.shift(power)?.decimal(), Form::Arabic, power, power > 0)
    } else {
        let Han { value, end, form, last } = han(text, start, first, lexicon)?;
        numeral(end, Some(Decimal::from(value)), form, last, form == Form::Han || first == '十')
    };
    let next = char_at(text, numeral.end);
    let goes_on = lexicon.marks.of(next) & ON != 0
        || next.is_some_and(|c| {
            c.is_ascii_digit()
                || c == '、'
                || (c == '个' && text[numeral.end..].chars().take(3).any(|c| c == '亿'))
        });
    (!goes_on).then_some(numeral)
}

/// A regular Chinese number below ten thousand.
pub(super) struct Han {
    pub(super) value: u32,
    pub(super) end: usize,
    pub(super) form: Form,
    /// The power of its last multiplier, where it ends in one.
    pub(super) last: u32,
}

/// `五`, `十二`, `三百二十六`: every digit but the last one has its multiplier, and these fall. Whatever else there is,
/// `一百二`, `两三`, `三千零五`, is not read here.
pub(super) fn han(text: &str, start: usize, first: char, lexicon: &Lexicon) -> Option<Han> {
    let (mut value, mut digit, mut last, mut end) = (0, None, 4, start);
    let mut next = Some(first);
    while let Some((c, (sign, _))) = next.and_then(|c| Some((c, sign(c)?))) {
        match sign {
            Sign::Digit(read @ 1..) if digit.is_none() && (last == 4 || !matches!(c, '两' | '兩')) => {
                digit = Some(u32::from(read));
            }
            Sign::Small(power) if power < last && (digit.is_some() || (power == 1 && end == start)) => {
                if power > 1 && lexicon.unit_starts_with_multiplier(text, start, end) {
                    return None;
                }
                value += digit.take().unwrap_or(1) * 10_u32.pow(power);
                last = power;
            }
            _ => return None,
        }
        end += c.len_utf8();
        next = char_at(text, end);
    }
    let form = if end - start <= '十'.len_utf8() || first == '十' { Form::Digit } else { Form::Han };
    match digit {
        None => Some(Han { value, end, form, last }),
        Some(digit) if last == 1 || last == 4 => Some(Han { value: value + digit, end, form, last: 0 }),
        Some(_) => None,
    }
}

/// The power of ten of a letter at `at` that multiplies the number from `start` on: `15k`, `3.2M`, `5W元`. `G` and `T`
/// after a whole number are names more often: `5G`.
fn letter(text: &str, start: usize, at: usize, lexicon: &Lexicon) -> u32 {
    const LETTERS: [char; 7] = ['K', 'k', 'M', 'G', 'T', 'W', 'w'];
    let rest = &text[at..];
    let Some(after) = rest.get(1..).filter(|_| rest.starts_with(LETTERS)) else { return 0 };
    let closed = !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
        && lexicon.unit_at(text, start, at, false).is_none();
    let decimal =
        closed && text.as_bytes()[start.saturating_sub(1)..at].contains(&b'.') && !after.starts_with(is_word);
    match rest.as_bytes()[0] {
        b'K' | b'k' if closed => 3,
        b'M' if closed => 6,
        b'G' if decimal => 9,
        b'T' if decimal => 12,
        b'W' | b'w' if after.starts_with(['元', '块']) => 4,
        _ => 0,
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
