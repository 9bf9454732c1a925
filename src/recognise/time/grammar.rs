//! How expressions of time are written: a hand-written grammar over the bytes of the text, anchored at a place.

use super::{Stage, TimeExpr, When, Year};
use crate::span::Span;

/// A reading and the byte after it.
type Read<T> = Option<(T, usize)>;

/// Years outside of these are amounts.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2099;

/// Words for a year counted from the document's own.
const OWN_YEARS: &[(&str, i32)] = &[
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
const SPOKEN_YEARS: &[&str] = &["全年度", "全年", "年内", "年初", "年底", "年末", "年终", "当年"];

/// Words for the year that is looked back on.
const PAST_YEARS: &[&str] = &["刚刚过去的一年", "过去的一年", "过去一年", "一年来", "一年以来", "这一年"];

/// Times without bounds.
const VAGUE: &[&str] = &[
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
const NOW: &[&str] =
    &["截至目前", "截止目前", "到目前为止", "目前为止", "目前", "时至今日", "迄今为止", "迄今", "至今"];

/// Before a number of years that end or begin with the document's own.
const RECENT_BEFORE: &[&str] = &["过去的", "过去", "最近", "近", "这"];
const COMING_BEFORE: &[&str] = &["未来", "今后", "接下来", "下一个"];

/// What joins the ends of a range.
const RANGE: &[&str] = &["——", "—", "–", "－", "−", "-", "～", "~", "至", "到"];

const MONTH_ENDS: &[&str] = &["份", "月底", "底", "末", "初", "中旬", "上旬", "下旬", "中下旬", "中上旬"];
const HALVES: &[(&str, (u8, u8))] = &[("上半年", (1, 6)), ("下半年", (7, 12))];
const SINCE: &[&str] = &["以来", "来", "至今", "起", "开始"];
const BEFORE: &[&str] = &["之前", "以前", "前"];

fn skip<'t>(text: &str, pos: usize, words: impl IntoIterator<Item = &'t &'t str>) -> Option<usize> {
    let rest = text.get(pos..)?;
    words.into_iter().find(|word| rest.starts_with(**word)).map(|word| pos + word.len())
}

fn word(text: &str, pos: usize, word: &str) -> Option<usize> {
    text.get(pos..)?.starts_with(word).then(|| pos + word.len())
}

fn ends<'t>(text: &str, words: impl IntoIterator<Item = &'t &'t str>) -> Option<&'t str> {
    words.into_iter().find(|word| text.ends_with(**word)).copied()
}

fn spaces(text: &str, pos: usize) -> usize {
    let blank = text.as_bytes()[pos..].iter().take(2).take_while(|b| **b == b' ').count();
    pos + blank
}

/// The value of a Chinese digit; 10 for 十.
fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '○' | '零' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        '十' => 10,
        _ => return None,
    })
}

