//! Word lists: the vocabulary of unfolding and resolution, and what `[trim]` cuts off a name.

use once_cell::sync::OnceCell;

use super::{
    held::{Held, Texts},
    index::{End, Index},
    lazy::LazyRegex,
    syntax,
};
use crate::span::Span;

/// A list of words that is looked up at the ends of a text or anywhere in it, longest word first.
#[derive(Debug, Default)]
pub struct WordList {
    words: Texts,
    first: OnceCell<Index>,
    last: OnceCell<Index>,
}

impl WordList {
    /// The list of these words.
    pub fn new(words: impl IntoIterator<Item = String>) -> Self {
        let words = words.into_iter().filter(|word| !word.is_empty()).map(Held::from).collect();
        Self { words, ..Self::default() }
    }

    /// The same of a list that has been indexed.
    pub(super) fn indexed(words: Texts, first: &Index, last: &Index) -> Self {
        let cell = |index: &Index| OnceCell::with_value(index.clone());
        Self { words, first: cell(first), last: cell(last) }
    }

    fn first(&self) -> &Index {
        self.first.get_or_init(|| Index::new(&self.words, End::First))
    }

    /// The longest word that `text` begins with, as its length in bytes.
    pub fn prefix(&self, text: &str) -> Option<usize> {
        self.first().at(&self.words, text).next().map(|place| self.words[place].len())
    }

    /// The longest word that `text` ends with, as its length in bytes.
    pub fn suffix(&self, text: &str) -> Option<usize> {
        let index = self.last.get_or_init(|| Index::new(&self.words, End::Last));
        index.at(&self.words, text).next().map(|place| self.words[place].len())
    }

    /// The last word in `text`, the longest where several begin.
    pub fn rfind(&self, text: &str) -> Option<Span> {
        self.find_all(text).last()
    }

    /// The first word in `text`, the longest where several begin.
    pub fn find(&self, text: &str) -> Option<Span> {
        self.find_all(text).next()
    }

    /// All words in `text`, left to right, not overlapping.
    pub fn find_all<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Span> + 't {
        let mut free = 0;
        self.starts(text).filter_map(move |start| {
            let length = if start < free { None } else { self.prefix(&text[start..]) }?;
            free = start + length;
            Some(Span::new(start, free))
        })
    }

    /// Where words may begin in `text`.
    fn starts<'t>(&'t self, text: &'t str) -> impl Iterator<Item = usize> + 't {
        let index = self.first();
        text.char_indices().filter(|(_, c)| index.may_hold(*c)).map(|(start, _)| start)
    }

    /// Whether the whole of `text` is a word.
    pub fn contains(&self, text: &str) -> bool {
        self.prefix(text) == Some(text.len())
    }

    /// Where words begin that go on over byte `at` of `text`.
    fn over<'t>(&'t self, text: &'t str, at: usize) -> impl Iterator<Item = usize> + 't {
        self.starts(&text[..at])
            .filter(move |&start| self.prefix(&text[start..]).is_some_and(|length| start + length > at))
    }
}

