//! Suggestions: a rule for each group of figures that no rule took, with examples from the reports, checked before it is
//! shown.
//!
//! A suggested rule takes the names of its group and the words that stood between them and their figures, each as an
//! alternative, and their units; nothing else. It is a beginning: its author names it and widens it.

use std::{cmp::Reverse, collections::BTreeMap, fmt::Write as _, sync::Arc};

use regex_syntax::escape;

use super::{
    Fate, Trace,
    group::{Group, Side, merged},
};
use crate::{
    check::{Finding, Options, check},
    extract::{Context, Extractor},
    quantity::Dimension,
    row::{Kind, Row, Status},
    rules::{RuleErrors, RuleSet, Source, diagnostic::Severity, file::Layer},
};

/// The file that suggestions stand in while they are tried.
const FILE: &str = "suggested.toml";
/// The field of work, for the author to fill in.
const CATEGORY: &str = "未分类";
/// Texts that a rule may have to leave alone and are tried.
const CANDIDATES: usize = 12;
/// Counter-examples of a rule.
const REFUSED: usize = 2;
/// Characters of an example.
const LENGTH: usize = 120;

/// A rule that is suggested, with what it would do to the reports.
#[derive(Clone, Debug)]
pub struct Stub {
    /// The figures that it is made for.
    pub group: Group,
    /// `suggested-`, its place among the suggestions, and a number that its pattern alone decides.
    pub id: String,
    /// The name that it gives.
    pub indicator: String,
    /// Its pattern.
    pub pattern: String,
    /// Texts of the reports with the rows that it makes of them.
    pub examples: Vec<(String, Vec<Row>)>,
    /// Texts that it leaves alone.
    pub refuses: Vec<String>,
    /// How many quantities of the reports it would take.
    pub takes: usize,
    /// Of those, how many no rule takes now.
    pub fresh: usize,
    /// Of the others, how many from which rule.
    pub from: BTreeMap<String, usize>,
    /// How many quantities a named rule wants, too, by its id.
    pub clashes: BTreeMap<String, usize>,
    /// Texts that speak of the same and that it does not take.
    others: Vec<String>,
}

/// A group that no rule is suggested for.
#[derive(Clone, Debug)]
pub struct Left {
    /// The figures.
    pub group: Group,
    /// Why, in words that go on after "no rule:".
    pub reason: &'static str,
}

/// What there is to suggest, and what was looked at and left.
#[derive(Clone, Debug)]
pub struct Suggestions {
    /// The rules, each proven.
    pub stubs: Vec<Stub>,
    /// The groups without one, the largest first.
    pub left: Vec<Left>,
}

/// Tries suggestions on the reports that they were made from.
#[derive(Debug)]
pub struct Suggester {
    sources: Vec<Source>,
    builtin: bool,
    rules: Arc<RuleSet>,
    stubs: Vec<Stub>,
    left: Vec<Left>,
}

impl Suggester {
    /// A rule for each of the first `most` groups that one can be made for. `sources` and `builtin` are the rules in
    /// force, as in [`RuleSet::load`].
    pub fn new(
        sources: Vec<Source>,
        builtin: bool,
        groups: Vec<Group>,
        most: usize,
    ) -> Result<Self, RuleErrors> {
        let rules = Arc::new(RuleSet::load(&sources, builtin)?);
        let mut base = Self { rules, sources, builtin, stubs: vec![], left: vec![] };
        let mut tried: Vec<(Stub, Vec<String>)> = Vec::new();
        for group in groups {
            if !base.names_something(&group) {
                let reason = "its words tell a change, a completion or something about a topic named before";
                base.left.push(Left { group, reason });
                continue;
            }
            let Some((indicator, mut patterns)) = pattern(&group) else {
                base.left
                    .push(Left { group, reason: "no words that all its figures have in common name it" });
                continue;
            };
            let pattern = patterns.remove(0);
            tried.push((Stub::new(group, indicator, pattern), patterns));
            if tried.len() == most {
                break;
            }
        }
        // The narrowest pattern first; where it leaves some of the group's own figures, the next one.
        loop {
            base.stubs = tried.iter().map(|(stub, _)| stub.clone()).collect();
            base.load()?;
            let extractor = Extractor::new(Arc::clone(&base.rules), Context::default());
            let mut changed = false;
            for (stub, patterns) in &mut tried {
                let all = stub.examples_of(&extractor).len() == stub.group.quotations.len();
                if !all && !patterns.is_empty() {
                    *stub = Stub::new(stub.group.clone(), stub.indicator.clone(), patterns.remove(0));
                    changed = true;
                }
            }
            if !changed {
                return Ok(base);
            }
        }
    }

