//! `PlaceLister`: the places that a document names, with their codes, for those who want to join texts by place and for
//! finding out what the program took for one.

use std::sync::Arc;

use crate::{
    decode,
    emit::{Cell, Field, Holds},
    gazetteer::Level,
    place::Cursor,
    repair::repair,
    resolve::{
        self,
        district::{District, DistrictResolver},
    },
    rules::RuleSet,
};

/// Lists the places of documents; shared between threads.
///
/// ```
/// use kpi_extract::{listing::places::PlaceLister, resolve::district::DistrictResolver};
///
/// let report = "源城區上城街道2023年工作总结\n投入20万元支持龙川县。";
/// let mut found = Vec::new();
/// let lister = PlaceLister::new(DistrictResolver::default());
/// lister.list("report.txt", report.as_bytes(), &mut |place| found.push(place))?;
///
/// let [street, county] = &found[..] else { panic!("two places") };
/// assert_eq!((street.raw.as_str(), street.district_code.as_str()), ("源城區上城街道", "441602001"));
/// assert_eq!((street.home, street.level), (true, "township"));
/// assert_eq!((county.district.as_str(), county.home), ("广东省河源市龙川县", false));
/// # Ok::<(), kpi_extract::decode::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PlaceLister {
    resolver: DistrictResolver,
}

/// A place that a document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPlace {
    /// The name, with the parents that stand before it, exactly as the decoded document has them.
    pub raw: String,
    /// Official full path; where the name may mean several places, of what holds them all; empty where nothing does.
    pub district: String,
    /// Its division code.
    pub district_code: String,
    /// `province`, `prefecture`, `county`, `area`, `township` or `own`; empty without a district.
    pub level: &'static str,
    /// Whether it is the place of the whole document.
    pub home: bool,
    /// Where the name may mean several places, their paths with `|` between; otherwise empty.
    pub candidates: String,
    /// The line that it begins on, from 1.
    pub line: usize,
    /// Characters of the decoded document before it, the byte-order mark not counted.
    pub start: usize,
    /// Characters of the decoded document before its end: `decoded[start..end] == raw`.
    pub end: usize,
    /// The name of the document.
    pub document: Arc<str>,
}

impl PlaceLister {
    /// A lister of the places that this resolver knows.
    pub const fn new(resolver: DistrictResolver) -> Self {
        Self { resolver }
    }

    /// A lister of the places of these rules, for documents that are from `district` where they do not say.
    pub fn of_rules(rules: &RuleSet, district: Option<&str>) -> Self {
        Self::new(rules.places().for_documents_of(district).0)
    }

    /// Hands the places that one document names to `sink`, in the order of the text. `document` is its name, `report`
    /// its bytes or what [`decode::read`] made of them.
    pub fn list<'a>(
        &self,
        document: &str,
        report: impl Into<decode::Source<'a>>,
        sink: &mut dyn FnMut(NamedPlace),
    ) -> Result<(), decode::Error> {
        let name: Arc<str> = document.into();
        let decoded = report.into().text(document)?;
        let document = repair(&decoded.text);
        let text = &*document.text;
        let home = resolve::home(&self.resolver, text, &name);
        let mut cursor = Cursor::new(document.decoded);
        for (span, districts) in self.resolver.places(&name, text, resolve::title_end(text)) {
            let source = document.alignment.source(span);
            let place = cursor.locate(source);
            let district = self.resolver.common(&districts);
            let one = if let [one] = &districts[..] { Some(one) } else { None };
            let candidates = if one.is_some() { &[][..] } else { &districts };
            let candidates: Vec<&str> = candidates.iter().map(|it| it.name.as_str()).collect();
            sink(NamedPlace {
                raw: source.of(document.decoded).to_owned(),
                level: district.as_ref().map_or("", |it| self.level(it)),
                home: one.zip(home.as_ref()).is_some_and(|(one, home)| one.name == home.name),
                candidates: candidates.join("|"),
                district: district.as_ref().map_or_else(String::new, |it| it.name.clone()),
                district_code: district.map_or_else(String::new, |it| it.code),
                line: place.line,
                start: place.start,
                end: place.end,
                document: Arc::clone(&name),
            });
        }
        Ok(())
    }

    fn level(&self, district: &District) -> &'static str {
        match self.resolver.level(district) {
            Level::Province => "province",
            Level::Prefecture => "prefecture",
            Level::County => "county",
            Level::Area => "area",
            Level::Township => "township",
            Level::Own => "own",
        }
    }
}

/// One field of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `NamedPlace` by the same names")]
pub enum PlaceColumn {
    Raw,
    District,
    DistrictCode,
    Level,
    Home,
    Candidates,
    Line,
    Start,
    End,
    Document,
}

impl Field for PlaceColumn {
    type Row = NamedPlace;

    const ALL: &'static [Self] = &[
        Self::Raw,
        Self::District,
        Self::DistrictCode,
        Self::Level,
        Self::Home,
        Self::Candidates,
        Self::Line,
        Self::Start,
        Self::End,
        Self::Document,
    ];
    const DEFAULT: &'static [Self] = Self::ALL;

    fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::District => "district",
            Self::DistrictCode => "district_code",
            Self::Level => "level",
            Self::Home => "home",
            Self::Candidates => "candidates",
            Self::Line => "line",
            Self::Start => "start",
            Self::End => "end",
            Self::Document => "document",
        }
    }

    fn cell(self, place: &NamedPlace) -> Cell<'_> {
        match self {
            Self::Raw => Cell::Text(&place.raw),
            Self::District => Cell::Text(&place.district),
            Self::DistrictCode => Cell::Text(&place.district_code),
            Self::Level => Cell::Text(place.level),
            Self::Home => Cell::Flag(place.home),
            Self::Candidates => Cell::Text(&place.candidates),
            Self::Line => Cell::Integer(place.line),
            Self::Start => Cell::Integer(place.start),
            Self::End => Cell::Integer(place.end),
            Self::Document => Cell::Text(&place.document),
        }
    }

    fn holds(self) -> Holds {
        match self {
            Self::Home => Holds::Flag,
            Self::Line | Self::Start | Self::End => Holds::Integer,
            _ => Holds::Text,
        }
    }
}
