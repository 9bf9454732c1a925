//! Text to the form that rules are written in, with an alignment back to the original.
//!
//! Passes, each of which leaves a text without faults borrowed. Where one look over the bytes finds signs of it, what befell
//! the text after it was written is undone: `mojibake`, `entities`, `pinyin`. Then `fold` mends characters by themselves
//! (width, script, invisible and private-use ones, line ends), and `layout` what depends on neighbours (punctuation,
//! stray spaces, wrapped lines).

mod editor;
mod entities;
mod fold;
mod layout;
mod lines;
mod mojibake;
mod numbers;
mod pinyin;
mod script;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use pinyin::Damage;

use crate::{
    alignment::{Alignment, Layer},
    document::Document,
    span::Span,
};

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
/// let document = repair("接收工单１３ １５７件");
/// assert_eq!(document.text, "接收工单13157件");
/// let quantity = document.alignment.source(Span::new(12, 20));
/// assert_eq!(quantity.of(document.decoded), "１３ １５７件");
/// ```
pub fn repair(decoded: &str) -> Document<'_> {
    Repair::new(decoded, &mut |_, _, _| {}).run()
}

/// One thing that was repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// Where it stands in the decoded text.
    pub source: Span,
    /// The layer that did it; `None` for what could not be undone with certainty, of which figures are not to be
    /// trusted.
    pub layer: Option<Layer>,
    /// What the layer found there, which other layers may have repaired before it.
    pub before: String,
    /// What it made of it.
    pub after: String,
}

/// Everything that [`repair`] does to `decoded`, in the order of the text.
pub fn mended(decoded: &str) -> Vec<Mended> {
    let mut found = Vec::new();
    let document = Repair::new(decoded, &mut |before, after, alignments| {
        let [so_far, this] = alignments;
        found.extend(this.edits().map(|(text, source, layer)| Mended {
            source: so_far.source(source),
            layer: Some(layer),
            before: source.of(before).to_owned(),
            after: text.of(after).to_owned(),
        }));
    })
    .run();
    found.extend(document.doubts.iter().map(|doubt| Mended {
        source: doubt.span,
        layer: None,
        before: doubt.span.of(decoded).to_owned(),
        after: String::new(),
    }));
    found.sort_by_key(|mended| (mended.source.start, mended.source.end));
    found
}

/// What looks on after each layer: the text before and after it, the alignment up to it and its own.
type Onlooker<'o> = dyn FnMut(&str, &str, [&Alignment; 2]) + 'o;

/// A repair on its way.
struct Repair<'t, 'o> {
    document: Document<'t>,
    onlooker: &'o mut Onlooker<'o>,
}

impl<'t, 'o> Repair<'t, 'o> {
    fn new(decoded: &'t str, onlooker: &'o mut Onlooker<'o>) -> Self {
        let document = Document {
            decoded,
            text: Cow::Borrowed(decoded),
            alignment: Alignment::identity(),
            doubts: Vec::new(),
        };
        Self { document, onlooker }
    }

    fn run(mut self) -> Document<'t> {
        if self.document.decoded.len() > LIMIT {
            return self.document;
        }
        let signs = Signs::of(self.document.decoded.as_bytes());
        if signs.latin || signs.misread {
            for _ in 0..mojibake::TIMES {
                self.pass(mojibake::undo);
            }
        }
        if signs.entities {
            self.pass(entities::decode);
        }
        if signs.latin || signs.misread || signs.entities {
            self.pinyin();
        }
        self.pass(fold::fold);
        self.pass(layout::layout);
        self.document
    }

    fn pinyin(&mut self) {
        let before = self.document.alignment.clone();
        let mut doubts = Vec::new();
        self.pass(|text| {
            let (text, alignment, found) = pinyin::undo(text);
            doubts = found;
            (text, alignment)
        });
        for doubt in &mut doubts {
            doubt.span = before.source(doubt.span);
        }
        doubts.sort_by_key(|doubt| doubt.span);
        self.document.doubts = doubts;
    }

    /// One layer or several; a text that it leaves as it is stays borrowed.
    fn pass(&mut self, layer: impl FnOnce(&str) -> (Cow<'_, str>, Alignment)) {
        let (text, alignment) = layer(&self.document.text);
        if alignment.is_identity() {
            return;
        }
        let text = text.into_owned();
        (self.onlooker)(&self.document.text, &text, [&self.document.alignment, &alignment]);
        let before = std::mem::take(&mut self.document.alignment);
        self.document.alignment = before.then(alignment);
        self.document.text = Cow::Owned(text);
    }
}

/// What tells that a text may be damaged: looked for in one go, so that a text without damage costs hardly more.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    /// Letters of Latin script with marks: pinyin, or UTF-8 read as windows-1252.
    latin: bool,
    /// UTF-8 read as GBK.
    misread: bool,
    entities: bool,
}

impl Signs {
    fn of(bytes: &[u8]) -> Self {
        const BLOCK: usize = 128;
        let (mut latin, mut entities) = (false, false);
        for block in bytes.chunks(BLOCK) {
            // The first bytes of U+00C0 to U+01FF, by a test that the compiler turns into vector code.
            latin |= block.iter().fold(0, |found, &b| found | u8::from(b.wrapping_sub(0xC3) <= 4)) != 0;
            entities |= block.iter().fold(0, |found, &b| found | u8::from(b == b'&')) != 0;
        }
        Self { latin, entities, misread: mojibake::is_suspect(bytes) }
    }
}
