//! JSON and JSONL.

use std::io::{self, BufWriter, Write};

use serde::{Serialize, Serializer};

use super::{BUFFER, Cell, Column, Emit, Layout};
use crate::row::Row;

/// Writes one object a row.
pub struct Json<W: Write> {
    out: BufWriter<W>,
    columns: Vec<Column>,
    array: bool,
    begun: bool,
}

impl<W: Write> Json<W> {
    /// One array, an object a line.
    pub fn array(layout: &Layout, out: W) -> Self {
        Self { array: true, ..Self::lines(layout, out) }
    }

    /// Objects alone, one a line.
    pub fn lines(layout: &Layout, out: W) -> Self {
        let out = BufWriter::with_capacity(BUFFER, out);
        Self { out, columns: layout.columns.clone(), array: false, begun: false }
    }
}

impl<W: Write> Emit for Json<W> {
    fn row(&mut self, row: &Row) -> io::Result<()> {
        if self.array {
            self.out.write_all(if self.begun { b",\n" } else { b"[\n" })?;
        }
        self.begun = true;
        serde_json::to_writer(&mut self.out, &Record { row, columns: &self.columns })?;
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

struct Record<'a> {
    row: &'a Row,
    columns: &'a [Column],
}

impl Serialize for Record<'_> {
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
