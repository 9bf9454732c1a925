//! `check` and `rules` as rule authors and CI systems use them.
#![recursion_limit = "512"]

use std::{
    collections::BTreeSet,
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use harness::Run;
use kpi_extract::{
    check::{Options, Report, check},
    rules::{Source, builtin, file::RuleFile},
};
use serde_json::Value;
use tempfile::TempDir;

mod harness;

const RULES: &str = r#"[[rule]]
id = "reading-rooms"
category = "文化旅游"
indicator = "开放书屋"
pattern = '开放书屋{count:家|个}'
examples = [{ text = "全年开放书屋35家。", rows = [{ indicator = "开放书屋", value = "35", unit = "家" }] }]
refuses = ["书屋读者35人。"]
"#;

fn checked(text: &str) -> Report {
    check(&[Source { name: "rules.toml".into(), text: text.into() }], &[], true, &Options::default())
}

#[test]
fn the_built_in_rules_pass() {
    let report = check(&[], &[], true, &Options { threads: 2, ..Options::default() });
    let found: Vec<String> = report.findings.iter().map(|f| f.diagnostic.to_string()).collect();
    assert!(found.is_empty(), "{}", found.join("\n\n"));
    assert!(report.tally.rewritten > 1000, "{:?}", report.tally);
}

#[test]
fn the_report_does_not_depend_on_threads() {
    let report = |threads| format!("{:?}", check(&[], &[], true, &Options { threads, ..Options::default() }));
    assert_eq!(report(1), report(3));
}

#[test]
fn rules_that_do_what_they_say_pass() {
    Run::new("check rules.toml")
        .file("rules.toml", RULES)
        .stdout_has(&["1 rule, 1 example, 1 counter-example, ", ": 0 errors, 0 warnings\n"])
        .done();
    Run::new("check rules").file("rules/a.toml", RULES).stdout_has(&["0 errors"]).done();
    Run::new("check rules.toml --no-builtin-rules")
        .file("rules.toml", RULES)
        .stdout_has(&["0 errors"])
        .done();
}

#[test]
fn a_finding_is_status_1_and_what_is_not_there_2() {
    let wrong = RULES.replace("\"35\"", "\"53\"");
    Run::new("check rules.toml")
        .file("rules.toml", &wrong)
        .stdout_has(&["error[example-fails]", "rules.toml:6:22", "made 开放书屋 = 35家"])
        .status(1)
        .done();
    Run::new("check rules.toml")
        .file("rules.toml", "[[rule]\n")
        .stdout_has(&["error[syntax]", "rules.toml:1:"])
        .status(1)
        .done();
    Run::new("check missing.toml").stderr_has(&["missing.toml"]).status(2).done();
    Run::new("check empty").folder("empty").stderr_has(&["no .toml file in this folder"]).status(2).done();
    Run::new("check rules.toml --corpus missing.txt")
        .file("rules.toml", RULES)
        .stderr_has(&["missing.txt: no such file or folder"])
        .status(2)
        .done();
}

#[test]
fn lints_are_switched_by_name() {
    let plain = RULES.replace("category = \"文化旅游\"\n", "");
    let run = |args: &str| Run::new(args).file("rules.toml", &plain);
    run("check rules.toml").stdout_has(&["warning[missing-category]", "0 errors, 1 warning"]).done();
    run("check rules.toml --allow missing-category").stdout_has(&["0 errors, 0 warnings"]).done();
    run("check rules.toml -A all").stdout_has(&["0 errors, 0 warnings"]).done();
    run("check rules.toml -D missing-category").stdout_has(&["error[missing-category]"]).status(1).done();
    run("check rules.toml -A missing-categori")
        .stderr_has(&["no lint is called `missing-categori`: did you mean `missing-category`?"])
        .status(2)
        .done();
}

#[test]
fn a_corpus_shows_what_is_too_general() {
    let general =
        RULES.replace("开放书屋{count:家|个}", "[^，。]{count:家|个}").replace("书屋读者35人", "书屋读者多");
    Run::new("check rules.toml --corpus reports --general 40")
        .file("rules.toml", general)
        .file("reports/a.txt", "开放书屋35家，新建公园3个，满意率97%。\n".repeat(40))
        .stdout_has(&["warning[too-general]", "66.7 %", "80 of 120"])
        .done();
}

/// What the machine-readable forms are made of: one failing example.
fn failing(form: &str) -> String {
    let report = checked(&RULES.replace("\"35\"", "\"53\""));
    let form = kpi_extract::check::output::Form::ALL.into_iter().find(|f| f.name() == form).unwrap();
    form.write(&report, false, false)
}

#[test]
fn json_has_places_in_characters() {
    let json: Value = serde_json::from_str(&failing("json")).unwrap();
    let finding = &json["findings"][0];
    assert_eq!(finding["code"], "example-fails");
    assert_eq!((&finding["line"], &finding["column"]), (&6.into(), &22.into()));
    assert_eq!((&finding["end_line"], &finding["end_column"]), (&6.into(), &34.into()));
    assert_eq!(finding["rule"], "reading-rooms");
    assert_eq!(json["errors"], 1);
}

#[test]
fn sarif_is_what_the_standard_asks_for() {
    let sarif: Value = serde_json::from_str(&failing("sarif")).unwrap();
    // The parts of the schema of SARIF 2.1.0 that this log uses.
    let schema = serde_json::json!({
        "type": "object", "required": ["version", "runs"], "additionalProperties": false,
        "properties": {
            "$schema": { "type": "string", "format": "uri" },
            "version": { "enum": ["2.1.0"] },
            "runs": { "type": "array", "items": {
                "type": "object", "required": ["tool"], "additionalProperties": false,
                "properties": {
                    "tool": { "type": "object", "required": ["driver"], "properties": { "driver": {
                        "type": "object", "required": ["name"], "properties": {
                            "name": { "type": "string" }, "version": { "type": "string" },
                            "rules": { "type": "array", "uniqueItems": true, "items": {
                                "type": "object", "required": ["id"], "properties": {
                                    "shortDescription": { "type": "object", "required": ["text"] },
                                } } },
                        } } } },
                    "columnKind": { "enum": ["utf16CodeUnits", "unicodeCodePoints"] },
                    "results": { "type": "array", "items": {
                        "type": "object", "required": ["message"], "additionalProperties": false,
                        "properties": {
                            "ruleId": { "type": "string" },
                            "ruleIndex": { "type": "integer", "minimum": -1 },
                            "level": { "enum": ["none", "note", "warning", "error"] },
                            "message": { "type": "object", "required": ["text"] },
                            "locations": { "type": "array", "items": {
                                "type": "object", "properties": { "physicalLocation": {
                                    "type": "object", "required": ["artifactLocation"], "properties": {
                                        "artifactLocation": { "type": "object", "properties": {
                                            "uri": { "type": "string", "format": "uri-reference" } } },
                                        "region": { "type": "object", "additionalProperties": false, "properties": {
                                            "startLine": { "type": "integer", "minimum": 1 },
                                            "startColumn": { "type": "integer", "minimum": 1 },
                                            "endLine": { "type": "integer", "minimum": 1 },
                                            "endColumn": { "type": "integer", "minimum": 1 },
                                        } } } } } } },
                        } } },
                } } },
        },
    });
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let run = &sarif["runs"][0];
    let result = &run["results"][0];
    assert_eq!(
        run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize]["id"],
        result["ruleId"]
    );
    assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "rules.toml");
}

