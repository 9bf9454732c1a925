//! `Source`: a rule file's text under its name, read from the paths that `--rules` gives.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::text::FileText;

/// The largest rule file that is read, in bytes: ten thousand rules are smaller.
pub const SIZE_LIMIT: u64 = 16 << 20;

/// The text of one rule file and the name that messages give it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path as given, or `builtin:NAME`.
    pub name: String,
    /// Its TOML.
    pub text: String,
}

/// Why rule files could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file system said no.
    #[error("rules `{}`: {}", .path.display(), worded(.cause))]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The file is no UTF-8.
    #[error("rules `{}:{line}:{column}`: not UTF-8 text: invalid byte at offset {offset}", .path.display())]
    NotUtf8 {
        /// The path.
        path: PathBuf,
        /// The file, with U+FFFD for what is no text.
        text: Arc<FileText>,
        /// The line of the first bad byte, the first one is 1.
        line: usize,
        /// How many characters before it the line has, and one.
        column: usize,
        /// Offset of the first bad byte.
        offset: usize,
    },
    /// The file is no rule file by its size.
    #[error("rules `{}`: {size} bytes; a rule file has at most {SIZE_LIMIT}", .path.display())]
    TooLarge {
        /// The path.
        path: PathBuf,
        /// Its size in bytes.
        size: u64,
    },
    /// A device, a socket: reading it may have no end.
    #[error("rules `{}`: neither a file nor a pipe", .path.display())]
    NoFile {
        /// The path.
        path: PathBuf,
    },
    /// A folder without a `.toml` file.
    #[error("rules `{}`: no .toml file in this folder", .path.display())]
    EmptyFolder {
        /// The path.
        path: PathBuf,
    },
}

impl Source {
    /// Reads rule files, and the `.toml` files of folders in sorted order.
    pub fn read(paths: &[PathBuf]) -> Result<Vec<Self>, SourceError> {
        let mut sources = Vec::new();
        for path in paths {
            let unreadable = |cause| SourceError::Unreadable { path: path.clone(), cause };
            if fs::metadata(path).map_err(unreadable)?.is_dir() {
                let mut files = Vec::new();
                for entry in fs::read_dir(path).map_err(unreadable)? {
                    let file = entry.map_err(unreadable)?.path();
                    if file.extension().is_some_and(|extension| extension == "toml") {
                        files.push(file);
                    }
                }
                if files.is_empty() {
                    return Err(SourceError::EmptyFolder { path: path.clone() });
                }
                files.sort();
                for file in files {
                    sources.push(Self::file(&file)?);
                }
            } else {
                sources.push(Self::file(path)?);
            }
        }
        Ok(sources)
    }

    fn file(path: &Path) -> Result<Self, SourceError> {
        let unreadable = |cause| SourceError::Unreadable { path: path.into(), cause };
        let there = fs::metadata(path).map_err(unreadable)?;
        if !is_file_or_pipe(there.file_type()) {
            return Err(SourceError::NoFile { path: path.into() });
        }
        let mut bytes = Vec::new();
        if there.len() <= SIZE_LIMIT {
            let file = File::open(path).map_err(unreadable)?;
            file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        }
        // A pipe does not say how long it is, and a file may grow.
        let size = there.len().max(bytes.len() as u64);
        if size > SIZE_LIMIT {
            return Err(SourceError::TooLarge { path: path.into(), size });
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            let text = FileText::from(&*String::from_utf8_lossy(error.as_bytes()));
            let (line, start) = text.line(offset);
            let column = text[start..offset].chars().count() + 1;
            let (path, text) = (path.into(), Arc::new(text));
            SourceError::NotUtf8 { path, text, line: line + 1, column, offset }
        })?;
        Ok(Self { name: path.display().to_string(), text })
    }
}

/// What went wrong, worded as other messages are where it is common.
fn worded(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => cause.to_string(),
    }
}

#[cfg(unix)]
fn is_file_or_pipe(kind: fs::FileType) -> bool {
    use std::os::unix::fs::FileTypeExt;
    kind.is_file() || kind.is_fifo()
}

#[cfg(not(unix))]
fn is_file_or_pipe(kind: fs::FileType) -> bool {
    kind.is_file()
}

/// The TOML table whose header begins at `start`: up to the next header, without what comments that.
pub(super) fn table(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        let header = line.starts_with('[') && end > 0;
        if header {
            break;
        }
        end += line.len();
    }
    let mut table = rest[..end].trim_end();
    while let Some(at) = table.rfind('\n').filter(|&at| table[at + 1..].starts_with('#')) {
        table = table[..at].trim_end();
    }
    table
}
