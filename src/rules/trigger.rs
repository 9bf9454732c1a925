//! `Trigger`: which rules can match a reading at all, told by the words that they require.
//!
//! The build script compiles this file too: the trigger of the built-in rules stands in the executable.

use super::{
    held::{List, Texts},
    index::{End, Index},
};

/// Looks the required words of all rules up in a reading at once.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// All words.
    pub words: Texts,
    /// Where they stand among these.
    pub index: Index,
    /// For each word the lists that it stands in.
    pub lists_of_word: Groups<u32>,
    /// For each list the rules that require a word of it, and the bit of the list among those of the rule.
    pub rules_of_list: Groups<(u32, u8)>,
    /// Rules that require no word.
    pub always: List<u32>,
    /// For each rule a bit for each of its lists.
    pub bits_of_rule: List<u8>,
}

/// Values in groups, one after the other.
#[derive(Clone, Debug)]
pub struct Groups<T: Clone + 'static> {
    /// Where each group ends.
    pub ends: List<u32>,
    /// All values.
    pub values: List<T>,
}

impl<T: Clone> Groups<T> {
    fn new(groups: &[Vec<T>]) -> Self {
        let ends = groups.iter().scan(0, |end, group| {
            *end += group.len() as u32;
            Some(*end)
        });
        Self { ends: ends.collect(), values: groups.concat().into() }
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn of(&self, group: usize) -> &[T] {
        let start = group.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.values[start as usize..self.ends[group] as usize]
    }
}

/// Room to work in, one for each thread.
#[derive(Debug, Default)]
pub struct Candidates {
    /// Indices of the rules that may match, ascending.
    pub rules: Vec<u32>,
    /// For each rule the lists of which a word was found; all zero between two readings.
    found: Vec<u8>,
    /// Whether a word of a list was found; none between two readings.
    seen: Vec<bool>,
    /// The lists of which one was.
    lists: Vec<u32>,
}

impl Trigger {
    /// The trigger of rules of which each requires words of some lists.
    pub fn new(rules: &[&[Texts]]) -> Self {
        // Rules have most of their lists in common.
        let mut lists: Vec<&Texts> = rules.iter().copied().flatten().collect();
        lists.sort_unstable();
        lists.dedup();
        let mut words: Vec<_> = lists.iter().flat_map(|list| list.iter()).cloned().collect();
        words.sort_unstable();
        words.dedup();
        let mut lists_of_word = vec![Vec::new(); words.len()];
        for (place, list) in lists.iter().enumerate() {
            for word in list.iter() {
                if let Ok(at) = words.binary_search(word) {
                    lists_of_word[at].push(place as u32);
                }
            }
        }
        let mut rules_of_list = vec![Vec::new(); lists.len()];
        let (mut always, mut bits_of_rule) = (Vec::new(), Vec::new());
        for (index, required) in rules.iter().enumerate() {
            if required.is_empty() {
                always.push(index as u32);
            }
            let mut bits = 0;
            for (bit, list) in required.iter().enumerate() {
                bits |= 1 << bit;
                if let Ok(at) = lists.binary_search(&list) {
                    rules_of_list[at].push((index as u32, 1 << bit));
                }
            }
            bits_of_rule.push(bits);
        }
        Self {
            index: Index::new(&words, End::First),
            words: words.into(),
            lists_of_word: Groups::new(&lists_of_word),
            rules_of_list: Groups::new(&rules_of_list),
            always: always.into(),
            bits_of_rule: bits_of_rule.into(),
        }
    }

    /// Fills `candidates` with the rules that may match a reading, of those that `accepts` its figure.
    pub fn candidates(&self, reading: &str, accepts: impl Fn(u32) -> bool, candidates: &mut Candidates) {
        let Candidates { rules, found, seen, lists } = candidates;
        rules.clear();
        found.resize(self.bits_of_rule.len(), 0);
        seen.resize(self.rules_of_list.len(), false);
        let places = reading.char_indices().map(|(start, _)| &reading[start..]);
        for word in places.flat_map(|rest| self.index.at(&self.words, rest)) {
            for &list in self.lists_of_word.of(word) {
                if !std::mem::replace(&mut seen[list as usize], true) {
                    lists.push(list);
                }
            }
        }
        for list in lists.drain(..) {
            seen[list as usize] = false;
            for &(rule, bit) in self.rules_of_list.of(list as usize) {
                if found[rule as usize] == 0 {
                    rules.push(rule);
                }
                found[rule as usize] |= bit;
            }
        }
        rules.retain(|&rule| {
            let all = std::mem::take(&mut found[rule as usize]) == self.bits_of_rule[rule as usize];
            all && accepts(rule)
        });
        rules.extend(self.always.iter().copied().filter(|&rule| accepts(rule)));
        rules.sort_unstable();
    }
}
