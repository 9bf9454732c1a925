//! A wide table as a workbook: what is one number stays one, with its hedge as part of its format.

use std::io::{self, Write};

use rust_xlsxwriter::{Color, Format as Style, Worksheet};
use unicode_width::UnicodeWidthStr;

use super::{Fact, Figures, Grid};
use crate::{
    emit::{
        defuse,
        xlsx::{fit, float, head, io_error, text_cell, workbook},
    },
    row::Status,
};

/// Rows and columns that a sheet may have.
const LIMITS: (usize, usize) = (1_048_576, 16_384);

/// Writes the table to `out`. One that is too large for a sheet is an error.
pub fn sheet(grid: &Grid<'_>, out: &mut dyn Write) -> io::Result<()> {
    let columns = grid.header().count();
    if grid.lines.len() >= LIMITS.0 || columns > LIMITS.1 {
        let problem = format!(
            "a sheet holds {} rows and {} columns, the table has {} and {columns}: use --long or another --across",
            LIMITS.0,
            LIMITS.1,
            grid.lines.len() + 1
        );
        return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
    }
    let mut workbook = workbook()?;
    let sheet = workbook.add_worksheet();
    sheet.set_name("table").map_err(io_error)?;
    let names: Vec<_> = grid.header().map(defuse).collect();
    head(sheet, &names)?;
    let mut widths: Vec<usize> = names.iter().map(|name| name.width() + 2).collect();
    for (index, line) in grid.lines.iter().enumerate() {
        let row = index as u32 + 1;
        for (at, stub) in line.stub.iter().enumerate() {
            text_cell(sheet, (row, at as u16), &defuse(stub), None)?;
            widths[at] = widths[at].max(stub.width());
        }
        for (at, cell) in line.cells.iter().enumerate().filter(|(_, cell)| !cell.0.is_empty()) {
            let at = at + line.stub.len();
            figures(sheet, (row, at as u16), cell)?;
            widths[at] = widths[at].max(cell.to_string().width());
        }
    }
    let next = grid.lines.len() as u32 + 1;
    fit(sheet, next, &widths)?;
    sheet.set_freeze_panes(1, grid.side.len() as u16).map_err(io_error)?;
    out.write_all(&workbook.save_to_buffer().map_err(io_error)?)?;
    out.flush()
}

fn figures(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Figures<'_>) -> io::Result<()> {
    let mut style = Style::new();
    if cell.conflict() {
        style = style.set_font_color(Color::Red).set_bold();
    }
    if cell.0.iter().all(|fact| fact.status == Status::Planned) {
        style = style.set_italic();
    }
    let number = cell.single().and_then(|fact| Some((fact, float(&fact.value.normalize().to_string())?)));
    if let Some((fact, number)) = number {
        let style = style.set_num_format(format(fact));
        return sheet.write_number_with_format(row, column, number, &style).map(drop).map_err(io_error);
    }
    text_cell(sheet, (row, column), &defuse(&cell.to_string()), Some(&style)).map(drop)
}

/// The format that shows a number as [`Fact::shown`] does.
fn format(fact: &Fact) -> String {
    let zeros = "0".repeat(fact.decimals() as usize);
    let digits = if zeros.is_empty() { "0".to_owned() } else { format!("0.{zeros}") };
    let quoted = |text: &str| if text.is_empty() { String::new() } else { format!("\"{text}\"") };
    let after = match (fact.damaged, fact.status) {
        (true, Status::Planned) => "? (planned)",
        (true, Status::Actual) => "?",
        (false, Status::Planned) => " (planned)",
        (false, Status::Actual) => "",
    };
    let (mark, after) = (quoted(fact.mark()), quoted(after));
    // Without a part of its own a negative number would have its sign before the mark.
    format!("{mark}{digits}{after};{mark}-{digits}{after}")
}
