//! What is typed after `why`, `unclaimed` and `suggest`.

use std::path::PathBuf;

use clap::{Args as Options, ValueEnum, builder::NonEmptyStringValueParser};

use super::{ContextArgs, InputArgs, reading::ReadingArgs};

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    /// For a person
    #[default]
    Text,
    /// For a program
    Json,
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract why report.txt:12
  kpi-extract why report.txt:12:8 -r our-rules.toml
  kpi-extract why report.txt:12 --rule hotline-orders
  kpi-extract why --text '全年开展志愿服务累计1.2万余小时。' --format json")]
pub struct WhyArgs {
    /// A line of a report, or a column of it, both from 1; columns are characters. The file - is standard input
    #[arg(
        value_name = "FILE:LINE[:COL]",
        required_unless_present = "text",
        conflicts_with = "text",
        allow_hyphen_values = true
    )]
    pub place: Option<PathBuf>,

    /// A text of its own instead of a line of a report
    #[arg(long, value_name = "TEXT", value_parser = NonEmptyStringValueParser::new())]
    pub text: Option<String>,

    /// Tell why this rule did not match, whether it came near or not
    #[arg(long, value_name = "ID")]
    pub rule: Option<String>,

    /// How many rules that came near are told of, for each quantity
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub near: usize,

    /// How it is written
    #[arg(short, long, value_enum, default_value_t)]
    pub format: Shape,

    #[command(flatten)]
    pub reading: ReadingArgs,

    #[command(flatten)]
    pub context: ContextArgs,
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract unclaimed reports/
  kpi-extract unclaimed reports/ --open --limit 50
  kpi-extract unclaimed report.txt -r our-rules.toml --format json")]
pub struct UnclaimedArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// Also those that only open rules took
    #[arg(long)]
    pub open: bool,

    /// How many groups are shown; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,

    /// How it is written
    #[arg(short, long, value_enum, default_value_t)]
    pub format: Shape,
}

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract suggest reports/ > suggested.toml
  kpi-extract suggest report.txt -r our-rules.toml --limit 3
  kpi-extract suggest reports/ --open")]
pub struct SuggestArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// Also for those that only open rules took
    #[arg(long)]
    pub open: bool,

    /// How many rules are suggested; 0 for one for each group
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
}
