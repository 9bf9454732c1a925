//! Patterns: the regex of a rule with its slots, made safe so that only a slot can match a quantity.
//!
//! Slots become capture groups of their own before regex-syntax reads the pattern (it would fold `{percent}|.` into
//! one class otherwise); then the reserved characters are taken out of every other class, and the groups become the
//! classes of characters that the slots stand for. The last step waits until the pattern is first searched for.

use std::{collections::BTreeMap, fmt, sync::Arc};

use regex_automata::{
    meta,
    nfa::thompson::backtrack::{self, BoundedBacktracker},
};
use regex_syntax::hir::{Class, Hir};

pub use super::syntax::PatternError;
use super::{
    builtin::{ShippedPattern, ShippedSlot},
    code::{Code, CodeSet, SLOTS},
    nearest::nearest,
    program,
    required::required,
    syntax::{self, Slot, SlotError, Syntax, slot_of},
};
use crate::recognise::lexicon::Lexicon;

/// How large one compiled rule may be.
pub(super) const COMPILED_LIMIT: usize = 1024 * 1024;
/// How large the cache of a search may grow, in each direction and thread.
const CACHE_LIMIT: usize = 256 * 1024;

/// How much a search by backtracking may remember, in bytes; a longer text is searched otherwise.
const VISITED: usize = 1024 * 1024;

/// What the patterns of a rule set are made of.
pub struct Vocabulary {
    /// Named fragments.
    pub fragments: BTreeMap<String, String>,
    /// Units.
    pub lexicon: Lexicon,
}

/// Every rule holds it, so that it is not shown with each.
impl fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vocabulary").finish_non_exhaustive()
    }
}

/// Words of which at least one stands in every match; many patterns have the same ones.
pub type Required = Arc<[String]>;

/// A pattern, checked.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As written.
    pub written: String,
    /// The codes that the figure may have.
    pub figure: Arc<CodeSet>,
    /// Of each of these lists at least one word stands in every match.
    pub required: Vec<Required>,
    /// Names of the capture groups.
    pub captures: Vec<String>,
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
            written: written.to_owned(),
            figure: Arc::new(figure(&syntax.slots, &vocabulary.lexicon)),
            required: required(&syntax.hir).into_iter().map(Arc::from).collect(),
            captures: syntax.captures,
        })
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

/// What is wrong with a slot, if anything: its dimension or one of its units is not known.
fn check(slot: &Slot, vocabulary: &Vocabulary) -> Result<(), SlotError> {
    let Some(codes) = CodeSet::of_slot(&slot.name, &vocabulary.lexicon) else {
        let known = SLOTS.iter().map(|(slot, _)| *slot);
        let known = known.chain(vocabulary.fragments.keys().map(String::as_str));
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
            let near = nearest(unit, units.map(|(_, unit)| unit.name.as_str()));
            let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
            Err(("unknown-unit", format!("`{unit}` is no unit of `{{{}}}`", slot.name), help))
        }
    }
}

fn code(unit: &str, lexicon: &Lexicon) -> Option<Code> {
    lexicon.find(unit).map(|id| Code(id.0))
}

fn read(written: &str, vocabulary: &Vocabulary) -> Result<Syntax, PatternError> {
    syntax::parse(written, &vocabulary.fragments, &|slot| check(slot, vocabulary))
}

/// Checks a fragment by itself.
pub(super) fn check_fragment(written: &str, vocabulary: &Vocabulary) -> Result<(), PatternError> {
    syntax::check_fragment(written, &vocabulary.fragments, &|slot| check(slot, vocabulary))
}

/// The codes that a slot stands for, as far as the lexicon knows its units.
pub(super) fn codes(slot: &Slot, lexicon: &Lexicon) -> CodeSet {
    if slot.units.is_empty() {
        return CodeSet::of_slot(&slot.name, lexicon).unwrap_or_default();
    }
    let mut codes = CodeSet::default();
    codes.union(&CodeSet(slot.units.iter().filter_map(|unit| code(unit, lexicon)).collect()));
    codes
}

