//! What is typed after `table`, `completions` and `man`.

use std::path::PathBuf;

use clap::{
    Args as Options,
    builder::{PossibleValuesParser, TypedValueParser},
};
use kpi_extract::{emit::Format, tabulate::Axis};

use super::{ContextArgs, InputArgs};

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Aligned for a terminal.
    Text,
    /// A page.
    Html,
    /// As rows are.
    As(Format),
}

impl Form {
    /// All forms.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Text, Self::Html].into_iter().chain(Format::ALL.map(Self::As))
    }

    /// Its name, which is also an extension of its files but for that of text.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Html => "html",
            Self::As(format) => format.name(),
        }
    }

    /// Whether a wide table can be written so: other formats have typed columns.
    pub const fn is_wide(self) -> bool {
        !matches!(self, Self::As(Format::Json | Format::Jsonl | Format::Parquet | Format::Sqlite))
    }
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract table reports/
  kpi-extract table kpis.csv --across indicator -o table.xlsx
  kpi-extract table 2022.jsonl 2023.jsonl --across district -f md
  kpi-extract table reports/ --long -o facts.parquet

Marks:
  ≈ about, ≲ nearly, > more than, ≥ at least, < less than, ≤ at most, 3–5 from to, ? may have lost a digit,
  (planned) not yet come about, ≠ between figures that contradict one another")]
pub struct TableArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// How the table is written [default: by the extension of --output, else text on a terminal, csv elsewhere]
    #[arg(short, long, value_name = "FORMAT", value_parser = forms())]
    pub format: Option<Form>,

    /// Write to FILE, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// What stands across the top: period, district or indicator
    #[arg(
        long,
        value_name = "AXIS",
        value_parser = axes(),
        default_value = "period",
        hide_possible_values = true,
        conflicts_with = "long"
    )]
    pub across: Axis,

    /// One line a figure, with all that is known of it
    #[arg(long)]
    pub long: bool,

    /// A UTF-8 byte-order mark first, for spreadsheet programs (csv, tsv)
    #[arg(long)]
    pub bom: bool,

    /// Leave text that looks like a formula as it is, for programs (csv, tsv)
    #[arg(long)]
    pub raw_cells: bool,

    #[command(flatten)]
    pub context: ContextArgs,
}

fn forms() -> impl TypedValueParser<Value = Form> {
    PossibleValuesParser::new(Form::all().map(Form::name))
        .map(|name| Form::all().find(|form| form.name() == name).expect("a possible value"))
}

fn axes() -> impl TypedValueParser<Value = Axis> {
    PossibleValuesParser::new(Axis::ALL.map(Axis::name))
        .map(|name| Axis::ALL.into_iter().find(|axis| axis.name() == name).expect("a possible value"))
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract completions bash > ~/.local/share/bash-completion/completions/kpi-extract
  kpi-extract completions zsh > ~/.zfunc/_kpi-extract
  kpi-extract completions fish > ~/.config/fish/completions/kpi-extract.fish")]
pub struct CompletionsArgs {
    /// The shell that the script is for
    pub shell: clap_complete::Shell,
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract man > kpi-extract.1
  kpi-extract man check | man -l -")]
pub struct ManArgs {
    /// The command that the page is about [default: the program]
    pub command: Option<String>,
}
