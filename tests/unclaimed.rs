//! `unclaimed` and `suggest`: what no rule takes, in groups, and rules for it that load and prove.

use std::sync::Arc;

use harness::Run;
use kpi_extract::{
    check::{Options, check},
    rules::{RuleSet, Source, diagnostic::Severity},
};

mod harness;

const FIRST: &str = "新桥街道2023年工作总结
全年开展志愿服务累计1.2万余小时，走访商户320家，评选文明楼院6个。
居民满意率97.2%。
";
const SECOND: &str = "河西社区志愿服务达3000小时，文明楼院挂牌，召开第六次会议。
开放邻里食堂不少于8小时。
";

fn run(args: &str) -> Run {
    Run::new(args).file("r/a.txt", FIRST).file("r/b.txt", SECOND)
}

#[test]
fn groups_come_with_their_counts_and_quotations() {
    run("unclaimed r")
        .stdout(
            "    2  …志愿服务{duration:小时}
       开展志愿服务, 河西社区志愿服务
         r/a.txt:2:11  全年开展志愿服务累计⟦1.2万余小时⟧
         r/b.txt:1:10  河西社区志愿服务达⟦3000小时⟧
    1  开放邻里食堂{duration:小时}
         r/b.txt:2:7  开放邻里食堂⟦不少于8小时⟧
3 quantities in 2 groups; ordinals left aside: 1
",
        )
        .done();
}

#[test]
fn open_rules_count_when_asked_for() {
    let said = run("unclaimed r --open").stdout_has(&[]).done().stdout;
    assert!(said.contains("    1  评选文明楼院{count:个}  (open-clause)\n"), "{said}");
    assert!(!said.contains("居民满意率"), "a named rule took it\n{said}");
    run("unclaimed r --no-builtin-rules").stdout_has(&["6 quantities in 5 groups"]).done();
}

#[test]
fn the_rest_is_counted() {
    run("unclaimed r --limit 1")
        .stdout_has(&[
            "    2  …志愿服务",
            "and 1 more in 1 group (--limit 0 shows all)\n3 quantities in 2 groups",
        ])
        .done();
    let all = run("unclaimed r --limit 0").stdout_has(&[]).done().stdout;
    assert!(!all.contains("--limit"), "{all}");
}

#[test]
fn json_has_the_same() {
    let said = run("unclaimed r --format json").stdout_has(&[]).done().stdout;
    let groups: serde_json::Value = serde_json::from_str(&said).unwrap();
    let first = &groups[0];
    assert_eq!((&first["context"], &first["count"]), (&"…志愿服务{duration:小时}".into(), &2.into()));
    assert_eq!(first["names"], serde_json::json!(["开展志愿服务", "河西社区志愿服务"]));
    assert_eq!(first["quotations"][1]["document"], "r/b.txt");
    assert_eq!(first["quotations"][1]["line"], 1);
    assert_eq!(first["quotations"][1]["column"], 10);
}

#[test]
fn inputs_that_fail_cost_a_line_each_and_no_other() {
    for command in ["unclaimed", "suggest"] {
        run(&format!("{command} missing.txt r/a.txt latin.txt"))
            .file("latin.txt", b"\xc0\xc1\xc2".as_slice())
            .stdout_has(&["志愿服务"])
            .stderr_has(&["kpi-extract: missing.txt: no such file or folder\n", "kpi-extract: latin.txt: "])
            .status(1)
            .done();
        run(&format!("{command} r -r missing.toml")).stderr_has(&["rules `missing.toml`: "]).status(2).done();
        Run::new(command).stdin(FIRST).stdout_has(&["志愿服务"]).done();
        Run::new(&format!("{command} --stdin-name s.txt -")).stdin(FIRST).stdout_has(&["s.txt:2:11"]).done();
        Run::new(command).stdin("").stdout_has(&[]).done();
    }
}

#[test]
fn output_escapes_what_a_terminal_would_act_on() {
    for command in ["unclaimed", "unclaimed -f json", "suggest"] {
        let report = "工\u{1b}[2J时\u{202e}累计30小时。\t作\u{7f}业时间8小时。";
        let said = Run::new(command).stdin(report).stdout_has(&["小时"]).done().stdout;
        let raw = said.chars().find(|c| c.is_control() && *c != '\n');
        assert!(raw.is_none() && !said.contains('\u{202e}'), "{command}: {said:?}");
    }
}

