//! `Pages`: on which page or in which cell a place of the text stands, for documents that have such.

use std::fmt;

/// A page or a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Neither.
    None,
    /// A page, from 1.
    Number(u32),
    /// A cell.
    Cell {
        /// Which sheet, from 0.
        sheet: u16,
        /// From 0.
        row: u32,
        /// From 0.
        column: u32,
    },
}

/// The pages or cells of a text, by where each begins.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    sheets: Vec<String>,
    begins: Vec<(u32, Page)>,
}

impl Pages {
    /// A sheet that cells are on; the number that it goes by.
    #[cfg(feature = "sheets")]
    pub(super) fn sheet(&mut self, name: &str) -> u16 {
        self.sheets.push(name.to_owned());
        u16::try_from(self.sheets.len() - 1).unwrap_or(u16::MAX)
    }

    /// From byte `at` of the text on, it is `page`; places come in order.
    pub(super) fn begin(&mut self, at: usize, page: Page) {
        self.begins.push((at as u32, page));
    }

    /// Where the byte `at` of the text stands: `p. 3`, `Sheet1!B7`, nothing where there is neither page nor cell.
    pub fn at(&self, at: usize) -> String {
        let next = self.begins.partition_point(|&(begins, _)| begins as usize <= at);
        let page = next.checked_sub(1).map_or(Page::None, |i| self.begins[i].1);
        Shown { pages: self, page }.to_string()
    }
}

struct Shown<'p> {
    pages: &'p Pages,
    page: Page,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.page {
            Page::None => Ok(()),
            Page::Number(number) => write!(f, "p. {number}"),
            Page::Cell { sheet, row, column } => {
                if let Some(name) = self.pages.sheets.get(usize::from(sheet)) {
                    write!(f, "{name}!")?;
                }
                let mut letters = Vec::new();
                let mut rest = column + 1;
                while rest > 0 {
                    rest -= 1;
                    letters.push(char::from(b'A' + (rest % 26) as u8));
                    rest /= 26;
                }
                letters.iter().rev().try_for_each(|letter| write!(f, "{letter}"))?;
                write!(f, "{}", row + 1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_go_by_their_letters() {
        let mut pages = Pages::default();
        let sheet = pages.sheet("指标");
        for (at, column) in [(5, 0), (9, 25), (12, 26), (20, 701), (30, 702)] {
            pages.begin(at, Page::Cell { sheet, row: 6, column });
        }
        pages.begin(40, Page::None);
        let told = [0, 5, 8, 9, 12, 25, 30, 50].map(|at| pages.at(at));
        assert_eq!(told, ["", "指标!A7", "指标!A7", "指标!Z7", "指标!AA7", "指标!ZZ7", "指标!AAA7", ""]);
    }
}
