//! Composes a quantity round a number: hedges before and after it, for every unit alike, and the guards' word on it.

use rust_decimal::Decimal;

use super::{
    chars,
    guard::{Guarded, Landmarks, OWN, Suspect},
    lexicon::{GuardEntry, Lexicon, UnitId},
    marks::{ahead, behind},
    measure::Measure,
    numeral::{self, Form, Numeral},
    range::JOINTS,
    share::Hedged,
    time,
    words::is_word,
};
use crate::{
    numerals::sign,
    quantity::{Dimension, Qualifier, Quantity},
    span::Span,
};

/// What stands at a candidate.
pub(super) enum Found<'a> {
    /// A quantity, and where its hedges stand.
    Quantity { quantity: Quantity, hedged: Hedged },
    /// A number that a guard refused, and where to go on.
    Guarded { span: Span, guard: Refusal<'a>, next: usize },
    /// Nothing, and where to go on.
    Nothing { next: usize },
}

/// Who refused a number: a guard of the recogniser itself or one of the lexicon.
pub(super) struct Refusal<'a> {
    id: &'a str,
    reason: &'a str,
}

impl<'a> Refusal<'a> {
    pub(super) fn own(id: &'a str) -> Self {
        let reason = OWN.iter().find(|(own, _)| *own == id).map_or("", |(_, reason)| reason);
        Self { id, reason }
    }

    pub(super) fn of(guard: &'a GuardEntry) -> Self {
        Self { id: &guard.id, reason: &guard.reason }
    }

    pub(super) fn into_guarded(self, span: Span) -> Guarded {
        Guarded { span, guard: self.id.to_owned(), reason: self.reason.to_owned() }
    }
}

/// Reads what stands at the candidates of one text.
pub(super) struct Composer<'a> {
    pub(super) text: &'a str,
    pub(super) lexicon: &'a Lexicon,
    /// Where the last thing found ends; nothing reaches back behind it.
    pub(super) floor: usize,
    /// Whether what is no quantity is wanted too, with its reason.
    pub(super) listing: bool,
    /// Where the words stand that guards look for.
    pub(super) landmarks: Landmarks,
}

/// Whether a number is made of multipliers that begin with `十`: `十万`, `十余万`.
fn multipliers(number: &str) -> bool {
    number.starts_with('十') && number.chars().all(|c| "十百千万亿余多来几".contains(c))
}

/// Of two hedges the bound wins over the approximation, and the later one over the earlier.
fn stronger(first: Qualifier, later: Qualifier) -> Qualifier {
    let weight = |qualifier| match qualifier {
        Qualifier::Exact => 0,
        Qualifier::Approx | Qualifier::Nearly => 1,
        Qualifier::Over | Qualifier::AtLeast | Qualifier::Under | Qualifier::AtMost => 2,
    };
    if weight(later) >= weight(first) { later } else { first }
}

