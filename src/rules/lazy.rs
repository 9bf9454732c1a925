//! Regexes that are made when first searched for: a short report needs few of them, and searches those that the
//! program carries as they stand.

use std::sync::atomic::{AtomicU32, Ordering};

use once_cell::sync::OnceCell;
use regex_automata::{Anchored, Input, meta::Regex};

use super::{
    builtin,
    held::Held,
    program::{Groups, Program, Room},
};
use crate::span::Span;

/// After how many searches a regex is compiled that the program carries; most of these find at once that there is
/// nothing to find.
const FEW: u32 = 2000;

/// A regex; it is compiled on first use, or after a few where the program carries it.
#[derive(Debug, Default)]
pub struct LazyRegex {
    source: Option<Held>,
    program: OnceCell<Option<Program<'static>>>,
    searches: AtomicU32,
    regex: OnceCell<Option<Regex>>,
}

impl Clone for LazyRegex {
    fn clone(&self) -> Self {
        Self::new(self.source.clone())
    }
}

impl LazyRegex {
    /// The regex of this source, which has been checked; none that does not compile matches anything, and so does none
    /// at all.
    pub fn new(source: Option<Held>) -> Self {
        Self { source, ..Self::default() }
    }

    /// Whether the program carries it: then its syntax has been checked.
    pub fn is_built(&self) -> bool {
        self.program().is_some()
    }

    fn program(&self) -> Option<Program<'static>> {
        *self.program.get_or_init(|| builtin::program(self.source.as_deref()?))
    }

    /// The first match.
    pub fn find(&self, text: &str) -> Option<Span> {
        self.search(text, 0, false, false).and_then(|groups| span(&groups, 0))
    }

    /// The match that `text` begins with.
    pub fn find_at_start(&self, text: &str) -> Option<Span> {
        self.search(text, 0, true, false).and_then(|groups| span(&groups, 0))
    }

    /// The first group of the match that `text` begins with, the whole match where it has none.
    pub fn group_at_start(&self, text: &str) -> Option<Span> {
        let groups = self.search(text, 0, true, true)?;
        span(&groups, 1).or_else(|| span(&groups, 0))
    }

    /// All matches, left to right, not overlapping.
    pub fn find_all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Span> + 't {
        let mut from = 0;
        std::iter::from_fn(move || {
            let groups = (from <= text.len()).then(|| self.search(text, from, false, false))??;
            let found = span(&groups, 0)?;
            let step = text[found.end..].chars().next().map_or(1, char::len_utf8);
            from = if found.end > found.start { found.end } else { found.end + step };
            Some(found)
        })
    }

    fn search(&self, text: &str, from: usize, anchored: bool, grouped: bool) -> Option<Groups> {
        if anchored
            && let Some(c) = text[from..].chars().next()
            && self.program().is_some_and(|program| !program.begins(c))
        {
            return None;
        }
        if self.searches.load(Ordering::Relaxed) < FEW
            && let Some(program) = self.program()
        {
            self.searches.fetch_add(1, Ordering::Relaxed);
            if let Ok(found) = program.search(text, from, anchored, &|_, _| false, &mut Room::default()) {
                return found;
            }
        }
        let regex = self.regex.get_or_init(|| Regex::new(self.source.as_deref()?).ok()).as_ref()?;
        let input =
            Input::new(text).range(from..).anchored(if anchored { Anchored::Yes } else { Anchored::No });
        if !grouped {
            return regex.find(input).map(|found| vec![Some((found.start(), found.end()))]);
        }
        let mut captures = regex.create_captures();
        regex.search_captures(&input, &mut captures);
        captures.is_match().then(|| captures.iter().map(|span| span.map(|s| (s.start, s.end))).collect())
    }
}

fn span(groups: &Groups, group: usize) -> Option<Span> {
    groups.get(group).copied().flatten().map(|(start, end)| Span::new(start, end))
}
