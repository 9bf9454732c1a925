//! How expressions of time are written: a hand-written grammar over the bytes of the text, anchored at a place.

use super::{
    Stage, When, Year,
    words::{
        COMING_BEFORE, FIRST, HALVES, LASTING_AFTER, LASTING_BEFORE, MONTH_ENDS, NOW, OWN_YEARS, PAST_YEARS,
        RANGE, RECENT_BEFORE, Read, SPOKEN_YEARS, VAGUE, YEARS, digit, ends, number, skip, spaces, word,
    },
};

/// A year without its 年.
fn year_digits(text: &str, pos: usize) -> Read<i32> {
    let ((value, digits), end) = number(text, pos)?;
    (digits == 4 && YEARS.contains(&value)).then_some((i32::from(value), end))
}

fn month_digits(text: &str, pos: usize) -> Read<u8> {
    let ((value, digits), end) = number(text, pos)?;
    (digits <= 2 && (1..=12).contains(&value)).then_some((value as u8, end))
}

/// Whether what follows a number can make it part of a time; most numbers are counts, and go no further.
fn followed_by_time(text: &str, pos: usize) -> bool {
    let rest = &text[pos..];
    if rest.starts_with('十') {
        return true;
    }
    let ascii = rest.bytes().take(5).take_while(u8::is_ascii_digit).count();
    if ascii > 4 {
        return false;
    }
    let next = if ascii > 0 {
        rest[ascii..].chars().take(3).find(|c| *c != ' ')
    } else {
        rest.chars().take(6).find(|c| digit(*c).is_none())
    };
    match next {
        Some(c) if c.is_ascii() => {
            ascii == 4 && matches!(c, '-' | '/' | '.' | '~') || ascii < 3 && matches!(c, '-' | '~')
        }
        Some(c) => TIME_UNITS.contains(&c),
        None => false,
    }
}

/// What follows the numbers of [`core`], beside ASCII: units, range marks, and what closes the name of a plan.
const TIME_UNITS: &[char] = &[
    '年', '月', '季', '世', '学', '—', '–', '－', '−', '～', '、', '至', '到', '和', '多', '余', '个', '时',
    '期', '以', '规', '末', '初', '收', '开', '这', '间', '”', '」', '’',
];

