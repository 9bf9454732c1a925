//! `Reference`: the year that a document speaks from, as its first lines and its name tell.

use super::{
    Period, Scope, Years, floor,
    role::{Role, role},
};
use crate::recognise::time::{self, Stage, When, Year};

/// What a document says about its own time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// The year that 今年 means.
    pub year: Option<i32>,
    /// The month of publication, where a date tells it.
    pub month: Option<u8>,
    /// The year that the report looks back on: the one before for a government's report to its congress.
    pub past: Option<i32>,
    /// Whether `year` holds for the whole document, as in a government's report to its congress; a year at the head
    /// of a section or paragraph moves it otherwise.
    pub fixed: bool,
    /// The period that holds where nothing nearer does, and whether the title or the path says so.
    pub standing: Option<(Period, Scope)>,
}

impl Reference {
    pub(super) fn years(&self) -> Years {
        Years {
            own: self.year,
            next: self.year.map(|year| year + 1),
            past: self.past,
            spoken: self.year,
            coming: self.year.map(|year| if self.fixed { year } else { year + 1 }),
        }
    }
}

/// What shows a report to a congress, which speaks from the year that it opens: in the title, and in the text.
const CONGRESS_TITLE: &[&str] = &["政府工作报告", "代表大会"];
const CONGRESS_TEXT: &[&str] = &["各位代表", "向大会报告工作", "政府工作报告"];

/// How much of the text after the title can tell the year, in bytes: byline, date and first sentences.
const HEAD: usize = 900;

/// What the title, the first lines and the name of a document say about its time. `title` is what stands before the
/// body (title, byline, date), `text_head` the beginning of the body; either may be empty.
pub fn reference(title: &str, file_name: &str, text_head: &str) -> Reference {
    let text_head = &text_head[..floor(text_head, HEAD)];
    let congress = CONGRESS_TITLE.iter().any(|word| title.contains(word))
        || CONGRESS_TEXT.iter().any(|word| text_head.contains(word));
    let latest = title.lines().flat_map(title_periods).filter_map(Period::single_year).max();
    let titled = title.lines().find_map(|line| title_periods(line).first().copied());
    let date = title.lines().chain(text_head.lines()).find_map(date);
    let body = text_head.lines().find_map(stated_year);
    let path = path_period(file_name);
    let title_year = titled.and_then(Period::single_year);

    let year = if congress {
        match (latest, date) {
            (Some(title), Some((year, month))) if year == title + 1 && month <= 4 => Some(year),
            (Some(title), _) => Some(title),
            (None, Some((year, _))) => Some(year),
            (None, None) => body,
        }
    } else {
        title_year
            .or(match (body, date) {
                (Some(body), Some((year, _))) if (year - body).abs() > 1 => Some(year),
                (Some(body), _) => Some(body),
                (None, date) => date.map(|(year, _)| year),
            })
            .or(path.and_then(Period::single_year))
    };
    let month = date.map(|(_, month)| month);
    let told = title_year.is_some() || body.is_some() && body == year;
    let past = match month {
        _ if congress => year.map(|year| year - 1),
        _ if told => year,
        Some(1..=3) => year.map(|year| year - 1),
        _ => year,
    };
    let standing = match (titled, path) {
        _ if congress => None,
        (Some(titled), _) => Some((titled, Scope::Title)),
        (None, Some(path)) => Some((path, Scope::Path)),
        (None, None) => {
            let years = Reference { year, past, ..Reference::default() }.years();
            title.lines().find_map(|line| relative_period(line, years)).map(|period| (period, Scope::Title))
        }
    };
    Reference { year, month, past, fixed: congress && year.is_some(), standing }
}

/// The period that a title names by a relative year or none: `上半年工作总结`, `今年第二季度…`.
fn relative_period(line: &str, years: Years) -> Option<Period> {
    let mut frames = time::scan(line).into_iter().filter(|expr| role(line, *expr, years.own) == Role::Frame);
    // 当前位置 of a page's navigation is no time.
    let expr = frames.find(|expr| !line[expr.span.end..].starts_with("位置"))?;
    let day = expr.span.of(line).ends_with(['日', '号']);
    match expr.when {
        When::In(Year::Own(..=0) | Year::Spoken, ..) if !day => years.period(expr.when),
        _ => None,
    }
}

