//! What the members of a list share: the unit after the last one (`20.9、36.2个百分点`), a hedge after it.

use super::lexicon::UnitId;
use crate::quantity::{Dimension, Qualifier, Quantity};

/// Lends units and hedges backwards along lists; `shared` tells of which quantities the hedge may be lent.
pub(super) fn lend(text: &str, quantities: &mut [Quantity], shared: &[bool]) {
    let mut hedge = None;
    for place in (1..quantities.len()).rev() {
        let (left, right) = quantities.split_at_mut(place);
        let (Some(member), Some(next)) = (left.last_mut(), right.first()) else { continue };
        if shared.get(place) == Some(&true) {
            hedge = Some(next.qualifier);
        }
        let between = &text[member.span.end..next.span.start];
        let listed = matches!(between, "、" | "和" | "与" | "及" | "以及" | "或");
        let bare = member.unit == UnitId::NONE && member.dimension == Dimension::Number;
        if listed && bare && next.unit != UnitId::NONE && next.dimension != Dimension::Ordinal {
            member.unit = next.unit;
            member.per = next.per;
            member.dimension = next.dimension;
        }
        if !listed || member.dimension != next.dimension || member.unit != next.unit {
            hedge = None;
        } else if let Some(hedge) = hedge
            && member.qualifier == Qualifier::Exact
        {
            member.qualifier = hedge;
        }
    }
}