/// A number of at most four digits in either script, and how many digits it was written with.
fn number(text: &str, pos: usize) -> Read<(i32, usize)> {
    let bytes = &text.as_bytes()[pos..];
    let count = bytes.iter().take(5).take_while(|b| b.is_ascii_digit()).count();
    if count > 0 {
        let end = pos + count;
        return (count <= 4).then(|| text[pos..end].parse().ok()).flatten().map(|n| ((n, count), end));
    }
    let (mut value, mut digits, mut end) = (0_u32, 0, pos);
    let mut tens = false;
    for c in text[pos..].chars().take(5) {
        match digit(c) {
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
    (digits > 0 && digits <= 4).then_some(((value as i32, digits), end))
}

/// A year without its 年.
fn year_digits(text: &str, pos: usize) -> Read<i32> {
    let ((value, digits), end) = number(text, pos)?;
    (digits == 4 && YEARS.contains(&value)).then_some((value, end))
}

fn month_digits(text: &str, pos: usize) -> Read<u8> {
    let ((value, digits), end) = number(text, pos)?;
    (digits <= 2 && (1..=12).contains(&value)).then_some((value as u8, end))
}

/// What begins at `pos`, without the words that may turn it.
pub(super) fn core(text: &str, pos: usize) -> Read<When> {
    let first = text[pos..].chars().next()?;
    if first.is_ascii_digit() || digit(first).is_some() {
        return numeric_date(text, pos)
            .or_else(|| years(text, pos))
            .or_else(|| calendar_year(text, pos))
            .or_else(|| plan(text, pos))
            .or_else(|| {
                part(text, pos).map(|((first, last), end)| (When::In(Year::Spoken, first, last), end))
            })
            .or_else(|| skip(text, pos, PAST_YEARS).map(|end| (When::In(Year::Past, 1, 12), end)))
            .or_else(|| span_of_years(text, pos))
            .or_else(|| age(text, pos));
    }
    if let Some(end) = skip(text, pos, VAGUE) {
        return Some((When::Vague, end));
    }
    if let Some(end) = skip(text, pos, NOW) {
        return Some((When::Now, end));
    }
    if let Some(end) = skip(text, pos, PAST_YEARS) {
        return Some((When::In(Year::Past, 1, 12), end));
    }
    for (name, offset) in OWN_YEARS {
        if let Some(end) = word(text, pos, name) {
            return Some(within(text, Year::Own(*offset), end));
        }
    }
    if matches!(first, '“' | '"' | '「' | '‘') {
        return plan(text, pos);
    }
    if let Some(((first, last), end)) = part(text, pos) {
        return Some((When::In(Year::Spoken, first, last), end));
    }
    if let Some(end) = skip(text, pos, SPOKEN_YEARS) {
        return Some(within(text, Year::Spoken, end));
    }
    for (before, coming) in [(RECENT_BEFORE, false), (COMING_BEFORE, true)] {
        let Some(count_at) = skip(text, pos, before) else { continue };
        if let Some((count, end)) = years_count(text, count_at) {
            let end = skip(text, end, &["间", "来", "以来"]).unwrap_or(end);
            return Some((if coming { When::Coming(count) } else { When::Recent(count) }, end));
        }
    }
    word(text, pos, "同期").map(|end| (When::SamePeriod, end)).or_else(|| age(text, pos))
}

/// A part of a year after the word for the year: `2023年` + `上半年`, `今年` + `1—9月`.
fn within(text: &str, year: Year, pos: usize) -> (When, usize) {
    let next = skip(text, pos, &["的", "度", "份"]).unwrap_or(pos);
    let next = spaces(text, next);
    if let Some(end) = word(text, next, "同期") {
        return (When::SamePeriod, end);
    }
    if let Some(((first, last), end)) = part(text, next) {
        if let Year::Is(from) = year {
            if let Some(range) = months_across(text, from, first, end) {
                return range;
            }
        }
        return (When::In(year, first, last), end);
    }
    let end = word(text, pos, "度").unwrap_or(pos);
    let end =
        skip(text, end, &["年底", "年末", "年初", "年终", "年中", "全年", "底", "末", "初", "内", "间"])
            .unwrap_or(end);
    (When::In(year, 1, 12), end)
}

/// `2022年9月` + `至2023年8月`.
fn months_across(text: &str, from: i32, first: u8, pos: usize) -> Option<(When, usize)> {
    let next = skip(text, pos, RANGE)?;
    let (to, end) = year_digits(text, next)?;
    let end = word(text, end, "年")?;
    let (last, end) = month_digits(text, end)?;
    let end = word(text, end, "月")?;
    ((from, first) < (to, last)).then_some((When::Between((from, first), (to, last)), day(text, end)))
}

/// `2019—2021年`, `2018年-2020年`, `2019、2020年`, `2023—2024学年`.
fn years(text: &str, pos: usize) -> Read<When> {
    let (from, end) = year_digits(text, pos)?;
    let closed = word(text, end, "年").map(|end| spaces(text, end));
    let next = skip(text, closed.unwrap_or(end), RANGE).or_else(|| match closed {
        None => skip(text, end, &["、", "和", "/"]),
        Some(_) => None,
    })?;
    let (to, end) = year_digits(text, spaces(text, next))?;
    let end = word(text, spaces(text, end), "年").or_else(|| word(text, end, "学年"))?;
    if from >= to || month_digits(text, end).is_some_and(|(_, end)| text[end..].starts_with('月')) {
        return None;
    }
    let end = skip(text, end, &["度", "底", "末", "间", "期间"]).unwrap_or(end);
    Some((When::Between((from, 1), (to, 12)), end))
}

fn calendar_year(text: &str, pos: usize) -> Read<When> {
    let (year, end) = year_digits(text, pos)?;
    let end = spaces(text, end);
    if let Some(end) = word(text, end, "年代") {
        return Some((When::Moment, end));
    }
    if let Some(end) = word(text, end, "学年") {
        return Some((When::Between((year, 9), (year + 1, 8)), end));
    }
    let end = word(text, end, "年")?;
    Some(within(text, Year::Is(year), end))
}

/// `2020-12-31`, `2023/5/1`, `2023.5.1`, `2023-05`.
fn numeric_date(text: &str, pos: usize) -> Read<When> {
    let bytes = text.as_bytes();
    let (year, end) = year_digits(text, pos)?;
    let mark = *bytes.get(end)?;
    if !bytes[pos].is_ascii_digit() || !matches!(mark, b'-' | b'/' | b'.') {
        return None;
    }
    let (month, end) = month_digits(text, end + 1)?;
    if bytes.get(end) == Some(&mark) {
        if let Some(((day, _), end)) =
            number(text, end + 1).filter(|((day, count), _)| *count <= 2 && (1..=31).contains(day))
        {
            let _ = day;
            return Some((When::In(Year::Is(year), month, month), end));
        }
    }
    let closed =
        !bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b'%'));
    let padded = bytes[end - 2] == b'0' || bytes[end - 2] == b'1' && bytes[end - 3] == mark;
    (mark == b'-' && padded && closed && !text[end..].starts_with('年'))
        .then_some((When::In(Year::Is(year), month, month), end))
}

