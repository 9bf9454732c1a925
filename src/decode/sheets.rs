//! Excel workbooks: the cells of every sheet that is shown, as its number formats show them.

mod compound;

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xls, Xlsx};

use super::{
    Error, Page, Text,
    draft::{Draft, Grid},
    package::Package,
};

/// How many columns are read.
const WIDTH: u32 = 200;

/// The text of a workbook since 2007.
#[expect(clippy::cast_precision_loss, reason = "spreadsheets hold every number as a binary fraction")]
pub(super) fn xlsx(bytes: &[u8], limit: usize) -> Result<Text<'static>, Error> {
    const FORMAT: &str = "XLSX";
    let broken = |error: calamine::XlsxError| match error {
        calamine::XlsxError::Password => Error::Encrypted { format: FORMAT },
        other => Error::Broken { format: FORMAT, cause: other.to_string() },
    };
    // Calamine unpacks as much as there is.
    Package::open(bytes, FORMAT, limit)?.check()?;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let mut draft = Draft::new(limit);
    for name in shown(book.sheets_metadata()) {
        let mut writer = SheetWriter::new(&mut draft, &name);
        let mut cells = book.worksheet_cells_reader(&name).map_err(broken)?;
        let formats: Vec<Format> = cells.styles().iter().map(Format::of).collect();
        while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(broken)? {
            let general = Format::default();
            let format = formats.get(style).unwrap_or(&general);
            let text = match cell.get_value() {
                DataRef::Int(int) => format.number(*int as f64),
                DataRef::Float(float) => format.number(*float),
                DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    text.clone()
                }
                DataRef::SharedString(text) => (*text).to_owned(),
                DataRef::DateTime(time) => format.date(*time),
                DataRef::Bool(_) | DataRef::Error(_) | DataRef::Empty => continue,
            };
            let (row, column) = cell.get_position();
            writer.cell(row, column, text);
        }
        writer.finish();
    }
    draft.finish()
}

/// The text of a workbook before 2007. Its number formats are not told: per cents are the fractions that they are.
#[expect(clippy::cast_precision_loss, reason = "spreadsheets hold every number as a binary fraction")]
pub(super) fn xls(bytes: &[u8], limit: usize) -> Result<Text<'static>, Error> {
    const FORMAT: &str = "XLS";
    let broken = |error: calamine::XlsError| match error {
        calamine::XlsError::Password => Error::Encrypted { format: FORMAT },
        other => Error::Broken { format: FORMAT, cause: other.to_string() },
    };
    if compound::has_loops(bytes) {
        return Err(Error::Broken { format: FORMAT, cause: "its sectors go round in a circle".into() });
    }
    let mut book: Xls<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(broken)?;
    let mut draft = Draft::new(limit);
    for name in shown(book.sheets_metadata()) {
        let mut writer = SheetWriter::new(&mut draft, &name);
        let range = book.worksheet_range(&name).map_err(broken)?;
        let (top, left) = range.start().unwrap_or_default();
        let format = Format::default();
        for (row, column, value) in range.used_cells() {
            let text = match value {
                Data::Int(int) => format.number(*int as f64),
                Data::Float(float) => format.number(*float),
                Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
                Data::DateTime(time) => format.date(*time),
                Data::Bool(_) | Data::Error(_) | Data::Empty => continue,
            };
            writer.cell(top + row as u32, left + column as u32, text);
        }
        writer.finish();
    }
    draft.finish()
}

/// The sheets that a reader sees.
fn shown(sheets: &[calamine::Sheet]) -> Vec<String> {
    let shown = |sheet: &&calamine::Sheet| {
        sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible
    };
    sheets.iter().filter(shown).map(|sheet| sheet.name.clone()).collect()
}

/// Whether a sheet has no name but its number.
pub(super) fn is_numbered(name: &str) -> bool {
    let stem = name.trim().trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(stem.to_lowercase().as_str(), "" | "sheet" | "工作表" | "表" | "table")
}

/// Writes the cells of a sheet, which come row by row; a blank row ends a table.
struct SheetWriter<'d> {
    draft: &'d mut Draft,
    sheet: u16,
    grid: Grid,
    row: u32,
    column: u32,
}

impl<'d> SheetWriter<'d> {
    fn new(draft: &'d mut Draft, name: &str) -> Self {
        let sheet = draft.sheet(name);
        if !is_numbered(name) {
            draft.lines(name);
        }
        Self { draft, sheet, grid: Grid::default(), row: 0, column: 0 }
    }

    fn cell(&mut self, row: u32, column: u32, text: String) {
        if text.trim().is_empty() || column >= WIDTH || self.draft.is_full() {
            return;
        }
        if row != self.row {
            self.grid.end_row();
            if row != self.row.wrapping_add(1) {
                self.draft.table(std::mem::take(&mut self.grid));
            }
            (self.row, self.column) = (row, 0);
        }
        while self.column < column {
            self.grid.cell(String::new(), Page::None, 1, 1);
            self.column += 1;
        }
        self.grid.cell(text, Page::Cell { sheet: self.sheet, row, column }, 1, 1);
        self.column = column + 1;
    }

