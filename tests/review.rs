//! The review page without a browser: what stands in the file, for every input, and that nothing of it is markup. What it
//! does in a browser is seen in `tests/browser/`.
#![cfg(all(unix, feature = "parquet"))]

use std::fs;

use base64::{Engine, prelude::BASE64_STANDARD};
use harness::{Ran, Run};
use serde_json::Value;
use sha2::{Digest, Sha256};

mod harness;

const REPORT: &str =
    "新桥街道2023年工作总结\r\n全年新建公园3处，满意率97.220%。\n12345热线受理1.3万余件，同比下降4.5%。\n";
const HOSTILE: &str = "</script><script>alert(1)</script>\"><img src=x onerror=alert(2)>街道2023年工作总结\n\
    新建<!--公园3处，</textarea><b>满意率</b>达97%，&lt;i&gt;投资5亿元。\u{2028}接收工单8件\u{2029}。\n\
    ${alert(3)}`'\\\"接收来信9件。javascript:alert(4) 办结]]>7件。\u{1}\u{202e}新增绿地4处\u{7f}。\n";

/// The page of the file `out.html`.
fn page(ran: &Ran) -> String {
    fs::read_to_string(ran.path("out.html")).unwrap()
}

/// What stands between the tags of all elements that begin with `tag`.
fn elements<'p>(page: &'p str, tag: &str, end: &str) -> Vec<&'p str> {
    page.split(tag).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}

fn json(page: &str, class: &str) -> Vec<Value> {
    let tag = format!("<script type=\"application/json\" class=\"{class}\">");
    elements(page, &tag, "</script>").into_iter().map(|json| serde_json::from_str(json).unwrap()).collect()
}

/// The rows of the page as objects, with their document.
fn rows(page: &str) -> Vec<Value> {
    let columns = &json(page, "columns")[0][1];
    let columns: Vec<&str> = columns.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let mut rows = Vec::new();
    for table in json(page, "table") {
        for cells in table["rows"].as_array().unwrap() {
            let mut row: serde_json::Map<String, Value> = columns
                .iter()
                .zip(cells.as_array().unwrap())
                .map(|(name, cell)| ((*name).to_owned(), cell.clone()))
                .collect();
            for shared in ["section", "sentence"] {
                let place = row[shared].as_u64().unwrap() as usize;
                row.insert(shared.into(), table["words"][place].clone());
            }
            row.insert("document".into(), table["name"].clone());
            rows.push(row.into());
        }
    }
    rows
}

/// The lines of each text of the page, put together again.
fn texts(page: &str) -> Vec<Vec<String>> {
    let piece = |piece: &Value| piece.as_str().or_else(|| piece[1].as_str()).unwrap().to_owned();
    let line = |line: &Value| line.as_array().unwrap().iter().map(piece).collect();
    json(page, "text")
        .iter()
        .map(|text| text["lines"].as_array().unwrap().iter().map(line).collect())
        .collect()
}

fn hash(content: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(content)))
}

#[test]
fn a_page_holds_every_row_and_the_whole_text() {
    let jsonl = Run::new("a.txt b.txt -f jsonl").file("a.txt", REPORT).file("b.txt", HOSTILE);
    let jsonl = jsonl.stdout_has(&["\"raw\":\"3处\""]).done();
    let expected: Vec<Value> = jsonl.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(expected.len() > 6);
    for args in
        ["review a.txt b.txt -o out.html", "a.txt b.txt -o out.html", "a.txt b.txt -f html -o out.html"]
    {
        let ran = Run::new(args).file("a.txt", REPORT).file("b.txt", HOSTILE).done();
        let page = page(&ran);
        assert_eq!(rows(&page), expected, "{args}");
        let lines: Vec<&str> = REPORT.lines().collect();
        assert_eq!(texts(&page)[0], lines);
        assert_eq!(texts(&page)[1], HOSTILE.lines().collect::<Vec<_>>());
    }
}

