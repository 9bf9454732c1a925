//! Loading: rule files into one `RuleSet`, later entries over earlier ones, every error with its place.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
    sync::Arc,
};

use once_cell::sync::OnceCell;
use toml::Spanned;

use super::{
    diagnostic::{Diagnostic, nearest},
    file::{AliasEntry, RuleEntry, RuleFile, TrimEntry, WordsEntry},
    pattern::Pattern,
    set::{Rule, RuleSet},
    source::Source,
    template::Template,
    trigger::Trigger,
    words::{Trim, WordList, Words},
};
use crate::{
    gazetteer::Gazetteer,
    recognise::lexicon::{GuardEntry, HedgeEntry, Lexicon, UnitEntry},
    resolve::district::DistrictResolver,
};

/// How many errors are shown; the rest are counted.
const SHOWN: usize = 20;

/// Broken rules, each with its place.
#[derive(Debug)]
pub struct RuleErrors(pub Vec<Diagnostic>);

impl std::error::Error for RuleErrors {}

impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().take(SHOWN).enumerate() {
            if i > 0 {
                f.write_str("\n\n")?;
            }
            diagnostic.fmt(f)?;
        }
        if self.0.len() > SHOWN {
            write!(f, "\n\nand {} more errors", self.0.len() - SHOWN)?;
        }
        Ok(())
    }
}

/// A rule with the file that it came from.
struct Filed {
    entry: RuleEntry,
    file: Arc<str>,
    text: Arc<str>,
    toml: Range<usize>,
    user: bool,
}

impl Filed {
    fn error(&self, span: Range<usize>, title: impl Into<String>) -> Diagnostic {
        Diagnostic::new(&self.file, &self.text, span, title)
    }
}

#[derive(Default)]
struct Loader {
    rules: BTreeMap<String, Filed>,
    fragments: BTreeMap<String, String>,
    units: BTreeMap<String, UnitEntry>,
    guards: BTreeMap<String, GuardEntry>,
    hedges: BTreeMap<String, HedgeEntry>,
    /// Words by the name of their list, `trim.head`, `words.verb` …
    words: BTreeMap<&'static str, BTreeSet<String>>,
    /// Words that hide two names.
    pairs: BTreeMap<String, [String; 2]>,
    times: Vec<String>,
    aliases: Vec<Source>,
    notes: Vec<String>,
    disabled: BTreeSet<String>,
    errors: Vec<Diagnostic>,
}

/// Loads `builtin` (without its rules unless `with_rules`) and then `users`.
pub fn load(builtin: &[Source], with_rules: bool, users: &[Source]) -> Result<RuleSet, RuleErrors> {
    let mut loader = Loader::default();
    for (source, user) in builtin.iter().map(|s| (s, false)).chain(users.iter().map(|s| (s, true))) {
        loader.read(source, user);
        if !with_rules && !user {
            loader.rules.clear();
        }
    }
    loader.finish()
}

