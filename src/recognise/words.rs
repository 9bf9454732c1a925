//! Tables of words looked up at one place of a text, by their first or last character: the lookup costs one
//! memory access where no word can stand, which is almost everywhere.

use serde::Deserialize;

use crate::rules::held::{Held, List};

/// Words with a value each, found by their first character (`at`) or by their last one (`before`).
///
/// The two characters at that end settle most lookups: the first one tells whether any word goes on with one like the
/// second; only then both are looked up together, and the longer words among those with the same two are compared.
#[derive(Clone, Debug)]
pub(super) struct Words<T> {
    /// For every first character, `\0` beside it, the words that it is alone, and what the longer ones go on with.
    firsts: Box<[Slot]>,
    /// For every two characters the words that begin with them.
    pairs: Box<[Slot]>,
    /// The words, those with the same two characters together, the longest first.
    sorted: Vec<(char, Held, T)>,
}

/// A place of a table with open addressing: the characters, and the places of their words.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: char,
    next: char,
    from: u32,
    to: u32,
    /// The second characters of longer words.
    nexts: Chars,
}

/// A set of characters that knows for sure of most others that they are not in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Chars(u64, u64);

impl Chars {
    #[inline]
    pub(super) const fn may_have(self, c: char) -> bool {
        self.0 >> (c as u32 % 64) & self.1 >> (c as u32 / 64 % 64) & 1 != 0
    }

    fn add(&mut self, c: char) {
        self.0 |= 1 << (c as u32 % 64);
        self.1 |= 1 << (c as u32 / 64 % 64);
    }
}

impl FromIterator<char> for Chars {
    fn from_iter<I: IntoIterator<Item = char>>(chars: I) -> Self {
        let mut set = Self::default();
        chars.into_iter().for_each(|c| set.add(c));
        set
    }
}

/// A table for so many entries.
fn table(entries: usize) -> Box<[Slot]> {
    vec![Slot::default(); (entries * 2).next_power_of_two()].into_boxed_slice()
}

/// The place of two characters in a table, or the free one where they belong.
#[inline]
fn place(slots: &[Slot], key: char, next: char) -> usize {
    let mut place = hash(key, next) & (slots.len() - 1);
    while slots.get(place).is_some_and(|slot| slot.key != '\0' && (slot.key != key || slot.next != next)) {
        place = (place + 1) & (slots.len() - 1);
    }
    place
}

impl<T> Words<T> {
    /// A table for [`Words::at`].
    pub(super) fn by_first(words: Vec<(Held, T)>) -> Self {
        Self::new(words, |word| {
            let mut chars = word.chars();
            (chars.next(), chars.next())
        })
    }

    /// A table for [`Words::before`].
    pub(super) fn by_last(words: Vec<(Held, T)>) -> Self {
        Self::new(words, |word| {
            let mut chars = word.chars().rev();
            (chars.next(), chars.next())
        })
    }

    fn new(words: Vec<(Held, T)>, ends: fn(&str) -> (Option<char>, Option<char>)) -> Self {
        let mut words: Vec<_> = words
            .into_iter()
            .filter_map(|(word, value)| {
                let (key, next) = ends(&word);
                Some(((key?, next.unwrap_or('\0')), word, value))
            })
            .collect();
        words.sort_by(|(ends, word, _), (other_ends, other, _)| {
            ends.cmp(other_ends).then(other.len().cmp(&word.len())).then_with(|| word.cmp(other))
        });
        let (mut firsts, mut pairs) = (table(words.len()), table(words.len()));
        let mut from = 0;
        while let Some(((key, next), ..)) = words.get(from) {
            let (key, next) = (*key, *next);
            let to = from + words[from..].iter().take_while(|(ends, ..)| *ends == (key, next)).count();
            let first = &mut firsts[place(&firsts, key, '\0')];
            first.key = key;
            if next == '\0' {
                (first.from, first.to) = (from as u32, to as u32);
            } else {
                first.nexts.add(next);
                pairs[place(&pairs, key, next)] =
                    Slot { key, next, from: from as u32, to: to as u32, nexts: Chars::default() };
            }
            from = to;
        }
        let sorted = words.into_iter().map(|((key, _), word, value)| (key, word, value)).collect();
        Self { firsts, pairs, sorted }
    }

    /// The characters that are words by themselves: the values of these words, and what longer ones go on with.
    pub(super) fn singles(&self) -> Vec<(char, Vec<T>, Vec<char>)>
    where
        T: Copy,
    {
        let mut singles: Vec<(char, Vec<T>, Vec<char>)> = vec![];
        for (key, word, value) in &self.sorted {
            if singles.last().is_none_or(|(last, ..)| last != key) {
                singles.push((*key, vec![], vec![]));
            }
            let Some((_, values, nexts)) = singles.last_mut() else { continue };
            match word.chars().nth(1) {
                Some(next) => nexts.push(next),
                None => values.push(*value),
            }
        }
        singles
    }

    /// Whether a word may stand where these two characters do; for sure if not.
    #[inline]
    pub(super) fn may_stand(&self, key: Option<char>, next: Option<char>) -> bool {
        let Some(key) = key else { return false };
        let Some(first) = self.firsts.get(place(&self.firsts, key, '\0')) else { return false };
        first.from < first.to || next.is_some_and(|next| first.nexts.may_have(next))
    }

    /// The characters that words begin with ([`Words::at`]) or end with ([`Words::before`]).
    pub(super) fn keys(&self) -> impl Iterator<Item = char> {
        self.entries().map(|(key, _)| key)
    }

