//! The inputs of a run: paths, folders, archives, records and lists made into documents one at a time, so that a folder
//! of any size costs no memory.

#[cfg(feature = "archives")]
mod archive;
mod records;
mod source;

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    vec,
};

use ignore::{Walk, WalkBuilder, overrides::Override};
use kpi_extract::decode::Options;

use records::Records;
pub use source::Input;

use super::stop::{cause, shown};

/// Extensions of the files that are read in folders and archives.
const EXTENSIONS: [&str; 6] = ["txt", "md", "html", "htm", "docx", "pdf"];

/// What was asked to be read.
#[derive(Clone)]
pub struct Request {
    /// Files, folders, `-`.
    pub paths: Vec<PathBuf>,
    /// A file of more paths.
    pub list: Option<PathBuf>,
    /// What is read in folders beside the usual kinds.
    pub include: Override,
    /// The name of standard input.
    pub stdin_name: String,
    /// How it is read.
    pub reading: Reading,
}

impl Request {
    /// These paths, read as they are.
    pub fn of(paths: Vec<PathBuf>) -> Self {
        Self {
            paths,
            list: None,
            include: Override::empty(),
            stdin_name: "-".into(),
            reading: Reading::default(),
        }
    }

    /// Whether some of it can be read only once.
    pub fn reads_stdin(&self) -> bool {
        self.paths.iter().chain(&self.list).any(|path| is_stdin(path))
    }
}

/// How documents are read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Format, encoding and size of each.
    pub options: Options,
    /// What holds several, instead of what names tell.
    pub container: Option<Container>,
    /// The fields of a record that hold its text, separated by commas.
    pub text_field: String,
    /// The field of a record that holds its name.
    pub id_field: String,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            options: Options::default(),
            container: None,
            text_field: "text".into(),
            id_field: "id".into(),
        }
    }
}

/// A file of several documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// A ZIP archive.
    Zip,
    /// JSON objects, one a line.
    Jsonl,
}

impl Container {
    /// The names of each.
    pub const NAMES: [(&str, Self); 3] =
        [("zip", Self::Zip), ("jsonl", Self::Jsonl), ("ndjson", Self::Jsonl)];

    fn of(name: &str) -> Option<Self> {
        let zip = Path::new(name).extension().is_some_and(|own| own.eq_ignore_ascii_case("zip"));
        let records = Path::new(source::stripped(name)).extension();
        let records = records
            .is_some_and(|own| Self::NAMES[1..].iter().any(|(name, _)| own.eq_ignore_ascii_case(name)));
        if zip { Some(Self::Zip) } else { records.then_some(Self::Jsonl) }
    }
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

/// Whether the path stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The one document at `path`, which may lie in an archive or be a record: `reports.zip/2023/a.txt`.
pub fn single(path: PathBuf, stdin_name: &str, reading: Reading) -> Result<Input, Failure> {
    let name = shown(&path);
    let holder = path.ancestors().skip(1).find(|above| above.is_file()).map(Path::to_owned);
    let member = !is_stdin(&path) && !path.exists() && holder.is_some();
    let paths = vec![holder.filter(|_| member).unwrap_or(path)];
    let request = Request { stdin_name: stdin_name.into(), reading, ..Request::of(paths) };
    let mut inputs = Inputs::new(request);
    if member {
        let wanted = |input: &Result<Input, Failure>| input.as_ref().is_ok_and(|input| input.name == name);
        return inputs.find(wanted).unwrap_or_else(|| Err(Failure::new(name, "no such document")));
    }
    let first = inputs.next().unwrap_or_else(|| Err(Failure::new(&name, "no document")))?;
    match inputs.next() {
        None => Ok(first),
        Some(_) => Err(Failure::new(name, format!("several documents: name one, such as {}", first.name))),
    }
}

/// All inputs in their order.
pub struct Inputs {
    list: Option<PathBuf>,
    paths: vec::IntoIter<PathBuf>,
    /// What is being gone through, the innermost last.
    nest: Vec<Nest>,
    include: Override,
    stdin_name: String,
    reading: Reading,
}

/// What holds several inputs.
enum Nest {
    Folder(Box<Folder>),
    Records(Records),
    #[cfg(feature = "archives")]
    Members(Members),
}

/// What a nest has next: a document, or what may be another nest.
enum Found {
    Path(PathBuf),
    Input(Input),
    #[cfg(feature = "archives")]
    Nested(Input),
}

impl Inputs {
    /// The inputs that `request` asks for.
    pub fn new(request: Request) -> Self {
        let Request { paths, list, include, stdin_name, reading } = request;
        Self { list, paths: paths.into_iter(), nest: Vec::new(), include, stdin_name, reading }
    }

