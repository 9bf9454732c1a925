//! Snapshots: the rows of each document as a table of its own, and what a change of the rules did to them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::{
    emit::{Column, Format, Layout},
    row::Row,
};

/// The columns of a snapshot: what a rule can change, and where it stands.
pub const COLUMNS: [Column; 13] = [
    Column::Line,
    Column::Raw,
    Column::Indicator,
    Column::Value,
    Column::High,
    Column::Unit,
    Column::Kind,
    Column::Status,
    Column::Period,
    Column::District,
    Column::Qualifier,
    Column::Damaged,
    Column::Rule,
];

/// Rows as the text of a snapshot.
pub fn table(rows: &[Row]) -> String {
    let mut bytes = Vec::new();
    let layout = Layout { columns: COLUMNS.to_vec(), ..Layout::new(Format::Csv) };
    let written = layout.writer(&mut bytes).and_then(|mut writer| {
        rows.iter().try_for_each(|row| writer.row(row))?;
        writer.finish()
    });
    // Writing to memory does not fail.
    debug_assert!(written.is_ok());
    String::from_utf8(bytes).unwrap_or_default()
}

/// What changed from one table to another, a line a row: `+` added, `-` removed, `~` changed with its cells. Rows are
/// the same where line and figure are. Empty where nothing changed.
pub fn diff(old: &str, new: &str) -> String {
    let (old, new) = (read(old), read(new));
    let mut keys: BTreeSet<&Key> = old.keys().collect();
    keys.extend(new.keys());
    let mut shown = String::new();
    for key in keys {
        let name = format!("line {} {}", key.0, key.1);
        match (old.get(key), new.get(key)) {
            (None, Some(row)) => {
                let _ = writeln!(shown, "+ {name}: {}", row.join(","));
            }
            (Some(row), None) => {
                let _ = writeln!(shown, "- {name}: {}", row.join(","));
            }
            (Some(a), Some(b)) if a != b => {
                let changed = COLUMNS.iter().skip(2).zip(a.iter().zip(b)).filter(|(_, (a, b))| a != b);
                let cells: Vec<String> = changed
                    .map(|(column, (a, b))| format!("{} {} → {}", column.name(), quoted(a), quoted(b)))
                    .collect();
                let _ = writeln!(shown, "~ {name}: {}", cells.join(", "));
            }
            _ => {}
        }
    }
    shown
}

/// Line, figure, and which of several alike.
type Key = (usize, String, usize);

fn read(table: &str) -> BTreeMap<Key, Vec<String>> {
    let mut rows = BTreeMap::new();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(table.as_bytes());
    for record in reader.records().flatten() {
        let line = record.get(0).and_then(|line| line.parse().ok()).unwrap_or_default();
        let raw = record.get(1).unwrap_or_default().to_owned();
        let mut key = (line, raw, 0);
        while rows.contains_key(&key) {
            key.2 += 1;
        }
        rows.insert(key, record.iter().skip(2).map(str::to_owned).collect());
    }
    rows
}

fn quoted(cell: &str) -> &str {
    if cell.is_empty() { "∅" } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_shows_rows_and_cells() {
        let head = "line,raw,indicator,value,high,unit,kind,status,period,district,qualifier,damaged,rule\n";
        let old = format!(
            "{head}1,3处,新建公园,3,,处,level,actual,2023,,exact,,a\n2,5件,办结,5,,件,level,actual,,,exact,,b\n"
        );
        let new = format!(
            "{head}1,3处,公园,3,,处,level,planned,,,exact,,a\n2,7件,办结,7,,件,level,actual,,,exact,,b\n"
        );
        assert_eq!(diff(&old, &old), "");
        assert_eq!(
            diff(&old, &new),
            "~ line 1 3处: indicator 新建公园 → 公园, status actual → planned, period 2023 → ∅\n\
             - line 2 5件: 办结,5,,件,level,actual,,,exact,,b\n\
             + line 2 7件: 办结,7,,件,level,actual,,,exact,,b\n"
        );
    }
}