#[test]
fn every_figure_is_marked_where_it_stands_also_over_the_end_of_a_line() {
    let marked = page(&Run::new("review a.txt -o out.html").file("a.txt", REPORT).done());
    let text = &json(&marked, "text")[0];
    assert_eq!(
        text["lines"][1].to_string(),
        r#"[[5,"全年"],"新建公园",[0,"3处"],"，满意率",[1,"97.220%"],"。"]"#
    );
    assert_eq!(text["numbers"].to_string(), "[1,2,3]");

    let wrapped = include_str!("../samples/wrapped-xiangfang-edu-2022.txt");
    let page = page(&Run::new("review a.txt -o out.html").file("a.txt", wrapped).done());
    let rows = rows(&page);
    let mut marks = vec![Vec::new(); rows.len()];
    for line in json(&page, "text")[0]["lines"].as_array().unwrap() {
        for piece in line.as_array().unwrap().iter().filter_map(Value::as_array) {
            let figure = piece[0].as_u64().unwrap() as usize;
            if let Some(mark) = marks.get_mut(figure) {
                mark.push(piece[1].as_str().unwrap().to_owned());
            }
        }
    }
    let raw: Vec<&str> = rows.iter().map(|row| row["raw"].as_str().unwrap()).collect();
    assert!(raw.iter().any(|raw| raw.contains('\n')));
    assert_eq!(marks.iter().map(|parts| parts.join("\n")).collect::<Vec<_>>(), raw);
}

#[test]
fn what_became_no_row_is_there_with_its_reason() {
    let report = "新桥街道2023年工作总结\n12345热线繁忙。\n";
    let page = page(&Run::new("review a.txt -o out.html").file("a.txt", report).done());
    let table = &json(&page, "table")[0];
    let others: Vec<(&str, &str, &str)> = table["others"]
        .as_array()
        .unwrap()
        .iter()
        .map(|other| ["fate", "raw", "reason"].map(|key| other[key].as_str().unwrap()).into())
        .collect();
    assert!(others.contains(&("time", "2023年", "a date, a time of day or a period")), "{others:?}");
    assert!(others.contains(&("guarded", "12345热线", "a number that people dial is a name")), "{others:?}");

    let run = Run::new("review a.txt -o out.html --no-builtin-rules").file("a.txt", REPORT);
    let page = self::page(&run.stderr_has(&["no rules are in force"]).done());
    let others = json(&page, "table")[0]["others"].clone();
    let unclaimed: Vec<&Value> =
        others.as_array().unwrap().iter().filter(|other| other["fate"] == "unclaimed").collect();
    assert_eq!(unclaimed.len(), 4);
    assert_eq!(unclaimed[0]["reason"], "no rule matched");
    assert_eq!(unclaimed[0]["reading"], "全年新建公园⟦3处⟧");
}

#[test]
fn hostile_text_is_data_and_never_markup() {
    let name = "<img src=x onerror=alert(5)>.txt";
    let ran = Run::new("review -o out.html").arg(name).file(name, HOSTILE).done();
    let page = page(&ran);
    assert!(page.len() > HOSTILE.len());
    // Its own elements, and one for the columns, the rows and the text.
    assert_eq!(page.matches("<script").count(), 4);
    assert_eq!(page.matches("</script").count(), 4);
    assert!(!page.to_lowercase().contains("<img") && !page.contains("alert(1)</"));
    assert!(!page.contains(['\u{2028}', '\u{2029}', '\u{1}']));
    for json in elements(&page, "<script type=\"application/json\"", "</script>") {
        let (_, json) = json.split_once('>').unwrap();
        assert!(!json.contains(['<', '>', '&']), "{json}");
    }
    assert_eq!(texts(&page)[0].join("\n") + "\n", HOSTILE);
    assert_eq!(json(&page, "table")[0]["name"], name);
}

#[test]
fn the_policy_allows_the_page_its_own_style_and_script_and_nothing_else() {
    let page = page(&Run::new("review a.txt -o out.html").file("a.txt", REPORT).done());
    let script = elements(&page, "<script>", "</script>");
    let style = elements(&page, "<style>", "</style>");
    let (&[script], &[style]) = (&script[..], &style[..]) else { panic!("one of each") };
    let policy = elements(&page, "<meta http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert_eq!(
        policy,
        [format!(
            "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'",
            hash(script),
            hash(style)
        )]
    );
    // It comes before everything that it is about.
    assert!(page.find("Content-Security-Policy") < page.find("<style>"));
    let markup = page.replace(script, "").replace(style, "");
    for way in ["src=", "href=", "style=", "onclick", "onload", "<link", "<iframe", "http:", "https:"] {
        assert!(!markup.contains(way), "{way}");
    }
    assert!(!page.contains('\r'), "a browser would read a line end and hash another text");
}

