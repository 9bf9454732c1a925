//! Shares and multiples that are written as words: `三分之一`, `百分之五`, `一半`, `半小时`, `六五折`, `翻两番`.

use rust_decimal::{Decimal, RoundingStrategy};

use super::{
    compose::{Composer, Found},
    exact::Exact,
    lexicon::UnitId,
    measure::Measure,
    numeral::{self, Form, arabic},
    words::is_word,
};
use crate::{
    numerals::{Sign, sign},
    quantity::{Dimension, Qualifier},
    span::Span,
};

/// Fractions in one character, with numerator and denominator.
pub(super) const VULGAR: [(char, u8, u8); 15] = [
    ('¼', 1, 4),
    ('½', 1, 2),
    ('¾', 3, 4),
    ('⅓', 1, 3),
    ('⅔', 2, 3),
    ('⅕', 1, 5),
    ('⅖', 2, 5),
    ('⅗', 3, 5),
    ('⅘', 4, 5),
    ('⅙', 1, 6),
    ('⅚', 5, 6),
    ('⅛', 1, 8),
    ('⅜', 3, 8),
    ('⅝', 5, 8),
    ('⅞', 7, 8),
];

fn vulgar(c: char) -> Option<(Decimal, Decimal)> {
    if !matches!(c, '¼'..='¾' | '⅓'..='⅞') {
        return None;
    }
    let (_, above, below) = VULGAR.iter().find(|(sign, ..)| *sign == c)?;
    Some(((*above).into(), (*below).into()))
}

/// How a numerator and its whole give the value.
type Share = fn(Decimal, Decimal) -> Option<Decimal>;

impl<'a> Composer<'a> {
    /// `三分之一`, `百分之九十二点五`, `三又二分之一`, `1/3`; says whether there was one.
    pub(super) fn fraction(&self, measure: &mut Measure) -> bool {
        let rest = self.rest(measure.end);
        let end = measure.end;
        let after = |skip: usize| end + skip;
        match rest.chars().next() {
            Some(c @ ('分' | '份')) => match rest[c.len_utf8()..].chars().next() {
                Some('之') => self.share(measure, after("分之".len())),
                Some('百') if measure.number.of(self.text) == "百" => {
                    self.whole(measure, after("分百".len()))
                }
                _ => self.clipped(measure, after(c.len_utf8())),
            },
            Some('又') => self.mixed(measure, after('又'.len_utf8())),
            Some('/') => self.stroke(measure),
            Some(' ') if measure.form == Form::Arabic && !measure.multiplied => {
                let (_, end) = arabic(self.text, after(1));
                end > after(1) && self.rest(end).starts_with('/') && self.mixed(measure, after(1))
            }
            Some(c) => vulgar(c).is_some_and(|(above, below)| {
                let parts = measure.value.checked_mul(below).and_then(|whole| whole.checked_add(above));
                let plain = measure.form == Form::Arabic && !measure.multiplied && measure.value.scale() == 0;
                let value = parts.filter(|_| plain).and_then(|parts| parts.checked_div(below));
                parts.zip(value).is_some_and(|(parts, value)| {
                    measure.become_mixed(parts, below, value, after(c.len_utf8()));
                    true
                })
            }),
            None => false,
        }
    }

