//! Patterns: the regex of a rule with its slots, made safe so that only a slot can match a quantity.
//!
//! Slots become capture groups of their own before regex-syntax reads the pattern (it would fold `{percent}|.` into
//! one class otherwise); then the reserved characters are taken out of every other class, and the groups become the
//! classes of characters that the slots stand for.

use std::{collections::BTreeMap, ops::Range};

use regex_automata::meta;
use regex_syntax::{
    ParserBuilder,
    hir::{Capture, Class, Hir, HirKind, Look, Repetition},
};

use super::{
    code::{CodeSet, SLOTS, is_reserved, reserved},
    diagnostic::nearest,
};
use crate::recognise::lexicon::Lexicon;

/// Prefix of the capture groups that stand for slots while regex-syntax reads the pattern.
const SLOT_GROUP: &str = "kpislot";
/// How deep fragments may stand in one another.
const FRAGMENT_DEPTH: usize = 16;
/// How long a pattern may be once its fragments stand in it.
const EXPANDED_LIMIT: usize = 256 * 1024;
/// How large one compiled rule may be.
const COMPILED_LIMIT: usize = 1024 * 1024;

/// What is wrong with a pattern, at which bytes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Bytes of the pattern as written.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it; may be empty.
    pub help: String,
}

/// A pattern, parsed and checked, ready to be compiled.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The regex with slots as classes.
    pub hir: Hir,
    /// The codes that the figure may have.
    pub figure: CodeSet,
    /// At least one of these stands in every match; empty when nothing is required.
    pub required: Vec<String>,
    /// Names of the capture groups.
    pub captures: Vec<String>,
}

#[derive(Clone, Debug)]
struct Slot {
    codes: CodeSet,
    neighbour: bool,
    span: Range<usize>,
}

/// Where a stretch of the expanded pattern came from: bytes of the pattern as written.
struct Origin {
    expanded: usize,
    written: Range<usize>,
    /// Whether it is the written text itself, not a fragment's.
    own: bool,
}

struct Expansion<'a> {
    text: String,
    origins: Vec<Origin>,
    slots: Vec<Slot>,
    fragments: &'a BTreeMap<String, String>,
    lexicon: &'a Lexicon,
}

impl Pattern {
    /// Reads a pattern with the fragments that it may name.
    pub fn parse(
        written: &str,
        fragments: &BTreeMap<String, String>,
        lexicon: &Lexicon,
    ) -> Result<Self, PatternError> {
        let mut expansion =
            Expansion { text: String::new(), origins: vec![], slots: vec![], fragments, lexicon };
        expansion.expand(written, None, 0)?;
        if !expansion.slots.iter().any(|slot| !slot.neighbour) {
            return Err(PatternError {
                span: 0..written.len(),
                message: "a pattern without a slot: no quantity would be its figure".into(),
                help: "write the figure as a slot: `{quantity}`, `{count:件}`, `{percent}` …".into(),
            });
        }
        let hir = ParserBuilder::new().nest_limit(64).build().parse(&expansion.text).map_err(|error| {
            let (start, end, what) = match &error {
                regex_syntax::Error::Parse(e) => (e.span().start.offset, e.span().end.offset, e.kind().to_string()),
                regex_syntax::Error::Translate(e) => {
                    (e.span().start.offset, e.span().end.offset, e.kind().to_string())
                }
                other => (0, expansion.text.len(), other.to_string()),
            };
            let help = if what.contains("look-around") || what.contains("backreference") {
                "look-around and back-references are not supported: say what may stand there, or use `refuses` and `over`"
            } else {
                ""
            };
            PatternError { span: expansion.written(start..end), message: format!("bad regex: {what}"), help: help.into() }
        })?;
        if let Some(slot) = beside_word_boundary(&hir, &expansion.slots) {
            return Err(PatternError {
                span: slot,
                message: "`\\b` beside a slot: a quantity has no word boundary".into(),
                help: "leave `\\b` out".into(),
            });
        }
        if let Some(slot) = repeated(&hir, &expansion.slots) {
            return Err(PatternError {
                span: slot,
                message: "a repeated slot: it stands for exactly one quantity".into(),
                help: "write the slot once; other quantities are `{other:…}`".into(),
            });
        }
        if !has_figure(&hir, &expansion.slots) {
            return Err(PatternError {
                span: 0..written.len(),
                message: "not every alternative of the pattern holds the figure".into(),
                help: "write a slot in each alternative, or put the alternatives in a group beside the slot"
                    .into(),
            });
        }
        let mut captures = Vec::new();
        let hir = rewrite(&hir, &expansion.slots, &mut captures).map_err(|message| PatternError {
            span: 0..written.len(),
            message,
            help: String::new(),
        })?;
        let mut figure = CodeSet::default();
        for slot in expansion.slots.iter().filter(|slot| !slot.neighbour) {
            figure.union(&slot.codes);
        }
        let required = required(&hir).unwrap_or_default();
        Ok(Self { hir, figure, required, captures })
    }

