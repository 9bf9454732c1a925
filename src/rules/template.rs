//! `Template`: how a rule makes an indicator of fixed words, captures and the topic.

use std::ops::Range;

/// The names in braces that need no group of the pattern.
pub const TOPICS: [&str; 5] = ["topic", "object", "same", "stock", "thing"];

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Bytes of the template.
    pub span: Range<usize>,
    /// The name that nothing has; empty where there is none.
    pub name: String,
    /// What is wrong.
    pub text: String,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Fixed words.
    Text(String),
    /// What a named group captured.
    Capture(String),
    /// The indicator of the nearest earlier level reading.
    Topic,
    /// The same without its leading verb.
    Object,
    /// The object of the nearest one in the same unit.
    Same,
    /// The topic, or its object where that is told as new: what there is in all.
    Stock,
    /// The object without an attribute at its end.
    Thing,
}

/// An indicator with places to fill in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(pub Vec<Part>);

impl Template {
    /// Reads `text`; the error names what is wrong in it.
    pub fn parse<C: AsRef<str>>(text: &str, captures: &[C]) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let at = text.len() - rest.len() + open;
            if open > 0 {
                parts.push(Part::Text(rest[..open].to_owned()));
            }
            let Some(length) = rest[open..].find('}') else {
                let what = "a `{` that never closes".into();
                return Err(TemplateError { span: at..text.len(), name: String::new(), text: what });
            };
            let name = &rest[open + 1..open + length];
            parts.push(match name {
                "topic" => Part::Topic,
                "object" => Part::Object,
                "same" => Part::Same,
                "stock" => Part::Stock,
                "thing" if !captures.iter().any(|capture| capture.as_ref() == name) => Part::Thing,
                _ if captures.iter().any(|capture| capture.as_ref() == name) => {
                    Part::Capture(name.to_owned())
                }
                _ => {
                    let text = format!("`{{{name}}}` is no named group of the pattern");
                    return Err(TemplateError { span: at..at + length + 1, name: name.to_owned(), text });
                }
            });
            rest = &rest[open + length + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// Whether it needs a topic.
    pub fn needs_topic(&self) -> bool {
        !self.0.iter().all(|part| matches!(part, Part::Text(_) | Part::Capture(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_in_order() {
        let template = Template::parse("{topic}中{name}数", &["name".to_owned()]).unwrap();
        assert_eq!(
            template.0,
            [Part::Topic, Part::Text("中".into()), Part::Capture("name".into()), Part::Text("数".into())]
        );
        assert!(template.needs_topic());
        assert!(Template::parse("{nmae}", &["name".to_owned()]).is_err());
    }
}
