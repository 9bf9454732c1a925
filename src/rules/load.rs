//! Loading: rule files into one `RuleSet`, later entries over earlier ones, every error with its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use once_cell::sync::OnceCell;

use super::{
    builtin,
    circle::circle,
    diagnostic::Diagnostic,
    entry::{Filed, Known, ROOM, rule},
    errors::{RuleErrors, syntax_error},
    file::{AliasEntry, RuleEntry, RuleFile, TrimEntry, WordsEntry},
    fragments::{self, Defined},
    held::{Held, Texts},
    layered::Layered,
    lazy::LazyRegex,
    nearest::nearest,
    pattern::{self, Vocabulary},
    placed::Placed,
    places::{Kind, Place, Places},
    set::{Rule, RuleSet},
    source::Source,
    syntax::{self, WORD_FRAGMENTS},
    text::FileText,
    words::{Trim, Words},
};
use crate::{
    gazetteer::Gazetteer,
    recognise::lexicon::{GUARDS, GuardEntry, HEDGES, HedgeEntry, Lexicon, UNITS, UnitEntry},
    resolve::district::DistrictResolver,
};

/// After how many errors names that are not known are no longer told the nearest one.
const ADVISED: usize = 200;

struct Loader {
    rules: BTreeMap<Held, Filed>,
    fragments: BTreeMap<String, Held>,
    units: Layered<UnitEntry>,
    guards: Layered<GuardEntry>,
    hedges: Layered<HedgeEntry>,
    /// Words by the name of their list, `trim.head`, `words.verb` …
    words: BTreeMap<&'static str, Texts>,
    /// Words that hide two names.
    pairs: BTreeMap<String, Vec<String>>,
    times: Vec<Held>,
    aliases: Vec<Source>,
    notes: Vec<String>,
    disabled: BTreeSet<String>,
    /// Where units, guards and aliases stand.
    places: Places,
    /// Where users' files define fragments.
    defined: BTreeMap<String, Defined>,
    /// Fragments that users' files changed.
    changed: BTreeSet<String>,
    /// Whether users' files changed units.
    measured: bool,
    errors: Vec<Diagnostic>,
}

/// Loads the built-in files (without their rules unless `with_rules`) and then `users`. The shipped form of the
/// built-in files knows no places: where an error lies in one of them, they are read once more from their TOML.
pub fn load(with_rules: bool, users: &[Source]) -> Result<RuleSet, RuleErrors> {
    if builtin::SHIPPED {
        let loaded = load_on(Loader::ship, with_rules, users);
        match loaded {
            Err(RuleErrors(errors)) if errors.iter().any(|error| error.file.starts_with(builtin::PREFIX)) => {
            }
            loaded => return loaded,
        }
    }
    load_written(with_rules, users)
}

/// The same from the TOML of the built-in files.
pub(super) fn load_written(with_rules: bool, users: &[Source]) -> Result<RuleSet, RuleErrors> {
    load_on(
        |loader| builtin::sources().iter().for_each(|source| loader.read(source, false)),
        with_rules,
        users,
    )
}

fn load_on(
    builtin: impl FnOnce(&mut Loader),
    with_rules: bool,
    users: &[Source],
) -> Result<RuleSet, RuleErrors> {
    let mut loader = Loader::new();
    builtin(&mut loader);
    if !with_rules {
        loader.rules.clear();
    }
    for source in users {
        loader.read(source, true);
    }
    loader.finish()
}

impl Loader {
    fn new() -> Self {
        Self {
            rules: BTreeMap::new(),
            fragments: BTreeMap::new(),
            units: Layered::new(|unit| &unit.name),
            guards: Layered::new(|guard| &guard.id),
            hedges: Layered::new(|hedge| &hedge.word),
            words: BTreeMap::new(),
            pairs: BTreeMap::new(),
            times: vec![],
            aliases: vec![],
            notes: vec![],
            disabled: BTreeSet::new(),
            places: Places::default(),
            defined: BTreeMap::new(),
            changed: BTreeSet::new(),
            measured: false,
            errors: vec![],
        }
    }

    fn read(&mut self, source: &Source, user: bool) {
        let file = Arc::from(source.name.as_str());
        let text = Arc::new(FileText::from(source.text.as_str()));
        match toml::from_str(&source.text) {
            Ok(parsed) => self.take(parsed, &file, &text, user),
            Err(error) => self.errors.push(syntax_error(&file, &text, &error)),
        }
    }

