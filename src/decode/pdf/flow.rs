//! Lines of pages become paragraphs: what repeats at the edges of pages is left out, and lines that fill the measure go
//! on with the next.

use std::collections::BTreeMap;

use super::page::{Layout, Line};
use crate::decode::{Page, draft::Draft};

/// How many lines at either end of a page may be its header or footer, and in which share of its height they stand.
const EDGE: usize = 3;
const MARGIN: f64 = 0.12;
/// On how many pages, in per cent, a header stands.
const REPEATED: usize = 50;
/// How many characters a page's number has at most, with what stands round it.
const NUMBER: usize = 14;

/// Writes the text of pages, each with its number.
pub(super) fn write(mut pages: Vec<(u32, Layout)>, draft: &mut Draft) {
    strip(&mut pages);
    let measures: Vec<Measure> = pages.iter().map(|(_, page)| Measure::of(&page.lines)).collect();
    let mut open: Option<(Line, Measure)> = None;
    for ((number, page), measure) in pages.into_iter().zip(measures) {
        let mut begun = false;
        for line in page.lines {
            let joins =
                open.as_ref().is_some_and(|(before, their)| joins(before, *their, &line, measure, begun));
            if open.is_some() {
                if joins { draft.join(line.text.chars().next()) } else { draft.end_line() }
            }
            if !begun {
                draft.page(Page::Number(number));
                begun = true;
            }
            draft.words(line.text.trim());
            open = Some((line, measure));
        }
    }
    draft.end_line();
}

/// Where the lines of a page begin and end.
#[derive(Clone, Copy, Debug)]
struct Measure {
    left: f64,
    right: f64,
    /// From one line to the next.
    pitch: f64,
}

impl Measure {
    fn of(lines: &[Line]) -> Self {
        let at = |mut places: Vec<f64>, part: usize| {
            places.sort_by(f64::total_cmp);
            places.get(places.len().saturating_sub(1) * part / 100).copied().unwrap_or(0.0)
        };
        let left = at(lines.iter().map(|line| line.left).collect(), 15);
        let right = at(lines.iter().map(|line| line.right).collect(), 95);
        let pitch = at(lines.windows(2).map(|pair| pair[1].base - pair[0].base).collect(), 50);
        Self { left, right, pitch }
    }
}

/// Whether `line` goes on with what `before` began: that is full, and `line` is not indented, no larger, not set off.
fn joins(before: &Line, their: Measure, line: &Line, measure: Measure, same_page: bool) -> bool {
    let size = before.size;
    // What comes next would not have fitted.
    let full = before.right + first_width(line) > their.right - 0.6 * size && !before.text.contains('\t');
    let flush = line.left < measure.left + 0.9 * line.size && !line.text.contains('\t');
    let alike = (line.size - size).abs() < 0.15 * size;
    let near = !same_page || line.base - before.base < 1.6 * measure.pitch.max(size);
    // A heading that happens to fill the line, and a title's second line, end without a mark as well: only what is
    // indented itself or begins at the edge is running text.
    full && flush && alike && near && before.left < their.left + 3.0 * size
}

/// How wide what begins a line is, as far as it may not be broken: a number with its sign, a word, a character.
#[expect(clippy::cast_precision_loss, reason = "the characters of a word")]
fn first_width(line: &Line) -> f64 {
    let mut chars = line.text.trim_start().chars().peekable();
    let narrow = std::iter::from_fn(|| chars.next_if(|c| c.is_ascii() && *c != ' ')).count();
    let wide = usize::from(narrow == 0 && chars.next().is_some());
    let closing = chars.peek().is_some_and(|c| "，。、；：！？”）》％".contains(*c));
    (0.5 * narrow as f64 + wide as f64 + f64::from(u8::from(closing))) * line.size
}

/// Takes the headers, footers and numbers of pages out.
fn strip(pages: &mut [(u32, Layout)]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (_, page) in pages.iter() {
        let mut edges: Vec<String> = edges(page).map(|at| pattern(&page.lines[at].text)).collect();
        edges.sort_unstable();
        edges.dedup();
        for edge in edges {
            *seen.entry(edge).or_default() += 1;
        }
    }
    let enough = (pages.len() * REPEATED).div_ceil(100).max(2);
    for (_, page) in pages.iter_mut() {
        let gone: Vec<usize> = edges(page)
            .filter(|&at| {
                let text = &page.lines[at].text;
                is_number(text) || seen.get(&pattern(text)).is_some_and(|&count| count >= enough)
            })
            .collect();
        let mut at = 0;
        page.lines.retain(|_| {
            at += 1;
            !gone.contains(&(at - 1))
        });
    }
}

/// The lines of a page that may be its header or footer.
fn edges(page: &Layout) -> impl Iterator<Item = usize> + '_ {
    let count = page.lines.len();
    (0..count).filter(move |&at| at < EDGE || at + EDGE >= count).filter(move |&at| {
        let base = page.lines[at].base;
        base < page.height * MARGIN || base > page.height * (1.0 - MARGIN)
    })
}

/// A line with its numbers taken for one another.
fn pattern(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let digit = c.is_ascii_digit();
        if !(digit && out.ends_with('#')) {
            out.push(if digit { '#' } else { c });
        }
    }
    out
}

/// Whether a line is nothing but the number of its page: 3, — 3 —, 第3页 共9页.
fn is_number(text: &str) -> bool {
    let mark =
        |c: char| c.is_whitespace() || c.is_ascii_digit() || "-–—－·/第页共()（）PpageofPAGE".contains(c);
    text.chars().count() <= NUMBER && text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(mark)
}
