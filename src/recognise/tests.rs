//! Tests of the stage: the data proves itself, and the cases of `tests/quantities/*.toml` come out as they say.

use std::{collections::BTreeSet, fs, path::Path};

use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    lexicon::{Entries, Lexicon, UnitId},
    recognise, recognise_guarded,
};
use crate::{
    document::Document,
    quantity::{Dimension, Qualifier, Quantity},
    repair::repair,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    /// `RAW = VALUE[~HIGH] [UNIT][/PER] [dimension] [qualifier] [vague]`
    #[serde(default)]
    expected: Vec<String>,
    /// Guards that refuse something in it.
    #[serde(default)]
    guarded: Vec<String>,
}

fn entries(name: &str) -> Entries {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(name);
    toml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn write(quantity: &Quantity, document: &Document<'_>, lexicon: &Lexicon) -> String {
    let mut written = format!("{} = {}", document.raw(quantity.span), quantity.value);
    if let Some(high) = quantity.high {
        written += &format!("~{high}");
    }
    if quantity.unit != UnitId::NONE {
        written += &format!(" {}", lexicon.unit(quantity.unit).name);
    }
    if let Some(per) = quantity.per {
        written += &format!("/{}", lexicon.unit(per).name);
    }
    let expected = if quantity.unit == UnitId::NONE {
        Dimension::Number
    } else if quantity.per.is_some() {
        Dimension::Ratio
    } else {
        lexicon.unit(quantity.unit).dimension
    };
    if quantity.dimension != expected {
        written += &format!(" {}", serde_json::to_string(&quantity.dimension).unwrap().trim_matches('"'));
    }
    if quantity.qualifier != Qualifier::Exact {
        written += &format!(" {}", quantity.qualifier.name());
    }
    if quantity.vague {
        written += " vague";
    }
    written
}

#[test]
fn cases_come_out_as_they_say() {
    let lexicon = Lexicon::builtin();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/quantities");
    let (mut wrong, mut count) = (vec![], 0);
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let missing = path.ends_with("missing.toml");
        let cases: File = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for case in cases.case {
            count += 1;
            let document = repair(&case.text);
            let found = recognise_guarded(&document.text, lexicon);
            let got: Vec<_> = found.quantities.iter().map(|q| write(q, &document, lexicon)).collect();
            if missing {
                if got == case.expected {
                    wrong.push(format!("{} is read now: move it from missing.toml", case.text));
                }
            } else if got != case.expected {
                wrong.push(format!("{}\n    expected {:?}\n    got      {got:?}", case.text, case.expected));
            }
            for guard in case.guarded.into_iter().filter(|_| !missing) {
                if !found.guarded.iter().any(|guarded| guarded.guard == guard) {
                    wrong.push(format!("{}\n    not guarded by `{guard}`: {:?}", case.text, found.guarded));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 1500, "only {count} cases");
}

/// Recognition that lists what was refused goes the long way for every number.
fn the_short_way_leads_to_the_same(text: &str) {
    let lexicon = Lexicon::builtin();
    let text = repair(text).text;
    let (short, long) = (recognise(&text, lexicon).quantities, recognise_guarded(&text, lexicon).quantities);
    if let Some((short, long)) = short.iter().zip(&long).find(|(short, long)| short != long) {
        panic!("{} and {}: {short:?} is not {long:?}", short.span.of(&text), long.span.of(&text));
    }
    assert_eq!(short.len(), long.len(), "{text}");
}

#[test]
fn common_cases_are_read_as_all_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in fs::read_dir(root.join("tests/quantities")).unwrap() {
        let cases: File = toml::from_str(&fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
        cases.case.iter().for_each(|case| the_short_way_leads_to_the_same(&case.text));
    }
    for file in fs::read_dir(root.join("samples")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            the_short_way_leads_to_the_same(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn guards_prove_themselves() {
    let lexicon = Lexicon::builtin();
    let mut wrong = vec![];
    for guard in entries("guards.toml").guard {
        assert!(
            !guard.reason.is_empty() && !guard.examples.is_empty() && !guard.refuses.is_empty(),
            "{}",
            guard.id
        );
        let refused = |text: &str| recognise_guarded(text, lexicon).guarded;
        for text in guard.examples.iter() {
            if !refused(text).iter().any(|found| *found.guard == *guard.id) {
                wrong.push(format!("{} lets pass {text}: {:?}", guard.id, refused(text)));
            }
        }
        for text in guard.refuses.iter() {
            if refused(text).iter().any(|found| *found.guard == *guard.id) {
                wrong.push(format!("{} takes {text}", guard.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn data_is_sorted_and_builds() {
    let (units, hedges, guards) =
        (entries("units.toml").unit, entries("hedges.toml").hedge, entries("guards.toml").guard);
    assert!(units.is_sorted_by(|a, b| a.name < b.name), "units are not sorted by name");
    assert!(guards.is_sorted_by(|a, b| a.id < b.id), "guards are not sorted by id");
    let words: BTreeSet<_> = hedges.iter().map(|hedge| &hedge.word).collect();
    assert_eq!(words.len(), hedges.len(), "a hedge stands twice");
    Lexicon::new(units.into(), hedges.into(), guards.into()).unwrap();
}

#[test]
fn every_unit_reads_back_to_itself() {
    let lexicon = Lexicon::builtin();
    for unit in entries("units.toml").unit {
        if unit.below || unit.ambiguous || unit.of.is_some() {
            continue;
        }
        for word in std::iter::once(&unit.name).chain(unit.aliases.iter()) {
            let text = format!("共137{word}。");
            let found = recognise(&text, lexicon).quantities;
            let names: Vec<_> = found.iter().map(|q| &*lexicon.unit(q.unit).name).collect();
            assert_eq!(names, [&*unit.name], "{text}");
            assert_eq!(found[0].dimension, unit.dimension, "{text}");
        }
    }
}

#[test]
fn later_entries_replace_earlier_ones() {
    let mut units = entries("units.toml").unit;
    let mut changed = units.iter().find(|unit| unit.name == "人次").unwrap().clone();
    changed.aliases.to_mut().push("人回".into());
    units.push(changed);
    let lexicon = Lexicon::new(units.into(), vec![].into(), vec![].into()).unwrap();
    let found = recognise("接待30人回", &lexicon).quantities;
    assert_eq!(lexicon.unit(found[0].unit).name, "人次");
    assert_eq!(lexicon.units().count(), Lexicon::builtin().units().count());
}

#[test]
fn hostile_text_is_harmless() {
    let lexicon = Lexicon::builtin();
    for piece in [
        "9",
        "亿",
        "一",
        "十",
        "点",
        "1.",
        "1,",
        "第",
        "1-",
        "约",
        "百分之",
        "“一",
        "3、",
        "1/",
        "几十",
        "万亿",
        "半",
        "(1",
        "两",
        "2^",
        "½",
        "1兆",
        "一兆",
        "5和6之间",
        "三、四",
        "三比",
        "五份之",
        "6点几",
        "负1到",
        "百分之二又",
        "1e9",
        "至5块",
        "大半",
    ] {
        let text = piece.repeat(200_000);
        for quantity in recognise(&text, lexicon).quantities {
            assert!(!quantity.span.of(&text).is_empty());
        }
    }
    let found = recognise_guarded(&"7".repeat(40), lexicon);
    assert_eq!(found.guarded[0].guard, "too-large");
}

#[test]
fn notations_of_one_value_agree() {
    let lexicon = Lexicon::builtin();
    for text in
        ["13157件", "13,157件", "1.3157万件", "一万三千一百五十七件", "1万3157件", "壹万叁仟壹佰伍拾柒件"]
    {
        let found = recognise(text, lexicon).quantities;
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].value, Decimal::from(13157), "{text}");
        assert_eq!(found[0].span.of(text), text);
    }
}

/// `value`, below ten thousand, in Chinese numerals.
fn section(value: u32) -> String {
    let digits = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (mut written, mut zero) = (String::new(), false);
    for (power, unit) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = value / power % 10;
        if digit == 0 {
            zero = !written.is_empty();
            continue;
        }
        if std::mem::take(&mut zero) {
            written += "零";
        }
        written += digits[digit as usize];
        written += unit;
    }
    written
}

fn han(value: u32) -> String {
    let (high, low) = (value / 10_000, value % 10_000);
    match (high, low) {
        (0, low) => section(low),
        (high, 0) => section(high) + "万",
        (high, low) => section(high) + "万" + if low < 1000 { "零" } else { "" } + &section(low),
    }
}

fn grouped(value: u32) -> String {
    let digits = value.to_string();
    let head = (digits.len() - 1) % 3 + 1;
    let groups = digits.as_bytes()[head..].chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    std::iter::once(digits[..head].to_owned()).chain(groups).collect::<Vec<_>>().join(",")
}

proptest::proptest! {
    #[test]
    fn any_value_reads_back_from_any_notation(value in 2_u32..100_000_000, frame in 0_usize..4) {
        let lexicon = Lexicon::builtin();
        let (before, after) = [("", ""), ("全年办结", "，"), ("共约", "左右。"), ("（其中", "）")][frame];
        let shifted = Decimal::new(i64::from(value), 4).normalize();
        for written in [value.to_string(), grouped(value), han(value), format!("{shifted}万")] {
            let text = format!("{before}{written}件{after}");
            let found = recognise(&text, lexicon).quantities;
            proptest::prop_assert_eq!(found.len(), 1, "{}", text);
            proptest::prop_assert_eq!(found[0].value, Decimal::from(value), "{}", text);
            proptest::prop_assert_eq!(found[0].number.of(&text), written);
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in "[0-9一二三十百千万亿兆半大第约过余多来几个件份度块元￥$%.,、“”《》/:+^e ½之和与间比至下负零点岁级-]{0,40}") {
        let lexicon = Lexicon::builtin();
        let plain = recognise(&text, lexicon).quantities;
        let mut end = 0;
        for quantity in &plain {
            proptest::prop_assert!(quantity.span.start >= end && quantity.span.end > quantity.span.start);
            end = quantity.span.end;
        }
        let listed = recognise_guarded(&text, lexicon);
        proptest::prop_assert_eq!(plain, &listed.quantities[..]);
        let mut spans: Vec<_> = listed.quantities.iter().map(|quantity| quantity.span).collect();
        spans.extend(listed.guarded.iter().map(|guarded| guarded.span));
        spans.sort_by_key(|span| span.start);
        proptest::prop_assert!(spans.is_sorted_by(|a, b| a.end <= b.start), "{:?}", spans);
    }
}

#[test]
fn half_a_share_before_a_measure_word_ends() {
    let found = recognise("约一半件》7约9“%", Lexicon::builtin()).quantities;
    assert!(found.iter().all(|quantity| !quantity.span.is_empty()));
    for text in ["约一半件", "约一半半", "一半一半", "第约一半个", "三成半半"] {
        assert!(recognise(text, Lexicon::builtin()).quantities.len() <= 2, "{text}");
    }
}
