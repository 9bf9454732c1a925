//! Earlier output: rows that were written down, read back, so that a table of them needs no reports.

use std::fmt::{self, Display};

use rust_decimal::Decimal;
use serde::{
    Deserializer,
    de::{SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    emit::{Column, undefuse},
    quantity::Qualifier,
    row::{Kind, Row, Status},
};

/// What tells a district or a period, by its name in a row.
const SOURCES: [&str; 9] =
    ["clause", "sentence", "paragraph", "section", "title", "text", "path", "option", "ambiguous"];
/// How a Parquet file begins.
const PARQUET: &[u8] = b"PAR1";

/// Why a file is no earlier output.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A table that cannot be read.
    #[error(transparent)]
    Table(#[from] csv::Error),
    /// Text that is no JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A Parquet file that cannot be read.
    #[error("{0}")]
    Parquet(String),
    /// A cell that its column does not take.
    #[error("row {row}: `{column}` cannot be {cell:?}")]
    Cell {
        /// From 1.
        row: usize,
        /// The column's name.
        column: &'static str,
        /// What stands there.
        cell: String,
    },
}

/// Whether these are rows that [`crate::emit`] wrote as CSV, TSV, JSON, JSONL or Parquet: all columns are ours, and
/// there are names and values.
pub fn is_rows(bytes: &[u8]) -> bool {
    columns(bytes).is_some()
}

/// The columns of such rows, in their order; of an empty JSON array all. Of JSON the first row tells.
pub fn columns(bytes: &[u8]) -> Option<Vec<Column>> {
    if bytes.starts_with(PARQUET) {
        return ours(parquet_columns(bytes)?.iter().map(String::as_str));
    }
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    if start.starts_with(b"{") || start.starts_with(b"[") {
        let object = start.strip_prefix(b"[").unwrap_or(start);
        let mut objects = serde_json::Deserializer::from_slice(object).into_iter::<Map<String, Value>>();
        return match objects.next() {
            Some(Ok(object)) => ours(object.keys().map(String::as_str)),
            _ => (start.trim_ascii_end() == b"[]").then(|| Column::ALL.to_vec()),
        };
    }
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    ours(str::from_utf8(line).ok()?.trim_end().split([',', '\t']))
}

fn ours<'n>(names: impl Iterator<Item = &'n str>) -> Option<Vec<Column>> {
    let columns: Option<Vec<Column>> = names.map(named).collect();
    columns.filter(|columns| [Column::Indicator, Column::Value].iter().all(|it| columns.contains(it)))
}

fn named(name: &str) -> Option<Column> {
    let name = name.trim_matches('"');
    Column::ALL.into_iter().find(|column| column.name() == name)
}

/// Hands the rows of a file of which [`is_rows`] is true to `sink`. What a column that is not there would say is
/// unknown: empty, zero, or what rows mostly are.
pub fn read(bytes: &[u8], sink: &mut dyn FnMut(Row)) -> Result<(), Error> {
    if bytes.starts_with(PARQUET) {
        return read_parquet(bytes, sink);
    }
    let bytes = bytes.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(bytes);
    match bytes.trim_ascii_start().first() {
        Some(b'[') => {
            let mut array = serde_json::Deserializer::from_slice(bytes);
            let mut refused = None;
            array.deserialize_seq(Objects { sink, refused: &mut refused })?;
            array.end()?;
            refused.map_or(Ok(()), Err)
        }
        Some(b'{') => {
            let objects = serde_json::Deserializer::from_slice(bytes).into_iter::<Map<String, Value>>();
            objects.enumerate().try_for_each(|(index, object)| of_object(index + 1, &object?, sink))
        }
        _ => {
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let delimiter = if line.contains(&b'\t') { b'\t' } else { b',' };
            let mut table = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
            let columns: Vec<Option<Column>> = table.headers()?.iter().map(named).collect();
            for (index, record) in table.records().enumerate() {
                let record = record?;
                let cells = columns.iter().zip(&record).filter_map(|(column, cell)| Some(((*column)?, cell)));
                sink(row(index + 1, cells.map(|(column, cell)| (column, undefuse(cell).to_owned())))?);
            }
            Ok(())
        }
    }
}

