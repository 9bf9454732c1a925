//! Word documents: paragraphs, headings, tables, notes and text boxes, with tracked changes taken as accepted.

use std::collections::BTreeMap;

use super::{
    Error, Page, Text,
    draft::{Draft, Grid},
    package::{Package, Token, walk},
};

const FORMAT: &str = "DOCX";

/// The text of a document.
pub(super) fn text(bytes: &[u8], limit: usize) -> Result<Text<'static>, Error> {
    let mut package = Package::open(bytes, FORMAT, limit)?;
    let missing = || Error::Broken { format: FORMAT, cause: "it has no text".into() };
    let mut notes = BTreeMap::new();
    for (part, prefix) in [("word/footnotes.xml", 'f'), ("word/endnotes.xml", 'e')] {
        if let Some(xml) = package.part(part)? {
            let mut writer = Writer::new(limit, BTreeMap::new());
            walk(&xml, FORMAT, &mut |token| writer.take(token))?;
            let found = writer.found.into_iter().map(|(id, note)| (format!("{prefix}{id}"), note));
            notes.extend(found);
        }
    }
    let main = package.part("word/document.xml")?;
    let main = match main {
        Some(main) => main,
        None => package.part("word/document2.xml")?.ok_or_else(missing)?,
    };
    let mut writer = Writer::new(limit, notes);
    walk(&main, FORMAT, &mut |token| writer.take(token))?;
    writer.finish()
}

/// What is being written: a paragraph, perhaps in a cell, perhaps in a text box.
#[derive(Debug, Default)]
struct Frame {
    paragraph: String,
    /// Lines that come after the paragraph: notes and text boxes that are anchored in it.
    after: Vec<String>,
    /// The mark of the paragraph was deleted: the next goes on with it.
    joined: bool,
    tables: Vec<Table>,
    /// Lines of a text box or a note, which is not written yet.
    lines: Vec<String>,
}

#[derive(Debug, Default)]
struct Table {
    grid: Grid,
    cell: String,
    columns: usize,
    /// The cell goes on with the one above.
    continued: bool,
}

/// Writes what the elements of a document say.
struct Writer {
    draft: Draft,
    /// Text boxes within text boxes, the innermost last.
    frames: Vec<Frame>,
    notes: BTreeMap<String, String>,
    /// Elements that are passed over, and how deep in one of them it is.
    silent: usize,
    /// Whether text counts: within `t`, not within what tells of instructions.
    in_text: usize,
    in_run: bool,
    hidden: bool,
    in_properties: usize,
    /// The note that is being read, of the notes' part.
    note: Option<String>,
    found: Vec<(String, String)>,
}

