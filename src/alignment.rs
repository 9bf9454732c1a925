//! `Alignment`: where each stretch of repaired text came from, so that every repair can be undone in a row's span.

use std::fmt;

use crate::span::Span;

/// A kind of repair, named in the rows that it touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Layer {
    /// UTF-8 that was read as another encoding was read again.
    Mojibake,
    /// HTML entities became their characters.
    Entities,
    /// Pinyin that a mirror site wrote behind characters was taken out, and what it shifted was put right.
    Pinyin,
    /// Full-width letters, digits and signs became half-width ones.
    Width,
    /// Radicals and compatibility ideographs became the ordinary characters.
    Compatibility,
    /// Punctuation became Chinese punctuation.
    Punctuation,
    /// Stray spaces and invisible characters were taken out.
    Spaces,
    /// Line ends were unified, wrapped lines joined.
    Lines,
    /// Traditional characters became Simplified ones.
    Script,
    /// Private-use characters became U+FFFD.
    PrivateUse,
}

impl Layer {
    /// Every layer, in the order of the names in a row.
    pub const ALL: [Self; 10] = [
        Self::Mojibake,
        Self::Entities,
        Self::Pinyin,
        Self::Width,
        Self::Compatibility,
        Self::Punctuation,
        Self::Spaces,
        Self::Lines,
        Self::Script,
        Self::PrivateUse,
    ];

    /// The name in the row.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mojibake => "mojibake",
            Self::Entities => "entities",
            Self::Pinyin => "pinyin",
            Self::Width => "width",
            Self::Compatibility => "compatibility",
            Self::Punctuation => "punctuation",
            Self::Spaces => "spaces",
            Self::Lines => "lines",
            Self::Script => "script",
            Self::PrivateUse => "private-use",
        }
    }
}

/// A set of layers; it displays as their names joined by `+`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layers(u16);

impl Layers {
    /// Adds one.
    pub const fn insert(&mut self, layer: Layer) {
        self.0 |= 1 << layer as u8;
    }

    /// Whether it has this one.
    pub const fn contains(self, layer: Layer) -> bool {
        self.0 & (1 << layer as u8) != 0
    }

    /// Whether it has none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its layers, in the order of `Layer::ALL`.
    pub fn iter(self) -> impl Iterator<Item = Layer> {
        Layer::ALL.into_iter().filter(move |&layer| self.contains(layer))
    }
}

impl fmt::Display for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, layer) in self.iter().enumerate() {
            if i > 0 {
                f.write_str("+")?;
            }
            f.write_str(layer.name())?;
        }
        Ok(())
    }
}

/// One stretch that a repair changed: `text..text + text_len` after it, `source..source + source_len` before it.
#[derive(Clone, Copy, Debug)]
struct Edit {
    text: u32,
    text_len: u32,
    source: u32,
    source_len: u32,
    layer: Layer,
    /// Whether each character of the one is as long as its like of the other.
    level: bool,
}

/// The edits of one pass over a text, in its order. A pass adds what it did while it writes the new text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits(Vec<Edit>);

impl Edits {
    /// Notes that `source`, one character or several, became `text`; neither range may begin before the end of the
    /// edit before. `level` says that both have as many characters, each as long as its like; where they have not, each
    /// character of `text` leads back to all of `source`.
    pub(crate) fn push(&mut self, text: Span, source: Span, layer: Layer, level: bool) {
        let edit = Edit {
            text: text.start as u32,
            text_len: text.len() as u32,
            source: source.start as u32,
            source_len: source.len() as u32,
            layer,
            level,
        };
        if let Some(last) = self.0.last_mut() {
            let touches =
                last.text + last.text_len == edit.text && last.source + last.source_len == edit.source;
            let gone = |e: &Edit| e.text_len == 0;
            if touches && last.layer == layer && (last.level && level || gone(last) && gone(&edit)) {
                last.text_len += edit.text_len;
                last.source_len += edit.source_len;
                return;
            }
        }
        self.0.push(edit);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = (Span, Span, Layer)> {
        let span = |start: u32, len: u32| Span::new(start as usize, start as usize + len as usize);
        self.0
            .iter()
            .map(move |edit| (span(edit.text, edit.text_len), span(edit.source, edit.source_len), edit.layer))
    }

    /// The edit that a place after `count` edits lies in or behind.
    fn before(&self, count: usize) -> Option<&Edit> {
        count.checked_sub(1).and_then(|i| self.0.get(i))
    }

    fn source(&self, span: Span) -> Span {
        let place = |edit: Option<&Edit>, at: usize, end: bool| {
            let Some(edit) = edit else { return at };
            let into = at - edit.text as usize;
            let (text_len, source_len) = (edit.text_len as usize, edit.source_len as usize);
            edit.source as usize
                + if into >= text_len {
                    source_len + into - text_len
                } else if edit.level {
                    into
                } else if end {
                    source_len
                } else {
                    0
                }
        };
        let start = self.before(self.0.partition_point(|edit| edit.text as usize <= span.start));
        let start = place(start, span.start, false);
        if span.is_empty() {
            return Span::new(start, start);
        }
        let end = self.before(self.0.partition_point(|edit| (edit.text as usize) < span.end));
        Span::new(start, place(end, span.end, true))
    }

    fn layers(&self, span: Span, layers: &mut Layers) {
        let first = self.0.partition_point(|edit| (edit.text + edit.text_len) as usize <= span.start);
        for edit in self.0[first..].iter().take_while(|edit| (edit.text as usize) < span.end) {
            layers.insert(edit.layer);
        }
    }
}

/// Maps byte ranges of a repaired text to byte ranges of the text before repair: as many passes of edits as there
/// were, none for a text that needed no repair.
#[derive(Clone, Debug, Default)]
pub struct Alignment {
    passes: Vec<Edits>,
}

impl Alignment {
    /// The alignment of a text to itself; allocates nothing.
    pub const fn identity() -> Self {
        Self { passes: Vec::new() }
    }

