//! The syntax of patterns: a regex with slots and fragments, read and checked without knowing any unit.
//!
//! The build script compiles this file too, so that it can tell ahead of time what each built-in pattern requires; it
//! uses nothing but regex-syntax.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use regex_syntax::{
    ParserBuilder,
    ast::{self, Ast, GroupKind},
    hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition},
};

pub use super::program::SLOT_GROUP;

/// How deep fragments may stand in one another.
const FRAGMENT_DEPTH: usize = 16;
/// How long a pattern may be once its fragments stand in it.
const EXPANDED_LIMIT: usize = 256 * 1024;

/// The lists of `[words]` that are fragments too.
pub const WORD_FRAGMENTS: [&str; 6] = ["act", "attribute", "bare", "dependent", "predicate", "verb"];

/// What is wrong with a pattern, at which bytes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Its name, of those in docs/diagnostics.md.
    pub code: &'static str,
    /// Bytes of the pattern as written.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it; may be empty.
    pub help: String,
}

/// A slot as it is written: `{count:件|起}`, `{other:percent}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The dimension that it names, or `quantity`.
    pub name: String,
    /// The units that it is narrowed to.
    pub units: Vec<String>,
    /// Whether it is a neighbour and not the figure.
    pub neighbour: bool,
    /// Bytes of the pattern as written.
    pub span: Range<usize>,
}

impl Slot {
    /// The slot as it is written.
    pub fn shown(&self) -> String {
        let other = if self.neighbour { "other:" } else { "" };
        let units = if self.units.is_empty() { String::new() } else { format!(":{}", self.units.join("|")) };
        format!("{{{other}{}{units}}}", self.name)
    }
}

/// A pattern, read and checked; its slots are capture groups that hold nothing of meaning yet.
#[derive(Clone, Debug)]
pub struct Syntax {
    /// The regex.
    pub hir: Hir,
    /// Its slots.
    pub slots: Vec<Slot>,
    /// Names of the capture groups, empty for those without one.
    pub captures: Vec<String>,
    /// Names of the fragments that stand in it, and in those.
    pub fragments: BTreeSet<String>,
}

/// Where a stretch of the expanded pattern came from: bytes of the pattern as written.
struct Origin {
    expanded: usize,
    written: Range<usize>,
    /// Whether it is the written text itself, not a fragment's.
    own: bool,
}

/// The code of what is wrong with a slot, what it is, and how to mend it.
pub type SlotError = (&'static str, String, String);

struct Expansion<'a> {
    text: String,
    origins: Vec<Origin>,
    slots: Vec<Slot>,
    used: BTreeSet<String>,
    fragments: &'a BTreeMap<String, String>,
    check: &'a dyn Fn(&Slot) -> Result<(), SlotError>,
    /// Whether fragments stay out: one is checked by itself.
    alone: bool,
}

impl<'a> Expansion<'a> {
    fn new(
        fragments: &'a BTreeMap<String, String>,
        check: &'a dyn Fn(&Slot) -> Result<(), SlotError>,
        alone: bool,
    ) -> Self {
        let used = BTreeSet::new();
        Self { text: String::new(), origins: vec![], slots: vec![], used, fragments, check, alone }
    }
}

