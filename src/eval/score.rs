//! The measures: which figures were found, which of them were named, which of those are right in every field.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{
    figure::{Figure, Gold},
    likeness::{Names, fold},
};

/// The fields beside figure and name that a full row has right.
const FIELDS: [fn(&Figure) -> &str; 4] = [|f| &f.qualifier, |f| &f.kind, |f| &f.status, |f| &f.period];
/// The place of the period among them: it is compared by its span of years.
const PERIOD: usize = 3;

/// A figure that was not right.
#[derive(Clone, Debug, PartialEq)]
pub enum Mistake<'a> {
    /// A gold row without a right row, and the rows where it stands.
    Missed(&'a Gold, Vec<&'a Figure>),
    /// A row that no gold row asks for.
    Spurious(&'a str, &'a Figure),
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// Documents that gold speaks of.
    pub documents: usize,
    /// Gold rows that count.
    pub gold: usize,
    /// Rows right as quantities.
    pub quantity: usize,
    /// Rows with a right name, too.
    pub row: usize,
    /// Rows right in every field.
    pub full: usize,
    /// Rows that no gold row asks for.
    pub spurious: usize,
    fields: [usize; 4],
    period_exact: usize,
    span_exact: usize,
    alike: (usize, usize),
    own: (usize, usize),
    rank: (usize, usize),
    rank_spurious: usize,
    districts: Option<(usize, usize)>,
}

/// One line of the result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measure {
    /// A number of things.
    Count(usize),
    /// A share, or none where there is nothing to measure.
    Share(Option<f64>),
}

/// Compares `said` with `gold`, document by document; documents that gold does not name do not count.
pub fn score<'a>(gold: &'a [Gold], said: &'a [Figure]) -> (Tally, Vec<Mistake<'a>>) {
    let mut documents: BTreeMap<&str, (Vec<&Gold>, Vec<&Figure>)> = BTreeMap::new();
    for row in gold {
        documents.entry(&row.figure.document).or_default().0.push(row);
    }
    for row in said {
        if let Some((_, said)) = documents.get_mut(row.file_name()) {
            said.push(row);
        }
    }
    let mut tally = Tally { documents: documents.len(), ..Tally::default() };
    let mut mistakes = Vec::new();
    let mut given: BTreeMap<Vec<char>, Vec<(&str, Vec<char>)>> = BTreeMap::new();
    for (document, (mut golds, mut said)) in documents {
        golds.sort_by_key(|row| (row.figure.start, row.optional));
        said.sort_by_key(|row| (row.start, row.end));
        Page::new(document, golds, said).count(&mut tally, &mut mistakes, &mut given);
    }
    for names in given.into_values() {
        if names.iter().map(|(document, _)| document).collect::<BTreeSet<_>>().len() > 1 {
            let mut counts: BTreeMap<&[char], usize> = BTreeMap::new();
            for (_, name) in &names {
                *counts.entry(name).or_default() += 1;
            }
            tally.alike.0 += counts.values().max().copied().unwrap_or(0);
            tally.alike.1 += names.len();
        }
    }
    mistakes.sort_by_key(|mistake| matches!(mistake, Mistake::Spurious(..)));
    (tally, mistakes)
}

