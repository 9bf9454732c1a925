//! What will be done: the options taken together and checked, with what the terminal and the machine have to say.

use std::{
    io::{self, IsTerminal},
    num::NonZero,
    path::{Path, PathBuf},
    thread,
};

use clap::{ColorChoice, CommandFactory, error::ErrorKind};
use clap_complete::Shell;
use ignore::overrides::{Override, OverrideBuilder};
use kpi_extract::{
    check::{Level, Levels},
    emit::{Column, Field, Format, Layout},
    extract::Context,
    finding::FindingColumn,
    listing::places::PlaceColumn,
};

use super::{
    args::{
        Args, CheckArgs, Command, EvalArgs, ExtractionArgs, InputArgs, OutputArgs, PlacesArgs,
        QuantitiesArgs, ReportArgs, RuleArgs, RulesCommand, TextArgs, Written,
        compare::{AuditArgs, AuditForm, DiffArgs},
        review::ReviewArgs,
        table::{Form, TableArgs},
        workbench::{SuggestArgs, UnclaimedArgs, WhyArgs},
    },
    audit,
    check::Check,
    diff, inputs,
    output::Target,
    review,
    stop::shown,
    table,
};

/// The extension of pages.
const PAGE: &str = "html";
/// More threads than this are of no use on any machine.
const THREADS: usize = 256;

/// A task and the manner of speaking while it is done.
pub struct Plan {
    pub task: Task,
    pub manner: Manner,
}

/// What will be done.
pub enum Task {
    Extract(Box<Extraction>),
    List(Box<Listing>),
    Places(Box<Placing>),
    ListRules(Rules, bool),
    ShowRule(Rules, String),
    Suggest(Rules, inputs::Request, usize, SuggestArgs),
    Text(Rules, TextArgs),
    Schema,
    NewRule,
    Check(Box<Check>),
    Unclaimed(Rules, inputs::Request, usize, UnclaimedArgs),
    Why(Rules, Context, Box<WhyArgs>),
    Eval(Rules, EvalArgs),
    Table(Box<table::Request>),
    Audit(Box<audit::Request>),
    Diff(Box<diff::Request>),
    Review(Box<review::Request>),
    Completions(Shell),
    Man(Option<String>),
}

/// Rows of reports.
pub struct Extraction {
    pub job: Job,
    pub layout: Layout<Column>,
    pub rules: Rules,
    pub context: Context,
}

/// Quantities of reports.
pub struct Listing {
    pub job: Job,
    pub layout: Layout<FindingColumn>,
    pub rules: Rules,
    /// With what is no quantity.
    pub guarded: bool,
    /// Only how many.
    pub count: bool,
}

/// Places of reports.
pub struct Placing {
    pub job: Job,
    pub layout: Layout<PlaceColumn>,
    pub rules: Rules,
    /// Where documents are from that leave it open.
    pub district: Option<String>,
}

/// A table made of these inputs, to that output.
pub struct Job {
    pub inputs: inputs::Request,
    pub target: Target,
    /// Whether the rows come after those that a database has.
    pub append: bool,
    /// Whether someone watches the rows come.
    pub live: bool,
    pub threads: usize,
    /// Without figures that may have lost a digit.
    pub strict: bool,
}

/// Which rules are in force.
pub struct Rules {
    pub paths: Vec<PathBuf>,
    pub builtin: bool,
    /// Files of users' places.
    pub gazetteers: Vec<PathBuf>,
}

impl Rules {
    /// Whether there can be none.
    pub fn is_none(&self) -> bool {
        self.paths.is_empty() && !self.builtin
    }
}

/// What is said on standard error, and how.
pub struct Manner {
    pub quiet: bool,
    pub verbose: bool,
    pub color: ColorChoice,
    pub progress: bool,
}

/// Which of the standard streams are terminals.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminals {
    pub input: bool,
    pub output: bool,
    pub error: bool,
}

impl Terminals {
    /// Asks the system.
    pub fn detect() -> Self {
        Self {
            input: io::stdin().is_terminal(),
            output: io::stdout().is_terminal(),
            error: io::stderr().is_terminal(),
        }
    }
}

