//! The inputs of a run: paths, folders and lists made into documents one at a time, so that a folder of any size costs
//! no memory.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    vec,
};

use ignore::{Walk, WalkBuilder, overrides::Override};
use kpi_extract::decode::LIMIT;

use super::stop::{cause, shown};

/// Extensions of the files that are read in folders.
const EXTENSIONS: [&str; 2] = ["txt", "md"];

/// What was asked to be read.
pub struct Request {
    /// Files, folders, `-`.
    pub paths: Vec<PathBuf>,
    /// A file of more paths.
    pub list: Option<PathBuf>,
    /// What is read in folders beside the usual kinds.
    pub include: Override,
    /// The name of standard input.
    pub stdin_name: String,
}

/// One document, not yet read.
#[derive(Debug)]
pub struct Input {
    /// The path as given, or the name of standard input.
    pub name: String,
    source: Source,
}

#[derive(Debug)]
enum Source {
    File(PathBuf),
    Stdin,
}

/// An input that could not be read, and why.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {cause}")]
pub struct Failure {
    /// The input.
    pub name: String,
    /// What went wrong.
    pub cause: String,
}

impl Failure {
    /// Why the input `name` failed.
    pub fn new(name: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { name: name.into(), cause: cause.into() }
    }
}

impl Input {
    /// The document at `path`, by that name, or standard input by its own.
    pub fn new(path: PathBuf, stdin_name: &str) -> Self {
        if is_stdin(&path) {
            Self { name: stdin_name.to_owned(), source: Source::Stdin }
        } else {
            Self::file(path)
        }
    }

    fn file(path: PathBuf) -> Self {
        Self { name: shown(&path), source: Source::File(path) }
    }

    /// Whether it is standard input, which can be read once.
    pub const fn is_stdin(&self) -> bool {
        matches!(self.source, Source::Stdin)
    }

    /// Reads it into `buffer`, in place of what that held: one byte more than a document may have and no further, so
    /// that a source without an end is told by its size.
    pub fn read(&self, buffer: &mut Vec<u8>) -> Result<(), Failure> {
        const ENOUGH: u64 = LIMIT as u64 + 1;
        buffer.clear();
        let read = match &self.source {
            Source::File(path) => File::open(path).and_then(|file| {
                let size = file.metadata()?.len().min(ENOUGH);
                buffer.reserve(size as usize);
                file.take(ENOUGH).read_to_end(buffer)
            }),
            Source::Stdin => io::stdin().lock().take(ENOUGH).read_to_end(buffer),
        };
        read.map(drop).map_err(|error| Failure::new(&self.name, cause(&error)))
    }
}

/// Whether the path stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// All inputs in their order.
pub struct Inputs {
    list: Option<PathBuf>,
    paths: vec::IntoIter<PathBuf>,
    folder: Option<Folder>,
    include: Override,
    stdin_name: String,
}

impl Inputs {
    /// The inputs that `request` asks for.
    pub fn new(request: Request) -> Self {
        let Request { paths, list, include, stdin_name } = request;
        Self { list, paths: paths.into_iter(), folder: None, include, stdin_name }
    }

    /// Whether they are one document and no more.
    pub fn is_single(&self) -> bool {
        self.list.is_none() && matches!(self.paths.as_slice(), [path] if !path.is_dir())
    }
}

impl Iterator for Inputs {
    type Item = Result<Input, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(folder) = &mut self.folder {
                if let Some(found) = folder.next(&self.include) {
                    return Some(found);
                }
                self.folder = None;
            }
            let Some(path) = self.paths.next() else {
                let list = self.list.take()?;
                match read_list(&list) {
                    Ok(paths) => self.paths = paths.into_iter(),
                    Err(failure) => return Some(Err(failure)),
                }
                continue;
            };
            if is_stdin(&path) || !path.is_dir() {
                return Some(Ok(Input::new(path, &self.stdin_name)));
            }
            self.folder = Some(Folder::new(path));
        }
    }
}

/// A folder on its way to being read.
struct Folder {
    root: PathBuf,
    walk: Walk,
    barren: bool,
}

