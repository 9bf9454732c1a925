//! `kpi-extract eval`: what it prints, and that it measures as the scorer that users' gold files were made with.

use std::{path::Path, process::Command};

use harness::Run;

mod harness;

const REPORT: &str = "新桥街道2023年工作总结\n全年新建公园3处，走访企业86家，满意率97.22%。\n";
const GOLD: &str = r#"{"doc":"a.txt","start":20,"end":22,"surface":"3处","value":"3","unit":"处","qualifier":"exact","kind":"level","status":"actual","period":"2023","indicator":"新建公园","must":"公园"}
{"doc":"a.txt","start":27,"end":30,"surface":"86家","value":"86","unit":"家","qualifier":"exact","kind":"level","status":"actual","period":"2022","indicator":"走访企业","must":"企业"}
{"doc":"a.txt","start":34,"end":40,"surface":"97.22%","value":"97.22","unit":"%","qualifier":"exact","kind":"level","status":"actual","period":"2023","indicator":"群众满意率","must":"群众+满意"}
"#;

#[test]
fn measures_are_printed_and_mistakes_named() {
    Run::new("eval gold.jsonl a.txt --show 3 --docs docs.csv")
        .file("gold.jsonl", GOLD)
        .file("docs.csv", "file,district\na.txt,\n")
        .file("a.txt", REPORT)
        .stdout(
            "missed a.txt:34 97.22% want 群众满意率=97.22% (群众+满意); said 满意率=97.22%\n\
             documents            1\n\
             gold                 3\n\
             said                 3\n\
             quantity.precision   1.0000\n\
             quantity.recall      1.0000\n\
             quantity.f1          1.0000\n\
             row.precision        0.6667\n\
             row.recall           0.6667\n\
             row.f1               0.6667\n\
             full.precision       0.3333\n\
             full.recall          0.3333\n\
             full.f1              0.3333\n\
             qualifier            1.0000\n\
             kind                 1.0000\n\
             status               1.0000\n\
             period               0.6667\n\
             period_exact         0.6667\n\
             span_exact           1.0000\n\
             name_consistency     -\n\
             own_district         -\n\
             rank.recall          -\n\
             rank.spurious        0\n\
             rank.f1              -\n\
             district             -\n",
        )
        .done();
}

#[test]
fn earlier_output_is_measured_as_it_is() {
    let rows = "indicator,value,unit,document,start,end,kind,status,qualifier,period\n\
                新建公园,3,处,r/a.txt,20,22,level,actual,exact,2023\n";
    let json = r#"{"indicator":"新建公园","value":"3","unit":"处","document":"a.txt","start":20,"end":22,"kind":"level","status":"actual","qualifier":"exact","period":"2023"}"#;
    for (name, rows) in [
        ("r.csv", rows.to_owned()),
        ("r.tsv", rows.replace(',', "\t")),
        ("r.jsonl", format!("{json}\n")),
        ("r.json", format!("[\n{json}\n]\n")),
    ] {
        Run::new("eval gold.jsonl --json")
            .arg(name)
            .file("gold.jsonl", GOLD)
            .file(name, rows)
            .stdout_has(&[
                r#""documents":1"#,
                r#""full.precision":1.0"#,
                r#""full.recall":0.3333333333333333"#,
            ])
            .done();
    }
}

#[test]
fn what_is_no_gold_is_refused() {
    for (gold, problem) in [
        ("{\"doc\":\"a.txt\"}\n", "gold.jsonl: line 1: no `start`"),
        ("新建公园\n", "gold.jsonl: line 1: expected value"),
    ] {
        Run::new("eval gold.jsonl a.txt")
            .file("gold.jsonl", gold)
            .file("a.txt", REPORT)
            .stderr_has(&[problem])
            .status(2)
            .done();
    }
    Run::new("eval none.jsonl a.txt").stderr_has(&["none.jsonl: no such file"]).status(2).done();
    Run::new("eval gold.jsonl r.csv")
        .file("gold.jsonl", GOLD)
        .file("r.csv", "indicator,value,unit,document\n公园,3,处,a.txt\n")
        .stderr_has(&["r.csv: no column `start`", "--all-columns"])
        .stdout_has(&["quantity.f1          0.0000"])
        .status(1)
        .done();
}

/// Runs both over a corpus and compares what they print to the last of four decimals.
fn agrees(gold: &Path, documents: &[&Path], manifest: &Path, scorer: &Path) {
    let program = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
        .arg("eval")
        .arg(gold)
        .args(documents)
        .arg("--docs")
        .arg(manifest)
        .output()
        .unwrap();
    let rows = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
        .args(["-f", "jsonl"])
        .args(documents)
        .output()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rows.jsonl");
    std::fs::write(&file, rows.stdout).unwrap();
    let scorer = Command::new("python3")
        .arg(scorer)
        .arg(gold)
        .arg(&file)
        .arg("--docs")
        .arg(manifest)
        .output()
        .unwrap();
    let lines = |bytes: &[u8]| -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.lines().map(|line| line.replace("None", "-")).collect()
    };
    assert!(scorer.status.success(), "{}", String::from_utf8_lossy(&scorer.stderr));
    assert_eq!(lines(&program.stdout), lines(&scorer.stdout), "{}", gold.display());
}

#[test]
fn it_agrees_with_the_scorer_of_the_gold_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = root.join("../shared");
    let scorer = shared.join("gold/score.py");
    if !scorer.exists() {
        eprintln!("skipped: {} is not there", scorer.display());
        return;
    }
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: python3 is not there");
        return;
    }
    let corpus = shared.join("corpus");
    for set in ["seeds", "more"] {
        let gold = shared.join(format!("gold/{set}.jsonl"));
        agrees(&gold, &[&corpus.join(set)], &corpus.join("manifest.csv"), &scorer);
    }
    agrees(
        &root.join("samples/gold.jsonl"),
        &[&root.join("samples")],
        &root.join("samples/manifest.csv"),
        &scorer,
    );
}