/// Takes the objects of an array one after the other, so that no array is too long.
struct Objects<'s> {
    sink: &'s mut dyn FnMut(Row),
    refused: &'s mut Option<Error>,
}

impl<'de> Visitor<'de> for Objects<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut objects: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(object) = objects.next_element::<Map<String, Value>>()? {
            index += 1;
            if self.refused.is_none() {
                *self.refused = of_object(index, &object, self.sink).err();
            }
        }
        Ok(())
    }
}

fn of_object(index: usize, object: &Map<String, Value>, sink: &mut dyn FnMut(Row)) -> Result<(), Error> {
    let cells = object.iter().filter_map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => String::new(),
        };
        Some((named(name)?, text))
    });
    sink(row(index, cells)?);
    Ok(())
}

/// How much of a cell is shown, in characters.
const SHOWN: usize = 60;

/// The row that has these cells.
fn row(index: usize, cells: impl Iterator<Item = (Column, String)>) -> Result<Row, Error> {
    let mut row = Row::default();
    for (column, cell) in cells {
        put(&mut row, column, &cell).ok_or_else(|| {
            let cell = cell.chars().take(SHOWN).collect();
            Error::Cell { row: index, column: column.name(), cell }
        })?;
    }
    Ok(row)
}

fn put(row: &mut Row, column: Column, cell: &str) -> Option<()> {
    let text = || cell.to_owned();
    let place = || if cell.is_empty() { Some(0) } else { cell.parse().ok() };
    let byte = || if cell.is_empty() { Some(None) } else { cell.parse().ok().map(Some) };
    match column {
        Column::Indicator => row.indicator = text(),
        Column::Category => row.category = text(),
        Column::Value => row.value = number(cell)?,
        Column::High => row.high = if cell.is_empty() { None } else { Some(number(cell)?) },
        Column::Unit => row.unit = text(),
        Column::District => row.district = text(),
        Column::DistrictCode => row.district_code = text(),
        Column::DistrictSource => row.district_source = source(cell),
        Column::Period => row.period = text(),
        Column::PeriodSource => row.period_source = source(cell),
        Column::Kind => row.kind = known(cell, Kind::ALL, Kind::name)?,
        Column::Status => row.status = known(cell, Status::ALL, Status::name)?,
        Column::Qualifier => row.qualifier = known(cell, Qualifier::ALL, Qualifier::name)?,
        Column::Raw => row.raw = text(),
        Column::Document => row.document = text(),
        Column::Line => row.line = place()?,
        Column::Start => row.start = place()?,
        Column::End => row.end = place()?,
        Column::ByteStart => row.byte_start = byte()?,
        Column::ByteEnd => row.byte_end = byte()?,
        Column::Page => row.page = text(),
        Column::Section => row.section = text(),
        Column::Sentence => row.sentence = text(),
        Column::Rule => row.rule = text(),
        Column::Repairs => row.repairs = text(),
        Column::Damaged => row.damaged = matches!(cell, "damaged" | "true" | "1"),
        Column::Group => row.group = place()?,
    }
    Some(())
}

fn number(cell: &str) -> Option<Decimal> {
    cell.parse().ok().or_else(|| Decimal::from_scientific(cell).ok())
}

fn source(cell: &str) -> &'static str {
    SOURCES.into_iter().find(|source| *source == cell).unwrap_or_default()
}

fn known<T: Copy + Default, const N: usize>(
    cell: &str,
    all: [T; N],
    name: fn(T) -> &'static str,
) -> Option<T> {
    if cell.is_empty() { Some(T::default()) } else { all.into_iter().find(|it| name(*it) == cell) }
}

#[cfg(feature = "parquet")]
fn parquet_columns(bytes: &[u8]) -> Option<Vec<String>> {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let reader = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).ok()?;
    let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
    Some(columns.iter().map(|column| column.name().to_owned()).collect())
}

