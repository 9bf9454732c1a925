//! The command line as users and scripts see it, one sentence of the contract a test.

use std::{
    fs,
    io::Read,
    process::{Command, Stdio},
};

use harness::{HEADER, Run};
use kpi_extract::emit::Format;

mod harness;

const REPORT: &str = "一、工作情况\n今年以来，街道扎实推进各项工作，取得明显成效。\n";

/// What is said of files that are not there.
fn missing(names: &[impl AsRef<str>]) -> String {
    let line = |name: &str| format!("kpi-extract: {name}: no such file or folder\n");
    names.iter().map(|name| line(name.as_ref())).collect()
}

#[test]
fn a_report_without_a_number_gives_the_header_alone() {
    Run::new("a.txt").file("a.txt", REPORT).stdout(HEADER).done();
}

#[test]
fn an_empty_file_gives_the_header_alone() {
    Run::new("a.txt").file("a.txt", "").stdout(HEADER).done();
    Run::new("-f json a.txt").file("a.txt", "").stdout("[]\n").done();
    Run::new("-f jsonl a.txt").file("a.txt", "").done();
}

#[test]
fn standard_input_is_read_when_it_is_a_pipe() {
    Run::new("").stdin(REPORT).stdout(HEADER).done();
    Run::new("-").stdin(REPORT).stdout(HEADER).done();
    Run::new("-v")
        .stdin("")
        .stdout(HEADER)
        .stderr_has(&["documents: 1, quantities: 0, rows: 0, unclaimed: 0, failures: 0, seconds: "])
        .done();
}

#[test]
fn a_missing_file_is_one_line_and_the_others_are_read() {
    for threads in ["-j1", "-j4"] {
        Run::new("-v a.txt missing.txt b.txt")
            .arg(threads)
            .file("a.txt", REPORT)
            .file("b.txt", REPORT)
            .stdout(HEADER)
            .stderr_has(&[
                "kpi-extract: missing.txt: no such file or folder\n",
                "documents: 2, quantities: 0, rows: 0, unclaimed: 0, failures: 1",
            ])
            .status(1)
            .done();
    }
}

#[test]
fn failures_are_told_in_the_order_of_the_inputs() {
    let list: Vec<_> = (0..200).map(|n| format!("{n:03}.txt")).collect();
    let expected = missing(&list);
    for threads in ["-j1", "-j2", "-j16"] {
        Run::new("--files-from list")
            .arg(threads)
            .file("list", list.join("\n"))
            .stdout(HEADER)
            .stderr(&expected)
            .status(1)
            .done();
    }
}

#[test]
#[cfg(unix)]
fn an_unreadable_file_is_one_line() {
    // No file is unreadable to a superuser, but this one is to everyone.
    Run::new("/proc/self/mem")
        .stdout(HEADER)
        .stderr("kpi-extract: /proc/self/mem: Input/output error (os error 5)\n")
        .status(1)
        .done();
}

#[test]
#[cfg(unix)]
fn a_file_without_permission_is_one_line() {
    use std::os::unix::fs::PermissionsExt;
    let run = Run::new("a.txt b.txt").file("a.txt", REPORT).file("b.txt", REPORT);
    let mut readable = false;
    let run = run.prepare(|folder| {
        fs::set_permissions(folder.join("a.txt"), fs::Permissions::from_mode(0o0)).unwrap();
        readable = fs::read(folder.join("a.txt")).is_ok();
    });
    if readable {
        run.stdout(HEADER).done();
    } else {
        run.stdout(HEADER).stderr("kpi-extract: a.txt: permission denied\n").status(1).done();
    }
}

#[test]
fn a_folder_without_reports_is_one_line() {
    Run::new("reports")
        .file("reports/a.pdf.bak", "")
        .folder("reports/2023")
        .stdout(HEADER)
        .stderr("kpi-extract: reports: no reports in this folder (txt, md, html, htm, docx, pdf)\n")
        .status(1)
        .done();
}

/// The inputs that a run reads, told by its failures: each file is one bad byte.
#[test]
fn the_output_file_appears_whole() {
    Run::new("a.txt -o out.csv")
        .file("a.txt", REPORT)
        .done()
        .file("out.csv", HEADER)
        .names(&["a.txt", "out.csv"]);
    Run::new("a.txt -o out.csv").file("a.txt", REPORT).file("out.csv", "old").done().file("out.csv", HEADER);
    Run::new("a.txt -o out.json").file("a.txt", REPORT).done().file("out.json", "[]\n");
    Run::new("a.txt -o out.tsv").file("a.txt", REPORT).done().file("out.tsv", &HEADER.replace(',', "\t"));
    Run::new("a.txt -o out.JSONL").file("a.txt", REPORT).done().file("out.JSONL", "");
    Run::new("a.txt -o -").file("a.txt", REPORT).stdout(HEADER).done().names(&["a.txt"]);
}

