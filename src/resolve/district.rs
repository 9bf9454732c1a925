//! `District`: the place that a report, a figure or an option is about, because a table over many reports is of use
//! only when each row says which place it is from, by a name and a code that join with other tables.

use std::collections::BTreeMap;

use crate::{
    gazetteer::{Division, Form, Gazetteer, JOINTS, Level, Part, PlaceMention},
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

/// A place that a document names, and how much its mentions say that the report is from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The place; its source is the first zone that names it.
    pub district: District,
    /// The sum over its mentions: the title counts most, a partner least.
    pub weight: u32,
}

/// Finds the places that reports and their figures are about.
#[derive(Clone, Debug)]
pub struct DistrictResolver {
    pub(super) table: Gazetteer,
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

/// One mention of a document, together with the names of parents that stand before it.
#[derive(Debug)]
struct Vote {
    candidates: Vec<Division>,
    form: Form,
    zone: Zone,
    span: Span,
}

/// The votes that were resolved.
#[derive(Default)]
struct Tally {
    /// Mentions of the division itself, and the first zone that it was mentioned in.
    own: BTreeMap<Division, (u32, Zone)>,
    /// The same with those of all divisions within.
    total: BTreeMap<Division, u32>,
    /// `total`, and what functional areas say about the counties that they lie in.
    evidence: BTreeMap<Division, u32>,
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

impl DistrictResolver {
    /// A resolver over the divisions and own places of a gazetteer.
    pub const fn new(table: Gazetteer) -> Self {
        Self { table }
    }

    /// The place of the body whose report this is: by the title, the first paragraphs and the name of the file, and
    /// by the rest of the text where those do not settle it.
    pub fn home(&self, title: &str, head: &str, body: &str, file_name: &str) -> Option<District> {
        self.survey(title, head, body, file_name).0
    }

    /// The places that speak for the report, the weightiest first, at most ten: what `why` shows.
    pub fn candidates(&self, title: &str, head: &str, body: &str, file_name: &str) -> Vec<Candidate> {
        let (_, votes) = self.survey(title, head, body, file_name);
        let (tally, _) = self.tally(&votes);
        let mut own: Vec<_> = tally.own.into_iter().collect();
        own.sort_by(|one, other| other.1.0.cmp(&one.1.0).then(one.0.cmp(&other.0)));
        let candidate = |(division, (weight, zone)): (_, (u32, Zone))| Candidate {
            district: self.district(division, zone.source(), false),
            weight,
        };
        own.into_iter().take(10).map(candidate).collect()
    }

    /// The places that `text` names, in its order, each with the divisions that it may mean in this text: one, where
    /// the other places decide.
    pub fn places(&self, text: &str) -> Vec<(Span, Vec<District>)> {
        let mut votes = vec![];
        self.collect(text, Zone::Body, &mut votes);
        let (tally, _) = self.tally(&votes);
        let mut places = vec![];
        for vote in votes.iter().filter(|vote| vote.form != Form::Landmark) {
            let found = match (self.settle(vote).or_else(|| self.choose(&tally, vote)), vote.form) {
                (Some(only), _) => vec![only],
                (None, Form::Word | Form::Generic) => continue,
                (None, _) => vote.candidates.clone(),
            };
            places.push((
                vote.span,
                found.into_iter().map(|each| self.district(each, "text", false)).collect(),
            ));
        }
        places
    }

