//! `District`: the place that a report, a figure or an option is about, because a table over many reports is of use
//! only when each row says which place it is from, by a name and a code that join with other tables.

mod named;
mod tally;

pub use named::{Ambiguity, Candidate, Weighed};
use tally::{Mentioned, Tally, Vote};

use crate::{
    gazetteer::{self, Division, Form, Gazetteer, JOINTS, Level, Part, PlaceMention},
    rules::Source,
    span::Span,
};

/// A place by its official full path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct District {
    /// Official names from the province down, placeholder levels left out: 北京市朝阳区建外街道.
    pub name: String,
    /// Division code: six digits down to the county, nine for a township.
    pub code: String,
    /// Where it was found: `title`, `text`, `path` or `option`.
    pub source: &'static str,
    /// Whether several places remained and this is the one that holds them all.
    pub flagged: bool,
    pub(super) division: Division,
}

impl District {
    /// What a row says of how it was found: [its source](Self::source), or `ambiguous` where several places remained.
    pub const fn told_by(&self) -> &'static str {
        if self.flagged { "ambiguous" } else { self.source }
    }
}

/// Why a name given by the user is no district.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// No division has this name.
    #[error("unknown district `{0}`")]
    Unknown(String),
    /// Several divisions have it.
    #[error("ambiguous district `{name}`: it may be {}", .candidates.join(", "))]
    Ambiguous {
        /// The name as given.
        name: String,
        /// Paths of the divisions that it may mean, at most ten.
        candidates: Vec<String>,
    },
}

/// Finds the places that reports and their figures are about.
#[derive(Clone, Debug)]
pub struct DistrictResolver {
    pub(super) table: Gazetteer,
    /// What the user says of documents that leave it open.
    default: Option<Division>,
}

impl Default for DistrictResolver {
    fn default() -> Self {
        Self::new(Gazetteer::builtin().clone())
    }
}

/// Where in a document a place was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Zone {
    Title,
    Path,
    /// Where the text says that it is from.
    Source,
    /// The first words of the text, and a line of navigation in the title's place.
    Lead,
    Head,
    Body,
    /// A partner, a guest or a goal, wherever it was named.
    Beside,
}

impl Zone {
    /// How much one mention there says about whose report it is. Weighed on real reports: a title outweighs a lead
    /// that names several places, repetition in the text outweighs one mention in the lead.
    const fn weight(self) -> u32 {
        match self {
            Self::Title => 12,
            Self::Path | Self::Source => 10,
            Self::Lead => 6,
            Self::Head => 4,
            Self::Body => 2,
            Self::Beside => 1,
        }
    }

    const fn source(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Path => "path",
            _ => "text",
        }
    }
}

/// Lines before the body that may be its title, navigation not counted.
const TITLES: usize = 3;
/// Bytes of the title, the lead and the head that are searched, and of the body where those do not settle it.
const TITLE: usize = 360;
const LEAD: usize = 360;
const HEAD: usize = 3_000;
const BODY: usize = 16_000;
/// The weight of the places in the text that settles it: two mentions, one of them in the lead.
const ENOUGH: u32 = 10;
const REST: usize = 240_000;

/// What ends a township's name that is written without its suffix.
const ENDS: &[char] =
    &['：', ':', '丨', '|', '｜', '，', ',', '、', ' ', '\u{3000}', '》', '”', '\n', '/', '_', '—'];

/// What names of divisions end with.
const KINDS: [&str; 9] = ["街道", "省", "市", "区", "县", "旗", "镇", "乡", "州"];

/// What names of townships end with, or did once.
const TOWNSHIPS: [&str; 4] = ["街", "镇", "乡", "地区"];

impl DistrictResolver {
    /// A resolver over the divisions and own places of a gazetteer.
    pub const fn new(table: Gazetteer) -> Self {
        Self { table, default: None }
    }

    /// A resolver that knows the places of gazetteer files, too.
    pub fn with(&self, sources: &[Source]) -> Result<Self, gazetteer::Error> {
        self.table.with(sources).map(Self::new)
    }

    /// A resolver for documents that are from the place of this name where they leave it open, and that place; one
    /// that is none, or several, says nothing.
    pub fn for_documents_of(&self, name: Option<&str>) -> (Self, Option<District>) {
        let default = name.and_then(|name| self.find_option(name).ok());
        let table = self.table.clone();
        (Self { table, default: default.as_ref().map(|it| it.division) }, default)
    }

    /// The level that it stands on.
    pub fn level(&self, district: &District) -> Level {
        self.table.level(district.division)
    }

