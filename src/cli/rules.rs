//! The rules in force, loaded and shown.

use std::{fmt::Write as _, sync::Arc};

use clap::error::ErrorKind;
use kpi_extract::{
    extract::Context,
    rules::{RuleSet, Source, SourceError, file::RuleFile, nearest::nearest},
    wording::counted,
};

use super::{
    exit::Exit,
    plan::{Rules, misuse},
    stop::Stop,
};

/// Loads the rules, users' ones checked whole.
pub fn load(rules: &Rules) -> Result<Arc<RuleSet>, Stop> {
    if rules.paths.is_empty() && rules.builtin && rules.gazetteers.is_empty() {
        return Ok(RuleSet::builtin());
    }
    let sources = Source::read(&rules.paths).map_err(|error| Stop::Unread(error.into()))?;
    compile(&sources, rules).map(Arc::new)
}

/// The rules of `sources`, with the built-in ones and the places that go with them.
pub fn compile(sources: &[Source], rules: &Rules) -> Result<RuleSet, Stop> {
    let loaded = RuleSet::load(sources, rules.builtin)?;
    if rules.gazetteers.is_empty() {
        return Ok(loaded);
    }
    // They are read as rule files are, which is what the error speaks of.
    let unread = |error: SourceError| anyhow::anyhow!(error.to_string().replacen("rules", "gazetteer", 1));
    let places = Source::read(&rules.gazetteers).map_err(|error| Stop::Unread(unread(error)))?;
    loaded.with_places(&places).map_err(|error| Stop::Unread(anyhow::anyhow!("gazetteer {error}")))
}

/// What holds where a document does not say; the place must be one.
pub fn context(rules: &RuleSet, context: Context) -> Result<Context, Stop> {
    match context.district.as_deref().map(|name| rules.places().find_option(name)) {
        Some(Err(error)) => {
            let problem = format!("invalid value for `--district`: {error}");
            Err(Stop::Misuse(misuse(ErrorKind::ValueValidation, problem)))
        }
        _ => Ok(context),
    }
}

/// Names every rule, or every guard.
pub fn list(rules: &Rules, guards: bool) -> Result<Exit, Stop> {
    let rules = load(rules)?;
    if guards {
        let mut table = "id\treason\n".to_owned();
        for (id, reason) in rules.lexicon().guards() {
            let _ = writeln!(table, "{id}\t{reason}");
        }
        return print(&table);
    }
    let mut table = "id\tlayer\tcategory\tindicator\tfile\n".to_owned();
    for rule in rules.summaries() {
        let _ = writeln!(
            table,
            "{}\t{}\t{}\t{}\t{}",
            rule.id, rule.layer, rule.category, rule.indicator, rule.file
        );
    }
    let gazetteer = rules.places().gazetteer();
    let _ = writeln!(table, "# gazetteer: {}", gazetteer.source());
    if gazetteer.own_places() > 0 {
        let _ = writeln!(table, "# gazetteer: {}", counted(gazetteer.own_places(), "own place"));
    }
    print(&table)
}

/// Shows one rule as its file has it.
pub fn show(rules: &Rules, id: &str) -> Result<Exit, Stop> {
    let rules = load(rules)?;
    let rule = &rules.rules()[index(&rules, id)?];
    print(&format!("# {} ({})\n{}\n", rule.file, rule.layer.name(), rule.toml().trim_end()))
}

/// The index of the rule of this id.
pub fn index(rules: &RuleSet, id: &str) -> Result<usize, Stop> {
    rules.rules().iter().position(|rule| rule.id == id).ok_or_else(|| {
        let near = nearest(id, rules.summaries().map(|rule| rule.id)).map(str::to_owned);
        Stop::NoRule { id: id.to_owned(), near }
    })
}

/// Prints the JSON Schema of rule files.
pub fn schema() -> Result<Exit, Stop> {
    print(&RuleFile::schema())
}

/// Prints a rule file to begin with.
pub fn new() -> Result<Exit, Stop> {
    print(include_str!("new.toml"))
}

fn print(text: &str) -> Result<Exit, Stop> {
    super::check::print(text)?;
    Ok(Exit::Done)
}