    /// Whether they are one document and no more.
    pub fn is_single(&self) -> bool {
        let single = |path: &Path| !path.is_dir() && self.container(path).is_none();
        self.list.is_none() && matches!(self.paths.as_slice(), [path] if single(path))
    }

    /// The name that a path goes by.
    fn name(&self, path: &Path) -> String {
        if is_stdin(path) { self.stdin_name.clone() } else { shown(path) }
    }

    fn container(&self, path: &Path) -> Option<Container> {
        match self.reading.container {
            None if self.reading.options.format.is_none() => Container::of(&self.name(path)),
            told => told,
        }
    }

    /// Goes into what holds several documents, or is one.
    fn enter(&mut self, path: PathBuf) -> Option<Result<Input, Failure>> {
        let name = self.name(&path);
        let input = |path| Input::new(path, &self.stdin_name, self.reading.options);
        match self.container(&path) {
            None => Some(Ok(input(path))),
            Some(Container::Jsonl) => {
                let records = if is_stdin(&path) {
                    Records::stdin(&name, &self.reading)
                } else {
                    Records::open(&path, &name, &self.reading)
                };
                match records {
                    Ok(Some(records)) => self.nest.push(Nest::Records(records)),
                    Ok(None) => return Some(Ok(input(path))),
                    Err(failure) => return Some(Err(failure)),
                }
                None
            }
            Some(Container::Zip) => self.enter_zip(&path, name).err().map(Err),
        }
    }

    #[cfg(feature = "archives")]
    fn enter_zip(&mut self, path: &Path, name: String) -> Result<(), Failure> {
        let opened = if is_stdin(path) {
            let mut bytes = Vec::new();
            let limit = self.reading.options.max_size;
            source::read_within(&mut io::stdin().lock(), limit, u64::MAX, &mut bytes)
                .map_err(|error| Failure::new(&name, source::unread(&error)))?;
            archive::Archive::of(bytes)
        } else {
            archive::Archive::open(path)
        };
        let (archive, members) = opened.map_err(|cause| Failure::new(&name, cause))?;
        self.nest.push(Nest::Members(Members { archive, name, left: members.into_iter(), barren: true }));
        Ok(())
    }

    #[cfg(not(feature = "archives"))]
    fn enter_zip(&mut self, _: &Path, name: String) -> Result<(), Failure> {
        let off = kpi_extract::decode::Error::Off { format: "ZIP archive", feature: "archives" };
        Err(Failure::new(name, off.to_string()))
    }

