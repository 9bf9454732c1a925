//! Makes the built-in rule files into tables that stand in the executable, so that a run begins at once: their entries
//! without TOML's syntax and without the examples, and what takes long to find out: what each pattern requires, the
//! program that it compiles to, the indices of words. Where a file is wrong nothing is shipped; the program then reads
//! the TOML itself and says what is wrong, and so do the tests.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Debug,
    fs,
    path::Path,
};

use held::{Held, Texts};
use index::{End, Index};
use regex_automata::nfa::thompson::Compiler;
use syntax::WORD_FRAGMENTS;
use toml::{Table, Value};
use trigger::{Groups, Trigger};

#[path = "src/rules/held.rs"]
#[allow(dead_code, reason = "the program uses all of it")]
mod held;
#[path = "src/rules/index.rs"]
#[allow(dead_code, reason = "the program looks up what is made here")]
mod index;
#[path = "src/rules/program.rs"]
#[allow(dead_code, reason = "the program searches what is written here")]
mod program;
#[path = "src/rules/required.rs"]
mod required;
#[path = "src/rules/syntax.rs"]
#[allow(dead_code, reason = "the program uses more of it")]
mod syntax;
/// No built-in text is known yet.
mod texts {
    pub const TEXTS: &str = "";
}
#[path = "src/rules/trigger.rs"]
#[allow(dead_code, reason = "the program asks what is made here")]
mod trigger;

/// The tables of all files of `rules/`, by their names.
type Files = BTreeMap<String, Table>;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=rules");
    for file in ["held", "index", "program", "required", "syntax", "trigger"] {
        println!("cargo:rerun-if-changed=src/rules/{file}.rs");
    }
    let folder = env::var_os("OUT_DIR").expect("cargo gives it");
    let write = |name: &str, bytes: &[u8]| {
        fs::write(Path::new(&folder).join(name), bytes).expect("the build's own folder can be written");
    };
    for (name, of) in [("guards", "Lists"), ("subjects", "Words")] {
        let text = fs::read_to_string(format!("rules/places/{name}.toml")).expect("it is there");
        let lists = Value::Table(text.parse().unwrap_or_else(|error| panic!("{name}.toml: {error}")));
        write(&format!("{name}.rs"), literal(of, &lists).as_bytes());
    }
    let files = files();
    let lexicon = files.as_ref().and_then(lexicon);
    let rules = lexicon.as_ref().and_then(|_| rules(files.as_ref()?));
    let (rules, programs) = rules.unwrap_or_else(nothing);
    let lexicon = lexicon.unwrap_or_else(|| KINDS.map(|(name, of, ..)| entries_as(name, of, &[])).concat());
    write("lexicon.rs", lexicon.as_bytes());
    write("rules.rs", rules.as_bytes());
    write("texts.txt", TEXTS.with_borrow(|(texts, _)| texts.clone()).as_bytes());
    write("programs.bin", &programs);
}

/// A value of a file as Rust has it; tables in lists are named after their list.
fn literal(name: &str, value: &Value) -> String {
    match value {
        Value::Array(values) => {
            format!("&[{}]", values.iter().map(|value| literal(name, value)).collect::<Vec<_>>().join(", "))
        }
        Value::Table(table) => {
            let field =
                |(name, value): (&String, &Value)| format!("{name}: {}", literal(&variant(name), value));
            format!("{name} {{ {} }}", table.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        value => format!("{:?}", value.as_str().unwrap_or_default()),
    }
}

fn files() -> Option<Files> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir("rules").ok()? {
        let path = entry.ok()?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name()?.to_str()?.to_owned();
            files.insert(name, fs::read_to_string(&path).ok()?.parse().ok()?);
        }
    }
    Some(files)
}

/// The tables of one kind.
fn entries<'f>(files: &'f Files, kind: &'f str) -> impl Iterator<Item = (usize, &'f Table)> {
    let entries = move |tables: &'f Table| tables.get(kind).and_then(Value::as_array).into_iter().flatten();
    let placed = files.values().enumerate();
    placed.flat_map(move |(file, tables)| {
        entries(tables).filter_map(Value::as_table).map(move |entry| (file, entry))
    })
}

