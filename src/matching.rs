//! Matching: rules over readings, at most one mention for each figure.

use std::{borrow::Cow, cmp::Reverse};

use rust_decimal::Decimal;

use crate::{
    quantity::{Dimension, Quantity},
    reading::Reading,
    row::Kind,
    rules::{
        RuleSet,
        code::{Code, is_reserved},
        file::{Layer, Sign},
        program::{Groups, Room},
        set::Rule,
        template::Part,
        trigger::Candidates,
        words::WordList,
    },
    span::Span,
};

mod contender;

pub use contender::{Contender, Lost};

/// A figure that a rule has named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Index of the quantity.
    pub figure: usize,
    /// Index of the rule.
    pub rule: usize,
    /// What is measured.
    pub indicator: String,
    /// State, change, completion or rank.
    pub kind: Kind,
    /// Whether a change is a decline.
    pub negative: bool,
    /// Statement that it belongs to.
    pub group: usize,
    /// Bytes of the reading's text that the rule matched.
    pub matched: (usize, usize),
}

/// A rule that would name a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Index of the rule.
    pub rule: usize,
    /// The name that it gives.
    pub indicator: String,
    /// Whether another that claims it is `over` this one.
    pub beaten: bool,
    /// Characters of its match that are neither slot nor capture.
    pub fixed: usize,
    /// Bytes of its match.
    pub length: usize,
}

/// What only says that there are several sorts of a thing.
const SORTS: &[&str] = &["各级各类", "各类", "各种", "各项", "各式"];

/// Matches the readings of a document in order and remembers what they were about.
#[derive(Debug)]
pub struct Matcher<'r> {
    rules: &'r RuleSet,
    subjects: WordList,
    /// Short forms of the document's own place: subjects only where a verb or an adverb follows.
    stems: WordList,
    candidates: Candidates,
    room: Room,
    topics: Vec<Topic>,
    /// The share that was told of the topic right before (占比重50%): what points are about.
    share: Option<String>,
    group: usize,
}

/// What the paragraph has spoken of.
#[derive(Debug)]
struct Topic {
    indicator: String,
    group: usize,
    /// The unit that it was told in; none for a heading.
    code: Option<Code>,
}

struct Found<'r> {
    index: usize,
    rule: &'r Rule,
    groups: Groups,
    matched: (usize, usize),
    fixed: usize,
}

impl<'r> Matcher<'r> {
    /// A matcher for one document; `subjects` are the names that it has for itself, cut off indicators, `stems` their
    /// short forms.
    pub fn new(rules: &'r RuleSet, subjects: WordList, stems: WordList) -> Self {
        let (candidates, room) = (Candidates::default(), Room::default());
        Self { rules, subjects, stems, candidates, room, topics: Vec::new(), share: None, group: 0 }
    }

    /// A new paragraph: what was spoken of before is no topic any more, but its heading is where it names a thing.
    pub fn enter_paragraph(&mut self, heading: &str) {
        self.topics.clear();
        self.share = None;
        if let Some(thing) = self.thing(heading) {
            self.name_topic(thing);
        }
    }

    /// A clause of `text` with figures. Where a clause without one stands right before it, what that says something of
    /// is the topic (高新技术企业实现翻番，达512家).
    pub fn enter_clause(&mut self, readings: &[Reading], text: &str) {
        let Some(lead) = readings.first().and_then(|reading| reading.lead) else { return };
        let lead = lead.of(text);
        let words = self.rules.words();
        if let Some(object) = self.treated(lead, &readings[0].text) {
            return self.name_topic(object);
        }
        let said = [&words.predicate, &words.bare].map(|words| words.find(lead));
        let Some(end) = said.into_iter().flatten().map(|word| word.start).min() else { return };
        let cut = self.without_subject(&lead[..end]);
        let thing = self.rules.trim().apply(&cut, Some(&self.subjects)).to_owned();
        if self.is_thing(&thing, 16) {
            self.name_topic(thing);
        }
    }

    /// What a clause without a figure does something to, where the next one tells only from what it came to what:
    /// 清理审批事项，由126项精简为58项.
    fn treated(&self, lead: &str, next: &str) -> Option<String> {
        if !next.starts_with(['由', '从']) {
            return None;
        }
        let said = self.without_subject(lead);
        let verb = self.rules.words().verb.prefix(&said)?;
        let object = self.rules.trim().apply(&said[verb..], None).to_owned();
        self.is_thing(&object, 12).then_some(object)
    }

