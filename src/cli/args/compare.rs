//! What is typed after `diff` and `audit`.

use std::{num::NonZero, path::PathBuf};

use clap::{
    Args as Options, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use kpi_extract::emit::Format;

use super::{ContextArgs, InputArgs, reading::ReadingArgs};

/// How what changed is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum DiffForm {
    /// For a person
    #[default]
    Human,
    /// For a program
    Json,
    /// For a pull request
    Md,
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract diff old.csv new.csv
  kpi-extract diff old.jsonl new.parquet --format json
  kpi-extract diff main/our-rules.toml our-rules.toml --over reports/
  kpi-extract diff <(git show main:our-rules.toml) our-rules.toml --over reports/ --format md

Exit status:
  0    the rows are equal
  1    they differ
  2    wrong usage, or something could not be read
  130  interrupted")]
pub struct DiffArgs {
    /// Earlier output (csv, tsv, json, jsonl, parquet); with --over a rule file or a folder of them
    pub old: PathBuf,

    /// The same, later
    pub new: PathBuf,

    /// Compare what the rules OLD and NEW make of this report or folder, may be given again
    #[arg(long, value_name = "PATH")]
    pub over: Vec<PathBuf>,

    /// How what changed is written
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: DiffForm,

    #[command(flatten)]
    pub context: ContextArgs,

    #[command(flatten)]
    pub reading: ReadingArgs,

    /// How many threads read documents [default: the machine's cores]
    #[arg(short = 'j', long, value_name = "N")]
    pub threads: Option<NonZero<usize>>,
}

/// How findings of `audit` are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditForm {
    /// For a person.
    Human,
    /// As rows are.
    As(Format),
}

impl AuditForm {
    /// All forms.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Human].into_iter().chain(Format::ALL.map(Self::As))
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::As(format) => format.name(),
        }
    }
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract audit reports/
  kpi-extract audit report.txt --format json
  kpi-extract audit kpis.jsonl -o findings.csv

Exit status:
  0    nothing contradicts anything
  1    findings
  2    wrong usage, or something could not be read
  130  interrupted")]
pub struct AuditArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// How findings are written [default: by the extension of --output, else human]
    #[arg(short, long, value_name = "FORMAT", value_parser = audit_forms())]
    pub format: Option<AuditForm>,

    /// Write to FILE, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    pub context: ContextArgs,
}

fn audit_forms() -> impl TypedValueParser<Value = AuditForm> {
    PossibleValuesParser::new(AuditForm::all().map(AuditForm::name))
        .map(|name| AuditForm::all().find(|form| form.name() == name).expect("a possible value"))
}
