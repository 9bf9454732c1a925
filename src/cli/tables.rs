//! The folder of snapshots on the disk: read, written, and freed of the tables of reports that are gone. It may hold
//! other files too; only what `check` wrote is touched, and no link is followed out of it.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    path::{Component, Path, PathBuf},
};

use kpi_extract::check::snapshot;

use super::stop::{Stop, cause, shown};

/// A folder of snapshots.
pub struct Tables<'f>(pub &'f Path);

impl Tables<'_> {
    /// Refuses what is there and no folder.
    pub fn check(&self) -> Result<(), Stop> {
        match fs::metadata(self.0) {
            Ok(there) if !there.is_dir() => Err(unread(self.0, "is no folder")),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unread(self.0, &cause(&error))),
            _ => Ok(()),
        }
    }

    /// Where the table of a document stands.
    pub fn place(&self, document: &str) -> PathBuf {
        let mut path = self.0.join(below(Path::new(document)));
        path.as_mut_os_string().push(".csv");
        path
    }

    /// The table at `path`, if there is one; what is there and none is an error.
    pub fn read(&self, path: &Path) -> Result<Option<String>, Stop> {
        self.refuse_links(path)?;
        let mut bytes = Vec::new();
        match fs::metadata(path) {
            Ok(there) if !there.is_file() => return Err(unread(path, "is no file")),
            _ => {}
        }
        match File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unread(path, &cause(&error))),
            Ok(_) => {}
        }
        let broken = "is no snapshot (not UTF-8 text): put the file elsewhere or delete it";
        let table = String::from_utf8(bytes).map_err(|_| unread(path, broken))?;
        if table.lines().next() == Some(header().as_str()) {
            Ok(Some(table))
        } else {
            Err(unread(
                path,
                "is no snapshot (its first line is another): put the file elsewhere or delete it",
            ))
        }
    }

    /// Puts a table in its place, whole or not at all.
    pub fn write(&self, path: &Path, table: &str) -> Result<(), Stop> {
        self.refuse_links(path)?;
        let write = || {
            let folder = path.parent().unwrap_or(self.0);
            fs::create_dir_all(folder)?;
            let mut builder = tempfile::Builder::new();
            builder.prefix(".kpi-extract-").suffix(".part");
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let mut file = builder.tempfile_in(folder)?;
            file.write_all(table.as_bytes())?;
            file.persist(path).map(drop).map_err(|error| error.error)
        };
        write().map_err(|error| Stop::Output(shown(path), error))
    }

    /// The tables of documents that were below one of `roots` and are no longer there.
    pub fn orphans(&self, roots: &[PathBuf]) -> Vec<PathBuf> {
        let mut found = BTreeSet::new();
        walk(self.0, &mut found);
        let gone = |table: &PathBuf| {
            let Ok(inside) = table.strip_prefix(self.0) else { return false };
            let document = inside.with_extension("");
            let of = |root: &PathBuf| match document.strip_prefix(below(root)) {
                Ok(rest) if rest == Path::new("") => !is_there(root),
                Ok(rest) => !is_there(&root.join(rest)),
                Err(_) => false,
            };
            roots.iter().any(of) && !is_there(&document)
        };
        found.into_iter().filter(|table| gone(table) && is_own(table)).collect()
    }

    /// Refuses a link at `path` or on the way to it from the folder.
    fn refuse_links(&self, path: &Path) -> Result<(), Stop> {
        let inside = path.strip_prefix(self.0).unwrap_or(path);
        let mut at = self.0.to_owned();
        for name in inside.components() {
            at.push(name);
            if at.is_symlink() {
                return Err(unread(&at, "is a symbolic link, which snapshots do not follow"));
            }
        }
        Ok(())
    }
}

fn unread(path: &Path, what: &str) -> Stop {
    Stop::Unread(anyhow::anyhow!("snapshots `{}`: {what}", shown(path)))
}

/// A path without what leads out of a folder.
fn below(path: &Path) -> PathBuf {
    path.components().filter(|component| matches!(component, Component::Normal(_))).collect()
}

/// Whether something is there, or may be.
fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

/// The first line of every table.
fn header() -> String {
    snapshot::table(&[]).trim_end().to_owned()
}

/// Whether `check` wrote this file.
fn is_own(path: &Path) -> bool {
    let header = header();
    let mut line = String::new();
    let read = File::open(path)
        .and_then(|file| BufReader::new(file.take(header.len() as u64 + 2)).read_line(&mut line));
    read.is_ok() && line.trim_end() == header
}

/// The CSV files below a folder, links left out.
fn walk(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&path, found),
            Ok(kind) if kind.is_file() && path.extension().is_some_and(|extension| extension == "csv") => {
                found.insert(path);
            }
            _ => {}
        }
    }
}
