//! What changed from one table of rows to another, row by row: how a correction of a report, a rule or the program is
//! seen by what it does.
//!
//! ```
//! use kpi_extract::{diff::{Change, Differ}, emit::Column, row::Row};
//!
//! let row = |indicator: &str, line| Row { indicator: indicator.into(), line, raw: "3处".into(), ..Row::default() };
//! let mut differ = Differ::new(&Column::ALL);
//! differ.before(&row("新建公园", 1));
//! differ.before(&row("口袋公园", 2));
//! differ.after(&row("公园", 1));
//! differ.after(&row("口袋公园", 2));
//! let diff = differ.finish();
//! let [change @ Change::Changed(..)] = &diff.changes[..] else { panic!("its name alone changed") };
//! assert_eq!(diff.cells(change), [(Column::Indicator, "新建公园", "公园")]);
//! assert_eq!(diff.unchanged, 1);
//! ```

use std::collections::{HashMap, VecDeque};

use crate::{
    emit::{self, Column, Field},
    row::Row,
};

/// What is not compared: numbers that shift for all rows after one that came or went, and places that others tell.
const PASSED_OVER: [Column; 3] = [Column::ByteStart, Column::ByteEnd, Column::Group];

/// The cells of a row as text, put together so that a million of them are small.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cells {
    text: Box<str>,
    ends: Box<[u32]>,
}

impl Cells {
    fn new(columns: &[Column], row: &Row) -> Self {
        let mut text = String::new();
        let ends = columns.iter().map(|column| {
            text += &emit::text(*column, row);
            u32::try_from(text.len()).unwrap_or(u32::MAX)
        });
        let ends = ends.collect();
        Self { text: text.into(), ends }
    }

    fn at(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        self.text.get(start as usize..self.ends[index] as usize).unwrap_or_default()
    }
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Only the new table has it.
    Added(Cells),
    /// Only the old table has it.
    Removed(Cells),
    /// Both have it, with other cells: before and after.
    Changed(Cells, Cells),
}

/// What changed from one table to another.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The columns that were compared.
    pub columns: Vec<Column>,
    /// What changed, by documents in the order that the tables name them first, then by lines.
    pub changes: Vec<Change>,
    /// How many rows are in both as they are.
    pub unchanged: usize,
}

impl Diff {
    /// What the row has in this column now, or had if it is gone; nothing where the column was not compared.
    pub fn cell<'c>(&self, change: &'c Change, column: Column) -> &'c str {
        let (Change::Added(cells) | Change::Removed(cells) | Change::Changed(_, cells)) = change;
        self.columns.iter().position(|it| *it == column).map_or("", |at| cells.at(at))
    }

    /// The cells that tell the change, with what they were and what they are: of a row that came or went all that are
    /// not empty.
    pub fn cells<'c>(&self, change: &'c Change) -> Vec<(Column, &'c str, &'c str)> {
        let columns = self.columns.iter().enumerate();
        let pairs = columns.map(|(at, column)| match change {
            Change::Added(new) => (*column, "", new.at(at)),
            Change::Removed(old) => (*column, old.at(at), ""),
            Change::Changed(old, new) => (*column, old.at(at), new.at(at)),
        });
        pairs.filter(|(_, old, new)| old != new).collect()
    }

    /// How many rows were added, removed and changed.
    pub fn counts(&self) -> [usize; 3] {
        let count = |is: fn(&Change) -> bool| self.changes.iter().filter(|change| is(change)).count();
        [
            count(|it| matches!(it, Change::Added(_))),
            count(|it| matches!(it, Change::Removed(_))),
            count(|it| matches!(it, Change::Changed(..))),
        ]
    }
}

/// Takes the rows of two tables, all old ones of a document before its new ones. Only the old rows and those new ones
/// that differ are kept.
#[derive(Debug)]
pub struct Differ {
    columns: Vec<Column>,
    document: Option<usize>,
    documents: HashMap<String, usize>,
    /// The old rows that no new one was equal to so far, by when they came.
    old: HashMap<Cells, VecDeque<usize>>,
    new: Vec<(usize, Cells)>,
    rows: usize,
    unchanged: usize,
}

impl Differ {
    /// Compares these columns, which both tables should have.
    pub fn new(columns: &[Column]) -> Self {
        let columns: Vec<Column> =
            columns.iter().copied().filter(|column| !PASSED_OVER.contains(column)).collect();
        Self {
            document: columns.iter().position(|column| *column == Column::Document),
            columns,
            documents: HashMap::new(),
            old: HashMap::new(),
            new: vec![],
            rows: 0,
            unchanged: 0,
        }
    }

