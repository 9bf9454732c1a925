//! Text to the form that rules are written in, with an alignment back to the original.
//!
//! Two passes, each of which leaves a text without faults borrowed: `fold` mends characters by themselves (width,
//! script, invisible and private-use ones, line ends), `layout` what depends on neighbours (punctuation, stray
//! spaces, wrapped lines).

mod editor;
mod fold;
mod layout;
mod lines;
mod numbers;
mod script;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::{alignment::Alignment, document::Document};

/// Longest text that is repaired, in bytes; a longer one is left as it is, since edits count in 32 bits.
pub const LIMIT: usize = 1 << 30;

/// What a character becomes wherever it stands, if it becomes another: a Traditional one, a full-width letter. Rules
/// never see it.
pub fn folded(c: char) -> Option<char> {
    use fold::{Class, TABLE};
    match TABLE.class(c) {
        Class::Traditional | Class::Width | Class::Compatibility | Class::Punctuation => {
            Some(TABLE.target(c))
        }
        _ => None,
    }
    .filter(|&to| to != c)
}

/// Repairs `decoded`.
///
/// ```
/// use kpi_extract::{repair::repair, span::Span};
///
/// let document = repair("接收工單１３ １５７件");
/// assert_eq!(document.text, "接收工单13157件");
/// let quantity = document.alignment.source(Span::new(12, 20));
/// assert_eq!(quantity.of(document.decoded), "１３ １５７件");
/// ```
pub fn repair(decoded: &str) -> Document<'_> {
    if decoded.len() > LIMIT {
        return Document { decoded, text: Cow::Borrowed(decoded), alignment: Alignment::identity() };
    }
    let (folded, alignment) = fold::fold(decoded);
    let (text, alignment) = match folded {
        Cow::Borrowed(folded) => layout::layout(folded),
        Cow::Owned(folded) => {
            let (text, then) = layout::layout(&folded);
            (Cow::Owned(text.into_owned()), alignment.then(then))
        }
    };
    Document { decoded, text, alignment }
}