/// `[words]`, ready for use.
#[derive(Debug, Default)]
pub struct Words {
    /// Verbs at the head of a statement.
    pub verb: WordList,
    /// What a list of nouns may share.
    pub predicate: WordList,
    /// Endings that an enumeration of names shares.
    pub attribute: WordList,
    /// Beginnings of a member that is about the topic.
    pub bare: WordList,
    /// Words of decline.
    pub decline: WordList,
    /// Words of a plan.
    pub plan: WordList,
    /// Words that tell that something has come about.
    pub actual: WordList,
    /// Words that look like a plan and are none.
    pub done: WordList,
    /// What a heading of every report holds.
    pub generic: WordList,
    /// What a heading of a section on the future holds.
    pub outlook: WordList,
    /// What a line begins with after which the report is over.
    pub furniture: WordList,
    /// Verbs that are never nouns.
    pub act: WordList,
    /// Endings of what acts.
    pub body: WordList,
    /// What a line holds that tells who published the report when.
    pub byline: WordList,
    /// Endings of a name that needs no other.
    pub complete: WordList,
    /// Attributes that name nothing by themselves.
    pub dependent: WordList,
    /// Marks of a distributed statement: the i-th name belongs to the i-th figure.
    pub distributor: WordList,
    /// Words after which something is only meant to be, where `intended` or a verb follows.
    pub intent: WordList,
    /// What follows an intent.
    pub intended: WordList,
    /// Words that join two members where they touch a quantity.
    pub joiner: WordList,
    /// Endings of where something is.
    pub place: WordList,
    /// What between two quantities shows that they are not members of one list.
    pub relator: WordList,
    /// Words for the names that were told before.
    pub together: WordList,
    /// Names of a table's columns of units.
    pub unit_column: WordList,
    /// What the name of a column of growth holds.
    pub change_column: WordList,
    /// What the name of a column of shares ends with.
    pub rate_column: WordList,
    /// What the name of a column holds that says nothing of what is counted.
    pub plain_column: WordList,
    /// What the name of a column of targets ends with.
    pub target_column: WordList,
    /// What the name of a column of progress against a target ends with.
    pub completion_column: WordList,
    /// What the name of a column of ranks ends with.
    pub rank_column: WordList,
    /// What the name of a column holds whose numbers are no figures.
    pub skipped_column: WordList,
    /// Words that hide two names or more under a distributor.
    pub pair: Vec<(String, Vec<String>)>,
}

/// `[trim]`, ready for use.
#[derive(Debug, Default)]
pub struct Trim {
    head: WordList,
    tail: WordList,
    subject: WordList,
    adverb: WordList,
    times: LazyRegex,
    tail_times: LazyRegex,
    keep: WordList,
}

impl Trim {
    /// What to cut off and what to keep; the `times` have been checked to be regexes.
    pub fn new(
        head: WordList,
        tail: WordList,
        subject: WordList,
        adverb: WordList,
        times: &[Held],
        keep: WordList,
    ) -> Self {
        let before = |end: &str| LazyRegex::new(syntax::time(times, end).map(Held::from));
        Self { head, tail, subject, adverb, times: before(""), tail_times: before("$"), keep }
    }

    /// Cuts both ends of a name until nothing changes; `subjects` are the document's own words for itself, cut off
    /// with those of `[trim] subject` where they can stand.
    pub fn apply<'t>(&self, name: &'t str, subjects: Option<&WordList>) -> &'t str {
        let mut span = Span::new(0, name.len());
        loop {
            let before = span;
            span = cut_marks(name, span);
            let text = span.of(name);
            let own = subjects.map(|own| [self.subject.prefix(text), own.prefix(text)]).unwrap_or_default();
            let heads =
                own.into_iter().map(|n| n.filter(|&n| n < text.len())).chain([self.head.prefix(text)]);
            let times = self.times.find_at_start(text).map(|time| time.end);
            let cut = heads.flatten().chain(times).filter(|&n| n > 0 && !self.splits_head(text, n)).max();
            span.start += cut.unwrap_or(0);
            let text = span.of(name);
            let times = self.tail_times.find(text).map(Span::len);
            let cut = self
                .tail
                .suffix(text)
                .into_iter()
                .chain(times)
                .filter(|&n| n > 0 && !self.splits(text, text.len() - n))
                .max();
            span.end -= cut.unwrap_or(0);
            if span == before {
                return span.of(name);
            }
        }
    }

    /// Cuts a subject off words before a figure: everything before the last time or adverb that a verb follows
    /// (`社区今年共发放`), and a prepositional phrase before a verb (`沿河堤新建`).
    pub fn without_subject<'t>(&self, name: &'t str, verb: &WordList) -> &'t str {
        let times = self.times.find_all(name).map(|time| (time.start, time.end));
        let adverbs = self.adverb.find_all(name).map(|span| (span.start, span.end));
        let whole = |at: usize| !self.splits(name, at);
        let cut = times
            .chain(adverbs)
            .filter(|&(start, end)| end > start && whole(end) && whole(start))
            .filter(|&(_, end)| verb.prefix(&name[end..]).is_some_and(|n| whole(end + n)))
            .map(|(_, end)| end)
            .max();
        let name = &name[cut.unwrap_or(0)..];
        match name.chars().next() {
            Some(c @ ('沿' | '在' | '向' | '由' | '从' | '以' | '将' | '把' | '为' | '对' | '给'))
                if !self.splits(name, c.len_utf8()) =>
            {
                // 覆盖率 is a noun.
                let verbs = verb.find_all(name).filter(|span| !name[span.end..].starts_with('率'));
                let quoted = |at: usize| name[..at].rfind('“') > name[..at].rfind('”');
                let verb = verbs.map(|span| span.start).find(|&at| at > 0 && whole(at) && !quoted(at));
                &name[verb.unwrap_or(0)..]
            }
            _ => name,
        }
    }

    /// Whether cutting `at` bytes off the beginning would go through a word to keep. A word that begins inside what
    /// is cut does not count where that is longer than a character: `其中国家级` holds no `中国`.
    fn splits_head(&self, text: &str, at: usize) -> bool {
        let one = text[..at].chars().count() == 1;
        self.keep.over(text, at).any(|start| one || start == 0)
    }

    /// Whether a cut at byte `at` would go through a word to keep.
    pub fn splits(&self, text: &str, at: usize) -> bool {
        self.keep.over(text, at).next().is_some()
    }
}

