//! The rules in force, loaded and shown.

use std::{
    fmt::Write as _,
    io::{self, Write},
    sync::Arc,
};

use kpi_extract::rules::{RuleSet, Source};

use super::{exit::Exit, plan::Rules, stop::Stop};

/// Loads the rules, users' ones checked whole.
pub fn load(rules: &Rules) -> Result<Arc<RuleSet>, Stop> {
    if rules.paths.is_empty() && rules.builtin {
        return Ok(RuleSet::builtin());
    }
    let sources = Source::read(&rules.paths).map_err(|error| Stop::Unread(error.into()))?;
    Ok(Arc::new(RuleSet::load(&sources, rules.builtin)?))
}

/// Names every rule.
pub fn list(rules: &Rules) -> Result<Exit, Stop> {
    let rules = load(rules)?;
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
    let rule = rules.find(id).ok_or_else(|| Stop::NoRule(id.to_owned()))?;
    print(&format!("# {}\n{}\n", rule.file, rule.toml().trim_end()))
}

fn print(text: &str) -> Result<Exit, Stop> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Stop::Output("standard output".into(), error))?;
    Ok(Exit::Done)
}
