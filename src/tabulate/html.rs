//! HTML: a table as one page that needs nothing from elsewhere and in which no text becomes markup.

use super::{Figures, Grid};
use crate::wording::one_line;

const HEAD: &str = r#"<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>kpi-extract table</title>
<style>
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif }
body { margin: 1rem }
table { border-collapse: collapse }
th, td { border: 1px solid #8884; padding: .25rem .5rem; text-align: left; vertical-align: top }
thead th { position: sticky; top: 0; background: Canvas }
td { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
tbody tr:hover { background: #8881 }
.planned { font-style: italic }
.conflict { color: #c22; font-weight: bold }
@media (prefers-color-scheme: dark) { .conflict { color: #f77 } }
</style>
"#;

/// A wide table as a page.
pub fn html(grid: &Grid<'_>) -> String {
    let lines = grid.lines.iter().map(|line| {
        let stubs = line.stub.iter().map(|stub| format!("<th scope=\"row\">{}</th>", escaped(stub)));
        stubs.chain(line.cells.iter().map(figures)).collect()
    });
    page(grid.header(), lines)
}

/// A table of text as a page.
pub fn html_of_text(header: &[&str], lines: &[Vec<String>]) -> String {
    let line = |line: &Vec<String>| line.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
    page(header.iter().copied(), lines.iter().map(line))
}

fn page<'h>(header: impl Iterator<Item = &'h str>, lines: impl Iterator<Item = String>) -> String {
    let mut page = HEAD.to_owned();
    page += "<table>\n<thead><tr>";
    header.for_each(|head| page += &format!("<th scope=\"col\">{}</th>", escaped(head)));
    page += "</tr></thead>\n<tbody>\n";
    lines.for_each(|line| page += &format!("<tr>{line}</tr>\n"));
    page + "</tbody>\n</table>\n</html>\n"
}

fn figures(cell: &Figures<'_>) -> String {
    if cell.0.is_empty() {
        return "<td></td>".to_owned();
    }
    let planned = cell.0.iter().all(|fact| fact.status == crate::row::Status::Planned);
    let class = match (cell.conflict(), planned) {
        (true, _) => " class=\"conflict\"",
        (_, true) => " class=\"planned\"",
        _ => "",
    };
    let told = cell.0.iter().map(|fact| format!("{}: {}", fact.documents.join("; "), fact.raw));
    let title = escaped(&told.collect::<Vec<_>>().join(" | "));
    format!("<td{class} title=\"{title}\">{}</td>", escaped(&cell.to_string()))
}

/// `text` as a page shows it.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        row::Row,
        tabulate::{Axis, Facts},
    };

    #[test]
    fn hostile_text_stays_text() {
        let mut facts = Facts::default();
        let hostile = "<script>alert(1)</script>\"><img onerror='x'>&";
        facts.add(Row {
            indicator: hostile.into(),
            document: hostile.into(),
            raw: hostile.into(),
            ..Row::default()
        });
        let page = html(&Grid::new(&facts.merged(), Axis::Period));
        assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
        assert_eq!(
            page.matches(
                "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img onerror=&#39;x&#39;&gt;&amp;"
            )
            .count(),
            3
        );
    }
}
