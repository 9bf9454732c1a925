//! What was typed: the options by themselves, not yet looked at together.

use std::{ffi::OsString, fmt::Write as _, num::NonZero, path::PathBuf};

use clap::{
    Args as Options, ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand,
    builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser},
    error::ErrorKind,
    parser::ValueSource,
};
use kpi_extract::{
    check::output::Form,
    emit::{Column, Field, Format},
    extract::Context,
    finding::FindingColumn,
    listing::places::PlaceColumn,
};

use super::{exit::Exit, period};

pub mod compare;
pub mod reading;
pub mod review;
pub mod table;
pub mod workbench;

use compare::{AuditArgs, DiffArgs};
use reading::ReadingArgs;
use review::ReviewArgs;
use table::{CompletionsArgs, ManArgs, TableArgs};
use workbench::{SuggestArgs, UnclaimedArgs, WhyArgs};

/// Turns narrative reports of Chinese local government into a table of indicators
#[derive(Debug, Parser)]
#[command(
    name = "kpi-extract",
    version,
    args_override_self = true,
    override_usage = "kpi-extract [OPTIONS] [PATH]...\n       kpi-extract <COMMAND>",
    after_help = after_help()
)]
pub struct Args {
    #[command(flatten)]
    pub extraction: ExtractionArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub manner: MannerArgs,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The rules in force
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Every quantity, before any rule
    #[command(after_help = after_help_of_quantities())]
    Quantities(QuantitiesArgs),
    /// The places named, with their codes
    #[command(after_help = after_help_of_places())]
    Places(PlacesArgs),
    /// Rules for what no rule takes
    Suggest(SuggestArgs),
    /// The text that the program sees
    Text(TextArgs),
    /// Compile, lint and prove rule files: those given, or the built-in ones
    Check(CheckArgs),
    /// The quantities that no rule takes, grouped by context
    Unclaimed(UnclaimedArgs),
    /// How the quantities of a line became rows, or why they did not
    Why(WhyArgs),
    /// Precision, recall and F1 against right rows
    Eval(EvalArgs),
    /// One table of reports or of earlier output: indicator × district × period
    Table(TableArgs),
    /// Figures that contradict one another
    Audit(AuditArgs),
    /// What changed from one output to another, or from one set of rules to another
    Diff(DiffArgs),
    /// One self-contained page: the reports with their rows marked, beside the table
    Review(ReviewArgs),
    /// A script that completes words in a shell
    Completions(CompletionsArgs),
    /// A page for `man`
    Man(ManArgs),
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract check
  kpi-extract check our-rules.toml --corpus reports/
  kpi-extract check our-rules.toml --format sarif > rules.sarif
  kpi-extract check our-rules.toml --snapshots tables --corpus reports/ --accept")]
pub struct CheckArgs {
    /// Rule files or folders of them [default: the built-in rules]
    #[arg(value_name = "RULES")]
    pub paths: Vec<PathBuf>,

    /// How findings are written
    #[arg(short, long = "format", value_name = "FORMAT", value_parser = forms(), default_value = "human")]
    pub form: Form,

    /// Switch a lint off (`all` for all)
    #[arg(short = 'A', long, value_name = "LINT")]
    pub allow: Vec<String>,

    /// Show a lint's findings as warnings
    #[arg(short = 'W', long, value_name = "LINT")]
    pub warn: Vec<String>,

    /// Show a lint's findings as errors
    #[arg(short = 'D', long, value_name = "LINT")]
    pub deny: Vec<String>,

    /// Show which rules claim the same figures under different names, also where that is decided
    #[arg(long)]
    pub clashes: bool,

    /// Reports, or folders of them, that rules are tried on
    #[arg(long, value_name = "PATH")]
    pub corpus: Vec<PathBuf>,

    /// Per cent of the corpus' figures from which a rule is too general
    #[arg(long, value_name = "PERCENT", default_value_t = 5.0)]
    pub general: f64,

    /// Compare the rows of each document of the corpus (of each rule file's examples without one) with its table in
    /// DIR
    #[arg(long, value_name = "DIR")]
    pub snapshots: Option<PathBuf>,

    /// Write the tables of --snapshots anew
    #[arg(long, requires = "snapshots")]
    pub accept: bool,

    /// Check again when rules or reports change, and show what that changed
    #[arg(long)]
    pub watch: bool,

