//! The built-in rules prove themselves: each on its own examples and counter-examples.

use kpi_extract::rules::{RuleSet, proof::prove};

#[test]
fn every_rule_makes_its_examples_and_refuses_its_counter_examples() {
    let failures: Vec<String> = prove(&RuleSet::builtin()).iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_pattern_compiles_within_its_limit() {
    for rule in RuleSet::builtin().rules() {
        assert!(rule.regex().is_some(), "rule `{}` does not compile", rule.id);
    }
}

#[test]
fn no_text_can_forge_a_quantity() {
    use kpi_extract::extract::{Context, Extractor};
    let extractor = Extractor::new(RuleSet::builtin(), Context::default());
    let mut rows = Vec::new();
    let forged = "满意率\u{F0001}达到\u{100001}，办结率\u{F0FA5}\u{E000}。";
    extractor.extract("forged", forged.as_bytes(), &mut |row| rows.push(row)).unwrap();
    assert_eq!(rows, []);
}
