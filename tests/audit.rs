//! What `audit` finds and what it leaves alone: texts with their findings, reports and earlier output, formats, exit
//! statuses.

use std::{fs, path::Path};

use harness::Run;
use kpi_extract::{
    audit::{Auditor, Check, Finding},
    decode,
    extract::{Context, Extractor},
    rules::RuleSet,
};
use serde::Deserialize;

mod harness;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    #[serde(default)]
    finds: Vec<Wanted>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    check: Check,
    lines: Vec<usize>,
    says: String,
}

fn auditor() -> Auditor {
    Auditor::new(Extractor::new(RuleSet::builtin(), Context::default()))
}

fn audited(auditor: &Auditor, name: &str, report: &[u8]) -> Vec<Finding> {
    let mut findings = Vec::new();
    auditor.report(name, &decode::decode(report).unwrap(), &mut |finding| findings.push(finding)).unwrap();
    findings
}

#[test]
fn each_text_has_its_findings_and_no_other() {
    let cases: Cases = toml::from_str(include_str!("audit/sentences.toml")).unwrap();
    let auditor = auditor();
    let mut wrong = String::new();
    for case in &cases.case {
        let findings = audited(&auditor, "a.txt", case.text.as_bytes());
        let right = findings.len() == case.finds.len()
            && findings.iter().zip(&case.finds).all(|(finding, wanted)| {
                let lines: Vec<usize> = finding.quotes.iter().map(|quote| quote.line).collect();
                finding.check == wanted.check
                    && lines == wanted.lines
                    && finding.arithmetic.contains(&wanted.says)
            });
        if !right {
            wrong += &format!("{}\n    {findings:?}\n", case.text);
        }
    }
    assert_eq!(wrong, "");
    let right = cases.case.iter().filter(|case| case.finds.is_empty()).count();
    assert!(right * 2 >= cases.case.len() && cases.case.len() >= 60, "{right} of {}", cases.case.len());
}

/// Reports that people wrote: what is found in them has been looked at, and is listed.
fn silent(folder: &Path, known: &[(&str, Check)]) {
    let auditor = auditor();
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|it| it == "txt")) {
        let name = file.file_name().unwrap().to_string_lossy();
        found.extend(audited(&auditor, &name, &fs::read(file).unwrap()));
    }
    let told: Vec<_> = found.iter().map(|it| (it.document.as_str(), it.check)).collect();
    assert_eq!(told, known, "{found:#?}");
}

#[test]
fn nothing_is_found_in_samples_that_are_right() {
    silent(Path::new("samples"), &[]);
}

#[test]
fn nothing_is_found_in_the_corpus() {
    let corpus = Path::new("../shared/corpus");
    if !corpus.is_dir() {
        eprintln!("skipped: {} is not there", corpus.display());
        return;
    }
    for folder in ["seeds", "more"] {
        silent(&corpus.join(folder), &[]);
    }
}

const REPORT: &str = "新桥街道2023年工作总结\n全年接收工单109件、办结103件、办结率100%。\n";

#[test]
fn a_finding_is_exit_1_and_quotes_its_sentence() {
    Run::new("audit a.txt")
        .file("a.txt", REPORT)
        .stdout(
            "rate: 103件 / 109件 is 94.5% (as written: 94.5), not 100%\n  \
             a.txt:2: 全年接收工单109件、办结103件、办结率100%\n",
        )
        .status(1)
        .done();
    Run::new("audit").stdin("全年接收工单109件。").done();
}

#[test]
fn findings_are_written_as_tables_are() {
    Run::new("audit a.txt -f csv")
        .file("a.txt", REPORT)
        .stdout(
            "check,document,line,quote,other_line,other_quote,arithmetic\n\
             rate,a.txt,2,全年接收工单109件、办结103件、办结率100%,,,\
             \"103件 / 109件 is 94.5% (as written: 94.5), not 100%\"\n",
        )
        .status(1)
        .done();
    Run::new("audit a.txt -o found.json")
        .file("a.txt", REPORT)
        .status(1)
        .done()
        .names(&["a.txt", "found.json"]);
    Run::new("audit a.txt -f json")
        .file("a.txt", REPORT)
        .stdout_has(&["\"check\":\"rate\"", "\"line\":2"])
        .status(1)
        .done();
}

