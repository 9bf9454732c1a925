//! `diff`: two outputs, or what two sets of rules make of the same reports, row by row.

use std::{
    fmt::{Display, Write as _},
    fs,
    io::{self, IsTerminal, Read, Write},
    mem,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
};

use anstream::AutoStream;
use clap::{
    ColorChoice,
    builder::styling::{AnsiColor, Color, Style},
};
use kpi_extract::{
    diff::{Change, Diff, Differ, quoted, shared},
    earlier,
    emit::{Column, Field, Holds, markdown},
    extract::{Context, Extractor},
    row::Row,
    wording::{counted, one_line},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    args::compare::DiffForm,
    console::Console,
    exit::Exit,
    inputs::{self, Failure, Inputs},
    output::{self, Shown},
    plan::Rules,
    pool, rules,
    stop::{Stop, cause, shown},
};

/// What is compared.
pub struct Request {
    pub old: PathBuf,
    pub new: PathBuf,
    /// Where these are rules.
    pub over: Option<Over>,
    pub threads: usize,
    pub form: DiffForm,
    pub color: ColorChoice,
}

/// Reports that two sets of rules are tried on.
pub struct Over {
    pub inputs: inputs::Request,
    /// The rules that go with both.
    pub rules: Rules,
    pub context: Context,
}

/// Does it.
pub fn run(request: Request, console: &mut Console) -> Result<Exit, Stop> {
    let Request { old, new, over, threads, form, color } = request;
    let (diff, whole) = match over {
        Some(over) => of_rules(&old, &new, over, threads, console)?,
        None => (of_outputs(&old, &new)?, true),
    };
    let color =
        if output::is_colored(color) { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
    let mut out = AutoStream::new(io::stdout().lock(), color);
    let live = io::stdout().is_terminal();
    let written = match form {
        DiffForm::Human => human(&diff, &mut out),
        DiffForm::Json => json(&diff, live, &mut out),
        DiffForm::Md => md(&diff, &mut out),
    };
    written.and_then(|()| out.flush()).map_err(|error| Stop::Output("standard output".into(), error))?;
    Ok(match diff.changes.is_empty() {
        _ if !whole => Exit::Misused,
        true => Exit::Done,
        false => Exit::Failed,
    })
}

fn of_outputs(old: &Path, new: &Path) -> Result<Diff, Stop> {
    let old = Output::read(old)?;
    let new = Output::read(new)?;
    let mut differ = Differ::new(&shared(&old.columns, &new.columns));
    old.rows(&mut |row| differ.before(&row))?;
    new.rows(&mut |row| differ.after(&row))?;
    Ok(differ.finish())
}

/// A file of rows.
struct Output {
    name: String,
    bytes: Vec<u8>,
    columns: Vec<Column>,
}

impl Output {
    fn read(path: &Path) -> Result<Self, Stop> {
        let name = shown(path);
        let mut bytes = Vec::new();
        let read = if inputs::is_stdin(path) {
            io::stdin().lock().read_to_end(&mut bytes).map(drop)
        } else {
            fs::read(path).map(|read| bytes = read)
        };
        read.map_err(|error| unreadable(&name, cause(&error)))?;
        // No rows as JSON Lines are an empty file.
        let columns = if bytes.is_empty() { Some(Column::ALL.to_vec()) } else { earlier::columns(&bytes) };
        let columns = columns.ok_or_else(|| {
            let problem = "no output of kpi-extract (csv, tsv, json, jsonl or parquet with its columns); \
                           rules are compared with --over PATH";
            unreadable(&name, problem)
        })?;
        Ok(Self { name, bytes, columns })
    }

    fn rows(&self, sink: &mut dyn FnMut(Row)) -> Result<(), Stop> {
        earlier::read(&self.bytes, sink).map_err(|error| unreadable(&self.name, error))
    }
}

fn unreadable(name: &str, cause: impl Display) -> Stop {
    Stop::Unreadable(Failure::new(name, cause.to_string()))
}

/// What comes of a document.
enum Step {
    /// Its rows by the old rules and by the new ones.
    Rows([Vec<Row>; 2]),
    Failure(Failure),
}

/// What changed, and whether all reports were read.
fn of_rules(
    old: &Path,
    new: &Path,
    over: Over,
    threads: usize,
    console: &mut Console,
) -> Result<(Diff, bool), Stop> {
    let Over { inputs, rules: Rules { paths, builtin, gazetteers }, context } = over;
    let extractor = |own: &Path| {
        let paths = paths.iter().cloned().chain([own.to_owned()]).collect();
        let rules = rules::load(&Rules { paths, builtin, gazetteers: gazetteers.clone() })?;
        let context = rules::context(&rules, context.clone())?;
        Ok::<_, Stop>(Extractor::new(rules, context))
    };
    let extractors = [extractor(old)?, extractor(new)?];
    let work = move |input: Result<inputs::Input, Failure>, sink: &mut dyn FnMut(Step)| {
        if let Err(failure) = input.and_then(|input| extract(&extractors, &input, sink)) {
            sink(Step::Failure(failure));
        }
    };
    let (mut differ, mut whole) = (Differ::new(&Column::ALL), true);
    let taken = pool::run(threads, Inputs::new(inputs), work, |step| {
        match step {
            Step::Rows([old, new]) => {
                for row in &old {
                    differ.before(row);
                }
                for row in &new {
                    differ.after(row);
                }
            }
            Step::Failure(failure) => {
                console.failure(&failure);
                whole = false;
            }
        }
        Ok::<_, std::convert::Infallible>(())
    });
    match taken {
        Ok(()) => Ok((differ.finish(), whole)),
        Err(never) => match never {},
    }
}

/// A defect that a document brings out must not cost what the others tell, so that panics end here.
fn extract(
    extractors: &[Extractor; 2],
    input: &inputs::Input,
    sink: &mut dyn FnMut(Step),
) -> Result<(), Failure> {
    let fail = |cause: String| Failure::new(&input.name, cause);
    let mut bytes = Vec::new();
    input.read(&mut bytes)?;
    let work = || {
        let text = input.decode(&bytes)?;
        let mut rows = [vec![], vec![]];
        for (extractor, rows) in extractors.iter().zip(&mut rows) {
            let made = extractor.extract(&input.name, &text, &mut |row| rows.push(row));
            made.map_err(|error| fail(error.to_string()))?;
        }
        sink(Step::Rows(mem::take(&mut rows)));
        text.flaws.iter().for_each(|flaw| sink(Step::Failure(fail(flaw.to_string()))));
        Ok(())
    };
    panic::catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(fail("a defect of kpi-extract, please report it".into())))
}