    fn name_topic(&mut self, indicator: String) {
        self.group += 1;
        self.topics.push(Topic { indicator, group: self.group, code: None });
    }

    /// What a heading names, if it is a short noun and not one that every report has.
    fn thing(&self, heading: &str) -> Option<String> {
        const LONG: usize = 10;
        let numbered =
            heading.trim_start_matches(|c: char| "（）()0123456789.、一二三四五六七八九十．: ：".contains(c));
        let thing = self.rules.trim().apply(numbered, Some(&self.subjects));
        self.is_thing(thing, LONG).then(|| thing.to_owned())
    }

    /// Whether `words` are a short noun that says something.
    fn is_thing(&self, thing: &str, long: usize) -> bool {
        let words = self.rules.words();
        let short = (2..=long).contains(&thing.chars().count());
        let noun = words.verb.prefix(thing).is_none() && words.predicate.find(thing).is_none();
        let plain = !thing.contains(|c: char| !c.is_alphanumeric());
        short && noun && plain && words.generic.find(thing).is_none()
    }

    /// The mention that the rules make of a reading, if any.
    pub fn mention(&mut self, reading: &Reading, quantities: &[Quantity]) -> Option<Mention> {
        self.decide(reading, quantities, None)
    }

    /// The same; every rule that matched is listed in `contenders` if it is given, the winner first among the named.
    pub fn decide(
        &mut self,
        reading: &Reading,
        quantities: &[Quantity],
        contenders: Option<&mut Vec<Contender>>,
    ) -> Option<Mention> {
        let quantity = &quantities[reading.figure];
        let code = Code::of(quantity);
        let (f, indicator, own) = if contenders.is_some() {
            self.found(reading, quantity, contenders).into_iter().find(|(_, beaten)| !beaten)?.0
        } else {
            self.best(reading, quantity)?
        };
        let dimension = quantities[reading.figure].dimension;
        let said = self.rules.change(&reading.text[..reading.at]);
        let kind = f.rule.kind.unwrap_or(match (dimension, said) {
            (Dimension::Percent | Dimension::Points | Dimension::Multiple, Some(_)) => Kind::Change,
            _ => Kind::Level,
        });
        let (start, end) = f.matched;
        let negative = kind == Kind::Change
            && match f.rule.sign {
                Some(sign) => sign == Sign::Minus,
                None => self.declines(said.unwrap_or(&reading.text[start..end])),
            };
        let group = self.remember(f.rule, &indicator, kind, reading, own, code);
        if dimension != Dimension::Points {
            let share = !own && dimension == Dimension::Percent && indicator.contains('占');
            self.share = share.then(|| indicator.clone());
        }
        Some(Mention {
            figure: reading.figure,
            rule: f.index,
            indicator,
            kind,
            negative,
            group,
            matched: f.matched,
        })
    }