#[test]
fn junit_has_a_test_for_each_rule() {
    let other = RULES.replace("reading-rooms", "reading-rooms-b").replace("书屋", "茶屋");
    let report = checked(&(RULES.replace("\"35\"", "\"53\"") + &other));
    let junit = kpi_extract::check::output::Form::Junit.write(&report, false, false);
    assert!(junit.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "), "{junit}");
    assert!(junit.contains("tests=\"2\" failures=\"1\""), "{junit}");
    assert!(
        junit.contains("<failure type=\"example-fails\" message=\"rule `reading-rooms` does not"),
        "{junit}"
    );
    assert!(junit.contains("<testcase name=\"reading-rooms-b\" classname=\"rules.toml\"/>"), "{junit}");
    // Text is escaped.
    assert!(!junit.contains("rows = [{ indicator = \"开放书屋\""), "{junit}");
    let open = junit.matches("<testcase").count();
    assert_eq!(open, junit.matches("</testcase>").count() + junit.matches("\"/>").count());
}

/// Runs `check` in `folder`; its output and status.
fn run(folder: &TempDir, args: &str) -> (String, i32) {
    let output = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
        .args(args.split(' '))
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (text, output.status.code().unwrap())
}

#[test]
fn snapshots_show_what_a_rule_changed() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    fs::create_dir(folder.path().join("reports")).unwrap();
    write("rules.toml", RULES);
    write("reports/a.txt", "全年开放书屋35家。\n新建公园3处。\n");
    let check = "check rules.toml --snapshots tables --corpus reports";

    let (text, status) = run(&folder, check);
    assert!(status == 1 && text.contains("error[snapshot-missing]: reports/a.txt has no snapshot"), "{text}");
    assert_eq!(run(&folder, &format!("{check} --accept")).1, 0);
    let table = fs::read_to_string(folder.path().join("tables/reports/a.txt.csv")).unwrap();
    assert!(table.starts_with("line,raw,indicator,value,"), "{table}");
    assert_eq!(table.lines().count(), 3);
    assert_eq!(run(&folder, check).1, 0);

    write("rules.toml", &RULES.replace("indicator = \"开放书屋\"", "indicator = \"书屋\""));
    let (text, status) = run(&folder, check);
    assert!(status == 1 && text.contains("~ line 1 35家: indicator 开放书屋 → 书屋"), "{text}");
    write("rules.toml", RULES);
    write("reports/a.txt", "全年开放书屋35家。\n");
    let (text, status) = run(&folder, check);
    assert!(status == 1 && text.contains("- line 2 3处: 新建公园,3,,处,"), "{text}");
    assert_eq!(run(&folder, &format!("{check} --accept")).1, 0);

    fs::rename(folder.path().join("reports/a.txt"), folder.path().join("reports/b.txt")).unwrap();
    let (text, status) = run(&folder, check);
    assert!(status == 1 && text.contains("error[snapshot-orphan]"), "{text}");
    assert_eq!(run(&folder, &format!("{check} --accept")).1, 0);
    assert!(!folder.path().join("tables/reports/a.txt.csv").exists());

    // Without a corpus each rule file's own examples are the document.
    assert_eq!(run(&folder, "check rules.toml --snapshots own --accept").1, 0);
    assert!(folder.path().join("own/rules.toml.csv").exists());
    assert_eq!(run(&folder, "check rules.toml --accept").1, 2);
}

