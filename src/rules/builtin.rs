//! The rule files that the program carries: everything in `rules/`, through the same loader as users' files.
//!
//! The program carries them twice: as the TOML that they are, which proofs, `rules show` and errors need, and in the
//! form that `build.rs` makes of it, from which a run starts at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use serde::Deserialize;

use super::{
    file::{Proof, RuleEntry, RuleFile},
    pattern::Required,
    source::{Source, table},
    text::FileText,
};

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

/// One file in the form that `build.rs` made.
#[derive(Debug, Deserialize)]
pub struct Shipped {
    /// Its name.
    pub name: String,
    /// Its tables, without examples and places.
    pub file: RuleFile,
    /// What `build.rs` found out about the pattern of each rule.
    pub patterns: Vec<ShippedPattern>,
}

/// Name, units, and whether it is a neighbour.
pub type ShippedSlot = (String, Vec<String>, bool);

/// What is known of a pattern that has not been read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ShippedPattern {
    /// Its slots.
    pub slots: Vec<ShippedSlot>,
    /// As [`super::pattern::Pattern::required`], by the places of the lists.
    pub required: Vec<u32>,
    /// As [`super::pattern::Pattern::captures`].
    pub captures: Vec<String>,
    /// The fragments that it is made of: where one is changed this is no longer true.
    pub fragments: Vec<String>,
    /// Where its program begins and ends among all of them.
    program: (usize, usize),
}

impl ShippedPattern {
    /// Its program.
    pub fn program(&self) -> Option<&'static [u8]> {
        const PROGRAMS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/programs.bin"));
        PROGRAMS.get(self.program.0..self.program.1)
    }
}

/// The files as `build.rs` made them, and all lists of words that patterns require; `None` where they are broken.
pub fn shipped() -> Option<(Vec<Shipped>, Vec<Required>)> {
    let (files, lists): (Vec<Shipped>, Vec<Vec<String>>) =
        rmp_serde::from_slice(include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"))).ok()?;
    (!files.is_empty()).then(|| (files, lists.into_iter().map(Required::from).collect()))
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
            rules.insert(id.into_inner(), proof);
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
