//! Where rows go: standard output, or a file that appears whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anstream::AutoStream;
use clap::ColorChoice;
use kpi_extract::wording::printable;
use tempfile::NamedTempFile;

use super::{
    interrupt,
    stop::{Stop, shown},
};

/// Where rows are to go.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A file, or what else has a path.
    Path(PathBuf),
}

impl Target {
    /// What `--output` means.
    pub fn new(output: Option<PathBuf>) -> Self {
        match output {
            None => Self::Stdout,
            Some(path) if path == Path::new("-") || path == Path::new("/dev/stdout") => Self::Stdout,
            Some(path) => Self::Path(path),
        }
    }

    /// Its path, if it has one of its own.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::Path(path) => Some(path),
        }
    }

    /// Its name in messages.
    pub fn name(&self) -> String {
        match self {
            Self::Stdout => "standard output".into(),
            Self::Path(path) => shown(path),
        }
    }

    /// Whether it is a report that is there already: `input` itself, or one in the folder `input`.
    pub fn is_among(&self, input: &Path) -> bool {
        let Self::Path(path) = self else { return false };
        let (Ok(path), Ok(input)) = (fs::canonicalize(path), fs::canonicalize(input)) else { return false };
        let report = path.extension().is_some_and(|extension| extension == "txt" || extension == "md");
        path.is_file() && (path == input || report && path.starts_with(&input))
    }

    /// Opens it, a database that is there to `append` to it; what is there stays as it is until [`Output::commit`].
    pub fn open(&self, append: bool) -> Result<Output, Stop> {
        match self {
            Self::Stdout => Ok(Output::Straight(Box::new(io::stdout()))),
            Self::Path(path) if append && path.is_file() => Ok(Output::Growing(path.clone())),
            Self::Path(path) => Output::open(path).map_err(|error| Stop::Output(self.name(), error)),
        }
    }
}

/// An open output.
pub enum Output {
    /// Written as it comes.
    Straight(Box<dyn Write + Send>),
    /// Written beside the file that it will replace.
    Replacing(NamedTempFile, PathBuf),
    /// A database, which takes rows in a transaction of its own.
    Growing(PathBuf),
}

/// Where an open output takes what is written.
pub enum Place<'a> {
    /// Bytes, one after the other.
    Stream(&'a mut (dyn Write + Send)),
    /// Rows, by a connection.
    Database(&'a Path),
}

impl Output {
    fn open(path: &Path) -> io::Result<Self> {
        let existing = match fs::metadata(path) {
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        // By these names even a regular file is one that the caller holds open and goes on writing to.
        let borrowed = ["/dev/fd", "/dev/stderr", "/proc"].iter().any(|names| path.starts_with(names));
        if existing.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if existing.as_ref().is_some_and(|existing| borrowed || !existing.is_file()) {
            return Ok(Self::Straight(Box::new(OpenOptions::new().append(true).open(path)?)));
        }
        let path = if existing.is_some() {
            // Replacing a file that may not be written would go round its owner's wish.
            File::options().append(true).open(path)?;
            #[cfg(feature = "sqlite")]
            kpi_extract::emit::sqlite::settle(path)?;
            fs::canonicalize(path)?
        } else {
            path.to_owned()
        };
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".kpi-extract-").suffix(".part");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder)?;
        interrupt::leave_nothing(file.path().to_owned());
        if let Some(existing) = existing {
            file.as_file().set_permissions(existing.permissions())?;
        }
        Ok(Self::Replacing(file, path))
    }

    /// What is written goes here.
    pub fn place(&mut self) -> Place<'_> {
        match self {
            Self::Straight(writer) => Place::Stream(&mut **writer),
            Self::Replacing(file, _) => Place::Stream(file.as_file_mut()),
            Self::Growing(path) => Place::Database(path),
        }
    }

    /// Makes what was written stand at its place.
    pub fn commit(self) -> io::Result<()> {
        match self {
            Self::Straight(mut writer) => writer.flush(),
            Self::Replacing(file, path) => file.persist(path).map(drop).map_err(|error| error.error),
            Self::Growing(_) => Ok(()),
        }
    }
}

/// Whether what goes to standard output is coloured.
pub fn is_colored(choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let out = io::stdout();
            out.is_terminal() && AutoStream::choice(&out) != anstream::ColorChoice::Never
        }
    }
}

/// Standard output for text of documents, which a terminal shows and does not act upon.
pub fn stdout() -> Box<dyn Write> {
    let out = io::stdout();
    if out.is_terminal() { Box::new(Shown::new(out)) } else { Box::new(out.lock()) }
}

/// Text on its way to a terminal: control characters and marks that turn the direction of writing are shown as escapes.
pub struct Shown<W> {
    out: W,
    /// The beginning of a character of which the rest is still to come.
    begun: Vec<u8>,
}

impl<W: Write> Shown<W> {
    /// Shows what is written on `out`.
    pub fn new(out: W) -> Self {
        Self { out, begun: vec![] }
    }
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend(bytes);
        let whole = match str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.begun.len(),
        };
        let rest = self.begun.split_off(whole);
        let text = String::from_utf8_lossy(&self.begun);
        self.out.write_all(text.split('\t').map(printable).collect::<Vec<_>>().join("\t").as_bytes())?;
        self.begun = rest;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn names(folder: &TempDir) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| shown(entry.unwrap().file_name().as_ref())).collect();
        names.sort();
        names
    }

    fn write(output: &mut Output) {
        match output.place() {
            Place::Stream(stream) => stream.write_all(b"new").unwrap(),
            Place::Database(path) => panic!("{path:?} is no database"),
        }
    }

    #[test]
    fn nothing_is_to_be_seen_before_the_commit() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let target = Target::new(Some(path.clone()));

        let mut given_up = target.open(false).unwrap();
        write(&mut given_up);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        drop(given_up);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(&folder), ["out.csv"]);

        let mut kept = target.open(false).unwrap();
        write(&mut kept);
        kept.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(&folder), ["out.csv"]);
    }

    #[test]
    fn what_a_terminal_acts_on_is_shown() {
        let mut out = Vec::new();
        let mut shown = Shown::new(&mut out);
        for byte in "甲\t乙\u{1b}[2J\u{202E}\r\n丙".as_bytes() {
            shown.write_all(&[*byte]).unwrap();
        }
        shown.flush().unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "甲\t乙\\u{1b}[2J\\u{202e}\\r\n丙");
    }

    #[test]
    fn standard_output_has_several_names() {
        for name in [None, Some("-"), Some("/dev/stdout")] {
            assert_eq!(Target::new(name.map(Into::into)), Target::Stdout);
        }
        assert_eq!(Target::new(Some("./-".into())).name(), "./-");
    }
}
