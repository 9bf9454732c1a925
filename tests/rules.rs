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
        assert!(rule.size() > 0, "rule `{}` does not compile", rule.id);
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

#[test]
fn no_rule_that_matches_is_left_untried() {
    use std::{fs, sync::Arc};

    use kpi_extract::{
        extract::{Context, Event, Extractor},
        repair::repair,
        rules::{Rule, code::Code, program::Room, trigger::Candidates},
    };
    let rules = RuleSet::builtin();
    let extractor = Extractor::new(Arc::clone(&rules), Context::default());
    let mut texts: Vec<String> =
        rules.rules().iter().flat_map(Rule::examples).map(|e| e.text.get_ref().clone()).collect();
    for entry in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/samples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    let mut candidates = Candidates::default();
    let mut matched = 0;
    for text in texts {
        extractor.walk(&repair(&text), &mut |event| {
            let Event::Clause(readings, quantities) = event else { return };
            for reading in readings {
                let code = Code::of(&quantities[reading.figure]);
                rules.candidates(&reading.text, code, &mut candidates);
                for (index, rule) in rules.rules().iter().enumerate() {
                    let tried = candidates.rules.contains(&(index as u32));
                    let found = rule.find(&reading.text, &mut Room::default()).is_some();
                    assert!(tried || !found, "`{}` is not tried on {}", rule.id, reading.text);
                    matched += usize::from(found);
                }
            }
        });
    }
    assert!(matched > 1000, "{matched}");
}
