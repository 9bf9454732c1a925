//! What is typed about how documents are read.

use clap::{Args as Options, builder::NonEmptyStringValueParser};
use kpi_extract::decode::{self, Encoding, Format, LIMIT, MAX_SIZE};

use crate::cli::inputs::{Container, Reading};

/// How documents are read.
#[derive(Clone, Debug, Options)]
pub struct ReadingArgs {
    /// The encoding of text, instead of detection: gb18030, big5, utf-16 …
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub encoding: Option<Encoding>,

    /// What documents are, whatever they are called: txt, md, html, docx, pdf, csv, xlsx, xls, ods, jsonl, zip
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    pub input_format: Option<InputFormat>,

    /// Pass over larger documents, also unpacked ones: bytes, or with K, M, G [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = size, default_value_t = MAX_SIZE, hide_default_value = true)]
    pub max_size: usize,

    /// The fields of a JSONL record that hold its text, in this order
    #[arg(
        long,
        value_name = "A,B",
        default_value = "text",
        value_parser = NonEmptyStringValueParser::new()
    )]
    pub text_field: String,

    /// The field of a JSONL record that holds its name
    #[arg(long, value_name = "NAME", default_value = "id", value_parser = NonEmptyStringValueParser::new())]
    pub id_field: String,
}

/// What documents are said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputFormat {
    One(Format),
    Several(Container),
}

impl From<ReadingArgs> for Reading {
    fn from(args: ReadingArgs) -> Self {
        let ReadingArgs { encoding, input_format, max_size, text_field, id_field } = args;
        let (format, container) = match input_format {
            None => (None, None),
            Some(InputFormat::One(format)) => (Some(format), None),
            Some(InputFormat::Several(container)) => (None, Some(container)),
        };
        let options = decode::Options { format, encoding, max_size };
        Self { options, container, text_field, id_field }
    }
}

fn encoding(name: &str) -> Result<Encoding, String> {
    Encoding::named(name).ok_or_else(|| "no encoding has this name (utf-8, utf-16, gb18030, big5 …)".into())
}

fn format(name: &str) -> Result<InputFormat, String> {
    let container = Container::NAMES.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
    let container = container.map(|&(_, container)| InputFormat::Several(container));
    container.or_else(|| Format::named(name).map(InputFormat::One)).ok_or_else(|| {
        let formats = Format::ALL.iter().map(|(_, names)| names[0]);
        let names: Vec<&str> = formats.chain(["jsonl", "zip"]).collect();
        format!("one of {}", names.join(", "))
    })
}

/// Bytes, with a unit of 1024, its square or its cube.
fn size(typed: &str) -> Result<usize, String> {
    let digits = typed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match typed[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return Err("a number of bytes, or one with K, M or G".into()),
    };
    let number: usize = digits.parse().map_err(|_| "a number of bytes, or one with K, M or G")?;
    let size = number.checked_mul(factor).filter(|&size| size <= LIMIT);
    size.ok_or_else(|| format!("at most {}M", LIMIT >> 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(["7", "2k", "3M", "1G"].map(size), [Ok(7), Ok(2048), Ok(3 << 20), Ok(1 << 30)]);
        assert!(["", "x", "-1", "1T", "99G", "1.5M"].map(size).iter().all(Result::is_err));
    }

    #[test]
    fn formats_have_the_names_of_files() {
        assert_eq!(format("HTM"), Ok(InputFormat::One(Format::Html)));
        assert_eq!(format("jsonl"), Ok(InputFormat::Several(Container::Jsonl)));
        assert!(format("doc").is_err());
    }
}
