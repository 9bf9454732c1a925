//! `Draft`: the text of a document in the making, line by line, which is all that a format hands on: paragraphs, and
//! tables as lines of cells with tabs between them, the form in which tables are read.

use super::{Error, Page, Pages, Text};
use crate::table::EMPTY;

/// How many cells a line of a table may have; what spans more columns spans no more.
const WIDTH: usize = 200;
/// How many lines a cell may span.
const HEIGHT: usize = 1000;
/// A cell of more characters holds running text: its table serves the layout of the page.
const PROSE: usize = 120;

/// Text in the making.
#[derive(Debug)]
pub(super) struct Draft {
    text: String,
    pages: Pages,
    limit: usize,
}

impl Draft {
    /// A text of no more than `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { text: String::new(), pages: Pages::default(), limit }
    }

    /// Whether there is no more room.
    pub(super) fn is_full(&self) -> bool {
        self.text.len() > self.limit
    }

    /// Adds the lines of `text`, without the space round them, but for empty ones.
    pub(super) fn lines(&mut self, text: &str) {
        for line in text.split(['\n', '\r', '\u{0B}', '\u{0C}', '\u{85}', '\u{2028}', '\u{2029}']) {
            let line = line.trim_matches(|c: char| c.is_whitespace() && c != '\u{3000}').trim_end();
            if !line.trim().is_empty() && !self.is_full() {
                self.text.push_str(line);
                self.text.push('\n');
            }
        }
    }

    /// Goes on with the line, or adds lines that are made.
    #[cfg(any(feature = "html", feature = "pdf"))]
    pub(super) fn words(&mut self, text: &str) {
        if !self.is_full() {
            self.text.push_str(text);
        }
    }

    /// Goes on with a line that was broken before `next`: with a space where words would touch.
    #[cfg(feature = "pdf")]
    pub(super) fn join(&mut self, next: Option<char>) {
        let narrow = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        if narrow(self.text.chars().next_back()) && narrow(next) {
            self.text.push(' ');
        }
    }

    /// Ends the line, if it has begun.
    #[cfg(feature = "pdf")]
    pub(super) fn end_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') && !self.is_full() {
            self.text.push('\n');
        }
    }

    /// From here on it is `page`.
    pub(super) fn page(&mut self, page: Page) {
        self.pages.begin(self.text.len(), page);
    }

    /// A sheet of cells.
    #[cfg(feature = "sheets")]
    pub(super) fn sheet(&mut self, name: &str) -> u16 {
        self.pages.sheet(name)
    }

    /// Adds a table: each row a line of cells. What stands alone above the rows is a line by itself, and so is running
    /// text.
    pub(super) fn table(&mut self, grid: Grid) {
        let rows = grid.finish();
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut begun = false;
        for row in rows {
            let filled = row.iter().filter(|cell| !cell.is_blank()).count();
            begun |= filled > 1;
            if !begun || row.iter().any(Cell::is_prose) {
                for cell in row.iter().filter(|cell| !cell.is_blank()) {
                    self.cell(cell, false);
                    self.text.push('\n');
                }
            } else if filled > 0 && !self.is_full() {
                let blank = Cell::default();
                for (i, cell) in row.iter().chain(std::iter::repeat(&blank)).take(width).enumerate() {
                    if i > 0 {
                        self.text.push('\t');
                    }
                    if cell.is_blank() && filled > 1 {
                        self.text.push_str(EMPTY);
                    }
                    self.cell(cell, true);
                }
                self.text.push('\n');
            }
        }
    }

    fn cell(&mut self, cell: &Cell, one_line: bool) {
        if self.is_full() {
            return;
        }
        if cell.page != Page::None {
            self.page(cell.page);
        }
        if !one_line {
            let before = self.text.len();
            self.lines(&cell.text);
            if self.text.len() > before {
                self.text.pop();
            }
            return;
        }
        let mut before = None;
        for word in cell.text.split_whitespace() {
            let apart = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            if before.is_some() && (apart(before) || apart(word.chars().next())) {
                self.text.push(' ');
            }
            self.text.push_str(word);
            before = word.chars().next_back();
        }
    }

    /// The text.
    pub(super) fn finish(self) -> Result<Text<'static>, Error> {
        let Self { text, pages, limit } = self;
        if text.len() > limit {
            return Err(Error::TooLarge { limit });
        }
        Ok(Text { text: text.into(), first_byte: None, pages, flaws: Vec::new() })
    }
}

/// What stands in one cell.
#[derive(Clone, Debug)]
struct Cell {
    text: String,
    page: Page,
}

impl Default for Cell {
    fn default() -> Self {
        Self { text: String::new(), page: Page::None }
    }
}

impl Cell {
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn is_prose(&self) -> bool {
        self.text.len() > PROSE && self.text.chars().count() > PROSE
    }
}

/// A table in the making, cell by cell, row by row.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: Vec<Vec<Cell>>,
    row: Vec<Cell>,
    /// For each column, how many more rows a cell above takes.
    taken: Vec<usize>,
}

impl Grid {
    /// Adds a cell of the row, which spans so many columns and rows.
    pub(super) fn cell(&mut self, text: impl Into<String>, page: Page, columns: usize, rows: usize) {
        self.pass();
        let mut first = Some(Cell { text: text.into(), page });
        for _ in 0..columns.max(1) {
            if self.row.len() >= WIDTH {
                return;
            }
            let at = self.row.len();
            if self.taken.len() <= at {
                self.taken.resize(at + 1, 0);
            }
            self.taken[at] = rows.clamp(1, HEIGHT);
            self.row.push(first.take().unwrap_or_default());
        }
    }

    /// Leaves the columns out that cells above take.
    fn pass(&mut self) {
        while self.taken.get(self.row.len()).is_some_and(|&left| left > 0) && self.row.len() < WIDTH {
            self.row.push(Cell::default());
        }
    }

    /// Ends a row.
    pub(super) fn end_row(&mut self) {
        self.pass();
        self.taken.iter_mut().for_each(|left| *left = left.saturating_sub(1));
        self.rows.push(std::mem::take(&mut self.row));
    }

    fn finish(mut self) -> Vec<Vec<Cell>> {
        if !self.row.is_empty() {
            self.end_row();
        }
        self.rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[(&str, usize, usize)]]) -> String {
        let mut grid = Grid::default();
        for row in rows {
            row.iter().for_each(|(text, columns, rows)| grid.cell(*text, Page::None, *columns, *rows));
            grid.end_row();
        }
        let mut draft = Draft::new(1000);
        draft.table(grid);
        draft.finish().unwrap().text.into_owned()
    }

    #[test]
    fn rows_are_lines_of_as_many_cells() {
        assert_eq!(
            table(&[
                &[("主要指标", 3, 1)],
                &[("（单位：亿元）", 1, 1)],
                &[("指标", 1, 2), ("金额", 1, 1), ("增速", 1, 1)],
                &[("a", 1, 1)],
                &[("税收\n收入", 1, 1), ("12.5", 1, 1)],
            ]),
            "主要指标\n（单位：亿元）\n指标\t金额\t增速\n\ta\t\n税收收入\t12.5\t/\n"
        );
    }

    #[test]
    fn running_text_in_cells_is_lines() {
        let prose = "全年接收工单。".repeat(20);
        assert_eq!(table(&[&[("一", 1, 1), (&prose, 1, 1)]]), format!("一\n{prose}\n"));
    }
}
