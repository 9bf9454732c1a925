//! XLSX: workbooks as spreadsheet programs open them. Numbers are numbers, as precise as they were written, and where
//! the format has a limit the rest goes to another sheet or is told.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    panic::{self, AssertUnwindSafe},
    sync::Arc,
};

use rust_decimal::Decimal;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format as Style, FormatAlign, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use super::{Cell, Emit, Field, Layout, formula};
use crate::rules::RuleSet;

/// Rows that a sheet may have.
const ROWS: u32 = 1_048_576;
/// UTF-16 units that a cell may have.
const UNITS: usize = 32_767;
/// Digits that a number keeps in a spreadsheet.
const DIGITS: usize = 15;
/// Columns are no wider than this, in half-width characters.
const WIDEST: usize = 60;

/// Gathers rows in a workbook, which is written at the end. Rows that are done wait in a temporary file.
pub struct Xlsx<W: Write, F: Field> {
    out: W,
    columns: Vec<F>,
    header: bool,
    raw_cells: bool,
    workbook: Workbook,
    sheets: Vec<Sheet>,
    limit: u32,
    styles: Styles,
    sources: Sources<F>,
    cut: u64,
}

/// A sheet that is being filled.
struct Sheet {
    /// The row that comes next.
    next: u32,
    /// How wide each column must be.
    widths: Vec<usize>,
}

impl<W: Write, F: Field> Xlsx<W, F> {
    /// An empty workbook that will be written to `out`.
    pub fn new(layout: &Layout<F>, out: W) -> io::Result<Self> {
        let mut this = Self {
            out,
            columns: layout.columns.clone(),
            header: layout.header,
            raw_cells: layout.raw_cells,
            workbook: workbook()?,
            sheets: vec![],
            limit: ROWS,
            styles: Styles::default(),
            sources: Sources::new(layout.rules.clone()),
            cut: 0,
        };
        this.begin_sheet()?;
        Ok(this)
    }

    fn begin_sheet(&mut self) -> io::Result<()> {
        let name = match self.sheets.len() {
            0 => "rows".to_owned(),
            before => format!("rows {}", before + 1),
        };
        let sheet = self.workbook.add_worksheet_with_constant_memory().map_err(io_error)?;
        sheet.set_name(name).map_err(io_error)?;
        let mut widths = vec![0; self.columns.len()];
        if self.header {
            let names: Vec<&str> = self.columns.iter().map(|column| column.name()).collect();
            head(sheet, &names)?;
            widths = names.iter().map(|name| name.width() + 2).collect();
        }
        self.sheets.push(Sheet { next: self.header.into(), widths });
        Ok(())
    }

    fn cells(&mut self, row: &F::Row) -> io::Result<()> {
        let index = self.sheets.len() - 1;
        let filled = &mut self.sheets[index];
        let sheet = self.workbook.worksheet_from_index(index).map_err(io_error)?;
        for (at, column) in self.columns.iter().enumerate() {
            let place = (filled.next, at as u16);
            let width = match column.cell(row) {
                Cell::Text(text) => {
                    let text = if self.raw_cells { text.into() } else { formula::defuse(text) };
                    self.cut += u64::from(text_cell(sheet, place, &text, None)?);
                    text.width()
                }
                Cell::Flag(true) => {
                    text_cell(sheet, place, column.name(), None)?;
                    column.name().width()
                }
                Cell::Decimal(None) | Cell::Flag(false) => 0,
                Cell::Decimal(Some(decimal)) => {
                    number_cell(sheet, place, decimal, column.decimals(row), &mut self.styles)?
                }
                Cell::Integer(integer) => number_cell(sheet, place, integer.into(), 0, &mut self.styles)?,
            };
            filled.widths[at] = filled.widths[at].max(width);
        }
        filled.next += 1;
        Ok(())
    }

