//! One rule, from its entry in a file to what matching works with, every error with its place.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use once_cell::sync::OnceCell;

use super::{
    builtin::ShippedPattern,
    diagnostic::Diagnostic,
    file::{Proof, RuleEntry},
    held::Held,
    nearest::nearest,
    pattern::{CompileError, Pattern, Vocabulary},
    placed::Placed,
    set::{Rule, Searcher},
    source::table,
    template::{TOPICS, Template},
    text::FileText,
};

/// How many bytes the patterns of users may take together, compiled.
pub(super) const ROOM: usize = 256 << 20;

/// A rule with the file that it came from.
pub(super) struct Filed {
    pub entry: RuleEntry,
    pub file: Arc<str>,
    pub text: Arc<FileText>,
    pub toml: Range<usize>,
    pub user: bool,
    pub shipped: Option<&'static ShippedPattern>,
}

/// What a rule may name.
pub(super) struct Known<'a> {
    /// Ids of all rules, sorted.
    pub ids: &'a [Held],
    /// What was switched off.
    pub disabled: &'a BTreeSet<String>,
    /// Whether a name that is not known is told the nearest one: not where there are very many of them.
    pub advise: bool,
}

impl Filed {
    pub fn error(&self, code: &'static str, span: Range<usize>, title: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, &self.file, &self.text, span, title)
    }
}

/// Checks one rule; a user's is compiled at once. Of a built-in one that was shipped the tests have checked what
/// takes time.
pub(super) fn rule(
    mut filed: Filed,
    known: &Known<'_>,
    vocabulary: &Arc<Vocabulary>,
    room: &mut usize,
) -> Result<Rule, Vec<Diagnostic>> {
    let shipped = filed.shipped.take();
    let program = shipped.and_then(ShippedPattern::program);
    let mut errors = Vec::new();
    let entry = &filed.entry;
    let id = entry.id.get_ref();
    if !is_kebab_case(id) {
        let error = filed.error("bad-name", entry.id.span(), format!("`{id}` is no id"));
        errors.push(error.help("ids are kebab-case: small letters, digits and single hyphens"));
    }
    for (what, missing) in [
        ("examples", entry.examples.iter().all(|example| example.rows.is_empty())),
        ("refuses", entry.refuses.is_empty()),
    ] {
        if missing && shipped.is_none() && !filed.text.is_empty() {
            let error = filed.error("missing-proof", entry.id.span(), format!("rule `{id}` has no `{what}`"));
            errors.push(error.help(match what {
                "examples" => "give a text with the rows that the rule makes: `examples = [{ text = \"…\", rows = [{ indicator = \"…\", value = \"…\" }] }]`",
                _ => "give a text from which the rule must make no row: `refuses = [\"…\"]`",
            }));
        }
    }
    if entry.indicator.get_ref().trim().is_empty() {
        let error = filed.error(
            "empty-indicator",
            entry.indicator.span(),
            "an empty indicator: the rule could never make a row",
        );
        errors.push(error.help("write a name, or `{capture}` for a named group of the pattern"));
    }
    let mut over = Vec::new();
    for other in &entry.over {
        if let Ok(index) = known.ids.binary_search(other.get_ref()) {
            over.push(index as u32);
        } else if !known.disabled.contains(&**other.get_ref()) {
            let ids = known.ids.iter().filter(|_| known.advise);
            let help = nearest(other.get_ref(), ids.map(|id| &**id));
            let error = filed.error(
                "unknown-id",
                other.span(),
                format!("`over` names no rule: `{}`", other.get_ref()),
            );
            errors.push(error.help(help.map(|near| format!("did you mean `{near}`?")).unwrap_or_default()));
        }
    }
    let read = match shipped {
        Some(shipped) => Ok(Pattern::shipped(shipped)),
        None => Pattern::parse(entry.pattern.get_ref(), vocabulary),
    };
    let pattern = match read {
        Ok(pattern) => pattern,
        Err(error) => {
            let span = inside(&filed.text, &entry.pattern, error.span);
            errors.push(filed.error(error.code, span, error.message).help(error.help));
            return Err(errors);
        }
    };
    let template = match Template::parse(entry.indicator.get_ref(), &pattern.captures) {
        Ok(template) => template,
        Err(message) => {
            let captures = pattern.captures.iter().map(|name| &**name).filter(|name| !name.is_empty());
            let place = inside(&filed.text, &entry.indicator, message.span);
            let help = match nearest(&message.name, captures.clone().chain(TOPICS)) {
                Some(near) => format!("did you mean `{{{near}}}`?"),
                None if captures.clone().next().is_none() => {
                    format!("the pattern has no named group: write `(?<name>…)`; {} need none", shown(TOPICS))
                }
                None => format!("groups are {}; there are {} too", shown(captures), shown(TOPICS)),
            };
            errors.push(filed.error("unknown-capture", place, message.text).help(help));
            Template::default()
        }
    };
    let mut size = 0;
    let mut searcher = Searcher { program, ..Searcher::default() };
    if filed.user && errors.is_empty() {
        match pattern.compile(vocabulary, true) {
            Ok(compiled) => {
                size = compiled.memory_usage();
                searcher.few = OnceCell::with_value(Some(compiled));
            }
            Err(error) => {
                let title = match error {
                    CompileError::Pattern(error) => error.message,
                    CompileError::Build(_) => "the pattern is too large when compiled".to_owned(),
                };
                let error = filed.error("too-large", entry.pattern.span(), title);
                errors
                    .push(error.help(
                        "a pattern may take 1 MB compiled: bound its repetitions, shorten its classes",
                    ));
            }
        }
    }
    *room = room.saturating_sub(size);
    if size > 0 && *room == 0 {
        let title = format!("the patterns up to that of `{id}` take more than {} MB compiled", ROOM >> 20);
        let error = filed.error("all-too-large", entry.pattern.span(), title);
        errors.push(error.help("load fewer rules at a time, or give them shorter patterns"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let entry = filed.entry;
    let proof = filed.user.then(|| Proof {
        examples: entry.examples,
        refuses: entry.refuses,
        toml: table(&filed.text, filed.toml.start).to_owned(),
        source: Arc::clone(&filed.text),
        id: entry.id.span(),
        pattern: entry.pattern.span(),
    });
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
        file: filed.file,
        proof,
        vocabulary: Arc::clone(vocabulary),
        regex: searcher,
    })
}

/// Names in braces, as an indicator has them.
fn shown<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{{{name}}}`")).collect::<Vec<_>>().join(", ")
}

fn is_kebab_case(id: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    id.split('-').all(word)
}

/// The place in the file of bytes of a pattern: exact in a literal string, the whole string where escapes shift it.
pub(crate) fn inside(text: &str, pattern: &Placed<Held>, span: Range<usize>) -> Range<usize> {
    let whole = pattern.span();
    let written = &text[whole.clone()];
    match written.find(&**pattern.get_ref()) {
        Some(offset) => whole.start + offset + span.start..whole.start + offset + span.end,
        None => whole,
    }
}