/// One document: its gold rows, what was said of it, and what of that is not taken yet.
struct Page<'a> {
    document: &'a str,
    golds: Vec<(&'a Gold, Names, Option<usize>)>,
    said: Vec<(&'a Figure, Vec<char>, bool)>,
}

impl<'a> Page<'a> {
    fn new(document: &'a str, golds: Vec<&'a Gold>, said: Vec<&'a Figure>) -> Self {
        Self {
            document,
            golds: golds.into_iter().map(|gold| (gold, Names::new(gold), None)).collect(),
            said: said.into_iter().map(|figure| (figure, fold(&figure.indicator), true)).collect(),
        }
    }

    /// Rows not taken that stand where the gold row does.
    fn overlapping(&self, gold: &Gold) -> Vec<usize> {
        (0..self.said.len()).filter(|&i| self.said[i].2 && touches(gold, self.said[i].0)).collect()
    }

    /// Gives each gold row the right row that is named most like it: rightly named rows first, so that a namesake or
    /// neighbour cannot take their place.
    fn pair(&mut self) {
        let mut order: Vec<usize> = (0..self.golds.len()).collect();
        order.sort_by_key(|&k| {
            let gold = self.golds[k].0;
            (gold.figure.kind == "rank", gold.optional, gold.figure.start)
        });
        for named_only in [true, false] {
            for &k in &order {
                let (gold, names, taken) = &self.golds[k];
                if taken.is_some() {
                    continue;
                }
                let mut best: Option<(f64, usize)> = None;
                for i in self.overlapping(gold) {
                    let (figure, name, _) = &self.said[i];
                    if agrees(gold, figure) && (!named_only || names.accept(name)) {
                        let likeness = names.likeness(name);
                        if best.is_none_or(|(most, _)| likeness > most) {
                            best = Some((likeness, i));
                        }
                    }
                }
                if let Some((_, i)) = best {
                    self.said[i].2 = false;
                    self.golds[k].2 = Some(i);
                }
            }
        }
    }

    fn count(
        mut self,
        tally: &mut Tally,
        mistakes: &mut Vec<Mistake<'a>>,
        given: &mut BTreeMap<Vec<char>, Vec<(&'a str, Vec<char>)>>,
    ) {
        self.pair();
        for k in 0..self.golds.len() {
            let (gold, ref accepted, taken) = self.golds[k];
            let ranked = gold.figure.kind == "rank";
            if gold.optional || ranked {
                if ranked {
                    tally.rank.0 += usize::from(taken.is_some());
                    tally.rank.1 += 1;
                }
                if taken.is_none()
                    && let Some(i) = self.overlapping(gold).into_iter().find(|&i| !self.is_wanted(i))
                {
                    self.said[i].2 = false;
                }
                continue;
            }
            tally.gold += 1;
            let Some(i) = taken else {
                let near = self.overlapping(gold).into_iter().map(|i| self.said[i].0).collect();
                mistakes.push(Mistake::Missed(gold, near));
                continue;
            };
            let (figure, name, _) = &self.said[i];
            tally.quantity += 1;
            given.entry(fold(&gold.figure.indicator)).or_default().push((self.document, name.clone()));
            let named = accepted.accept(name);
            if named {
                tally.row += 1;
            } else {
                mistakes.push(Mistake::Missed(gold, vec![*figure]));
            }
            let mut all = true;
            for (n, field) in FIELDS.iter().enumerate() {
                let (want, got) = (field(&gold.figure), field(figure));
                let right = want == got || n == PERIOD && same_year(want, got);
                tally.fields[n] += usize::from(right);
                all &= right;
            }
            tally.full += usize::from(named && all);
            tally.period_exact += usize::from(gold.figure.period == figure.period);
            if !gold.figure.district.is_empty() {
                tally.own.0 += usize::from(fold(&gold.figure.district) == fold(&figure.district));
                tally.own.1 += 1;
            }
            tally.span_exact +=
                usize::from((figure.start, figure.end) == (gold.figure.start, gold.figure.end));
        }
        for (figure, ..) in self.said.iter().filter(|(.., free)| *free) {
            if figure.kind == "rank" {
                tally.rank_spurious += 1;
            } else {
                tally.spurious += 1;
                mistakes.push(Mistake::Spurious(self.document, figure));
            }
        }
    }

    /// Whether a gold row that counts stands where the row does.
    fn is_wanted(&self, i: usize) -> bool {
        self.golds
            .iter()
            .any(|(gold, ..)| !gold.optional && gold.figure.kind != "rank" && touches(gold, self.said[i].0))
    }
}

/// Whether the row is about the gold row's quantity itself, and not a sentence that holds it.
fn touches(gold: &Gold, figure: &Figure) -> bool {
    let gold = &gold.figure;
    figure.start < gold.end
        && gold.start < figure.end
        && figure.end - figure.start <= 2 * (gold.end - gold.start) + 4
}

fn agrees(gold: &Gold, figure: &Figure) -> bool {
    let want = &gold.figure;
    if want.kind == "rank" {
        return same_number(want.value, figure.value, false);
    }
    same_number(want.value, figure.value, gold.part)
        && fold(&want.unit) == fold(&figure.unit)
        && same_number(want.high, figure.high, gold.part)
}

/// Equal; one written as a fraction (三分之一) may be given to any two or more decimals.
fn same_number(a: Option<Decimal>, b: Option<Decimal>, part: bool) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || part && (a - b).abs() < Decimal::new(1, 2),
        (a, b) => a.is_none() && b.is_none(),
    }
}

