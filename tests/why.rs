//! `why`: a line of a report told number by number, whether it became a row or not.

use harness::Run;

mod harness;

const REPORT: &str = "新桥街道2023年工作总结
为民服务
全年开展志愿服务累计1.2万余小时、惠及居民3500人，拨打12345热线。
满意率高达97.2%，同比提高1.3个百分点。
下步打算
2024年，计划新建口袋公园3处，办结工单8600件。
相关阅读：河西街道2023年走访居民230户
";

/// What `why` says of a place of the report.
fn why(args: &str) -> String {
    Run::new(&format!("why {args}")).file("a.txt", REPORT).stdout_has(&[]).done().stdout
}

/// Keeps what is said as a file of its own in `tests/why/`.
fn snapshot(name: &str, said: &str) {
    insta::with_settings!({
        snapshot_path => "why", prepend_module_to_snapshot => false, omit_expression => true,
    }, {
        insta::assert_snapshot!(name, said);
    });
}

#[test]
fn what_became_of_every_number_of_a_line() {
    snapshot("line_without_a_row", &why("a.txt:3"));
    snapshot("rows_of_open_rules", &why("a.txt:4"));
    snapshot("rows_of_named_rules", &why("a.txt:6"));
    snapshot("furniture", &why("a.txt:7"));
}

#[test]
fn a_column_is_one_number() {
    let all = why("a.txt:4");
    for (column, raw) in [(6, "97.2%"), (10, "97.2%"), (16, "1.3个百分点")] {
        let said = why(&format!("a.txt:4:{column}"));
        assert!(said.contains(&format!("  {raw}\n")), "{column}: {said}");
        // The second number of a sentence does not say it again.
        let rest = said.lines().filter(|line| !line.starts_with("  sentence "));
        assert!(rest.into_iter().all(|line| all.contains(line)), "{column}: {said}");
    }
    Run::new("why a.txt:4:1")
        .file("a.txt", REPORT)
        .stdout("")
        .stderr_has(&[
            "a.txt:4:1: no number at this column; those of the line:",
            "  a.txt:4:6  97.2%",
            "  a.txt:4:16  1.3个百分点",
        ])
        .status(1)
        .done();
    Run::new("why a.txt:2:1 --format json")
        .file("a.txt", REPORT)
        .stdout("")
        .stderr_has(&["a.txt:2: no number on this line: 「为民服务」"])
        .status(1)
        .done();
    assert_eq!(why("a.txt:2"), "a.txt:2: no number on this line: 「为民服务」\n");
}

#[test]
fn one_rule_alone_can_be_asked_about() {
    let said = why("a.txt:3:11 --rule hotline-orders");
    assert!(said.contains("near       `hotline-orders` of builtin:hotline.toml:"), "{said}");
    assert_eq!(said.matches("  near ").count(), 1, "{said}");
    assert!(said.contains("fails at (?<verb>接收|接到|"), "{said}");
    assert!(
        said.contains(" after 「全年」: the reading goes on with 「开展志愿服务累计⟦1.2万余小时⟧」"),
        "{said}"
    );
    Run::new("why a.txt:3 --rule no-such-rule")
        .file("a.txt", REPORT)
        .stderr_has(&["kpi-extract: no rule has the id `no-such-rule`"])
        .status(2)
        .done();
}

const RULES: &str = r#"
[[rule]]
id = "volunteer-hours"
indicator = "志愿服务时长"
pattern = '志愿服务时长(?:达到?)?{duration:小时}'
examples = [{ text = "志愿服务时长达30小时。", rows = [{ value = "30" }] }]
refuses = ["志愿服务30场。"]
"#;

