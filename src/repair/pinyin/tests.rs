//! Damage of every sort, done to text of our own and undone again.

use std::{collections::BTreeSet, fs, path::Path};

use super::{Damage, codepage, forward::narrow, readings, undo};
use crate::span::Span;

const LIST: [(char, &str); 14] = [
    ('區', "qū"),
    ('數', "shù"),
    ('聯', "lián"),
    ('嚴', "yán"),
    ('進', "jìn"),
    ('實', "shí"),
    ('細', "xì"),
    ('場', "chǎng"),
    ('動', "dòng"),
    ('點', "diǎn"),
    ('態', "tài"),
    ('們', "men"),
    ('創', "chuàng"),
    ('強', "qiáng"),
];

fn narrowed(text: &str) -> String {
    text.chars().map(narrow).collect()
}

/// What is undone of a text in which listed characters stand once at least undamaged, and what of it is doubtful.
fn undone(marked: bool, text: &str) -> (String, Vec<String>) {
    let list: String = LIST.iter().map(|(c, _)| format!("{c}、")).collect();
    let damaged = Damage::new(LIST, marked).apply(&format!("{list}\n{text}"));
    let (undone, _, doubts) = undo(&damaged);
    let text = undone.split_once('\n').map(|(_, text)| narrowed(text)).unwrap_or_default();
    (text, doubts.iter().map(|doubt| doubt.span.of(&damaged).to_owned()).collect())
}

#[test]
fn damage_is_undone() {
    for text in [
        // A: a reading behind its character.
        "源城區上城街道，我們扎實開展活動。",
        // B, C, D: shifted by a byte, to where it is in step again.
        "　（一）嚴實推進各項工作。",
        "　（一）以硬態度壓實責任。",
        "　（一）全力推進步行街建設。",
        "　（二）嚴格落實責任制。",
        "　（三）突出重點優化環境。",
        // E: pairs vanished, words tell which.
        "在一線勇擔當、作表率。",
        "開展安全檢查活動。“三小場所”全面檢查。",
        "整治黑燃氣、查封場所。",
    ] {
        for marked in [false, true] {
            let (found, _) = undone(marked, text);
            if marked || !text.contains('“') {
                assert_eq!(found, narrowed(text), "{}", Damage::new(LIST, marked).apply(text));
            }
        }
    }
}

#[test]
fn an_eaten_digit_is_doubtful() {
    for (text, read) in [("勇擔15個任務", "5個"), ("整治燃氣3處，", "處"), ("勇擔2.5萬元", ".5萬元")]
    {
        let (found, doubts) = undone(true, text);
        assert!(found.contains(read) && !found.contains(text), "{found}");
        assert!(doubts.iter().any(|doubt| doubt.contains('?')), "{found} {doubts:?}");
    }
}

#[test]
fn what_is_not_proven_stays() {
    for text in ["？xì)不知所云", "蘄(qí)春縣，蘄春產艾草，蘄春有名", "第(3)項(a)類(sample)", "什麼?lián)"]
    {
        let (found, alignment, _) = undo(text);
        assert_eq!(found, text);
        assert!(alignment.is_identity());
    }
}

#[test]
fn places_lead_back() {
    let damaged = Damage::new(LIST, true).apply("南湖社區5戶\n　（一）嚴實12個");
    let (text, alignment, _) = undo(&damaged);
    for (figure, raw) in [("5戶", "5戶"), ("12個", "12個"), ("社區5", "社區(qū)5"), ("社區", "社區")]
    {
        let start = text.find(figure).unwrap();
        assert_eq!(alignment.source(Span::new(start, start + figure.len())).of(&damaged), raw);
    }
}

/// Numbers without end, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or_default() % bound.max(1)
    }
}

