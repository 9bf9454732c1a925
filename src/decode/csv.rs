//! Tables as text: their cells, whatever stands between them.

use super::{
    Encoding, Error, Page, Text,
    draft::{Draft, Grid},
    plain,
};

/// What may stand between cells.
const MARKS: [char; 3] = ['\t', ',', ';'];
/// How many lines are looked at to see which one does.
const LINES: usize = 20;
/// How many rows are one table; it is read in pieces of so many.
const ROWS: usize = 10_000;

/// The text of a table: a line of cells for each row, each with its place.
pub(super) fn text(bytes: &[u8], encoding: Option<Encoding>, limit: usize) -> Result<Text<'static>, Error> {
    let table = plain(bytes, encoding, false)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(mark(&table.text) as u8)
        .from_reader(table.text.as_bytes());
    let mut draft = Draft::new(limit);
    let mut grid = Grid::default();
    for (row, record) in reader.records().enumerate() {
        let record = record.map_err(|error| Error::Broken { format: "CSV", cause: error.to_string() })?;
        for (column, cell) in record.iter().enumerate() {
            let page = Page::Cell { sheet: u16::MAX, row: row as u32, column: column as u32 };
            grid.cell(cell.to_owned(), page, 1, 1);
        }
        grid.end_row();
        if row % ROWS == ROWS - 1 {
            draft.table(std::mem::take(&mut grid));
        }
    }
    draft.table(grid);
    let mut text = draft.finish()?;
    text.flaws = table.flaws;
    Ok(text)
}

/// What stands between cells: the mark that most lines have as many of.
fn mark(table: &str) -> char {
    let lines = || table.lines().filter(|line| !line.trim().is_empty()).take(LINES);
    let alike = |mark: char| {
        let mut counts: Vec<usize> = lines().map(|line| line.matches(mark).count()).collect();
        counts.sort_unstable();
        let usual = counts.get(counts.len() / 2).copied().unwrap_or(0);
        (usual > 0, counts.iter().filter(|&&count| count == usual).count())
    };
    MARKS.into_iter().rev().max_by_key(|&mark| alike(mark)).unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lead_back_to_their_places() {
        let table = "主要指标,,\n指标,金额（亿元）,增速（%）\n\"税收\n收入\",\"1,204.5\",3\n";
        let read = text(table.as_bytes(), None, 1 << 20).unwrap();
        assert_eq!(read.text, "主要指标\n指标\t金额（亿元）\t增速（%）\n税收收入\t1,204.5\t3\n");
        assert_eq!(read.pages.at(read.text.find("1,204.5").unwrap()), "B3");
    }

    #[test]
    fn tabs_and_semicolons_part_cells_too() {
        for table in ["指标\t金额\n税收\t1,204\n", "指标;金额\n税收;1,204\n"] {
            assert_eq!(text(table.as_bytes(), None, 1 << 20).unwrap().text, "指标\t金额\n税收\t1,204\n");
        }
    }
}
