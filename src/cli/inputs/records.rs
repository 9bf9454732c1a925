//! Records of crawled corpora: JSON objects, one a line, each of them a document.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use kpi_extract::decode;
use serde_json::{Map, Value};

use super::{Failure, Reading, source, source::Input};
use crate::cli::job::is_output;

/// Goes through the records of a file; one is held at a time.
pub struct Records {
    name: String,
    reader: Box<dyn BufRead>,
    line: usize,
    reading: Reading,
}

impl Records {
    /// The records of a file, or `None` if they are rows of ours. The file may be packed.
    pub fn open(path: &Path, name: &str, reading: &Reading) -> Result<Option<Self>, Failure> {
        let fail = |error: &io::Error| Failure::new(name, source::unread(error));
        let file = File::open(path).map_err(|error| fail(&error))?;
        let size = file.metadata().map_err(|error| fail(&error))?.len();
        Self::new(name, file, size, reading)
    }

    /// The records of standard input.
    pub fn stdin(name: &str, reading: &Reading) -> Result<Option<Self>, Failure> {
        Self::new(name, io::stdin(), u64::MAX, reading)
    }

    /// The records of what has been read already.
    #[cfg(feature = "archives")]
    pub fn of(name: &str, bytes: Vec<u8>, reading: &Reading) -> Result<Option<Self>, Failure> {
        Self::new(name, io::Cursor::new(bytes), u64::MAX, reading)
    }

    fn new(
        name: &str,
        bytes: impl Read + 'static,
        size: u64,
        reading: &Reading,
    ) -> Result<Option<Self>, Failure> {
        let fail = |error: io::Error| Failure::new(name, source::unread(&error));
        let mut reader = BufReader::new(source::unpacked(name, bytes, size).map_err(fail)?);
        let ours = is_output(reader.fill_buf().map_err(fail)?);
        let records =
            || Self { name: name.to_owned(), reader: Box::new(reader), line: 0, reading: reading.clone() };
        Ok((!ours).then(records))
    }

    /// Reads a line, no more of it than may be.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let limit = self.reading.options.max_size;
        let mut line = Vec::new();
        (&mut self.reader).take(limit as u64 + 1).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        if line.len() > limit {
            self.reader.skip_until(b'\n')?;
            return Err(io::Error::other(decode::Error::TooLarge { limit }));
        }
        Ok(Some(line))
    }

    fn record(&self, line: &[u8]) -> Result<Input, String> {
        let Reading { options, text_field, id_field, .. } = &self.reading;
        let record: Map<String, Value> = serde_json::from_slice(line)
            .map_err(|error| format!("no JSON object: {}", without_line(&error.to_string())))?;
        let mut text = String::new();
        for field in text_field.split(',') {
            let value = record.get(field).ok_or_else(|| format!("no field `{field}` (--text-field)"))?;
            add(value, &mut text).ok_or_else(|| format!("the field `{field}` is no text (--text-field)"))?;
        }
        let name = match record.get(id_field) {
            Some(Value::String(id)) if !id.is_empty() => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => format!("{}:{}", self.name, self.line),
        };
        Ok(Input::record(name, text, *options))
    }
}

/// Adds a field's text, the parts of a list as lines of their own.
fn add(value: &Value, text: &mut String) -> Option<()> {
    match value {
        Value::String(part) => {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(part);
        }
        Value::Array(parts) => parts.iter().try_for_each(|part| add(part, text))?,
        Value::Null => {}
        _ => return None,
    }
    Some(())
}

/// A parser's message without its line, which is always 1.
fn without_line(message: &str) -> String {
    message.replace(" at line 1 column ", " at column ")
}

impl Iterator for Records {
    type Item = Result<Input, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.line() {
                Ok(line) => line?,
                Err(error) => {
                    let ended = error.kind() != io::ErrorKind::Other;
                    if ended {
                        self.reader = Box::new(io::empty());
                    }
                    let name = format!("{}:{}", self.name, self.line + usize::from(ended));
                    return Some(Err(Failure::new(name, source::unread(&error))));
                }
            };
            let line = line.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(&line).trim_ascii();
            if line.is_empty() {
                continue;
            }
            let record = self.record(line);
            return Some(record.map_err(|cause| Failure::new(format!("{}:{}", self.name, self.line), cause)));
        }
    }
}
