//! Lists: a clause cut into members, and what each member has from its neighbours.

use super::{NOUN, Unfolder, figures};
use crate::{
    quantity::{Dimension, Qualifier},
    reading::{Reading, Token},
    rules::words::WordList,
    span::Span,
};

/// How long a noun without a figure may be that ends a list, in bytes; a longer one says something of its own.
const SHORT: usize = 18;

/// Levels of government that are told with 、 between them.
const LEVELS: &[&str] = &["国家", "中央", "部", "省", "市", "区", "县"];

/// A run of tokens about one or more figures.
pub(super) type Member<'t> = Vec<Token<'t>>;

impl<'t> Unfolder<'t> {
    /// Members of a list, each with its own reading or readings.
    pub(super) fn list(&self, clause: Span, tokens: &[Token<'t>], out: &mut Vec<Reading>) {
        let count = figures(tokens).len();
        if count == 0 {
            return;
        }
        let members = self.members(tokens, count);
        let predicate = members.last().and_then(|last| self.predicate(last));
        let mut before: Option<Member<'t>> = None;
        for (i, member) in members.iter().enumerate() {
            let figures = figures(member);
            let mut whole = member.clone();
            if figures.len() == 1 {
                if self.is_blank(member) && members.len() > 1 {
                    let neighbour = if i > 0 { &members[i - 1] } else { &members[1] };
                    whole = frame(neighbour, figures[0]);
                } else if let Some(attributed) = before.as_ref().and_then(|it| self.attributed(it, member)) {
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
            before = Some(whole);
        }
    }

    /// A member that is only an attribute is about the thing of the member before: 茶叶产量8.1万吨、产值92.3亿元.
    fn attributed(&self, before: &[Token<'t>], member: &[Token<'t>]) -> Option<Member<'t>> {
        let &[Token::Words(attribute), figure @ Token::Figure(_)] = member else { return None };
        let (&Token::Words(thing), [.., Token::Figure(_)]) = (before.first()?, before) else { return None };
        if figures(before).len() != 1 {
            return None;
        }
        let named = self.trim.apply(self.without_bare(attribute).of(self.text), None);
        let dependent = self.words.dependent.contains(named);
        if !dependent && !self.words.attribute.contains(named) {
            return None;
        }
        let mut thing = self.without_bare(thing);
        let text = thing.of(self.text);
        let verb = self.words.verb.suffix(text).filter(|&n| n < text.len());
        let verb = verb.filter(|&n| !self.trim.splits(text, text.len() - n));
        thing.end -= verb.unwrap_or(0);
        // 新增里程30公里、总里程900公里: of what there is in all, the new is only a part.
        if named.starts_with('总') {
            let text = thing.of(self.text);
            thing.start += self.words.verb.prefix(text).filter(|_| text.starts_with('新')).unwrap_or(0);
        }
        let text = thing.of(self.text);
        let own = self.attribute(text).unwrap_or(0);
        if text.is_empty() || own == 0 && thing.is_empty() || self.words.verb.contains(text) {
            return None;
        }
        Some(vec![Token::Words(Span::new(thing.start, thing.end - own)), Token::Words(attribute), figure])
    }

    /// The length of the attribute that something ends with.
    pub(super) fn attribute(&self, text: &str) -> Option<usize> {
        let found = [&self.words.dependent, &self.words.attribute].map(|words| words.suffix(text));
        found.into_iter().flatten().filter(|&n| n < text.len()).max()
    }

    /// `span` without the words of change at its end.
    pub(super) fn without_bare(&self, mut span: Span) -> Span {
        while let Some(n) = self.words.bare.suffix(span.of(self.text)) {
            span.end -= n;
        }
        span
    }

    /// The parts of a clause: at `、` outside brackets, and at a joiner that touches a quantity.
    fn parts(&self, tokens: &[Token<'t>], count: usize) -> Vec<Member<'t>> {
        let mut parts: Vec<Member<'t>> = vec![Member::new()];
        let push = |parts: &mut Vec<Member<'t>>, token: Token<'t>| {
            if let Some(part) = parts.last_mut() {
                part.push(token);
            }
        };
        for (i, &token) in tokens.iter().enumerate() {
            let Token::Words(mut span) = token else {
                push(&mut parts, token);
                continue;
            };
            let between = count > 1 && i > 0;
            if between && let Some(n) = self.joiner_at_start(span) {
                span.start += n;
                parts.push(Member::new());
            }
            let next = if between && i + 1 < tokens.len() { self.joiner_at_end(span) } else { None };
            let rest = next.map(|joiner| Span::new(joiner.end, span.end));
            span.end = next.map_or(span.end, |joiner| joiner.start);
            let mut start = span.start;
            let mut separators = self.separators(span);
            if between {
                // 42个省、市重点项目: both are levels of one thing.
                separators.retain(|&at| !LEVELS.contains(&&self.text[span.start..at]));
            }
            if between
                && i + 1 < tokens.len()
                && let Some(joiner) = separators.first().and_then(|&at| self.joiner_within(span, at))
            {
                push(&mut parts, Token::Words(Span::new(span.start, joiner.start)));
                parts.push(Member::new());
                start = joiner.end;
            }
            for at in separators {
                if start < at {
                    push(&mut parts, Token::Words(Span::new(start, at)));
                }
                parts.push(Member::new());
                start = at + '、'.len_utf8();
            }
            if start < span.end {
                push(&mut parts, Token::Words(Span::new(start, span.end)));
            }
            if let Some(rest) = rest {
                parts.push(Member::new());
                if !rest.is_empty() {
                    push(&mut parts, Token::Words(rest));
                }
            }
        }
        parts
    }

    /// A joiner between a counted noun and an enumeration that goes on with 、 until the next quantity: it joins the two,
    /// as the last sign of an enumeration it would stand behind all 、 (42条街巷和东路、西路两个路口).
    fn joiner_within(&self, span: Span, separator: usize) -> Option<Span> {
        let text = &self.text[span.start..separator];
        let whole = |at: usize| at > 0 && at < text.len() && !self.trim.splits(text, at);
        let joiner =
            self.words.joiner.find(text).filter(|joiner| whole(joiner.start) && whole(joiner.end))?;
        Some(Span::new(span.start + joiner.start, span.start + joiner.end))
    }

    fn joiner_at_start(&self, span: Span) -> Option<usize> {
        let text = span.of(self.text);
        self.words.joiner.prefix(text).filter(|&n| !self.trim.splits(text, n))
    }

    /// The joiner right before a quantity, or with only adverbs between (和首批61项); and one before a verb that with
    /// all that follows describes what the quantity counts (及享受补贴的38名老人).
    fn joiner_at_end(&self, span: Span) -> Option<Span> {
        let text = span.of(self.text);
        let found =
            self.words.joiner.find_all(text).filter(|joiner| {
                !self.trim.splits(text, joiner.start) && !self.trim.splits(text, joiner.end)
            });
        let found = found.filter(|joiner| {
            let rest = &text[joiner.end..];
            let describes = || {
                let verb = self.words.verb.prefix(rest).or_else(|| self.words.predicate.prefix(rest));
                verb.is_some() && rest.ends_with('的')
            };
            self.trim.apply(rest, None).is_empty() || joiner.start > 0 && describes()
        });
        let joiner = found.last()?;
        Some(Span::new(span.start + joiner.start, span.start + joiner.end))
    }

    fn members(&self, tokens: &[Token<'t>], count: usize) -> Vec<Member<'t>> {
        let mut members: Vec<Member<'t>> = Vec::new();
        let mut waiting = Member::new();
        for part in self.parts(tokens, count) {
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
            && let [Token::Words(rest)] = self.with_marks(&[], &waiting)[..]
            && let Some(&Token::Words(said)) = last.last()
            && (rest.len() <= SHORT || self.words.verb.suffix(said.of(self.text)).is_none())
        {
            *last = self.with_marks(last, &waiting);
        }
        members
    }

    /// Two runs of tokens as one, with the `、` between parts that the text has there.
    fn with_marks(&self, a: &[Token<'t>], b: &[Token<'t>]) -> Member<'t> {
        let mut whole: Member<'t> = Vec::new();
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
    fn cut_touching(&self, part: &[Token<'t>], members: &mut Vec<Member<'t>>) {
        let mut member = Member::new();
        // A noun stands after its quantity when the last quantity of the part has one after it; where neither the
        // first has one before it nor the last one after it, the part is one statement.
        let after = matches!(part.last(), Some(Token::Words(span)) if self.begins_with_noun(*span));
        let before = matches!(part.first(), Some(Token::Words(span)) if !self.is_verb(*span));
        let mut i = 0;
        while i < part.len() {
            member.push(part[i]);
            match (part[i], part.get(i + 1), part.get(i + 2)) {
                (Token::Figure(bound), Some(&Token::Figure(count)), _)
                    if !self.is_threshold(bound, count) =>
                {
                    members.push(std::mem::take(&mut member));
                }
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

    /// Whether one quantity only says which things the next one counts: 50亿元以上3个.
    fn is_threshold(&self, bound: usize, count: usize) -> bool {
        let (bound, count) = (&self.quantities[bound], &self.quantities[count]);
        matches!(bound.qualifier, Qualifier::AtLeast | Qualifier::AtMost)
            && matches!(count.dimension, Dimension::Count | Dimension::People)
            && bound.dimension != count.dimension
    }

    /// Whether words are what a quantity counts, perhaps with more behind.
    fn begins_with_noun(&self, span: Span) -> bool {
        let text = span.of(self.text).trim();
        !text.is_empty()
            && self.words.relator.prefix(text).is_none()
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
    pub(super) fn is_relation(&self, span: Span) -> bool {
        let text = span.of(self.text);
        self.words.relator.find(text).is_some()
            || self.words.verb.find(text).is_some()
            || self.words.predicate.find(text).is_some()
            || self.words.bare.find(text).is_some()
    }

    /// From the first word of `[words] predicate` after the last figure on.
    fn predicate(&self, member: &[Token<'t>]) -> Option<Span> {
        let Some(&Token::Words(after)) = member.last() else { return None };
        let found = self.words.predicate.find(after.of(self.text))?;
        Some(Span::new(after.start + found.start, after.end))
    }

    fn is_figure_and_noun(&self, member: &[Token<'t>]) -> bool {
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

    fn is_blank(&self, member: &[Token<'t>]) -> bool {
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
    fn is_statement(&self, part: &[Token<'t>], leading: bool) -> bool {
        let Some(&Token::Words(span)) = part.first() else { return false };
        let ordinal =
            self.quantities.iter().any(|q| q.dimension == Dimension::Ordinal && span.contains(q.span));
        let said =
            || self.begins_with(part, &self.words.predicate) || self.begins_with(part, &self.words.verb);
        ordinal || !leading && said()
    }

    fn begins_with(&self, member: &[Token<'t>], words: &WordList) -> bool {
        matches!(member.first(), Some(Token::Words(span)) if words.prefix(span.of(self.text)).is_some())
    }
}

/// The tokens round a figure: all of them, or the nearest where a member holds very many figures, so that the work on
/// a clause stays linear in its length.
fn window<'a, 't>(tokens: &'a [Token<'t>], figure: usize) -> &'a [Token<'t>] {
    const NEAR: usize = 8;
    let at = tokens.iter().position(|token| *token == Token::Figure(figure)).unwrap_or(0);
    &tokens[at.saturating_sub(NEAR)..(at + NEAR + 1).min(tokens.len())]
}

/// The words of a member with `figure` in the place of its last figure.
fn frame<'t>(member: &[Token<'t>], figure: usize) -> Member<'t> {
    let mut frame = member.to_vec();
    if let Some(last) = frame.iter_mut().rfind(|token| matches!(token, Token::Figure(_))) {
        *last = Token::Figure(figure);
    }
    frame
}
