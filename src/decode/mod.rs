//! Bytes to text: the first stage. Whatever a report comes as, it becomes lines of text that lead back to a page or a
//! cell, and what cannot be read is said instead of guessed.
//!
//! `encoding` tells which encoding a text is in, `format` what a document is, and each format has a file that makes
//! text of it. What every format writes is a `Draft`.

mod csv;
#[cfg(feature = "docx")]
mod docx;
mod draft;
mod encoding;
mod error;
mod format;
#[cfg(feature = "html")]
mod html;
#[cfg(feature = "sheets")]
mod ods;
#[cfg(any(feature = "docx", feature = "sheets"))]
mod package;
mod pages;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "sheets")]
mod sheets;

use std::borrow::Cow;

pub use encoding::Encoding;
pub use error::{Error, Flaw};
pub use format::Format;
pub use pages::{Page, Pages};

/// Longest document, in bytes, whatever the options say.
pub const LIMIT: usize = crate::repair::LIMIT;
/// Longest document where nothing else is said, in bytes, before it is unpacked and after.
pub const MAX_SIZE: usize = 256 << 20;

/// What packed data may become, as a multiple of its size, once it is larger than a mebibyte.
pub const RATIO: u64 = 200;

/// How documents are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The format, instead of what name and first bytes tell.
    pub format: Option<Format>,
    /// The encoding of text, instead of detection.
    pub encoding: Option<Encoding>,
    /// The most bytes that a document may have, and its text, and what it is unpacked to.
    pub max_size: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { format: None, encoding: None, max_size: MAX_SIZE }
    }
}

/// The text of a document as it was decoded, before any repair.
#[derive(Clone, Debug, Default)]
pub struct Text<'a> {
    /// The text, without byte-order mark, its line ends kept; borrowed where the document is UTF-8 plain text.
    pub text: Cow<'a, str>,
    /// Bytes of the file before those of the text, where these are the file's own.
    pub first_byte: Option<usize>,
    /// The pages or cells that it stands on.
    pub pages: Pages,
    /// What of the document could not be read.
    pub flaws: Vec<Flaw>,
}

/// What a document is given as: its bytes, read as their first ones and its name tell, or its text.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// The bytes of the file.
    Bytes(&'a [u8]),
    /// What [`read`] made of them.
    Text(&'a Text<'a>),
}

impl<'a> From<&'a [u8]> for Source<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Source<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Text<'a>> for Source<'a> {
    fn from(text: &'a Text<'a>) -> Self {
        Self::Text(text)
    }
}

impl<'a> Source<'a> {
    /// The text of the document `name`.
    pub(crate) fn text(self, name: &str) -> Result<Cow<'a, Text<'a>>, Error> {
        match self {
            Self::Bytes(bytes) => read(name, bytes, &Options::default()).map(Cow::Owned),
            Self::Text(text) => Ok(Cow::Borrowed(text)),
        }
    }
}

/// The text of the document `name`. Its name tells only the format, and only where its first bytes do not.
pub fn read<'a>(name: &str, bytes: &'a [u8], options: &Options) -> Result<Text<'a>, Error> {
    let limit = options.max_size.min(LIMIT);
    if bytes.len() > limit {
        return Err(Error::TooLarge { limit });
    }
    let format = match options.format {
        Some(format) => format,
        None => Format::detect(name, bytes)?,
    };
    let text = format.text(bytes, options, limit)?;
    if text.text.len() > limit.saturating_mul(4).min(LIMIT) {
        return Err(Error::TooLarge { limit });
    }
    Ok(text)
}

/// The text of a document that is plain text, in whatever encoding.
///
/// ```
/// use kpi_extract::decode::decode;
///
/// assert_eq!(decode(b"\xC2\xFA\xD2\xE2\xC2\xCA\xB4\xEF\xB5\xBD97%")?.text, "满意率达到97%");
/// # Ok::<(), kpi_extract::decode::Error>(())
/// ```
pub fn decode(bytes: &[u8]) -> Result<Text<'_>, Error> {
    plain(bytes, None, false)
}

fn plain(bytes: &[u8], encoding: Option<Encoding>, markup: bool) -> Result<Text<'_>, Error> {
    let encoding::Decoded { text, first_byte, flaw } = encoding::decode(bytes, encoding, markup)?;
    Ok(Text { text, first_byte, pages: Pages::default(), flaws: flaw.into_iter().collect() })
}
