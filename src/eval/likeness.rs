//! How alike two names are: what editors of a table would take for the same thing.

use unicode_normalization::UnicodeNormalization;

use super::figure::Gold;

/// From this likeness on two names are one.
const CLOSE: f64 = 0.75;

/// `text` in compatibility form, letters, digits and signs alone.
pub fn fold(text: &str) -> Vec<char> {
    text.nfkc().filter(|c| c.is_alphanumeric() || "%‰+-".contains(*c)).collect()
}

/// The share of the longest common subsequence, 0 to 1.
#[expect(clippy::cast_precision_loss, reason = "names are short")]
pub fn likeness(a: &[char], b: &[char]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let mut row = vec![0usize; b.len() + 1];
    for x in a {
        let mut left = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { left + 1 } else { above.max(row[j]) };
            left = above;
        }
    }
    2.0 * row[b.len()] as f64 / (a.len() + b.len()) as f64
}

/// A gold row's names, folded once.
pub struct Names {
    must: Vec<Vec<Vec<char>>>,
    accepted: Vec<Vec<char>>,
}

impl Names {
    /// The names of this row; the first is its indicator.
    pub fn new(gold: &Gold) -> Self {
        let words = |option: &str| option.split('+').map(fold).filter(|word| !word.is_empty()).collect();
        Self {
            must: gold.must.split('|').filter(|option| !option.is_empty()).map(words).collect(),
            accepted: [&gold.figure.indicator]
                .into_iter()
                .chain(&gold.names)
                .map(|name| fold(name))
                .collect(),
        }
    }

    /// How alike `name` is to the indicator.
    pub fn likeness(&self, name: &[char]) -> f64 {
        likeness(name, &self.accepted[0])
    }

    /// Whether `name` holds the words of one option and is close to an accepted name.
    pub fn accept(&self, name: &[char]) -> bool {
        let holds = |word: &Vec<char>| name.windows(word.len()).any(|window| window == word.as_slice());
        self.must.iter().any(|words| words.iter().all(holds))
            && self.accepted.iter().any(|accepted| likeness(name, accepted) >= CLOSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_is_the_share_of_the_common_subsequence() {
        let of = |a: &str, b: &str| likeness(&fold(a), &fold(b));
        assert!((of("接收工单", "接收工单") - 1.0).abs() < 1e-9);
        assert!((of("接收工单", "工单") - 2.0 / 3.0).abs() < 1e-9);
        assert!(of("", "工单").abs() < 1e-9);
    }

    #[test]
    fn marks_and_widths_do_not_count() {
        assert_eq!(fold("“快干之星”"), fold("快干之星"));
        assert_eq!(fold("５Ｇ基站"), fold("5G基站"));
    }
}