    /// Takes what the program carries.
    fn ship(&mut self) {
        self.fragments =
            builtin::DEFINES.iter().map(|&(name, text)| (name.to_owned(), text.into())).collect();
        self.units.ship(UNITS);
        self.guards.ship(GUARDS);
        self.hedges.ship(HEDGES);
        self.words = builtin::lists().collect();
        let pair = |&(word, names): &(&str, &[&str])| {
            (word.to_owned(), names.iter().copied().map(str::to_owned).collect())
        };
        self.pairs = builtin::PAIRS.iter().map(pair).collect();
        self.times = builtin::TIMES.to_vec();
        let name = |(name, _): &(&str, &str)| Arc::from(format!("{}{name}", builtin::PREFIX));
        let files: Vec<Arc<str>> = builtin::FILES.iter().map(name).collect();
        let text = Arc::default();
        let rule = |rule: &'static builtin::ShippedRule| {
            let entry = RuleEntry {
                id: Placed::nowhere(rule.id.clone()),
                category: rule.category.clone(),
                indicator: Placed::nowhere(rule.indicator.clone()),
                pattern: Placed::nowhere(rule.pattern.written.clone()),
                kind: rule.kind,
                status: rule.status,
                sign: rule.sign,
                layer: rule.layer,
                over: rule.over.iter().cloned().map(Placed::nowhere).collect(),
                examples: vec![],
                refuses: vec![],
            };
            let (file, text) = (Arc::clone(&files[rule.file]), Arc::clone(&text));
            let shipped = Some(&rule.pattern);
            (rule.id.clone(), Filed { entry, file, text, toml: 0..0, user: false, shipped })
        };
        self.rules = builtin::RULES.iter().map(rule).collect();
    }

    fn take(&mut self, parsed: RuleFile, file: &Arc<str>, text: &Arc<FileText>, user: bool) {
        let (file, text) = (Arc::clone(file), Arc::clone(text));
        if user {
            self.measured |= !parsed.unit.is_empty();
            self.changed.extend(parsed.define.keys().cloned());
            for (list, words) in WORD_FRAGMENTS.iter().zip([
                &parsed.words.act,
                &parsed.words.attribute,
                &parsed.words.bare,
                &parsed.words.dependent,
                &parsed.words.predicate,
                &parsed.words.verb,
            ]) {
                if !words.is_empty() {
                    self.changed.insert((*list).to_owned());
                }
            }
        }
        for id in &parsed.disable {
            self.disable(id, &file, &text);
        }
        self.add_words(parsed.trim, parsed.words, &file, &text);
        for (name, fragment) in parsed.define {
            if !is_fragment_name(&name) {
                let error = Diagnostic::new(
                    "bad-name",
                    &file,
                    &text,
                    fragment.span(),
                    format!("`{name}` is no name of a fragment"),
                );
                self.errors.push(error.help("names are small letters, digits, `_` and `-`, a letter first"));
            }
            if super::code::SLOTS.iter().any(|(slot, _)| *slot == name) {
                let title = format!("`{name}` is a slot: a fragment cannot have its name");
                self.errors.push(
                    Diagnostic::new("fragment-is-slot", &file, &text, fragment.span(), title)
                        .help("choose another name"),
                );
                continue;
            }
            if user {
                let (file, text) = (Arc::clone(&file), Arc::clone(&text));
                let fragment = fragment.clone();
                self.defined.insert(name.clone(), Defined { file, text, fragment });
            }
            let replaced = self.fragments.insert(name.clone(), fragment.into_inner()).is_some();
            self.note(replaced, "fragment", &name, &file);
        }
        let mut place = |kind, name: &str, span| {
            let place = Place { file: Arc::clone(&file), text: Arc::clone(&text), span, user };
            self.places.insert((kind, name.to_owned()), place);
        };
        for unit in &parsed.unit {
            place(Kind::Unit, &unit.get_ref().name, unit.span());
        }
        for guard in &parsed.guard {
            place(Kind::Guard, &guard.get_ref().id, guard.span());
        }
        for alias in &parsed.alias {
            place(Kind::Alias, &alias.get_ref().name, alias.span());
        }
        for unit in parsed.unit.into_iter().map(Placed::into_inner) {
            let name = unit.name.clone();
            let replaced = self.units.insert(unit);
            self.note(replaced, "unit", &name, &file);
        }
        for guard in parsed.guard.into_iter().map(Placed::into_inner) {
            let id = guard.id.clone();
            let replaced = self.guards.insert(guard);
            self.note(replaced, "guard", &id, &file);
        }
        for hedge in parsed.hedge.into_iter().map(Placed::into_inner) {
            let word = hedge.word.clone();
            let replaced = self.hedges.insert(hedge);
            self.note(replaced, "hedge", &word, &file);
        }
        if !parsed.alias.is_empty() {
            self.aliases.push(Source { name: file.to_string(), text: aliases(&parsed.alias) });
        }
        let mut here = BTreeSet::new();
        for rule in parsed.rule {
            let toml = rule.span();
            let filed = Filed {
                entry: rule.into_inner(),
                file: Arc::clone(&file),
                text: Arc::clone(&text),
                toml,
                user,
                shipped: None,
            };
            let id = filed.entry.id.get_ref().clone();
            if here.insert(id.clone()) {
                let replaced = self.rules.insert(id.clone(), filed).is_some();
                self.note(replaced, "rule", &id, &file);
            } else {
                let error = filed.error(
                    "duplicate-id",
                    filed.entry.id.span(),
                    format!("two rules with the id `{id}` in one file"),
                );
                self.errors.push(error.help("ids are unique and never reused"));
            }
        }
    }

    fn note(&mut self, replaced: bool, what: &str, name: &str, file: &str) {
        if replaced {
            self.notes.push(format!("{what} `{name}` is replaced by that of {file}"));
        }
    }

    fn disable(&mut self, id: &Placed<String>, file: &Arc<str>, text: &Arc<FileText>) {
        let name = id.get_ref().as_str();
        let word = name
            .rsplit_once('.')
            .is_some_and(|(list, word)| self.words.get_mut(list).is_some_and(|words| remove(words, word)));
        if let (true, Some((list, _))) = (word, name.rsplit_once('.')) {
            self.changed.insert(list.trim_start_matches("words.").to_owned());
        }
        let unit = self.units.remove(name);
        self.measured |= unit;
        let gone = word
            || unit
            || self.rules.remove(name).is_some()
            || self.guards.remove(name)
            || self.hedges.remove(name);
        if gone {
            self.disabled.insert(name.to_owned());
            self.notes.push(format!("`{name}` is switched off by {file}"));
            return;
        }
        let known =
            self.rules.keys().chain(self.units.keys()).chain(self.guards.keys()).chain(self.hedges.keys());
        let help = nearest(name, known.map(|id| &**id)).map(|near| format!("did you mean `{near}`?"));
        let error = Diagnostic::new(
            "unknown-id",
            file,
            text,
            id.span(),
            format!("nothing to disable: no entry has the id `{name}`"),
        );
        self.errors.push(error.help(help.unwrap_or_default()));
    }

    fn add_words(&mut self, trim: TrimEntry, words: WordsEntry, file: &Arc<str>, text: &Arc<FileText>) {
        for time in trim.times {
            match regex_syntax::parse(time.get_ref()) {
                Ok(_) => self.times.push(time.into_inner().into()),
                Err(error) => {
                    let what = error.to_string();
                    let last = what.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    self.errors.push(Diagnostic::new(
                        "bad-regex",
                        file,
                        text,
                        time.span(),
                        format!("bad regex: {last}"),
                    ));
                }
            }
        }
        self.pairs.extend(words.pair);
        for (list, words) in [
            ("trim.adverb", trim.adverb),
            ("trim.head", trim.head),
            ("trim.keep", trim.keep),
            ("trim.subject", trim.subject),
            ("trim.tail", trim.tail),
            ("words.act", words.act),
            ("words.actual", words.actual),
            ("words.attribute", words.attribute),
            ("words.bare", words.bare),
            ("words.body", words.body),
            ("words.byline", words.byline),
            ("words.change_column", words.change_column),
            ("words.complete", words.complete),
            ("words.completion_column", words.completion_column),
            ("words.decline", words.decline),
            ("words.dependent", words.dependent),
            ("words.distributor", words.distributor),
            ("words.done", words.done),
            ("words.furniture", words.furniture),
            ("words.generic", words.generic),
            ("words.intended", words.intended),
            ("words.intent", words.intent),
            ("words.joiner", words.joiner),
            ("words.outlook", words.outlook),
            ("words.place", words.place),
            ("words.plain_column", words.plain_column),
            ("words.plan", words.plan),
            ("words.predicate", words.predicate),
            ("words.rank_column", words.rank_column),
            ("words.rate_column", words.rate_column),
            ("words.relator", words.relator),
            ("words.skipped_column", words.skipped_column),
            ("words.target_column", words.target_column),
            ("words.together", words.together),
            ("words.unit_column", words.unit_column),
            ("words.verb", words.verb),
        ] {
            let mut words =
                words.into_iter().filter(|word| !word.trim().is_empty()).map(Held::from).peekable();
            if words.peek().is_some() {
                self.words.entry(list).or_default().to_mut().extend(words);
            }
        }
    }

    fn finish(mut self) -> Result<RuleSet, RuleErrors> {
        let (units, hedges, guards) = (self.units.finish(), self.hedges.finish(), self.guards.finish());
        let lexicon = match Lexicon::new(units, hedges, guards) {
            Ok(lexicon) => lexicon,
            Err(error) => {
                self.errors.push(self.places.of_lexicon(&error));
                return Err(RuleErrors(self.errors));
            }
        };
        let lists: Vec<(&str, Texts)> = WORD_FRAGMENTS
            .iter()
            .map(|list| {
                (*list, self.words.get(format!("words.{list}").as_str()).cloned().unwrap_or_default())
            })
            .collect();
        let defined = self.fragments;
        let fragments = move || {
            let owned = |(name, text): (String, Held)| (name, text.into());
            let mut fragments: BTreeMap<String, String> = defined.into_iter().map(owned).collect();
            for (list, words) in lists {
                let words: BTreeSet<&str> = words.iter().map(|word| &**word).collect();
                fragments.entry(list.to_owned()).or_insert_with(|| syntax::alternation(words));
            }
            fragments
        };
        let vocabulary = Arc::new(Vocabulary::new(fragments, lexicon));
        let rules = self.rules.values();
        let shipped = rules.filter(|filed| filed.shipped.is_some()).count();
        let shipped = shipped == builtin::RULES.len() && shipped == self.rules.len();
        let broken = fragments::check(&self.defined, &vocabulary, &mut self.errors);
        if !shipped {
            self.errors.extend(over_circle(&self.rules));
        }
        let ids: Vec<Held> = self.rules.keys().cloned().collect();
        let mut rules: Vec<Rule> = Vec::with_capacity(ids.len());
        let mut room = ROOM;
        for mut filed in self.rules.into_values() {
            filed.shipped = filed.shipped.filter(|pattern| {
                !pattern.fragments.iter().any(|name| self.changed.contains(&**name))
                    && (!self.measured || pattern::knows(pattern, &vocabulary))
            });
            let pattern = filed.entry.pattern.clone();
            let known = Known { ids: &ids, disabled: &self.disabled, advise: self.errors.len() < ADVISED };
            match rule(filed, &known, &vocabulary, &mut room) {
                Ok(rule) => rules.push(rule),
                Err(mut errors) => {
                    // What is wrong with a fragment has been told where it is defined.
                    let mut inside = syntax::fragments_in(pattern.get_ref(), vocabulary.fragments());
                    if inside.any(|name| broken.contains(name)) {
                        errors.retain(|error| !pattern.span().contains(&error.span.start));
                    }
                    self.errors.extend(errors);
                }
            }
            if room == 0 {
                break;
            }
        }
        let builtin = Gazetteer::builtin();
        let places = if self.aliases.is_empty() { Ok(builtin.clone()) } else { builtin.with(&self.aliases) };
        let places = match places {
            Ok(places) => DistrictResolver::new(places),
            Err(error) => {
                self.errors.push(self.places.of_aliases(&error));
                DistrictResolver::default()
            }
        };
        if !self.errors.is_empty() {
            return Err(RuleErrors(self.errors));
        }
        let mut list = |name| builtin::list(name, self.words.remove(name).unwrap_or_default());
        let words = Words {
            verb: list("words.verb"),
            predicate: list("words.predicate"),
            attribute: list("words.attribute"),
            bare: list("words.bare"),
            decline: list("words.decline"),
            plan: list("words.plan"),
            actual: list("words.actual"),
            done: list("words.done"),
            generic: list("words.generic"),
            outlook: list("words.outlook"),
            furniture: list("words.furniture"),
            act: list("words.act"),
            body: list("words.body"),
            byline: list("words.byline"),
            complete: list("words.complete"),
            dependent: list("words.dependent"),
            distributor: list("words.distributor"),
            intent: list("words.intent"),
            intended: list("words.intended"),
            joiner: list("words.joiner"),
            place: list("words.place"),
            relator: list("words.relator"),
            together: list("words.together"),
            unit_column: list("words.unit_column"),
            change_column: list("words.change_column"),
            rate_column: list("words.rate_column"),
            plain_column: list("words.plain_column"),
            target_column: list("words.target_column"),
            completion_column: list("words.completion_column"),
            rank_column: list("words.rank_column"),
            skipped_column: list("words.skipped_column"),
            pair: std::mem::take(&mut self.pairs).into_iter().collect(),
        };
        let trim = Trim::new(
            list("trim.head"),
            list("trim.tail"),
            list("trim.subject"),
            list("trim.adverb"),
            &self.times,
            list("trim.keep"),
        );
        let change = if self.changed.is_empty() {
            Held::from(builtin::CHANGE)
        } else {
            syntax::change(vocabulary.fragments()).into()
        };
        let trigger = if shipped && rules.iter().all(Rule::is_shipped) {
            OnceCell::with_value(builtin::TRIGGER.clone())
        } else {
            OnceCell::new()
        };
        Ok(RuleSet {
            rules,
            trigger,
            vocabulary,
            words,
            trim,
            change: LazyRegex::new(Some(change)),
            places,
            notes: self.notes,
        })
    }
}

