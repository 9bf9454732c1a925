//! The lines of a page, made of glyphs in whatever order they were drawn.

use super::glyphs::Mark;

/// By how much of its size a glyph may stand off the line that it belongs to: raised and lowered ones.
const OFF: f64 = 0.45;
/// From which gap on, in sizes, words are apart, and cells are.
const SPACE: f64 = 0.2;
const CELL: f64 = 1.8;
/// Of how many lines, in per cent, a gutter between columns parts.
const PARTED: usize = 60;
/// How many lines must be parted, and how many Chinese characters they must have on either side in the middle.
const COLUMN: usize = 8;
const PROSE: usize = 10;

/// A line of a page, in points from its top left corner.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub text: String,
    pub left: f64,
    pub right: f64,
    pub base: f64,
    pub size: f64,
    /// Gaps as wide as between columns, with how much text stands before and after each.
    gaps: Vec<Gap>,
}

#[derive(Clone, Copy, Debug)]
struct Gap {
    from: f64,
    to: f64,
    before: usize,
    after: usize,
}

/// The lines of a page from top to bottom, and its size.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub lines: Vec<Line>,
    pub height: f64,
    width: f64,
}

impl Layout {
    /// The lines that these glyphs are on a page of this width and height.
    pub(super) fn of(mut marks: Vec<Mark>, (width, height): (f32, f32)) -> Self {
        marks.sort_by(|a, b| a.base.total_cmp(&b.base));
        let mut lines = Vec::new();
        let mut line: Vec<Mark> = Vec::new();
        let (mut base, mut size) = (0.0, 0.0);
        for mark in marks {
            let apart = mark.base - base > OFF * f64::max(size, mark.size);
            if apart && !line.is_empty() {
                lines.extend(Line::of(std::mem::take(&mut line)));
            }
            if line.is_empty() || mark.size > size {
                (base, size) = (mark.base, mark.size);
            }
            line.push(mark);
        }
        lines.extend(Line::of(line));
        Self { lines, height: f64::from(height), width: f64::from(width) }
    }

    /// Whether most lines are parted by a gutter with running text on both sides of it. A table is parted, too, but has
    /// no running text.
    pub(super) fn has_columns(&self) -> bool {
        let inner = self.width * 0.3..self.width * 0.7;
        let parted: Vec<Gap> = self
            .lines
            .iter()
            .filter_map(|line| {
                line.gaps.iter().copied().find(|gap| inner.contains(&f64::midpoint(gap.from, gap.to)))
            })
            .filter(|gap| {
                gap.before >= PROSE && gap.after >= PROSE / 2 || gap.after >= PROSE && gap.before >= PROSE / 2
            })
            .collect();
        if parted.len() < COLUMN || parted.len() * 100 < self.lines.len() * PARTED {
            return false;
        }
        // One gutter: what most gaps have in common.
        let mut middles: Vec<f64> = parted.iter().map(|gap| f64::midpoint(gap.from, gap.to)).collect();
        middles.sort_by(f64::total_cmp);
        let gutter = middles[middles.len() / 2];
        let common = parted.iter().filter(|gap| gap.from <= gutter && gutter <= gap.to).count();
        common * 100 >= parted.len() * 80
    }
}

impl Line {
    fn of(mut marks: Vec<Mark>) -> Option<Self> {
        marks.sort_by(|a, b| a.left.total_cmp(&b.left));
        // Drawn twice to look bold.
        marks.dedup_by(|next, mark| {
            next.text == mark.text && (next.left - mark.left).abs() < mark.size * 0.15
        });
        marks.retain(|mark| mark.text.trim().len() == mark.text.len() || !mark.text.trim().is_empty());
        let first = marks.first()?;
        let mut sizes: Vec<f64> = marks.iter().map(|mark| mark.size).collect();
        sizes.sort_by(f64::total_cmp);
        let size = sizes[sizes.len() / 2];
        let mut line = Self {
            text: String::new(),
            left: first.left,
            right: first.right,
            base: first.base,
            size,
            gaps: Vec::new(),
        };
        let mut count = 0;
        for (i, mark) in marks.iter().enumerate() {
            let gap = mark.left - line.right;
            if i > 0 && gap > CELL * size {
                line.text.push('\t');
                line.gaps.push(Gap { from: line.right, to: mark.left, before: count, after: 0 });
                count = 0;
            } else if i > 0 && gap > SPACE * size {
                let wide = |c: Option<char>| c.is_some_and(|c| c >= '\u{2E80}');
                let between = wide(line.text.chars().next_back()) || wide(mark.text.chars().next());
                if !between || gap > 0.8 * size {
                    line.text.push(' ');
                }
            }
            let han = mark.text.chars().filter(|c| *c >= '\u{2E80}').count();
            count += han;
            if let Some(gap) = line.gaps.last_mut() {
                gap.after += han;
            }
            line.text.push_str(&mark.text);
            line.right = line.right.max(mark.right);
        }
        let trimmed = line.text.trim_end().len();
        line.text.truncate(trimmed);
        Some(line).filter(|line| !line.text.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str, left: f64, base: f64) -> Vec<Mark> {
        let place = |i: usize| left + 10.0 * f64::from(i as u32);
        text.chars()
            .enumerate()
            .filter(|(_, c)| *c != ' ')
            .map(|(i, c)| Mark { text: c.into(), left: place(i), right: place(i + 1), base, size: 10.0 })
            .collect()
    }

    #[test]
    fn glyphs_in_any_order_become_lines() {
        let mut page = marks("指标   金额", 50.0, 130.0);
        page.extend(marks("办结率达97%", 50.0, 110.0));
        page.extend(marks("办", 50.4, 110.0));
        page.push(Mark { text: "2".into(), left: 120.0, right: 125.0, base: 107.0, size: 5.0 });
        let lines = Layout::of(page, (600.0, 800.0));
        let texts: Vec<&str> = lines.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["办结率达97%2", "指标\t金额"]);
    }

    #[test]
    fn columns_are_told_from_tables() {
        let page = |left: &str, right: &str| {
            let rows = (0..20).map(|row| 100.0 + 15.0 * f64::from(row));
            Layout::of(
                rows.flat_map(|base| [marks(left, 50.0, base), marks(right, 320.0, base)].concat()).collect(),
                (600.0, 800.0),
            )
        };
        assert!(
            page("全年接收各类工单办结情况良好群众普遍满意", "新建公园若干处修缮道路多条植树造林若干")
                .has_columns()
        );
        assert!(!page("规模以上工业增加值", "12.5亿元").has_columns());
    }
}
