//! Statements: what one passage says of several figures, found by the patterns of `rules/audit/checks.toml` and held
//! against arithmetic.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::{Captures, Regex};
use serde::Deserialize;

use super::{
    Check, Passage, Quote,
    reach::{Figure, Reach, short},
    rows::{Same, Share},
};
use crate::quantity::Dimension;

/// What stands for a quantity in a skeleton, and for one that is relative to another.
const FIGURE: char = '◆';
const RELATIVE: char = '◇';
/// Slots, and which quantities each takes.
const SLOTS: [(&str, &str); 8] = [
    ("from", "[◆◇]"),
    ("to", "[◆◇]"),
    ("change", "[◆◇]"),
    ("rate", "◇"),
    ("level", "◆"),
    ("amount", "◆"),
    ("whole", "◆"),
    ("part", "◆"),
];
/// Where clauses end.
const MARKS: [char; 11] = ['，', ',', '；', ';', '。', '：', ':', '！', '？', '、', '\n'];

/// Where findings go: what, the sentences, the arithmetic.
pub(super) type Tell<'t> = dyn FnMut(Check, Vec<Quote>, String) + 't;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    define: BTreeMap<String, String>,
    statement: Vec<Entry>,
    part: Part,
    share: Share,
    same: Same,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    check: Check,
    pattern: String,
    unless: Option<String>,
    #[serde(default)]
    stems: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    /// Units of things that are only told apart by their names.
    loose: Vec<String>,
}

/// All checks.
pub(super) struct Checks {
    statements: Vec<Statement>,
    part: Part,
    pub(super) share: Share,
    pub(super) same: Same,
    pub(super) neutral: Regex,
    pub(super) marks: Regex,
}

struct Statement {
    check: Check,
    pattern: Regex,
    unless: Option<Regex>,
}

impl Checks {
    /// Those of `rules/audit/checks.toml`.
    pub(super) fn builtin() -> &'static Self {
        static CHECKS: LazyLock<Checks> = LazyLock::new(|| {
            let text = include_str!("../../rules/audit/checks.toml");
            toml::from_str::<File>(text).expect("the file is tested").into()
        });
        &CHECKS
    }

    /// Tells what cannot be in a passage.
    pub(super) fn passage(&self, passage: &Passage<'_>, figures: &[Figure<'_>], tell: &mut Tell<'_>) {
        let skeleton = Skeleton::new(passage, figures);
        for statement in &self.statements {
            for found in statement.pattern.captures_iter(&skeleton.text) {
                if statement.is_off(&found, &skeleton.text) {
                    continue;
                }
                let said = Said { found: &found, skeleton: &skeleton, figures };
                let told = match statement.check {
                    Check::Change => said.change(),
                    Check::Growth => said.growth(),
                    Check::Part => said.part(&self.part.loose),
                    Check::Parts => said.parts(),
                    Check::Total => said.total(),
                    Check::Rate => said.rate(),
                    Check::Share | Check::Same => None,
                };
                if let Some(arithmetic) = told {
                    let first = skeleton.within(found.get(0).map_or(0..0, |whole| whole.range())).next();
                    let line = first.and_then(|at| passage.lines.get(at)).copied().unwrap_or_default();
                    let quote = Quote { line, text: passage.text.trim().to_owned() };
                    tell(statement.check, vec![quote], arithmetic);
                }
            }
        }
    }
}

impl From<File> for Checks {
    fn from(file: File) -> Self {
        let regex = |pattern: &str, stems: &[String]| {
            let pattern = filled(pattern, &file.define, stems);
            Regex::new(&pattern).unwrap_or_else(|error| panic!("{error}"))
        };
        let statement = |entry: &Entry| Statement {
            check: entry.check,
            pattern: regex(&entry.pattern, &entry.stems),
            unless: entry
                .unless
                .as_ref()
                .map(|unless| regex(&unless.replace("{stem}", "{any}"), &entry.stems)),
        };
        Self {
            statements: file.statement.iter().map(statement).collect(),
            neutral: regex(&format!("^{}$", file.same.neutral), &[]),
            marks: regex(&file.same.marks, &[]),
            part: file.part,
            share: file.share,
            same: file.same,
        }
    }
}

/// A pattern with its slots, fragments and stems put in.
fn filled(pattern: &str, define: &BTreeMap<String, String>, stems: &[String]) -> String {
    let mut pattern = pattern.to_owned();
    let stems = stems.join("|");
    pattern = pattern.replacen("{stem}", &format!("(?<stem>{stems})"), 1);
    pattern = pattern.replacen("{stem}", &format!("(?<again>{stems})"), 1);
    pattern = pattern.replace("{any}", &format!("(?:{stems})"));
    for (name, fragment) in define {
        let fragment =
            if fragment.starts_with(['[', '(']) { fragment.clone() } else { format!("(?:{fragment})") };
        pattern = pattern.replace(&format!("{{{name}}}"), &fragment);
    }
    for (name, taken) in SLOTS {
        pattern = pattern.replace(&format!("{{{name}}}"), &format!("(?<{name}>{taken})"));
    }
    pattern
}