/// `11月底`, `1—9月`, `6月30日`, `前三季度`, `一、二季度`, `上半年`, as months.
fn part(text: &str, pos: usize) -> Read<(u8, u8)> {
    for (name, months) in HALVES {
        if let Some(end) = word(text, pos, name) {
            return Some((*months, end));
        }
    }
    quarters(text, pos).or_else(|| months(text, pos))
}

fn quarter(text: &str, pos: usize) -> Read<u8> {
    let pos = word(text, pos, "第").unwrap_or(pos);
    let ((value, digits), end) = number(text, pos)?;
    (digits == 1 && (1..=4).contains(&value)).then_some((value as u8, end))
}

fn quarters(text: &str, pos: usize) -> Read<(u8, u8)> {
    if let Some(next) = skip(text, pos, &["前", "头"]) {
        let ((count, digits), end) = number(text, next)?;
        if digits == 1 && (2..=3).contains(&count) {
            if let Some(end) = skip(text, end, &["季度", "个季度"]) {
                return Some(((1, count as u8 * 3), end));
            }
        }
        if digits <= 2 && (2..=11).contains(&count) {
            return skip(text, end, &["个月"]).map(|end| ((1, count as u8), end));
        }
        return None;
    }
    let (first, end) = quarter(text, pos)?;
    let closed = skip(text, end, &["季度", "季"]);
    if let Some(next) = skip(text, closed.unwrap_or(end), &["、", "和", "至", "到", "—", "-"]) {
        if let Some((last, end)) = quarter(text, next) {
            if let Some(end) =
                word(text, end, "季度").filter(|_| last == first + 1 || last > first && closed.is_none())
            {
                return Some(((first * 3 - 2, last * 3), end));
            }
        }
    }
    let end = word(text, end, "季度")?;
    Some(((first * 3 - 2, first * 3), end))
}

fn months(text: &str, pos: usize) -> Read<(u8, u8)> {
    let (first, end) = month_digits(text, pos)?;
    let end = spaces(text, end);
    let closed = word(text, end, "月").map(|end| skip(text, end, &["份"]).unwrap_or(end));
    if let Some(next) = skip(text, closed.unwrap_or(end), RANGE)
        .or_else(|| if closed.is_none() { word(text, end, "、") } else { None })
    {
        if let Some((last, end)) = month_digits(text, spaces(text, next)) {
            if let Some(end) = word(text, spaces(text, end), "月").filter(|_| first < last) {
                return Some(((first, last), day(text, end)));
            }
        }
    }
    Some(((first, first), day(text, closed?)))
}

/// A day, or the word for a third of a month, after 月.
fn day(text: &str, pos: usize) -> usize {
    let next = spaces(text, pos);
    if let Some(((value, digits), end)) = number(text, next) {
        if digits <= 3 && (1..=31).contains(&value) {
            let to = skip(text, end, RANGE).and_then(|next| number(text, next)).map_or(end, |(_, end)| end);
            if let Some(end) =
                skip(text, spaces(text, to), &["日", "号"]).or_else(|| skip(text, end, &["日", "号"]))
            {
                if let Some(next) = skip(text, end, RANGE) {
                    if let Some(((_, digits), last)) = number(text, next) {
                        if let Some(last) = word(text, last, "日").filter(|_| digits <= 3) {
                            return last;
                        }
                    }
                }
                return end;
            }
        }
    }
    skip(text, pos, MONTH_ENDS).unwrap_or(pos)
}