    /// The rules in force with those that are tried.
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// Counts what a trace, made with [`Suggester::rules`], tells of the suggestions.
    pub fn add(&mut self, trace: &Trace) {
        let Fate::Figure(figure) = &trace.fate else { return };
        let rules = self.rules.rules();
        let clause = &figure.surroundings.clause;
        for stub in &mut self.stubs {
            let is_stub = |rule: usize| *rules[rule].id == *stub.id;
            let own = figure.contenders.iter().find(|contender| is_stub(contender.rule));
            let Some(own) = own else {
                let named = figure.winner().is_some_and(|winner| rules[winner.rule].layer == Layer::Named);
                if stub.others.len() < CANDIDATES
                    && (named || figure.quantity.dimension != stub.group.dimension)
                    && clause.contains(&stub.group.common)
                    && clause.chars().count() <= LENGTH
                    && !stub.others.contains(clause)
                {
                    stub.others.push(clause.clone());
                }
                continue;
            };
            let mut rivals = figure
                .contenders
                .iter()
                .filter(|contender| !is_stub(contender.rule) && contender.indicator.is_some())
                .map(|contender| &rules[contender.rule])
                .peekable();
            if own.lost.is_none() {
                stub.takes += 1;
                match rivals.peek() {
                    None => stub.fresh += 1,
                    Some(rule) => *stub.from.entry(rule.id.to_string()).or_default() += 1,
                }
            }
            for rival in rivals.filter(|rule| rule.layer == Layer::Named) {
                *stub.clashes.entry(rival.id.to_string()).or_default() += 1;
            }
        }
    }

    /// The suggestions with their examples and counter-examples, each of which has been proven.
    pub fn finish(mut self) -> Result<Suggestions, RuleErrors> {
        let extractor = Extractor::new(Arc::clone(&self.rules), Context::default());
        for stub in &mut self.stubs {
            stub.examples = stub.examples_of(&extractor);
            let other = if stub.group.dimension == Dimension::Percent { "个" } else { "%" };
            let name = stub.group.names.keys().next_back().cloned().unwrap_or_default();
            let made = match stub.group.side {
                Side::After => format!("{}8{other}{name}。", stub.group.verb),
                _ => format!("{name}8{other}。"),
            };
            let real = stub.others.iter().map(|other| format!("{other}。"));
            let candidates = real.chain([made, format!("{name}。")]);
            let id = &stub.id;
            stub.refuses = candidates
                .filter(|text| {
                    rows(&extractor, text).is_some_and(|rows| rows.iter().all(|row| row.rule != *id))
                })
                .take(REFUSED)
                .collect();
        }
        self.leave("other rules take its figures first, or it makes nothing of them on their own", |stub| {
            stub.examples.is_empty()
        });
        self.leave("no text was found that it leaves alone", |stub| stub.refuses.is_empty());
        for (place, stub) in self.stubs.iter_mut().enumerate() {
            stub.id = id(place + 1, &stub.pattern);
        }
        self.accept();
        self.left.sort_by_key(|left| Reverse(left.group.count));
        Ok(Suggestions { stubs: self.stubs, left: self.left })
    }

    /// Gives up the suggestions that are `unfit`.
    fn leave(&mut self, reason: &'static str, unfit: impl Fn(&Stub) -> bool) {
        let (gone, kept) = std::mem::take(&mut self.stubs).into_iter().partition(unfit);
        self.stubs = kept;
        let gone: Vec<Stub> = gone;
        self.left.extend(gone.into_iter().map(|stub| Left { group: stub.group, reason }));
    }

    /// Takes out the examples that `check` finds fault with, because another way of writing them gives other rows, and
    /// the rules that are left without one.
    fn accept(&mut self) {
        let fault = |finding: &Finding| finding.diagnostic.severity == Severity::Error;
        loop {
            let report = check(&[self.source()], &self.sources, self.builtin, &Options::default());
            let mut sound = true;
            for finding in report.findings.iter().filter(|finding| fault(finding)) {
                sound = false;
                let diagnostic = &finding.diagnostic;
                let meant = diagnostic.source.get(diagnostic.span.clone()).unwrap_or_default();
                let whole = |stub: &Stub| finding.rule.is_empty() || stub.id == finding.rule;
                for stub in self.stubs.iter_mut().filter(|stub| whole(stub)) {
                    let before = stub.examples.len();
                    stub.examples.retain(|(text, _)| !meant.contains(&basic(text)));
                    if stub.examples.len() == before {
                        stub.examples.clear();
                    }
                }
            }
            self.leave("its figures written in another way would give other rows", |stub| {
                stub.examples.is_empty()
            });
            if sound || self.stubs.is_empty() {
                return;
            }
        }
    }

