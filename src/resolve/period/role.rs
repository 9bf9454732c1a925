//! What an expression of time does in its sentence: tell the period of what follows, of its clause alone, or nothing.

use super::{
    floor,
    reference::{alone, in_book_title},
};
use crate::{
    recognise::time::{Stage, TimeExpr, When, Year},
    span::Span,
};

/// What an expression does in its sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Tells the period of no figure.
    None,
    /// Tells the period of the figures of its clause.
    Own,
    /// Also of what follows.
    Frame,
}

/// Words before a year that is only compared with, and after it.
const COMPARED_BEFORE: &[&str] = &[
    "比",
    "较",
    "相比",
    "对比",
    "相较",
    "超",
    "超过",
    "高于",
    "低于",
    "好于",
    "优于",
    "多于",
    "少于",
    "大于",
    "相当于",
    "等于",
    "恢复到",
    "恢复至",
    "同比",
    "对标",
    "参照",
    "不及",
    "延续",
    "同上",
];
const COMPARED_AFTER: &[&str] =
    &["相比", "同期", "持平", "比较", "为基数", "为基期", "为基准", "基础上", "的水平", "水平"];

/// Words after an expression that make it part of a plan's or target's name, and those between.
const NAMED_AFTER: &[&str] = &["目标", "任务", "计划", "预算", "规划", "方案", "要点", "指标"];
const NAMED_BETWEEN: &[&str] = &[
    "的",
    "度",
    "工作",
    "主要",
    "重点",
    "预期",
    "目标",
    "任务",
    "经济社会发展",
    "发展",
    "下达",
    "总",
    "初",
    "市",
    "区",
    "省",
];

/// What `计划` plans: with one of these after it, it is a verb and no plan's name.
const PLANNED_ACTS: &[&str] = &[
    "再", "在", "将", "投资", "投入", "新建", "新增", "建设", "改造", "实施", "完成", "开工", "举办", "开展",
    "引进", "培育", "推进", "打造", "启动", "安排", "拆除", "种植", "发放", "招聘",
];

/// Words before a year in which something began, and after it.
const EVENT_BEFORE: &[&str] = &["立于", "建于", "始于", "生于", "创于", "设于", "办于"];
const EVENT_AFTER: &[&str] = &[
    "成立",
    "始建",
    "建立",
    "出生",
    "生人",
    "创办",
    "创建",
    "设立",
    "建区",
    "建市",
    "撤",
    "获批",
    "版",
    "第一次",
    "首次",
];

/// Words that make what follows in the clause a plan.
pub(super) const PLANNED: &[&str] =
    &["将", "力争", "争取", "预计", "计划", "确保", "拟", "有望", "预期", "规划到"];

/// Words behind an earlier year that is told beside the report's own.
const BESIDE: &[&str] = &["为", "是", "仅", "只有", "这一"];

fn ends_with_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.ends_with(word))
}

fn starts_with_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.starts_with(word))
}

pub(super) fn compared(text: &str, span: Span) -> bool {
    let before = text[..span.start].trim_end_matches(['“', '"', ' ']);
    let after = &text[span.end..];
    ends_with_any(before, COMPARED_BEFORE)
        || starts_with_any(after, COMPARED_AFTER)
        || before.ends_with(['是', '为']) && after.starts_with('的')
        || ends_with_any(before, &["与", "同", "和", "跟"]) && {
            let near = &after[..floor(after, 24)];
            let near = near.split(['，', ',', '。', '；']).next().unwrap_or_default();
            near.contains("相比") || near.contains("持平") || near.contains("比")
        }
}

/// Whether nothing that ends a clause stands between two expressions.
pub(super) fn same_clause(text: &str, earlier: Span, later: Span) -> bool {
    let between = text.get(earlier.end..later.start).unwrap_or_default();
    between.len() < 300 && !between.contains(['，', ',', '；', ';'])
}

