//! `Contender`: a rule that matched a reading, and why it did not name the figure if it did not; listed only for a
//! trace.

use crate::rules::set::Rule;

/// A rule that matched a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contender {
    /// Index of the rule.
    pub rule: usize,
    /// Bytes of the reading's text that it matched.
    pub matched: (usize, usize),
    /// Characters of the match that are neither slot nor capture.
    pub fixed: usize,
    /// Its named groups that took part: name, and bytes of the reading's text.
    pub captures: Vec<(String, (usize, usize))>,
    /// The topic of the paragraph, where its name is made of that and there is one.
    pub topic: Option<String>,
    /// The name that it gives, if it comes out with any.
    pub indicator: Option<String>,
    /// Why another won; `None` for the winner.
    pub lost: Option<Lost>,
}

/// By what a rule lost: the first of these that tells the two apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Its name comes out empty.
    Unnamed,
    /// The rule of this index is over it.
    Over(usize),
    /// The winner is a user's, and it is built in.
    User,
    /// The winner is named, and it is open.
    Layer,
    /// The winner has more fixed characters in its match: its, and the winner's.
    Fixed(usize, usize),
    /// The winner's match is longer: its bytes, and the winner's.
    Length(usize, usize),
    /// The winner's id comes first.
    Id,
}

/// Says of rules that have a name, best first by everything but `over`, why each of them lost.
pub(super) fn judge(rules: &[Rule], contenders: &mut Vec<Contender>) {
    let over = |index: usize, contenders: &[Contender]| {
        contenders.iter().map(|c| c.rule).find(|&other| rules[other].over.contains(&(index as u32)))
    };
    let Some(at) = contenders.iter().position(|c| over(c.rule, contenders).is_none()) else { return };
    let winner = contenders.remove(at);
    contenders.insert(0, winner);
    let (best, length) = (&rules[contenders[0].rule], contenders[0].matched.1 - contenders[0].matched.0);
    for i in 1..contenders.len() {
        let contender = &contenders[i];
        let rule = &rules[contender.rule];
        let own = contender.matched.1 - contender.matched.0;
        let lost = if let Some(other) = over(contender.rule, contenders) {
            Lost::Over(other)
        } else if rule.user != best.user {
            Lost::User
        } else if rule.layer != best.layer {
            Lost::Layer
        } else if contender.fixed != contenders[0].fixed {
            Lost::Fixed(contender.fixed, contenders[0].fixed)
        } else if own != length {
            Lost::Length(own, length)
        } else {
            Lost::Id
        };
        contenders[i].lost = Some(lost);
    }
}
