//! A Markdown file whose blocks are proven: its commands are run and their output compared, its rule files loaded, its
//! tables held against the program's rows, so that what users read first is never wrong.
//!
//! | in the file | what is proven |
//! |---|---|
//! | ```` ```console ```` | after `$ ` a command for `sh`; the lines up to the next one are what it prints |
//! | ```` ```toml ```` | a whole rule file, which loads beside the built-in ones and does what its examples say |
//! | ```` ```toml fragment ```` | a part of one, which is only read |
//! | `<!-- file: a.txt -->` before a block | the block is a file of that name for the commands after it |
//! | `<!-- rows: samples/a.txt -->` before a table | each line is a row of that report, known by its `raw` |
//!
//! With `README_ACCEPT=1` outputs and rows are put right in the file instead.

use std::{
    env,
    fmt::Write as _,
    fs,
    ops::Range,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use kpi_extract::{
    emit::{Cell, Column},
    extract::{Context, Extractor},
    rules::{RuleSet, Source, proof::prove},
};
use tempfile::TempDir;

/// Commands that are shown and not run: the first is this very test, the others need the network or a home, or measure.
const SHOWN: [&str; 6] = [
    "cargo test",
    "cargo install --path .",
    ".ci/run",
    "cargo bench",
    "benches/compare.sh",
    "benches/start.py",
];
/// What stands in the file for the program that has been built.
const RELEASE: &str = "cargo run --release --";

/// A file of the repository, and the folder that its commands run in.
pub struct Markdown {
    path: PathBuf,
    text: String,
    folder: TempDir,
}

/// A fenced block: what stands after the fence, the lines, the comment before it.
struct Block {
    info: String,
    lines: Range<usize>,
    file: Option<String>,
}

impl Markdown {
    /// The file at `path`, from the root of the repository. Its commands see `samples/` and `rules/`.
    pub fn new(path: &str) -> Self {
        let folder = TempDir::new().unwrap();
        for name in ["samples", "rules"] {
            std::os::unix::fs::symlink(root(name), folder.path().join(name)).unwrap();
        }
        let path = root(path);
        Self { text: fs::read_to_string(&path).unwrap(), path, folder }
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Proves every block and every table, or puts them right; returns the commands that it shows.
    pub fn prove(&self) -> Vec<String> {
        let mut text = String::new();
        let mut commands = Vec::new();
        let mut done = 0;
        for block in blocks(&self.text) {
            let inside = &self.text[block.lines.clone()];
            text += &self.with_rows(&self.text[done..block.lines.start]);
            done = block.lines.end;
            if let Some(name) = &block.file {
                fs::write(self.folder.path().join(name), inside).unwrap();
            }
            match block.info.as_str() {
                "console" => text += &self.session(inside, &mut commands),
                "toml" => {
                    self.load(inside);
                    text += inside;
                }
                "toml fragment" => {
                    toml::from_str::<toml::Table>(inside)
                        .unwrap_or_else(|error| panic!("{}: {error}\n{inside}", self.path.display()));
                    text += inside;
                }
                _ => text += inside,
            }
        }
        text += &self.with_rows(&self.text[done..]);
        if env::var_os("README_ACCEPT").is_some() {
            // Other tests may be reading it.
            if fs::read_to_string(&self.path).unwrap() != text {
                fs::write(&self.path, text).unwrap();
            }
        } else if let Some((is, should)) =
            self.text.lines().zip(text.lines()).find(|(is, should)| is != should)
        {
            panic!(
                "{}: it says\n    {is}\nwhere the program says\n    {should}\n(README_ACCEPT=1 puts it right)\n\n{text}",
                self.path.display()
            );
        } else {
            assert_eq!(self.text, text, "{}: README_ACCEPT=1 puts it right", self.path.display());
        }
        commands
    }

    /// Proves that the blocks and the table of rows are those of `other`, a file in another language, or puts them
    /// right.
    #[allow(dead_code, reason = "every test file takes what it needs")]
    pub fn follows(&self, other: &Self) {
        let (own, its) = (blocks(&self.text), blocks(&other.text));
        let told = |blocks: &[Block]| -> Vec<_> {
            blocks.iter().map(|block| (block.info.clone(), block.file.clone())).collect()
        };
        assert_eq!(told(&own), told(&its), "{}: other blocks", self.path.display());
        let mut text = String::new();
        let mut done = 0;
        for (block, its) in own.iter().zip(&its) {
            text += &self.with_rows(&self.text[done..block.lines.start]);
            text += &other.text[its.lines.clone()];
            done = block.lines.end;
        }
        text += &self.text[done..];
        if env::var_os("README_ACCEPT").is_some() && self.text != text {
            fs::write(&self.path, text).unwrap();
        } else {
            assert_eq!(self.text, text, "{}: README_ACCEPT=1 puts it right", self.path.display());
        }
    }

    /// The commands of a block, each with what it prints now.
    fn session(&self, block: &str, commands: &mut Vec<String>) -> String {
        let mut shown = String::new();
        let mut status = 0;
        let mut lines = block.lines().peekable();
        while let Some(line) = lines.next() {
            let Some(command) = line.strip_prefix("$ ") else {
                panic!("{}: no command before `{line}`", self.path.display());
            };
            commands.push(command.to_owned());
            let mut expected = String::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                expected += line;
                expected.push('\n');
            }
            let _ = writeln!(shown, "$ {command}");
            if SHOWN.contains(&command) {
                shown += &expected;
            } else if command == "echo $?" {
                let _ = writeln!(shown, "{status}");
                status = 0;
            } else {
                assert_eq!(status, 0, "{}: the command before `{command}` failed", self.path.display());
                let (output, ended) = self.run(command);
                shown += &output;
                status = ended;
            }
        }
        assert_eq!(status, 0, "{}: the last command failed\n{shown}", self.path.display());
        shown
    }

    /// What a command prints, and its exit status.
    fn run(&self, command: &str) -> (String, i32) {
        let binary = Path::new(env!("CARGO_BIN_EXE_kpi-extract"));
        let mut path = binary.parent().unwrap().as_os_str().to_owned();
        path.push(":");
        path.push(env::var_os("PATH").unwrap_or_default());
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {}\n}} 2>&1", command.replace(RELEASE, "kpi-extract"))])
            .current_dir(&self.folder)
            .env("PATH", path)
            .output()
            .unwrap();
        (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap_or(-1))
    }

    /// A rule file loads and does what it says.
    fn load(&self, text: &str) {
        let source = Source { name: "block.toml".into(), text: text.into() };
        let rules = RuleSet::load(&[source], true)
            .unwrap_or_else(|errors| panic!("{}: {errors}\n{text}", self.path.display()));
        let rules = Arc::new(rules);
        for failure in prove(&rules) {
            assert!(
                rules.find(&failure.rule).is_none_or(|rule| !rule.user),
                "{}: {failure}",
                self.path.display()
            );
        }
    }

    /// The same text with the tables that name a report filled from it.
    fn with_rows(&self, text: &str) -> String {
        let mut out = String::new();
        let mut report: Option<(&str, Vec<Column>)> = None;
        for line in text.split_inclusive('\n') {
            if let Some(comment) = line.strip_prefix("<!-- rows: ") {
                report = comment.split_once(" -->").map(|(path, _)| (path, vec![]));
                out += line;
                continue;
            }
            let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
            match &mut report {
                Some(_) if line.trim().is_empty() => {
                    report = None;
                    out += line;
                }
                Some((_, columns)) if columns.is_empty() => {
                    *columns = cells.iter().map(|cell| column(cell)).collect();
                    out += line;
                }
                Some((path, columns)) if !cells[0].starts_with("---") => {
                    out += &self.row(path, columns, &cells);
                }
                _ => out += line,
            }
        }
        out
    }

    /// The row of the report that has this line's `raw`, as a line of the table.
    fn row(&self, report: &str, columns: &[Column], cells: &[&str]) -> String {
        let raw = cells[columns.iter().position(|column| *column == Column::Raw).expect("a column `raw`")];
        let extractor = Extractor::new(RuleSet::builtin(), Context::default());
        let mut line = None;
        let mut take = |row: kpi_extract::row::Row| {
            if line.is_none() && row.raw == raw {
                let cells = columns.iter().map(|column| match column.cell(&row) {
                    Cell::Text(text) => text.to_owned(),
                    Cell::Decimal(value) => value.map_or(String::new(), |value| value.to_string()),
                    Cell::Integer(number) => number.to_string(),
                    Cell::Flag(flag) => flag.to_string(),
                });
                line =
                    Some(format!("| {} |\n", cells.collect::<Vec<_>>().join(" | ")).replace("|  |", "| |"));
            }
        };
        extractor.extract(report, &fs::read(root(report)).unwrap(), &mut take).unwrap();
        line.unwrap_or_else(|| panic!("{}: no row of {report} has the raw `{raw}`", self.path.display()))
    }
}

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn column(name: &str) -> Column {
    Column::ALL
        .into_iter()
        .find(|column| column.name() == name)
        .unwrap_or_else(|| panic!("no column `{name}`"))
}

/// The fenced blocks of a text, in order.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, usize, Option<String>)> = None;
    let mut file = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let end = at + line.len();
        if let Some(info) = line.strip_prefix("```") {
            open = match open {
                None => Some((info.trim().to_owned(), end, file.take())),
                Some((info, start, file)) => {
                    blocks.push(Block { info, lines: start..at, file });
                    None
                }
            };
        } else if open.is_none() && !line.trim().is_empty() {
            file = line
                .strip_prefix("<!-- file: ")
                .and_then(|comment| comment.split_once(" -->"))
                .map(|(name, _)| name.to_owned());
        }
        at = end;
    }
    assert!(open.is_none(), "a block that never closes");
    blocks
}
