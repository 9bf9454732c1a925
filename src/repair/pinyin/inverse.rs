//! Damaged lines back to what they were, every step proven by the forward transformation.

use std::{cell::Cell, collections::BTreeMap};

use super::{
    super::script::is_han,
    codepage::{self, LEAD},
    forward::{Damage, narrow},
    lexicon::Lexicon,
    line::{Fix, How, Line, Start, mark_of},
    readings,
    search::{Guess, Step, Stretch},
    tokens::{Kind, Token},
};
use crate::{document::Doubt, span::Span};

/// Longest shifted stretch that is searched, in characters.
pub(super) const LONGEST: usize = 64;
/// Stretches of a document that are searched; the others stay as they are.
const SEARCHES: u32 = 2000;
/// By how much the likeliest guess that fills bytes in must be likelier than any other, in natural logarithms.
const MARGIN: f32 = 4.0;
/// By how much it must be likelier than the one that fills nothing in.
const MARGIN_OF_PLAIN: f32 = 8.0;

/// Undoes the lines of one document.
pub(super) struct Inverse<'d> {
    /// Listed characters with their readings.
    pub listed: &'d BTreeMap<char, String>,
    pub lexicon: &'d dyn Fn() -> &'d Lexicon,
    pub text: &'d str,
    /// How many stretches have been searched.
    pub searches: Cell<u32>,
}

/// How it ends: its steps, the first token behind it, what is written behind its last character.
struct End<'t> {
    steps: Vec<Step<'t>>,
    behind: usize,
    tail: Option<char>,
}

/// Whether reports hardly have this character between others, but shifted text does: ⑺, ぷ, ├.
pub(super) fn is_strange(c: char) -> bool {
    !c.is_ascii()
        && !is_han(c)
        && !matches!(c, '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3011}' | '\u{FF01}'..='\u{FF5E}' | '℃' | '㎡')
}

/// Letters of a shifted stretch that are tried as the end of it.
const ENDS: usize = 4;
/// What it costs that a reading is left behind a stretch.
const LEFT: f32 = 12.0;

