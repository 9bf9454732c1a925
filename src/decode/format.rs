//! `Format`: what a document is, by its first bytes, else by its name, and how it becomes text.

use super::{Error, Options, Text, plain};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Plain text.
    Txt,
    /// Markdown, read as the plain text that it is.
    Markdown,
    /// A page of the web.
    Html,
    /// Word, since 2007.
    Docx,
    /// Pages as they are printed.
    Pdf,
    /// A table as text: commas, semicolons or tabs between its cells.
    Csv,
    /// Excel, since 2007.
    Xlsx,
    /// Excel, before 2007.
    Xls,
    /// An `OpenDocument` spreadsheet.
    Ods,
}

/// How an old or foreign document becomes one that is read.
const TO_DOCX: &str = "convert it with `soffice --headless --convert-to docx FILE`";
const UNPACK: &str = "unpack it first";

/// First bytes of what is no text, with what it is and how to read it.
const SIGNATURES: &[(&[u8], &str, &str)] = &[
    (b"{\\rtf", "RTF", TO_DOCX),
    (b"\x1F\x8B", "gzip", UNPACK),
    (b"\x28\xB5\x2F\xFD", "Zstandard", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "7-Zip archive", UNPACK),
    (b"Rar!\x1A\x07", "RAR archive", UNPACK),
    (b"BZh", "bzip2", UNPACK),
    (b"\xFD7zXZ\0", "xz", UNPACK),
    (b"\x89PNG\r\n", "PNG picture", OCR),
    (b"\xFF\xD8\xFF", "JPEG picture", OCR),
    (b"GIF8", "GIF picture", OCR),
    (b"\x7FELF", "program", "it is no report"),
    (b"SQLite format 3\0", "SQLite database", "it is no report"),
    (b"PAR1", "Parquet table", "it is no report"),
];
const OCR: &str = "recognise its characters first";

/// First bytes of Office files before 2007, and of encrypted ones since.
const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// How far the beginning of a PDF may be from the beginning of the file.
const PDF_SLACK: usize = 1024;

impl Format {
    /// Every format, with the names that it goes by: what follows the dot of a file name.
    pub const ALL: [(Self, &'static [&'static str]); 9] = [
        (Self::Txt, &["txt", "text"]),
        (Self::Markdown, &["md", "markdown"]),
        (Self::Html, &["html", "htm", "xhtml", "shtml", "mht"]),
        (Self::Docx, &["docx", "docm"]),
        (Self::Pdf, &["pdf"]),
        (Self::Csv, &["csv", "tsv"]),
        (Self::Xlsx, &["xlsx", "xlsm"]),
        (Self::Xls, &["xls", "et"]),
        (Self::Ods, &["ods"]),
    ];

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, names)| names.iter().any(|own| own.eq_ignore_ascii_case(name)))
            .map(|it| it.0)
    }

    /// What a document is. First bytes decide where they can; a name that says otherwise is then wrong.
    pub fn detect(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let head = bytes.first_chunk::<8>().map_or(bytes, |head| &head[..]);
        let extension = || extension(name);
        match head {
            [b'P', b'K', 3 | 5, 4 | 6, ..] => return packed(bytes),
            _ if head.starts_with(COMPOUND) => return compound(bytes),
            [b'%', b'P', b'D', b'F', ..] => return Ok(Self::Pdf),
            _ => {}
        }
        if let Some(&(_, format, advice)) =
            SIGNATURES.iter().find(|(signature, ..)| bytes.starts_with(signature))
        {
            return Err(Error::Format { format, advice });
        }
        let Some(extension) = extension() else { return Ok(Self::of_text(bytes)) };
        match Self::named(extension) {
            Some(Self::Txt) => Ok(Self::of_text(bytes)),
            // Old programs give pages and tables these names.
            Some(Self::Xls) => Ok(if Self::of_text(bytes) == Self::Html { Self::Html } else { Self::Csv }),
            Some(Self::Pdf) if !bytes[..bytes.len().min(PDF_SLACK)].windows(5).any(|it| it == b"%PDF-") => {
                Err(wrong("PDF"))
            }
            Some(Self::Docx) => Err(wrong("DOCX")),
            Some(Self::Xlsx) => Err(wrong("XLSX")),
            Some(Self::Ods) => Err(wrong("ODS")),
            Some(format) => Ok(format),
            None => Ok(Self::of_text(bytes)),
        }
    }

    /// What a text without a name that tells is: a page, if it begins like one.
    fn of_text(bytes: &[u8]) -> Self {
        let begins = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        let page = |tag: &[u8]| begins.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag));
        if page(b"<!doctype html") || page(b"<html") { Self::Html } else { Self::Txt }
    }

    /// The text of a document of this format.
    pub(super) fn text<'a>(
        self,
        bytes: &'a [u8],
        options: &Options,
        limit: usize,
    ) -> Result<Text<'a>, Error> {
        match self {
            Self::Txt | Self::Markdown => plain(bytes, options.encoding, false),
            #[cfg(feature = "html")]
            Self::Html => super::html::text(bytes, options.encoding, limit),
            #[cfg(not(feature = "html"))]
            Self::Html => Err(Error::Off { format: "HTML", feature: "html" }),
            #[cfg(feature = "docx")]
            Self::Docx => super::docx::text(bytes, limit),
            #[cfg(not(feature = "docx"))]
            Self::Docx => Err(Error::Off { format: "DOCX", feature: "docx" }),
            #[cfg(feature = "pdf")]
            Self::Pdf => super::pdf::text(bytes, limit),
            #[cfg(not(feature = "pdf"))]
            Self::Pdf => Err(Error::Off { format: "PDF", feature: "pdf" }),
            Self::Csv => super::csv::text(bytes, options.encoding, limit),
            #[cfg(feature = "sheets")]
            Self::Xlsx => super::sheets::xlsx(bytes, limit),
            #[cfg(feature = "sheets")]
            Self::Xls => super::sheets::xls(bytes, limit),
            #[cfg(feature = "sheets")]
            Self::Ods => super::ods::text(bytes, limit),
            #[cfg(not(feature = "sheets"))]
            Self::Xlsx | Self::Xls | Self::Ods => {
                Err(Error::Off { format: "spreadsheet", feature: "sheets" })
            }
        }
    }
}

