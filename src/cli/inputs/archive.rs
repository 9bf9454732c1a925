//! ZIP archives as folders of reports, read member by member without anything being written.

use std::{
    fmt,
    fs::File,
    io::{self, BufReader, Cursor, Read, Seek, SeekFrom},
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use kpi_extract::decode;
use zip::{ZipArchive, result::ZipError};

use super::source::{RATIO, read_within};

/// How deep archives may lie in one another.
pub const DEPTH: usize = 3;
/// How many members an archive may have.
const MEMBERS: usize = 100_000;
/// What an archive may unpack to in all, however small it is.
const FREE: u64 = 64 << 20;

trait Bytes: Read + Seek + Send {}
impl<T: Read + Seek + Send> Bytes for T {}

/// An archive, whose members are read one at a time.
pub struct Archive {
    zip: Mutex<ZipArchive<Box<dyn Bytes>>>,
    /// Bytes that may still come out of it.
    left: AtomicU64,
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Archive")
    }
}

/// A file in an archive.
pub struct Member {
    /// Its number there.
    pub index: usize,
    /// Its path there.
    pub name: String,
}

impl Archive {
    /// The archive in a file, with its members sorted by name. Folders, links and hidden files are left out.
    pub fn open(path: &Path) -> Result<(Arc<Self>, Vec<Member>), String> {
        let file = File::open(path).map_err(|error| super::source::unread(&error))?;
        let size = file.metadata().map_err(|error| super::source::unread(&error))?.len();
        Self::new(Box::new(BufReader::new(file)), size)
    }

    /// The archive that these bytes are.
    pub fn of(bytes: Vec<u8>) -> Result<(Arc<Self>, Vec<Member>), String> {
        let size = bytes.len() as u64;
        Self::new(Box::new(Cursor::new(bytes)), size)
    }

    fn new(mut bytes: Box<dyn Bytes>, size: u64) -> Result<(Arc<Self>, Vec<Member>), String> {
        let broken = |cause: &dyn fmt::Display| {
            decode::Error::Broken { format: "ZIP archive", cause: cause.to_string() }.to_string()
        };
        // Before room is made for them all.
        let count = count(&mut bytes, size).map_err(|error| broken(&error))?;
        if count > MEMBERS {
            return Err(format!("ZIP archive of {count} members: the limit is {MEMBERS}"));
        }
        let zip = ZipArchive::new(bytes).map_err(|error| broken(&error))?;
        let mut members = Vec::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index).map_err(|error| broken(&error))?;
            let name = decode::decode(entry.name_raw()).map(|name| name.text.replace('\\', "/"));
            let name = name.unwrap_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned());
            let hidden =
                name.split('/').any(|part| part.starts_with('.') && part != ".." || part == "__MACOSX");
            if entry.is_file() && !hidden && !name.ends_with('/') {
                members.push(Member { index, name });
            }
        }
        members.sort_by(|a, b| a.name.cmp(&b.name));
        let left = AtomicU64::new(size.saturating_mul(RATIO).max(FREE));
        Ok((Arc::new(Self { zip: Mutex::new(zip), left }), members))
    }

    /// Reads a member into `buffer`, no more than `limit` bytes of it.
    pub fn read(&self, index: usize, limit: usize, buffer: &mut Vec<u8>) -> io::Result<()> {
        let mut zip = self.zip.lock().unwrap_or_else(PoisonError::into_inner);
        let mut member = zip.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
                io::Error::other(decode::Error::Encrypted { format: "member of a ZIP archive" })
            }
            other => other.into(),
        })?;
        let packed = member.compressed_size();
        read_within(&mut member, limit, packed, buffer)?;
        let unpacked = buffer.len() as u64;
        let less = |left: u64| left.checked_sub(unpacked);
        let before = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        before.map(drop).map_err(|_| io::Error::other(decode::Error::Bomb))
    }
}

/// The number of members that an archive says it has at its end.
fn count(bytes: &mut dyn Bytes, size: u64) -> io::Result<usize> {
    /// The record at the end, its longest comment, and the larger record with its locator before it.
    const END: u64 = 22 + 65_535 + 20 + 56;
    bytes.seek(SeekFrom::Start(size.saturating_sub(END)))?;
    let mut end = Vec::new();
    bytes.take(END).read_to_end(&mut end)?;
    bytes.seek(SeekFrom::Start(0))?;
    let number = |at: usize, length: usize| {
        let bytes = end.get(at..at + length).unwrap_or_default();
        bytes.iter().rev().fold(0_usize, |number, &byte| number << 8 | usize::from(byte))
    };
    let Some(at) = memchr::memmem::rfind(&end, b"PK\x05\x06") else {
        return Err(io::Error::other("its list of members is missing"));
    };
    let small = number(at + 10, 2);
    // The larger record, of which only the count is of interest here.
    let large = memchr::memmem::rfind(&end[..at], b"PK\x06\x06").map_or(0, |at| number(at + 32, 8));
    Ok(small.max(large))
}