#[test]
fn the_output_file_is_left_when_an_input_failed_and_not_touched_when_usage_was_wrong() {
    Run::new("missing.txt -o out.csv")
        .file("out.csv", "old")
        .stderr("kpi-extract: missing.txt: no such file or folder\n")
        .status(1)
        .done()
        .file("out.csv", HEADER);
    Run::new("a.txt -o out.csv --columns nonsense")
        .file("out.csv", "old")
        .stderr_has(&["invalid value 'nonsense'"])
        .status(2)
        .done()
        .file("out.csv", "old");
}

#[test]
#[cfg(unix)]
fn the_output_keeps_the_permissions_and_the_link_that_were_there() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    Run::new("a.txt -o link.csv")
        .file("a.txt", REPORT)
        .file("there/out.csv", "old")
        .prepare(|folder| {
            fs::set_permissions(folder.join("there/out.csv"), fs::Permissions::from_mode(0o640)).unwrap();
            symlink("there/out.csv", folder.join("link.csv")).unwrap();
        })
        .done()
        .file("there/out.csv", HEADER)
        .file("link.csv", HEADER)
        .names(&["a.txt", "link.csv", "there"]);
}

#[test]
fn an_unwritable_output_is_one_line() {
    Run::new("a.txt -o nowhere/out.csv")
        .file("a.txt", REPORT)
        .stderr("kpi-extract: nowhere/out.csv: no such file or folder\n")
        .status(1)
        .done();
    Run::new("a.txt -o folder")
        .file("a.txt", REPORT)
        .folder("folder")
        .stderr("kpi-extract: folder: is a folder\n")
        .status(1)
        .done();
    Run::new("a.txt -o a.txt/out.csv")
        .file("a.txt", REPORT)
        .stderr("kpi-extract: a.txt/out.csv: a part of the path is no folder\n")
        .status(1)
        .done();
}

#[test]
#[cfg(target_os = "linux")]
fn what_is_no_regular_file_is_written_straight() {
    Run::new("a.txt -o /dev/stdout").file("a.txt", REPORT).stdout(HEADER).done();
    Run::new("a.txt -o /dev/fd/1").file("a.txt", REPORT).stdout(HEADER).done();
    Run::new("a.txt -o /dev/null").file("a.txt", REPORT).done();
    for format in Format::ALL.into_iter().filter(|format| format.is_built()).map(Format::name) {
        Run::new("a.txt -o /dev/full -f")
            .arg(format)
            .file("a.txt", "全年接收工单8件。")
            .stderr("kpi-extract: /dev/full: no space left\n")
            .status(1)
            .done();
    }
}

#[test]
#[cfg(unix)]
fn a_fifo_is_written_straight() {
    let mut reader = None;
    let run = Run::new("a.txt -o fifo").file("a.txt", REPORT).prepare(|folder| {
        let fifo = folder.join("fifo");
        assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        reader = Some(std::thread::spawn(move || fs::read_to_string(fifo).unwrap()));
    });
    run.done().names(&["a.txt", "fifo"]);
    assert_eq!(reader.unwrap().join().unwrap(), HEADER);
}

#[test]
fn the_last_of_an_option_given_twice_holds() {
    Run::new("a.txt -f csv -f json -j1 -j2").file("a.txt", "").stdout("[]\n").done();
}

#[test]
fn columns_are_chosen_and_ordered() {
    Run::new("a.txt --columns value,indicator").file("a.txt", "").stdout("value,indicator\n").done();
    Run::new("a.txt --columns value --columns raw").file("a.txt", "").stdout("value,raw\n").done();
    Run::new("a.txt --all-columns")
        .file("a.txt", "")
        .stdout(
            "indicator,category,value,high,unit,district,district_code,district_source,period,period_source,kind,\
             status,qualifier,raw,document,line,start,end,byte_start,byte_end,page,section,sentence,rule,repairs,\
             damaged,group\n",
        )
        .done();
    Run::new("a.txt --no-header").file("a.txt", "").done();
    Run::new("a.txt --bom").file("a.txt", "").stdout(format!("\u{feff}{HEADER}")).done();
}

#[test]
fn an_unknown_column_names_the_nearest_and_all() {
    Run::new("a.txt --columns value,indicatr")
        .file("a.txt", "")
        .stderr_has(&["'indicatr'", "a similar value exists: 'indicator'", "byte_start", "group"])
        .status(2)
        .done();
}

