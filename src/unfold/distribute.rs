//! Distributed statements: under 分别 the i-th name belongs to the i-th figure.

use super::{Unfolder, figures};
use crate::{
    reading::{Reading, Token},
    span::Span,
};

/// Numerals that tell how many things were named: 消费品等三大产业.
const COUNTS: [char; 9] = ['两', '三', '四', '五', '六', '七', '八', '九', '十'];
/// What the first of numbered names has for all: 第一、二、三产业.
const ORDINAL: char = '第';
/// What follows such a numeral.
const SORTS: &[char] = &['大', '类', '项', '种', '个'];

/// What shared endings may repeat, and how those of counted names are praised.
const INDUSTRY: &str = "产业";
const RANKED: &[&str] = &["主导", "支柱", "优势", "重点", "特色", "传统", "新兴"];

/// What is said of all figures of a distributed statement.
struct Statement {
    /// The enumeration of names; empty where they were told before.
    names: Span,
    /// Words of change between names and mark: 同比 of 同比分别增长.
    tail: Span,
    /// The words after the mark.
    between: Span,
    /// Whether the mark was said.
    marked: bool,
}

impl<'t> Unfolder<'t> {
    /// `A、B分别为x、y`: the i-th name, the words between, the i-th figure. Says whether it was one.
    pub(super) fn distribute(
        &self,
        clause: Span,
        lead: Option<Span>,
        tokens: &[Token<'t>],
        out: &mut Vec<Reading>,
    ) -> bool {
        if let [sum @ Token::Figure(index), Token::Words(words), figures @ ..] = tokens
            && let (&index, &words) = (index, words)
            && self.sums_up(index, words, figures)
        {
            // `三项指数分别为x、y、z`: the names were told before; what counts them says no more.
            let mark = self.words.distributor.rfind(words.of(self.text)).map_or(0, |mark| mark.start);
            let tail = self.without_bare(Span::new(words.start, words.start + mark));
            let tokens: Vec<Token<'t>> = [Token::Words(Span::new(tail.end, words.end))]
                .into_iter()
                .chain(figures.iter().copied())
                .collect();
            let done = self.distribute(clause, lead, &tokens, out);
            if done {
                out.push(Reading::new(
                    self.text,
                    clause,
                    index,
                    &[*sum, Token::Words(tail)],
                    self.quantities,
                ));
            }
            return done;
        }
        let Some(Token::Words(before)) = tokens.first().copied() else { return false };
        let figures = figures(tokens);
        if figures.len() < 2 {
            return false;
        }
        let (Some(predicates), Some(statement)) =
            (self.predicates(tokens, figures.len()), self.statement(before, tokens, figures.len()))
        else {
            return false;
        };
        if !statement.marked && predicates.iter().any(Option::is_some) {
            return false;
        }
        let Statement { names, tail, between, marked } = statement;
        let mut parts = self.names(names, figures.len());
        let told = parts.is_empty();
        // `增长5.1%、2.6%` after two names: the mark and the names are unsaid.
        let changed = self.words.bare.prefix(Span::new(tail.start, between.end).of(self.text)).is_some();
        let unsaid = told && changed && self.alike(&figures);
        if !marked && !unsaid && (parts.len() != figures.len() || parts.len() < 2) {
            return false;
        }
        if told && let Some(lead) = lead {
            parts = self.enumerated(lead, figures.len());
        }
        let ending = self.ending(&mut parts);
        let pair = if parts.len() == 1 { self.pair(names, figures.len()) } else { None };
        for (i, &figure) in figures.iter().enumerate() {
            let mut member = Vec::new();
            if let Some((at, hidden)) = pair {
                member.extend([
                    Token::Words(Span::new(names.start, at.start)),
                    Token::Said(at, &hidden[i]),
                    Token::Words(Span::new(at.end, names.end)),
                ]);
            } else if parts.len() == figures.len() {
                member = self.whole_name(&parts, i, ending);
            } else if !told {
                member.push(Token::Words(names));
            }
            let said = predicates[i].unwrap_or(between);
            member.extend([tail, said].into_iter().filter(|span| !span.is_empty()).map(Token::Words));
            member.push(Token::Figure(figure));
            let mut reading = Reading::new(self.text, clause, figure, &member, self.quantities);
            if parts.len() != figures.len() && (told || self.words.dependent.contains(names.of(self.text))) {
                reading.topic = Some((i, figures.len()));
            }
            out.push(reading);
        }
        true
    }

    /// The i-th of several names with what it shares with the others: the thing of the first, the ending of the last.
    fn whole_name(&self, parts: &[Span], i: usize, ending: Option<Span>) -> Vec<Token<'t>> {
        let mut name = Vec::new();
        let (first, own) = (parts[0], parts[i].of(self.text));
        // `生猪存栏、出栏`: a name that is only an attribute is about the thing of the first.
        if i > 0
            && self.is_attribute(own)
            && let Some(n) = self.attribute(first.of(self.text))
        {
            name.push(Token::Words(Span::new(first.start, first.end - n)));
        }
        if i > 0
            && first.of(self.text).starts_with(ORDINAL)
            && own.starts_with(|c| c == '二' || COUNTS.contains(&c))
        {
            name.push(Token::Words(Span::new(first.start, first.start + ORDINAL.len_utf8())));
        }
        name.push(Token::Words(parts[i]));
        if let Some(mut ending) = ending
            && ending.end != parts[i].end
            && let repeated = repeated(own, ending.of(self.text))
            && (repeated > 0 || self.wants_ending(parts[i]))
        {
            ending.start += repeated;
            // 制造业、轻工产业增加值: what the name says already is not said again.
            if own.ends_with('业') && ending.of(self.text).starts_with(INDUSTRY) {
                ending.start += INDUSTRY.len();
            }
            name.push(Token::Words(ending));
        }
        name
    }

