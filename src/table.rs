//! Tables in text: lines of cells under a header, with units above them, so that their bare numbers are figures, too.

use rust_decimal::Decimal;

use crate::{
    quantity::{Dimension, Quantity},
    reading::{Reading, Token},
    recognise::{
        lexicon::{Lexicon, UnitId},
        recognise, time,
    },
    rules::words::Words,
    span::Span,
};

/// How long a line that gives the unit of what follows may be, in bytes.
const UNIT_LINE: usize = 90;
/// How long a line, a cell with words, and how wide a table may be: more is no table that a report holds in its text.
const LINE: usize = 3000;
const LABEL: usize = 120;
const WIDTH: usize = 40;

/// What a measure written without a number says: 亿元 is a hundred million 元.
#[derive(Clone, Copy, Debug)]
struct Measure {
    factor: Decimal,
    unit: UnitId,
    per: Option<UnitId>,
    dimension: Dimension,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Content {
    /// Labels or amounts.
    #[default]
    Any,
    /// Growth, in per cent where nothing else is said.
    Change,
    /// What is aimed at.
    Target,
    /// Progress against a target, in per cent where nothing else is said.
    Completion,
    /// Places in an order.
    Rank,
    /// Units of the rows.
    Units,
    /// Numbers that are no figures: 序号.
    Skipped,
}

/// What a column holds.
#[derive(Clone, Debug, Default)]
struct Column {
    /// Its name, without unit and marks.
    name: Span,
    measure: Option<Measure>,
    content: Content,
    /// Shares, in per cent where nothing else is said.
    rate: bool,
    /// The name says nothing of what is counted: 数值, 本年累计, a time.
    plain: bool,
    /// The time that it is for.
    time: Option<Span>,
}

/// A row of a table: its quantities, and a reading for each that is told whole.
#[derive(Debug, Default)]
pub struct Cells {
    /// The quantities, sorted.
    pub quantities: Vec<Quantity>,
    /// What is said of them.
    pub readings: Vec<Reading>,
}

/// Follows the lines of a document and knows the header and the units in force.
#[derive(Clone, Debug)]
pub struct TableReader<'t> {
    text: &'t str,
    lexicon: &'t Lexicon,
    words: &'t Words,
    header: Vec<Column>,
    /// Units of a line above: of amounts, and of rates.
    amount: Option<Measure>,
}

impl<'t> TableReader<'t> {
    /// A reader at the beginning of `text`.
    pub fn new(text: &'t str, lexicon: &'t Lexicon, words: &'t Words) -> Self {
        Self { text, lexicon, words, header: Vec::new(), amount: None }
    }

    /// Reads a line: `None` if it is no part of a table.
    pub fn line(&mut self, line: Span) -> Option<Cells> {
        let text = line.of(self.text);
        if text.is_empty() {
            return None;
        }
        if let Some(measure) = self.unit_line(text) {
            self.amount = Some(measure);
            self.header.clear();
            return Some(Cells::default());
        }
        let gaps = text.len() <= LINE && text.contains(['\t', '|']) && !text.contains('。');
        let cells = if gaps { self.cells(line) } else { Vec::new() };
        if !(2..=WIDTH).contains(&cells.len()) || cells.iter().any(|cell| cell.len() > LABEL) {
            self.header.clear();
            self.amount = None;
            return None;
        }
        if cells.iter().all(|cell| cell.of(self.text).trim_matches(['-', ':']).is_empty()) {
            return Some(Cells::default());
        }
        let numbers = cells.iter().filter(|cell| decimal(cell.of(self.text)).is_some()).count();
        if numbers == 0 && cells.iter().all(|cell| !self.has_quantity(*cell)) {
            self.header = cells.iter().map(|cell| self.column(*cell)).collect();
            return Some(Cells::default());
        }
        if self.header.is_empty() && self.amount.is_none() && numbers > 0 {
            return None;
        }
        Some(if numbers > 0 { self.row(line, &cells) } else { Cells::default() })
            .filter(|row| !row.readings.is_empty())
    }

