//! One run of the program, told as what goes in and what must come out: standard output, standard error and exit
//! status are always asserted together, so that no test can overlook one of them.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    thread,
};

use tempfile::TempDir;

/// The default columns.
#[allow(dead_code, reason = "every test file takes what it needs")]
pub const HEADER: &str =
    "indicator,value,unit,district,period,kind,status,qualifier,high,raw,document,line,damaged\n";

/// What a stream must hold.
enum Expected {
    Exactly(String),
    Containing(Vec<String>),
}

impl Expected {
    fn check(&self, stream: &str, actual: &[u8], whole: &str) {
        let actual = str::from_utf8(actual).unwrap_or_else(|error| panic!("{stream}: {error}\n{whole}"));
        match self {
            Self::Exactly(text) => assert_eq!(actual, text, "{stream}\n{whole}"),
            Self::Containing(parts) => {
                for part in parts {
                    assert!(actual.contains(part.as_str()), "{stream} lacks {part:?}\n{whole}");
                }
            }
        }
    }
}

/// One run of the program in a folder of its own. Without more, it must print nothing and exit with 0.
pub struct Run {
    folder: TempDir,
    args: Vec<OsString>,
    input: Vec<u8>,
    environment: Vec<(&'static str, &'static str)>,
    stdout: Expected,
    stderr: Expected,
    lines: Option<usize>,
    status: i32,
}

#[allow(dead_code, reason = "every test file takes what it needs")]
impl Run {
    /// A run with these arguments, separated by spaces.
    pub fn new(args: &str) -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            args: args.split_whitespace().map(Into::into).collect(),
            input: Vec::new(),
            environment: Vec::new(),
            stdout: Expected::Exactly(String::new()),
            stderr: Expected::Exactly(String::new()),
            lines: None,
            status: 0,
        }
    }

    /// One more argument, whatever it holds.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().into());
        self
    }

    /// More arguments, separated by spaces.
    pub fn args(mut self, args: &str) -> Self {
        self.args.extend(args.split_whitespace().map(Into::into));
        self
    }

    /// A file in the folder of the run; folders on its way are made.
    pub fn file(self, path: impl AsRef<OsStr>, contents: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, contents).unwrap();
        self
    }

    /// An empty folder.
    pub fn folder(self, path: &str) -> Self {
        fs::create_dir_all(self.path(path)).unwrap();
        self
    }

    /// Whatever else the folder of the run needs.
    pub fn prepare(self, prepare: impl FnOnce(PathBuf)) -> Self {
        prepare(self.folder.path().to_owned());
        self
    }

    /// What the program finds on standard input.
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// A variable of the environment.
    pub fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    /// What must be on standard output, exactly.
    pub fn stdout(mut self, text: impl Into<String>) -> Self {
        self.stdout = Expected::Exactly(text.into());
        self
    }

    /// What standard output must hold among other things.
    pub fn stdout_has(mut self, parts: &[&str]) -> Self {
        self.stdout = Expected::Containing(parts.iter().copied().map(Into::into).collect());
        self
    }

    /// What must be on standard error, exactly.
    pub fn stderr(mut self, text: impl Into<String>) -> Self {
        self.stderr = Expected::Exactly(text.into());
        self
    }

    /// What standard error must hold among other things.
    pub fn stderr_has(mut self, parts: &[&str]) -> Self {
        self.stderr = Expected::Containing(parts.iter().copied().map(Into::into).collect());
        self
    }

    /// How many lines standard error must have.
    pub fn stderr_lines(mut self, count: usize) -> Self {
        self.lines = Some(count);
        self
    }

    /// The exit status.
    pub fn status(mut self, status: i32) -> Self {
        self.status = status;
        self
    }

    /// Runs the program and checks all three.
    pub fn done(self) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kpi-extract"))
            .args(&self.args)
            .current_dir(&self.folder)
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .envs(self.environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut stdin, input) = (child.stdin.take().unwrap(), self.input);
        // A program that does not read its input closes it, which is its right.
        let writer = thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let whole = format!(
            "kpi-extract {:?}\n--- stdout\n{}\n--- stderr\n{}\n--- {}",
            self.args,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            output.status
        );
        self.stdout.check("standard output", &output.stdout, &whole);
        self.stderr.check("standard error", &output.stderr, &whole);
        if let Some(count) = self.lines {
            assert_eq!(output.stderr.split(|&byte| byte == b'\n').count() - 1, count, "lines\n{whole}");
        }
        assert_eq!(output.status.code(), Some(self.status), "exit status\n{whole}");
        Ran { folder: self.folder, stdout: String::from_utf8_lossy(&output.stdout).into_owned() }
    }

    fn path(&self, path: impl AsRef<OsStr>) -> PathBuf {
        self.folder.path().join(path.as_ref())
    }
}

/// A run that has passed, with what it left.
pub struct Ran {
    folder: TempDir,
    /// Standard output.
    #[allow(dead_code, reason = "every test file takes what it needs")]
    pub stdout: String,
}

#[allow(dead_code, reason = "every test file takes what it needs")]
impl Ran {
    /// A file of the folder, which must now hold `contents`.
    pub fn file(self, path: &str, contents: &str) -> Self {
        assert_eq!(fs::read_to_string(self.folder.path().join(path)).unwrap(), contents, "{path}");
        self
    }

    /// Where a file of the folder stands.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// The names in the folder, which must be these.
    pub fn names(self, expected: &[&str]) -> Self {
        let mut names: Vec<_> =
            fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, expected);
        self
    }
}