    fn close_sheets(&mut self) -> io::Result<()> {
        for (index, Sheet { next, widths }) in self.sheets.iter().enumerate() {
            let sheet = self.workbook.worksheet_from_index(index).map_err(io_error)?;
            if self.header {
                fit(sheet, *next, widths)?;
            } else {
                set_widths(sheet, widths)?;
            }
        }
        Ok(())
    }
}

impl<W: Write, F: Field> Emit<F> for Xlsx<W, F> {
    fn row(&mut self, row: &F::Row) -> io::Result<()> {
        self.sources.count(row);
        guarded(|| {
            if self.sheets.last().is_some_and(|sheet| sheet.next == self.limit) {
                self.begin_sheet()?;
            }
            self.cells(row)
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let bytes = guarded(|| {
            self.close_sheets()?;
            self.sources.write(&mut self.workbook, self.limit)?;
            self.workbook.save_to_buffer().map_err(io_error)
        })?;
        self.out.write_all(&bytes)?;
        self.out.flush()
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.sheets.len() > 1 {
            notes.push(format!(
                "a sheet holds {} rows at most: the rows stand on {} sheets",
                self.limit,
                self.sheets.len()
            ));
        }
        if self.cut > 0 {
            notes.push(format!(
                "a cell holds {UNITS} characters at most; longer texts were cut: {}",
                self.cut
            ));
        }
        notes
    }
}

/// How often each rule and each document stands in the rows: the last sheet.
struct Sources<F> {
    rules: Option<Arc<RuleSet>>,
    rule: Option<F>,
    document: Option<F>,
    of_rule: BTreeMap<String, usize>,
    of_document: Vec<(String, usize)>,
}

impl<F: Field> Sources<F> {
    const HEADER: [&str; 8] = ["source", "name", "rows", "layer", "category", "indicator", "pattern", "file"];

    fn new(rules: Option<Arc<RuleSet>>) -> Self {
        let column = |name: &str| F::ALL.iter().copied().find(|column| column.name() == name);
        Self {
            rules,
            rule: column("rule"),
            document: column("document"),
            of_rule: BTreeMap::new(),
            of_document: vec![],
        }
    }

    fn count(&mut self, row: &F::Row) {
        if let Some(Cell::Text(rule)) = self.rule.map(|column| column.cell(row)) {
            match self.of_rule.get_mut(rule) {
                Some(count) => *count += 1,
                None => drop(self.of_rule.insert(rule.to_owned(), 1)),
            }
        }
        if let Some(Cell::Text(document)) = self.document.map(|column| column.cell(row)) {
            // The rows of a document come together.
            match self.of_document.last_mut() {
                Some((last, count)) if last == document => *count += 1,
                _ => self.of_document.push((document.to_owned(), 1)),
            }
        }
    }

    fn write(&self, workbook: &mut Workbook, limit: u32) -> io::Result<()> {
        if self.rule.is_none() && self.document.is_none() {
            return Ok(());
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name("rules and documents").map_err(io_error)?;
        head(sheet, &Self::HEADER)?;
        let mut widths: Vec<usize> = Self::HEADER.iter().map(|name| name.width() + 2).collect();
        let mut next = 1;
        let mut styles = Styles::default();
        let of_rule = self.of_rule.iter().map(|(id, count)| {
            let rule = self.rules.iter().flat_map(|rules| rules.rules()).find(|rule| rule.id == *id);
            let told = rule.map_or([""; 5], |rule| {
                let file: &str = &rule.file;
                [rule.layer.name(), &rule.category, &rule.indicator, &rule.pattern.written, file]
            });
            ("rule", id, *count, told)
        });
        let of_document = self.of_document.iter().map(|(name, count)| ("document", name, *count, [""; 5]));
        for (source, name, count, told) in of_rule.chain(of_document).take(limit as usize - 1) {
            for (at, text) in [source, name.as_str(), ""].into_iter().chain(told).enumerate() {
                let text = formula::defuse(text);
                text_cell(sheet, (next, at as u16), &text, None)?;
                widths[at] = widths[at].max(text.width());
            }
            number_cell(sheet, (next, 2), count.into(), 0, &mut styles)?;
            next += 1;
        }
        fit(sheet, next, &widths)
    }
}

/// A number's look by its decimals, made once each.
#[derive(Default)]
pub struct Styles(BTreeMap<u32, Style>);

impl Styles {
    fn of(&mut self, decimals: u32) -> &Style {
        self.0.entry(decimals).or_insert_with(|| {
            let zeros = "0".repeat(decimals as usize);
            Style::new().set_num_format(if decimals == 0 { "0".to_owned() } else { format!("0.{zeros}") })
        })
    }
}

/// A workbook that says nothing of the time when it was made, so that the same rows give the same bytes.
pub fn workbook() -> io::Result<Workbook> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(io_error)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    Ok(workbook)
}

/// Writes the header.
pub fn head(sheet: &mut Worksheet, names: &[impl AsRef<str>]) -> io::Result<()> {
    let style = Style::new().set_bold().set_align(FormatAlign::Top);
    for (at, name) in names.iter().enumerate() {
        text_cell(sheet, (0, at as u16), name.as_ref(), Some(&style))?;
    }
    Ok(())
}

/// Freezes and filters the header, and makes columns as wide as their text; `next` is the row after the last.
pub fn fit(sheet: &mut Worksheet, next: u32, widths: &[usize]) -> io::Result<()> {
    sheet.set_freeze_panes(1, 0).map_err(io_error)?;
    if let Some(last) = widths.len().checked_sub(1) {
        sheet.autofilter(0, 0, next.max(1) - 1, last as u16).map_err(io_error)?;
    }
    set_widths(sheet, widths)
}

fn set_widths(sheet: &mut Worksheet, widths: &[usize]) -> io::Result<()> {
    for (at, width) in widths.iter().enumerate() {
        let width = (*width).clamp(6, WIDEST) as u32 + 2;
        sheet.set_column_width(at as u16, width).map_err(io_error)?;
    }
    Ok(())
}

/// Writes text, cut to what a cell holds; says whether it was cut. No text leaves the cell blank.
pub fn text_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    style: Option<&Style>,
) -> io::Result<bool> {
    let cut = cut(text);
    let text = cut.as_deref().unwrap_or(text);
    if !text.is_empty() {
        match style {
            Some(style) => sheet.write_string_with_format(row, column, text, style),
            None => sheet.write_string(row, column, text),
        }
        .map_err(io_error)?;
    }
    Ok(cut.is_some())
}

/// Writes a number with as many decimals, or as text where a spreadsheet would lose digits of it; returns its width.
fn number_cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    number: Decimal,
    decimals: u32,
    styles: &mut Styles,
) -> io::Result<usize> {
    let digits = number.to_string();
    if let Some(float) = float(&digits) {
        sheet.write_number_with_format(row, column, float, styles.of(decimals)).map_err(io_error)?;
        return Ok(digits.len() + decimals as usize);
    }
    sheet.write_string(row, column, &digits).map_err(io_error)?;
    Ok(digits.len())
}

/// The number that these digits are, if a spreadsheet keeps them all.
pub fn float(digits: &str) -> Option<f64> {
    let written = digits.trim_start_matches(['-', '0', '.']);
    let kept = written.bytes().filter(u8::is_ascii_digit).count() <= DIGITS;
    digits.parse().ok().filter(|_| kept)
}

/// As much of `text` as a cell holds, if that is not all.
fn cut(text: &str) -> Option<String> {
    // No character has more units than bytes.
    if text.len() <= UNITS || text.encode_utf16().count() <= UNITS {
        return None;
    }
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units < UNITS
    };
    Some(text.chars().take_while(fits).chain(['…']).collect())
}

/// What the workbook's crate answers to a full temporary folder is a panic.
fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::StorageFull, "the temporary folder cannot hold the workbook"))
    })
}

/// The error itself where the system had one.
pub fn io_error(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other.to_string()),
    }
}