/// Loads what `suggest` wrote on top of the built-in rules, after `check` has accepted it.
fn proven(suggested: &str) -> Arc<RuleSet> {
    let source = Source { name: "suggested.toml".into(), text: suggested.to_owned() };
    let report = check(std::slice::from_ref(&source), &[], true, &Options::default());
    assert_eq!(report.count(Severity::Error), 0, "{:?}\n{suggested}", report.findings);
    Arc::new(RuleSet::load(&[source], true).unwrap_or_else(|errors| panic!("{errors}\n{suggested}")))
}

#[test]
fn a_suggestion_takes_its_group_and_no_more() {
    let said = run("suggest r").stdout_has(&[]).done().stdout;
    let rules = proven(&said);
    let suggested: Vec<_> = rules.rules().iter().filter(|rule| rule.user).collect();
    assert_eq!(suggested.len(), 2, "{said}");
    assert_eq!(suggested[0].indicator, "{what}志愿服务");
    assert_eq!(
        suggested[0].pattern.written,
        "{lead}(?<what>河西社区|开展)志愿服务(?:累计|达){duration:小时}"
    );
    assert_eq!(suggested[1].pattern.written, "{lead}开放邻里食堂{duration:小时}");
    assert_eq!(suggested[0].examples().len(), 2);
    for line in [
        "# 2 in the reports: …志愿服务{duration:小时}\n#   r/a.txt:2:11  全年开展志愿服务累计⟦1.2万余小时⟧\n",
        "# It would take 2 quantities: 2 that no rule takes now.\n# It would clash with no named rule.\n",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    // What it wrote is what there was to suggest.
    let run = run("suggest r -r s.toml").file("s.toml", &said);
    run.stdout_has(&["# Nothing to suggest"]).done();
}

#[test]
fn the_same_group_gets_the_same_id() {
    let id = |args: &str| {
        let said = run(args).stdout_has(&[]).done().stdout;
        let line = said.lines().find(|line| line.starts_with("id ")).unwrap().to_owned();
        line.rsplit('-').next().unwrap().to_owned()
    };
    assert_eq!(id("suggest r"), id("suggest r --limit 1"));
    assert_ne!(id("suggest r/a.txt"), id("suggest r/b.txt"));
}

#[test]
fn it_says_what_a_suggestion_would_take_from_whom_and_whom_it_would_clash_with() {
    let said = run("suggest r --open").stdout_has(&[]).done().stdout;
    proven(&said);
    assert!(
        said.contains("# It would take 1 quantity: 0 that no rule takes now, 1 of `open-clause`.\n"),
        "{said}"
    );
    // A named rule that one alternative would take, too: the group has a unit that the rule lacks.
    let rules = "[[rule]]\nid = \"service\"\nindicator = \"服务\"\npattern = '服务累计{duration:小时}'\nexamples = [{ text = \"服务累计3小时\", rows = [{ value = \"3\" }] }]\nrefuses = [\"服务\"]\n";
    let report = "开展志愿服务达30小时。开展志愿服务累计30天。开展志愿服务累计60小时。";
    let said =
        Run::new("suggest -r r.toml -").file("r.toml", rules).stdin(report).stdout_has(&[]).done().stdout;
    let taken = "# It would take 3 quantities: 2 that no rule takes now, 1 of `service`.\n";
    assert!(said.contains(taken), "{said}");
    assert!(said.contains("# It would clash with `service` over 1 quantity.\n"), "{said}");
}

#[test]
fn it_says_why_a_large_group_gets_no_rule() {
    let said = Run::new("suggest --open -").stdin("达到30小时。达到60小时。\n").stdout_has(&[]).done().stdout;
    let told = "# 2 in the reports, but no rule: 达到{duration:小时}: no words that all its figures have in common name it\n";
    assert!(said.contains(told), "{said}");
    proven(&said);
}

#[test]
fn suggestions_from_the_samples_load_and_prove() {
    for args in ["suggest samples --limit 0", "suggest samples --open --limit 60"] {
        let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
        let run = Run::new(args)
            .prepare(|folder| std::os::unix::fs::symlink(samples, folder.join("samples")).unwrap());
        let said = run.stdout_has(&[]).done().stdout;
        let rules = proven(&said);
        let count = rules.rules().iter().filter(|rule| rule.user).count();
        assert_eq!(count, said.matches("[[rule]]").count());
        assert!(count >= 8, "{args}: {count}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/samples");
    let missing = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/missing.txt");
    for command in ["unclaimed", "unclaimed --open", "suggest --open"] {
        let output = |threads: &str| {
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
                .args(command.split(' '))
                .args([samples, missing, "-j", threads])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(1), "{command}");
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
        };
        let one = output("1");
        assert!(one.1.contains("missing.txt") && one.0.len() > 100, "{one:?}");
        assert_eq!(one, output("3"), "{command}");
    }
}
