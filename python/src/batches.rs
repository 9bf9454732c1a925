//! Rows as Arrow: one column a field, typed as the Parquet that the program writes.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, RecordBatch,
    builder::{BooleanBuilder, Decimal128Builder, Int64Builder, StringBuilder},
};
use arrow_schema::{DataType, Field as ArrowField, Schema, SchemaRef};
use kpi_extract::emit::{
    Cell, Field, Holds,
    decimal::{PRECISION, SCALE, misfit, unscaled},
};

/// Rows of a batch.
const ROWS: usize = 65_536;
/// Bytes of text from which a batch takes no more rows; a column of Arrow text holds 2 GiB, a document at most one.
const BYTES: usize = 64 << 20;

/// The whole table.
pub type Batches = Vec<RecordBatch>;

/// Names and types of all columns of a table.
pub fn schema<F: Field>() -> SchemaRef {
    let field = |column: &F| {
        let (holds, nullable) = match column.holds() {
            Holds::Text => (DataType::Utf8, false),
            Holds::Decimal => (DataType::Decimal128(PRECISION, SCALE.cast_signed()), true),
            Holds::Integer => (DataType::Int64, true),
            Holds::Flag => (DataType::Boolean, false),
        };
        ArrowField::new(column.name(), holds, nullable)
    };
    Arc::new(Schema::new(F::ALL.iter().map(field).collect::<Vec<_>>()))
}

/// The rows as batches. A number that does not fit is an error that names its row.
pub fn of<F: Field>(rows: &[F::Row]) -> Result<Batches, String> {
    let schema = schema::<F>();
    let mut batches = Vec::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let mut bytes = 0;
        let size = rest.iter().take(ROWS).take_while(|row| {
            let fits = bytes < BYTES;
            bytes += F::ALL.iter().map(|column| length(column.cell(row))).sum::<usize>();
            fits
        });
        let (batch, others) = rest.split_at(size.count());
        let before = rows.len() - rest.len();
        let arrays = F::ALL.iter().map(|column| array::<F>(*column, batch, before));
        let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
        batches.push(RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|error| error.to_string())?);
        rest = others;
    }
    Ok(batches)
}

fn length(cell: Cell<'_>) -> usize {
    if let Cell::Text(text) = cell { text.len() } else { 0 }
}

/// One column of these rows, which `before` others precede.
fn array<F: Field>(column: F, rows: &[F::Row], before: usize) -> Result<ArrayRef, String> {
    Ok(match column.holds() {
        Holds::Text => {
            let mut array = StringBuilder::with_capacity(rows.len(), 0);
            for row in rows {
                array.append_value(if let Cell::Text(text) = column.cell(row) { text } else { "" });
            }
            Arc::new(array.finish())
        }
        Holds::Decimal => {
            let mut array = Decimal128Builder::with_capacity(rows.len())
                .with_data_type(DataType::Decimal128(PRECISION, SCALE.cast_signed()));
            for (index, row) in rows.iter().enumerate() {
                let number = if let Cell::Decimal(number) = column.cell(row) { number } else { None };
                let misfit = |number| misfit((before + index + 1) as u64, row, column, number);
                array.append_option(number.map(|it| unscaled(it).ok_or_else(|| misfit(it))).transpose()?);
            }
            Arc::new(array.finish())
        }
        Holds::Integer => {
            let mut array = Int64Builder::with_capacity(rows.len());
            for row in rows {
                let number = if let Cell::Integer(number) = column.cell(row) { Some(number) } else { None };
                array.append_option(number.map(|number| i64::try_from(number).unwrap_or(i64::MAX)));
            }
            Arc::new(array.finish())
        }
        Holds::Flag => {
            let mut array = BooleanBuilder::with_capacity(rows.len());
            for row in rows {
                array.append_value(matches!(column.cell(row), Cell::Flag(true)));
            }
            Arc::new(array.finish())
        }
    })
}