    /// Compiles it.
    pub fn compile(&self) -> Result<meta::Regex, Box<meta::BuildError>> {
        meta::Builder::new()
            .configure(
                meta::Config::new()
                    .nfa_size_limit(Some(COMPILED_LIMIT))
                    .onepass_size_limit(Some(COMPILED_LIMIT)),
            )
            .build_from_hir(&self.hir)
            .map_err(Box::new)
    }
}

impl Expansion<'_> {
    /// Appends `written` with its slots and fragments replaced; `within` is the place of the outermost fragment.
    fn expand(
        &mut self,
        written: &str,
        within: Option<&Range<usize>>,
        depth: usize,
    ) -> Result<(), PatternError> {
        let at = |range: Range<usize>| within.cloned().unwrap_or(range);
        let bytes = written.as_bytes();
        let mut copied = 0;
        let mut i = 0;
        let mut class = 0usize;
        while i < bytes.len() {
            match bytes[i] {
                b'\\' => {
                    // `\p{Han}`, `\x{4E00}`: their braces are no slots.
                    let braced = matches!(bytes.get(i + 1), Some(b'p' | b'P' | b'x' | b'u' | b'U'))
                        && bytes.get(i + 2) == Some(&b'{');
                    i += if braced {
                        memchr::memchr(b'}', &bytes[i..]).map_or(bytes.len() - i, |n| n + 1)
                    } else {
                        2
                    };
                }
                b'[' => {
                    class += 1;
                    i += 1;
                }
                b']' if class > 0 => {
                    class -= 1;
                    i += 1;
                }
                b'{' if bytes.get(i + 1).is_some_and(u8::is_ascii_lowercase) => {
                    let Some(length) = memchr::memchr(b'}', &bytes[i..]) else {
                        return Err(PatternError {
                            span: at(i..written.len()),
                            message: "a slot or fragment that never closes".into(),
                            help: "close it with `}`".into(),
                        });
                    };
                    let place = i..i + length + 1;
                    if class > 0 {
                        return Err(PatternError {
                            span: at(place),
                            message: "a slot in a class: it is no single character of the text".into(),
                            help: "write an alternation: `(?:{percent}|[…])`".into(),
                        });
                    }
                    self.push(&written[copied..i], copied..i, within);
                    self.brace(&written[i + 1..i + length], &at(place.clone()), depth)?;
                    i = place.end;
                    copied = i;
                }
                _ => {
                    let c = written[i..].chars().next().unwrap_or(' ');
                    if is_reserved(c) || ('\u{E000}'..='\u{F8FF}').contains(&c) {
                        return Err(PatternError {
                            span: at(i..i + c.len_utf8()),
                            message: "a private-use character: they stand for quantities".into(),
                            help: "write a slot".into(),
                        });
                    }
                    i += c.len_utf8();
                }
            }
            if self.text.len() > EXPANDED_LIMIT {
                return Err(PatternError {
                    span: at(0..written.len()),
                    message: format!("the pattern is longer than {EXPANDED_LIMIT} bytes with its fragments"),
                    help: String::new(),
                });
            }
        }
        self.push(&written[copied..], copied..written.len(), within);
        Ok(())
    }

    fn brace(&mut self, inside: &str, place: &Range<usize>, depth: usize) -> Result<(), PatternError> {
        let error = |message: String, help: String| PatternError { span: place.clone(), message, help };
        if let Some(fragment) = self.fragments.get(inside) {
            if depth >= FRAGMENT_DEPTH {
                return Err(error(
                    format!(
                        "fragment `{inside}` stands in itself, or fragments are nested over {FRAGMENT_DEPTH} deep"
                    ),
                    "take it out of its own definition".into(),
                ));
            }
            self.push("(?:", place.clone(), Some(place));
            let fragment = fragment.clone();
            self.expand(&fragment, Some(place), depth + 1)?;
            self.push(")", place.clone(), Some(place));
            return Ok(());
        }
        let (neighbour, rest) = match inside.strip_prefix("other:") {
            Some(rest) => (true, rest),
            None => (false, inside),
        };
        let (name, units) = match rest.split_once(':') {
            Some((name, units)) => (name, Some(units)),
            None => (rest, None),
        };
        let Some(mut codes) = CodeSet::of_slot(name, self.lexicon) else {
            let known = SLOTS.iter().map(|(slot, _)| *slot).chain(self.fragments.keys().map(String::as_str));
            let help = nearest(name, known).map_or_else(
                || "slots are `{quantity}`, `{count}`, `{percent}` …; fragments stand in [define]".to_owned(),
                |near| format!("did you mean `{{{near}}}`?"),
            );
            return Err(error(format!("unknown slot or fragment `{{{inside}}}`"), help));
        };
        if let Some(units) = units {
            let dimension = codes;
            codes = CodeSet::default();
            for unit in units.split('|') {
                let code = self.lexicon.find(unit).map(|id| super::code::Code(id.0));
                match code.filter(|code| dimension.0.contains(code)) {
                    Some(code) => codes.union(&CodeSet(vec![code])),
                    None => return Err(error(format!("`{unit}` is no unit of `{{{name}}}`"), String::new())),
                }
            }
        }
        let group = format!("(?<{SLOT_GROUP}{}>_)", self.slots.len());
        self.push(&group, place.clone(), Some(place));
        self.slots.push(Slot { codes, neighbour, span: place.clone() });
        Ok(())
    }

    fn push(&mut self, text: &str, written: Range<usize>, within: Option<&Range<usize>>) {
        self.origins.push(Origin {
            expanded: self.text.len(),
            written: within.cloned().unwrap_or(written),
            own: within.is_none(),
        });
        self.text.push_str(text);
    }

    /// The bytes of the pattern as written that `expanded` came from.
    fn written(&self, expanded: Range<usize>) -> Range<usize> {
        let place = |offset: usize, end: bool| {
            let i = self.origins.partition_point(|o| o.expanded <= offset).max(1) - 1;
            self.origins.get(i).map_or(0, |o| match (o.own, end) {
                (true, _) => (o.written.start + offset - o.expanded).min(o.written.end),
                (false, false) => o.written.start,
                (false, true) => o.written.end,
            })
        };
        let start = place(expanded.start, false);
        start..place(expanded.end.max(expanded.start + 1), true).max(start)
    }
}

