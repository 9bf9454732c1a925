//! Encodings: which one the bytes of a text are in, and the text that they are, so that what older systems saved is
//! read without being asked about.

use std::{borrow::Cow, fmt};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, DecoderResult, GB18030, UTF_8};
use memchr::memchr;

use super::{Error, Flaw};

/// An encoding of text, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(Kind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Utf32(Order),
    /// UTF-16 as a byte-order mark says, else with the lower byte first.
    Utf16,
    Of(&'static encoding_rs::Encoding),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

const UTF16LE: Kind = Kind::Of(encoding_rs::UTF_16LE);
const UTF16BE: Kind = Kind::Of(encoding_rs::UTF_16BE);

/// Byte-order marks, the longer of two that begin alike first.
const MARKS: &[(&[u8], Kind)] = &[
    (b"\xFF\xFE\0\0", Kind::Utf32(Order::Little)),
    (b"\0\0\xFE\xFF", Kind::Utf32(Order::Big)),
    (b"\xFF\xFE", UTF16LE),
    (b"\xFE\xFF", UTF16BE),
    (b"\x84\x31\x95\x33", Kind::Of(GB18030)),
    (b"\xEF\xBB\xBF", Kind::Of(UTF_8)),
];

/// How many bytes tell an encoding that declares itself, and one that is told by its bytes.
const HEAD: usize = 4096;
const SAMPLE: usize = 64 * 1024;
/// Of how many characters one may be wrong in a text that is read at all.
const TOLERANCE: usize = 50;

impl Encoding {
    /// The encoding that goes by this name in iconv or on the web: `GBK`, `gb2312`, `big5`, `utf-16le`, `UTF-32`.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        let kind = match name.to_ascii_lowercase().replace('_', "-").as_str() {
            "utf-32" | "utf-32le" | "utf32" | "ucs-4" => Kind::Utf32(Order::Little),
            "utf-32be" => Kind::Utf32(Order::Big),
            "utf-16" | "utf16" | "ucs-2" => Kind::Utf16,
            "gb18030" | "gbk" | "gb2312" | "cp936" | "euc-cn" => Kind::Of(GB18030),
            "cp950" | "big-5" => Kind::Of(BIG5),
            other => Kind::Of(encoding_rs::Encoding::for_label_no_replacement(other.as_bytes())?),
        };
        Some(Self(kind))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Utf32(Order::Little) => "UTF-32LE",
            Kind::Utf32(Order::Big) => "UTF-32BE",
            Kind::Utf16 => "UTF-16",
            Kind::Of(encoding) if encoding == GB18030 => "GB18030",
            Kind::Of(encoding) => encoding.name(),
        })
    }
}

/// What bytes are in an encoding.
pub(super) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    /// Bytes before the text's own: the byte-order mark. None where the text's bytes are not the file's.
    pub first_byte: Option<usize>,
    pub flaw: Option<Flaw>,
}

/// The text that `bytes` are in `asked`, or else in the encoding that they are found to be in: by their byte-order
/// mark, as UTF-8, as UTF-16 or UTF-32 by where their bytes repeat, as they declare themselves, as Big5 or GB18030 by
/// what they have more of. `markup` tells whether they may declare it.
pub(super) fn decode(bytes: &[u8], asked: Option<Encoding>, markup: bool) -> Result<Decoded<'_>, Error> {
    let marked = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark));
    let kind = match (asked, marked) {
        // A mark in the encoding that was asked for is taken off; else what was asked for holds.
        (Some(Encoding(asked)), _) => Some(asked),
        (None, Some(&(_, kind))) => Some(kind),
        (None, None) => None,
    };
    let mark = marked.filter(|(_, found)| agree(kind, *found));
    let (skip, kind) = match (kind, mark) {
        (Some(Kind::Utf16 | Kind::Utf32(_)), Some(&(mark, found))) => (mark.len(), Some(found)),
        (_, Some(&(mark, _))) => (mark.len(), kind),
        _ => (0, kind),
    };
    let body = &bytes[skip..];
    let kind = match kind {
        Some(kind) => kind,
        None if memchr(0, body).is_some() => wide(body).ok_or(Error::Nul { offset: zero(body) })?,
        None => Kind::Of(UTF_8),
    };
    if kind == Kind::Of(UTF_8) {
        match simdutf8::compat::from_utf8(body) {
            Ok(text) => return Ok(Decoded { text: text.into(), first_byte: Some(skip), flaw: None }),
            Err(error) if asked.is_some() || skip > 0 || is_broken_utf8(body, error) => {
                return Ok(flawed(Encoding(kind), transcode(UTF_8, body), skip));
            }
            Err(_) => {}
        }
    } else {
        return finish(Encoding(kind), decode_as(kind, body), skip);
    }
    let found = wide(body).or_else(|| declared(body).filter(|_| markup));
    let kind = found.unwrap_or_else(|| guess(body));
    finish(Encoding(kind), decode_as(kind, body), skip)
}

