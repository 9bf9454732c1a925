//! `kpi-extract quantities` as its users see it, and what holds for everything that it lists.

use std::{fs, path::Path};

use harness::Run;
use kpi_extract::{
    extract::{Context, Extractor},
    finding::{Finding, Nature},
    listing::{Counts, Lister},
    quantity::Dimension,
    rules::RuleSet,
};

mod harness;

const HEADER: &str = "raw,value,high,unit,dimension,qualifier,line,start,end,guard,document\n";

/// A report with something of every kind, stray forms included.
const REPORT: &str = "街道工作总结\n“十四五”以来，12345热线受理1.3万余件，满意率９７.２％，居全市第2位。\n\u{3000}\u{3000}2023年新增車位13 157個，收费3至5元/平方米，下降-2.5%。\n";

#[test]
fn quantities_are_listed_with_their_places() {
    let listed = "1.3万余件,13000,,件,count,over,2,24,30,,a.txt\n\
                  ９７.２％,97.2,,%,percent,exact,2,34,39,,a.txt\n\
                  13 157個,13157,,个,count,exact,3,59,66,,a.txt\n\
                  3至5元/平方米,3,5,元/平方米,ratio,exact,3,69,77,,a.txt\n\
                  '-2.5%,-2.5,,%,percent,exact,3,80,85,,a.txt\n";
    Run::new("quantities a.txt").file("a.txt", REPORT).stdout(format!("{HEADER}{listed}")).done();
    let marked = format!("\u{FEFF}{REPORT}");
    Run::new("quantities a.txt").file("a.txt", marked).stdout(format!("{HEADER}{listed}")).done();
}

#[test]
fn standard_input_and_every_format_are_known() {
    let text = "改造小区62万多平方米。";
    let tsv = "raw\tvalue\thigh\tunit\tdimension\tqualifier\tline\tstart\tend\tguard\tdocument\n\
               62万多平方米\t620000\t\t平方米\tarea\tover\t1\t4\t11\t\tin.txt\n";
    Run::new("quantities --stdin-name in.txt -f tsv").stdin(text).stdout(tsv).done();
    let object = r#"{"raw":"62万多平方米","value":"620000","high":null,"unit":"平方米","dimension":"area","qualifier":"over","line":1,"start":4,"end":11,"guard":"","document":"-","reason":""}"#;
    Run::new("quantities - -f json").stdin(text).stdout(format!("[\n{object}\n]\n")).done();
    Run::new("quantities -f jsonl").stdin(text).stdout(format!("{object}\n")).done();
    Run::new("quantities --no-header --columns unit,raw").stdin(text).stdout("平方米,62万多平方米\n").done();
    Run::new("quantities -o out.jsonl").stdin(text).done().file("out.jsonl", &format!("{object}\n"));
}

#[test]
fn on_request_what_is_none_is_listed_with_its_reason() {
    Run::new("quantities a.txt --guarded --columns raw,value,dimension,qualifier,guard,reason")
        .file("a.txt", REPORT)
        .stdout(
            "raw,value,dimension,qualifier,guard,reason\n\
             “十四五”以来,,time,,time,\"a date, a time of day or a period\"\n\
             12345热线,,,,hotline,a number that people dial is a name\n\
             1.3万余件,13000,count,over,,\n\
             ９７.２％,97.2,percent,exact,,\n\
             第2位,2,ordinal,exact,ordinal,a place in an order\n\
             2023年,,time,,time,\"a date, a time of day or a period\"\n\
             13 157個,13157,count,exact,,\n\
             3至5元/平方米,3,ratio,exact,,\n\
             '-2.5%,-2.5,percent,exact,,\n",
        )
        .done();
}

#[test]
fn times_of_day_and_days_are_listed_too() {
    Run::new("quantities --guarded --no-header --columns raw,guard")
        .stdin("8日上午9时30分开会，12:11散会，共5个月；2023年6月1日起，三期工程完成3件。")
        .stdout(
            "8日,time\n9时30分,time\n12:11,time\n5个月,\n2023年6月1日起,time\n三期工程,ordinal-name\n3件,\n",
        )
        .done();
}

