//! `diff`: rows added, removed and changed, of outputs and of rules, and what it says of bad input.

use std::fmt::Write as _;

use harness::Run;

mod harness;

const OLD: &str = "indicator,value,unit,raw,document,line\n\
                   新建公园,3,处,3处,a.txt,1\n\
                   接收工单,5,件,5件,a.txt,2\n\
                   满意率,97.20,%,97.20%,a.txt,3\n\
                   植树,9,棵,9棵,b.txt,1\n";
const NEW: &str = "indicator,value,unit,raw,document,line\n\
                   公园,3,处,3处,a.txt,1\n\
                   接收工单,7,件,7件,a.txt,2\n\
                   满意率,97.2,%,97.20%,a.txt,3\n\
                   走访,8,户,8户,a.txt,4\n";

fn run(args: &str) -> Run {
    Run::new("diff").args(args).file("old.csv", OLD).file("new.csv", NEW)
}

#[test]
fn rows_are_added_removed_and_changed() {
    run("old.csv new.csv")
        .stdout(
            "~ a.txt:1 3处 公园\n    indicator: 新建公园 → 公园\n\
             ~ a.txt:2 7件 接收工单\n    value: 5 → 7\n    raw: 5件 → 7件\n\
             + a.txt:4 8户 走访: 8 户\n\
             - b.txt:1 9棵 植树: 9 棵\n\
             1 added, 1 removed, 2 changed, 1 row unchanged\n",
        )
        .status(1)
        .done();
}

#[test]
fn equal_rows_are_exit_0_in_whatever_formats_they_are() {
    run("old.csv old.csv").stdout("0 added, 0 removed, 0 changed, 4 rows unchanged\n").done();
    let report = "新桥街道2023年工作总结\n全年新建公园3处，满意率97.220%，同比增长5%。\n";
    let made = Run::new("-o old.jsonl a.txt").file("a.txt", report).done();
    for name in ["new.csv", "new.tsv", "new.json", "new.jsonl"] {
        let other = Run::new("-o").arg(name).args("a.txt").file("a.txt", report).done();
        Run::new("diff")
            .arg(made.path("old.jsonl"))
            .arg(other.path(name))
            .stdout("0 added, 0 removed, 0 changed, 3 rows unchanged\n")
            .done();
    }
}

#[test]
fn no_rows_are_an_empty_file_too() {
    run("empty.jsonl old.csv")
        .file("empty.jsonl", "")
        .stdout_has(&["4 added, 0 removed, 0 changed, 0 rows unchanged"])
        .status(1)
        .done();
}

#[test]
fn programs_and_pull_requests_have_their_forms() {
    run("old.csv new.csv --format md")
        .stdout(
            "1 added, 1 removed, 2 changed, 1 row unchanged\n\n\
             | | place | raw | indicator | cells |\n\
             | --- | --- | --- | --- | --- |\n\
             | \\~ | a.txt:1 | 3处 | 公园 | indicator 新建公园 → 公园 |\n\
             | \\~ | a.txt:2 | 7件 | 接收工单 | value 5 → 7, raw 5件 → 7件 |\n\
             | + | a.txt:4 | 8户 | 走访 | value 8, unit 户 |\n\
             | - | b.txt:1 | 9棵 | 植树 | value 9, unit 棵 |\n",
        )
        .status(1)
        .done();
    let json = run("old.csv new.csv --format json").stdout_has(&[]).status(1).done().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["unchanged"], 1);
    assert_eq!(json["changes"][0]["change"], "changed");
    assert_eq!(json["changes"][0]["cells"][0]["old"], "新建公园");
    assert_eq!(json["changes"][2]["row"]["line"], 4);
    assert_eq!(json["changes"][3]["change"], "removed");
}

#[test]
fn colours_are_for_terminals() {
    run("old.csv new.csv --color always")
        .stdout_has(&["\u{1b}[31m新建公园\u{1b}[0m → \u{1b}[32m公园"])
        .status(1)
        .done();
}

