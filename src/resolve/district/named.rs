//! What a document names: every mention with the place that it means, and how much each place speaks for the report.

use std::collections::BTreeMap;

use super::{District, DistrictResolver, Zone};
use crate::{gazetteer::Form, span::Span};

/// A place that a document names, and how much its mentions say that the report is from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The place; its source is the first zone that names it.
    pub district: District,
    /// The sum over its mentions: the title counts most, a partner least.
    pub weight: u32,
    /// How many mentions there are of itself, those of places within not counted.
    pub times: usize,
    /// The words that name it first.
    pub words: String,
}

/// A name that may mean several places, and nothing in the document says which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    /// The name, with the parents that stand before it.
    pub words: String,
    /// What it may mean.
    pub districts: Vec<District>,
}

/// The places that were weighed for the document's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Weighed {
    /// The weightiest first, at most ten.
    pub candidates: Vec<Candidate>,
    /// Names that nothing decides, the most important first, at most three.
    pub open: Vec<Ambiguity>,
}

impl DistrictResolver {
    /// The places that speak for the report, and names that may mean several: what `why` shows.
    pub fn weigh(&self, title: &str, head: &str, body: &str, file_name: &str) -> Weighed {
        let (_, votes) = self.survey(title, head, body, file_name);
        let (tally, open) = self.tally(&votes);
        let mut words = BTreeMap::new();
        for vote in &votes {
            if let Some(division) = self.decided(&tally, vote) {
                let first = words.entry(division).or_insert((vote.zone, vote.words));
                if vote.zone < first.0 {
                    *first = (vote.zone, vote.words);
                }
            }
        }
        let mut own: Vec<_> = tally.own.into_iter().collect();
        own.sort_by(|one, other| other.1.weight.cmp(&one.1.weight).then(one.0.cmp(&other.0)));
        let candidates = own.into_iter().take(10).map(|(division, mentioned)| Candidate {
            district: self.district(division, mentioned.zone.source(), false),
            weight: mentioned.weight,
            times: mentioned.times,
            words: words.get(&division).map_or("", |(_, words)| words).to_owned(),
        });
        let mut open: Vec<_> = open.into_iter().filter(|vote| may_mean(vote)).collect();
        open.sort_by_key(|vote| (vote.zone, vote.form));
        open.dedup_by_key(|vote| vote.words);
        let open = open.into_iter().take(3).map(|vote| Ambiguity {
            words: vote.words.to_owned(),
            districts: vote
                .candidates
                .iter()
                .map(|&it| self.district(it, vote.zone.source(), false))
                .collect(),
        });
        Weighed { candidates: candidates.collect(), open: open.collect() }
    }

    /// The places that `text` names, in its order, each with the divisions that it may mean in this document: one, where
    /// the other places decide. The first `title` bytes of the text are its title, `name` is the document's.
    pub fn places(&self, name: &str, text: &str, title: usize) -> Vec<(Span, Vec<District>)> {
        let mut votes = vec![];
        self.collect(name, Zone::Path, &mut votes);
        let outside = votes.len();
        let (title, rest) = text.split_at(text.floor_char_boundary(title));
        self.collect(title, Zone::Title, &mut votes);
        let head = votes.len();
        self.collect(rest, Zone::Body, &mut votes);
        let (tally, _) = self.tally(&votes);
        let mut places = vec![];
        for (index, vote) in votes.iter().enumerate().skip(outside) {
            let found = match self.decided(&tally, vote) {
                Some(only) => vec![only],
                None if may_mean(vote) => vote.candidates.clone(),
                None => continue,
            };
            let from = if index < head { 0 } else { title.len() };
            let span = Span::new(vote.span.start + from, vote.span.end + from);
            places.push((span, found.into_iter().map(|each| self.district(each, "text", false)).collect()));
        }
        places
    }

    /// The place that holds all of `districts`, flagged where they are several.
    pub fn common(&self, districts: &[District]) -> Option<District> {
        let [first, rest @ ..] = districts else { return None };
        let mut common = first.division;
        for each in rest {
            common = self.table.common(common, each.division)?;
        }
        Some(self.district(common, first.source, !rest.is_empty()))
    }
}

/// Whether a vote that nothing decides is one for a place all the same.
fn may_mean(vote: &super::tally::Vote<'_>) -> bool {
    matches!(vote.form, Form::Formal | Form::Short)
}