#[test]
fn accepting_touches_no_file_that_is_not_its_own() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("reports/2023")).unwrap();
    fs::create_dir_all(at("tables/reports")).unwrap();
    fs::write(at("rules.toml"), RULES).unwrap();
    fs::write(at("reports/a.txt"), "全年开放书屋35家。\n").unwrap();
    fs::write(at("reports/2023/b.txt"), "全年开放书屋36家。\n").unwrap();
    fs::write(at("tables/reports/other.csv"), "a,b\n1,2\n").unwrap();
    fs::write(at("tables/other.csv"), [0xff]).unwrap();
    let accept = |corpus: &str| {
        run(&folder, &format!("check rules.toml --snapshots tables --accept --corpus {corpus}"))
    };
    assert_eq!(accept("reports").1, 0);
    let (text, status) = run(&folder, "check rules.toml --snapshots tables --corpus reports");
    assert_eq!(status, 0, "{text}");
    // A narrower corpus leaves the tables of the others.
    fs::remove_file(at("reports/a.txt")).unwrap();
    assert_eq!(accept("reports/2023").1, 0);
    assert!(at("tables/reports/a.txt.csv").exists());
    let (text, status) = accept("reports");
    assert!(status == 0 && text.contains("removed tables/reports/a.txt.csv"), "{text}");
    assert!(!at("tables/reports/a.txt.csv").exists());
    for kept in ["tables/reports/other.csv", "tables/other.csv", "tables/reports/2023/b.txt.csv"] {
        assert!(at(kept).exists(), "{kept}");
    }
    assert_eq!(fs::read_dir(at("tables/reports")).unwrap().count(), 2);
}

#[test]
#[cfg(unix)]
fn accepting_follows_no_link() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("tables")).unwrap();
    fs::create_dir_all(at("else")).unwrap();
    fs::write(at("rules.toml"), RULES).unwrap();
    fs::create_dir(at("reports")).unwrap();
    fs::write(at("reports/a.txt"), "全年开放书屋35家。\n").unwrap();
    fs::write(at("else/a.txt.csv"), "mine\n").unwrap();
    let accept = "check rules.toml --snapshots tables --accept --corpus reports";
    symlink("../else", at("tables/reports")).unwrap();
    let (text, status) = run(&folder, accept);
    assert!(status == 2 && text.contains("tables/reports`: is a symbolic link"), "{text}");
    fs::remove_file(at("tables/reports")).unwrap();
    fs::create_dir(at("tables/reports")).unwrap();
    symlink("../../else/a.txt.csv", at("tables/reports/a.txt.csv")).unwrap();
    let (text, status) = run(&folder, accept);
    assert!(status == 2 && text.contains("a.txt.csv`: is a symbolic link"), "{text}");
    assert_eq!(fs::read_to_string(at("else/a.txt.csv")).unwrap(), "mine\n");
}

