//! Near misses: the rules that almost matched a reading, each with the element of its pattern that failed and what
//! would have satisfied it.

use std::{cmp::Reverse, collections::BTreeMap, ops::Range, rc::Rc};

use regex_automata::{Input, meta};
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::{Figure, Words};
use crate::{
    quantity::{Dimension, Quantity},
    rules::{
        Rule, RuleSet,
        code::{CodeSet, SLOTS, is_reserved},
        elements::{Element, compile, elements},
        held::Held,
    },
};

/// A rule that did not match, though much of it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearMiss {
    /// Index of the rule.
    pub rule: usize,
    /// Its pattern as written.
    pub pattern: String,
    /// The element that failed, as written.
    pub element: String,
    /// What of it failed, where it is a fragment.
    pub part: String,
    /// What the elements before it matched; shown as [`Words::show`] does.
    pub matched: String,
    /// What is wrong.
    pub problem: String,
    /// What would have satisfied it; may be empty.
    pub remedy: String,
    /// How much of it did not match, in characters, and how much did.
    rank: (usize, usize),
}

/// Of a rule's words, at least this share must be in the reading for it to be near.
const SHARE: usize = 2;
/// Characters of a rule's own words that must be in the reading for it to be near.
const OWN: usize = 2;
/// Alternatives that are named; the rest are counted.
const NAMED: usize = 8;
/// Compiled stretches of patterns that are kept.
const KEPT: usize = 512;
/// Characters of a word that are looked for one by one.
const LONG: usize = 24;
/// Characters of a fragment's part that are still of use to who reads them.
const PART: usize = 80;

/// Finds near misses; keeps the patterns that it has cut up for the next reading.
#[derive(Debug)]
pub struct Finder<'r> {
    rules: &'r RuleSet,
    cut: BTreeMap<usize, Rc<[Vec<Element>]>>,
    compiled: BTreeMap<Stretch, Option<meta::Regex>>,
}

/// The words that a rule requires, but for lists so long that they tell nothing: all verbs.
fn telling(rule: &Rule) -> impl Iterator<Item = &Held> {
    const LONG: usize = 64;
    rule.pattern.required.iter().filter(|words| words.len() <= LONG).flat_map(|words| words.iter())
}

/// Elements of a rule that follow one another: the rule, the alternative, from which element to which.
type Stretch = (usize, usize, usize, usize);

impl<'r> Finder<'r> {
    /// A finder over these rules.
    pub const fn new(rules: &'r RuleSet) -> Self {
        Self { rules, cut: BTreeMap::new(), compiled: BTreeMap::new() }
    }

    /// The rules that came near, those of users first and of each the nearest first, at most `most`. Rules that matched
    /// are not among them. Where `asked`, the index of a rule, is given, it alone is told of, however far away it is.
    /// Rules of users need only share two characters that follow one another with the reading.
    pub fn misses(&mut self, figure: &Figure, asked: Option<usize>, most: usize) -> Vec<NearMiss> {
        let text = figure.reading.text.as_str();
        let rules = self.rules;
        let mut found = Vec::new();
        for (index, rule) in rules.rules().iter().enumerate() {
            let wanted = asked.is_none_or(|asked| asked == index);
            if !wanted || most == 0 || figure.contenders.iter().any(|contender| contender.rule == index) {
                continue;
            }
            let near = |word: &Held| match word.chars().nth(1) {
                Some(_) => text.contains(&**word) || rule.user && shares(text, word),
                // A single character is in too many readings.
                None => false,
            };
            if asked.is_none() && !telling(rule).any(near) {
                continue;
            }
            let alternatives = self.cut(index);
            let attempts = alternatives.iter().enumerate().filter_map(|(alternative, elements)| {
                let mut find = |from, to| self.find((index, alternative, from, to), elements, text);
                Attempt::new(elements, text, &mut find)
            });
            let Some(best) = attempts.min_by_key(Attempt::rank) else { continue };
            let (missing, matched) = best.rank();
            if asked.is_none() && (best.own() < OWN || matched < (matched + missing) / SHARE) {
                continue;
            }
            found.push(best.tell(rules, figure, index, rule.pattern.written.to_string()));
        }
        found.sort_by(|a, b| {
            let user = |miss: &NearMiss| rules.rules()[miss.rule].user;
            let key = |miss: &NearMiss| (!user(miss), miss.rank.0, Reverse(miss.rank.1), miss.rule);
            key(a).cmp(&key(b))
        });
        found.truncate(most);
        found
    }