#[test]
fn a_time_that_only_its_number_tells_is_one_too() {
    Run::new("quantities --guarded --no-header --columns raw,dimension,guard")
        .stdin("第3和4季度。")
        .stdout("第3,ordinal,ordinal\n4季度,time,time\n")
        .done();
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told() {
    for args in ["quantities a.txt -o /dev/full", "quantities a.txt --count -o /dev/full"] {
        let error = "kpi-extract: /dev/full: no space left\n";
        Run::new(args).file("a.txt", REPORT).stderr(error).status(1).done();
    }
}

#[test]
fn counts_are_sums_over_all_documents_in_a_fixed_order() {
    let run = |args: &str| Run::new(args).file("a/1.txt", REPORT).file("a/2.txt", REPORT);
    for threads in ["-j1", "-j3"] {
        run("quantities a --count")
            .arg(threads)
            .stdout("dimension,count\ncount,4\npercent,4\nratio,2\n")
            .done();
    }
    run("quantities a --count --guarded")
        .stdout(
            "dimension,guard,count\ncount,,4\npercent,,4\nratio,,2\nordinal,ordinal,2\ntime,time,4\n,hotline,2\n",
        )
        .done();
    run("quantities a --count -f jsonl -v")
        .stdout(
            "{\"dimension\":\"count\",\"count\":4}\n{\"dimension\":\"percent\",\"count\":4}\n{\"dimension\":\"ratio\",\"count\":2}\n",
        )
        .stderr_has(&["documents: 2, rows: 10, failures: 0"])
        .done();
    Run::new("quantities --count").stdin("没有数字。").stdout("dimension,count\n").done();
}

#[test]
fn users_units_hedges_and_guards_are_in_force() {
    let rules = "[[unit]]\nname = \"顶\"\ndimension = \"count\"\n\n\
        [[guard]]\nid = \"our-club\"\nreason = \"the name of a club\"\nwords = [\"七七俱乐部\"]\n\
        examples = [\"七七俱乐部成立。\"]\nrefuses = [\"新建俱乐部七个。\"]\n";
    Run::new("quantities -r own.toml --guarded --columns raw,unit,guard,reason")
        .file("own.toml", rules)
        .stdin("七七俱乐部发放帐篷30顶。")
        .stdout("raw,unit,guard,reason\n七七俱乐部,,our-club,the name of a club\n30顶,顶,,\n")
        .done();
    Run::new("quantities -r own.toml")
        .file("own.toml", "[[unit]]\nnam = \"顶\"\n")
        .stdin("30顶")
        .stderr_has(&["own.toml:2:1", "nam"])
        .status(2)
        .done();
}

#[test]
fn an_unreadable_input_costs_only_itself() {
    Run::new("quantities a.txt missing.txt b.txt c.txt --columns raw")
        .file("a.txt", "3件")
        .file("b.txt", b"\xFF\xFF\xFF")
        .file("c.txt", "4件")
        .stdout("raw\n3件\n4件\n")
        .stderr(
            "kpi-extract: missing.txt: no such file or folder\n\
             kpi-extract: b.txt: text in no encoding that is known: invalid byte at offset 0 (as GB18030)\n",
        )
        .status(1)
        .done();
    Run::new("quantities a.txt").file("a.txt", "").stdout(HEADER).done();
    Run::new("quantities list.txt --count")
        .stderr_has(&["list.txt"])
        .stdout("dimension,count\n")
        .status(1)
        .done();
}

#[test]
fn folders_lists_and_globs_are_read_as_in_extraction() {
    Run::new("quantities --files-from list --include *.log --columns raw,document")
        .file("list", "reports\nb.txt\n")
        .file("reports/2.md", "2件")
        .file("reports/1.txt", "1件")
        .file("reports/3.log", "4件")
        .file("reports/4.dat", "5件")
        .file("b.txt", "6件")
        .stdout("raw,document\n1件,reports/1.txt\n2件,reports/2.md\n4件,reports/3.log\n6件,b.txt\n")
        .done();
}

#[test]
fn wrong_usage_reads_nothing() {
    for args in [
        "quantities --columns indicator",
        "quantities --columns raw,raw",
        "quantities --count --columns raw",
        "quantities --district 北京市",
        "-f json quantities",
        "quantities a.txt -o a.txt",
    ] {
        Run::new(args).file("a.txt", "3件").stderr_has(&["error:"]).status(2).done().file("a.txt", "3件");
    }
}

#[test]
fn an_earlier_listing_is_no_report() {
    Run::new("quantities a.txt b.txt --columns raw")
        .file("a.txt", format!("{HEADER}3件,3,,件,count,exact,1,0,2,,b.txt\n"))
        .file("b.txt", "4件")
        .stdout("raw\n4件\n")
        .stderr("kpi-extract: a.txt: rows of an earlier run, passed over\n")
        .done();
}

#[test]
fn the_output_is_the_same_for_every_number_of_threads() {
    let listing = |threads: &str| {
        let run = Run::new("quantities --guarded -f jsonl a").arg(threads).stdout_has(&[""]);
        let files =
            (0..60).map(|n| (format!("a/{n:02}.txt"), format!("{REPORT}共{n}个。\n").repeat(n % 7 + 1)));
        files.fold(run, |run, (path, text)| run.file(path, text)).done().stdout
    };
    let one = listing("-j1");
    assert!(one.lines().count() > 60 * 9);
    for threads in ["-j2", "-j8"] {
        assert!(listing(threads) == one, "{threads}");
    }
}

fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    paths.iter().map(|path| (path.display().to_string(), fs::read(path).unwrap())).collect()
}

