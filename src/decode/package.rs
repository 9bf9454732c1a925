//! Office documents are ZIP archives of XML parts: both are read within bounds here, entities and what lies outside the
//! archive never.

use std::io::{Cursor, Read};

use quick_xml::{Reader, events::Event};
use zip::{ZipArchive, result::ZipError};

use super::{Error, RATIO};

/// What a document may unpack to in all, however small it is.
const FREE: u64 = 16 << 20;
/// How many parts a document may have.
const PARTS: usize = 20_000;
/// How deep elements may lie in one another.
pub(super) const DEPTH: usize = 256;

/// A document's parts.
pub(super) struct Package<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    format: &'static str,
    /// Bytes that may still come out of it.
    left: u64,
}

impl<'a> Package<'a> {
    /// The package that `bytes` are. Its parts come to no more than `limit` bytes in all.
    pub(super) fn open(bytes: &'a [u8], format: &'static str, limit: usize) -> Result<Self, Error> {
        let broken = |error: ZipError| Error::Broken { format, cause: error.to_string() };
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        if zip.len() > PARTS {
            return Err(Error::Broken { format, cause: format!("{} parts", zip.len()) });
        }
        let left = (bytes.len() as u64).saturating_mul(RATIO).max(FREE).min(limit as u64);
        Ok(Self { zip, format, left })
    }

    /// A part, if there is one of this name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, Error> {
        let format = self.format;
        let broken = |cause: String| Error::Broken { format, cause };
        let mut part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(Error::Encrypted { format });
            }
            Err(error) => return Err(broken(error.to_string())),
        };
        let mut bytes = Vec::new();
        (&mut part)
            .take(self.left + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| broken(format!("{name}: {error}")))?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or(Error::Bomb)?;
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            return super::decode(&bytes).map(|text| Some(text.text.into_owned()));
        }
        String::from_utf8(bytes).map(Some).map_err(|error| {
            broken(format!("{name}: no UTF-8 at offset {}", error.utf8_error().valid_up_to()))
        })
    }

    /// Unpacks all parts once, so that what others read of it is known to be within bounds.
    pub(super) fn check(&mut self) -> Result<(), Error> {
        let format = self.format;
        let broken = |cause: String| Error::Broken { format, cause };
        for index in 0..self.zip.len() {
            let mut part = self.zip.by_index(index).map_err(|error| broken(error.to_string()))?;
            let most = self.left + 1;
            let unpacked = std::io::copy(&mut (&mut part).take(most), &mut std::io::sink());
            let unpacked = unpacked.map_err(|error| broken(error.to_string()))?;
            self.left = self.left.checked_sub(unpacked).ok_or(Error::Bomb)?;
        }
        Ok(())
    }
}

/// What comes next in a part.
#[derive(Debug)]
pub(super) enum Token<'x> {
    /// An element begins: its name without prefix, and its attributes.
    Start(&'x str, Attributes<'x>),
    /// An element ends.
    End(&'x str),
    /// Text.
    Text(&'x str),
}

/// The attributes of an element.
#[derive(Debug)]
pub(super) struct Attributes<'x>(&'x quick_xml::events::BytesStart<'x>);

impl Attributes<'_> {
    /// The value of the one of this name, whatever its prefix is.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        attributes.with_checks(false);
        let attribute = attributes.flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
        Some(unescaped(&attribute.value))
    }

    /// A number, or what it is without one.
    pub(super) fn number(&self, name: &str, without: usize) -> usize {
        self.get(name).and_then(|value| value.trim().parse().ok()).unwrap_or(without)
    }
}

/// A value with its character references resolved; others stay as they are.
fn unescaped(value: &str) -> String {
    quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), std::borrow::Cow::into_owned)
}

/// Hands the elements and texts of a part to `take`. Declarations of types are refused, and with them all entities but
/// those that XML has by itself.
pub(super) fn walk(xml: &str, format: &'static str, take: &mut dyn FnMut(Token<'_>)) -> Result<(), Error> {
    let broken = |cause: String| Error::Broken { format, cause };
    let mut reader = Reader::from_str(xml.strip_prefix('\u{FEFF}').unwrap_or(xml));
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|error| broken(error.to_string()))? {
            Event::Start(element) => {
                depth += 1;
                if depth > DEPTH {
                    return Err(broken(format!("elements more than {DEPTH} deep")));
                }
                take(Token::Start(element.local_name().as_ref(), Attributes(&element)));
            }
            Event::Empty(element) => {
                let name = element.local_name();
                take(Token::Start(name.as_ref(), Attributes(&element)));
                take(Token::End(name.as_ref()));
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                take(Token::End(element.local_name().as_ref()));
            }
            Event::Text(text) => take(Token::Text(&text.xml10_content())),
            Event::CData(text) => take(Token::Text(&text.xml10_content())),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok().flatten();
                match character {
                    Some(c) => take(Token::Text(c.encode_utf8(&mut [0; 4]))),
                    None => take(Token::Text(match &*reference.xml10_content() {
                        "amp" => "&",
                        "lt" => "<",
                        "gt" => ">",
                        "quot" => "\"",
                        "apos" => "'",
                        other => return Err(broken(format!("the entity `{}`", shortened(other)))),
                    })),
                }
            }
            Event::DocType(_) => {
                return Err(broken("a declaration of types, which no such document has".into()));
            }
            Event::Eof if depth > 0 => return Err(broken("it ends in the middle".into())),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
}

fn shortened(name: &str) -> String {
    name.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Result<String, Error> {
        let mut out = String::new();
        walk(xml, "DOCX", &mut |token| {
            if let Token::Text(text) = token {
                out.push_str(text);
            }
        })?;
        Ok(out)
    }

    #[test]
    fn entities_are_those_of_xml_only() {
        assert_eq!(
            texts("<a>1 &lt; 2 &amp; &#x6ee1;&#24847;<![CDATA[<b>]]></a>").unwrap(),
            "1 < 2 & 满意<b>"
        );
        for xml in [
            "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
            "<a>&c;</a>",
            "<a><b>",
        ] {
            assert!(matches!(texts(xml), Err(Error::Broken { .. })), "{xml}");
        }
        assert!(texts(&"<a>".repeat(DEPTH + 1)).is_err());
    }
}