    /// A row of the old table.
    pub fn before(&mut self, row: &Row) {
        let cells = self.cells(row);
        self.old.entry(cells).or_default().push_back(self.rows);
    }

    /// A row of the new table.
    pub fn after(&mut self, row: &Row) {
        let cells = self.cells(row);
        match self.old.get_mut(&cells) {
            Some(equal) => {
                self.unchanged += 1;
                equal.pop_front();
                if equal.is_empty() {
                    self.old.remove(&cells);
                }
            }
            None => self.new.push((self.rows, cells)),
        }
    }

    fn cells(&mut self, row: &Row) -> Cells {
        self.rows += 1;
        if self.document.is_some() && !self.documents.contains_key(&row.document) {
            self.documents.insert(row.document.clone(), self.documents.len());
        }
        Cells::new(&self.columns, row)
    }

    /// What changed. Rows that are not equal are put together where they stand at the same place, those of one name
    /// first; then where their line, name, unit and kind are the same; then where their figure and name are.
    pub fn finish(self) -> Diff {
        use Column::{Document, End, Indicator, Kind, Line, Raw, Start, Unit};
        let at = |column: Column| self.columns.iter().position(|it| *it == column);
        let mut old: Vec<(usize, Cells)> = self
            .old
            .into_iter()
            .flat_map(|(cells, came)| came.into_iter().map(move |at| (at, cells.clone())))
            .collect();
        old.sort_by_key(|(came, _)| *came);
        let mut new = self.new;

        let place = if [Start, End].iter().all(|it| at(*it).is_some()) { [Start, End] } else { [Line, Raw] };
        let [first, second] = place;
        let mut found: Vec<(usize, Change)> = Vec::new();
        // Each with how many of its columns there must be.
        let ways: [(usize, &[Column]); 4] = [
            (1, &[first, second, Indicator]),
            (2, &[first, second]),
            (2, &[Line, Unit, Kind, Indicator]),
            (2, &[Raw, Indicator]),
        ];
        for (least, way) in ways {
            let mut key: Vec<usize> = way.iter().filter_map(|column| at(*column)).collect();
            if key.len() >= least {
                key.extend(at(Document));
                let (pairs, left) = paired(old, new, &key);
                found.extend(pairs);
                (old, new) = left;
            }
        }
        found.extend(old.into_iter().map(|(came, cells)| (came, Change::Removed(cells))));
        found.extend(new.into_iter().map(|(came, cells)| (came, Change::Added(cells))));

        let mut diff = Diff { columns: self.columns, changes: vec![], unchanged: self.unchanged };
        found.sort_by_cached_key(|(came, change)| {
            let document = self.documents.get(diff.cell(change, Document)).copied();
            let number = |column| diff.cell(change, column).parse::<usize>().unwrap_or_default();
            (document, number(Line), number(Start), *came)
        });
        diff.changes = found.into_iter().map(|(_, change)| change).collect();
        diff
    }
}

/// Rows with when they came.
type Rows = Vec<(usize, Cells)>;

/// Puts rows together that have the same cells at `key`, the first with the first; the rest is left.
fn paired(old: Rows, new: Rows, key: &[usize]) -> (Vec<(usize, Change)>, (Rows, Rows)) {
    let told = |cells: &Cells| key.iter().map(|at| cells.at(*at).to_owned()).collect::<Vec<_>>();
    let mut known: HashMap<Vec<String>, VecDeque<usize>> = HashMap::new();
    for (at, (_, cells)) in old.iter().enumerate() {
        known.entry(told(cells)).or_default().push_back(at);
    }
    let mut old: Vec<Option<(usize, Cells)>> = old.into_iter().map(Some).collect();
    let (mut pairs, mut left) = (vec![], vec![]);
    for (came, cells) in new {
        let partner = known.get_mut(&told(&cells)).and_then(VecDeque::pop_front);
        match partner.and_then(|at| old[at].take()) {
            Some((_, before)) => pairs.push((came, Change::Changed(before, cells))),
            None => left.push((came, cells)),
        }
    }
    (pairs, (old.into_iter().flatten().collect(), left))
}

/// The columns that both tables have, in the order of the row.
pub fn shared(old: &[Column], new: &[Column]) -> Vec<Column> {
    <Column as Field>::ALL.iter().copied().filter(|it| old.contains(it) && new.contains(it)).collect()
}

/// A cell in a message.
pub fn quoted(cell: &str) -> &str {
    if cell.is_empty() { "∅" } else { cell }
}