/// Whether both lie in the same year; months, quarters and halves are measured apart.
fn same_year(a: &str, b: &str) -> bool {
    let year = |period: &str| period.chars().take(4).collect::<String>();
    !a.is_empty() && !b.is_empty() && !a.contains('/') && !b.contains('/') && year(a) == year(b)
}

impl Tally {
    /// Compares the district that most rows of a document have with those that `wanted` allows for its file name.
    pub fn count_districts(
        &mut self,
        gold: &[Gold],
        said: &[Figure],
        wanted: &BTreeMap<String, Vec<String>>,
    ) {
        let mut right = (0, 0);
        for document in gold.iter().map(|row| row.figure.document.as_str()).collect::<BTreeSet<_>>() {
            let Some(wanted) = wanted.get(document).filter(|wanted| !wanted.is_empty()) else { continue };
            let mut counts: Vec<(usize, Vec<char>)> = Vec::new();
            for row in said.iter().filter(|row| row.file_name() == document) {
                let district = fold(&row.district);
                match counts.iter_mut().find(|(_, known)| *known == district) {
                    Some((count, _)) => *count += 1,
                    None => counts.push((1, district)),
                }
            }
            counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
            right.0 += usize::from(
                counts.first().is_some_and(|(_, most)| wanted.iter().any(|district| fold(district) == *most)),
            );
            right.1 += 1;
        }
        self.districts = Some(right);
    }

    /// Harmonic mean of precision and recall of names.
    pub fn row_f1(&self) -> f64 {
        f1(self.row, self.gold, self.said())
    }

    /// The same of whole rows.
    pub fn full_f1(&self) -> f64 {
        f1(self.full, self.gold, self.said())
    }

    /// The same of quantities.
    pub fn quantity_f1(&self) -> f64 {
        f1(self.quantity, self.gold, self.said())
    }

    /// Rows that count.
    pub fn said(&self) -> usize {
        self.quantity + self.spurious
    }

    /// All measures by name, in the order that they are shown.
    pub fn measures(&self) -> Vec<(&'static str, Measure)> {
        let of = |right, all| Measure::Share(Some(share(right, all).unwrap_or(0.0)));
        let ratio = |(right, all): (usize, usize)| Measure::Share(share(right, all));
        let mut measures = vec![
            ("documents", Measure::Count(self.documents)),
            ("gold", Measure::Count(self.gold)),
            ("said", Measure::Count(self.said())),
        ];
        let names = [
            ["quantity.precision", "quantity.recall", "quantity.f1"],
            ["row.precision", "row.recall", "row.f1"],
            ["full.precision", "full.recall", "full.f1"],
        ];
        for (names, right) in names.into_iter().zip([self.quantity, self.row, self.full]) {
            let values = [
                of(right, self.said()),
                of(right, self.gold),
                Measure::Share(Some(f1(right, self.gold, self.said()))),
            ];
            measures.extend(names.into_iter().zip(values));
        }
        for (name, right) in ["qualifier", "kind", "status", "period"].into_iter().zip(self.fields) {
            measures.push((name, of(right, self.quantity)));
        }
        measures.push(("period_exact", of(self.period_exact, self.quantity)));
        measures.push(("span_exact", of(self.span_exact, self.quantity)));
        measures.push(("name_consistency", ratio(self.alike)));
        measures.push(("own_district", ratio(self.own)));
        measures.push(("rank.recall", ratio(self.rank)));
        measures.push(("rank.spurious", Measure::Count(self.rank_spurious)));
        let (right, all) = self.rank;
        let rank = (all > 0).then(|| f1(right, all, right + self.rank_spurious));
        measures.push(("rank.f1", Measure::Share(rank)));
        if let Some(districts) = self.districts {
            measures.push(("district", ratio(districts)));
        }
        measures
    }
}

