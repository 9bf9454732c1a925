//! Why a document could not be read, or not all of it, in one line each.

use super::{Encoding, RATIO};

/// Why a document could not be read. Offsets count bytes from the start of the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A format that is not read.
    #[error("{format}, which is not read: {advice}")]
    Format {
        /// What it is.
        format: &'static str,
        /// How it becomes something that is.
        advice: &'static str,
    },
    /// A format that this program was built without.
    #[error("{format}, which this build does not read (cargo feature `{feature}`)")]
    Off {
        /// What it is.
        format: &'static str,
        /// The feature.
        feature: &'static str,
    },
    /// A byte that no text has.
    #[error("not a text file: NUL byte at offset {offset}")]
    Nul {
        /// Its offset.
        offset: usize,
    },
    /// Bytes that are text in no encoding.
    #[error("text in no encoding that is known: invalid byte at offset {offset} (as {encoding})")]
    Undecodable {
        /// What it looked like most.
        encoding: Encoding,
        /// Offset of the first bad byte.
        offset: usize,
    },
    /// More bytes than are read.
    #[error("too large: the limit is {limit} bytes (--max-size)")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Packed bytes that become too many.
    #[error("unpacks to more than {RATIO} times its size, which no report does")]
    Bomb,
    /// A document that opens with a password only.
    #[error("{format} that is encrypted: save it without a password")]
    Encrypted {
        /// What it is.
        format: &'static str,
    },
    /// A document that is cut off, damaged, or no such document at all.
    #[error("{format} that is damaged or cut off: {cause}")]
    Broken {
        /// What it is, or should be.
        format: &'static str,
        /// What was found.
        cause: String,
    },
    /// A document of pictures.
    #[error("PDF of pictures without text: recognise its characters first (`ocrmypdf -l chi_sim FILE FILE`)")]
    Pictures,
}

/// What of a document could not be read; the rest was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Bytes that are nothing in the encoding, which became U+FFFD.
    #[error(
        "{count} {} no {encoding}, the first at offset {offset}: read as U+FFFD",
        if *count == 1 { "byte that is" } else { "bytes that are" }
    )]
    Bytes {
        /// The encoding.
        encoding: Encoding,
        /// Offset of the first one, in bytes.
        offset: usize,
        /// How many there are.
        count: usize,
    },
    /// A page that seems to have several columns, whose lines cannot be told apart.
    #[error("page {page} looks like several columns: left out")]
    Columns {
        /// The page, from 1.
        page: u32,
    },
    /// A page that is a picture.
    #[error("page {page} is a picture without text")]
    Picture {
        /// The page, from 1.
        page: u32,
    },
    /// Characters of a page that have no meaning but their form.
    #[error("page {page}: {count} characters whose font does not tell what they are: read as U+FFFD")]
    Glyphs {
        /// The page, from 1.
        page: u32,
        /// How many there are.
        count: usize,
    },
    /// Some part that could not be read.
    #[error("{part} cannot be read: {cause}")]
    Part {
        /// Which.
        part: String,
        /// Why.
        cause: String,
    },
}
