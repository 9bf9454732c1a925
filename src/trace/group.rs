//! Groups: figures that no rule took, put together where they stand in the same context, so that what is missed most
//! often is seen first.
//!
//! The context of a figure is its dimension and the words that name it: those before it, without subjects, times and
//! adverbs as `[trim]` cuts them, or those after it where only a verb stands before. Names that end alike are one
//! group (`老旧小区⟦9个⟧` and `样板小区⟦2个⟧`), and so are those that begin alike after the figure; what differs are the
//! group's variants.

use std::collections::BTreeMap;

use super::{Fate, Figure, Trace};
use crate::{
    matching::Contender,
    quantity::Dimension,
    rules::{RuleSet, code::is_reserved, file::Layer},
    trace::near::slot_for,
};

/// Quotations of a group.
const QUOTED: usize = 3;
/// Variants and words that are remembered of a group, so that it takes bounded memory.
const REMEMBERED: usize = 24;
/// Characters that two names must have in common at the figure to be of one group.
const ALIKE: usize = 2;
/// Characters of a name that count.
const NAME: usize = 30;

/// On which side of the figure the words stand that name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Before it: `志愿服务⟦300小时⟧`.
    Before,
    /// After it: `改造⟦9个⟧小区`.
    After,
    /// Nowhere: `达到⟦9个⟧`.
    Nowhere,
}

/// The words about a figure that name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Where it stands.
    pub side: Side,
    /// The name; empty where there is none.
    pub name: String,
    /// The verb before the figure where the name stands after it.
    pub verb: String,
    /// The words between the name, or the verb, and the figure.
    pub before: String,
    /// The words between the figure and the name after it.
    pub after: String,
}

/// A place in a report where a figure of a group stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotation {
    /// Name of the document.
    pub document: String,
    /// Its line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The reading, the figure in `⟦…⟧`.
    pub reading: String,
    /// The reading as a text of its own.
    pub plain: String,
    /// The clause.
    pub clause: String,
}

/// Figures in the same context.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they measure.
    pub dimension: Dimension,
    /// On which side the words stand that name them.
    pub side: Side,
    /// What the names have in common.
    pub common: String,
    /// The verb, of names after the figure.
    pub verb: String,
    /// How many figures.
    pub count: usize,
    /// The slots that take their units: `{count:件}`.
    pub slots: BTreeMap<String, usize>,
    /// Their names with how many have each; at most two dozen.
    pub names: BTreeMap<String, usize>,
    /// What stands between name and figure; at most two dozen.
    pub before: BTreeMap<String, usize>,
    /// What stands between the figure and a name after it; at most two dozen.
    pub after: BTreeMap<String, usize>,
    /// Ids of the open rules that took them.
    pub rules: BTreeMap<String, usize>,
    /// The first three, in the order of the reports.
    pub quotations: Vec<Quotation>,
    /// Which group was met first.
    order: usize,
}

/// Which figures count as unclaimed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    /// Also those that only open rules took.
    pub open: bool,
}

/// Puts figures into groups as they come.
#[derive(Debug)]
pub struct Grouper<'r> {
    rules: &'r RuleSet,
    scope: Scope,
    groups: BTreeMap<(Dimension, Side, String, String), Group>,
    ordinals: usize,
}

impl<'r> Grouper<'r> {
    /// No groups yet.
    pub fn new(rules: &'r RuleSet, scope: Scope) -> Self {
        Self { rules, scope, groups: BTreeMap::new(), ordinals: 0 }
    }