impl<'d> Inverse<'d> {
    /// Undoes one line: what to replace in it, in its order, and what stays doubtful.
    pub(super) fn line(&self, tokens: &[Token<'d>]) -> (Vec<Fix>, Vec<Doubt>) {
        let mut line = Line { tokens, at: 0, settled: 0, fixes: Vec::new(), doubts: Vec::new() };
        while let Some(token) = tokens.get(line.at) {
            match token.kind {
                Kind::Gloss(reading) => self.gloss(&mut line, reading),
                Kind::Torn(reading) => self.torn(&mut line, reading),
                Kind::Ascii(b'?') => self.question(&mut line),
                kind if mark_of(kind).is_some() => self.mark(&mut line),
                _ => line.at += 1,
            }
        }
        (line.fixes, line.doubts)
    }

    /// Case A: a reading behind its character. Behind a letter it tells that what is before it was shifted.
    fn gloss(&self, line: &mut Line<'_, 'd>, reading: &str) {
        let token = line.tokens[line.at];
        match line.at.checked_sub(1).map(|before| line.tokens[before].kind) {
            Some(Kind::Pair(c, _)) if self.listed.contains_key(&c) && readings::is_reading(c, reading) => {
                line.fixes.push(Fix { source: token.span, text: String::new() });
                line.at += 1;
            }
            Some(Kind::Ascii(0x40..=0x80))
                if readings::closed(&self.text[token.span.start + 1..], true).is_some() =>
            {
                self.look_back(line);
            }
            _ => line.at += 1,
        }
    }

    /// A stretch that ends here began at a mark before, without a trace.
    fn look_back(&self, line: &mut Line<'_, 'd>) {
        let end = line.at + 1;
        let from = line.mark_before(line.at);
        if let Some(from) = from {
            let fixes = line.fixes.len();
            line.at = from;
            let start = Start { how: How::Mark, token: from, lead: None, crossing: None };
            if self.stretch(line, from, &[start]) {
                let place = line.tokens[from].span.start;
                let added = line.fixes.split_off(fixes);
                line.fixes.retain(|fix| fix.source.start < place);
                line.fixes.extend(added);
                return;
            }
        }
        let first = line.tokens[from.unwrap_or(line.settled)].span.start;
        line.doubts.push(Doubt { span: Span::new(first, line.tokens[end - 1].span.end), open: false });
        line.at = end;
    }

    /// A listed character was found across two others: from here on the text is shifted.
    fn torn(&self, line: &mut Line<'_, 'd>, reading: &str) {
        let at = line.at;
        let mut starts = Vec::new();
        if let Some((_, [_, trail])) = line.pair_before(at) {
            let mut listed = Vec::new();
            for c in readings::characters(reading).chars() {
                if let Some([first, second]) = codepage::pair_of(c)
                    && first == trail
                    && LEAD.contains(&second)
                {
                    let known = self.listed.get(&c).is_some_and(|known| known == reading);
                    listed.push(known);
                    starts.push(Start {
                        how: How::Crossing,
                        token: at + 1,
                        lead: Some(second),
                        crossing: Some((c, reading.to_owned())),
                    });
                }
            }
            if listed.contains(&true) {
                let mut known = listed.iter();
                starts.retain(|_| known.next() == Some(&true));
            }
        }
        if !starts.is_empty() && self.stretch(line, at, &starts) {
            return;
        }
        let span = line.tokens[at].span;
        // A character that lost its first byte, too: the only listed one of this reading.
        let mut listed = self.listed.iter().filter(|(_, known)| *known == reading);
        if let (Some((c, _)), None) = (listed.next(), listed.next())
            && starts.is_empty()
        {
            line.fixes.push(Fix { source: span, text: c.to_string() });
            // What is before it was shifted, from a mark on.
            let from = line.mark_before(at).unwrap_or(line.settled);
            line.doubts.push(Doubt { span: Span::new(line.tokens[from].span.start, span.end), open: false });
            line.at = at + 1;
            return;
        }
        line.give_up(at, span.end);
    }

    /// A `?` may be the first half of a character before a mark, or a mark itself found across two characters.
    fn question(&self, line: &mut Line<'_, 'd>) {
        let at = line.at;
        let next = line.tokens.get(at + 1).map(|token| token.kind);
        if next.and_then(mark_of).is_some() {
            if !self.stretch(line, at, &line.behind_mark(at, at + 1)) {
                line.give_up(at, line.tokens[at + 1].span.end);
            }
            return;
        }
        let digit = matches!(next, Some(Kind::Ascii(b'0'..=b'9' | b'.' | b'-')));
        if digit {
            // What is left of a character that may have taken a digit with it: it ends no sentence.
            line.fixes.push(Fix { source: line.tokens[at].span, text: String::new() });
            line.doubts.push(Doubt { span: line.tokens[at].span, open: true });
        } else if matches!(next, Some(Kind::Pair(..) | Kind::Ascii(0x40..=0x7A))) {
            let start = Start { how: How::Question, token: at, lead: None, crossing: None };
            if self.stretch(line, at, &[start]) {
                return;
            }
        }
        line.at += 1;
    }

    /// A mark with a rest of `（` behind it, or at the start of a line.
    fn mark(&self, line: &mut Line<'_, 'd>) {
        let at = line.at;
        let shifted = |token: &Token<'_>| matches!(token.kind, Kind::Pair(_, [0xA8, _]));
        let rest = line.tokens.get(at + 1).is_some_and(shifted);
        if rest && self.stretch(line, at, &line.behind_mark(at, at)) {
            return;
        }
        if matches!(mark_of(line.tokens[at].kind), Some('！')) {
            // 。“ and the like have a ！ across them.
            let start = Start { how: How::Maybe, token: at, lead: None, crossing: None };
            if self.stretch(line, at, &[start]) {
                return;
            }
        }
        if rest {
            line.give_up(at, line.tokens[at + 1].span.end);
            return;
        }
        line.at += 1;
    }

    /// Undoes the stretch that begins at the token `from` with one of `starts`; says whether it could. A question
    /// mark may be one, so that there is nothing to undo.
    fn stretch(&self, line: &mut Line<'_, 'd>, from: usize, starts: &[Start]) -> bool {
        let Some(first) = starts.first() else { return false };
        let timid = matches!(first.how, How::Question | How::Maybe);
        if self.searches.replace(self.searches.get() + 1) >= SEARCHES {
            return false;
        }
        let before = line.before(from);
        let ends = Self::ends(line, first);
        let Some(longest) = ends.last() else { return false };
        let mut guesses: Vec<(Guess, &End<'_>)> = Vec::new();
        for end in &ends {
            let (behind, left) = line.behind(end.behind, longest.behind);
            for start in starts {
                let mut steps: Vec<Step<'_>> = before.iter().map(|&(c, _)| Step::Fixed(c)).collect();
                let place = steps.len();
                steps.extend(&end.steps);
                if end.tail.is_none() {
                    steps.extend(behind.iter().map(|&c| Step::Fixed(c)));
                }
                let stretch = Stretch { steps, start: place, lead: start.lead, listed: self.listed };
                for mut guess in stretch.guesses((self.lexicon)()) {
                    guess.cost += LEFT * left;
                    if !guesses.iter().any(|(other, _)| other.says_the_same(&guess))
                        && self.proves(line, from, &before, &guess, start, end)
                    {
                        guesses.push((guess, end));
                    }
                }
            }
        }
        guesses.sort_by(|(a, _), (b, _)| a.cost.total_cmp(&b.cost));
        let plain = guesses.iter().position(|(guess, _)| !guess.filled);
        let margin = |other: usize| guesses[other].0.cost - guesses[0].0.cost;
        let evident = guesses.len() < 2 || margin(1) >= MARGIN;
        let chosen = match (guesses.first(), plain) {
            (None, _) => return false,
            (Some(_), Some(0)) => 0,
            (Some((best, _)), plain)
                if evident && !best.weak && plain.is_none_or(|plain| margin(plain) >= MARGIN_OF_PLAIN) =>
            {
                0
            }
            (Some(_), Some(plain)) if !timid && margin(plain) < MARGIN_OF_PLAIN => plain,
            _ => return false,
        };
        let (guess, end) = &guesses[chosen];
        if timid && self.is_likely(line, &before, first, end, guess) {
            return false;
        }
        let text = written(guess, &before, end);
        let last = line.tokens[end.behind - 1].span.end;
        let span = Span::new(line.tokens[from].span.start, last);
        // Where that or what is before it says nothing, what is before it was shifted, too.
        let mark = line.mark_before(from).unwrap_or(from);
        let strange = text.chars().any(is_strange) || line.has_strange(mark..from);
        let doubtful = Span::new(line.tokens[if strange { mark } else { from }].span.start, last);
        line.fixes.push(Fix { source: span, text });
        line.doubts.push(Doubt { span: doubtful, open: end.tail == Some(' ') });
        line.at = end.behind;
        line.settled = end.behind;
        true
    }

    /// Whether the text as it stands is as likely as the guess.
    fn is_likely(
        &self,
        line: &Line<'_, 'd>,
        before: &[(char, usize)],
        start: &Start,
        end: &End<'d>,
        guess: &Guess,
    ) -> bool {
        let mut steps: Vec<Step<'_>> = before.iter().map(|&(c, _)| Step::Fixed(c)).collect();
        let tokens = &line.tokens[start.token..end.behind];
        steps.extend(tokens.iter().filter_map(|token| match token.kind {
            Kind::Pair(c, _) => Some(Step::Fixed(c)),
            _ => None,
        }));
        steps.extend(line.behind(end.behind, end.behind).0.into_iter().map(Step::Fixed));
        let start = steps.len();
        let stretch = Stretch { steps, start, lead: None, listed: self.listed };
        let left = tokens.windows(2).filter(|pair| {
            matches!(pair[1].kind, Kind::Torn(_))
                || matches!((pair[0].kind, pair[1].kind), (Kind::Ascii(_), Kind::Gloss(_)))
        });
        let left = LEFT * left.map(|_| 1.0).sum::<f32>();
        let same = stretch.guesses((self.lexicon)());
        same.first().is_none_or(|same| same.cost + left < guess.cost + MARGIN_OF_PLAIN)
    }

    /// How the stretch may go on from its first token to where the text is in step again, the longest one last; none if
    /// it cannot be. An ASCII character in it may be the half of one that was full-width.
    fn ends(line: &Line<'_, 'd>, start: &Start) -> Vec<End<'d>> {
        let mut ends = Vec::new();
        if let Some(last) = Self::end(line, start, &mut ends) {
            ends.push(last);
        }
        ends
    }

    /// The longest end; shorter ones are put into `ends`.
    fn end(line: &Line<'_, 'd>, start: &Start, ends: &mut Vec<End<'d>>) -> Option<End<'d>> {
        let mut steps = Vec::new();
        let mut at = start.token;
        if start.how == How::Question {
            steps.push(Step::Pair([0xA3, 0xBF]));
            at += 1;
        }
        loop {
            let next = line.tokens.get(at + 1).map(|token| token.kind);
            let kind = line.tokens.get(at).map(|token| token.kind);
            let done = |steps, behind, tail| Some(End { steps, behind, tail });
            let mark = kind.and_then(mark_of).and_then(codepage::pair_of);
            match kind {
                _ if matches!(start.how, How::Mark | How::Maybe) && steps.is_empty() => {
                    steps.push(Step::Pair(mark?));
                    at += 1;
                }
                Some(Kind::Ascii(b'?')) => {
                    steps.push(Step::Open);
                    let closes = next.is_none_or(|next| mark_of(next).is_some());
                    return done(steps, at + 1, (!closes).then_some(' '));
                }
                Some(_) if mark.is_some() => {
                    steps.push(Step::Open);
                    return done(steps, at, None);
                }
                Some(Kind::Pair(_, [trail, letter @ ..0x80])) => {
                    steps.push(Step::Ascii(trail, letter));
                    return done(steps, at + 1, Some(char::from(letter)));
                }
                Some(Kind::Pair(_, pair)) if LEAD.contains(&pair[1]) => {
                    steps.push(Step::Pair(pair));
                    at += 1;
                    // A listed character was found across two of the stretch, which goes on.
                    at += usize::from(matches!(next, Some(Kind::Gloss(_))));
                }
                Some(Kind::Ascii(letter @ 0x40..=0x80)) => {
                    let reading = match next {
                        Some(Kind::Gloss(reading)) => Some(reading),
                        _ => None,
                    };
                    let behind = at + 1 + usize::from(reading.is_some());
                    if reading.is_some() || letter > 0x7A || ends.len() >= ENDS {
                        steps.push(Step::Letter(letter, reading));
                        return done(steps, behind, None);
                    }
                    let mut ended = steps.clone();
                    ended.push(Step::Letter(letter, None));
                    ends.push(End { steps: ended, behind, tail: None });
                    steps.push(Step::Pair([0xA3, letter | 0x80]));
                    at += 1;
                }
                Some(Kind::Ascii(sign @ b'0'..=b'?')) if ends.len() < ENDS => {
                    steps.push(Step::Pair([0xA3, sign | 0x80]));
                    at += 1;
                }
                Some(Kind::Torn(reading)) => {
                    steps.push(Step::Reading(reading));
                    return done(steps, at + 1, None);
                }
                None => {
                    steps.push(Step::Open);
                    return done(steps, at, None);
                }
                _ => return None,
            }
            if steps.len() > LONGEST {
                return None;
            }
        }
    }

    /// Whether the forward transformation makes of a guess what stands in the text.
    fn proves(
        &self,
        line: &Line<'_, 'd>,
        from: usize,
        before: &[(char, usize)],
        guess: &Guess,
        start: &Start,
        end: &End<'d>,
    ) -> bool {
        let first = before.first().map_or(from, |&(_, token)| token);
        let mut text: String = before.iter().map(|&(c, _)| c).collect();
        text.push_str(&written(guess, before, end));
        // What follows a mark is another piece.
        let mut last = end.behind;
        if let Some(token) = line.tokens.get(last) {
            let closes = mark_of(token.kind);
            if matches!(end.steps.last(), Some(Step::Open)) && end.tail.is_none() {
                text.extend(closes);
                last += usize::from(closes.is_some());
            }
        }
        let raw = &line.tokens[first..last];
        let mut readings: BTreeMap<char, &str> =
            self.listed.iter().map(|(&c, reading)| (c, reading.as_str())).collect();
        readings.extend(start.crossing.iter().map(|(c, reading)| (*c, reading.as_str())));
        let mut own = guess.text.iter().filter(|(_, step)| *step < before.len() + end.steps.len());
        if let (Some(&(c, _)), Some(Step::Letter(_, Some(reading)) | Step::Reading(reading))) =
            (own.next_back(), end.steps.last())
        {
            readings.insert(c, reading);
        }
        for pair in raw.windows(2) {
            if let (Kind::Pair(c, _), Kind::Gloss(reading)) = (pair[0].kind, pair[1].kind) {
                readings.insert(c, reading);
            }
        }
        let (Some(first), Some(last)) = (raw.first(), raw.last()) else { return false };
        let raw: String =
            Span::new(first.span.start, last.span.end).of(self.text).chars().map(narrow).collect();
        [true, false].into_iter().any(|marked| {
            let listed = readings.iter().map(|(&c, &reading)| (c, reading));
            Damage::new(listed, marked).apply(&text) == raw
        })
    }
}

/// The characters of the stretch alone, with what is written behind it.
fn written(guess: &Guess, before: &[(char, usize)], end: &End<'_>) -> String {
    let own = before.len()..before.len() + end.steps.len();
    let text = guess.text.iter().filter(|(_, step)| own.contains(step)).map(|(c, _)| *c);
    text.chain(end.tail).collect()
}