/// Cuts punctuation and spaces off both ends; a quotation mark or bracket only with its partner missing.
fn cut_marks(name: &str, mut span: Span) -> Span {
    const LOOSE: &[char] = &[
        ' ', '\t', '、', '，', '；', '：', '。', '—', '－', '-', ',', ':', ';', '·', '…', '•', '*', '#', '|',
    ];
    const PAIRS: [(char, char); 4] = [('“', '”'), ('（', '）'), ('《', '》'), ('‘', '’')];
    let text = span.of(name);
    let cut = text.trim_matches(LOOSE);
    span.start += text.len() - text.trim_start_matches(LOOSE).len();
    span.end = span.start + cut.len();
    for (open, close) in PAIRS {
        let text = span.of(name);
        if text.starts_with(close) || text.starts_with(open) && !text.contains(close) {
            span.start += open.len_utf8();
        }
        let text = span.of(name);
        if text.ends_with(open) || text.ends_with(close) && !text.contains(open) {
            span.end -= close.len_utf8();
        }
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> WordList {
        WordList::new(list.iter().map(ToString::to_string))
    }

    #[test]
    fn longest_word_first_until_nothing_changes() {
        let trim =
            Trim {
                head: words(&["全市", "共", "累计"]), tail: words(&["达", "达到"]), ..Trim::default()
            };
        assert_eq!(trim.apply("全市累计接收工单达到", None), "接收工单");
    }

    #[test]
    fn kept_words_are_never_cut_into() {
        let trim = Trim {
            head: words(&["市", "惠"]),
            tail: words(&["中"]),
            keep: words(&["市民", "惠及"]),
            ..Trim::default()
        };
        assert_eq!(trim.apply("市民参与", None), "市民参与");
        assert_eq!(trim.apply("惠及居民", None), "惠及居民");
        assert_eq!(trim.apply("市场", None), "场");
    }

    #[test]
    fn times_and_subjects_go_from_both_ends() {
        let none = WordList::default;
        let trim = Trim::new(none(), none(), none(), none(), &["[0-9]{4}年".into()], none());
        let subjects = words(&["新桥街道"]);
        assert_eq!(trim.apply("2023年，新桥街道接收工单", Some(&subjects)), "接收工单");
        assert_eq!(trim.apply("接收工单2023年", Some(&subjects)), "接收工单");
    }

    #[test]
    fn quotation_marks_stay_whole() {
        let trim = Trim::default();
        assert_eq!(trim.apply("“快干之星”", None), "“快干之星”");
        assert_eq!(trim.apply("快干之星”", None), "快干之星");
    }
}
