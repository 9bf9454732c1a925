//! The second pass, over folded text: what depends on neighbours. Punctuation becomes Chinese in lines that hold
//! Chinese, stray spaces go, wrapped lines are joined.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::{
    editor::Editor,
    lines::{self, Wrap},
    numbers,
    script::is_han,
};
use crate::{
    alignment::{Alignment, Layer},
    span::Span,
};

/// The text with its punctuation, spaces and lines as rules know them.
pub(super) fn layout(text: &str) -> (Cow<'_, str>, Alignment) {
    let mut layout = Layout {
        text,
        editor: Editor::new(text),
        wrap: Wrap::of(text),
        line_start: 0,
        line: None,
        spaced_until: 0,
        list_until: 0,
    };
    if numbers::is_spaced_number(text) {
        layout.despace();
        return layout.editor.finish();
    }
    let mut at = 0;
    while let Some(next) = next(text.as_bytes(), at) {
        at = layout.mend(next);
    }
    layout.editor.finish()
}

/// The first candidate from `at` on: an ASCII character that may have to be changed, or a full-width comma behind a
/// digit.
fn next(bytes: &[u8], mut at: usize) -> Option<usize> {
    const BLOCK: usize = 32;
    // Whole blocks are passed over first, by a test that the compiler turns into vector code; it finds some
    // characters too many.
    while let (Some(block), Some(shifted)) = (bytes.get(at..at + BLOCK), bytes.get(at + 1..at + 1 + BLOCK)) {
        let found = block.iter().zip(shifted).fold(0, |found, (&a, &b)| {
            let low = u8::from(a <= b',') | u8::from(a.wrapping_sub(b':') <= b'?' - b':');
            found | low | (u8::from(a.wrapping_sub(b'0') <= 9) & u8::from(b == 0xEF))
        });
        if found != 0
            && let Some(found) = (at..at + BLOCK).find(|&at| is_candidate(bytes, at))
        {
            return Some(found);
        }
        at += BLOCK;
    }
    (at..bytes.len()).find(|&at| is_candidate(bytes, at))
}

fn is_candidate(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'\t' | b'\n' | b' ' | b'!' | b'"' | b'(' | b')' | b',' | b':' | b';' | b'?' => true,
        0xEF => at > 0 && bytes[at - 1].is_ascii_digit(),
        _ => false,
    }
}

/// What is known of a line.
#[derive(Clone, Copy)]
struct Line {
    chinese: bool,
    /// Whether its straight quotation marks come in pairs.
    paired: bool,
    /// Whether the next straight quotation mark closes.
    quoted: bool,
}

struct Layout<'t> {
    text: &'t str,
    editor: Editor<'t>,
    wrap: Option<Wrap>,
    line_start: usize,
    line: Option<Line>,
    /// Spaces before this place stand inside a spaced-out word or number.
    spaced_until: usize,
    /// Full-width commas before this place are known to separate.
    list_until: usize,
}

