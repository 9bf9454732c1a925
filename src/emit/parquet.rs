//! Parquet: typed columns for data frames. Numbers stay exact (`decimal128(38, 10)`), text is dictionary-encoded.

use std::{
    io::{self, BufWriter, Write},
    mem,
    sync::Arc,
};

use parquet::{
    basic::{Compression, LogicalType, Repetition, Type as Physical},
    data_type::{BoolType, ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int64Type},
    errors::ParquetError,
    file::{
        properties::WriterProperties,
        writer::{SerializedColumnWriter, SerializedFileWriter},
    },
    schema::types::{Type, TypePtr},
};
use rust_decimal::Decimal;

use super::{
    BUFFER, Cell, Emit, Field, Holds, Layout,
    decimal::{PRECISION, SCALE, misfit, unscaled},
};

/// Rows that are gathered before they are written.
const GROUP: usize = 65_536;

/// Gathers rows column by column and writes them in groups.
pub struct Parquet<W: Write + Send, F: Field> {
    writer: SerializedFileWriter<BufWriter<W>>,
    columns: Vec<(F, Values)>,
    rows: u64,
    gathered: usize,
}

/// The values of one column.
enum Values {
    Text(Vec<ByteArray>),
    /// With whether each row has one.
    Decimal(Vec<FixedLenByteArray>, Vec<i16>),
    Integer(Vec<i64>, Vec<i16>),
    Flag(Vec<bool>),
}

impl<W: Write + Send, F: Field> Parquet<W, F> {
    /// Writes the beginning of the file.
    pub fn new(layout: &Layout<F>, out: W) -> io::Result<Self> {
        let fields = layout.columns.iter().map(|column| field(*column)).collect::<Result<_, _>>();
        let schema = fields.and_then(|fields| Type::group_type_builder("rows").with_fields(fields).build());
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let out = BufWriter::with_capacity(BUFFER, out);
        let writer = schema
            .and_then(|schema| SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties)))
            .map_err(io_error)?;
        let values = |column: &F| match column.holds() {
            Holds::Text => Values::Text(vec![]),
            Holds::Decimal => Values::Decimal(vec![], vec![]),
            Holds::Integer => Values::Integer(vec![], vec![]),
            Holds::Flag => Values::Flag(vec![]),
        };
        let columns = layout.columns.iter().map(|column| (*column, values(column))).collect();
        Ok(Self { writer, columns, rows: 0, gathered: 0 })
    }

    fn write_group(&mut self) -> io::Result<()> {
        if mem::take(&mut self.gathered) == 0 {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(io_error)?;
        for (_, values) in &mut self.columns {
            let column = group.next_column().map_err(io_error)?;
            let mut column = column.ok_or_else(|| io::Error::other("a column without a place"))?;
            values.write(&mut column).map_err(io_error)?;
            column.close().map_err(io_error)?;
        }
        group.close().map(drop).map_err(io_error)
    }
}

impl<W: Write + Send, F: Field> Emit<F> for Parquet<W, F> {
    fn row(&mut self, row: &F::Row) -> io::Result<()> {
        self.rows += 1;
        for (column, values) in &mut self.columns {
            values.push(column.cell(row)).map_err(|number| {
                io::Error::new(io::ErrorKind::InvalidData, misfit(self.rows, row, *column, number))
            })?;
        }
        self.gathered += 1;
        if self.gathered == GROUP { self.write_group() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.write_group()?;
        self.writer.finish().map_err(io_error)?;
        self.writer.inner_mut().flush()
    }
}

impl Values {
    /// Takes a cell; what does not fit is handed back.
    fn push(&mut self, cell: Cell) -> Result<(), Decimal> {
        match (self, cell) {
            (Self::Text(values), Cell::Text(text)) => values.push(text.into()),
            (Self::Decimal(values, there), Cell::Decimal(number)) => {
                if let Some(number) = number {
                    let bytes = unscaled(number).ok_or(number)?.to_be_bytes();
                    values.push(ByteArray::from(bytes.to_vec()).into());
                }
                there.push(i16::from(number.is_some()));
            }
            (Self::Integer(values, there), Cell::Integer(number)) => {
                values.push(i64::try_from(number).unwrap_or(i64::MAX));
                there.push(1);
            }
            (Self::Integer(_, there), Cell::Decimal(None)) => there.push(0),
            (Self::Flag(values), Cell::Flag(flag)) => values.push(flag),
            _ => debug_assert!(false, "a cell that is not what its column holds"),
        }
        Ok(())
    }

    fn write(&mut self, column: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Self::Text(values) => {
                column.typed::<ByteArrayType>().write_batch(values, None, None)?;
                values.clear();
            }
            Self::Decimal(values, there) => {
                column.typed::<FixedLenByteArrayType>().write_batch(values, Some(there), None)?;
                values.clear();
                there.clear();
            }
            Self::Integer(values, there) => {
                column.typed::<Int64Type>().write_batch(values, Some(there), None)?;
                values.clear();
                there.clear();
            }
            Self::Flag(values) => {
                column.typed::<BoolType>().write_batch(values, None, None)?;
                values.clear();
            }
        }
        Ok(())
    }
}

/// The schema of a column. Text and flags are always there; an unknown text is empty.
fn field<F: Field>(column: F) -> Result<TypePtr, ParquetError> {
    let (physical, logical, repetition) = match column.holds() {
        Holds::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED),
        Holds::Decimal => {
            let decimal = LogicalType::decimal(SCALE.into(), PRECISION.into());
            (Physical::FIXED_LEN_BYTE_ARRAY, Some(decimal), Repetition::OPTIONAL)
        }
        Holds::Integer => (Physical::INT64, None, Repetition::OPTIONAL),
        Holds::Flag => (Physical::BOOLEAN, None, Repetition::REQUIRED),
    };
    let builder = Type::primitive_type_builder(column.name(), physical)
        .with_logical_type(logical)
        .with_repetition(repetition);
    let builder = match column.holds() {
        Holds::Decimal => builder.with_length(16).with_precision(PRECISION.into()).with_scale(SCALE.into()),
        _ => builder,
    };
    builder.build().map(Arc::new)
}

/// The error itself where the system had one.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(error) => match error.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other.to_string()),
        },
        other => io::Error::other(other.to_string()),
    }
}