impl Writer {
    fn new(limit: usize, notes: BTreeMap<String, String>) -> Self {
        Self {
            draft: Draft::new(limit),
            frames: vec![Frame::default()],
            notes,
            silent: 0,
            in_text: 0,
            in_run: false,
            hidden: false,
            in_properties: 0,
            note: None,
            found: Vec::new(),
        }
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

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
            // What was deleted or moved away; the fallback for programs that know no text boxes; instructions.
            Token::Start("del" | "moveFrom", _) if self.in_properties == 0 => self.silent = 1,
            Token::Start("Fallback" | "instrText" | "delText" | "rt" | "pict_fallback", _) => self.silent = 1,
            Token::Start(name, attributes) => self.start(name, &attributes),
            Token::End(name) => self.end(name),
            Token::Text(text) if self.in_text > 0 && !self.hidden => self.frame().paragraph.push_str(text),
            Token::Text(_) => {}
        }
    }

    fn start(&mut self, name: &str, attributes: &super::package::Attributes<'_>) {
        let off = || matches!(attributes.get("val").as_deref(), Some("0" | "false" | "off"));
        match name {
            "t" => self.in_text += 1,
            "r" => {
                self.in_run = true;
                self.hidden = false;
            }
            "pPr" | "rPr" | "tcPr" | "trPr" | "tblPr" | "sectPr" => self.in_properties += 1,
            "vanish" if self.in_run => self.hidden = !off(),
            "del" => self.frame().joined = true,
            "tab" | "ptab" if self.in_properties == 0 => self.frame().paragraph.push('\t'),
            "br" | "cr" if self.in_properties == 0 => self.frame().paragraph.push('\n'),
            "noBreakHyphen" => self.frame().paragraph.push('-'),
            "footnoteReference" | "endnoteReference" => {
                let key = format!("{}{}", &name[..1], attributes.get("id").unwrap_or_default());
                if let Some(note) = self.notes.remove(&key) {
                    self.frame().after.push(note);
                }
            }
            "txbxContent" => self.frames.push(Frame::default()),
            "footnote" | "endnote" => {
                self.note = attributes.get("id").filter(|_| attributes.get("type").is_none());
                self.frames = vec![Frame::default()];
                // A note that is not asked for is a separator line.
                self.frames.push(Frame::default());
            }
            "tbl" => self.frame().tables.push(Table::default()),
            "tc" => {
                if let Some(table) = self.frame().tables.last_mut() {
                    (table.columns, table.continued) = (1, false);
                    table.cell.clear();
                }
            }
            "gridSpan" => {
                let columns = attributes.number("val", 1);
                if let Some(table) = self.frame().tables.last_mut() {
                    table.columns = columns;
                }
            }
            "vMerge" => {
                let goes_on = attributes.get("val").is_none_or(|value| value != "restart");
                if let Some(table) = self.frame().tables.last_mut() {
                    table.continued = goes_on;
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "t" => self.in_text = self.in_text.saturating_sub(1),
            "r" => {
                self.in_run = false;
                self.hidden = false;
            }
            "pPr" | "rPr" | "tcPr" | "trPr" | "tblPr" | "sectPr" => {
                self.in_properties = self.in_properties.saturating_sub(1);
            }
            "p" => self.end_paragraph(),
            "tc" => {
                let frame = self.frame();
                if let Some(table) = frame.tables.last_mut() {
                    let text = if table.continued { String::new() } else { std::mem::take(&mut table.cell) };
                    table.grid.cell(text, Page::None, table.columns, 1);
                }
            }
            "tr" => {
                if let Some(table) = self.frame().tables.last_mut() {
                    table.grid.end_row();
                }
            }
            "tbl" => self.end_table(),
            "txbxContent" => {
                self.end_paragraph();
                if self.frames.len() > 1
                    && let Some(done) = self.frames.pop()
                {
                    let lines = done.lines.join("\n");
                    self.frame().after.push(lines);
                }
            }
            "footnote" | "endnote" => {
                if let Some(done) = self.frames.pop()
                    && let Some(id) = self.note.take()
                {
                    self.found.push((id, done.lines.join("\n")));
                }
            }
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let frame = self.frame();
        if std::mem::take(&mut frame.joined) {
            return;
        }
        let mut lines = vec![std::mem::take(&mut frame.paragraph)];
        lines.append(&mut frame.after);
        for line in lines {
            self.write(&line);
        }
    }

    /// Writes a paragraph where it belongs: into a cell, a text box, or the text.
    fn write(&mut self, line: &str) {
        let inner = self.frames.len() > 1;
        let frame = self.frame();
        if let Some(table) = frame.tables.last_mut() {
            if !table.cell.is_empty() {
                table.cell.push('\n');
            }
            table.cell.push_str(line);
        } else if inner {
            frame.lines.push(line.to_owned());
        } else {
            self.draft.lines(line);
        }
    }

    fn end_table(&mut self) {
        let Some(Table { grid, .. }) = self.frame().tables.pop() else { return };
        if self.frame().tables.is_empty() && self.frames.len() == 1 {
            self.draft.table(grid);
            return;
        }
        // A table in a cell or a text box is lines there.
        let mut inner = Draft::new(usize::MAX);
        inner.table(grid);
        if let Ok(text) = inner.finish() {
            self.write(text.text.trim_end());
        }
    }

    fn finish(mut self) -> Result<Text<'static>, Error> {
        self.end_paragraph();
        self.draft.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> String {
        let notes = BTreeMap::from([("f2".to_owned(), "注：不含2家民办园。".to_owned())]);
        let mut writer = Writer::new(1 << 20, notes);
        let xml = format!("<w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
        walk(&xml, FORMAT, &mut |token| writer.take(token)).unwrap();
        writer.finish().unwrap().text.into_owned()
    }

    #[test]
    fn changes_are_accepted_and_notes_follow_their_paragraph() {
        let body = "<w:p><w:pPr><w:rPr><w:ins/></w:rPr></w:pPr><w:r><w:t>新建幼儿园</w:t></w:r>\
            <w:del><w:r><w:delText>12</w:delText></w:r></w:del><w:ins><w:r><w:t>13</w:t></w:r></w:ins>\
            <w:r><w:rPr><w:vanish/></w:rPr><w:t>暗</w:t></w:r><w:r><w:t>所</w:t><w:footnoteReference w:id='2'/></w:r></w:p>\
            <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>新增学位</w:t></w:r></w:p><w:p><w:r><w:t>800个</w:t></w:r></w:p>";
        assert_eq!(read(body), "新建幼儿园13所\n注：不含2家民办园。\n新增学位800个\n");
    }

    #[test]
    fn tables_and_text_boxes() {
        let cell = |text: &str| format!("<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>");
        let body = format!(
            "<w:p><w:r><w:t>前</w:t><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>框中3处</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
             <mc:Fallback><w:txbxContent><w:p><w:r><w:t>框中3处</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent>\
             <w:t>后</w:t></w:r></w:p><w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
            cell("指标"),
            cell("金额（亿元）"),
            cell("税收"),
            cell("12.5")
        );
        assert_eq!(read(&body), "前后\n框中3处\n指标\t金额（亿元）\n税收\t12.5\n");
    }
}
