//! Tables of words looked up at one place of a text, by their first or last character: the lookup costs one
//! memory access where no word can stand, which is almost everywhere.

/// Words with a value each, found by their first character (`at`) or by their last one (`before`).
#[derive(Clone, Debug)]
pub(super) struct Words<T> {
    /// For every character of the basic plane the place of its first word in `words`, plus one.
    index: Box<[u16]>,
    /// The words, those of one character together, the longest first.
    words: Vec<Word<T>>,
}

#[derive(Clone, Debug)]
struct Word<T> {
    key: char,
    /// The character next to the key, which settles most comparisons.
    next: Option<char>,
    text: Box<str>,
    value: T,
}

impl<T> Words<T> {
    /// A table for [`Words::at`].
    pub(super) fn by_first(words: Vec<(String, T)>) -> Self {
        let ends = |word: &str| {
            let mut chars = word.chars();
            (chars.next(), chars.next())
        };
        Self::new(words, ends)
    }

    /// A table for [`Words::before`].
    pub(super) fn by_last(words: Vec<(String, T)>) -> Self {
        let ends = |word: &str| {
            let mut chars = word.chars().rev();
            (chars.next(), chars.next())
        };
        Self::new(words, ends)
    }

    fn new(words: Vec<(String, T)>, ends: fn(&str) -> (Option<char>, Option<char>)) -> Self {
        let mut words: Vec<_> = words
            .into_iter()
            .filter_map(|(word, value)| {
                let (key, next) = ends(&word);
                Some(Word { key: key?, next, text: word.into_boxed_str(), value })
            })
            .collect();
        words.sort_by(|a, b| (a.key, b.text.len(), &a.text).cmp(&(b.key, a.text.len(), &b.text)));
        let mut index = vec![0; 0x1_0000].into_boxed_slice();
        for (place, word) in words.iter().enumerate().rev() {
            if let (Some(slot), Ok(place)) = (index.get_mut(word.key as usize), u16::try_from(place + 1)) {
                *slot = place;
            }
        }
        Self { index, words }
    }

    /// The words with these two characters at their end.
    fn of(&self, key: Option<char>, next: Option<char>) -> impl Iterator<Item = (&str, &T)> {
        let first = key.and_then(|key| self.index.get(key as usize)).copied().unwrap_or(0) as usize;
        let words = if first == 0 { &[] } else { &self.words[first - 1..] };
        words
            .iter()
            .take_while(move |word| Some(word.key) == key)
            .filter(move |word| word.next.is_none() || word.next == next)
            .map(|word| (&*word.text, &word.value))
    }

    /// The words that `text` begins with, the longest first.
    pub(super) fn at<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (&'t str, &'t T)> {
        let mut chars = text.chars();
        self.of(chars.next(), chars.next()).filter(|(word, _)| text.starts_with(word))
    }

    /// The words that `text` ends with, the longest first.
    pub(super) fn before<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (&'t str, &'t T)> {
        let mut chars = text.chars().rev();
        self.of(chars.next(), chars.next()).filter(|(word, _)| text.ends_with(word))
    }
}

/// Whether `c` is a letter, a digit or a Chinese character; cheaper than the whole of Unicode.
pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '〇' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{2_0000}'..='\u{3_ffff}')
}

#[cfg(test)]
mod tests {
    use super::Words;

    fn words(list: &[&str]) -> Vec<(String, usize)> {
        list.iter().enumerate().map(|(place, word)| ((*word).to_owned(), place)).collect()
    }

    #[test]
    fn longest_word_comes_first() {
        let table = Words::by_first(words(&["人", "次", "人次"]));
        assert_eq!(table.at("人次增长").map(|(word, _)| word).collect::<Vec<_>>(), ["人次", "人"]);
        assert_eq!(table.at("名").count(), 0);
        assert_eq!(table.at("").count(), 0);
    }

    #[test]
    fn words_are_found_backwards() {
        let table = Words::by_last(words(&["超过", "不超过", "近"]));
        assert_eq!(table.before("总数不超过").map(|(word, _)| word).collect::<Vec<_>>(), ["不超过", "超过"]);
    }
}