    /// `½` by itself.
    pub(super) fn vulgar(&self, at: usize, c: char) -> Option<Found<'a>> {
        let (above, below) = vulgar(c)?;
        let mut measure = Measure {
            fraction: Some((above, below)),
            unit: self.lexicon.find("%").unwrap_or(UnitId::NONE),
            dimension: Dimension::Percent,
            multiplied: true,
            ..Measure::of(Span::new(at, at + c.len_utf8()), percent_of(above, below)?, Form::Han)
        };
        self.part_of_unit(&mut measure, above, below);
        let end = measure.end;
        Some(self.finish(measure, end))
    }

    /// `百分百`.
    fn whole(&self, measure: &mut Measure, end: usize) -> bool {
        (measure.number.end, measure.end) = (end, end);
        measure.unit = self.lexicon.find("%").unwrap_or(UnitId::NONE);
        measure.dimension = Dimension::Percent;
        measure.form = Form::Han;
        true
    }

    /// `三分一`, `四份三`: a share without `之`, of two digits that nothing else is made of.
    fn clipped(&self, measure: &mut Measure, start: usize) -> bool {
        let Some((Sign::Digit(above), _)) = self.char_at(start).and_then(sign) else { return false };
        let end = start + '一'.len_utf8();
        let (above, below) = (Decimal::from(above), measure.value);
        let ends = !self.char_at(end).is_some_and(|c| is_word(c) && c != '的');
        let starts =
            !self.char_before(measure.number.start).is_some_and(|c| "元角毛块点时第加扣得".contains(c));
        let proper = measure.form == Form::Digit && above > Decimal::ZERO && above < below;
        let Some(share) = percent_of(above, below).filter(|_| proper && ends && starts) else { return false };
        measure.fraction = Some((above, below));
        measure.value = share;
        self.whole(measure, end)
    }

    /// What follows `分之`, at `start`.
    fn share(&self, measure: &mut Measure, start: usize) -> bool {
        let below = measure.value;
        let minus = ["负", "-", "－"].into_iter().find(|sign| self.rest(start).starts_with(sign));
        // 百分之几十
        let hinted = self.rest(start).starts_with('几');
        let start = start + if hinted { '几'.len_utf8() } else { minus.map_or(0, str::len) };
        let Some(c) = self.char_at(start) else { return false };
        if !c.is_ascii_digit() && sign(c).is_none() {
            return false;
        }
        let Some(above) = numeral::read(self.text, start, self.lexicon) else { return false };
        let Some(mut value) = above.value.filter(|_| !hinted || above.form == Form::Lone || above.lends == 1)
        else {
            measure.break_off(above.end);
            return above.value.is_none();
        };
        if minus.is_some() {
            value = -value;
        }
        // 百分之, 千分之, 万分之 alone or with 一 or in digits.
        let written = measure.number.of(self.text);
        let whole = [(100_i64, "百"), (1_000, "千"), (10_000, "万")].into_iter().find(|(whole, word)| {
            Decimal::from(*whole) == below && (written.ends_with(word) || measure.form == Form::Arabic)
        });
        let (unit, share): (&str, Share) = match whole.map(|(whole, _)| whole) {
            Some(100) => ("%", |above, _| Some(above)),
            Some(1_000) => ("‰", |above, _| Some(above)),
            Some(_) => ("%", |above, _| Some(above.checked_div(Decimal::ONE_HUNDRED)?.normalize())),
            None => ("%", percent_of),
        };
        let mut end = above.end;
        if whole.is_some()
            && let Some((part, after)) = self.part_of_share(value, end)
        {
            (value, end) = (part, after);
        }
        let Some(share_value) = share(value, below) else { return false };
        measure.value = share_value;
        let high = if hinted { value.checked_mul(Decimal::TEN) } else { above.high };
        measure.high = high.and_then(|high| share(high, below));
        measure.vague |= hinted || above.vague;
        measure.fraction = whole.is_none().then_some((value, below));
        measure.number.end = end;
        measure.end = end;
        measure.unit = self.lexicon.find(unit).unwrap_or(UnitId::NONE);
        measure.dimension = Dimension::Percent;
        measure.inside = above.inside.or(measure.inside);
        measure.form = Form::Han;
        measure.lends = 0;
        true
    }

    /// `二分之一` and `四又二分之一` after `百分之`, of which the first number, up to `end`, has been read.
    fn part_of_share(&self, first: Decimal, end: usize) -> Option<(Decimal, usize)> {
        if self.rest(end).starts_with('又') {
            let mut measure = Measure::of(Span::new(end, end), first, Form::Han);
            return self.mixed(&mut measure, end + '又'.len_utf8()).then_some((measure.value, measure.end));
        }
        let start = end + self.rest(end).starts_with("分之").then_some("分之".len())?;
        self.char_at(start).filter(|c| c.is_ascii_digit() || sign(*c).is_some())?;
        let above = numeral::read(self.text, start, self.lexicon)?;
        Some((two_places(above.value?.checked_div(first)?), above.end))
    }

    /// What follows `又`, at `start`: `三又二分之一` is a number, 3.5.
    fn mixed(&self, measure: &mut Measure, start: usize) -> bool {
        let follows = self.char_at(start).is_some_and(|c| c.is_ascii_digit() || sign(c).is_some());
        let below = follows.then(|| numeral::read(self.text, start, self.lexicon)).flatten();
        let Some(below) = below else { return false };
        let rest = self.rest(below.end);
        let (first, second, end) = if let Some(rest) = rest.strip_prefix(['分', '份']) {
            let at = self.text.len() - rest.strip_prefix('之').unwrap_or(rest).len();
            let clipped = !rest.starts_with('之');
            let Some(above) = numeral::read(self.text, at, self.lexicon) else { return false };
            if clipped && (above.form != Form::Digit || self.char_at(above.end).is_some_and(is_word)) {
                return false;
            }
            (above.value, below.value, above.end)
        } else if rest.starts_with('/') && self.rest(below.end + 1).starts_with(|c: char| c.is_ascii_digit())
        {
            let (second, end) = arabic(self.text, below.end + 1);
            (below.value, second.and_then(Exact::decimal), end)
        } else {
            return false;
        };
        let improper = first.zip(second).and_then(|(above, below)| {
            let above = measure.value.checked_mul(below)?.checked_add(above)?;
            Some((above, below, two_places(above.checked_div(below)?)))
        });
        let Some((above, below, value)) = improper else { return false };
        measure.become_mixed(above, below, value, end);
        true
    }

    /// `1/3`, where it is no date and no code.
    fn stroke(&self, measure: &mut Measure) -> bool {
        if measure.form != Form::Arabic || measure.multiplied {
            return false;
        }
        let start = measure.end + 1;
        if !self.rest(start).starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        let (whole, end) = arabic(self.text, start);
        let Some(whole) = whole.and_then(Exact::decimal) else {
            measure.break_off(end);
            return true;
        };
        let below = measure.value;
        let ends =
            !self.rest(end).starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '号' | '-'));
        let before = &self.text[..measure.number.start];
        let minus = before.ends_with('-') && !before[..before.len() - 1].ends_with(is_word);
        let starts = !before.ends_with(['/', '-', '.']) || minus;
        let Some(share) = percent_of(below, whole) else { return false };
        // 16/5 is no day of a month, where it stands alone.
        let alone = || {
            let start = measure.number.start - usize::from(minus);
            let digits = end - measure.number.start == "16/5".len();
            self.is_line(start, end) && whole < Decimal::TEN && (minus || digits && below > Decimal::from(12))
        };
        if !(ends
            && starts
            && (below < whole || alone())
            && (whole <= Decimal::ONE_HUNDRED || whole == Decimal::ONE_THOUSAND)
            && below.scale() == 0)
        {
            return false;
        }
        measure.value = share;
        measure.fraction = Some((below, whole));
        measure.number.end = end;
        measure.end = end;
        measure.unit = self.lexicon.find("%").unwrap_or(UnitId::NONE);
        measure.dimension = Dimension::Percent;
        measure.form = Form::Han;
        true
    }

    /// `一半`, `过半`, `半数`, `半小时`, `半成`: `at` is that of `半`.
    pub(super) fn half(&self, at: usize) -> Found<'a> {
        let next = at + '半'.len_utf8();
        let nothing = Found::Nothing { next };
        let before = &self.text[self.floor..at];
        let after = self.rest(next);
        if let Some(found) = self.larger_half(at, next) {
            return found;
        }
        if after.starts_with('年') {
            let span = Span::new(at, next + '年'.len_utf8());
            return self.time(span, span.end);
        }
        let one = before.ends_with('一');
        let alone = self.is_line(at, next);
        if self.is_line(at - if before.ends_with('个') { '个'.len_utf8() } else { 0 }, next) && !alone {
            let unit = self.lexicon.find("个").unwrap_or(UnitId::NONE);
            let number = Span::new(at - '个'.len_utf8(), next);
            let dimension = Dimension::Count;
            return self.finish(
                Measure { unit, dimension, ..Measure::of(number, Decimal::new(15, 1), Form::Han) },
                next,
            );
        }
        if !one && !alone && !after.starts_with('数') {
            if let Some(measure) = self.half_of(at, next) {
                let end = measure.end;
                return self.finish(measure, end);
            }
            if self.lexicon.hedge_before(before, true, Some(Dimension::Percent)).is_none() {
                return nothing;
            }
        }
        let start = if one { at - '一'.len_utf8() } else { at };
        let end = if after.starts_with('数') && !one { next + '数'.len_utf8() } else { next };
        if self.rest(end).starts_with(['径', '年', '天', '日', '夜', '个']) {
            return nothing;
        }
        let measure = Measure {
            fraction: Some((Decimal::ONE, Decimal::TWO)),
            unit: self.lexicon.find("%").unwrap_or(UnitId::NONE),
            dimension: Dimension::Percent,
            multiplied: true,
            ..Measure::of(Span::new(start, end), Decimal::from(50), Form::Lone)
        };
        self.finish(measure, end)
    }

    /// `大半`, `一多半`, `小半`: more or less than one half; `at` is that of `半`, `next` what follows it.
    fn larger_half(&self, at: usize, next: usize) -> Option<Found<'a>> {
        let before = &self.text[self.floor..at];
        let size = before.chars().next_back().filter(|c| matches!(c, '大' | '小' | '多'))?;
        let outer = &before[..before.len() - size.len_utf8()];
        let one = outer.strip_suffix('一');
        // 多半 alone is an adverb.
        let told = one.is_some()
            || (size != '多' && !outer.ends_with(is_word))
            || (size == '大' && outer.ends_with(['了', '近', '超']));
        let other = self
            .rest(next)
            .starts_with(['年', '天', '夜', '个', '辈', '生', '截', '月', '日', '导', '径', '岛']);
        if !told || other {
            return None;
        }
        let start = self.floor + one.unwrap_or(outer).len();
        let measure = Measure {
            fraction: Some((Decimal::ONE, Decimal::TWO)),
            unit: self.lexicon.find("%").unwrap_or(UnitId::NONE),
            dimension: Dimension::Percent,
            inside: Some(if size == '小' { Qualifier::Under } else { Qualifier::Over }),
            multiplied: true,
            ..Measure::of(Span::new(start, next), Decimal::from(50), Form::Han)
        };
        Some(self.finish(measure, next))
    }

    /// `半小时`, `半吨`, `半成`, `半折`: half of the unit that follows.
    fn half_of(&self, at: usize, next: usize) -> Option<Measure> {
        use Dimension::{Area, Count, Discount, Duration, Length, Mass, Money, Percent, Points, Volume};
        let apart = !self.char_before(at).is_some_and(|c| {
            c.is_ascii_digit() || sign(c).is_some() || "多大过超近前后上下夜月个另年".contains(c)
        });
        let word = self.lexicon.unit_at(self.text, at, next, false).filter(|_| apart)?;
        let divisible = match word.entry.dimension {
            Area | Discount | Duration | Length | Mass | Money | Percent | Points | Volume => true,
            Count if word.entry.name == "打" => true,
            Count => word.entry.name == "个" && !self.char_at(word.end).is_some_and(is_word),
            _ => false,
        };
        let half = Decimal::new(5, 1);
        let value = match word.entry.dimension {
            _ if !divisible => return None,
            Discount => Decimal::from(5),
            _ => half.checked_mul(word.entry.factor.unwrap_or(Decimal::ONE))?.normalize(),
        };
        Some(Measure {
            end: word.end,
            unit: word.id,
            dimension: word.entry.dimension,
            multiplied: true,
            ..Measure::of(Span::new(at, next), value, Form::Han)
        })
    }

    /// `对折` is half the price.
    pub(super) fn half_price(&self, at: usize) -> Found<'a> {
        let end = at + "对折".len();
        let Some(unit) = self.lexicon.find("折").filter(|_| !self.rest(end).starts_with(['叠', '线']))
        else {
            return Found::Nothing { next: end };
        };
        let measure = Measure {
            unit,
            dimension: Dimension::Discount,
            ..Measure::of(Span::new(at, end), Decimal::from(5), Form::Han)
        };
        self.finish(measure, end)
    }
}

