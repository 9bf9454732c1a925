//! The rules in force, loaded and shown.

use std::{fmt::Write as _, sync::Arc};

use kpi_extract::rules::{RuleSet, Source, file::RuleFile, nearest::nearest};

use super::{exit::Exit, plan::Rules, stop::Stop};

/// Loads the rules, users' ones checked whole.
pub fn load(rules: &Rules) -> Result<Arc<RuleSet>, Stop> {
    if rules.paths.is_empty() && rules.builtin {
        return Ok(RuleSet::builtin());
    }
    let sources = Source::read(&rules.paths).map_err(|error| Stop::Unread(error.into()))?;
    Ok(Arc::new(RuleSet::load(&sources, rules.builtin)?))
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
