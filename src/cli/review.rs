//! `review`: all inputs, reports or earlier output, as one page.

use std::io;

use kpi_extract::{
    earlier,
    emit::Emit,
    extract::{Context, Extractor},
    review::{Leaf, Leaves, Page},
};

use super::{
    console::Console,
    exit::Exit,
    extract,
    job::{self, Outcome, Report},
    output::Place,
    plan::{Job, Rules},
    rules,
    stop::Stop,
};

/// A page that was asked for.
pub struct Request {
    /// What is read, and where the page goes.
    pub job: Job,
    /// The rules for reports.
    pub rules: Rules,
    /// What holds where a report does not say.
    pub context: Context,
    /// Whether earlier output is shown, too, and not passed over.
    pub earlier: bool,
}

/// Writes it.
pub fn run(request: Request, console: &mut Console) -> Result<Exit, Stop> {
    let Request { job, rules, context, earlier: with_earlier } = request;
    let rules = extract::load(&rules, console)?;
    let context = rules::context(&rules, context)?;
    let extractor = Extractor::new(rules, context);
    let read = move |report: &Report<'_>, sink: &mut dyn FnMut(Leaf)| {
        if with_earlier && earlier::is_rows(report.bytes) {
            let mut rows = Vec::new();
            earlier::read(report.bytes, &mut |row| rows.push(row)).map_err(|error| error.to_string())?;
            Leaf::of_rows(rows).into_iter().for_each(sink);
            return Ok(Outcome::Read);
        }
        if job::is_output(report.bytes) {
            return Ok(Outcome::Passed);
        }
        let (leaf, counts) =
            Leaf::read(&extractor, report.name, &report.text()?).map_err(|error| error.to_string())?;
        sink(leaf);
        Ok(Outcome::Extracted(counts))
    };
    job::run(job, read, open, console)
}

fn open<'a>(place: Place<'a>) -> io::Result<Box<dyn Emit<Leaves> + 'a>> {
    match place {
        Place::Stream(out) => Ok(Box::new(Page::new(out))),
        Place::Database(_) => Err(io::ErrorKind::Unsupported.into()),
    }
}