/// `“十四五”时期`, `十四五以来`, `“十三五”末`.
fn plan(text: &str, pos: usize) -> Read<When> {
    let open = skip(text, pos, &["“", "\"", "「", "‘"]);
    let next = word(text, open.unwrap_or(pos), "十")?;
    let (c, five) = (text[next..].chars().next()?, next + 3);
    let number = digit(c).filter(|d| (1..=9).contains(d))?;
    let end = word(text, five, "五")?;
    let mut quoted = true;
    let mut end = skip(text, end, &["”", "\"", "」", "’"]).unwrap_or_else(|| {
        quoted = false;
        end
    });
    if !quoted && text[end..].starts_with(['年', '月', '日', '个', '万', '亿', '元', '家', '户', '人'])
    {
        return None;
    }
    let tail = word(text, end, "规划").unwrap_or(end);
    let stages: &[(&[&str], Stage)] = &[
        (&["以来"], Stage::SoFar),
        (&["时期", "期间", "这五年", "五年间", "五年", "期内"], Stage::Whole),
        (&["期末", "末期", "末", "收官之年", "圆满收官之年", "的收官之年", "收官"], Stage::Last),
        (&["期初", "初期", "初", "开局之年", "的开局之年", "开局起步之年"], Stage::First),
    ];
    let mut stage = Stage::Name;
    for (words, named) in stages {
        if let Some(after) = skip(text, tail, *words) {
            (stage, end) = (*named, after);
            break;
        }
    }
    if stage == Stage::Whole {
        if let Some(after) = skip(text, end, &["以来"]) {
            (stage, end) = (Stage::SoFar, after);
        }
    }
    Some((When::Plan(10 + number as u8, stage), end))
}

/// A small number of years: `五年`, `3年`.
fn years_count(text: &str, pos: usize) -> Read<u8> {
    let ((count, digits), end) = number(text, pos)?;
    let end = skip(text, end, &["多年", "余年", "个年头", "年"])?;
    (digits <= 2 && (2..=30).contains(&count)).then_some((count as u8, end))
}

/// `五年来`, `三年间`; `近三年`, `过去五年` too when `pos` is at the number.
fn span_of_years(text: &str, pos: usize) -> Read<When> {
    let (count, end) = years_count(text, pos)?;
    if let Some(end) = skip(text, end, &["多来", "来", "以来", "间"]) {
        return Some((When::Recent(count), end));
    }
    let before = &text[..pos];
    if let Some(word) = ends(before, COMING_BEFORE) {
        let _ = word;
        return Some((When::Coming(count), end));
    }
    let word = ends(before, RECENT_BEFORE)?;
    if ends(
        &before[..before.len() - word.len()],
        &["历时", "耗时", "经过", "长达", "为期", "连续", "接", "邻", "附", "临"],
    )
    .is_some()
        || skip(text, end, &["历史", "的历史", "时间", "之久", "左右", "以上", "工期", "时光", "里程"])
            .is_some()
    {
        return None;
    }
    Some((When::Recent(count), end))
}

/// `90年代`, `21世纪`, `上世纪90年代`.
fn age(text: &str, pos: usize) -> Read<When> {
    let start = skip(text, pos, &["上世纪", "本世纪"]);
    if let Some(next) = start {
        let end = number(text, next).and_then(|(_, end)| word(text, end, "年代")).unwrap_or(next);
        return Some((When::Moment, end));
    }
    let ((_, digits), end) = number(text, pos)?;
    if digits > 2 {
        return None;
    }
    let end = skip(text, end, &["年代", "世纪"])?;
    let end = number(text, end).and_then(|(_, end)| word(text, end, "年代")).unwrap_or(end);
    Some((When::Moment, end))
}

/// A day or a time of day without a month.
pub(super) fn moment(text: &str, pos: usize) -> Read<When> {
    clock(text, pos)
        .or_else(|| hour(text, pos))
        .or_else(|| day_alone(text, pos))
        .map(|end| (When::Moment, end))
}

