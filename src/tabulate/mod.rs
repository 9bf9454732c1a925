//! Tables of indicator × district × period: rows of many reports put together, so that a reader sees at once what
//! agrees, what is missing and what cannot be true.
//!
//! ```
//! use kpi_extract::{row::Row, tabulate::{Axis, Facts, Grid}};
//!
//! let row = |raw: &str, value: i64, period: &str| Row {
//!     indicator: "接收工单".into(), unit: "件".into(), raw: raw.into(), value: value.into(), period: period.into(),
//!     ..Row::default()
//! };
//! let mut facts = Facts::default();
//! for row in [row("1.3万件", 13_000, "2023"), row("13157件", 13_157, "2023"), row("9800件", 9800, "2022")] {
//!     facts.add(row);
//! }
//! let merged = facts.merged();
//! let grid = Grid::new(&merged, Axis::Period);
//! assert_eq!(grid.across, ["2023", "2022"]);
//! assert_eq!(grid.lines[0].stub, ["接收工单（件）", ""]);
//! assert_eq!(grid.lines[0].cells[0].to_string(), "13157");
//! ```

use std::{cmp::Reverse, collections::BTreeMap};

use rust_decimal::Decimal;

use crate::{
    quantity::Qualifier,
    row::{Kind, Row, Status},
};
pub use fact::{Fact, FactColumn, Statement};
pub use grid::{Axis, Figures, Grid, Line};
pub use html::{html, html_of_text};

mod fact;
mod grid;
mod html;
#[cfg(feature = "xlsx")]
pub mod sheet;

/// What is measured, of which place and for which time: places of names, in the order of their first row.
type Key = (usize, Kind, usize, usize, (Reverse<Time>, String), Status);
/// What was said: value, other end, hedge.
type Said = (Decimal, Option<Decimal>, Qualifier);
/// The end of a time and, turned round, its beginning, in months; nothing for an unknown one.
type Time = Option<(i32, Reverse<i32>)>;

/// Rows on their way to a table.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    names: BTreeMap<String, usize>,
    units: BTreeMap<String, usize>,
    districts: BTreeMap<String, usize>,
    figures: BTreeMap<Key, BTreeMap<Said, Fact>>,
}

impl Facts {
    /// Adds a row.
    pub fn add(&mut self, row: Row) {
        let place = |names: &mut BTreeMap<String, usize>, name: &str| {
            let next = names.len();
            *names.entry(name.to_owned()).or_insert(next)
        };
        let key = (
            place(&mut self.names, &row.indicator),
            row.kind,
            place(&mut self.units, &row.unit),
            place(&mut self.districts, &row.district),
            (Reverse(time(&row.period)), row.period.clone()),
            row.status,
        );
        let fact = Fact::from(row);
        let said = (fact.value, fact.high, fact.qualifier);
        let known = self.figures.entry(key).or_default();
        match known.get_mut(&said) {
            Some(same) => same.merge(fact),
            None => drop(known.insert(said, fact)),
        }
    }

    /// The facts by indicator, kind, unit, district and period, the latest first. Figures that agree within what was
    /// written are one; those that are left of the same thing contradict one another.
    pub fn merged(self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for said in self.figures.into_values() {
            let mut said: Vec<Fact> = said.into_values().collect();
            said.sort_by_key(|fact| (fact.reach().0, fact.value));
            let first = facts.len();
            for fact in said {
                match facts[first..].last_mut() {
                    Some(last) if fact.agrees(last) => last.merge(fact),
                    _ => facts.push(fact),
                }
            }
            let conflict = facts.len() - first > 1;
            for fact in &mut facts[first..] {
                fact.conflict = conflict;
            }
        }
        facts
    }
}

/// When a period ends and begins: 2023, 2023-11, 2023-11-05, 2023-Q1, 2023-H1, 2021/2025.
fn time(period: &str) -> Time {
    let (begins, ends) = period.split_once('/').unwrap_or((period, period));
    Some((months(ends)?.1, Reverse(months(begins)?.0)))
}

