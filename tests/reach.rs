//! One report of ours in every encoding and format, made by other programs than ours: the rows are those of its text.
//! A program that is missing on a machine is told of, and what it makes is left out.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

const REPORT: &str = include_str!("reach/report.md");
/// What must be the same, whatever the report came as.
const COLUMNS: &str = "indicator,value,high,unit,district,period,kind,status,qualifier,raw";

/// The report as plain text.
fn plain() -> String {
    REPORT
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.trim_start_matches(['#', ' ']).to_owned() + "\n")
        .collect()
}

/// The rows of a file.
fn rows(path: &Path, options: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
        .args(["--columns", COLUMNS, "--district", "四川省成都市锦江区"])
        .args(options)
        .arg(path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{}: {said}", path.display());
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with the report as `report.txt`, and its rows.
fn report() -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let text = folder.path().join("report.txt");
    fs::write(&text, plain()).unwrap();
    let rows = rows(&text, &[]);
    assert!(rows.lines().count() > 18, "{rows}");
    (folder, rows)
}

/// Runs another program in `folder`; whether it is there and has done it.
fn made(folder: &Path, program: &str, args: &[&str]) -> bool {
    let run = Command::new(program)
        .args(args)
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let done = run.is_ok_and(|status| status.success());
    if !done {
        println!("left out: `{program} {}` does not run here", args.join(" "));
    }
    done
}

fn soffice(folder: &Path, to: &str, file: &str) -> bool {
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.display());
    made(folder, "soffice", &[&profile, "--headless", "--convert-to", to, file])
}

fn same(folder: &TempDir, file: &str, expected: &str) {
    assert_eq!(rows(&folder.path().join(file), &[]), expected, "{file}");
}

#[test]
fn encodings() {
    let (folder, expected) = report();
    let names = ["GB18030", "GBK", "UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"];
    for name in names {
        let script = format!("iconv -f UTF-8 -t {name} report.txt > {name}.txt");
        if made(folder.path(), "sh", &["-c", &script]) {
            same(&folder, &format!("{name}.txt"), &expected);
            let path = folder.path().join(format!("{name}.txt"));
            assert_eq!(rows(&path, &["--encoding", name]), expected, "{name}");
        }
    }
    fs::write(folder.path().join("marked.txt"), format!("\u{FEFF}{}", plain())).unwrap();
    same(&folder, "marked.txt", &expected);
    // Big5 has Traditional characters only; each of them is the repaired text's Simplified one.
    let script = "iconv -f UTF-8 -t BIG5 big.txt > big5.txt";
    fs::write(
        folder.path().join("big.txt"),
        "青石橋街道2023年工作總結\n全年接收工單1.3萬餘件，滿意率為97.22%。\n",
    )
    .unwrap();
    if made(folder.path(), "sh", &["-c", script]) {
        let from_utf8 = rows(&folder.path().join("big.txt"), &[]);
        assert_eq!(rows(&folder.path().join("big5.txt"), &[]), from_utf8);
        assert!(from_utf8.contains("满意率,97.22"), "{from_utf8}");
    }
}

#[test]
fn packed() {
    let (folder, expected) = report();
    let at = folder.path();
    if made(at, "gzip", &["-k", "report.txt"]) {
        same(&folder, "report.txt.gz", &expected);
    }
    if made(at, "zstd", &["-q", "report.txt"]) {
        same(&folder, "report.txt.zst", &expected);
    }
    let zip = "import zipfile; z = zipfile.ZipFile('a.zip', 'w', zipfile.ZIP_DEFLATED); z.write('report.txt', '2023/报告.txt'); z.close(); \
               z = zipfile.ZipFile('b.zip', 'w'); z.write('a.zip'); z.close()";
    if made(at, "python3", &["-c", zip]) {
        same(&folder, "a.zip", &expected);
        same(&folder, "b.zip", &expected);
    }
    let record = serde_json::json!({ "id": "r-1", "text": plain() }).to_string();
    fs::write(at.join("a.jsonl"), record + "\n").unwrap();
    same(&folder, "a.jsonl", &expected);
}

