//! `check`: rules compiled, linted and proven, once or whenever a file changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use anstream::AutoStream;
use clap::ColorChoice;
use kpi_extract::{
    check::{self, Finding, Level, Options, Report, snapshot},
    extract::{Context, Extractor},
    rules::{Diagnostic, Rule, RuleSet, Source, SourceError, diagnostic::Severity},
    wording::{counted, one_line},
};
use notify::{RecursiveMode, Watcher};

use super::{
    args::CheckArgs,
    exit::Exit,
    inputs::{Inputs, Request},
    plan::Rules,
    stop::{Stop, shown},
    tables::Tables,
};

/// How long files must have been at rest before they are read again.
const REST: Duration = Duration::from_millis(150);

/// What will be checked, and how it is told.
pub struct Check {
    pub rules: Rules,
    pub paths: Vec<PathBuf>,
    pub args: CheckArgs,
    pub levels: check::Levels,
    pub color: ColorChoice,
}

/// Checks, and with `--watch` checks again until interrupted.
pub fn run(check: &Check) -> Result<Exit, Stop> {
    let report = check.report()?;
    let color = match check.color {
        ColorChoice::Auto => {
            io::stdout().is_terminal() && AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
        }
        ColorChoice::Always => true,
        ColorChoice::Never => false,
    };
    print(&check.args.form.write(&report, color, check.args.clashes))?;
    if check.args.watch {
        return watch(check, report, color);
    }
    Ok(if report.count(Severity::Error) == 0 { Exit::Done } else { Exit::Failed })
}

impl Check {
    fn report(&self) -> Result<Report, Stop> {
        let (sources, mut findings) = read(&self.paths)?;
        let (others, broken) = read(&self.rules.paths)?;
        findings.extend(broken);
        if !findings.is_empty() {
            return Ok(Report { findings, ..Report::default() });
        }
        let corpus = self.corpus()?;
        let options = Options {
            levels: self.levels.clone(),
            corpus,
            general: self.args.general,
            threads: self.threads(),
        };
        let mut report = check::check(&sources, &others, self.rules.builtin, &options);
        // Rules that do not load give no rows to compare.
        let loads = report.tally.rules > 0 || report.findings.is_empty();
        if let (Some(folder), true) = (&self.args.snapshots, loads) {
            let rules: Vec<Source> = others.iter().chain(&sources).cloned().collect();
            let rules = Arc::new(super::rules::compile(&rules, &self.rules)?);
            let documents =
                if self.args.corpus.is_empty() { examples(&rules, &report) } else { options.corpus };
            let found = self.snapshots(folder, rules, &documents)?;
            for mut finding in found {
                match self.levels.of(finding.diagnostic.code) {
                    Level::Allow => continue,
                    Level::Warn => finding.diagnostic.severity = Severity::Warning,
                    Level::Deny => {}
                }
                report.findings.push(finding);
            }
        }
        Ok(report)
    }

    fn threads(&self) -> usize {
        let machine = || thread::available_parallelism().ok();
        self.args.threads.or_else(machine).map_or(1, usize::from)
    }

    fn corpus(&self) -> Result<Vec<(String, Vec<u8>)>, Stop> {
        if self.args.corpus.is_empty() {
            return Ok(vec![]);
        }
        let request = Request::of(self.args.corpus.clone());
        let document = |input: Result<super::inputs::Input, _>| {
            let input = input?;
            let mut bytes = Vec::new();
            input.read(&mut bytes)?;
            Ok((input.name, bytes))
        };
        Inputs::new(request).map(document).collect::<Result<_, _>>().map_err(Stop::Unreadable)
    }

    /// Compares the rows of every document with its table, or writes the tables.
    fn snapshots(
        &self,
        folder: &Path,
        rules: Arc<RuleSet>,
        documents: &[(String, Vec<u8>)],
    ) -> Result<Vec<Finding>, Stop> {
        let extractor = Extractor::new(rules, Context::default());
        let tables = Tables(folder);
        tables.check()?;
        let mut findings = Vec::new();
        for (name, bytes) in documents {
            let path = tables.place(name);
            let mut rows = Vec::new();
            if let Err(error) = extractor.extract(name, bytes, &mut |row| rows.push(row)) {
                return Err(Stop::Unreadable(super::inputs::Failure::new(name, error.to_string())));
            }
            let new = snapshot::table(&rows);
            let old = tables.read(&path)?;
            if old.as_deref() == Some(&*new) {
                continue;
            }
            if self.args.accept {
                tables.write(&path, &new)?;
                continue;
            }
            let (code, title) = match &old {
                None => ("snapshot-missing", format!("{name} has no snapshot")),
                Some(old) => (
                    "snapshot-differs",
                    format!("{name} gives other rows\n{}", snapshot::diff(old, &new).trim_end()),
                ),
            };
            findings.push(about(&path, code, title, "where that is right: the same command with --accept"));
        }
        let roots = if self.args.corpus.is_empty() { &self.paths } else { &self.args.corpus };
        for path in tables.orphans(roots) {
            if self.args.accept {
                fs::remove_file(&path).map_err(|error| Stop::Output(shown(&path), error))?;
                eprintln!("removed {}: its document is gone", one_line(&shown(&path)));
            } else {
                let title = "a snapshot without a document".to_owned();
                findings.push(about(&path, "snapshot-orphan", title, "--accept removes it"));
            }
        }
        Ok(findings)
    }
}

