//! Segments: paragraphs with their role, and within them the clauses and where sentences end.

use memchr::{memchr, memrchr};

use crate::{quantity::Quantity, rules::words::WordList, span::Span};

/// Within how many characters a bracket or quotation mark must close to shield what ends a clause.
const SHIELD: usize = 60;
/// How many characters a clause may have.
const CLAUSE: usize = 1000;
/// How long a heading may be, in characters.
const HEADING: usize = 50;
/// How long a line that tells who published the report may be, in bytes.
const BYLINE: usize = 200;
/// What a number may be written with, beside digits.
const NUMERALS: &str = "零〇一二两三四五六七八九十百千万亿兆半点分之成多余约近几数.,%％—-~～至到";
/// How many bytes past a block's end are searched for a place where no number is cut.
const PATIENCE: usize = 4 * 1024;
/// How many bytes a sentence may have; a longer one is cut at a clause.
const SENTENCE: usize = 3 * 1024;
/// How many bytes of a paragraph are looked at in one go.
const BLOCK: usize = 32 * 1024;

/// What a line of the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It names what follows.
    Heading,
    /// The report itself.
    Body,
    /// Navigation, related reading, copyright: no part of the report.
    Furniture,
}

/// A line of the text without its line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// Where it stands; furniture at its end left out.
    pub span: Span,
    /// What it is.
    pub role: Role,
}

/// A stretch between two marks that end a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Where it stands, the mark that ends it left out.
    pub span: Span,
    /// Whether a sentence ends with it.
    pub ends_sentence: bool,
}

/// The paragraphs of a text, in order; `furniture` tells the lines after which the report is over.
/// Before the body, a line that holds a date with a time or one of `byline` tells who published it when.
pub fn paragraphs<'t>(
    text: &'t str,
    furniture: &'t WordList,
    byline: &'t WordList,
) -> impl Iterator<Item = Paragraph> + 't {
    let mut over = false;
    let mut begun = false;
    lines(text).map(move |mut span| {
        let line = span.of(text);
        let role = if furniture.prefix(line.trim_start_matches(['【', '>', '-', '*', ' '])).is_some()
            || !begun && is_path(line)
        {
            // Before the body it is what stands above the report, which is still to come.
            over = begun;
            Role::Furniture
        } else if over && !is_prose(line) {
            Role::Furniture
        } else {
            over = false;
            if let Some(cut) = furniture_at_end(line, furniture) {
                span.end = span.start + cut;
            }
            let line = span.of(text);
            let heading = is_heading(line);
            let published = !begun && line.len() <= BYLINE && !line.contains('。') && is_byline(line, byline);
            begun |= !heading && !published && !span.is_empty();
            match heading {
                _ if published => Role::Furniture,
                true => Role::Heading,
                false => Role::Body,
            }
        };
        Paragraph { span, role }
    })
}

/// The lines of a text without the space round them, in order.
pub fn lines(text: &str) -> impl Iterator<Item = Span> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        if at >= text.len() {
            return None;
        }
        let end = memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |n| at + n);
        let line = text[at..end].trim_end_matches('\r');
        let indent = line.len() - line.trim_start().len();
        let span = Span::new(at + indent, at + indent.max(line.trim_end().len()));
        at = end + 1;
        Some(span)
    })
}

/// Whether a line is the way to a page through its site: 首页 > 政务公开 > 工作总结.
fn is_path(line: &str) -> bool {
    let steps = line.matches(['>', '＞', '»', '›']).count();
    line.len() < HEADING * 3 && steps >= 2 && !line.contains(['<', '。', '；'])
}

/// Whether a line before the body tells who published it when: 2023-07-21 16:40 | 某某发布 | 阅读3.2万.
fn is_byline(line: &str, words: &WordList) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let clock = line.match_indices([':', '：']).any(|(at, mark)| {
        digit(line[..at].chars().next_back()) && digit(line[at + mark.len()..].chars().next())
    });
    let told = words.find_all(line).any(|word| line[word.end..].trim_start().starts_with(['：', ':']));
    clock || told
}

/// Whether a line after furniture is the report going on: a long one that ends a sentence.
fn is_prose(line: &str) -> bool {
    line.len() > 240 && line.ends_with(['。', '！', '；', '”'])
}

/// Where furniture glued to the last sentence begins.
fn furniture_at_end(line: &str, furniture: &WordList) -> Option<usize> {
    let last = line.trim_end_matches(['。', '！', '？']).rfind(['。', '！', '？', '）', ')']).unwrap_or(0);
    furniture.find(&line[last..]).filter(|_| last > 0).map(|found| last + found.start)
}

