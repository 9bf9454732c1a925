//! What the members of a list share: the unit after the last one (`20.9、36.2个百分点`), a hedge before the first or
//! after the last (`超过98%、85%`).

use super::lexicon::UnitId;
use crate::quantity::{Dimension, Qualifier, Quantity};

/// Where the hedges of a quantity stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hedged {
    pub(super) before: bool,
    pub(super) after: bool,
}

/// Makes one range of `20和30之间`.
pub(super) fn between(text: &str, quantities: &mut Vec<Quantity>) {
    quantities.dedup_by(|high, low| {
        let gap = low.span.end..high.span.start;
        if gap.len() != "和".len()
            || !matches!(&text[gap], "和" | "与")
            || !text[high.span.end..].starts_with("之间")
        {
            return false;
        }
        let plain = |quantity: &Quantity| quantity.high.is_none() && quantity.qualifier == Qualifier::Exact;
        let same = low.unit == high.unit && low.dimension == high.dimension;
        let range = same && plain(low) && plain(high) && low.value < high.value;
        if range {
            (low.span.end, low.number.end) = (high.span.end, high.number.end);
            low.high = Some(high.value);
        }
        range
    });
}

/// Lends units backwards along lists, and hedges outwards from their ends; says whether `之间` follows any list.
pub(super) fn lend(text: &str, quantities: &mut [Quantity], hedged: &[Hedged]) -> bool {
    let (mut hedge, mut between) = (None, false);
    for place in (1..quantities.len()).rev() {
        let Some([member, next]) = quantities.get_mut(place - 1..=place) else { continue };
        if !is_listed(text, member, next) {
            hedge = None;
            continue;
        }
        between |= text[next.span.end..].starts_with("之间");
        // `0.4个、2.7个百分点`
        let counted =
            next.dimension == Dimension::Points && text[member.span.start..member.span.end].ends_with('个');
        let bare = member.unit == UnitId::NONE && member.dimension == Dimension::Number || counted;
        if bare && next.unit != UnitId::NONE && next.dimension != Dimension::Ordinal {
            member.unit = next.unit;
            member.per = next.per;
            member.dimension = next.dimension;
        }
        if hedged.get(place).is_some_and(|hedged| hedged.after) {
            hedge = Some(next.qualifier);
        }
        hedge = hedge.filter(|_| member.unit == next.unit && member.dimension == next.dimension);
        lend_hedge(member, hedge);
    }
    for place in 1..quantities.len() {
        let Some([member, next]) = quantities.get_mut(place - 1..=place) else { continue };
        if hedged.get(place - 1).is_some_and(|hedged| hedged.before) {
            hedge = Some(member.qualifier);
        }
        let same = member.unit == next.unit && member.dimension == next.dimension;
        hedge = hedge.filter(|_| same && is_listed(text, member, next));
        lend_hedge(next, hedge);
    }
    between
}

/// Whether nothing but a mark or a word of a list stands between two quantities.
#[inline]
fn is_listed(text: &str, left: &Quantity, right: &Quantity) -> bool {
    let gap = right.span.start - left.span.end;
    gap > 0 && gap <= "以及".len() && {
        let between = &text[left.span.end..right.span.start];
        matches!(between, "、" | "和" | "与" | "及" | "以及" | "或")
    }
}

fn lend_hedge(quantity: &mut Quantity, hedge: Option<Qualifier>) {
    if let Some(hedge) = hedge
        && quantity.qualifier == Qualifier::Exact
    {
        quantity.qualifier = hedge;
    }
}