impl<'a> Composer<'a> {
    #[inline]
    pub(super) fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or("")
    }

    #[inline]
    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        chars::after(self.text, at)
    }

    #[inline]
    pub(super) fn char_before(&self, at: usize) -> Option<char> {
        chars::before(self.text, self.floor, at)
    }

    /// What may begin at `at`: bits of [`ahead`].
    #[inline]
    pub(super) fn ahead(&self, at: usize) -> u32 {
        self.lexicon.marks.of(self.char_at(at))
    }

    /// What may end at `at`: bits of [`behind`].
    #[inline]
    pub(super) fn behind(&self, at: usize) -> u32 {
        self.lexicon.marks.of(self.char_before(at))
    }

    /// Where the time that begins at `at` ends; the character after its digits betrays one.
    pub(super) fn time_end(&self, at: usize) -> Option<usize> {
        let mut end = at;
        while self.text.as_bytes().get(end).is_some_and(u8::is_ascii_digit) {
            end += 1;
        }
        let mut after = self.rest(end).chars();
        let mut mark = after.next();
        let mut numerals = if end == at { 12 } else { 0 };
        while numerals > 0 && self.lexicon.marks.of(mark) & ahead::NUMERAL != 0 {
            mark = after.next();
            numerals -= 1;
        }
        if self.lexicon.marks.of(mark) & ahead::TIME == 0 {
            return None;
        }
        // After the mark of a range or a list, another number must stand.
        if mark.is_some_and(|c| !is_word(c)) {
            let next = after.find(|c| !matches!(c, '—' | '第' | ' '));
            let number =
                next.is_some_and(|c| c.is_ascii_digit()) || self.lexicon.marks.of(next) & ahead::NUMERAL != 0;
            if !number {
                return None;
            }
        }
        time::at(self.text, at).map(|time| time.span.end)
    }

    /// What the candidate at `at` is.
    pub(super) fn read(&self, at: usize) -> Found<'a> {
        let Some(first) = self.char_at(at) else { return Found::Nothing { next: self.text.len() } };
        let after_first = at + first.len_utf8();
        let before = self.char_before(at);
        if !first.is_ascii() {
            if matches!(first, '首' | '榜' | '对') {
                return self.word(at);
            }
            // 零下, 零上 are signs.
            if first == '零' && self.rest(after_first).starts_with(['下', '上']) {
                return Found::Nothing { next: after_first };
            }
            if let Some(found) = self.vulgar(at, first) {
                return found;
            }
            if first == '半' || self.rest(at).starts_with("一半") {
                return self.half(if first == '半' { at } else { after_first });
            }
        }
        if let Some(end) = self.time_end(at) {
            let next = end.max(after_first);
            return self.time(Span::new(at, next), next);
        }
        let Some(numeral) = numeral::read(self.text, at, self.lexicon) else {
            return Found::Nothing { next: after_first };
        };
        let next = numeral.end.max(after_first);
        if numeral.value.is_none() {
            let next = self.broken_off(next);
            return Found::Guarded { span: Span::new(at, next), guard: Refusal::own("too-large"), next };
        }
        let financial = sign(first).is_some_and(|(_, financial)| financial);
        let line = || {
            let unit = self.lexicon.unit_at(self.text, at, numeral.end, false);
            self.is_line(at, unit.map_or(numeral.end, |unit| unit.end))
        };
        if numeral.form == Form::Digit && financial && numeral.end == after_first && !line() {
            return Found::Nothing { next };
        }
        if before == Some('第') {
            return self.ordinal(at, &numeral);
        }
        // .75
        let (at, numeral) = if before == Some('.') { self.pointed(at, numeral) } else { (at, numeral) };
        let before = if before == Some('.') { self.char_before(at) } else { before };
        let behind = self.lexicon.marks.of(before);
        if matches!(numeral.form, Form::Arabic | Form::Digit)
            && let Some(found) = self.not_a_number(at, &numeral, behind)
        {
            return found;
        }
        let Some(mut measure) = self.measure(at, &numeral) else {
            return Found::Guarded { span: Span::new(at, next), guard: Refusal::own("vague"), next };
        };
        if behind & (behind::RANK | behind::LIST) != 0
            && let Some(rank) = self.rank(&measure)
        {
            return rank;
        }
        if self.ahead(measure.end) & ahead::JOINT != 0 {
            self.range(&mut measure);
        }
        if measure.large {
            let span = Span::new(at, measure.end);
            return Found::Guarded { span, guard: Refusal::own("too-large"), next: measure.end };
        }
        self.finish(measure, next)
    }

    /// Where the other half of a range or fraction ends of which the first one, up to `end`, is too large.
    fn broken_off(&self, end: usize) -> usize {
        let rest = self.rest(end);
        let joint = JOINTS.iter().chain(&["/", "分之"]).find(|joint| rest.starts_with(**joint));
        let start = end + joint.map_or(0, |joint| joint.len());
        let number = joint.and_then(|_| numeral::read(self.text, start, self.lexicon));
        number.map_or(end, |number| number.end)
    }

    /// Whether nothing else stands on the line, or in the cell of a table.
    pub(super) fn is_line(&self, start: usize, end: usize) -> bool {
        matches!(self.char_at(end), None | Some('\n' | '\t'))
            && matches!(self.text[..start].chars().next_back(), None | Some('\n' | '\t'))
    }

    /// A number that begins with its point, `.75`: where it begins, and what it is.
    fn pointed(&self, at: usize, mut numeral: Numeral) -> (usize, Numeral) {
        let before = &self.text[self.floor..at];
        let Some(outer) = before.strip_suffix('.').filter(|_| numeral.form == Form::Arabic) else {
            return (at, numeral);
        };
        let digits = self.rest(at).bytes().take_while(u8::is_ascii_digit).count();
        let value = numeral.value.filter(|_| !self.rest(at + digits).starts_with(['.', ',']));
        let apart = !outer.ends_with(|c: char| is_word(c) || matches!(c, '.' | ')' | '）' | '…'));
        let scaled = value.filter(|_| apart && digits <= 18).and_then(|mut value| {
            value.set_scale(value.scale() + digits as u32).ok()?;
            Some(if numeral.multiplied { value.normalize() } else { value })
        });
        match scaled {
            Some(value) => {
                numeral.value = Some(value);
                (at - 1, numeral)
            }
            None => (at, numeral),
        }
    }

    /// A time, which is told only where it is asked for what is no quantity.
    pub(super) fn time(&self, span: Span, next: usize) -> Found<'a> {
        if self.listing {
            Found::Guarded { span, guard: Refusal::own("time"), next }
        } else {
            Found::Nothing { next }
        }
    }

    /// The words without a numeral that are quantities: `首位`, `榜首`, `对折`.
    fn word(&self, at: usize) -> Found<'a> {
        let rest = self.rest(at);
        if rest.starts_with("首位") || rest.starts_with("榜首") {
            return Self::ordinal_of(Span::new(at, at + "首位".len()), Decimal::ONE, at);
        }
        if rest.starts_with("对折") {
            self.half_price(at)
        } else {
            Found::Nothing { next: self.first_end(at) }
        }
    }

    /// Puts the hedges round `measure`, asks the guards, and decides whether it is a quantity at all.
    pub(super) fn finish(&self, mut measure: Measure, next: usize) -> Found<'a> {
        let text = self.text;
        let mut qualifier = Qualifier::Exact;
        let mut start = measure.number.start;
        let behind = self.behind(start);
        let mut outside = behind;
        for _ in 0..2 {
            if outside & (behind::SIGN | behind::MINUS) == 0 {
                break;
            }
            if outside & behind::SIGN != 0
                && let Some((length, unit)) = self.sign(start, &measure)
            {
                start -= length;
                measure.unit = unit;
                measure.dimension = self.lexicon.unit(unit).dimension;
                outside = self.behind(start);
            }
            if let Some(plus) = self.plus(start, &measure) {
                (start, outside) = (plus, 0);
            }
            if measure.value.is_sign_positive()
                && outside & behind::MINUS != 0
                && let Some(minus) = self.minus(start, &measure)
            {
                start = minus;
                measure.value = -measure.value;
                if measure.dimension == Dimension::Number && text[start..].starts_with("零下") {
                    measure.dimension = Dimension::Temperature;
                }
                if measure.shared && text[start..].starts_with("零下") {
                    measure.high = measure.high.map(|high| -high);
                }
                outside = self.behind(start);
            }
        }
        let mut leading = false;
        for _ in 0..2 {
            if outside & behind::HEDGE == 0 {
                break;
            }
            let lone = measure.form == Form::Lone || multipliers(measure.number.of(text));
            let outer = &text[self.floor..start];
            let Some(hedge) = self.lexicon.hedge_before(outer, lone, Some(measure.dimension)) else { break };
            start -= hedge.word.len();
            outside = self.behind(start);
            measure.vague |= hedge.lone && measure.dimension != Dimension::Percent;
            match hedge.qualifier {
                Some(said) => {
                    // The hedges stand from the outside in: the one read first is the later one.
                    qualifier = if leading { stronger(said, qualifier) } else { said };
                    leading = true;
                }
                None => measure.hint(),
            }
        }
        // 港币约2,600元
        if leading
            && measure.form != Form::Digit
            && outside & behind::SIGN != 0
            && let Some((length, unit)) = self.sign(start, &measure)
        {
            start -= length;
            measure.unit = unit;
            measure.dimension = self.lexicon.unit(unit).dimension;
        }
        if let Some(said) = measure.inside {
            qualifier = stronger(qualifier, said);
        }
        let mut end = measure.end;
        let mut shared = false;
        while self.ahead(end) & ahead::BEHIND != 0
            && let Some((after, hedge)) = self.lexicon.hedge_behind(text, end, false, measure.dimension)
        {
            end = after;
            qualifier = stronger(qualifier, hedge.qualifier.unwrap_or_default());
            shared = true;
        }
        let hedged = leading || shared || measure.inside.is_some() || measure.vague;
        let suspect = self.suspect(&measure, behind);
        let guards = &self.lexicon.guards;
        if self.ahead(measure.number.start) & ahead::NAME != 0
            && let Some(word) = guards.word(suspect)
        {
            return self.guarded(measure.number, word);
        }
        if let Some(own) = self.unbelieved(&measure, hedged, start, end) {
            let span = Span::new(measure.number.start, measure.end);
            let refused = if self.listing { guards.refuse(suspect, &self.lexicon.marks) } else { None };
            return match refused {
                Some((span, guard)) => Found::Guarded { span, guard: Refusal::of(guard), next },
                None if own.is_empty() => Found::Nothing { next },
                None => Found::Guarded { span, guard: Refusal::own(own), next },
            };
        }
        if let Some(refused) = guards.refuse(suspect, &self.lexicon.marks) {
            return self.guarded(measure.number, refused);
        }
        if !measure.has_unit()
            && measure.dimension == Dimension::Number
            && let Some(unit) = self.counted(start, end)
        {
            measure.unit = unit;
            measure.dimension = self.lexicon.unit(unit).dimension;
        }
        let quantity = measure.quantity(Span::new(start, end), qualifier);
        Found::Quantity { quantity, hedged: Hedged { before: leading, after: shared } }
    }

    /// What the guards are asked about; `behind` are the bits of the character before the number.
    #[inline]
    pub(super) fn suspect(&self, measure: &Measure, behind: u32) -> Suspect<'_> {
        Suspect {
            text: self.text,
            number: measure.number,
            end: if measure.has_unit() { measure.number.end } else { measure.end },
            has_unit: measure.has_unit(),
            arabic: measure.form == Form::Arabic,
            behind,
            landmarks: &self.landmarks,
        }
    }

    pub(super) fn guarded(&self, number: Span, (span, guard): (Span, &'a GuardEntry)) -> Found<'a> {
        let next = span.end.max(self.first_end(number.start));
        Found::Guarded { span, guard: Refusal::of(guard), next }
    }

    /// The unit that a noun beside a bare number is counted by: `6.1万常住人口`, `旅居人数超550万`.
    fn counted(&self, start: usize, end: usize) -> Option<UnitId> {
        if !self.ends_at(end) {
            return self.lexicon.noun_unit(self.rest(end));
        }
        self.lexicon.noun_unit_before(&self.text[self.floor..start])
    }

    /// The length of the currency sign before `start`, a space after it included, and its unit.
    fn sign(&self, start: usize, measure: &Measure) -> Option<(usize, UnitId)> {
        let before = &self.text[self.floor..start];
        let (before, space) = match before.strip_suffix(' ') {
            Some(before) => (before, 1),
            None => (before, 0),
        };
        let (length, unit) = self.lexicon.sign_before(before)?;
        let fits = !measure.has_unit() || self.lexicon.unit(unit).dimension == measure.dimension;
        fits.then_some((length + space, unit))
    }

    fn first_end(&self, at: usize) -> usize {
        at + self.char_at(at).map_or(1, char::len_utf8)
    }

    /// Where the plus sign before `start` stands, when it is one and no formula.
    fn plus(&self, start: usize, measure: &Measure) -> Option<usize> {
        let before = &self.text[self.floor..start];
        let outer = before
            .strip_suffix('+')
            .filter(|outer| !outer.ends_with(|c: char| is_word(c) || "+-)）]％%”".contains(c)));
        let warm = || before.strip_suffix("零上").filter(|_| measure.dimension == Dimension::Temperature);
        outer.or_else(warm).map(|outer| self.floor + outer.len())
    }

    /// Whether a word for a negative number ends at `at`.
    pub(super) fn is_negative(&self, at: usize) -> bool {
        let before = &self.text[self.floor..at];
        before.ends_with('负') || before.ends_with("零下")
    }

    /// Where the minus sign before `start` stands, when it is one.
    pub(super) fn minus(&self, start: usize, measure: &Measure) -> Option<usize> {
        use Dimension::{Length, Money, Number, Percent, Points, Temperature};
        let before = &self.text[self.floor..start];
        let (before, spaced) = match before.strip_suffix(' ') {
            Some(before) => (before, true),
            None => (before, false),
        };
        let sign = ["-", "－", "−", "负", "零下"].into_iter().find(|sign| before.ends_with(sign))?;
        let outer = &before[..before.len() - sign.len()];
        let open =
            !outer.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '%' | ']' | ')'));
        let after = self.char_at(measure.end);
        let apart = !outer.ends_with(|c: char| is_word(c) || matches!(c, '］' | '）'))
            || outer.ends_with(['是', '为', '到', '至', '得', '差', '值', '成', '拔']);
        let alone = apart && !after.is_some_and(is_word);
        let fits = match measure.dimension {
            Percent | Points | Temperature | Money => !spaced || apart,
            Number if matches!(sign, "负" | "零下") => true,
            Number => (measure.value.scale() > 0 && !spaced) || alone,
            Length => sign == "负" || (apart && !spaced),
            _ => sign == "负",
        };
        let named = sign == "负" && outer.ends_with(['胜', '担', '辜', '抱', '欠', '肩', '减', '增']);
        let start = self.floor + outer.len();
        let cold = measure.dimension == Temperature || (measure.dimension == Number && !measure.has_unit());
        (open && fits && !named && (sign != "零下" || cold)).then_some(start)
    }

    /// Why a number is no quantity though no guard of the lexicon refuses it; an empty name where it is not worth one.
    pub(super) fn unbelieved(
        &self,
        measure: &Measure,
        hedged: bool,
        start: usize,
        end: usize,
    ) -> Option<&'static str> {
        if measure.form == Form::Arabic {
            return None;
        }
        let has_unit = measure.has_unit();
        let signed = measure.value.is_sign_negative() && self.rest(start).starts_with(['负', '零']);
        if signed || measure.vague {
            return None;
        }
        let before = self.char_before(measure.number.start);
        let alone =
            || !before.is_some_and(is_word) && !self.char_at(end).is_some_and(|c| is_word(c) || c == '、');
        match measure.form {
            Form::Arabic => None,
            Form::Lone if measure.dimension == Dimension::Percent || hedged => None,
            Form::Lone if has_unit => (measure.number.len() <= 3).then_some("lone"),
            Form::Lone => (!alone() || before.is_some()).then_some("lone"),
            Form::Digit if !has_unit => {
                // 十十十
                let run = || self.ahead(end) & ahead::NUMERAL != 0;
                (!alone()).then(|| if hedged || run() { "name" } else { "" })
            }
            Form::Digit if measure.value == Decimal::ONE && self.is_line(measure.number.start, end) => None,
            Form::Digit if measure.value == Decimal::ONE && !hedged => {
                if matches!(measure.dimension, Dimension::Length | Dimension::Duration) {
                    return Some("article");
                }
                let counts =
                    matches!(measure.dimension, Dimension::Count | Dimension::People | Dimension::Mass);
                let closed = !self.char_at(end).is_some_and(|c| is_word(c) || matches!(c, '”' | '"'));
                let postposed =
                    closed && before.is_some_and(|c| is_word(c) && !"每各某这那哪另同任统唯单".contains(c));
                (counts && !postposed).then_some("article")
            }
            Form::Digits if !has_unit => (!alone()).then_some("name"),
            Form::Han if !has_unit && !measure.multiplied => {
                (measure.value.scale() == 0 && !alone()).then_some("name")
            }
            _ => None,
        }
    }
}
