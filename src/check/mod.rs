//! The proof of rules: every example and counter-example, also written otherwise, every rule on the examples of all
//! others, and lints; what `kpi-extract check` runs.

mod clash;
mod lint;
pub mod output;
mod proof;
pub mod rewrite;
pub mod snapshot;
mod statics;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

pub use clash::{Clash, Reason};
pub use lint::{LINTS, Level, Levels, Lint};

use crate::rules::{Diagnostic, RuleErrors, RuleSet, Source, diagnostic::Severity};

/// One thing that is wrong, with the rule that it is about.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What, where, and how to mend it.
    pub diagnostic: Diagnostic,
    /// Id of the rule; empty where it is about none.
    pub rule: String,
}

/// What was proven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rules.
    pub rules: usize,
    /// Examples.
    pub examples: usize,
    /// Counter-examples.
    pub refuses: usize,
    /// Examples written otherwise.
    pub rewritten: usize,
    /// Ways of writing that do not apply to an example.
    pub skipped: usize,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What is wrong, by file and place.
    pub findings: Vec<Finding>,
    /// Which rules claim the same quantities under different names.
    pub clashes: Vec<Clash>,
    /// What was proven.
    pub tally: Tally,
    /// Ids of the rules that were checked with their files, by file and id.
    pub rules: Vec<(String, String)>,
}

/// How rules are checked.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which lints are on.
    pub levels: Levels,
    /// Reports by name; `too-general` counts their clauses.
    pub corpus: Vec<(String, Vec<u8>)>,
    /// Per cent of the corpus' readings from which a rule is too general.
    pub general: f64,
    /// How many threads.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { levels: Levels::default(), corpus: vec![], general: 5.0, threads: 1 }
    }
}

/// Checks `sources` on top of the built-in rules (unless `builtin` is false) and `others`; the built-in files
/// themselves where there are no sources.
pub fn check(sources: &[Source], others: &[Source], builtin: bool, options: &Options) -> Report {
    let own = crate::rules::builtin::sources();
    let base: &[Source] = if sources.is_empty() || !builtin { &[] } else { &own };
    let files = if sources.is_empty() { &own } else { sources };
    let loaded: Vec<Source> = others.iter().chain(sources).cloned().collect();
    let rules = match (loaded.is_empty(), builtin) {
        (true, true) => RuleSet::builtin(),
        _ => match RuleSet::load(&loaded, builtin) {
            Ok(rules) => Arc::new(rules),
            Err(errors) => return broken(errors),
        },
    };
    let names: BTreeSet<&str> = files.iter().map(|source| source.name.as_str()).collect();
    let scope: Vec<usize> =
        (0..rules.rules().len()).filter(|&i| names.contains(&*rules.rules()[i].file)).collect();

    let mut report = Report::default();
    report.findings.extend(statics::lint(files, base));
    let proofs = parallel(&scope, options.threads, |&index| proof::prove(&rules, index));
    let mut fired = vec![clash::Fired::default(); rules.rules().len()];
    let mut matrix = clash::Matrix::default();
    for proof in proofs {
        report.findings.extend(proof.findings);
        report.tally.add(proof.tally);
        clash::count(&proof.contests, &rules, &mut fired, &mut matrix);
    }
    report.clashes = matrix.clashes;
    report.findings.extend(lint::rules(&rules, &scope, &fired));
    report.findings.extend(clash::findings(&rules, &names, &report.clashes));
    report.findings.extend(lint::general(&rules, &scope, options));
    report.rules = scope
        .iter()
        .map(|&index| (rules.rules()[index].file.to_string(), rules.rules()[index].id.to_string()))
        .collect();
    report.rules.sort();
    report.finish(&options.levels);
    report
}

/// Rules that do not load.
fn broken(errors: RuleErrors) -> Report {
    let finding = |diagnostic| Finding { diagnostic, rule: String::new() };
    let mut report = Report { findings: errors.0.into_iter().map(finding).collect(), ..Report::default() };
    report.finish(&Levels::default());
    report
}

impl Report {
    /// Drops what is allowed, sets how bad the rest is, and sorts it by place.
    fn finish(&mut self, levels: &Levels) {
        self.findings.retain_mut(|finding| match levels.of(finding.diagnostic.code) {
            Level::Allow => false,
            Level::Warn => {
                finding.diagnostic.severity = Severity::Warning;
                true
            }
            Level::Deny => {
                finding.diagnostic.severity = Severity::Error;
                true
            }
        });
        self.findings.sort_by(|a, b| {
            let key = |f: &Finding| {
                let d = &f.diagnostic;
                (d.file.to_string(), d.span.start, d.span.end, d.code, d.title.clone())
            };
            key(a).cmp(&key(b))
        });
    }

    /// How many findings are this bad.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.diagnostic.severity == severity).count()
    }
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.rules += other.rules;
        self.examples += other.examples;
        self.refuses += other.refuses;
        self.rewritten += other.rewritten;
        self.skipped += other.skipped;
    }
}

/// What `work` makes of each job, in their order.
fn parallel<J: Sync, R: Send>(jobs: &[J], threads: usize, work: impl Fn(&J) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(jobs.len()));
    thread::scope(|scope| {
        for _ in 0..threads.clamp(1, jobs.len().max(1)) {
            scope.spawn(|| {
                while let index = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(job) = jobs.get(index)
                {
                    let result = work(job);
                    if let Ok(mut done) = done.lock() {
                        done.push((index, result));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
