//! `audit`: figures that contradict one another, of reports or of earlier output.

use std::{
    cell::Cell,
    io::{self, Write},
    rc::Rc,
};

use clap::{
    ColorChoice,
    builder::styling::{AnsiColor, Style},
};
use kpi_extract::{
    audit::{AuditColumn, Auditor, Finding},
    earlier,
    emit::{Emit, Layout},
    extract::{Context, Extractor},
    wording::one_line,
};

use super::{
    args::compare::AuditForm,
    console::Console,
    exit::Exit,
    extract,
    job::{self, Outcome, Report},
    output::{self, Place},
    plan::{Job, Rules},
    rules,
    stop::Stop,
};

/// What is audited.
pub struct Request {
    pub job: Job,
    pub rules: Rules,
    pub context: Context,
    pub form: AuditForm,
    pub color: ColorChoice,
}

/// Does it.
pub fn run(request: Request, console: &mut Console) -> Result<Exit, Stop> {
    let Request { job, rules, context, form, color } = request;
    let rules = extract::load(&rules, console)?;
    let context = rules::context(&rules, context)?;
    let auditor = Auditor::new(Extractor::new(rules, context));
    let read = move |report: &Report<'_>, sink: &mut dyn FnMut(Finding)| {
        if earlier::is_rows(report.bytes) {
            let mut rows = Vec::new();
            earlier::read(report.bytes, &mut |row| rows.push(row)).map_err(|error| error.to_string())?;
            auditor.rows(&rows, sink);
            return Ok(Outcome::Read);
        }
        job::of_report(report, |text| auditor.report(report.name, text, sink))
    };
    let live = job.live;
    let colored = live && output::is_colored(color) || color == ColorChoice::Always;
    let count = Rc::new(Cell::new(0));
    let counter = Rc::clone(&count);
    let exit = job::run(
        job,
        read,
        move |place| {
            let emit = match (form, place) {
                (AuditForm::As(format), place) => job::writer(&Layout::new(format), live, place)?,
                (AuditForm::Human, Place::Stream(out)) => Box::new(Human { out, colored }),
                (AuditForm::Human, Place::Database(_)) => return Err(io::ErrorKind::Unsupported.into()),
            };
            Ok(Box::new(Counted { emit, count: counter }))
        },
        console,
    )?;
    Ok(match (exit, count.get()) {
        (Exit::Failed, _) => Exit::Misused,
        (Exit::Done, 1..) => Exit::Failed,
        (exit, _) => exit,
    })
}

/// Counts what it passes on.
struct Counted<'a> {
    emit: Box<dyn Emit<AuditColumn> + 'a>,
    count: Rc<Cell<usize>>,
}

impl Emit<AuditColumn> for Counted<'_> {
    fn row(&mut self, finding: &Finding) -> io::Result<()> {
        self.count.set(self.count.get() + 1);
        self.emit.row(finding)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.emit.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.emit.finish()
    }

    fn notes(&self) -> Vec<String> {
        self.emit.notes()
    }
}

/// A finding in a few lines: what, the arithmetic, and each sentence with its place.
struct Human<'a> {
    out: &'a mut (dyn Write + Send),
    colored: bool,
}

impl Emit<AuditColumn> for Human<'_> {
    fn row(&mut self, finding: &Finding) -> io::Result<()> {
        let bold = Style::new().bold();
        let [head, place] =
            if self.colored { [bold.fg_color(Some(AnsiColor::Red.into())), bold] } else { [Style::new(); 2] };
        let mut text = format!("{head}{}{head:#}: {}\n", finding.check.name(), one_line(&finding.arithmetic));
        for quote in &finding.quotes {
            let (document, line) = (one_line(&finding.document), quote.line);
            text += &format!("  {place}{document}:{line}{place:#}: {}\n", one_line(&quote.text));
        }
        self.out.write_all(text.as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
