//! Places in an order: `第3位`, `前五名`, `名列23`, `首位`.

use rust_decimal::Decimal;

use super::{
    compose::{Composer, Found, Refusal},
    guard::Suspect,
    measure::Measure,
    numeral::{Form, Numeral},
    share::Hedged,
};
use crate::{
    quantity::{Dimension, Qualifier},
    span::Span,
};

impl<'a> Composer<'a> {
    /// `第3位`, `第一`, `第35次`; what a noun follows is a name: `第一分馆`.
    pub(super) fn ordinal(&self, at: usize, numeral: &Numeral) -> Found<'a> {
        let number = Span::new(at, numeral.end);
        let next = numeral.end;
        let suspect = Suspect {
            text: self.text,
            number,
            end: next,
            has_unit: true,
            arabic: numeral.form == Form::Arabic,
            behind: self.behind(at),
            landmarks: &self.landmarks,
        };
        let guards = &self.lexicon.guards;
        if let Some((span, guard)) =
            guards.word(suspect).or_else(|| guards.refuse(suspect, &self.lexicon.marks))
        {
            return Found::Guarded { span, guard: Refusal::of(guard), next: span.end.max(next) };
        }
        let span = Span::new(at - 3, next);
        let place = numeral.value.filter(|value| value.scale() == 0 && numeral.high.is_none());
        let word = self.lexicon.unit_at(self.text, at, next, false);
        let Some(place) = place.filter(|_| word.is_some() || self.ends_at(next)) else {
            return Found::Guarded { span, guard: Refusal::own("ordinal-name"), next };
        };
        Self::ordinal_of(Span::new(at - 3, word.map_or(next, |word| word.end)), place, at)
    }

    /// A rank without `第`: `前五位`, `名列23`.
    pub(super) fn rank(&self, measure: &Measure) -> Option<Found<'a>> {
        let number = measure.number;
        let before = &self.text[self.floor..number.start];
        let whole = measure.value.scale() == 0 && measure.high.is_none() && !measure.multiplied_beyond_ten();
        if !whole || number.end != measure.end && measure.dimension != Dimension::People {
            return None;
        }
        let rest = self.rest(number.end);
        if before.ends_with('前') {
            let place = ["位", "名", "强", "列", "甲"].iter().find(|word| rest.starts_with(**word));
            let ranked = ["居", "列", "排", "进", "入", "位"].iter().any(|word| before.contains(word));
            let end = match place {
                Some(word) => number.end + word.len(),
                None if ranked && self.ends_at(number.end) => number.end,
                None => return None,
            };
            return Some(Self::ordinal_of(Span::new(number.start - 3, end), measure.value, number.start));
        }
        let listed =
            ["名列", "位列", "位居", "排名", "排在", "列居"].iter().any(|word| before.ends_with(word));
        (listed && measure.form == Form::Arabic && !measure.has_unit() && self.ends_at(number.end))
            .then(|| Self::ordinal_of(number, measure.value, number.start))
    }

    pub(super) fn ordinal_of(span: Span, place: Decimal, number: usize) -> Found<'a> {
        let number = Span::new(number, span.end);
        let measure = Measure { dimension: Dimension::Ordinal, ..Measure::of(number, place, Form::Arabic) };
        Found::Quantity { quantity: measure.quantity(span, Qualifier::Exact), hedged: Hedged::default() }
    }
}
