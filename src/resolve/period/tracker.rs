//! `Tracker`: walks a document in order and knows at every figure which expression of time holds for it.
//!
//! The nearest one does: in the clause, before the clause in its sentence, in the paragraph's earlier sentences, at
//! the head of the section or of an earlier paragraph, in the title, in the path. What only qualifies a comparison
//! (比去年增长) or names a thing (完成全年任务, 《…2018—2020年》) does not count; a target's year (到2025年) and a
//! planned one (力争2024年…) hold where they stand and are handed on to nobody. Every sentence and heading is scanned
//! once, and a figure costs a binary search.

use super::{
    Period, Reference, Scope, Years,
    reference::{alone, in_book_title},
    role::{PLANNED, Role, compared, role, same_clause},
};
use crate::{
    recognise::time::{self, TimeExpr, When, Year},
    span::Span,
};

/// The period of a figure, and where it was said. `scope` without `period`: something was said that tells no period
/// (近年来, or 今年 in a document without a year).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolved<'t> {
    /// What time the figure is for.
    pub period: Option<Period>,
    /// Where that was said.
    pub scope: Option<Scope>,
    /// The words that said it, where the text and not the title or the path did.
    pub words: &'t str,
}

/// What a wider scope hands to a narrower one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Held<'t> {
    /// Nothing was said.
    #[default]
    Nothing,
    /// Something was said that tells no period.
    Untold,
    /// A period, and the words that said so.
    Told(Period, Scope, &'t str),
}

impl Held<'_> {
    fn period(self) -> Option<Period> {
        if let Self::Told(period, ..) = self { Some(period) } else { None }
    }
}

/// Paragraphs at the beginning of a document whose period holds for the rest where nothing else does.
const LEADING: u8 = 3;

/// What holds in a section.
#[derive(Clone, Debug, Default)]
struct Section<'t> {
    level: usize,
    standing: Held<'t>,
    /// The periods that its heading names: the head of a paragraph may turn to any of them.
    named: Vec<Period>,
    /// The year that 今年 means in it.
    own: Option<i32>,
}

/// An expression of the current sentence.
#[derive(Clone, Copy, Debug)]
struct Found {
    span: Span,
    when: When,
    period: Option<Period>,
    /// The last one up to here that tells its own clause's period, as an index into the list.
    own: Option<usize>,
    /// The last one up to here that also holds for the rest of the sentence.
    frame: Option<usize>,
}

/// Walks a document and answers for each figure which period it is for.
#[derive(Clone, Debug, Default)]
pub struct Tracker<'t> {
    reference: Reference,
    /// The document itself, then the sections that are open, outermost first.
    sections: Vec<Section<'t>>,
    paragraph: Held<'t>,
    /// Paragraphs begun before the first section.
    leading: u8,
    /// Whether no sentence of the paragraph has been read yet.
    at_head: bool,
    /// The last year spoken of in the paragraph.
    spoken: Option<i32>,
    /// Whether that was told by 去年 and its like: 截至10月底 after it is of the report's year again.
    back: bool,
    /// The last calendar year that the document named at all.
    seen: Option<i32>,
    sentence: &'t str,
    /// Where its semicolons are.
    semicolons: Vec<usize>,
    /// Whether the sentence is the paragraph's first.
    first: bool,
    found: Vec<Found>,
    scanned: Vec<TimeExpr>,
}

impl<'t> Tracker<'t> {
    /// A tracker at the beginning of a document.
    pub fn new(reference: Reference) -> Self {
        let standing =
            reference.standing.map_or(Held::Nothing, |(period, scope)| Held::Told(period, scope, ""));
        let document = Section { standing, ..Section::default() };
        Self { reference, sections: vec![document], ..Self::default() }
    }