    /// `单位：亿元`, perhaps in brackets: the measure of the numbers below.
    fn unit_line(&self, text: &str) -> Option<Measure> {
        let at =
            text.find("单位").filter(|_| text.len() <= UNIT_LINE && !text.contains(['\t', '|', '。']))?;
        let rest = text[at + "单位".len()..].trim_start().strip_prefix(['：', ':'])?;
        let unit = rest.trim_end_matches(['）', ')', '】', ' ']).split(['、', '，', ',', ' ']).next()?;
        self.measure(unit)
    }

    /// The measure that a word names.
    fn measure(&self, unit: &str) -> Option<Measure> {
        let unit = unit.trim();
        if unit.is_empty() || unit.len() > 24 {
            return None;
        }
        let one = format!("1{unit}");
        match recognise(&one, self.lexicon).quantities.as_slice() {
            [whole] if whole.span.len() == one.len() => Some(Measure {
                factor: whole.value,
                unit: whole.unit,
                per: whole.per,
                dimension: whole.dimension,
            }),
            _ => None,
        }
    }

    fn cells(&self, line: Span) -> Vec<Span> {
        let mut cells = Vec::new();
        let mut start = line.start;
        for (at, mark) in
            line.of(self.text).match_indices(['\t', '|']).map(|(at, mark)| (line.start + at, mark))
        {
            cells.push(trimmed(self.text, Span::new(start, at)));
            start = at + mark.len();
        }
        cells.push(trimmed(self.text, Span::new(start, line.end)));
        // A frame of strokes has nothing before its first and after its last one.
        if self.text[line.start..].starts_with('|') {
            cells.remove(0);
            if line.of(self.text).ends_with('|') {
                cells.pop();
            }
        }
        cells
    }

    fn has_quantity(&self, cell: Span) -> bool {
        !recognise(cell.of(self.text), self.lexicon).quantities.is_empty()
    }

    fn column(&self, cell: Span) -> Column {
        let text = cell.of(self.text);
        let (name, unit) = match text.find(['（', '(']) {
            Some(at) => (&text[..at], text[at..].trim_matches(BRACKETS)),
            None => (text.trim_end_matches('%'), if text.ends_with('%') { "%" } else { "" }),
        };
        let name = trimmed(self.text, Span::new(cell.start, cell.start + name.len()));
        let said = name.of(self.text);
        let found = time::scan(said);
        let timed =
            found.first().map(|expr| Span::new(name.start + expr.span.start, name.start + expr.span.end));
        let content = if self.words.unit_column.contains(said) {
            Content::Units
        } else if self.words.skipped_column.find(text).is_some() {
            Content::Skipped
        } else if self.words.rank_column.suffix(said).is_some() {
            Content::Rank
        } else if self.words.completion_column.suffix(said).is_some() {
            Content::Completion
        } else if self.words.target_column.suffix(said).is_some() {
            Content::Target
        } else if self.words.change_column.find(text).is_some() {
            Content::Change
        } else {
            Content::Any
        };
        Column {
            name,
            measure: self.measure(unit),
            content,
            plain: timed.is_some_and(|time| time == name) || self.words.plain_column.find(said).is_some(),
            rate: self.words.rate_column.suffix(said).is_some(),
            time: timed,
        }
    }

