//! What rows tell by themselves, without the words around them or with those of their own sentence.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Check, Quote,
    reach::Figure,
    statement::{Checks, Tell},
};
use crate::{
    quantity::Dimension,
    recognise::lexicon::Lexicon,
    row::{Kind, Row, Status},
};

/// Which indicators are shares of a whole.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Share {
    /// Their endings.
    pub(super) words: Vec<String>,
    /// What one holds that is none.
    exceptions: Vec<String>,
}

/// When two rows say the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Same {
    /// Words beside a name that leave it what it is.
    pub(super) neutral: String,
    /// Names that may be many things.
    vague: Vec<String>,
}

/// How far apart two values may be that are told of one thing where no sentence says that it is one.
const NEAR: (i64, i64) = (5, 4);
/// From how many characters on a name says by itself what it is.
const LONG: usize = 5;

impl Checks {
    /// Tells what cannot be in the rows of a document.
    pub(super) fn rows(&self, rows: &[&Row], lexicon: &Lexicon, tell: &mut Tell<'_>) {
        let mut known: BTreeMap<_, Vec<(&Row, Figure<'_>)>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.kind == Kind::Level && !row.damaged) {
            let figure = Figure::of_row(row, lexicon);
            if self.is_share(row, &figure) {
                let arithmetic = format!("{} {} is more than 100%", row.indicator, row.raw);
                tell(Check::Share, vec![quote(row)], arithmetic);
            }
            if !self.is_itself(row) {
                continue;
            }
            let key = (&row.indicator, &row.unit, &row.district, &row.period, row.status as u8);
            let same = known.entry(key).or_default();
            let other = same.iter().find(|(other, its)| contradict((other, its), (row, &figure)));
            if let Some((other, its)) = other {
                let arithmetic = format!(
                    "{} is {} (as written: {}) and {} (as written: {})",
                    row.indicator, its.raw, its.reach, figure.raw, figure.reach
                );
                tell(Check::Same, vec![quote(other), quote(row)], arithmetic);
            }
            same.push((row, figure));
        }
    }

    fn is_share(&self, row: &Row, figure: &Figure<'_>) -> bool {
        let Share { words, exceptions } = &self.share;
        figure.dimension == Dimension::Percent
            && figure.reach.low.is_some_and(|low| low > Decimal::ONE_HUNDRED)
            && figure.value > Decimal::ONE_HUNDRED
            && words.iter().any(|word| row.indicator.ends_with(word.as_str()))
            && !exceptions.iter().any(|word| row.indicator.contains(word.as_str()))
    }

    /// Whether a row is about what its name says, of the whole place: nothing else stands before its figure.
    fn is_itself(&self, row: &Row) -> bool {
        let name = row.indicator.as_str();
        if self.same.vague.iter().any(|vague| name == vague) || row.status != Status::Actual {
            return false;
        }
        if row.sentence.is_empty() {
            return name.chars().count() >= 3;
        }
        let mut places = row.sentence.match_indices(row.raw.as_str());
        let (Some((at, _)), None) = (places.next(), places.next()) else { return false };
        let before = &row.sentence[..at];
        let begins = before.rfind(['，', ',', '；', ';', '：', ':', '、']).map_or(0, |mark| mark + 1);
        let begins = before.ceil_char_boundary(begins);
        let clause = &before[begins..];
        let Some((head, tail)) = clause.rsplit_once(name) else { return false };
        let own = |words: &str| {
            let rest = self.neutral.find(words).map_or(words, |_| "");
            rest.is_empty() || rest.chars().count() > 1 && row.district.ends_with(rest)
        };
        let whole = before[..begins].trim_end_matches(['，', ',', '；', ';']);
        own(head)
            && self.neutral.is_match(tail)
            && (self.neutral.is_match(whole) || name.chars().count() >= LONG)
    }
}

fn contradict(a: (&Row, &Figure<'_>), b: (&Row, &Figure<'_>)) -> bool {
    let ((row, figure), (other, its)) = (a, b);
    if row.line == other.line && row.sentence == other.sentence || !figure.reach.misses(its.reach) {
        return false;
    }
    let (low, high) = (figure.value.min(its.value), figure.value.max(its.value));
    let near = || {
        let bound = low.checked_mul(Decimal::new(NEAR.0, 0));
        let reached = high.checked_mul(Decimal::new(NEAR.1, 0));
        matches!((bound, reached), (Some(bound), Some(reached)) if reached <= bound)
    };
    figure.is_like(its) && (!row.sentence.is_empty() || near())
}

fn quote(row: &Row) -> Quote {
    let text = if row.sentence.is_empty() { &row.raw } else { &row.sentence };
    Quote { line: row.line, text: text.clone() }
}
