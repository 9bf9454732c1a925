//! What is typed after `review`.

use std::path::PathBuf;

use clap::Args as Options;

use super::{ContextArgs, InputArgs};

#[derive(Debug, Options)]
#[command(after_help = "Examples:
  kpi-extract review reports/ -o review.html
  kpi-extract review reports/ -r our-rules.toml -o review.html
  kpi-extract review kpis.jsonl -o review.html
  kpi-extract eval gold.jsonl reports/    # gold.jsonl: the marks that the page saved")]
pub struct ReviewArgs {
    #[command(flatten)]
    pub input: InputArgs,

    /// Write to FILE, whole or not at all
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    pub context: ContextArgs,
}
