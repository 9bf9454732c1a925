//! `Tally`: what the mentions of a document say about one another: a name of several places is understood by the
//! places around it.

use std::collections::BTreeMap;

use super::{DistrictResolver, Zone};
use crate::{
    gazetteer::{Division, Form, Level},
    span::Span,
};

/// One mention of a document, together with the names of parents that stand before it.
#[derive(Debug)]
pub(super) struct Vote<'t> {
    pub candidates: Vec<Division>,
    pub form: Form,
    pub zone: Zone,
    /// Where it stands in the text that was searched, and what that says.
    pub span: Span,
    pub words: &'t str,
}

/// How a place was mentioned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mentioned {
    pub weight: u32,
    pub times: usize,
    /// The first zone that has it.
    pub zone: Zone,
}

/// The votes that were resolved.
#[derive(Default)]
pub(super) struct Tally {
    /// Mentions of the division itself.
    pub own: BTreeMap<Division, Mentioned>,
    /// Their weight with that of all divisions within.
    pub total: BTreeMap<Division, u32>,
    /// `total`, and what functional areas say about the counties that they lie in.
    evidence: BTreeMap<Division, u32>,
}

impl DistrictResolver {
    /// Resolves the votes, the clear ones first and the others by their light, and counts them; also those that
    /// remain open.
    pub(super) fn tally<'a, 't>(&self, votes: &'a [Vote<'t>]) -> (Tally, Vec<&'a Vote<'t>>) {
        let mut tally = Tally::default();
        // What the user says decides where the document leaves it open.
        for each in self.default.into_iter().flat_map(|default| self.table.lineage(default)) {
            tally.evidence.insert(each, 1);
        }
        let mut open = vec![];
        for vote in votes {
            if vote.form == Form::Landmark {
                for each in vote.candidates.iter().flat_map(|&city| self.table.lineage(city)) {
                    *tally.evidence.entry(each).or_default() += vote.zone.weight();
                }
                continue;
            }
            match self.settle(vote) {
                Some(only) if self.is_bare_township(only, vote) => open.push(vote),
                Some(division) => self.count(&mut tally, division, vote.zone),
                None => open.push(vote),
            }
        }
        let (formal, other): (Vec<_>, Vec<_>) = open.into_iter().partition(|vote| vote.form == Form::Formal);
        let (single, formal): (Vec<_>, Vec<_>) =
            formal.into_iter().partition(|vote| vote.candidates.len() == 1);
        let mut undecided = vec![];
        for votes in [single, formal, other] {
            let chosen: Vec<_> = votes.iter().map(|vote| self.decided(&tally, vote)).collect();
            for (vote, chosen) in votes.into_iter().zip(chosen) {
                match chosen {
                    Some(division) => self.count(&mut tally, division, vote.zone),
                    None => undecided.push(vote),
                }
            }
        }
        (tally, undecided)
    }

    /// The division of a vote by the light of the others.
    pub(super) fn decided(&self, tally: &Tally, vote: &Vote<'_>) -> Option<Division> {
        self.renamed(tally, vote).or_else(|| self.settle(vote)).or_else(|| self.choose(tally, vote))
    }

    /// Whether a vote is for a township that is named without its parents.
    fn is_bare_township(&self, division: Division, vote: &Vote<'_>) -> bool {
        self.table.level(division) == Level::Township && self.table.name(division) == vote.words
    }

    /// A township of a county that the document names, by the name of another kind (凤城街道 for 凤城镇), where no county
    /// that it names has one of this very name.
    fn renamed(&self, tally: &Tally, vote: &Vote<'_>) -> Option<Division> {
        let county = |&each: &Division| {
            let county = self.table.parent(each).filter(|&it| self.table.level(it) >= Level::County);
            county.is_some_and(|county| tally.evidence.contains_key(&county))
        };
        let bare = |&each: &Division| self.is_bare_township(each, vote);
        if vote.zone > Zone::Lead || !vote.candidates.iter().all(bare) || vote.candidates.iter().any(county) {
            return None;
        }
        let mut found =
            self.table.stemmed(&self.table.stem(*vote.candidates.first()?)?).into_iter().filter(county);
        found.next().filter(|_| found.next().is_none())
    }

    /// The division of a vote that needs no other to be understood.
    pub(super) fn settle(&self, vote: &Vote<'_>) -> Option<Division> {
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
        let own = tally.own.entry(division).or_insert(Mentioned { weight: 0, times: 0, zone });
        *own = Mentioned { weight: own.weight + weight, times: own.times + 1, zone: own.zone.min(zone) };
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
    pub(super) fn choose(&self, tally: &Tally, vote: &Vote<'_>) -> Option<Division> {
        let evidence = |division| tally.evidence.get(&division).copied().unwrap_or(0);
        let support = |division: Division| {
            let above = self.table.lineage(division).skip(1);
            let above = above.map(|each| match self.table.level(each) {
                // What every city has is not told apart by the province.
                Level::Province if vote.form == Form::Generic && !self.table.is_municipality(each) => 0,
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
}
