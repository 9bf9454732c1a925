//! Unfolding: a clause with several figures into one reading for each, as a reader would expand the sentence.

use crate::{
    quantity::{Dimension, Quantity},
    reading::{Reading, Token},
    rules::words::{Trim, Words},
    segment,
    span::Span,
};

/// Words that join two members where they touch a quantity.
const JOINERS: [&str; 6] = ["以及", "并且", "和", "及", "与", "并"];
/// Marks of a distributed statement: the i-th name belongs to the i-th figure.
const DISTRIBUTORS: [&str; 3] = ["分别", "依次", "各自"];
/// What between two quantities shows that they are not members of one list.
const RELATORS: &[char] =
    &['的', '比', '由', '从', '至', '到', '为', '对', '占', '每', '将', '把', '向', '：', ':', '～'];
/// Words that hide two names under `分别`.
const PAIRS: [(&str, [&str; 2]); 3] =
    [("城乡居民", ["城镇居民", "农村居民"]), ("存贷款", ["存款", "贷款"]), ("进出口", ["进口", "出口"])];
/// Last characters of a name that needs no ending of another.
const COMPLETE: &[char] = &['率', '度', '数', '额', '量', '值', '比'];
/// How long a noun between two members may be, in bytes.
const NOUN: usize = 36;

/// A run of tokens about one or more figures.
type Member = Vec<Token>;

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