#[test]
fn wrong_usage_reads_nothing_and_exits_with_2() {
    for (args, message) in [
        ("--nonsense", "unexpected argument '--nonsense'"),
        ("-f xml a.txt", "invalid value 'xml'"),
        ("-j0 a.txt", "invalid value '0'"),
        ("--columns value,value a.txt", "`--columns` has `value` twice"),
        ("--columns value --all-columns a.txt", "cannot be used with"),
        ("--period 2023年 a.txt", "a period is written"),
        ("--period 2023-13 a.txt", "a period is written"),
        ("--district= a.txt", "--district"),
        ("--include [ a.txt", "--include"),
        ("-q -v a.txt", "cannot be used with"),
        ("-o kpis.html --columns value a.txt", "`--columns` is for tables"),
        ("-f html --strict a.txt", "`--strict` is for tables"),
        ("quantities -o kpis.html a.txt", "no format goes with the extension of `kpis.html`"),
        ("quantities -f html a.txt", "invalid value 'html'"),
        ("review --columns value -o kpis.html a.txt", "unexpected argument '--columns'"),
        ("review -o a.txt a.txt", "the output `a.txt` is an input, too"),
        ("--append a.txt", "--output"),
        ("--append -o kpis.csv a.txt", "`--append` goes with a database"),
        ("--append -f sqlite -o - a.txt", "`--append` goes with a database"),
        ("table -f json a.txt", "`json` is for long tables: add `--long`"),
        ("table --long --across district a.txt", "cannot be used with"),
        ("--files-from - -", "standard input cannot be both"),
        ("rules show", "<ID>"),
        ("rules lst", "'lst'"),
        ("--columns value rules list", "does not go with `rules`"),
    ] {
        Run::new(args)
            .file("a.txt", b"\xff")
            .stderr_has(&["error: ", message])
            .status(2)
            .done()
            .names(&["a.txt"]);
    }
}

#[test]
fn a_word_that_names_a_command_is_a_file_with_its_folder() {
    Run::new("./check ./rules").file("check", "").file("rules", "").stdout(HEADER).done();
}

#[test]
fn help_tells_examples_columns_and_exit_statuses() {
    Run::new("--help")
        .stdout_has(&[
            "Usage: kpi-extract [OPTIONS] [PATH]...",
            "Examples:",
            "byte_start",
            "Exit status:",
            "130",
        ])
        .done();
    Run::new("--version").stdout(concat!("kpi-extract ", env!("CARGO_PKG_VERSION"), "\n")).done();
}

#[test]
fn an_unknown_rule_is_wrong_usage() {
    Run::new("rules show no-such-rule")
        .stderr("kpi-extract: no rule has the id `no-such-rule` (`kpi-extract rules list` names them all)\n")
        .status(2)
        .done();
}

#[test]
fn rules_list_is_a_table() {
    Run::new("rules list --no-builtin-rules")
        .stdout_has(&["id\tlayer\tcategory\tindicator\tfile\n# gazetteer: "])
        .done();
    Run::new("rules list --guards")
        .stdout_has(&["id\treason\n", "\nhotline\ta number that people dial is a name\n", "\ntoo-large\t"])
        .done();
}

#[test]
fn a_run_without_rules_is_warned_of() {
    let warning = "kpi-extract: no rules are in force: `--no-builtin-rules` without `--rules`\n";
    Run::new("--no-builtin-rules a.txt").file("a.txt", REPORT).stdout(HEADER).stderr(warning).done();
    Run::new("--no-builtin-rules a.txt -q").file("a.txt", REPORT).stdout(HEADER).done();
}

#[test]
fn quiet_hides_no_failure() {
    Run::new("-q missing.txt")
        .stdout(HEADER)
        .stderr("kpi-extract: missing.txt: no such file or folder\n")
        .status(1)
        .done();
}

#[test]
fn messages_are_coloured_when_asked_to() {
    let coloured = "\u{1b}[1m\u{1b}[31mkpi-extract:\u{1b}[0m a.txt: no such file or folder\n";
    let plain = "kpi-extract: a.txt: no such file or folder\n";
    Run::new("a.txt --color always").stdout(HEADER).stderr(coloured).status(1).done();
    Run::new("a.txt --color never").stdout(HEADER).stderr(plain).status(1).done();
    Run::new("a.txt").env("CLICOLOR_FORCE", "1").stdout(HEADER).stderr(coloured).status(1).done();
    Run::new("a.txt")
        .env("NO_COLOR", "1")
        .env("CLICOLOR_FORCE", "1")
        .stdout(HEADER)
        .stderr(plain)
        .status(1)
        .done();
}

#[test]
fn a_closed_pipe_is_quiet() {
    for args in [&["a.txt"][..], &["-j1", "a.txt"], &["-f", "json", "a.txt"], &["rules", "list"], &["--help"]]
    {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.txt"), REPORT).unwrap();
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut child = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
            .args(args)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        let status = child.wait().unwrap();
        assert_eq!((errors.as_str(), status.code()), ("", Some(0)), "{args:?}");
    }
}