/// A finding about a whole file.
fn about(path: &Path, code: &'static str, title: String, help: &str) -> Finding {
    let diagnostic = Diagnostic::new(code, &shown(path).into(), &Arc::default(), 0..0, title).help(help);
    Finding { diagnostic, rule: String::new() }
}

/// The rule files of these paths. What is no rule file by its bytes is a finding; what is not there is not.
fn read(paths: &[PathBuf]) -> Result<(Vec<Source>, Vec<Finding>), Stop> {
    match Source::read(paths) {
        Ok(sources) => Ok((sources, vec![])),
        Err(SourceError::NotUtf8 { path, text, offset, .. }) => {
            let title = format!("not UTF-8 text: invalid byte at offset {offset}");
            let bad = offset..offset + char::REPLACEMENT_CHARACTER.len_utf8();
            let diagnostic = Diagnostic::new("not-utf8", &shown(&path).into(), &text, bad, title);
            let diagnostic = diagnostic.help("save the file as UTF-8");
            Ok((vec![], vec![Finding { diagnostic, rule: String::new() }]))
        }
        Err(error) => match &error {
            SourceError::TooLarge { path, .. } => {
                Ok((vec![], vec![about(path, "file-too-large", error.to_string(), "split it")]))
            }
            _ => Err(Stop::Unread(error.into())),
        },
    }
}

/// The examples of each rule file as a document, for those who have no reports at hand.
fn examples(rules: &RuleSet, report: &Report) -> Vec<(String, Vec<u8>)> {
    let mut documents: BTreeMap<&str, String> = BTreeMap::new();
    for (file, id) in &report.rules {
        let text = documents.entry(file.strip_prefix("builtin:").unwrap_or(file)).or_default();
        for example in rules.find(id).map(Rule::examples).unwrap_or_default() {
            text.push_str(example.text.get_ref());
            text.push('\n');
        }
    }
    documents.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect()
}

/// Checks again whenever a file changes, and tells what that changed.
fn watch(check: &Check, mut last: Report, color: bool) -> Result<Exit, Stop> {
    let (sender, events) = mpsc::channel();
    let failed = |error: notify::Error| Stop::Unread(anyhow::Error::new(error).context("--watch"));
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = sender.send(());
        }
    })
    .map_err(failed)?;
    for path in check.paths.iter().chain(&check.rules.paths).chain(&check.args.corpus) {
        // Editors put a new file in the old one's place, so that the folder is what stays.
        let (folder, mode) = match path.parent() {
            _ if path.is_dir() => (path.as_path(), RecursiveMode::Recursive),
            Some(parent) if parent != Path::new("") => (parent, RecursiveMode::NonRecursive),
            _ => (Path::new("."), RecursiveMode::NonRecursive),
        };
        watcher.watch(folder, mode).map_err(failed)?;
    }
    while events.recv().is_ok() {
        while events.recv_timeout(REST).is_ok() {}
        match check.report() {
            Ok(report) => {
                print(&changes(&last, &report, color))?;
                last = report;
            }
            // A file that is being replaced is not there for a moment.
            Err(stop) => print(&format!("{stop}\n"))?,
        }
    }
    Ok(Exit::Done)
}

/// What one report has and the other has not; nothing where they are alike.
fn changes(old: &Report, new: &Report, color: bool) -> String {
    let key = |finding: &Finding| {
        let d = &finding.diagnostic;
        (d.code, d.file.to_string(), d.title.clone(), d.help.clone())
    };
    let before: BTreeSet<_> = old.findings.iter().map(key).collect();
    let now: BTreeSet<_> = new.findings.iter().map(key).collect();
    let mut text = String::new();
    for finding in old.findings.iter().filter(|finding| !now.contains(&key(finding))) {
        let d = &finding.diagnostic;
        text += &format!("mended: {} in {}: {}\n", d.code, one_line(&d.file), one_line(&d.title));
    }
    for finding in new.findings.iter().filter(|finding| !before.contains(&key(finding))) {
        text += &format!("{}\n\n", finding.diagnostic.render(color));
    }
    if text.is_empty() {
        return text;
    }
    let [errors, warnings] = [(Severity::Error, "error"), (Severity::Warning, "warning")]
        .map(|(severity, noun)| counted(new.count(severity), noun));
    text + &format!("{errors}, {warnings}\n")
}

/// Prints at once.
pub fn print(text: &str) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|error| Stop::Output("standard output".into(), error))
}