/// The last entry of each key, by their order.
fn keyed<'f>(files: &'f Files, kind: &'f str, key: &str) -> Option<BTreeMap<&'f str, (usize, &'f Table)>> {
    entries(files, kind).map(|(file, entry)| Some((entry.get(key)?.as_str()?, (file, entry)))).collect()
}

/// What a field of an entry holds.
#[derive(Clone, Copy)]
enum Field {
    Text,
    Option,
    Texts,
    Flag,
    Edges,
    Decimal,
    Number(i64),
    Numbers,
    Parts,
    /// One of an enum, perhaps one, some.
    One(&'static str),
    Perhaps(&'static str),
    Some(&'static str),
    /// What only proofs need.
    Left,
}

/// The fields of an entry, by their names.
type Fields = &'static [(&'static str, Field)];

const UNIT: Fields = &[
    ("name", Field::Text),
    ("dimension", Field::One("Dimension")),
    ("aliases", Field::Texts),
    ("of", Field::Option),
    ("factor", Field::Decimal),
    ("doubling", Field::Flag),
    ("signs", Field::Texts),
    ("ambiguous", Field::Flag),
    ("before", Field::Edges),
    ("after", Field::Edges),
    ("except", Field::Edges),
    ("names", Field::Flag),
    ("arabic", Field::Flag),
    ("below", Field::Flag),
    ("nouns", Field::Texts),
    ("parts", Field::Parts),
    ("ellipsis", Field::Flag),
    ("other_nouns", Field::Texts),
];
const PART: Fields = &[("unit", Field::Text), ("each", Field::Number(0)), ("words", Field::Texts)];
const HEDGE: Fields = &[
    ("word", Field::Text),
    ("qualifier", Field::Perhaps("Qualifier")),
    ("before", Field::Flag),
    ("inside", Field::Flag),
    ("after", Field::Flag),
    ("lone", Field::Flag),
    ("with_unit", Field::Flag),
    ("round", Field::Flag),
    ("closed", Field::Flag),
    ("dimensions", Field::Some("Dimension")),
    ("except", Field::Edges),
];
const GUARD: Fields = &[
    ("id", Field::Text),
    ("reason", Field::Text),
    ("words", Field::Texts),
    ("number", Field::Option),
    ("pattern", Field::Option),
    ("holds", Field::Option),
    ("digits", Field::Numbers),
    ("after", Field::Texts),
    ("before", Field::Texts),
    ("within", Field::Option),
    ("reach", Field::Number(16)),
    ("bare", Field::Flag),
    ("chinese", Field::Flag),
    ("examples", Field::Left),
    ("refuses", Field::Left),
];

/// Static, type, table, key and fields of units, hedges and guards.
const KINDS: [(&str, &str, &str, &str, Fields); 3] = [
    ("UNITS", "UnitEntry", "unit", "name", UNIT),
    ("HEDGES", "HedgeEntry", "hedge", "word", HEDGE),
    ("GUARDS", "GuardEntry", "guard", "id", GUARD),
];

/// Units, hedges and guards.
fn lexicon(files: &Files) -> Option<String> {
    let mut written = String::new();
    for (name, of, kind, key, fields) in KINDS {
        let entries = keyed(files, kind, key)?;
        let entries: Option<Vec<String>> =
            entries.values().map(|(_, entry)| entry_as(of, entry, fields)).collect();
        written += &entries_as(name, of, &entries?);
    }
    Some(written)
}

fn entries_as(name: &str, of: &str, entries: &[String]) -> String {
    format!("/// All of the built-in files.\npub static {name}: &[{of}] = &[{}];\n", entries.join(",\n"))
}

fn entry_as(of: &str, entry: &Table, fields: &[(&str, Field)]) -> Option<String> {
    let known = entry.keys().all(|key| fields.iter().any(|(name, _)| name == key));
    let field = |(name, field): &(&str, Field)| Some(format!("{name}: {}", value(entry.get(*name), *field)?));
    let fields: Option<Vec<String>> = fields.iter().map(field).collect();
    Some(format!("{of} {{ {} }}", fields.filter(|_| known)?.join(", ")))
}

/// The value of a field as Rust has it.
fn value(value: Option<&Value>, field: Field) -> Option<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = |value: Option<&Value>| -> Option<Vec<String>> {
        value.map_or(Some(vec![]), |value| value.as_array()?.iter().map(text).collect())
    };
    let one = |of: &str, value: &Value| value.as_str().map(|name| format!("{of}::{}", variant(name)));
    Some(match field {
        Field::Text => held(value?.as_str()?),
        Field::Option => perhaps(value.and_then(Value::as_str).map(held)),
        Field::Texts => borrowed(&list(value)?.iter().map(|text| held(text)).collect::<Vec<_>>()),
        Field::Flag => value.map_or(Some(false), Value::as_bool)?.to_string(),
        Field::Edges => {
            let edge = |word: &String| Some((word.chars().next()?, word.chars().next_back()?, held(word)));
            let edges = list(value)?;
            let edges = edges.iter().filter_map(edge).map(|(a, b, word)| format!("({a:?}, {b:?}, {word})"));
            format!("Edges::held(&[{}])", edges.collect::<Vec<_>>().join(", "))
        }
        Field::Decimal => perhaps(value.and_then(|value| decimal(value.as_str()?))),
        Field::Number(usual) => value.map_or(Some(usual), Value::as_integer)?.to_string(),
        Field::Numbers => {
            let numbers = value.map_or(Some(vec![]), |value| {
                value.as_array()?.iter().map(|number| Some(number.as_integer()?.to_string())).collect()
            });
            borrowed(&numbers?)
        }
        Field::Parts => {
            let parts = value.map_or(Some(vec![]), |value| {
                value.as_array()?.iter().map(|part| entry_as("PartEntry", part.as_table()?, PART)).collect()
            });
            borrowed(&parts?)
        }
        Field::One(of) => one(of, value?)?,
        Field::Perhaps(of) => perhaps(value.and_then(|value| one(of, value))),
        Field::Some(of) => {
            let values =
                value.map_or(Some(vec![]), |value| value.as_array().map(|values| values.iter().collect()));
            borrowed(&values?.into_iter().map(|value| one(of, value)).collect::<Option<Vec<_>>>()?)
        }
        Field::Left => borrowed(&[]),
    })
}