    /// All rules that claim a reading's figure, the one that gets it first; what it was about is not remembered.
    pub fn claims(&mut self, reading: &Reading, quantities: &[Quantity]) -> Vec<Claim> {
        let found = self.found(reading, &quantities[reading.figure], None);
        let claim = |((f, indicator, _), beaten): ((Found<'r>, String, bool), bool)| Claim {
            rule: f.index,
            indicator,
            beaten,
            fixed: f.fixed,
            length: f.matched.1 - f.matched.0,
        };
        let mut claims: Vec<Claim> = found.into_iter().map(claim).collect();
        claims.sort_by_key(|claim| claim.beaten);
        claims
    }

    /// Every rule that names a figure, best first, and whether another of them is over it; `contenders` as in
    /// [`Matcher::decide`].
    fn found(
        &mut self,
        reading: &Reading,
        quantity: &Quantity,
        mut contenders: Option<&mut Vec<Contender>>,
    ) -> Vec<((Found<'r>, String, bool), bool)> {
        let code = Code::of(quantity);
        let mut found: Vec<(Found<'r>, String, bool)> = Vec::new();
        for f in self.search(&reading.text, code) {
            match self.name(&f, reading, quantity) {
                Some((indicator, own)) => found.push((f, indicator, own)),
                None => {
                    if let Some(contenders) = &mut contenders {
                        contenders.push(self.contender(&f, reading, code, None));
                    }
                }
            }
        }
        found.sort_by(|(a, ..), (b, ..)| Self::order(a).cmp(&Self::order(b)));
        if let Some(contenders) = contenders {
            let unnamed = std::mem::take(contenders);
            contenders.extend(
                found.iter().map(|(f, name, _)| self.contender(f, reading, code, Some(name.clone()))),
            );
            contender::judge(self.rules.rules(), contenders);
            contenders.extend(unnamed);
        }
        let beaten: Vec<u32> = found.iter().flat_map(|(f, ..)| f.rule.over.iter().copied()).collect();
        let is_beaten = |f: &Found<'_>| beaten.contains(&(f.index as u32));
        found
            .into_iter()
            .map(|found| (is_beaten(&found.0), found))
            .map(|(beaten, found)| (found, beaten))
            .collect()
    }

    /// The rule that gets a figure and the name that it gives: the first that is not beaten of what
    /// [`Matcher::found`] lists. Rules that cannot change this are not tried.
    fn best(&mut self, reading: &Reading, quantity: &Quantity) -> Option<(Found<'r>, String, bool)> {
        let rules = self.rules.rules();
        self.rules.candidates(&reading.text, Code::of(quantity), &mut self.candidates);
        let candidates = std::mem::take(&mut self.candidates.rules);
        let mut found: Vec<(Found<'r>, String, bool)> = Vec::new();
        let mut beaten: Vec<u32> = Vec::new();
        for layer in [Layer::Named, Layer::Open] {
            let mut rest: Vec<u32> =
                candidates.iter().copied().filter(|index| rules[*index as usize].layer == layer).collect();
            let over = |other: &u32, index: u32| rules[*other as usize].over.contains(&index);
            if let Some((winner, ..)) = first(&found, &beaten) {
                let index = winner.index as u32;
                let before = |other: &u32| rules[*other as usize].user && !winner.rule.user;
                if !rest.iter().any(|other| over(other, index) || before(other)) {
                    break;
                }
            }
            // A rule after those that are over it.
            while !rest.is_empty() {
                let free = |index: u32| !rest.iter().any(|other| over(other, index));
                let index = rest.remove(rest.iter().position(|index| free(*index)).unwrap_or(0));
                let is_beaten = |index: &u32| beaten.contains(index);
                let rule = &rules[index as usize];
                if is_beaten(&index) && rule.over.iter().all(is_beaten) {
                    continue;
                }
                let Some(f) = self.find(index as usize, &reading.text) else { continue };
                let Some((indicator, own)) = self.name(&f, reading, quantity) else { continue };
                beaten.extend(&rule.over);
                found.push((f, indicator, own));
            }
        }
        self.candidates.rules = candidates;
        let best = first(&found, &beaten)?.0.index;
        found.into_iter().find(|(f, ..)| f.index == best)
    }

    /// The match of a rule.
    fn find(&mut self, index: usize, text: &str) -> Option<Found<'r>> {
        let rule = &self.rules.rules()[index];
        let groups = rule.find(text, &mut self.room)?;
        let matched = groups.first().copied().flatten()?;
        let fixed = fixed_characters(text, matched, &groups);
        Some(Found { index, rule, groups, matched, fixed })
    }

    /// Every rule that matches, those of the named layer first.
    fn search(&mut self, text: &str, code: Code) -> Vec<Found<'r>> {
        let rules: &'r RuleSet = self.rules;
        rules.candidates(text, code, &mut self.candidates);
        let candidates = std::mem::take(&mut self.candidates.rules);
        let mut found: Vec<Found<'r>> = Vec::new();
        for layer in [Layer::Named, Layer::Open] {
            let of_layer = |index: &&u32| rules.rules()[**index as usize].layer == layer;
            for index in candidates.iter().filter(of_layer) {
                found.extend(self.find(*index as usize, text));
            }
        }
        self.candidates.rules = candidates;
        found
    }

    /// A rule that matched, as a trace tells of it.
    fn contender(
        &self,
        found: &Found<'r>,
        reading: &Reading,
        code: Code,
        indicator: Option<String>,
    ) -> Contender {
        let names = found.rule.pattern.captures.iter().zip(found.groups.iter().skip(1));
        let captures = names
            .filter(|(name, _)| !name.is_empty())
            .filter_map(|(name, group)| group.map(|group| (name.to_string(), group)));
        let parts = &found.rule.template.0;
        let about = parts.iter().find(|part| matches!(part, Part::Topic | Part::Object));
        let same = about.is_some_and(|part| *part == Part::Object).then_some(code);
        let topic = about.and_then(|_| self.topic(reading, same)).map(|topic| topic.indicator.clone());
        Contender {
            rule: found.index,
            matched: found.matched,
            fixed: found.fixed,
            captures: captures.collect(),
            topic,
            lost: indicator.is_none().then_some(Lost::Unnamed),
            indicator,
        }
    }

    /// Best first: a user's rule, a named rule, more fixed characters, the longer match, the id.
    fn order<'f>(found: &'f Found<'r>) -> impl Ord + use<'f, 'r> {
        let rule = found.rule;
        let length = found.matched.1 - found.matched.0;
        (!rule.user, rule.layer, Reverse(found.fixed), Reverse(length), &*rule.id)
    }

    /// The indicator, and whether it is made of the reading's own words; `None` when it comes out empty.
    fn name(&self, found: &Found<'r>, reading: &Reading, quantity: &Quantity) -> Option<(String, bool)> {
        let open = found.rule.layer == Layer::Open;
        let mut name = String::new();
        let mut own = true;
        let mut led = false;
        for part in &found.rule.template.0 {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Topic | Part::Object | Part::Same | Part::Stock | Part::Thing => {
                    own = false;
                    name.push_str(self.inherited(part, reading, quantity)?);
                }
                Part::Capture(capture) => {
                    let Some((start, end)) = found.rule.group(capture, &found.groups) else { continue };
                    let text = &reading.text[start..end];
                    if open {
                        let before = end <= reading.at && own;
                        led |= before && name.is_empty();
                        let counted = (end == reading.at && counts_on(reading)).then_some(quantity.value);
                        name.push_str(&self.open_words(text, before, counted));
                        led &= !name.is_empty();
                    } else {
                        name.extend(text.chars().filter(|&c| !is_reserved(c)));
                    }
                }
            }
        }
        if open && own {
            let short = self.without_modifier(after_torn_quote(&name));
            self.rules.trim().apply(&short, led.then_some(&self.subjects)).clone_into(&mut name);
        }
        (!name.is_empty()).then_some((name, own))
    }

