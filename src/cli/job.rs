//! A job: a table made of all inputs, in their order, written to one output.

use std::{
    io, mem,
    panic::{self, AssertUnwindSafe},
};

use kpi_extract::{
    decode,
    emit::{Emit, Field},
};

use super::{
    console::{Console, Tally},
    exit::Exit,
    inputs::{Failure, Input, Inputs},
    plan::Job,
    pool,
    stop::Stop,
};

/// Rows that pass from stage to stage at a time.
const BATCH: usize = 256;

/// What makes rows of one document, its name and its bytes, and hands them on.
pub trait Read<R>: FnMut(&str, &[u8], &mut dyn FnMut(R)) -> Result<(), decode::Error> {}

impl<R, T: FnMut(&str, &[u8], &mut dyn FnMut(R)) -> Result<(), decode::Error>> Read<R> for T {}

/// What stands between the rows and their writer: nothing, or what gathers them.
pub type Dress<F> = for<'a> fn(Box<dyn Emit<F> + 'a>) -> Box<dyn Emit<F> + 'a>;

/// Does it, each thread with a copy of `read`.
pub fn run<F: Field>(
    job: Job<F>,
    read: impl Read<F::Row> + Clone + Send + 'static,
    dress: Dress<F>,
    console: &mut Console,
) -> Result<Exit, Stop> {
    let name = job.target.name();
    let unwritable = |error| Stop::Output(name.clone(), error);
    let mut output = job.target.open()?;
    let emit = dress(job.layout.writer(output.writer()).map_err(unwritable)?);

    let inputs = Inputs::new(job.inputs);
    let threads = if inputs.is_single() { 1 } else { job.threads };
    let mut reader = Reader { read, buffer: Vec::new() };
    let mut table = Table { emit, live: job.live, console: &mut *console, tally: Tally::default() };
    let work = move |input, sink: &mut dyn FnMut(Step<F::Row>)| reader.read(input, sink);
    pool::run(threads, inputs, work, |step| table.take(step)).map_err(unwritable)?;
    table.emit.finish().map_err(unwritable)?;
    let tally = table.tally;
    drop(table);
    output.commit().map_err(unwritable)?;
    console.close(tally);
    Ok(if tally.failures > 0 { Exit::Failed } else { Exit::Done })
}

/// What comes of one document: its rows, then how it ended.
enum Step<R> {
    Rows(Vec<R>),
    /// Output of an earlier run, by its name: no report.
    Passed(String),
    End(Result<(), Failure>),
}

/// Makes rows of documents, one after the other.
#[derive(Clone)]
struct Reader<T> {
    read: T,
    buffer: Vec<u8>,
}

impl<T> Reader<T> {
    fn read<R>(&mut self, input: Result<Input, Failure>, sink: &mut dyn FnMut(Step<R>))
    where
        T: Read<R>,
    {
        let mut batch = Vec::new();
        let ended = input.and_then(|input| {
            input.read(&mut self.buffer)?;
            if is_output(&self.buffer) {
                sink(Step::Passed(input.name));
                return Ok(());
            }
            self.rows(&input, &mut |row| {
                batch.push(row);
                if batch.len() == BATCH {
                    sink(Step::Rows(mem::take(&mut batch)));
                }
            })
        });
        if !batch.is_empty() {
            sink(Step::Rows(batch));
        }
        sink(Step::End(ended));
    }

    /// A defect that a document brings out must not cost the rows of the others, so that panics end here.
    fn rows<R>(&mut self, input: &Input, sink: &mut dyn FnMut(R)) -> Result<(), Failure>
    where
        T: Read<R>,
    {
        let read = || (self.read)(&input.name, &self.buffer, sink);
        match panic::catch_unwind(AssertUnwindSafe(read)) {
            Ok(ended) => ended.map_err(|error| Failure::new(&input.name, error.to_string())),
            Err(_) => Err(Failure::new(&input.name, "a defect of kpi-extract, please report it")),
        }
    }
}

/// How tables of ours begin: a header of their columns, or an object with them.
const STARTS: [&str; 7] = [
    "indicator,value,unit,",
    "indicator\tvalue\tunit\t",
    "indicator,category,value,",
    "{\"indicator\":\"",
    "raw,value,high,unit,",
    "raw\tvalue\thigh\tunit\t",
    "{\"raw\":\"",
];

/// Whether this is a table that we wrote.
pub fn is_output(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let bytes = bytes.trim_ascii_start();
    let bytes = bytes.strip_prefix(b"[").map_or(bytes, <[u8]>::trim_ascii_start);
    STARTS.iter().any(|start| bytes.starts_with(start.as_bytes()))
}

/// The rows on their way out, and what is said meanwhile.
struct Table<'a, 'c, F: Field> {
    emit: Box<dyn Emit<F> + 'a>,
    live: bool,
    console: &'c mut Console,
    tally: Tally,
}

impl<F: Field> Table<'_, '_, F> {
    fn take(&mut self, step: Step<F::Row>) -> io::Result<()> {
        match step {
            Step::Rows(rows) => {
                for row in &rows {
                    self.emit.row(row)?;
                }
                self.tally.rows += rows.iter().map(F::weight).sum::<u64>();
            }
            Step::Passed(name) => {
                self.console.warn(format_args!("{name}: rows of an earlier run, passed over"));
            }
            Step::End(Ok(())) => {
                self.tally.documents += 1;
                if self.live {
                    self.emit.flush()?;
                }
            }
            Step::End(Err(failure)) => {
                self.tally.failures += 1;
                self.console.failure(&failure);
            }
        }
        self.console.progress(self.tally);
        Ok(())
    }
}