fn perhaps(value: Option<String>) -> String {
    value.map_or("None".to_owned(), |value| format!("Some({value})"))
}

thread_local! {
    /// The texts of the built-in files, one after the other, and where each stands.
    static TEXTS: RefCell<(String, BTreeMap<String, usize>)> = RefCell::default();
}

fn held(text: &str) -> String {
    let start = TEXTS.with_borrow_mut(|(texts, places)| {
        if let Some(start) = places.get(text) {
            return *start;
        }
        let start = texts.len();
        texts.push_str(text);
        places.insert(text.to_owned(), start);
        start
    });
    format!("Held::Built({start}, {})", text.len())
}

fn helds<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<String> {
    texts.into_iter().map(held).collect()
}

/// A list that stands in the executable.
fn borrowed(values: &[String]) -> String {
    format!("List::Borrowed(&[{}])", values.join(", "))
}

/// The same of values that are written as they are shown.
fn shown<T: Debug>(values: &[T]) -> String {
    format!("List::Borrowed(&{values:?})")
}

/// `kebab-case` as Rust names the variant.
fn variant(name: &str) -> String {
    let word = |word: &str| {
        let mut characters = word.chars();
        characters.next().map_or(String::new(), |first| first.to_uppercase().chain(characters).collect())
    };
    name.split(['-', '_']).map(word).collect()
}

/// A decimal of Rust from its text.
fn decimal(text: &str) -> Option<String> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits: u128 = format!("{whole}{part}").parse().ok()?;
    let [low, middle, high, rest] = [0, 32, 64, 96].map(|shift| (digits >> shift) as u32);
    let scale = part.len();
    (rest == 0).then(|| format!("Decimal::from_parts({low}, {middle}, {high}, false, {scale})"))
}