/// The periods that a title names: `2023年上半年…总结`, `回眸2020`. A date is none.
fn title_periods(line: &str) -> Vec<Period> {
    let named = time::scan(line).into_iter().filter(|expr| {
        let text = expr.span.of(line);
        let dated = text.ends_with(['日', '号']) || text.contains(['-', '/', '.']) || alone(line, text);
        let told = match expr.when {
            When::In(Year::Is(_), ..) | When::Between(..) => true,
            When::Plan(_, stage) => stage != Stage::Name,
            _ => false,
        };
        told && !dated && !in_book_title(line, expr.span.start)
    });
    let mut periods: Vec<Period> = named.filter_map(|expr| Years::default().period(expr.when)).collect();
    if periods.is_empty() {
        periods.extend(bare_year(line).map(Period::year));
    }
    periods
}

/// A year in digits alone: `回眸2020,展望2021`.
fn bare_year(line: &str) -> Option<i32> {
    let bytes = line.as_bytes();
    let mut pos = 0;
    while pos < bytes.len() {
        if !bytes[pos].is_ascii_digit() {
            pos += 1;
            continue;
        }
        let end = pos + bytes[pos..].iter().take_while(|b| b.is_ascii_digit()).count();
        let alone = |b: &u8| {
            !b.is_ascii_alphanumeric() && !matches!(b, b'.' | b'-' | b'/' | b':' | b'_' | b'%' | b'+')
        };
        let before = pos == 0 || alone(&bytes[pos - 1]);
        let rest = &line[end..];
        let after = bytes.get(end).is_none_or(alone) && !counted(rest) && !rest.starts_with("年");
        if end - pos == 4
            && before
            && after
            && let Some(year) = line[pos..end].parse().ok().filter(|year| (2000..=2099).contains(year))
        {
            return Some(year);
        }
        pos = end;
    }
    None
}

/// Whether the text goes on with a unit, so that the number before is an amount.
fn counted(rest: &str) -> bool {
    const UNITS: &[&str] = &[
        "余", "多", "万", "亿", "个", "家", "户", "人", "名", "件", "元", "亩", "吨", "次", "场", "套", "米",
        "平", "公",
    ];
    UNITS.iter().any(|unit| rest.trim_start().starts_with(unit))
}

/// Whether a month stands on a line of its own, as a date does: `（2026年1月）`.
pub(super) fn alone(line: &str, text: &str) -> bool {
    line.len() < 60
        && text.contains('月')
        && line.trim_matches(|c: char| c.is_whitespace() || "（）()【】".contains(c)) == text
}

/// A full date with its day: `2024-01-02`, `2026年2月3日`.
fn date(line: &str) -> Option<(i32, u8)> {
    time::scan(line).into_iter().find_map(|expr| match expr.when {
        When::In(Year::Is(year), month, last) if month == last => {
            let text = expr.span.of(line);
            let dated = text.ends_with(['日', '号']) || text.contains(['-', '/', '.']) || alone(line, text);
            dated.then_some((year, month))
        }
        _ => None,
    })
}

/// The year of the first sentences: `2023年是…`, `2021年，街道…`.
fn stated_year(line: &str) -> Option<i32> {
    let mut ends = line.match_indices('。').map(|(at, _)| at);
    let _ = ends.next();
    let end = ends.next().unwrap_or(line.len());
    let head = &line[..end];
    time::scan(head).into_iter().find_map(|expr| match expr.when {
        When::In(Year::Is(year), first, last) if role(head, expr, None) == Role::Frame => {
            // 截至2023年底 is also said in the year after.
            let text = expr.span.of(head);
            let told = !(first == last && text.contains(['-', '/', '.']) || text.starts_with('截'));
            told.then_some(year)
        }
        _ => None,
    })
}

/// Whether `pos` lies inside of `《…》`.
pub(super) fn in_book_title(text: &str, pos: usize) -> bool {
    let before = &text[floor(text, pos.saturating_sub(120))..pos];
    match (before.rfind('《'), before.rfind('》')) {
        (Some(open), Some(close)) => open > close,
        (Some(_), None) => true,
        _ => false,
    }
}

/// The period that a file's name tells, or the folder that is named after a year.
fn path_period(path: &str) -> Option<Period> {
    let mut parts = path.rsplit(['/', '\\']);
    let name = parts.next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let stem = stem.replace('_', " ");
    let folder = parts.next().and_then(|folder| {
        let digits = folder.strip_suffix('年').unwrap_or(folder);
        (digits.len() == 4).then(|| bare_year(digits)).flatten()
    });
    let named = time::scan(&stem).into_iter().find_map(|expr| match expr.when {
        When::In(Year::Is(_), ..) | When::Between(..) => {
            let text = expr.span.of(&stem);
            let dated = text.ends_with(['日', '号']) || text.matches(['-', '/', '.']).count() > 1;
            if dated { None } else { Years::default().period(expr.when) }
        }
        _ => None,
    });
    named.or_else(|| bare_year(&stem).map(Period::year)).or_else(|| folder.map(Period::year))
}
