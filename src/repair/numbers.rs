//! Numbers and words that spaces or commas run through: whether what stands there is one number, or several.

use super::script::is_han;
use crate::{
    numerals::{Sign, sign},
    span::Span,
};

/// Han characters after three digits that make them no group of a longer number.
const NO_MEASURE: &str = "年月日时点分秒号";

fn digits(bytes: &[u8], at: usize, most: usize) -> usize {
    bytes.get(at..).map_or(0, |rest| rest.iter().take(most).take_while(|b| b.is_ascii_digit()).count())
}

fn digits_before(bytes: &[u8], at: usize, most: usize) -> usize {
    bytes[..at].iter().rev().take(most).take_while(|b| b.is_ascii_digit()).count()
}

/// Whether a text is one number and nothing else, with a space between each character and the next, or after each
/// comma of its groups. In a longer text the same may be a row of a table.
pub(super) fn is_spaced_number(text: &str) -> bool {
    const LONGEST: usize = 120;
    let text = text.strip_suffix('\n').unwrap_or(text);
    if text.len() > LONGEST || !text.contains(' ') {
        return false;
    }
    let part = |c: char| c.is_ascii_digit() || ".．,，%‰+-−eE/^万亿千百".contains(c);
    let spaced = |token: &str| token.chars().count() == 1 && token.chars().all(part);
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let mut groups = text.trim_start_matches(['-', '−']).split(", ");
    let three = |group: &str| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit());
    let head = groups
        .next()
        .is_some_and(|head| matches!(head.len(), 1..=3) && head.bytes().all(|b| b.is_ascii_digit()));
    // 100 000
    let mut wide = text.split(' ');
    let first = wide.next().is_some_and(|head| matches!(head.len(), 1..=3));
    let zeros = wide.clone().count() >= 2 || wide.clone().all(|group| group == "000");
    (first && digits + wide.clone().count() == text.len() && zeros && wide.all(three))
        || (digits > 0 && text.len() > 2 && text.split(' ').all(spaced))
        || (head && groups.clone().count() >= 2 && groups.all(three))
}

/// Whether the comma at `at` parts groups of three: one to three digits before it, three after it.
pub(super) fn groups(bytes: &[u8], at: usize) -> bool {
    matches!(digits_before(bytes, at, 4), 1..=3) && digits(bytes, at + 1, 4) == 3
}

/// The full-width commas of one number from `at` on, none if what follows is no number of at least three groups;
/// and the place up to which that is settled.
pub(super) fn wide_groups(bytes: &[u8], at: usize) -> (Vec<usize>, usize) {
    const COMMA: &[u8] = "，".as_bytes();
    let (mut commas, mut end) = (Vec::new(), at);
    while bytes.get(end..).is_some_and(|rest| rest.starts_with(COMMA))
        && digits(bytes, end + COMMA.len(), 4) == 3
    {
        commas.push(end);
        end += COMMA.len() + 3;
    }
    let rest = bytes.get(end..).unwrap_or_default();
    let goes_on = rest.starts_with(COMMA) && digits(bytes, end + COMMA.len(), 1) == 1;
    // 118,222，444 has a group before; 20，300.50元 is written as only money is.
    let grouped = digits_before(bytes, at, 4) == 3 && bytes[..at - 3].ends_with(b",");
    let money =
        rest.starts_with(b".") && digits(bytes, end + 1, 3) == 2 && rest[3..].starts_with("元".as_bytes());
    let least = if grouped || money { 1 } else { 2 };
    if commas.len() < least || goes_on || !matches!(digits_before(bytes, at, 4), 1..=3) {
        commas.clear();
    }
    (commas, end.max(at + COMMA.len()))
}

