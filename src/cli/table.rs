//! `table`: the rows of all inputs, reports or earlier output, put together.

use std::{
    io::{self, Write},
    mem,
};

use clap::{
    ColorChoice,
    builder::styling::{AnsiColor, Style},
};
use kpi_extract::{
    earlier,
    emit::{self, Column, Emit, Field, Format, Holds, Layout, defuse, markdown},
    extract::{Context, Extractor},
    row::{Row, Status},
    tabulate::{self, Axis, Fact, FactColumn, Facts, Figures, Grid, Statement},
    wording::{counted, one_line},
};
use unicode_width::UnicodeWidthStr;

use super::{
    args::table::Form,
    console::Console,
    exit::Exit,
    extract,
    job::{self, Outcome, Report},
    output::{self, Place, Shown},
    plan::{Job, Rules},
    rules,
    stop::Stop,
};

/// A table that was asked for.
pub struct Request {
    /// What is read, and where the table goes.
    pub job: Job,
    /// The rules for reports.
    pub rules: Rules,
    /// What holds where a report does not say.
    pub context: Context,
    /// How it looks.
    pub look: Look,
}

/// How a table looks.
#[derive(Clone, Copy)]
pub struct Look {
    /// How it is written.
    pub form: Form,
    /// What stands across the top of a wide table; a long one has none.
    pub across: Option<Axis>,
    /// As in [`Layout::bom`].
    pub bom: bool,
    /// As in [`Layout::raw_cells`].
    pub raw_cells: bool,
    /// When it is coloured.
    pub color: ColorChoice,
}

/// Does it. Rules are loaded even where all inputs are earlier output, since which they are is not known before.
pub fn run(request: Request, console: &mut Console) -> Result<Exit, Stop> {
    let Request { job, rules, context, look } = request;
    let rules = extract::load(&rules, console)?;
    let context = rules::context(&rules, context)?;
    let extractor = Extractor::new(rules, context);
    let read = move |report: &Report<'_>, sink: &mut dyn FnMut(_)| {
        let bytes = report.bytes;
        if earlier::is_rows(bytes) {
            return earlier::read(bytes, sink).map(|()| Outcome::Read).map_err(|error| error.to_string());
        }
        if job::is_output(bytes) { Ok(Outcome::Passed) } else { extract::read(&extractor, report, sink) }
    };
    let live = job.live;
    job::run(job, read, |place| Gathered::open(place, look, live), console)
}

/// Gathers rows and writes the table at the end.
struct Gathered<'a> {
    facts: Facts,
    conflicts: usize,
    notes: Vec<String>,
    out: &'a mut (dyn Write + Send),
    look: Look,
    live: bool,
}