fn slot_of<'a>(hir: &Hir, slots: &'a [Slot]) -> Option<&'a Slot> {
    let HirKind::Capture(Capture { name: Some(name), .. }) = hir.kind() else { return None };
    slots.get(name.strip_prefix(SLOT_GROUP)?.parse::<usize>().ok()?)
}

fn has_figure(hir: &Hir, slots: &[Slot]) -> bool {
    if let Some(slot) = slot_of(hir, slots) {
        return !slot.neighbour;
    }
    match hir.kind() {
        HirKind::Concat(subs) => subs.iter().any(|sub| has_figure(sub, slots)),
        HirKind::Alternation(subs) => subs.iter().all(|sub| has_figure(sub, slots)),
        HirKind::Capture(capture) => has_figure(&capture.sub, slots),
        HirKind::Repetition(repetition) => repetition.min > 0 && has_figure(&repetition.sub, slots),
        _ => false,
    }
}

fn repeated(hir: &Hir, slots: &[Slot]) -> Option<Range<usize>> {
    match hir.kind() {
        HirKind::Repetition(Repetition { sub, max, .. }) if *max != Some(1) => {
            any_slot(sub, slots).or_else(|| repeated(sub, slots))
        }
        HirKind::Repetition(Repetition { sub, .. }) => match slot_of(sub, slots) {
            Some(slot) => Some(slot.span.clone()),
            None => repeated(sub, slots),
        },
        HirKind::Capture(capture) if slot_of(hir, slots).is_none() => repeated(&capture.sub, slots),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => {
            subs.iter().find_map(|sub| repeated(sub, slots))
        }
        _ => None,
    }
}

fn any_slot(hir: &Hir, slots: &[Slot]) -> Option<Range<usize>> {
    if let Some(slot) = slot_of(hir, slots) {
        return Some(slot.span.clone());
    }
    match hir.kind() {
        HirKind::Capture(capture) => any_slot(&capture.sub, slots),
        HirKind::Repetition(repetition) => any_slot(&repetition.sub, slots),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => {
            subs.iter().find_map(|sub| any_slot(sub, slots))
        }
        _ => None,
    }
}

fn beside_word_boundary(hir: &Hir, slots: &[Slot]) -> Option<Range<usize>> {
    match hir.kind() {
        HirKind::Concat(subs) => subs
            .windows(2)
            .find_map(|pair| match (is_boundary(&pair[0]), is_boundary(&pair[1])) {
                (true, false) => slot_of(&pair[1], slots),
                (false, true) => slot_of(&pair[0], slots),
                _ => None,
            })
            .map(|slot| slot.span.clone())
            .or_else(|| subs.iter().find_map(|sub| beside_word_boundary(sub, slots))),
        HirKind::Alternation(subs) => subs.iter().find_map(|sub| beside_word_boundary(sub, slots)),
        HirKind::Capture(capture) => beside_word_boundary(&capture.sub, slots),
        HirKind::Repetition(repetition) => beside_word_boundary(&repetition.sub, slots),
        _ => None,
    }
}