    /// Opens a section under `heading`, 1 the outermost level; closes those of its level and below.
    pub fn enter_section(&mut self, level: usize, heading: &'t str) {
        self.leave_sentence();
        while self.sections.len() > 1
            && self.sections.last().is_some_and(|section| section.level >= level.max(1))
        {
            self.sections.pop();
        }
        self.reset_paragraph();
        let mut section = Section { level: level.max(1), ..Section::default() };
        let mut years = self.years();
        time::scan_into(heading, &mut self.scanned);
        for expr in &self.scanned {
            if in_book_title(heading, expr.span.start)
                || compared(heading, expr.span)
                || alone(heading, expr.span.of(heading))
                || delivered(heading, expr.when)
            {
                continue;
            }
            match expr.when {
                When::Now | When::Moment | When::SamePeriod => {}
                When::Vague => {
                    if section.standing == Held::Nothing {
                        section.standing = Held::Untold;
                    }
                }
                when => {
                    let Some(period) = years.period(when) else { continue };
                    years.spoken = period.single_year().or(years.spoken);
                    section.named.push(period);
                    if !matches!(section.standing, Held::Told(..)) {
                        section.standing = Held::Told(period, Scope::Section, heading);
                    }
                    if let (When::In(Year::Is(year), ..), None) = (when, section.own) {
                        section.own = Some(year).filter(|year| self.near(*year));
                    }
                }
            }
        }
        self.sections.push(section);
        if self.leading > 0 {
            self.leading = u8::MAX;
        }
    }

    /// Opens a paragraph.
    pub fn enter_paragraph(&mut self) {
        self.leave_sentence();
        self.reset_paragraph();
        self.leading = self.leading.saturating_add(1);
    }

    /// Opens a sentence; spans given to [`Tracker::figure`] are offsets in `text`.
    pub fn enter_sentence(&mut self, text: &'t str) {
        self.leave_sentence();
        self.sentence = text;
        self.first = self.at_head;
        if text.len() > 6 {
            self.at_head = false;
        }
        time::scan_into(text, &mut self.scanned);
        if self.scanned.is_empty() {
            return;
        }
        self.semicolons.clear();
        self.semicolons.extend(text.match_indices(['；', ';']).map(|(at, _)| at));
        let mut years = self.years();
        let (mut own, mut frame) = (None, None);
        let mut spoken = self.spoken.is_some();
        for index in 0..self.scanned.len() {
            let expr = self.scanned[index];
            let mut role = role(text, expr, years.own);
            let target = |index: usize| matches!(self.found[index].when, When::By(..));
            if expr.when == When::Now && frame.is_some_and(target) {
                frame = None;
            }
            if role == Role::Frame
                && own.is_some_and(|own| target(own) && same_clause(text, self.found[own].span, expr.span))
            {
                role = Role::Own;
            }
            let again = self.back && years.past != self.spoken && expr.span.of(text).starts_with('截');
            let period =
                self.resolve(expr.when, if again { Years { spoken: years.own, ..years } } else { years });
            let through = expr.when == When::In(Year::Spoken, 1, 12)
                && !spoken
                && self.held().period().is_some_and(Period::is_span);
            if role != Role::None && !through {
                own = Some(index);
                if role == Role::Frame {
                    frame = Some(index);
                    spoken = true;
                    years.spoken = period.and_then(Period::single_year).or(years.spoken);
                }
                if let When::In(Year::Is(year), ..) = expr.when
                    && (role == Role::Frame || role == Role::Own)
                {
                    self.seen = Some(year);
                }
            }
            self.found.push(Found { span: expr.span, when: expr.when, period, own, frame });
        }
    }

    /// Reads text of the paragraph in which no period is asked for, such as sentences without a figure: what they say
    /// holds for those that follow.
    pub fn pass_over(&mut self, text: &'t str) {
        for sentence in text.split_inclusive(['。', '！', '？', '!', '?']) {
            if !sentence.trim().is_empty() {
                self.enter_sentence(sentence);
            }
        }
    }

