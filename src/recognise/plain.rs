//! The common case, read straight: digits, perhaps `万` or `亿`, perhaps a hedge, perhaps a unit, and beside them no
//! character that a time, a range, a code or a compound could begin or end with. Gives what [`Composer::read`] would, or
//! nothing.

use super::{
    compose::{Composer, Found},
    exact::Exact,
    lexicon::UnitWord,
    marks::{ahead, behind},
    measure::Measure,
    numeral::Form,
    share::Hedged,
};
use crate::{
    quantity::{Dimension, Qualifier, Quantity},
    span::Span,
};

/// What before a number, at its unit and after it makes more of it than digits and a unit.
const BEFORE: u32 = behind::SIGN | behind::MINUS | behind::CODE | behind::RANK;
const AT: u32 = ahead::TIME | ahead::JOINT | ahead::CODE | ahead::ON | ahead::NUMERAL;
const AFTER: u32 = ahead::JOINT | ahead::CODE | ahead::FIRST;

impl Composer<'_> {
    /// What stands at `at`, when it is that simple.
    #[inline]
    pub(super) fn plain(&self, at: usize) -> Option<Found<'_>> {
        let bytes = self.text.as_bytes();
        if !bytes[at].is_ascii_digit() {
            return None;
        }
        let before = self.behind(at);
        if before & BEFORE != 0 {
            return None;
        }
        let (mut mantissa, mut scale, mut end) = (0_u64, 0_u32, at);
        let mut digits = |end: &mut usize| {
            let from = *end;
            while let Some(digit) =
                bytes.get(*end).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
            {
                mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
                *end += 1;
            }
            *end - from
        };
        digits(&mut end);
        if bytes.get(end) == Some(&b'.') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit) {
            end += 1;
            scale = digits(&mut end) as u32;
        }
        if end - at > 16 {
            return None;
        }
        let mut value = Exact { mantissa: i128::from(mantissa), scale };
        let power = match self.char_at(end) {
            Some('万') => 4,
            Some('亿') => 8,
            _ => 0,
        };
        if power > 0 {
            value = value.shift(power)?;
            end += '万'.len_utf8();
        }
        let number = Span::new(at, end);
        let mut next = self.char_at(end);
        let mut bits = self.lexicon.marks.of(next);
        let mut inside = None;
        if bits & (ahead::INSIDE | AT) == ahead::INSIDE {
            let (after, hedge) = self.lexicon.hedge_behind(self.text, end, true, Dimension::Number)?;
            let round = power > 0 || bytes[end - 1] == b'0' || !hedge.round;
            inside = hedge.qualifier.filter(|_| round && !hedge.lone && !hedge.with_unit);
            inside?;
            end = after;
            next = self.char_at(end);
            bits = self.lexicon.marks.of(next);
        }
        if bits & (AT | ahead::INSIDE) != 0 || next == Some(',') {
            return None;
        }
        let word = match bits & ahead::UNIT {
            0 => None,
            _ => self.lexicon.unit_at(self.text, at, end, false),
        };
        let mut measure = Measure {
            end,
            inside,
            multiplied: power > 0,
            ..Measure::of(number, value.decimal()?, Form::Arabic)
        };
        let Some(word) = word else {
            // 3个半, 名列23
            let other = next == Some('个') || before & behind::LIST != 0;
            return (!other).then(|| self.finish(measure, number.end));
        };
        let UnitWord { id, end, entry } = word;
        let after = self.char_at(end);
        let after_bits = self.lexicon.marks.of(after);
        if !entry.is_plain() || after_bits & AFTER != 0 {
            return None;
        }
        // 个多月, 个亿
        if entry.dimension == Dimension::Count && matches!(after, Some('多' | '余')) {
            return None;
        }
        measure.end = end;
        measure.unit = id;
        measure.dimension = entry.dimension;
        measure.scale(&word);
        let hedged = inside.is_some()
            || (before & behind::HEDGE != 0
                && self
                    .lexicon
                    .hedge_before(&self.text[self.floor..at], false, Some(entry.dimension))
                    .is_some())
            || (after_bits & ahead::BEHIND != 0
                && self.lexicon.hedge_behind(self.text, end, false, entry.dimension).is_some());
        if hedged {
            return Some(self.finish(measure, number.end));
        }
        let guards = &self.lexicon.guards;
        let suspected = before & behind::GUARD != 0
            || (bits | self.ahead(at)) & (ahead::GUARD | ahead::NAME) != 0
            || guards.anywhere()
            || self.openings.before(at);
        if suspected && let Some(refused) = self.refused(&measure, before) {
            return Some(refused);
        }
        let quantity = Quantity {
            span: Span::new(at, end),
            number,
            value: measure.value,
            high: None,
            fraction: None,
            unit: id,
            per: None,
            dimension: entry.dimension,
            qualifier: Qualifier::Exact,
            vague: false,
        };
        Some(Found::Quantity { quantity, hedged: Hedged::default() })
    }
}
