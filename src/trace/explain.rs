//! `Explanation`: a trace told in words, as `why` prints it.

use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{
    Fate, Figure, Trace,
    near::{Finder, NearMiss},
};
use crate::{
    matching::{Contender, Lost},
    quantity::Dimension,
    resolve::{district::Weighed, evidence::Said},
    row::Row,
    rules::{Rule, RuleSet},
};

/// What became of one number, in words.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Explanation {
    /// The line that it begins on, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The number as the document has it.
    pub raw: String,
    /// `row`, `unclaimed`, `guarded`, `time` or `furniture`.
    pub fate: &'static str,
    /// Why there is no row; empty where there is one.
    pub reason: String,
    /// The guard that refused it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub guard: String,
    /// What was recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Measured>,
    /// Nearest heading.
    #[serde(skip_serializing_if = "str::is_empty", serialize_with = "text")]
    pub section: Arc<str>,
    /// The repaired sentence, which its numbers share.
    #[serde(skip_serializing_if = "str::is_empty", serialize_with = "text")]
    pub sentence: Arc<str>,
    /// What rules searched: the figure in `⟦…⟧`, other quantities in `⟨…⟩`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reading: String,
    /// The rule that won.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Matched>,
    /// The columns of the row, each with what told it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Told>,
    /// The rules that matched, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub over: Vec<Matched>,
    /// The rules that came near.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub near: Vec<Missed>,
}

fn text<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(text)
}

/// What was recognised.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measured {
    /// The value, multiplied out.
    pub value: String,
    /// The other end of a range.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub high: String,
    /// Canonical unit.
    pub unit: String,
    /// What it measures.
    pub dimension: &'static str,
    /// How exact it is.
    pub qualifier: &'static str,
}

/// A rule that matched.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Matched {
    /// Its id.
    pub id: String,
    /// The file that it stands in.
    pub file: String,
    /// Its pattern.
    pub pattern: String,
    /// What of the reading it matched.
    pub matched: String,
    /// The indicator that it gives; empty if its name comes out empty.
    pub indicator: String,
    /// By what it lost; empty for the winner.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub lost: String,
}

/// A column of the row with what told it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Told {
    /// Its name.
    pub column: &'static str,
    /// What the row says.
    pub value: String,
    /// What told it; empty where nothing did.
    pub by: String,
    /// The words that said so.
    pub words: String,
}

/// A rule that came near.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Missed {
    /// Its id.
    pub id: String,
    /// The file that it stands in.
    pub file: String,
    /// Its pattern.
    pub pattern: String,
    /// What the elements before the one that failed matched.
    pub matched: String,
    /// The element that failed.
    pub element: String,
    /// What of it failed, where it is a fragment.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// What is wrong.
    pub problem: String,
    /// What would have satisfied it.
    pub remedy: String,
}

/// Tells traces.
#[derive(Debug)]
pub struct Explainer<'r> {
    rules: &'r RuleSet,
    finder: Finder<'r>,
    asked: Option<usize>,
    most: usize,
}

impl<'r> Explainer<'r> {
    /// Tells with at most `most` rules that came near; where `asked`, the index of a rule, is given, with that rule
    /// alone, whether it came near or not.
    pub const fn new(rules: &'r RuleSet, asked: Option<usize>, most: usize) -> Self {
        Self { rules, finder: Finder::new(rules), asked, most }
    }

    /// Tells one.
    pub fn explain(&mut self, trace: Trace) -> Explanation {
        let mut told =
            Explanation { line: trace.line, column: trace.column, raw: trace.raw, ..Explanation::default() };
        match trace.fate {
            Fate::Guarded { guard, reason } => {
                (told.fate, told.guard, told.reason) = ("guarded", guard, reason);
            }
            Fate::Time => (told.fate, told.reason) = ("time", "a date, a time of day or a period".into()),
            Fate::Furniture => {
                (told.fate, told.reason) = ("furniture", "the line is no part of the report".into());
            }
            Fate::Figure(figure) => {
                told.figure(self.rules, &figure);
                let misses = self.finder.misses(&figure, self.asked, self.most);
                told.near = misses.into_iter().map(|miss| missed(self.rules.rules(), miss)).collect();
            }
        }
        told
    }
}

impl Explanation {
    fn figure(&mut self, rules: &RuleSet, figure: &Figure) {
        let quantity = &figure.quantity;
        let number = |value: rust_decimal::Decimal| value.normalize().to_string();
        self.quantity = Some(Measured {
            value: number(quantity.value),
            high: quantity.high.map(number).unwrap_or_default(),
            unit: if quantity.dimension == Dimension::Ordinal { String::new() } else { figure.unit.clone() },
            dimension: quantity.dimension.name(),
            qualifier: quantity.qualifier.name(),
        });
        self.section.clone_from(&figure.surroundings.section);
        self.sentence.clone_from(&figure.surroundings.sentence);
        self.reading = figure.said.all();
        let all = rules.rules();
        self.fate = if figure.row.is_some() { "row" } else { "unclaimed" };
        self.reason = match (&figure.row, figure.contenders.is_empty()) {
            (Some(_), _) => String::new(),
            (None, true) => "no rule matched".into(),
            (None, false) => "of every rule that matched the name comes out empty".into(),
        };
        self.rule = figure.winner().map(|winner| matched(all, figure, winner, String::new()));
        if let (Some(row), Some(winner)) = (&figure.row, figure.winner()) {
            self.columns = columns(&all[winner.rule], row, figure, winner);
        }
        let lost = |(contender, lost)| {
            matched(all, figure, contender, reason(all, &all[contender.rule], contender, lost))
        };
        self.over = figure.losers().map(lost).collect();
    }
}