impl Statement {
    /// Whether something in it says that its figures need not fit.
    fn is_off(&self, found: &Captures<'_>, skeleton: &str) -> bool {
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        let begins = skeleton[..whole.start].rfind(MARKS).map_or(0, |at| at + 1);
        let begins = skeleton.ceil_char_boundary(begins);
        let other = matches!((found.name("stem"), found.name("again")), (Some(a), Some(b)) if a.as_str() != b.as_str());
        other || self.unless.as_ref().is_some_and(|unless| unless.is_match(&skeleton[begins..whole.end]))
    }
}

/// A passage with one character for each quantity.
struct Skeleton {
    text: String,
    /// Where the quantities stand.
    at: Vec<usize>,
}

impl Skeleton {
    fn new(passage: &Passage<'_>, figures: &[Figure<'_>]) -> Self {
        let mut skeleton = Self { text: String::with_capacity(passage.text.len()), at: vec![] };
        let mut done = 0;
        let words = |words: &str| words.replace([FIGURE, RELATIVE], "□");
        for (quantity, figure) in passage.quantities.iter().zip(figures) {
            skeleton.text += &words(&passage.text[done..quantity.span.start]);
            skeleton.at.push(skeleton.text.len());
            skeleton.text.push(if figure.is_relative() { RELATIVE } else { FIGURE });
            done = quantity.span.end;
        }
        skeleton.text += &words(&passage.text[done..]);
        skeleton
    }

    /// The quantities in a stretch of it.
    fn within(&self, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let [first, last] = [range.start, range.end].map(|end| self.at.partition_point(|at| *at < end));
        first..last
    }
}

/// A statement that was found.
struct Said<'s> {
    found: &'s Captures<'s>,
    skeleton: &'s Skeleton,
    figures: &'s [Figure<'s>],
}

impl<'s> Said<'s> {
    fn place(&self, slot: &str) -> Option<usize> {
        self.skeleton.at.binary_search(&self.found.name(slot)?.start()).ok()
    }

    fn figure(&self, slot: &str) -> Option<&'s Figure<'s>> {
        self.figures.get(self.place(slot)?)
    }

    fn list(&self) -> std::ops::Range<usize> {
        self.found.name("list").map_or(0..0, |list| self.skeleton.within(list.range()))
    }

    /// From `from` to `to` by `change`.
    fn change(&self) -> Option<String> {
        let [from, to, change] = ["from", "to", "change"].map(|slot| self.figure(slot));
        let (from, to, change) = (from?, to?, change?);
        if !from.is_like(to) {
            return None;
        }
        let rises = self.found.name("up").is_some();
        let (more, less) = if rises { (to, from) } else { (from, to) };
        let amount = more.reach.minus(less.reach);
        let exact = more.value.checked_sub(less.value)?;
        let word = if rises { "rise" } else { "fall" };
        let told = |sign: &str, exact, reach: Reach| {
            let (from, to, change) = (from.raw, to.raw, change.raw);
            format!("{from} → {to} is a {word} of {exact}{sign} (as written: {reach}), not of {change}")
        };
        match change.dimension {
            Dimension::Percent => {
                // Points are often called per cent.
                if from.dimension == Dimension::Percent && !amount.misses(change.reach) {
                    return None;
                }
                let ratio = to.reach.per_cent_of(from.reach);
                let hundred = Reach::exactly(100.into());
                let reach = if rises { ratio.minus(hundred) } else { hundred.minus(ratio) };
                let share = exact.checked_div(from.value)?.checked_mul(100.into())?;
                reach.misses(change.reach).then(|| told("%", short(share), reach))
            }
            Dimension::Points if from.dimension == Dimension::Percent => {
                amount.misses(change.reach).then(|| told(" points", short(exact), amount))
            }
            _ if change.is_like(from) => {
                amount.misses(change.reach).then(|| told(&from.unit, exact.normalize(), amount))
            }
            _ => None,
        }
    }

    /// `level`, which grew by `amount`, that is by `rate`.
    fn growth(&self) -> Option<String> {
        let [level, amount, rate] = ["level", "amount", "rate"].map(|slot| self.figure(slot));
        let (level, amount, rate) = (level?, amount?, rate?);
        if !level.is_like(amount) || rate.dimension != Dimension::Percent {
            return None;
        }
        let rises = self.found.name("up").is_some();
        let before = if rises { level.reach.minus(amount.reach) } else { level.reach.plus(amount.reach) };
        let reach = amount.reach.per_cent_of(before);
        let (sign, was) = if rises {
            ("-", level.value.checked_sub(amount.value)?)
        } else {
            ("+", level.value.checked_add(amount.value)?)
        };
        let share = short(amount.value.checked_div(was)?.checked_mul(100.into())?);
        reach.misses(rate.reach).then(|| {
            let (level, amount, rate) = (level.raw, amount.raw, rate.raw);
            format!("{amount} / ({level} {sign} {amount}) is {share}% (as written: {reach}), not {rate}")
        })
    }

