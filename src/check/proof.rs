//! The proof of one rule: its examples give exactly its rows, its counter-examples none, and an example gives the same
//! rows however it is written.

use std::sync::Arc;

use super::{Finding, Tally, clash::Contest, rewrite};
use crate::{
    extract::{Context, Event, Extractor},
    matching::Matcher,
    repair::repair,
    row::Row,
    rules::{Diagnostic, Rule, RuleSet, placed::Placed, proof as examples, words::WordList},
};

/// What came of one rule.
#[derive(Default)]
pub(super) struct Proof {
    pub findings: Vec<Finding>,
    pub tally: Tally,
    pub contests: Vec<Contest>,
}

/// Proves the rule at `index`.
pub(super) fn prove(rules: &Arc<RuleSet>, index: usize) -> Proof {
    let rule = &rules.rules()[index];
    let extractor = Extractor::new(Arc::clone(rules), Context::default());
    let mut proof = Proof { tally: Tally { rules: 1, ..Tally::default() }, ..Proof::default() };
    for example in rule.examples() {
        proof.tally.examples += 1;
        let text = example.text.get_ref();
        proof.contests.extend(contests(&extractor, rules, text));
        let all = rows(&extractor, text);
        let made: Vec<&Row> = all.iter().filter(|row| *row.rule == *rule.id).collect();
        let right = made.len() == example.rows.len()
            && made.iter().zip(&example.rows).all(|(row, expected)| examples::agrees(row, expected));
        if !right {
            let title = format!("rule `{}` does not make the rows of this example", rule.id);
            let expected = examples::expected(&example.rows);
            let help = format!("expected {expected}; made {}", shown(&all));
            proof.findings.push(finding(rule, "example-fails", &example.text, title, help));
            continue;
        }
        for (name, written) in rewrite::all(text, &all) {
            let Some(written) = written else {
                proof.tally.skipped += 1;
                continue;
            };
            proof.tally.rewritten += 1;
            let again = rows(&extractor, &written);
            let again: Vec<&Row> = again.iter().filter(|row| *row.rule == *rule.id).collect();
            let same = made.len() == again.len() && made.iter().zip(&again).all(|(a, b)| is_same(a, b));
            if !same {
                let title = format!("rule `{}` makes other rows of this example with {name}", rule.id);
                let is: Vec<Row> = rows(&extractor, &written);
                let help = format!(
                    "「{}」 gives {}; as it stands {}",
                    written.trim().replace('\n', "⏎"),
                    shown(&is),
                    shown(&all)
                );
                proof.findings.push(finding(rule, "rewriting-fails", &example.text, title, help));
            }
        }
    }
    for text in rule.refuses() {
        proof.tally.refuses += 1;
        let all = rows(&extractor, text.get_ref());
        if all.iter().any(|row| *row.rule == *rule.id) {
            let title = format!("rule `{}` makes a row of this counter-example", rule.id);
            let help = format!("it makes {}", shown(&all));
            proof.findings.push(finding(rule, "refused-fires", text, title, help));
        }
    }
    proof
}

fn finding(rule: &Rule, code: &'static str, text: &Placed<String>, title: String, help: String) -> Finding {
    let source = rule.proof().map_or_else(Arc::default, |proof| Arc::clone(&proof.source));
    let diagnostic = Diagnostic::new(code, &rule.file, &source, text.span(), title).help(help);
    Finding { diagnostic, rule: rule.id.to_string() }
}

fn rows(extractor: &Extractor, text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    // A text that cannot be decoded gives none.
    let _ = extractor.extract("example", text.as_bytes(), &mut |row| rows.push(row));
    rows
}

/// Whether two rows say the same, wherever and however it is written; the place is that of the whole text, which a
/// rewriting may add words to.
fn is_same(a: &Row, b: &Row) -> bool {
    (&a.indicator, a.value, a.high, &a.unit, &a.period, a.kind, a.status, a.qualifier)
        == (&b.indicator, b.value, b.high, &b.unit, &b.period, b.kind, b.status, b.qualifier)
}

fn shown(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "no row".to_owned();
    }
    let row = |row: &Row| {
        format!(
            "{} = {}{} {} {} ({})",
            row.indicator,
            row.value,
            row.unit,
            row.kind.name(),
            row.qualifier.name(),
            row.rule
        )
    };
    rows.iter().map(row).collect::<Vec<_>>().join(", ")
}

/// Who claims the quantities of a text.
fn contests(extractor: &Extractor, rules: &RuleSet, text: &str) -> Vec<Contest> {
    let document = repair(text);
    let mut matcher = Matcher::new(rules, WordList::default(), WordList::default());
    let mut contests = Vec::new();
    extractor.walk(&document, &mut |event| match event {
        Event::Paragraph(..) => matcher.enter_paragraph(""),
        Event::Clause(readings, quantities) => {
            matcher.enter_clause(readings, &document.text);
            for reading in readings {
                let claims = matcher.claims(reading, quantities);
                if !claims.is_empty() {
                    contests.push(Contest { text: text.to_owned(), claims });
                }
                matcher.mention(reading, quantities);
            }
        }
        Event::Sentence(_) => {}
    });
    contests
}