#[test]
fn what_is_no_snapshot_is_said_to_be_none() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("rules.toml"), RULES).unwrap();
    fs::create_dir(at("tables")).unwrap();
    fs::write(at("tables/rules.toml.csv"), [0xff, b'\n']).unwrap();
    let (text, status) = run(&folder, "check rules.toml --snapshots tables");
    assert!(status == 2 && text.contains("is no snapshot (not UTF-8 text)"), "{text}");
    let (text, status) = run(&folder, "check rules.toml --snapshots rules.toml --accept");
    assert!(status == 2 && text.contains("snapshots `rules.toml`: is no folder"), "{text}");
}

#[test]
fn watching_shows_what_a_change_brings() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rules.toml");
    fs::write(&path, RULES).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
        .args(["check", "rules.toml", "--watch"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (sender, lines) = mpsc::channel();
    let stdout = child.stdout.take().unwrap();
    thread::spawn(move || {
        BufReader::new(stdout).lines().map_while(Result::ok).all(|line| sender.send(line).is_ok());
    });
    let until = |what: &str| {
        let mut seen = Vec::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_mins(1)) {
            seen.push(line);
            if seen.last().unwrap().contains(what) {
                return seen;
            }
        }
        panic!("no `{what}` in {seen:#?}");
    };
    until("0 errors, 0 warnings");
    // The watch begins after the first report.
    thread::sleep(Duration::from_millis(500));
    fs::write(&path, RULES.replace("\"35\"", "\"53\"")).unwrap();
    assert!(until("1 error, 0 warnings").iter().any(|line| line.contains("error[example-fails]")));
    fs::write(&path, RULES).unwrap();
    assert!(until("0 errors, 0 warnings").iter().any(|line| line.starts_with("mended: example-fails")));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_template_passes_as_it_is() {
    let folder = TempDir::new().unwrap();
    let (template, status) = run(&folder, "rules new");
    assert_eq!(status, 0);
    fs::write(folder.path().join("new.toml"), template).unwrap();
    let (text, status) = run(&folder, "check new.toml");
    assert_eq!(status, 0, "{text}");
}

#[test]
fn a_misspelt_id_is_told_the_nearest_one() {
    Run::new("rules show open-claus")
        .stderr_has(&["no rule has the id `open-claus`: did you mean `open-clause`?"])
        .status(2)
        .done();
    Run::new("rules show open-clause").stdout_has(&["# builtin:open.toml (open)\n[[rule]]\n"]).done();
}

/// A rule file as the JSON that a validator sees.
fn json(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

#[test]
fn the_schema_knows_good_files_from_bad_ones() {
    let schema: Value = serde_json::from_str(&RuleFile::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, text) in builtin::FILES {
        let errors: Vec<String> = validator.iter_errors(&json(text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    for (from, to) in [
        ("category", "categorie"),
        ("id = \"reading-rooms\"\n", ""),
        ("pattern = '开放书屋{count:家|个}'\n", "pattern = 3\n"),
        ("category", "kind = \"growth\"\ncategory"),
        ("category", "sign = \"*\"\ncategory"),
        ("category", "layer = \"opened\"\ncategory"),
        ("category", "over = \"open-clause\"\ncategory"),
        ("value = \"35\"", "value = 35"),
        ("refuses = [\"书屋读者35人。\"]", "refuses = \"书屋\""),
        ("[[rule]]", "[rule]"),
        ("[[rule]]", "[[rules]]"),
        ("[[rule]]", "[[unit]]\nname = \"羽\"\n\n[[rule]]"),
        ("[[rule]]", "[[hedge]]\nword = \"近\"\nqualifier = \"near\"\n\n[[rule]]"),
        ("[[rule]]", "[words]\nverbs = [\"试\"]\n\n[[rule]]"),
    ] {
        let broken = RULES.replace(from, to);
        assert_ne!(broken, RULES, "{from}");
        assert!(!validator.is_valid(&json(&broken)), "the schema takes {to}");
    }
    assert!(validator.is_valid(&json(RULES)));
}

#[test]
fn files_that_are_no_rule_files_are_told_what_they_are() {
    let broken = |contents: Vec<u8>, code: &str, said: &str| {
        Run::new("check rules.toml").file("rules.toml", &contents).stdout_has(&[code, said]).status(1).done();
        let run = Run::new("a.txt -r rules.toml").file("a.txt", "").file("rules.toml", contents);
        run.stderr_has(&[said]).status(2).done();
    };
    broken([RULES.as_bytes(), b"# \xff\n"].concat(), "not-utf8", "not UTF-8 text: invalid byte at offset");
    let large = RULES.to_owned() + &"# x\n".repeat(13 << 20);
    broken(large.into_bytes(), "file-too-large", "a rule file has at most 16777216");
}

#[test]
#[cfg(unix)]
fn what_has_no_end_is_not_read_to_its_end() {
    Run::new("check /dev/zero")
        .stderr_has(&["rules `/dev/zero`: neither a file nor a pipe"])
        .status(2)
        .done();
    let run = Run::new("a.txt -r /dev/zero").file("a.txt", "");
    run.stderr_has(&["neither a file nor a pipe"]).status(2).done();
    let piped = |from: &str| {
        let script = format!("{from} | exec {} check /dev/stdin", env!("CARGO_BIN_EXE_kpi-extract"));
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(piped("cat /dev/zero").contains("error[file-too-large]"));
    assert!(piped("echo").contains("0 errors, 0 warnings"));
}

#[test]
#[cfg(unix)]
fn names_of_files_are_escaped() {
    let wrong = RULES.replace("\"35\"", "\"53\"");
    Run::new("check bad --color never")
        .file("bad/s\u{1b}[31m.toml", &wrong)
        .stdout_has(&["--> bad/s\\u{1b}[31m.toml:6:22"])
        .status(1)
        .done();
}

#[test]
fn patterns_that_cannot_be_are_refused_in_no_time() {
    for (pattern, code) in [
        ("(?:.{1000}){1000}{percent}", "too-large"),
        ("(?:(?:(?:.{100}){100}){100}){100}{percent}", "too-large"),
        ("(?<=甲){percent}", "look-around"),
        (r"(甲)\1{percent}", "back-reference"),
        ("{one}{percent}", "fragment-circle"),
        (&("(".repeat(5000) + "{percent}"), "bad-regex"),
    ] {
        let fragments = "[define]\none = '{two}{two}'\ntwo = '{one}{one}'\n\n";
        let fragments = if code == "fragment-circle" { fragments } else { "" };
        let text = fragments.to_owned() + &RULES.replace("开放书屋{count:家|个}", pattern);
        let report = checked(&text);
        let codes: BTreeSet<&str> = report.findings.iter().map(|f| f.diagnostic.code).collect();
        assert_eq!(codes, BTreeSet::from([code]), "{pattern:.40}");
    }
}

#[test]
fn fragments_are_checked_where_they_are_defined() {
    for (fragment, place, said) in [
        ("'甲(乙'", "rules.toml:2:12", "error[bad-regex]: bad regex: unclosed group"),
        ("'甲{percnt}'", "rules.toml:2:12", "did you mean `{percent}`?"),
        ("'甲{unused}'", "rules.toml:2:11", "fragments in a circle: unused → unused"),
        ("'{more}乙'\nmore = '甲{unused}'", "rules.toml:3:9", "fragments in a circle: more → unused → more"),
        ("'甲(?!乙)'", "rules.toml:2:12", "error[look-around]"),
    ] {
        let text = format!("[define]\nunused = {fragment}\nnext = '{{unused}}'\n\n{RULES}")
            .replace("开放书屋{count", "开放{next}书屋{count");
        let report = checked(&text);
        let shown: Vec<String> = report.findings.iter().map(|f| f.diagnostic.to_string()).collect();
        assert!(
            shown.len() == 1 && shown[0].contains(place) && shown[0].contains(said),
            "{}",
            shown.join("\n")
        );
    }
}

#[test]
fn long_chains_are_followed_to_their_ends() {
    let mut text = String::from("[define]\n");
    (0..10_000).for_each(|n| text += &format!("f-{n} = '甲{{f-{}}}'\n", (n + 1) % 10_000));
    (0..10_000).for_each(|n| {
        let over = format!("over = [\"rooms-{:05}\"]\npattern", (n + 1) % 10_000);
        text += &RULES.replace("reading-rooms", &format!("rooms-{n:05}")).replace("pattern", &over);
    });
    let codes: Vec<&str> = checked(&text).findings.iter().map(|f| f.diagnostic.code).collect();
    assert_eq!(codes, ["fragment-circle", "over-circle"]);
}

#[test]
fn ten_thousand_rules_are_taken_or_refused_with_a_reason() {
    let rules: String = (0..10_000)
        .map(|n| {
            RULES.replace("reading-rooms", &format!("rooms-{n:05}")).replace("书屋", &format!("书屋{n:05}号"))
        })
        .collect();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("rules.toml"), rules).unwrap();
    fs::write(folder.path().join("a.txt"), "全年开放书屋00042号35家。\n").unwrap();
    let (text, status) = run(&folder, "a.txt -r rules.toml --columns indicator,rule");
    assert_eq!((text.as_str(), status), ("indicator,rule\n开放书屋00042号,rooms-00042\n", 0));
}