/// Reads a pattern with the fragments that it may name; `check` tells whether a slot is known.
pub fn parse(
    written: &str,
    fragments: &BTreeMap<String, String>,
    check: &dyn Fn(&Slot) -> Result<(), SlotError>,
) -> Result<Syntax, PatternError> {
    let mut expansion = Expansion::new(fragments, check, false);
    expansion.expand(written, None, 0)?;
    if !expansion.slots.iter().any(|slot| !slot.neighbour) {
        return Err(PatternError {
            code: "no-slot",
            span: 0..written.len(),
            message: "a pattern without a slot: no quantity would be its figure".into(),
            help: "write the figure as a slot: `{quantity}`, `{count:件}`, `{percent}` …".into(),
        });
    }
    let hir = expansion.regex()?;
    if let Some(slot) = beside_word_boundary(&hir, &expansion.slots) {
        return Err(PatternError {
            code: "word-boundary",
            span: slot,
            message: "`\\b` beside a slot: a quantity has no word boundary".into(),
            help: "leave `\\b` out".into(),
        });
    }
    if let Some(slot) = repeated(&hir, &expansion.slots) {
        return Err(PatternError {
            code: "repeated-slot",
            span: slot,
            message: "a repeated slot: it stands for exactly one quantity".into(),
            help: "write the slot once; other quantities are `{other:…}`".into(),
        });
    }
    if !has_figure(&hir, &expansion.slots) {
        return Err(PatternError {
            code: "no-figure",
            span: 0..written.len(),
            message: "not every alternative of the pattern holds the figure".into(),
            help: "write a slot in each alternative, or put the alternatives in a group beside the slot"
                .into(),
        });
    }
    let mut captures = Vec::new();
    names(&hir, &mut captures);
    Ok(Syntax { hir, slots: expansion.slots, captures, fragments: expansion.used })
}

/// Checks a fragment by itself, whether a pattern uses it or not; those that it is made of are checked apart.
pub fn check_fragment(
    written: &str,
    fragments: &BTreeMap<String, String>,
    check: &dyn Fn(&Slot) -> Result<(), SlotError>,
) -> Result<(), PatternError> {
    let mut expansion = Expansion::new(fragments, check, true);
    expansion.expand(written, None, 0)?;
    expansion.regex().map(drop)
}

/// The fragments that stand in a pattern or fragment.
pub fn fragments_in<'a>(
    written: &'a str,
    fragments: &'a BTreeMap<String, String>,
) -> impl Iterator<Item = &'a str> {
    let names = written.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    names.map(|(name, _)| name).filter(|name| fragments.contains_key(*name))
}

/// A piece of a pattern, one of several that follow one another.
#[derive(Clone, Debug)]
pub struct Piece {
    /// As its author wrote it; the whole fragment of what stands in one.
    pub written: String,
    /// What it is in that fragment; empty for what stands in none.
    pub part: String,
    /// Its regex, slots as capture groups.
    pub hir: Hir,
}

/// The alternatives of a pattern that [`parse`] has read, each cut into the pieces that follow one another, and its
/// slots; groups are opened where they hold nothing else.
pub fn pieces(written: &str, fragments: &BTreeMap<String, String>) -> (Vec<Vec<Piece>>, Vec<Slot>) {
    let mut expansion = Expansion::new(fragments, &|_| Ok(()), false);
    let expanded = expansion.expand(written, None, 0).is_ok();
    let Some(ast) = ast::parse::Parser::new().parse(&expansion.text).ok().filter(|_| expanded) else {
        return (vec![], vec![]);
    };
    let alternatives = match &ast {
        Ast::Alternation(alternation) => alternation.asts.iter().collect(),
        other => vec![other],
    };
    let cut = |ast: &Ast| {
        let mut places = Vec::new();
        flatten(ast, &expansion.text, &mut places);
        places.into_iter().filter_map(|place| expansion.piece(written, place)).collect()
    };
    (alternatives.into_iter().map(cut).collect(), expansion.slots)
}

/// The places in the expanded pattern of what follows one another; letters that touch are taken together.
fn flatten(ast: &Ast, text: &str, places: &mut Vec<Range<usize>>) {
    let place = ast.span().start.offset..ast.span().end.offset;
    let is_slot = |kind: &GroupKind| matches!(kind, GroupKind::CaptureName { name, .. } if name.name.starts_with(SLOT_GROUP));
    match ast {
        Ast::Concat(concat) => concat.asts.iter().for_each(|ast| flatten(ast, text, places)),
        Ast::Group(group)
            if !is_slot(&group.kind)
                && matches!(*group.ast, Ast::Concat(_) | Ast::Literal(_) | Ast::Group(_)) =>
        {
            flatten(&group.ast, text, places);
        }
        Ast::Literal(_) => match places.last_mut() {
            Some(last)
                if last.end == place.start && text[last.clone()].chars().all(char::is_alphanumeric) =>
            {
                last.end = place.end;
            }
            _ => places.push(place),
        },
        _ => places.push(place),
    }
}