/// The first and the last month of a time without a stroke.
fn months(time: &str) -> Option<(i32, i32)> {
    let (year, rest) = time.split_at_checked(4)?;
    let year = year.parse::<i32>().ok()? * 12;
    let number = |text: &str| text.parse::<i32>().ok().filter(|number| (1..=12).contains(number));
    let (first, last) = match rest.strip_prefix('-').unwrap_or("") {
        "" => (1, 12),
        part => match (part.strip_prefix('Q').and_then(number), part.strip_prefix('H').and_then(number)) {
            (Some(quarter), _) => (quarter * 3 - 2, quarter * 3),
            (_, Some(half)) => (half * 6 - 5, half * 6),
            _ => {
                let month = part.get(..2).and_then(number)?;
                (month, month)
            }
        },
    };
    Some((year + first, year + last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(raw: &str, value: &str, qualifier: Qualifier) -> Row {
        Row {
            indicator: "接收工单".into(),
            unit: "件".into(),
            raw: raw.into(),
            value: value.parse().unwrap(),
            qualifier,
            period: "2023".into(),
            document: format!("{raw}.txt"),
            ..Row::default()
        }
    }

    fn shown(rows: &[(&str, &str, Qualifier)]) -> Vec<(String, bool)> {
        let mut facts = Facts::default();
        for (raw, value, qualifier) in rows {
            facts.add(row(raw, value, *qualifier));
        }
        facts.merged().iter().map(|fact| (fact.shown(), fact.conflict)).collect()
    }

    #[test]
    fn figures_that_agree_within_rounding_are_one_and_others_conflict() {
        use Qualifier::{Approx, AtLeast, AtMost, Exact, Nearly, Over, Under};
        let one = |shown: &str| vec![(shown.to_owned(), false)];
        let two = |a: &str, b: &str| vec![(a.to_owned(), true), (b.to_owned(), true)];
        let coarse = ("1.3万件", "13000", Exact);
        let fine = ("13157件", "13157", Exact);
        assert_eq!(shown(&[coarse, fine]), one("13157"));
        assert_eq!(shown(&[fine, coarse, fine]), one("13157"));
        assert_eq!(shown(&[coarse, ("14200件", "14200", Exact)]), two("13000", "14200"));
        assert_eq!(shown(&[("100件", "100", Exact), ("101件", "101", Exact)]), two("100", "101"));
        assert_eq!(shown(&[("97%以上", "97", AtLeast), ("98.30%", "98.30", Exact)]), one("98.30"));
        assert_eq!(shown(&[("97%以上", "97", AtLeast), ("96.2%", "96.2", Exact)]), two("96.2", "≥97"));
        assert_eq!(shown(&[("1.3万余件", "13000", Over), fine]), one("13157"));
        assert_eq!(shown(&[("近1.3万件", "13000", Nearly), fine]), two("≲13000", "13157"));
        assert_eq!(shown(&[("不到100件", "100", Under), ("99件", "99", Exact)]), one("99"));
        assert_eq!(
            shown(&[("100件以内", "100", AtMost), ("98件", "98", Exact), ("99件", "99", Exact)]),
            two("98", "99")
        );
        assert_eq!(shown(&[("约1.3万件", "13000", Approx), ("1.38万件", "13800", Exact)]), one("13800"));
    }

    #[test]
    fn a_hedge_turns_round_before_a_decline() {
        let decline = |qualifier| shown(&[("5.0%", "-5.0", qualifier)])[0].0.clone();
        assert_eq!(decline(Qualifier::AtLeast), "≤-5.0");
        assert_eq!(decline(Qualifier::Nearly), "≳-5.0");
        assert_eq!(decline(Qualifier::Approx), "≈-5.0");
        let fell = [("5%以上", "-5", Qualifier::AtLeast), ("6.1%", "-6.1", Qualifier::Exact)];
        assert_eq!(shown(&fell), [("-6.1".to_owned(), false)]);
    }

    #[test]
    fn ranges_plans_and_damage_are_seen() {
        let range = Row {
            high: Some(Decimal::from(5)),
            status: Status::Planned,
            ..row("3至5件", "3", Qualifier::Exact)
        };
        assert_eq!(Fact::from(range).shown(), "3–5 (planned)");
        assert_eq!(Fact::from(Row { damaged: true, ..row("3件", "3", Qualifier::Exact) }).shown(), "3?");
    }

    #[test]
    fn the_latest_time_is_first_and_the_longer_of_two_that_end_together() {
        let order = [
            "2024-03",
            "2021/2023",
            "2023",
            "2023-H2",
            "2023-Q4",
            "2023-12",
            "2023-11-05",
            "2023-H1",
            "2022",
            "",
            "往年",
        ];
        let mut sorted = order.to_vec();
        sorted.reverse();
        sorted.sort_by_key(|period| (Reverse(time(period)), *period));
        assert_eq!(sorted, order);
    }
}
