//! Tables of words looked up at one place of a text, by their first or last character: the lookup costs one
//! memory access where no word can stand, which is almost everywhere.

use serde::Deserialize;

/// Words with a value each, found by their first character (`at`) or by their last one (`before`).
#[derive(Clone, Debug)]
pub(super) struct Words<T> {
    /// For every character of the basic plane the place of its words in `spans`, plus one.
    index: Box<[u16]>,
    /// The places of the words of one character.
    spans: Vec<(u32, u32)>,
    /// The character at that end of each word.
    keys: Vec<char>,
    /// The one next to it, `\0` for none: settles most lookups.
    ends: Vec<char>,
    /// The words, those of one character together; among these those with the same neighbour, the longest first, and
    /// last the one that is this character alone.
    words: Vec<(Box<str>, T)>,
}

impl<T> Words<T> {
    /// A table for [`Words::at`].
    pub(super) fn by_first(words: Vec<(String, T)>) -> Self {
        Self::new(words, |word| {
            let mut chars = word.chars();
            (chars.next(), chars.next())
        })
    }

    /// A table for [`Words::before`].
    pub(super) fn by_last(words: Vec<(String, T)>) -> Self {
        Self::new(words, |word| {
            let mut chars = word.chars().rev();
            (chars.next(), chars.next())
        })
    }

    fn new(words: Vec<(String, T)>, ends: fn(&str) -> (Option<char>, Option<char>)) -> Self {
        let mut words: Vec<_> = words
            .into_iter()
            .filter_map(|(word, value)| {
                let (key, next) = ends(&word);
                Some(((key?, next.unwrap_or('\0')), (word.into_boxed_str(), value)))
            })
            .collect();
        words.sort_by(|((key, next), (word, _)), ((other, other_next), (other_word, _))| {
            key.cmp(other)
                .then(other_next.cmp(next))
                .then(other_word.len().cmp(&word.len()))
                .then(word.cmp(other_word))
        });
        let mut index = vec![0; 0x1_0000].into_boxed_slice();
        let mut spans: Vec<(u32, u32)> = vec![];
        for (place, ((key, _), _)) in words.iter().enumerate() {
            let place = place as u32;
            if place > 0 && words[place as usize - 1].0.0 == *key {
                if let Some((_, to)) = spans.last_mut() {
                    *to = place + 1;
                }
                continue;
            }
            spans.push((place, place + 1));
            if let (Some(slot), Ok(span)) = (index.get_mut(*key as usize), u16::try_from(spans.len())) {
                *slot = span;
            }
        }
        let keys = words.iter().map(|((key, _), _)| *key).collect();
        let (ends, words) = words.into_iter().map(|((_, next), word)| (next, word)).unzip();
        Self { index, spans, keys, ends, words }
    }

    /// The characters that words begin with ([`Words::at`]) or end with ([`Words::before`]).
    pub(super) fn keys(&self) -> impl Iterator<Item = char> {
        self.keys.iter().copied()
    }

    /// The same characters, with the values of the words.
    pub(super) fn entries(&self) -> impl Iterator<Item = (char, &T)> {
        self.keys().zip(self.words.iter().map(|(_, value)| value))
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
        let next = next.unwrap_or('\0');
        let span = (*self.index.get(key as usize)? as usize).checked_sub(1)?;
        let (from, to) = *self.spans.get(span)?;
        let ends = &self.ends[from as usize..to as usize];
        let told = key.len_utf8() + next.len_utf8();
        let first = if ends.len() < 16 {
            ends.iter().position(|neighbour| *neighbour <= next).unwrap_or(ends.len())
        } else {
            ends.partition_point(|neighbour| *neighbour > next)
        };
        let same = ends[first..].iter().take_while(|neighbour| **neighbour == next).count();
        let alone = ends.iter().rev().take_while(|neighbour| **neighbour == '\0' && next != '\0').count();
        let places = (first..first + same).chain(ends.len() - alone..ends.len());
        for place in places {
            let (word, value) = &self.words[from as usize + place];
            if (word.len() == told || ends[place] == '\0' || stands(word))
                && let Some(found) = accept(word, value)
            {
                return Some(found);
            }
        }
        None
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

/// A few words, one of which may stand at the edge of a text; compared only where the character at the edge fits.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Openers {
    words: Vec<(char, char, Box<str>)>,
}

impl From<Vec<String>> for Openers {
    fn from(words: Vec<String>) -> Self {
        let ends =
            |word: String| Some((word.chars().next()?, word.chars().next_back()?, word.into_boxed_str()));
        Self { words: words.into_iter().filter_map(ends).collect() }
    }
}

impl Openers {
    pub(super) fn has(&self, word: &str) -> bool {
        self.words.iter().any(|(_, _, known)| **known == *word)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether `text` begins with one.
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
    use super::Words;

    fn words(list: &[&str]) -> Vec<(String, usize)> {
        list.iter().enumerate().map(|(place, word)| ((*word).to_owned(), place)).collect()
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
