//! Elements: a pattern cut into the pieces that follow one another, so that one that did not match can be told by the
//! piece that failed.

use regex_automata::meta;
use regex_syntax::hir::{Hir, HirKind};

use super::{
    code::CodeSet,
    pattern::{COMPILED_LIMIT, Vocabulary, codes_of, rewrite},
    syntax::{self, Piece},
};

/// A piece of a pattern.
#[derive(Clone, Debug)]
pub struct Element {
    /// As its author wrote it: `满意率`, `(?:达到?|为)?`, `{percent}`, `{change}`.
    pub written: String,
    /// What it is inside the fragment that `written` names, if it is only a part of that.
    pub part: String,
    /// Its regex, slots as classes.
    pub hir: Hir,
    /// The codes that it takes, and whether as a neighbour, if it is a slot.
    pub slot: Option<(CodeSet, bool)>,
}

/// The alternatives of a pattern, each cut into its elements; empty for a pattern that does not parse.
pub fn elements(written: &str, vocabulary: &Vocabulary) -> Vec<Vec<Element>> {
    let (alternatives, slots) = syntax::pieces(written, vocabulary.fragments());
    let element = |Piece { written, part, hir }| {
        let slot =
            syntax::slot_of(&hir, &slots).map(|slot| (codes_of(slot, &vocabulary.lexicon), slot.neighbour));
        let hir = rewrite(&hir, &slots, &vocabulary.lexicon).ok()?;
        Some(Element { written, part, hir, slot })
    };
    alternatives.into_iter().map(|pieces| pieces.into_iter().filter_map(element).collect()).collect()
}

/// Compiles elements that follow one another; `None` where there are none or they are too large. Their groups capture
/// nothing.
pub fn compile(elements: &[Element]) -> Option<meta::Regex> {
    let hir = Hir::concat(elements.iter().map(|element| uncaptured(&element.hir)).collect());
    let config = meta::Config::new().nfa_size_limit(Some(COMPILED_LIMIT));
    meta::Builder::new().configure(config).build_from_hir(&hir).ok().filter(|_| !elements.is_empty())
}

/// The same regex without capture groups, whose numbers mean nothing outside of their pattern.
fn uncaptured(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Capture(capture) => uncaptured(&capture.sub),
        HirKind::Repetition(repetition) => Hir::repetition(repetition.with(uncaptured(&repetition.sub))),
        HirKind::Concat(subs) => Hir::concat(subs.iter().map(uncaptured).collect()),
        HirKind::Alternation(subs) => Hir::alternation(subs.iter().map(uncaptured).collect()),
        _ => hir.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::recognise::lexicon::Lexicon;

    fn shown(pattern: &str) -> Vec<Vec<String>> {
        let fragments = BTreeMap::from([
            ("reaches".to_owned(), "(?:达到?|为)?".to_owned()),
            ("change".to_owned(), "增长{reaches}{percent}".to_owned()),
        ]);
        let vocabulary = Vocabulary::new(|| fragments, Lexicon::builtin().clone());
        let alternatives = elements(pattern, &vocabulary);
        let show = |element: Element| match element.part.as_str() {
            "" => element.written,
            part => format!("{} > {part}", element.written),
        };
        alternatives.into_iter().map(|elements| elements.into_iter().map(show).collect()).collect()
    }

    #[test]
    fn elements_are_shown_as_they_were_written() {
        assert_eq!(
            shown("^满意率(?:达到?|为)?{percent}$"),
            [["^", "满意率", "(?:达到?|为)?", "{percent}", "$"]]
        );
        assert_eq!(
            shown("(?<what>群众|市民)(?:的)满意率{count:件|起}"),
            [["(?<what>群众|市民)", "的", "满意率", "{count:件|起}"]]
        );
        assert_eq!(shown("甲{percent}|{points}乙"), [["甲", "{percent}"], ["{points}", "乙"]]);
    }

    #[test]
    fn a_part_of_a_fragment_is_named_with_it() {
        assert_eq!(
            shown("收入{change}"),
            [["收入", "{change} > 增长", "{change} > (?:(?:达到?|为)?)", "{change} > {percent}"]]
        );
    }
}