const TIMES_OF_DAY: &[&str] =
    &["上午", "下午", "中午", "凌晨", "早上", "晚上", "傍晚", "当晚", "清晨", "早", "晚", "夜间", "日", "号"];

/// `12:11`, `09:02:33`.
fn clock(text: &str, pos: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    if !bytes[pos].is_ascii_digit() {
        return None;
    }
    let two = |at: usize, most: u8| -> Option<u8> {
        let (a, b) = (*bytes.get(at)?, *bytes.get(at + 1)?);
        let value = (a.wrapping_sub(b'0')).checked_mul(10)?.checked_add(b.wrapping_sub(b'0'))?;
        (a.is_ascii_digit()
            && b.is_ascii_digit()
            && value <= most
            && !bytes.get(at + 2).is_some_and(u8::is_ascii_digit))
        .then_some(value)
    };
    let ((hour, digits), end) = number(text, pos)?;
    if hour > 24 || digits > 2 || pos > 0 && matches!(bytes[pos - 1], b':' | b'.') {
        return None;
    }
    let colon = skip(text, end, &[":", "："])?;
    two(colon, 59)?;
    let mut end = colon + 2;
    let seconds = skip(text, end, &[":", "："]).filter(|at| two(*at, 59).is_some());
    let before = text[..pos].trim_end();
    let told = seconds.is_some() || before.len() < pos || ends(before, TIMES_OF_DAY).is_some() || pos == 0;
    if digits == 1 && !told {
        return None;
    }
    if let Some(at) = seconds {
        end = at + 2;
    }
    Some(end)
}

/// `9时30分`, `上午9时`, `晚8点`.
fn hour(text: &str, pos: usize) -> Option<usize> {
    let ((hour, digits), end) = number(text, pos)?;
    if hour > 24 || digits > 3 {
        return None;
    }
    let told = ends(text[..pos].trim_end(), TIMES_OF_DAY).is_some();
    let end = match skip(text, end, &["时", "点"]) {
        Some(end) => end,
        None => return None,
    };
    if let Some(((minute, _), at)) = number(text, end) {
        if let Some(at) = word(text, at, "分").filter(|_| minute < 60) {
            return Some(at);
        }
    }
    if let Some(end) = skip(text, end, &["整", "许", "半", "钟"]) {
        return Some(end);
    }
    told.then_some(end)
}

/// `8日` in `记者8日获悉`, not `15日内`.
fn day_alone(text: &str, pos: usize) -> Option<usize> {
    let ((value, digits), end) = number(text, pos)?;
    let end = word(text, end, "日")?;
    let duration = skip(
        text,
        end,
        &[
            "内", "以内", "之内", "游", "间", "龄", "均", "以上", "左右", "工作", "时间", "的", "不", "无",
            "后", "前",
        ],
    )
    .is_some()
        || ends(
            &text[..pos],
            &[
                "为期",
                "共",
                "连续",
                "历时",
                "达",
                "近",
                "超",
                "约",
                "满",
                "每",
                "第",
                "不少于",
                "不超过",
                "延长",
                "缩短",
                "提前",
                "于",
            ],
        )
        .is_some();
    (digits <= 3 && (1..=31).contains(&value) && !duration).then_some(end)
}

/// The words after an expression that turn it: 以来, 起, 前.
pub(super) fn tail(text: &str, when: When, end: usize) -> (When, usize) {
    if let When::In(year, first, last) = when {
        if let Some(after) = skip(text, end, SINCE) {
            if !text[after..].starts_with(['自', '源', '到', '步', '点', '访', '电', '函', '信', '临'])
            {
                return (When::Since(year, first), after);
            }
        }
        if let Some(after) = skip(text, end, BEFORE) {
            if !text[after..]
                .starts_with(['三', '两', '几', '列', '期', '述', '往', '后', '来', '夕', '半', '所', '十'])
            {
                return (When::By(year, first, last), after);
            }
        }
    }
    (when, end)
}

/// Numerals and range marks that may stand before a trigger.
fn start_of_numerals(text: &str, floor: usize, pos: usize) -> usize {
    let mut start = pos;
    for (at, c) in text[floor..pos].char_indices().rev().take(9) {
        let spaced = c == ' ' && start > floor && start == pos;
        if !(c.is_ascii_digit() || digit(c).is_some() || spaced) {
            break;
        }
        start = floor + at;
    }
    start
}