/// Where the number ends that a space at `span` breaks; the start of `span` if the two are numbers of their own.
///
/// `4 6.28%` and `13 157件` are one number: behind a Han character at most three digits, then either groups of three
/// or a decimal, then a unit.
pub(super) fn broken_number(text: &str, span: Span) -> usize {
    let bytes = text.as_bytes();
    let left = digits_before(bytes, span.start, 4);
    if !matches!(left, 1..=3) {
        return span.start;
    }
    let before = &text[..span.start - left];
    // Where nothing stands before it in the whole text there is no list or column that it could be of.
    let han = before.is_empty() || before.ends_with(|c| is_han(c) && c != '第');
    let spaced_han = before.strip_suffix(' ').is_some_and(|before| before.ends_with(is_han));
    let mut end = span.end + digits(bytes, span.end, 4);
    if end - span.end == 3 && (han || spaced_han) {
        while bytes.get(end) == Some(&b' ') && digits(bytes, end + 1, 4) == 3 {
            end += 4;
        }
        let mut unit = end;
        if bytes.get(end) == Some(&b'.') {
            unit = end + 1 + digits(bytes, end + 1, 8);
        }
        if is_unit(text[unit..].trim_start_matches(' ')) {
            return end;
        }
    }
    let decimals = if bytes.get(end) == Some(&b'.') { digits(bytes, end + 1, 8) } else { 0 };
    if han && matches!(end - span.end, 1..=3) && decimals > 0 && is_unit(&text[end + 1 + decimals..]) {
        return end;
    }
    span.start
}

/// Whether the space at `span` stands beside the decimal point of one number, as in `46 .28%` and `46 . 28 %`.
pub(super) fn is_broken_decimal(text: &str, span: Span) -> bool {
    let bytes = text.as_bytes();
    let spaced = |at: usize| usize::from(bytes.get(at) == Some(&b' '));
    let point = if bytes[span.end..].starts_with(b".") { span.end } else { span.start.saturating_sub(1) };
    if bytes[point] != b'.' {
        return false;
    }
    let before = text[..point].strip_suffix(' ').unwrap_or(&text[..point]);
    let whole = digits_before(bytes, before.len(), 8);
    let start = point + 1 + spaced(point + 1);
    let decimals = digits(bytes, start, 8);
    if whole == 0 || decimals == 0 {
        return false;
    }
    let unit = &text[start + decimals + spaced(start + decimals)..];
    if start == point + 1 {
        return is_unit(unit);
    }
    // Without a Han character before it, `46.` may be a list label.
    let stem = &before[..before.len() - whole];
    stem.strip_suffix(' ').unwrap_or(stem).ends_with(is_han)
        && (unit.starts_with(['%', '‰', '万', '亿']) || unit.starts_with("个百分点"))
}

/// Whether the space at `span` stands within one Chinese number: `六百 六十五 万 零 二`, `负 五`, `百分之 一百`.
pub(super) fn is_broken_numeral(text: &str, span: Span) -> bool {
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let (Some(left), Some(right)) = (before.chars().next_back(), after.chars().next()) else { return false };
    let (left_sign, Some(right_sign)) = (numeral(left), numeral(right)) else {
        // 八十 点 三, 五 分之 二
        let rest = after.strip_prefix("分之").or_else(|| after.strip_prefix(['点', '又']));
        let goes_on = rest.map(|rest| rest.strip_prefix(' ').unwrap_or(rest));
        return numeral(left).is_some()
            && goes_on.is_some_and(|rest| rest.starts_with(|c| numeral(c).is_some()));
    };
    let Some(left_sign) = left_sign else {
        let point =
            before.strip_suffix(['点', '又']).map(|before| before.strip_suffix(' ').unwrap_or(before));
        let pointed = point.is_some_and(|before| before.ends_with(|c| numeral(c).is_some()));
        return left == '负' || before.ends_with("分之") || pointed;
    };
    match (left_sign, right_sign) {
        (0, _) | (_, 0) => true,
        // What a multiplier multiplies: 五 百, 十五 万.
        (..=9, 10..) => true,
        (10.., 10..) => right_sign > left_sign,
        // A smaller part: 六百 六十五, 十 五; two hundreds beside one another are a list.
        (10.., _) => match after.chars().nth(1).and_then(numeral) {
            Some(next) => (10..left_sign).contains(&next),
            None => left_sign == 10,
        },
        _ => false,
    }
}