impl Layout<'_> {
    /// Makes one number of a text that is nothing else: `6 0 4 8`, `1 ， 2 3 4 ， 5 6 7`, `1, 234, 567`.
    fn despace(&mut self) {
        for (at, c) in self.text.char_indices() {
            let span = Span::new(at, at + c.len_utf8());
            match c {
                ' ' => self.editor.delete(span, Layer::Spaces),
                '，' => self.editor.replace(span, ",", Layer::Width),
                '．' => self.editor.replace(span, ".", Layer::Width),
                _ => {}
            }
        }
    }

    /// Mends what is at `at`; gives the place to go on from.
    fn mend(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        match bytes[at] {
            b'\n' => self.line_end(at),
            b' ' | b'\t' => self.gap(at),
            b',' => self.punctuate(at, "，", !numbers::groups(bytes, at)),
            b'(' => self.punctuate(at, "（", true),
            b')' => self.punctuate(at, "）", true),
            b':' => self.punctuate(at, "：", !self.is_inside(at, |b| b.is_ascii_alphanumeric() || b == b'/')),
            b';' => self.punctuate(at, "；", !self.is_inside(at, |b| b.is_ascii_alphabetic())),
            b'!' => self.punctuate(at, "！", !self.is_inside(at, |b| b.is_ascii_graphic())),
            b'?' => self.punctuate(at, "？", !self.is_inside(at, |b| b.is_ascii_graphic())),
            b'"' => self.quote(at),
            _ => self.wide_comma(at),
        }
    }

    fn line(&mut self) -> &mut Line {
        let rest = &self.text.as_bytes()[self.line_start..];
        self.line.get_or_insert_with(|| {
            // The lead bytes of the Han characters from U+4000 on.
            let found = rest.iter().find(|&&b| b == b'\n' || (0xE4..=0xE9).contains(&b));
            Line { chinese: found.is_some_and(|&b| b != b'\n'), paired: false, quoted: false }
        })
    }

    /// Whether both neighbours of the byte at `at`, spaces between digits left out, are of a kind.
    fn is_inside(&self, at: usize, kind: fn(u8) -> bool) -> bool {
        let bytes = self.text.as_bytes();
        let before = bytes[..at].last().copied().unwrap_or(b' ');
        let after = bytes.get(at + 1).copied().unwrap_or(b' ');
        if before == b' ' && after == b' ' && at >= 2 {
            let digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
            return kind(b'0') && digit(at - 2) && digit(at + 2);
        }
        kind(before) && kind(after)
    }

    fn punctuate(&mut self, at: usize, with: &str, wanted: bool) -> usize {
        if wanted && self.line().chinese {
            self.editor.replace(Span::new(at, at + 1), with, Layer::Punctuation);
        }
        at + 1
    }

    fn quote(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let first = memchr(b'"', &bytes[self.line_start..at]).is_none();
        let rest = &bytes[at..];
        let line = self.line();
        if first && line.chinese {
            let rest = &rest[..memchr(b'\n', rest).unwrap_or(rest.len())];
            line.paired = memchr_iter(b'"', rest).count().is_multiple_of(2);
        }
        let Line { chinese, paired, quoted } = *line;
        line.quoted = !quoted;
        self.punctuate(at, if quoted { "”" } else { "“" }, chinese && paired)
    }

    /// `1，234，567` is one number, `20，300` is two.
    fn wide_comma(&mut self, at: usize) -> usize {
        let end = at + '，'.len_utf8();
        if at < self.list_until || !self.text[at..].starts_with('，') {
            return end;
        }
        let (commas, end) = numbers::wide_groups(self.text.as_bytes(), at);
        for comma in commas {
            self.editor.replace(Span::new(comma, comma + '，'.len_utf8()), ",", Layer::Width);
        }
        self.list_until = end;
        end
    }

    /// A run of spaces and tabs.
    fn gap(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let end = at + bytes[at..].iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let span = Span::new(at, end);
        let after = self.text[end..].chars().next();
        let before = if at == self.line_start { None } else { self.editor.last(at) };
        let (Some(before), Some(after)) = (before, after.filter(|&c| c != '\n')) else {
            self.editor.delete(span, Layer::Spaces);
            return end;
        };
        if !self.line().chinese {
            return end;
        }
        if self.is_stray(span, before, after) {
            self.editor.delete(span, Layer::Spaces);
        } else {
            let one = if span.len() > 1 || bytes[at] == b'\t' { "\t" } else { " " };
            if span.of(self.text) != one {
                self.editor.replace(span, one, Layer::Spaces);
            }
        }
        end
    }

    /// Whether spaces between these two characters separate nothing.
    fn is_stray(&mut self, span: Span, before: char, after: char) -> bool {
        let bytes = self.text.as_bytes();
        let stands_in = |marks: &str, c: char| !c.is_ascii_alphanumeric() && marks.contains(c);
        if stands_in("，。；：！？、…—（《〈“‘【〔「『", before)
            || stands_in("，。；：！？、…—）》〉”’】〕」』,;:!?)", after)
        {
            return true;
        }
        if span.len() > 1 || bytes[span.start] == b'\t' {
            return false;
        }
        if stands_in("）～–", before) || stands_in("（(～–", after) {
            return true;
        }
        if span.start < self.spaced_until {
            return true;
        }
        match (Kind::of(before), Kind::of(after)) {
            (Kind::Han, Kind::Han) => {
                let end = numbers::spaced_out(self.text, span.start);
                self.spaced_until = self.spaced_until.max(end);
                span.start < end || numbers::is_broken_numeral(self.text, span)
            }
            (Kind::Han, Kind::Digit) => {
                let dated = matches!(before, '年' | '月') && numbers::has_digit_before(self.text, span.start);
                !dated && !numbers::is_moment_after(bytes, span.end)
            }
            (Kind::Digit | Kind::Percent, Kind::Han) => !numbers::is_moment_before(bytes, span.start),
            (Kind::Han, Kind::Letter) | (Kind::Letter, Kind::Han) | (Kind::Percent, Kind::Digit) => {
                Kind::of(before) != Kind::Percent
            }
            (Kind::Digit, Kind::Percent) => true,
            // What is left of ASCII colons stands in clock times and ratios.
            (Kind::Other, Kind::Digit) => before == ':',
            _ if numbers::is_broken_decimal(self.text, span) => true,
            (Kind::Digit | Kind::Percent, Kind::Sign) => numbers::is_sign_between(bytes, span.end),
            (Kind::Sign, Kind::Digit) => numbers::is_sign_between(bytes, span.start.saturating_sub(1)),
            (Kind::Digit, Kind::Digit) => {
                let end = numbers::broken_number(self.text, span);
                self.spaced_until = self.spaced_until.max(end);
                span.start < end
            }
            (Kind::Plus, kind) | (kind, Kind::Plus) => kind != Kind::Other,
            _ => false,
        }
    }

    fn line_end(&mut self, at: usize) -> usize {
        let (before, after) = (&self.text[self.line_start..at], &self.text[at + 1..]);
        let indent = after.len() - after.trim_start_matches([' ', '\t']).len();
        let joined = match &self.wrap {
            Some(wrap) => wrap.joins(before, first_line(after)),
            None => lines::breaks_number(before, || first_line(after)),
        };
        // The rest of a Chinese line is Chinese even if it is only `3%`.
        let chinese = joined && self.line().chinese;
        self.line = chinese.then_some(Line { chinese, paired: false, quoted: false });
        self.line_start = at + 1;
        if joined {
            let end = at + 1 + indent;
            let (left, right) = (self.editor.last(at), self.text[end..].chars().next());
            let words = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
            let with = if words(left) && words(right) { " " } else { "" };
            self.editor.replace(Span::new(at, end), with, Layer::Lines);
            return end;
        }
        at + 1
    }
}

fn first_line(text: &str) -> &str {
    &text[..memchr(b'\n', text.as_bytes()).unwrap_or(text.len())]
}

/// The kinds of characters that a space may stand between.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Han,
    Digit,
    Letter,
    Percent,
    Plus,
    Sign,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '0'..='9' => Self::Digit,
            'A'..='Z' | 'a'..='z' => Self::Letter,
            '%' | '‰' | '℃' | '㎡' => Self::Percent,
            '+' => Self::Plus,
            '-' | '~' | '.' => Self::Sign,
            _ if is_han(c) => Self::Han,
            _ => Self::Other,
        }
    }
}
