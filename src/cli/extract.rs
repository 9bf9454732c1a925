//! The main job: rows of all inputs.

use std::sync::Arc;

use kpi_extract::{extract::Extractor, row::Row, rules::RuleSet};

use super::{
    console::Console,
    exit::Exit,
    job::{self, Outcome, Read, Report},
    plan::{Extraction, Rules},
    rules,
    stop::Stop,
};

/// Does it.
pub fn run(extraction: Extraction, console: &mut Console) -> Result<Exit, Stop> {
    let Extraction { job, mut layout, rules, context } = extraction;
    let rules = load(&rules, console)?;
    let context = rules::context(&rules, context)?;
    layout.rules = Some(Arc::clone(&rules));
    let live = job.live;
    job::run(job, reader(Extractor::new(rules, context)), |place| job::writer(&layout, live, place), console)
}

/// The rules, with a word on what is odd about them.
pub fn load(asked: &Rules, console: &mut Console) -> Result<Arc<RuleSet>, Stop> {
    let rules = rules::load(asked)?;
    for note in rules.notes() {
        console.note(note);
    }
    if asked.is_none() {
        console.warn("no rules are in force: `--no-builtin-rules` without `--rules`");
    }
    Ok(rules)
}

/// What makes rows of reports, and passes over the output of an earlier run.
pub fn reader(extractor: Extractor) -> impl Read<Row> + Clone + Send + 'static {
    move |report: &Report<'_>, sink: &mut dyn FnMut(_)| {
        if job::is_output(report.bytes) { Ok(Outcome::Passed) } else { read(&extractor, report, sink) }
    }
}

/// The rows of a report.
pub fn read(
    extractor: &Extractor,
    report: &Report<'_>,
    sink: &mut dyn FnMut(Row),
) -> Result<Outcome, String> {
    extractor
        .extract(report.name, &report.text()?, sink)
        .map(Outcome::Extracted)
        .map_err(|error| error.to_string())
}
