//! Clashes: two rules that give one quantity different names, who wins, and why.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, lint::at};
use crate::{matching::Claim, rules::RuleSet};

/// Why one rule wins over another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It says so.
    Over,
    /// It came with `--rules`.
    User,
    /// It is a named one, the other open.
    Layer,
    /// More of its match is fixed.
    Fixed,
    /// Its match is longer.
    Length,
    /// Its id comes first.
    Id,
}

impl Reason {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Over => "over",
            Self::User => "user's rule",
            Self::Layer => "named layer",
            Self::Fixed => "more fixed characters",
            Self::Length => "longer match",
            Self::Id => "first id",
        }
    }

    /// Whether the authors of the rules did not decide it.
    pub const fn is_chance(self) -> bool {
        matches!(self, Self::Length | Self::Id)
    }
}

/// A cell of the matrix: what one rule took from another, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Id of the rule that wins.
    pub winner: String,
    /// Id of the one that would have taken the quantity without it.
    pub loser: String,
    /// Why.
    pub reason: Reason,
    /// How many quantities of the examples.
    pub count: usize,
    /// The first such text.
    pub text: String,
    /// The two names.
    pub names: [String; 2],
}

/// All clashes, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    pub clashes: Vec<Clash>,
    /// Where that of a winner, a loser and a reason stands.
    places: BTreeMap<(usize, usize, Reason), usize>,
}

/// Who claimed one quantity, the winner first.
#[derive(Clone, Debug)]
pub(super) struct Contest {
    pub text: String,
    pub claims: Vec<Claim>,
}

/// How often a rule claimed and won.
#[derive(Clone, Debug, Default)]
pub(super) struct Fired {
    pub claimed: usize,
    pub won: usize,
    pub lost_to: BTreeMap<usize, usize>,
}

fn reason(winner: &Claim, loser: &Claim, rules: &RuleSet) -> Reason {
    let (a, b) = (&rules.rules()[winner.rule], &rules.rules()[loser.rule]);
    if loser.beaten {
        Reason::Over
    } else if a.user != b.user {
        Reason::User
    } else if a.layer != b.layer {
        Reason::Layer
    } else if winner.fixed != loser.fixed {
        Reason::Fixed
    } else if winner.length != loser.length {
        Reason::Length
    } else {
        Reason::Id
    }
}

/// Enters contests into the matrix and the rules' own counts.
pub(super) fn count(contests: &[Contest], rules: &RuleSet, fired: &mut [Fired], matrix: &mut Matrix) {
    for Contest { text, claims } in contests {
        for claim in claims {
            fired[claim.rule].claimed += 1;
        }
        let Some((winner, losers)) = claims.split_first() else { continue };
        fired[winner.rule].won += 1;
        for loser in losers {
            *fired[loser.rule].lost_to.entry(winner.rule).or_default() += 1;
            if loser.indicator == winner.indicator {
                continue;
            }
            let reason = reason(winner, loser, rules);
            let new = matrix.clashes.len();
            let at = *matrix.places.entry((winner.rule, loser.rule, reason)).or_insert(new);
            if at == new {
                matrix.clashes.push(Clash {
                    winner: rules.rules()[winner.rule].id.to_string(),
                    loser: rules.rules()[loser.rule].id.to_string(),
                    reason,
                    count: 0,
                    text: text.clone(),
                    names: [winner.indicator.clone(), loser.indicator.clone()],
                });
            }
            matrix.clashes[at].count += 1;
        }
    }
}

/// The clashes that nobody decided, at the winner where that is being checked.
pub(super) fn findings(rules: &RuleSet, files: &BTreeSet<&str>, clashes: &[Clash]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for clash in clashes.iter().filter(|clash| clash.reason.is_chance()) {
        let rule = [&clash.winner, &clash.loser].into_iter().filter_map(|id| rules.find(id));
        let Some(rule) = rule.into_iter().find(|rule| files.contains(&*rule.file)) else { continue };
        let mut finding = at(
            rule,
            "clash",
            false,
            format!(
                "`{}` and `{}` both claim a figure of 「{}」: {} or {}, decided by the {}",
                clash.winner,
                clash.loser,
                clash.text,
                clash.names[0],
                clash.names[1],
                clash.reason.name()
            ),
        );
        finding.diagnostic.help = format!("write which one wins: `over = [\"{}\"]`", clash.loser);
        findings.push(finding);
    }
    findings
}