/// Whether a line names what follows: short, and no sentence.
pub fn is_heading(line: &str) -> bool {
    !line.is_empty()
        && line.len() <= HEADING * 3
        && line.chars().count() <= HEADING
        && !line.contains(['。', '；', '！', '？'])
        && !line.ends_with(['，', '、', '：', ','])
}

/// Cuts a long paragraph into blocks at the ends of sentences or clauses, so that what works on one is bounded.
pub fn blocks(text: &str, paragraph: Span) -> impl Iterator<Item = Span> + '_ {
    let mut at = paragraph.start;
    std::iter::from_fn(move || {
        if at >= paragraph.end {
            return None;
        }
        let start = at;
        at = if paragraph.end - start <= BLOCK {
            paragraph.end
        } else {
            block_end(text, start, paragraph.end)
        };
        Some(Span::new(start, at))
    })
}

fn block_end(text: &str, start: usize, end: usize) -> usize {
    let mut limit = start + BLOCK;
    while limit < end && !text.is_char_boundary(limit) {
        limit += 1;
    }
    let block = &text[start..limit];
    let marks: [&[char]; 3] = [&['。', '！', '？'], &['；', '，', ';', '：'], &[' ', '、']];
    if let Some((at, mark)) = marks.iter().find_map(|marks| block.rmatch_indices(*marks).next()) {
        return start + at + mark.len();
    }
    // No mark at all: go on to where no number is cut, or after a while no digits.
    let is_number = |c: char| c.is_ascii_digit() || NUMERALS.contains(c);
    let mut before = text[..limit].chars().next_back().is_some_and(is_number);
    for (at, c) in text[limit..end].char_indices() {
        let here = is_number(c);
        if !before && !here || at > PATIENCE && !c.is_ascii_digit() {
            return limit + at;
        }
        before = here;
    }
    end
}

/// The clauses of `block` that matter: those that hold a quantity, with the others between them, in order.
pub fn clauses(text: &str, block: Span, quantities: &[Quantity]) -> Vec<Clause> {
    let mut clauses = Vec::new();
    let mut inside = quantities.iter().map(|q| q.span).peekable();
    let mut start = block.start;
    let mut count = 0;
    let mut breakable: Option<(bool, usize)> = None;
    let mut at = block.start;
    let mut told = block.start;
    while at < block.end {
        while let Some(passed) = inside.next_if(|span| span.end <= at) {
            told = passed.end;
        }
        let c = text[at..].chars().next().unwrap_or(' ');
        let next = at + c.len_utf8();
        let quantity = inside.peek().filter(|span| span.start <= at).copied();
        if quantity.is_none() && matches!(c, '。' | '！' | '？' | '!' | '?' | '\n') {
            clauses.push(Clause { span: Span::new(start, at), ends_sentence: true });
            (start, count, breakable) = (next, 0, None);
        } else if quantity.is_none() && (matches!(c, '，' | '；' | ';' | ',') || c == '\t' && told > start)
        {
            // A gap ends a clause that has its figure: `税收：12亿元    用电量：3亿千瓦时`.
            clauses.push(Clause { span: Span::new(start, at), ends_sentence: false });
            (start, count, breakable) = (next, 0, None);
        } else if quantity.is_none()
            && let Some(end) = shielded(&text[at..block.end], c)
        {
            count += text[at..at + end].chars().count();
            at += end;
            continue;
        } else {
            count += 1;
            if quantity.is_none() && (c == ' ' || breakable.is_none_or(|(space, _)| !space)) {
                breakable = Some((c == ' ', next));
            }
            if count >= CLAUSE
                && let Some((_, cut)) = breakable.filter(|&(_, cut)| cut > start)
            {
                clauses.push(Clause { span: Span::new(start, cut), ends_sentence: false });
                (start, count, breakable) = (cut, text[cut..next].chars().count(), None);
            }
        }
        at = next;
    }
    if start < block.end {
        clauses.push(Clause { span: Span::new(start, block.end), ends_sentence: false });
    }
    clauses
}

/// The length of a bracketed or quoted stretch that begins `text`, if it closes soon and holds no sentence end.
pub fn shielded(text: &str, open: char) -> Option<usize> {
    let close = closing(open)?;
    let mut depth = 0usize;
    for (at, c) in text.char_indices().take(SHIELD + 2) {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(at + c.len_utf8());
            }
        } else if matches!(c, '。' | '；' | '\n' | '\r') {
            return None;
        }
    }
    None
}