/// The codes that the figure may have, of all slots for it.
pub fn figure<'a>(slots: impl IntoIterator<Item = &'a Slot>, lexicon: &Lexicon) -> CodeSet {
    let mut figure = CodeSet::default();
    for slot in slots.into_iter().filter(|slot| !slot.neighbour) {
        figure.union(&codes(slot, lexicon));
    }
    figure
}

fn slots(shipped: &ShippedPattern) -> impl Iterator<Item = Slot> {
    let slot = |(name, units, neighbour): &ShippedSlot| Slot {
        name: name.clone(),
        units: units.clone(),
        neighbour: *neighbour,
        span: 0..0,
    };
    shipped.slots.iter().map(slot)
}

/// The program of a shipped pattern.
pub(super) fn program_of(shipped: &ShippedPattern) -> Option<Program> {
    shipped.program().map(|bytes| Program { bytes, slots: slots(shipped).collect() })
}

/// A program, and the slots that it has.
#[derive(Debug)]
pub(super) struct Program {
    bytes: &'static [u8],
    slots: Vec<Slot>,
}

impl Program {
    /// What searches a text that is not long for it.
    pub fn read(&self, lexicon: &Lexicon) -> Option<BoundedBacktracker> {
        let class = |slot: usize| {
            let Some(slot) = self.slots.get(slot) else { return vec![] };
            let character = if slot.neighbour { Code::neighbour } else { Code::figure };
            codes(slot, lexicon).0.into_iter().map(character).collect()
        };
        let nfa = program::read(self.bytes, &class)?;
        let config = backtrack::Config::new().visited_capacity(VISITED);
        BoundedBacktracker::builder().configure(config).build_from_nfa(nfa).ok()
    }
}

/// Whether every slot of a shipped pattern is known.
pub fn knows(shipped: &ShippedPattern, vocabulary: &Vocabulary) -> bool {
    slots(shipped).all(|slot| check(&slot, vocabulary).is_ok())
}

/// What shipped patterns have in common: the codes of figures, found once for all with the same slots, and lists of
/// words.
#[derive(Debug, Default)]
pub struct Figures {
    codes: BTreeMap<Vec<ShippedSlot>, Arc<CodeSet>>,
    lists: Vec<Required>,
}

impl Figures {
    /// With these lists of words that patterns require.
    pub fn new(lists: Vec<Required>) -> Self {
        Self { codes: BTreeMap::new(), lists }
    }

    /// A pattern of which the build found out what takes long.
    pub fn pattern(&mut self, written: &str, shipped: ShippedPattern, lexicon: &Lexicon) -> Pattern {
        let figure = if let Some(figure) = self.codes.get(&shipped.slots) {
            Arc::clone(figure)
        } else {
            let codes = slots(&shipped).collect::<Vec<_>>();
            Arc::clone(self.codes.entry(shipped.slots).or_insert(Arc::new(figure(&codes, lexicon))))
        };
        let ShippedPattern { required, captures, .. } = shipped;
        let required =
            required.into_iter().filter_map(|list| self.lists.get(list as usize).cloned()).collect();
        Pattern { written: written.to_owned(), figure, required, captures }
    }
}

/// The same regex with slots as classes, and no other class that holds a reserved character.
pub(super) fn rewrite(hir: &Hir, slots: &[Slot], lexicon: &Lexicon) -> Result<Hir, String> {
    let class = |slot: &Slot| Hir::class(Class::Unicode(codes(slot, lexicon).class(slot.neighbour)));
    syntax::rewrite(hir, &|hir| slot_of(hir, slots).map(class), &mut 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{quantity::Dimension, rules::code::Code};

    fn vocabulary() -> Vocabulary {
        Vocabulary { fragments: BTreeMap::new(), lexicon: Lexicon::builtin().clone() }
    }

    fn compiled(written: &str) -> meta::Regex {
        Pattern::parse(written, &vocabulary()).unwrap().compile(&vocabulary(), false).unwrap()
    }

    fn required(written: &str) -> Vec<Vec<String>> {
        let required = Pattern::parse(written, &vocabulary()).unwrap().required;
        required.iter().map(|words| words.to_vec()).collect()
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
