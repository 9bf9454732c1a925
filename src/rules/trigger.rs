//! `Trigger`: which rules can match a reading at all, told by the figure's unit and by the words that they require.

use aho_corasick::AhoCorasick;

use super::{
    code::{CODES, Code},
    set::Rule,
};

/// Looks the required words of all rules up in a reading at once.
#[derive(Debug)]
pub struct Trigger {
    words: Option<AhoCorasick>,
    /// For each word the rules that it can trigger.
    rules_of_word: Vec<Vec<u32>>,
    /// Rules that require no word, for each code of the figure.
    always: Vec<Vec<u32>>,
    /// For each code a bit for each rule.
    accepts: Vec<Box<[u64]>>,
}

/// Room to work in, one for each thread.
#[derive(Debug, Default)]
pub struct Candidates {
    /// Indices of the rules that may match, ascending.
    pub rules: Vec<u32>,
}

impl Trigger {
    /// The trigger of these rules.
    pub fn new(rules: &[Rule]) -> Self {
        let mut words: Vec<&str> =
            rules.iter().flat_map(|r| r.pattern.required.iter().map(String::as_str)).collect();
        words.sort_unstable();
        words.dedup();
        let mut rules_of_word = vec![Vec::new(); words.len()];
        let mut always = vec![Vec::new(); usize::from(CODES)];
        let mut accepts = vec![vec![0u64; rules.len().div_ceil(64)].into_boxed_slice(); usize::from(CODES)];
        for (index, rule) in rules.iter().enumerate() {
            for code in &rule.pattern.figure.0 {
                accepts[usize::from(code.0)][index / 64] |= 1 << (index % 64);
                if rule.pattern.required.is_empty() {
                    always[usize::from(code.0)].push(index as u32);
                }
            }
            for word in &rule.pattern.required {
                if let Ok(at) = words.binary_search(&word.as_str()) {
                    rules_of_word[at].push(index as u32);
                }
            }
        }
        let words = AhoCorasick::new(&words).ok().filter(|_| !words.is_empty());
        Self { words, rules_of_word, always, accepts }
    }

    /// Fills `candidates` with the rules that may match a reading with this figure.
    pub fn candidates(&self, reading: &str, figure: Code, candidates: &mut Candidates) {
        let code = usize::from(figure.0);
        candidates.rules.clear();
        candidates.rules.extend_from_slice(&self.always[code]);
        if let Some(words) = &self.words {
            for found in words.find_overlapping_iter(reading) {
                for &rule in &self.rules_of_word[found.pattern().as_usize()] {
                    if self.accepts[code][rule as usize / 64] >> (rule % 64) & 1 == 1 {
                        candidates.rules.push(rule);
                    }
                }
            }
        }
        candidates.rules.sort_unstable();
        candidates.rules.dedup();
    }
}
