//! The main job: rows of all inputs, in their order, to one output.

use std::{
    io, mem,
    panic::{self, AssertUnwindSafe},
};

use kpi_extract::{emit::Emit, extract::Extractor, row::Row};

use super::{
    console::{Console, Tally},
    exit::Exit,
    inputs::{Failure, Input, Inputs},
    plan::Extraction,
    pool, rules,
    stop::Stop,
};

/// Rows that pass from stage to stage at a time.
const BATCH: usize = 256;

/// Does it.
pub fn run(extraction: Extraction, console: &mut Console) -> Result<Exit, Stop> {
    let rules = rules::load(&extraction.rules)?;
    for note in rules.notes() {
        console.note(note);
    }
    if extraction.rules.is_none() {
        console.warn("no rules are in force: `--no-builtin-rules` without `--rules`");
    }
    let name = extraction.target.name();
    let unwritable = |error| Stop::Output(name.clone(), error);
    let mut output = extraction.target.open()?;
    let emit = extraction.layout.writer(output.writer()).map_err(unwritable)?;

    let inputs = Inputs::new(extraction.inputs);
    let threads = if inputs.is_single() { 1 } else { extraction.threads };
    let mut reader = Reader { extractor: Extractor::new(rules, extraction.context), buffer: Vec::new() };
    let mut table = Table { emit, live: extraction.live, console: &mut *console, tally: Tally::default() };
    let work = move |input, sink: &mut dyn FnMut(Step)| reader.read(input, sink);
    pool::run(threads, inputs, work, |step| table.take(step)).map_err(unwritable)?;
    table.emit.finish().map_err(unwritable)?;
    let tally = table.tally;
    drop(table);
    output.commit().map_err(unwritable)?;
    console.close(tally);
    Ok(if tally.failures > 0 { Exit::Failed } else { Exit::Done })
}

/// What comes of one document: its rows, then how it ended.
enum Step {
    Rows(Vec<Row>),
    /// Output of an earlier run, by its name: no report.
    Passed(String),
    End(Result<(), Failure>),
}

/// Makes rows of documents, one after the other.
#[derive(Clone)]
struct Reader {
    extractor: Extractor,
    buffer: Vec<u8>,
}

impl Reader {
    fn read(&mut self, input: Result<Input, Failure>, sink: &mut dyn FnMut(Step)) {
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
    fn rows(&mut self, input: &Input, sink: &mut dyn FnMut(Row)) -> Result<(), Failure> {
        let extract = || self.extractor.extract(&input.name, &self.buffer, sink);
        match panic::catch_unwind(AssertUnwindSafe(extract)) {
            Ok(ended) => ended.map_err(|error| Failure::new(&input.name, error.to_string())),
            Err(_) => Err(Failure::new(&input.name, "a defect of kpi-extract, please report it")),
        }
    }
}

/// Whether these are rows that we wrote: a header of our columns, or objects with them.
fn is_output(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let bytes = bytes.trim_ascii_start();
    let bytes = bytes.strip_prefix(b"[").map_or(bytes, <[u8]>::trim_ascii_start);
    ["indicator,value,unit,", "indicator\tvalue\tunit\t", "indicator,category,value,", "{\"indicator\":\""]
        .iter()
        .any(|start| bytes.starts_with(start.as_bytes()))
}

/// The rows on their way out, and what is said meanwhile.
struct Table<'a> {
    emit: Box<dyn Emit + 'a>,
    live: bool,
    console: &'a mut Console,
    tally: Tally,
}

impl Table<'_> {
    fn take(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::Rows(rows) => {
                for row in &rows {
                    self.emit.row(row)?;
                }
                self.tally.rows += rows.len() as u64;
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