#[test]
fn a_page_is_the_same_bytes_on_any_number_of_threads() {
    let run = |threads: &str| {
        let mut run = Run::new("review r -o out.html").arg(threads);
        for document in 0..30 {
            run = run.file(format!("r/{document}.txt"), REPORT.repeat(document % 7));
        }
        page(&run.done())
    };
    let one = run("-j1");
    assert_eq!(json(&one, "table").len(), 30);
    assert!(one == run("-j4") && one == run("-j3"));
}

#[test]
fn earlier_output_is_shown_by_its_sentences() {
    for format in ["csv", "jsonl", "parquet"] {
        let kpis = format!("kpis.{format}");
        let ran = Run::new("a.txt b.txt --all-columns -o").arg(&kpis);
        let ran = ran.file("a.txt", REPORT).file("b.txt", "新建公园6处。\n").done();
        let bytes = fs::read(ran.path(&kpis)).unwrap();
        let page = page(&Run::new("review -o out.html").arg(&kpis).file(&kpis, bytes).done());
        let tables = json(&page, "table");
        assert_eq!(tables.iter().map(|table| &table["name"]).collect::<Vec<_>>(), ["a.txt", "b.txt"]);
        assert_eq!((&tables[0]["whole"], rows(&page).len()), (&Value::Bool(false), 5));
        assert_eq!(texts(&page)[0][0], "全年新建公园3处，满意率97.220%");
        assert_eq!(texts(&page)[1], ["新建公园6处"]);
    }
    // The main job passes it over, as for every format.
    Run::new("kpis.csv -o out.html")
        .file("kpis.csv", "indicator,value\n甲,1\n")
        .stderr("kpi-extract: kpis.csv: rows of an earlier run, passed over\n")
        .done();
}

#[test]
fn inputs_without_rows_and_bad_ones_cost_no_others_theirs() {
    let ran = Run::new("review a.txt none.txt empty.txt broken.pdf -o out.html")
        .file("a.txt", REPORT)
        .file("empty.txt", "")
        .file("broken.pdf", "%PDF-1.7 nothing")
        .stderr_has(&["none.txt: no such file", "broken.pdf: "])
        .stderr_lines(2)
        .status(1)
        .done();
    let page = page(&ran);
    let names: Vec<_> = json(&page, "table").into_iter().map(|table| table["name"].clone()).collect();
    assert_eq!(names, ["a.txt", "empty.txt"]);
    assert_eq!(rows(&page).len(), 4);
}

#[test]
fn a_page_appears_whole_or_not_at_all_and_never_on_a_terminal() {
    Run::new("review none.txt -o out.html")
        .file("out.html", "old")
        .stderr("kpi-extract: none.txt: no such file or folder\n")
        .status(1)
        .done()
        .names(&["out.html"]);
    Run::new("review a.txt -o gone/out.html")
        .file("a.txt", REPORT)
        .stderr("kpi-extract: gone/out.html: no such file or folder\n")
        .status(1)
        .done()
        .names(&["a.txt"]);
    Run::new("review a.txt").file("a.txt", REPORT).stdout_has(&["<!doctype html>\n", "</html>\n"]).done();
    Run::new("review r -o r/out.html")
        .file("r/a.txt", REPORT)
        .file("r/out.html", "old")
        .stderr_has(&["r/out.html: is an input, too"])
        .status(1)
        .done()
        .file("r/out.html", "old");
}

#[test]
fn a_page_is_no_report() {
    let page =
        fs::read(Run::new("review a.txt -o out.html").file("a.txt", REPORT).done().path("out.html")).unwrap();
    Run::new("review.html -o kpis.csv")
        .file("review.html", page)
        .stderr("kpi-extract: review.html: rows of an earlier run, passed over\n")
        .done();
}

#[test]
fn figures_that_may_have_lost_a_digit_are_told() {
    Run::new("review a.txt -o out.html")
        .file("a.txt", "接收工单1\u{fffd}3件。\n")
        .stderr_has(&["out.html: figures that may have lost a digit: "])
        .done();
}