const ADDED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green)));
const REMOVED: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red)));
const NAME: Style = Style::new().bold();

/// The columns that name a row; the others are told where they changed.
const NAMING: [Column; 5] = [Column::Document, Column::Line, Column::Raw, Column::Start, Column::End];

/// A line for each row; the cells of one that changed below it, each before and after.
fn human(diff: &Diff, out: &mut impl Write) -> io::Result<()> {
    for change in &diff.changes {
        let cell = |column| one_line(diff.cell(change, column));
        let place = place(diff, change);
        let (raw, indicator) = (cell(Column::Raw), cell(Column::Indicator));
        let name = [place.as_str(), &raw, &indicator].map(str::to_owned);
        let name = name.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
        let (mark, style) = match change {
            Change::Added(_) => ('+', ADDED),
            Change::Removed(_) => ('-', REMOVED),
            Change::Changed(..) => ('~', NAME),
        };
        write!(out, "{style}{mark} {name}{style:#}")?;
        let cells = diff.cells(change);
        if !matches!(change, Change::Changed(..)) {
            let told = |column| cells.iter().any(|(it, ..)| *it == column);
            let figure = [Column::Value, Column::Unit, Column::Period, Column::Kind, Column::Status];
            let figure: Vec<String> = figure.into_iter().filter(|it| told(*it)).map(cell).collect();
            writeln!(out, "{style}: {}{style:#}", figure.join(" "))?;
            continue;
        }
        writeln!(out)?;
        for (column, old, new) in cells {
            let [old, new] = [old, new].map(|cell| one_line(quoted(cell)));
            let column = column.name();
            writeln!(out, "    {column}: {REMOVED}{old}{REMOVED:#} → {ADDED}{new}{ADDED:#}")?;
        }
    }
    writeln!(out, "{}", sum(diff))
}

