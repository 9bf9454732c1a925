//! The main job: rows of all inputs, in their order, to one output.

use std::io;

use kpi_extract::{emit::Emit, extract::Extractor, row::Row};

use super::{
    console::{Console, Tally},
    exit::Exit,
    inputs::{Failure, Input, Inputs},
    plan::Extraction,
    pool, rules,
    stop::Stop,
};

/// Does it.
pub fn run(extraction: Extraction, console: &mut Console) -> Result<Exit, Stop> {
    let rules = rules::load(&extraction.rules)?;
    if extraction.rules.is_none() {
        console.warn("no rules are in force: `--no-builtin-rules` without `--rules`");
    }
    let extractor = Extractor::new(rules, extraction.context);
    let name = extraction.target.name();
    let unwritable = |error| Stop::Output(name.clone(), error);

    let mut output = extraction.target.open()?;
    let emit = extraction.layout.writer(output.writer()).map_err(unwritable)?;
    let mut table = Table { emit, console: &mut *console, tally: Tally::default(), broken: None };
    let inputs = Inputs::new(extraction.inputs);
    match extraction.threads {
        1 => alone(&extractor, inputs, &mut table).map_err(unwritable)?,
        threads => pool::run(threads, &extractor, inputs, &mut table, &unwritable)?,
    }
    table.emit.finish().map_err(unwritable)?;
    let tally = table.tally;
    drop(table);
    output.commit().map_err(unwritable)?;
    console.close(tally);
    Ok(if tally.failures > 0 { Exit::Failed } else { Exit::Done })
}

fn alone(extractor: &Extractor, inputs: Inputs, table: &mut Table) -> io::Result<()> {
    let mut buffer = Vec::new();
    for input in inputs {
        let ended = input.and_then(|input| read(extractor, &input, &mut buffer, &mut |row| table.row(&row)));
        table.end(ended)?;
    }
    Ok(())
}

/// Hands the rows of one document to `sink`; `buffer` is only lent, to be used again.
pub fn read(
    extractor: &Extractor,
    input: &Input,
    buffer: &mut Vec<u8>,
    sink: &mut dyn FnMut(Row),
) -> Result<(), Failure> {
    input.read(buffer)?;
    extractor.extract(&input.name, buffer, sink).map_err(|error| Failure::new(&input.name, error.to_string()))
}

/// The rows on their way out, and what is said meanwhile.
pub struct Table<'a> {
    emit: Box<dyn Emit + 'a>,
    console: &'a mut Console,
    tally: Tally,
    broken: Option<io::Error>,
}

impl Table<'_> {
    /// Writes one row. An error shows at the end of the document, since extraction cannot be stopped in its midst.
    pub fn row(&mut self, row: &Row) {
        if self.broken.is_none() {
            self.broken = self.emit.row(row).err();
            self.tally.rows += 1;
        }
    }

    /// Writes some rows of a document.
    pub fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            self.row(row);
        }
        self.console.progress(self.tally);
        self.broken.take().map_or(Ok(()), Err)
    }

    /// Takes note that a document has ended.
    pub fn end(&mut self, ended: Result<(), Failure>) -> io::Result<()> {
        match ended {
            Ok(()) => self.tally.documents += 1,
            Err(failure) => {
                self.tally.failures += 1;
                self.console.failure(&failure);
            }
        }
        self.rows(&[])
    }
}