    /// Adds what a trace of `document` tells, if it is of a figure that counts. Ordinals are only counted: most of
    /// them rank nothing.
    pub fn add(&mut self, document: &str, trace: &Trace) {
        let Fate::Figure(figure) = &trace.fate else { return };
        if !self.counts(figure) {
            return;
        }
        if figure.quantity.dimension == Dimension::Ordinal {
            self.ordinals += 1;
            return;
        }
        let name = name(self.rules, figure);
        let alike: String = match name.side {
            Side::Before => tail(&name.name, ALIKE).to_owned(),
            Side::After => head(&name.name, ALIKE).to_owned(),
            Side::Nowhere => name.before.clone(),
        };
        let order = self.groups.len();
        let key = (figure.quantity.dimension, name.side, name.verb.clone(), alike);
        let group = self.groups.entry(key).or_insert_with(|| Group {
            dimension: figure.quantity.dimension,
            side: name.side,
            common: name.name.clone(),
            verb: name.verb.clone(),
            count: 0,
            slots: BTreeMap::new(),
            names: BTreeMap::new(),
            before: BTreeMap::new(),
            after: BTreeMap::new(),
            rules: BTreeMap::new(),
            quotations: vec![],
            order,
        });
        group.count += 1;
        let common = match name.side {
            Side::After => head_in_common(&group.common, &name.name),
            _ => tail_in_common(&group.common, &name.name),
        };
        group.common = common.to_owned();
        remember(&mut group.slots, slot_for(&figure.quantity, &figure.unit));
        remember(&mut group.names, name.name);
        remember(&mut group.before, name.before);
        remember(&mut group.after, name.after);
        if let Some(winner) = figure.winner() {
            remember(&mut group.rules, self.rules.rules()[winner.rule].id.to_string());
        }
        if group.quotations.len() < QUOTED {
            let reading = figure.said.all();
            if group.quotations.iter().all(|known| known.reading != reading) {
                group.quotations.push(Quotation {
                    document: document.to_owned(),
                    line: trace.line,
                    column: trace.column,
                    plain: figure.said.plain(),
                    clause: figure.surroundings.clause.clone(),
                    reading,
                });
            }
        }
    }

    /// Whether a figure counts.
    fn counts(&self, figure: &Figure) -> bool {
        let open = |winner: &Contender| self.rules.rules()[winner.rule].layer == Layer::Open;
        figure.row.is_none() || self.scope.open && figure.winner().is_some_and(open)
    }

    /// How many ordinals no rule took.
    pub const fn ordinals(&self) -> usize {
        self.ordinals
    }

    /// The groups, the largest first.
    pub fn finish(self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.groups.into_values().collect();
        groups.sort_by_key(|group| (std::cmp::Reverse(group.count), group.order));
        groups
    }
}

impl Group {
    /// The context for a person: the words in common, `…` for what differs, and the slot.
    pub fn shown(&self) -> String {
        let slots: Vec<&str> = self.slots.keys().map(String::as_str).collect();
        let slot = merged(&slots);
        let more = if self.names.len() > 1 { "…" } else { "" };
        match self.side {
            Side::Before => format!("{more}{}{slot}", self.common),
            Side::After => format!("{}{slot}{}{more}", self.verb, self.common),
            Side::Nowhere => {
                let words = self.before.keys().next().map_or("", String::as_str);
                format!("{words}{slot}")
            }
        }
    }
}

/// One slot for several of one dimension: `{count:件}` and `{count:起}` are `{count:件|起}`.
pub fn merged(slots: &[&str]) -> String {
    let inside = |slot: &str| slot.trim_matches(['{', '}']).to_owned();
    let Some(first) = slots.first().map(|slot| inside(slot)) else { return String::new() };
    let name = first.split(':').next().unwrap_or_default().to_owned();
    let units: Option<Vec<String>> =
        slots.iter().map(|slot| inside(slot).split_once(':').map(|(_, unit)| unit.to_owned())).collect();
    match units {
        Some(units) => format!("{{{name}:{}}}", units.join("|")),
        None => format!("{{{name}}}"),
    }
}

