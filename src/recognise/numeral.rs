//! Reads one number as people write it: Arabic, Chinese, financial, mixed; exact, in one pass over its characters.

use rust_decimal::Decimal;

use super::{exact::Exact, lexicon::Lexicon, marks::ahead};
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

/// The number that begins at `start`, which must be a digit or a Chinese numeral.
pub(super) fn read(text: &str, start: usize, lexicon: &Lexicon) -> Option<Numeral> {
    if let Some(numeral) = simple(text, start, lexicon) {
        return Some(numeral);
    }
    let mut reader = Reader::new(text, start, lexicon);
    while reader.step() {}
    reader.finish()
}
