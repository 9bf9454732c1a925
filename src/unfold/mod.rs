//! Unfolding: a clause with several figures into one reading for each, as a reader would expand the sentence.

mod distribute;
mod members;

use crate::{
    quantity::{Dimension, Quantity},
    reading::{Reading, Token},
    rules::words::{Trim, Words},
    segment,
    span::Span,
};

/// How long a noun between two members may be, in bytes.
const NOUN: usize = 36;

/// Unfolds the clauses of a text.
#[derive(Clone, Copy, Debug)]
pub struct Unfolder<'t> {
    /// The repaired text.
    pub text: &'t str,
    /// Its quantities, sorted.
    pub quantities: &'t [Quantity],
    /// The vocabulary.
    pub words: &'t Words,
    /// Words that nothing may split.
    pub trim: &'t Trim,
}

impl<'t> Unfolder<'t> {
    /// The readings of a clause whose quantities are `quantities[first..last]`, sorted by figure.
    ///
    /// `lead` is the clause right before it in its sentence, if that has no figure: what it names holds here, too.
    pub fn clause(&self, clause: Span, lead: Option<Span>, first: usize, last: usize) -> Vec<Reading> {
        let mut readings = Vec::new();
        self.unfold(clause, lead, first, last, &mut readings);
        for reading in &mut readings {
            reading.lead = lead;
        }
        readings.sort_by_key(|reading| reading.figure);
        readings
    }

    fn unfold(&self, clause: Span, lead: Option<Span>, first: usize, last: usize, out: &mut Vec<Reading>) {
        let mut tokens = Vec::new();
        let mut brackets = Vec::new();
        self.tokens(clause, first, last, &mut tokens, &mut brackets);
        let main = out.len();
        let ranks = self.ranks(clause, first, last);
        if self.distribute(clause, lead, &ranks, out) {
            return;
        }
        if !self.distribute_turns(clause, &tokens, out) && !self.distribute(clause, lead, &tokens, out) {
            self.list(clause, &tokens, out);
        }
        for (bracket, first, last) in brackets {
            self.bracket(clause, bracket, first, last, main, out);
        }
        for index in first..last {
            if self.quantities[index].dimension == Dimension::Ordinal {
                let part = self.part_around(clause, self.quantities[index].span);
                let span = self.quantities[index].span;
                // `分居第4位和第2位`: what follows is of another rank.
                let rest = self.words.joiner.prefix(&self.text[span.end..part.end]).unwrap_or(0);
                let next = self.quantities.get(index + 1).filter(|_| rest > 0);
                let told = next.is_some_and(|next| next.span.start == span.end + rest);
                let part = if told { Span::new(part.start, span.end) } else { part };
                let tokens = [
                    Token::Words(Span::new(part.start, span.start)),
                    Token::Figure(index),
                    Token::Words(Span::new(span.end, part.end)),
                ];
                out.push(Reading::new(self.text, clause, index, &tokens, self.quantities));
            }
        }
    }

