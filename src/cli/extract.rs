//! The main job: rows of all inputs.

use kpi_extract::extract::Extractor;

use super::{console::Console, exit::Exit, job, plan::Extraction, rules, stop::Stop};

/// Does it.
pub fn run(extraction: Extraction, console: &mut Console) -> Result<Exit, Stop> {
    let rules = rules::load(&extraction.rules)?;
    for note in rules.notes() {
        console.note(note);
    }
    if extraction.rules.is_none() {
        console.warn("no rules are in force: `--no-builtin-rules` without `--rules`");
    }
    let extractor = Extractor::new(rules, extraction.context);
    let read = move |name: &str, bytes: &[u8], sink: &mut dyn FnMut(_)| extractor.extract(name, bytes, sink);
    job::run(extraction.job, read, |emit| emit, console)
}
