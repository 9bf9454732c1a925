//! Patterns: the regex of a rule with its slots, made safe so that only a slot can match a quantity.
//!
//! Slots become capture groups of their own before regex-syntax reads the pattern (it would fold `{percent}|.` into
//! one class otherwise); then the reserved characters are taken out of every other class, and the groups become the
//! classes of characters that the slots stand for. The last step waits until the pattern is first searched for.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, LazyLock},
};

use once_cell::sync::OnceCell;
use regex_automata::meta;
use regex_syntax::hir::{Class, Hir};

pub use super::syntax::PatternError;
use super::{
    builtin::{self, ShippedPattern, ShippedSlot},
    code::{Code, CodeBits, CodeSet, SLOTS},
    held::{Held, List, Texts},
    nearest::nearest,
    required::required,
    syntax::{self, Slot, SlotError, Syntax, slot_of},
};
use crate::recognise::lexicon::Lexicon;

/// How large one compiled rule may be.
pub(super) const COMPILED_LIMIT: usize = 1024 * 1024;
/// How large the cache of a search may grow, in each direction and thread.
const CACHE_LIMIT: usize = 256 * 1024;

/// Named fragments: those that word lists make take a while, and most runs read no pattern.
type Fragments = LazyLock<BTreeMap<String, String>, Box<dyn FnOnce() -> BTreeMap<String, String> + Send>>;

/// What the patterns of a rule set are made of.
pub struct Vocabulary {
    fragments: Fragments,
    /// Units.
    pub lexicon: Lexicon,
    /// What the slots of shipped patterns take, and their figures, once they were asked for.
    slots: Box<[OnceCell<CodeBits>]>,
    figures: Box<[OnceCell<CodeBits>]>,
}

impl Vocabulary {
    /// With fragments that are made when they are first asked for.
    pub fn new(
        fragments: impl FnOnce() -> BTreeMap<String, String> + Send + 'static,
        lexicon: Lexicon,
    ) -> Self {
        let cells = |count| (0..count).map(|_| OnceCell::new()).collect();
        Self {
            fragments: LazyLock::new(Box::new(fragments)),
            lexicon,
            slots: cells(builtin::SLOTS.len()),
            figures: cells(builtin::FIGURES.len()),
        }
    }

    /// Named fragments.
    pub fn fragments(&self) -> &BTreeMap<String, String> {
        &self.fragments
    }

    /// Whether a slot of shipped patterns takes a character.
    pub(super) fn takes(&self, slot: usize, character: char) -> bool {
        let code = builtin::SLOTS.get(slot).and_then(|slot| Code::read(character, slot.neighbour));
        code.is_some_and(|code| self.slot(slot).is_some_and(|bits| bits.has(code)))
    }

    /// The codes that a slot of shipped patterns takes.
    fn slot(&self, slot: usize) -> Option<&CodeBits> {
        let shipped = builtin::SLOTS.get(slot)?;
        let all = || codes(&shipped.name, shipped.units.iter().map(|unit| &**unit), &self.lexicon).bits();
        Some(self.slots.get(slot)?.get_or_init(all))
    }

    /// The codes of the figures of shipped patterns with these slots.
    fn figure(&self, figure: usize) -> Option<&CodeBits> {
        let slots = *builtin::FIGURES.get(figure)?;
        let all = || slots.iter().filter_map(|&slot| self.slot(usize::from(slot))).collect();
        Some(self.figures.get(figure)?.get_or_init(all))
    }
}

/// Every rule holds it, so that it is not shown with each.
impl fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vocabulary").finish_non_exhaustive()
    }
}

/// A pattern, checked.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub written: Held,
    figure: Figure,
    /// Of each of these lists at least one word stands in every match; many patterns have the same ones.
    pub required: List<Texts>,
    /// Names of the capture groups.
    pub captures: Texts,
}

/// The codes that the figure of a pattern may have.
#[derive(Clone, Debug)]
enum Figure {
    /// By the number among those of shipped patterns.
    Shipped(usize),
    Own(Arc<CodeBits>),
}

