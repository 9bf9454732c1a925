//! `Reading`: the words about exactly one quantity, its figure, with every other quantity as a neighbour.

use crate::{quantity::Quantity, rules::code::Code, span::Span};

/// A piece of a clause: words, or a quantity by its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'w> {
    /// Words of the text.
    Words(Span),
    /// A quantity.
    Figure(usize),
    /// Words that the text only implies, and those that imply them: `城镇` of `城乡`.
    Said(Span, &'w str),
}

/// What rules search: text with one character for the figure and one for each neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Index of the quantity that it is about.
    pub figure: usize,
    /// The text that rules search.
    pub text: String,
    /// Where in `text` the figure stands.
    pub at: usize,
    /// Where each stretch of `text` came from, by the offset that it begins at.
    pub pieces: Vec<(usize, Span)>,
    /// The clause that it was made from.
    pub clause: Span,
    /// Under `分别` without names: the i-th of the last n topics.
    pub topic: Option<(usize, usize)>,
    /// Of a table: the cell that tells the time.
    pub time: Option<Span>,
    /// The clause right before in the sentence, if it has no figure.
    pub lead: Option<Span>,
}

impl Reading {
    /// The reading about `figure` that `tokens` make.
    pub fn new(
        text: &str,
        clause: Span,
        figure: usize,
        tokens: &[Token<'_>],
        quantities: &[Quantity],
    ) -> Self {
        let mut reading = Self {
            figure,
            at: 0,
            text: String::with_capacity(64),
            pieces: Vec::with_capacity(tokens.len()),
            clause,
            topic: None,
            time: None,
            lead: None,
        };
        for token in tokens {
            match *token {
                Token::Words(span) => {
                    reading.pieces.push((reading.text.len(), span));
                    reading.text.push_str(span.of(text));
                }
                Token::Said(span, words) => {
                    reading.pieces.push((reading.text.len(), span));
                    reading.text.push_str(words);
                }
                Token::Figure(index) => {
                    let quantity = &quantities[index];
                    let code = Code::of(quantity);
                    reading.pieces.push((reading.text.len(), quantity.span));
                    if index == figure {
                        reading.at = reading.text.len();
                    }
                    reading.text.push(if index == figure { code.figure() } else { code.neighbour() });
                }
            }
        }
        reading
    }

    /// The reading as a person can read it: the figure in `⟦…⟧`, neighbours in `⟨…⟩`.
    pub fn show(&self, text: &str, quantities: &[Quantity]) -> String {
        let mut out = String::new();
        let ends = self.pieces.iter().skip(1).map(|&(at, _)| at).chain([self.text.len()]);
        for (&(at, span), end) in self.pieces.iter().zip(ends) {
            let c = self.text[at..end].chars().next().unwrap_or(' ');
            let (open, close) = match crate::rules::code::is_reserved(c) {
                false => ("", ""),
                true if span == quantities[self.figure].span => ("⟦", "⟧"),
                true => ("⟨", "⟩"),
            };
            out.push_str(open);
            out.push_str(span.of(text));
            out.push_str(close);
        }
        out
    }
}
