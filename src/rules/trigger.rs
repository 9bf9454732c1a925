//! `Trigger`: which rules can match a reading at all, told by the figure's unit and by the words that they require.

use std::collections::BTreeMap;

use super::{
    code::{CODES, Code},
    index::{End, Index},
    pattern::Required,
    set::Rule,
};

/// Looks the required words of all rules up in a reading at once.
#[derive(Debug)]
pub struct Trigger {
    words: Vec<String>,
    index: Index,
    /// For each word the lists that it stands in.
    lists_of_word: Vec<Vec<u32>>,
    /// For each list the rules that require a word of it, and the bit of the list among those of the rule.
    rules_of_list: Vec<Vec<(u32, u8)>>,
    /// Rules that require no word.
    always: Vec<u32>,
    /// For each rule a bit for each of its lists.
    lists: Vec<u8>,
    /// A bit for each code, for each different set of codes that figures may have.
    sets: Vec<[u64; WORDS]>,
    /// For each rule the place of its set.
    set_of_rule: Vec<u32>,
}

const WORDS: usize = (CODES as usize).div_ceil(64);

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
    /// The trigger of these rules.
    pub fn new(rules: &[Rule]) -> Self {
        // Rules have most of their lists in common.
        let mut lists: Vec<&Required> = rules.iter().flat_map(|rule| &rule.pattern.required).collect();
        lists.sort_unstable();
        lists.dedup();
        let mut words: Vec<&str> = lists.iter().flat_map(|list| list.iter()).map(String::as_str).collect();
        words.sort_unstable();
        words.dedup();
        let mut lists_of_word = vec![Vec::new(); words.len()];
        for (place, list) in lists.iter().enumerate() {
            for word in list.iter() {
                if let Ok(at) = words.binary_search(&word.as_str()) {
                    lists_of_word[at].push(place as u32);
                }
            }
        }
        let mut rules_of_list = vec![Vec::new(); lists.len()];
        let (mut always, mut sets, mut places) = (Vec::new(), Vec::new(), BTreeMap::new());
        let (mut set_of_rule, mut bits_of_rule) = (Vec::new(), Vec::new());
        for (index, rule) in rules.iter().enumerate() {
            let codes = &rule.pattern.figure.0;
            set_of_rule.push(*places.entry(codes.as_slice()).or_insert_with(|| {
                let mut bits = [0; WORDS];
                for code in codes {
                    bits[usize::from(code.0) / 64] |= 1 << (code.0 % 64);
                }
                sets.push(bits);
                sets.len() as u32 - 1
            }));
            if rule.pattern.required.is_empty() {
                always.push(index as u32);
            }
            let mut bits = 0;
            for (bit, list) in rule.pattern.required.iter().enumerate() {
                bits |= 1 << bit;
                if let Ok(at) = lists.binary_search(&list) {
                    rules_of_list[at].push((index as u32, 1 << bit));
                }
            }
            bits_of_rule.push(bits);
        }
        let index = Index::new(&words, End::First);
        let words = words.into_iter().map(str::to_owned).collect();
        Self { words, index, lists_of_word, rules_of_list, always, lists: bits_of_rule, sets, set_of_rule }
    }

    /// Fills `candidates` with the rules that may match a reading with this figure.
    pub fn candidates(&self, reading: &str, figure: Code, candidates: &mut Candidates) {
        let accepts = |rule: &u32| {
            let set = &self.sets[self.set_of_rule[*rule as usize] as usize];
            set[usize::from(figure.0) / 64] >> (figure.0 % 64) & 1 == 1
        };
        let Candidates { rules, found, seen, lists } = candidates;
        rules.clear();
        found.resize(self.lists.len(), 0);
        seen.resize(self.rules_of_list.len(), false);
        let places = reading.char_indices().map(|(start, _)| &reading[start..]);
        for word in places.flat_map(|rest| self.index.at(&self.words, rest)) {
            for &list in &self.lists_of_word[word] {
                if !std::mem::replace(&mut seen[list as usize], true) {
                    lists.push(list);
                }
            }
        }
        for list in lists.drain(..) {
            seen[list as usize] = false;
            for &(rule, bit) in &self.rules_of_list[list as usize] {
                if found[rule as usize] == 0 {
                    rules.push(rule);
                }
                found[rule as usize] |= bit;
            }
        }
        rules.retain(|rule| {
            let all = std::mem::take(&mut found[*rule as usize]) == self.lists[*rule as usize];
            all && accepts(rule)
        });
        rules.extend(self.always.iter().filter(|rule| accepts(rule)));
        rules.sort_unstable();
    }
}
