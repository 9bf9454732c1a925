//! Rows to bytes: one writer a format behind [`Emit`], so that no stage before knows how its rows are shown, and no
//! writer knows which of the tables ([`Field`]) it writes.

use std::{
    borrow::Cow,
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use crate::rules::RuleSet;

pub use column::{Cell, Column};
pub use formula::{defuse, undefuse};

mod column;
pub mod decimal;
mod delimited;
mod formula;
mod json;
pub mod markdown;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(feature = "xlsx")]
pub mod xlsx;

/// Bytes that a writer gathers before it passes them on.
const BUFFER: usize = 64 * 1024;

/// A column of one kind of table: the rows of reports have [`Column`], other listings columns of their own.
pub trait Field: Copy + PartialEq + Send + Sync + 'static {
    /// A line of the table.
    type Row: Send + 'static;

    /// All columns, in the order of the row: those of JSON when none are asked for.
    const ALL: &'static [Self];

    /// The columns of CSV and TSV when none are asked for.
    const DEFAULT: &'static [Self];

    /// Whether rows of this kind have a page that shows them in their reports ([`crate::review`]).
    const HAS_PAGE: bool = false;

    /// Its public name.
    fn name(self) -> &'static str;

    /// What stands in this column of `row`. Decimals have no trailing zeros.
    fn cell(self, row: &Self::Row) -> Cell<'_>;

    /// What its cells are, which formats with typed columns must know before the first row.
    fn holds(self) -> Holds;

    /// How many decimals a cell has as the document wrote it, where it wrote more than the number needs.
    fn decimals(self, _: &Self::Row) -> u32 {
        0
    }

    /// Whether its figure may have lost a digit.
    fn is_damaged(_: &Self::Row) -> bool {
        false
    }

    /// How many findings the row stands for.
    fn weight(_: &Self::Row) -> u64 {
        1
    }
}

/// A cell as a person reads it.
pub fn text<F: Field>(column: F, row: &F::Row) -> Cow<'_, str> {
    match column.cell(row) {
        Cell::Text(text) => text.into(),
        Cell::Decimal(None) | Cell::Flag(false) => "".into(),
        Cell::Decimal(Some(decimal)) => decimal.to_string().into(),
        Cell::Integer(integer) => integer.to_string().into(),
        Cell::Flag(true) => column.name().into(),
    }
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// [`Cell::Text`].
    Text,
    /// [`Cell::Decimal`].
    Decimal,
    /// [`Cell::Integer`].
    Integer,
    /// [`Cell::Flag`].
    Flag,
}

/// Writes rows in one format. What is gathered but not yet passed on is lost unless [`Emit::finish`] is called.
pub trait Emit<F: Field = Column> {
    /// Writes one row.
    fn row(&mut self, row: &F::Row) -> io::Result<()>;

    /// Passes on what has been gathered, so that a reader sees it.
    fn flush(&mut self) -> io::Result<()>;

    /// Writes what belongs after the last row, and flushes.
    fn finish(&mut self) -> io::Result<()> {
        self.flush()
    }

    /// What the format could not take as it was, known when all is written; a sentence each.
    fn notes(&self) -> Vec<String> {
        vec![]
    }
}

/// How rows are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with `\n`.
    Csv,
    /// The same with tabs for commas.
    Tsv,
    /// One array of objects.
    Json,
    /// One object a line.
    Jsonl,
    /// A table as GitHub's Markdown has them.
    Md,
    /// A workbook for Excel 2007 and later, and for `LibreOffice`.
    Xlsx,
    /// Columns with types, for data frames.
    Parquet,
    /// An `SQLite` database with one table.
    Sqlite,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 8] =
        [Self::Csv, Self::Tsv, Self::Json, Self::Jsonl, Self::Md, Self::Xlsx, Self::Parquet, Self::Sqlite];

    /// Its name, which is also an extension of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Md => "md",
            Self::Xlsx => "xlsx",
            Self::Parquet => "parquet",
            Self::Sqlite => "sqlite",
        }
    }

    /// The format that the path's extension names.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        if extension.eq_ignore_ascii_case("db") {
            return Some(Self::Sqlite);
        }
        Self::ALL.into_iter().find(|format| extension.eq_ignore_ascii_case(format.name()))
    }

    /// Whether a terminal cannot show it.
    pub const fn is_binary(self) -> bool {
        matches!(self, Self::Xlsx | Self::Parquet | Self::Sqlite)
    }

    /// Whether the feature of its name is part of this build.
    pub const fn is_built(self) -> bool {
        match self {
            Self::Xlsx => cfg!(feature = "xlsx"),
            Self::Parquet => cfg!(feature = "parquet"),
            Self::Sqlite => cfg!(feature = "sqlite"),
            _ => true,
        }
    }
}