#[test]
fn rows_that_stand_side_by_side_are_told_apart() {
    let old = "indicator,value,raw,document,line,period\n甲,3,3个,a.txt,1,2022\n乙,3,3个,a.txt,1,2022\n";
    let new = "indicator,value,raw,document,line,period\n乙,3,3个,a.txt,1,2023\n甲,3,3个,a.txt,1,2022\n";
    Run::new("diff old.csv new.csv")
        .file("old.csv", old)
        .file("new.csv", new)
        .stdout("~ a.txt:1 3个 乙\n    period: 2022 → 2023\n0 added, 0 removed, 1 changed, 1 row unchanged\n")
        .status(1)
        .done();
}

const RULE: &str = r#"
[[rule]]
id        = "park-visitor-satisfaction"
category  = "城市更新"
indicator = "公园游客满意率"
pattern   = '公园(?:的)?游客满意(?:率|度)(?:达到?|为)?{percent}'
examples  = [{ text = "公园游客满意度达98.5%。", rows = [{ indicator = "公园游客满意率", value = "98.5", unit = "%" }] }]
refuses   = ["新建公园3处，游客满意。"]
"#;

#[test]
fn rules_are_compared_over_reports() {
    let run = |args: &str| {
        Run::new("diff none.toml own.toml")
            .args(args)
            .file("none.toml", "")
            .file("own.toml", RULE)
            .file("reports/a.txt", "公园的游客满意度为九成八。\n")
            .file("reports/b.txt", "新建公园3处。\n")
    };
    for threads in ["-j 1", "-j 4"] {
        run("--over reports").args(threads)
            .stdout(
                "~ reports/a.txt:1 九成八 公园游客满意率\n    indicator: 公园的游客满意度 → 公园游客满意率\n    \
                 category: ∅ → 城市更新\n    rule: open-clause → park-visitor-satisfaction\n\
                 0 added, 0 removed, 1 changed, 1 row unchanged\n",
            )
            .status(1)
            .done();
    }
    run("--over reports --over gone.txt")
        .stdout_has(&["0 added, 0 removed, 1 changed"])
        .stderr("kpi-extract: gone.txt: no such file or folder\n")
        .status(2)
        .done();
    run("--over reports --no-builtin-rules")
        .stdout_has(&["1 added, 0 removed, 0 changed, 0 rows"])
        .status(1)
        .done();
}

#[test]
fn what_cannot_be_compared_is_exit_2() {
    run("old.csv gone.csv").stderr("kpi-extract: gone.csv: no such file or folder\n").status(2).done();
    run("old.csv a.txt")
        .file("a.txt", "全年接收工单8件。")
        .stderr_has(&["kpi-extract: a.txt: no output of kpi-extract", "--over PATH"])
        .status(2)
        .done();
    run("old.csv bad.csv")
        .file("bad.csv", "indicator,value\n甲,多\n")
        .stderr("kpi-extract: bad.csv: row 1: `value` cannot be \"多\"\n")
        .status(2)
        .done();
    run("- -").stderr_has(&["standard input can be only one"]).status(2).done();
    run("old.csv").stderr_has(&["<NEW>"]).status(2).done();
    run("old.csv new.csv --over a.txt").stderr_has(&["old.csv"]).status(2).done();
}

#[test]
fn text_of_a_row_is_shown_and_not_acted_upon() {
    let hostile = "indicator,value,raw,document,line\n甲\u{1b}[2J,3,3个,a.txt,1\n";
    run("bad.csv bad2.csv")
        .file("bad.csv", hostile)
        .file("bad2.csv", hostile.replace(",3个", ",4个"))
        .stdout_has(&["甲\\u{1b}[2J"])
        .status(1)
        .done();
}

#[test]
fn many_rows_take_no_longer_than_their_number() {
    let table = |name: &str| {
        let mut text = "indicator,value,raw,document,line\n".to_owned();
        for row in 0..60_000 {
            let _ = writeln!(text, "{name},{},3个,a.txt,{}", row % 7, row / 3);
        }
        text
    };
    Run::new("diff old.csv new.csv")
        .file("old.csv", table("甲"))
        .file("new.csv", table("乙"))
        .stdout_has(&["0 added, 0 removed, 60000 changed, 0 rows unchanged"])
        .status(1)
        .done();
}
