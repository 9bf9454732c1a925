//! What expressions of time are made of: lists of words, numerals, and the ways to step over them.

use crate::numerals::{Sign, sign};

/// A reading and the byte after it.
pub(super) type Read<T> = Option<(T, usize)>;

/// Years outside of these are amounts.
pub(super) const YEARS: std::ops::RangeInclusive<u16> = 1900..=2099;

/// Words for a year counted from the document's own.
pub(super) const OWN_YEARS: &[(&str, i32)] = &[
    ("今年度", 0),
    ("本年度", 0),
    ("今年", 0),
    ("本年", 0),
    ("上一年度", -1),
    ("上年度", -1),
    ("上一年", -1),
    ("去年", -1),
    ("上年", -1),
    ("前年", -2),
    ("明年", 1),
    ("来年", 1),
    ("下一年度", 1),
    ("下年度", 1),
    ("下一年", 1),
];

/// Words for the year spoken of.
pub(super) const SPOKEN_YEARS: &[&str] = &["全年度", "全年", "年内", "年初", "年底", "年末", "年终", "当年"];

/// Words for the year that is looked back on.
pub(super) const PAST_YEARS: &[&str] =
    &["刚刚过去的一年", "过去的一年", "过去一年", "一年来", "一年以来", "这一年"];

/// Times without bounds.
pub(super) const VAGUE: &[&str] = &[
    "近年来",
    "近年",
    "近几年来",
    "近几年",
    "近些年来",
    "近些年",
    "这些年来",
    "这些年",
    "几年来",
    "多年来",
    "多年以来",
    "长期以来",
    "一直以来",
    "历年来",
    "历年",
    "往年",
    "下一步",
    "下步",
    "下一阶段",
    "下阶段",
    "接下来",
];

/// Words for the time of writing.
pub(super) const NOW: &[&str] =
    &["截至目前", "截止目前", "到目前为止", "目前为止", "目前", "时至今日", "迄今为止", "迄今", "至今"];

/// Before a number of years that end or begin with the document's own.
pub(super) const RECENT_BEFORE: &[&str] = &["过去的", "过去", "最近", "近", "这"];
/// Around a number of years that lasts and is no period.
pub(super) const LASTING_BEFORE: &[&str] = &[
    "历时", "耗时", "经过", "长达", "为期", "连续", "接", "邻", "附", "临", "用时", "已有", "建成", "运行",
    "从事",
];
pub(super) const LASTING_AFTER: &[&str] = &[
    "历史",
    "的历史",
    "时间",
    "的时间",
    "之久",
    "最",
    "平均",
    "左右",
    "以上",
    "工期",
    "时光",
    "里程",
    "规划",
    "行动",
    "计划",
    "级",
];
pub(super) const COMING_BEFORE: &[&str] = &["未来", "今后", "接下来", "下一个"];

/// What joins the ends of a range.
pub(super) const RANGE: &[&str] = &["——", "—", "–", "－", "−", "-", "～", "~", "至", "到"];

pub(super) const MONTH_ENDS: &[&str] =
    &["份", "月底", "底", "末", "初", "中旬", "上旬", "下旬", "中下旬", "中上旬"];
pub(super) const HALVES: &[(&str, (u8, u8))] = &[("上半年", (1, 6)), ("下半年", (7, 12))];
pub(super) const SINCE: &[&str] = &["以来", "来", "至今", "起", "开始"];
pub(super) const BEFORE: &[&str] = &["之前", "以前", "前"];

/// What the words of time begin with, numerals and quotation marks aside; sorted by nothing but use.
pub(super) const FIRST: &[char] = &[
    '今', '去', '全', '上', '近', '截', '目', '明', '前', '过', '这', '下', '本', '多', '几', '当', '刚',
    '长', '历', '往', '接', '到', '时', '迄', '至', '最', '未', '头', '第', '来', '一',
];

/// Before 到 or 至 these say that an amount reached something then: `提高到2023年的…` is no target.
pub(super) const REACHED: &str = "高加升降长少展大延扩达得推追直甚遇看增涨复";

/// Whether `text` begins with `word`, told by one byte for almost all words that it does not begin with: the last byte
/// of the first character.
#[inline]
fn begins(text: &str, word: &str) -> bool {
    let (text, word) = (text.as_bytes(), word.as_bytes());
    let byte = 2.min(word.len().saturating_sub(1));
    text.get(byte) == word.get(byte) && text.starts_with(word)
}

#[inline]
pub(super) fn skip<'t>(
    text: &str,
    pos: usize,
    words: impl IntoIterator<Item = &'t &'t str>,
) -> Option<usize> {
    let rest = text.get(pos..)?;
    words.into_iter().find(|word| begins(rest, word)).map(|word| pos + word.len())
}

#[inline]
pub(super) fn word(text: &str, pos: usize, word: &str) -> Option<usize> {
    begins(text.get(pos..)?, word).then(|| pos + word.len())
}

#[inline]
pub(super) fn ends<'t>(text: &str, words: impl IntoIterator<Item = &'t &'t str>) -> Option<&'t str> {
    let last = text.as_bytes().last();
    words.into_iter().find(|word| word.as_bytes().last() == last && text.ends_with(**word)).copied()
}

pub(super) fn spaces(text: &str, pos: usize) -> usize {
    let blank = text.as_bytes()[pos..].iter().take(2).take_while(|b| **b == b' ').count();
    pos + blank
}

/// The value of a Chinese digit; 10 for 十.
pub(super) fn digit(c: char) -> Option<u16> {
    match sign(c) {
        Some((Sign::Digit(digit), false)) => Some(digit.into()),
        Some((Sign::Small(1), false)) => Some(10),
        // A circle is written for 〇 in years.
        None if c == '○' => Some(0),
        _ => None,
    }
}

/// A number of at most four digits in either script, and how many digits it was written with.
pub(super) fn number(text: &str, pos: usize) -> Read<(u16, usize)> {
    let bytes = text.as_bytes();
    let (mut value, mut at) = (0_u16, pos);
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        if at - pos == 4 {
            return None;
        }
        value = value * 10 + u16::from(digit);
        at += 1;
    }
    if at > pos {
        return Some(((value, at - pos), at));
    }
    let (mut value, mut digits, mut end) = (0_u16, 0, pos);
    let mut tens = false;
    for c in text[pos..].chars() {
        match digit(c) {
            Some(_) if digits == 4 => return None,
            Some(10) if tens || digits > 1 => return None,
            Some(10) => {
                tens = true;
                value = value.max(1) * 10;
            }
            Some(_) if tens && value % 10 != 0 => return None,
            Some(d) if tens => value += d,
            Some(d) => value = value * 10 + d,
            None => break,
        }
        digits += 1;
        end += c.len_utf8();
    }
    (digits > 0).then_some(((value, digits), end))
}