/// `全年` in `完成全年目标任务的80%`.
fn names_a_plan(after: &str) -> bool {
    let mut rest = after;
    loop {
        if let Some(tail) = NAMED_AFTER.iter().find_map(|word| rest.strip_prefix(word)) {
            if NAMED_AFTER.iter().any(|word| tail.starts_with(word)) {
                rest = tail;
                continue;
            }
            return !starts_with_any(tail, &["是", "为", "：", ":", "，", ","])
                && !starts_with_any(tail, PLANNED_ACTS);
        }
        match NAMED_BETWEEN.iter().find_map(|word| rest.strip_prefix(word)) {
            Some(tail) => rest = tail,
            None => return false,
        }
    }
}

pub(super) fn role(text: &str, expr: TimeExpr, own: Option<i32>) -> Role {
    let span = expr.span;
    let (before, after) = (&text[..span.start], &text[span.end..]);
    match expr.when {
        When::Now | When::Moment | When::SamePeriod => return Role::None,
        // `回顾“十四五”，…` against the name of a plan.
        When::Plan(_, Stage::Name) if !after.trim_start().starts_with(['，', ',']) => return Role::None,
        // `是“十四五”收官之年` says something about a year and gives none.
        When::Plan(_, Stage::First | Stage::Last) if text[span.start..span.end].ends_with('年') => {
            return Role::None;
        }
        _ => {}
    }
    // `2024-01-02 17:43`, `（2026年1月）`: a byline.
    let byline = span.of(text).as_bytes()[0].is_ascii_digit() && span.of(text).is_ascii()
        || alone(text, span.of(text));
    // `2026年某省人民政府工作报告`: a report is called by its year, and is about another.
    let report = after[..floor(after, 48)]
        .split(['，', ',', '。', '、'])
        .next()
        .is_some_and(|near| near.contains("工作报告"));
    if byline
        || report
        || compared(text, span)
        || ends_with_any(before, EVENT_BEFORE)
        || names_a_plan(after)
        || in_book_title(text, span.start)
    {
        return Role::None;
    }
    let clause = &before[floor(before, before.len().saturating_sub(60))..];
    let clause = clause.rsplit(['，', ',', '；', ';', '。', '：', ':']).next().unwrap_or_default();
    let bare = clause.trim().is_empty() && after.trim_start().starts_with(['，', ',']);
    let attribute = after.starts_with('的')
        || starts_with_any(after, EVENT_AFTER)
        || ends_with_any(before, &["由", "从"]) && !matches!(expr.when, When::Since(..));
    let planned = PLANNED.iter().any(|word| clause.contains(word));
    // `受理工单9000件，2022年为11000件`: what is only told beside.
    let beside = clause.trim().is_empty()
        && !before.trim().is_empty()
        && starts_with_any(after, BESIDE)
        && match expr.when {
            When::In(Year::Is(year), ..) => own.is_some_and(|own| year < own),
            When::In(Year::Own(years), ..) => years < 0,
            _ => false,
        };
    if let (When::In(Year::Is(year), ..) | When::By(Year::Is(year), ..), Some(own)) = (expr.when, own) {
        // `2000年以前建成的小区`, `1998年建成的小区`: what a thing is, not when it was counted.
        let before =
            matches!(expr.when, When::By(..)) && !span.of(text).starts_with(['到', '至']) && year < own;
        let near = &after[..floor(after, 24)];
        if before || year + 2 < own && near.contains('的') {
            return Role::None;
        }
    }
    let moment =
        matches!(expr.when, When::In(_, first, last) if first == last) && !span.of(text).starts_with('截');
    let quoted =
        clause.rsplit_once('“').is_some_and(|(_, inside)| !inside.is_empty() && !inside.contains('”'));
    match expr.when {
        _ if moment && quoted => Role::None,
        _ if moment && clause.trim().len() > 15 => Role::Own,
        // `力争到2030年A达到x，B达到y`: a target at the head of its clause holds for those that follow.
        When::By(..) if !(bare || clause.trim().is_empty() || PLANNED.contains(&clause.trim())) => Role::Own,
        When::By(..) => Role::Frame,
        When::Vague => {
            if after.starts_with(['，', ',', ' ']) || span.len() > "以来".len() {
                Role::Frame
            } else {
                Role::Own
            }
        }
        // `力争全年A达到x，B达到y`
        _ if attribute || beside || planned && !PLANNED.contains(&clause.trim()) => Role::Own,
        _ => Role::Frame,
    }
}
