//! Lints: their names, whether they are on, and those that look at one rule and at what it matched.

use std::{collections::BTreeMap, sync::Arc};

use regex_syntax::hir::{Class, Hir, HirKind};

use super::{Finding, Options, clash::Fired, parallel};
use crate::{
    decode,
    extract::{Context, Event, Extractor},
    matching::Matcher,
    repair::repair,
    rules::{Diagnostic, Rule, RuleSet, file::Layer, template::Part, words::WordList},
};

/// A compiled pattern larger than this makes every report slower.
const SLOW: usize = 256 * 1024;

/// How many figures a corpus must have to show that a rule is too general.
const ENOUGH: usize = 100;

/// Whether a lint's findings are shown, and how bad they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Not shown.
    Allow,
    /// Shown as warnings.
    Warn,
    /// Shown as errors.
    Deny,
}

/// A lint that can be switched.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Its name.
    pub name: &'static str,
    /// What holds where nothing is said.
    pub level: Level,
    /// What it finds.
    pub finds: &'static str,
}

/// All lints, sorted by name.
pub const LINTS: [Lint; 19] = [
    lint(
        "clash",
        Level::Warn,
        "two rules give one quantity different names, and only the length of their matches or their ids tell which wins",
    ),
    lint("duplicate-rule", Level::Warn, "a rule with the id of one in another file replaces it"),
    lint("example-fails", Level::Deny, "an example does not give exactly its rows from its rule"),
    lint(
        "folded-character",
        Level::Warn,
        "a pattern with a character that no repaired text has (Traditional, full-width)",
    ),
    lint("missing-category", Level::Warn, "a named rule without a category"),
    lint("never-fires", Level::Warn, "a rule that makes no row of any example of its file"),
    lint("refused-fires", Level::Deny, "a counter-example gives a row from its rule"),
    lint("rewriting-fails", Level::Deny, "an example gives other rows when it is written otherwise"),
    lint("shadowed", Level::Warn, "a rule that loses every quantity that it claims to another one"),
    lint("slot-only", Level::Warn, "a named rule whose pattern asks for nothing but a slot"),
    lint("slow", Level::Warn, "a pattern that is large when compiled"),
    lint("snapshot-differs", Level::Deny, "a document gives other rows than its snapshot has"),
    lint("snapshot-missing", Level::Deny, "a document has no snapshot"),
    lint("snapshot-orphan", Level::Deny, "a snapshot has no document"),
    lint("too-general", Level::Warn, "a rule that claims too many of the corpus' figures (with --corpus)"),
    lint(
        "unbounded-gap",
        Level::Warn,
        "a named rule with an unbounded gap outside of a group: it runs over anything",
    ),
    lint("unsorted", Level::Warn, "rules that are not in the order of their ids"),
    lint("unused-capture", Level::Warn, "a named group that the indicator does not use"),
    lint("unused-fragment", Level::Warn, "a fragment that no pattern uses"),
];

const fn lint(name: &'static str, level: Level, finds: &'static str) -> Lint {
    Lint { name, level, finds }
}

/// Which lints are on; what is no lint is an error.
#[derive(Clone, Debug, Default)]
pub struct Levels(BTreeMap<String, Level>);

impl Levels {
    /// Sets the level of a lint, or of `all`; the name nearest to it where there is no such lint.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), Option<&'static str>> {
        let known = LINTS.map(|lint| lint.name);
        if name == "all" {
            self.0.extend(known.map(|name| (name.to_owned(), level)));
        } else if known.contains(&name) {
            self.0.insert(name.to_owned(), level);
        } else {
            return Err(crate::rules::nearest::nearest(name, known));
        }
        Ok(())
    }

    /// The level of a code.
    pub fn of(&self, code: &str) -> Level {
        let default = || LINTS.iter().find(|lint| lint.name == code).map_or(Level::Deny, |lint| lint.level);
        self.0.get(code).copied().unwrap_or_else(default)
    }
}

/// A finding at the rule's id, or at its pattern.
pub(super) fn at(rule: &Rule, code: &'static str, pattern: bool, title: String) -> Finding {
    let none = (Arc::default(), 0..0);
    let (source, span) = rule.proof().map_or(none, |proof| {
        (proof.source.clone(), if pattern { proof.pattern.clone() } else { proof.id.clone() })
    });
    Finding { diagnostic: Diagnostic::new(code, &rule.file, &source, span, title), rule: rule.id.to_string() }
}

fn helped(mut finding: Finding, help: &str) -> Finding {
    help.clone_into(&mut finding.diagnostic.help);
    finding
}

