//! Finds the places where a number may begin, many bytes at a time: everything else of the stage looks only there.

use aho_corasick::packed::{Config, MatchKind, Searcher};

/// Chinese characters that a number, or a quantity without one, may begin with.
const HAN: [&str; 37] = [
    "零", "〇", "一", "二", "两", "三", "四", "五", "六", "七", "八", "九", "十", "百", "千", "万", "亿",
    "半", "首位", "榜首", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖", "拾", "佰", "仟", "廿", "卅",
    "萬", "億", "兩",
];

/// The two searchers, one for digits and one for Chinese numerals; built once for a lexicon.
#[derive(Clone, Debug)]
pub(super) struct Finder {
    digits: Option<Searcher>,
    han: Option<Searcher>,
}

impl Finder {
    pub(super) fn new() -> Self {
        let packed = |words: &[&str]| {
            Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(words).build()
        };
        Self { digits: packed(&["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]), han: packed(&HAN) }
    }

    /// The candidates of `text`, which the caller may skip forward in.
    pub(super) fn candidates<'a>(&'a self, text: &'a str) -> Candidates<'a> {
        Candidates { finder: self, text, digit: None, han: None }
    }
}

/// The candidates of one text, in order.
pub(super) struct Candidates<'a> {
    finder: &'a Finder,
    text: &'a str,
    digit: Option<usize>,
    han: Option<usize>,
}

impl Candidates<'_> {
    /// The first candidate at `from` or after it. `from` never goes back between calls.
    pub(super) fn next_from(&mut self, from: usize) -> Option<usize> {
        let end = self.text.len();
        let search = |known: &mut Option<usize>, find: &dyn Fn(usize) -> Option<usize>| match *known {
            Some(place) if place >= from => place,
            _ => *known.insert(find(from).unwrap_or(end)),
        };
        let digit = search(&mut self.digit, &|from| self.finder.find(true, self.text, from));
        let han = search(&mut self.han, &|from| self.finder.find(false, self.text, from));
        let place = digit.min(han);
        (place < end).then_some(place)
    }
}

impl Finder {
    fn find(&self, digit: bool, text: &str, from: usize) -> Option<usize> {
        let searcher = if digit { &self.digits } else { &self.han };
        match searcher {
            Some(searcher) => searcher
                .find_in(text.as_bytes(), aho_corasick::Span { start: from, end: text.len() })
                .map(|m| m.start()),
            // A machine without the vector instructions.
            None if digit => text.as_bytes()[from..].iter().position(u8::is_ascii_digit).map(|at| from + at),
            None => text[from..]
                .char_indices()
                .find(|(at, _)| HAN.iter().any(|word| text[from + at..].starts_with(word)))
                .map(|(at, _)| from + at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Finder;

    #[test]
    fn candidates_come_in_order() {
        let finder = Finder::new();
        let text = "共3件、两个，居首位";
        let mut candidates = finder.candidates(text);
        let mut found = vec![];
        let mut from = 0;
        while let Some(place) = candidates.next_from(from) {
            let next = text[place..].chars().next().unwrap();
            found.push(next);
            from = place + next.len_utf8();
        }
        assert_eq!(found, ['3', '两', '首']);
    }
}