/// A rule that is over itself by way of others, if there is one: its id, and the place of the `over` that leads there.
fn over_circle(rules: &BTreeMap<Held, Filed>) -> Option<Diagnostic> {
    let over = |id: &str| -> Vec<&str> {
        let entry = rules.get(id).map(|filed| &filed.entry);
        let over = entry.into_iter().flat_map(|entry| entry.over.iter().rev());
        over.map(|other| &**other.get_ref()).collect()
    };
    let mut sound = BTreeSet::new();
    let way = rules.keys().find_map(|id| circle(id, over, &mut sound))?;
    let [.., id, name] = way[..] else { return None };
    let filed = rules.get(id)?;
    let place = filed.entry.over.iter().find(|other| other.get_ref() == name)?.span();
    let title = format!("`over` in a circle: `{name}` leads back to `{id}`");
    let error = filed.error("over-circle", place, title);
    Some(error.help("take it out: of two rules only one can win over the other"))
}

/// Takes a word out of a list; whether it was there.
fn remove(words: &mut Texts, word: &str) -> bool {
    let there = words.iter().any(|other| other == word);
    if there {
        words.to_mut().retain(|other| other != word);
    }
    there
}

/// Aliases as a gazetteer file.
fn aliases(entries: &[Placed<AliasEntry>]) -> String {
    entries
        .iter()
        .map(Placed::get_ref)
        .map(|alias| format!("[[alias]]\nname = {:?}\ncode = {:?}\n", alias.name, alias.code))
        .collect()
}