impl Loader {
    fn read(&mut self, source: &Source, user: bool) {
        let (file, text): (Arc<str>, Arc<str>) = (source.name.as_str().into(), source.text.as_str().into());
        let parsed: RuleFile = match toml::from_str(&source.text) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.errors.push(syntax_error(&file, &text, &error));
                return;
            }
        };
        for id in &parsed.disable {
            self.disable(id, &file, &text);
        }
        self.add_words(parsed.trim, parsed.words, &file, &text);
        for (name, fragment) in parsed.define {
            if !is_fragment_name(&name) {
                let error = Diagnostic::new(
                    &file,
                    &text,
                    fragment.span(),
                    format!("`{name}` is no name of a fragment"),
                );
                self.errors.push(error.help("names are small letters, digits, `_` and `-`, a letter first"));
            }
            if super::code::SLOTS.iter().any(|(slot, _)| *slot == name) {
                let title = format!("`{name}` is a slot: a fragment cannot have its name");
                self.errors
                    .push(Diagnostic::new(&file, &text, fragment.span(), title).help("choose another name"));
                continue;
            }
            let replaced = self.fragments.insert(name.clone(), fragment.into_inner()).is_some();
            self.note(replaced, "fragment", &name, &file);
        }
        for unit in parsed.unit {
            let name = unit.name.clone();
            let replaced = self.units.insert(name.clone(), unit).is_some();
            self.note(replaced, "unit", &name, &file);
        }
        for guard in parsed.guard {
            let id = guard.id.clone();
            let replaced = self.guards.insert(id.clone(), guard).is_some();
            self.note(replaced, "guard", &id, &file);
        }
        for hedge in parsed.hedge {
            let word = hedge.word.clone();
            let replaced = self.hedges.insert(word.clone(), hedge).is_some();
            self.note(replaced, "hedge", &word, &file);
        }
        if !parsed.alias.is_empty() {
            self.aliases.push(Source { name: source.name.clone(), text: aliases(&parsed.alias) });
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
            };
            let id = filed.entry.id.get_ref().clone();
            if here.insert(id.clone()) {
                let replaced = self.rules.insert(id.clone(), filed).is_some();
                self.note(replaced, "rule", &id, &file);
            } else {
                let error =
                    filed.error(filed.entry.id.span(), format!("two rules with the id `{id}` in one file"));
                self.errors.push(error.help("ids are unique and never reused"));
            }
        }
    }

    fn note(&mut self, replaced: bool, what: &str, name: &str, file: &str) {
        if replaced {
            self.notes.push(format!("{what} `{name}` is replaced by that of {file}"));
        }
    }

    fn disable(&mut self, id: &Spanned<String>, file: &Arc<str>, text: &Arc<str>) {
        let name = id.get_ref().as_str();
        let word = name
            .rsplit_once('.')
            .is_some_and(|(list, word)| self.words.get_mut(list).is_some_and(|words| words.remove(word)));
        let gone = word
            || self.rules.remove(name).is_some()
            || self.units.remove(name).is_some()
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
            file,
            text,
            id.span(),
            format!("nothing to disable: no entry has the id `{name}`"),
        );
        self.errors.push(error.help(help.unwrap_or_default()));
    }

    fn add_words(&mut self, trim: TrimEntry, words: WordsEntry, file: &Arc<str>, text: &Arc<str>) {
        for time in trim.times {
            match regex::Regex::new(time.get_ref()) {
                Ok(_) => self.times.push(time.into_inner()),
                Err(error) => {
                    let what = error.to_string();
                    let last = what.lines().last().unwrap_or_default().trim_start_matches("error: ");
                    self.errors.push(Diagnostic::new(file, text, time.span(), format!("bad regex: {last}")));
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
                let none: Arc<str> = "".into();
                self.errors.push(Diagnostic::new(
                    &"units, hedges, guards".into(),
                    &none,
                    0..0,
                    error.to_string(),
                ));
                return Err(RuleErrors(self.errors));
            }
        };
        for list in ["act", "attribute", "bare", "dependent", "predicate", "verb"] {
            self.fragments.entry(list.to_owned()).or_insert_with(|| alternation(&self.words, list));
        }
        self.errors.extend(circle(&self.rules));
        let ids: Vec<String> = self.rules.keys().cloned().collect();
        let mut rules = Vec::with_capacity(ids.len());
        for filed in self.rules.into_values() {
            match rule(filed, &ids, &self.disabled, &self.fragments, &lexicon) {
                Ok(rule) => rules.push(rule),
                Err(errors) => self.errors.extend(errors),
            }
        }
        let places = match Gazetteer::builtin().with(&self.aliases) {
            Ok(places) => DistrictResolver::new(places),
            Err(error) => {
                let none: Arc<str> = "".into();
                self.errors.push(Diagnostic::new(&"alias".into(), &none, 0..0, error.to_string()));
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
        let trigger = Trigger::new(&rules);
        let change = change(&self.fragments);
        Ok(RuleSet { rules, trigger, lexicon, words, trim, change, places, notes: self.notes })
    }
}

/// The words of change right before a figure, made of the fragments `compared` and `reaching` where those are there.
fn change(fragments: &BTreeMap<String, String>) -> Option<regex::Regex> {
    let mut pattern = "{compared}{reaching}$".to_owned();
    for _ in 0..8 {
        for (name, fragment) in fragments {
            pattern = pattern.replace(&format!("{{{name}}}"), &format!("(?:{fragment})"));
        }
    }
    regex::Regex::new(&pattern).ok()
}

/// A rule that is over itself by way of others, if there is one: its id, and the place of the `over` that leads there.
fn circle(rules: &BTreeMap<String, Filed>) -> Option<Diagnostic> {
    fn visit<'a>(
        rules: &'a BTreeMap<String, Filed>,
        id: &'a str,
        open: &mut BTreeSet<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Diagnostic> {
        let filed = rules.get(id)?;
        open.insert(id);
        for other in &filed.entry.over {
            let name = other.get_ref().as_str();
            if open.contains(name) {
                let error =
                    filed.error(other.span(), format!("`over` in a circle: `{name}` leads back to `{id}`"));
                return Some(error.help("take it out: of two rules only one can win over the other"));
            }
            if !done.contains(name)
                && let Some(found) = visit(rules, name, open, done)
            {
                return Some(found);
            }
        }
        open.remove(id);
        done.insert(id);
        None
    }
    let (mut open, mut done) = (BTreeSet::new(), BTreeSet::new());
    rules.keys().find_map(|id| visit(rules, id, &mut open, &mut done))
}

/// Aliases as a gazetteer file.
fn aliases(entries: &[AliasEntry]) -> String {
    entries
        .iter()
        .map(|alias| format!("[[alias]]\nname = {:?}\ncode = {:?}\n", alias.name, alias.code))
        .collect()
}

fn is_fragment_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

/// A list of `[words]` as a fragment of its name, longest word first.
fn alternation(words: &BTreeMap<&'static str, BTreeSet<String>>, list: &str) -> String {
    let mut words: Vec<String> = words
        .get(format!("words.{list}").as_str())
        .into_iter()
        .flatten()
        .map(|word| regex_syntax::escape(word))
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    if words.is_empty() { "[^\\s\\S]".to_owned() } else { words.join("|") }
}

/// Checks one rule; a user's is compiled at once.
fn rule(
    filed: Filed,
    ids: &[String],
    disabled: &BTreeSet<String>,
    fragments: &BTreeMap<String, String>,
    lexicon: &Lexicon,
) -> Result<Rule, Vec<Diagnostic>> {
    let mut errors = Vec::new();
    let entry = &filed.entry;
    let id = entry.id.get_ref();
    if !is_kebab_case(id) {
        let error = filed.error(entry.id.span(), format!("`{id}` is no id"));
        errors.push(error.help("ids are kebab-case: small letters, digits and single hyphens"));
    }
    for (what, missing) in [
        ("examples", entry.examples.iter().all(|example| example.rows.is_empty())),
        ("refuses", entry.refuses.is_empty()),
    ] {
        if missing {
            let error = filed.error(entry.id.span(), format!("rule `{id}` has no `{what}`"));
            errors.push(error.help(match what {
                "examples" => "give a text with the rows that the rule makes: `examples = [{ text = \"…\", rows = [{ indicator = \"…\", value = \"…\" }] }]`",
                _ => "give a text from which the rule must make no row: `refuses = [\"…\"]`",
            }));
        }
    }
    if entry.indicator.get_ref().trim().is_empty() {
        let error =
            filed.error(entry.indicator.span(), "an empty indicator: the rule could never make a row");
        errors.push(error.help("write a name, or `{capture}` for a named group of the pattern"));
    }
    let mut over = Vec::new();
    for other in &entry.over {
        if let Ok(index) = ids.binary_search(other.get_ref()) {
            over.push(index as u32);
        } else if !disabled.contains(other.get_ref()) {
            let help = nearest(other.get_ref(), ids.iter().map(String::as_str));
            let error = filed.error(other.span(), format!("`over` names no rule: `{}`", other.get_ref()));
            errors.push(error.help(help.map(|near| format!("did you mean `{near}`?")).unwrap_or_default()));
        }
    }
    let pattern = match Pattern::parse(entry.pattern.get_ref(), fragments, lexicon) {
        Ok(pattern) => pattern,
        Err(error) => {
            let span = inside(&filed.text, &entry.pattern, error.span);
            errors.push(filed.error(span, error.message).help(error.help));
            return Err(errors);
        }
    };
    let template = match Template::parse(entry.indicator.get_ref(), &pattern.captures) {
        Ok(template) => template,
        Err(message) => {
            let captures: Vec<&str> =
                pattern.captures.iter().map(String::as_str).filter(|c| !c.is_empty()).collect();
            let help = if captures.is_empty() {
                "the pattern has no named groups: write `(?<name>…)`; `{topic}` and `{object}` need none"
                    .to_owned()
            } else {
                format!("captures are {}; there are `{{topic}}` and `{{object}}` too", captures.join(", "))
            };
            errors.push(filed.error(entry.indicator.span(), message).help(help));
            Template::default()
        }
    };
    let regex = OnceCell::new();
    if filed.user && errors.is_empty() {
        match pattern.compile() {
            Ok(compiled) => drop(regex.set(Some(compiled))),
            Err(error) => {
                let title = format!("the pattern does not compile: {error}");
                errors.push(
                    filed
                        .error(entry.pattern.span(), title)
                        .help("a rule may take 1 MB compiled: bound its repetitions"),
                );
            }
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let toml = table(&filed.text, filed.toml.start).to_owned();
    let entry = filed.entry;
    Ok(Rule {
        id: entry.id.into_inner(),
        category: entry.category,
        indicator: entry.indicator.into_inner(),
        template,
        pattern,
        kind: entry.kind,
        status: entry.status,
        sign: entry.sign,
        layer: entry.layer,
        user: filed.user,
        over,
        examples: entry.examples,
        refuses: entry.refuses,
        file: filed.file,
        toml,
        regex,
    })
}

/// The TOML table whose header begins at `start`: up to the next header, without what comments that.
fn table(text: &str, start: usize) -> &str {
    let rest = &text[start..];
    let mut end = 0;
    for line in rest.split_inclusive('\n') {
        let header = line.starts_with('[') && end > 0;
        if header {
            break;
        }
        end += line.len();
    }
    let mut table = rest[..end].trim_end();
    while let Some(at) = table.rfind('\n').filter(|&at| table[at + 1..].starts_with('#')) {
        table = table[..at].trim_end();
    }
    table
}

fn is_kebab_case(id: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.split('-').all(word)
}

/// The place in the file of bytes of a pattern: exact in a literal string, the whole string where escapes shift it.
fn inside(text: &str, pattern: &Spanned<String>, span: Range<usize>) -> Range<usize> {
    let whole = pattern.span();
    let written = &text[whole.clone()];
    match written.find(pattern.get_ref().as_str()) {
        Some(offset) => whole.start + offset + span.start..whole.start + offset + span.end,
        None => whole,
    }
}

/// A TOML error with its place; an unknown key is told the nearest known one.
fn syntax_error(file: &Arc<str>, text: &Arc<str>, error: &toml::de::Error) -> Diagnostic {
    let message = error.message();
    let mut words = message.split('`').skip(1).step_by(2);
    let help = if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let unknown = words.next().unwrap_or_default();
        let known: Vec<&str> = words.collect();
        match nearest(unknown, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        }
    } else {
        String::new()
    };
    let title = message.split(", expected").next().unwrap_or(message).replace("unknown field", "unknown key");
    Diagnostic::new(file, text, error.span().unwrap_or(0..0), title).help(help)
}