    /// The suggestions as a rule file.
    fn source(&self) -> Source {
        let text = self.stubs.iter().map(Stub::toml).collect::<Vec<_>>().join("\n");
        Source { name: FILE.into(), text }
    }

    /// Loads the rules in force with the suggestions.
    fn load(&mut self) -> Result<(), RuleErrors> {
        let mut sources = self.sources.clone();
        sources.push(self.source());
        self.rules = Arc::new(RuleSet::load(&sources, self.builtin)?);
        Ok(())
    }

    /// Whether the words of a group name what is measured, which what open rules made a change, a completion or
    /// something about the topic do not.
    fn names_something(&self, group: &Group) -> bool {
        group
            .rules
            .keys()
            .filter_map(|id| self.rules.find(id))
            .all(|rule| rule.kind.is_none_or(|kind| kind == Kind::Level) && !rule.template.needs_topic())
    }
}

impl Stub {
    fn new(group: Group, indicator: String, pattern: String) -> Self {
        Self {
            id: id(0, &pattern),
            group,
            indicator,
            pattern,
            examples: vec![],
            refuses: vec![],
            takes: 0,
            fresh: 0,
            from: BTreeMap::new(),
            clashes: BTreeMap::new(),
            others: vec![],
        }
    }

    /// The quotations that the rule takes, as texts of their own, with the rows that it makes of each.
    fn examples_of(&self, extractor: &Extractor) -> Vec<(String, Vec<Row>)> {
        let own = |text: &str| {
            let rows = rows(extractor, text)?;
            let own: Vec<Row> = rows.into_iter().filter(|row| row.rule == self.id).collect();
            (!own.is_empty()).then(|| (text.to_owned(), own))
        };
        let quotations = self.group.quotations.iter();
        let texts = quotations.map(|quotation| [&quotation.plain, &quotation.clause]);
        texts
            .filter_map(|texts| texts.into_iter().find_map(|text| own(&format!("{}。", text.trim()))))
            .collect()
    }

    /// The rule as a TOML table, which loads.
    pub fn toml(&self) -> String {
        let mut out = "[[rule]]\n".to_owned();
        let _ = writeln!(out, "id        = \"{}\"", self.id);
        let _ = writeln!(out, "category  = \"{CATEGORY}\"");
        let _ = writeln!(out, "indicator = {}", basic(&self.indicator));
        let _ = writeln!(out, "pattern   = {}", literal(&self.pattern));
        out += "examples  = [\n";
        for (text, rows) in &self.examples {
            let rows: Vec<String> = rows.iter().map(expected).collect();
            let _ = writeln!(out, "    {{ text = {}, rows = [{}] }},", basic(text), rows.join(", "));
        }
        if self.examples.is_empty() {
            out += "    { text = \"\", rows = [{ value = \"0\" }] },\n";
        }
        out += "]\n";
        let refuses: Vec<String> = self.refuses.iter().map(|text| basic(text)).collect();
        let refuses = if refuses.is_empty() { "\"\"".to_owned() } else { refuses.join(", ") };
        let _ = writeln!(out, "refuses   = [{refuses}]");
        out
    }
}

/// The rows of a text.
fn rows(extractor: &Extractor, text: &str) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    extractor.extract("example", text.as_bytes(), &mut |row| rows.push(row)).ok()?;
    Some(rows)
}

/// A row as an example gives it.
fn expected(row: &Row) -> String {
    let number = |value: rust_decimal::Decimal| value.normalize().to_string();
    let mut out = format!("{{ indicator = {}, value = \"{}\"", basic(&row.indicator), number(row.value));
    if let Some(high) = row.high {
        let _ = write!(out, ", high = \"{}\"", number(high));
    }
    if !row.unit.is_empty() {
        let _ = write!(out, ", unit = {}", basic(&row.unit));
    }
    if row.kind != Kind::Level {
        let _ = write!(out, ", kind = \"{}\"", row.kind.name());
    }
    if row.status != Status::Actual {
        let _ = write!(out, ", status = \"{}\"", row.status.name());
    }
    out + " }"
}