#[test]
fn both_sentences_are_quoted() {
    Run::new("audit a.txt")
        .file("a.txt", "2023年工作总结\n全年接收工单1.3万件。\n全年接收工单14200件。\n")
        .stdout_has(&["  a.txt:2: 全年接收工单1.3万件\n  a.txt:3: 全年接收工单14200件\n"])
        .status(1)
        .done();
}

#[test]
fn earlier_output_tells_what_it_can() {
    let rows = "indicator,value,unit,kind,period,raw,document,line\n\
                满意率,102.3,%,level,2023,102.3%,a.txt,2\n\
                接收工单,13000,件,level,2023,1.3万件,a.txt,3\n\
                接收工单,14200,件,level,2023,14200件,a.txt,4\n\
                接收工单,15200,件,level,2023,15200件,b.txt,4\n";
    Run::new("audit kpis.csv")
        .file("kpis.csv", rows)
        .stdout(
            "share: 满意率 102.3% is more than 100%\n  a.txt:2: 102.3%\n\
             same: 接收工单 is 1.3万件 (as written: 12500 to 14000) and 14200件 (as written: 14200)\n  \
             a.txt:3: 1.3万件\n  a.txt:4: 14200件\n",
        )
        .status(1)
        .done();
    let json = r#"[{"indicator":"办结率","value":"100","raw":"100%","unit":"%","document":"a.txt","line":2,"sentence":"接收109项、办结103项、办结率100%"}]"#;
    Run::new("audit kpis.json")
        .file("kpis.json", json)
        .stdout_has(&["rate: 103项 / 109项 is 94.5%", "a.txt:2: 接收109项、办结103项、办结率100%"])
        .status(1)
        .done();
}

#[test]
fn what_cannot_be_read_is_exit_2_and_the_others_are_audited() {
    Run::new("audit gone.txt a.txt")
        .file("a.txt", REPORT)
        .stdout_has(&["rate: "])
        .stderr("kpi-extract: gone.txt: no such file or folder\n")
        .status(2)
        .done();
    Run::new("audit kpis.csv")
        .file("kpis.csv", "indicator,value\n甲,多\n")
        .stderr("kpi-extract: kpis.csv: row 1: `value` cannot be \"多\"\n")
        .status(2)
        .done();
}

#[test]
fn hostile_text_is_shown_and_not_acted_upon() {
    let shown = ["  a\\u{1b}[2J.txt:1: 接收[2J◆109项、办结103项、办结率100%\n"];
    Run::new("audit --stdin-name")
        .arg("a\u{1b}[2J.txt")
        .stdin("接收\u{1b}[2J◆109项、办结103项、办结率100%。\n")
        .stdout_has(&shown)
        .status(1)
        .done();
    for endless in ["由1元增至2元，增长", "其中咨询类60件。", "60件、", "60件，其中咨询类60件、"]
    {
        Run::new("audit -").stdin(endless.repeat(20_000)).done();
    }
    let huge = "由79228162514264337593543950335元增至79228162514264337593543950335元，增长79228162514264337593543950335%。";
    Run::new("audit -").stdin(huge).done();
}

#[test]
fn findings_are_the_same_for_every_number_of_threads() {
    let run = |threads: &str| {
        let mut run = Run::new("audit reports").args(threads).stdout_has(&["7.txt:2"]).status(1);
        for number in 0..20 {
            run = run.file(format!("reports/{number}.txt"), REPORT);
        }
        run.done().stdout
    };
    assert_eq!(run("-j 1"), run("-j 8"));
}