impl Folder {
    /// Links are followed, but for those to folders that are walked anyway: none of their reports shall count twice.
    fn new(root: PathBuf) -> Self {
        let whole = fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
        let walk = WalkBuilder::new(&root)
            .standard_filters(false)
            .hidden(true)
            .follow_links(true)
            .filter_entry(move |entry| {
                let linked = entry.depth() > 0 && entry.path_is_symlink() && entry.path().is_dir();
                !linked
                    || fs::canonicalize(entry.path())
                        .is_ok_and(|target| !target.starts_with(&whole) && !whole.starts_with(&target))
            })
            .sort_by_file_name(Ord::cmp)
            .build();
        Self { root, walk, barren: true }
    }

    fn next(&mut self, include: &Override) -> Option<Result<Input, Failure>> {
        for entry in self.walk.by_ref() {
            let found = match entry {
                Ok(entry) => {
                    let report = entry.file_type().is_some_and(|kind| kind.is_file());
                    if !report || !is_report(entry.path(), &self.root, include) {
                        continue;
                    }
                    Ok(Input::file(entry.into_path()))
                }
                Err(error) => match failure(error, &self.root, include) {
                    Some(failure) => Err(failure),
                    None => continue,
                },
            };
            self.barren = false;
            return Some(found);
        }
        std::mem::take(&mut self.barren).then(|| {
            Err(Failure::new(
                shown(&self.root),
                format!("no reports in this folder ({})", EXTENSIONS.join(", ")),
            ))
        })
    }
}

fn is_report(path: &Path, root: &Path, include: &Override) -> bool {
    path.extension().is_some_and(|own| EXTENSIONS.iter().any(|known| own.eq_ignore_ascii_case(known)))
        || include.matched(path.strip_prefix(root).unwrap_or(path), false).is_whitelist()
}

/// What a walk's error means. A link back to a folder above loses nothing, since that folder is being read, and a
/// dead link to what would be no report is passed over as the file would have been.
fn failure(error: ignore::Error, root: &Path, include: &Override) -> Option<Failure> {
    let (mut error, mut path) = (error, root.to_owned());
    loop {
        error = match error {
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => *err,
            ignore::Error::WithPath { path: at, err } => {
                path = at;
                *err
            }
            ignore::Error::Loop { .. } => return None,
            ignore::Error::Io(error) => {
                if path.is_symlink() && !is_report(&path, root, include) {
                    return None;
                }
                // The walk's own error words the path once more.
                let error = fs::metadata(&path).err().unwrap_or(error);
                return Some(Failure::new(shown(&path), cause(&error)));
            }
            other => return Some(Failure::new(shown(&path), other.to_string())),
        }
    }
}

fn read_list(list: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut bytes = Vec::new();
    let read = if is_stdin(list) {
        io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        fs::read(list).map(|read| bytes = read)
    };
    read.map_err(|error| Failure::new(shown(list), cause(&error)))?;
    Ok(listed(&bytes))
}