fn matched(rules: &[Rule], figure: &Figure, contender: &Contender, lost: String) -> Matched {
    let rule = &rules[contender.rule];
    Matched {
        id: rule.id.to_string(),
        file: rule.file.to_string(),
        pattern: rule.pattern.written.to_string(),
        matched: figure.said.show(contender.matched.0, contender.matched.1),
        indicator: contender.indicator.clone().unwrap_or_default(),
        lost,
    }
}

fn missed(rules: &[Rule], miss: NearMiss) -> Missed {
    let rule = &rules[miss.rule];
    Missed {
        id: rule.id.to_string(),
        file: rule.file.to_string(),
        pattern: miss.pattern,
        matched: miss.matched,
        element: miss.element,
        part: miss.part,
        problem: miss.problem,
        remedy: miss.remedy,
    }
}

/// By what a rule lost, in words.
fn reason(rules: &[Rule], rule: &Rule, contender: &Contender, lost: Lost) -> String {
    match lost {
        Lost::Unnamed if rule.template.needs_topic() && contender.topic.is_none() => {
            "nothing before it in the paragraph gives it a topic".into()
        }
        Lost::Unnamed => "its name comes out empty".into(),
        Lost::Over(other) => format!("`{}` is over it", rules[other].id),
        Lost::User => "a user's rule goes before a built-in one".into(),
        Lost::Layer => "named goes before open".into(),
        Lost::Fixed(own, best) => format!("it has fewer fixed characters: {own} against {best}"),
        Lost::Length(own, best) => format!("its match is shorter: {own} bytes against {best}"),
        Lost::Id => "everything else being equal, its id comes later".into(),
    }
}

/// The columns that did not stand in the quantity, each with what told it.
fn columns(rule: &Rule, row: &Row, figure: &Figure, winner: &Contender) -> Vec<Told> {
    let told = |column, value: &str, said: &Said| Told {
        column,
        value: value.to_owned(),
        by: said.by.clone(),
        words: said.words.clone(),
    };
    let evidence = figure.evidence.clone().unwrap_or_default();
    let mut columns = vec![
        name(rule, row, figure, winner),
        told("district", &row.district, &evidence.district),
        told("period", &row.period, &evidence.period),
        told("kind", row.kind.name(), &evidence.kind),
    ];
    if !evidence.sign.by.is_empty() {
        let sign = if row.value.is_sign_negative() { "decline" } else { "growth" };
        columns.push(told("sign", sign, &evidence.sign));
    }
    columns.push(told("status", row.status.name(), &evidence.status));
    let district = &mut columns[1].by;
    for told in weighed(&evidence.places, row.district_source) {
        *district = if district.is_empty() { told } else { format!("{district} ({told})") };
    }
    columns
}

/// Places of a list that are shown.
const SHOWN: usize = 4;

/// The places that were weighed for the document's, where that was a choice, and the names that nothing decides.
fn weighed(places: &Weighed, source: &str) -> Vec<String> {
    let mut told = vec![];
    if matches!(source, "" | "ambiguous" | "option")
        && let Some(open) = places.open.first()
    {
        let shown = open.districts.iter().take(SHOWN).map(|it| it.name.as_str());
        let more = if open.districts.len() > SHOWN { ", …" } else { "" };
        let may = shown.collect::<Vec<_>>().join(", ");
        told.push(format!("ambiguous: 「{}」 may be {may}{more}", open.words));
    }
    if places.candidates.len() > 1 {
        let shown = places.candidates.iter().take(SHOWN).map(|it| {
            let (name, weight, zone) = (&it.district.name, it.weight, it.district.source);
            let times = if it.times > 1 { format!(" ×{}", it.times) } else { String::new() };
            format!("{name} {weight} ({zone} 「{}」{times})", it.words)
        });
        told.push(format!("weighed: {}", shown.collect::<Vec<_>>().join(", ")));
    }
    told
}

/// How the indicator was made: the template, what it was filled with, and whether words were cut off.
fn name(rule: &Rule, row: &Row, figure: &Figure, winner: &Contender) -> Told {
    use crate::rules::template::Part;
    let mut filled = String::new();
    let mut words = Vec::new();
    let quoted = |(start, end): (usize, usize)| figure.said.show(start, end);
    for part in &rule.template.0 {
        match part {
            Part::Text(text) => filled += text,
            Part::Capture(capture) => {
                let found = winner.captures.iter().find(|(name, _)| name == capture);
                let text = found.map(|(_, span)| quoted(*span)).unwrap_or_default();
                if !text.is_empty() {
                    words.push(format!("{{{capture}}} = 「{text}」"));
                }
                filled += &text;
            }
            Part::Topic | Part::Object | Part::Same | Part::Stock | Part::Thing => {
                let topic = winner.topic.clone().unwrap_or_default();
                let slot = match part {
                    Part::Object => "{object}",
                    Part::Same => "{same}",
                    Part::Stock => "{stock}",
                    Part::Thing => "{thing}",
                    _ => "{topic}",
                };
                words.push(format!("{slot} of 「{topic}」"));
                filled += &topic;
            }
        }
    }
    if !words.is_empty() && filled != row.indicator {
        words.push("trimmed".into());
    }
    let by = if words.is_empty() { "the rule".to_owned() } else { format!("`{}`", rule.indicator) };
    Told { column: "indicator", value: row.indicator.clone(), by, words: words.join(", ") }
}