/// The expression of which the trigger at `pos` is part; nothing before `floor`.
pub(super) fn around(text: &str, floor: usize, pos: usize) -> Option<TimeExpr> {
    if text.as_bytes()[pos].is_ascii_digit() {
        let inside =
            pos > 0 && (text.as_bytes()[pos - 1].is_ascii_alphanumeric() || text.as_bytes()[pos - 1] == b'.');
        if inside {
            return None;
        }
        return finish(text, floor, pos, pos + 1);
    }
    let before = &text[floor..pos];
    let mut starts = [usize::MAX; 12];
    let mut count = 0;
    let mut add = |at: usize| {
        if count < starts.len() {
            starts[count] = at;
            count += 1;
        }
    };
    let numerals = start_of_numerals(text, floor, pos);
    if numerals < pos {
        // Farthest first: a range or a list, then a word before the number, then the number.
        let lead = &text[floor..numerals];
        let joint = ends(lead, RANGE).or_else(|| ends(lead, &["、", "和"]));
        if let Some(joint) = joint {
            let end = numerals - joint.len();
            let unit = ends(&text[floor..end], &["季度", "月份", "月", "年"]).map_or(0, str::len);
            let first = start_of_numerals(text, floor, end - unit);
            if first < end - unit {
                let ahead = ends(&text[floor..first], &["第"]).map_or(first, |w| first - w.len());
                add(ahead);
            }
        }
        if let Some(word) = ends(lead, BEFORE_NUMBER) {
            add(numerals - word.len());
        }
        add(numerals);
    } else if !before.ends_with(NO_YEAR) {
        add(pos);
    }
    for (at, c) in before.char_indices().rev().take(4) {
        if !c.is_ascii_digit() && (digit(c).is_none() || floor + at < numerals) {
            add(floor + at);
        }
    }
    starts[..count]
        .iter()
        .filter(|at| **at != usize::MAX)
        .find_map(|start| finish(text, floor, *start, pos + 1))
}

/// What may stand before the number of an expression and is part of it.
const BEFORE_NUMBER: &[&str] =
    &["刚刚过去的", "过去的", "过去", "最近", "近", "这", "未来", "今后", "前", "头", "第", "上世纪"];

/// After these 年内, 年底 and the like count years or name none.
const NO_YEAR: [char; 11] = ['百', '千', '万', '几', '数', '多', '每', '学', '常', '半', '逐'];

/// `年` of another word: 全年龄, 上年纪.
const NO_TIME: [char; 3] = ['龄', '纪', '轻'];

/// What something is reckoned from that is no date: a figure since then is for no period that can be told.
const EVENTS: &[&str] = &[
    "成立",
    "建成",
    "建园",
    "建院",
    "建校",
    "开业",
    "开园",
    "开馆",
    "投用",
    "使用",
    "运行",
    "运营",
    "大",
    "新时代",
    "开放",
    "建国",
    "设立",
    "组建",
    "换届",
    "本届政府",
    "任职",
    "时间",
    "上线",
    "挂牌",
    "有记录",
    "有气象记录",
];

/// The expression from `start` on, if it reaches beyond `pos`, with the words that turn it.
fn finish(text: &str, floor: usize, start: usize, pos: usize) -> Option<TimeExpr> {
    let Some((when, end)) = core(text, start) else {
        let event = word(text, start, "以来").filter(|_| ends(&text[floor..start], EVENTS).is_some())?;
        return Some(TimeExpr { span: Span::new(start, event), when: When::Vague });
    };
    if end < pos || text[end..].starts_with(NO_TIME) {
        return None;
    }
    let (mut when, end) = tail(text, when, end);
    let mut start = start;
    let before = &text[floor..start];
    if let Some(word) = ends(before, &["截至", "截止到", "截止至", "截止", "截至到"]) {
        if matches!(when, When::In(..)) {
            start -= word.len();
        }
    } else if let (When::In(year, first, last), true) =
        (when, before.ends_with('到') || before.ends_with('至'))
    {
        let lead = &before[..before.len() - 3];
        if !lead.ends_with([
            '高', '加', '升', '降', '长', '少', '展', '大', '延', '扩', '达', '得', '推', '追', '直', '甚',
            '遇', '看',
        ]) {
            start -= 3;
            when = When::By(year, first, last);
        }
    }
    Some(TimeExpr { span: Span::new(start, end), when })
}