/// The samples in Traditional characters, as far as the code page has them.
fn samples() -> Vec<String> {
    let forms: std::collections::BTreeMap<char, char> = ('\u{4E00}'..='\u{9FA5}')
        .rev()
        .filter(|&c| codepage::pair_of(c).is_some())
        .filter_map(|c| Some((crate::repair::folded(c)?, c)))
        .collect();
    let traditional = |c: char| {
        let c = *forms.get(&c).unwrap_or(&c);
        if c.is_ascii() || codepage::pair_of(c).is_some() { c } else { '□' }
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    let read = |path: &std::path::PathBuf| fs::read_to_string(path).unwrap();
    paths.iter().map(|path| read(path).chars().map(traditional).collect()).collect()
}

/// A site with a list of its own.
fn site(random: &mut Random, text: &str) -> Damage {
    let mut found: Vec<char> =
        text.chars().filter(|&c| super::is_han(c)).collect::<BTreeSet<_>>().into_iter().collect();
    let list: Vec<(char, &str)> = (0..28 + random.below(57))
        .filter_map(|_| {
            let c = found.swap_remove(random.below(found.len()));
            let of = readings::all(c);
            Some((c, *of.get(random.below(of.len()))?))
        })
        .collect();
    Damage::new(list, random.below(2) == 0)
}

#[test]
fn what_lost_nothing_is_restored_to_the_letter() {
    let mut random = Random(20_240_607);
    let (mut touched, mut restored) = (0, 0);
    for text in samples() {
        for _ in 0..2 {
            let site = site(&mut random, &text);
            // The list is known where each of its characters stands undamaged once.
            let text = format!("{}\n{text}", site.characters().map(|c| format!("{c}、")).collect::<String>());
            let damaged = site.apply(&text);
            let (undone, _, _) = undo(&damaged);
            assert_eq!(undone.split('\n').count(), text.split('\n').count());
            for (was, is) in text.split('\n').zip(undone.split('\n')) {
                let (shown, lost) = site.line(was);
                if lost == 0 {
                    assert_eq!(narrowed(is), narrowed(was), "{shown}");
                    restored += usize::from(shown != narrowed(was));
                } else {
                    touched += 1;
                }
            }
        }
    }
    assert!(restored > 300 && touched > 20, "{restored} {touched}");
}

#[test]
fn nothing_makes_it_panic_or_loop() {
    let mut random = Random(42);
    let scraps =
        ["?", "(", ")", "qū)", "(qū)", "。", "ㄒ", "M", "€", "\u{FFFD}", "\n", "3", "，", "!", "𠀀", "é"];
    for text in samples() {
        let damaged = site(&mut random, &text).apply(&text);
        let mut chars: Vec<char> = damaged.chars().take(3000).collect();
        for _ in 0..200 {
            let at = random.below(chars.len());
            match random.below(3) {
                0 => drop(chars.splice(at..(at + 1 + random.below(4)).min(chars.len()), [])),
                1 => drop(chars.splice(at..at, scraps[random.below(scraps.len())].chars())),
                _ => chars[at] = chars[random.below(chars.len())],
            }
        }
        let mutated: String = chars.into_iter().collect();
        let document = crate::repair::repair(&mutated);
        let mut last = 0;
        for (start, c) in document.text.char_indices() {
            let source = document.alignment.source(Span::new(start, start + c.len_utf8()));
            assert!(source.start >= last && source.end <= mutated.len());
            assert!(!source.of(&mutated).is_empty());
            last = source.start;
        }
    }
}

#[test]
fn time_is_linear() {
    for unit in [
        "?lián)",
        "區(qū)",
        "?shù)弥虾鐓",
        "。ㄒ唬",
        "?。ㄒ唬",
        "M(jìn)",
        "?弥",
        "弥虾",
        "!皼",
        "(qū",
        "?xì)Abc",
    ] {
        let text = format!("區(qū)\n{}", unit.repeat((1 << 17) / unit.len()));
        let started = std::time::Instant::now();
        undo(&text);
        assert!(started.elapsed().as_secs() < 60, "{unit:?} {:?}", started.elapsed());
    }
}
