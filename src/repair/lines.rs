//! Hard-wrapped lines: whether a text has them, and which line ends are none of the writer's.

use memchr::{memchr_iter, memrchr};

use super::script::is_han;

/// Columns by which a full line may fall short of the width: a mark or a number that was not torn apart.
const SLACK: usize = 6;
/// Columns that a wrapped line has at least, and at most.
const WIDTHS: std::ops::RangeInclusive<usize> = 20..=200;
/// Wrapped lines that a text must have.
const LINES: usize = 3;

/// The width that a text is wrapped to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wrap {
    width: usize,
    /// The indent of its usual lines, in bytes.
    indent: usize,
    /// Whether blank lines or indents show where a paragraph begins.
    marked: bool,
}

impl Wrap {
    /// The width that `text` is wrapped to, if it evidently is: lines that break off are about equally long, hardly
    /// one is longer, they are running text, and what they run into ends like a sentence.
    pub(super) fn of(text: &str) -> Option<Self> {
        let mut open_widths = [0_usize; *WIDTHS.end() + 1];
        let mut longer = 0;
        for line in Lines::of(text) {
            match line.columns() {
                width if width > *WIDTHS.end() => longer += 1,
                width if WIDTHS.contains(&width) && !ends_sentence(line.text) => open_widths[width] += 1,
                _ => {}
            }
        }
        let open: usize = open_widths.iter().sum();
        if open < LINES || longer * 8 > open {
            return None;
        }
        let full = |width: usize| open_widths[width.saturating_sub(SLACK)..=width].iter().sum::<usize>();
        let width = WIDTHS.rev().max_by_key(|&width| full(width))?;
        if full(width) < LINES || full(width) * 2 < open {
            return None;
        }
        let mut wrap = Self { width, indent: usize::MAX, marked: false };
        wrap.is_borne_out(text).then_some(wrap)
    }

    /// Looks at the lines again, now that the width is known.
    fn is_borne_out(&mut self, text: &str) -> bool {
        let (mut full, mut wider, mut running) = (0, 0, 0);
        let (mut runs, mut closed) = (0, 0);
        let (mut ends, mut marked) = (0, 0);
        for line in Lines::of(text) {
            if self.is_full(line.text) {
                self.indent = self.indent.min(line.indent);
            }
        }
        let mut run = false;
        let mut ended = false;
        for line in Lines::of(text) {
            if ended {
                ends += 1;
                marked += usize::from(line.after_blank || line.indent > self.indent);
            }
            let open = !ends_sentence(line.text);
            let columns = line.columns();
            wider += usize::from(columns > self.width);
            if open && self.is_full(line.text) {
                full += 1;
                running += usize::from(line.text.contains(['，', '。', '、', ',', '；']));
                run = true;
            } else if run {
                runs += 1;
                closed += usize::from(!open);
                run = false;
            }
            ended = !open && columns + SLACK < self.width;
        }
        self.marked = ends > 0 && marked * 5 >= ends * 4;
        full >= LINES && wider * 8 <= full && running * 2 >= full && closed * 2 >= runs && closed > 0
    }

    fn is_full(&self, line: &str) -> bool {
        columns(line.trim_end()) + SLACK >= self.width
    }

    /// Whether `next` goes on where `line` broke off.
    pub(super) fn joins(&self, line: &str, next: &str) -> bool {
        let indent = next.len() - next.trim_start().len();
        self.is_full(line)
            && (self.marked || !ends_sentence(line))
            && indent <= self.indent
            && !next.trim().is_empty()
            && !begins_item(next.trim_start())
    }
}

/// A line that is not blank.
struct Line<'t> {
    text: &'t str,
    /// Bytes of space before it.
    indent: usize,
    after_blank: bool,
}

impl Line<'_> {
    fn columns(&self) -> usize {
        columns(self.text)
    }
}

/// The lines of a text that are not blank.
struct Lines<'t, Ends> {
    text: &'t str,
    ends: Ends,
    start: usize,
}

impl<'t> Lines<'t, ()> {
    fn of(text: &'t str) -> Lines<'t, impl Iterator<Item = usize>> {
        let ends = memchr_iter(b'\n', text.as_bytes()).chain(std::iter::once(text.len()));
        Lines { text, ends, start: 0 }
    }
}

impl<'t, Ends: Iterator<Item = usize>> Iterator for Lines<'t, Ends> {
    type Item = Line<'t>;