    /// What a reading has from its topic.
    fn inherited(&self, part: &Part, reading: &Reading, quantity: &Quantity) -> Option<&str> {
        let words = self.rules.words();
        let code = Code::of(quantity);
        if *part == Part::Topic
            && quantity.dimension == Dimension::Points
            && reading.topic.is_none()
            && let Some(share) = &self.share
        {
            return Some(share);
        }
        let of_unit = matches!(part, Part::Object | Part::Same).then_some(code);
        let topic = match part {
            Part::Thing => self.topic_of_thing(reading),
            _ => self.topic(reading, of_unit),
        }?;
        let only_verb = || words.verb.contains(&topic.indicator);
        let other = *part == Part::Same && topic.code != Some(code);
        if other || matches!(part, Part::Same | Part::Object) && only_verb() {
            return None;
        }
        let topic = topic.indicator.as_str();
        if *part == Part::Topic {
            return Some(topic);
        }
        if *part == Part::Stock && !topic.starts_with('新') {
            return Some(topic.strip_suffix("新增").unwrap_or(topic));
        }
        let verb = words.verb.prefix(topic).filter(|&n| n < topic.len()).unwrap_or(0);
        if *part != Part::Thing {
            // 老旧小区纳入改造计划: what is told of the thing is no part of it.
            let object = &topic[verb..];
            let told = words.predicate.find(object).filter(|word| word.start > '字'.len_utf8());
            let told = told.filter(|word| word.end < object.len() && !object.ends_with('率'));
            return Some(told.map_or(object, |word| &object[..word.start]));
        }
        // Which projects have the investment: those newly signed.
        let object = if topic.starts_with('新') { topic } else { &topic[verb..] };
        if words.dependent.contains(object) {
            return Some("");
        }
        let attribute = [&words.dependent, &words.attribute].map(|words| words.suffix(object));
        let attribute = attribute.into_iter().flatten().filter(|&n| n < object.len()).max();
        Some(&object[..object.len() - attribute.unwrap_or(0)])
    }

    /// What an open rule captured, cut to what names something; a subject stands only `before` the figure.
    /// `counted`: how many the figure that follows counts, where it has a noun of its own behind it.
    fn open_words(&self, text: &str, before: bool, counted: Option<Decimal>) -> String {
        let trim = self.rules.trim();
        let text: String = text.chars().filter(|&c| !is_reserved(c)).collect();
        let text = self.without_enumeration(&without_sorts(&text), counted);
        if before {
            let text = self.without_subject(&text);
            trim.apply(&self.without_place(&text, counted.is_some()), Some(&self.subjects)).to_owned()
        } else {
            trim.apply(&text, None).to_owned()
        }
    }

