//! The damage of mirror sites: Traditional text with pinyin in brackets, shifted by a byte where a character was found
//! across two others. docs/damage.md tells what happened and what can be undone.

mod codepage;
mod forward;
mod inverse;
mod lexicon;
mod line;
mod readings;
mod search;
mod tokens;

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
    collections::BTreeMap,
};

pub use forward::Damage;
use inverse::Inverse;
use lexicon::Lexicon;
use tokens::Kind;

use super::{editor::Editor, fold::TABLE, script::is_han};
use crate::{
    alignment::{Alignment, Layer},
    document::Doubt,
    span::Span,
};

/// The text with its damage undone where that is proven, and where figures of the damaged text are not to be trusted; a
/// text without any stays borrowed.
pub(super) fn undo(text: &str) -> (Cow<'_, str>, Alignment, Vec<Doubt>) {
    let Some(survey) = Survey::of(text) else {
        return (Cow::Borrowed(text), Alignment::identity(), Vec::new());
    };
    let lexicon = OnceCell::new();
    let inverse = Inverse {
        listed: &survey.listed,
        lexicon: &|| lexicon.get_or_init(|| Lexicon::of(&survey.mentions)),
        text,
        searches: Cell::new(0),
    };
    let mut editor = Editor::new(text);
    let mut doubts = Vec::new();
    for line in lines(text) {
        let (fixes, doubtful) = inverse.line(&tokens::tokens(text, line));
        for fix in fixes {
            editor.replace(fix.source, &fix.text, Layer::Pinyin);
        }
        doubts.extend(doubtful);
    }
    let (text, alignment) = editor.finish();
    (text, alignment, doubts)
}

fn lines(text: &str) -> impl Iterator<Item = Span> {
    let mut start = 0;
    text.split('\n').map(move |line| {
        let span = Span::new(start, start + line.len());
        start = span.end + 1;
        span
    })
}

/// What a damaged document tells of its site.
#[derive(Debug, Default)]
struct Survey {
    /// The characters that the site writes readings behind, with the readings.
    listed: BTreeMap<char, String>,
    /// Stretches that nothing happened to, in Simplified characters.
    mentions: Vec<Vec<char>>,
}

impl Survey {
    /// `None` if there is no sign of damage.
    fn of(text: &str) -> Option<Self> {
        let mut readings: BTreeMap<char, BTreeMap<&str, usize>> = BTreeMap::new();
        let mut torn = false;
        for line in lines(text) {
            let mut before = None;
            for token in tokens::tokens(text, line) {
                match token.kind {
                    Kind::Gloss(reading) => {
                        if let Some(c) = before.filter(|&c| readings::is_reading(c, reading)) {
                            *readings.entry(c).or_default().entry(reading).or_default() += 1;
                        }
                    }
                    Kind::Torn(reading) => torn |= !reading.is_ascii(),
                    _ => {}
                }
                before = match token.kind {
                    Kind::Pair(c, _) if is_han(c) => Some(c),
                    _ => None,
                };
            }
        }
        if !torn && !readings.values().flat_map(BTreeMap::keys).any(|reading| !reading.is_ascii()) {
            return None;
        }
        // A writer's own gloss stands once; a site's everywhere.
        let mut bare: BTreeMap<char, usize> = BTreeMap::new();
        let mut mentions = Vec::new();
        for line in lines(text) {
            let tokens = tokens::tokens(text, line);
            let mut run = Vec::new();
            let mut tainted = false;
            for (i, token) in tokens.iter().enumerate() {
                let next = tokens.get(i + 1).map(|token| token.kind);
                match token.kind {
                    Kind::Pair(c, _) if is_han(c) => {
                        if readings.contains_key(&c) && !matches!(next, Some(Kind::Gloss(_))) {
                            *bare.entry(c).or_default() += 1;
                        }
                        run.push(TABLE.target(c));
                        continue;
                    }
                    Kind::Gloss(_) => {
                        tainted |= i > 0 && matches!(tokens[i - 1].kind, Kind::Ascii(_));
                        if !tainted {
                            continue;
                        }
                    }
                    _ => {}
                }
                let letter = matches!(token.kind, Kind::Ascii(0x40..=0x80));
                if matches!(token.kind, Kind::Torn(_)) {
                    // The word goes on in what is damaged.
                    run.pop();
                }
                if !tainted && !letter && run.len() > 1 {
                    mentions.push(std::mem::take(&mut run));
                }
                run.clear();
                tainted = matches!(token.kind, Kind::Torn(_) | Kind::Ascii(b'?'))
                    || matches!(token.kind, Kind::Pair(..)) && matches!(next, Some(Kind::Pair(_, [0xA8, _])));
            }
            if !tainted && run.len() > 1 {
                mentions.push(run);
            }
        }
        let listed = readings.into_iter().filter_map(|(c, readings)| {
            let glossed: usize = readings.values().sum();
            let (reading, _) = readings.into_iter().max_by_key(|&(_, count)| count)?;
            (glossed >= bare.get(&c).copied().unwrap_or(0)).then(|| (c, reading.to_owned()))
        });
        Some(Self { listed: listed.collect(), mentions })
    }
}

#[cfg(test)]
mod tests;
