//! Regexes that are made when first searched for: a short report needs few of them.

use once_cell::sync::OnceCell;
use regex_automata::meta::Regex;

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