/// Why a pattern does not compile.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// Its own text is wrong.
    #[error("{}", .0.message)]
    Pattern(PatternError),
    /// It is too large.
    #[error(transparent)]
    Build(Box<meta::BuildError>),
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(written: &str, vocabulary: &Vocabulary) -> Result<Self, PatternError> {
        let syntax = read(written, vocabulary)?;
        rewrite(&syntax.hir, &syntax.slots, &vocabulary.lexicon).map_err(|message| PatternError {
            code: "private-use",
            span: 0..written.len(),
            message,
            help: String::new(),
        })?;
        Ok(Self {
            written: written.to_owned().into(),
            figure: Figure::Own(Arc::new(figure(&syntax.slots, &vocabulary.lexicon).bits())),
            required: required(&syntax.hir).into_iter().map(texts).collect(),
            captures: texts(syntax.captures),
        })
    }

    /// A pattern of which the build found out what takes long.
    pub(super) fn shipped(shipped: &'static ShippedPattern) -> Self {
        Self {
            written: shipped.written.clone(),
            figure: Figure::Shipped(usize::from(shipped.figure)),
            required: shipped.required.into(),
            captures: shipped.captures.into(),
        }
    }

    /// Whether the figure may have this code.
    pub fn accepts(&self, code: Code, vocabulary: &Vocabulary) -> bool {
        match &self.figure {
            Figure::Shipped(figure) => vocabulary.figure(*figure).is_some_and(|figure| figure.has(code)),
            Figure::Own(figure) => figure.has(code),
        }
    }

    /// The regex with slots as classes.
    pub fn hir(&self, vocabulary: &Vocabulary) -> Result<Hir, PatternError> {
        let syntax = read(&self.written, vocabulary)?;
        rewrite(&syntax.hir, &syntax.slots, &vocabulary.lexicon).map_err(|message| PatternError {
            code: "private-use",
            span: 0..self.written.len(),
            message,
            help: String::new(),
        })
    }

    /// Compiles it with the vocabulary that it was read with: for `few` searches in half the time, for many of them
    /// so that they are fast.
    pub fn compile(&self, vocabulary: &Vocabulary, few: bool) -> Result<meta::Regex, CompileError> {
        let hir = self.hir(vocabulary).map_err(CompileError::Pattern)?;
        let config = meta::Config::new()
            .nfa_size_limit(Some(COMPILED_LIMIT))
            .onepass_size_limit(Some(COMPILED_LIMIT))
            .hybrid_cache_capacity(CACHE_LIMIT)
            .hybrid(!few)
            .onepass(!few)
            .auto_prefilter(!few)
            .dfa(!few);
        let regex = meta::Builder::new().configure(config).build_from_hir(&hir);
        regex.map_err(|error| CompileError::Build(Box::new(error)))
    }
}

fn texts(texts: Vec<String>) -> Texts {
    texts.into_iter().map(Held::from).collect()
}

/// What is wrong with a slot, if anything: its dimension or one of its units is not known.
fn check(slot: &Slot, vocabulary: &Vocabulary) -> Result<(), SlotError> {
    let Some(codes) = CodeSet::of_slot(&slot.name, &vocabulary.lexicon) else {
        let known = SLOTS.iter().map(|(slot, _)| *slot);
        let known = known.chain(vocabulary.fragments().keys().map(String::as_str));
        let help = nearest(&slot.name, known).map_or_else(
            || "slots are `{quantity}`, `{count}`, `{percent}` …; fragments stand in [define]".to_owned(),
            |near| format!("did you mean `{{{near}}}`?"),
        );
        return Err(("unknown-slot", format!("unknown slot or fragment `{}`", slot.shown()), help));
    };
    match slot.units.iter().find(|unit| code(unit, &vocabulary.lexicon).is_none_or(|c| !codes.0.contains(&c)))
    {
        None => Ok(()),
        Some(unit) => {
            let units = vocabulary.lexicon.units().filter(|(id, _)| codes.0.contains(&Code(id.0)));
            let near = nearest(unit, units.map(|(_, unit)| &*unit.name));
            let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
            Err(("unknown-unit", format!("`{unit}` is no unit of `{{{}}}`", slot.name), help))
        }
    }
}

fn code(unit: &str, lexicon: &Lexicon) -> Option<Code> {
    lexicon.find(unit).map(|id| Code(id.0))
}

fn read(written: &str, vocabulary: &Vocabulary) -> Result<Syntax, PatternError> {
    syntax::parse(written, vocabulary.fragments(), &|slot| check(slot, vocabulary))
}

/// Checks a fragment by itself.
pub(super) fn check_fragment(written: &str, vocabulary: &Vocabulary) -> Result<(), PatternError> {
    syntax::check_fragment(written, vocabulary.fragments(), &|slot| check(slot, vocabulary))
}