    /// How many threads prove rules [default: the machine's cores]
    #[arg(short = 'j', long, value_name = "N")]
    pub threads: Option<NonZero<usize>>,
}

#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  kpi-extract rules list
  kpi-extract rules show open-change
  kpi-extract rules schema > kpi-rules.schema.json
  kpi-extract rules new > our-rules.toml")]
pub enum RulesCommand {
    /// Name every rule, one a line: id, layer, category, indicator, file
    List {
        /// Name every guard instead: its id, and why such a number measures nothing
        #[arg(long)]
        guards: bool,
    },
    /// Show one rule as its file has it
    Show {
        /// Id of the rule
        id: String,
    },
    /// Print the JSON Schema of rule files, for editors (`#:schema kpi-rules.schema.json`)
    Schema,
    /// Print a rule file to begin with, explained in comments
    New,
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract text report.txt
  kpi-extract text report.txt --segments
  echo 改造小区62万多平方米 | kpi-extract text - --segments")]
pub struct TextArgs {
    /// A report, or - for standard input
    pub file: PathBuf,
    /// Show sections, sentences, clauses and readings
    #[arg(long)]
    pub segments: bool,
    /// Show what was repaired: line and column, layer, before, after
    #[arg(long, conflicts_with = "segments")]
    pub repairs: bool,

    #[command(flatten)]
    pub reading: ReadingArgs,
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract eval gold.jsonl reports/
  kpi-extract eval gold.jsonl kpis.jsonl --show 20
  kpi-extract eval gold.jsonl reports/ --docs documents.csv --json")]
pub struct EvalArgs {
    /// The right rows, one JSON object a line: doc, start, end, value, unit, kind, indicator, must, names …
    pub gold: PathBuf,
    /// Reports, folders of them, or earlier output with all columns; - for standard input
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    /// A CSV table of documents with the columns file and district, to measure districts, too
    #[arg(long, value_name = "CSV")]
    pub docs: Option<PathBuf>,
    /// Name this many mistakes of each sort
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub show: usize,
    /// Print the measures as one JSON object
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Options)]
pub struct ExtractionArgs {
    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub output: OutputArgs<Column>,

    #[command(flatten)]
    pub context: ContextArgs,

    /// Leave out figures that may have lost a digit
    #[arg(long)]
    pub strict: bool,
}

/// What holds where a document does not say.
#[derive(Clone, Debug, Options)]
pub struct ContextArgs {
    /// The district of documents that name none
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub district: Option<String>,

    /// The period of figures that have none: 2023, 2023-06, 2023-Q2, 2023-H1, 2021/2025
    #[arg(long, value_name = "P", value_parser = period::parse)]
    pub period: Option<String>,
}

impl From<ContextArgs> for Context {
    fn from(args: ContextArgs) -> Self {
        let ContextArgs { district, period } = args;
        Self { district, period }
    }
}

#[derive(Debug, Options)]
pub struct QuantitiesArgs {
    /// Also what is none: ordinals, times and what guards refused
    #[arg(long)]
    pub guarded: bool,

    /// Only how many there are, by dimension
    #[arg(long, conflicts_with_all = ["columns", "all_columns"])]
    pub count: bool,

    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub output: OutputArgs<FindingColumn>,
}

#[derive(Debug, Options)]
pub struct PlacesArgs {
    /// The district of documents that name none
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub district: Option<String>,

    #[command(flatten)]
    pub input: InputArgs,

    #[command(flatten)]
    pub output: OutputArgs<PlaceColumn>,
}

/// Which reports are read.
#[derive(Clone, Debug, Options)]
pub struct ReportArgs {
    /// Reports, folders of them (txt, md, html, docx, pdf), archives, or - for standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// Read paths from FILE, one a line or separated by NUL; - for standard input
    #[arg(long, value_name = "FILE")]
    pub files_from: Option<PathBuf>,

    /// In folders, read files that match GLOB, too
    #[arg(long, value_name = "GLOB")]
    pub include: Vec<String>,

    /// The name that standard input goes by
    #[arg(long, value_name = "NAME", default_value = "-", hide_default_value = true)]
    pub stdin_name: String,

    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// What is read, and by how many.
#[derive(Clone, Debug, Options)]
pub struct InputArgs {
    #[command(flatten)]
    pub reports: ReportArgs,

    /// How many threads read documents [default: the machine's cores]
    #[arg(short = 'j', long, value_name = "N")]
    pub threads: Option<NonZero<usize>>,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// On the page that shows them in their reports.
    Page,
    /// As a table.
    As(Format),
}

/// Where rows go, and how they look there.
#[derive(Debug, Options)]
#[expect(clippy::struct_excessive_bools, reason = "one a flag")]
pub struct OutputArgs<F: Field> {
    /// How rows are written [default: by the extension of --output, else csv]
    #[arg(short, long, value_name = "FORMAT", value_parser = formats::<F>())]
    pub format: Option<Written>,

    /// Write to FILE, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Keep the rows that the database FILE has, and write these after them (sqlite)
    #[arg(long, requires = "output")]
    pub append: bool,

    /// Which columns, in which order
    #[arg(
        long,
        value_name = "A,B",
        value_delimiter = ',',
        value_parser = columns::<F>(),
        hide_possible_values = true,
        conflicts_with = "all_columns"
    )]
    pub columns: Vec<F>,

