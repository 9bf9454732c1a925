//! Composes a quantity round a number: unit, range, fraction, hedges before, within and after, for every unit alike.

use rust_decimal::Decimal;

use super::{
    fraction::{discount, doublings, two_places},
    guard::{Guarded, OWN, Suspect},
    lexicon::{GuardEntry, Lexicon, UnitId},
    numeral::{self, Form, Numeral, Sign, arabic, sign},
    share::Hedged,
    time,
    words::is_word,
};
use crate::{
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
}

/// A number with its unit, before hedges outside of it are looked at.
#[derive(Clone, Debug)]
pub(super) struct Measure {
    pub(super) number: Span,
    pub(super) end: usize,
    pub(super) value: Decimal,
    pub(super) high: Option<Decimal>,
    pub(super) fraction: Option<(Decimal, Decimal)>,
    pub(super) unit: UnitId,
    pub(super) per: Option<UnitId>,
    pub(super) dimension: Dimension,
    pub(super) inside: Option<Qualifier>,
    pub(super) form: Form,
    pub(super) lends: u32,
    /// A multiplier stands in the number.
    pub(super) multiplied: bool,
}

impl Measure {
    /// Larger than places in a ranking are.
    pub(super) fn multiplied_beyond_ten(&self) -> bool {
        self.multiplied && self.value > Decimal::ONE_HUNDRED
    }

