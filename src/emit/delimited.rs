//! CSV and TSV.

use std::io::{self, Write};

use super::{BUFFER, Cell, Emit, Field, Layout, formula};

/// Writes one line a row.
pub struct Delimited<W: Write, F> {
    writer: csv::Writer<W>,
    columns: Vec<F>,
    raw_cells: bool,
    digits: Vec<u8>,
}

impl<W: Write, F: Field> Delimited<W, F> {
    /// Writes the byte-order mark and the header, as far as `layout` has them.
    pub fn new(layout: &Layout<F>, delimiter: u8, mut out: W) -> io::Result<Self> {
        if layout.bom {
            out.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(BUFFER)
            .from_writer(out);
        if layout.header {
            writer.write_record(layout.columns.iter().map(|column| column.name())).map_err(unwrapped)?;
        }
        Ok(Self { writer, columns: layout.columns.clone(), raw_cells: layout.raw_cells, digits: Vec::new() })
    }

    fn cell(&mut self, name: &str, cell: Cell) -> io::Result<()> {
        self.digits.clear();
        match cell {
            Cell::Text(text) if self.raw_cells => self.writer.write_field(text),
            Cell::Text(text) => self.writer.write_field(formula::defuse(text).as_bytes()),
            Cell::Decimal(None) | Cell::Flag(false) => self.writer.write_field(""),
            Cell::Flag(true) => self.writer.write_field(name),
            Cell::Decimal(Some(decimal)) => {
                write!(self.digits, "{decimal}")?;
                self.writer.write_field(&self.digits)
            }
            Cell::Integer(integer) => {
                write!(self.digits, "{integer}")?;
                self.writer.write_field(&self.digits)
            }
        }
        .map_err(unwrapped)
    }
}

impl<W: Write, F: Field> Emit<F> for Delimited<W, F> {
    fn row(&mut self, row: &F::Row) -> io::Result<()> {
        for index in 0..self.columns.len() {
            let column = self.columns[index];
            self.cell(column.name(), column.cell(row))?;
        }
        self.writer.write_record(None::<&[u8]>).map_err(unwrapped)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The error itself: the conversion that `csv` offers hides its kind, and a closed pipe is told by that.
fn unwrapped(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}
