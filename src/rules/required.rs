//! The words that every match of a pattern has, by which rules are looked up before they are searched for.
//!
//! The build script compiles this file too.

use regex_syntax::hir::{Capture, Class, Hir, HirKind};

use super::syntax::{SLOT_GROUP, is_reserved};

/// What stands in every match: of each list at least one word, the most telling lists first. A rule is tried only
/// where all of them do.
pub fn required(hir: &Hir) -> Vec<Vec<String>> {
    const LISTS: usize = 8;
    let mut lists = lists(hir);
    for words in &mut lists {
        words.sort_unstable();
        words.dedup();
    }
    lists.sort_by_key(|words| std::cmp::Reverse(weight(words)));
    lists.dedup();
    lists.truncate(LISTS);
    lists
}

fn lists(hir: &Hir) -> Vec<Vec<String>> {
    const MOST: usize = 256;
    match hir.kind() {
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) if !text.chars().any(is_reserved) => vec![vec![text.to_owned()]],
            _ => vec![],
        },
        HirKind::Class(Class::Unicode(class)) => {
            let size: usize = class.ranges().iter().map(regex_syntax::hir::ClassUnicodeRange::len).sum();
            let words = || class.ranges().iter().flat_map(|r| r.start()..=r.end());
            if (1..=8).contains(&size) && !words().any(is_reserved) {
                vec![words().map(String::from).collect()]
            } else {
                vec![]
            }
        }
        HirKind::Capture(Capture { name: Some(name), .. }) if name.starts_with(SLOT_GROUP) => vec![],
        HirKind::Capture(capture) => lists(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => lists(&repetition.sub),
        HirKind::Concat(subs) => subs.iter().flat_map(lists).collect(),
        HirKind::Alternation(subs) => {
            let best = |sub| lists(sub).into_iter().max_by_key(|words| weight(words));
            let words: Option<Vec<Vec<String>>> = subs.iter().map(best).collect();
            words.map(|words| words.concat()).filter(|words| words.len() <= MOST).into_iter().collect()
        }
        _ => vec![],
    }
}

/// How rarely one of these words stands in a text: few long ones do so least.
fn weight(words: &[String]) -> usize {
    words.iter().map(String::len).min().unwrap_or(0) * 100 / (words.len() + 4)
}