/// Whether a mark belongs to an encoding.
fn agree(kind: Option<Kind>, mark: Kind) -> bool {
    match (kind, mark) {
        (Some(Kind::Utf16), mark) => mark == UTF16LE || mark == UTF16BE,
        (Some(Kind::Utf32(_)), mark) => matches!(mark, Kind::Utf32(_)),
        (Some(kind), mark) => kind == mark,
        (None, _) => false,
    }
}

fn zero(bytes: &[u8]) -> usize {
    memchr(0, bytes).unwrap_or_default()
}

/// What bytes are, with where they are nothing.
struct Transcoded {
    text: String,
    first: Option<usize>,
    count: usize,
}

/// A text with few flaws, or none that should be one.
fn finish<'a>(encoding: Encoding, transcoded: Transcoded, skip: usize) -> Result<Decoded<'a>, Error> {
    match transcoded.first {
        Some(offset) if transcoded.count * TOLERANCE > transcoded.text.chars().count() => {
            Err(Error::Undecodable { encoding, offset: skip + offset })
        }
        _ => Ok(flawed(encoding, transcoded, skip)),
    }
}

fn flawed<'a>(encoding: Encoding, transcoded: Transcoded, skip: usize) -> Decoded<'a> {
    let Transcoded { text, first, count } = transcoded;
    let flaw = first.map(|offset| Flaw::Bytes { encoding, offset: skip + offset, count });
    Decoded { text: text.into(), first_byte: None, flaw }
}

fn decode_as(kind: Kind, bytes: &[u8]) -> Transcoded {
    match kind {
        Kind::Utf32(order) => utf32(order, bytes),
        Kind::Utf16 => transcode(encoding_rs::UTF_16LE, bytes),
        Kind::Of(encoding) => transcode(encoding, bytes),
    }
}

/// Decodes; what is no character becomes U+FFFD.
fn transcode(encoding: &'static encoding_rs::Encoding, bytes: &[u8]) -> Transcoded {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut done =
        Transcoded { text: String::with_capacity(bytes.len() + bytes.len() / 2 + 16), first: None, count: 0 };
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut done.text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => done.text.reserve((bytes.len() - at).max(64) * 2),
            DecoderResult::Malformed(bad, after) => {
                let offset = at.saturating_sub(usize::from(bad) + usize::from(after));
                done.wrong(offset);
            }
        }
    }
    done
}

fn utf32(order: Order, bytes: &[u8]) -> Transcoded {
    let mut done = Transcoded { text: String::with_capacity(bytes.len()), first: None, count: 0 };
    for (i, four) in bytes.chunks(4).enumerate() {
        match <[u8; 4]>::try_from(four).ok().and_then(|four| character(order, four)) {
            Some(c) => done.text.push(c),
            None => done.wrong(i * 4),
        }
    }
    done
}

fn character(order: Order, four: [u8; 4]) -> Option<char> {
    char::from_u32(match order {
        Order::Little => u32::from_le_bytes(four),
        Order::Big => u32::from_be_bytes(four),
    })
}

impl Transcoded {
    fn wrong(&mut self, offset: usize) {
        self.first.get_or_insert(offset);
        self.count += 1;
        self.text.push(char::REPLACEMENT_CHARACTER);
    }
}