/// What all patterns are shipped with.
#[derive(Default)]
struct Common {
    programs: Vec<u8>,
    /// Slots as they are written, each once.
    slots: Vec<String>,
    figures: Vec<Vec<u16>>,
    lists: Vec<Vec<String>>,
}

/// The place of a value among those that are known, at the end where it was not.
fn place<T: PartialEq>(known: &mut Vec<T>, value: T) -> usize {
    known.iter().position(|other| *other == value).unwrap_or_else(|| {
        known.push(value);
        known.len() - 1
    })
}

/// Where nothing is shipped.
fn nothing() -> (String, Vec<u8>) {
    let trigger = trigger_as(&Trigger::new(&[]));
    let written = format!(
        "{HEAD}false;\n{RULES}];\n{SLOTS}];\n{FIGURES}];\n{LISTS}];\n{DEFINES}];\n{TIMES}];\n{PAIRS}];\n{REGEXES}];\n\
         {CHANGE}\"\";\n{TRIGGER}{trigger};\n"
    );
    (written, vec![])
}

const HEAD: &str =
    "/// Whether the tables hold anything: not where a file is wrong.\npub const SHIPPED: bool = ";
const RULES: &str = "/// All rules, by id.\npub static RULES: &[ShippedRule] = &[";
const SLOTS: &str = "/// Slots of patterns.\npub static SLOTS: &[ShippedSlot] = &[";
const FIGURES: &str = "/// Slots of the figure of patterns.\npub static FIGURES: &[&[u16]] = &[";
const LISTS: &str = "static LISTS: &[ShippedList] = &[";
const DEFINES: &str = "/// Fragments.\npub static DEFINES: &[(&str, &str)] = &[";
const TIMES: &str = "/// `times` of `[trim]`.\npub static TIMES: &[Held] = &[";
const PAIRS: &str = "/// `pair` of `[words]`.\npub static PAIRS: &[(&str, &[&str])] = &[";
const REGEXES: &str = "/// Regexes by their sources.\nstatic REGEXES: &[(&str, usize, usize)] = &[";
const CHANGE: &str = "/// The words of change right before a figure.\npub const CHANGE: &str = ";
const TRIGGER: &str = "/// What the rules require.\npub static TRIGGER: Trigger = ";