/// Whether a character is reserved for quantities: both supplementary private-use planes.
pub const fn is_reserved(c: char) -> bool {
    c as u32 >= 0xF_0000
}

/// A list of words as a pattern, longest word first; one that matches nothing where there are none.
pub fn alternation<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words: Vec<String> = words.into_iter().map(regex_syntax::escape).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    if words.is_empty() { "[^\\s\\S]".to_owned() } else { words.join("|") }
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
                        bytes[i..].iter().position(|&byte| byte == b'}').map_or(bytes.len() - i, |n| n + 1)
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
                    let Some(length) = bytes[i..].iter().position(|&byte| byte == b'}') else {
                        return Err(PatternError {
                            code: "unclosed-slot",
                            span: at(i..written.len()),
                            message: "a slot or fragment that never closes".into(),
                            help: "close it with `}`".into(),
                        });
                    };
                    let place = i..i + length + 1;
                    if class > 0 {
                        return Err(PatternError {
                            code: "slot-in-class",
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
                            code: "private-use",
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
                    code: "pattern-too-long",
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
        let error = |code, message, help| PatternError { code, span: place.clone(), message, help };
        if self.alone && self.fragments.contains_key(inside) {
            self.push("(?:_)", place.clone(), Some(place));
            return Ok(());
        }
        if let Some(fragment) = self.fragments.get(inside) {
            if depth >= FRAGMENT_DEPTH {
                return Err(error(
                    "fragment-circle",
                    format!(
                        "fragment `{inside}` stands in itself, or fragments are nested over {FRAGMENT_DEPTH} deep"
                    ),
                    "take it out of its own definition".into(),
                ));
            }
            self.push("(?:", place.clone(), Some(place));
            self.used.insert(inside.to_owned());
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
            Some((name, units)) => (name, units.split('|').map(str::to_owned).collect()),
            None => (rest, vec![]),
        };
        let slot = Slot { name: name.to_owned(), units, neighbour, span: place.clone() };
        (self.check)(&slot).map_err(|(code, message, help)| error(code, message, help))?;
        let group = format!("(?<{SLOT_GROUP}{}>_)", self.slots.len());
        self.push(&group, place.clone(), Some(place));
        self.slots.push(slot);
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

    /// The regex of what was expanded.
    fn regex(&self) -> Result<Hir, PatternError> {
        ParserBuilder::new().nest_limit(64).build().parse(&self.text).map_err(|error| {
            let (span, what) = match &error {
                regex_syntax::Error::Parse(error) => (*error.span(), error.kind().to_string()),
                regex_syntax::Error::Translate(error) => (*error.span(), error.kind().to_string()),
                other => (ast::Span::splat(ast::Position::new(0, 1, 1)), other.to_string()),
            };
            let (code, help) = if what.contains("look-around") {
                ("look-around", "a pattern cannot look at what it does not match: write what may stand there as part of the match, a counter-example in `refuses`, or the rule that shall win in `over`")
            } else if what.contains("backreference") {
                ("back-reference", "a pattern cannot ask for the same words twice: write out the words that may stand there, `(?:市|区)…(?:市|区)`")
            } else {
                ("bad-regex", "")
            };
            let span = self.written(span.start.offset..span.end.offset);
            PatternError { code, span, message: format!("bad regex: {what}"), help: help.into() }
        })
    }

    fn piece(&self, written: &str, place: Range<usize>) -> Option<Piece> {
        let text = &self.text[place.clone()];
        let hir = ParserBuilder::new().nest_limit(64).build().parse(text).ok()?;
        let origin = |at: usize| {
            let index = self.origins.partition_point(|origin| origin.expanded <= at).max(1) - 1;
            self.origins.get(index)
        };
        let (first, last) = (origin(place.start)?, origin(place.end.saturating_sub(1))?);
        let inside = |origin: &Origin, at: usize| origin.written.start + at - origin.expanded;
        let start = if first.own { inside(first, place.start) } else { first.written.start };
        let end = if last.own { inside(last, place.end) } else { last.written.end };
        let own = first.own;
        let shown = written.get(start..end).unwrap_or_default();
        let part = if own { String::new() } else { self.readable(text) };
        let part = if part == shown { String::new() } else { part };
        Some(Piece { written: shown.to_owned(), part, hir })
    }

    /// A stretch of the expanded pattern with its slots as they are written.
    fn readable(&self, text: &str) -> String {
        let slots = self.slots.iter().enumerate();
        slots.fold(text.to_owned(), |out, (index, slot)| {
            out.replace(&format!("(?<{SLOT_GROUP}{index}>_)"), &slot.shown())
        })
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

/// The words of change right before a figure, made of the fragments `compared` and `reaching` where those are there.
pub fn change(fragments: &BTreeMap<String, String>) -> String {
    let mut pattern = "{compared}{reaching}$".to_owned();
    for _ in 0..8 {
        for (name, fragment) in fragments {
            pattern = pattern.replace(&format!("{{{name}}}"), &format!("(?:{fragment})"));
        }
    }
    pattern
}

/// One of the `times` of `[trim]`, before `end`; `None` where there are none.
pub fn time<T: AsRef<str>>(times: &[T], end: &str) -> Option<String> {
    let times: Vec<String> = times.iter().map(|time| format!("(?:{})", time.as_ref())).collect();
    (!times.is_empty()).then(|| format!("(?:{}){end}", times.join("|")))
}

/// What begins with a number that a guard may refuse, before `end`.
pub fn guarded(source: &str, end: &str) -> String {
    format!(r"\A(?:{source}){end}")
}

/// The slot that a capture group stands for.
pub fn slot_of<'a>(hir: &Hir, slots: &'a [Slot]) -> Option<&'a Slot> {
    let HirKind::Capture(Capture { name: Some(name), .. }) = hir.kind() else { return None };
    slots.get(name.strip_prefix(SLOT_GROUP)?.parse::<usize>().ok()?)
}

/// The same regex with what `slot` makes of slots, and no class that holds a reserved character; `groups` counts its
/// capture groups.
pub fn rewrite(hir: &Hir, slot: &dyn Fn(&Hir) -> Option<Hir>, groups: &mut u32) -> Result<Hir, String> {
    if let Some(slot) = slot(hir) {
        return Ok(slot);
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
            *groups += 1;
            let (index, name) = (*groups, capture.name.clone());
            let sub = Box::new(rewrite(&capture.sub, slot, groups)?);
            Hir::capture(Capture { index, name, sub })
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(rewrite(&repetition.sub, slot, groups)?))
        }
        HirKind::Concat(subs) => {
            Hir::concat(subs.iter().map(|sub| rewrite(sub, slot, groups)).collect::<Result<_, _>>()?)
        }
        HirKind::Alternation(subs) => {
            Hir::alternation(subs.iter().map(|sub| rewrite(sub, slot, groups)).collect::<Result<_, _>>()?)
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    })
}

/// The characters reserved for quantities: both supplementary private-use planes.
pub fn reserved() -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new('\u{F0000}', char::MAX)])
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

fn names(hir: &Hir, captures: &mut Vec<String>) {
    match hir.kind() {
        HirKind::Capture(Capture { name: Some(name), .. }) if name.starts_with(SLOT_GROUP) => {}
        HirKind::Capture(capture) => {
            captures.push(capture.name.as_deref().unwrap_or_default().to_owned());
            names(&capture.sub, captures);
        }
        HirKind::Repetition(repetition) => names(&repetition.sub, captures),
        HirKind::Concat(subs) | HirKind::Alternation(subs) => {
            for sub in subs {
                names(sub, captures);
            }
        }
        _ => {}
    }
}
