//! `RuleSet`: all rules in force with the words and units that they work on; immutable, shared by threads.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use once_cell::sync::OnceCell;
use regex_automata::{
    Input, meta,
    nfa::thompson::backtrack::{self, BoundedBacktracker},
    util::captures::Captures,
};
use regex_syntax::hir::Hir;

use super::{
    builtin,
    errors::RuleErrors,
    file::{Example, Layer, Proof, Sign},
    lazy::LazyRegex,
    load,
    pattern::{Pattern, Program, Vocabulary},
    placed::Placed,
    source::Source,
    template::Template,
    trigger::Trigger,
    words::{Trim, Words},
};
use crate::{
    recognise::lexicon::Lexicon,
    resolve::district::DistrictResolver,
    row::{Kind, Status},
};

/// One rule, checked.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case id.
    pub id: String,
    /// Field of work.
    pub category: String,
    /// How its indicator is made, as written.
    pub indicator: String,
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

/// A pattern made ready as often as it is searched for: read from its program or compiled quickly at first, then
/// compiled to be quick.
#[derive(Debug, Default)]
pub(super) struct Searcher {
    pub searches: AtomicU32,
    /// Of a built-in pattern.
    pub program: Option<Program>,
    pub read: OnceCell<Option<BoundedBacktracker>>,
    pub few: OnceCell<Option<meta::Regex>>,
    pub many: OnceCell<Option<meta::Regex>>,
}

/// Room to search in, one for each thread.
#[derive(Debug, Default)]
pub struct SearchRoom(Option<backtrack::Cache>);

impl Rule {
    /// The leftmost match of the pattern in a reading, with its groups. A pattern over the size limit, which loading
    /// refuses in users' rules and the tests refuse in built-in ones, matches nothing.
    pub fn find(&self, text: &str, room: &mut SearchRoom) -> Option<Captures> {
        let searcher = &self.regex;
        let most = if searcher.program.is_some() { FEW_OF_PROGRAM } else { FEW };
        let few = searcher.searches.load(Ordering::Relaxed) < most;
        if few {
            searcher.searches.fetch_add(1, Ordering::Relaxed);
            if let Some(read) = self.read().filter(|read| text.len() <= read.max_haystack_len()) {
                let cache = room.0.get_or_insert_with(|| read.create_cache());
                cache.reset(read);
                let mut captures = read.create_captures();
                read.try_captures(cache, text, &mut captures).ok()?;
                return captures.is_match().then_some(captures);
            }
        }
        let regex = self.compiled(few)?;
        let found = regex.find(text)?;
        let mut captures = regex.create_captures();
        regex.search_captures(&Input::new(text).range(found.start()..), &mut captures);
        Some(captures)
    }

    /// The automaton of its program.
    fn read(&self) -> Option<&BoundedBacktracker> {
        let program = self.regex.program.as_ref()?;
        self.regex.read.get_or_init(|| program.read(&self.vocabulary.lexicon)).as_ref()
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
        self.rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().map(|i| &self.rules[i])
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

    /// Places, with the aliases of the rule files.
    pub fn places(&self) -> &DistrictResolver {
        &self.places
    }

    /// The words of change that end right before a figure, in the reading's words before it.
    pub fn change<'t>(&self, before: &'t str) -> Option<&'t str> {
        self.change.get()?.find(before).map(|found| &before[found.range()])
    }

    /// Which rules can match a reading.
    pub fn trigger(&self) -> &Trigger {
        self.trigger.get_or_init(|| Trigger::new(&self.rules))
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
    use regex_automata::{PatternID, Span};

    use super::{
        super::{code::Code, trigger::Candidates},
        *,
    };
    use crate::{
        extract::{Context, Event, Extractor},
        repair::repair,
    };

    type Groups = Vec<Option<Span>>;

    fn groups(captures: &Captures) -> Groups {
        captures.iter().collect()
    }

    #[test]
    fn programs_find_what_their_patterns_find() {
        let rules = RuleSet::builtin();
        let extractor = Extractor::new(Arc::clone(&rules), Context::default());
        let texts = rules.rules().iter().flat_map(|rule| {
            let examples = rule.examples().iter().map(|example| example.text.get_ref());
            examples.chain(rule.refuses().iter().map(Placed::get_ref))
        });
        let (mut candidates, mut cache, mut found) = (Candidates::default(), None, 0);
        for text in texts {
            extractor.walk(&repair(text), &mut |event| {
                let Event::Clause(readings, quantities) = event else { return };
                for reading in readings {
                    let code = Code::of(&quantities[reading.figure]);
                    rules.trigger().candidates(&reading.text, code, &mut candidates);
                    for &index in &candidates.rules {
                        let rule = &rules.rules()[index as usize];
                        let read = rule.read().unwrap_or_else(|| panic!("{} has no program", rule.id));
                        let cache = cache.get_or_insert_with(|| read.create_cache());
                        cache.reset(read);
                        let mut captures = read.create_captures();
                        read.try_captures(cache, &reading.text, &mut captures).unwrap();
                        let regex = rule.compiled(false).unwrap();
                        let mut expected = regex.create_captures();
                        regex.captures(&reading.text, &mut expected);
                        assert_eq!(groups(&captures), groups(&expected), "{} on {}", rule.id, reading.text);
                        let names = |captures: &Captures| {
                            let names = captures.group_info().pattern_names(PatternID::ZERO);
                            names.map(|name| name.map(str::to_owned)).collect::<Vec<_>>()
                        };
                        assert_eq!(names(&captures), names(&expected), "{}", rule.id);
                        found += usize::from(captures.is_match());
                    }
                }
            });
        }
        assert!(found > 1000, "{found}");
    }
}