#[cfg(feature = "parquet")]
fn read_parquet(bytes: &[u8], sink: &mut dyn FnMut(Row)) -> Result<(), Error> {
    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::Field,
    };
    let failed = |error: &dyn Display| Error::Parquet(error.to_string());
    let reader =
        SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes)).map_err(|error| failed(&error))?;
    for (index, record) in reader.get_row_iter(None).map_err(|error| failed(&error))?.enumerate() {
        let record = record.map_err(|error| failed(&error))?;
        let cells = record.get_column_iter().filter_map(|(name, field)| {
            let text = match field {
                Field::Null => String::new(),
                Field::Str(text) => text.clone(),
                Field::Decimal(decimal) => scaled(decimal.data(), decimal.scale()),
                other => other.to_string(),
            };
            Some((named(name)?, text))
        });
        sink(row(index + 1, cells)?);
    }
    Ok(())
}

/// A decimal of Parquet in digits: the bytes are its mantissa, the highest first.
#[cfg(feature = "parquet")]
fn scaled(bytes: &[u8], scale: i32) -> String {
    let negative = bytes.first().is_some_and(|byte| *byte >= 0x80);
    let mut mantissa: i128 = if negative { -1 } else { 0 };
    for byte in bytes.iter().skip(bytes.len().saturating_sub(16)) {
        mantissa = mantissa << 8 | i128::from(*byte);
    }
    let mut scale = u32::try_from(scale).unwrap_or_default();
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(mantissa, scale)
        .map_or_else(|_| String::new(), |number| number.to_string())
}

#[cfg(not(feature = "parquet"))]
fn parquet_columns(_: &[u8]) -> Option<Vec<String>> {
    None
}

#[cfg(not(feature = "parquet"))]
fn read_parquet(_: &[u8], _: &mut dyn FnMut(Row)) -> Result<(), Error> {
    let problem: &dyn Display = &"this build is without the feature `parquet`";
    Err(Error::Parquet(problem.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::{Format, Layout};

    fn rows() -> Vec<Row> {
        let plain = Row {
            indicator: "=接收工单".into(),
            value: "-46.28".parse().unwrap(),
            unit: "%".into(),
            kind: Kind::Change,
            period: "2023".into(),
            period_source: "title",
            raw: "46.28%".into(),
            document: "a.txt".into(),
            line: 3,
            ..Row::default()
        };
        let other = Row {
            high: Some("7922816251426433".parse().unwrap()),
            status: Status::Planned,
            qualifier: Qualifier::AtLeast,
            damaged: true,
            raw: "一\n二".into(),
            ..plain.clone()
        };
        vec![plain, other]
    }

    fn written(format: Format) -> Vec<u8> {
        let mut layout = Layout::<Column>::new(format);
        layout.columns = Column::ALL.to_vec();
        let mut bytes = Vec::new();
        let mut writer = layout.writer(&mut bytes).unwrap();
        for row in rows() {
            writer.row(&row).unwrap();
        }
        writer.finish().unwrap();
        drop(writer);
        bytes
    }

    #[test]
    fn what_was_written_is_read_back() {
        for format in [Format::Csv, Format::Tsv, Format::Json, Format::Jsonl, Format::Parquet] {
            if !format.is_built() {
                continue;
            }
            let bytes = written(format);
            assert!(is_rows(&bytes), "{}", format.name());
            let mut back = Vec::new();
            read(&bytes, &mut |row| back.push(row)).unwrap();
            assert_eq!(back, rows(), "{}", format.name());
        }
    }

    #[test]
    fn reports_and_other_tables_are_no_rows() {
        for text in
            ["", "全年接收工单8件。", "indicator,price\n", "raw,value,high\n", "{\"a\":1}", "{", "PAR1", "[1"]
        {
            assert!(!is_rows(text.as_bytes()), "{text}");
        }
        assert!(is_rows(b"value,indicator\n"));
        assert!(is_rows(b"[]\n"));
    }

    #[test]
    fn a_cell_that_its_column_does_not_take_is_told() {
        let error = read("indicator,value\n甲,1\n乙,多\n".as_bytes(), &mut drop).unwrap_err();
        assert_eq!(error.to_string(), "row 2: `value` cannot be \"多\"");
        let error = read("indicator,value,kind\n甲,1,sort\n".as_bytes(), &mut drop).unwrap_err();
        assert_eq!(error.to_string(), "row 1: `kind` cannot be \"sort\"");
    }
}