fn wrong(format: &'static str) -> Error {
    Error::Broken { format, cause: "it does not begin like one".into() }
}

/// What follows the last dot of a name.
pub(super) fn extension(name: &str) -> Option<&str> {
    let file = name.rsplit(['/', '\\']).next()?;
    file.rsplit_once('.').map(|(_, extension)| extension).filter(|it| !it.is_empty() && it.len() <= 10)
}

/// A ZIP archive by the names of its first members, which stand in it unpacked.
fn packed(bytes: &[u8]) -> Result<Format, Error> {
    let has = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    let ods = b"application/vnd.oasis.opendocument.spreadsheet";
    if bytes[..bytes.len().min(200)].windows(ods.len()).any(|it| it == ods) {
        Ok(Format::Ods)
    } else if bytes[..bytes.len().min(200)].windows(16).any(|it| it == b"application/vnd.") {
        Err(Error::Format { format: "OpenDocument file", advice: TO_DOCX })
    } else if has(b"word/document") {
        Ok(Format::Docx)
    } else if has(b"xl/workbook") {
        Ok(Format::Xlsx)
    } else if has(b"ppt/presentation") {
        Err(Error::Format {
            format: "presentation (PPTX)",
            advice: "convert it with `soffice --headless --convert-to pdf FILE`",
        })
    } else {
        Err(Error::Format { format: "ZIP archive", advice: "name it .zip, or say --input-format zip" })
    }
}

/// An Office file before 2007, or an encrypted one since, by the names of its streams in UTF-16.
fn compound(bytes: &[u8]) -> Result<Format, Error> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(bytes, &wide).is_some()
    };
    if has("EncryptedPackage") {
        Err(Error::Encrypted { format: "Office document (DOCX, XLSX)" })
    } else if has("WordDocument") {
        Err(Error::Format { format: "old Word or WPS document (DOC, WPS)", advice: TO_DOCX })
    } else if has("Workbook") {
        Ok(Format::Xls)
    } else {
        Err(Error::Format { format: "old Office document", advice: TO_DOCX })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_decide_before_names() {
        let detect = |name: &str, bytes: &[u8]| Format::detect(name, bytes);
        assert_eq!(detect("a.txt", b"%PDF-1.7\n"), Ok(Format::Pdf));
        assert_eq!(detect("a.doc", b"<html><body>"), Ok(Format::Html));
        assert_eq!(detect("a.txt", b"<html><body>"), Ok(Format::Html));
        assert_eq!(detect("-", "\u{FEFF}<!DOCTYPE HTML>".as_bytes()), Ok(Format::Html));
        assert_eq!(detect("a.HTM", b"text"), Ok(Format::Html));
        assert_eq!(detect("a.b/c", b"text"), Ok(Format::Txt));
        assert_eq!(detect("a.xls", b"1\t2"), Ok(Format::Csv));
        let refusal = |name: &str, bytes: &[u8]| detect(name, bytes).unwrap_err().to_string();
        assert!(refusal("a.docx", b"text").contains("does not begin like one"));
        assert!(refusal("a.txt", b"\x1F\x8B\x08").contains("gzip"));
        assert!(refusal("a.txt", b"PK\x03\x04..").contains("ZIP"));
        assert!(refusal("a.doc", COMPOUND).contains("soffice --headless --convert-to docx FILE"));
    }

    #[test]
    fn every_format_has_names_of_its_own() {
        for (format, names) in Format::ALL {
            assert!(names.iter().all(|name| Format::named(name) == Some(format)));
        }
    }
}