    fn finish(mut self) {
        self.draft.table(std::mem::take(&mut self.grid));
    }
}

/// How a number is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Format {
    percent: bool,
    /// Digits after the point, where they are fixed.
    decimals: Option<usize>,
    /// Words before and after it: a unit.
    before: String,
    after: String,
    /// Which of year, month and day is shown of a date.
    date: [bool; 3],
}

impl Format {
    fn of(style: &calamine::Style) -> Self {
        style.number_format.as_ref().map(|format| Self::parse(&format.format_code)).unwrap_or_default()
    }

    /// Reads the part of a format that positive numbers are shown by.
    fn parse(code: &str) -> Self {
        let mut format = Self::default();
        let (mut digits, mut point, mut scaled) = (false, false, false);
        let mut decimals = 0;
        let mut chars = code.chars().peekable();
        while let Some(c) = chars.next() {
            let mut words = String::new();
            match c {
                ';' => break,
                '"' => words.extend(chars.by_ref().take_while(|&c| c != '"')),
                '[' => drop(chars.by_ref().take_while(|&c| c != ']').count()),
                '\\' => words.extend(chars.next()),
                // A literal that shifts the point: the number that is shown is another.
                '!' => {
                    scaled |= chars.next() == Some('.');
                }
                '_' | '*' => drop(chars.next()),
                '%' => format.percent = true,
                '0' | '#' | '?' => {
                    digits = true;
                    decimals += usize::from(point);
                }
                ',' => scaled |= digits && !matches!(chars.peek(), Some('0' | '#' | '?')),
                '.' => point = true,
                'y' | 'Y' => format.date[0] = true,
                'm' | 'M' => format.date[1] = true,
                'd' | 'D' => format.date[2] = true,
                c if c > '\u{7F}' => words.push(c),
                _ => {}
            }
            if digits { format.after.push_str(&words) } else { format.before.push_str(&words) }
        }
        if scaled {
            return Self::default();
        }
        format.decimals = digits.then_some(decimals);
        if !digits || code.contains('E') || code.contains('/') {
            format.decimals = None;
            (format.before, format.after) = Default::default();
        }
        format
    }

    fn number(&self, number: f64) -> String {
        if !number.is_finite() {
            return String::new();
        }
        let number = if self.percent { number * 100.0 } else { number };
        // What is beyond fifteen digits is the error of binary fractions.
        let exact = format!("{number:.14e}").parse().unwrap_or(number);
        let shown = match self.decimals {
            Some(decimals) => rounded(exact, decimals.min(15)),
            None => format!("{exact}"),
        };
        let percent = if self.percent { "%" } else { "" };
        format!("{}{shown}{percent}{}", self.before, self.after)
    }

    fn date(&self, time: ExcelDateTime) -> String {
        if !time.is_datetime() {
            return String::new();
        }
        let (year, month, day, ..) = time.to_ymd_hms_milli();
        match self.date {
            [true, true, false] => format!("{year}年{month}月"),
            [true, false, false] => format!("{year}年"),
            [false, true, true] => format!("{month}月{day}日"),
            _ => format!("{year}年{month}月{day}日"),
        }
    }
}

/// A number with so many digits after its point, a half rounded up as spreadsheets do.
fn rounded(number: f64, decimals: usize) -> String {
    use rust_decimal::{Decimal, RoundingStrategy::MidpointAwayFromZero};
    let decimal = format!("{number}").parse::<Decimal>();
    decimal.map_or_else(
        |_| format!("{number:.decimals$}"),
        |decimal| {
            format!("{:.decimals$}", decimal.round_dp_with_strategy(decimals as u32, MidpointAwayFromZero))
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_they_are_shown() {
        for (code, number, shown) in [
            ("General", 46.279_999_999_999_994, "46.28"),
            ("General", 13000.0, "13000"),
            ("0.00%", 0.4628, "46.28%"),
            ("0%", 0.97, "97%"),
            ("#,##0.0", 1204.25, "1204.3"),
            ("0.0\"亿元\"", 12.5, "12.5亿元"),
            ("#,##0.00_);[Red](#,##0.00)", -3.0, "-3.00"),
            ("0!.0,\"万\"", 125_000.0, "125000"),
            ("@", 7.0, "7"),
        ] {
            assert_eq!(Format::parse(code).number(number), shown, "{code}");
        }
    }

    #[test]
    fn sheets_without_a_name_of_their_own() {
        assert!(["Sheet1", "工作表2", "3"].iter().all(|name| is_numbered(name)));
        assert!(!is_numbered("2023年主要指标"));
    }
}