    /// The elements of a rule.
    fn cut(&mut self, rule: usize) -> Rc<[Vec<Element>]> {
        let rules = self.rules;
        let cut = || elements(&rules.rules()[rule].pattern.written, rules.vocabulary()).into();
        Rc::clone(self.cut.entry(rule).or_insert_with(cut))
    }

    /// Where these elements match a text together; at its beginning if there are none.
    fn find(&mut self, stretch: Stretch, elements: &[Element], text: &str) -> Option<Range<usize>> {
        let (_, _, from, to) = stretch;
        if from == to {
            return Some(0..0);
        }
        if self.compiled.len() >= KEPT {
            self.compiled.clear();
        }
        let regex = self.compiled.entry(stretch).or_insert_with(|| compile(&elements[from..to]));
        regex.as_ref()?.find(text).map(|found| found.range())
    }
}

/// Whether a text has two characters of `word` that follow one another.
fn shares(text: &str, word: &str) -> bool {
    let places: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    places.windows(3).any(|pair| text.contains(&word[pair[0]..pair[2]]))
}

/// How far the elements of a pattern come in a reading.
struct Attempt<'e> {
    elements: &'e [Element],
    /// What of the element after the prefix is in the reading, if that is a word.
    partly: String,
    /// How many of the first ones match together, and where.
    prefix: usize,
    matched: Range<usize>,
    /// From which one on the last ones match together.
    suffix: usize,
}

impl<'e> Attempt<'e> {
    /// `find` tells where elements match together, from one to another.
    fn new(
        elements: &'e [Element],
        text: &str,
        find: &mut dyn FnMut(usize, usize) -> Option<Range<usize>>,
    ) -> Option<Self> {
        // What matches with more elements matches with fewer, so that halving finds the border.
        let (mut low, mut high, mut matched) = (0, elements.len(), 0..0);
        while low < high {
            let middle = usize::midpoint(low, high + 1);
            match find(0, middle) {
                Some(range) => (low, matched) = (middle, range),
                None => high = middle - 1,
            }
        }
        let prefix = low;
        let (mut low, mut high) = (0, elements.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if find(middle, elements.len()).is_some() { high = middle } else { low = middle + 1 }
        }
        let partly = part_of(&elements.get(prefix)?.hir, text);
        Some(Self { elements, partly, prefix, matched, suffix: high })
    }

    /// How many characters of the elements do not match, and how many do.
    fn rank(&self) -> (usize, usize) {
        let weigh = |part: &[Element]| part.iter().map(|element| weight(&element.hir)).sum::<usize>();
        let all = weigh(self.elements);
        let suffix = self.suffix.max(self.prefix + 1).min(self.elements.len());
        let matched = weigh(&self.elements[..self.prefix])
            + weigh(&self.elements[suffix..])
            + self.partly.chars().count();
        // Elements that all match, but not where they should, leave something to mend.
        (all.saturating_sub(matched).max(1), matched)
    }

    /// How many characters of words that the rule has for itself, in no fragment, are in the reading.
    fn own(&self) -> usize {
        let words = |part: &[Element]| {
            let own = part.iter().filter(|element| element.part.is_empty() && element.slot.is_none());
            own.map(|element| letters(&element.hir)).sum::<usize>()
        };
        let suffix = self.suffix.max(self.prefix + 1).min(self.elements.len());
        words(&self.elements[..self.prefix]) + words(&self.elements[suffix..]) + self.partly.chars().count()
    }

    /// The element that failed: the first after those that match from the beginning, or an anchor before them that
    /// alone keeps the rest from matching.
    fn failed(&self) -> usize {
        let anchored = self.elements.first().is_some_and(|first| is_look(&first.hir, Look::Start));
        if anchored && self.suffix <= 1 { 0 } else { self.prefix }
    }

