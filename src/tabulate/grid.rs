//! `Grid`: a wide table, one of the three axes across, the other two down its side.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    fmt::{self, Display, Formatter},
};

use super::{Fact, time};
use crate::row::{Kind, Status};

/// What stands across the top.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Axis {
    /// Times, the latest first.
    #[default]
    Period,
    /// Places, in the order of their first row.
    District,
    /// What is measured, in the order of its first row.
    Indicator,
}

impl Axis {
    /// All axes.
    pub const ALL: [Self; 3] = [Self::Period, Self::District, Self::Indicator];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Period => "period",
            Self::District => "district",
            Self::Indicator => "indicator",
        }
    }

    /// Where a fact stands on it. An indicator has its kind, where that is no level, and its unit.
    fn of(self, fact: &Fact) -> String {
        match self {
            Self::Period => fact.period.clone(),
            Self::District => fact.district.clone(),
            Self::Indicator => {
                let mut name = fact.indicator.clone();
                if fact.kind != Kind::Level {
                    name.push(' ');
                    name += fact.kind.name();
                }
                if fact.unit.is_empty() { name } else { format!("{name}（{}）", fact.unit) }
            }
        }
    }
}

/// A line on its way: what stands at the side, and facts with their columns.
type Gathered<'f> = ([String; 2], Vec<(usize, &'f Fact)>);

/// A wide table.
#[derive(Clone, Debug)]
pub struct Grid<'f> {
    /// The names of the columns at the side.
    pub side: [&'static str; 2],
    /// The heads of the other columns.
    pub across: Vec<String>,
    /// The lines, in the order of the facts.
    pub lines: Vec<Line<'f>>,
}

/// A line of a wide table.
#[derive(Clone, Debug)]
pub struct Line<'f> {
    /// What stands at the side.
    pub stub: [String; 2],
    /// A cell for each column across.
    pub cells: Vec<Figures<'f>>,
}

/// What is known of one indicator, place and time: mostly nothing or one figure.
#[derive(Clone, Debug, Default)]
pub struct Figures<'f>(pub Vec<&'f Fact>);

impl<'f> Grid<'f> {
    /// A table of `facts`, which are in their order, with `axis` across.
    pub fn new(facts: &'f [Fact], axis: Axis) -> Self {
        let down = match axis {
            Axis::Period => [Axis::Indicator, Axis::District],
            Axis::District => [Axis::Indicator, Axis::Period],
            Axis::Indicator => [Axis::District, Axis::Period],
        };
        let mut across: Vec<String> = Vec::new();
        let mut columns: BTreeMap<String, usize> = BTreeMap::new();
        let mut stubs: BTreeMap<[String; 2], usize> = BTreeMap::new();
        let mut figures: Vec<Gathered<'f>> = Vec::new();
        for fact in facts {
            let head = axis.of(fact);
            let column = *columns.entry(head.clone()).or_insert_with(|| {
                across.push(head);
                across.len() - 1
            });
            let stub = down.map(|axis| axis.of(fact));
            let line = *stubs.entry(stub.clone()).or_insert_with(|| {
                figures.push((stub, vec![]));
                figures.len() - 1
            });
            figures[line].1.push((column, fact));
        }
        let order = order(&across, axis == Axis::Period);
        if axis != Axis::Period {
            let mut first: BTreeMap<String, usize> = BTreeMap::new();
            for ([head, _], _) in &figures {
                let next = first.len();
                first.entry(head.clone()).or_insert(next);
            }
            figures.sort_by_cached_key(|([head, period], _)| {
                (first.get(head).copied(), Reverse(time(period)), period.clone())
            });
        }
        let lines = figures.into_iter().map(|(stub, figures)| {
            let mut cells = vec![Figures::default(); across.len()];
            for (column, fact) in figures {
                cells[order[column]].0.push(fact);
            }
            Line { stub, cells }
        });
        let lines = lines.collect();
        let mut heads = vec![String::new(); across.len()];
        across.into_iter().enumerate().for_each(|(column, head)| heads[order[column]] = head);
        Self { side: down.map(Axis::name), across: heads, lines }
    }

    /// The heads of all columns.
    pub fn header(&self) -> impl Iterator<Item = &str> {
        self.side.into_iter().chain(self.across.iter().map(String::as_str))
    }
}

/// Where each column goes.
fn order(across: &[String], by_time: bool) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..across.len()).collect();
    if by_time {
        sorted.sort_by_key(|column| (Reverse(time(&across[*column])), &across[*column]));
    }
    let mut order = vec![0; across.len()];
    sorted.into_iter().enumerate().for_each(|(to, from)| order[from] = to);
    order
}

impl Figures<'_> {
    /// Whether figures of it contradict one another.
    pub fn conflict(&self) -> bool {
        self.0.iter().any(|fact| fact.conflict)
    }

    /// The one figure, if there is no more and it is one number.
    pub fn single(&self) -> Option<&Fact> {
        match self.0[..] {
            [fact] if fact.high.is_none() => Some(fact),
            _ => None,
        }
    }

    /// Its digits, if it is one number and nothing more.
    pub fn plain(&self) -> Option<String> {
        let bare = |fact: &&Fact| fact.status == Status::Actual && !fact.damaged && fact.mark().is_empty();
        self.single().filter(bare).map(Fact::shown)
    }
}

/// Figures that contradict one another with `≠` between them, those that have come about before those that are planned.
impl Display for Figures<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, fact) in self.0.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| self.0[before]);
            match before {
                Some(before) if before.status == fact.status => f.write_str(" ≠ ")?,
                Some(_) => f.write_str("; ")?,
                None => {}
            }
            f.write_str(&fact.shown())?;
        }
        Ok(())
    }
}
