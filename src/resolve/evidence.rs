//! `Evidence`: what told the district, period, kind and status of a row, for those who ask why it says what it says.

use std::sync::Arc;

use super::{
    HEAD, Resolver,
    district::{Candidate, Weighed},
    period::Scope,
    status, title_end,
};
use crate::{
    matching::Mention,
    quantity::{Dimension, Quantity},
    reading::Reading,
    rules::file::Sign,
};

/// What told one column of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Where it was said, in words that go on a line: `title`, `clause`, `the rule` …; empty where nothing told it.
    pub by: String,
    /// The words that said it; may be empty.
    pub words: String,
}

impl Said {
    fn new(by: impl Into<String>, words: impl Into<String>) -> Self {
        Self { by: by.into(), words: words.into() }
    }
}

/// What told the columns of a row that do not stand in its reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The place.
    pub district: Said,
    /// The places that were weighed for the document's, where its own says nothing of the figure's.
    pub places: Arc<Weighed>,
    /// The time.
    pub period: Said,
    /// State, change, completion or rank.
    pub kind: Said,
    /// Growth or decline; only of a change.
    pub sign: Said,
    /// Come about or planned.
    pub status: Said,
}

impl Resolver<'_> {
    /// What told the columns of the row that was resolved last.
    pub fn evidence(&self, mention: &Mention, reading: &Reading, quantity: &Quantity) -> Evidence {
        let rule = &self.rules.rules()[mention.rule];
        let (told, source) = self.status(reading, quantity);
        let status = match (rule.status, source) {
            (Some(_), _) => Said::new("the rule", ""),
            (None, status::Source::Words(words)) => Said::new("sentence", words),
            (None, status::Source::Paragraph) => Said::new("paragraph", "it begins with the future"),
            (None, status::Source::Section) => Said::new("section", "it is on the future"),
            (None, status::Source::Nothing) => Said::default(),
        };
        let (district, places) = self.place_said(reading);
        Evidence {
            district,
            places,
            period: self.period_said(reading, quantity, rule.status.unwrap_or(told)),
            kind: self.kind_said(mention, reading, quantity),
            sign: self.sign_said(mention, reading),
            status,
        }
    }

    fn period_said(&self, reading: &Reading, quantity: &Quantity, status: crate::row::Status) -> Said {
        let resolved = self.period(reading, quantity, status);
        let text = &*self.document.text;
        match (resolved.scope, resolved.period, &self.context.period) {
            (Some(scope), None, None) => Said::new(scope.name(), resolved.words),
            (_, None, Some(_)) => Said::new("option", "--period"),
            (None, ..) => Said::default(),
            (Some(scope @ Scope::Path), ..) => Said::new(scope.name(), self.name),
            (Some(scope @ Scope::Title), ..) => {
                let line = text[..title_end(text)].lines().find(|line| !line.trim().is_empty());
                Said::new(scope.name(), line.unwrap_or_default().trim())
            }
            (Some(scope), ..) => Said::new(scope.name(), resolved.words),
        }
    }

    fn kind_said(&self, mention: &Mention, reading: &Reading, quantity: &Quantity) -> Said {
        let relative =
            matches!(quantity.dimension, Dimension::Percent | Dimension::Points | Dimension::Multiple);
        match self.rules.change(&reading.text[..reading.at]) {
            _ if quantity.dimension == Dimension::Ordinal => Said::new("the quantity", "a place in an order"),
            _ if self.rules.rules()[mention.rule].kind.is_some() => Said::new("the rule", ""),
            Some(words) if relative => Said::new("clause", words),
            _ => Said::default(),
        }
    }

    fn sign_said(&self, mention: &Mention, reading: &Reading) -> Said {
        if mention.kind != crate::row::Kind::Change {
            return Said::default();
        }
        match self.rules.rules()[mention.rule].sign {
            Some(Sign::Plus) => Said::new("the rule", "+"),
            Some(Sign::Minus) => Said::new("the rule", "-"),
            None if mention.negative => {
                let words = self
                    .rules
                    .change(&reading.text[..reading.at])
                    .unwrap_or(&reading.text[mention.matched.0..mention.matched.1]);
                let decline = self.rules.words().decline.find(words);
                Said::new("clause", decline.map_or("", |span| span.of(words)))
            }
            None => Said::default(),
        }
    }

    /// What told the place of a clause, and the places that were weighed for the document's.
    fn place_said(&self, reading: &Reading) -> (Said, Arc<Weighed>) {
        let text = &*self.document.text;
        if let Some((clause, Some(_))) = &self.elsewhere {
            let carried = if *clause == reading.clause { "" } else { "an earlier clause: " };
            return (Said::new("text", format!("{carried}{}", clause.of(text).trim())), Arc::default());
        }
        // This walks over the whole text.
        let weighed = self.weighed.get_or_init(|| {
            let (title, rest) = text.split_at(title_end(text));
            let head = &rest[..rest.floor_char_boundary(HEAD)];
            Arc::new(self.places.weigh(title, head, text, self.name))
        });
        let said = match &self.home {
            None => Said::default(),
            Some(home) if home.source == "option" => Said::new("option", "--district"),
            Some(home) => {
                let named = |it: &&Candidate| it.district.name == home.name;
                let within = |it: &&Candidate| it.district.name.starts_with(&home.name);
                let candidates = || weighed.candidates.iter();
                let found = candidates().find(named).or_else(|| candidates().find(within));
                Said::new(home.source, found.map_or("", |it| &it.words))
            }
        };
        (said, Arc::clone(weighed))
    }
}
