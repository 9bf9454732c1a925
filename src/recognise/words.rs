//! Tables of words looked up at one place of a text, by their first or last character: the lookup costs one
//! memory access where no word can stand, which is almost everywhere.

/// Words with a value each, found by their first character (`at`) or by their last one (`before`).
#[derive(Clone, Debug)]
pub(super) struct Words<T> {
    /// For every character of the basic plane the place of its first word in `words`, plus one.
    index: Box<[u16]>,
    /// The words, those of one character together, the longest first.
    words: Vec<(char, Box<str>, T)>,
}

impl<T> Words<T> {
    /// A table for [`Words::at`].
    pub(super) fn by_first(words: Vec<(String, T)>) -> Self {
        Self::new(words, |word| word.chars().next())
    }

    /// A table for [`Words::before`].
    pub(super) fn by_last(words: Vec<(String, T)>) -> Self {
        Self::new(words, |word| word.chars().next_back())
    }

    fn new(words: Vec<(String, T)>, key: fn(&str) -> Option<char>) -> Self {
        let mut words: Vec<_> = words
            .into_iter()
            .filter_map(|(word, value)| key(&word).map(|key| (key, word.into_boxed_str(), value)))
            .collect();
        words.sort_by(|a, b| (a.0, b.1.len(), &a.1).cmp(&(b.0, a.1.len(), &b.1)));
        let mut index = vec![0; 0x1_0000].into_boxed_slice();
        for (place, (key, ..)) in words.iter().enumerate().rev() {
            if let (Some(slot), Ok(place)) = (index.get_mut(*key as usize), u16::try_from(place + 1)) {
                *slot = place;
            }
        }
        Self { index, words }
    }

    fn of(&self, key: char) -> impl Iterator<Item = (&str, &T)> {
        let first = self.index.get(key as usize).copied().unwrap_or(0) as usize;
        let words = if first == 0 { &[] } else { &self.words[first - 1..] };
        words.iter().take_while(move |word| word.0 == key).map(|(_, word, value)| (&**word, value))
    }

    /// The words that `text` begins with, the longest first.
    pub(super) fn at<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (&'t str, &'t T)> {
        let key = text.chars().next().unwrap_or('\0');
        self.of(key).filter(|(word, _)| text.starts_with(word))
    }

    /// The words that `text` ends with, the longest first.
    pub(super) fn before<'t>(&'t self, text: &'t str) -> impl Iterator<Item = (&'t str, &'t T)> {
        let key = text.chars().next_back().unwrap_or('\0');
        self.of(key).filter(|(word, _)| text.ends_with(word))
    }
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