/// The words that name a figure.
fn name(rules: &RuleSet, figure: &Figure) -> Name {
    let (words, trim) = (rules.words(), rules.trim());
    let text = figure.reading.text.as_str();
    let at = figure.reading.at;
    let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
    let left = &text[..at];
    let left = &left[left.rfind(is_reserved).map_or(0, |n| n + 4)..];
    let right = &text[end..];
    let right = &right[..right.find(is_reserved).unwrap_or(right.len())];
    let core = trim.apply(trim.without_subject(left, &words.verb), None);
    // Where the name ends in the words before the figure; without one, all of them stand between.
    let named =
        if core.is_empty() { 0 } else { core.as_ptr() as usize - left.as_ptr() as usize + core.len() };
    let before = left[named..].to_owned();
    let nothing = |side| Name {
        side,
        name: String::new(),
        verb: String::new(),
        before: left.to_owned(),
        after: String::new(),
    };
    let verb = words.verb.contains(core);
    if !core.is_empty() && !verb && words.bare.prefix(core).is_none() {
        let name = tail(after_marks(core), NAME).to_owned();
        return Name { side: Side::Before, name, verb: String::new(), before, after: String::new() };
    }
    let thing = right.trim_start_matches(|c: char| c == '的' || !c.is_alphanumeric());
    let ends = |c: char| !c.is_alphanumeric();
    let thing = &thing[..thing.find(ends).unwrap_or(thing.len())];
    let thing = &thing[..words.predicate.find(thing).map_or(thing.len(), |found| found.start)];
    let name = head(thing, NAME);
    if name.chars().count() < ALIKE || !(core.is_empty() || verb) {
        return nothing(Side::Nowhere);
    }
    let after = right[..right.find(name).unwrap_or(0)].to_owned();
    Name { side: Side::After, name: name.to_owned(), verb: core.to_owned(), before, after }
}

/// What stands after the last mark, 的 or 等 of a name, if that is a name still.
fn after_marks(name: &str) -> &str {
    let cut = name.rfind(|c: char| !c.is_alphanumeric() || c == '的' || c == '等');
    let rest = cut.map_or(name, |at| {
        name[at..].trim_start_matches(|c: char| !c.is_alphanumeric() || c == '的' || c == '等')
    });
    if rest.chars().count() < ALIKE { name } else { rest }
}

fn remember(known: &mut BTreeMap<String, usize>, word: String) {
    if known.len() < REMEMBERED || known.contains_key(&word) {
        *known.entry(word).or_default() += 1;
    }
}

/// The last `count` characters.
fn tail(text: &str, count: usize) -> &str {
    text.char_indices().rev().nth(count - 1).map_or(text, |(at, _)| &text[at..])
}

/// The first `count` characters.
fn head(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(at, _)| &text[..at])
}

fn head_in_common<'t>(a: &'t str, b: &str) -> &'t str {
    let same = a.char_indices().zip(b.chars()).take_while(|((_, x), y)| x == y);
    let end = same.last().map_or(0, |((at, c), _)| at + c.len_utf8());
    &a[..end]
}

fn tail_in_common<'t>(a: &'t str, b: &str) -> &'t str {
    let same = a.char_indices().rev().zip(b.chars().rev()).take_while(|((_, x), y)| x == y);
    same.last().map_or("", |((at, _), _)| &a[at..])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        extract::{Context, Extractor},
        trace::Request,
    };

    fn groups(text: &str, open: bool) -> Vec<(usize, String)> {
        let rules = RuleSet::builtin();
        let extractor = Extractor::new(Arc::clone(&rules), Context::default());
        let mut grouper = Grouper::new(&rules, Scope { open });
        let request = Request { focus: None, evidence: false };
        extractor
            .trace("a.txt", text.as_bytes(), request, &mut |trace| grouper.add("a.txt", &trace))
            .unwrap();
        grouper.finish().into_iter().map(|group| (group.count, group.shown())).collect()
    }

    #[test]
    fn names_that_end_alike_are_one_group() {
        let text = "志愿服务累计300小时，社区志愿服务达2万小时。开放夜间食堂12小时。";
        assert_eq!(
            groups(text, false),
            [(2, "…志愿服务{duration:小时}".to_owned()), (1, "开放夜间食堂{duration:小时}".to_owned())]
        );
    }

    #[test]
    fn slots_of_one_dimension_are_one() {
        assert_eq!(merged(&["{count:件}", "{count:起}"]), "{count:件|起}");
        assert_eq!(merged(&["{percent}"]), "{percent}");
        assert_eq!(merged(&["{ratio}", "{ratio:倍}"]), "{ratio}");
        assert_eq!(merged(&[]), "");
    }

    #[test]
    fn what_two_names_share() {
        assert_eq!(tail_in_common("老旧小区", "样板小区"), "小区");
        assert_eq!(tail_in_common("甲", "乙"), "");
        assert_eq!(head_in_common("小区改造", "小区绿化"), "小区");
        assert_eq!(head("小区改造", 2), "小区");
        assert_eq!(tail("改造", 4), "改造");
    }
}