impl<'a> Gathered<'a> {
    fn open(place: Place<'a>, look: Look, live: bool) -> io::Result<Box<dyn Emit<Column> + 'a>> {
        let Place::Stream(out) = place else { return Err(io::ErrorKind::Unsupported.into()) };
        Ok(Box::new(Self { facts: Facts::default(), conflicts: 0, notes: vec![], out, look, live }))
    }

    fn wide(&mut self, facts: &[Fact], axis: Axis) -> io::Result<()> {
        let grid = Grid::new(facts, axis);
        let Look { form, raw_cells, .. } = self.look;
        match form {
            Form::Html => self.put(&tabulate::html(&grid)),
            Form::As(Format::Md) => {
                let mut table = markdown::line(grid.header());
                table += &markdown::rule(grid.header().enumerate().map(|(at, _)| at >= grid.side.len()));
                for line in &grid.lines {
                    table += &markdown::line(cells(&line.stub, &line.cells));
                }
                self.put(&table)
            }
            #[cfg(feature = "xlsx")]
            Form::As(Format::Xlsx) => tabulate::sheet::sheet(&grid, self.out),
            Form::As(format) => {
                let delimiter = if format == Format::Tsv { b'\t' } else { b',' };
                let mut table = csv::WriterBuilder::new();
                let mut table = table
                    .delimiter(delimiter)
                    .terminator(csv::Terminator::Any(b'\n'))
                    .from_writer(Vec::new());
                let safe = |text: &str| if raw_cells { text.to_owned() } else { defuse(text).into_owned() };
                table.write_record(grid.header().map(safe))?;
                for line in &grid.lines {
                    let stub = line.stub.iter().map(|stub| safe(stub));
                    let figures =
                        line.cells.iter().map(|cell| cell.plain().unwrap_or_else(|| safe(&cell.to_string())));
                    table.write_record(stub.chain(figures))?;
                }
                let bytes = table.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
                let mark = if self.look.bom { "\u{feff}" } else { "" };
                self.put(&(mark.to_owned() + &String::from_utf8_lossy(&bytes)))
            }
            Form::Text => {
                let right: Vec<bool> =
                    grid.header().enumerate().map(|(at, _)| at >= grid.side.len()).collect();
                let mut lines = vec![grid.header().map(|head| (one_line(head), HEAD)).collect::<Vec<_>>()];
                for line in &grid.lines {
                    let stub = line.stub.iter().map(|stub| (one_line(stub), Style::new()));
                    let figures = line.cells.iter().map(|cell| (one_line(&cell.to_string()), style(cell)));
                    lines.push(stub.chain(figures).collect());
                }
                self.blocks(&lines, &right, grid.side.len())
            }
        }
    }

    fn long(&mut self, facts: Vec<Fact>) -> io::Result<()> {
        let columns = FactColumn::ALL;
        let mut statements = facts.into_iter().map(Statement::from);
        let texts = |statement: &Statement| -> Vec<String> {
            columns.iter().map(|column| emit::text(*column, statement).into_owned()).collect()
        };
        match self.look.form {
            Form::Html => {
                let header: Vec<&str> = columns.iter().map(|column| column.name()).collect();
                let lines: Vec<Vec<String>> = statements.map(|statement| texts(&statement)).collect();
                self.put(&tabulate::html_of_text(&header, &lines))
            }
            Form::Text => {
                let number = |column: &FactColumn| matches!(column.holds(), Holds::Decimal | Holds::Integer);
                let mut lines: Vec<Vec<_>> =
                    vec![columns.iter().map(|column| (column.name().to_owned(), HEAD)).collect()];
                for statement in statements {
                    let look = figure_style(statement.fact().conflict, statement.fact().status);
                    lines.push(texts(&statement).iter().map(|text| (one_line(text), look)).collect());
                }
                self.aligned(&lines, &columns.iter().map(number).collect::<Vec<_>>())
            }
            Form::As(format) => {
                let layout = Layout {
                    bom: self.look.bom,
                    raw_cells: self.look.raw_cells,
                    ..Layout::<FactColumn>::new(format)
                };
                let mut writer = if self.live {
                    layout.writer(Shown::new(&mut *self.out))?
                } else {
                    layout.writer(&mut *self.out)?
                };
                statements.try_for_each(|statement| writer.row(&statement))?;
                writer.finish()?;
                self.notes = writer.notes();
                Ok(())
            }
        }
    }

    /// A table that is wider than the terminal, in blocks of columns below one another, each with the lines that have
    /// something there.
    fn blocks(&mut self, lines: &[Vec<(String, Style)>], right: &[bool], side: usize) -> io::Result<()> {
        let terminal = if self.live { terminal_size::terminal_size() } else { None };
        let Some((terminal_size::Width(room), _)) = terminal else { return self.aligned(lines, right) };
        let width = |at: usize| {
            lines.iter().filter_map(|line| line.get(at)).map(|(cell, _)| cell.width() + 2).max().unwrap_or(0)
        };
        let room = usize::from(room).saturating_sub((0..side).map(width).sum());
        let mut next = side;
        while next < right.len() {
            let (first, mut taken) = (next, 0);
            while next < right.len() && (next == first || taken + width(next) <= room) {
                taken += width(next);
                next += 1;
            }
            let part = |line: &Vec<(String, Style)>| [&line[..side], &line[first..next]].concat();
            let filled =
                |line: &&Vec<(String, Style)>| line[first..next].iter().any(|(cell, _)| !cell.is_empty());
            let (header, rest) = lines.split_at(1);
            let block: Vec<_> = header.iter().chain(rest.iter().filter(filled)).map(part).collect();
            if first > side {
                self.out.write_all(b"\n")?;
            }
            self.aligned(&block, &[&right[..side], &right[first..next]].concat())?;
        }
        Ok(())
    }

    /// Columns below one another, by the width of characters on a terminal.
    fn aligned(&mut self, lines: &[Vec<(String, Style)>], right: &[bool]) -> io::Result<()> {
        let widths: Vec<usize> = (0..right.len())
            .map(|at| {
                lines.iter().filter_map(|line| line.get(at)).map(|(cell, _)| cell.width()).max().unwrap_or(0)
            })
            .collect();
        let colored =
            self.live && output::is_colored(self.look.color) || self.look.color == ColorChoice::Always;
        let mut text = String::new();
        for line in lines {
            let mut shown = String::new();
            for (((cell, style), width), right) in line.iter().zip(&widths).zip(right) {
                let space = " ".repeat(width - cell.width());
                let style = if colored { *style } else { Style::new() };
                let cell = if cell.is_empty() { String::new() } else { format!("{style}{cell}{style:#}") };
                shown += &if *right { format!("{space}{cell}  ") } else { format!("{cell}{space}  ") };
            }
            text += shown.trim_end();
            text.push('\n');
        }
        self.out.write_all(text.as_bytes())
    }

    fn put(&mut self, text: &str) -> io::Result<()> {
        if self.live {
            Shown::new(&mut *self.out).write_all(text.as_bytes())
        } else {
            self.out.write_all(text.as_bytes())
        }
    }
}

impl Emit<Column> for Gathered<'_> {
    fn row(&mut self, row: &Row) -> io::Result<()> {
        self.facts.add(row.clone());
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let facts = mem::take(&mut self.facts).merged();
        self.conflicts = facts.iter().filter(|fact| fact.conflict).count();
        match self.look.across {
            Some(axis) => self.wide(&facts, axis),
            None => self.long(facts),
        }?;
        self.out.flush()
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        if self.conflicts > 0 {
            notes.push(format!("{} that contradict one another (≠)", counted(self.conflicts, "figure")));
        }
        notes
    }
}

const HEAD: Style = Style::new().bold();

fn cells<'c>(stub: &'c [String], figures: &'c [Figures<'_>]) -> impl Iterator<Item = String> + 'c {
    stub.iter().cloned().chain(figures.iter().map(ToString::to_string))
}

fn style(cell: &Figures<'_>) -> Style {
    let planned = cell.0.iter().all(|fact| fact.status == Status::Planned);
    figure_style(cell.conflict(), if planned { Status::Planned } else { Status::Actual })
}

fn figure_style(conflict: bool, status: Status) -> Style {
    let style = Style::new();
    let style = if conflict { style.bold().fg_color(Some(AnsiColor::Red.into())) } else { style };
    if status == Status::Planned { style.italic() } else { style }
}
