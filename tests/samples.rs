//! The samples as a user sees them: one snapshot each, and what must hold for every row of every report.

use std::{
    fs,
    path::{Path, PathBuf},
};

use kpi_extract::{
    extract::{Context, Extractor},
    row::Row,
    rules::RuleSet,
};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The `.txt` files of a folder and of its folders, sorted.
fn reports(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(reports(&path));
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn rows(path: &Path) -> Vec<Row> {
    let extractor = Extractor::new(RuleSet::builtin(), Context::default());
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let mut rows = Vec::new();
    extractor.extract(&name, &fs::read(path).unwrap(), &mut |row| rows.push(row)).unwrap();
    rows
}

/// One line a row, made to be read in a review.
fn table(rows: &[Row]) -> String {
    let mut out = String::new();
    for row in rows {
        let high = row.high.map_or(String::new(), |high| format!("..{}", high.normalize()));
        let fields = [
            format!("{}:{}", row.line, row.raw.replace('\n', "⏎")),
            row.indicator.clone(),
            format!("{}{high}", row.value.normalize()),
            row.unit.clone(),
            row.qualifier.name().into(),
            row.kind.name().into(),
            row.status.name().into(),
            row.period.clone(),
            row.district.clone(),
            row.rule.clone(),
        ];
        out.push_str(&fields.join(" | "));
        out.push('\n');
    }
    out
}

#[test]
fn every_sample_gives_its_rows() {
    for path in reports(&root("samples")) {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        insta::with_settings!({
            snapshot_path => root("snapshots"), prepend_module_to_snapshot => false, omit_expression => true,
        }, {
            insta::assert_snapshot!(name, table(&rows(&path)));
        });
    }
}

#[test]
fn no_snapshot_is_an_orphan() {
    for entry in fs::read_dir(root("snapshots")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let sample = root("samples").join(name.replace(".snap", ".txt"));
        assert!(sample.exists(), "snapshots/{name} belongs to no sample");
    }
}

#[test]
fn every_sample_holds_at_least_twenty_rows() {
    let samples = reports(&root("samples"));
    assert!(samples.len() >= 8, "{} samples", samples.len());
    for path in samples {
        let rows = rows(&path).len();
        assert!(rows >= 20, "{}: {rows} rows", path.display());
    }
}

#[test]
fn every_span_reads_back_its_text() {
    let mut folders = vec![root("samples")];
    let corpus = root("../shared/corpus");
    if corpus.is_dir() {
        folders.push(corpus);
    } else {
        println!("skipped the corpus: {} is not there", corpus.display());
    }
    for path in folders.iter().flat_map(|folder| reports(folder)) {
        let decoded = fs::read_to_string(&path).unwrap();
        let decoded = decoded.strip_prefix('\u{FEFF}').unwrap_or(&decoded);
        let characters: Vec<char> = decoded.chars().collect();
        let mut last = 0;
        for row in rows(&path) {
            let raw: String = characters[row.start..row.end].iter().collect();
            assert_eq!(raw, row.raw, "{}", path.display());
            assert_eq!(
                &decoded[row.byte_start.unwrap()..row.byte_end.unwrap()],
                row.raw,
                "{}",
                path.display()
            );
            assert_eq!(
                decoded[..row.byte_start.unwrap()].matches('\n').count() + 1,
                row.line,
                "{}",
                path.display()
            );
            assert!(last <= row.start, "{}: rows out of order", path.display());
            last = row.start;
        }
    }
}
