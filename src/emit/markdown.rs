//! Markdown: a table as GitHub's dialect has it, in which no text of a report becomes markup.

use std::io::{self, BufWriter, Write};

use super::{BUFFER, Emit, Field, Holds, Layout, text};
use crate::wording::one_line;

/// Writes one line a row.
pub struct Markdown<W: Write, F> {
    out: BufWriter<W>,
    columns: Vec<F>,
}

impl<W: Write, F: Field> Markdown<W, F> {
    /// Writes the header, which a table in Markdown always has.
    pub fn new(layout: &Layout<F>, out: W) -> io::Result<Self> {
        let mut out = BufWriter::with_capacity(BUFFER, out);
        let columns = layout.columns.clone();
        let right = |column: &F| matches!(column.holds(), Holds::Decimal | Holds::Integer);
        out.write_all(line(columns.iter().map(|column| column.name())).as_bytes())?;
        out.write_all(rule(columns.iter().map(right)).as_bytes())?;
        Ok(Self { out, columns })
    }
}

impl<W: Write, F: Field> Emit<F> for Markdown<W, F> {
    fn row(&mut self, row: &F::Row) -> io::Result<()> {
        let cells = self.columns.iter().map(|column| text(*column, row));
        self.out.write_all(line(cells).as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A line of a table.
pub fn line(cells: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let mut line = "|".to_owned();
    for cell in cells {
        line.push(' ');
        line += &escaped(cell.as_ref());
        line += if line.ends_with(' ') { "|" } else { " |" };
    }
    line.push('\n');
    line
}

/// The line below the header: which columns are flush right.
pub fn rule(right: impl IntoIterator<Item = bool>) -> String {
    let cells = right.into_iter().map(|right| if right { " --: |" } else { " --- |" });
    format!("|{}\n", cells.collect::<String>())
}

/// `text` as Markdown shows it: what would be markup stands behind a backslash, line ends and control characters are
/// shown as escapes. An underscore inside a word is none.
pub fn escaped(text: &str) -> String {
    let text = one_line(text);
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric());
        let markup = match c {
            '\\' | '|' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '~' | '$' => true,
            '_' => !(word(before.as_ref()) && word(rest.peek())),
            _ => false,
        };
        if markup {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(escaped("a|b"), "a\\|b");
        assert_eq!(escaped("<b>*甲*</b> `乙` [丙](x)"), "\\<b\\>\\*甲\\*\\</b\\> \\`乙\\` \\[丙\\](x)");
        assert_eq!(escaped("byte_start _甲_ 3~5"), "byte_start \\_甲\\_ 3\\~5");
        assert_eq!(escaped("一\n二\u{1b}[2J\u{202E}"), "一\\\\n二\\\\u{1b}\\[2J\\\\u{202e}");
    }

    #[test]
    fn empty_cells_keep_their_place() {
        assert_eq!(line(["a", "", "c"]), "| a | | c |\n");
        assert_eq!(rule([false, true]), "| --- | --: |\n");
    }
}
