//! From a trigger to the expression that it is part of: where that begins, and the words that turn it.

use super::{
    TimeExpr, When,
    grammar::core,
    words::{BEFORE, FIRST, RANGE, REACHED, SINCE, digit, ends, skip, word},
};
use crate::span::Span;

/// The words after an expression that turn it: 以来, 起, 前.
pub(super) fn tail(text: &str, when: When, end: usize) -> (When, usize) {
    if let When::In(year, first, last) = when {
        if let Some(after) = skip(text, end, SINCE)
            && !text[after..].starts_with(['自', '源', '到', '步', '点', '访', '电', '函', '信', '临'])
        {
            return (When::Since(year, first), after);
        }
        if let Some(after) = skip(text, end, BEFORE)
            && !text[after..]
                .starts_with(['三', '两', '几', '列', '期', '述', '往', '后', '来', '夕', '半', '所', '十'])
        {
            return (When::By(year, first, last), after);
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
    let numerals = start_of_numerals(text, floor, pos);
    let lead = &text[floor..numerals];
    if numerals < pos
        && let Some(expr) =
            start_of_list(text, floor, numerals).and_then(|start| finish(text, floor, start, pos + 1))
    {
        return Some(expr);
    }
    // Farthest first, so that `今年底` is no `年底` and `过去的五年` no `五年`.
    let mut starts = [pos; LOOK_BACK];
    let mut count = 0;
    for (at, c) in lead.char_indices().rev().take(LOOK_BACK) {
        if !FIRST.contains(&c) && !matches!(c, '“' | '"' | '「' | '‘') {
            continue;
        }
        starts[count] = floor + at;
        count += 1;
    }
    let near = if numerals < pos || !before.ends_with(NO_YEAR) { Some(numerals) } else { None };
    starts[..count].iter().rev().copied().chain(near).find_map(|start| finish(text, floor, start, pos + 1))
}

/// How many characters before its trigger, and before the numerals there, an expression may begin.
const LOOK_BACK: usize = 6;

/// Where the first of two numbers begins whose second begins at `second`: `1—9月`, `一、二季度`.
fn start_of_list(text: &str, floor: usize, second: usize) -> Option<usize> {
    let lead = &text[floor..second];
    let lead = lead.strip_suffix('第').unwrap_or(lead);
    let joint = ends(lead, RANGE).or_else(|| ends(lead, &["、", "和"]))?;
    let lead = &lead[..lead.len() - joint.len()];
    let unit = ends(lead, &["季度", "月份", "月", "年"]).map_or(0, str::len);
    let end = floor + lead.len() - unit;
    let first = start_of_numerals(text, floor, end);
    (first < end).then(|| if text[floor..first].ends_with('第') { first - "第".len() } else { first })
}

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
    "政府",
    "任职",
    "上线",
    "挂牌",
    "记录",
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
        if !lead.ends_with(|c| REACHED.contains(c)) {
            start -= 3;
            when = When::By(year, first, last);
        }
    }
    Some(TimeExpr { span: Span::new(start, end), when })
}
