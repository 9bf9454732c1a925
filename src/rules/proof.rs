//! Proof: every rule on its own examples and counter-examples, through the whole pipeline.

use std::sync::Arc;

use super::{
    file::{Example, ExpectedRow},
    set::RuleSet,
};
use crate::{
    extract::{Context, Extractor},
    row::Row,
};

/// A rule that does not do what its file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Id of the rule.
    pub rule: String,
    /// The example or counter-example.
    pub text: String,
    /// What it should have made, or nothing.
    pub expected: String,
    /// What it made.
    pub made: String,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rule `{}` on 「{}」: expected {}, made {}", self.rule, self.text, self.expected, self.made)
    }
}

/// Every failure of the rules in force, in the order of their ids.
pub fn prove(rules: &Arc<RuleSet>) -> Vec<Failure> {
    let extractor = Extractor::new(Arc::clone(rules), Context::default());
    let mut failures = Vec::new();
    for rule in rules.rules() {
        let refused = rule.refuses().iter().map(|text| Example { text: text.clone(), rows: vec![] });
        for example in rule.examples().iter().cloned().chain(refused) {
            let mut all = Vec::new();
            if extractor
                .extract("example", example.text.get_ref().as_bytes(), &mut |row| all.push(row))
                .is_err()
            {
                continue;
            }
            let made: Vec<&Row> = all.iter().filter(|row| *row.rule == *rule.id).collect();
            let right = made.len() == example.rows.len()
                && made.iter().zip(&example.rows).all(|(row, expected)| agrees(row, expected));
            if !right {
                let others = all
                    .iter()
                    .map(|row| format!("{} ({})", show(row), row.rule))
                    .collect::<Vec<_>>()
                    .join(", ");
                failures.push(Failure {
                    rule: rule.id.to_string(),
                    text: example.text.into_inner(),
                    expected: expected(&example.rows),
                    made: if others.is_empty() { "no row".into() } else { others },
                });
            }
        }
    }
    failures
}

pub(crate) fn agrees(row: &Row, expected: &ExpectedRow) -> bool {
    let number = |text: &str, value: rust_decimal::Decimal| text.parse() == Ok(value);
    expected.indicator.as_ref().is_none_or(|it| *it == row.indicator)
        && expected.value.as_ref().is_none_or(|it| number(it, row.value))
        && expected.high.as_ref().is_none_or(|it| row.high.is_some_and(|high| number(it, high)))
        && expected.unit.as_ref().is_none_or(|it| *it == row.unit)
        && expected.kind.is_none_or(|it| it == row.kind)
        && expected.status.is_none_or(|it| it == row.status)
        && expected.period.as_ref().is_none_or(|it| *it == row.period)
        && expected.qualifier.as_ref().is_none_or(|it| *it == row.qualifier.name())
        && expected.raw.as_ref().is_none_or(|it| *it == row.raw)
        && expected.district.as_ref().is_none_or(|it| *it == row.district)
}

/// The rows that an example gives, as a message shows them.
pub(crate) fn expected(rows: &[ExpectedRow]) -> String {
    if rows.is_empty() { "none".into() } else { format!("{:?}", Shown(rows)) }
}

fn show(row: &Row) -> String {
    format!("{}={}{} {}", row.indicator, row.value, row.unit, row.kind.name())
}

/// Shows only the columns that an example gives.
struct Shown<'a>(&'a [ExpectedRow]);

impl std::fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, row) in self.0.iter().enumerate() {
            let text = |field: &Option<String>| field.clone().unwrap_or_default();
            let kind = row.kind.map_or("", |kind| kind.name());
            let separator = if i > 0 { ", " } else { "" };
            write!(f, "{separator}{}={}{} {kind}", text(&row.indicator), text(&row.value), text(&row.unit))?;
        }
        Ok(())
    }
}
