//! Where rows go: standard output, or a file that appears whole or not at all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

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

    /// Opens it; what is there stays as it is until [`Output::commit`].
    pub fn open(&self) -> Result<Output, Stop> {
        match self {
            Self::Stdout => Ok(Output::Straight(Box::new(io::stdout().lock()))),
            Self::Path(path) => Output::open(path).map_err(|error| Stop::Output(self.name(), error)),
        }
    }
}

/// An open output.
pub enum Output {
    /// Written as it comes.
    Straight(Box<dyn Write>),
    /// Written beside the file that it will replace.
    Replacing(NamedTempFile, PathBuf),
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
    pub fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Straight(writer) => writer,
            Self::Replacing(file, _) => file.as_file_mut(),
        }
    }

    /// Makes what was written stand at its place.
    pub fn commit(self) -> io::Result<()> {
        match self {
            Self::Straight(mut writer) => writer.flush(),
            Self::Replacing(file, path) => file.persist(path).map(drop).map_err(|error| error.error),
        }
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

    #[test]
    fn nothing_is_to_be_seen_before_the_commit() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let target = Target::new(Some(path.clone()));

        let mut given_up = target.open().unwrap();
        given_up.writer().write_all(b"new").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        drop(given_up);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(&folder), ["out.csv"]);

        let mut kept = target.open().unwrap();
        kept.writer().write_all(b"new").unwrap();
        kept.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(&folder), ["out.csv"]);
    }

    #[test]
    fn standard_output_has_several_names() {
        for name in [None, Some("-"), Some("/dev/stdout")] {
            assert_eq!(Target::new(name.map(Into::into)), Target::Stdout);
        }
        assert_eq!(Target::new(Some("./-".into())).name(), "./-");
    }
}