    fn tell(&self, rules: &RuleSet, figure: &Figure, rule: usize, pattern: String) -> NearMiss {
        let failed = self.failed();
        let element = &self.elements[failed];
        let matched = if failed == 0 { 0..0 } else { self.matched.clone() };
        let place = Place { text: &figure.reading.text, at: figure.reading.at, said: &figure.said };
        let (problem, remedy) = match &element.slot {
            Some((codes, neighbour)) => {
                place.slot(rules, &figure.quantity, codes, *neighbour, matched.clone())
            }
            None if is_look(&element.hir, Look::Start) => {
                let rest = compile(&self.elements[1..]).and_then(|regex| regex.find(place.text));
                let before = rest.map_or(String::new(), |found| place.said.show(0, found.start()));
                let problem =
                    format!("`^` is the beginning of the reading, and 「{before}」 stands before the rest");
                (problem, format!("let the pattern take 「{before}」 too, or leave `^` out"))
            }
            None if is_look(&element.hir, Look::End) => {
                let after = place.said.show(matched.end, place.text.len());
                let problem = format!("`$` is the end of the reading, and 「{after}」 goes on");
                (problem, format!("let the pattern take 「{after}」 too, or leave `$` out"))
            }
            None => place.words(element, &self.partly, matched.clone()),
        };
        NearMiss {
            rule,
            pattern,
            element: element.written.clone(),
            part: if element.part.chars().count() > PART { String::new() } else { element.part.clone() },
            matched: figure.said.show(matched.start, matched.end),
            problem,
            remedy,
            rank: self.rank(),
        }
    }
}

/// A reading with the way to show it.
struct Place<'f> {
    text: &'f str,
    at: usize,
    said: &'f Words,
}

impl Place<'_> {
    /// Why a slot found no quantity after `matched`.
    fn slot(
        &self,
        rules: &RuleSet,
        quantity: &Quantity,
        codes: &CodeSet,
        neighbour: bool,
        matched: Range<usize>,
    ) -> (String, String) {
        if neighbour {
            let problem = "no other quantity of this kind stands there".to_owned();
            return (problem, "the pattern wants two quantities in one reading".to_owned());
        }
        let takes = codes.0.contains(&crate::rules::code::Code::of(quantity));
        let figure = self.said.show(self.at, self.at + self.figure());
        let unit = rules.lexicon().label(quantity);
        let own = match (unit.as_str(), quantity.dimension) {
            (_, Dimension::Ordinal) => "an ordinal".to_owned(),
            ("", _) => "a number without a unit".to_owned(),
            (unit, dimension) => format!("{unit} ({})", dimension.name()),
        };
        if !takes {
            let problem = format!("it does not take {figure}, which is {own}");
            return (problem, format!("`{}` would", slot_for(quantity, &unit)));
        }
        if matched.end > self.at {
            let problem = format!("{figure} stands before what was matched, and the slot after it");
            return (problem, "write the slot in front".to_owned());
        }
        let between = self.said.show(matched.end, self.at);
        let problem = format!("「{between}」 stands before {figure}");
        let remedy = format!("let the pattern pass over 「{between}」");
        (problem, if between.is_empty() { String::new() } else { remedy })
    }

    /// Why words were not found after `matched`.
    fn words(&self, element: &Element, partly: &str, matched: Range<usize>) -> (String, String) {
        let follows = self.said.show(matched.end, self.text.len());
        let regex: Option<meta::Regex> = compile(std::slice::from_ref(element));
        let elsewhere = regex.as_ref().and_then(|regex| {
            let after = regex.find(Input::new(self.text).range(matched.end..));
            after.or_else(|| regex.find(self.text)).map(|found| found.range())
        });
        let words = words_of(&element.hir);
        let wanted = match &words[..] {
            [] => String::new(),
            words => words.iter().take(NAMED).map(|word| format!("「{word}」")).collect::<Vec<_>>().join(" "),
        };
        let more = words.len().saturating_sub(NAMED);
        let wanted = if more > 0 { format!("{wanted} … ({more} more)") } else { wanted };
        match elsewhere {
            Some(range) if range.start > matched.end && !range.is_empty() && !matched.is_empty() => {
                let between = self.said.show(matched.end, range.start);
                let there = self.said.show(range.start, range.end);
                let problem = format!("「{between}」 stands between what was matched and 「{there}」");
                (problem, format!("let the pattern pass over 「{between}」"))
            }
            Some(range) if range.start < matched.start || range.end < matched.end && !range.is_empty() => {
                let there = self.said.show(range.start, range.end);
                (
                    format!("「{there}」 stands before what was matched, not after it"),
                    "change the order of the two".to_owned(),
                )
            }
            _ => {
                let problem = match (matched.is_empty(), follows.is_empty()) {
                    _ if !partly.is_empty() => format!("of that the reading has only 「{partly}」"),
                    (true, _) => "the reading does not have it".to_owned(),
                    (false, true) => "the reading ends there".to_owned(),
                    (false, false) => format!("the reading goes on with 「{follows}」"),
                };
                (problem, if wanted.is_empty() { String::new() } else { format!("wanted: {wanted}") })
            }
        }
    }

    /// Bytes of the character that stands for the figure.
    fn figure(&self) -> usize {
        self.text[self.at..].chars().next().map_or(0, char::len_utf8)
    }
}