    /// The members of the list are parts of `whole`. What stands before and counts the same may be wholes, too.
    fn part(&self, loose: &[String]) -> Option<String> {
        let whole = self.figure("whole").filter(|whole| whole.is_amount())?;
        let list = self.list();
        let wholes = self.figures[..list.start].iter().filter(|it| it.is_like(whole));
        let sum = wholes.map(|it| it.reach).reduce(Reach::plus)?.high?;
        let named = |at: &usize| !loose.contains(&whole.unit) || self.is_named_alike(*at);
        let above = |at: &usize| {
            let part = &self.figures[*at];
            part.is_like(whole) && part.reach.low.is_some_and(|low| low > sum) && named(at)
        };
        let part = list.into_iter().find(above)?;
        Some(format!("{} is more than {}, of which it is a part", self.figures[part].raw, whole.raw))
    }

    /// Whether the words about the whole and those about a part share two characters.
    fn is_named_alike(&self, part: usize) -> bool {
        let text = &self.skeleton.text;
        let about = |at: usize| {
            let begins = text[..at].rfind(MARKS).unwrap_or_default();
            let ends = text[at..].find(MARKS).map_or(text.len(), |end| at + end);
            text[text.ceil_char_boundary(begins)..ends].chars().collect::<Vec<_>>()
        };
        let Some(whole) = self.place("whole") else { return false };
        let [whole, part] = [whole, part].map(|place| about(self.skeleton.at[place]));
        let words =
            |pair: &&[char]| !pair.contains(&FIGURE) && !MARKS.contains(&pair[0]) && **pair != ['其', '中'];
        whole.windows(2).filter(words).any(|pair| part.windows(2).any(|other| other == pair))
    }

    /// The members of the list that count what `whole` does, and their sum. What stands before them counts other things;
    /// what stands after them makes it another list.
    fn sum(&self, whole: &Figure<'_>) -> Option<(String, Reach)> {
        let members = self.figures[self.list()].iter().filter(|it| !it.is_relative());
        let members: Vec<&Figure<'_>> = members.skip_while(|it| !it.is_like(whole)).collect();
        if !whole.is_amount() || members.len() < 2 || members.iter().any(|it| !it.is_like(whole)) {
            return None;
        }
        let raws: Vec<&str> = members.iter().map(|it| it.raw).collect();
        Some((raws.join(" + "), members.iter().map(|it| it.reach).reduce(Reach::plus)?))
    }

    fn parts(&self) -> Option<String> {
        let whole = self.figure("whole")?;
        let (shown, sum) = self.sum(whole)?;
        let above = matches!((sum.low, whole.reach.high), (Some(sum), Some(whole)) if sum > whole);
        above.then(|| format!("{shown} = {sum}, more than {}", whole.raw))
    }

    /// The list comes to `whole`, if need be with what stands before it, or without its first members.
    fn total(&self) -> Option<String> {
        let whole = self.figure("whole")?;
        let (shown, sum) = self.sum(whole)?;
        let list = self.list();
        let mut run = Reach::exactly(0.into());
        let like = self.figures[..list.end].iter().rev().filter(|it| it.is_like(whole));
        for (count, member) in like.enumerate() {
            run = run.plus(member.reach);
            if count > 0 && !run.misses(whole.reach) {
                return None;
            }
        }
        sum.misses(whole.reach).then(|| format!("{shown} = {sum}, not {}", whole.raw))
    }

    /// `part` of `whole` is `rate`.
    fn rate(&self) -> Option<String> {
        let [whole, part, rate] = ["whole", "part", "rate"].map(|slot| self.figure(slot));
        let (whole, part, rate) = (whole?, part?, rate?);
        if !whole.is_like(part) || rate.dimension != Dimension::Percent {
            return None;
        }
        let reach = part.reach.per_cent_of(whole.reach);
        let share = short(part.value.checked_div(whole.value)?.checked_mul(100.into())?);
        reach.misses(rate.reach).then(|| {
            let (whole, part, rate) = (whole.raw, part.raw, rate.raw);
            format!("{part} / {whole} is {share}% (as written: {reach}), not {rate}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checks_load_and_name_only_what_there_is() {
        let checks = Checks::builtin();
        for statement in &checks.statements {
            assert!(!statement.pattern.as_str().contains("{g"), "{}", statement.pattern);
        }
        let mut words = checks.share.words.clone();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), checks.share.words.len(), "a word stands twice");
    }
}
