//! Subjects: whether the figure of a clause is about another place than the report, said at the head of the clause
//! (内江经济总量突破2000亿元) and not merely beside it (投入200万元支持淅川县).

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, Anchored, Input, MatchKind, StartKind};

use super::district::{District, DistrictResolver, enumerated};
use crate::gazetteer::{Division, Form, Level, PlaceMention};

/// What `rules/places/subjects.toml` says.
struct Words {
    lead: &'static [&'static str],
    gives: &'static [&'static str],
    offices: &'static [&'static str],
    predicates: &'static [&'static str],
    whole_except: &'static [&'static str],
    whole_lead: &'static [&'static str],
    whole_forms: &'static [&'static str],
    own: &'static [&'static str],
    ranks: &'static [&'static str],
    distributors: &'static [&'static str],
}

static WORDS: Words = include!(concat!(env!("OUT_DIR"), "/subjects.rs"));

/// Clauses are short: a table for every byte would take longer to make than it saves.
const QUICKLY_MADE: Option<AhoCorasickKind> = Some(AhoCorasickKind::NoncontiguousNFA);

/// One search for all words that let a place in the middle of a clause be its subject.
static CUES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let wholes = WHOLE.iter().map(|suffix| format!("全{suffix}"));
    let words = WORDS.predicates.iter().map(ToString::to_string).chain(wholes);
    AhoCorasick::builder().kind(QUICKLY_MADE).build(words).ok()
});

/// The words passed over before the place.
static LEAD: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut lead = AhoCorasick::builder();
    let lead = lead.match_kind(MatchKind::LeftmostLongest).start_kind(StartKind::Anchored);
    lead.kind(QUICKLY_MADE).build(WORDS.lead).ok()
});

/// Marks that may stand before the first word of a clause, and between names of a list.
const MARKS: &[char] = &[
    '\t', '|', '│', '“', '"', '（', '(', '—', '-', ' ', '\u{3000}', '●', '•', '·', ':', '：', ',', '，',
    '、', '\n',
];
const LIST: &[&str] = &["、", "和", "及", "与", "以及"];
/// 全市 and its like, with the suffix of the division that is meant.
const WHOLE: &[char] = &['省', '市', '县', '区', '州', '盟', '旗'];

/// One of several figures of a clause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    /// Which one it is, and how many there are.
    pub index: usize,
    pub count: usize,
    /// The words of its own: from the end of the figure before to its begin.
    pub start: usize,
    pub end: usize,
}

impl DistrictResolver {
    /// The place that one of several figures is about, where that is said beside it (苏州市24653亿元、南京市17421亿元) or
    /// by the order of a list (苏州、无锡分别达4.4万亿元、2.6万亿元).
    pub(super) fn of_member(
        &self,
        clause: &str,
        member: Member,
        home: Option<&District>,
    ) -> Option<District> {
        let home = home.map(|home| home.division);
        let own = clause.get(member.start..member.end)?;
        let found = if member.index == 0 { vec![] } else { self.at_head(Self::past_lead(own), home) };
        let [only] = found[..] else {
            let head = &clause[..member.end];
            let distributed = WORDS.distributors.iter().any(|word| head.contains(word));
            let listed = if distributed { self.at_head(Self::past_lead(clause), home) } else { vec![] };
            let division = listed.get(member.index).filter(|_| listed.len() == member.count)?;
            return Some(self.district(*division, "text", false));
        };
        Some(self.district(only, "text", false))
    }

    /// The place that a heading names and nothing else, in or beside `home`.
    pub(super) fn of_heading(&self, heading: &str, home: Option<&District>) -> Option<District> {
        let name = enumerated(heading).unwrap_or(heading);
        let name =
            Self::past_lead(name).trim_end_matches([':', '：', ' ', '\u{3000}', '】', '）', '\n', '\r']);
        let (division, form, end) = self.place_at(name, home.map(|home| home.division))?;
        let whole = end == name.len() && matches!(form, Form::Formal | Form::Short);
        (whole && self.table.level(division) > Level::Province)
            .then(|| self.district(division, "text", false))
    }

