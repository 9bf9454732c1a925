//! How likely words are: frequent ones of the language, and those that a document itself has elsewhere.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

const WORDS: &str = include_str!("lexicon.txt");
/// Binary logarithm of how many words the frequencies of `lexicon.txt` count.
const ALL: f32 = 25.8;
/// Longest word, in characters.
pub(super) const LONGEST: usize = 4;
/// What a character costs that is in no list, what one costs more that stands by itself, and what a usual mark costs.
const UNKNOWN: f32 = 20.0;
const ALONE: f32 = 3.0;
const MARK: f32 = 4.5;
const USUAL: &str = "\u{3000}，。、；：！？“”‘’（）《》…—０１２３４５６７８９";
/// Share of a document's words that it repeats.
const REPEATED: f32 = 0.25;
/// How much of a document is remembered, in characters.
const REMEMBERED: usize = 20_000;

/// Words by their first character, each with what it costs: the natural logarithm of how rare it is.
type Words = HashMap<char, Vec<(&'static str, f32)>>;

static LEXICON: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::new();
    for line in WORDS.lines().filter(|line| !line.starts_with('#')) {
        if let Some((at, letter)) = line.char_indices().next_back()
            && let Some(first) = line.chars().next()
        {
            let frequency = f32::from(letter as u8) - f32::from(b'A');
            words.entry(first).or_default().push((&line[..at], (ALL - frequency) * std::f32::consts::LN_2));
        }
    }
    words
});

/// The words of the language and of one document, in Simplified characters.
pub(super) struct Lexicon {
    mentions: BTreeMap<String, u16>,
    size: f32,
}

impl Lexicon {
    /// With the words of these stretches of a document, which are known to be undamaged.
    pub(super) fn of(stretches: &[Vec<char>]) -> Self {
        let mut mentions: BTreeMap<String, u16> = BTreeMap::new();
        let mut size: usize = 0;
        for stretch in stretches {
            if size > REMEMBERED {
                break;
            }
            size += stretch.len();
            for start in 0..stretch.len() {
                for end in start + 2..=(start + LONGEST).min(stretch.len()) {
                    let word: String = stretch[start..end].iter().collect();
                    let count = mentions.entry(word).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
        // Two characters may stand side by side without being a word.
        mentions.retain(|word, count| *count > 1 || word.chars().nth(2).is_some());
        Self { mentions, size: f32::from(u16::try_from(size.max(1000)).unwrap_or(u16::MAX)) }
    }

    /// Whether `c` is a usual mark.
    pub(super) fn is_mark(c: char) -> bool {
        USUAL.contains(c)
    }

    /// Whether no other mark of this sort follows `c`.
    pub(super) fn is_stop(c: char) -> bool {
        "\u{3000}，。、；：！？".contains(c)
    }

    /// What `c` costs by itself.
    pub(super) fn single(c: char) -> f32 {
        if USUAL.contains(c) {
            return MARK;
        }
        let words = LEXICON.get(&c).map(Vec::as_slice).unwrap_or_default();
        words
            .first()
            .filter(|(word, _)| word.len() == c.len_utf8())
            .map_or(UNKNOWN, |(_, cost)| *cost + ALONE)
    }

    /// The words of several characters that begin with `first`, with what each costs.
    pub(super) fn words(&self, first: char) -> impl Iterator<Item = (&str, f32)> {
        let known = LEXICON.get(&first).map(Vec::as_slice).unwrap_or_default();
        let known = known.iter().filter(move |(word, _)| word.len() > first.len_utf8()).copied();
        let mentioned = self.mentions.range(first.to_string()..);
        let mentioned = mentioned.take_while(move |(word, _)| word.starts_with(first));
        known.chain(
            mentioned.map(|(word, &count)| (word.as_str(), -(REPEATED * f32::from(count) / self.size).ln())),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_words_cost_less() {
        let lexicon = Lexicon::of(&["安乐桥社区".chars().collect()]);
        let cost = |word: &str| {
            let words = lexicon.words(word.chars().next().unwrap());
            words.filter(|(found, _)| *found == word).map(|(_, cost)| cost).reduce(f32::min)
        };
        assert!(cost("社区").unwrap() < cost("得知").unwrap());
        assert!(cost("安乐桥").is_some() && cost("乐桥社区").is_some() && cost("桥社").is_none());
        assert!(Lexicon::single('的') < Lexicon::single('擔') && Lexicon::single('，') < UNKNOWN);
        let lines: Vec<&str> = WORDS.lines().skip(1).collect();
        let word = |line: &&str| line[..line.len() - 1].to_owned();
        assert!(lines.windows(2).all(|pair| word(&pair[0]) < word(&pair[1])));
        assert!(lines.iter().all(|line| line.ends_with(|c: char| c.is_ascii_uppercase())));
    }
}