/// The value of a Chinese digit, or ten and more for a multiplier. Financial characters are names and verbs too often.
fn numeral(c: char) -> Option<u64> {
    match sign(c)? {
        (Sign::Digit(digit), false) => Some(digit.into()),
        (Sign::Small(power) | Sign::Big(power), false) => Some(10_u64.pow(power)),
        _ => None,
    }
}

fn is_unit(text: &str) -> bool {
    text.starts_with(|c| matches!(c, '%' | '‰') || is_han(c) && !NO_MEASURE.contains(c))
}

/// Whether the sign at `at`, with or without a space to each side, stands between digits.
pub(super) fn is_sign_between(bytes: &[u8], at: usize) -> bool {
    let digit = |b: Option<&u8>| b.is_some_and(u8::is_ascii_digit);
    let before = bytes[..at].strip_suffix(b" ").unwrap_or(&bytes[..at]);
    let after = &bytes[at + 1..];
    let after = after.strip_prefix(b" ").unwrap_or(after);
    let measured = before.last().is_some_and(|&b| b == b'%');
    (digit(before.last()) || measured) && digit(after.first()) && bytes[at] != b'.'
}

const MOMENT: usize = 24;

/// Whether a date, a clock time or a telephone number begins at `at`.
pub(super) fn is_moment_after(bytes: &[u8], at: usize) -> bool {
    let token = bytes[at..].iter().take(MOMENT).take_while(|b| in_moment(**b));
    is_moment(token)
}

/// Whether a date, a clock time or a telephone number ends at `at`.
pub(super) fn is_moment_before(bytes: &[u8], at: usize) -> bool {
    let token = bytes[..at].iter().rev().take(MOMENT).take_while(|b| in_moment(**b));
    is_moment(token)
}

const fn in_moment(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b':' | b'/' | b'.' | b'-')
}

fn is_moment<'a>(token: impl Iterator<Item = &'a u8>) -> bool {
    let (mut digits, mut marks) = (0, 0);
    for byte in token {
        match byte {
            b':' => marks += 2,
            b'0'..=b'9' => digits += 1,
            _ => marks += 1,
        }
    }
    marks >= 2 || digits >= 10
}

/// Whether the character before the one that ends at `at` is a digit.
pub(super) fn has_digit_before(text: &str, at: usize) -> bool {
    text[..at].chars().rev().nth(1).is_some_and(|c| c.is_ascii_digit())
}

/// Where the last space of a spaced-out word (`提 升 治 理`) ends that the space at `at` stands in; `at` if it stands
/// in none. Such a word is at least three single Han characters, digits and punctuation marks among them or not,
/// with one space between each and the next.
pub(super) fn spaced_out(text: &str, at: usize) -> usize {
    let single = |c: char| is_han(c) || c.is_ascii_digit() || "，。、；：".contains(c);
    let Some(left) = text[..at].chars().next_back() else { return at };
    if !matches!(
        text[..at - left.len_utf8()].chars().next_back(),
        None | Some(' ' | '\n' | '，' | '。' | '、' | '；' | '：')
    ) {
        return at;
    }
    let (mut end, mut han) = (at, 1);
    loop {
        let mut chars = text[end..].chars();
        let (space, c, next) = (chars.next(), chars.next(), chars.next());
        let (Some(' '), Some(c)) = (space, c) else { break };
        if !single(c) || !matches!(next, None | Some(' ' | '\n' | '，' | '。' | '、' | '；' | '：')) {
            break;
        }
        han += usize::from(is_han(c));
        end += 1 + c.len_utf8();
    }
    if han >= 3 { end } else { at }
}