/// Whether bytes that are no UTF-8 were meant to be: cut off at the end, or with few errors among many characters of
/// several bytes, which no other encoding has.
fn is_broken_utf8(bytes: &[u8], error: simdutf8::compat::Utf8Error) -> bool {
    if error.error_len().is_none() {
        return bytes[..error.valid_up_to()].iter().any(|&byte| byte >= 0xE0);
    }
    let (mut right, mut wrong) = (0, 0);
    for chunk in bytes[..bytes.len().min(SAMPLE)].utf8_chunks() {
        right += chunk.valid().chars().filter(|&c| c >= '\u{800}').count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right >= 20 * wrong
}

/// UTF-16 or UTF-32 without a mark, told by the bytes that all characters of Chinese text share.
fn wide(bytes: &[u8]) -> Option<Kind> {
    let sample = &bytes[..bytes.len().min(SAMPLE) & !3];
    let fours = sample.chunks_exact(4).map(|four| [four[0], four[1], four[2], four[3]]);
    for order in [Order::Little, Order::Big] {
        if sample.len() >= 8
            && bytes.len().is_multiple_of(4)
            && fours.clone().all(|four| character(order, four).is_some())
        {
            return Some(Kind::Utf32(order));
        }
    }
    let sample = &bytes[..bytes.len().min(SAMPLE) & !1];
    if sample.len() < 8 {
        return None;
    }
    // The upper byte of ASCII, of Chinese punctuation, of ideographs, of full-width forms.
    let upper = |byte: u8| matches!(byte, 0 | 0x20 | 0x30 | 0x4E..=0x9F | 0xFF);
    let mut counts = [0_usize; 2];
    let mut zeros = [0_usize; 2];
    for (i, &byte) in sample.iter().enumerate() {
        counts[i % 2] += usize::from(upper(byte));
        zeros[i % 2] += usize::from(byte == 0);
    }
    let most = sample.len() / 2 * 95 / 100;
    match counts {
        [even, odd] if odd >= most && (even < most || zeros[1] > zeros[0]) => Some(UTF16LE),
        [even, odd] if even >= most && (odd < most || zeros[0] > zeros[1]) => Some(UTF16BE),
        _ => None,
    }
}

/// The encoding that a page or an XML file says it is in.
fn declared(bytes: &[u8]) -> Option<Kind> {
    let head = bytes[..bytes.len().min(HEAD)].to_ascii_lowercase();
    let at = ["charset", "encoding"].iter().find_map(|word| {
        let at = head.windows(word.len()).position(|window| window == word.as_bytes())?;
        Some(at + word.len())
    })?;
    let mark = |byte: &u8| matches!(byte, b' ' | b'=' | b'"' | b'\'');
    let name: Vec<u8> = head[at..]
        .iter()
        .skip_while(|byte| mark(byte))
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .copied()
        .collect();
    let Encoding(kind) = Encoding::named(str::from_utf8(&name).ok()?)?;
    // What says that it is UTF-8 or UTF-16 is not: that was looked at.
    matches!(kind, Kind::Of(encoding) if encoding != UTF_8 && encoding.is_ascii_compatible()).then_some(kind)
}

/// GB18030 or Big5. Without a hint at China, with which no Big5 is found.
fn guess(bytes: &[u8]) -> Kind {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(SAMPLE)], bytes.len() <= SAMPLE);
    let first =
        if detector.guess(None, Utf8Detection::Deny) == BIG5 { [BIG5, GB18030] } else { [GB18030, BIG5] };
    let wrong = first.map(|encoding| transcode(encoding, &bytes[..bytes.len().min(SAMPLE)]).count);
    Kind::Of(if wrong[0] > 1 && wrong[1] == 0 { first[1] } else { first[0] })
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str =
        "新桥街道2023年工作总结\r\n全年接收工单1.3万余件，同比下降46.28%，满意率达到97%。\r\n";

    fn utf16(text: &str, order: Order) -> Vec<u8> {
        let units = text.encode_utf16();
        units
            .flat_map(|unit| if order == Order::Little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    fn utf32(text: &str, order: Order) -> Vec<u8> {
        let units = text.chars().map(u32::from);
        units
            .flat_map(|unit| if order == Order::Little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    fn text(bytes: &[u8]) -> String {
        decode(bytes, None, false).unwrap().text.into_owned()
    }

    #[test]
    fn utf8_is_borrowed_and_loses_its_byte_order_mark_only() {
        let marked = "\u{FEFF}满意率\r\n";
        let decoded = decode(marked.as_bytes(), None, false).unwrap();
        assert!(matches!(decoded.text, Cow::Borrowed("满意率\r\n")));
        assert_eq!(decoded.first_byte, Some(3));
        assert_eq!(text(b""), "");
    }

    #[test]
    fn every_encoding_is_found_with_and_without_a_mark() {
        let mark = format!("\u{FEFF}{REPORT}");
        for order in [Order::Little, Order::Big] {
            assert_eq!(text(&utf16(REPORT, order)), REPORT, "{order:?}");
            assert_eq!(text(&utf16(&mark, order)), REPORT, "{order:?}");
            assert_eq!(text(&utf32(REPORT, order)), REPORT, "{order:?}");
            assert_eq!(text(&utf32(&mark, order)), REPORT, "{order:?}");
        }
        assert_eq!(text(&GB18030.encode(REPORT).0), REPORT);
        assert_eq!(
            text(&[b"\x84\x31\x95\x33".to_vec(), GB18030.encode(REPORT).0.into_owned()].concat()),
            REPORT
        );
        let traditional = "新橋街道二零二三年工作總結，全年接收工單13157件，同比下降46.28%，滿意率達到97%。";
        assert_eq!(text(&BIG5.encode(traditional).0), traditional);
        assert_eq!(text(&utf16("ab12 cd34", Order::Little)), "ab12 cd34");
    }

    #[test]
    fn a_few_characters_of_gbk_are_enough() {
        for words in ["满意率达到97%。", "新建公园3处", "接收工单１３１５７件，办结率百分之百"]
        {
            assert_eq!(text(&GB18030.encode(words).0), words);
        }
    }

    #[test]
    fn what_is_asked_for_holds() {
        let asked = |name| Encoding::named(name);
        let gbk = GB18030.encode("满意").0;
        assert_eq!(decode(&gbk, asked("gb2312"), false).unwrap().text, "满意");
        assert_ne!(decode(&gbk, asked("big5"), false).unwrap().text, "满意");
        for (name, bytes) in [
            ("UTF-16", utf16("\u{FEFF}满", Order::Big)),
            ("utf-16be", utf16("满", Order::Big)),
            ("UTF_32", utf32("\u{FEFF}满", Order::Big)),
            ("utf-32le", utf32("满", Order::Little)),
        ] {
            assert_eq!(decode(&bytes, asked(name), false).unwrap().text, "满", "{name}");
        }
        assert_eq!(asked("klingon"), None);
    }

    #[test]
    fn bytes_that_are_nothing_are_told_with_their_offset() {
        let mut bytes = REPORT.repeat(3).into_bytes();
        let at = REPORT.find("接收").unwrap();
        bytes.insert(at, 0xFF);
        let decoded = decode(&bytes, None, false).unwrap();
        let told = decoded.flaw.unwrap().to_string();
        assert!(decoded.text.contains('\u{FFFD}') && told.contains(&format!("offset {at}:")), "{told}");
        let cut = &REPORT.as_bytes()[..REPORT.len() - 4];
        assert!(decode(cut, None, false).unwrap().flaw.is_some());
        let mut bytes = GB18030.encode(&REPORT.repeat(3)).0.into_owned();
        bytes.insert(2, 0xFF);
        let told = decode(&bytes, None, false).unwrap().flaw.unwrap().to_string();
        assert!(told.contains("GB18030") && told.contains("offset 2"), "{told}");
        assert!(matches!(decode(b"abc\0", None, false), Err(Error::Nul { offset: 3 })));
        assert!(matches!(decode(&[0xFF; 64], None, false), Err(Error::Undecodable { offset: 0, .. })));
    }

    #[test]
    fn a_page_declares_its_encoding() {
        let page = "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=big5\"></head>滿</html>";
        assert_eq!(decode(&BIG5.encode(page).0, None, true).unwrap().text, page);
    }
}
