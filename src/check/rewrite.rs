//! Other ways of writing an example, none of which may change a row: full-width digits, comma groups, Chinese
//! numerals, 万, other punctuation, a line break inside, Traditional characters.

use std::{collections::BTreeMap, sync::LazyLock};

use rust_decimal::Decimal;

use crate::row::Row;

/// A way of writing: its name in messages, and the text so written, unless it does not apply.
type Rewriting = (&'static str, fn(&str, &[Row]) -> Option<String>);

const REWRITINGS: [Rewriting; 7] = [
    ("full-width digits", |text, _| Some(full_width(text))),
    ("comma groups", |text, rows| numbers(text, rows, comma_groups)),
    ("Chinese numerals", |text, rows| numbers(text, rows, chinese)),
    ("万", |text, rows| numbers(text, rows, wan)),
    ("other punctuation", |text, _| Some(punctuation(text))),
    ("a line break inside", line_break),
    ("Traditional characters", |text, _| traditional(text)),
];

/// Every way with the text so written; `rows` are those of the text as it stands.
pub fn all<'a>(
    text: &'a str,
    rows: &'a [Row],
) -> impl Iterator<Item = (&'static str, Option<String>)> + use<'a> {
    REWRITINGS.iter().map(move |(name, rewrite)| (*name, rewrite(text, rows).filter(|other| other != text)))
}

fn full_width(text: &str) -> String {
    let other = |c: char| match c {
        '0'..='9' | '%' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
        _ => c,
    };
    text.chars().map(other).collect()
}

fn punctuation(text: &str) -> String {
    let other = |c: char| match c {
        '，' => ',',
        '；' => ';',
        '：' => ':',
        '（' => '(',
        '）' => ')',
        '“' => '「',
        '”' => '」',
        _ => c,
    };
    text.chars().map(other).collect()
}

/// The text with the number of every figure written otherwise; `None` where no figure is a plain number.
fn numbers(text: &str, rows: &[Row], write: fn(&str, &str) -> Option<String>) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let (mut done, mut changed) = (0, false);
    for row in rows {
        let raw = characters.get(row.start..row.end)?;
        let is_number = |c: &char| c.is_ascii_digit() || *c == '.';
        let Some(start) = raw.iter().position(char::is_ascii_digit) else { continue };
        let length = raw[start..].iter().take_while(|c| is_number(c)).count();
        let number: String = raw[start..start + length].iter().collect();
        let rest: String = raw[start + length..].iter().collect();
        let plain = !raw[..start].iter().any(|c| is_number(c) || *c == ',')
            && !rest
                .contains(|c: char| is_number(&c) || matches!(c, ',' | '-' | '—' | '～' | '~' | '至' | '∶'));
        if row.start < done || !plain || row.high.is_some() {
            continue;
        }
        let Some(written) = write(&number, &rest) else { continue };
        out.extend(&characters[done..row.start + start]);
        out += &written;
        // What was written has the unit in it where that stands before the number.
        done = row.start + start + length + usize::from(written.starts_with("百分之"));
        changed = true;
    }
    out.extend(characters.get(done..)?);
    changed.then_some(out)
}

fn comma_groups(number: &str, _: &str) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() < 4 || whole.starts_with('0') {
        return None;
    }
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    Some(if fraction.is_empty() { grouped } else { format!("{grouped}.{fraction}") })
}

fn wan(number: &str, rest: &str) -> Option<String> {
    let value: Decimal = number.parse().ok()?;
    let multiplied = rest.starts_with(|c| "万亿千百十余多几来%".contains(c));
    if multiplied || number.contains('.') || value < Decimal::from(10_000) {
        return None;
    }
    Some(format!("{}万", (value / Decimal::from(10_000)).normalize()))
}

/// A small number is a name as often (三级), and so is one before 期 or 届: only others must be read.
fn chinese(number: &str, rest: &str) -> Option<String> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let integer: u64 = whole.parse().ok()?;
    let percent = rest == "%";
    if integer < 10 && fraction.is_empty() && !percent || !rest.starts_with(is_plain_unit) && !percent {
        return None;
    }
    let mut numeral = numeral(integer)?;
    if !fraction.is_empty() {
        numeral.push('点');
        numeral.extend(fraction.chars().filter_map(|c| DIGITS.get(c.to_digit(10)? as usize)));
    }
    Some(if percent { format!("百分之{numeral}") } else { numeral })
}

