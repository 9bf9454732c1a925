//! Places, checked against the short texts of `places.toml`: data, so that a wrong place in a real report becomes one
//! line there.

use kpi_extract::{
    extract::{Context, Extractor},
    gazetteer::{Form, Gazetteer, Level},
    resolve::district::DistrictResolver,
    rules::RuleSet,
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    home: Vec<Home>,
    mention: Vec<Mention>,
    clause: Vec<Clause>,
    figure: Vec<Figures>,
    option: Vec<Choice>,
}

/// A report: its first line is the title. An empty district: none is to be found.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Home {
    text: String,
    #[serde(default)]
    path: String,
    district: String,
    code: Option<String>,
    source: Option<String>,
    #[serde(default)]
    flagged: bool,
}

/// A text and the names of places in it, in its order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mention {
    text: String,
    names: Vec<String>,
}

/// A clause of a report from `home`, and the places that it is about instead; none: the report's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    home: String,
    text: String,
    #[serde(default)]
    about: Vec<String>,
}

/// A report and the places of its rows, in order.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Figures {
    text: String,
    districts: Vec<String>,
}

/// A name given with `--district`: the path that it means, or some of the candidates.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    name: String,
    district: Option<String>,
    #[serde(default)]
    candidates: Vec<String>,
}

fn cases() -> Cases {
    toml::from_str(include_str!("places.toml")).expect("the cases are well formed")
}

