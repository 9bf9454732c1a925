//! The rule file as its author writes it: TOML tables with the place of every value, so that an error can point.

use std::{borrow::Cow, collections::BTreeMap, ops::Range, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Error as _};

use super::{held::Held, placed::Placed, text::FileText};
use crate::{
    recognise::lexicon::{GuardEntry, HedgeEntry, UnitEntry},
    row::{Kind, Status},
};

/// One rule file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Ids of entries of earlier files that are switched off; words as `words.verb.完成`.
    #[serde(default)]
    pub disable: Vec<Placed<String>>,
    /// The rules.
    #[serde(default)]
    pub rule: Vec<Placed<RuleEntry>>,
    /// Named fragments of patterns.
    #[serde(default)]
    pub define: BTreeMap<String, Placed<Held>>,
    /// Units of quantities.
    #[serde(default)]
    pub unit: Vec<Placed<UnitEntry>>,
    /// Numbers that are none.
    #[serde(default)]
    pub guard: Vec<Placed<GuardEntry>>,
    /// Words of approximation and bound.
    #[serde(default)]
    pub hedge: Vec<Placed<HedgeEntry>>,
    /// What is cut off the ends of a name.
    #[serde(default)]
    pub trim: TrimEntry,
    /// Words that unfolding and resolution know.
    #[serde(default)]
    pub words: WordsEntry,
    /// Further names of places.
    #[serde(default)]
    pub alias: Vec<Placed<AliasEntry>>,
}

impl RuleFile {
    /// The JSON Schema of rule files, as text.
    pub fn schema() -> String {
        let mut schema = schemars::schema_for!(Self);
        schema.insert("title".to_owned(), "kpi-extract rule file".into());
        format!("{:#}\n", schema.to_value())
    }
}

/// One `[[rule]]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// Kebab-case, unique, never reused.
    pub id: Placed<Held>,
    /// Field of work.
    #[serde(default)]
    pub category: Held,
    /// Fixed name, or text with `{capture}`, `{topic}`, `{object}`.
    pub indicator: Placed<Held>,
    /// The regex over a reading.
    pub pattern: Placed<Held>,
    /// Set instead of resolved.
    pub kind: Option<Kind>,
    /// Set instead of resolved.
    pub status: Option<Status>,
    /// Direction of a change, set instead of read from the words.
    pub sign: Option<Sign>,
    /// `named` before `open`.
    #[serde(default)]
    pub layer: Layer,
    /// Ids of rules that this one wins over.
    #[serde(default)]
    pub over: Vec<Placed<Held>>,
    /// Texts with the rows that this rule makes.
    #[serde(default)]
    pub examples: Vec<Example>,
    /// Texts from which it makes none.
    #[serde(default)]
    pub refuses: Vec<Placed<String>>,
}

/// Which layer a rule belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// A fixed name for one thing in all reports.
    #[default]
    Named,
    /// A name built from the clause's own words.
    Open,
}

impl Layer {
    /// The name in the rule file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Open => "open",
        }
    }
}

/// The direction of a change: `+` or `-` in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Growth.
    Plus,
    /// Decline.
    Minus,
}

impl JsonSchema for Sign {
    fn schema_name() -> Cow<'static, str> {
        "Sign".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": ["+", "-"] })
    }
}

impl<'de> Deserialize<'de> for Sign {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "+" => Ok(Self::Plus),
            "-" => Ok(Self::Minus),
            other => Err(D::Error::custom(format!("`{other}` is no sign: write `+` or `-`"))),
        }
    }
}

/// A text with the rows that a rule makes of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The text, as a report has it.
    pub text: Placed<String>,
    /// The rows of this rule, in the order of the text; columns that are not given are not checked.
    pub rows: Vec<ExpectedRow>,
}

/// What proves a rule, and how it is written.
#[derive(Clone, Debug)]
pub struct Proof {
    /// Texts with the rows that it makes.
    pub examples: Vec<Example>,
    /// Texts from which it makes none.
    pub refuses: Vec<Placed<String>>,
    /// Its TOML, as written in its file.
    pub toml: String,
    /// The whole text of its file.
    pub source: Arc<FileText>,
    /// Bytes of the file with its id.
    pub id: Range<usize>,
    /// Bytes of the file with its pattern.
    pub pattern: Range<usize>,
}

/// The columns of a row that an example gives.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRow {
    /// What is measured.
    pub indicator: Option<String>,
    /// The figure.
    pub value: Option<String>,
    /// The other end of a range.
    pub high: Option<String>,
    /// Canonical unit.
    pub unit: Option<String>,
    /// State, change, completion or rank.
    pub kind: Option<Kind>,
    /// Come about or planned.
    pub status: Option<Status>,
    /// What time it is for.
    pub period: Option<String>,
    /// How exact.
    pub qualifier: Option<String>,
    /// The quantity as the text has it.
    pub raw: Option<String>,
    /// The place.
    pub district: Option<String>,
}

