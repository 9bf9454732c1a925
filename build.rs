//! Makes the built-in rule files into a form that loads in no time: their tables without TOML's syntax and without the
//! examples, and for each rule what its pattern requires and the automaton that it compiles to, which take long to find
//! out. Where a file is wrong nothing is shipped; the program then reads the TOML itself and says what is wrong, and so do
//! the tests.

use std::{collections::BTreeMap, env, fs, path::Path};

use regex_automata::nfa::thompson::Compiler;
use syntax::{Slot, WORD_FRAGMENTS};
use toml::{Table, Value};

#[path = "src/rules/program.rs"]
#[allow(dead_code, reason = "the program reads what this writes")]
mod program;
#[path = "src/rules/required.rs"]
mod required;
#[path = "src/rules/syntax.rs"]
#[allow(dead_code, reason = "the program uses more of it")]
mod syntax;

/// A slot: its name, its units, whether it is a neighbour.
type ShippedSlot = (String, Vec<String>, bool);
/// Slots, places of the lists of required words, captures, fragments, where its automaton begins and ends among all of
/// them.
type ShippedPattern = (Vec<ShippedSlot>, Vec<usize>, Vec<String>, Vec<String>, (usize, usize));
/// What all patterns are shipped with.
struct Common {
    programs: Vec<u8>,
    lists: Vec<Vec<String>>,
    compiler: Compiler,
}
/// Name, tables, a pattern for each rule.
type ShippedFile = (String, Table, Vec<ShippedPattern>);

fn main() {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed=src/rules/program.rs");
    println!("cargo:rerun-if-changed=src/rules/required.rs");
    println!("cargo:rerun-if-changed=src/rules/syntax.rs");
    println!("cargo:rerun-if-changed=build.rs");
    let mut common = Common { programs: vec![], lists: vec![], compiler: Compiler::new() };
    let shipped = files().and_then(|files| ship(files, &mut common)).unwrap_or_default();
    let Common { programs, lists, .. } = common;
    let bytes = rmp_serde::to_vec(&(shipped, lists)).unwrap_or_default();
    let folder = env::var_os("OUT_DIR").expect("cargo gives it");
    for (name, bytes) in [("rules.bin", bytes), ("programs.bin", programs)] {
        fs::write(Path::new(&folder).join(name), bytes).expect("the build's own folder can be written");
    }
}

/// The files of `rules/`, sorted.
fn files() -> Option<BTreeMap<String, Table>> {
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

fn ship(files: BTreeMap<String, Table>, common: &mut Common) -> Option<Vec<ShippedFile>> {
    let fragments = fragments(&files)?;
    files
        .into_iter()
        .map(|(name, mut tables)| {
            let mut patterns = Vec::new();
            for rule in entries(&mut tables, "rule") {
                patterns.push(pattern(rule.get("pattern")?.as_str()?, &fragments, common)?);
            }
            for kind in ["rule", "unit", "guard", "hedge"] {
                for entry in entries(&mut tables, kind) {
                    entry.remove("examples");
                    entry.remove("refuses");
                }
            }
            Some((name, tables, patterns))
        })
        .collect()
}

/// The tables of one kind.
fn entries<'t>(tables: &'t mut Table, kind: &str) -> impl Iterator<Item = &'t mut Table> {
    let entries = tables.get_mut(kind).and_then(Value::as_array_mut);
    entries.into_iter().flatten().filter_map(Value::as_table_mut)
}

fn pattern(
    written: &str,
    fragments: &BTreeMap<String, String>,
    common: &mut Common,
) -> Option<ShippedPattern> {
    let syntax = syntax::parse(written, fragments, &|_| Ok(())).ok()?;
    let hir = syntax::rewrite(&syntax.hir, &|_| None, &mut 0).ok()?;
    let start = common.programs.len();
    common.programs.extend(program::write(&common.compiler.build_from_hir(&hir).ok()?)?);
    let shipped = |slot: Slot| (slot.name, slot.units, slot.neighbour);
    let mut place = |words: Vec<String>| {
        let known = common.lists.iter().position(|list| *list == words);
        known.unwrap_or_else(|| {
            common.lists.push(words);
            common.lists.len() - 1
        })
    };
    let required = required::required(&syntax.hir).into_iter().map(&mut place).collect();
    Some((
        syntax.slots.into_iter().map(shipped).collect(),
        required,
        syntax.captures,
        syntax.fragments.into_iter().collect(),
        (start, common.programs.len()),
    ))
}

/// What is defined, and the word lists that are fragments too.
fn fragments(files: &BTreeMap<String, Table>) -> Option<BTreeMap<String, String>> {
    let mut fragments = BTreeMap::new();
    for list in WORD_FRAGMENTS {
        let words = files.values().filter_map(|tables| tables.get("words")?.get(list)?.as_array());
        let mut words: Vec<&str> = words.flatten().map(Value::as_str).collect::<Option<_>>()?;
        words.retain(|word| !word.trim().is_empty());
        words.sort_unstable();
        words.dedup();
        fragments.insert(list.to_owned(), syntax::alternation(words));
    }
    for define in files.values().filter_map(|tables| tables.get("define")?.as_table()) {
        for (name, fragment) in define {
            fragments.insert(name.clone(), fragment.as_str()?.to_owned());
        }
    }
    Some(fragments)
}