    /// Without who did it: what `[trim]` knows as subject, and what stands before a verb and ends like a body
    /// (雨花台区应急管理局组织演练).
    fn without_subject(&self, text: &str) -> String {
        let (trim, words) = (self.rules.trim(), self.rules.words());
        let whole = text;
        let text = trim.without_subject(text, &words.verb);
        if text.len() < whole.len() && words.verb.contains(text) {
            // `重大项目年内开工`: before a verb alone stands what it is about.
            let thing = trim.apply(&whole[..whole.len() - text.len()], Some(&self.subjects));
            if words.body.suffix(thing).is_none() && thing.chars().count() > 2 {
                return format!("{thing}{text}");
            }
        }
        let stem = self.stems.prefix(text).filter(|&n| {
            let next = [&words.act, &words.intent, &words.actual];
            next.into_iter().any(|words| words.prefix(&text[n..]).is_some())
        });
        let text = &text[stem.unwrap_or(0)..];
        if words.verb.prefix(text).is_some() {
            return text.to_owned();
        }
        let acts = words.act.find_all(text).filter(|act| {
            // `上市公司新增43家` is about the firms.
            act.start > 0 && (act.end < text.len() || !text[act.start..].starts_with('新'))
        });
        let cut = acts
            .map(|act| act.start)
            .find(|&at| !trim.splits(text, at) && words.body.suffix(trim.apply(&text[..at], None)).is_some());
        text[cut.unwrap_or(0)..].to_owned()
    }

    /// Without where it is: 整治运河沿线环境 is 整治环境.
    fn without_place<'t>(&self, text: &'t str, counted: bool) -> Cow<'t, str> {
        let (trim, words) = (self.rules.trim(), self.rules.words());
        let Some(place) = words.place.rfind(text).filter(|place| {
            !trim.splits(text, place.start)
                && !trim.splits(text, place.end)
                && match text[place.end..].trim_start_matches('的').chars().count() {
                    0 => counted,
                    rest => rest > 1,
                }
        }) else {
            return Cow::Borrowed(text);
        };
        let rest = text[place.end..].trim_start_matches('的');
        let verb = words.verb.prefix(text).filter(|&n| n <= place.start).unwrap_or(0);
        if verb == 0 { Cow::Borrowed(rest) } else { Cow::Owned(format!("{}{rest}", &text[..verb])) }
    }

    /// `举办春晚、庙会等活动` is `举办活动`: the things before `等` are only examples.
    ///
    /// Things that a figure with a noun of its own counts are named before it: 东街、西街、南街3条街巷.
    fn without_enumeration(&self, text: &str, counted: Option<Decimal>) -> String {
        let trim = self.rules.trim();
        let whole = |at: usize| !trim.splits(text, at);
        let mark = text.rmatch_indices('等').find(|(at, mark)| whole(*at) && whole(at + mark.len()));
        let (named, rest) = match mark {
            Some((at, mark)) => (&text[..at], &text[at + mark.len()..]),
            None if counted == Some(Decimal::from(text.matches('、').count() + 1)) && text.contains('、') => {
                (text, "")
            }
            None => return text.to_owned(),
        };
        let first = named.find('、');
        if rest.is_empty() && counted.is_none() {
            // `举办春晚、庙会等12场`: nothing sums them up.
            return named.to_owned();
        }
        // `获评甲示范区等荣誉`: one example after a verb; 甲公司等企业 is left as it is.
        let words = self.rules.words();
        let verb = words.verb.prefix(named).filter(|&n| n < named.len());
        if first.is_none() && !rest.is_empty() && (verb.is_none() || rest.chars().count() < 2) {
            return text.to_owned();
        }
        let item = &named[..first.unwrap_or(named.len())];
        let inner = |word: &Span| word.end < item.len();
        let act =
            words.act.find_all(item).filter(inner).last().or_else(|| words.verb.find(item).filter(inner));
        let verb = act.map(|act| act.end).or_else(|| words.predicate.prefix(item));
        let verb = verb.filter(|_| !rest.starts_with('的'));
        format!("{}{rest}", &text[..verb.unwrap_or(0)])
    }

    /// A long name keeps its verb and what stands after its last `的`: `接到平台录入的案件` is `接到案件`.
    fn without_modifier(&self, name: &str) -> String {
        const LONG: usize = 14;
        let Some(at) = name.rfind('的').filter(|_| name.chars().count() > LONG) else {
            return name.to_owned();
        };
        let verb = self.rules.words().verb.prefix(name).unwrap_or(0);
        let rest = &name[at + '的'.len_utf8()..];
        if rest.chars().count() < 2 { name.to_owned() } else { format!("{}{rest}", &name[..verb.min(at)]) }
    }

    /// The topic of a reading: the nearest, or under a distributed statement the i-th of the last n. `same`: the nearest
    /// that was told in the same unit, if there is one (开工119个 is about the 136个 projects, not their 312亿元).
    fn topic(&self, reading: &Reading, same: Option<Code>) -> Option<&Topic> {
        if let Some((i, n)) = reading.topic.filter(|&(_, n)| self.topics.len() >= n) {
            return self.topics.get(self.topics.len() - n + i);
        }
        // What the clause right before was about comes first.
        let same = same.filter(|_| self.topics.last().is_some_and(|topic| topic.code.is_some()));
        let alike =
            same.and_then(|code| self.topics.iter().rev().take(4).find(|topic| topic.code == Some(code)));
        alike.or(self.topics.last())
    }

    /// The same, but for rates: what they are rates of has no size.
    fn topic_of_thing(&self, reading: &Reading) -> Option<&Topic> {
        let words = self.rules.words();
        let rate = |topic: &&Topic| topic.indicator.ends_with('率') || words.verb.contains(&topic.indicator);
        if reading.topic.is_some() {
            self.topic(reading, None)
        } else {
            self.topics.iter().rev().find(|topic| !rate(topic))
        }
    }

    /// Whether the words tell a decline; `减少到` tells a level.
    fn declines(&self, text: &str) -> bool {
        let decline = &self.rules.words().decline;
        decline.find_all(text).any(|word| !text[word.end..].starts_with(['到', '至']))
    }

    fn remember(
        &mut self,
        rule: &Rule,
        indicator: &str,
        kind: Kind,
        reading: &Reading,
        own: bool,
        code: Code,
    ) -> usize {
        if !own || rule.template.needs_topic() {
            return self.topic(reading, Some(code)).map_or(self.group, |topic| topic.group);
        }
        self.group += 1;
        let says = !self.rules.words().generic.contains(indicator);
        if says && matches!(kind, Kind::Level | Kind::Change) {
            self.topics.push(Topic { indicator: indicator.to_owned(), group: self.group, code: Some(code) });
        }
        self.group
    }
}