    /// The words with their values, the same ones together, as they were given.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (&str, &T)> {
        self.sorted.iter().map(|(_, word, value)| (&**word, value))
    }

    /// The same characters, with the values of the words.
    pub(super) fn entries(&self) -> impl Iterator<Item = (char, &T)> {
        self.sorted.iter().map(|(key, _, value)| (*key, value))
    }

    #[inline]
    fn words(&self, slot: &Slot) -> &[(char, Held, T)] {
        self.sorted.get(slot.from as usize..slot.to as usize).unwrap_or(&[])
    }

    /// What `accept` makes of the first word, the longest first, that stands where these two characters do.
    #[inline]
    fn find<'a, R>(
        &'a self,
        key: Option<char>,
        next: Option<char>,
        stands: impl Fn(&str) -> bool,
        mut accept: impl FnMut(&'a str, &'a T) -> Option<R>,
    ) -> Option<R> {
        let key = key?;
        let first = self.firsts.get(place(&self.firsts, key, '\0'))?;
        if let Some(next) = next
            && first.nexts.may_have(next)
            && let Some(pair) = self.pairs.get(place(&self.pairs, key, next))
        {
            let told = key.len_utf8() + next.len_utf8();
            for (_, word, value) in self.words(pair) {
                if (word.len() == told || stands(word))
                    && let Some(found) = accept(word, value)
                {
                    return Some(found);
                }
            }
        }
        self.words(first).iter().find_map(|(_, word, value)| accept(word, value))
    }

    /// What `accept` makes of the first word that `text` begins with, the longest first.
    #[inline]
    pub(super) fn at<'a, R>(
        &'a self,
        text: &str,
        accept: impl FnMut(&'a str, &'a T) -> Option<R>,
    ) -> Option<R> {
        let mut chars = text.chars();
        let (key, next) = (chars.next(), chars.next());
        self.find(key, next, |word| text.starts_with(word), accept)
    }

    /// What `accept` makes of the first word that `text` ends with, the longest first.
    #[inline]
    pub(super) fn before<'a, R>(
        &'a self,
        text: &str,
        accept: impl FnMut(&'a str, &'a T) -> Option<R>,
    ) -> Option<R> {
        let mut chars = text.chars().rev();
        let (key, next) = (chars.next(), chars.next());
        self.find(key, next, |word| text.ends_with(word), accept)
    }
}

/// Spreads two characters over a table.
#[inline]
fn hash(key: char, next: char) -> usize {
    let both = u64::from(key as u32) << 21 | u64::from(next as u32);
    (both.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize
}

/// A few words, one of which may stand at the edge of a text; compared only where the character at the edge fits.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Edges {
    words: List<(char, char, Held)>,
}

impl From<Vec<String>> for Edges {
    fn from(words: Vec<String>) -> Self {
        let ends = |word: String| Some((word.chars().next()?, word.chars().next_back()?, word.into()));
        Self { words: words.into_iter().filter_map(ends).collect() }
    }
}

impl Edges {
    /// Those of the built-in files: their first and last characters, and they themselves.
    pub(super) const fn held(words: &'static [(char, char, Held)]) -> Self {
        Self { words: List::Borrowed(words) }
    }

    /// The characters that they begin with.
    pub(super) fn firsts(&self) -> impl Iterator<Item = char> {
        self.words.iter().map(|(first, ..)| *first)
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|(_, _, known)| **known == *word)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether `text` begins with one.
    #[inline]
    pub(super) fn open(&self, text: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let Some(first) = text.chars().next() else { return false };
        self.words.iter().any(|(c, _, word)| *c == first && text.starts_with(&**word))
    }

    /// Whether `text` ends with one.
    pub(super) fn close(&self, text: &str) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let Some(last) = text.chars().next_back() else { return false };
        self.words.iter().any(|(_, c, word)| *c == last && text.ends_with(&**word))
    }
}

/// Whether `c` is a letter, a digit or a Chinese character; cheaper than the whole of Unicode.
#[inline]
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '〇' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{2_0000}'..='\u{3_ffff}')
}

/// Whether `c` is a Chinese character.
pub(super) fn is_han(c: char) -> bool {
    !c.is_ascii() && is_word(c)
}

#[cfg(test)]
mod tests {
    use super::{Held, Words};

    fn words(list: &[&'static str]) -> Vec<(Held, usize)> {
        list.iter().enumerate().map(|(place, word)| (Held::from(*word), place)).collect()
    }

    fn all(find: impl Fn(&mut dyn FnMut(&str) -> Option<()>)) -> Vec<String> {
        let mut found = vec![];
        find(&mut |word| {
            found.push(word.to_owned());
            None
        });
        found
    }

    #[test]
    fn longest_word_comes_first() {
        let table = Words::by_first(words(&["人", "次", "人次"]));
        let at = |text: &'static str| {
            let table = &table;
            all(move |visit| {
                table.at(text, |word, _| visit(word));
            })
        };
        assert_eq!(at("人次增长"), ["人次", "人"]);
        assert!(at("名").is_empty() && at("").is_empty());
    }

    #[test]
    fn words_are_found_backwards() {
        let table = Words::by_last(words(&["超过", "不超过", "近"]));
        let found = all(|visit| {
            table.before("总数不超过", |word, _| visit(word));
        });
        assert_eq!(found, ["不超过", "超过"]);
    }
}
