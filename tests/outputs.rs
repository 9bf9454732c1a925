//! What rows become in each format, and what happens to an output that cannot be written: read back by the libraries
//! that wrote it here, by other programs in `interop.rs`.
#![cfg(all(unix, feature = "sqlite", feature = "xlsx", feature = "parquet"))]

use std::{fs, path::Path, process::Command, thread};

use harness::{HEADER, Run};
use rusqlite::{Connection, types::Value};

mod harness;

const REPORT: &str = "2023年工作总结\n全年新建公园3处，满意率97.220%，车位费3至5元/平方米。\n";

/// All values of a query.
fn query(database: &Path, sql: &str) -> Vec<Vec<Value>> {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

#[test]
fn markdown_is_a_table() {
    Run::new("a.txt -f md --columns indicator,value,unit,high,raw")
        .file("a.txt", REPORT)
        .stdout(
            "| indicator | value | unit | high | raw |\n| --- | --: | --- | --: | --- |\n\
             | 新建公园 | 3 | 处 | | 3处 |\n| 满意率 | 97.22 | % | | 97.220% |\n\
             | 车位费 | 3 | 元/平方米 | 5 | 3至5元/平方米 |\n",
        )
        .done();
}

#[test]
fn a_database_has_typed_rows() {
    let ran = Run::new("a.txt -o out.db").file("a.txt", REPORT).done().names(&["a.txt", "out.db"]);
    let rows = query(
        &ran.path("out.db"),
        "SELECT indicator, value, high, period, line, damaged, category FROM rows",
    );
    assert_eq!(rows.len(), 3);
    let (line, sound) = (Value::Integer(2), Value::Integer(0));
    let park = [text("新建公园"), Value::Integer(3), Value::Null, text("2023"), line, sound];
    assert_eq!(rows[0][..6], park);
    assert_eq!(rows[1][1..3], [Value::Real(97.22), Value::Null]);
    assert_eq!(rows[2][1..3], [Value::Integer(3), Value::Integer(5)]);
}

#[test]
fn numbers_that_no_float_holds_stay_exact_in_a_database() {
    let report =
        "全年投资12345678901234567890.5元，销售0.1234567890123456789元，产值9223372036854775807元。\n";
    let ran = Run::new("a.txt -f sqlite -o out").file("a.txt", report).done();
    let values: Vec<_> = query(&ran.path("out"), "SELECT value FROM rows ORDER BY start")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    assert_eq!(
        values,
        [
            text("12345678901234567890.5"),
            text("0.1234567890123456789"),
            Value::Integer(9_223_372_036_854_775_807)
        ]
    );
}

#[test]
fn rows_are_appended_in_one_transaction_and_a_database_without_the_table_gets_one() {
    let ran = Run::new("a.txt -o out.db --append").file("a.txt", REPORT).done();
    let count = "SELECT count(*) FROM rows";
    assert_eq!(query(&ran.path("out.db"), count), [[Value::Integer(3)]]);
    let database = fs::read(ran.path("out.db")).unwrap();
    let again = |args: &str| Run::new(args).file("a.txt", REPORT).file("out.db", &database);
    let ran = again("a.txt -o out.db --append --columns indicator,value").done();
    assert_eq!(query(&ran.path("out.db"), count), [[Value::Integer(6)]]);
    assert_eq!(query(&ran.path("out.db"), "SELECT unit FROM rows WHERE rowid = 4"), [[text("")]]);
    let ran = again("a.txt -o out.db").done();
    assert_eq!(query(&ran.path("out.db"), count), [[Value::Integer(3)]]);

    let other = |sql: &str, run: Run| {
        run.prepare(|folder| Connection::open(folder.join("out.db")).unwrap().execute_batch(sql).unwrap())
    };
    let run = Run::new("a.txt -o out.db --append").file("a.txt", REPORT);
    let ran = other("CREATE TABLE other (a); INSERT INTO other VALUES (1)", run).done();
    assert_eq!(query(&ran.path("out.db"), "SELECT count(*) FROM rows, other"), [[Value::Integer(3)]]);
    let run = Run::new("a.txt -o out.db --append").file("a.txt", REPORT);
    other("CREATE TABLE rows (a)", run)
        .stderr("kpi-extract: out.db: its table `rows` has no column `indicator`\n")
        .status(1)
        .done();
}

#[test]
fn what_is_no_database_is_not_appended_to() {
    Run::new("a.txt -o out.db --append")
        .file("a.txt", REPORT)
        .file("out.db", "no database at all, only text")
        .stderr("kpi-extract: out.db: there is no SQLite database in this file\n")
        .status(1)
        .done()
        .file("out.db", "no database at all, only text");
}

#[test]
fn a_database_in_use_is_left_alone() {
    for (mode, held) in
        [("DELETE", "BEGIN EXCLUSIVE"), ("DELETE", "BEGIN; SELECT * FROM rows"), ("WAL", "BEGIN IMMEDIATE")]
    {
        for args in ["a.txt -o out.db", "a.txt -o out.db --append"] {
            // A reader does not keep rows from being added; they come in when it is done.
            if held.contains("SELECT") && args.contains("append") {
                continue;
            }
            let mut holder = None;
            let ran = Run::new(args)
                .file("a.txt", REPORT)
                .prepare(|folder| {
                    let connection = Connection::open(folder.join("out.db")).unwrap();
                    let set = format!("PRAGMA journal_mode = {mode}; CREATE TABLE rows (indicator, value); INSERT INTO rows VALUES ('旧', 1);");
                    connection.execute_batch(&set).unwrap();
                    connection.execute_batch("BEGIN; SELECT * FROM rows").unwrap();
                    connection.execute_batch("ROLLBACK").unwrap();
                    if held.contains("SELECT") {
                        connection.execute_batch("BEGIN").unwrap();
                        connection.query_row("SELECT * FROM rows", [], |_| Ok(())).unwrap();
                    } else {
                        connection.execute_batch(held).unwrap();
                    }
                    holder = Some(connection);
                })
                .stderr("kpi-extract: out.db: the database is in use by another process\n")
                .status(1)
                .done();
            holder.take().unwrap().execute_batch("ROLLBACK").unwrap();
            assert_eq!(
                query(&ran.path("out.db"), "SELECT indicator FROM rows"),
                [[text("旧")]],
                "{mode} {args}"
            );
        }
    }
}

#[test]
fn the_same_rows_are_the_same_bytes_in_every_format_for_every_number_of_threads() {
    for format in ["md", "xlsx", "parquet", "db"] {
        let outputs = ["-j1", "-j4"].map(|threads| {
            let mut run = Run::new("r").arg(threads);
            run = run.arg(format!("--output=out.{format}"));
            for document in 0..20 {
                run = run.file(format!("r/{document}.txt"), REPORT.repeat(document));
            }
            fs::read(run.done().path(&format!("out.{format}"))).unwrap()
        });
        assert!(outputs[0] == outputs[1], "{format}");
    }
}

#[test]
fn a_value_that_does_not_fit_names_its_row_and_leaves_the_old_file() {
    for (report, told) in [
        ("全年销售0.12345678901元。\n", "row 1 (a.txt:1, 0.12345678901元): value 0.12345678901"),
        (
            "接收工单1件。\n全年投资12345678901234567890123456789元。\n",
            "row 2 (a.txt:2, 12345678901234567890123456789元): value 12345678901234567890123456789",
        ),
    ] {
        Run::new("a.txt -o out.parquet")
            .file("a.txt", report)
            .file("out.parquet", "old")
            .stderr(format!("kpi-extract: out.parquet: {told} does not fit decimal128(38, 10)\n"))
            .status(1)
            .done()
            .file("out.parquet", "old")
            .names(&["a.txt", "out.parquet"]);
    }
}

#[test]
fn a_cell_that_is_too_long_is_cut_and_told() {
    Run::new("-o out.xlsx --stdin-name")
        .arg("名".repeat(40_000))
        .stdin(REPORT)
        .stderr("kpi-extract: out.xlsx: a cell holds 32767 characters at most; longer texts were cut: 3\n")
        .done();
}

#[test]
fn binary_formats_are_written_to_pipes_and_fifos() {
    for (format, magic) in [("xlsx", &b"PK"[..]), ("parquet", b"PAR1"), ("sqlite", b"SQLite format 3\0")] {
        let mut reader = None;
        let run = Run::new("a.txt -o fifo -f").arg(format).file("a.txt", REPORT).prepare(|folder| {
            let fifo = folder.join("fifo");
            assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
            reader = Some(thread::spawn(move || fs::read(fifo).unwrap()));
        });
        run.done().names(&["a.txt", "fifo"]);
        let written = reader.unwrap().join().unwrap();
        assert!(written.starts_with(magic), "{format}");
    }
}

#[test]
fn earlier_output_is_taken_by_table_and_passed_over_by_extraction() {
    let expected =
        "indicator,district,2023\n新建公园（处）,,3\n满意率（%）,,97.220\n车位费（元/平方米）,,3–5\n";
    Run::new("table a.txt").file("a.txt", REPORT).stdout(expected).done();
    for format in ["csv", "tsv", "json", "jsonl", "parquet"] {
        let path = format!("out.{format}");
        let ran = Run::new("a.txt -o").arg(&path).file("a.txt", REPORT).done();
        let written = fs::read(ran.path(&path)).unwrap();
        Run::new("table").arg(&path).file(&path, &written).stdout(expected).done();
        let passed = format!("kpi-extract: {path}: rows of an earlier run, passed over\n");
        Run::new("").arg(&path).file(&path, &written).stdout(HEADER).stderr(passed).done();
    }
    Run::new("table kpis.csv")
        .file("kpis.csv", "indicator,value\n甲,多\n")
        .stdout("indicator,district\n")
        .stderr("kpi-extract: kpis.csv: row 1: `value` cannot be \"多\"\n")
        .status(1)
        .done();
}

const ROWS: &str = "indicator,value,unit,district,period,kind,status,qualifier,high,raw,document\n\
    工单,13000,件,甲区,2023,level,actual,exact,,1.3万件,a.txt\n\
    工单,13157,件,甲区,2023,level,actual,exact,,13157件,b.txt\n\
    工单,9800,件,甲区,2022,level,actual,approx,,约9800件,c.txt\n\
    工单,-46.28,%,甲区,2023,change,actual,exact,,46.28%,a.txt\n\
    工单,500,件,乙区,2023,level,actual,at_least,,500件以上,d.txt\n\
    工单,600,件,乙区,2024,level,planned,exact,,600件,d.txt\n\
    公园,3,个,乙区,2023,level,actual,exact,,3个,d.txt\n\
    公园,5,个,乙区,2023,level,actual,exact,,5个,e.txt\n\
    ＝公园,1,,乙区,2023,rank,actual,exact,,第1,e.txt\n";

#[test]
fn a_table_has_each_axis_across() {
    let conflict = "kpi-extract: standard output: 2 figures that contradict one another (≠)\n";
    Run::new("table kpis.csv")
        .file("kpis.csv", ROWS)
        .stdout(
            "indicator,district,2024,2023,2022\n工单（件）,甲区,,13157,≈9800\n工单（件）,乙区,600 (planned),≥500,\n\
             工单 change（%）,甲区,,-46.28,\n公园（个）,乙区,,3 ≠ 5,\n'＝公园 rank,乙区,,1,\n",
        )
        .stderr(conflict)
        .done();
    Run::new("table kpis.csv --across district -f tsv --raw-cells --bom")
        .file("kpis.csv", ROWS)
        .stdout(
            "\u{feff}indicator\tperiod\t甲区\t乙区\n工单（件）\t2024\t\t600 (planned)\n\
             工单（件）\t2023\t13157\t≥500\n工单（件）\t2022\t≈9800\t\n工单 change（%）\t2023\t-46.28\t\n公园（个）\t2023\t\t3 ≠ 5\n\
             ＝公园 rank\t2023\t\t1\n",
        )
        .stderr(conflict)
        .done();
    Run::new("table kpis.csv --across indicator -f md")
        .file("kpis.csv", ROWS)
        .stdout(
            "| district | period | 工单（件） | 工单 change（%） | 公园（个） | ＝公园 rank |\n\
             | --- | --- | --: | --: | --: | --: |\n| 甲区 | 2023 | 13157 | -46.28 | | |\n\
             | 甲区 | 2022 | ≈9800 | | | |\n| 乙区 | 2024 | 600 (planned) | | | |\n\
             | 乙区 | 2023 | ≥500 | | 3 ≠ 5 | 1 |\n",
        )
        .stderr(conflict)
        .done();
    let line = format!("工单（件）{}甲区{}13157  ≈9800\n", " ".repeat(8), " ".repeat(22));
    let ran = Run::new("table kpis.csv -f text --color never")
        .file("kpis.csv", ROWS)
        .stdout_has(&[&line])
        .stderr(conflict)
        .done();
    assert!(!ran.stdout.contains('\u{1b}'));
    Run::new("table kpis.csv -f text --color always")
        .file("kpis.csv", ROWS)
        .stdout_has(&["\u{1b}[1m\u{1b}[31m3 ≠ 5\u{1b}[0m", "\u{1b}[3m600 (planned)\u{1b}[0m"])
        .stderr_has(&["2 figures"])
        .done();
}

#[test]
fn a_long_table_has_a_line_a_figure() {
    Run::new("table kpis.csv --long")
        .file("kpis.csv", ROWS.lines().take(4).map(|line| format!("{line}\n")).collect::<String>())
        .stdout(
            "indicator,unit,kind,district,period,status,figure,qualifier,value,high,conflict,rows,documents\n\
             工单,件,level,甲区,2023,actual,13157,exact,13157,,,2,b.txt; a.txt\n\
             工单,件,level,甲区,2022,actual,≈9800,approx,9800,,,1,c.txt\n",
        )
        .done();
    for form in ["text", "html", "xlsx", "parquet", "sqlite", "json", "jsonl", "tsv", "md"] {
        let ran = Run::new("table kpis.csv --long -o out -q -f").arg(form).file("kpis.csv", ROWS).done();
        assert!(fs::metadata(ran.path("out")).unwrap().len() > 100, "{form}");
    }
    for form in ["html", "xlsx"] {
        let ran = Run::new("table kpis.csv -q -o").arg(format!("out.{form}")).file("kpis.csv", ROWS).done();
        assert!(fs::metadata(ran.path(&format!("out.{form}"))).unwrap().len() > 100, "{form}");
    }
}

/// What a command shows on a terminal, and its exit status; nothing where there is no `script` to make one.
fn on_a_terminal(folder: &Path, command: &str) -> Option<(String, Option<i32>)> {
    let output = Command::new("script")
        .args(["-qec", command, "/dev/null"])
        .current_dir(folder)
        .env(
            "PATH",
            Path::new(env!("CARGO_BIN_EXE_kpi-extract")).parent().unwrap().to_str().unwrap().to_owned()
                + ":/usr/bin:/bin",
        )
        .env("TERM", "xterm-256color")
        .env_remove("NO_COLOR")
        .stdin(std::process::Stdio::null())
        .output();
    let Ok(output) = output else {
        println!("skipped: there is no `script`");
        return None;
    };
    Some((String::from_utf8(output.stdout).unwrap(), output.status.code()))
}

#[test]
fn a_terminal_is_shown_text_and_no_orders() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a\u{1b}[2J\u{202e}\u{7}.txt"), REPORT).unwrap();
    for format in ["csv", "tsv", "md", "jsonl"] {
        let Some((shown, status)) = on_a_terminal(folder.path(), &format!("kpi-extract *.txt -f {format}"))
        else {
            return;
        };
        assert!(shown.contains("新建公园") && shown.contains("202e"), "{format}: {shown}");
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{format}: {shown:?}");
        assert_eq!(status, Some(0), "{format}");
    }
    for format in ["xlsx", "parquet", "sqlite"] {
        let (shown, status) =
            on_a_terminal(folder.path(), &format!("kpi-extract *.txt -f {format}")).unwrap();
        assert!(shown.contains("is nothing for a terminal"), "{format}: {shown}");
        assert_eq!(status, Some(2), "{format}");
    }
    let (shown, _) = on_a_terminal(folder.path(), "kpi-extract table *.txt").unwrap();
    assert!(shown.contains("新建公园（处）") && shown.contains("\u{1b}[1m"), "{shown}");
    let (shown, _) = on_a_terminal(folder.path(), "NO_COLOR=1 kpi-extract table *.txt").unwrap();
    assert!(shown.contains("97.220") && !shown.contains('\u{1b}'), "{shown}");
}
