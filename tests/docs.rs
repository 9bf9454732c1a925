//! The documents in `docs/` are right: what they show is what the program does, and the rule language's is complete.
#![cfg(unix)]

use kpi_extract::rules::{RuleSet, Source, code::SLOTS};
use markdown::Markdown;

mod markdown;

#[test]
fn rules_md_shows_what_the_program_does() {
    Markdown::new("docs/rules.md").prove();
}

#[test]
fn diff_md_shows_what_the_program_does() {
    Markdown::new("docs/diff.md").prove();
}

#[test]
fn audit_md_shows_what_the_program_does() {
    Markdown::new("docs/audit.md").prove();
}

#[test]
fn damage_md_shows_what_the_program_does() {
    Markdown::new("docs/damage.md").prove();
}

#[test]
fn diagnostics_md_shows_what_the_program_does() {
    Markdown::new("docs/diagnostics.md").prove();
}

#[test]
fn tutorial_md_shows_what_the_program_does() {
    Markdown::new("docs/tutorial.md").prove();
}

#[test]
fn architecture_md_shows_what_the_program_does() {
    Markdown::new("docs/architecture.md").prove();
}

#[test]
fn quantities_md_shows_what_the_program_does() {
    Markdown::new("docs/quantities.md").prove();
}

#[test]
#[cfg(feature = "archives")]
fn inputs_md_shows_what_the_program_does() {
    Markdown::new("docs/inputs.md").prove();
}

#[test]
fn output_md_shows_what_the_program_does() {
    Markdown::new("docs/output.md").prove();
}

#[test]
fn review_md_shows_what_the_program_does() {
    Markdown::new("docs/review.md").prove();
}

#[test]
fn performance_md_shows_what_the_program_does() {
    Markdown::new("docs/performance.md").prove();
}

#[test]
fn architecture_md_begins_with_the_line_of_the_library() {
    let library = include_str!("../src/lib.rs");
    let line = |text: &str, mark: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim_start_matches("//!").trim().to_owned());
        lines.skip_while(|line| !line.starts_with(mark)).take(3).collect()
    };
    let document = Markdown::new("docs/architecture.md");
    assert_eq!(line(document.text(), "bytes ─decode→"), line(library, "bytes ─decode→"));
}

/// The keys that a table of the rule file knows, as its own error tells them.
fn keys(table: &str) -> Vec<String> {
    let text = format!("{table}\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx = 1\n");
    let errors =
        RuleSet::load(&[Source { name: "keys.toml".into(), text }], true).expect_err("an unknown key");
    let help = errors.0[0].help.strip_prefix("known here: ").expect("the keys that are known").to_owned();
    help.split(", ").map(str::to_owned).collect()
}

#[test]
fn rules_md_names_every_slot_and_every_key() {
    let document = Markdown::new("docs/rules.md");
    for (slot, _) in SLOTS {
        assert!(
            document.text().contains(&format!("`{{{slot}}}`")),
            "docs/rules.md does not name `{{{slot}}}`"
        );
    }
    for table in ["", "[[rule]]", "[trim]", "[words]", "[[unit]]", "[[guard]]", "[[hedge]]", "[[alias]]"] {
        for key in keys(table) {
            assert!(
                document.text().contains(&format!("`{key}`")),
                "docs/rules.md does not name `{key}` of {table}"
            );
        }
    }
}