fn is_boundary(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Look(look) => !matches!(look, Look::Start | Look::End | Look::StartLF | Look::EndLF),
        _ => false,
    }
}

/// The same regex with slots as classes, and no other class that holds a reserved character.
fn rewrite(hir: &Hir, slots: &[Slot], captures: &mut Vec<String>) -> Result<Hir, String> {
    if let Some(slot) = slot_of(hir, slots) {
        return Ok(Hir::class(Class::Unicode(slot.codes.class(slot.neighbour))));
    }
    Ok(match hir.kind() {
        HirKind::Literal(literal) => {
            let reserved = std::str::from_utf8(&literal.0).is_ok_and(|text| text.chars().any(is_reserved));
            if reserved {
                return Err("a private-use character: they stand for quantities, write a slot".into());
            }
            hir.clone()
        }
        HirKind::Class(Class::Unicode(class)) => {
            let mut class = class.clone();
            class.difference(&reserved());
            Hir::class(Class::Unicode(class))
        }
        HirKind::Capture(capture) => {
            let name = capture.name.clone();
            captures.push(name.as_deref().unwrap_or_default().to_owned());
            let index = captures.len() as u32;
            let sub = Box::new(rewrite(&capture.sub, slots, captures)?);
            Hir::capture(Capture { index, name, sub })
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(rewrite(&repetition.sub, slots, captures)?))
        }
        HirKind::Concat(subs) => {
            Hir::concat(subs.iter().map(|sub| rewrite(sub, slots, captures)).collect::<Result<_, _>>()?)
        }
        HirKind::Alternation(subs) => {
            Hir::alternation(subs.iter().map(|sub| rewrite(sub, slots, captures)).collect::<Result<_, _>>()?)
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    })
}

/// Words of which at least one stands in every match: the rule's trigger.
fn required(hir: &Hir) -> Option<Vec<String>> {
    const MOST: usize = 64;
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            (!text.chars().any(is_reserved)).then(|| vec![text.to_owned()])
        }
        HirKind::Class(Class::Unicode(class)) => {
            let size: usize = class.ranges().iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
            let words = || class.ranges().iter().flat_map(|r| r.start()..=r.end());
            (size <= 8 && !words().any(is_reserved)).then(|| words().map(String::from).collect())
        }
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Concat(subs) => subs
            .iter()
            .filter_map(required)
            .max_by_key(|words| words.iter().map(String::len).min().unwrap_or(0) * 100 / (words.len() + 4)),
        HirKind::Alternation(subs) => {
            let words: Vec<String> = subs.iter().map(required).collect::<Option<Vec<_>>>()?.concat();
            (words.len() <= MOST).then_some(words)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{quantity::Dimension, rules::code::Code};

    fn pattern(written: &str) -> Pattern {
        Pattern::parse(written, &BTreeMap::new(), Lexicon::builtin()).unwrap()
    }

    fn figure(dimension: Dimension) -> String {
        Code::of_dimension(dimension).figure().to_string()
    }

    #[test]
    fn only_a_slot_matches_a_quantity() {
        let neighbour = Code::of_dimension(Dimension::Percent).neighbour();
        let percent = figure(Dimension::Percent);
        for any in [".", "[^甲]", r"\S", r"\W", r"\D", r"\P{Han}", r"[\s\S]", "(?s:.)"] {
            let regex = pattern(&format!("甲{any}{{percent}}")).compile().unwrap();
            assert!(!regex.is_match(&format!("甲{neighbour}{percent}")), "{any} matches a neighbour");
            assert!(!regex.is_match(&format!("甲{percent}{percent}")), "{any} matches a figure");
        }
        let regex = pattern("甲{other:percent}{percent}").compile().unwrap();
        assert!(regex.is_match(&format!("甲{neighbour}{percent}")));
    }

    #[test]
    fn a_slot_in_an_alternation_stays_apart() {
        let parsed = pattern("(?:{percent}|{points})");
        let regex = parsed.compile().unwrap();
        assert!(regex.is_match(&figure(Dimension::Percent)));
        assert!(!regex.is_match(&figure(Dimension::Money)));
        assert!(Pattern::parse("{percent}|.", &BTreeMap::new(), Lexicon::builtin()).is_err());
    }

    #[test]
    fn required_words_are_those_that_stand_in_every_match() {
        assert_eq!(pattern("(?:完成|实现)?满意率达?{percent}").required, ["满意率"]);
        assert_eq!(pattern(".*{percent}").required, Vec::<String>::new());
    }
}