/// The mark that closes this one.
pub const fn closing(open: char) -> Option<char> {
    Some(match open {
        '（' => '）',
        '(' => ')',
        '“' => '”',
        '‘' => '’',
        '《' => '》',
        '【' => '】',
        '［' => '］',
        '[' => ']',
        '〔' => '〕',
        '「' => '」',
        '『' => '』',
        _ => return None,
    })
}

/// The sentence of a block that holds the clause at `at`: from the sentence end before it to the one after, both left
/// out. One that is too long begins with the clause and ends with the last clause that leaves it short enough.
pub fn sentence(text: &str, block: Span, at: usize) -> Span {
    let end_marks = |c: char| matches!(c, '。' | '！' | '？' | '!' | '?' | '\n');
    let mut from = at.saturating_sub(SENTENCE).max(block.start);
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    let short = from == block.start;
    let start = text[from..at].rfind(end_marks).map_or(if short { block.start } else { at }, |n| {
        let mark = from + n;
        mark + text[mark..].chars().next().map_or(1, char::len_utf8)
    });
    let mut limit = (start + SENTENCE).min(block.end).max(at);
    while !text.is_char_boundary(limit) {
        limit += 1;
    }
    let end = text[at..limit].find(end_marks).map_or_else(
        || match text[at..limit].rfind(['，', '；', ';']) {
            Some(cut) if limit < block.end => at + cut,
            _ => limit,
        },
        |n| at + n,
    );
    Span::new(start, end)
}

/// The start of the line that holds `at`.
pub fn line_start(text: &str, at: usize) -> usize {
    memrchr(b'\n', &text.as_bytes()[..at]).map_or(0, |n| n + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        clauses(text, Span::new(0, text.len()), &[]).iter().map(|clause| clause.span.of(text)).collect()
    }

    #[test]
    fn clauses_end_at_marks_outside_brackets_and_quotes() {
        assert_eq!(cut("接收工单，办结；满意。完成"), ["接收工单", "办结", "满意", "完成"]);
        assert_eq!(
            cut("落实“一户，一策”机制，完成（含南，北片）改造"),
            ["落实“一户，一策”机制", "完成（含南，北片）改造"]
        );
    }

    #[test]
    fn an_unclosed_mark_shields_nothing() {
        assert_eq!(cut("落实“一户，一策机制，完成"), ["落实“一户", "一策机制", "完成"]);
        assert_eq!(cut("完成（一。二），三"), ["完成（一", "二）", "三"]);
    }

    #[test]
    fn a_clause_is_cut_after_a_thousand_characters() {
        let text = "字".repeat(2500);
        assert_eq!(cut(&text).iter().map(|c| c.chars().count()).collect::<Vec<_>>(), [1000, 1000, 500]);
    }

    #[test]
    fn furniture_after_the_report_is_told_apart() {
        let furniture = WordList::new(["相关阅读".to_owned(), "责任编辑".to_owned()]);
        let text = "一、工作情况\n接收工单8件。（完）责任编辑：甲\n相关阅读\n修路3条\n";
        let roles: Vec<(Role, &str)> =
            paragraphs(text, &furniture, &WordList::default()).map(|p| (p.role, p.span.of(text))).collect();
        assert_eq!(
            roles,
            [
                (Role::Heading, "一、工作情况"),
                (Role::Body, "接收工单8件。（完）"),
                (Role::Furniture, "相关阅读"),
                (Role::Furniture, "修路3条")
            ]
        );
    }

    #[test]
    fn markup_in_a_sentence_is_no_way_through_a_site() {
        let roles = |text: &str| -> Vec<Role> {
            paragraphs(text, &WordList::default(), &WordList::default()).map(|it| it.role).collect()
        };
        assert_eq!(roles("接收工单<b>8</b>件，<i>办结</i>7件。\n修路3条。"), [Role::Body, Role::Body]);
        assert_eq!(roles("首页 > 公开 > 总结\n修路3条。"), [Role::Furniture, Role::Body]);
    }

    #[test]
    fn navigation_above_the_report_does_not_end_it() {
        let furniture = WordList::new(["打开APP".to_owned()]);
        let text = "打开APP看35条新闻\n首页 > 公开 > 总结\n某街道总结\n接收工单8件。\n打开APP\n修路3条\n";
        let roles: Vec<Role> =
            paragraphs(text, &furniture, &WordList::default()).map(|paragraph| paragraph.role).collect();
        assert_eq!(
            roles,
            [Role::Furniture, Role::Furniture, Role::Heading, Role::Body, Role::Furniture, Role::Furniture]
        );
    }
}