/// `[trim]`: what does not belong to a name.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrimEntry {
    /// Words cut off the beginning.
    #[serde(default)]
    pub head: Vec<String>,
    /// Words cut off the end.
    #[serde(default)]
    pub tail: Vec<String>,
    /// What a report calls itself: cut off the beginning where something is left.
    #[serde(default)]
    pub subject: Vec<String>,
    /// Words that end a subject where a verb follows.
    #[serde(default)]
    pub adverb: Vec<String>,
    /// Patterns of times and subjects, cut off both ends.
    #[serde(default)]
    pub times: Vec<Placed<String>>,
    /// Words that no cut may split.
    #[serde(default)]
    pub keep: Vec<String>,
}

/// `[words]`: the vocabulary of unfolding and resolution.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WordsEntry {
    /// Verbs at the head of a statement.
    #[serde(default)]
    pub verb: Vec<String>,
    /// What a list of nouns may share.
    #[serde(default)]
    pub predicate: Vec<String>,
    /// Endings that an enumeration of names shares: `增加值`, `普及率`.
    #[serde(default)]
    pub attribute: Vec<String>,
    /// Beginnings of a member that is about the topic: change words, `达到`, `高于`, `占`.
    #[serde(default)]
    pub bare: Vec<String>,
    /// Words of decline: the change is negative.
    #[serde(default)]
    pub decline: Vec<String>,
    /// Words of a plan, a target or a forecast.
    #[serde(default)]
    pub plan: Vec<String>,
    /// Words that tell that something has come about.
    #[serde(default)]
    pub actual: Vec<String>,
    /// Words that look like a plan and are none.
    #[serde(default)]
    pub done: Vec<String>,
    /// What a heading of every report holds: it names no thing.
    #[serde(default)]
    pub generic: Vec<String>,
    /// What a heading of a section on the future holds.
    #[serde(default)]
    pub outlook: Vec<String>,
    /// What a line begins with after which the report is over.
    #[serde(default)]
    pub furniture: Vec<String>,
    /// Verbs that are never nouns.
    #[serde(default)]
    pub act: Vec<String>,
    /// Words that end what acts: what ends so before an `act` is a subject.
    #[serde(default)]
    pub body: Vec<String>,
    /// What a line before the body holds that tells who published it when.
    #[serde(default)]
    pub byline: Vec<String>,
    /// Endings of a name that needs no other.
    #[serde(default)]
    pub complete: Vec<String>,
    /// Attributes that name nothing by themselves.
    #[serde(default)]
    pub dependent: Vec<String>,
    /// Marks of a distributed statement.
    #[serde(default)]
    pub distributor: Vec<String>,
    /// What a figure after it is only meant to be, where `intended` or a verb follows.
    #[serde(default)]
    pub intent: Vec<String>,
    /// What follows an intent.
    #[serde(default)]
    pub intended: Vec<String>,
    /// Words that join two members where they touch a quantity.
    #[serde(default)]
    pub joiner: Vec<String>,
    /// Words that hide two names or more.
    #[serde(default)]
    pub pair: BTreeMap<String, Vec<String>>,
    /// Words that end where something is: 沿线, 周边.
    #[serde(default)]
    pub place: Vec<String>,
    /// What between two quantities shows that they are not members of one list.
    #[serde(default)]
    pub relator: Vec<String>,
    /// Names of a table's columns of units.
    #[serde(default)]
    pub unit_column: Vec<String>,
    /// What the name of a column of growth holds.
    #[serde(default)]
    pub change_column: Vec<String>,
    /// What the name of a column of shares ends with.
    #[serde(default)]
    pub rate_column: Vec<String>,
    /// What the name of a column holds that says nothing of what is counted.
    #[serde(default)]
    pub plain_column: Vec<String>,
    /// What the name of a column of targets ends with.
    #[serde(default)]
    pub target_column: Vec<String>,
    /// What the name of a column of progress against a target ends with.
    #[serde(default)]
    pub completion_column: Vec<String>,
    /// What the name of a column of ranks ends with.
    #[serde(default)]
    pub rank_column: Vec<String>,
    /// What the name of a column holds whose numbers are no figures.
    #[serde(default)]
    pub skipped_column: Vec<String>,
    /// Words for the names that were told before.
    #[serde(default)]
    pub together: Vec<String>,
}

/// A further name of a place.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AliasEntry {
    /// The name as reports have it.
    pub name: String,
    /// Code of the division.
    pub code: String,
}
