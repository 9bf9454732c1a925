//! Figures of damaged documents: equal to those of the text that a mirror site was given, or flagged.

use std::{collections::BTreeMap, fs, path::Path};

use kpi_extract::{
    recognise::recognise,
    repair::{Damage, folded, mended, repair},
    rules::RuleSet,
};

/// The unflagged figures of a text, and how many are flagged.
fn figures(decoded: &str, rules: &RuleSet) -> (Vec<String>, usize) {
    let document = repair(decoded);
    let (mut clean, mut flagged) = (Vec::new(), 0);
    let mut start = 0;
    for line in document.text.split('\n') {
        for quantity in recognise(line, rules.lexicon()).quantities {
            let span = (start + quantity.span.start..start + quantity.span.end).into();
            if document.is_damaged(span) {
                flagged += 1;
            } else {
                clean.push(format!(
                    "{} {:?} {}",
                    quantity.value,
                    quantity.high,
                    rules.lexicon().label(&quantity)
                ));
            }
        }
        start += line.len() + 1;
    }
    (clean, flagged)
}

/// Readings of some frequent characters, as sites write them.
const READINGS: &str = "區qū數shù聯lián嚴yán進jìn實shí細xì場chǎng動dòng點diǎn態tài創chuàng強qiáng個gè萬wàn億yì業yè產chǎn務wù\
                        發fā導dǎo題tí設shè處chù擔dān經jīng濟jì農nóng鎮zhèn織zhī規guī劃huà築zhù導dǎo護hù項xiàng總zǒng額é達dá較jiào";

#[test]
fn no_figure_is_wrong_unless_it_is_flagged() {
    let rules = RuleSet::builtin();
    let mut forms: BTreeMap<char, char> = BTreeMap::new();
    for c in '\u{4E00}'..='\u{9FA5}' {
        if let Some(simple) = folded(c) {
            forms.entry(simple).or_insert(c);
        }
    }
    let mut listed: Vec<(char, String)> = Vec::new();
    for c in READINGS.chars() {
        if c > '\u{4DFF}' {
            listed.push((c, String::new()));
        } else if let Some((_, reading)) = listed.last_mut() {
            reading.push(c);
        }
    }
    forms.extend(listed.iter().filter_map(|&(c, _)| Some((folded(c)?, c))));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let (mut seen, mut doubtful) = (0, 0);
    for (round, path) in
        paths.iter().filter(|path| path.extension().is_some_and(|it| it == "txt")).enumerate()
    {
        let text = fs::read_to_string(path).unwrap();
        let text: String = text.chars().map(|c| *forms.get(&c).unwrap_or(&c)).collect();
        let list =
            listed.iter().enumerate().filter(|(i, _)| (i * 7 + round) % 3 != 0).map(|(_, it)| it.clone());
        let damaged = Damage::new(list, round % 2 == 0).apply(&text);
        let (right, _) = figures(&text, &rules);
        let (clean, flagged) = figures(&damaged, &rules);
        // Every one stands in the right list, in its order.
        let mut rest = right.iter();
        for figure in &clean {
            assert!(rest.any(|it| it == figure), "{}: {figure}", path.display());
        }
        seen += clean.len();
        doubtful += flagged;
    }
    assert!(seen > 500 && doubtful * 10 < seen, "{seen} {doubtful}");
}

#[test]
fn what_was_repaired_can_be_told() {
    let text = "南湖社區(qū)新增&nbsp;15個\n勇?lián)?5個\n";
    let layers: Vec<_> = mended(text)
        .into_iter()
        .map(|it| (it.layer.map_or("doubtful", |layer| layer.name()), it.before))
        .collect();
    for expected in [("pinyin", "(qū)"), ("entities", "&nbsp;"), ("script", "區"), ("doubtful", "?lián)?")]
    {
        assert!(
            layers.iter().any(|(layer, before)| (*layer, before.as_str()) == expected),
            "{expected:?} {layers:?}"
        );
    }
    assert!(mended("办结工单13157件。\n").is_empty());
}
