//! Everything that can be wrong with rule files: each code has a golden file in `tests/diagnostics/` that shows its
//! message, and a line in docs/diagnostics.md.

use std::{collections::BTreeSet, fs, process::Command};

use kpi_extract::{
    check::{LINTS, Level, Options, check},
    rules::{Diagnostic, RuleSet, Source, diagnostic::ERRORS},
};
use tempfile::TempDir;

/// One rule of this pattern.
fn with_pattern(pattern: &str) -> String {
    rule("x", "甲", pattern, "甲3%", "乙")
}

fn rule(id: &str, indicator: &str, pattern: &str, example: &str, refused: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\ncategory = \"试验\"\nindicator = \"{indicator}\"\npattern = '{pattern}'\n\
         examples = [{{ text = \"{example}\", rows = [{{ value = \"3\" }}] }}]\nrefuses = [\"{refused}\"]\n\n"
    )
}

/// Files that do not load, by what is wrong with them.
fn broken() -> Vec<(&'static str, String)> {
    let long = "甲".repeat(3000);
    vec![
        ("back-reference", with_pattern("(?<name>城市|农村)低保和\\1救助{percent}")),
        ("bad-entry", "[[unit]]\nname = \"羽\"\ndimension = \"count\"\nof = \"只\"\n".into()),
        ("bad-name", with_pattern("甲{percent}").replace("\"x\"", "\"X_1\"")),
        ("bad-regex", with_pattern("满意率(达到{percent}")),
        ("duplicate-id", with_pattern("甲{percent}").repeat(2)),
        ("empty-indicator", with_pattern("甲{percent}").replace("indicator = \"甲\"", "indicator = \" \"")),
        (
            "fragment-circle",
            format!(
                "[define]\none = '甲{{two}}'\ntwo = '{{one}}乙'\nunused = '丙{{unused}}'\n\n{}",
                with_pattern("{one}{percent}")
            ),
        ),
        ("fragment-is-slot", "[define]\ncount = '甲'\n".into()),
        ("look-around", with_pattern("满意率(?=达){percent}")),
        (
            "missing-proof",
            "[[rule]]\nid = \"x\"\nindicator = \"甲\"\npattern = '甲{percent}'\nrefuses = [\"乙\"]\n".into(),
        ),
        ("no-figure", with_pattern("满意率{percent}|办结率")),
        ("no-slot", with_pattern("满意率[0-9]+%")),
        (
            "over-circle",
            (rule("a", "甲", "甲{percent}", "甲3%", "乙") + &rule("b", "乙", "乙{percent}", "乙3%", "甲"))
                .replace("id = \"a\"", "id = \"a\"\nover = [\"b\"]")
                .replace("id = \"b\"", "id = \"b\"\nover = [\"a\"]"),
        ),
        (
            "pattern-too-long",
            format!("[define]\nlong = '{long}'\n\n{}", with_pattern(&("{long}".repeat(40) + "{percent}"))),
        ),
        ("private-use", with_pattern("甲\u{E000}{percent}")),
        ("repeated-slot", with_pattern("满意率{percent}+")),
        ("slot-in-class", with_pattern("满意率[达{percent}]")),
        ("syntax", "[[rule]\nid = 1\n".into()),
        ("too-large", with_pattern("(?:.{900}){900}{percent}")),
        ("unclosed-slot", with_pattern("满意率{percent")),
        ("unknown-capture", with_pattern("(?<name>甲){percent}").replace("\"甲\"\n", "\"{nmae}\"\n")),
        ("unknown-id", with_pattern("甲{percent}").replace("refuses", "over = [\"open-claus\"]\nrefuses")),
        ("unknown-key", with_pattern("满意率{percent}").replace("indicator", "indicater")),
        ("unknown-slot", with_pattern("满意率达到{percnt}")),
        ("unknown-unit", with_pattern("甲{count:件|平方}")),
        ("wrong-type", with_pattern("甲{percent}").replace("\"3\"", "3")),
        ("word-boundary", with_pattern("满意率\\b{percent}")),
    ]
}

/// Files that load and have something to mend.
fn doubtful() -> Vec<(&'static str, String)> {
    let ab = |a: &str, b: &str| rule("a", "甲", a, "甲乙3%", "丙") + &rule("b", "乙", b, "甲乙3%", "丙");
    vec![
        ("clash", ab("甲乙{percent}", "甲乙?{percent}|甲乙{percent}$")),
        ("duplicate-rule", with_pattern("甲{percent}").replace("\"x\"", "\"open-clause\"")),
        ("example-fails", with_pattern("甲{percent}").replace("\"3\"", "\"4\"")),
        ("folded-character", with_pattern("(?:糧食|甲)(?:總產)?{percent}")),
        ("missing-category", with_pattern("甲{percent}").replace("category = \"试验\"\n", "")),
        ("never-fires", with_pattern("丁{percent}")),
        ("refused-fires", with_pattern("甲{percent}").replace("[\"乙\"]", "[\"甲5%\"]")),
        ("rewriting-fails", rule("x", "甲", "GDP：{percent}", "GDP：3%", "乙")),
        ("shadowed", ab("甲乙{percent}", "甲乙?{percent}")),
        ("slot-only", with_pattern("{percent}")),
        ("slow", with_pattern("甲(?:[^，]{0,90}乙){0,12}[^，]{0,60}{percent}")),
        ("too-general", with_pattern("{n}{percent}")),
        ("unbounded-gap", with_pattern("甲.*{percent}")),
        (
            "unsorted",
            rule("b", "甲", "甲{percent}", "甲3%", "乙") + &rule("a", "乙", "乙{percent}", "乙3%", "甲"),
        ),
        ("unused-capture", with_pattern("(?<name>甲){percent}")),
        ("unused-fragment", format!("[define]\nonce = '甲'\n\n{}", with_pattern("甲{percent}"))),
    ]
}

