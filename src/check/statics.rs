//! The lints that need no more than the files: order, categories, fragments, ids.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
    sync::Arc,
};

use super::Finding;
use crate::{
    repair,
    rules::{
        Diagnostic, FileText, Source,
        entry::inside,
        file::{Layer, RuleFile},
        held::Held,
        placed::Placed,
    },
};

/// What the files themselves show; `base` are the files under them.
pub(super) fn lint(files: &[Source], base: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ids: BTreeMap<Held, String> = BTreeMap::new();
    for source in base {
        for rule in read(source).rule {
            ids.insert(rule.into_inner().id.into_inner(), source.name.clone());
        }
    }
    let used = used(files);
    for source in files {
        let name = Arc::from(source.name.as_str());
        let text = Arc::new(FileText::from(source.text.as_str()));
        let mut push = |code, span, title: String, help: &str, rule: &str| {
            let diagnostic = Diagnostic::new(code, &name, &text, span, title).help(help);
            findings.push(Finding { diagnostic, rule: rule.to_owned() });
        };
        let file = read(source);
        for (fragment, pattern) in &file.define {
            if !used.contains(fragment.as_str()) {
                let title = format!("no pattern uses the fragment `{fragment}`");
                push("unused-fragment", pattern.span(), title, "take it out", "");
            }
        }
        for pattern in file.define.values() {
            if let Some((place, title, help)) = folded(pattern, &text) {
                push("folded-character", place, title, &help, "");
            }
        }
        let mut last = Held::default();
        for rule in file.rule {
            let rule = rule.into_inner();
            if let Some((place, title, help)) = folded(&rule.pattern, &text) {
                push("folded-character", place, title, &help, rule.id.get_ref());
            }
            let id = rule.id.get_ref();
            if *id < last {
                let title = format!("`{id}` stands after `{last}`");
                push("unsorted", rule.id.span(), title, "sort the rules by their ids", id);
            }
            if rule.layer == Layer::Named && rule.category.is_empty() {
                let title = format!("rule `{id}` has no category");
                let help = "name the field of work: `category = \"…\"`";
                push("missing-category", rule.id.span(), title, help, id);
            }
            if let Some(other) = ids.insert(id.clone(), source.name.clone()) {
                let title = format!("rule `{id}` replaces that of {other}");
                let help = "choose another id, or write `disable` where that is meant";
                push("duplicate-rule", rule.id.span(), title, help, id);
            }
            last.clone_from(id);
        }
    }
    findings
}

/// The first words of a pattern with a character that repair makes another one of: they match no text. An end of a
/// range is no such character.
fn folded(pattern: &Placed<Held>, text: &str) -> Option<(Range<usize>, String, String)> {
    let written = pattern.get_ref();
    let is_end =
        |at: usize, c: char| written[..at].ends_with('-') || written[at + c.len_utf8()..].starts_with('-');
    let (at, c) = written.char_indices().find(|&(at, c)| repair::folded(c).is_some() && !is_end(at, c))?;
    let word = |c: char| c.is_alphanumeric() || repair::folded(c).is_some();
    let start =
        written[..at].char_indices().rev().take_while(|&(_, c)| word(c)).last().map_or(at, |(at, _)| at);
    let end = written[at..].find(|c| !word(c)).map_or(written.len(), |length| at + length);
    let right: String = written[start..end].chars().map(|c| repair::folded(c).unwrap_or(c)).collect();
    let title = format!("`{c}` stands in no text that rules search");
    let help = format!(
        "texts are made Simplified, letters and digits half-width, before rules see them: write `{right}`, which finds every way of writing"
    );
    Some((inside(text, pattern, start..end), title, help))
}

fn read(source: &Source) -> RuleFile {
    toml::from_str(&source.text).unwrap_or_default()
}

/// The names in braces of all patterns and fragments, and those that the program itself asks for.
fn used(files: &[Source]) -> BTreeSet<String> {
    let mut used: BTreeSet<String> = ["compared", "reaching"].map(String::from).into();
    for source in files {
        let file = read(source);
        let rules = file.rule.iter().map(|rule| rule.get_ref().pattern.get_ref());
        for pattern in rules.chain(file.define.values().map(Placed::get_ref)) {
            let names = pattern.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            used.extend(names.map(|(name, _)| name.to_owned()));
        }
    }
    used
}