    fn row(&self, line: Span, cells: &[Span]) -> Cells {
        let mut row = Cells::default();
        let header = if self.header.len() == cells.len() { &self.header[..] } else { &[] };
        let column = |i: usize| header.get(i).cloned().unwrap_or_default();
        let label = (0..cells.len()).find(|&i| {
            let column = column(i);
            !matches!(column.content, Content::Units | Content::Skipped)
                && !cells[i].is_empty()
                && decimal(cells[i].of(self.text)).is_none()
        });
        let Some(label) = label else { return row };
        let named = without_bracket(self.text, cells[label]);
        // 税收收入（万元）
        let own =
            self.measure(cells[label].of(self.text)[named.end - cells[label].start..].trim_matches(BRACKETS));
        let time = time::scan(named.of(self.text))
            .first()
            .filter(|expr| expr.span.len() == named.len())
            .map(|_| named);
        let unit = (0..cells.len())
            .find(|&i| column(i).content == Content::Units)
            .and_then(|i| self.measure(cells[i].of(self.text)));
        let mut told = Vec::new();
        let mut spoken = None;
        for (i, &cell) in cells.iter().enumerate() {
            let mut column = column(i);
            let Some(value) = decimal(cell.of(self.text))
                .filter(|_| i != label && !matches!(column.content, Content::Units | Content::Skipped))
            else {
                continue;
            };
            // 比上年增长 is of the time that the amounts before it are of.
            match column.content {
                Content::Any => spoken = column.time,
                Content::Target => {}
                _ => column.time = spoken,
            }
            let rate = matches!(column.content, Content::Change | Content::Completion)
                || column.rate
                || cell.of(self.text).ends_with('%');
            let percent = || self.measure("%").filter(|_| rate);
            let own = own.filter(|_| column.content == Content::Any);
            let measure = own.or(column.measure).or_else(percent).or(unit).or(self.amount);
            let place = column.content == Content::Rank;
            if place && (value.scale() > 0 || value < Decimal::ONE) {
                continue;
            }
            let Some(quantity) = (if place { rank(cell, value) } else { quantity(cell, value, measure) })
            else {
                continue;
            };
            told.push((row.quantities.len(), column));
            row.quantities.push(quantity);
        }
        for (index, column) in told {
            let mut tokens = Vec::new();
            if time.is_none() {
                tokens.push(Token::Words(named));
            }
            match column.content {
                Content::Change => tokens.push(Token::Said(column.name, GROWTH)),
                Content::Target => tokens.push(Token::Said(column.name, TARGET)),
                Content::Completion => tokens.push(Token::Said(column.name, COMPLETION)),
                Content::Rank => tokens.push(Token::Said(column.name, RANK)),
                _ if column.plain || column.name.is_empty() => {}
                _ => tokens.push(Token::Words(column.name)),
            }
            tokens.push(Token::Figure(index));
            let mut reading = Reading::new(self.text, line, index, &tokens, &row.quantities);
            reading.time = column.time.or(time);
            row.readings.push(reading);
        }
        row
    }
}

/// What stands in an empty cell, so that those after it stay in their columns.
pub(crate) const EMPTY: &str = "/";

/// What columns of growth, targets, progress and ranks say of their figures.
const GROWTH: &str = "增长";
const TARGET: &str = "力争";
const COMPLETION: &str = "完成任务的";
const RANK: &str = "排名";

/// A place in an order.
fn rank(cell: Span, value: Decimal) -> Option<Quantity> {
    Some(Quantity {
        dimension: Dimension::Ordinal,
        unit: UnitId::NONE,
        per: None,
        ..quantity(cell, value, None)?
    })
}

fn quantity(cell: Span, value: Decimal, measure: Option<Measure>) -> Option<Quantity> {
    let plain = Measure { factor: Decimal::ONE, unit: UnitId::NONE, per: None, dimension: Dimension::Number };
    let measure = measure.unwrap_or(plain);
    Some(Quantity {
        span: cell,
        number: cell,
        value: value.checked_mul(measure.factor)?,
        high: None,
        fraction: None,
        vague: false,
        unit: measure.unit,
        per: measure.per,
        dimension: measure.dimension,
        qualifier: crate::quantity::Qualifier::Exact,
    })
}

