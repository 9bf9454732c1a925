//! `OpenDocument` spreadsheets: cells as they are shown, which is what the file holds beside their values.

use super::{
    Error, Page, Text,
    draft::{Draft, Grid},
    package::{Package, Token, walk},
    sheets::is_numbered,
};

const FORMAT: &str = "ODS";
/// How often a row or a cell that repeats is written.
const REPEATS: usize = 100;

/// The text of a spreadsheet.
pub(super) fn text(bytes: &[u8], limit: usize) -> Result<Text<'static>, Error> {
    let mut package = Package::open(bytes, FORMAT, limit)?;
    let xml = package
        .part("content.xml")?
        .ok_or_else(|| Error::Broken { format: FORMAT, cause: "it has no text".into() })?;
    let mut sheets = Sheets {
        draft: Draft::new(limit),
        grid: Grid::default(),
        sheet: 0,
        row: 0,
        repeats: 1,
        cells: Vec::new(),
        cell: None,
        in_text: 0,
        silent: 0,
    };
    walk(&xml, FORMAT, &mut |token| sheets.take(token))?;
    sheets.draft.finish()
}

/// A cell as it repeats.
struct Cell {
    text: String,
    repeats: usize,
}

struct Sheets {
    draft: Draft,
    grid: Grid,
    sheet: u16,
    row: u32,
    /// How often the row repeats.
    repeats: u32,
    cells: Vec<Cell>,
    cell: Option<Cell>,
    in_text: usize,
    /// How deep in an annotation it is.
    silent: usize,
}

impl Sheets {
    fn take(&mut self, token: Token<'_>) {
        if self.silent > 0 {
            match token {
                Token::Start(..) => self.silent += 1,
                Token::End(_) => self.silent -= 1,
                Token::Text(_) => {}
            }
            return;
        }
        match token {
            Token::Start("annotation" | "tracked-changes", _) => self.silent = 1,
            Token::Start("table", attributes) => {
                let name = attributes.get("name").unwrap_or_default();
                self.sheet = self.draft.sheet(&name);
                (self.row, self.grid) = (0, Grid::default());
                if !is_numbered(&name) {
                    self.draft.lines(&name);
                }
            }
            Token::End("table") => self.draft.table(std::mem::take(&mut self.grid)),
            Token::Start("table-row", attributes) => {
                self.repeats = attributes.number("number-rows-repeated", 1) as u32;
                self.cells.clear();
            }
            Token::End("table-row") => self.end_row(),
            Token::Start("table-cell" | "covered-table-cell", attributes) => {
                self.cell = Some(Cell {
                    text: String::new(),
                    repeats: attributes.number("number-columns-repeated", 1),
                });
            }
            Token::End("table-cell" | "covered-table-cell") => {
                if let Some(cell) = self.cell.take() {
                    self.cells.push(cell);
                }
            }
            Token::Start("p", _) => {
                self.in_text += 1;
                if let Some(cell) = self.cell.as_mut().filter(|cell| !cell.text.is_empty()) {
                    cell.text.push('\n');
                }
            }
            Token::End("p") => self.in_text = self.in_text.saturating_sub(1),
            Token::Start("s" | "tab" | "line-break", _) if self.in_text > 0 => {
                if let Some(cell) = &mut self.cell {
                    cell.text.push(' ');
                }
            }
            Token::Text(text) if self.in_text > 0 => {
                if let Some(cell) = &mut self.cell {
                    cell.text.push_str(text);
                }
            }
            _ => {}
        }
    }

    /// Writes the row as often as it repeats, if it says anything.
    fn end_row(&mut self) {
        let repeats = self.repeats.max(1);
        while self.cells.last().is_some_and(|cell| cell.text.trim().is_empty()) {
            self.cells.pop();
        }
        if self.cells.is_empty() {
            // A blank row ends a table.
            self.draft.table(std::mem::take(&mut self.grid));
            self.row = self.row.saturating_add(repeats);
            return;
        }
        for again in 0..repeats.min(REPEATS as u32) {
            let mut column = 0_u32;
            for cell in &self.cells {
                for _ in 0..cell.repeats.clamp(1, REPEATS) {
                    let page = Page::Cell { sheet: self.sheet, row: self.row.saturating_add(again), column };
                    self.grid.cell(cell.text.clone(), page, 1, 1);
                    column += 1;
                }
                // What is beyond the bound is blank.
                column = column.saturating_add(cell.repeats.saturating_sub(REPEATS) as u32);
            }
            self.grid.end_row();
        }
        self.row = self.row.saturating_add(repeats);
        if self.draft.is_full() {
            self.grid = Grid::default();
        }
    }
}
