//! Where units, guards and aliases stand in their files, so that an error that comes up when all of them are put
//! together can point.

use std::{collections::BTreeMap, ops::Range, sync::Arc};

use super::{diagnostic::Diagnostic, source::table, text::FileText};
use crate::{gazetteer, recognise::lexicon::LexiconError};

/// What an entry is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Unit,
    Guard,
    Alias,
}

/// Where an entry stands.
#[derive(Debug)]
pub(super) struct Place {
    pub file: Arc<str>,
    pub text: Arc<FileText>,
    /// Bytes of its table.
    pub span: Range<usize>,
    pub user: bool,
}

/// The places of all entries by their keys, the last of those with one key.
#[derive(Debug, Default)]
pub(super) struct Places(BTreeMap<(Kind, String), Place>);

impl Places {
    pub fn insert(&mut self, key: (Kind, String), place: Place) {
        self.0.insert(key, place);
    }

    /// What is wrong with units, hedges or guards.
    pub fn of_lexicon(&self, error: &LexiconError) -> Diagnostic {
        let (kind, keys, help) = match error {
            LexiconError::TooManyUnits(_) => (Kind::Unit, vec![], "load fewer units"),
            LexiconError::UnknownUnit { unit, of } => {
                (Kind::Unit, vec![(unit, of)], "name a unit of this file or a built-in one, or define it")
            }
            LexiconError::Unit(unit) => {
                let help = "a unit that is given in another one says how many of it: `of = \"…\"` and `factor = \"…\"`";
                (Kind::Unit, vec![(unit, unit)], help)
            }
            LexiconError::Alias { word, first, second } => {
                (Kind::Unit, vec![(second, word), (first, word)], "take the word out of one of them")
            }
            LexiconError::Guard { id, .. } => (Kind::Guard, vec![(id, id)], ""),
        };
        let place = |(key, value): (&String, _)| Some((self.0.get(&(kind, key.clone()))?, value));
        let mut places: Vec<(&Place, &String)> = keys.into_iter().filter_map(place).collect();
        // Where a user's entry and a built-in one do not go together, the user's can be changed.
        places.sort_by_key(|(place, _)| !place.user);
        let (place, value) =
            places.first().map_or((None, ""), |(place, value)| (Some(*place), value.as_str()));
        diagnostic(place, value, error.to_string(), "units, hedges, guards").help(help)
    }

    /// What is wrong with aliases.
    pub fn of_aliases(&self, error: &gazetteer::Error) -> Diagnostic {
        let aliases = self.0.iter().filter(|((kind, _), _)| *kind == Kind::Alias);
        let place = aliases.map(|((_, name), place)| (name, place)).find(|(name, _)| error.is_of(name));
        let (value, place) = place.map_or(("", None), |(name, place)| (name.as_str(), Some(place)));
        diagnostic(place, value, error.to_string(), "alias")
    }
}

/// An error at the value of an entry, or at its whole table.
fn diagnostic(place: Option<&Place>, value: &str, title: String, file: &str) -> Diagnostic {
    let Some(Place { file, text, span, .. }) = place else {
        return Diagnostic::new("bad-entry", &file.into(), &Arc::default(), 0..0, title);
    };
    let table = table(text, span.start);
    let written = [format!("\"{value}\""), format!("'{value}'")];
    let found = written.iter().find_map(|value| Some((table.find(value)?, value.len())));
    let span = found.map_or(span.clone(), |(at, length)| span.start + at..span.start + at + length);
    Diagnostic::new("bad-entry", file, text, span, title)
}
