//! Expressions of time as data: tests/times.toml, and properties.

use serde::Deserialize;

use super::*;
use crate::resolve::period::{Reference, period};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
    at: Vec<At>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    #[serde(default)]
    found: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    text: String,
    found: String,
}

fn cases() -> Cases {
    toml::from_str(include_str!("../../../tests/times.toml")).expect("the cases are well formed")
}

#[test]
fn expressions_and_their_periods() {
    let reference = Reference { year: Some(2023), past: Some(2023), ..Reference::default() };
    let mut wrong = Vec::new();
    for case in cases().case {
        let found: Vec<String> = scan(&case.text)
            .iter()
            .map(|expr| {
                let period = period(expr, &reference).map(|period| period.to_string()).unwrap_or_default();
                format!("{}={period}", expr.span.of(&case.text))
            })
            .collect();
        if found != case.found {
            wrong.push(format!("{}: {found:?} instead of {:?}", case.text, case.found));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn expressions_at_a_place() {
    let mut wrong = Vec::new();
    for case in cases().at {
        let pos = case.text.find('|').unwrap_or(0);
        let text = case.text.replace('|', "");
        let found = at(&text, pos).map(|expr| expr.span.of(&text).to_owned()).unwrap_or_default();
        if found != case.found {
            wrong.push(format!("{}: {found:?} instead of {:?}", case.text, case.found));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn expressions_stand_in_any_text_around() {
    for case in cases().case.iter().filter(|case| !case.found.is_empty()) {
        let alone: Vec<When> = scan(&case.text).iter().map(|expr| expr.when).collect();
        let text = format!("街道工作情况，{}，走访企业。", case.text);
        let within: Vec<When> = scan(&text).iter().map(|expr| expr.when).collect();
        assert_eq!(alone, within, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_in_order(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..14)) {
        let text = words.concat();
        let mut free = 0;
        for expr in scan(&text) {
            proptest::prop_assert!(expr.span.start >= free && expr.span.end <= text.len() && !expr.span.is_empty());
            proptest::prop_assert!(text.is_char_boundary(expr.span.start) && text.is_char_boundary(expr.span.end));
            free = expr.span.end;
        }
        for pos in 0..=text.len() {
            if let Some(expr) = at(&text, pos) {
                proptest::prop_assert!(expr.span.start == pos && text.is_char_boundary(expr.span.end));
            }
        }
    }
}

const WORDS: &[&str] = &[
    "2023",
    "年",
    "月",
    "日",
    "1",
    "12",
    "—",
    "-",
    "至",
    "到",
    "、",
    "第",
    "一",
    "十",
    "四",
    "五",
    "季度",
    "上半年",
    "“",
    "”",
    "以来",
    "来",
    "前",
    "底",
    "今",
    "去",
    "同期",
    "截至",
    ":",
    "：",
    ".",
    "/",
    " ",
    "时",
    "点",
    "分",
    "世纪",
    "年代",
    "近",
    "过去",
    "0",
    "20",
    "19",
    "é",
    "𝟙",
    "\n",
];
