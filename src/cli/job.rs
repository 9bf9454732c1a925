//! A job: a table made of all inputs, in their order, written to one output.

use std::{
    cell::RefCell,
    fs, io, mem,
    panic::{self, AssertUnwindSafe},
    path::PathBuf,
};

use kpi_extract::{
    decode::{self, Flaw, Text},
    earlier,
    emit::{Emit, Field, Layout},
    extract::Counts,
    review,
};

use super::{
    console::{Console, Tally},
    exit::Exit,
    inputs::{Failure, Input, Inputs},
    output::{Place, Shown},
    plan::Job,
    pool,
    stop::Stop,
};

/// Rows that pass from stage to stage at a time.
const BATCH: usize = 256;

/// What became of a document.
pub enum Outcome {
    /// It was a report, with so many figures.
    Extracted(Counts),
    /// It was read, and its figures were not counted.
    Read,
    /// It is output of an earlier run and no report.
    Passed,
}

/// One document as its bytes, and its text for whom they are a report.
pub struct Report<'r> {
    pub name: &'r str,
    pub bytes: &'r [u8],
    input: &'r Input,
    flaws: RefCell<Vec<Flaw>>,
}

impl<'r> Report<'r> {
    /// Its text; what of it could not be read is told after its rows.
    pub fn text(&self) -> Result<Text<'r>, String> {
        let text = self.input.decode(self.bytes).map_err(|failure| failure.cause)?;
        self.flaws.replace(text.flaws.clone());
        Ok(text)
    }
}

/// What makes rows of one document and hands them on.
pub trait Read<R>: FnMut(&Report<'_>, &mut dyn FnMut(R)) -> Result<Outcome, String> {}

impl<R, T: FnMut(&Report<'_>, &mut dyn FnMut(R)) -> Result<Outcome, String>> Read<R> for T {}

/// The writer of a layout onto an open output.
pub fn writer<'a, F: Field>(
    layout: &Layout<F>,
    live: bool,
    place: Place<'a>,
) -> io::Result<Box<dyn Emit<F> + 'a>> {
    match place {
        Place::Stream(stream) if live => layout.writer(Shown::new(stream)),
        Place::Stream(stream) => layout.writer(stream),
        Place::Database(path) => layout.appender(path).map(|writer| writer as Box<dyn Emit<F> + 'a>),
    }
}

/// Does it, each thread with a copy of `read`; `open` makes the writer.
pub fn run<F: Field>(
    job: Job,
    read: impl Read<F::Row> + Clone + Send + 'static,
    open: impl for<'a> FnOnce(Place<'a>) -> io::Result<Box<dyn Emit<F> + 'a>>,
    console: &mut Console,
) -> Result<Exit, Stop> {
    let name = job.target.name();
    let unwritable = |error| Stop::Output(name.clone(), error);
    let mut output = job.target.open(job.append)?;
    let emit = open(output.place()).map_err(unwritable)?;

    console.expect(&job.inputs);
    let inputs = Inputs::new(job.inputs);
    let threads = if inputs.is_single() { 1 } else { job.threads };
    let output_file = job.target.path().and_then(|path| fs::canonicalize(path).ok());
    let (live, strict) = (job.live, job.strict);
    let mut table = Table { emit, live, strict, console: &mut *console, tally: Tally::default() };
    let output_file = output_file.filter(|path| path.is_file());
    each(inputs, threads, read, output_file, |step| table.take(step)).map_err(unwritable)?;
    table.emit.finish().map_err(unwritable)?;
    for note in table.emit.notes() {
        table.console.warn(format_args!("{name}: {note}"));
    }
    let tally = table.tally;
    drop(table);
    output.commit().map_err(unwritable)?;
    if tally.damaged > 0 {
        let fate = if job.strict { "left out" } else { "flagged `damaged`; `--strict` leaves them out" };
        console.warn(format_args!("figures that may have lost a digit: {} ({fate})", tally.damaged));
    }
    console.close(tally);
    Ok(if tally.failures > 0 { Exit::Failed } else { Exit::Done })
}

/// Reads all inputs, each thread with a copy of `read`, and hands what comes of them to `take`, in their order.
/// `output` is the file that will be replaced.
pub fn each<R: Send + 'static, E>(
    inputs: Inputs,
    threads: usize,
    read: impl Read<R> + Clone + Send + 'static,
    output: Option<PathBuf>,
    take: impl FnMut(Step<R>) -> Result<(), E>,
) -> Result<(), E> {
    let mut reader = Reader { read, buffer: Vec::new(), output };
    pool::run(threads, inputs, move |input, sink: &mut dyn FnMut(Step<R>)| reader.read(input, sink), take)
}

/// What comes of one document: its rows, then how it ended.
pub enum Step<R> {
    /// Some of its rows.
    Rows(Vec<R>),
    /// The output is this input.
    Clash(String),
    /// Some of it could not be read.
    Flaw(Failure),
    /// By its name.
    End(String, Result<Outcome, Failure>),
}

