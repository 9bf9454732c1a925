//! Finds every quantity, ordinal and time in a text, and names what it refused.

mod candidate;
mod chars;
mod code;
mod compose;
mod exact;
mod fraction;
mod guard;
pub mod lexicon;
mod marks;
mod measure;
mod numeral;
mod ordinal;
mod plain;
mod range;
mod share;
pub mod time;
mod words;

use compose::{Composer, Found};
pub use guard::Guarded;
use lexicon::Lexicon;

use crate::quantity::Quantity;

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognition {
    /// Quantities and ordinals, in the order of the text, none overlapping another.
    pub quantities: Vec<Quantity>,
    /// What guards refused, in the order of the text; only filled by [`recognise_guarded`].
    pub guarded: Vec<Guarded>,
}

/// Finds the quantities of a repaired text.
///
/// ```
/// use kpi_extract::recognise::{lexicon::Lexicon, recognise};
///
/// let text = "改造小区62万多平方米";
/// let found = recognise(text, Lexicon::builtin());
/// assert_eq!(found.quantities[0].value, 620_000.into());
/// assert_eq!(found.quantities[0].span.of(text), "62万多平方米");
/// ```
pub fn recognise(text: &str, lexicon: &Lexicon) -> Recognition {
    scan(text, lexicon, false)
}

/// The same, and lists the numbers that guards refused, each with its reason.
pub fn recognise_guarded(text: &str, lexicon: &Lexicon) -> Recognition {
    scan(text, lexicon, true)
}

fn scan(text: &str, lexicon: &Lexicon, listing: bool) -> Recognition {
    let mut found = Recognition::default();
    // Dense reports have a figure every forty bytes.
    found.quantities.reserve(text.len() / 32);
    let mut hedges = Vec::with_capacity(text.len() / 32);
    let landmarks = lexicon.guards.landmarks(text);
    let mut composer = Composer { text, lexicon, floor: 0, listing, landmarks };
    let mut from = 0;
    while let Some(at) = candidate::next(text, from, &lexicon.marks) {
        // Whatever is made of a candidate, the next one is looked for after it.
        let after = at + text[at..].chars().next().map_or(1, char::len_utf8);
        match composer.plain(at).unwrap_or_else(|| composer.read(at)) {
            Found::Quantity { quantity, hedged: outer } => {
                from = quantity.span.end.max(after);
                composer.floor = quantity.span.end;
                found.quantities.push(quantity);
                hedges.push(outer);
            }
            Found::Guarded { span, guard, next } => {
                from = next.max(after);
                if listing {
                    found.guarded.push(guard.into_guarded(span));
                }
            }
            Found::Nothing { next } => from = next.max(after),
        }
    }
    if share::lend(text, &mut found.quantities, &hedges) {
        share::between(text, &mut found.quantities);
    }
    apart(&mut found);
    found
}

/// Leaves nothing refused where a quantity is, and nothing refused twice.
fn apart(found: &mut Recognition) {
    let mut quantities = found.quantities.iter().peekable();
    let mut end = 0;
    found.guarded.sort_by_key(|guarded| guarded.span.start);
    found.guarded.retain(|guarded| {
        let span = guarded.span;
        while quantities.next_if(|quantity| quantity.span.end <= span.start).is_some() {}
        let free = quantities.peek().is_none_or(|quantity| quantity.span.start >= span.end);
        let kept = free && span.start >= end;
        end = if kept { span.end } else { end };
        kept
    });
}

#[cfg(test)]
mod tests;
