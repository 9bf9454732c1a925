//! The entries of units, hedges and guards as rule files hold them.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    quantity::{Dimension, Qualifier},
    recognise::words::Edges,
    rules::held::{Held, List, Texts},
};

/// `[[unit]]` of a rule file: a unit, or another measure of one (`of`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "keys of a table")]
pub struct UnitEntry {
    /// The canonical unit, its key.
    pub name: Held,
    /// What it measures.
    pub dimension: Dimension,
    /// True synonyms; without `name` when that is never written.
    #[serde(default)]
    pub aliases: Texts,
    /// The unit that this one is given in, `factor` times.
    pub of: Option<Held>,
    /// How many of `of` one is, as decimal text.
    #[schemars(with = "Option<String>")]
    pub factor: Option<Decimal>,
    /// `n` of them are 2ⁿ−1 times `factor`: `翻两番` is 300 %.
    #[serde(default)]
    pub doubling: bool,
    /// Signs before the number that give this unit: `￥`.
    #[serde(default)]
    pub signs: Texts,
    /// Whether the word is a unit only beside one of `before` and `after`.
    #[serde(default)]
    pub ambiguous: bool,
    /// Words, one of which stands up to eight characters before the number of an ambiguous unit; `^`: the two stand
    /// alone.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub before: Edges,
    /// Words, one of which follows an ambiguous unit; `$` stands for a mark or the end.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub after: Edges,
    /// What makes another word of it when it follows: `庭` for `家`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub except: Edges,
    /// Whether a single Chinese digit before it makes a name: `三期`, `四级`.
    #[serde(default)]
    pub names: bool,
    /// Whether a multiplier that it begins with is part of a Chinese number before it: `三千米` is 3000 米.
    #[serde(default)]
    pub arabic: bool,
    /// Whether it stands only below a stroke: `件/万人`.
    #[serde(default)]
    pub below: bool,
    /// Nouns that count this unit after a bare number: `6.1万常住人口`.
    #[serde(default)]
    pub nouns: Texts,
    /// Smaller units that may follow it with a number of their own: `1小时30分钟`.
    #[serde(default)]
    pub parts: List<PartEntry>,
    /// Whether digits alone may follow it as decimals: `2米5`.
    #[serde(default)]
    pub ellipsis: bool,
    /// Longer nouns that begin like one of `nouns` and count something else: `居民楼`.
    #[serde(default)]
    pub other_nouns: Texts,
}

impl UnitEntry {
    /// Whether it measures rather than counts.
    pub(super) fn is_measure(&self) -> bool {
        use Dimension::{Area, Length, Mass, Volume};
        matches!(self.dimension, Area | Length | Mass | Volume)
    }

    /// Whether the number before it, times `factor`, is the value, whatever it is and whatever follows.
    pub(in crate::recognise) fn is_plain(&self) -> bool {
        !self.doubling
            && self.dimension != Dimension::Discount
            && (self.factor.is_none() || self.name != "成")
    }
}

/// A smaller unit in a compound measure.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartEntry {
    /// Its canonical name, in which the sum is given unless `each` is ten, a hundred or a thousand.
    pub unit: Held,
    /// How many of it make one of the larger unit.
    pub each: u32,
    /// How it is written in a compound: `分` for `分钟`.
    pub words: Texts,
}

/// `[[hedge]]` of a rule file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "keys of a table")]
pub struct HedgeEntry {
    /// The word, its key.
    pub word: Held,
    /// What it says of the number; without it the number is vague, `十几`.
    pub qualifier: Option<Qualifier>,
    /// Whether it may stand before the number.
    #[serde(default)]
    pub before: bool,
    /// Whether it may stand between number and magnitude or unit.
    #[serde(default)]
    pub inside: bool,
    /// Whether it may stand after the unit.
    #[serde(default)]
    pub after: bool,
    /// Whether it goes only with a multiplier alone, `上百`, and with `dimensions` where there are any.
    #[serde(default)]
    pub lone: bool,
    /// Whether the number must have a unit: `三十来个`.
    #[serde(default)]
    pub with_unit: bool,
    /// Whether the number must end in a zero or a multiplier: `100多`.
    #[serde(default)]
    pub round: bool,
    /// Whether it must end its phrase where it stands after the unit: `5块多`.
    #[serde(default)]
    pub closed: bool,
    /// The dimensions that it goes with, between number and unit aside; all when empty.
    #[serde(default)]
    pub dimensions: List<Dimension>,
    /// What makes another word of it when it stands on its outer side: `最` before `近`.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub except: Edges,
}

/// `[[guard]]` of a rule file: numbers that measure nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardEntry {
    /// Its key.
    pub id: Held,
    /// Why such a number measures nothing.
    pub reason: Held,
    /// Words with a numeral in them, which is none.
    #[serde(default)]
    pub words: Texts,
    /// A regex that the whole number matches.
    pub number: Option<Held>,
    /// A regex that begins at the number; its group 1, or the whole match, is what is refused.
    pub pattern: Option<Held>,
    /// A word that stands at most sixteen characters after the number: the guard is tried only before it.
    pub holds: Option<Held>,
    /// How many digits the number has.
    #[serde(default)]
    pub digits: List<usize>,
    /// Words, one of which begins where the number ends.
    #[serde(default)]
    pub after: Texts,
    /// Words, one of which ends where the number begins; `^` stands for the beginning of a line or sentence.
    #[serde(default)]
    pub before: Texts,
    /// An opening and a closing mark that the number must stand between.
    pub within: Option<Held>,
    /// How many Chinese characters the marks of `within` may be apart.
    #[serde(default = "sixteen")]
    pub reach: usize,
    /// Whether a number with a unit passes.
    #[serde(default)]
    pub bare: bool,
    /// Whether an Arabic number passes.
    #[serde(default)]
    pub chinese: bool,
    /// Texts in which it refuses a number.
    #[serde(default)]
    pub examples: Texts,
    /// Texts in which it refuses none.
    #[serde(default)]
    pub refuses: Texts,
}

const fn sixteen() -> usize {
    16
}

/// The tables of the three kinds that one file holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Entries {
    /// `[[unit]]`
    pub unit: Vec<UnitEntry>,
    /// `[[hedge]]`
    pub hedge: Vec<HedgeEntry>,
    /// `[[guard]]`
    pub guard: Vec<GuardEntry>,
}
