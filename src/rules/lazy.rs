//! Regexes and automata that are made when first searched for: a short report needs few of them.

use aho_corasick::{AhoCorasick, MatchKind};
use once_cell::sync::OnceCell;
use regex::Regex;

/// A regex that is compiled on first use; `None` where there is nothing to search for.
#[derive(Debug, Default)]
pub struct LazyRegex {
    source: Option<String>,
    regex: OnceCell<Option<Regex>>,
}

impl LazyRegex {
    /// The regex of this source, which has been checked; none that does not compile matches anything.
    pub fn new(source: Option<String>) -> Self {
        Self { source, regex: OnceCell::new() }
    }

    /// The regex.
    pub fn get(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| Regex::new(self.source.as_deref()?).ok()).as_ref()
    }
}

/// Words that are looked up together, the automaton made on first use.
#[derive(Debug)]
pub struct LazyWords {
    words: Vec<String>,
    kind: MatchKind,
    automaton: OnceCell<Option<AhoCorasick>>,
}

impl Default for LazyWords {
    fn default() -> Self {
        Self::new(vec![], MatchKind::Standard)
    }
}

impl LazyWords {
    /// These words, found by this rule.
    pub fn new(words: Vec<String>, kind: MatchKind) -> Self {
        Self { words, kind, automaton: OnceCell::new() }
    }

    /// The automaton; `None` where there are no words.
    pub fn get(&self) -> Option<&AhoCorasick> {
        let build = || AhoCorasick::builder().match_kind(self.kind).build(&self.words).ok();
        self.automaton.get_or_init(|| build().filter(|_| !self.words.is_empty())).as_ref()
    }
}
