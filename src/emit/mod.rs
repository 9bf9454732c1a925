//! Rows to bytes: one writer a format behind [`Emit`], so that no stage before knows how its rows are shown, and no
//! writer knows which of the tables ([`Field`]) it writes.

use std::{
    io::{self, Write},
    path::Path,
};

pub use column::{Cell, Column};
pub use formula::undefuse;

mod column;
mod delimited;
mod formula;
mod json;

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

    /// Its public name.
    fn name(self) -> &'static str;

    /// What stands in this column of `row`. Decimals have no trailing zeros.
    fn cell(self, row: &Self::Row) -> Cell<'_>;

    /// How many findings the row stands for.
    fn weight(_: &Self::Row) -> u64 {
        1
    }
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
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Csv, Self::Tsv, Self::Json, Self::Jsonl];

    /// Its name, which is also the extension of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Tsv => "tsv",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
        }
    }

    /// The format that the path's extension names.
    pub fn of_path(path: &Path) -> Option<Self> {
        let extension = path.extension()?;
        Self::ALL.into_iter().find(|format| extension.eq_ignore_ascii_case(format.name()))
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
    /// Whether text that looks like a formula is left as it is (CSV, TSV).
    pub raw_cells: bool,
}

impl<F: Field> Layout<F> {
    /// The usual layout: a header, no mark, formulas defused; CSV and TSV with the columns that people read, JSON
    /// with all of them.
    pub fn new(format: Format) -> Self {
        let columns = match format {
            Format::Csv | Format::Tsv => F::DEFAULT.to_vec(),
            Format::Json | Format::Jsonl => F::ALL.to_vec(),
        };
        Self { format, columns, header: true, bom: false, raw_cells: false }
    }

    /// A writer of this layout onto `out`, which need not be buffered. The header is written at once.
    pub fn writer<'a>(&self, out: impl Write + 'a) -> io::Result<Box<dyn Emit<F> + 'a>> {
        Ok(match self.format {
            Format::Csv => Box::new(delimited::Delimited::new(self, b',', out)?),
            Format::Tsv => Box::new(delimited::Delimited::new(self, b'\t', out)?),
            Format::Json => Box::new(json::Json::array(self, out)),
            Format::Jsonl => Box::new(json::Json::lines(self, out)),
        })
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
            byte_start: 30,
            byte_end: 37,
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