/// A format with what may be chosen about it.
#[derive(Clone, Debug)]
pub struct Layout<F: Field = Column> {
    /// How rows are written down.
    pub format: Format,
    /// Which columns, in which order.
    pub columns: Vec<F>,
    /// Whether a line of column names comes first (CSV, TSV).
    pub header: bool,
    /// Whether a UTF-8 byte-order mark comes first (CSV, TSV).
    pub bom: bool,
    /// Whether text that looks like a formula is left as it is (CSV, TSV, XLSX).
    pub raw_cells: bool,
    /// The rules that the rows were made by, which a workbook tells of.
    pub rules: Option<Arc<RuleSet>>,
}

impl<F: Field> Layout<F> {
    /// The usual layout: a header, no mark, formulas defused; what people read with the columns that they read, what
    /// programs read with all of them.
    pub fn new(format: Format) -> Self {
        let columns = match format {
            Format::Csv | Format::Tsv | Format::Md | Format::Xlsx => F::DEFAULT.to_vec(),
            Format::Json | Format::Jsonl | Format::Parquet | Format::Sqlite => F::ALL.to_vec(),
        };
        Self { format, columns, header: true, bom: false, raw_cells: false, rules: None }
    }

    /// A writer of this layout onto `out`, which need not be buffered. The header is written at once where the format
    /// allows. A format that this build is without is an error.
    pub fn writer<'a>(&self, out: impl Write + Send + 'a) -> io::Result<Box<dyn Emit<F> + 'a>> {
        Ok(match self.format {
            Format::Csv => Box::new(delimited::Delimited::new(self, b',', out)?),
            Format::Tsv => Box::new(delimited::Delimited::new(self, b'\t', out)?),
            Format::Json => Box::new(json::Json::array(self, out)),
            Format::Jsonl => Box::new(json::Json::lines(self, out)),
            Format::Md => Box::new(markdown::Markdown::new(self, out)?),
            #[cfg(feature = "xlsx")]
            Format::Xlsx => Box::new(xlsx::Xlsx::new(self, out)?),
            #[cfg(feature = "parquet")]
            Format::Parquet => Box::new(parquet::Parquet::new(self, out)?),
            #[cfg(feature = "sqlite")]
            Format::Sqlite => Box::new(sqlite::Copied::new(self, out)?),
            #[allow(unreachable_patterns, reason = "what a build may be without")]
            _ => {
                let problem = format!("this build is without the feature `{}`", self.format.name());
                return Err(io::Error::new(io::ErrorKind::Unsupported, problem));
            }
        })
    }

    /// A writer that puts its rows after those that the database at `path` has. Another format than `SQLite` is an error.
    pub fn appender(&self, path: &Path) -> io::Result<Box<dyn Emit<F>>> {
        match self.format {
            #[cfg(feature = "sqlite")]
            Format::Sqlite => Ok(Box::new(sqlite::Sqlite::append(path, &self.columns)?)),
            _ => Err(io::Error::new(
                io::ErrorKind::Unsupported,
                format!("{}: only a database grows", path.display()),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::{
        quantity::Qualifier,
        row::{Kind, Row, Status},
    };

    pub(super) fn row() -> Row {
        Row {
            indicator: "接收工单".into(),
            category: "接诉即办".into(),
            value: Decimal::new(-46_280, 3),
            high: None,
            unit: "%".into(),
            district: "北京市朝阳区某街道".into(),
            district_code: "110105999".into(),
            district_source: "title",
            period: "2023".into(),
            period_source: "title",
            kind: Kind::Change,
            status: Status::Actual,
            qualifier: Qualifier::Exact,
            raw: "46.280%".into(),
            document: "a.txt".into(),
            line: 3,
            start: 10,
            end: 17,
            byte_start: Some(30),
            byte_end: Some(37),
            page: String::new(),
            section: String::new(),
            sentence: "工单\"同比\"下降46.280%。".into(),
            rule: "open-change".into(),
            repairs: String::new(),
            damaged: false,
            group: 1,
        }
    }

    fn written(layout: &Layout, rows: &[Row]) -> String {
        let mut bytes = Vec::new();
        let mut writer = layout.writer(&mut bytes).unwrap();
        for row in rows {
            writer.row(row).unwrap();
        }
        writer.finish().unwrap();
        drop(writer);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn csv_has_the_columns_that_people_read() {
        assert_eq!(
            written(&Layout::new(Format::Csv), &[row()]),
            "indicator,value,unit,district,period,kind,status,qualifier,high,raw,document,line,damaged\n\
             接收工单,-46.28,%,北京市朝阳区某街道,2023,change,actual,exact,,46.280%,a.txt,3,\n"
        );
    }

    #[test]
    fn without_rows_there_is_a_header_or_an_empty_array() {
        let header =
            "indicator,value,unit,district,period,kind,status,qualifier,high,raw,document,line,damaged\n";
        assert_eq!(written(&Layout::new(Format::Csv), &[]), header);
        assert_eq!(written(&Layout::new(Format::Tsv), &[]), header.replace(',', "\t"));
        assert_eq!(written(&Layout::new(Format::Json), &[]), "[]\n");
        assert_eq!(written(&Layout::new(Format::Jsonl), &[]), "");
    }

    #[test]
    fn jsonl_carries_every_field_with_its_type() {
        assert_eq!(
            written(&Layout::new(Format::Jsonl), &[row()]),
            concat!(
                r#"{"indicator":"接收工单","category":"接诉即办","value":"-46.28","high":null,"unit":"%","#,
                r#""district":"北京市朝阳区某街道","district_code":"110105999","district_source":"title","#,
                r#""period":"2023","period_source":"title","kind":"change","status":"actual","#,
                r#""qualifier":"exact","raw":"46.280%","document":"a.txt","line":3,"start":10,"end":17,"#,
                r#""byte_start":30,"byte_end":37,"page":"","section":"","#,
                r#""sentence":"工单\"同比\"下降46.280%。","rule":"open-change","repairs":"","damaged":false,"#,
                r#""group":1}"#,
                "\n"
            )
        );
    }

    #[test]
    fn json_is_one_array_of_the_same_objects() {
        let mut layout = Layout::new(Format::Json);
        layout.columns = vec![Column::Damaged, Column::High];
        let hurt = Row { damaged: true, high: Some(Decimal::from(50)), ..row() };
        assert_eq!(
            written(&layout, &[row(), hurt]),
            "[\n{\"damaged\":false,\"high\":null},\n{\"damaged\":true,\"high\":\"50\"}\n]\n"
        );
    }

    #[test]
    fn columns_come_in_the_order_asked_for() {
        let mut layout = Layout::new(Format::Tsv);
        layout.columns = vec![Column::Value, Column::Indicator, Column::Damaged];
        let hurt = Row { damaged: true, ..row() };
        assert_eq!(
            written(&layout, &[row(), hurt]),
            "value\tindicator\tdamaged\n-46.28\t接收工单\t\n-46.28\t接收工单\tdamaged\n"
        );
    }

    #[test]
    fn header_and_mark_are_choices() {
        let mut layout = Layout::new(Format::Csv);
        layout.columns = vec![Column::Unit];
        layout.bom = true;
        assert_eq!(written(&layout, &[row()]), "\u{feff}unit\n%\n");
        layout.header = false;
        assert_eq!(written(&layout, &[row()]), "\u{feff}%\n");
    }

    #[test]
    fn values_are_plain_decimals() {
        let mut layout = Layout::new(Format::Csv);
        layout.columns = vec![Column::Value];
        layout.header = false;
        for (value, shown) in [
            ("7220000000", "7220000000"),
            ("97.220", "97.22"),
            ("100.00", "100"),
            ("-0.0", "0"),
            ("0.0000001", "0.0000001"),
            ("79228162514264337593543950335", "79228162514264337593543950335"),
        ] {
            let row = Row { value: value.parse().unwrap(), ..row() };
            assert_eq!(written(&layout, &[row]), format!("{shown}\n"));
        }
    }

    #[test]
    fn cells_are_quoted_as_rfc_4180_has_it() {
        let mut layout = Layout::new(Format::Csv);
        layout.columns = vec![Column::Indicator, Column::Sentence];
        layout.header = false;
        let row = Row { indicator: "a,b".into(), sentence: "一\"二\"\n三".into(), ..row() };
        assert_eq!(written(&layout, &[row]), "\"a,b\",\"一\"\"二\"\"\n三\"\n");
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_is_defused_and_numbers_are_not() {
        let mut layout = Layout::new(Format::Csv);
        layout.columns = vec![Column::Indicator, Column::Value, Column::Raw];
        layout.header = false;
        let row = Row { indicator: "=1+1".into(), raw: "－3%".into(), ..row() };
        assert_eq!(written(&layout, std::slice::from_ref(&row)), "'=1+1,-46.28,'－3%\n");
        layout.raw_cells = true;
        assert_eq!(written(&layout, std::slice::from_ref(&row)), "=1+1,-46.28,－3%\n");
        layout.format = Format::Jsonl;
        layout.raw_cells = false;
        assert_eq!(
            written(&layout, &[row]),
            "{\"indicator\":\"=1+1\",\"value\":\"-46.28\",\"raw\":\"－3%\"}\n"
        );
    }

    #[test]
    fn a_closed_pipe_keeps_its_kind() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        for format in Format::ALL {
            let mut writer = Layout::<Column>::new(format).writer(Closed).unwrap();
            let long = Row { sentence: "长".repeat(BUFFER), indicator: "长".repeat(BUFFER), ..row() };
            let error = writer.row(&long).and_then(|()| writer.finish()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::BrokenPipe, "{}", format.name());
        }
    }

    #[test]
    fn extensions_name_formats() {
        assert_eq!(Format::of_path(Path::new("a/b.CSV")), Some(Format::Csv));
        assert_eq!(Format::of_path(Path::new("b.jsonl")), Some(Format::Jsonl));
        assert_eq!(Format::of_path(Path::new("csv")), None);
        assert_eq!(Format::of_path(Path::new("b.txt")), None);
    }
}