/// The paths of a list, separated by NUL if it has any, else one a line.
fn listed(bytes: &[u8]) -> Vec<PathBuf> {
    let separator = if bytes.contains(&0) { 0 } else { b'\n' };
    bytes
        .split(|&byte| byte == separator)
        .map(|path| if separator == b'\n' { path.strip_suffix(b"\r").unwrap_or(path) } else { path })
        .filter(|path| !path.is_empty())
        .map(path_of)
        .collect()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn folder(files: &[&str]) -> TempDir {
        let folder = TempDir::new().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    /// The inputs of `path` in `folder`: a name each, or a name and a cause.
    fn inputs(folder: &TempDir, path: &str, globs: &[&str]) -> Vec<String> {
        let mut include = ignore::overrides::OverrideBuilder::new("");
        for glob in globs {
            include.add(glob).unwrap();
        }
        let request = Request {
            paths: vec![folder.path().join(path)],
            list: None,
            include: include.build().unwrap(),
            stdin_name: "-".into(),
        };
        let inside =
            |name: &str| name.strip_prefix(&format!("{}/", shown(folder.path()))).unwrap().to_owned();
        Inputs::new(request)
            .map(|input| match input {
                Ok(input) => inside(&input.name),
                Err(failure) => format!("{}: {}", inside(&failure.name), failure.cause),
            })
            .collect()
    }

    #[test]
    fn folders_are_walked_in_sorted_order_for_the_kinds_that_are_known() {
        let folder =
            folder(&["r/b.txt", "r/a.md", "r/c.TXT", "r/2023/x.txt", "r/z.log", "r/.h.txt", "r/.h/i.txt"]);
        assert_eq!(inputs(&folder, "r", &[]), ["r/2023/x.txt", "r/a.md", "r/b.txt", "r/c.TXT"]);
        assert_eq!(inputs(&folder, "r/", &[]), ["r/2023/x.txt", "r/a.md", "r/b.txt", "r/c.TXT"]);
        assert_eq!(inputs(&folder, "r/.h", &[]), ["r/.h/i.txt"]);
    }

    #[test]
    fn other_kinds_are_read_by_name_or_by_a_glob() {
        let folder = folder(&["r/a.log", "r/2023/b.log", "r/c.bin", "r/d.txt"]);
        assert_eq!(inputs(&folder, "r/a.log", &[]), ["r/a.log"]);
        assert_eq!(inputs(&folder, "r", &["*.log"]), ["r/2023/b.log", "r/a.log", "r/d.txt"]);
        assert_eq!(inputs(&folder, "r", &["2023/*.log", "c.*"]), ["r/2023/b.log", "r/c.bin", "r/d.txt"]);
    }

    #[test]
    fn a_folder_is_a_folder_whatever_its_name_and_fails_without_reports() {
        let folder = folder(&["a.txt/b.txt", "a.txt/c/d.log"]);
        assert_eq!(inputs(&folder, "a.txt", &[]), ["a.txt/b.txt"]);
        assert_eq!(inputs(&folder, "a.txt/c", &[]), ["a.txt/c: no reports in this folder (txt, md)"]);
    }

    #[test]
    #[cfg(unix)]
    fn links_are_followed_once() {
        use std::os::unix::fs::symlink;
        let folder = folder(&["r/2023/a.txt", "else.txt", "other/b.txt"]);
        let link = |target, link| symlink(target, folder.path().join(link)).unwrap();
        link("..", "r/2023/up");
        link("../..", "r/2023/upper");
        link(".", "r/self");
        link("2023", "r/again");
        link("../r", "other/back");
        link("../other", "r/other");
        link("../else.txt", "r/linked.txt");
        link("nowhere.txt", "r/dead.txt");
        link("nowhere", "r/dead");
        link("me.txt", "r/me.txt");
        link("me", "r/me");
        assert_eq!(
            inputs(&folder, "r", &[]),
            [
                "r/2023/a.txt",
                "r/dead.txt: no such file or folder",
                "r/linked.txt",
                "r/me.txt: Too many levels of symbolic links (os error 40)",
                "r/other/b.txt"
            ]
        );
        link("r", "s");
        assert_eq!(inputs(&folder, "s/2023", &[]), ["s/2023/a.txt"]);
        assert_eq!(inputs(&folder, "s", &[])[0], "s/2023/a.txt");
    }

    #[test]
    #[cfg(unix)]
    fn names_that_are_no_unicode_are_shown_as_far_as_they_can_be() {
        let folder = folder(&["r/b.txt"]);
        fs::write(folder.path().join("r").join(path_of(b"a\xff.txt")), "").unwrap();
        assert_eq!(inputs(&folder, "r", &[]), ["r/a\u{fffd}.txt", "r/b.txt"]);
    }

    #[test]
    fn lists_are_lines_or_separated_by_nul() {
        let paths = |list: &[&str]| list.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(listed("a.txt\n\n二 三.txt\r\nb".as_bytes()), paths(&["a.txt", "二 三.txt", "b"]));
        assert_eq!(listed(b"a\nb\0c\r\0"), paths(&["a\nb", "c\r"]));
        assert_eq!(listed(b""), paths(&[]));
    }
}
