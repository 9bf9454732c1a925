//! The common case, read straight: digits, perhaps `万` or `亿`, a unit, and beside them no character that a time, a
//! range, a code or a compound could begin or end with. Gives what [`Composer::read`] would, or nothing.

use super::{
    compose::{Composer, Found},
    exact::Exact,
    guard::Suspect,
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
const AT: u32 = ahead::INSIDE | ahead::TIME | ahead::JOINT | ahead::CODE | ahead::ON | ahead::NUMERAL;
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
        let mut unit_at = end;
        let mut next = self.char_at(unit_at)?;
        let power = match next {
            '万' => 4,
            '亿' => 8,
            _ => 0,
        };
        if power > 0 {
            value = value.shift(power)?;
            unit_at += next.len_utf8();
            next = self.char_at(unit_at)?;
        }
        let bits = self.lexicon.marks.of(Some(next));
        if bits & ahead::UNIT == 0 || bits & AT != 0 {
            return None;
        }
        let UnitWord { id, end, entry } = self.lexicon.unit_at(self.text, at, unit_at, false)?;
        let after = self.char_at(end);
        if !entry.is_plain() || self.lexicon.marks.of(after) & AFTER != 0 {
            return None;
        }
        // 个多月, 个亿
        if entry.dimension == Dimension::Count && matches!(after, Some('多' | '余')) {
            return None;
        }
        let number = Span::new(at, unit_at);
        let suspect = Suspect {
            text: self.text,
            number,
            end: unit_at,
            has_unit: true,
            arabic: true,
            behind: before,
            openings: &self.openings,
        };
        let guards = &self.lexicon.guards;
        let beside = before & behind::GUARD != 0 || bits & ahead::GUARD != 0;
        let closer = (before & behind::HEDGE != 0
            && self.lexicon.hedge_before(&self.text[self.floor..at], false, Some(entry.dimension)).is_some())
            || (self.lexicon.marks.of(after) & ahead::BEHIND != 0
                && self.lexicon.hedge_behind(self.text, end, false, entry.dimension).is_some())
            || (self.ahead(at) & ahead::NAME != 0 && guards.word(suspect).is_some())
            || ((beside || guards.anywhere() || guards.quoted(&self.openings, at))
                && guards.refuse(suspect, &self.lexicon.marks).is_some());
        if !closer {
            let quantity = Quantity {
                span: Span::new(at, end),
                number,
                value: value.decimal()?,
                high: None,
                fraction: None,
                unit: id,
                per: None,
                dimension: entry.dimension,
                qualifier: Qualifier::Exact,
                vague: false,
            };
            return Some(Found::Quantity { quantity, hedged: Hedged::default() });
        }
        let measure = Measure {
            end,
            unit: id,
            dimension: entry.dimension,
            multiplied: power > 0,
            ..Measure::of(number, value.decimal()?, Form::Arabic)
        };
        Some(self.finish(measure, unit_at))
    }
}