/// The lints that look at one rule.
pub(super) fn rules(rules: &RuleSet, scope: &[usize], fired: &[Fired]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for &index in scope {
        let rule = &rules.rules()[index];
        let fired = &fired[index];
        if fired.claimed == 0 {
            let title = format!("rule `{}` makes no row of any example", rule.id);
            findings.push(helped(
                at(rule, "never-fires", true, title),
                "see what rules search with `kpi-extract text FILE --segments`",
            ));
        } else if fired.won == 0 {
            let by = fired.lost_to.iter().max_by_key(|(_, n)| **n).map_or(0, |(winner, _)| *winner);
            let winner = &rules.rules()[by].id;
            let title =
                format!("rule `{}` is shadowed: `{winner}` takes every figure that it claims", rule.id);
            let help = format!("write `over = [\"{winner}\"]`, or take the rule out");
            findings.push(helped(at(rule, "shadowed", false, title), &help));
        }
        for capture in rule.pattern.captures.iter().filter(|capture| !capture.is_empty()) {
            if !rule.template.0.contains(&Part::Capture(capture.to_string())) {
                let title = format!("the group `{capture}` is not used by the indicator");
                findings.push(helped(
                    at(rule, "unused-capture", true, title),
                    "write `(?:…)`, or `{name}` in the indicator",
                ));
            }
        }
        if rule.size() > SLOW {
            let title = format!("the pattern of `{}` takes more than {} KB compiled", rule.id, SLOW / 1024);
            findings.push(helped(at(rule, "slow", true, title), "shorten its repetitions and classes"));
        }
        if let Some(hir) = rule.hir() {
            if rule.layer == Layer::Named && gap(&hir) {
                let title = format!("the pattern of `{}` has an unbounded gap", rule.id);
                findings.push(helped(
                    at(rule, "unbounded-gap", true, title),
                    "bound it, `.{0,8}`, or say what may stand there",
                ));
            }
            if rule.layer == Layer::Named && is_slot_only(&hir) && !rule.template.needs_topic() {
                let title = format!("the pattern of `{}` asks for nothing but a slot", rule.id);
                findings.push(helped(
                    at(rule, "slot-only", true, title),
                    "write the words that the figure is told with",
                ));
            }
        }
    }
    findings
}

/// Whether any repetition without an end, outside capture groups, is one of a large class.
fn gap(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let wide = match repetition.sub.kind() {
                HirKind::Class(Class::Unicode(class)) => {
                    class.ranges().iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum::<usize>()
                        > 10_000
                }
                _ => false,
            };
            wide && repetition.max.is_none() || gap(&repetition.sub)
        }
        HirKind::Concat(subs) | HirKind::Alternation(subs) => subs.iter().any(gap),
        _ => false,
    }
}

/// Whether a match need hold nothing but its figure and no anchor.
fn is_slot_only(hir: &Hir) -> bool {
    let properties = hir.properties();
    properties.minimum_len() == Some(4) && properties.look_set().is_empty()
}

/// Which rules claim too many figures of the corpus.
pub(super) fn general(rules: &Arc<RuleSet>, scope: &[usize], options: &Options) -> Vec<Finding> {
    let extractor = Extractor::new(Arc::clone(rules), Context::default());
    let counts = parallel(&options.corpus, options.threads, |(name, bytes)| {
        let mut counts = vec![0_usize; rules.rules().len()];
        let mut all = 0;
        let Ok(decoded) = decode::read(name, bytes, &decode::Options::default()) else {
            return (counts, all);
        };
        let document = repair(&decoded.text);
        let mut matcher = Matcher::new(rules, WordList::default(), WordList::default());
        extractor.walk(&document, &mut |event| match event {
            Event::Paragraph(..) => matcher.enter_paragraph(""),
            Event::Clause(readings, quantities) => {
                matcher.enter_clause(readings, &document.text);
                for reading in readings {
                    all += 1;
                    for claim in matcher.claims(reading, quantities) {
                        counts[claim.rule] += 1;
                    }
                    matcher.mention(reading, quantities);
                }
            }
            Event::Sentence(_) => {}
        });
        (counts, all)
    });
    let all: usize = counts.iter().map(|(_, all)| all).sum();
    let mut findings = Vec::new();
    for &index in scope {
        let claimed: usize = counts.iter().map(|(counts, _)| counts[index]).sum();
        let rule = &rules.rules()[index];
        #[expect(clippy::cast_precision_loss, reason = "a share in per cent")]
        let share = 100.0 * claimed as f64 / all.max(1) as f64;
        if all >= ENOUGH && share > options.general && rule.layer == Layer::Named {
            let title =
                format!("rule `{}` claims {share:.1} % of the corpus' figures ({claimed} of {all})", rule.id);
            findings.push(helped(at(rule, "too-general", true, title), "ask for more words"));
        }
    }
    findings
}