/// Rules, fragments and words, and the programs of patterns.
fn rules(files: &Files) -> Option<(String, Vec<u8>)> {
    let lists = lists(files)?;
    let fragments = fragments(files, &lists)?;
    let mut common = Common::default();
    let (mut rules, mut required) = (vec![], vec![]);
    for (id, (file, rule)) in keyed(files, "rule", "id")? {
        let (pattern, words) = pattern(rule.get("pattern")?.as_str()?, &fragments, &mut common)?;
        let text = |key: &str| rule.get(key).map_or(Some(""), Value::as_str);
        let one = |key: &str| {
            let name = text(key).filter(|name| !name.is_empty());
            perhaps(name.map(|name| format!("{}::{}", variant(key), variant(name))))
        };
        let sign = match text("sign")? {
            "+" => "Some(Sign::Plus)",
            "-" => "Some(Sign::Minus)",
            _ => "None",
        };
        let layer = text("layer").filter(|layer| !layer.is_empty()).unwrap_or("named");
        let over = rule.get("over").map_or(Some(vec![]), |over| {
            over.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()
        });
        rules.push(format!(
            "ShippedRule {{ id: {}, file: {file}, category: {}, indicator: {}, kind: {}, status: {}, sign: {sign}, \
             layer: Layer::{}, over: &[{}], pattern: {pattern} }}",
            held(id),
            held(text("category")?),
            held(rule.get("indicator")?.as_str()?),
            one("kind"),
            one("status"),
            variant(layer),
            helds(over?).join(", "),
        ));
        required.push(words);
    }
    let trims = files.values().filter_map(|tables| tables.get("trim")?.get("times")?.as_array());
    let times: Vec<&str> = trims.flatten().map(Value::as_str).collect::<Option<_>>()?;
    let change = syntax::change(&fragments);
    let regexes = regexes(files, &times, &change, &mut common)?;
    let required: Vec<Vec<Texts>> = required
        .into_iter()
        .map(|lists: Vec<Vec<String>>| {
            lists.into_iter().map(|words| words.into_iter().map(Held::from).collect()).collect()
        })
        .collect();
    let trigger = Trigger::new(&required.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let mut written = format!("{HEAD}true;\n");
    for (number, words) in common.lists.iter().enumerate() {
        let words = helds(words.iter().map(String::as_str));
        written += &format!("static REQUIRED_{number}: [Held; {}] = [{}];\n", words.len(), words.join(", "));
    }
    let listed: Vec<String> = lists
        .iter()
        .map(|(name, words)| {
            let [first, last] = [End::First, End::Last].map(|end| index_as(&Index::new(words, end)));
            let words = helds(words.iter().copied()).join(", ");
            format!("ShippedList {{ name: {name:?}, words: &[{words}], first: {first}, last: {last} }}")
        })
        .collect();
    let defined = files.values().filter_map(|tables| tables.get("define")?.as_table()).flatten();
    let defined: BTreeMap<&String, &str> =
        defined.filter_map(|(name, text)| Some((name, text.as_str()?))).collect();
    let pairs = files.values().filter_map(|tables| tables.get("words")?.get("pair")?.as_table()).flatten();
    let pairs: BTreeMap<&String, Vec<&str>> = pairs
        .map(|(word, names)| {
            let names = names.as_array()?.iter().map(|name| name.as_str());
            Some((word, names.collect::<Option<_>>()?))
        })
        .collect::<Option<_>>()?;
    written += &format!("{RULES}{}];\n", rules.join(",\n"));
    written += &format!("{SLOTS}{}];\n", common.slots.join(", "));
    written += &format!(
        "{FIGURES}{}];\n",
        common.figures.iter().map(|slots| format!("&{slots:?}")).collect::<Vec<_>>().join(", ")
    );
    written += &format!("{LISTS}{}];\n", listed.join(",\n"));
    written += &format!("{DEFINES}{}];\n", tuples(&defined));
    written += &format!("{TIMES}{}];\n", helds(times).join(", "));
    let pair = |(word, names): (&&String, &Vec<&str>)| format!("({word:?}, &{names:?})");
    written += &format!("{PAIRS}{}];\n", pairs.iter().map(pair).collect::<Vec<_>>().join(", "));
    let regex = |(source, (start, end)): (&String, &(usize, usize))| format!("({source:?}, {start}, {end})");
    written += &format!("{REGEXES}{}];\n", regexes.iter().map(regex).collect::<Vec<_>>().join(", "));
    written += &format!("{CHANGE}{change:?};\n");
    written += &format!("{TRIGGER}{};\n", trigger_as(&trigger));
    Some((written, common.programs))
}

fn tuples<K: Debug, V: Debug>(values: &BTreeMap<K, V>) -> String {
    values.iter().map(|pair| format!("{pair:?}")).collect::<Vec<_>>().join(", ")
}

fn index_as(index: &Index) -> String {
    let Index { end, places, filter, outers } = index;
    format!(
        "Index {{ end: End::{end:?}, places: {}, filter: {}, outers: {outers:?} }}",
        shown(places),
        shown(filter)
    )
}

fn groups_as<T: Clone + Debug>(groups: &Groups<T>) -> String {
    format!("Groups {{ ends: {}, values: {} }}", shown(&groups.ends), shown(&groups.values))
}

fn trigger_as(trigger: &Trigger) -> String {
    format!(
        "Trigger {{ words: {}, index: {}, lists_of_word: {}, rules_of_list: {}, always: {}, bits_of_rule: {} }}",
        borrowed(&helds(trigger.words.iter().map(|word| &**word))),
        index_as(&trigger.index),
        groups_as(&trigger.lists_of_word),
        groups_as(&trigger.rules_of_list),
        shown(&trigger.always),
        shown(&trigger.bits_of_rule),
    )
}

/// A pattern, and what it requires.
fn pattern(
    written: &str,
    fragments: &BTreeMap<String, String>,
    common: &mut Common,
) -> Option<(String, Vec<Vec<String>>)> {
    let syntax = syntax::parse(written, fragments, &|_| Ok(())).ok()?;
    let hir = syntax::rewrite(&syntax.hir, &|_| None, &mut 0).ok()?;
    let (mut slots, mut figure) = (vec![], vec![]);
    for slot in &syntax.slots {
        let shipped = format!(
            "ShippedSlot {{ name: {}, units: &[{}], neighbour: {} }}",
            held(&slot.name),
            helds(slot.units.iter().map(String::as_str)).join(", "),
            slot.neighbour
        );
        let at = u16::try_from(place(&mut common.slots, shipped)).ok()?;
        slots.push(at);
        if !slot.neighbour {
            figure.push(at);
        }
    }
    figure.sort_unstable();
    figure.dedup();
    let figure = place(&mut common.figures, figure);
    let slot = |slot: usize| slots.get(slot).map_or(usize::MAX, |&at| usize::from(at));
    let program = program::write(&Compiler::new().build_from_hir(&hir).ok()?, &slot)?;
    let start = common.programs.len();
    common.programs.extend(program);
    let required = required::required(&syntax.hir);
    let lists = required
        .iter()
        .map(|words| format!("List::Borrowed(&REQUIRED_{})", place(&mut common.lists, words.clone())));
    let lists = lists.collect::<Vec<_>>().join(", ");
    let captures = helds(syntax.captures.iter().map(String::as_str)).join(", ");
    let fragments = helds(syntax.fragments.iter().map(String::as_str)).join(", ");
    let end = common.programs.len();
    let shipped = format!(
        "ShippedPattern {{ written: {}, slots: &{slots:?}, figure: {figure}, required: &[{lists}], \
         captures: &[{captures}], fragments: &[{fragments}], program: ({start}, {end}) }}",
        held(written)
    );
    Some((shipped, required))
}

/// Regexes that are no rule's, with the places of their programs: times, words of change, those of guards.
fn regexes(
    files: &Files,
    times: &[&str],
    change: &str,
    common: &mut Common,
) -> Option<BTreeMap<String, (usize, usize)>> {
    let guards = entries(files, "guard").flat_map(|(_, guard)| {
        let source = |key: &str, end| Some(syntax::guarded(guard.get(key)?.as_str()?, end));
        [source("number", r"\z"), source("pattern", "")].into_iter().flatten().collect::<Vec<_>>()
    });
    let times = ["", "$"].into_iter().filter_map(|end| syntax::time(times, end));
    let sources: BTreeSet<String> = guards.chain(times).chain([change.to_owned()]).collect();
    let mut regexes = BTreeMap::new();
    for source in sources {
        let start = common.programs.len();
        common.programs.extend(program::write(&Compiler::new().build(&source).ok()?, &|_| 0)?);
        regexes.insert(source, (start, common.programs.len()));
    }
    Some(regexes)
}

/// The lists of words, by their names: `trim.head`, `words.verb` …
fn lists(files: &Files) -> Option<BTreeMap<String, Vec<&str>>> {
    let mut lists: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for tables in files.values() {
        for kind in ["trim", "words"] {
            for (name, words) in tables.get(kind).and_then(Value::as_table).into_iter().flatten() {
                let (Some(words), true) = (words.as_array(), name != "times") else { continue };
                let mut words: Vec<&str> = words.iter().map(Value::as_str).collect::<Option<_>>()?;
                words.retain(|word| !word.trim().is_empty());
                lists.entry(format!("{kind}.{name}")).or_default().extend(words);
            }
        }
    }
    Some(lists)
}

/// What is defined, and the word lists that are fragments too.
fn fragments(files: &Files, lists: &BTreeMap<String, Vec<&str>>) -> Option<BTreeMap<String, String>> {
    let mut fragments = BTreeMap::new();
    for list in WORD_FRAGMENTS {
        let words = lists.get(&format!("words.{list}")).into_iter().flatten();
        let words: BTreeSet<&str> = words.copied().collect();
        fragments.insert(list.to_owned(), syntax::alternation(words));
    }
    for define in files.values().filter_map(|tables| tables.get("define")?.as_table()) {
        for (name, fragment) in define {
            fragments.insert(name.clone(), fragment.as_str()?.to_owned());
        }
    }
    Some(fragments)
}
