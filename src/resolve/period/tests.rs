//! Small documents as data: tests/periods.toml.

use serde::Deserialize;

use super::*;
use crate::span::Span;

#[derive(Deserialize)]
struct Documents {
    document: Vec<Document>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    about: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    path: String,
    text: String,
}

/// A figure of a sentence, with what is to be resolved for it.
struct Expected {
    span: Span,
    planned: bool,
    period: String,
    scope: Option<String>,
}

/// A sentence without its marks, and its figures.
fn unmarked(sentence: &str) -> (String, Vec<Expected>) {
    let (mut text, mut figures) = (String::new(), Vec::new());
    for (index, part) in sentence.split(['⟦', '⟧']).enumerate() {
        if index % 2 == 0 {
            text.push_str(part);
            continue;
        }
        let (surface, told) = part.split_once('=').expect("a figure has a period");
        let (period, scope) =
            told.split_once('@').map_or((told, None), |(period, scope)| (period, Some(scope.to_owned())));
        let start = text.len();
        text.push_str(surface.trim_start_matches('!'));
        let span = Span::new(start, text.len());
        figures.push(Expected { span, planned: surface.starts_with('!'), period: period.to_owned(), scope });
    }
    (text, figures)
}

fn clause_around(sentence: &str, figure: Span) -> Span {
    let mark = |c: char| "，,；;。".contains(c);
    let start = sentence[..figure.start]
        .rfind(mark)
        .map_or(0, |at| at + sentence[at..].chars().next().map_or(0, char::len_utf8));
    let end = sentence[figure.end..].find(mark).map_or(sentence.len(), |at| figure.end + at);
    Span::new(start, end)
}

#[test]
fn figures_in_documents() {
    let documents: Documents =
        toml::from_str(include_str!("../../../tests/periods.toml")).expect("the documents are well formed");
    let mut wrong = Vec::new();
    for document in documents.document {
        let lines: Vec<&str> = document.text.lines().filter(|line| !line.is_empty()).collect();
        let read: Vec<Vec<(String, Vec<Expected>)>> =
            lines.iter().map(|line| line.split_inclusive('。').map(unmarked).collect()).collect();
        let head: String = read.iter().flatten().map(|(text, _)| text.as_str()).collect();
        let mut tracker = Tracker::new(reference(&document.title, &document.path, &head));
        for (line, sentences) in lines.iter().zip(&read) {
            let level = line.bytes().take_while(|b| *b == b'#').count();
            if level > 0 {
                tracker.enter_section(level, &line[level..]);
                continue;
            }
            tracker.enter_paragraph();
            for (sentence, figures) in sentences {
                tracker.enter_sentence(sentence);
                for figure in figures {
                    let resolved =
                        tracker.figure(clause_around(sentence, figure.span), figure.span, figure.planned);
                    let period = resolved.period.map(|period| period.to_string()).unwrap_or_default();
                    let scope = resolved.scope.map(Scope::name);
                    if period != figure.period || figure.scope.is_some() && figure.scope.as_deref() != scope {
                        wrong.push(format!(
                            "{}: {} in {sentence}: {period}@{scope:?} instead of {}@{:?}",
                            document.about,
                            figure.span.of(sentence),
                            figure.period,
                            figure.scope
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn notation() {
    for (period, text) in [
        (Period::year(2023), "2023"),
        (Period::months(2023, 1, 6), "2023-H1"),
        (Period::months(2023, 7, 12), "2023-H2"),
        (Period::months(2023, 4, 6), "2023-Q2"),
        (Period::months(2023, 10, 12), "2023-Q4"),
        (Period::months(2023, 11, 11), "2023-11"),
        (Period::months(2023, 1, 9), "2023-01/2023-09"),
        (Period::years(2021, 2025), "2021/2025"),
        (Period { from: (2022, 9), to: (2023, 8) }, "2022-09/2023-08"),
    ] {
        assert_eq!(period.to_string(), text);
    }
}

proptest::proptest! {
    #[test]
    fn any_document_is_walked(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..30),
        spans in proptest::collection::vec((0_usize..120, 0_usize..20), 0..6),
    ) {
        let text = words.concat();
        let mut tracker = Tracker::new(reference(&text, &text, &text));
        for line in text.split('。') {
            tracker.enter_section(words.len() % 4, line);
            tracker.enter_paragraph();
            tracker.enter_sentence(line);
            for (start, length) in &spans {
                let figure = Span::new(*start, start + length);
                tracker.figure(Span::new(start / 2, start + 2 * length), figure, length % 2 == 0);
            }
        }
    }
}

const WORDS: &[&str] = &[
    "2023年",
    "2024年",
    "上半年",
    "由",
    "到",
    "的",
    "，",
    "；",
    "。",
    "“",
    "”",
    "十四五",
    "以来",
    "五年来",
    "近年来",
    "比",
    "去年",
    "今年",
    "全年",
    "将",
    "目标",
    "《",
    "》",
    "11月",
    "截至",
    "目前",
    "增加",
    "20件",
    "-",
    "1",
    "é",
    "𝟙",
    " ",
    "各位代表",
    "过去一年",
];
