//! The rule files that the program carries: everything in `rules/`, through the same loader as users' files.
//!
//! The program carries them twice: as the TOML that they are, which proofs, `rules show` and errors need, and as the
//! tables that `build.rs` makes of it, which stand in the executable and are not read at all.

#![allow(clippy::unreadable_literal, reason = "the build script writes the tables")]

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use super::{
    file::{Layer, Proof, RuleEntry, RuleFile, Sign},
    held::{Held, List, Texts},
    index::{End, Index},
    program::Program,
    source::{Source, table},
    text::FileText,
    trigger::{Groups, Trigger},
    words::WordList,
};
use crate::row::{Kind, Status};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/", $name)))),*]
    };
}

/// What the names of these files begin with in messages.
pub const PREFIX: &str = "builtin:";

/// Names and texts, sorted.
pub const FILES: &[(&str, &str)] = files![
    "agriculture.toml",
    "culture.toml",
    "economy.toml",
    "education.toml",
    "environment.toml",
    "fragments.toml",
    "governance.toml",
    "guards.toml",
    "health.toml",
    "hedges.toml",
    "hotline.toml",
    "livelihood.toml",
    "open.toml",
    "party.toml",
    "renewal.toml",
    "safety.toml",
    "technology.toml",
    "trim.toml",
    "units.toml",
    "words.toml",
];

/// The same as sources of the loader.
pub fn sources() -> Vec<Source> {
    FILES
        .iter()
        .map(|(name, text)| Source { name: format!("{PREFIX}{name}"), text: (*text).to_owned() })
        .collect()
}

/// A rule as `build.rs` made it, without examples and places.
#[derive(Debug)]
pub struct ShippedRule {
    /// Its id.
    pub id: Held,
    /// The place of its file among [`FILES`].
    pub file: usize,
    /// Field of work.
    pub category: Held,
    /// How its indicator is made.
    pub indicator: Held,
    /// Set instead of resolved.
    pub kind: Option<Kind>,
    /// Set instead of resolved.
    pub status: Option<Status>,
    /// Set instead of read from the words.
    pub sign: Option<Sign>,
    /// `named` before `open`.
    pub layer: Layer,
    /// Ids of rules that it wins over.
    pub over: &'static [Held],
    /// Its pattern.
    pub pattern: ShippedPattern,
}

/// A slot of shipped patterns.
#[derive(Debug)]
pub struct ShippedSlot {
    /// The dimension that it names, or `quantity`.
    pub name: Held,
    /// The units that it is narrowed to.
    pub units: &'static [Held],
    /// Whether it is a neighbour and not the figure.
    pub neighbour: bool,
}

/// What is known of a pattern that has not been read.
#[derive(Debug)]
pub struct ShippedPattern {
    /// As written.
    pub written: Held,
    /// Its slots, by their places among [`SLOTS`].
    pub slots: &'static [u16],
    /// Those of its figure, by their place among [`FIGURES`].
    pub figure: u16,
    /// As [`super::pattern::Pattern::required`].
    pub required: &'static [Texts],
    /// As [`super::pattern::Pattern::captures`].
    pub captures: &'static [Held],
    /// The fragments that it is made of: where one is changed this is no longer true.
    pub fragments: &'static [Held],
    /// Where its program begins and ends among all of them.
    program: (usize, usize),
}

impl ShippedPattern {
    /// Its program.
    pub fn program(&self) -> Option<Program<'static>> {
        PROGRAMS.get(self.program.0..self.program.1).map(Program)
    }
}

/// A list of words with its indices.
struct ShippedList {
    name: &'static str,
    words: &'static [Held],
    first: Index,
    last: Index,
}

static PROGRAMS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/programs.bin"));

include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The program of a regex that is no rule's, by its source.
pub fn program(source: &str) -> Option<Program<'static>> {
    let at = REGEXES.binary_search_by(|(known, ..)| (*known).cmp(source)).ok()?;
    let (_, start, end) = REGEXES[at];
    PROGRAMS.get(start..end).map(Program)
}

/// The lists of words, by their names.
pub fn lists() -> impl Iterator<Item = (&'static str, Texts)> {
    LISTS.iter().map(|list| (list.name, Texts::Borrowed(list.words)))
}

/// The list of this name, where its words are still those that the program carries.
pub fn list(name: &str, words: Texts) -> WordList {
    match (LISTS.iter().find(|list| list.name == name), words) {
        (Some(list), words @ Texts::Borrowed(_)) => WordList::indexed(words, &list.first, &list.last),
        (_, words) => WordList::new(words.into_owned().into_iter().map(String::from)),
    }
}

static PROOFS: LazyLock<BTreeMap<String, Proof>> = LazyLock::new(|| {
    let mut rules = BTreeMap::new();
    for (_, text) in FILES {
        let file: RuleFile = toml::from_str(text).unwrap_or_default();
        let source = Arc::new(FileText::from(*text));
        for rule in file.rule {
            let toml = table(text, rule.span().start).to_owned();
            let RuleEntry { id, examples, refuses, pattern, .. } = rule.into_inner();
            let (place, pattern, source) = (id.span(), pattern.span(), Arc::clone(&source));
            let proof = Proof { examples, refuses, toml, source, id: place, pattern };
            rules.insert(id.into_inner().into(), proof);
        }
    }
    rules
});

/// What proves the built-in rule of this id; read from the TOML when first asked for.
pub fn proof(id: &str) -> Option<&'static Proof> {
    PROOFS.get(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/rules");
        let mut there: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.rsplit_once('.').is_some_and(|(_, extension)| extension == "toml"))
            .collect();
        there.sort();
        let ours: Vec<&str> = FILES.iter().map(|(name, _)| *name).collect();
        assert_eq!(ours, there);
    }
}
