//! `RuleSet`: all rules in force with the words and units that they work on; immutable, shared by threads.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use once_cell::sync::OnceCell;
use regex_automata::{Anchored, Input, meta};
use regex_syntax::hir::Hir;

use super::{
    builtin,
    code::Code,
    errors::RuleErrors,
    file::{Example, Layer, Proof, Sign},
    held::Held,
    lazy::LazyRegex,
    load,
    pattern::{Pattern, Vocabulary},
    placed::Placed,
    program::{Groups, Program, Room, TooLong},
    source::Source,
    template::Template,
    trigger::{Candidates, Trigger},
    words::{Trim, Words},
};
use crate::{
    gazetteer,
    recognise::lexicon::Lexicon,
    resolve::district::DistrictResolver,
    row::{Kind, Status},
};

/// One rule, checked.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case id.
    pub id: Held,
    /// Field of work.
    pub category: Held,
    /// How its indicator is made, as written.
    pub indicator: Held,
    /// The same, read.
    pub template: Template,
    /// The pattern.
    pub pattern: Pattern,
    /// Set instead of resolved.
    pub kind: Option<Kind>,
    /// Set instead of resolved.
    pub status: Option<Status>,
    /// Set instead of read from the words.
    pub sign: Option<Sign>,
    /// `named` before `open`.
    pub layer: Layer,
    /// Whether it came with `--rules`.
    pub user: bool,
    /// Indices of the rules that it wins over.
    pub over: Vec<u32>,
    /// The file that it stands in.
    pub file: Arc<str>,
    /// That of a user's rule.
    pub(super) proof: Option<Proof>,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) regex: Searcher,
}

/// After how many searches a pattern is compiled for many: a short report shall not wait for that.
const FEW: u32 = 24;
/// The same where its program is at hand.
const FEW_OF_PROGRAM: u32 = 200;

/// A pattern made ready as often as it is searched for: by its program or compiled quickly at first, then compiled to
/// be quick.
#[derive(Debug, Default)]
pub(super) struct Searcher {
    pub searches: AtomicU32,
    /// Of a built-in pattern.
    pub program: Option<Program<'static>>,
    pub few: OnceCell<Option<meta::Regex>>,
    pub many: OnceCell<Option<meta::Regex>>,
}

impl Rule {
    /// Where the groups of the leftmost match of the pattern stand in a reading, in bytes, the whole match first. A
    /// pattern over the size limit, which loading refuses in users' rules and the tests refuse in built-in ones,
    /// matches nothing.
    pub fn find(&self, text: &str, room: &mut Room) -> Option<Groups> {
        let searcher = &self.regex;
        let most = if searcher.program.is_some() { FEW_OF_PROGRAM } else { FEW };
        let few = searcher.searches.load(Ordering::Relaxed) < most;
        if few {
            searcher.searches.fetch_add(1, Ordering::Relaxed);
            if let Some(Ok(found)) = self.run(text, room) {
                return found;
            }
        }
        let regex = self.compiled(few)?;
        let found = regex.find(text)?;
        let mut captures = regex.create_captures();
        let input = Input::new(text).range(found.range()).anchored(Anchored::Yes);
        regex.search_captures(&input, &mut captures);
        Some(captures.iter().map(|span| span.map(|span| (span.start, span.end))).collect())
    }

    /// What its program finds.
    fn run(&self, text: &str, room: &mut Room) -> Option<Result<Option<Groups>, TooLong>> {
        let takes = |slot, character| self.vocabulary.takes(slot, character);
        Some(self.regex.program?.search(text, 0, false, &takes, room))
    }

    /// Whether it is as the program carries it.
    pub(super) fn is_shipped(&self) -> bool {
        self.regex.program.is_some()
    }

    /// Where the group of this name stands.
    pub fn group(&self, name: &str, groups: &Groups) -> Option<(usize, usize)> {
        let at = self.pattern.captures.iter().position(|capture| capture == name)?;
        groups.get(at + 1).copied().flatten()
    }

    /// The compiled pattern, for few searches or for many.
    fn compiled(&self, few: bool) -> Option<&meta::Regex> {
        let regex = if few { &self.regex.few } else { &self.regex.many };
        let compile = |few| self.pattern.compile(&self.vocabulary, few).ok();
        // What searches backwards may be larger than what forwards; the pattern was checked for the latter.
        regex.get_or_init(|| compile(few).or_else(|| compile(true))).as_ref()
    }

    /// How many bytes the pattern takes, compiled for few searches.
    pub fn size(&self) -> usize {
        self.compiled(true).map_or(0, meta::Regex::memory_usage)
    }

    /// The pattern as it is compiled.
    pub fn hir(&self) -> Option<Hir> {
        self.pattern.hir(&self.vocabulary).ok()
    }

    /// What proves it, with the places in its file.
    pub fn proof(&self) -> Option<&Proof> {
        self.proof.as_ref().or_else(|| builtin::proof(&self.id))
    }

    /// Texts with the rows that it makes.
    pub fn examples(&self) -> &[Example] {
        self.proof().map_or(&[], |proof| &proof.examples)
    }

    /// Texts from which it makes none.
    pub fn refuses(&self) -> &[Placed<String>] {
        self.proof().map_or(&[], |proof| &proof.refuses)
    }

    /// Its TOML, as written in its file.
    pub fn toml(&self) -> &str {
        self.proof().map_or("", |proof| &proof.toml)
    }
}