/// The best of what was found, those that are beaten aside.
fn first<'f, 'r>(
    found: &'f [(Found<'r>, String, bool)],
    beaten: &[u32],
) -> Option<&'f (Found<'r>, String, bool)> {
    let free = found.iter().filter(|(f, ..)| !beaten.contains(&(f.index as u32)));
    free.min_by(|(a, ..), (b, ..)| Matcher::order(a).cmp(&Matcher::order(b)))
}

/// What stands after a closing quotation mark whose opening one a neighbour has torn off: 服务点 of 生活圈”服务点.
fn after_torn_quote(name: &str) -> &str {
    match name.split_once('”') {
        Some((before, after)) if !before.contains('“') && after.chars().count() > 1 => after,
        _ => name,
    }
}

/// Without words that only say that there are several sorts: 举办各类活动 is 举办活动.
fn without_sorts(text: &str) -> String {
    SORTS.iter().fold(text.to_owned(), |text, word| text.replace(word, ""))
}

/// Whether a noun follows the figure: what the things named before it are.
fn counts_on(reading: &Reading) -> bool {
    reading.text[reading.at..].chars().nth(1).is_some_and(char::is_alphanumeric)
}

/// Characters of the match that are neither slot nor capture.
fn fixed_characters(text: &str, (start, end): (usize, usize), groups: &Groups) -> usize {
    let mut fixed = 0;
    let mut at = start;
    let mut groups: Vec<(usize, usize)> = groups.iter().skip(1).flatten().copied().collect();
    groups.sort_unstable();
    let count = |from: usize, to: usize| text[from..to].chars().filter(|&c| !is_reserved(c)).count();
    for (from, to) in groups {
        if from > at {
            fixed += count(at, from);
        }
        at = at.max(to);
    }
    fixed + if end > at { count(at, end) } else { 0 }
}
