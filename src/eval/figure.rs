//! What is compared: figures as gold files have them and figures as earlier output has them.

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use crate::row::Row;

/// A figure that was said, by this program or by another one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// The document's name as given.
    pub document: String,
    /// What is measured.
    pub indicator: String,
    /// The value, or none where it is no number.
    pub value: Option<Decimal>,
    /// The other end of a range.
    pub high: Option<Decimal>,
    /// The unit.
    pub unit: String,
    /// First character in the decoded document.
    pub start: i64,
    /// Character after the last one.
    pub end: i64,
    /// The quantity as the document has it.
    pub raw: String,
    /// As the row has it.
    pub qualifier: String,
    /// As the row has it.
    pub kind: String,
    /// As the row has it.
    pub status: String,
    /// As the row has it.
    pub period: String,
    /// As the row has it.
    pub district: String,
}

/// A figure as it ought to be.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gold {
    /// The figure; its document is a file name without folders.
    pub figure: Figure,
    /// Words that a right name holds: joined by `+`, alternatives by `|`.
    pub must: String,
    /// Further names that are right.
    pub names: Vec<String>,
    /// Neither rewarded nor punished.
    pub optional: bool,
    /// The value was written as a fraction, so that its last decimals are free.
    pub part: bool,
}

/// Why a file is no gold and no output.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A line that is no JSON object.
    #[error("line {line}: {cause}")]
    Json {
        /// 1-based line.
        line: usize,
        /// What the parser says.
        cause: String,
    },
    /// A table that cannot be read.
    #[error(transparent)]
    Table(#[from] csv::Error),
    /// A table without places: figures cannot be found in it.
    #[error("no column `{0}` (write earlier output with --all-columns)")]
    Column(&'static str),
    /// A gold row without something that it needs.
    #[error("line {line}: no `{key}`")]
    Key {
        /// 1-based line.
        line: usize,
        /// What is missing.
        key: &'static str,
    },
}

impl Figure {
    /// The figures of earlier output: CSV or TSV with a header, a JSON array, or JSON Lines.
    pub fn read(text: &str) -> Result<Vec<Self>, Error> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        match text.trim_start().chars().next() {
            Some('[') => {
                let objects: Vec<Map<String, Value>> =
                    serde_json::from_str(text).map_err(|error| json_error(error.line(), &error))?;
                Ok(objects.iter().map(|object| Self::of(&|key| text_of(object, key))).collect())
            }
            Some('{') => objects(text)
                .map(|object| object.map(|(_, object)| Self::of(&|key| text_of(&object, key))))
                .collect(),
            _ => Self::table(text),
        }
    }

    fn table(text: &str) -> Result<Vec<Self>, Error> {
        let header = text.lines().next().unwrap_or_default();
        let tabs = header.contains('\t');
        let mut table =
            csv::ReaderBuilder::new().delimiter(if tabs { b'\t' } else { b',' }).from_reader(text.as_bytes());
        let names = table.headers()?.clone();
        let column = |name: &str| names.iter().position(|it| it == name);
        for needed in ["document", "indicator", "value", "unit", "start", "end"] {
            if column(needed).is_none() {
                return Err(Error::Column(needed));
            }
        }
        table
            .records()
            .map(|record| {
                let record = record?;
                Ok(Self::of(&|key| {
                    let cell = column(key).and_then(|at| record.get(at)).unwrap_or_default();
                    crate::emit::undefuse(cell).to_owned()
                }))
            })
            .collect()
    }

    fn of(cell: &dyn Fn(&str) -> String) -> Self {
        let place = |key: &str| cell(key).parse().unwrap_or(-1);
        Self {
            document: cell("document"),
            indicator: cell("indicator"),
            value: number(&cell("value")),
            high: number(&cell("high")),
            unit: cell("unit"),
            start: place("start"),
            end: place("end"),
            raw: cell("raw"),
            qualifier: cell("qualifier"),
            kind: cell("kind"),
            status: cell("status"),
            period: cell("period"),
            district: cell("district"),
        }
    }

    /// The document's file name.
    pub fn file_name(&self) -> &str {
        self.document.rsplit('/').next().unwrap_or_default()
    }
}

impl From<&Row> for Figure {
    fn from(row: &Row) -> Self {
        let place = |at: usize| i64::try_from(at).unwrap_or(i64::MAX);
        Self {
            document: row.document.clone(),
            indicator: row.indicator.clone(),
            value: Some(row.value),
            high: row.high,
            unit: row.unit.clone(),
            start: place(row.start),
            end: place(row.end),
            raw: row.raw.clone(),
            qualifier: row.qualifier.name().into(),
            kind: row.kind.name().into(),
            status: row.status.name().into(),
            period: row.period.clone(),
            district: row.district.clone(),
        }
    }
}

impl Gold {
    /// The rows of a gold file, one JSON object a line.
    pub fn read(text: &str) -> Result<Vec<Self>, Error> {
        objects(text)
            .map(|object| {
                let (line, object) = object?;
                for key in ["doc", "start", "end", "value", "unit", "kind", "indicator"] {
                    if !object.contains_key(key) {
                        return Err(Error::Key { line, key });
                    }
                }
                let cell = |key: &str| text_of(&object, key);
                let surface = cell("surface");
                let names = object.get("names").and_then(Value::as_array);
                Ok(Self {
                    figure: Figure { document: cell("doc"), raw: surface.clone(), ..Figure::of(&cell) },
                    must: Some(cell("must")).filter(|it| !it.is_empty()).unwrap_or_else(|| cell("indicator")),
                    names: names.into_iter().flatten().filter_map(Value::as_str).map(Into::into).collect(),
                    optional: object.get("optional").and_then(Value::as_bool).unwrap_or(false),
                    part: surface.contains("分之") || surface.contains('/'),
                })
            })
            .collect()
    }
}

fn objects(text: &str) -> impl Iterator<Item = Result<(usize, Map<String, Value>), Error>> + '_ {
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(|(index, line)| {
        serde_json::from_str(line)
            .map(|object| (index + 1, object))
            .map_err(|error| json_error(index + 1, &error))
    })
}

fn json_error(line: usize, error: &serde_json::Error) -> Error {
    Error::Json { line, cause: error.to_string() }
}

fn text_of(object: &Map<String, Value>, key: &str) -> String {
    match object.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn number(text: &str) -> Option<Decimal> {
    let text = text.replace(',', "");
    text.trim().parse().ok().or_else(|| Decimal::from_scientific(text.trim()).ok())
}
