//! One document on its way in: where its bytes are, and what reads them within bounds.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use kpi_extract::decode::{self, Format, Options, Text};

#[cfg(feature = "archives")]
use super::archive::Archive;
use super::{
    super::stop::{cause, shown},
    Failure, is_stdin,
};

/// What packed data may become, as a multiple of its size, once it is larger than a mebibyte.
pub const RATIO: u64 = decode::RATIO;
const SMALL: u64 = 1 << 20;

/// One document, not yet read.
#[derive(Clone, Debug)]
pub struct Input {
    /// The path as given, the name of standard input, an archive's with its member's, a record's id.
    pub name: String,
    source: Source,
    options: Options,
}

#[derive(Clone, Debug)]
enum Source {
    File(PathBuf),
    Stdin,
    /// The text of a record.
    Record(Arc<str>),
    #[cfg(feature = "archives")]
    Member(Arc<Archive>, usize),
}

impl Input {
    /// The document at `path`, by that name, or standard input by its own.
    pub(super) fn new(path: PathBuf, stdin_name: &str, options: Options) -> Self {
        if is_stdin(&path) {
            Self { name: stdin_name.to_owned(), source: Source::Stdin, options }
        } else {
            Self { name: shown(&path), source: Source::File(path), options }
        }
    }

    pub(super) fn record(name: String, text: String, options: Options) -> Self {
        let options = Options { format: Some(Format::Txt), encoding: None, ..options };
        Self { name, source: Source::Record(text.into()), options }
    }

    #[cfg(feature = "archives")]
    pub(super) fn member(archive: &Arc<Archive>, index: usize, name: String, options: Options) -> Self {
        Self { name, source: Source::Member(Arc::clone(archive), index), options }
    }

    /// Whether it is standard input, which can be read once.
    pub const fn is_stdin(&self) -> bool {
        matches!(self.source, Source::Stdin)
    }

    /// Whether it is the file at `path`, which is canonical.
    pub fn is_at(&self, path: &Path) -> bool {
        match &self.source {
            Source::File(own) => fs::canonicalize(own).is_ok_and(|own| own == path),
            _ => false,
        }
    }

    /// Reads its bytes into `buffer`, in place of what that held, unpacked if it is packed by itself. No more than one
    /// byte beyond the limit is read, so that a source without an end is told by its size.
    pub fn read(&self, buffer: &mut Vec<u8>) -> Result<(), Failure> {
        buffer.clear();
        let limit = self.options.max_size;
        let fail = |cause: String| Failure::new(&self.name, cause);
        let broken = |error: io::Error| fail(unread(&error));
        let fits = |size: u64| {
            let large = decode::Error::TooLarge { limit };
            if size > limit as u64 { Err(fail(large.to_string())) } else { Ok(()) }
        };
        match &self.source {
            Source::File(path) => {
                let file = File::open(path).map_err(broken)?;
                let before = file.metadata().map_err(broken)?;
                if before.is_file() {
                    fits(before.len())?;
                    buffer.reserve(before.len() as usize);
                }
                self.unpack(&file, before.len(), buffer)?;
                let after = file.metadata().map_err(broken)?;
                let same = before.len() == after.len() && before.modified().ok() == after.modified().ok();
                if before.is_file() && !same {
                    return Err(fail("it changed while it was read: try again".into()));
                }
                Ok(())
            }
            Source::Stdin => self.unpack(io::stdin().lock(), u64::MAX, buffer),
            Source::Record(text) => {
                buffer.extend_from_slice(text.as_bytes());
                Ok(())
            }
            #[cfg(feature = "archives")]
            Source::Member(archive, index) => {
                if !is_packed(&self.name) {
                    return archive.read(*index, limit, buffer).map_err(broken);
                }
                let mut packed = Vec::new();
                archive.read(*index, limit, &mut packed).map_err(broken)?;
                self.unpack(&*packed, packed.len() as u64, buffer)
            }
        }
    }

    /// Reads all of `packed`, which has `size` bytes, unpacked if the name says that it is.
    fn unpack(&self, packed: impl Read, size: u64, buffer: &mut Vec<u8>) -> Result<(), Failure> {
        let limit = self.options.max_size;
        let fail = |error: &io::Error| Failure::new(&self.name, unread(error));
        let mut reader = unpacked(&self.name, packed, size).map_err(|error| fail(&error))?;
        read_within(&mut reader, limit, u64::MAX, buffer).map_err(|error| fail(&error))
    }

