//! Fragments of users' files: each is checked where it is defined, also one that no pattern uses.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    circle::circle,
    diagnostic::Diagnostic,
    entry::inside,
    held::Held,
    pattern::{self, Vocabulary},
    placed::Placed,
    syntax::fragments_in,
    text::FileText,
};

/// A fragment and the file that defines it.
pub(super) struct Defined {
    pub file: Arc<str>,
    pub text: Arc<FileText>,
    pub fragment: Placed<Held>,
}

/// Tells what is wrong with fragments; gives the names of those that no pattern can use.
pub(super) fn check(
    defined: &BTreeMap<String, Defined>,
    vocabulary: &Vocabulary,
    errors: &mut Vec<Diagnostic>,
) -> BTreeSet<String> {
    let mut broken = BTreeSet::new();
    if defined.is_empty() {
        return broken;
    }
    let fragments = vocabulary.fragments();
    for (name, Defined { file, text, fragment }) in defined {
        if let Err(error) = pattern::check_fragment(fragment.get_ref(), vocabulary) {
            let place = inside(text, fragment, error.span);
            errors.push(Diagnostic::new(error.code, file, text, place, error.message).help(error.help));
            broken.insert(name.clone());
        }
    }
    let mut sound = BTreeSet::new();
    let inner = |name: &str| {
        fragments.get(name).map(|text| fragments_in(text, fragments).collect()).unwrap_or_default()
    };
    for start in defined.keys() {
        let Some(circle) = circle(start, inner, &mut sound) else { continue };
        let first = circle.iter().find_map(|&name| defined.get_key_value(name));
        if let Some((name, Defined { file, text, fragment })) = first {
            let title = format!("fragments in a circle: {}", circle.join(" → "));
            let place = inside(text, fragment, 0..fragment.get_ref().len());
            let error = Diagnostic::new("fragment-circle", file, text, place, title);
            errors.push(
                error.help(format!("a fragment cannot stand in itself: write `{name}` without the next one")),
            );
        }
        // Each circle is told once.
        broken.extend(circle.iter().map(|&name| name.to_owned()));
        sound.extend(circle);
    }
    // What is made of a broken one is broken, too.
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, text) in fragments {
        for inner in fragments_in(text, fragments) {
            users.entry(inner).or_default().push(name);
        }
    }
    let mut open: Vec<String> = broken.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for &user in users.get(name.as_str()).into_iter().flatten() {
            if broken.insert(user.to_owned()) {
                open.push(user.to_owned());
            }
        }
    }
    broken
}
