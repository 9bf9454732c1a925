//! Bytes to text: the first stage, which refuses what it cannot read instead of guessing.

use memchr::memchr;

/// Longest document, in bytes.
pub const LIMIT: usize = crate::repair::LIMIT;

/// Why a document could not be read as text. Offsets count bytes from the start of the document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A byte-order mark of another encoding.
    #[error(
        "not UTF-8 text: {encoding} byte-order mark at offset 0 (convert with `iconv -f {encoding} -t UTF-8`)"
    )]
    Marked {
        /// The encoding, as iconv calls it.
        encoding: &'static str,
    },
    /// The first bytes of a file format.
    #[error("not a text file: {format} signature at offset 0")]
    Format {
        /// What it is.
        format: &'static str,
    },
    /// A byte that no text has.
    #[error("not a text file: NUL byte at offset {offset}{hint}")]
    Nul {
        /// Its offset.
        offset: usize,
        /// What it may be, in brackets.
        hint: &'static str,
    },
    /// The bytes are no UTF-8 but look like another encoding.
    #[error(
        "not UTF-8 text: invalid byte at offset {offset} (looks like {encoding}; convert with `iconv -f {encoding} -t UTF-8`)"
    )]
    Foreign {
        /// Offset of the first bad byte.
        offset: usize,
        /// The encoding, as iconv calls it.
        encoding: &'static str,
    },
    /// The bytes are no UTF-8.
    #[error("not UTF-8 text: invalid byte at offset {offset}")]
    NotUtf8 {
        /// Offset of the first bad byte.
        offset: usize,
    },
    /// UTF-8 that stops in the middle of a character.
    #[error("UTF-8 text that is cut off inside the character at offset {offset}")]
    Cut {
        /// Where the last character begins.
        offset: usize,
    },
    /// More bytes than are read.
    #[error("too large: {len} bytes, the limit is {LIMIT}")]
    TooLarge {
        /// How many it has.
        len: usize,
    },
}

/// Byte-order marks, the longer of two that begin alike first.
const MARKS: &[(&[u8], &str)] = &[
    (b"\xFF\xFE\0\0", "UTF-32LE"),
    (b"\0\0\xFE\xFF", "UTF-32BE"),
    (b"\xFF\xFE", "UTF-16LE"),
    (b"\xFE\xFF", "UTF-16BE"),
    (b"\x84\x31\x95\x33", "GB18030"),
];

/// First bytes of files that people take for text.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP (or DOCX, XLSX, WPS)"),
    (b"PK\x05\x06", "ZIP (empty)"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "old Office (DOC, XLS, WPS)"),
    (b"{\\rtf", "RTF"),
    (b"\x1F\x8B", "gzip"),
    (b"\x28\xB5\x2F\xFD", "Zstandard"),
    (b"7z\xBC\xAF\x27\x1C", "7-Zip"),
    (b"Rar!\x1A\x07", "RAR"),
    (b"\x89PNG\r\n", "PNG"),
    (b"\xFF\xD8\xFF", "JPEG"),
    (b"\x7FELF", "ELF"),
];

/// The text of a document in UTF-8, without its byte-order mark.
pub fn decode(bytes: &[u8]) -> Result<&str, Error> {
    if bytes.len() > LIMIT {
        return Err(Error::TooLarge { len: bytes.len() });
    }
    if let Some(&(_, encoding)) = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err(Error::Marked { encoding });
    }
    if let Some(&(_, format)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Err(Error::Format { format });
    }
    if let Some(offset) = memchr(0, bytes) {
        return Err(Error::Nul { offset, hint: wide(bytes) });
    }
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
        Err(error) => {
            let offset = error.valid_up_to();
            Err(if error.error_len().is_none() {
                Error::Cut { offset }
            } else if let Some(encoding) = foreign(&bytes[offset..]) {
                Error::Foreign { offset, encoding }
            } else {
                Error::NotUtf8 { offset }
            })
        }
    }
}

