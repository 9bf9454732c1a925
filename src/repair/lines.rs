//! Hard-wrapped lines: whether a text has them, and which line ends are none of the writer's.

use memchr::memchr_iter;

use super::script::is_han;

/// What the lines of a wrapped text have about as many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    /// Columns of a screen: two for a Han character, one for an ASCII one.
    Columns,
    /// Characters.
    Characters,
}

impl Measure {
    /// By how much a full line may fall short of the width: a mark or a number that was not torn apart.
    const fn slack(self) -> usize {
        match self {
            Self::Columns => 6,
            Self::Characters => 2,
        }
    }

    fn of(self, line: &str) -> usize {
        match self {
            Self::Columns => line.len() - count(line, |b| b >= 0xE0),
            Self::Characters => line.len() - count(line, |b| b & 0xC0 == 0x80),
        }
    }
}

/// The number of bytes of a kind, in short chunks that the compiler turns into vector code.
fn count(line: &str, kind: impl Fn(u8) -> bool) -> usize {
    let chunks = line.as_bytes().chunks(128);
    chunks.map(|chunk| usize::from(chunk.iter().map(|&b| u8::from(kind(b))).sum::<u8>())).sum()
}

/// Width that a wrapped text has at least, and at most.
const WIDTHS: std::ops::RangeInclusive<usize> = 16..=200;
/// A line of more bytes is wider than any of these widths.
const LONG: usize = 4 * *WIDTHS.end();
/// Wrapped lines that a text must have.
const LINES: usize = 3;

/// The width that a text is wrapped to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wrap {
    measure: Measure,
    width: usize,
    /// The indent of its usual lines, in bytes.
    indent: usize,
    /// Whether blank lines or indents show where a paragraph begins.
    marked: bool,
}

impl Wrap {
    /// The width that `text` is wrapped to, if it evidently is: lines that break off are about equally long, hardly
    /// one is longer, they are running text, and sentences end inside them or where they run into.
    pub(super) fn of(text: &str) -> Option<Self> {
        let measures = [Measure::Columns, Measure::Characters];
        let mut open = [[0_usize; *WIDTHS.end() + 1]; 2];
        let (mut longer, mut count) = (0, 0);
        for line in Lines::of(text) {
            if line.text.len() > LONG {
                longer += 1;
            } else if line.text.len() >= *WIDTHS.start() && !ends_sentence(line.text) {
                count += 1;
                for (open, measure) in open.iter_mut().zip(measures) {
                    open[measure.of(line.text).min(*WIDTHS.end())] += 1;
                }
            }
        }
        if count < LINES || longer * 8 > count {
            return None;
        }
        let wraps = open.iter().zip(measures).filter_map(|(open, measure)| {
            let (width, full) = widest(open, measure.slack());
            let all = open[*WIDTHS.start()..].iter().sum::<usize>();
            let evident = full >= LINES && full * 2 >= all && longer * 8 <= full;
            let mut wrap = Self { measure, width, indent: usize::MAX, marked: false };
            (evident && wrap.is_borne_out(text)).then_some((full, wrap))
        });
        wraps.max_by_key(|&(full, _)| full).map(|(_, wrap)| wrap)
    }

    /// Looks at the lines again, now that the width is known.
    fn is_borne_out(&mut self, text: &str) -> bool {
        let (mut full, mut wider, mut running, mut stops) = (0, 0, 0, 0);
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
            wider += usize::from(self.measure.of(line.text) > self.width);
            if open && self.is_full(line.text) {
                full += 1;
                running += usize::from(line.text.contains(['，', '。', '、', ',', '；']));
                stops += usize::from(line.text.contains('。'));
                run = true;
            } else if run {
                runs += 1;
                closed += usize::from(!open);
                run = false;
            }
            ended = !open && !self.is_full(line.text);
        }
        self.marked = ends > 0 && marked * 5 >= ends * 4;
        let sentences = closed > 0 && closed * 2 >= runs || stops * 4 >= full;
        full >= LINES && wider * 8 <= full && running * 2 >= full && sentences
    }

    fn is_full(&self, line: &str) -> bool {
        let slack = self.measure.slack();
        (self.width.saturating_sub(slack)..=self.width + slack)
            .contains(&self.measure.of(line.trim_ascii_end()))
    }

    /// Whether `next` goes on where `line` broke off.
    pub(super) fn joins(&self, line: &str, next: &str) -> bool {
        let stem = next.trim_ascii_start();
        if stem.is_empty() || line.trim_ascii().is_empty() {
            return false;
        }
        // No line of a writer's begins like this.
        if stem.starts_with(['，', '。', '、', '；', '）', '”', '》', '%']) && !ends_sentence(line) {
            return true;
        }
        self.is_full(line)
            && (self.marked || !ends_sentence(line))
            && next.len() - stem.len() <= self.indent
            && !begins_item(stem)
    }
}

/// The width that most lines, given by how many there are of each, fall short of by no more than `slack`, and
/// their number; the least such width.
fn widest(lines: &[usize], slack: usize) -> (usize, usize) {
    let mut window = 0;
    let mut widest = (0, 0);
    for (width, count) in lines.iter().enumerate() {
        window += count;
        if width > slack {
            window -= lines[width - slack - 1];
        }
        if WIDTHS.contains(&width) && window > widest.1 {
            widest = (width, window);
        }
    }
    widest
}

/// A line that is not blank.
struct Line<'t> {
    text: &'t str,
    /// Bytes of space before it.
    indent: usize,
    after_blank: bool,
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
            let line = self.text[self.start..end].trim_ascii_end();
            self.start = end + 1;
            let text = line.trim_ascii_start();
            if text.is_empty() {
                after_blank = true;
                continue;
            }
            return Some(Line { text: line, indent: line.len() - text.len(), after_blank });
        }
    }
}

/// Whether a line stops where a sentence, or a line that introduces a list, does.
fn ends_sentence(line: &str) -> bool {
    let mut chars = line.trim_ascii_end().chars().rev();
    let last = chars.find(|c| !matches!(c, '”' | '’' | '）' | ')' | '"'));
    last.is_some_and(|c| matches!(c, '。' | '！' | '？' | '；' | '：' | '…' | '!' | '?' | ';' | ':'))
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

/// What follows `万` or `亿` in a unit; with a place or a name it makes another word.
const MEASURES: [char; 13] = ['元', '人', '户', '亩', '吨', '平', '千', '件', '次', '米', '名', '立', '斤'];

/// Whether a line end in a text that is not wrapped has torn a number apart, as in `接收工单13` and `157件`.
pub(super) fn breaks_number<'t>(line: &str, next: impl FnOnce() -> &'t str) -> bool {
    let line = line.trim_ascii_end();
    if !line.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
        return false;
    }
    let stem = line.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let left = &line[stem.len()..];
    let stem = stem.trim_ascii_end();
    let next = next().trim_ascii_start();
    let running = |text: &str| text.contains(['，', '。', ',', '；', '%']);
    // 1200 and 万元, however little stands before it
    let money = |text: &str| text.strip_prefix(['万', '亿']).is_some_and(|rest| rest.starts_with(MEASURES));
    if money(next) && stem.ends_with(is_han) {
        return true;
    }
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