impl Unfolder<'_> {
    /// The readings of a clause whose quantities are `quantities[first..last]`, sorted by figure.
    pub fn clause(&self, clause: Span, first: usize, last: usize) -> Vec<Reading> {
        let mut readings = Vec::new();
        self.unfold(clause, first, last, &mut readings);
        readings.sort_by_key(|reading| reading.figure);
        readings
    }

    fn unfold(&self, clause: Span, first: usize, last: usize, out: &mut Vec<Reading>) {
        let mut tokens = Vec::new();
        let mut brackets = Vec::new();
        self.tokens(clause, first, last, &mut tokens, &mut brackets);
        let main = out.len();
        if !self.distribute(clause, &tokens, out) {
            self.list(clause, &tokens, out);
        }
        for (bracket, first, last) in brackets {
            self.bracket(clause, bracket, first, last, main, out);
        }
        for index in first..last {
            if self.quantities[index].dimension == Dimension::Ordinal {
                let part = self.part_around(clause, self.quantities[index].span);
                let span = self.quantities[index].span;
                let tokens = [
                    Token::Words(Span::new(part.start, span.start)),
                    Token::Figure(index),
                    Token::Words(Span::new(span.end, part.end)),
                ];
                out.push(Reading::new(self.text, clause, index, &tokens, self.quantities));
            }
        }
    }

    /// Cuts a clause into words and figures; brackets that hold a figure are taken out and handed back.
    fn tokens(
        &self,
        clause: Span,
        first: usize,
        last: usize,
        tokens: &mut Vec<Token>,
        brackets: &mut Vec<(Span, usize, usize)>,
    ) {
        let mut at = clause.start;
        let mut index = first;
        let words = |from: usize, to: usize, tokens: &mut Vec<Token>| {
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
            let tokens: Member = outer
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
                self.unfold(part.span, from, to, out);
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

    /// `A、B分别为x、y`: the i-th name, the words between, the i-th figure. Says whether it was one.
    fn distribute(&self, clause: Span, tokens: &[Token], out: &mut Vec<Reading>) -> bool {
        let Some(Token::Words(before)) = tokens.first().copied() else { return false };
        let figures = figures(tokens);
        if figures.len() < 2 || !self.only_separators(tokens) {
            return false;
        }
        let text = before.of(self.text);
        let mark = DISTRIBUTORS.iter().filter_map(|mark| text.rfind(mark).map(|at| (at, mark.len()))).max();
        let (names, between) = match mark {
            Some((at, length)) => {
                let at = before.start + at;
                (Span::new(before.start, at), Span::new(at + length, before.end))
            }
            // The mark may be left unsaid, if names and figures are as many.
            None if touching(tokens) => return false,
            None => self.silent(before, figures.len()),
        };
        let parts = self.names(names, figures.len());
        if mark.is_none() && (parts.len() != figures.len() || parts.len() < 2) {
            return false;
        }
        let shared =
            parts.last().and_then(|last| self.words.attribute.suffix(last.of(self.text)).map(|n| (last, n)));
        let pair = if parts.len() == 1 && figures.len() == 2 { self.pair(names) } else { None };
        for (i, &figure) in figures.iter().enumerate() {
            let mut member = Vec::new();
            if let Some((at, halves)) = pair {
                member.extend([
                    Token::Words(Span::new(names.start, at.start)),
                    Token::Said(at, halves[i]),
                    Token::Words(Span::new(at.end, names.end)),
                ]);
            } else if parts.len() == figures.len() {
                member.push(Token::Words(parts[i]));
                if let Some((last, ending)) = shared
                    && self.words.attribute.suffix(parts[i].of(self.text)).is_none()
                    && !parts[i].of(self.text).ends_with(COMPLETE)
                {
                    member.push(Token::Words(Span::new(last.end - ending, last.end)));
                }
            } else if !names.is_empty() {
                member.push(Token::Words(names));
            }
            if !between.is_empty() {
                member.push(Token::Words(between));
            }
            member.push(Token::Figure(figure));
            let mut reading = Reading::new(self.text, clause, figure, &member, self.quantities);
            if names.of(self.text).trim().is_empty() {
                reading.topic = Some((i, figures.len()));
            }
            out.push(reading);
        }
        true
    }

    /// A word of `names` that hides two: `城乡` is `城镇` and `农村`.
    fn pair(&self, names: Span) -> Option<(Span, &[&'static str; 2])> {
        let text = names.of(self.text);
        PAIRS.iter().find_map(|(word, halves)| {
            text.find(word).map(|at| (Span::new(names.start + at, names.start + at + word.len()), halves))
        })
    }

    /// Whether the figures follow one another with nothing but `、`, joiners and spaces between and after them.
    fn only_separators(&self, tokens: &[Token]) -> bool {
        let first = tokens.iter().position(|token| matches!(token, Token::Figure(_))).unwrap_or(0);
        tokens[first..].iter().all(|token| match token {
            Token::Figure(_) => true,
            Token::Said(..) => false,
            Token::Words(span) => {
                let words = span.of(self.text).trim_matches(['、', ' ']);
                words.is_empty() || JOINERS.contains(&words)
            }
        })
    }

    /// Names and the words after them where no mark divides them: `A、B增长`.
    fn silent(&self, before: Span, figures: usize) -> (Span, Span) {
        let text = before.of(self.text);
        if text.matches('、').count() + 1 < figures && !JOINERS.iter().any(|joiner| text.contains(joiner)) {
            return (Span::new(before.start, before.start), before);
        }
        let mut end = before.end;
        while let Some(n) = self.words.bare.suffix(Span::new(before.start, end).of(self.text)) {
            end -= n;
        }
        (Span::new(before.start, end), Span::new(end, before.end))
    }

    /// The names of an enumeration: at `、`, and at the last joiner where one more is wanted.
    fn names(&self, names: Span, wanted: usize) -> Vec<Span> {
        let mut parts: Vec<Span> = Vec::new();
        let mut start = names.start;
        for at in self.separators(names) {
            parts.push(Span::new(start, at));
            start = at + '、'.len_utf8();
        }
        parts.push(Span::new(start, names.end));
        if parts.len() + 1 == wanted {
            let last = parts[parts.len() - 1];
            let text = last.of(self.text);
            let joiner =
                JOINERS.iter().filter_map(|joiner| text.rfind(joiner).map(|at| (at, joiner.len()))).max();
            let whole = |at: usize| !self.trim.splits(text, at);
            let inner = |&(at, length): &(usize, usize)| {
                at > 0 && at + length < text.len() && whole(at) && whole(at + length)
            };
            if let Some((at, length)) = joiner.filter(inner) {
                parts.pop();
                parts.push(Span::new(last.start, last.start + at));
                parts.push(Span::new(last.start + at + length, last.end));
            }
        }
        parts.retain(|part| !part.of(self.text).trim().is_empty());
        parts
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

    /// Members of a list, each with its own reading or readings.
    fn list(&self, clause: Span, tokens: &[Token], out: &mut Vec<Reading>) {
        let count = figures(tokens).len();
        if count == 0 {
            return;
        }
        let members = self.members(tokens, count);
        let predicate = members.last().and_then(|last| self.predicate(last));
        for (i, member) in members.iter().enumerate() {
            let figures = figures(member);
            let mut whole = member.clone();
            if figures.len() == 1 {
                if self.is_blank(member) && members.len() > 1 {
                    let neighbour = if i > 0 { &members[i - 1] } else { &members[1] };
                    whole = frame(neighbour, figures[0]);
                } else if let Some(attributed) =
                    i.checked_sub(1).and_then(|i| self.attributed(&members[i], member))
                {
                    whole = attributed;
                } else if i + 1 < members.len()
                    && let Some(predicate) = predicate
                    && self.is_figure_and_noun(member)
                {
                    whole.push(Token::Words(predicate));
                }
            }
            for &figure in &figures {
                let near = window(&whole, figure);
                out.push(Reading::new(self.text, clause, figure, near, self.quantities));
            }
        }
    }

    /// A member that is only an attribute is about the thing of the member before: 茶叶产量8.1万吨、产值92.3亿元.
    fn attributed(&self, before: &[Token], member: &[Token]) -> Option<Member> {
        let (&[Token::Words(attribute), figure @ Token::Figure(_)], Some(&Token::Words(thing))) =
            (member, before.first())
        else {
            return None;
        };
        let named = self.trim.apply(attribute.of(self.text), None);
        if !self.words.attribute.contains(named) || before.len() != 2 {
            return None;
        }
        let text = thing.of(self.text);
        let own = self.words.attribute.suffix(text).filter(|&n| n < text.len()).unwrap_or(0);
        Some(vec![Token::Words(Span::new(thing.start, thing.end - own)), Token::Words(attribute), figure])
    }

    fn members(&self, tokens: &[Token], count: usize) -> Vec<Member> {
        let mut parts: Vec<Member> = vec![Member::new()];
        let push = |parts: &mut Vec<Member>, token: Token| {
            if let Some(part) = parts.last_mut() {
                part.push(token);
            }
        };
        for (i, &token) in tokens.iter().enumerate() {
            let Token::Words(mut span) = token else {
                push(&mut parts, token);
                continue;
            };
            let text = span.of(self.text);
            if count > 1
                && i > 0
                && let Some(joiner) = JOINERS.iter().find(|joiner| text.starts_with(**joiner))
                && !self.trim.splits(text, joiner.len())
            {
                span.start += joiner.len();
                parts.push(Member::new());
            }
            let text = span.of(self.text);
            let mut joined = false;
            if count > 1
                && i + 1 < tokens.len()
                && i > 0
                && let Some(joiner) = JOINERS.iter().find(|joiner| text.ends_with(**joiner))
                && !self.trim.splits(text, text.len() - joiner.len())
            {
                span.end -= joiner.len();
                joined = true;
            }
            let mut start = span.start;
            for at in self.separators(span) {
                if start < at {
                    push(&mut parts, Token::Words(Span::new(start, at)));
                }
                parts.push(Member::new());
                start = at + '、'.len_utf8();
            }
            if start < span.end {
                push(&mut parts, Token::Words(Span::new(start, span.end)));
            }
            if joined {
                parts.push(Member::new());
            }
        }
        let mut members: Vec<Member> = Vec::new();
        let mut waiting = Member::new();
        for part in parts {
            if part.is_empty() {
                continue;
            }
            if figures(&part).is_empty() {
                if !self.is_statement(&part, members.is_empty()) {
                    waiting.extend(part);
                }
                continue;
            }
            waiting = self.with_marks(&waiting, &part);
            self.cut_touching(&waiting, &mut members);
            waiting = Member::new();
        }
        if let Some(last) = members.last_mut()
            && !waiting.is_empty()
            && matches!(last.last(), Some(Token::Words(_)))
        {
            *last = self.with_marks(last, &waiting);
        }
        members
    }

    /// Two runs of tokens as one, with the `、` between parts that the text has there.
    fn with_marks(&self, a: &[Token], b: &[Token]) -> Member {
        let mut whole: Member = Vec::new();
        for &token in a.iter().chain(b) {
            match (whole.last_mut(), token) {
                (Some(Token::Words(last)), Token::Words(next))
                    if last.end <= next.start
                        && self.text[last.end..next.start].trim_matches('、').is_empty() =>
                {
                    last.end = next.end;
                }
                _ => whole.push(token),
            }
        }
        whole
    }

    /// Cuts a part between quantities that touch or have only a noun between them.
    fn cut_touching(&self, part: &[Token], members: &mut Vec<Member>) {
        let mut member = Member::new();
        // A noun stands after its quantity when the last quantity of the part has one after it; where neither the
        // first has one before it nor the last one after it, the part is one statement.
        let after = matches!(part.last(), Some(Token::Words(span)) if self.begins_with_noun(*span));
        let before = matches!(part.first(), Some(Token::Words(span)) if !self.is_verb(*span));
        let mut i = 0;
        while i < part.len() {
            member.push(part[i]);
            match (part[i], part.get(i + 1), part.get(i + 2)) {
                (Token::Figure(_), Some(Token::Figure(_)), _) => members.push(std::mem::take(&mut member)),
                (Token::Figure(_), Some(&Token::Words(noun)), Some(Token::Figure(_)))
                    if (after || before) && self.is_noun(noun) =>
                {
                    if after {
                        member.push(part[i + 1]);
                        i += 1;
                    }
                    members.push(std::mem::take(&mut member));
                }
                _ => {}
            }
            i += 1;
        }
        if !member.is_empty() {
            members.push(member);
        }
    }

    /// Whether words are what a quantity counts, perhaps with more behind.
    fn begins_with_noun(&self, span: Span) -> bool {
        let text = span.of(self.text).trim();
        !text.is_empty()
            && !text.starts_with(RELATORS)
            && self.words.predicate.prefix(text).is_none()
            && self.words.bare.prefix(text).is_none()
    }

    /// Whether words are nothing but a verb.
    fn is_verb(&self, span: Span) -> bool {
        self.words.verb.contains(span.of(self.text).trim())
    }

    fn is_noun(&self, span: Span) -> bool {
        span.len() <= NOUN && !self.is_relation(span)
    }

    /// Whether words say more than what is counted: a verb, a predicate, a preposition.
    fn is_relation(&self, span: Span) -> bool {
        let text = span.of(self.text);
        text.contains(RELATORS)
            || self.words.verb.find(text).is_some()
            || self.words.predicate.find(text).is_some()
            || self.words.bare.find(text).is_some()
    }

    /// From the first word of `[words] predicate` after the last figure on.
    fn predicate(&self, member: &[Token]) -> Option<Span> {
        let Some(&Token::Words(after)) = member.last() else { return None };
        let found = self.words.predicate.find(after.of(self.text))?;
        Some(Span::new(after.start + found.start, after.end))
    }

    fn is_figure_and_noun(&self, member: &[Token]) -> bool {
        match member.last() {
            Some(&Token::Words(span)) => {
                !self.is_relation(span)
                    && member.iter().all(|token| match *token {
                        Token::Words(words) => self.words.verb.prefix(words.of(self.text)).is_none(),
                        Token::Figure(_) | Token::Said(..) => true,
                    })
            }
            _ => false,
        }
    }

    fn is_blank(&self, member: &[Token]) -> bool {
        member.iter().all(|token| match *token {
            Token::Words(span) => {
                let words = span.of(self.text).trim_matches(['、', ' ']);
                words.is_empty()
                    || self.words.bare.prefix(words).is_none() && self.trim.apply(words, None).is_empty()
            }
            Token::Figure(_) => true,
            Token::Said(..) => false,
        })
    }

    /// Whether a part without a figure says something of its own: a predicate, a rank, a verb after the figures.
    fn is_statement(&self, part: &[Token], leading: bool) -> bool {
        let Some(&Token::Words(span)) = part.first() else { return false };
        let ordinal =
            self.quantities.iter().any(|q| q.dimension == Dimension::Ordinal && span.contains(q.span));
        ordinal
            || self.begins_with(part, &self.words.predicate)
            || !leading && self.begins_with(part, &self.words.verb)
    }

    fn begins_with(&self, member: &[Token], words: &crate::rules::words::WordList) -> bool {
        matches!(member.first(), Some(Token::Words(span)) if words.prefix(span.of(self.text)).is_some())
    }
}

/// Whether two of the figures stand side by side: one thing in two units (`386户529人`), no list.
fn touching(tokens: &[Token]) -> bool {
    tokens.windows(2).any(|pair| matches!(pair, [Token::Figure(_), Token::Figure(_)]))
}

/// The tokens round a figure: all of them, or the nearest where a member holds very many figures, so that the work on
/// a clause stays linear in its length.
fn window(tokens: &[Token], figure: usize) -> &[Token] {
    const NEAR: usize = 8;
    let at = tokens.iter().position(|token| *token == Token::Figure(figure)).unwrap_or(0);
    &tokens[at.saturating_sub(NEAR)..(at + NEAR + 1).min(tokens.len())]
}

/// The words of a member with `figure` in the place of its last figure.
fn frame(member: &[Token], figure: usize) -> Member {
    let mut frame = member.to_vec();
    if let Some(last) = frame.iter_mut().rfind(|token| matches!(token, Token::Figure(_))) {
        *last = Token::Figure(figure);
    }
    frame
}

fn figures(tokens: &[Token]) -> Vec<usize> {
    tokens
        .iter()
        .filter_map(|token| if let Token::Figure(index) = token { Some(*index) } else { None })
        .collect()
}