    /// `A、B分别由a、b提高到x、y`: the i-th name has the i-th figure before 到 and the i-th after it.
    pub(super) fn distribute_turns(
        &self,
        clause: Span,
        tokens: &[Token<'t>],
        out: &mut Vec<Reading>,
    ) -> bool {
        let Some((&Token::Words(before), figures)) = tokens.split_first() else { return false };
        let text = before.of(self.text);
        let Some(mark) = self.words.distributor.rfind(text) else { return false };
        let from = Span::new(before.start + mark.end, before.end);
        let to = figures.iter().enumerate().find_map(|(i, token)| match *token {
            Token::Words(span) if span.of(self.text).ends_with(['到', '至', '为']) => Some((i, span)),
            _ => None,
        });
        let Some((middle, to)) = to.filter(|_| from.of(self.text).starts_with(['由', '从'])) else {
            return false;
        };
        let listed = |tokens: &[Token<'t>]| {
            let plain = |span: &Span| {
                let text = span.of(self.text).trim_matches(['、', ' ']);
                text.is_empty() || self.words.joiner.contains(text)
            };
            let only = tokens.iter().all(|token| match token {
                Token::Words(span) => plain(span),
                token => matches!(token, Token::Figure(_)),
            });
            if only { super::figures(tokens) } else { Vec::new() }
        };
        let (old, new) = (listed(&figures[..middle]), listed(&figures[middle + 1..]));
        let names = self.without_bare(Span::new(before.start, before.start + mark.start));
        let mut parts = self.names(names, old.len());
        if old.len() < 2 || old.len() != new.len() || parts.len() != old.len() {
            return false;
        }
        let ending = self.ending(&mut parts);
        for (i, (&old, &new)) in old.iter().zip(&new).enumerate() {
            let mut member = self.whole_name(&parts, i, ending);
            member.extend([Token::Words(from), Token::Figure(old), Token::Words(to), Token::Figure(new)]);
            for figure in [old, new] {
                out.push(Reading::new(self.text, clause, figure, &member, self.quantities));
            }
        }
        true
    }

    /// Whether a name is an attribute and nothing else: 出栏, 就业率.
    fn is_attribute(&self, name: &str) -> bool {
        self.words.dependent.contains(name) || name.ends_with('率') && self.words.attribute.contains(name)
    }

    /// Whether the quantity at `index` counts the figures that a distributor in `words` gives out.
    fn sums_up(&self, index: usize, words: Span, tokens: &[Token<'t>]) -> bool {
        let count = figures(tokens).len();
        count > 1
            && self.words.distributor.find(words.of(self.text)).is_some()
            && self.quantities[index].value == count.into()
    }

    /// Whether figures are told in one unit.
    fn alike(&self, figures: &[usize]) -> bool {
        let unit = |index: &usize| self.quantities[*index].unit;
        figures.windows(2).all(|pair| unit(&pair[0]) == unit(&pair[1]))
    }

    /// For each figure the words of change that it has of its own (分别增长3.5%和下降1.2%); none if anything else
    /// stands between or after the figures.
    fn predicates(&self, tokens: &[Token<'t>], figures: usize) -> Option<Vec<Option<Span>>> {
        let mut predicates = Vec::with_capacity(figures);
        let mut own = None;
        let first = tokens.iter().position(|token| matches!(token, Token::Figure(_)))?;
        for (i, token) in tokens.iter().enumerate().skip(first) {
            match *token {
                Token::Figure(_) => predicates.push(own.take()),
                Token::Said(..) => return None,
                Token::Words(span) => {
                    let mut text = span.of(self.text).trim_matches(['、', ' ']);
                    if let Some(n) = self.words.joiner.prefix(text) {
                        text = &text[n..];
                    }
                    if text.is_empty() {
                        continue;
                    }
                    let bare = self.words.bare.prefix(text);
                    if i + 1 == tokens.len() || bare != Some(text.len()) {
                        return None;
                    }
                    own = Some(Span::new(span.end - text.len(), span.end));
                }
            }
        }
        Some(predicates)
    }

    fn statement(&self, before: Span, tokens: &[Token<'t>], figures: usize) -> Option<Statement> {
        let text = before.of(self.text);
        let mark = self.words.distributor.rfind(text);
        let marked = mark.is_some();
        let (mut names, between) = match mark {
            Some(mark) => {
                let names = Span::new(before.start, before.start + mark.start);
                (names, Span::new(before.start + mark.end, before.end))
            }
            // The mark may be left unsaid, if names and figures are as many.
            None if touching(tokens) => return None,
            None => self.silent(before, figures),
        };
        let end = names.end;
        names = self.without_bare(names);
        let tail = Span::new(names.end, end);
        if let Some(n) = self.words.together.suffix(names.of(self.text)) {
            names.end -= n;
        }
        if self.trim.apply(names.of(self.text), None).is_empty() {
            names.start = names.end;
        }
        Some(Statement { names, tail, between, marked })
    }

    /// A word of `names` that hides two: `城乡` is `城镇` and `农村`.
    fn pair(&self, names: Span, count: usize) -> Option<(Span, &'t [String])> {
        let text = names.of(self.text);
        self.words.pair.iter().filter(|(_, hidden)| hidden.len() == count).find_map(|(word, hidden)| {
            let at = names.start + text.find(word)?;
            Some((Span::new(at, at + word.len()), hidden.as_slice()))
        })
    }

    /// Names and the words after them where no mark divides them: `A、B增长`, `A、B提高到每月`.
    fn silent(&self, before: Span, figures: usize) -> (Span, Span) {
        let text = before.of(self.text);
        if text.matches('、').count() + 1 < figures && self.words.joiner.find(text).is_none() {
            return (Span::new(before.start, before.start), before);
        }
        let mut end = before.end;
        if let Some(last) = self.words.bare.rfind(text)
            && last.end < text.len()
            && self.trim.apply(&text[last.end..], None).is_empty()
        {
            end = before.start + last.start;
        }
        let end = self.without_bare(Span::new(before.start, end)).end;
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
            let whole = |at: usize| !self.trim.splits(text, at);
            let inner = |joiner: &Span| {
                joiner.start > 0 && joiner.end < text.len() && whole(joiner.start) && whole(joiner.end)
            };
            if let Some(joiner) = self.words.joiner.rfind(text).filter(inner) {
                parts.pop();
                parts.push(Span::new(last.start, last.start + joiner.start));
                parts.push(Span::new(last.start + joiner.end, last.end));
            }
        }
        parts.retain(|part| !part.of(self.text).trim().is_empty());
        parts
    }

    /// The names that the clause before enumerates, if they are as many: 起数、死亡人数“双下降”，降幅分别为….
    fn enumerated(&self, lead: Span, wanted: usize) -> Vec<Span> {
        let mut names = lead;
        let text = names.of(self.text);
        if text.ends_with('”')
            && let Some(open) = text.rfind('“')
        {
            names.end = names.start + open;
        }
        let text = names.of(self.text);
        let cut = [&self.words.predicate, &self.words.bare].into_iter().filter_map(|words| words.find(text));
        if let Some(end) = cut.map(|word| word.start).filter(|&at| at > 0).min() {
            names.end = names.start + end;
        }
        let parts = self.names(names, wanted);
        if parts.len() == wanted { parts } else { Vec::new() }
    }

    /// The ending that the last name shares with the others: 增加值 of 工业、建筑业增加值, 产业产值 of
    /// 材料、能源两大产业产值. Where they were counted, it is cut off the last name.
    fn ending(&self, parts: &mut [Span]) -> Option<Span> {
        let count = parts.len();
        let last = parts.last_mut().filter(|_| count > 1)?;
        let text = last.of(self.text);
        let counted = text.char_indices().zip(text.chars().skip(1)).find(|((_, numeral), sort)| {
            COUNTS.iter().position(|c| c == numeral).is_some_and(|i| i + 2 == count) && SORTS.contains(sort)
        });
        if let Some(((at, numeral), sort)) = counted {
            let mut ending = Span::new(last.start + at + numeral.len_utf8() + sort.len_utf8(), last.end);
            let rank = RANKED.iter().find(|word| ending.of(self.text).starts_with(**word));
            ending.start += rank.map_or(0, |word| word.len());
            last.end = last.start + at;
            return Some(ending).filter(|ending| !ending.is_empty());
        }
        // Of 增加值占工业比重 the thing that has the share ends before 占.
        let share = text.find('占').filter(|&at| self.attribute(&text[..at]).is_some());
        let end = share.unwrap_or(text.len());
        self.attribute(&text[..end]).map(|n| Span::new(last.start + end - n, last.end))
    }

    /// Whether a name is only whole with the ending of the last one.
    fn wants_ending(&self, name: Span) -> bool {
        let text = name.of(self.text);
        self.attribute(text).is_none() && self.words.complete.suffix(text).is_none()
    }
}

/// How much of an ending a name ends with already: 城镇居民、农村居民人均可支配收入.
fn repeated(name: &str, ending: &str) -> usize {
    let lengths = ending.char_indices().map(|(at, _)| at).skip(2);
    lengths.filter(|&length| name.ends_with(&ending[..length])).last().unwrap_or(0)
}

/// Whether two of the figures stand side by side: one thing in two units (`386户529人`), no list.
fn touching(tokens: &[Token<'_>]) -> bool {
    tokens.windows(2).any(|pair| matches!(pair, [Token::Figure(_), Token::Figure(_)]))
}