fn findings(bytes: &[u8], guarded: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    Lister::default().guarded(guarded).list("a.txt", bytes, &mut |finding| found.push(finding)).unwrap();
    found
}

#[test]
fn every_place_reads_back_in_the_samples() {
    for (name, bytes) in samples() {
        let decoded = str::from_utf8(&bytes).unwrap();
        let decoded: Vec<char> = decoded.strip_prefix('\u{FEFF}').unwrap_or(decoded).chars().collect();
        let found = findings(&bytes, true);
        for (index, finding) in found.iter().enumerate() {
            let there: String = decoded[finding.start..finding.end].iter().collect();
            assert_eq!(there, finding.raw, "{name}");
            let line = 1 + decoded[..finding.start].iter().filter(|c| **c == '\n').count();
            assert_eq!(line, finding.line, "{name}: {}", finding.raw);
            if let Some(before) = index.checked_sub(1).map(|before| &found[before]) {
                assert!(before.end <= finding.start, "{name}: {} {}", before.raw, finding.raw);
            }
        }
    }
}

#[test]
fn what_is_listed_with_the_refused_is_listed_without_and_counted() {
    for (name, bytes) in samples() {
        let plain = findings(&bytes, false);
        let mut all = findings(&bytes, true);
        let mut counts = Counts::default();
        for finding in &all {
            counts.add(finding.nature, &finding.guard, 1);
        }
        let counted = Lister::default().guarded(true).count(&bytes).unwrap();
        assert!(counted == counts.into_rows().collect::<Vec<_>>(), "{name}");
        for finding in &all {
            let real = finding.guard.is_empty();
            assert_eq!(real, finding.reason.is_empty(), "{name}: {}", finding.raw);
            assert_eq!(
                real,
                matches!(finding.nature, Nature::Quantity(dimension) if dimension != Dimension::Ordinal),
                "{name}: {}",
                finding.raw
            );
        }
        all.retain(|finding| finding.guard.is_empty());
        assert!(plain == all, "{name}");
    }
}

#[test]
fn every_row_of_the_samples_is_a_listed_quantity_or_rank() {
    let extractor = Extractor::new(RuleSet::builtin(), Context::default());
    for (name, bytes) in samples() {
        let found = findings(&bytes, true);
        let mut check = |row: kpi_extract::row::Row| {
            // The numbers of a table have their units from its header, which is read after recognition.
            if row.sentence.contains('\t') {
                return;
            }
            let finding = found.iter().find(|finding| finding.start == row.start && finding.end == row.end);
            let finding = finding.unwrap_or_else(|| panic!("{name}: `{}` is not listed", row.raw));
            assert_eq!((&finding.raw, &finding.unit), (&row.raw, &row.unit), "{name}");
            assert_eq!(finding.value.map(|value| value.abs()), Some(row.value.abs()), "{name}: {}", row.raw);
            assert_eq!(finding.qualifier, Some(row.qualifier), "{name}: {}", row.raw);
        };
        extractor.extract(&name, &bytes, &mut check).unwrap();
    }
}
