//! Rule files: how they are written, loaded, checked and layered.

use std::{path::PathBuf, sync::Arc};

/// The text of one rule file and the name that messages give it.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path as given, or `builtin:NAME`.
    pub name: String,
    /// Its TOML.
    pub text: String,
}

/// What `rules list` tells of one rule.
#[derive(Clone, Debug)]
pub struct RuleSummary<'a> {
    /// Its id.
    pub id: &'a str,
    /// `named` or `open`.
    pub layer: &'static str,
    /// Field of work.
    pub category: &'a str,
    /// Name that it gives.
    pub indicator: &'a str,
    /// The file that it stands in.
    pub file: &'a str,
    /// Its TOML, as written in that file.
    pub toml: &'a str,
}

/// Broken rules: one rendered diagnostic each (file:line:col, the line, a caret).
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct RuleErrors(pub Vec<String>);

/// All rules in force; immutable and shared between threads.
#[derive(Debug)]
pub struct RuleSet {
    _private: (),
}

impl RuleSet {
    /// The built-in rules, compiled on first use.
    pub fn builtin() -> Arc<Self> {
        Arc::new(Self { _private: () })
    }

    /// Reads rule files and folders of them, in the order given.
    pub fn read(_paths: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
        Ok(vec![])
    }

    /// Loads the built-in rules, unless `builtin` is false, and then `sources`; checks everything.
    pub fn load(_sources: &[Source], _builtin: bool) -> Result<Self, RuleErrors> {
        Ok(Self { _private: () })
    }

    /// The rules in force, in the order of their ids.
    pub fn rules(&self) -> Vec<RuleSummary<'_>> {
        vec![]
    }
}