/// The codes that a slot stands for, as far as the lexicon knows its units.
fn codes<'a>(name: &str, units: impl Iterator<Item = &'a str>, lexicon: &Lexicon) -> CodeSet {
    let mut units = units.peekable();
    if units.peek().is_none() {
        return CodeSet::of_slot(name, lexicon).unwrap_or_default();
    }
    let mut codes = CodeSet::default();
    codes.union(&CodeSet(units.filter_map(|unit| code(unit, lexicon)).collect()));
    codes
}

/// The same of a slot that was read.
pub(super) fn codes_of(slot: &Slot, lexicon: &Lexicon) -> CodeSet {
    codes(&slot.name, slot.units.iter().map(String::as_str), lexicon)
}

/// The codes that the figure may have, of all slots for it.
fn figure(slots: &[Slot], lexicon: &Lexicon) -> CodeSet {
    let mut figure = CodeSet::default();
    for slot in slots.iter().filter(|slot| !slot.neighbour) {
        figure.union(&codes_of(slot, lexicon));
    }
    figure
}

/// Whether every slot of a shipped pattern is known.
pub(super) fn knows(shipped: &ShippedPattern, vocabulary: &Vocabulary) -> bool {
    let known = |shipped: &ShippedSlot| {
        let (name, units) = (shipped.name.to_string(), shipped.units.iter().map(ToString::to_string));
        let slot = Slot { name, units: units.collect(), neighbour: shipped.neighbour, span: 0..0 };
        check(&slot, vocabulary).is_ok()
    };
    shipped.slots.iter().all(|&slot| builtin::SLOTS.get(usize::from(slot)).is_some_and(known))
}

/// The same regex with slots as classes, and no other class that holds a reserved character.
pub(super) fn rewrite(hir: &Hir, slots: &[Slot], lexicon: &Lexicon) -> Result<Hir, String> {
    let class = |slot: &Slot| Hir::class(Class::Unicode(codes_of(slot, lexicon).class(slot.neighbour)));
    syntax::rewrite(hir, &|hir| slot_of(hir, slots).map(class), &mut 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{quantity::Dimension, rules::code::Code};

    fn vocabulary() -> Vocabulary {
        Vocabulary::new(BTreeMap::new, Lexicon::builtin().clone())
    }

    fn compiled(written: &str) -> meta::Regex {
        Pattern::parse(written, &vocabulary()).unwrap().compile(&vocabulary(), false).unwrap()
    }

    fn required(written: &str) -> Vec<Vec<String>> {
        let required = Pattern::parse(written, &vocabulary()).unwrap().required;
        required.iter().map(|words| words.iter().map(ToString::to_string).collect()).collect()
    }

    fn figure(dimension: Dimension) -> String {
        Code::of_dimension(dimension).figure().to_string()
    }

    #[test]
    fn only_a_slot_matches_a_quantity() {
        let neighbour = Code::of_dimension(Dimension::Percent).neighbour();
        let percent = figure(Dimension::Percent);
        for any in [".", "[^甲]", r"\S", r"\W", r"\D", r"\P{Han}", r"[\s\S]", "(?s:.)"] {
            let regex = compiled(&format!("甲{any}{{percent}}"));
            assert!(!regex.is_match(&format!("甲{neighbour}{percent}")), "{any} matches a neighbour");
            assert!(!regex.is_match(&format!("甲{percent}{percent}")), "{any} matches a figure");
        }
        let regex = compiled("甲{other:percent}{percent}");
        assert!(regex.is_match(&format!("甲{neighbour}{percent}")));
    }

    #[test]
    fn a_slot_in_an_alternation_stays_apart() {
        let regex = compiled("(?:{percent}|{points})");
        assert!(regex.is_match(&figure(Dimension::Percent)));
        assert!(!regex.is_match(&figure(Dimension::Money)));
        assert!(Pattern::parse("{percent}|.", &vocabulary()).is_err());
    }

    #[test]
    fn required_words_are_those_that_stand_in_every_match() {
        assert_eq!(required("(?:完成|实现)?满意率达?{percent}"), [["满意率"]]);
        assert_eq!(
            required("粮食(?:产量|总产).*(?:增长|提高).{percent}"),
            [vec!["粮食"], vec!["产量", "总产"], vec!["增长", "提高"]]
        );
        assert_eq!(required(".*{percent}"), Vec::<Vec<String>>::new());
    }
}