/// The number that a cell is, if it is nothing else: `312.6`, `-2.6`, `18,642`, `5.2%`.
fn decimal(cell: &str) -> Option<Decimal> {
    let text = cell.strip_suffix('%').unwrap_or(cell);
    let (sign, digits) = match text.strip_prefix(['-', '－', '—', '−']) {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || digits.len() > 24 {
        return None;
    }
    format!("{sign}{}", digits.replace(',', "")).parse().ok()
}

/// What a unit stands in behind a name.
const BRACKETS: &[char] = &['（', '）', '(', ')'];

/// A label without what it adds in brackets, unless that is all of it.
fn without_bracket(text: &str, cell: Span) -> Span {
    let end = cell.of(text).find(['（', '(']).filter(|&at| at > 0).unwrap_or(cell.len());
    trimmed(text, Span::new(cell.start, cell.start + end))
}

/// A cell without the spaces around it; nothing of one that says that it is empty.
fn trimmed(text: &str, span: Span) -> Span {
    let inside = span.of(text);
    if inside.trim() == EMPTY {
        return Span::new(span.start, span.start);
    }
    let start = span.start + inside.len() - inside.trim_start().len();
    Span::new(start, start + inside.trim().len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    fn told(text: &str) -> Vec<String> {
        let rules = RuleSet::builtin();
        let mut table = TableReader::new(text, rules.lexicon(), rules.words());
        let mut told = Vec::new();
        let mut at = 0;
        for line in text.split('\n') {
            if let Some(cells) = table.line(Span::new(at, at + line.len())) {
                told.extend(cells.readings.iter().map(|reading| {
                    let quantity = &cells.quantities[reading.figure];
                    let time = reading.time.map_or("", |time| time.of(text));
                    let unit = rules.lexicon().label(quantity);
                    let words: String =
                        reading.text.chars().filter(|&c| !crate::rules::code::is_reserved(c)).collect();
                    format!("{words}={}{unit} {time}", quantity.value.normalize()).trim_end().to_owned()
                }));
            }
            at += line.len() + 1;
        }
        told
    }

    #[test]
    fn a_label_has_its_own_unit_and_an_empty_cell_keeps_its_column() {
        assert_eq!(
            told(
                "单位：亿元\n指标\t2022年\t2023年\n财政收入\t/\t12.5\n税收收入（万元）\t5600\t/\n接收工单（件）\t/\t131"
            ),
            ["财政收入=1250000000元 2023年", "税收收入=56000000元 2022年", "接收工单=131件 2023年"]
        );
    }

    #[test]
    fn a_column_of_units_and_one_of_growth() {
        assert_eq!(
            told("指标\t单位\t1—9月\t同比±%\n工业投资\t亿元\t31.5\t-2.6\n客运量\t万人次\t1,204\t8"),
            [
                "工业投资=3150000000元 1—9月",
                "工业投资增长=-2.6% 1—9月",
                "客运量=12040000人次 1—9月",
                "客运量增长=8% 1—9月"
            ]
        );
    }

    #[test]
    fn a_unit_above_the_table_holds_for_its_amounts() {
        assert_eq!(
            told(
                "（单位：万元）\n项目 | 2023年 | 增速（%）\n| 税收 | 1200 | 3.5 |\n\n以上为快报数。\n其他\t8"
            ),
            ["税收=12000000元 2023年", "税收增长=3.5% 2023年"]
        );
    }

    #[test]
    fn growth_is_of_the_time_of_the_amounts_before_it() {
        assert_eq!(
            told(
                "（单位：亿元、%）\n指标|2023年|比上年增长|2022年|增速|占全市比重|位次\n|---|---|---|---|---|---|---|\n服务业增加值（现价）|12|3|11|4|5|9"
            ),
            [
                "服务业增加值=1200000000元 2023年",
                "服务业增加值增长=3% 2023年",
                "服务业增加值=1100000000元 2022年",
                "服务业增加值增长=4% 2022年",
                "服务业增加值占全市比重=5%",
                "服务业增加值排名=9"
            ]
        );
    }

    #[test]
    fn targets_progress_and_ranks_are_told_of_the_label() {
        assert_eq!(
            told(
                "指标|单位|年度目标|实际完成|完成率（%）|全市位次\n新增就业|人|2800|3126|111.7|2\n创业培训|人|90|84|93.3|"
            ),
            [
                "新增就业力争=2800人",
                "新增就业=3126人",
                "新增就业完成任务的=111.7%",
                "新增就业排名=2",
                "创业培训力争=90人",
                "创业培训=84人",
                "创业培训完成任务的=93.3%"
            ]
        );
    }

    #[test]
    fn columns_may_be_what_is_counted_and_rows_the_times() {
        assert_eq!(
            told("年份\t户数（户）\t资金（万元）\n2022年\t35\t12.5"),
            ["户数=35户 2022年", "资金=125000元 2022年"]
        );
    }

    #[test]
    fn prose_and_lines_without_header_or_unit_are_no_table() {
        assert!(told("浏览次数\t35\n全年接收工单35件。\n").is_empty());
    }
}