    /// Reads the document in stages until its place is settled.
    fn survey(&self, title: &str, head: &str, body: &str, file_name: &str) -> (Option<District>, Vec<Vote>) {
        let (lead, head) = cut(head, LEAD, false);
        let mut votes = vec![];
        self.collect(file_name, Zone::Path, &mut votes);
        let (title, rest) = cut(title, TITLE, false);
        let mut titles = 0;
        for line in title.lines().filter(|line| !line.trim().is_empty()) {
            let navigation = line.matches(['>', '＞', '»']).count() > 1;
            titles += usize::from(!navigation);
            let (told, rest) = cut(line, TITLE, true);
            self.collect(
                told,
                if navigation || titles > TITLES { Zone::Lead } else { Zone::Title },
                &mut votes,
            );
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
    fn collect(&self, text: &str, zone: Zone, votes: &mut Vec<Vote>) {
        let mentions = self.table.mentions(text);
        let mut mentions = mentions.into_iter().peekable();
        let mut last = 0;
        while let Some(PlaceMention { span, mut divisions, mut form }) = mentions.next() {
            let mut end = span.end;
            while let Some(next) = mentions.peek() {
                if !text[end..next.span.start].chars().all(|each| JOINTS.contains(&each)) {
                    break;
                }
                let joined = self.table.joined(&divisions, &next.divisions);
                if joined.is_empty() || next.form == Form::Word && !closed(&text[next.span.end..]) {
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
                    if listed && votes.last().is_some_and(|vote: &Vote| vote.zone == Zone::Beside) =>
                {
                    Zone::Beside
                }
                Part::Plain => zone,
            };
            last = end;
            if zone < Zone::Body
                && let Some(child) = self.stem_after(&divisions, &text[end..])
            {
                (divisions, form) = (child, Form::Formal);
            }
            votes.push(Vote { candidates: divisions, form, zone, span: whole });
        }
    }

    /// The township of one of `parents` that `text` begins with, written without its suffix and closed by a mark,
    /// or with the 街 of Guangzhou's streets.
    fn stem_after(&self, parents: &[Division], text: &str) -> Option<Vec<Division>> {
        let end = text.find(ENDS).unwrap_or(text.len());
        let street = text[..end].find('街').filter(|&street| !text[street..].starts_with("街道"));
        let stem = &text[..street.unwrap_or(end)];
        if !(6..=12).contains(&stem.len()) {
            return None;
        }
        let found = self.table.joined(parents, &self.table.stemmed(stem));
        (!found.is_empty()).then_some(found)
    }

    /// Weighs the votes: the division that they are about and the weight behind it.
    fn decide(&self, votes: &[Vote], scope: Option<char>) -> Option<(District, u32)> {
        let (tally, undecided) = self.tally(votes);
        self.descend(&tally, scope).or_else(|| self.fall_back(&undecided))
    }

    /// Resolves the votes, the clear ones first and the others by their light, and counts them; also those that
    /// remain open.
    fn tally<'a>(&self, votes: &'a [Vote]) -> (Tally, Vec<&'a Vote>) {
        let mut tally = Tally::default();
        let mut open = vec![];
        for vote in votes {
            if vote.form == Form::Landmark {
                for each in vote.candidates.iter().flat_map(|&city| self.table.lineage(city)) {
                    *tally.evidence.entry(each).or_default() += vote.zone.weight();
                }
                continue;
            }
            match self.settle(vote) {
                Some(division) => self.count(&mut tally, division, vote.zone),
                None => open.push(vote),
            }
        }
        let (formal, other): (Vec<_>, Vec<_>) = open.into_iter().partition(|vote| vote.form == Form::Formal);
        let mut undecided = vec![];
        for votes in [formal, other] {
            let chosen: Vec<_> = votes.iter().map(|vote| self.choose(&tally, vote)).collect();
            for (vote, chosen) in votes.into_iter().zip(chosen) {
                match chosen {
                    Some(division) => self.count(&mut tally, division, vote.zone),
                    None => undecided.push(vote),
                }
            }
        }
        (tally, undecided)
    }

    /// The division of a vote that needs no other to be understood.
    fn settle(&self, vote: &Vote) -> Option<Division> {
        match (vote.form, &vote.candidates[..]) {
            (Form::Formal, &[only]) => Some(only),
            (Form::Short, candidates) => {
                self.table.highest(candidates).filter(|&each| self.table.level(each) <= Level::Prefecture)
            }
            _ => None,
        }
    }

    fn count(&self, tally: &mut Tally, division: Division, zone: Zone) {
        let weight = zone.weight();
        let own = tally.own.entry(division).or_insert((0, zone));
        *own = (own.0 + weight, own.1.min(zone));
        for each in self.table.lineage(division) {
            *tally.total.entry(each).or_default() += weight;
            *tally.evidence.entry(each).or_default() += weight;
        }
        if self.table.level(division) == Level::Area {
            for county in self.table.within(division) {
                *tally.evidence.entry(county).or_default() += weight;
            }
        }
    }

    /// The candidate that the other places of the document speak for, if they speak for one alone.
    fn choose(&self, tally: &Tally, vote: &Vote) -> Option<Division> {
        let evidence = |division| tally.evidence.get(&division).copied().unwrap_or(0);
        let support = |division: Division| {
            let above = self.table.lineage(division).skip(1);
            let above = above.map(|each| match self.table.level(each) {
                Level::Province => evidence(each),
                Level::Prefecture => 2 * evidence(each),
                _ => 4 * evidence(each),
            });
            match vote.form {
                Form::Word => 4 * evidence(division),
                _ => 4 * evidence(division) + above.sum::<u32>(),
            }
        };
        let mut best = (0, None);
        for &candidate in &vote.candidates {
            let support = support(candidate);
            if support > best.0 {
                best = (support, Some(candidate));
            } else if support == best.0 {
                best.1 = None;
            }
        }
        best.1
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
            let own = here.and_then(|here| tally.own.get(&here)).copied().unwrap_or((0, Zone::Body));
            let ours = |each| scope.is_some_and(|scope| self.table.name(each).ends_with(scope));
            let said = own.1 == Zone::Title || here.is_some_and(ours) && !ours(child);
            let above = said && !self.titled(tally, child);
            let clear = if above { best > 3 * own.0 } else { 10 * best > 6 * own.0 };
            if !clear {
                break;
            }
            let titles: Vec<_> = children.iter().filter(|each| self.titled(tally, each.1)).collect();
            here = match titles[..] {
                [&(weight, only)] if 2 * weight > best => Some(only),
                _ if 2 * best >= 3 * second => Some(child),
                _ => {
                    flagged = here.is_some() && own.0 == 0;
                    break;
                }
            };
        }
        let here = here?;
        let source = tally.own.get(&here).map_or("text", |own| own.1.source());
        Some((self.district(here, source, flagged), tally.total[&here]))
    }

    /// Whether the title names the division or one within.
    fn titled(&self, tally: &Tally, division: Division) -> bool {
        tally.own.iter().any(|(&each, own)| own.1 == Zone::Title && self.table.contains(division, each))
    }

    /// Where no mention could be resolved: a county's short name in the title or the lead, or the division that holds
    /// all candidates of the most important name.
    fn fall_back(&self, votes: &[&Vote]) -> Option<(District, u32)> {
        let first = |vote: &Vote| vote.zone == Zone::Title && vote.span.start == 0 || vote.zone == Zone::Path;
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
