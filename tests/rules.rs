//! The built-in rules prove themselves: each on its own examples and counter-examples.

use kpi_extract::rules::{RuleSet, Source, proof::prove};

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

/// The diagnostics of a rule file that must not load.
fn broken(text: &str) -> String {
    let source = Source { name: "rules.toml".into(), text: text.into() };
    RuleSet::load(&[source], true).expect_err("the rules loaded").to_string()
}

/// A rule file with one rule of this pattern.
fn with_pattern(pattern: &str) -> String {
    format!(
        "[[rule]]\nid = \"x\"\nindicator = \"甲\"\npattern = '{pattern}'\nexamples = [{{ text = \"甲3%\", rows = [{{ value = \"3\" }}] }}]\nrefuses = [\"乙\"]\n"
    )
}

#[test]
fn broken_rules_say_where_and_how_to_mend() {
    for (name, text) in [
        ("syntax", "[[rule]\nid = 1\n".to_owned()),
        ("unknown_key", with_pattern("满意率{percent}").replace("indicator", "indicater")),
        ("bad_regex", with_pattern("满意率(达到{percent}")),
        ("unknown_slot", with_pattern("满意率达到{percnt}")),
        ("slot_in_class", with_pattern("满意率[达{percent}]")),
        ("repeated_slot", with_pattern("满意率{percent}+")),
        ("alternative_without_figure", with_pattern("满意率{percent}|办结率")),
        ("no_slot", with_pattern("满意率[0-9]+%")),
        ("word_boundary", with_pattern("满意率\\b{percent}")),
        ("look_around", with_pattern("满意率(?=达){percent}")),
        (
            "missing_example",
            "[[rule]]\nid = \"x\"\nindicator = \"甲\"\npattern = '甲{percent}'\nrefuses = [\"乙\"]\n"
                .to_owned(),
        ),
        ("unknown_over", with_pattern("甲{percent}").replace("refuses", "over = [\"open-claus\"]\nrefuses")),
        ("unknown_disable", "disable = [\"open-claus\"]\n".to_owned()),
        (
            "unknown_capture",
            with_pattern("(?<name>甲){percent}").replace("\"甲\"\npattern", "\"{nmae}\"\npattern"),
        ),
    ] {
        insta::with_settings!({ snapshot_path => "diagnostics", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, broken(&text));
        });
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