pub(super) fn two_places(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// What share `above` is of `below`, per cent, to two places.
pub(super) fn percent_of(above: Decimal, below: Decimal) -> Option<Decimal> {
    let share = above.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(below)?.normalize();
    // A power of ten below gives every digit.
    let decimal = below.scale() == 0
        && 10_i128.pow(below.mantissa().unsigned_abs().max(1).ilog10()) == below.mantissa();
    Some(if decimal { share } else { two_places(share) })
}

/// Growth, in wholes, after so many doublings.
pub(super) fn doublings(times: Decimal) -> Option<Decimal> {
    let times = u32::try_from(times).ok().filter(|times| *times < 60)?;
    Some(Decimal::from(2_u64.pow(times) - 1))
}

/// `六五折` and `85折` are 6.5 and 8.5.
pub(super) fn discount(measure: &mut Measure, text: &str) {
    if measure.form == Form::Digits || (measure.form == Form::Arabic && measure.value >= Decimal::TEN) {
        measure.value = measure.value.checked_div(Decimal::TEN).unwrap_or(measure.value).normalize();
    }
    let pair = &text[measure.number.start..measure.number.end] == "三五";
    if let Some(high) = measure.high.filter(|_| pair) {
        let low = measure.value;
        measure.high = None;
        measure.value = (low + high.checked_div(Decimal::TEN).unwrap_or_default()).normalize();
    }
}