fn is_plain_unit(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}') && !"余多几来度年月日时分点期级届号".contains(c)
}

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// A number below 10⁸ as it is spoken.
fn numeral(number: u64) -> Option<String> {
    if number >= 100_000_000 {
        return None;
    }
    if number >= 10_000 {
        let rest = number % 10_000;
        let zero = if rest > 0 && rest < 1000 { "零" } else { "" };
        let low = if rest > 0 { below_ten_thousand(rest, true) } else { String::new() };
        return Some(format!("{}万{zero}{low}", below_ten_thousand(number / 10_000, false)));
    }
    Some(below_ten_thousand(number, false))
}

fn below_ten_thousand(number: u64, inside: bool) -> String {
    let mut text = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = number / unit % 10;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push('零');
            gap = false;
        }
        if !(unit == 10 && digit == 1 && text.is_empty() && !inside) {
            text.push(DIGITS[digit as usize]);
        }
        text += name;
    }
    if text.is_empty() { "零".to_owned() } else { text }
}

/// A paragraph without figures before the example, wrapped with it to one width, so that a line breaks off inside the
/// example: a text of few lines is not evidently a wrapped one.
fn line_break(text: &str, rows: &[Row]) -> Option<String> {
    const WIDTH: usize = 20;
    const FILLER: &str = "工作人员走进田间地头，听取大家的想法，把好的做法记下来，再讲给更多的人听。\
        大家围坐在一起，说说心里话，谈谈身边的变化，屋里屋外都是笑声。\
        天气渐渐转暖，路边的花开了，孩子们跑来跑去，老人们晒着太阳，谁也不愿早早离开。";
    if text.contains('\n') {
        return None;
    }
    let row = rows.first()?;
    let characters: Vec<char> = text.chars().collect();
    // Where the line is to end: before the figure, or else behind it; no one tears a word of letters or digits apart.
    let whole = |at: &usize| {
        *at > 0 && *at < characters.len() && [at - 1, *at].iter().all(|&i| !characters[i].is_ascii())
    };
    let before = (1..row.start.saturating_sub(1)).rev().find(whole);
    let at = before.or_else(|| (row.end + 1..characters.len()).find(whole))?;
    let filler: Vec<char> = FILLER.chars().collect();
    let end = filler.iter().rposition(|&c| c == '。')?;
    let length = (0..WIDTH).map(|cut| end + 1 - cut).find(|length| (length + at).is_multiple_of(WIDTH))?;
    let characters: Vec<char> = filler[end + 1 - length..=end].iter().copied().chain(characters).collect();
    Some(characters.chunks(WIDTH).map(|line| line.iter().collect::<String>() + "\n").collect())
}

/// The Traditional form of every Simplified character that has one and no other.
static TRADITIONAL: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    let mut forms: BTreeMap<char, Vec<char>> = BTreeMap::new();
    for line in include_str!("../../rules/traditional.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut characters = line.chars();
        if let (Some(from), Some(to), None) = (characters.next(), characters.next(), characters.next()) {
            forms.entry(to).or_default().push(from);
        }
    }
    let one = |(to, from): (char, Vec<char>)| (from.len() == 1).then(|| (to, from[0]));
    forms.into_iter().filter_map(one).collect()
});

fn traditional(text: &str) -> Option<String> {
    let written: String = text.chars().map(|c| TRADITIONAL.get(&c).copied().unwrap_or(c)).collect();
    (written != text).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_spoken_ones() {
        for (number, spoken) in [
            (0, "零"),
            (7, "七"),
            (10, "十"),
            (15, "十五"),
            (101, "一百零一"),
            (110, "一百一十"),
            (1015, "一千零一十五"),
            (13_157, "一万三千一百五十七"),
            (20_000, "二万"),
            (100_205, "十万零二百零五"),
        ] {
            assert_eq!(numeral(number).unwrap(), spoken, "{number}");
        }
    }

    #[test]
    fn groups_and_multiples() {
        assert_eq!(comma_groups("13157", "件").unwrap(), "13,157");
        assert_eq!(comma_groups("1234567.5", "元").unwrap(), "1,234,567.5");
        assert_eq!(comma_groups("157", "件"), None);
        assert_eq!(wan("13157", "件").unwrap(), "1.3157万");
        assert_eq!(wan("13157", "万元"), None);
        assert_eq!(chinese("97.22", "%").unwrap(), "百分之九十七点二二");
    }
}
