//! `Page`: leaves to HTML. Reports stand in it as JSON in which no character can end a script, and the page may load and
//! run nothing but its own style and script, which its policy names by their hashes.

use std::{
    collections::BTreeMap,
    io::{self, BufWriter, Write},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Leaf, Leaves, Line, Other, Piece};
use crate::{
    emit::{Cell, Column, Emit},
    row::Row,
};

/// What is to be seen before the script runs.
const BODY: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// How every page begins, by which it is known for none of the reports.
pub const START: &str = "<!doctype html>\n<!-- kpi-extract review -->\n";

/// Bytes that are gathered before they are passed on.
const BUFFER: usize = 64 * 1024;

/// Writes the page.
pub struct Page<W: Write> {
    out: BufWriter<W>,
    begun: bool,
    damaged: usize,
}

/// A report's rows, which the page reads at once.
#[derive(Serialize)]
struct Table<'a> {
    name: &'a str,
    whole: bool,
    /// A cell for each of [`columns`]; a heading or sentence by its place in `words`.
    rows: Vec<Vec<Value>>,
    others: &'a [Other],
    words: Vec<&'a str>,
}

/// A report's text, which the page reads when it is shown.
#[derive(Serialize)]
struct Lines<'a> {
    /// The number of each line.
    numbers: Vec<usize>,
    lines: Vec<&'a [Piece]>,
}

/// What a row has on the page; the document is told once for all of them.
fn columns() -> impl Iterator<Item = Column> {
    Column::ALL.into_iter().filter(|column| *column != Column::Document)
}

impl<W: Write> Page<W> {
    /// Writes onto `out`, which need not be buffered.
    pub fn new(out: W) -> Self {
        Self { out: BufWriter::with_capacity(BUFFER, out), begun: false, damaged: 0 }
    }

    /// What stands before the first leaf.
    fn begin(&mut self) -> io::Result<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        let policy = format!(
            "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; form-action 'none'",
            hash(SCRIPT),
            hash(STYLE)
        );
        write!(
            self.out,
            "{START}<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>kpi-extract review</title>\n<style>{STYLE}</style>\n{BODY}"
        )?;
        let all: Vec<&str> = Column::ALL.iter().map(|column| column.name()).collect();
        let own: Vec<&str> = columns().map(Column::name).collect();
        self.element("columns", &[all, own])
    }

    fn element(&mut self, class: &str, value: &impl Serialize) -> io::Result<()> {
        let json = inert(&serde_json::to_string(value)?);
        writeln!(self.out, "<script type=\"application/json\" class=\"{class}\">{json}</script>")
    }
}

impl<W: Write> Emit<Leaves> for Page<W> {
    fn row(&mut self, leaf: &Leaf) -> io::Result<()> {
        self.begin()?;
        self.damaged += leaf.rows.iter().filter(|row| row.damaged).count();
        let mut words = Words::default();
        let rows =
            leaf.rows.iter().map(|row| columns().map(|column| cell(column, row, &mut words)).collect());
        let rows = rows.collect();
        let table = Table {
            name: &leaf.document,
            whole: leaf.is_whole,
            rows,
            others: &leaf.others,
            words: words.all,
        };
        self.element("table", &table)?;
        let numbers = leaf.lines.iter().map(|line| line.number).collect();
        let lines = leaf.lines.iter().map(|Line { pieces, .. }| pieces.as_slice()).collect();
        self.element("text", &Lines { numbers, lines })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(&mut self) -> io::Result<()> {
        self.begin()?;
        write!(self.out, "<script>{SCRIPT}</script>\n</html>\n")?;
        self.out.flush()
    }

    fn notes(&self) -> Vec<String> {
        let told = || format!("figures that may have lost a digit: {}", self.damaged);
        if self.damaged > 0 { vec![told()] } else { vec![] }
    }
}

/// Texts that many rows of a report share.
#[derive(Default)]
struct Words<'a> {
    all: Vec<&'a str>,
    places: BTreeMap<&'a str, usize>,
}

impl<'a> Words<'a> {
    fn place(&mut self, text: &'a str) -> usize {
        *self.places.entry(text).or_insert_with(|| {
            self.all.push(text);
            self.all.len() - 1
        })
    }
}

fn cell<'a>(column: Column, row: &'a Row, words: &mut Words<'a>) -> Value {
    match (column, column.cell(row)) {
        (Column::Section | Column::Sentence, Cell::Text(text)) => words.place(text).into(),
        (_, Cell::Text(text)) => text.into(),
        (_, Cell::Decimal(Some(decimal))) => decimal.to_string().into(),
        (_, Cell::Decimal(None)) => Value::Null,
        (_, Cell::Integer(integer)) => integer.into(),
        (_, Cell::Flag(flag)) => flag.into(),
    }
}

/// JSON in which nothing is markup: `<`, `>`, `&` and the line ends that are none to JSON occur in strings alone, where
/// they have escapes.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 8);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out += &format!("\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out
}

/// A source of a policy for what stands between the tags of an element.
fn hash(content: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_ends_no_script() {
        let text = "</script><!--\u{2028}&\u{2029}]]>\u{0}\"\\";
        let json = inert(&serde_json::to_string(text).unwrap());
        assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}', '\u{0}']), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn a_hash_is_that_of_the_standard() {
        // The example of the Content Security Policy specification.
        assert_eq!(hash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn style_and_script_end_where_their_elements_do_and_load_nothing() {
        for text in [SCRIPT, STYLE] {
            assert!(!text.contains("</") && !text.contains("<!--") && !text.contains('\r'));
            let loads = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!loads.contains("http:") && !loads.contains("https:") && !loads.contains("@import"));
        }
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"]
        {
            assert!(!SCRIPT.contains(way), "{way}");
        }
    }
}
