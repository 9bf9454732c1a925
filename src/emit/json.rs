//! JSON and JSONL.

use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer};

use super::{BUFFER, Cell, Emit, Field, Layout};

/// Writes one object a row.
pub struct Json<W: Write, F> {
    out: BufWriter<W>,
    columns: Vec<F>,
    array: bool,
    begun: bool,
}

impl<W: Write, F: Field> Json<W, F> {
    /// One array, an object a line.
    pub fn array(layout: &Layout<F>, out: W) -> Self {
        Self { array: true, ..Self::lines(layout, out) }
    }

    /// Objects alone, one a line.
    pub fn lines(layout: &Layout<F>, out: W) -> Self {
        let out = BufWriter::with_capacity(BUFFER, out);
        Self { out, columns: layout.columns.clone(), array: false, begun: false }
    }
}

impl<W: Write, F: Field> Emit<F> for Json<W, F> {
    fn row(&mut self, row: &F::Row) -> io::Result<()> {
        if self.array {
            self.out.write_all(if self.begun { b",\n" } else { b"[\n" })?;
        }
        self.begun = true;
        serde_json::to_writer(&mut self.out, &Record::<F> { row, columns: &self.columns })?;
        if self.array { Ok(()) } else { self.out.write_all(b"\n") }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.array {
            self.out.write_all(if self.begun { b"\n]\n" } else { b"[]\n" })?;
        }
        self.out.flush()
    }
}

struct Record<'a, F: Field> {
    row: &'a F::Row,
    columns: &'a [F],
}

impl<F: Field> Serialize for Record<'_, F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.columns.iter().map(|column| (column.name(), column.cell(self.row))))
    }
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Decimal(Some(decimal)) => serializer.collect_str(decimal),
            Self::Decimal(None) => serializer.serialize_none(),
            Self::Integer(integer) => serializer.serialize_u64(*integer as u64),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}