impl Plan {
    /// Takes the options together; the error is ready to be shown.
    pub fn new(args: Args, terminals: Terminals) -> Result<Self, clap::Error> {
        let RuleArgs { rules: paths, no_builtin_rules, gazetteer: gazetteers } = args.rules;
        let rules = Rules { paths, builtin: !no_builtin_rules, gazetteers };
        let mut manner = Manner {
            quiet: args.manner.quiet,
            verbose: args.manner.verbose,
            color: args.manner.color,
            progress: terminals.error && !args.manner.quiet && !args.manner.no_progress,
        };
        let task = match args.command {
            Some(Command::Rules(RulesCommand::List { guards })) => Task::ListRules(rules, guards),
            Some(Command::Rules(RulesCommand::Show { id })) => Task::ShowRule(rules, id),
            Some(Command::Rules(RulesCommand::Schema)) => Task::Schema,
            Some(Command::Rules(RulesCommand::New)) => Task::NewRule,
            Some(Command::Eval(request)) => Task::Eval(rules, request),
            Some(Command::Quantities(args)) => {
                let QuantitiesArgs { guarded, count, input, output } = args;
                let (job, layout) = job(input, output, &rules, terminals)?;
                manner.progress &= !job.live;
                Task::List(Box::new(Listing { job, layout, rules, guarded, count }))
            }
            Some(Command::Places(args)) => {
                let PlacesArgs { district, input, output } = args;
                let (job, layout) = job(input, output, &rules, terminals)?;
                manner.progress &= !job.live;
                Task::Places(Box::new(Placing { job, layout, rules, district }))
            }
            Some(Command::Check(request)) => {
                let levels = levels(&request)?;
                let (paths, color) = (request.paths.clone(), manner.color);
                Task::Check(Box::new(Check { rules, paths, args: request, levels, color }))
            }
            Some(Command::Suggest(args)) => {
                let InputArgs { reports: input, threads: asked } = args.input.clone();
                Task::Suggest(rules, reports(input, terminals)?, threads(asked), args)
            }
            Some(Command::Text(request)) => Task::Text(rules, request),
            Some(Command::Unclaimed(args)) => {
                let InputArgs { reports: input, threads: asked } = args.input.clone();
                Task::Unclaimed(rules, reports(input, terminals)?, threads(asked), args)
            }
            Some(Command::Why(args)) => Task::Why(rules, args.context.clone().into(), Box::new(args)),
            Some(Command::Table(args)) => {
                let request = tabulation(args, rules, manner.color, terminals)?;
                manner.progress &= !request.job.live;
                Task::Table(Box::new(request))
            }
            Some(Command::Audit(args)) => {
                let request = auditing(args, rules, manner.color, terminals)?;
                manner.progress &= !request.job.live;
                Task::Audit(Box::new(request))
            }
            Some(Command::Diff(args)) => Task::Diff(Box::new(comparison(args, rules, manner.color)?)),
            Some(Command::Completions(args)) => Task::Completions(args.shell),
            Some(Command::Man(args)) => Task::Man(args.command),
            Some(Command::Review(args)) => {
                let ReviewArgs { input, output, context } = args;
                let job = page(input, output, &rules, terminals)?;
                Task::Review(Box::new(review::Request { job, rules, context: context.into(), earlier: true }))
            }
            None if is_page(&args.extraction.output) => {
                let ExtractionArgs { input, output, context, strict } = args.extraction;
                forbid_tables(&output, strict)?;
                let job = page(input, output.output, &rules, terminals)?;
                Task::Review(Box::new(review::Request {
                    job,
                    rules,
                    context: context.into(),
                    earlier: false,
                }))
            }
            None => {
                let extraction = extraction(args.extraction, rules, terminals)?;
                manner.progress &= !extraction.job.live;
                Task::Extract(Box::new(extraction))
            }
        };
        Ok(Self { task, manner })
    }
}

fn extraction(args: ExtractionArgs, rules: Rules, terminals: Terminals) -> Result<Extraction, clap::Error> {
    let ExtractionArgs { input, output, context, strict } = args;
    let (job, layout) = job(input, output, &rules, terminals)?;
    let job = Job { strict, ..job };
    Ok(Extraction { job, layout, rules, context: context.into() })
}