    pub(super) fn has_unit(&self) -> bool {
        self.unit != UnitId::NONE
    }
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
    pub(super) fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or("")
    }

    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        self.rest(at).chars().next()
    }

    pub(super) fn char_before(&self, at: usize) -> Option<char> {
        self.text[self.floor..at].chars().next_back()
    }

    /// Where the time that begins at `at` ends; only a few characters after its digits betray one.
    fn time_end(&self, at: usize) -> Option<usize> {
        let betrays = |c: char| "年月日季世时点:：-—–~～至到、./旬号".contains(c);
        let digits = |c: &char| !c.is_ascii_digit() && sign(*c).is_none();
        self.rest(at).chars().take(12).find(digits).filter(|c| betrays(*c))?;
        time::at(self.text, at).map(|time| time.span.end)
    }

    /// What the candidate at `at` is.
    pub(super) fn read(&self, at: usize) -> Found<'a> {
        let Some(first) = self.char_at(at) else { return Found::Nothing { next: self.text.len() } };
        let after_first = at + first.len_utf8();
        if !self.listing
            && let Some((Sign::Digit(_), _)) = sign(first)
            && let Some(second) = self.char_at(after_first)
            && is_word(second)
            && !self.lexicon.may_follow(second)
            && self.char_before(at) != Some('第')
        {
            return Found::Nothing { next: after_first };
        }
        if matches!(first, '首' | '榜') {
            return Self::ordinal_of(Span::new(at, at + 6), Decimal::ONE, at);
        }
        if first == '半' || self.rest(at).starts_with("一半") {
            return self.half(if first == '半' { at } else { after_first });
        }
        let ordinal = self.char_before(at) == Some('第');
        if let Some(end) = self.time_end(at) {
            return Found::Nothing { next: end.max(after_first) };
        }
        let Some(numeral) = numeral::read(self.text, at, self.lexicon) else {
            return Found::Nothing { next: after_first };
        };
        let next = numeral.end.max(after_first);
        if numeral.value.is_none() {
            return Found::Guarded { span: Span::new(at, next), guard: Refusal::own("too-large"), next };
        }
        if numeral.form == Form::Digit && sign(first).is_some_and(|(_, financial)| financial) {
            return Found::Nothing { next };
        }
        if ordinal {
            return self.ordinal(at, &numeral);
        }
        if numeral.form == Form::Arabic
            && let Some(found) = self.not_a_number(at, &numeral)
        {
            return found;
        }
        let Some(mut measure) = self.measure(at, &numeral) else {
            return Found::Guarded { span: Span::new(at, next), guard: Refusal::own("vague"), next };
        };
        if let Some(rank) = self.rank(&measure) {
            return rank;
        }
        self.range(&mut measure);
        self.finish(measure, next)
    }

    /// Codes, versions and scores, which only look like Arabic numbers; and fractions and ratios.
    fn not_a_number(&self, at: usize, numeral: &Numeral) -> Option<Found<'a>> {
        let bytes = self.text.as_bytes();
        let skip = |accept: fn(&u8) -> bool| {
            numeral.end + bytes[numeral.end..].iter().take_while(|b| accept(b)).count()
        };
        let digit_at = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
        let letters =
            self.text[self.floor..at].bytes().rev().take(16).take_while(u8::is_ascii_alphanumeric).count();
        let end = numeral.end;
        if letters > 0 && self.lexicon.sign_before(&self.text[self.floor..at]).is_none() {
            let has_unit = || self.lexicon.unit_at(self.text, at, end, false).is_some();
            if letters < 3 || !has_unit() {
                let next = skip(u8::is_ascii_alphanumeric);
                return Some(Found::Guarded {
                    span: Span::new(at - letters, next),
                    guard: Refusal::own("code"),
                    next,
                });
            }
        }
        if numeral.multiplied {
            return None;
        }
        if bytes.get(end) == Some(&b'.') && digit_at(end + 1) {
            let next = skip(|b| b.is_ascii_digit() || *b == b'.');
            return Some(Found::Guarded { span: Span::new(at, next), guard: Refusal::own("version"), next });
        }
        let first_unit = || self.lexicon.unit_at(self.text, at, end, false).is_some();
        if bytes.get(end).is_some_and(u8::is_ascii_alphabetic) && !first_unit() {
            let next = skip(u8::is_ascii_alphanumeric);
            return Some(Found::Guarded { span: Span::new(at, next), guard: Refusal::own("code"), next });
        }
        let colon = self.char_at(end).filter(|c| matches!(c, ':' | '∶' | '：'))?;
        let second = end + colon.len_utf8();
        if !digit_at(second) {
            return None;
        }
        let (below, after) = arabic(self.text, second);
        let context = self.text[self.floor..at]
            .char_indices()
            .rev()
            .take(8)
            .last()
            .map_or("", |(start, _)| &self.text[self.floor + start..at]);
        let number = &self.text[at..after];
        let is_ratio = number.contains('.')
            || (context.contains('比') && !context.contains("比分"))
            || self.rest(after).starts_with(['的', '比']);
        let (above, below) = (numeral.value?, below?);
        let value = above.checked_div(below);
        let Some(value) = value.filter(|_| is_ratio) else {
            return Some(Found::Guarded {
                span: Span::new(at, after),
                guard: Refusal::own("score"),
                next: after,
            });
        };
        let measure = Measure {
            number: Span::new(at, after),
            end: after,
            value: two_places(value),
            high: None,
            fraction: Some((above, below)),
            unit: UnitId::NONE,
            per: None,
            dimension: Dimension::Ratio,
            inside: None,
            form: Form::Han,
            lends: 0,
            multiplied: true,
        };
        Some(self.finish(measure, after))
    }

    /// The number at `at` with its hedge inside and its unit; `None` when it is vague.
    pub(super) fn measure(&self, at: usize, numeral: &Numeral) -> Option<Measure> {
        let text = self.text;
        let mut measure = Measure {
            number: Span::new(at, numeral.end),
            end: numeral.end,
            value: numeral.value?,
            high: numeral.high,
            fraction: None,
            unit: UnitId::NONE,
            per: None,
            dimension: Dimension::Number,
            inside: numeral.inside,
            form: numeral.form,
            lends: numeral.lends,
            multiplied: numeral.multiplied,
        };
        if numeral.vague {
            return None;
        }
        if self.fraction(&mut measure) {
            return Some(measure);
        }
        let multiplier =
            self.char_at(at).and_then(sign).is_some_and(|(sign, _)| !matches!(sign, Sign::Digit(_)));
        if multiplier && matches!(self.char_before(at), Some('几' | '数')) {
            return None;
        }
        let name = measure.form == Form::Digit || (measure.high.is_some() && !measure.multiplied);
        let round = measure.multiplied || text[..measure.end].ends_with('0');
        if let Some((end, hedge)) = self.lexicon.hedge_behind(text, measure.end, true, Dimension::Number)
            && (round || !hedge.round)
        {
            let unit = self.lexicon.unit_at(text, at, end, name);
            if unit.is_some() || !hedge.with_unit {
                measure.inside = Some(hedge.qualifier?);
                measure.end = end;
            }
        }
        self.unit(&mut measure, name);
        Some(measure)
    }

    /// Reads the unit at the end of `measure`.
    fn unit(&self, measure: &mut Measure, name: bool) {
        let text = self.text;
        let Some(word) = self.lexicon.unit_at(text, measure.number.start, measure.end, name) else { return };
        if word.entry.doubling && !text[..measure.number.start].ends_with(['翻', '了']) {
            return;
        }
        measure.end = word.end;
        measure.unit = word.id;
        measure.dimension = word.entry.dimension;
        if &text[measure.number.end..word.end] == "个" || text[..word.end].ends_with('个') {
            self.divided_unit(measure);
        }
        if measure.dimension == Dimension::Discount {
            discount(measure, text);
        }
        if let Some(factor) = word.entry.factor {
            let scale = |value: Decimal| {
                let units = if word.entry.doubling { doublings(value)? } else { value };
                Some(units.checked_mul(factor)?.normalize())
            };
            measure.value = scale(measure.value).unwrap_or(measure.value);
            measure.high = measure.high.and_then(scale);
        }
        if word.entry.name == "成" && measure.high.is_none() {
            let tenths = match self.char_at(measure.end) {
                Some('半') => 5,
                Some(c) => {
                    sign(c).map_or(0, |(sign, _)| if let Sign::Digit(digit) = sign { digit } else { 0 })
                }
                None => 0,
            };
            if tenths > 0 {
                measure.value += Decimal::from(tenths);
                measure.end += 3;
            }
        }
        if let Some(stroke) = self.char_at(measure.end).filter(|c| matches!(c, '/' | '∕' | '／'))
            && let Some(below) = self.lexicon.unit_below(text, measure.end + stroke.len_utf8())
        {
            measure.per = Some(below.id);
            measure.end = below.end;
            let over_time = below.entry.dimension == Dimension::Duration;
            measure.dimension = match measure.dimension {
                Dimension::Length if over_time => Dimension::Speed,
                _ => Dimension::Ratio,
            };
        }
    }

    /// `3个多月`, `一个半小时`: a hedge or a half between `个` and what it counts.
    fn divided_unit(&self, measure: &mut Measure) {
        let rest = self.rest(measure.end);
        let (hedge, skip) = match rest.chars().next() {
            Some('多' | '余') => (Some(Qualifier::Over), 3),
            Some('半') => (None, 3),
            _ => return,
        };
        let after = measure.end + skip;
        let (unit, end) = if self.rest(after).starts_with('月') {
            (self.lexicon.find("个月"), after + 3)
        } else {
            let word = self.lexicon.unit_at(self.text, measure.number.start, after, false);
            let word =
                word.filter(|word| matches!(word.entry.dimension, Dimension::Duration | Dimension::Points));
            (word.map(|word| word.id), word.map_or(after, |word| word.end))
        };
        let Some(unit) = unit else { return };
        measure.unit = unit;
        measure.dimension = self.lexicon.unit(unit).dimension;
        measure.end = end;
        match hedge {
            Some(hedge) => measure.inside = Some(hedge),
            None => measure.value += Decimal::new(5, 1),
        }
    }

    /// Takes up the second half of a range: `30—50人`, `10—15万元`, `3%-5%`, `三到五天`.
    fn range(&self, measure: &mut Measure) {
        let text = self.text;
        if measure.high.is_some() || measure.per.is_some() {
            return;
        }
        let rest = self.rest(measure.end);
        let Some(joint) =
            ["——", "—", "–", "-", "－", "～", "~", "至", "到"].into_iter().find(|j| rest.starts_with(j))
        else {
            return;
        };
        let word = matches!(joint, "至" | "到");
        if word && text[self.floor..measure.number.start].ends_with(['从', '由', '自']) {
            return;
        }
        let start = measure.end + joint.len();
        let Some(first) = self.char_at(start) else { return };
        if !first.is_ascii_digit() && sign(first).is_none() || self.time_end(start).is_some() {
            return;
        }
        let Some(second) = numeral::read(text, start, self.lexicon) else { return };
        let fraction = self.rest(second.end).starts_with("分之");
        if second.high.is_some()
            || (second.form == Form::Lone && !fraction)
            || second.vague
            || second.value.is_none()
        {
            return;
        }
        let arabic = measure.form == Form::Arabic;
        if arabic != (second.form == Form::Arabic) {
            return;
        }
        let Some(upper) = self.measure(start, &second) else { return };
        // 百分之三到五
        let shares = text[measure.number.start..].starts_with("百分之") && !upper.has_unit();
        if upper.high.is_some() || (measure.has_unit() && measure.unit != upper.unit && !shares) {
            return;
        }
        if !measure.has_unit() {
            let mut low = measure.value;
            let lendable = upper.lends > 0
                && measure.lends == 0
                && (upper.lends >= 4 || (measure.form == Form::Digit && !measure.multiplied));
            if lendable {
                let power = Decimal::from(10_u64.pow(upper.lends.min(19)));
                if upper.value.checked_div(power).is_some_and(|mantissa| low < mantissa) {
                    low = low.checked_mul(power).map_or(low, |low| low.normalize());
                }
            }
            if low >= upper.value || (!upper.has_unit() && word && !arabic) {
                return;
            }
            measure.value = low;
            measure.unit = upper.unit;
            measure.per = upper.per;
            measure.dimension = upper.dimension;
            if upper.dimension == Dimension::Percent && upper.fraction.is_some() {
                return;
            }
        }
        measure.high = Some(upper.value);
        measure.number.end = upper.number.end;
        measure.end = upper.end;
        measure.inside = upper.inside.or(measure.inside);
        measure.form = if arabic { Form::Arabic } else { Form::Han };
        measure.multiplied |= upper.multiplied;
    }

    /// Puts the hedges round `measure`, asks the guards, and decides whether it is a quantity at all.
    pub(super) fn finish(&self, mut measure: Measure, next: usize) -> Found<'a> {
        let text = self.text;
        let mut qualifier = Qualifier::Exact;
        let mut start = measure.number.start;
        if let Some((length, unit)) = self.lexicon.sign_before(&text[self.floor..start])
            && (!measure.has_unit() || self.lexicon.unit(unit).dimension == measure.dimension)
        {
            start -= length;
            measure.unit = unit;
            measure.dimension = self.lexicon.unit(unit).dimension;
        }
        if let Some(minus) = self.minus(start, &measure) {
            start = minus;
            measure.value = -measure.value;
        }
        let mut hedged = measure.inside.is_some();
        let mut before = [None; 2];
        for slot in &mut before {
            let Some((length, said)) =
                self.lexicon.hedge_before(&text[self.floor..start], measure.form == Form::Lone)
            else {
                break;
            };
            if said.is_none() {
                let span = Span::new(start - length, measure.end);
                return Found::Guarded { span, guard: Refusal::own("vague"), next: measure.end };
            }
            start -= length;
            hedged = true;
            *slot = said;
        }
        for said in before.iter().rev().copied().flatten().chain(measure.inside) {
            qualifier = stronger(qualifier, said);
        }
        let mut end = measure.end;
        let mut shared = false;
        while let Some((after, hedge)) = self.lexicon.hedge_behind(text, end, false, measure.dimension) {
            end = after;
            qualifier = stronger(qualifier, hedge.qualifier.unwrap_or_default());
            shared = true;
        }
        hedged |= shared;
        let leading = before.iter().any(Option::is_some);
        let suspect = Suspect {
            text,
            number: measure.number,
            end: if measure.has_unit() { measure.number.end } else { measure.end },
            has_unit: measure.has_unit(),
        };
        let refuse = |(span, guard): (Span, &'a GuardEntry)| {
            let next = span.end.max(self.first_end(measure.number.start));
            Found::Guarded { span, guard: Refusal::of(guard), next }
        };
        let guards = &self.lexicon.guards;
        if let Some(word) = guards.word(suspect) {
            return refuse(word);
        }
        if let Some(own) = self.unbelieved(&measure, hedged, end) {
            let span = Span::new(measure.number.start, measure.end);
            return match Some(suspect).filter(|_| self.listing).and_then(|suspect| guards.refuse(suspect)) {
                Some((span, guard)) => Found::Guarded { span, guard: Refusal::of(guard), next },
                None if own.is_empty() => Found::Nothing { next },
                None => Found::Guarded { span, guard: Refusal::own(own), next },
            };
        }
        if let Some(refused) = guards.refuse(suspect) {
            return refuse(refused);
        }
        if !measure.has_unit()
            && measure.dimension == Dimension::Number
            && let Some(unit) = self.counted(start, end)
        {
            measure.unit = unit;
            measure.dimension = self.lexicon.unit(unit).dimension;
        }
        let quantity = Quantity {
            span: Span::new(start, end),
            number: measure.number,
            value: measure.value,
            high: measure.high,
            fraction: measure.fraction,
            unit: measure.unit,
            per: measure.per,
            dimension: measure.dimension,
            qualifier,
        };
        let hedged = Hedged { before: leading, after: shared };
        Found::Quantity { quantity, hedged }
    }

    /// The unit that a noun beside a bare number is counted by: `6.1万常住人口`, `旅居人数超550万`.
    fn counted(&self, start: usize, end: usize) -> Option<UnitId> {
        if !self.ends_at(end) {
            return self.lexicon.noun_unit(self.rest(end));
        }
        self.lexicon.noun_unit_before(&self.text[self.floor..start])
    }

    fn first_end(&self, at: usize) -> usize {
        at + self.char_at(at).map_or(1, char::len_utf8)
    }

    /// Where the minus sign before `start` stands, when it is one.
    fn minus(&self, start: usize, measure: &Measure) -> Option<usize> {
        use Dimension::{Money, Number, Percent, Points, Temperature};
        let before = &self.text[self.floor..start];
        let sign = ["-", "－", "−", "负", "零下"].into_iter().find(|sign| before.ends_with(sign))?;
        let outer = &before[..before.len() - sign.len()];
        let open = outer.is_empty()
            || !outer.ends_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '%'));
        let fits = match measure.dimension {
            Percent | Points | Temperature | Money => true,
            Number => measure.value.scale() > 0 || sign == "负",
            _ => false,
        };
        (open && fits && (sign != "零下" || measure.dimension == Temperature)).then_some(start - sign.len())
    }

    /// Why a number is no quantity though no guard of the lexicon refuses it; an empty name where it is not worth one.
    fn unbelieved(&self, measure: &Measure, hedged: bool, end: usize) -> Option<&'static str> {
        let has_unit = measure.has_unit();
        let before = self.char_before(measure.number.start);
        let alone =
            || !before.is_some_and(is_word) && !self.char_at(end).is_some_and(|c| is_word(c) || c == '、');
        match measure.form {
            Form::Arabic => None,
            Form::Lone if measure.dimension == Dimension::Percent || hedged => None,
            Form::Lone if has_unit => (measure.number.len() <= 3).then_some("lone"),
            Form::Lone => Some("lone"),
            Form::Digit if !has_unit => (!alone()).then_some(if hedged { "name" } else { "" }),
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
            Form::Han if !has_unit && !measure.multiplied => (measure.value.scale() == 0).then_some("name"),
            _ => None,
        }
    }
}