/// What `rules list` tells of one rule.
#[derive(Clone, Debug)]
pub struct RuleSummary<'a> {
    /// Its id.
    pub id: &'a str,
    /// `named` or `open`.
    pub layer: &'static str,
    /// Field of work.
    pub category: &'a str,
    /// Name that it gives.
    pub indicator: &'a str,
    /// The file that it stands in.
    pub file: &'a str,
}

/// All rules in force.
#[derive(Debug)]
pub struct RuleSet {
    pub(super) rules: Vec<Rule>,
    pub(super) trigger: OnceCell<Trigger>,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) words: Words,
    pub(super) trim: Trim,
    pub(super) change: LazyRegex,
    pub(super) places: DistrictResolver,
    /// What was replaced and switched off, for `-v`.
    pub(super) notes: Vec<String>,
}

static BUILTIN: OnceCell<Arc<RuleSet>> = OnceCell::new();

impl RuleSet {
    /// The built-in rules; loaded on first use, their patterns compiled on first use of each.
    ///
    /// # Panics
    ///
    /// Never: the built-in rule files are proven by the tests.
    pub fn builtin() -> Arc<Self> {
        let load = || Arc::new(Self::load(&[], true).unwrap_or_else(|errors| panic!("{errors}")));
        Arc::clone(BUILTIN.get_or_init(load))
    }

    /// Loads the built-in rules, unless `builtin` is false (the built-in units, guards, hedges and words stay), and
    /// then `sources`; checks everything and compiles the rules of `sources`.
    pub fn load(sources: &[Source], builtin: bool) -> Result<Self, RuleErrors> {
        load::load(builtin, sources)
    }

    /// The rules in force, in the order of their ids.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// What `rules list` tells, in the order of ids.
    pub fn summaries(&self) -> impl Iterator<Item = RuleSummary<'_>> {
        self.rules.iter().map(|rule| RuleSummary {
            id: &rule.id,
            layer: rule.layer.name(),
            category: &rule.category,
            indicator: &rule.indicator,
            file: &rule.file,
        })
    }

    /// The rule of this id.
    pub fn find(&self, id: &str) -> Option<&Rule> {
        self.rules.binary_search_by(|rule| (*rule.id).cmp(id)).ok().map(|i| &self.rules[i])
    }

    /// Units, hedges and guards.
    pub fn lexicon(&self) -> &Lexicon {
        &self.vocabulary.lexicon
    }

    /// The vocabulary of unfolding and resolution.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// What is cut off names.
    pub fn trim(&self) -> &Trim {
        &self.trim
    }

    /// The same rules with the places of gazetteer files.
    pub fn with_places(self, sources: &[Source]) -> Result<Self, gazetteer::Error> {
        let places = self.places.with(sources)?;
        Ok(Self { places, ..self })
    }

    /// Places, with the aliases of the rule files and the places of gazetteer files.
    pub fn places(&self) -> &DistrictResolver {
        &self.places
    }

    /// The words of change that end right before a figure, in the reading's words before it.
    pub fn change<'t>(&self, before: &'t str) -> Option<&'t str> {
        self.change.find(before).map(|found| found.of(before))
    }

    /// Fills `candidates` with the rules that may match a reading with this figure.
    pub fn candidates(&self, reading: &str, figure: Code, candidates: &mut Candidates) {
        let trigger = self.trigger.get_or_init(|| {
            let required: Vec<_> = self.rules.iter().map(|rule| &*rule.pattern.required).collect();
            Trigger::new(&required)
        });
        let accepts = |rule: u32| self.rules[rule as usize].pattern.accepts(figure, &self.vocabulary);
        trigger.candidates(reading, accepts, candidates);
    }

    /// What patterns are made of.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Which entries replaced others and which were switched off.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        extract::{Context, Event, Extractor},
        repair::repair,
    };

    #[test]
    fn programs_find_what_their_patterns_find() {
        let rules = RuleSet::builtin();
        let extractor = Extractor::new(Arc::clone(&rules), Context::default());
        let texts = rules.rules().iter().flat_map(|rule| {
            let examples = rule.examples().iter().map(|example| example.text.get_ref());
            examples.chain(rule.refuses().iter().map(Placed::get_ref))
        });
        let (mut candidates, mut room, mut found) = (Candidates::default(), Room::default(), 0);
        for text in texts {
            extractor.walk(&repair(text), &mut |event| {
                let Event::Clause(readings, quantities) = event else { return };
                for reading in readings {
                    let code = Code::of(&quantities[reading.figure]);
                    rules.candidates(&reading.text, code, &mut candidates);
                    for &index in &candidates.rules {
                        let rule = &rules.rules()[index as usize];
                        let run = rule.run(&reading.text, &mut room);
                        let groups = run.unwrap_or_else(|| panic!("{} has no program", rule.id)).unwrap();
                        let regex = rule.compiled(false).unwrap();
                        let mut expected = regex.create_captures();
                        regex.captures(&reading.text, &mut expected);
                        let spans = expected.iter().map(|span| span.map(|span| (span.start, span.end)));
                        let expected: Option<Groups> = expected.is_match().then(|| spans.collect());
                        assert_eq!(groups, expected, "{} on {}", rule.id, reading.text);
                        found += usize::from(groups.is_some());
                    }
                }
            });
        }
        assert!(found > 1000, "{found}");
    }
}
