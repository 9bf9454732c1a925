//! `Index`: words by the two characters that they begin or end with, which are looked up at a place of a text. It is
//! made much faster than an automaton, and most places hold no word, which one bit tells of their character.
//!
//! The build script compiles this file too: the indices of the built-in lists stand in the executable.

use std::cmp::Reverse;

use super::held::List;

/// Which end of its words an index knows them by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The beginning.
    First,
    /// The end.
    Last,
}

/// Where each of some words stands in their list.
#[derive(Clone, Debug)]
pub struct Index {
    /// Which end of the words it knows them by.
    pub end: End,
    /// The two outermost characters of each word and its place, sorted, the longest of those alike first; a zero is the
    /// second character of a word that has one.
    pub places: List<(u64, Reverse<usize>, u32)>,
    /// A bit for each such pair, by its hash.
    pub filter: List<u64>,
    /// A bit for each outermost character, by its last ten bits.
    pub outers: [u64; OUTERS],
}

/// Words of the filter of outermost characters.
const OUTERS: usize = 16;

impl Index {
    /// The index of these words.
    pub fn new<W: AsRef<str>>(words: &[W], end: End) -> Self {
        let place = |(place, word): (usize, &W)| {
            let word = word.as_ref();
            let (outer, inner) = outermost(word, end)?;
            Some((key(outer, inner.unwrap_or('\0')), Reverse(word.len()), place as u32))
        };
        let mut places: Vec<_> = words.iter().enumerate().filter_map(place).collect();
        places.sort_unstable();
        let mut filter = vec![0; (places.len() / 4).next_power_of_two()];
        let mut outers = [0; OUTERS];
        for (key, ..) in &places {
            let (word, bit) = bit(*key, filter.len());
            filter[word] |= bit;
            let (word, bit) = outer_bit((key >> 32) as u32);
            outers[word] |= bit;
        }
        Self { end, places: places.into(), filter: filter.into(), outers }
    }

    /// Whether a word may begin, or end, with this character.
    #[inline]
    pub fn may_hold(&self, outer: char) -> bool {
        let (word, bit) = outer_bit(outer.into());
        self.outers[word] & bit != 0
    }

    /// Which of the words `text` begins, or ends, with, the longest first; `words` are those of the index.
    pub fn at<'a, W: AsRef<str>>(
        &'a self,
        words: &'a [W],
        text: &'a str,
    ) -> impl Iterator<Item = usize> + 'a {
        let (two, one) = match outermost(text, self.end).filter(|(outer, _)| self.may_hold(*outer)) {
            Some((outer, Some(inner))) => (self.of(key(outer, inner)), self.of(key(outer, '\0'))),
            Some((outer, None)) => (&[][..], self.of(key(outer, '\0'))),
            None => (&[][..], &[][..]),
        };
        let places = two.iter().chain(one);
        places.map(|place| place.2 as usize).filter(move |&place| {
            let word = words[place].as_ref();
            match self.end {
                End::First => text.starts_with(word),
                End::Last => text.ends_with(word),
            }
        })
    }

    /// The places of the words with this pair.
    #[inline]
    fn of(&self, key: u64) -> &[(u64, Reverse<usize>, u32)] {
        let (word, bit) = bit(key, self.filter.len());
        if self.filter[word] & bit == 0 {
            return &[];
        }
        let start = self.places.partition_point(|place| place.0 < key);
        let count = self.places[start..].iter().take_while(|place| place.0 == key).count();
        &self.places[start..start + count]
    }
}

/// Where the bit of an outermost character stands.
#[inline]
fn outer_bit(outer: u32) -> (usize, u64) {
    ((outer >> 6) as usize % OUTERS, 1 << (outer & 63))
}

/// Where the bit of a pair stands in a filter of so many words.
fn bit(key: u64, words: usize) -> (usize, u64) {
    let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    ((hash >> 6) as usize & (words - 1), 1 << (hash & 63))
}

fn outermost(text: &str, end: End) -> Option<(char, Option<char>)> {
    let mut characters = text.chars();
    Some(match end {
        End::First => (characters.next()?, characters.next()),
        End::Last => (characters.next_back()?, characters.next_back()),
    })
}

fn key(outer: char, inner: char) -> u64 {
    u64::from(u32::from(outer)) << 32 | u64::from(u32::from(inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_at_a_place_are_found_the_longest_first() {
        let words = ["满意", "满", "满意率", "办结", "率", "意率", "a"];
        let first = Index::new(&words, End::First);
        let at = |text| first.at(&words, text).map(|place| words[place]).collect::<Vec<_>>();
        assert_eq!(at("满意率97"), ["满意率", "满意", "满"]);
        assert_eq!(at("满"), ["满"]);
        assert_eq!(at("a1"), ["a"]);
        assert_eq!(at("结"), [""; 0]);
        assert_eq!(at(""), [""; 0]);
        let last = Index::new(&words, End::Last);
        let at = |text| last.at(&words, text).map(|place| words[place]).collect::<Vec<_>>();
        assert_eq!(at("群众满意率"), ["满意率", "意率", "率"]);
        let none: [&str; 0] = [];
        assert_eq!(Index::new(&none, End::First).at(&none, "满意").count(), 0);
    }
}