/// Makes rows of documents, one after the other.
#[derive(Clone)]
struct Reader<T> {
    read: T,
    buffer: Vec<u8>,
    /// What will be replaced.
    output: Option<PathBuf>,
}

impl<T> Reader<T> {
    fn read<R>(&mut self, input: Result<Input, Failure>, sink: &mut dyn FnMut(Step<R>))
    where
        T: Read<R>,
    {
        let mut batch = Vec::new();
        let name = match &input {
            Ok(input) => input.name.clone(),
            Err(failure) => failure.name.clone(),
        };
        let ended = input.and_then(|input| {
            if self.output.as_deref().is_some_and(|output| input.is_at(output)) {
                sink(Step::Clash(input.name.clone()));
            }
            input.read(&mut self.buffer)?;
            let mut flaws = Vec::new();
            let ended = self.rows(&input, &mut flaws, &mut |row| {
                batch.push(row);
                if batch.len() == BATCH {
                    sink(Step::Rows(mem::take(&mut batch)));
                }
            });
            for flaw in flaws {
                sink(Step::Flaw(flaw));
            }
            ended
        });
        if !batch.is_empty() {
            sink(Step::Rows(batch));
        }
        sink(Step::End(name, ended));
    }

    /// A defect that a document brings out must not cost the rows of the others, so that panics end here.
    fn rows<R>(
        &mut self,
        input: &Input,
        flaws: &mut Vec<Failure>,
        sink: &mut dyn FnMut(R),
    ) -> Result<Outcome, Failure>
    where
        T: Read<R>,
    {
        let report = Report { name: &input.name, bytes: &self.buffer, input, flaws: RefCell::default() };
        let read = || (self.read)(&report, sink);
        let ended = panic::catch_unwind(AssertUnwindSafe(read));
        flaws.extend(report.flaws.take().iter().map(|flaw| Failure::new(&input.name, flaw.to_string())));
        match ended {
            Ok(ended) => ended.map_err(|error| Failure::new(&input.name, error)),
            Err(_) => Err(Failure::new(&input.name, "a defect of kpi-extract, please report it")),
        }
    }
}

/// How other lists of ours begin: a header of their columns, or an object with them; and how a page of ours does.
const STARTS: [&str; 6] = [
    review::START,
    "raw,value,high,unit,",
    "raw\tvalue\thigh\tunit\t",
    "raw,district,district_code,",
    "raw\tdistrict\tdistrict_code\t",
    "{\"raw\":\"",
];

/// Whether this is a table that we wrote.
pub fn is_output(whole: &[u8]) -> bool {
    let bytes = whole;
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let bytes = bytes.trim_ascii_start();
    let bytes = bytes.strip_prefix(b"[").map_or(bytes, <[u8]>::trim_ascii_start);
    STARTS.iter().any(|start| bytes.starts_with(start.as_bytes())) || earlier::is_rows(whole)
}

/// What comes of a report, which earlier output is not.
pub fn of_report(
    report: &Report<'_>,
    read: impl FnOnce(&Text<'_>) -> Result<(), decode::Error>,
) -> Result<Outcome, String> {
    if is_output(report.bytes) {
        return Ok(Outcome::Passed);
    }
    read(&report.text()?).map(|()| Outcome::Read).map_err(|error| error.to_string())
}

/// The rows on their way out, and what is said meanwhile.
struct Table<'a, 'c, F: Field> {
    emit: Box<dyn Emit<F> + 'a>,
    live: bool,
    strict: bool,
    console: &'c mut Console,
    tally: Tally,
}

impl<F: Field> Table<'_, '_, F> {
    fn take(&mut self, step: Step<F::Row>) -> io::Result<()> {
        match step {
            Step::Rows(rows) => {
                for row in &rows {
                    let damaged = F::is_damaged(row);
                    self.tally.damaged += u64::from(damaged);
                    if !(damaged && self.strict) {
                        self.emit.row(row)?;
                        self.tally.rows += F::weight(row);
                    }
                }
            }
            Step::Clash(name) => {
                let problem = format!("is an input, too: `{name}`");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
            }
            Step::Flaw(failure) => {
                self.tally.failures += 1;
                self.console.failure(&failure);
            }
            Step::End(name, Ok(Outcome::Passed)) => {
                self.console.warn(format_args!("{name}: rows of an earlier run, passed over"));
            }
            Step::End(_, Ok(outcome)) => {
                self.tally.documents += 1;
                if let Outcome::Extracted(counts) = outcome {
                    self.tally.counts.get_or_insert_default().add(counts);
                }
                if self.live {
                    self.emit.flush()?;
                }
            }
            Step::End(_, Err(failure)) => {
                self.tally.failures += 1;
                self.console.failure(&failure);
            }
        }
        self.console.progress(self.tally);
        Ok(())
    }
}