/// Whether rows are to go onto a page.
fn is_page(output: &OutputArgs<Column>) -> bool {
    let named = || output.output.as_deref().and_then(Path::extension);
    match output.format {
        Some(format) => format == Written::Page,
        None => named().is_some_and(|extension| extension.eq_ignore_ascii_case(PAGE)),
    }
}

/// Refuses what says how a table looks where a page was asked for.
fn forbid_tables(output: &OutputArgs<Column>, strict: bool) -> Result<(), clap::Error> {
    let stray = [
        ("--append", output.append),
        ("--columns", !output.columns.is_empty()),
        ("--all-columns", output.all_columns),
        ("--no-header", output.no_header),
        ("--bom", output.bom),
        ("--raw-cells", output.raw_cells),
        ("--strict", strict),
    ];
    match stray.iter().find(|(_, given)| *given) {
        Some((option, _)) => {
            let problem = format!("`{option}` is for tables, and `{PAGE}` is a page with everything");
            Err(misuse(ErrorKind::ArgumentConflict, problem))
        }
        None => Ok(()),
    }
}

/// What is read for a page, and where that goes.
fn page(
    input: InputArgs,
    output: Option<PathBuf>,
    rules: &Rules,
    terminals: Terminals,
) -> Result<Job, clap::Error> {
    let job = work(input, Target::new(output), rules, terminals)?;
    if job.live {
        let problem = "a page is nothing for a terminal: name a file with --output";
        return Err(misuse(ErrorKind::ArgumentConflict, problem));
    }
    Ok(job)
}

fn tabulation(
    args: TableArgs,
    rules: Rules,
    color: ColorChoice,
    terminals: Terminals,
) -> Result<table::Request, clap::Error> {
    let TableArgs { input, format, output, across, long, bom, raw_cells, context } = args;
    let target = Target::new(output);
    let extension = target.path().and_then(Path::extension);
    let by_extension = || {
        let html = extension.is_some_and(|extension| extension.eq_ignore_ascii_case("html"));
        if html { Some(Form::Html) } else { target.path().and_then(Format::of_path).map(Form::As) }
    };
    let live = terminals.output && target == Target::Stdout;
    let usual = if live { Form::Text } else { Form::As(Format::Csv) };
    let form = format.or_else(by_extension).unwrap_or(usual);
    if let Form::As(format) = form {
        usable(format, live)?;
    }
    if !long && !form.is_wide() {
        let problem = format!("`{}` is for long tables: add `--long`", form.name());
        return Err(misuse(ErrorKind::ArgumentConflict, problem));
    }
    let look = table::Look { form, across: (!long).then_some(across), bom, raw_cells, color };
    Ok(table::Request { job: work(input, target, &rules, terminals)?, rules, context: context.into(), look })
}

fn auditing(
    args: AuditArgs,
    rules: Rules,
    color: ColorChoice,
    terminals: Terminals,
) -> Result<audit::Request, clap::Error> {
    let AuditArgs { input, format, output, context } = args;
    let target = Target::new(output);
    let by_extension = || target.path().and_then(Format::of_path).map(AuditForm::As);
    let form = format.or_else(by_extension).unwrap_or(AuditForm::Human);
    if let AuditForm::As(format) = form {
        usable(format, terminals.output && target == Target::Stdout)?;
    }
    Ok(audit::Request {
        job: work(input, target, &rules, terminals)?,
        rules,
        context: context.into(),
        form,
        color,
    })
}

fn comparison(args: DiffArgs, rules: Rules, color: ColorChoice) -> Result<diff::Request, clap::Error> {
    let DiffArgs { old, new, over, format: form, context, reading, threads: asked } = args;
    let read = [&old, &new].into_iter().chain(&over).filter(|path| inputs::is_stdin(path));
    if read.count() > 1 {
        let problem = "standard input can be only one of what is compared";
        return Err(misuse(ErrorKind::ArgumentConflict, problem));
    }
    let inputs = inputs::Request { reading: reading.into(), ..inputs::Request::of(over) };
    let over = (!inputs.paths.is_empty()).then(|| diff::Over { inputs, rules, context: context.into() });
    Ok(diff::Request { old, new, over, threads: threads(asked), form, color })
}