    /// The words and figures of a clause that gives several ranks out and nothing else (分别居全市第3、第5); empty if
    /// it is none.
    fn ranks(&self, clause: Span, first: usize, last: usize) -> Vec<Token<'t>> {
        let ranks = &self.quantities[first..last];
        let only = ranks.len() > 1 && ranks.iter().all(|q| q.dimension == Dimension::Ordinal);
        if !only || self.words.distributor.find(&self.text[clause.start..ranks[0].span.start]).is_none() {
            return Vec::new();
        }
        let mut tokens = Vec::new();
        let mut at = clause.start;
        for (index, rank) in (first..).zip(ranks) {
            tokens.extend([Token::Words(Span::new(at, rank.span.start)), Token::Figure(index)]);
            at = rank.span.end;
        }
        tokens.push(Token::Words(Span::new(at, clause.end)));
        tokens.retain(|token| !matches!(token, Token::Words(span) if span.is_empty()));
        tokens
    }

    /// Cuts a clause into words and figures; brackets that hold a figure are taken out and handed back.
    fn tokens(
        &self,
        clause: Span,
        first: usize,
        last: usize,
        tokens: &mut Vec<Token<'t>>,
        brackets: &mut Vec<(Span, usize, usize)>,
    ) {
        let mut at = clause.start;
        let mut index = first;
        let words = |from: usize, to: usize, tokens: &mut Vec<Token<'t>>| {
            if from < to {
                tokens.push(Token::Words(Span::new(from, to)));
            }
        };
        while index < last {
            let span = self.quantities[index].span;
            if let Some(bracket) = self.bracket_before(Span::new(at, clause.end), span) {
                words(at, bracket.start, tokens);
                let inner =
                    self.quantities[index..last].iter().take_while(|q| q.span.end <= bracket.end).count();
                brackets.push((bracket, index, index + inner));
                index += inner;
                at = bracket.end;
                continue;
            }
            if self.quantities[index].dimension != Dimension::Ordinal {
                words(at, span.start, tokens);
                tokens.push(Token::Figure(index));
                at = span.end;
            }
            index += 1;
        }
        words(at, clause.end, tokens);
    }

    /// The outermost closed round bracket of `rest` that holds the quantity at `span`, if any begins before it.
    fn bracket_before(&self, rest: Span, span: Span) -> Option<Span> {
        let mut at = rest.start;
        while let Some(open) = self.text[at..span.start].find('（').map(|n| at + n) {
            let length = segment::shielded(&self.text[open..rest.end], '（').unwrap_or(0);
            if open + length >= span.end {
                return Some(Span::new(open, open + length));
            }
            at = open + length.max('（'.len_utf8());
        }
        None
    }

    /// A bracket is a clause of its own; one that is only a figure takes the place of the figure before it.
    fn bracket(
        &self,
        clause: Span,
        bracket: Span,
        first: usize,
        last: usize,
        main: usize,
        out: &mut Vec<Reading>,
    ) {
        let inner = Span::new(bracket.start + '（'.len_utf8(), bracket.end - '）'.len_utf8());
        let figure = &self.quantities[first];
        let alone = last == first + 1 && figure.span == inner && figure.dimension != Dimension::Ordinal;
        let outer = out[main..].iter().rev().find(|r| {
            let end = self.quantities[r.figure].span.end;
            end <= bracket.start
                && bracket.start - end <= NOUN
                && !self.is_relation(Span::new(end, bracket.start))
        });
        if let (true, Some(outer)) = (alone, outer) {
            let figure = self.quantities[outer.figure].span;
            let tokens: Vec<Token<'t>> = outer
                .pieces
                .iter()
                .map(|&(_, span)| {
                    if span == figure {
                        return Token::Figure(first);
                    }
                    let found = self.quantities.binary_search_by_key(&span.start, |q| q.span.start);
                    match found {
                        Ok(i) if self.quantities[i].span == span => Token::Figure(i),
                        _ => Token::Words(span),
                    }
                })
                .collect();
            let mut reading = Reading::new(self.text, clause, first, &tokens, self.quantities);
            reading.topic = outer.topic;
            out.push(reading);
            return;
        }
        if alone && self.text[clause.start..bracket.start].chars().any(char::is_alphanumeric) {
            let before = self.part_around(clause, bracket);
            let mut tokens = Vec::new();
            let at =
                self.quantities[..first].iter().rev().find(|q| q.span.end > before.start).map(|q| q.span.end);
            tokens
                .push(Token::Words(Span::new(at.unwrap_or(before.start).min(bracket.start), bracket.start)));
            tokens.push(Token::Figure(first));
            out.push(Reading::new(self.text, clause, first, &tokens, self.quantities));
            return;
        }
        let quantities = &self.quantities[first..last];
        let mut from = first;
        for part in segment::clauses(self.text, inner, quantities) {
            let to =
                from + self.quantities[from..last].iter().take_while(|q| q.span.end <= part.span.end).count();
            if to > from {
                self.unfold(part.span, None, from, to, out);
            }
            from = to;
        }
    }

    /// The part between two `、` that holds `span`.
    fn part_around(&self, clause: Span, span: Span) -> Span {
        let start =
            self.text[clause.start..span.start].rfind('、').map_or(clause.start, |n| clause.start + n + 3);
        let end = self.text[span.end..clause.end].find('、').map_or(clause.end, |n| span.end + n);
        Span::new(start, end)
    }

    /// The places of `、` outside brackets and quotation marks.
    fn separators(&self, span: Span) -> Vec<usize> {
        let mut found = Vec::new();
        let mut at = span.start;
        while at < span.end {
            let rest = &self.text[at..span.end];
            let Some(n) = rest.find(['、', '（', '(', '“', '‘', '《', '【', '〔']) else { break };
            let c = rest[n..].chars().next().unwrap_or(' ');
            if c == '、' {
                found.push(at + n);
                at += n + c.len_utf8();
            } else {
                at += n + segment::shielded(&rest[n..], c).unwrap_or(c.len_utf8());
            }
        }
        found
    }
}

fn figures(tokens: &[Token<'_>]) -> Vec<usize> {
    tokens
        .iter()
        .filter_map(|token| if let Token::Figure(index) = token { Some(*index) } else { None })
        .collect()
}