    /// The place that the figure of `clause` is explicitly about when that is not `home`. A later clause of the same
    /// sentence that [carries](Self::carries) it on is about it too, which only the caller can see.
    pub fn of_clause(&self, clause: &str, home: Option<&District>) -> Option<District> {
        self.of_clause_all(clause, home).into_iter().next()
    }

    /// The same, with every place where the clause has several: 内江、眉山经济总量突破2000亿元.
    pub fn of_clause_all(&self, clause: &str, home: Option<&District>) -> Vec<District> {
        let home = home.map(|home| home.division);
        let head = Self::past_lead(clause);
        let cued = CUES.as_ref().is_some_and(|cues| cues.is_match(clause));
        let mut found = vec![];
        if cued {
            found.extend(self.whole(clause, head, home));
        }
        if found.is_empty() {
            found = self.at_head(head, home);
        }
        if found.is_empty() && cued {
            found.extend(self.before_predicate(clause, home));
        }
        found
            .into_iter()
            .filter(|&each| Some(each) != home)
            .map(|each| self.district(each, "text", false))
            .collect()
    }

    /// Whether a clause after one about another place is still about it: it has no subject of its own (产值约12亿元,
    /// 同比增长5%).
    pub fn carries(&self, clause: &str) -> bool {
        let head = clause.trim_start_matches(MARKS);
        let figure = head.find(|each: char| each.is_ascii_digit()).unwrap_or(head.len());
        let own = WORDS.own.iter().any(|word| head.starts_with(word));
        figure < head.len() && !own && head[..figure].chars().count() <= 6
    }

    /// `clause` without marks, times and the like before its subject.
    fn past_lead(clause: &str) -> &str {
        let mut rest = clause;
        loop {
            let before = rest.len();
            rest = rest.trim_start_matches(MARKS);
            rest = past_number(past_time(rest));
            let lead = LEAD.as_ref().and_then(|lead| lead.find(Input::new(rest).anchored(Anchored::Yes)));
            rest = &rest[lead.map_or(0, |found| found.end())..];
            if rest.len() == before {
                return rest;
            }
        }
    }

    /// The places that `head` begins with, as a list under one predicate.
    fn at_head(&self, head: &str, home: Option<Division>) -> Vec<Division> {
        let mut found = vec![];
        let mut forms = vec![];
        let mut rest = head;
        loop {
            let Some((division, form, end)) = self.place_at(rest, home) else { return vec![] };
            found.push(division);
            forms.push(form);
            rest = &rest[end..];
            match LIST.iter().find_map(|joint| rest.strip_prefix(joint)) {
                Some(next) if self.place_at(next, home).is_some() => rest = next,
                Some(_) => return vec![],
                None => break,
            }
        }
        let figure = rest.find(|each: char| each.is_ascii_digit()).unwrap_or(rest.len());
        let between = &rest[..figure];
        let gives = WORDS.gives.iter().any(|word| between.contains(word));
        // 福州排名第三 of a county there tells its rank in the city.
        let above =
            |each: &Division| home.is_some_and(|home| *each != home && self.table.contains(*each, home));
        let ranked = found.iter().all(above) && WORDS.ranks.iter().any(|word| rest.contains(*word));
        let offices = found.iter().all(above) && WORDS.offices.iter().any(|word| between.contains(*word));
        if gives || ranked || offices || forms.iter().all(|&form| form == Form::Word) {
            vec![]
        } else {
            found
        }
    }

    /// The place that `text` begins with, parents before it taken together, as one of `home`'s surroundings. A township
    /// of another prefecture must be named with its parents.
    fn place_at(&self, text: &str, home: Option<Division>) -> Option<(Division, Form, usize)> {
        let first = (!text.is_empty()).then(|| self.table.mention_at(text, 0)).flatten()?;
        let PlaceMention { span, mut divisions, mut form } = first;
        let mut end = span.end;
        while end < text.len() {
            let Some(next) = self.table.mention_at(text, end) else { break };
            let joined = self.table.joined(&divisions, &next.divisions);
            if joined.is_empty() {
                break;
            }
            (divisions, form, end) = (joined, Form::Formal, next.span.end);
        }
        let found = self.near(&divisions, form, home)?;
        let alone = end == span.end && self.table.level(found) >= Level::Area;
        let city = self.table.lineage(found).find(|&each| self.table.level(each) <= Level::Prefecture);
        let far = |home| {
            !self.table.contains(home, found) && city.is_some_and(|city| !self.table.contains(city, home))
        };
        (!alone || !home.is_some_and(far)).then_some((found, form, end))
    }