fn share(right: usize, all: usize) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows")]
    let share = right as f64 / all as f64;
    (all > 0).then_some(share)
}

fn f1(right: usize, gold: usize, said: usize) -> f64 {
    share(2 * right, gold + said).filter(|_| right > 0).unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gold(lines: &[&str]) -> Vec<Gold> {
        Gold::read(&lines.join("\n")).unwrap()
    }

    fn figure(start: i64, value: &str, indicator: &str) -> Figure {
        Figure {
            document: "r/a.txt".into(),
            indicator: indicator.into(),
            value: value.parse().ok(),
            unit: "件".into(),
            start,
            end: start + 3,
            kind: "level".into(),
            ..Figure::default()
        }
    }

    const ORDERS: &str = r#"{"doc":"a.txt","start":4,"end":7,"value":"86","unit":"件","kind":"level","indicator":"接收工单","must":"工单"}"#;
    const MEETINGS: &str = r#"{"doc":"a.txt","start":14,"end":17,"value":"12","unit":"件","kind":"level","indicator":"调研","optional":true}"#;

    #[test]
    fn a_row_must_stand_where_gold_has_it_and_be_named_like_it() {
        let gold = gold(&[ORDERS]);
        for (said, quantity, row) in [
            (figure(4, "86", "接收工单"), 1, 1),
            (figure(4, "86", "接收市民热线平台工单"), 1, 0),
            (figure(4, "86", "接收投诉"), 1, 0),
            (figure(4, "87", "接收工单"), 0, 0),
            (figure(40, "86", "接收工单"), 0, 0),
        ] {
            let said = [said];
            let (tally, mistakes) = score(&gold, &said);
            assert_eq!((tally.quantity, tally.row), (quantity, row), "{mistakes:?}");
            assert_eq!(mistakes.is_empty(), row == 1);
        }
    }

    #[test]
    fn optional_rows_count_neither_way() {
        let gold = gold(&[ORDERS, MEETINGS]);
        let right = [figure(4, "86", "接收工单")];
        assert!((score(&gold, &right).0.full_f1() - 1.0).abs() < 1e-9);
        let both = [figure(4, "86", "接收工单"), figure(14, "13", "会议")];
        assert!((score(&gold, &both).0.row_f1() - 1.0).abs() < 1e-9);
        let more = [figure(4, "86", "接收工单"), figure(24, "13", "会议")];
        assert_eq!(score(&gold, &more).0.spurious, 1);
    }

    #[test]
    fn a_document_that_gold_does_not_name_does_not_count() {
        let gold = gold(&[ORDERS]);
        let other = [Figure { document: "b.txt".into(), ..figure(4, "86", "接收工单") }];
        assert_eq!(score(&gold, &other).0.said(), 0);
    }

    #[test]
    fn fractions_are_given_to_any_two_decimals() {
        let line = r#"{"doc":"a.txt","start":4,"end":7,"surface":"三分之一","value":"33.33","unit":"件","kind":"level","indicator":"占比"}"#;
        let gold = gold(&[line]);
        assert_eq!(score(&gold, &[figure(4, "33.3333", "占比")]).0.row, 1);
        assert_eq!(score(&gold, &[figure(4, "33.4", "占比")]).0.row, 0);
    }

    #[test]
    fn periods_of_one_year_are_the_same() {
        assert!(same_year("2023", "2023-11"));
        assert!(!same_year("2023", "2021/2023"));
        assert!(!same_year("", ""));
    }
}
