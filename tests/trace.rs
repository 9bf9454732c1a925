//! Traces tell what extraction does: the same rows, every number at its place, whatever the text.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kpi_extract::{
    extract::{Context, Extractor},
    row::Row,
    rules::RuleSet,
    trace::{Fate, Request, Trace, explain::Explainer, focus, group::Grouper, group::Scope},
};
use proptest::prelude::*;

fn extractor() -> Extractor {
    Extractor::new(RuleSet::builtin(), Context::default())
}

fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    extractor().extract("a.txt", text.as_bytes(), &mut |row| rows.push(row)).unwrap();
    rows
}

fn traces(text: &str, request: Request) -> Vec<Trace> {
    let mut traces = Vec::new();
    extractor().trace("a.txt", text.as_bytes(), request, &mut |trace| traces.push(trace)).unwrap();
    traces
}

const ALL: Request = Request { focus: None, evidence: true };

/// The rows that traces tell of, each checked against what its figure says.
fn told(traces: &[Trace]) -> Vec<Row> {
    let figures = traces.iter().filter_map(|trace| match &trace.fate {
        Fate::Figure(figure) => Some((trace, figure)),
        _ => None,
    });
    let rows = figures.filter_map(|(trace, figure)| {
        assert_eq!(figure.row.is_some(), figure.winner().is_some(), "{}", trace.raw);
        assert_eq!(figure.row.is_some(), figure.evidence.is_some(), "{}", trace.raw);
        let row = figure.row.clone()?;
        assert_eq!((trace.raw.as_str(), trace.start, trace.line), (row.raw.as_str(), row.start, row.line));
        let winner = figure.winner()?;
        assert_eq!(winner.indicator.as_ref(), Some(&row.indicator));
        assert_eq!(*RuleSet::builtin().rules()[winner.rule].id, *row.rule);
        assert!(figure.losers().count() + 1 == figure.contenders.len(), "{}", trace.raw);
        Some(row)
    });
    rows.collect()
}

fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|it| it == "txt")).collect();
    paths.sort();
    paths
}

#[test]
fn traces_have_the_rows_of_extraction() {
    for path in samples() {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(told(&traces(&text, ALL)), rows(&text), "{}", path.display());
    }
}

#[test]
fn every_number_is_found_again_at_its_place() {
    for path in samples().into_iter().take(4) {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
        let characters: Vec<char> = text.chars().collect();
        for (n, trace) in traces(text, Request { focus: None, evidence: false }).into_iter().enumerate() {
            let raw: String = characters[trace.start..trace.end].iter().collect();
            assert_eq!(raw, trace.raw);
            if n % 16 == 0 {
                let focus = focus(text, trace.line, Some(trace.column)).unwrap();
                let there = traces(text, Request { focus: Some(focus), evidence: false });
                let places: Vec<_> = there.iter().map(|there| (there.start, there.end)).collect();
                assert_eq!(places, [(trace.start, trace.end)], "{}:{}", trace.line, trace.column);
            }
        }
    }
}

/// Texts of the pieces that reports are made of, in any order.
fn text() -> impl Strategy<Value = String> {
    const PIECES: [&str; 28] = [
        "志愿服务",
        "满意率",
        "办结",
        "工单",
        "累计",
        "达到",
        "同比",
        "下降",
        "分别",
        "、",
        "，",
        "。",
        "（",
        "）",
        "“",
        "”",
        "3件",
        "97%",
        "1.2万余小时",
        "第三",
        "2023年",
        "第一位",
        "和",
        "\n",
        "的",
        "等",
        "\u{1b}",
        "１３",
    ];
    prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_a_trace_panic_or_differ(text in text()) {
        let rules = RuleSet::builtin();
        let all = traces(&text, ALL);
        prop_assert_eq!(told(&all), rows(&text));
        let mut explainer = Explainer::new(&rules, None, 2);
        let mut grouper = Grouper::new(&rules, Scope { open: true });
        for trace in all {
            grouper.add("a.txt", &trace);
            explainer.explain(trace);
        }
        for group in grouper.finish() {
            prop_assert!(group.count >= group.quotations.len());
            prop_assert!(!group.shown().is_empty());
        }
    }
}