    /// All columns
    #[arg(long)]
    pub all_columns: bool,

    /// No line of column names (csv, tsv, xlsx)
    #[arg(long)]
    pub no_header: bool,

    /// A UTF-8 byte-order mark first, for spreadsheet programs (csv, tsv)
    #[arg(long)]
    pub bom: bool,

    /// Leave text that looks like a formula as it is, for programs (csv, tsv, xlsx)
    #[arg(long)]
    pub raw_cells: bool,
}

#[derive(Debug, Options)]
pub struct RuleArgs {
    /// More rules: a file or a folder of them, may be given again
    #[arg(short, long, value_name = "PATH", global = true)]
    pub rules: Vec<PathBuf>,

    /// Without the built-in rules
    #[arg(long, global = true)]
    pub no_builtin_rules: bool,

    /// More places: a file of units of your own, may be given again
    #[arg(long, value_name = "FILE", global = true)]
    pub gazetteer: Vec<PathBuf>,
}

#[derive(Debug, Options)]
pub struct MannerArgs {
    /// No warnings and no progress
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say at the end what was read and written
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// When messages are coloured
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto, global = true)]
    pub color: ColorChoice,

    /// No progress bar
    #[arg(long, global = true)]
    pub no_progress: bool,
}

/// The definition of all options.
pub fn command() -> clap::Command {
    Args::command()
}

/// Reads the arguments, the program's name first.
pub fn parse(typed: impl IntoIterator<Item = OsString>) -> Result<Args, clap::Error> {
    let mut command = Args::command();
    let matches = command.try_get_matches_from_mut(typed)?;
    if let Some(name) = matches.subcommand_name() {
        let stray = command.get_arguments().find(|arg| {
            !arg.is_global_set()
                && matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine)
        });
        if let Some(stray) = stray.map(|arg| format!("`{arg}` does not go with `{name}`")) {
            return Err(command.error(ErrorKind::ArgumentConflict, stray));
        }
    }
    Args::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

fn formats<F: Field>() -> impl TypedValueParser<Value = Written> {
    let page = F::HAS_PAGE.then_some("html");
    PossibleValuesParser::new(Format::ALL.map(Format::name).into_iter().chain(page)).map(|name| {
        Format::ALL.into_iter().find(|format| format.name() == name).map_or(Written::Page, Written::As)
    })
}

fn forms() -> impl TypedValueParser<Value = Form> {
    PossibleValuesParser::new(Form::ALL.map(Form::name))
        .map(|name| Form::ALL.into_iter().find(|form| form.name() == name).expect("a possible value"))
}

fn columns<F: Field>() -> impl TypedValueParser<Value = F> {
    PossibleValuesParser::new(F::ALL.iter().map(|column| column.name()))
        .map(|name| F::ALL.iter().copied().find(|column| column.name() == name).expect("a possible value"))
}

fn after_help() -> String {
    let examples = "Examples:
  kpi-extract reports/*.txt > kpis.csv
  kpi-extract reports/ -o kpis.xlsx
  kpi-extract reports/ -o kpis.db --append
  kpi-extract reports/ -r our-rules.toml --columns indicator,value,unit,document
  curl -s https://example.org/report.txt | kpi-extract --district 北京市朝阳区 --period 2023";
    with_columns_and_exits::<Column>(examples)
}

fn after_help_of_quantities() -> String {
    let examples = "Examples:
  kpi-extract quantities report.txt
  kpi-extract quantities reports/ --columns raw,value,unit,line -o figures.tsv
  kpi-extract quantities report.txt --guarded --columns raw,guard,reason
  echo 改造小区62万多平方米 | kpi-extract quantities -f jsonl
  kpi-extract quantities reports/ --count";
    with_columns_and_exits::<FindingColumn>(examples)
}

fn after_help_of_places() -> String {
    let examples = "Examples:
  kpi-extract places report.txt
  kpi-extract places reports/ --columns raw,district_code,document -o places.tsv
  kpi-extract places report.txt --gazetteer our-places.toml
  echo 朝阳区建外街道与淅川县结对 | kpi-extract places -f jsonl";
    with_columns_and_exits::<PlaceColumn>(examples)
}

/// The end of the help text of a command that writes a table.
fn with_columns_and_exits<F: Field>(examples: &str) -> String {
    let mut help = format!("{examples}\n\nColumns:\n ");
    let mut width = 1;
    for name in F::ALL.iter().map(|column| column.name()) {
        if width + name.len() + 1 > 78 {
            help += "\n ";
            width = 1;
        }
        help += " ";
        help += name;
        width += name.len() + 1;
    }
    help += "\n\nExit status:\n";
    for exit in Exit::ALL {
        let _ = writeln!(help, "  {:<4} {}", exit.status(), exit.meaning());
    }
    help
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Args::command().debug_assert();
    }
}
