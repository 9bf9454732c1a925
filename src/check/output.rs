//! A report as people read it, and as CI systems do: JSON, SARIF 2.1.0, `JUnit` XML.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::{Value, json};

use super::{Clash, Finding, LINTS, Report};
use crate::{
    rules::{
        builtin,
        diagnostic::{Severity, meaning},
    },
    wording::{counted, one_line},
};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// For people.
    #[default]
    Human,
    /// One object.
    Json,
    /// Static Analysis Results Interchange Format.
    Sarif,
    /// Test results.
    Junit,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Human, Self::Json, Self::Sarif, Self::Junit];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
        }
    }

    /// The report in this form; `color` and `clashes` (the whole matrix) are for people.
    pub fn write(self, report: &Report, color: bool, clashes: bool) -> String {
        match self {
            Self::Human => human(report, color, clashes),
            Self::Json => pretty(&machine(report)),
            Self::Sarif => pretty(&sarif(report)),
            Self::Junit => junit(report),
        }
    }
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn human(report: &Report, color: bool, clashes: bool) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        text += &finding.diagnostic.render(color);
        text += "\n\n";
    }
    let shown: Vec<&Clash> = report.clashes.iter().filter(|c| clashes || c.reason.is_chance()).collect();
    if !shown.is_empty() {
        text += &matrix(&shown);
        text.push('\n');
    }
    let t = report.tally;
    let _ = write!(
        text,
        "{}, {}, {}, {} ({} {} not apply), {}",
        counted(t.rules, "rule"),
        counted(t.examples, "example"),
        counted(t.refuses, "counter-example"),
        counted(t.rewritten, "rewriting"),
        t.skipped,
        if t.skipped == 1 { "does" } else { "do" },
        counted(report.clashes.len(), "clash")
    );
    let decided = report.clashes.iter().filter(|clash| !clash.reason.is_chance()).count();
    if !report.clashes.is_empty() && !clashes {
        let _ = write!(text, " ({decided} decided; --clashes shows them)");
    }
    let _ = writeln!(
        text,
        ": {}, {}",
        counted(report.count(Severity::Error), "error"),
        counted(report.count(Severity::Warning), "warning")
    );
    text
}

/// Who wins over whom, by winner; each loser with the reason, how often, the two names and a text.
fn matrix(clashes: &[&Clash]) -> String {
    let mut by_winner: BTreeMap<&str, Vec<&Clash>> = BTreeMap::new();
    for clash in clashes {
        by_winner.entry(&clash.winner).or_default().push(clash);
    }
    let mut text = String::new();
    for (winner, losers) in by_winner {
        let _ = writeln!(text, "{winner} wins over");
        for clash in losers {
            let _ = writeln!(
                text,
                "  {:<40} {:<22} {:>3}×  {} / {} in 「{}」",
                clash.loser,
                clash.reason.name(),
                clash.count,
                one_line(&clash.names[0]),
                one_line(&clash.names[1]),
                one_line(&clash.text)
            );
        }
    }
    text
}

fn machine(report: &Report) -> Value {
    let finding = |finding: &Finding| {
        let d = &finding.diagnostic;
        let [(line, column), (end_line, end_column)] = d.place();
        json!({
            "code": d.code, "severity": d.severity.name(), "file": &*d.file, "line": line, "column": column,
            "end_line": end_line, "end_column": end_column, "rule": finding.rule, "message": d.title, "help": d.help,
        })
    };
    let clash = |clash: &Clash| {
        json!({
            "winner": clash.winner, "loser": clash.loser, "reason": clash.reason.name(), "count": clash.count,
            "indicators": clash.names, "text": clash.text,
        })
    };
    let t = report.tally;
    json!({
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "clashes": report.clashes.iter().map(clash).collect::<Vec<_>>(),
        "rules": t.rules, "examples": t.examples, "refuses": t.refuses,
        "rewritings": t.rewritten, "rewritings_skipped": t.skipped,
        "errors": report.count(Severity::Error), "warnings": report.count(Severity::Warning),
    })
}

fn sarif(report: &Report) -> Value {
    let mut codes: Vec<&str> = report.findings.iter().map(|finding| finding.diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes
        .iter()
        .map(|code| {
            let finds =
                LINTS.iter().find(|lint| lint.name == *code).map_or_else(|| meaning(code), |lint| lint.finds);
            json!({ "id": code, "shortDescription": { "text": finds } })
        })
        .collect();
    let result = |finding: &Finding| {
        let d = &finding.diagnostic;
        let [(line, column), (end_line, end_column)] = d.place();
        let message = if d.help.is_empty() { d.title.clone() } else { format!("{}. {}", d.title, d.help) };
        json!({
            "ruleId": d.code,
            "ruleIndex": codes.binary_search(&d.code).unwrap_or_default(),
            "level": d.severity.name(),
            "message": { "text": message },
            "locations": [{ "physicalLocation": {
                "artifactLocation": { "uri": uri(&d.file) },
                "region": {
                    "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column,
                },
            } }],
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "kpi-extract",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": report.findings.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

/// A path as a relative reference, that of a built-in file in the repository: what a URI may not hold is written in per cent.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    let path =
        path.strip_prefix(builtin::PREFIX).map_or_else(|| path.to_owned(), |name| format!("rules/{name}"));
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte as char);
            }
            b'\\' => uri.push('/'),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// A test for each rule, and one for each finding that is about none.
fn junit(report: &Report) -> String {
    let mut suites: BTreeMap<&str, Vec<(&str, Vec<&Finding>)>> = BTreeMap::new();
    let mut about: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        about.entry(&finding.rule).or_default().push(finding);
    }
    for (file, id) in &report.rules {
        suites.entry(file).or_default().push((id, about.remove(id.as_str()).unwrap_or_default()));
    }
    for finding in report.findings.iter().filter(|f| f.rule.is_empty()) {
        suites.entry(&*finding.diagnostic.file).or_default().push((finding.diagnostic.code, vec![finding]));
    }
    let failed =
        |cases: &[(&str, Vec<&Finding>)]| cases.iter().filter(|(_, found)| !found.is_empty()).count();
    let (tests, failures) = suites
        .values()
        .fold((0, 0), |(tests, failures), cases| (tests + cases.len(), failures + failed(cases)));
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"kpi-extract check\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">\n"
    );
    for (file, cases) in suites {
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">",
            escaped(file),
            cases.len(),
            failed(&cases)
        );
        for (name, findings) in cases {
            let _ = write!(xml, "    <testcase name=\"{}\" classname=\"{}\"", escaped(name), escaped(file));
            if findings.is_empty() {
                xml += "/>\n";
                continue;
            }
            xml += ">\n";
            for finding in findings {
                let d = &finding.diagnostic;
                let _ = writeln!(
                    xml,
                    "      <failure type=\"{}\" message=\"{}\">{}</failure>",
                    d.code,
                    escaped(&d.title),
                    escaped(&d.to_string())
                );
            }
            xml += "    </testcase>\n";
        }
        xml += "  </testsuite>\n";
    }
    xml + "</testsuites>\n"
}

/// Text for XML 1.0, which knows no control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\n' => out += "&#10;",
            '\t' => out += "&#9;",
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