/// The name that a group's rule gives and the patterns that it may have, the narrowest first; none for a group without
/// a name.
fn pattern(group: &Group) -> Option<(String, Vec<String>)> {
    let slots: Vec<&str> = group.slots.keys().map(String::as_str).collect();
    let slot = merged(&slots);
    let common = &group.common;
    let named =
        |name: &str| !name.is_empty() && !name.contains(['{', '}']) && !name.contains(char::is_control);
    if !named(common) || !group.names.keys().all(|name| named(name)) {
        return None;
    }
    let before = words(group.before.keys());
    let (indicator, pattern) = match group.side {
        Side::Nowhere => return None,
        Side::After => {
            let name = format!("{}{common}", group.verb);
            let after = words(group.after.keys());
            (name, format!("{}{before}{slot}{after}{}", escape(&group.verb), escape(common)))
        }
        Side::Before => {
            let heads: Vec<&str> =
                group.names.keys().filter_map(|name| name.strip_suffix(common.as_str())).collect();
            let what = alternatives(heads.iter().copied().filter(|head| !head.is_empty()));
            let optional = if heads.contains(&"") { "?" } else { "" };
            match what {
                None => (common.clone(), format!("{}{before}{slot}", escape(common))),
                Some(what) => (
                    format!("{{what}}{common}"),
                    format!("(?<what>{what}){optional}{}{before}{slot}", escape(common)),
                ),
            }
        }
    };
    Some((indicator, vec![format!("{{lead}}{pattern}"), pattern]))
}

/// Words as one piece of a pattern: nothing, one of them, optional where one is nothing.
fn words<'a>(words: impl Iterator<Item = &'a String> + Clone) -> String {
    let optional = if words.clone().any(String::is_empty) { "?" } else { "" };
    let some: Vec<&str> = words.map(String::as_str).filter(|word| !word.is_empty()).collect();
    match (some.as_slice(), optional) {
        (&[only], "") => escape(only),
        _ => alternatives(some.into_iter()).map_or(String::new(), |some| format!("(?:{some}){optional}")),
    }
}

/// Words as alternatives, the longest first; none for no words.
fn alternatives<'a>(words: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut words: Vec<&str> = words.collect();
    words.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    let words: Vec<String> = words.into_iter().map(escape).collect();
    (!words.is_empty()).then(|| words.join("|"))
}

/// An id that needs no reading of the name: the place keeps a file sorted, the number is the pattern's own, so that the
/// same suggestion has the same one every time and another never has it.
fn id(place: usize, pattern: &str) -> String {
    // FNV-1a.
    let hash = pattern
        .bytes()
        .fold(0x811C_9DC5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("suggested-{place:03}-{hash:08x}")
}

/// A TOML string with escapes.
fn basic(text: &str) -> String {
    let mut out = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' => out += "\\\"",
            '\\' => out += "\\\\",
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

/// A TOML string as it stands, or one with escapes where it cannot.
fn literal(text: &str) -> String {
    if text.contains(|c: char| c == '\'' || c.is_control()) { basic(text) } else { format!("'{text}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_valid_toml() {
        for text in ["甲", "a\"b\\c", "制表\t换行\n\u{1b}\u{85}", "it's", ""] {
            for written in [basic(text), literal(text)] {
                let table: toml::Table = format!("x = {written}").parse().unwrap();
                assert_eq!(table["x"].as_str(), Some(text), "{written}");
            }
        }
    }

    #[test]
    fn words_become_a_piece_of_a_pattern() {
        let piece = |list: &[&str]| {
            let list: Vec<String> = list.iter().map(ToString::to_string).collect();
            words(list.iter())
        };
        assert_eq!(piece(&[]), "");
        assert_eq!(piece(&[""]), "");
        assert_eq!(piece(&["达"]), "达");
        assert_eq!(piece(&["", "达", "达到", "1.5（"]), "(?:1\\.5（|达到|达)?");
    }

    #[test]
    fn an_id_is_the_patterns_own() {
        assert_eq!(id(1, "甲{percent}"), id(1, "甲{percent}"));
        assert_ne!(id(1, "甲{percent}"), id(1, "乙{percent}"));
        assert!(id(2, "甲").starts_with("suggested-002-"));
    }
}