fn place(diff: &Diff, change: &Change) -> String {
    let [document, line] = [Column::Document, Column::Line].map(|column| one_line(diff.cell(change, column)));
    if line.is_empty() { document } else { format!("{document}:{line}") }
}

fn sum(diff: &Diff) -> String {
    let [added, removed, changed] = diff.counts();
    let rows = counted(diff.unchanged, "row");
    format!("{added} added, {removed} removed, {changed} changed, {rows} unchanged")
}

#[derive(Serialize)]
struct Report {
    added: usize,
    removed: usize,
    changed: usize,
    unchanged: usize,
    changes: Vec<Told>,
}

#[derive(Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
enum Told {
    Added { row: Map<String, Value> },
    Removed { row: Map<String, Value> },
    Changed { row: Map<String, Value>, cells: Vec<Cell> },
}

#[derive(Serialize)]
struct Cell {
    column: &'static str,
    old: Value,
    new: Value,
}

fn json(diff: &Diff, live: bool, out: &mut impl Write) -> io::Result<()> {
    let told = diff.changes.iter().map(|change| {
        let cell = |column: &Column| (column.name().to_owned(), typed(*column, diff.cell(change, *column)));
        let row = || diff.columns.iter().map(cell).collect();
        match change {
            Change::Added(_) => Told::Added { row: row() },
            Change::Removed(_) => Told::Removed { row: row() },
            Change::Changed(..) => {
                let cells = diff.cells(change).into_iter();
                let cells = cells.map(|(column, old, new)| Cell {
                    column: column.name(),
                    old: typed(column, old),
                    new: typed(column, new),
                });
                let naming = |column: &&Column| NAMING.contains(column) || **column == Column::Indicator;
                Told::Changed {
                    row: diff.columns.iter().filter(naming).map(cell).collect(),
                    cells: cells.collect(),
                }
            }
        }
    });
    let [added, removed, changed] = diff.counts();
    let report = Report { added, removed, changed, unchanged: diff.unchanged, changes: told.collect() };
    if live {
        return Shown::new(out).write_all((serde_json::to_string_pretty(&report)? + "\n").as_bytes());
    }
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

/// A cell as the rows of JSON have it.
fn typed(column: Column, cell: &str) -> Value {
    match column.holds() {
        Holds::Integer => cell.parse::<u64>().map_or(Value::Null, Value::from),
        Holds::Flag => (!cell.is_empty()).into(),
        Holds::Decimal if cell.is_empty() => Value::Null,
        Holds::Decimal | Holds::Text => cell.into(),
    }
}

fn md(diff: &Diff, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", sum(diff))?;
    if diff.changes.is_empty() {
        return Ok(());
    }
    let mut table = "\n".to_owned();
    table += &markdown::line(["", "place", "raw", "indicator", "cells"]);
    table += &markdown::rule([false; 5]);
    for change in &diff.changes {
        let mark = match change {
            Change::Added(_) => "+",
            Change::Removed(_) => "-",
            Change::Changed(..) => "~",
        };
        let mut told = String::new();
        for (column, old, new) in diff.cells(change) {
            let alike = NAMING.contains(&column) || column == Column::Indicator;
            let told_before = matches!(change, Change::Added(_) | Change::Removed(_)) && alike;
            if told_before || matches!(column, Column::Sentence | Column::Section) {
                continue;
            }
            let separator = if told.is_empty() { "" } else { ", " };
            let _ = match change {
                Change::Changed(..) => {
                    write!(told, "{separator}{} {} → {}", column.name(), quoted(old), quoted(new))
                }
                _ => write!(told, "{separator}{} {old}{new}", column.name()),
            };
        }
        let [raw, indicator] = [Column::Raw, Column::Indicator].map(|column| diff.cell(change, column));
        table += &markdown::line([mark, &place(diff, change), raw, indicator, &told]);
    }
    out.write_all(table.as_bytes())
}