/// Refuses a format that this build is without, and one that a terminal cannot show.
fn usable(format: Format, live: bool) -> Result<(), clap::Error> {
    if !format.is_built() {
        let problem = format!("this build is without `{0}`: build it with the feature `{0}`", format.name());
        return Err(misuse(ErrorKind::InvalidValue, problem));
    }
    if format.is_binary() && live {
        let problem = format!("`{}` is nothing for a terminal: name a file with --output", format.name());
        return Err(misuse(ErrorKind::ArgumentConflict, problem));
    }
    Ok(())
}

fn job<F: Field>(
    input: InputArgs,
    output: OutputArgs<F>,
    rules: &Rules,
    terminals: Terminals,
) -> Result<(Job, Layout<F>), clap::Error> {
    let target = Target::new(output.output.clone());
    let append = output.append;
    let layout = layout(output, &target)?;
    usable(layout.format, terminals.output && target == Target::Stdout)?;
    if append && (layout.format != Format::Sqlite || target == Target::Stdout) {
        let problem = "`--append` goes with a database: --output FILE.db, or --format sqlite";
        return Err(misuse(ErrorKind::ArgumentConflict, problem));
    }
    Ok((Job { append, ..work(input, target, rules, terminals)? }, layout))
}

/// What is read and written, if the two do not clash.
fn work(input: InputArgs, target: Target, rules: &Rules, terminals: Terminals) -> Result<Job, clap::Error> {
    let InputArgs { reports: input, threads: asked } = input;
    let inputs = reports(input, terminals)?;
    let read = inputs.paths.iter().chain(&inputs.list).chain(&rules.paths).chain(&rules.gazetteers);
    if let Some(input) = read.into_iter().find(|path| target.is_among(path)) {
        let problem = format!("the output `{}` is an input, too: `{}`", target.name(), shown(input));
        return Err(misuse(ErrorKind::ArgumentConflict, problem));
    }
    let live = terminals.output && target == Target::Stdout;
    Ok(Job { inputs, live, target, append: false, threads: threads(asked), strict: false })
}

/// As many threads as were asked for, or as the machine has cores.
pub fn threads(asked: Option<NonZero<usize>>) -> usize {
    asked.or_else(|| thread::available_parallelism().ok()).map_or(1, usize::from).min(THREADS)
}

/// The reports that a command reads.
fn reports(args: ReportArgs, terminals: Terminals) -> Result<inputs::Request, clap::Error> {
    let ReportArgs { mut paths, files_from, include, stdin_name, reading } = args;
    let include = globs(&include)?;
    match &files_from {
        Some(list) if inputs::is_stdin(list) && paths.iter().any(|path| inputs::is_stdin(path)) => {
            let problem = "standard input cannot be both a report and `--files-from`";
            return Err(misuse(ErrorKind::ArgumentConflict, problem));
        }
        None if paths.is_empty() && terminals.input => {
            let problem = "no path given, and standard input is a terminal";
            return Err(misuse(ErrorKind::MissingRequiredArgument, problem));
        }
        None if paths.is_empty() => paths.push("-".into()),
        _ => {}
    }
    Ok(inputs::Request { paths, list: files_from, include, stdin_name, reading: reading.into() })
}

fn layout<F: Field>(args: OutputArgs<F>, target: &Target) -> Result<Layout<F>, clap::Error> {
    let format = match (args.format, target) {
        (Some(Written::As(format)), _) => format,
        (Some(Written::Page), _) => return Err(misuse(ErrorKind::InvalidValue, "a page is no table")),
        (None, Target::Path(path)) => match path.extension() {
            Some(extension) if extension.eq_ignore_ascii_case(PAGE) => {
                let problem =
                    format!("no format goes with the extension of `{}`; name one with --format", shown(path));
                return Err(misuse(ErrorKind::InvalidValue, problem));
            }
            _ => Format::of_path(path).unwrap_or(Format::Csv),
        },
        (None, Target::Stdout) => Format::Csv,
    };
    let mut layout =
        Layout { header: !args.no_header, bom: args.bom, raw_cells: args.raw_cells, ..Layout::new(format) };
    if args.all_columns {
        layout.columns = F::ALL.to_vec();
    } else if !args.columns.is_empty() {
        for (index, column) in args.columns.iter().enumerate() {
            if args.columns[..index].contains(column) {
                let problem = format!("`--columns` has `{}` twice", column.name());
                return Err(misuse(ErrorKind::InvalidValue, problem));
            }
        }
        layout.columns = args.columns;
    }
    Ok(layout)
}