    /// The period of the figure at `figure` in the clause at `clause` of the sentence entered last. `planned`: whether
    /// it is a target or plan.
    pub fn figure(&self, clause: Span, figure: Span, planned: bool) -> Resolved<'t> {
        let before = self.found.partition_point(|found| found.span.start < figure.start);
        let said = |found: &Found, scope| Resolved {
            period: found.period,
            scope: Some(scope),
            words: found.span.of(self.sentence),
        };
        let in_clause = |end: usize| {
            let own = end.checked_sub(1).and_then(|index| self.found[index].own);
            own.filter(|index| self.found[*index].span.start >= clause.start)
        };
        let last = in_clause(before);
        let last =
            last.filter(|index| !self.left_behind(*index, figure)).or_else(|| last.and_then(in_clause));
        if let Some(index) = last {
            return said(&self.found[index], Scope::Clause);
        }
        if let Some(found) =
            self.found.get(before).filter(|found| found.span.start < clause.end && found.own == Some(before))
        {
            let bracketed = matches!(self.sentence.get(figure.end..found.span.start), Some("（" | "("));
            if bracketed
                || matches!(found.when, When::By(..))
                || planned && self.found[before].period.is_some()
            {
                return said(found, Scope::Clause);
            }
        }
        let earlier = self.found.partition_point(|found| found.span.start < clause.start.min(figure.start));
        let frame =
            earlier.checked_sub(1).and_then(|index| self.found[index].frame).map(|index| &self.found[index]);
        if let Some(found) = frame.filter(|found| !self.passed(found, clause)) {
            return said(found, Scope::Sentence);
        }
        let held =
            if planned || self.paragraph != Held::Nothing { self.held() } else { self.past_standing() };
        match held {
            Held::Told(period, scope, words) => Resolved { period: Some(period), scope: Some(scope), words },
            Held::Untold => Resolved { period: None, scope: Some(Scope::Paragraph), words: "" },
            Held::Nothing => Resolved::default(),
        }
    }

    /// The period that a text names, such as the head of a table's column.
    pub fn named(&self, text: &str) -> Option<Period> {
        time::scan(text).first().and_then(|expr| self.resolve(expr.when, self.years()))
    }

    /// What the paragraph, or else the section, hands to its next sentence.
    fn held(&self) -> Held<'t> {
        if self.paragraph == Held::Nothing { self.standing() } else { self.paragraph }
    }

    fn standing(&self) -> Held<'t> {
        self.sections
            .iter()
            .rev()
            .map(|section| section.standing)
            .find(|held| *held != Held::Nothing)
            .unwrap_or_default()
    }

    /// What stands for what has come about: under `存在问题和明年打算` the problems are not next year's.
    fn past_standing(&self) -> Held<'t> {
        let past = |section: &&Section<'t>| {
            let own = section.own.max(self.reference.year);
            section.standing.period().zip(own).is_none_or(|(period, own)| period.from.0 <= own)
        };
        let told = |section: &&Section<'t>| section.standing != Held::Nothing;
        self.sections.iter().rev().filter(told).find(past).map(|section| section.standing).unwrap_or_default()
    }

    fn years(&self) -> Years {
        let mut years = self.reference.years();
        let own = self.sections.iter().rev().find_map(|section| section.own);
        if !self.reference.fixed {
            years.own = own.or(years.own);
        }
        years.past = years.past.or(own);
        let standing = self.standing().period();
        years.spoken = match standing {
            _ if self.spoken.is_some() => self.spoken,
            Some(period) => period.single_year().or(years.past),
            None => years.own,
        };
        years
    }

    fn resolve(&self, when: When, years: Years) -> Option<Period> {
        if let When::Since(Year::Own(0) | Year::Spoken, 1) = when {
            // `今年以来` in a report on the first half.
            let part = self.held().period().filter(|part| part.from.1 == 1 && !part.is_span());
            return part.filter(|part| part.single_year() == years.own).or_else(|| years.period(when));
        }
        if let When::Recent(count) = when {
            let span = self
                .held()
                .period()
                .filter(|period| period.is_span() && period.to.0 - period.from.0 + 1 == i32::from(count));
            return span.or_else(|| Years { past: years.past.or(self.seen), ..years }.period(when));
        }
        years.period(when)
    }

    /// Whether a year is one that the document can speak from.
    fn near(&self, year: i32) -> bool {
        self.reference.year.is_none_or(|own| (year - own).abs() <= 1)
    }

    /// `由2020年的40件增加到65件`: the year is left behind by what stands between it and the figure.
    fn left_behind(&self, index: usize, figure: Span) -> bool {
        let span = self.found[index].span;
        let lead = &self.sentence[..span.start];
        if !(lead.ends_with('由') || lead.ends_with('从'))
            || matches!(self.found[index].when, When::Since(..))
        {
            return false;
        }
        let between = self.sentence.get(span.end..figure.start).unwrap_or_default();
        between.contains(['到', '至', '增', '升', '降', '为'])
    }

    /// `10月底竣工；…`: the month of an event does not reach over a semicolon.
    fn passed(&self, found: &Found, clause: Span) -> bool {
        let moment = matches!(found.when, When::In(_, first, last) if first == last);
        let before = self.semicolons.partition_point(|at| *at < clause.start);
        moment && before.checked_sub(1).is_some_and(|index| self.semicolons[index] > found.span.start)
    }

    fn reset_paragraph(&mut self) {
        self.paragraph = Held::Nothing;
        self.spoken = None;
        self.back = false;
        self.at_head = true;
    }

    /// Hands on what the sentence says, to the paragraph and, from a paragraph's head, to what follows.
    fn leave_sentence(&mut self) {
        let frame = self.found.last().and_then(|found| found.frame).map(|index| self.found[index]);
        let head = self.found.first().filter(|found| self.first && found.frame == Some(0)).copied();
        self.found.clear();
        if let Some(head) = head {
            self.hand_to_section(head);
        }
        let Some(frame) = frame else { return };
        let Some(period) = frame.period else {
            if frame.span.of(self.sentence) != "以来" {
                self.paragraph = Held::Untold;
            }
            return;
        };
        self.spoken = period.single_year().or(self.spoken);
        self.back = matches!(frame.when, When::In(Year::Own(..0), ..));
        let text = frame.span.of(self.sentence);
        let moment =
            matches!(frame.when, When::In(_, first, last) if first == last) && !text.starts_with('截');
        let handed = if moment { Period::year(period.from.0) } else { period };
        let wider_scope = self.held();
        let local = wider_scope.period().is_some_and(|wider| wider != handed && wider.contains(handed));
        let within = moment && wider_scope.period().is_some_and(|narrow| handed.contains(narrow));
        let future = self.years().own.is_some_and(|own| handed.from.0 > own)
            && !self.held().period().is_some_and(|wider| wider.contains(handed));
        let after = &self.sentence[frame.span.end..];
        let clause = after
            .split(['，', ',', '；', ';', '。'])
            .find(|clause| !clause.trim().is_empty())
            .unwrap_or_default();
        let lead = &self.sentence[..frame.span.start];
        let planned = PLANNED.iter().any(|word| clause.contains(word) || lead.trim_end().ends_with(word));
        if !local && !within && (!future && !planned || head.is_some()) {
            self.paragraph = Held::Told(handed, Scope::Paragraph, text);
        }
        let dated = moment && text.ends_with(['日', '号']);
        // `五年来，主要做了以下工作。` opens a report wherever it stands in its first paragraphs.
        let opens = handed.is_span() && self.sentence[..frame.span.start].trim().is_empty();
        let lead = self.leading <= LEADING
            && (opens || self.first && !self.reference.fixed)
            && self.standing() == Held::Nothing
            && !dated;
        if lead && handed.single_year().is_none_or(|year| self.near(year)) && frame.when != When::Vague {
            self.sections[0].standing = Held::Told(handed, Scope::Section, text);
        }
    }

    /// `2024年是…` at the head of a paragraph: from here on the document speaks of that year.
    fn hand_to_section(&mut self, head: Found) {
        let lead = self.sentence[..head.span.start].trim_start();
        if lead.len() > 18 || lead.contains(['，', ',']) || matches!(head.when, When::By(..)) {
            return;
        }
        // After `下一步` nothing done is reported any more: what held before does not hold for the plans.
        if head.when == When::Vague
            && head.span.of(self.sentence).starts_with(['下', '接'])
            && let Some(section) = self.sections.last_mut()
        {
            section.standing = Held::Untold;
        }
        let Some(period) = head.period else { return };
        let words = head.span.of(self.sentence);
        let place = self.sections.iter().rposition(|section| section.standing != Held::Nothing).unwrap_or(0);
        let named = self.sections[place].named.contains(&period);
        let standing = self.sections[place].standing.period();
        let takes_over = match standing {
            _ if named => true,
            None => true,
            Some(standing) if period.is_span() => standing.is_span(),
            Some(standing) => period.is_year() && !standing.is_span() && period.from > standing.to,
        };
        let near = named || period.is_span() || period.single_year().is_some_and(|year| self.near(year));
        if takes_over && near && (period.is_year() || period.is_span()) {
            // 截至2023年底 is also said in the year after.
            let year = period
                .single_year()
                .filter(|_| matches!(head.when, When::In(Year::Is(_), ..)) && !words.starts_with('截'));
            let section = &mut self.sections[place];
            section.standing = Held::Told(period, Scope::Section, words);
            section.own = year.or(section.own);
        }
    }
}

/// `2022年4月在…代表大会上`: when a report was given, not what it is on.
fn delivered(heading: &str, when: When) -> bool {
    let moment = matches!(when, When::In(Year::Is(_), first, last) if first == last);
    moment && ["大会", "会议", "全会"].iter().any(|word| heading.contains(word))
}