    pub(crate) fn of(edits: Edits) -> Self {
        if edits.is_empty() { Self::identity() } else { Self { passes: vec![edits] } }
    }

    /// The alignment of a text that was repaired as `self` says and then as `next` says.
    #[must_use]
    pub fn then(mut self, mut next: Self) -> Self {
        self.passes.append(&mut next.passes);
        self
    }

    /// Whether nothing was changed.
    pub fn is_identity(&self) -> bool {
        self.passes.is_empty()
    }

    /// The bytes of the decoded text that the bytes of `span` in the repaired text came from, from its first to its
    /// last character: what was deleted inside is included, what was deleted at its edges is not. `span` must lie
    /// on character boundaries. Logarithmic in the number of edits.
    #[must_use]
    pub fn source(&self, span: Span) -> Span {
        self.passes.iter().rev().fold(span, |span, edits| edits.source(span))
    }

    /// What was changed: where it stands after and before, each in the text of its pass.
    pub(crate) fn edits(&self) -> impl Iterator<Item = (Span, Span, Layer)> {
        self.passes.iter().flat_map(Edits::iter)
    }

    /// The repair layers that changed, or deleted, anything inside `span` of the repaired text.
    pub fn layers(&self, span: Span) -> Layers {
        let mut layers = Layers::default();
        let mut span = span;
        for edits in self.passes.iter().rev() {
            edits.layers(span, &mut layers);
            span = edits.source(span);
        }
        layers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a１２ b` became `a12b`: two digits narrowed, a space deleted.
    fn narrowed() -> Alignment {
        let mut edits = Edits::default();
        edits.push(Span::new(1, 2), Span::new(1, 4), Layer::Width, false);
        edits.push(Span::new(2, 3), Span::new(4, 7), Layer::Width, false);
        edits.push(Span::new(3, 3), Span::new(7, 8), Layer::Spaces, false);
        Alignment::of(edits)
    }

    #[test]
    fn identity_maps_to_itself() {
        let span = Span::new(3, 9);
        assert_eq!(Alignment::identity().source(span), span);
        assert!(Alignment::identity().layers(span).is_empty());
        assert!(Alignment::of(Edits::default()).is_identity());
    }

    #[test]
    fn deletions_count_inside_a_span_and_not_at_its_edges() {
        let alignment = narrowed();
        assert_eq!(alignment.source(Span::new(1, 3)), Span::new(1, 7));
        assert_eq!(alignment.source(Span::new(1, 4)), Span::new(1, 9));
        assert_eq!(alignment.source(Span::new(3, 4)), Span::new(8, 9));
        assert_eq!(alignment.source(Span::new(0, 4)), Span::new(0, 9));
        assert!(alignment.source(Span::new(3, 3)).is_empty());
    }

    #[test]
    fn layers_are_those_that_touched_the_span() {
        let alignment = narrowed();
        assert_eq!(alignment.layers(Span::new(1, 3)).to_string(), "width");
        assert_eq!(alignment.layers(Span::new(1, 4)).to_string(), "width+spaces");
        assert_eq!(alignment.layers(Span::new(3, 4)).to_string(), "");
        assert_eq!(alignment.layers(Span::new(0, 1)).to_string(), "");
    }

    #[test]
    fn alignments_compose() {
        // The second pass takes out the `1`.
        let mut edits = Edits::default();
        edits.push(Span::new(1, 1), Span::new(1, 2), Layer::Lines, false);
        let alignment = narrowed().then(Alignment::of(edits));
        assert_eq!(alignment.source(Span::new(0, 1)), Span::new(0, 1));
        assert_eq!(alignment.source(Span::new(0, 2)), Span::new(0, 7));
        assert_eq!(alignment.source(Span::new(1, 2)), Span::new(4, 7));
        assert_eq!(alignment.layers(Span::new(0, 2)).to_string(), "width+lines");
    }

    #[test]
    fn neighbouring_edits_of_one_shape_merge() {
        let mut edits = Edits::default();
        edits.push(Span::new(0, 3), Span::new(0, 3), Layer::Script, true);
        edits.push(Span::new(3, 6), Span::new(3, 6), Layer::Script, true);
        edits.push(Span::new(6, 9), Span::new(6, 9), Layer::PrivateUse, true);
        assert_eq!(edits.0.len(), 2);
        assert_eq!(Alignment::of(edits).source(Span::new(3, 9)), Span::new(3, 9));
    }

    #[test]
    fn every_layer_has_a_name_of_its_own() {
        let mut all = Layers::default();
        for layer in Layer::ALL {
            assert!(!all.contains(layer));
            all.insert(layer);
        }
        assert_eq!(
            all.to_string(),
            "mojibake+entities+pinyin+width+compatibility+punctuation+spaces+lines+script+private-use"
        );
    }
}
