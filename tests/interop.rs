//! Other people's programs read what we write: `interop/read.py` compares what they found with our own JSON Lines. The
//! Python that it needs stands in `target/interop`, where `.ci/run` puts it; what is not there is skipped with a word.
#![cfg(all(unix, feature = "sqlite", feature = "xlsx", feature = "parquet"))]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use tempfile::TempDir;

/// Text that looks like a formula, like markup and like an escape of a workbook, numbers of many digits, ranges.
const REPORT: &str = "=HYPERLINK(\"http://example.org\",\"甲\")区2023年工作总结\n\
    ＝1+1，全年新建公园3处，满意率97.220%，投资1.50亿元，车位费3至5元/平方米。\n\
    @甲|乙 _x0041_ <b>接收工单12345678901234567件</b>，同比下降\"4.5\"%，近8.0%。\n\
    =cmd|' /C calc'!A0 接收工单8件\u{1}\u{7}\u{1b}[2J，\u{202e}新建公园9处。\n";

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The rows of the samples and of the hostile report, in every format.
fn folder() -> &'static TempDir {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = TempDir::new().unwrap();
        let hostile = folder.path().join("＝hostile.txt");
        fs::write(&hostile, REPORT).unwrap();
        let write = |args: &[&str], name: &str| {
            let output = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
                .args(args)
                .args(["--no-progress", "-o", name, "--", "samples", "＝hostile.txt"])
                .current_dir(folder.path())
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{name}: {told}");
        };
        std::os::unix::fs::symlink(root("samples"), folder.path().join("samples")).unwrap();
        for name in ["rows.jsonl", "rows.csv", "rows.tsv", "rows.xlsx", "rows.parquet", "rows.db"] {
            write(&["--all-columns"], name);
        }
        write(&["--all-columns", "--bom"], "bom.csv");
        write(&["table"], "wide.xlsx");
        folder
    })
}

fn check(name: &str) {
    let own = root("target/interop/bin/python");
    let python = if own.exists() { own } else { "python3".into() };
    let output =
        Command::new(&python).arg(root("tests/interop/read.py")).arg(name).arg(folder().path()).output();
    let Ok(output) = output else {
        println!("skipped: there is no {}", python.display());
        return;
    };
    let (told, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("{told}");
    assert!(output.status.success(), "{told}{errors}");
}

#[test]
fn a_csv_parser_that_is_not_ours_reads_csv() {
    check("csv");
}

#[test]
fn pandas_reads_csv() {
    check("pandas");
}

#[test]
fn polars_reads_csv_and_parquet() {
    check("polars");
}

#[test]
fn duckdb_reads_csv_and_parquet() {
    check("duckdb");
}

#[test]
fn pyarrow_reads_parquet() {
    check("pyarrow");
}

#[test]
fn sqlite3_reads_databases() {
    check("sqlite3");
}

#[test]
fn openpyxl_reads_workbooks() {
    check("openpyxl");
}

#[test]
fn libreoffice_reads_workbooks_and_csv() {
    check("libreoffice");
}

#[test]
fn xan_reads_csv() {
    check("xan");
}