/// The narrowest slot that takes a quantity.
pub fn slot_for(quantity: &Quantity, unit: &str) -> String {
    let slot = SLOTS
        .iter()
        .find(|(name, dimension)| *dimension == quantity.dimension && *name != "quantity")
        .map_or("quantity", |(name, _)| *name);
    let only = matches!((quantity.dimension, unit), (Dimension::Percent, "%") | (Dimension::Points, _));
    if unit.is_empty() || only || quantity.per.is_some() || quantity.dimension == Dimension::Ordinal {
        format!("{{{slot}}}")
    } else {
        format!("{{{slot}:{unit}}}")
    }
}

fn is_look(hir: &Hir, look: Look) -> bool {
    matches!(hir.kind(), HirKind::Look(own) if *own == look)
}

/// The longest piece of a word that is in `text`, two characters at least; nothing of what is no word or is there whole.
fn part_of(hir: &Hir, text: &str) -> String {
    let HirKind::Literal(literal) = hir.kind() else { return String::new() };
    let word = str::from_utf8(&literal.0).unwrap_or_default();
    let places: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    let (most, mut best) = (places.len() - 1, "");
    if most > LONG || text.contains(word) {
        return String::new();
    }
    for start in 0..most {
        for end in start + 2..=most {
            let piece = &word[places[start]..places[end]];
            if piece.len() > best.len() && text.contains(piece) {
                best = piece;
            }
        }
    }
    best.to_owned()
}

/// How many characters a piece of a pattern must match at least; a slot counts two.
fn weight(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Literal(literal) => str::from_utf8(&literal.0).map_or(1, |text| text.chars().count()),
        HirKind::Class(Class::Unicode(class)) => {
            1 + usize::from(class.ranges().first().is_some_and(|range| is_reserved(range.start())))
        }
        HirKind::Capture(capture) => weight(&capture.sub),
        HirKind::Repetition(repetition) => weight(&repetition.sub) * (repetition.min as usize).min(8),
        HirKind::Concat(subs) => subs.iter().map(weight).sum(),
        HirKind::Alternation(subs) => subs.iter().map(weight).min().unwrap_or(0),
        _ => 0,
    }
}

/// How many letters that stand for themselves a piece of a pattern must match at least.
fn letters(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Literal(literal) => str::from_utf8(&literal.0).map_or(0, |text| text.chars().count()),
        HirKind::Capture(capture) => letters(&capture.sub),
        HirKind::Repetition(repetition) => letters(&repetition.sub) * (repetition.min as usize).min(8),
        HirKind::Concat(subs) => subs.iter().map(letters).sum(),
        HirKind::Alternation(subs) => subs.iter().map(letters).min().unwrap_or(0),
        _ => 0,
    }
}

/// The words that an element stands for, if they are few enough to be told.
fn words_of(hir: &Hir) -> Vec<String> {
    const MOST: usize = 64;
    let joined = |subs: &[Hir]| {
        subs.iter().map(words_of).try_fold(vec![String::new()], |left, right| {
            let pairs = || left.iter().flat_map(|a| right.iter().map(move |b| format!("{a}{b}")));
            (!right.is_empty() && left.len() * right.len() <= MOST).then(|| pairs().collect())
        })
    };
    match hir.kind() {
        HirKind::Empty => vec![String::new()],
        HirKind::Literal(literal) => {
            str::from_utf8(&literal.0).map(|text| vec![text.to_owned()]).unwrap_or_default()
        }
        HirKind::Class(Class::Unicode(class)) => {
            let size: usize = class.ranges().iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
            let all = || class.ranges().iter().flat_map(|range| range.start()..=range.end());
            if size <= MOST && !all().any(is_reserved) { all().map(String::from).collect() } else { vec![] }
        }
        HirKind::Capture(capture) => words_of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.max == Some(1) => {
            let mut words = words_of(&repetition.sub);
            if repetition.min == 0 && !words.is_empty() {
                words.push(String::new());
            }
            words
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => words_of(&repetition.sub),
        HirKind::Concat(subs) => joined(subs).unwrap_or_default(),
        HirKind::Alternation(subs) => {
            let all: Vec<Vec<String>> = subs.iter().map(words_of).collect();
            if all.iter().any(Vec::is_empty) { vec![] } else { all.concat() }
        }
        _ => vec![],
    }
}