    /// The candidate that lies in `home` or beside it; without one, a name that means one place everywhere.
    fn near(&self, candidates: &[Division], form: Form, home: Option<Division>) -> Option<Division> {
        if form == Form::Landmark {
            return None;
        }
        let above = home.into_iter().flat_map(|home| self.table.lineage(home));
        for (distance, above) in above.enumerate() {
            let mut within = candidates.iter().copied().filter(|&each| self.table.contains(above, each));
            if let (Some(only), None) = (within.next(), within.next()) {
                let county = self.table.level(only) > Level::Prefecture;
                return (form == Form::Formal || distance == 0 || !county).then_some(only);
            }
        }
        match form {
            Form::Formal => (candidates.len() == 1).then(|| candidates[0]),
            Form::Short => {
                self.table.highest(candidates).filter(|&each| self.table.level(each) <= Level::Prefecture)
            }
            Form::Word | Form::Generic | Form::Landmark => None,
        }
    }

    /// The division above `home` that 全市, 全县 … means, where the figure is about it.
    fn whole(&self, clause: &str, head: &str, home: Option<Division>) -> Option<Division> {
        let home = home?;
        let from = clause.len() - head.len();
        for (at, _) in clause.match_indices('全') {
            let Some(suffix) = clause[at..].chars().nth(1).filter(|each| WHOLE.contains(each)) else {
                continue;
            };
            let (before, after) = (&clause[..at], &clause[at + '全'.len_utf8() + suffix.len_utf8()..]);
            let form = WORDS.whole_forms.iter().any(|form| {
                let (lead, tail) = form.split_once("全*").unwrap_or((form, ""));
                before.ends_with(lead) && after.starts_with(tail)
            });
            let plain = (at == from || WORDS.whole_lead.iter().any(|word| before.ends_with(word)))
                && !WORDS.whole_except.iter().any(|word| after.starts_with(word))
                && !WORDS.ranks.iter().any(|word| after.contains(word))
                && after.starts_with(|each: char| each >= '\u{3400}');
            if form || plain {
                return self.table.lineage(home).find(|&each| self.table.name(each).ends_with(suffix));
            }
        }
        None
    }

    /// A place within `home` that stands right before a predicate in the middle of the clause.
    fn before_predicate(&self, clause: &str, home: Option<Division>) -> Option<Division> {
        let home = home?;
        for predicate in WORDS.predicates {
            let Some(end) = clause.find(predicate) else { continue };
            for (start, _) in clause[..end].char_indices().rev().skip(1).take(11) {
                let Some(mention) = self.table.mention_at(clause, start).filter(|each| each.span.end == end)
                else {
                    continue;
                };
                if mention.form == Form::Formal {
                    return mention.divisions.iter().copied().find(|&each| self.table.contains(home, each));
                }
            }
        }
        None
    }
}

/// `text` without the number of a list or table that it begins with: `12.`, `3、`, `（4）`.
fn past_number(text: &str) -> &str {
    let after = text.trim_start_matches(|each: char| each.is_ascii_digit());
    let marks: &[char] = &['.', '．', '、', ')', '）', '\t', '|', ' '];
    if (1..=3).contains(&(text.len() - after.len())) {
        after.strip_prefix(marks).unwrap_or(text)
    } else {
        text
    }
}

/// `text` without the time that it begins with: 2022年, 1—6月, 2023年末.
fn past_time(text: &str) -> &str {
    const PARTS: &[char] = &['年', '月', '日', '季', '度', '末', '底', '初', '—', '-', '至', '～', '~', '.'];
    if !text.starts_with(|each: char| each.is_ascii_digit()) {
        return text;
    }
    let end = text.find(|each: char| !each.is_ascii_digit() && !PARTS.contains(&each)).unwrap_or(text.len());
    if text[..end].contains(['年', '月', '日']) { &text[end..] } else { text }
}