    /// What it finds places in.
    pub const fn gazetteer(&self) -> &Gazetteer {
        &self.table
    }

    /// The place of the body whose report this is: by the title, the first paragraphs and the name of the file, and
    /// by the rest of the text where those do not settle it.
    pub fn home(&self, title: &str, head: &str, body: &str, file_name: &str) -> Option<District> {
        self.survey(title, head, body, file_name).0
    }

    /// Reads the document in stages until its place is settled.
    fn survey<'t>(
        &self,
        title: &'t str,
        head: &'t str,
        body: &'t str,
        file_name: &'t str,
    ) -> (Option<District>, Vec<Vote<'t>>) {
        let (lead, head) = cut(head, LEAD, false);
        let mut votes = vec![];
        self.collect(file_name, Zone::Path, &mut votes);
        let (title, rest) = cut(title, TITLE, false);
        let mut titles = 0;
        for line in title.lines().filter(|line| !line.trim().is_empty()) {
            let navigation = line.matches(['>', '＞', '»']).count() > 1;
            // After the first line a whole sentence or a numbered heading belongs to the text already.
            let body = navigation || titles > 0 && (line.contains('。') || enumerated(line).is_some());
            titles += usize::from(!navigation);
            let (told, rest) = cut(line, TITLE, true);
            self.collect(told, if body || titles > TITLES { Zone::Lead } else { Zone::Title }, &mut votes);
            self.collect(rest, Zone::Lead, &mut votes);
        }
        self.collect(cut(rest, LEAD, false).0, Zone::Lead, &mut votes);
        self.collect(lead, Zone::Lead, &mut votes);
        let scope = scope(title, &["我", "全"]).or_else(|| scope(lead, &["我"]));
        let (first, rest) = cut(body, BODY, false);
        let mut home = None;
        for (zone, text) in [(Zone::Lead, ""), (Zone::Head, cut(head, HEAD, false).0), (Zone::Body, first)]
            .into_iter()
            .chain([(Zone::Body, cut(rest, REST, false).0)])
        {
            self.collect(text, zone, &mut votes);
            home = self.decide(&votes, scope);
            let settled = home.as_ref().is_some_and(|(home, weight)| {
                let stem = || self.table.stem(home.division).is_some_and(|stem| title.contains(&stem));
                let low = self.table.level(home.division) >= Level::County && home.source != "text" || stem();
                let enough = if low { Zone::Lead.weight() } else { ENOUGH };
                !home.flagged && *weight >= enough && (low || zone > Zone::Lead)
            });
            if settled {
                break;
            }
        }
        let mut home = home.map(|home| home.0);
        if let Some(home) = &mut home
            && home.source == "text"
            && self.table.stem(home.division).is_some_and(|stem| title.contains(&stem))
        {
            home.source = "title";
        }
        (home, votes)
    }

    /// The names of a district and of those around it, as its own reports use them.
    pub fn names<'a>(&'a self, home: &District) -> impl Iterator<Item = String> + use<'a> {
        self.table.lineage(home.division).map(|division| self.table.name(division))
    }

    /// The same names without what kind of place each is: 安吉 of 安吉县.
    pub fn stems<'a>(&'a self, home: &District) -> impl Iterator<Item = String> + use<'a> {
        self.table.lineage(home.division).filter_map(|division| {
            let name = self.table.name(division);
            let stem = KINDS.iter().find_map(|kind| name.strip_suffix(kind))?;
            (stem.chars().count() > 1).then(|| stem.to_owned())
        })
    }

    /// The district that a user names: a full path, or an official or short name that means one division alone.
    pub fn find_option(&self, name: &str) -> Result<District, Error> {
        let mut found = self.table.named(name.trim());
        found.dedup();
        match found[..] {
            [] => Err(Error::Unknown(name.to_owned())),
            [division] => Ok(self.district(division, "option", false)),
            _ => Err(Error::Ambiguous {
                name: name.to_owned(),
                candidates: found.iter().take(10).map(|&each| self.table.path(each)).collect(),
            }),
        }
    }

    pub(super) fn district(&self, division: Division, source: &'static str, flagged: bool) -> District {
        District {
            name: self.table.path(division),
            code: self.table.code(division),
            source,
            flagged,
            division,
        }
    }

    /// Adds the mentions of `text` to `votes`, a chain of parents and child as one vote for the child.
    fn collect<'t>(&self, text: &'t str, zone: Zone, votes: &mut Vec<Vote<'t>>) {
        let mentions = self.table.mentions(text);
        let mut mentions = mentions.into_iter().peekable();
        let mut last = 0;
        while let Some(PlaceMention { span, mut divisions, mut form }) = mentions.next() {
            let mut end = span.end;
            while let Some(next) = mentions.peek() {
                if !joins(&text[end..next.span.start]) {
                    break;
                }
                let joined = self.table.joined(&divisions, &next.divisions);
                if next.form == Form::Word && !closed(&text[next.span.end..]) {
                    break;
                }
                if joined.is_empty() {
                    let beside = end == next.span.start && next.form == Form::Formal;
                    if beside
                        && let Some(own) = self.unlisted(&divisions, &next.divisions, next.span.of(text))
                    {
                        (divisions, form, end) = (own, Form::Formal, next.span.end);
                        mentions.next();
                        continue;
                    }
                    break;
                }
                (divisions, form, end) = (joined, Form::Formal, next.span.end);
                mentions.next();
            }
            let whole = Span::new(span.start, end);
            let listed = text[last..span.start] == *"、" || text[last..span.start] == *"和";
            let zone = match self.table.part(text, whole) {
                Part::Source => zone.min(Zone::Source),
                Part::Beside => Zone::Beside,
                Part::Plain
                    if listed && votes.last().is_some_and(|vote: &Vote<'_>| vote.zone == Zone::Beside) =>
                {
                    Zone::Beside
                }
                Part::Plain => zone,
            };
            last = end;
            if let Some(child) = self.stem_after(&divisions, &text[end..], zone < Zone::Body) {
                (divisions, form) = (child, Form::Formal);
            }
            votes.push(Vote { candidates: divisions, form, zone, span: whole, words: whole.of(text) });
        }
    }

    /// What the name of one of `next` right after `parents`, none of which has it, means: a township of theirs by its new
    /// kind (乡 for 镇), else no more than the parents: 朝阳区某某街道 is none that a county elsewhere has. None where
    /// `next` may be meant all the same, because it lies in the same city or higher up.
    fn unlisted(&self, parents: &[Division], next: &[Division], name: &str) -> Option<Vec<Division>> {
        let stem = ["街道", "镇", "乡"].iter().find_map(|kind| name.strip_suffix(kind));
        let renamed =
            stem.map(|stem| self.table.joined(parents, &self.table.stemmed(stem))).unwrap_or_default();
        if !renamed.is_empty() {
            return Some(renamed);
        }
        let lowest = parents.iter().map(|&each| self.table.level(each)).max();
        let city = |each| self.table.lineage(each).find(|&it| self.table.level(it) <= Level::Prefecture);
        let cities: Vec<_> = parents.iter().filter_map(|&each| city(each)).collect();
        let near = |each: &Division| cities.iter().any(|&city| self.table.contains(city, *each));
        let below = next.iter().all(|&each| Some(self.table.level(each)) > lowest);
        (below && !next.iter().any(near)).then(|| parents.to_vec())
    }

    /// The township of one of `parents` that `text` begins with, written with another suffix than it has now or with the
    /// 街 of Guangzhou's streets, or, if it may be `bare`, without one and closed by a mark.
    fn stem_after(&self, parents: &[Division], text: &str, bare: bool) -> Option<Vec<Division>> {
        let mut end = text.find(ENDS).unwrap_or(text.len());
        let kind = TOWNSHIPS.iter().filter_map(|kind| text[..end].find(kind)).min();
        end = match kind {
            Some(kind) => kind,
            None if bare => end,
            None => return None,
        };
        let stem = &text[..end];
        if !(6..=12).contains(&stem.len()) {
            return None;
        }
        let found = self.table.joined(parents, &self.table.stemmed(stem));
        (!found.is_empty()).then_some(found)
    }

    /// Weighs the votes: the division that they are about and the weight behind it.
    fn decide(&self, votes: &[Vote<'_>], scope: Option<char>) -> Option<(District, u32)> {
        let (tally, undecided) = self.tally(votes);
        self.descend(&tally, scope).or_else(|| self.fall_back(&undecided))
    }

    /// Goes down from the country to the division that most votes are about.
    fn descend(&self, tally: &Tally, scope: Option<char>) -> Option<(District, u32)> {
        let mut here: Option<Division> = None;
        let mut flagged = false;
        loop {
            let mut children: Vec<_> = tally
                .total
                .iter()
                .filter(|(each, _)| self.table.parent(**each) == here)
                .map(|(&a, &b)| (b, a))
                .collect();
            children.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
            let Some(&(best, child)) = children.first() else { break };
            let second = children.get(1).map_or(0, |each| each.0);
            let own = here.and_then(|here| tally.own.get(&here)).copied();
            let own = own.unwrap_or(Mentioned { weight: 0, times: 0, zone: Zone::Body });
            let ours = |each| scope.is_some_and(|scope| self.table.name(each).ends_with(scope));
            let said = own.zone == Zone::Title || here.is_some_and(ours) && !ours(child);
            let above = said && !self.titled(tally, child);
            let clear = if above { best > 3 * own.weight } else { 10 * best > 6 * own.weight };
            if !clear {
                break;
            }
            let titles: Vec<_> = children.iter().filter(|each| self.titled(tally, each.1)).collect();
            here = match titles[..] {
                [&(weight, only)] if 2 * weight > best => Some(only),
                _ if 2 * best >= 3 * second => Some(child),
                _ => {
                    flagged = here.is_some() && own.weight == 0;
                    break;
                }
            };
        }
        let here = here?;
        let source = tally.own.get(&here).map_or("text", |own| own.zone.source());
        Some((self.district(here, source, flagged), tally.total[&here]))
    }

    /// Whether the title names the division or one within.
    fn titled(&self, tally: &Tally, division: Division) -> bool {
        tally.own.iter().any(|(&each, own)| own.zone == Zone::Title && self.table.contains(division, each))
    }

    /// Where no mention could be resolved: a county's short name in the title or the lead, or the division that holds
    /// all candidates of the most important name.
    fn fall_back(&self, votes: &[&Vote<'_>]) -> Option<(District, u32)> {
        let first =
            |vote: &Vote<'_>| vote.zone == Zone::Title && vote.span.start == 0 || vote.zone == Zone::Path;
        let vote = votes
            .iter()
            .filter(|vote| vote.form == Form::Formal || vote.form != Form::Word && first(vote))
            .min_by_key(|vote| (vote.zone, vote.form))?;
        if let [only] = vote.candidates[..] {
            return Some((self.district(only, vote.zone.source(), false), vote.zone.weight()));
        }
        let mut common = vote.candidates.first().copied();
        for &candidate in &vote.candidates {
            common = self.table.common(common?, candidate);
        }
        Some((self.district(common?, vote.zone.source(), true), vote.zone.weight()))
    }
}

/// A heading without the number that it begins with: `（一）`, `二、`, `3.`.
pub(super) fn enumerated(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(['（', '(', '第', ' ', '\u{3000}']);
    let number = |each: char| each.is_ascii_digit() || "一二三四五六七八九十".contains(each);
    let after = rest.trim_start_matches(number);
    let marks: &[char] = &['）', ')', '、', '.', '．'];
    (after.len() < rest.len() && after.starts_with(marks)).then(|| after.trim_start_matches(marks))
}

/// Whether what stands between the names of a parent and a child keeps them together: marks, and what a converter of
/// pages left of a reading (源城区(qū)上城街道).
fn joins(between: &str) -> bool {
    let letters = |each: char| {
        each.is_alphabetic() && (each as u32) < 0x0300 || matches!(each, '(' | ')' | '（' | '）')
    };
    between.chars().all(|each| JOINTS.contains(&each))
        || between.starts_with(['(', '（']) && between.ends_with([')', '）']) && between.chars().all(letters)
}

/// Whether what follows a name lets it be one even when it is a word as well: a mark, or an office.
fn closed(after: &str) -> bool {
    !after.starts_with(|each: char| ('\u{3400}'..'\u{A000}').contains(&each))
        || ["区", "县", "市", "公安", "法院", "检察", "警方", "街道", "交警"]
            .iter()
            .any(|office| after.starts_with(office))
}

/// The suffix of the division that a report calls its own: 我市 → 市.
fn scope(text: &str, owners: &[&str]) -> Option<char> {
    let after =
        owners.iter().flat_map(|owner| text.match_indices(owner).map(|(at, _)| &text[at + owner.len()..]));
    after
        .filter_map(|after| after.chars().next())
        .find(|each| ['省', '市', '县', '区', '州', '旗', '镇', '乡'].contains(each))
}

/// Cuts `text` after `limit` bytes, and at its first sentence's end when that is wanted.
fn cut(text: &str, limit: usize, sentence: bool) -> (&str, &str) {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    if sentence {
        end = text[..end].find(['。', '！', '？']).unwrap_or(end);
    }
    text.split_at(end)
}
