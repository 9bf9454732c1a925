//! Loading: rule files into one `RuleSet`, later entries over earlier ones, every error with its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use once_cell::sync::OnceCell;

use super::{
    builtin::{self, Shipped, ShippedPattern},
    circle::circle,
    diagnostic::Diagnostic,
    entry::{Filed, Known, ROOM, rule},
    errors::{RuleErrors, syntax_error},
    file::{AliasEntry, RuleFile, TrimEntry, WordsEntry},
    fragments::{self, Defined},
    lazy::LazyRegex,
    nearest::nearest,
    pattern::{self, Figures, Required, Vocabulary},
    placed::Placed,
    places::{Kind, Place, Places},
    set::RuleSet,
    source::Source,
    syntax::{self, WORD_FRAGMENTS},
    text::FileText,
    words::{Trim, WordList, Words},
};
use crate::{
    gazetteer::Gazetteer,
    recognise::lexicon::{GuardEntry, HedgeEntry, Lexicon, UnitEntry},
    resolve::district::DistrictResolver,
};

/// After how many errors names that are not known are no longer told the nearest one.
const ADVISED: usize = 200;

#[derive(Default)]
struct Loader {
    rules: BTreeMap<String, Filed>,
    fragments: BTreeMap<String, String>,
    units: BTreeMap<String, UnitEntry>,
    guards: BTreeMap<String, GuardEntry>,
    hedges: BTreeMap<String, HedgeEntry>,
    /// Words by the name of their list, `trim.head`, `words.verb` …
    words: BTreeMap<&'static str, Vec<String>>,
    /// Words that hide two names.
    pairs: BTreeMap<String, [String; 2]>,
    times: Vec<String>,
    aliases: Vec<Source>,
    notes: Vec<String>,
    disabled: BTreeSet<String>,
    /// Lists of words that shipped patterns require.
    lists: Vec<Required>,
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
    if let Some((files, lists)) = builtin::shipped() {
        let ship = |loader: &mut Loader| {
            loader.lists = lists;
            for file in files {
                loader.ship(file);
            }
        };
        let loaded = load_on(ship, with_rules, users);
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
    let mut loader = Loader::default();
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
    fn read(&mut self, source: &Source, user: bool) {
        let file = Arc::from(source.name.as_str());
        let text = Arc::new(FileText::from(source.text.as_str()));
        match toml::from_str(&source.text) {
            Ok(parsed) => self.take(parsed, &file, &text, user, vec![]),
            Err(error) => self.errors.push(syntax_error(&file, &text, &error)),
        }
    }

    fn ship(&mut self, shipped: Shipped) {
        let file = format!("{}{}", builtin::PREFIX, shipped.name).into();
        self.take(shipped.file, &file, &Arc::default(), false, shipped.patterns);
    }

    fn take(
        &mut self,
        parsed: RuleFile,
        file: &Arc<str>,
        text: &Arc<FileText>,
        user: bool,
        patterns: Vec<ShippedPattern>,
    ) {
        let (file, text) = (Arc::clone(file), Arc::clone(text));
        let mut patterns = patterns.into_iter();
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
                self.defined.insert(name.clone(), Defined { file, text, fragment: fragment.clone() });
            }
            let replaced = self.fragments.insert(name.clone(), fragment.into_inner()).is_some();
            self.note(replaced, "fragment", &name, &file);
        }
        let mut place = |kind, name: &str, span| {
            let place = Place { file: Arc::clone(&file), text: Arc::clone(&text), span, user };
            self.places.insert((kind, name.to_owned()), place);
        };
        // The form that the program carries has no places.
        let placed = !text.is_empty();
        for unit in parsed.unit.iter().filter(|_| placed) {
            place(Kind::Unit, &unit.get_ref().name, unit.span());
        }
        for guard in parsed.guard.iter().filter(|_| placed) {
            place(Kind::Guard, &guard.get_ref().id, guard.span());
        }
        for alias in &parsed.alias {
            place(Kind::Alias, &alias.get_ref().name, alias.span());
        }
        for unit in parsed.unit.into_iter().map(Placed::into_inner) {
            let name = unit.name.clone();
            let replaced = self.units.insert(name.clone(), unit).is_some();
            self.note(replaced, "unit", &name, &file);
        }
        for guard in parsed.guard.into_iter().map(Placed::into_inner) {
            let id = guard.id.clone();
            let replaced = self.guards.insert(id.clone(), guard).is_some();
            self.note(replaced, "guard", &id, &file);
        }
        for hedge in parsed.hedge.into_iter().map(Placed::into_inner) {
            let word = hedge.word.clone();
            let replaced = self.hedges.insert(word.clone(), hedge).is_some();
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
                shipped: patterns.next(),
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
        let unit = self.units.remove(name).is_some();
        self.measured |= unit;
        let gone = word
            || unit
            || self.rules.remove(name).is_some()
            || self.guards.remove(name).is_some()
            || self.hedges.remove(name).is_some();
        if gone {
            self.disabled.insert(name.to_owned());
            self.notes.push(format!("`{name}` is switched off by {file}"));
            return;
        }
        let known =
            self.rules.keys().chain(self.units.keys()).chain(self.guards.keys()).chain(self.hedges.keys());
        let help = nearest(name, known.map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
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
            // Those that the program carries were checked when it was built.
            if text.is_empty() {
                self.times.push(time.into_inner());
                continue;
            }
            match regex_syntax::parse(time.get_ref()) {
                Ok(_) => self.times.push(time.into_inner()),
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
            ("words.rate_column", words.rate_column),
            ("words.relator", words.relator),
            ("words.skipped_column", words.skipped_column),
            ("words.together", words.together),
            ("words.unit_column", words.unit_column),
            ("words.verb", words.verb),
        ] {
            self.words
                .entry(list)
                .or_default()
                .extend(words.into_iter().filter(|word| !word.trim().is_empty()));
        }
    }

    fn finish(mut self) -> Result<RuleSet, RuleErrors> {
        let units: Vec<UnitEntry> = self.units.into_values().collect();
        let hedges: Vec<HedgeEntry> = self.hedges.into_values().collect();
        let guards: Vec<GuardEntry> = self.guards.into_values().collect();
        let lexicon = match Lexicon::new(&units, &hedges, &guards) {
            Ok(lexicon) => lexicon,
            Err(error) => {
                self.errors.push(self.places.of_lexicon(&error));
                return Err(RuleErrors(self.errors));
            }
        };
        for list in WORD_FRAGMENTS {
            let words = self.words.get(format!("words.{list}").as_str()).into_iter().flatten();
            let words: BTreeSet<&str> = words.map(String::as_str).collect();
            let alternation = || syntax::alternation(words);
            self.fragments.entry(list.to_owned()).or_insert_with(alternation);
        }
        let vocabulary = Arc::new(Vocabulary { fragments: self.fragments, lexicon });
        let broken = fragments::check(&self.defined, &vocabulary, &mut self.errors);
        self.errors.extend(over_circle(&self.rules));
        let ids: Vec<String> = self.rules.keys().cloned().collect();
        let mut rules = Vec::with_capacity(ids.len());
        let (mut figures, mut room) = (Figures::new(self.lists), ROOM);
        for mut filed in self.rules.into_values() {
            filed.shipped = filed.shipped.filter(|pattern| {
                !pattern.fragments.iter().any(|name| self.changed.contains(name))
                    && (!self.measured || pattern::knows(pattern, &vocabulary))
            });
            let pattern = filed.entry.pattern.clone();
            let known = Known { ids: &ids, disabled: &self.disabled, advise: self.errors.len() < ADVISED };
            match rule(filed, &known, &vocabulary, &mut figures, &mut room) {
                Ok(rule) => rules.push(rule),
                Err(mut errors) => {
                    // What is wrong with a fragment has been told where it is defined.
                    let mut inside = syntax::fragments_in(pattern.get_ref(), &vocabulary.fragments);
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
        let mut list = |name| std::mem::take(self.words.entry(name).or_default());
        let words = Words {
            verb: WordList::new(list("words.verb")),
            predicate: WordList::new(list("words.predicate")),
            attribute: WordList::new(list("words.attribute")),
            bare: WordList::new(list("words.bare")),
            decline: WordList::new(list("words.decline")),
            plan: WordList::new(list("words.plan")),
            actual: WordList::new(list("words.actual")),
            done: WordList::new(list("words.done")),
            generic: WordList::new(list("words.generic")),
            outlook: WordList::new(list("words.outlook")),
            furniture: WordList::new(list("words.furniture")),
            act: WordList::new(list("words.act")),
            body: WordList::new(list("words.body")),
            byline: WordList::new(list("words.byline")),
            complete: WordList::new(list("words.complete")),
            dependent: WordList::new(list("words.dependent")),
            distributor: WordList::new(list("words.distributor")),
            intent: WordList::new(list("words.intent")),
            intended: WordList::new(list("words.intended")),
            joiner: WordList::new(list("words.joiner")),
            place: WordList::new(list("words.place")),
            relator: WordList::new(list("words.relator")),
            together: WordList::new(list("words.together")),
            unit_column: WordList::new(list("words.unit_column")),
            change_column: WordList::new(list("words.change_column")),
            rate_column: WordList::new(list("words.rate_column")),
            plain_column: WordList::new(list("words.plain_column")),
            skipped_column: WordList::new(list("words.skipped_column")),
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
        let change = change(&vocabulary.fragments);
        Ok(RuleSet {
            rules,
            trigger: OnceCell::new(),
            vocabulary,
            words,
            trim,
            change,
            places,
            notes: self.notes,
        })
    }
}

/// The words of change right before a figure, made of the fragments `compared` and `reaching` where those are there.
fn change(fragments: &BTreeMap<String, String>) -> LazyRegex {
    let mut pattern = "{compared}{reaching}$".to_owned();
    for _ in 0..8 {
        for (name, fragment) in fragments {
            pattern = pattern.replace(&format!("{{{name}}}"), &format!("(?:{fragment})"));
        }
    }
    LazyRegex::new(Some(pattern))
}

/// A rule that is over itself by way of others, if there is one: its id, and the place of the `over` that leads there.
fn over_circle(rules: &BTreeMap<String, Filed>) -> Option<Diagnostic> {
    let over = |id: &str| -> Vec<&str> {
        let entry = rules.get(id).map(|filed| &filed.entry);
        let over = entry.into_iter().flat_map(|entry| entry.over.iter().rev());
        over.map(|other| other.get_ref().as_str()).collect()
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
fn remove(words: &mut Vec<String>, word: &str) -> bool {
    let before = words.len();
    words.retain(|other| other != word);
    words.len() < before
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
    use super::{super::set::Rule, *};

    /// What is known of each rule, however it was loaded.
    fn known(rules: &RuleSet) -> Vec<String> {
        let rule = |rule: &Rule| {
            let hir = rule.hir().map(|hir| hir.to_string());
            format!("{} {} {:?} {:?} {hir:?}", rule.id, rule.file, rule.pattern, rule.over)
        };
        rules.rules().iter().map(rule).collect()
    }

    #[test]
    fn the_shipped_form_says_what_the_files_say() {
        assert!(builtin::shipped().is_some(), "a built-in file is broken: the tests of its rules say where");
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
