//! Snapshots: the rows of each document as a table of its own, and what a change of the rules did to them.

use std::fmt::Write as _;

use crate::{
    diff::{Change, Differ, quoted},
    earlier,
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

/// What changed from one table to another, a line a row: `+` added, `-` removed, `~` changed with its cells. Empty where
/// nothing changed. Of a table that someone has broken, what stands before the damage is compared.
pub fn diff(old: &str, new: &str) -> String {
    let mut differ = Differ::new(&COLUMNS);
    let _ = earlier::read(old.as_bytes(), &mut |row| differ.before(&row));
    let _ = earlier::read(new.as_bytes(), &mut |row| differ.after(&row));
    let diff = differ.finish();
    let mut shown = String::new();
    for change in &diff.changes {
        let row =
            || COLUMNS[2..].iter().map(|column| diff.cell(change, *column)).collect::<Vec<_>>().join(",");
        let (mark, told) = match change {
            Change::Added(_) => ('+', row()),
            Change::Removed(_) => ('-', row()),
            Change::Changed(..) => {
                ('~', diff.cells(change).iter().map(changed).collect::<Vec<_>>().join(", "))
            }
        };
        let [line, raw] = [Column::Line, Column::Raw].map(|column| diff.cell(change, column));
        let _ = writeln!(shown, "{mark} line {line} {raw}: {told}");
    }
    shown
}

/// A cell that changed, in a message.
fn changed((column, old, new): &(Column, &str, &str)) -> String {
    format!("{} {} → {}", column.name(), quoted(old), quoted(new))
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
             ~ line 2 7件: raw 5件 → 7件, value 5 → 7\n"
        );
    }
}
