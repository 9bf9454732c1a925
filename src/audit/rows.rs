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
    row::{Kind, Row, Status},
    rules::RuleSet,
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
    /// Words beside it that both must have.
    pub(super) marks: String,
    /// Names that may be many things.
    vague: Vec<String>,
}

/// How far apart two values may be that are told of one thing where no sentence says that it is one.
const NEAR: (i64, i64) = (5, 4);
/// From how many characters on a name says what it is, in one section and at the head of a sentence, and anywhere.
const SHORT: usize = 4;
const LONG: usize = 5;
/// Where clauses end.
const MARKS: [char; 7] = ['，', ',', '；', ';', '：', ':', '、'];

impl Checks {
    /// Tells what cannot be in the rows of a document. Of one indicator two values are a contradiction, more of them a
    /// list of several things.
    pub(super) fn rows(&self, rows: &[&Row], rules: &RuleSet, tell: &mut Tell<'_>) {
        let mut known: BTreeMap<_, Vec<Told<'_>>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.kind == Kind::Level && !row.damaged) {
            let figure = Figure::of_row(row, rules.lexicon());
            if self.is_share(row, &figure) {
                let arithmetic = format!("{} {} is more than 100%", row.indicator, row.raw);
                tell(Check::Share, vec![quote(row)], arithmetic);
            }
            if let Some(marks) = self.itself(row, rules) {
                let key = (&row.indicator, &row.unit, &row.district, &row.period, marks);
                let told: &mut Vec<Told<'_>> = known.entry(key).or_default();
                if told.iter().all(|other| other.figure.reach.misses(figure.reach)) {
                    told.push(Told { row, figure });
                }
            }
        }
        for told in known.into_values() {
            if let [one, other] = &told[..]
                && one.contradicts(other)
            {
                let (its, own) = (&one.figure, &other.figure);
                let arithmetic = format!(
                    "{} is {} (as written: {}) and {} (as written: {})",
                    one.row.indicator, its.raw, its.reach, own.raw, own.reach
                );
                tell(Check::Same, vec![quote(one.row), quote(other.row)], arithmetic);
            }
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

    /// Where a row is about what its name says, of the whole place, the words beside the name that say of which time or
    /// extent: nothing else stands before its figure.
    fn itself<'r>(&self, row: &'r Row, rules: &RuleSet) -> Option<Vec<&'r str>> {
        let name = row.indicator.as_str();
        let vague = self.same.vague.iter().any(|vague| name == vague);
        if vague || rules.words().dependent.contains(name) || row.status != Status::Actual {
            return None;
        }
        let long = name.chars().count();
        if row.sentence.is_empty() {
            return (long >= SHORT).then(Vec::new);
        }
        let mut places = row.sentence.match_indices(row.raw.as_str());
        let (Some((at, _)), None) = (places.next(), places.next()) else { return None };
        let before = &row.sentence[..at];
        let begins = before.rfind(MARKS).map_or(0, |mark| mark + 1);
        let (whole, clause) = before.split_at(before.ceil_char_boundary(begins));
        let (head, tail) = clause.rsplit_once(name)?;
        let is_neutral = |words: &str| self.neutral.is_match(words);
        let own =
            |words: &str| is_neutral(words) || words.chars().count() > 1 && row.district.ends_with(words);
        let first = is_neutral(whole) && long >= SHORT || long >= LONG;
        let mut marks: Vec<&str> = self.marks.find_iter(before).map(|found| found.as_str()).collect();
        marks.sort_unstable();
        marks.dedup();
        (own(head) && is_neutral(tail) && first).then_some(marks)
    }
}

/// What a row says.
struct Told<'r> {
    row: &'r Row,
    figure: Figure<'r>,
}

impl Told<'_> {
    fn contradicts(&self, other: &Self) -> bool {
        let (row, its) = (self.row, other.row);
        let apart = row.line != its.line || row.sentence != its.sentence;
        let (low, high) =
            (self.figure.value.min(other.figure.value), self.figure.value.max(other.figure.value));
        let near = || {
            let bound = low.checked_mul(Decimal::new(NEAR.0, 0));
            let reached = high.checked_mul(Decimal::new(NEAR.1, 0));
            matches!((bound, reached), (Some(bound), Some(reached)) if reached <= bound)
        };
        let section = row.section == its.section || row.indicator.chars().count() >= LONG;
        apart && if row.sentence.is_empty() { near() } else { section }
    }
}

fn quote(row: &Row) -> Quote {
    let text = if row.sentence.is_empty() { &row.raw } else { &row.sentence };
    Quote { line: row.line, text: text.clone() }
}