    /// Goes into what lies in an archive and holds several documents itself.
    #[cfg(feature = "archives")]
    fn enter_nested(&mut self, input: Input) -> Option<Result<Input, Failure>> {
        let name = input.name.clone();
        let depth = self.nest.iter().filter(|nest| matches!(nest, Nest::Members(_))).count();
        let mut bytes = Vec::new();
        let read = match Container::of(&name) {
            None => return Some(Ok(input)),
            Some(_) if depth >= archive::DEPTH => {
                Err(Failure::new(&name, format!("archives lie more than {} deep", archive::DEPTH)))
            }
            Some(_) => input.read(&mut bytes),
        };
        if let Err(failure) = read {
            return Some(Err(failure));
        }
        let nest = if Container::of(&name) == Some(Container::Jsonl) {
            match Records::of(source::stripped(&name), bytes, &self.reading) {
                Ok(Some(records)) => Ok(Nest::Records(records)),
                Ok(None) => return Some(Ok(input)),
                Err(failure) => Err(failure),
            }
        } else {
            archive::Archive::of(bytes)
                .map(|(archive, members)| {
                    Nest::Members(Members {
                        archive,
                        name: name.clone(),
                        left: members.into_iter(),
                        barren: true,
                    })
                })
                .map_err(|cause| Failure::new(&name, cause))
        };
        match nest {
            Ok(nest) => self.nest.push(nest),
            Err(failure) => return Some(Err(failure)),
        }
        None
    }
}

impl Iterator for Inputs {
    type Item = Result<Input, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(nest) = self.nest.last_mut() {
                let found = match nest {
                    Nest::Folder(folder) => folder.next(&self.include),
                    Nest::Records(records) => records.next().map(|input| input.map(Found::Input)),
                    #[cfg(feature = "archives")]
                    Nest::Members(members) => members.next(&self.include, self.reading.options),
                };
                let input = match found {
                    None => {
                        self.nest.pop();
                        continue;
                    }
                    Some(Err(failure)) => Some(Err(failure)),
                    Some(Ok(Found::Input(input))) => Some(Ok(input)),
                    Some(Ok(Found::Path(path))) => self.enter(path),
                    #[cfg(feature = "archives")]
                    Some(Ok(Found::Nested(input))) => self.enter_nested(input),
                };
                match input {
                    Some(input) => return Some(input),
                    None => continue,
                }
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
                match self.enter(path) {
                    Some(input) => return Some(input),
                    None => continue,
                }
            }
            self.nest.push(Nest::Folder(Box::new(Folder::new(path))));
        }
    }
}

/// An archive on its way to being read.
#[cfg(feature = "archives")]
struct Members {
    archive: std::sync::Arc<archive::Archive>,
    name: String,
    left: vec::IntoIter<archive::Member>,
    barren: bool,
}

#[cfg(feature = "archives")]
impl Members {
    fn next(&mut self, include: &Override, options: Options) -> Option<Result<Found, Failure>> {
        for archive::Member { index, name } in self.left.by_ref() {
            let whole = format!("{}/{name}", self.name);
            let nested = Container::of(&name).is_some();
            let path = Path::new(source::stripped(&name));
            if nested
                || is_report(path, Path::new(""), include)
                || is_report(Path::new(&name), Path::new(""), include)
            {
                self.barren = false;
                let options = Options { format: None, ..options };
                return Some(Ok(Found::Nested(Input::member(&self.archive, index, whole, options))));
            }
        }
        std::mem::take(&mut self.barren).then(|| Err(Failure::new(&self.name, barren("archive"))))
    }
}

/// What is said of a place without reports.
fn barren(place: &str) -> String {
    format!("no reports in this {place} ({})", EXTENSIONS.join(", "))
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

    fn next(&mut self, include: &Override) -> Option<Result<Found, Failure>> {
        for entry in self.walk.by_ref() {
            let found = match entry {
                Ok(entry) => {
                    let report = entry.file_type().is_some_and(|kind| kind.is_file());
                    if !report || !is_report(entry.path(), &self.root, include) {
                        continue;
                    }
                    Ok(Found::Path(entry.into_path()))
                }
                Err(error) => match failure(error, &self.root, include) {
                    Some(failure) => Err(failure),
                    None => continue,
                },
            };
            self.barren = false;
            return Some(found);
        }
        std::mem::take(&mut self.barren).then(|| Err(Failure::new(shown(&self.root), barren("folder"))))
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
            reading: Reading::default(),
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
        assert_eq!(
            inputs(&folder, "a.txt/c", &[]),
            ["a.txt/c: no reports in this folder (txt, md, html, htm, docx, pdf)"]
        );
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
