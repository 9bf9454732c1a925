//! `TimeExpr`: the expressions of date, time and period that a text has, found by the few characters that betray
//! them (年, 月, 季度 …), so that text without a time costs next to nothing and no year is taken for a count.
//!
//! What an expression means without its surroundings is a [`When`]; which calendar period that is, and whether a
//! figure beside it is for that period, is the business of [`crate::resolve::period`].

mod around;
mod grammar;
mod moment;
mod words;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::span::Span;

/// An expression of time and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeExpr {
    /// Its bytes: `2023年1—9月`, `截至11月底`, `“十四五”以来`.
    pub span: Span,
    /// What it says by itself.
    pub when: When,
}

/// Which year an expression speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Year {
    /// A year of the calendar: `2023年`.
    Is(i32),
    /// Counted from the document's own year, later ones positive: `今年` 0, `去年` -1, `明年` 1.
    Own(i32),
    /// The year spoken of: `全年`, `年内`, `11月底`, `上半年`.
    Spoken,
    /// The year that a report looks back on: `过去的一年`, `一年来`.
    Past,
}

/// What an expression says before anything is known of its document. Months are 1 to 12, both ends included; a
/// whole year is 1 to 12, a day is its month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Months of a year: `2023年`, `今年一季度`, `上半年`, `11月底`.
    In(Year, u8, u8),
    /// From a month of a year until the document's own year: `2021年以来`, `今年3月起`.
    Since(Year, u8),
    /// Up to an end that is usually a target: `到2025年`, `年底前`, `6月30日前`.
    By(Year, u8, u8),
    /// From one month to another in several years: `2019—2021年`, `2022年9月至2023年8月`.
    Between((i32, u8), (i32, u8)),
    /// A plan period: `“十四五”时期` is 14.
    Plan(u8, Stage),
    /// So many years that end with the document's own: `五年来`, `近三年`.
    Recent(u8),
    /// So many years that begin now: `未来五年`.
    Coming(u8),
    /// A time without bounds: `近年来`, `下一步`.
    Vague,
    /// The same time of another year, a comparison: `去年同期`.
    SamePeriod,
    /// The time of writing: `目前`, `截至目前`.
    Now,
    /// A moment or an age that gives no period: `8日`, `12:11`, `上午9时`, `90年代`, `21世纪`.
    Moment,
}

/// Which stretch of a plan period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// `时期`, `期间`.
    Whole,
    /// `以来`.
    SoFar,
    /// `初`, `开局之年`.
    First,
    /// `末`, `收官之年`.
    Last,
    /// The name alone, which may be the name of a plan and no time: `“十四五”规划`.
    Name,
}

/// The expression that begins at byte `pos`, a number or a word of time; `None` quickly for all else, and for
/// durations (`5年`, `3个月`), which are quantities.
///
/// Only here are days and times of day known that stand without a month (`8日`, `9时30分`): in [`scan`] they would
/// mean nothing.
pub fn at(text: &str, pos: usize) -> Option<TimeExpr> {
    if !text.is_char_boundary(pos) {
        return None;
    }
    let (when, end) = grammar::core(text, pos).or_else(|| moment::moment(text, pos))?;
    let (when, end) = around::tail(text, when, end);
    Some(TimeExpr { span: Span::new(pos, end), when })
}

/// All expressions of a text from left to right, none overlapping another, with the words that turn them
/// (`截至11月底`, `到2025年`, `2025年底前`).
pub fn scan(text: &str) -> Vec<TimeExpr> {
    let mut found = Vec::new();
    scan_into(text, &mut found);
    found
}

/// As [`scan`], into a vector that is emptied first.
pub fn scan_into(text: &str, found: &mut Vec<TimeExpr>) {
    found.clear();
    let mut free = 0;
    for hit in TRIGGERS.find_iter(text.as_bytes()) {
        if hit.start() < free {
            continue;
        }
        if let Some(expr) = around::around(text, free, hit.start()) {
            free = expr.span.end;
            found.push(expr);
        }
    }
}

/// What betrays an expression of time.
static TRIGGERS: std::sync::LazyLock<AhoCorasick> = std::sync::LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostFirst)
        .build([
            "年",
            "月",
            "季度",
            "同期",
            "世纪",
            "以来",
            "目前",
            "至今",
            "迄今",
            "下一步",
            "下步",
            "下阶段",
            "接下来",
            "十一五",
            "十二五",
            "十三五",
            "十四五",
            "十五五",
            "十六五",
            "十七五",
            "19",
            "20",
        ])
        .expect("fixed words make an automaton")
});

#[cfg(test)]
mod tests;