/// Names and contents of files.
type Folder = Vec<(&'static str, Vec<u8>)>;

/// Findings about whole files: what is in the folder, by name, and the code that `check` finds there.
fn of_files() -> Vec<(&'static str, Folder)> {
    let good = with_pattern("甲{percent}");
    let report = || ("reports/a.txt", "甲率5%。\n新建甲3处。\n".into());
    let table = "line,raw,indicator,value,high,unit,kind,status,period,district,qualifier,damaged,rule\n\
                 2,3处,新建乙,3,,处,level,planned,,,exact,,open-clause\n7,9%,丙,9,,%,level,actual,,,exact,,x\n";
    let large: String = (0..600)
        .map(|n| rule(&format!("r-{n:03}"), "甲", &format!("甲{n}.{{{{2200}}}}{{percent}}"), "甲3%", "乙"))
        .collect();
    vec![
        ("all-too-large", vec![("rules.toml", large.replace("{{", "{").replace("}}", "}").into())]),
        ("file-too-large", vec![("rules.toml", vec![b'#'; (16 << 20) + 1])]),
        ("not-utf8", vec![("rules.toml", [good.as_bytes(), b"# \xFF\n"].concat())]),
        (
            "snapshot-differs",
            vec![("rules.toml", good.clone().into()), report(), ("tables/reports/a.txt.csv", table.into())],
        ),
        ("snapshot-missing", vec![("rules.toml", good.clone().into()), report()]),
        (
            "snapshot-orphan",
            vec![("rules.toml", good.into()), report(), ("tables/reports/gone.txt.csv", table.into())],
        ),
    ]
}

fn source(text: String) -> Source {
    Source { name: "rules.toml".into(), text }
}

fn golden(code: &str, shown: &str) {
    insta::with_settings!({ snapshot_path => "diagnostics", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(code, shown);
    });
}

/// The findings of this code, shown.
fn of<'d>(code: &str, diagnostics: impl Iterator<Item = &'d Diagnostic>) -> String {
    let shown: Vec<String> = diagnostics.filter(|d| d.code == code).map(ToString::to_string).collect();
    assert!(!shown.is_empty(), "nothing is found to be `{code}`");
    // Long lines are cut: what they show is long by intent.
    let lines = shown.join("\n\n");
    lines.lines().map(|line| line.chars().take(240).collect::<String>() + "\n").collect()
}

#[test]
fn broken_rules_say_where_and_how_to_mend() {
    for (code, text) in broken() {
        let errors = RuleSet::load(&[source(text)], true).expect_err(code);
        golden(code, &of(code, errors.0.iter()));
    }
}

#[test]
fn lints_say_where_and_how_to_mend() {
    for (code, text) in doubtful() {
        let corpus = vec![("a.txt".to_owned(), "甲3%，乙5%。".repeat(60).into())];
        let report = check(&[source(text)], &[], true, &Options { corpus, ..Options::default() });
        golden(code, &of(code, report.findings.iter().map(|finding| &finding.diagnostic)));
    }
}

#[test]
fn findings_about_whole_files_say_which_and_how_to_mend() {
    for (code, files) in of_files() {
        let folder = TempDir::new().unwrap();
        let corpus = files.len() > 1;
        for (name, bytes) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let more: &[&str] = if corpus { &["--snapshots", "tables", "--corpus", "reports"] } else { &[] };
        let run = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
            .args(["check", "rules.toml", "--allow", "all"])
            .args(["--deny", if corpus { code } else { "all" }])
            .args(more)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let shown = String::from_utf8(run.stdout).unwrap();
        assert_eq!(run.status.code(), Some(1), "{code}: {shown}");
        let start = shown.find(&format!("error[{code}]")).unwrap_or_else(|| panic!("no {code}: {shown}"));
        golden(code, shown[start..].split("\n\n").next().unwrap());
    }
}

#[test]
fn every_lint_can_be_switched() {
    for (code, text) in doubtful() {
        for (level, found) in [(Level::Allow, false), (Level::Deny, true)] {
            let mut options = Options {
                corpus: vec![("a.txt".into(), "甲3%。".repeat(120).into())],
                ..Options::default()
            };
            options.levels.set(code, level).unwrap();
            let report = check(&[source(text.clone())], &[], true, &options);
            assert_eq!(report.findings.iter().any(|f| f.diagnostic.code == code), found, "{code}");
        }
    }
}

#[test]
fn every_code_has_a_golden_file_and_a_line_in_the_documents() {
    let codes: BTreeSet<&str> =
        ERRORS.iter().map(|(code, _)| *code).chain(LINTS.iter().map(|lint| lint.name)).collect();
    let mut shown: BTreeSet<&str> = broken().iter().chain(&doubtful()).map(|(code, _)| *code).collect();
    let files = of_files();
    shown.extend(files.iter().map(|(code, _)| *code));
    assert_eq!(codes, shown);
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/diagnostics.md")).unwrap();
    for (code, meaning) in ERRORS.iter().copied().chain(LINTS.iter().map(|lint| (lint.name, lint.finds))) {
        assert!(document.contains(&format!("| `{code}` |")), "docs/diagnostics.md does not name `{code}`");
        assert!(document.contains(meaning), "docs/diagnostics.md does not say of `{code}`: {meaning}");
    }
}
