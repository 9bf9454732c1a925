//! `FileText`: the text of a rule file, of which many findings tell lines.

use std::ops::Deref;

use once_cell::sync::OnceCell;

/// A text that knows where its lines begin, once it was asked for one.
#[derive(Debug, Default)]
pub struct FileText {
    text: String,
    lines: OnceCell<Vec<usize>>,
}

impl FileText {
    /// The 0-based line of a byte, and the byte that the line begins at.
    pub fn line(&self, at: usize) -> (usize, usize) {
        let begins = || self.text.match_indices('\n').map(|(end, _)| end + 1).collect();
        let lines: &Vec<usize> = self.lines.get_or_init(begins);
        let line = lines.partition_point(|&begin| begin <= at);
        (line, line.checked_sub(1).map_or(0, |before| lines[before]))
    }
}

impl From<&str> for FileText {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), lines: OnceCell::new() }
    }
}

impl Deref for FileText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_is_of_the_line_that_it_stands_in() {
        let text = FileText::from("甲\n乙丙\n\n");
        assert_eq!(
            [0, 3, 4, 10, 11, 12].map(|at| text.line(at)),
            [(0, 0), (0, 0), (1, 4), (1, 4), (2, 11), (3, 12)]
        );
        assert_eq!(FileText::default().line(0), (0, 0));
    }
}