    /// The text of its bytes.
    pub fn decode<'b>(&self, bytes: &'b [u8]) -> Result<Text<'b>, Failure> {
        decode::read(stripped(&self.name), bytes, &self.options)
            .map_err(|error| Failure::new(&self.name, error.to_string()))
    }
}

/// Reads to the end, but no further than `limit` bytes, nor than packed data of `packed` bytes may become.
pub(super) fn read_within(
    reader: &mut dyn Read,
    limit: usize,
    packed: u64,
    buffer: &mut Vec<u8>,
) -> io::Result<()> {
    let most = (limit as u64).min(packed.saturating_mul(RATIO).max(SMALL));
    reader.take(most + 1).read_to_end(buffer)?;
    if buffer.len() as u64 <= most {
        return Ok(());
    }
    let large = most == limit as u64;
    Err(io::Error::other(if large { decode::Error::TooLarge { limit } } else { decode::Error::Bomb }))
}

/// What hinders reading, in words.
pub(super) fn unread(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            format!("packed data that is damaged or cut off: {error}")
        }
        _ => cause(error).into_owned(),
    }
}

/// How single files are packed, by the ends of their names.
const PACKED: [&str; 2] = [".gz", ".zst"];

/// Whether a name is that of a packed file.
pub(super) fn is_packed(name: &str) -> bool {
    stripped(name).len() < name.len()
}

/// A name without what says that it is packed.
pub(super) fn stripped(name: &str) -> &str {
    let ends = |end: &str| {
        let at = name.len().checked_sub(end.len())?;
        name.get(at..).filter(|tail| tail.eq_ignore_ascii_case(end)).map(|_| &name[..at])
    };
    PACKED.iter().find_map(|end| ends(end)).unwrap_or(name)
}

/// What `reader` has; if `name` says that it is packed, unpacked, as far as that much may become of `size` bytes.
#[cfg(feature = "archives")]
pub(super) fn unpacked<'r>(name: &str, reader: impl Read + 'r, size: u64) -> io::Result<Box<dyn Read + 'r>> {
    let left = size.saturating_mul(RATIO).max(SMALL);
    let reader: Box<dyn Read> = match name.len() - stripped(name).len() {
        0 => return Ok(Box::new(reader)),
        3 => Box::new(flate2::read::MultiGzDecoder::new(BufReader::new(reader))),
        _ => Box::new(Frames { decoder: Some(frame(BufReader::new(reader))?) }),
    };
    Ok(Box::new(Bounded { reader, left }))
}

/// What is packed becomes no more than so many bytes.
#[cfg(feature = "archives")]
struct Bounded<'r> {
    reader: Box<dyn Read + 'r>,
    left: u64,
}

#[cfg(feature = "archives")]
impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.left =
            self.left.checked_sub(read as u64).ok_or_else(|| io::Error::other(decode::Error::Bomb))?;
        Ok(read)
    }
}

#[cfg(not(feature = "archives"))]
pub(super) fn unpacked<'r>(name: &str, reader: impl Read + 'r, _: u64) -> io::Result<Box<dyn Read + 'r>> {
    if is_packed(name) {
        let off = decode::Error::Off { format: "packed file", feature: "archives" };
        return Err(io::Error::other(off));
    }
    Ok(Box::new(BufReader::new(reader)))
}

#[cfg(feature = "archives")]
type Frame<R> = ruzstd::decoding::StreamingDecoder<BufReader<R>, ruzstd::decoding::FrameDecoder>;

/// The frames of a .zst file, one after the other.
#[cfg(feature = "archives")]
struct Frames<R: Read> {
    decoder: Option<Frame<R>>,
}

#[cfg(feature = "archives")]
fn frame<R: Read>(reader: BufReader<R>) -> io::Result<Frame<R>> {
    ruzstd::decoding::StreamingDecoder::new(reader)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it does not begin as a .zst file does"))
}

#[cfg(feature = "archives")]
impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use std::io::BufRead;
        loop {
            let Some(decoder) = &mut self.decoder else { return Ok(0) };
            let read =
                decoder.read(buffer).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(done) = self.decoder.take() else { return Ok(0) };
            let mut rest = done.into_inner();
            if !rest.fill_buf()?.is_empty() {
                self.decoder = Some(frame(rest)?);
            }
        }
    }
}