/// What NUL bytes at every second place show.
fn wide(bytes: &[u8]) -> &'static str {
    let mut nuls = [0; 2];
    let sample = &bytes[..bytes.len().min(4096)];
    for (i, _) in sample.iter().enumerate().filter(|(_, b)| **b == 0) {
        nuls[i % 2] += 1;
    }
    match nuls {
        [0, odd] if odd > 1 && odd * 20 >= sample.len() => " (looks like UTF-16LE)",
        [even, 0] if even > 1 && even * 20 >= sample.len() => " (looks like UTF-16BE)",
        _ => "",
    }
}

/// GBK or Big5, if the bytes beyond ASCII come in pairs of the one or the other.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let (mut pairs, mut level, mut big5) = (0_usize, 0_usize, 0_usize);
    let mut rest = &bytes[..bytes.len().min(4096)];
    while let [lead, tail @ ..] = rest {
        rest = tail;
        if *lead < 0x80 {
            continue;
        }
        match tail {
            [] => break,
            [trail @ (0x40..=0x7E | 0x80..=0xFE), after @ ..] if (0x81..=0xFE).contains(lead) => {
                pairs += 1;
                level += usize::from(matches!(lead, 0xA1..=0xA3 | 0xB0..=0xF7) && *trail >= 0xA1);
                big5 += usize::from(matches!(lead, 0xA1..=0xC6) && !(0x7F..=0xA0).contains(trail));
                rest = after;
            }
            // GB18030 has characters of four bytes.
            [0x30..=0x39, 0x81..=0xFE, 0x30..=0x39, after @ ..] => rest = after,
            _ => return None,
        }
    }
    if level * 10 >= pairs * 8 && pairs > 0 {
        Some("GBK")
    } else if big5 * 10 >= pairs * 8 && pairs > 0 {
        Some("BIG5")
    } else if pairs >= 4 {
        Some("GB18030")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        decode(bytes).unwrap_err().to_string()
    }

    #[test]
    fn utf8_loses_its_byte_order_mark_only() {
        assert_eq!(decode("\u{FEFF}满意率\r\n".as_bytes()), Ok("满意率\r\n"));
        assert_eq!(decode(b""), Ok(""));
    }

    #[test]
    fn other_encodings_are_named() {
        assert!(refusal(b"\xFF\xFE\xE1\x6E").contains("UTF-16LE"));
        assert!(refusal(b"\xFF\xFE\0\0\xE1\x6E\0\0").contains("UTF-32LE"));
        assert!(refusal(b"1\x002\x00\xE1\x6E").contains("UTF-16LE"));
        // 满意率达到97% and 滿意率 in GBK and Big5.
        let gbk = b"\xC2\xFA\xD2\xE2\xC2\xCA\xB4\xEF\xB5\xBD97%";
        assert_eq!(
            refusal(gbk),
            "not UTF-8 text: invalid byte at offset 0 (looks like GBK; convert with `iconv -f GBK -t UTF-8`)"
        );
        assert!(refusal(b"\xBA\xA1\xB7\x4E\xB2\x76\xA4\x40\xA4\x47").contains("BIG5"));
    }

    #[test]
    fn formats_and_binary_files_are_named() {
        assert_eq!(refusal(b"%PDF-1.7\n"), "not a text file: PDF signature at offset 0");
        assert!(refusal(b"PK\x03\x04..").contains("DOCX"));
        assert_eq!(refusal(b"abc\0"), "not a text file: NUL byte at offset 3");
    }

    #[test]
    fn broken_utf8_tells_its_offset() {
        assert_eq!(decode(b"abc\xFFdef"), Err(Error::NotUtf8 { offset: 3 }));
        assert_eq!(decode(&"满意".as_bytes()[..5]), Err(Error::Cut { offset: 3 }));
    }

    #[test]
    fn refusals_are_one_line() {
        for bytes in [&b"\xFE\xFF\0a"[..], b"\0", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"a\xFFb", b"\xE6"] {
            assert!(!refusal(bytes).contains('\n'));
        }
    }
}