#[test]
#[cfg(all(feature = "html", feature = "docx", feature = "pdf"))]
fn documents() {
    let (folder, expected) = report();
    let at = folder.path();
    fs::write(at.join("report.md"), REPORT).unwrap();
    same(&folder, "report.md", &expected);
    if made(at, "pandoc", &["report.md", "-s", "-o", "pandoc.html"]) {
        same(&folder, "pandoc.html", &expected);
    }
    if made(at, "pandoc", &["report.md", "-o", "pandoc.docx"]) {
        same(&folder, "pandoc.docx", &expected);
        if soffice(at, "html", "pandoc.docx") {
            same(&folder, "pandoc.html", &expected);
        }
        if soffice(at, "pdf", "pandoc.docx") {
            same(&folder, "pandoc.pdf", &expected);
        }
        if soffice(at, "docx:MS Word 2007 XML", "pandoc.html") {
            same(&folder, "pandoc.docx", &expected);
        }
        if soffice(at, "doc", "pandoc.docx") {
            let run =
                Command::new(env!("CARGO_BIN_EXE_kpi-extract")).arg(at.join("pandoc.doc")).output().unwrap();
            assert_eq!(run.status.code(), Some(1));
            assert!(String::from_utf8_lossy(&run.stderr).contains("soffice --headless --convert-to docx"));
        }
    }
}

const TABLE: &str =
    "指标,2023年（亿元）,同比增长（%）\n地区生产总值,125.6,5.2\n工业投资,31.5,-2.6\n税收收入,18.36,8.4\n";

#[test]
#[cfg(feature = "sheets")]
fn sheets() {
    let (folder, _) = report();
    let at = folder.path();
    fs::write(at.join("table.txt"), TABLE.replace(',', "\t")).unwrap();
    fs::write(at.join("table.csv"), TABLE).unwrap();
    let expected = rows(&at.join("table.txt"), &[]);
    assert_eq!(expected.lines().count(), 7, "{expected}");
    same(&folder, "table.csv", &expected);
    for format in ["xlsx", "xls", "ods"] {
        // The encoding of the table, for LibreOffice: UTF-8, commas.
        let profile = format!("-env:UserInstallation=file://{}/profile", at.display());
        let args = [&*profile, "--headless", "--infilter=CSV:44,34,76", "--convert-to", format, "table.csv"];
        if made(at, "soffice", &args) {
            same(&folder, &format!("table.{format}"), &expected);
        }
    }
    let book = "import openpyxl; b = openpyxl.Workbook(); s = b.active; s.append(['指标', '2023年（亿元）', '同比增长']); \
                s.append(['地区生产总值', 125.6, 0.052]); s.append(['工业投资', 31.5, -0.026]); s.append(['税收收入', 18.36, 0.084])\n\
                for r in (2, 3, 4): s.cell(r, 3).number_format = '0.0%'\n\
                b.save('book.xlsx')";
    if made(at, &python(), &["-c", book]) {
        let columns = COLUMNS.replace(",raw", "");
        let without_raw = |file: &str| rows(&at.join(file), &["--columns", &columns]);
        assert_eq!(without_raw("book.xlsx"), without_raw("table.txt"));
        let page = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
            .args(["--columns", "raw,page", "--no-header"])
            .arg(at.join("book.xlsx"))
            .output()
            .unwrap();
        let page = String::from_utf8(page.stdout).unwrap();
        assert!(page.starts_with("125.6,Sheet!B2\n5.2%,Sheet!C2\n"), "{page}");
    }
}

/// The Python that has the libraries: `KPI_PYTHON`, else the system's.
fn python() -> String {
    std::env::var("KPI_PYTHON").unwrap_or_else(|_| "python3".into())
}