#[test]
fn the_district_of_a_report_is_found() {
    let mut wrong = vec![];
    for case in cases().home {
        let (title, body) = case.text.split_once('\n').unwrap_or((&case.text, ""));
        let found = DistrictResolver::default().home(title, body, "", &case.path);
        let name = found.as_ref().map_or("", |each| &each.name);
        let right = name == case.district
            && found.as_ref().is_none_or(|each| {
                each.flagged == case.flagged
                    && case.code.is_none_or(|code| code == each.code)
                    && case.source.is_none_or(|source| source == each.source)
            });
        if !right {
            wrong.push(format!("{}\n    expected {}, found {found:?}", case.text, case.district));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Openings {
    opening: Vec<Opening>,
}

/// A report's opening, with the name of its file, and the place that a figure without one of its own is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    text: String,
    #[serde(default)]
    path: String,
    district: String,
}

/// The whole program on openings as they are published: each was written before it was tried.
#[test]
fn openings_of_reports_tell_their_place() {
    let texts = [
        include_str!("openings/first.toml"),
        include_str!("openings/second.toml"),
        include_str!("openings/third.toml"),
    ];
    let openings = texts.iter().flat_map(|text| toml::from_str::<Openings>(text).unwrap().opening);
    let extractor = Extractor::new(RuleSet::builtin(), Context::default());
    let (mut count, mut wrong) = (0, vec![]);
    for Opening { text, path, district } in openings {
        let report = format!("{text}\n全年累计办理群众事项100件。\n");
        let mut found = None;
        extractor.extract(&path, report.as_bytes(), &mut |row| found = Some(row.district)).unwrap();
        let found = found.expect("the last line is a row");
        count += 1;
        if !district.split('|').any(|each| each == found) {
            wrong.push(format!("{text}\n    expected {district}, found {found}"));
        }
    }
    assert!(count >= 120);
    assert!(wrong.is_empty(), "{} of {count}: {}", wrong.len(), wrong.join("\n"));
}

#[test]
fn names_of_places_are_found_and_what_looks_like_one_is_not() {
    let mut wrong = vec![];
    for case in cases().mention {
        let found = Gazetteer::builtin().mentions(&case.text);
        let found = found.iter().filter(|each| matches!(each.form, Form::Formal | Form::Short));
        let names: Vec<_> = found.map(|each| each.span.of(&case.text)).collect();
        if names != case.names {
            wrong.push(format!("{}: expected {:?}, found {names:?}", case.text, case.names));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_clause_about_another_place_is_told_from_one_that_mentions_it() {
    let resolver = DistrictResolver::default();
    let mut wrong = vec![];
    for case in cases().clause {
        let home = resolver.find_option(&case.home).expect("the home of a case exists");
        let found: Vec<_> =
            resolver.of_clause_all(&case.text, Some(&home)).into_iter().map(|each| each.name).collect();
        if found != case.about {
            wrong.push(format!("{}: expected {:?}, found {found:?}", case.text, case.about));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_figure_has_the_place_that_stands_beside_it() {
    let extractor = Extractor::new(RuleSet::builtin(), Context::default());
    let mut wrong = vec![];
    for case in cases().figure {
        let mut found = vec![];
        extractor.extract("", case.text.as_bytes(), &mut |row| found.push(row.district)).unwrap();
        if found != case.districts {
            wrong.push(format!("{}: expected {:?}, found {found:?}", case.text, case.districts));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_option_names_one_district_or_says_which_it_may_be() {
    let resolver = DistrictResolver::default();
    for case in cases().option {
        match resolver.find_option(&case.name) {
            Ok(found) => assert_eq!(Some(&found.name), case.district.as_ref(), "{}", case.name),
            Err(error) => {
                assert_eq!(case.district, None, "{}: {error}", case.name);
                for candidate in case.candidates {
                    assert!(error.to_string().contains(&candidate), "{}: {error}", case.name);
                }
            }
        }
    }
}

/// Every township whose name no other has is found from that name alone, and never placed elsewhere.
#[test]
fn a_township_of_one_name_is_found_from_its_title() {
    let (table, resolver) = (Gazetteer::builtin(), DistrictResolver::default());
    let mut wrong = vec![];
    let mut tried = 0;
    for division in table.divisions().skip(4_000).step_by(7) {
        let name = table.name(division);
        let alone = table.find(&name).is_some_and(|found| found.divisions().count() == 1);
        if !alone || !name.ends_with(['道', '镇', '乡']) {
            continue;
        }
        tried += 1;
        let title = format!("{name}2023年工作总结");
        let found = resolver.home(&title, "一年来，全体干部群众真抓实干，各项工作取得新进展。", "", "");
        if found.as_ref().is_none_or(|each| each.name != table.path(division)) {
            wrong.push(format!("{} {:?}", table.path(division), found.map(|each| each.name)));
        }
    }
    assert!(tried > 3_000);
    assert!(wrong.len() * 200 < tried, "{} of {tried}: {}", wrong.len(), wrong.join("\n"));
}

/// Every county is found from a title that names its city and itself.
#[test]
fn a_county_is_found_from_its_city_and_itself() {
    let (table, resolver) = (Gazetteer::builtin(), DistrictResolver::default());
    let mut wrong = vec![];
    let mut tried = 0;
    for division in table.divisions().filter(|&each| table.level(each) == Level::County) {
        let Some(parent) = table.parent(division) else { continue };
        if table.code(division).starts_with('8') {
            continue;
        }
        tried += 1;
        let title = format!("{}{}2023年政府工作报告", table.name(parent), table.name(division));
        let found = resolver.home(&title, "一年来，各项工作取得新进展。", "", "");
        if found.as_ref().is_none_or(|each| each.name != table.path(division)) {
            wrong.push(format!("{title}: {:?}", found.map(|each| each.name)));
        }
    }
    assert!(tried > 2_800);
    assert!(wrong.is_empty(), "{} of {tried}: {}", wrong.len(), wrong.join("\n"));
}

#[derive(Deserialize)]
struct Alias {
    name: String,
    #[serde(alias = "in")]
    code: String,
}

#[derive(Deserialize)]
struct Sources {
    alias: Vec<Alias>,
    landmark: Vec<Alias>,
    area: Vec<Alias>,
    words: Vec<String>,
    generic: Vec<String>,
}

/// The embedded table was built from the files beside it: `tools/gazetteer/build.py` was not forgotten.
#[test]
fn the_table_agrees_with_its_sources() {
    let sources = [
        include_str!("../rules/places/aliases.toml"),
        include_str!("../rules/places/landmarks.toml"),
        include_str!("../rules/places/areas.toml"),
        include_str!("../rules/places/words.toml"),
    ];
    let sources: Sources = toml::from_str(&sources.concat()).expect("the sources are well formed");
    let table = Gazetteer::builtin();
    for Alias { name, code } in sources.alias.iter().chain(&sources.landmark) {
        let code = format!("{code:0<6}");
        let found =
            table.find(name).is_some_and(|found| found.divisions().any(|each| table.code(each) == code));
        assert!(found, "`{name}` does not lead to {code}");
    }
    for Alias { name, .. } in &sources.area {
        let area = |each| table.level(each) == Level::Area;
        assert!(table.find(name).is_some_and(|found| found.divisions().any(area)), "{name}");
    }
    let marked = |name: &str| table.find(name).is_some_and(|found| found.form() != Form::Short);
    for name in sources.words.iter().chain(&sources.generic) {
        assert!(marked(name) || ["街道", "农场", "城乡"].contains(&name.as_str()), "`{name}` is not marked");
    }
}

proptest! {
    /// No text makes the search stop short or leave the text.
    #[test]
    fn any_text_is_searched(text in "[北京市朝阳区建外街道中山小东门镇乡全我县、和（）/ a0-9。%来源：支持\n]{0,60}") {
        let resolver = DistrictResolver::default();
        let home = resolver.home(&text, &text, &text, &text);
        resolver.of_clause_all(&text, home.as_ref());
        resolver.carries(&text);
        let _ = resolver.find_option(&text);
        let mut end = 0;
        for mention in Gazetteer::builtin().mentions(&text) {
            prop_assert!(end <= mention.span.start && mention.span.start < mention.span.end);
            end = mention.span.end;
        }
        prop_assert!(end <= text.len());
        for (span, districts) in resolver.places(&text, &text, text.len() / 2) {
            prop_assert!(!span.of(&text).is_empty() && !districts.is_empty());
        }
    }
}
