//! What the streams of a PDF unpack to, counted before they are unpacked to be read.

use std::io::{self, Read};

use flate2::read::ZlibDecoder;
use memchr::memmem;

use crate::decode::{Error, RATIO};

/// What a document may unpack to in all, however small it is, and however large.
const FREE: u64 = 64 << 20;
const MOST: u64 = 1 << 30;
/// How often a stream may be packed over again.
const LAYERS: usize = 3;
/// How far before a stream its dictionary is looked for.
const DICTIONARY: usize = 600;

/// Refuses a document whose streams unpack to more than any report does.
pub(super) fn check(bytes: &[u8]) -> Result<(), Error> {
    let mut left = (bytes.len() as u64).saturating_mul(RATIO).clamp(FREE, MOST);
    for at in memmem::find_iter(bytes, b"stream") {
        if bytes[..at].ends_with(b"end") {
            continue;
        }
        let dictionary = &bytes[at.saturating_sub(DICTIONARY)..at];
        let dictionary = memmem::rfind(dictionary, b"obj").map_or(dictionary, |own| &dictionary[own..]);
        // A code of twelve bits may stand for four thousand bytes.
        if memmem::find_iter(dictionary, b"LZW").count()
            + memmem::find_iter(dictionary, b"/RunLength").count()
            > 1
        {
            return Err(Error::Bomb);
        }
        let body = bytes[at + 6..].trim_ascii_start();
        let layers =
            memmem::find_iter(dictionary, b"Flate").count() + memmem::find_iter(dictionary, b"/Fl ").count();
        if layers > LAYERS {
            return Err(Error::Bomb);
        }
        if layers > 0 {
            let unpacked = unpacked(body, layers, left);
            left = left.checked_sub(unpacked).ok_or(Error::Bomb)?;
        }
    }
    Ok(())
}

/// How many bytes come out of a stream, no more than one beyond `left`.
fn unpacked(body: &[u8], layers: usize, left: u64) -> u64 {
    let mut reader: Box<dyn Read + '_> = Box::new(body);
    let mut outer = 0;
    for layer in 1..=layers {
        reader = Box::new(ZlibDecoder::new(reader));
        if layer == 1 && layers > 1 {
            // The inner layers only shrink what the outer one makes, or make it larger: both are counted.
            outer = count(Box::new(ZlibDecoder::new(body)), left);
        }
    }
    outer + count(reader, left.saturating_sub(outer))
}

/// How many bytes a reader has before it ends or fails, no more than one beyond `left`.
fn count(reader: Box<dyn Read + '_>, left: u64) -> u64 {
    let mut buffer = vec![0; 1 << 16];
    let mut count = 0;
    let mut reader = reader.take(left + 1);
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return count,
            Ok(read) => count += read as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return count,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn streams_that_unpack_without_measure_are_refused() {
        let stream = |filters: &str, body: &[u8]| {
            [format!("%PDF-1.4\n1 0 obj <</Filter[{filters}]>>\nstream\n").as_bytes(), body, b"\nendstream"]
                .concat()
        };
        let zeros = packed(&vec![0; 70 << 20]);
        assert_eq!(check(&stream("/FlateDecode", &zeros)), Err(Error::Bomb));
        assert_eq!(check(&stream("/FlateDecode/FlateDecode", &packed(&zeros))), Err(Error::Bomb));
        assert_eq!(check(&stream("/FlateDecode", &packed(b"BT ET"))), Ok(()));
    }
}