    fn next(&mut self) -> Option<Line<'t>> {
        let mut after_blank = false;
        loop {
            let end = self.ends.next()?;
            let line = self.text[self.start..end].trim_end();
            self.start = end + 1;
            let text = line.trim_start();
            if text.is_empty() {
                after_blank = true;
                continue;
            }
            return Some(Line { text: line, indent: line.len() - text.len(), after_blank });
        }
    }
}

/// The width of a line on a screen: two for a Han character, one for an ASCII one.
fn columns(line: &str) -> usize {
    line.len() - line.bytes().filter(|&b| b >= 0xE0).count()
}

/// Whether a line stops where a sentence, or a line that introduces a list, does.
fn ends_sentence(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(['”', '’', '）', ')', '"', '」', '』']);
    line.ends_with(['。', '！', '？', '；', '：', '…', '!', '?', ';', ':'])
}

/// Whether a line begins with a list label, a heading's number or a bullet.
fn begins_item(line: &str) -> bool {
    let number = |c: char| "一二三四五六七八九十百".contains(c);
    let unbracketed = line.strip_prefix(['（', '(']).unwrap_or(line);
    let rest = unbracketed.trim_start_matches(number);
    if rest.len() < unbracketed.len() {
        let closed = rest.starts_with(['）', ')']);
        return if unbracketed.len() < line.len() { closed } else { rest.starts_with('、') };
    }
    let rest = unbracketed.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < unbracketed.len() {
        let mut chars = rest.chars();
        let label = chars.next().is_some_and(|c| "．.、）)".contains(c));
        return label
            && unbracketed.len() - rest.len() <= 2
            && !chars.next().is_some_and(|c| c.is_ascii_digit());
    }
    if let Some(rest) = line.strip_prefix('第') {
        let rest = rest.trim_start_matches(|c: char| number(c) || c.is_ascii_digit());
        return rest.starts_with(['章', '节', '条', '篇']);
    }
    line.starts_with(['●', '○', '■', '□', '◆', '◇', '★', '▲', '•', '·', '※', '—', '►', '▪'])
        || line.starts_with(|c| ('①'..='⑳').contains(&c))
}

/// Whether a line end in a text that is not wrapped has torn a number apart, as in `接收工单13` and `157件`.
pub(super) fn breaks_number<'t>(line: &str, next: impl FnOnce() -> &'t str) -> bool {
    let line = line.trim_end();
    if !line.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let stem = line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let left = &line[stem.len()..];
    let next = next().trim_start();
    let running = |text: &str| text.contains(['，', '。', ',', '；', '%']);
    if !stem.ends_with(is_han) || stem.chars().rev().take(6).filter(|&c| is_han(c)).count() < 4 {
        return false;
    }
    let rest = next.trim_start_matches(|c: char| c.is_ascii_digit());
    let group = next.len() - rest.len();
    let unit = rest.starts_with(|c| is_han(c) && !"年月日时点分秒号".contains(c));
    let percent = rest.starts_with(['%', '‰', '％']);
    let decimal = rest.strip_prefix('.').is_some_and(|rest| {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        unit.len() < rest.len() && unit.starts_with(|c| is_han(c) || matches!(c, '%' | '‰'))
    });
    let year = left.len() == 4 && (left.starts_with("19") || left.starts_with("20"));
    match left.find('.') {
        // 46. and 28%, 46.2 and 8%
        Some(point) => point > 0 && !left[point + 1..].contains('.') && (percent || group > 0 && unit),
        // 4 and 6.28%, 46 and .28%
        None if decimal => left.len() <= 3,
        // 13 and 157件, 13157 and 件
        None if group == 3 => left.len() <= 3 && unit,
        None if group == 0 => percent || unit && !year && running(next) && !begins_item(next),
        None => group <= 2 && percent && left.len() <= 2,
    }
}

/// The start of the line that the byte at `at` is in.
#[allow(dead_code)]
fn line_start(text: &str, at: usize) -> usize {
    memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |end| end + 1)
}