/// Which lints are on: what is said last of `--allow`, `--warn` and `--deny` in this order.
fn levels(args: &CheckArgs) -> Result<Levels, clap::Error> {
    let mut levels = Levels::default();
    let said = [(&args.allow, Level::Allow), (&args.warn, Level::Warn), (&args.deny, Level::Deny)];
    for (names, level) in said {
        for name in names.iter().flat_map(|names| names.split(',')) {
            levels.set(name, level).map_err(|near| {
                let near = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
                misuse(ErrorKind::InvalidValue, format!("no lint is called `{name}`{near}"))
            })?;
        }
    }
    Ok(levels)
}

fn globs(globs: &[String]) -> Result<Override, clap::Error> {
    let mut include = OverrideBuilder::new("");
    let added = globs.iter().try_for_each(|glob| include.add(glob).map(|_| ()));
    added
        .and_then(|()| include.build())
        .map_err(|error| misuse(ErrorKind::InvalidValue, format!("invalid value for `--include`: {error}")))
}

/// A use that makes no sense, as clap words it.
pub fn misuse(kind: ErrorKind, problem: impl std::fmt::Display) -> clap::Error {
    Args::command().error(kind, problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;

    fn plan(typed: &str, terminals: Terminals) -> Result<Plan, clap::Error> {
        Plan::new(
            args::parse(["kpi-extract"].into_iter().chain(typed.split(' ')).map(Into::into))?,
            terminals,
        )
    }

    fn extraction(typed: &str) -> Extraction {
        match plan(typed, Terminals::default()).unwrap().task {
            Task::Extract(extraction) => *extraction,
            _ => panic!("`{typed}` is no extraction"),
        }
    }

    #[test]
    fn a_terminal_is_not_read() {
        let terminals = Terminals { input: true, ..Terminals::default() };
        assert_eq!(plan("-q", terminals).err().unwrap().exit_code(), 2);
        assert!(plan("-", terminals).is_ok());
        assert!(plan("--files-from list", terminals).is_ok());
        assert_eq!(extraction("-q").job.inputs.paths, [PathBuf::from("-")]);
    }

    #[test]
    fn progress_is_shown_on_a_terminal_that_rows_do_not_go_to() {
        let error = Terminals { error: true, ..Terminals::default() };
        let both = Terminals { error: true, output: true, ..Terminals::default() };
        for (typed, terminals, shown) in [
            ("a.txt", Terminals::default(), false),
            ("a.txt", error, true),
            ("a.txt -q", error, false),
            ("a.txt --no-progress", error, false),
            ("a.txt", both, false),
            ("a.txt -o a.csv", both, true),
        ] {
            assert_eq!(plan(typed, terminals).unwrap().manner.progress, shown, "{typed} {terminals:?}");
        }
    }

    #[test]
    fn the_format_follows_the_output() {
        for (typed, format) in [
            ("a.txt", Format::Csv),
            ("a.txt -o a.jsonl", Format::Jsonl),
            ("a.txt -o a.JSON", Format::Json),
            ("a.txt -o a.json -f tsv", Format::Tsv),
            ("a.txt -o a.xlsx -f csv", Format::Csv),
            ("a.txt -o a.xlsx", Format::Xlsx),
            ("a.txt -o a.db", Format::Sqlite),
            ("a.txt -o a.Parquet", Format::Parquet),
            ("a.txt -o a.md", Format::Md),
            ("a.txt -o a", Format::Csv),
            ("a.txt -o a.dat", Format::Csv),
        ] {
            assert_eq!(extraction(typed).layout.format, format, "{typed}");
        }
    }

    #[test]
    fn threads_have_a_ceiling() {
        assert_eq!(extraction("a.txt -j 3").job.threads, 3);
        assert_eq!(extraction("a.txt -j 1000000").job.threads, THREADS);
        assert!(extraction("a.txt").job.threads > 0);
    }
}