#[test]
fn a_command_without_its_word_shows_its_usage() {
    Run::new("rules").stderr_has(&["Usage: kpi-extract rules"]).status(2).done();
}

#[test]
fn paths_are_taken_from_a_list() {
    let tells = |args: &str, list: &str, stdin: &str, names: &[&str]| {
        Run::new(args).file("list", list).stdin(stdin).stdout(HEADER).stderr(missing(names)).status(1).done();
    };
    tells("--files-from list", "二 三.txt\n\nb.txt\r\n", "", &["二 三.txt", "b.txt"]);
    tells("--files-from list", "二 三.txt\0a\n.txt\0", "", &["二 三.txt", "a\\n.txt"]);
    tells("a.txt --files-from list", "b.txt\n", "", &["a.txt", "b.txt"]);
    tells("--files-from -", "", "a.txt\n", &["a.txt"]);
    tells("--files-from missing", "", "", &["missing"]);
    Run::new("--files-from list").file("list", "").stdin("1件").stdout(HEADER).done();
}

#[test]
#[cfg(unix)]
fn names_that_are_no_unicode_or_hold_line_ends_are_told_on_one_line() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let line = "kpi-extract: a\u{fffd}\\n.txt: no such file or folder\n";
    Run::new("").arg(OsStr::from_bytes(b"a\xff\n.txt")).stdout(HEADER).stderr(line).status(1).done();
}

#[test]
fn an_output_that_is_an_input_is_refused_and_stays_whole() {
    for args in ["a.txt -o a.txt", "a.txt -o ./a.txt", ". -o a.txt"] {
        Run::new(args)
            .file("a.txt", "全年接收工单8件。")
            .stderr_has(&["the output `", "` is an input, too: `"])
            .status(2)
            .done()
            .file("a.txt", "全年接收工单8件。");
    }
}

#[test]
fn an_output_that_a_list_names_as_input_is_refused_and_stays_whole() {
    for list in ["--files-from list", "--files-from -"] {
        Run::new(list)
            .arg("-o./a.txt")
            .file("a.txt", "全年接收工单8件。")
            .file("list", "a.txt\n")
            .stdin("a.txt\n")
            .stderr("kpi-extract: ./a.txt: is an input, too: `a.txt`\n")
            .status(1)
            .done()
            .file("a.txt", "全年接收工单8件。")
            .names(&["a.txt", "list"]);
    }
}

#[test]
fn every_command_tells_examples() {
    let commands = ["rules", "quantities", "suggest", "text", "check", "unclaimed", "why", "eval", "table"];
    for command in commands.into_iter().chain(["completions", "man"]) {
        Run::new(command).arg("--help").stdout_has(&["Usage: kpi-extract ", "Examples:\n  "]).done();
    }
}

/// The memory that a run may take is bounded by the system; the file is mostly text without figures, as reports are.
#[test]
fn a_file_of_200_mb_on_one_line_gives_its_rows_in_bounded_memory() {
    const SENTENCES: usize = 1_400;
    let filler = "各级各部门坚持稳中求进，统筹推进各项工作，群众获得感不断增强。".repeat(1_600);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.txt");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for _ in 0..SENTENCES {
        std::io::Write::write_all(&mut file, b"\xE5\x85\xA8\xE5\xB9\xB4\xE6\x8E\xA5\xE6\x94\xB6\xE5\xB7\xA5\xE5\x8D\x95138\xE4\xBB\xB6\xE6\xAC\xA1\xE3\x80\x82").unwrap();
        std::io::Write::write_all(&mut file, filler.as_bytes()).unwrap();
    }
    drop(file);
    assert!(std::fs::metadata(&path).unwrap().len() > 200_000_000);
    let command = format!(
        "ulimit -v 1500000; {} -j1 --no-header --columns value,line '{}'",
        env!("CARGO_BIN_EXE_kpi-extract"),
        path.display()
    );
    let output = std::process::Command::new("sh").args(["-c", &command]).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!((stdout == "138,1\n".repeat(SENTENCES), &*stderr, output.status.code()), (true, "", Some(0)));
}

#[test]
fn an_output_that_is_read_as_rules_places_or_a_list_is_refused() {
    for args in [
        "a.txt -r own.toml -o own.toml",
        "a.txt --gazetteer own.toml -o own.toml",
        "--files-from own.toml -o own.toml",
    ] {
        Run::new(args)
            .file("a.txt", "接收工单8件。\n")
            .file("own.toml", "")
            .stderr_has(&["the output `own.toml` is an input, too"])
            .status(2)
            .done();
    }
}