/// What begins at `pos`, without the words that may turn it.
pub(super) fn core(text: &str, pos: usize) -> Read<When> {
    let first = text[pos..].chars().next()?;
    if first.is_ascii_digit() || digit(first).is_some() {
        if !followed_by_time(text, pos) {
            return None;
        }
        return numbered(text, pos, first);
    }
    match first {
        '年' => return skip(text, pos, SPOKEN_YEARS).map(|end| within(text, Year::Spoken, end)),
        '同' => return word(text, pos, "同期").map(|end| (When::SamePeriod, end)),
        '“' | '"' | '「' | '‘' => return plan(text, pos),
        _ if !FIRST.contains(&first) => return None,
        _ => {}
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
    if let Some(((first, last), end)) = part(text, pos) {
        return Some((When::In(Year::Spoken, first, last), end));
    }
    if let Some(end) = skip(text, pos, SPOKEN_YEARS) {
        return Some(within(text, Year::Spoken, end));
    }
    for (before, coming) in [(COMING_BEFORE, true), (RECENT_BEFORE, false)] {
        let Some(count_at) = skip(text, pos, before) else { continue };
        let Some((count, end)) = years_count(text, count_at) else { continue };
        if coming {
            return Some((When::Coming(count), end));
        }
        if !lasting(&text[..pos], &text[end..]) {
            return Some((When::Recent(count), skip(text, end, &["间", "来", "以来"]).unwrap_or(end)));
        }
    }
    age(text, pos)
}

/// What begins with a number, whose first digit is `first`.
fn numbered(text: &str, pos: usize, first: char) -> Read<When> {
    if first == '十'
        && let Some(plan) = plan(text, pos)
    {
        return Some(plan);
    }
    let ((value, digits), end) = number(text, pos)?;
    if digits == 4 {
        let year =
            || numeric_date(text, pos).or_else(|| years(text, pos)).or_else(|| calendar_year(text, pos));
        return if YEARS.contains(&value) { year() } else { None };
    }
    if digits > 2 {
        return None;
    }
    let years = text[end..].starts_with('年');
    if !years && let Some(((first, last), end)) = quarters(text, pos).or_else(|| months(text, pos)) {
        return Some((When::In(Year::Spoken, first, last), end));
    }
    if first == '一'
        && let Some(end) = skip(text, pos, PAST_YEARS)
    {
        return Some((When::In(Year::Past, 1, 12), end));
    }
    span_of_years(text, pos).or_else(|| age(text, pos))
}

/// A part of a year after the word for the year: `2023年` + `上半年`, `今年` + `1—9月`.
fn within(text: &str, year: Year, pos: usize) -> (When, usize) {
    let next = skip(text, pos, &["的", "度", "份"]).unwrap_or(pos);
    let next = spaces(text, next);
    if let Some(end) = word(text, next, "同期") {
        return (When::SamePeriod, end);
    }
    if let Some(((first, last), end)) = part(text, next) {
        if let Year::Is(from) = year
            && let Some(range) = months_across(text, from, first, end)
        {
            return range;
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
    if bytes.get(end) == Some(&mark)
        && let Some(((day, _), end)) =
            number(text, end + 1).filter(|((day, count), _)| *count <= 2 && (1..=31).contains(day))
    {
        let _ = day;
        return Some((When::In(Year::Is(year), month, month), end));
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
        if digits == 1
            && (2..=3).contains(&count)
            && let Some(end) = skip(text, end, &["季度", "个季度"])
        {
            return Some(((1, count as u8 * 3), end));
        }
        if digits <= 2 && (2..=11).contains(&count) {
            return skip(text, end, &["个月"]).map(|end| ((1, count as u8), end));
        }
        return None;
    }
    let (first, end) = quarter(text, pos)?;
    let closed = skip(text, end, &["季度", "季"]);
    if let Some(next) = skip(text, closed.unwrap_or(end), &["、", "和", "至", "到", "—", "-"])
        && let Some((last, end)) = quarter(text, next)
        && let Some(end) =
            word(text, end, "季度").filter(|_| last == first + 1 || last > first && closed.is_none())
    {
        return Some(((first * 3 - 2, last * 3), end));
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
        && let Some((last, end)) = month_digits(text, spaces(text, next))
        && let Some(end) = word(text, spaces(text, end), "月").filter(|_| first < last)
    {
        return Some(((first, last), day(text, end)));
    }
    let end = day(text, closed?);
    let to = skip(text, end, RANGE).and_then(|next| month_digits(text, next));
    match to.and_then(|(last, next)| word(text, next, "月").map(|next| (last, next))) {
        Some((last, next)) if first <= last => Some(((first, last), day(text, next))),
        _ => Some(((first, first), end)),
    }
}

/// A day, or the word for a third of a month, after 月.
fn day(text: &str, pos: usize) -> usize {
    let next = spaces(text, pos);
    if let Some(((value, digits), end)) = number(text, next)
        && digits <= 3
        && (1..=31).contains(&value)
    {
        let to = skip(text, end, RANGE).and_then(|next| number(text, next)).map_or(end, |(_, end)| end);
        if let Some(end) =
            skip(text, spaces(text, to), &["日", "号"]).or_else(|| skip(text, end, &["日", "号"]))
        {
            if let Some(next) = skip(text, end, RANGE)
                && let Some(((_, digits), last)) = number(text, next)
                && let Some(last) = word(text, last, "日").filter(|_| digits <= 3)
            {
                return last;
            }
            return end;
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
    if stage == Stage::Whole
        && let Some(after) = skip(text, end, &["以来"])
    {
        (stage, end) = (Stage::SoFar, after);
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
    if ends(before, COMING_BEFORE).is_some() {
        return Some((When::Coming(count), end));
    }
    let word = ends(before, RECENT_BEFORE)?;
    (!lasting(&before[..before.len() - word.len()], &text[end..])).then_some((When::Recent(count), end))
}

/// Whether the words around make `近三年` a duration: `历时近三年`, `近三年时间`.
fn lasting(before: &str, after: &str) -> bool {
    ends(before, LASTING_BEFORE).is_some() || LASTING_AFTER.iter().any(|word| after.starts_with(word))
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
