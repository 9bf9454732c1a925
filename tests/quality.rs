//! docs/quality.md tells the scores that the program has: they are measured here, by kind of report.
//!
//! `README_ACCEPT=1` writes what was measured into the page.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use kpi_extract::{
    eval::{self, Figure, Gold, Measure},
    extract::{Context, Extractor},
    rules::RuleSet,
};

const MEASURES: [(&str, &str); 9] = [
    ("gold", "rows"),
    ("quantity.f1", "quantity"),
    ("row.f1", "row"),
    ("full.f1", "full"),
    ("kind", "kind"),
    ("status", "status"),
    ("period", "period"),
    ("name_consistency", "names alike"),
    ("rank.f1", "rank"),
];

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The kind of each document.
fn kinds(manifest: &Path) -> BTreeMap<String, String> {
    let mut table = csv::Reader::from_path(manifest).unwrap();
    table.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

fn figures(folder: &Path, names: &[&str]) -> Vec<Figure> {
    let extractor = Extractor::new(RuleSet::builtin(), Context::default());
    let mut said = Vec::new();
    for name in names {
        let bytes = fs::read(folder.join(name)).unwrap();
        extractor.extract(name, &bytes, &mut |row| said.push(Figure::from(&row))).unwrap();
    }
    said
}

/// A table of the measures: a line a kind of report, then all.
fn table(gold: &Path, folder: &Path, manifest: &Path) -> String {
    let gold = Gold::read(&fs::read_to_string(gold).unwrap()).unwrap();
    let mut groups: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let kinds = kinds(manifest);
    let mut documents: Vec<&str> = gold.iter().map(|row| row.figure.document.as_str()).collect();
    documents.dedup();
    for document in &documents {
        groups.entry(kinds[*document].clone()).or_default().push(document);
    }
    let mut lines = vec![format!("| reports | documents | {} |", MEASURES.map(|(_, name)| name).join(" | "))];
    lines.push(format!("|---|{}", "--:|".repeat(MEASURES.len() + 1)));
    for (kind, documents) in groups.into_iter().chain([("all".to_owned(), documents)]) {
        let gold: Vec<Gold> =
            gold.iter().filter(|row| documents.contains(&row.figure.document.as_str())).cloned().collect();
        let said = figures(folder, &documents);
        let measures: BTreeMap<&str, Measure> = eval::score(&gold, &said).0.measures().into_iter().collect();
        let cells = MEASURES.map(|(measure, _)| match measures[measure] {
            Measure::Count(count) => count.to_string(),
            Measure::Share(Some(share)) => format!("{share:.3}"),
            Measure::Share(None) => "–".to_owned(),
        });
        lines.push(format!("| {kind} | {} | {} |", documents.len(), cells.join(" | ")));
    }
    lines.join("\n")
}

#[test]
fn quality_md_tells_what_is_measured() {
    let path = root("docs/quality.md");
    let mut page = fs::read_to_string(&path).unwrap();
    let shared = root("../shared");
    let mut sets =
        vec![("samples", root("samples/gold.jsonl"), root("samples"), root("samples/manifest.csv"))];
    if shared.join("gold").exists() {
        for set in ["seeds", "more"] {
            let gold = shared.join(format!("gold/{set}.jsonl"));
            sets.push((set, gold, shared.join("corpus").join(set), shared.join("corpus/manifest.csv")));
        }
    } else {
        eprintln!("skipped: {} is not there, so that only the samples are measured", shared.display());
    }
    let mut wrong = Vec::new();
    for (set, gold, folder, manifest) in sets {
        let (open, close) = (format!("<!-- scores: {set} -->\n"), "\n<!-- end -->");
        let start = page.find(&open).unwrap_or_else(|| panic!("no `{open}`")) + open.len();
        let end = start + page[start..].find(close).unwrap();
        let measured = table(&gold, &folder, &manifest);
        if page[start..end] != measured {
            wrong.push(format!("{set}:\n{measured}"));
            page.replace_range(start..end, &measured);
        }
    }
    if std::env::var_os("README_ACCEPT").is_some() {
        fs::write(&path, page).unwrap();
    } else {
        assert!(wrong.is_empty(), "docs/quality.md tells other scores than these:\n{}", wrong.join("\n"));
    }
}