fn is_fragment_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{code::Code, pattern::Pattern},
        *,
    };

    /// What is known of each rule, however it was loaded.
    fn known(rules: &RuleSet) -> Vec<String> {
        let rule = |rule: &Rule| {
            let hir = rule.hir().map(|hir| hir.to_string());
            let Pattern { written, required, captures, .. } = &rule.pattern;
            let accepted =
                (0..u16::MAX).map(Code).filter(|&code| rule.pattern.accepts(code, &rules.vocabulary));
            let accepted: Vec<Code> = accepted.collect();
            let known = format!("{} {} {written} {required:?} {captures:?}", rule.id, rule.file);
            format!("{known} {accepted:?} {:?} {:?} {hir:?}", rule.over, rule.template)
        };
        rules.rules().iter().map(rule).collect()
    }

    #[test]
    fn the_shipped_form_says_what_the_files_say() {
        assert!(!builtin::RULES.is_empty(), "a built-in file is broken: the tests of its rules say where");
        for text in [
            "",
            "[words]\nverb = [\"试种\"]\n",
            "[define]\nreaching = '(?:达)?'\n",
            "[[unit]]\nname = \"羽\"\ndimension = \"count\"\n",
            "disable = [\"words.verb.完成\"]\n",
        ] {
            let user = [Source { name: "own.toml".into(), text: text.into() }];
            let shipped = load(true, &user).unwrap();
            let written = load_written(true, &user).unwrap();
            assert_eq!(known(&shipped), known(&written), "{text}");
        }
    }

    #[test]
    fn what_a_user_takes_from_a_built_in_rule_is_shown_in_its_file() {
        let user = [Source { name: "own.toml".into(), text: "disable = [\"户\"]\n".into() }];
        let errors = load(true, &user).expect_err("a rule needs the unit");
        assert!(errors.0.iter().any(|error| error.code == "unknown-unit"), "{errors}");
        assert!(errors.0.iter().all(|error| !error.source.is_empty()), "{errors}");
    }
}