#[test]
fn a_users_rule_that_came_near_says_what_it_lacks() {
    let said = |text: &str| {
        let run = Run::new("why --near 1 -r r.toml").arg("--text").arg(text).file("r.toml", RULES);
        run.stdout_has(&["`volunteer-hours` of r.toml"]).done().stdout
    };
    for (text, failed) in [
        (
            "志愿服务时长共300小时",
            "fails at {duration:小时} after 「志愿服务时长」: 「共」 stands before ⟦300小时⟧",
        ),
        (
            "志愿服务时长300天",
            "fails at {duration:小时} after 「志愿服务时长」: it does not take ⟦300天⟧, which is 天 (duration)",
        ),
        ("志愿服务300小时", "fails at 志愿服务时长: of that the reading has only 「志愿服务」"),
        ("300小时志愿服务时长", "⟦300小时⟧ stands before what was matched, and the slot after it"),
    ] {
        assert!(said(text).contains(failed), "{text}: {}", said(text));
    }
    assert!(said("志愿服务时长300天").contains("-> `{duration:天}` would"));
}

#[test]
fn it_says_over_whom_a_rule_won_and_by_what() {
    let rules = RULES
        .replace("volunteer-hours", "b-plain")
        .replace("志愿服务时长(?:达到?)?{duration:小时}", "活动{count}")
        + &RULES
            .replace("volunteer-hours", "a-longer")
            .replace("志愿服务时长(?:达到?)?{duration:小时}", "文体活动{count}")
        + &RULES
            .replace("volunteer-hours", "c-captured")
            .replace("志愿服务时长(?:达到?)?{duration:小时}", "(文体)活动{count}");
    let run = Run::new("why --near 0 -r r.toml --text 举办文体活动30场").file("r.toml", rules);
    let said = run.stdout_has(&[]).done().stdout;
    for line in [
        "row        志愿服务时长 by rule `a-longer` of r.toml",
        "over       `c-captured` gives 志愿服务时长: it has fewer fixed characters: 2 against 4",
        "over       `b-plain` gives 志愿服务时长: it has fewer fixed characters: 2 against 4",
        "over       `open-clause` gives 举办文体活动: a user's rule goes before a built-in one",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
}

#[test]
fn json_says_the_same() {
    let said = why("a.txt:3 --format json");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let numbers = said["numbers"].as_array().unwrap();
    let fates: Vec<&str> = numbers.iter().map(|number| number["fate"].as_str().unwrap()).collect();
    assert_eq!(fates, ["time", "unclaimed", "row", "guarded"]);
    assert_eq!((&said["document"], &said["line"]), (&"a.txt".into(), &3.into()));
    assert_eq!(numbers[1]["raw"], "1.2万余小时");
    assert_eq!(numbers[1]["column"], 11);
    assert_eq!(numbers[1]["quantity"]["value"], "12000");
    assert_eq!(numbers[1]["near"][0]["element"], "{count}");
    assert_eq!(numbers[2]["rule"]["id"], "open-clause");
    assert_eq!(numbers[3]["guard"], "hotline");
    let columns = numbers[2]["columns"].as_array().unwrap();
    let period = columns.iter().find(|column| column["column"] == "period").unwrap();
    assert_eq!(
        (&period["value"], &period["by"], &period["words"]),
        (&"2023".into(), &"clause".into(), &"全年".into())
    );
    let none: serde_json::Value = serde_json::from_str(&why("a.txt:2 --format json")).unwrap();
    assert_eq!(none["numbers"], serde_json::json!([]));
}

#[test]
fn the_row_is_the_one_that_extraction_makes() {
    let rows = Run::new("a.txt --columns line,raw,indicator,value,period,rule --no-header")
        .file("a.txt", REPORT)
        .stdout_has(&[])
        .done()
        .stdout;
    let mut told = String::new();
    for line in 1..=7 {
        let said: serde_json::Value = serde_json::from_str(&why(&format!("a.txt:{line} -f json"))).unwrap();
        for number in said["numbers"].as_array().unwrap().iter().filter(|number| number["fate"] == "row") {
            let column = |name: &str| {
                let columns = number["columns"].as_array().unwrap();
                columns.iter().find(|column| column["column"] == name).unwrap()["value"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            let (raw, value) =
                (number["raw"].as_str().unwrap(), number["quantity"]["value"].as_str().unwrap());
            let rule = number["rule"]["id"].as_str().unwrap();
            told += &format!("{line},{raw},{},{value},{},{rule}\n", column("indicator"), column("period"));
        }
    }
    assert_eq!(told, rows);
}

#[test]
fn what_a_terminal_would_act_on_is_written_out() {
    let run = Run::new("why a.txt:1").file("a.txt", "满意率\u{1b}[2J\u{202e}达97%。\n");
    let said = run.stdout_has(&["97%"]).done().stdout;
    assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    let name = "b\u{1b}[31m.txt";
    let said =
        Run::new("why").arg(format!("{name}:1")).file(name, "满意率97%。").stdout_has(&["97%"]).done().stdout;
    assert!(!said.contains('\u{1b}'), "{said:?}");
}

#[test]
fn what_is_said_grows_as_the_line_does_and_no_faster() {
    let said = |count: usize| {
        let report: String = (1000..1000 + count).map(|number| format!("{number}个小区、")).collect();
        let run = Run::new("why --near 0").arg("--text").arg(report);
        run.stdout_has(&["sentence   the same"]).done().stdout.len()
    };
    let (one, two) = (said(1000), said(2000));
    assert!(two < one * 5 / 2, "{one} bytes for 1000 numbers, {two} for 2000");
    assert!(one < 1000 * 800, "{one} bytes for 1000 numbers");
}

#[test]
fn a_place_that_names_no_line_says_what_is_wrong() {
    for (place, problem) in [
        ("a.txt", "the line is missing"),
        ("a.txt:", "there is no line after the colon"),
        ("a.txt:x", "`x` is no line number"),
        (":3", "there is no file name before the colon"),
    ] {
        let said = format!("`{place}` names no line of a report, {problem}: write FILE:LINE");
        Run::new("why").arg(place).file("a.txt", REPORT).stderr_has(&[&said]).status(2).done();
    }
}

#[test]
fn a_misspelt_rule_is_told_the_nearest() {
    Run::new("why a.txt:3 --rule hotline-order")
        .file("a.txt", REPORT)
        .stderr_has(&["no rule has the id `hotline-order`: did you mean `hotline-orders`?"])
        .status(2)
        .done();
}

#[test]
fn exit_statuses_are_those_of_the_contract() {
    Run::new("why a.txt")
        .file("a.txt", REPORT)
        .stderr_has(&["`a.txt` names no line of a report"])
        .status(2)
        .done();
    Run::new("why a.txt:99")
        .file("a.txt", REPORT)
        .stderr("kpi-extract: a.txt: there is no line 99: the last one is 7\n")
        .status(1)
        .done();
    Run::new("why a.txt:2:99")
        .file("a.txt", REPORT)
        .stderr("kpi-extract: a.txt: line 2 has no column 99: the last one is 4\n")
        .status(1)
        .done();
    Run::new("why missing.txt:1")
        .stderr("kpi-extract: missing.txt: no such file or folder\n")
        .status(1)
        .done();
    Run::new("why").stderr_has(&["FILE:LINE[:COL]"]).status(2).done();
    Run::new("why a.txt:1 --text 甲").stderr_has(&["cannot be used with"]).status(2).done();
    Run::new("why a.txt:1 --district 某某市").file("a.txt", REPORT).stderr_has(&["某某市"]).status(2).done();
    Run::new("why -:1").stdin("满意率97%。\n").stdout_has(&["-:1:4  97%"]).done();
    Run::new("why b:3:1").file("b:3", "满意率97%。\n").stdout_has(&["b:3:1:4  97%"]).done();
}

#[test]
fn a_number_that_a_line_end_breaks_is_on_both_lines() {
    for line in [1, 2] {
        let run = Run::new(&format!("why a.txt:{line}")).file("a.txt", "本年全镇共收到各类来信13\n157封。\n");
        run.stdout_has(&["a.txt:1:12  13\\n157封\n", "13157 封"]).done();
    }
}
