//! Programs: the automata of the built-in patterns as `build.rs` found them, searched where they stand in the
//! executable, so that a run neither reads nor compiles the patterns that it searches for a few times.
//!
//! The build script compiles this file too. A program is what Thompson's construction of regex-automata makes of a
//! pattern, one state after the other, each with the places of those that follow it; bytes that follow one another are
//! one state. Where a slot stands there is one state of our own: what quantities it takes is known when the units are.

use std::collections::{BTreeMap, BTreeSet};

use regex_automata::{
    nfa::thompson::{NFA, State},
    util::{
        look::{Look, LookMatcher},
        primitives::StateID,
    },
};

/// Prefix of the capture groups that stand for slots while regex-syntax reads the pattern.
pub const SLOT_GROUP: &str = "kpislot";

const FAIL: u8 = 0;
const BYTES: u8 = 1;
const RANGE: u8 = 2;
const SPARSE: u8 = 3;
const LOOK: u8 = 4;
const SPLIT: u8 = 5;
const CAPTURE: u8 = 6;
const SLOT: u8 = 7;
const MATCH: u8 = 8;

/// How many bytes the place of a state takes.
const PLACE: usize = 3;
/// Bytes of the filter of the characters that a match may begin with.
const FILTER: usize = 64;
/// How many such characters a filter tells apart from others; beyond, it lets every character pass.
const FIRSTS: usize = 128;
/// Bytes before the first state: the number of groups, that of splits, the place where it begins, the filter.
const HEAD: usize = 1 + 2 * PLACE + FILTER;

/// The program of a pattern's automaton, in which slots are still capture groups; `slot` numbers these as the program
/// shall name them. `None` where it has a state that programs do not know, or is too large for one.
pub fn write(nfa: &NFA, slot: &dyn Fn(usize) -> usize) -> Option<Vec<u8>> {
    let names: Vec<Option<&str>> = nfa.group_info().all_names().map(|(_, _, name)| name).collect();
    let slot_of = |group: usize| names[group].and_then(|name| name.strip_prefix(SLOT_GROUP)).map(str::parse);
    // Groups as they are numbered without those of slots.
    let number = |group: usize| (0..group).filter(|&group| slot_of(group).is_none()).count();
    let groups = number(names.len());
    // What a state that does nothing leads to; the whole match is no group that is noted.
    let real = |mut id: StateID| {
        while let State::Capture { next, group_index, .. } = nfa.state(id)
            && group_index.as_usize() == 0
        {
            id = *next;
        }
        id
    };
    let only = |id: StateID| match nfa.state(id) {
        State::ByteRange { trans } => Some(real(trans.next)),
        State::Capture { next, .. } => Some(real(*next)),
        _ => None,
    };
    let start = real(nfa.start_anchored());
    let mut bytes = vec![0; HEAD];
    let (mut places, mut open, mut splits) = (BTreeMap::new(), vec![start], 0);
    // Where places of states must be put once these are known.
    let mut gaps: Vec<(usize, StateID)> = vec![];
    while let Some(id) = open.pop() {
        if places.contains_key(&id) {
            continue;
        }
        places.insert(id, bytes.len());
        let mut follow = |bytes: &mut Vec<u8>, next: StateID| {
            gaps.push((bytes.len(), real(next)));
            open.push(real(next));
            bytes.extend([0; PLACE]);
        };
        let mut split = |bytes: &mut Vec<u8>, alternates: &[StateID]| {
            bytes.push(SPLIT);
            put(bytes, splits, PLACE)?;
            put(bytes, alternates.len(), 2)?;
            for &next in alternates {
                follow(bytes, next);
            }
            splits += 1;
            Some(())
        };
        match nfa.state(id) {
            State::Fail => bytes.push(FAIL),
            State::ByteRange { trans } if trans.start == trans.end => {
                let (mut run, mut next) = (vec![trans.start], real(trans.next));
                while let State::ByteRange { trans } = nfa.state(next)
                    && trans.start == trans.end
                    && run.len() < 255
                {
                    run.push(trans.start);
                    next = real(trans.next);
                }
                bytes.extend([BYTES, run.len() as u8]);
                bytes.extend(run);
                follow(&mut bytes, next);
            }
            State::ByteRange { trans } => {
                bytes.extend([RANGE, trans.start, trans.end]);
                follow(&mut bytes, trans.next);
            }
            State::Sparse(sparse) => {
                bytes.extend([SPARSE, u8::try_from(sparse.transitions.len()).ok()?]);
                for trans in &sparse.transitions {
                    bytes.extend([trans.start, trans.end]);
                    follow(&mut bytes, trans.next);
                }
            }
            State::Look { look, next } => {
                bytes.extend([LOOK, look.as_repr().trailing_zeros() as u8]);
                follow(&mut bytes, *next);
            }
            State::Union { alternates } => split(&mut bytes, alternates)?,
            State::BinaryUnion { alt1, alt2 } => split(&mut bytes, &[*alt1, *alt2])?,
            State::Capture { next, group_index, slot: end, .. } => {
                let group = group_index.as_usize();
                let ends = end.as_usize() % 2;
                if let Some(named) = slot_of(group) {
                    // The group, the one character in it, its end, what follows.
                    let behind = only(only(*next)?)?;
                    bytes.push(SLOT);
                    put(&mut bytes, slot(named.ok()?), 2)?;
                    follow(&mut bytes, behind);
                } else {
                    bytes.extend([CAPTURE, u8::try_from(2 * number(group) + ends).ok()?]);
                    follow(&mut bytes, *next);
                }
            }
            State::Match { .. } => bytes.push(MATCH),
            State::Dense(_) => return None,
        }
    }
    let mut head = vec![u8::try_from(groups).ok()?];
    put(&mut head, splits, PLACE)?;
    put(&mut head, *places.get(&start)?, PLACE)?;
    head.extend(filter(nfa, start, &|group| slot_of(group).is_some()));
    bytes[..HEAD].copy_from_slice(&head);
    for (gap, id) in gaps {
        let mut place = vec![];
        put(&mut place, *places.get(&id)?, PLACE)?;
        bytes[gap..gap + PLACE].copy_from_slice(&place);
    }
    Some(bytes)
}

/// A bit for each character that a match may begin with, some of which share one.
fn filter(nfa: &NFA, start: StateID, is_slot: &dyn Fn(usize) -> bool) -> [u8; FILTER] {
    let Some(firsts) = firsts(nfa, start, is_slot) else { return [0xFF; FILTER] };
    let mut filter = [0; FILTER];
    for c in firsts {
        let (byte, bit) = bit(c);
        filter[byte] |= bit;
    }
    filter
}

/// Where the bit of a character stands in a filter.
#[inline]
fn bit(c: char) -> (usize, u8) {
    let hash = u32::from(c).wrapping_mul(0x9E37_79B9) >> 23;
    (hash as usize / 8, 1 << (hash % 8))
}

/// The characters that a match may begin with; `None` where they are many, a slot is one, or a match may be empty.
fn firsts(nfa: &NFA, start: StateID, is_slot: &dyn Fn(usize) -> bool) -> Option<BTreeSet<char>> {
    let (mut firsts, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut open = vec![(start, vec![])];
    while let Some((id, begun)) = open.pop() {
        if let Some(c) = std::str::from_utf8(&begun).ok().and_then(|text| text.chars().next()) {
            firsts.insert(c);
            continue;
        }
        if firsts.len() > FIRSTS || seen.len() > 64 * FIRSTS {
            return None;
        }
        if !seen.insert((id, begun.clone())) {
            continue;
        }
        let mut step = |start: u8, end: u8, next: StateID| {
            open.extend((start..=end).map(|byte| (next, [begun.as_slice(), &[byte]].concat())));
        };
        match nfa.state(id) {
            State::Fail => {}
            State::ByteRange { trans } => step(trans.start, trans.end, trans.next),
            State::Sparse(sparse) => {
                sparse.transitions.iter().for_each(|trans| step(trans.start, trans.end, trans.next));
            }
            State::Capture { group_index, .. } if is_slot(group_index.as_usize()) => return None,
            State::Look { next, .. } | State::Capture { next, .. } => open.push((*next, begun)),
            State::Union { alternates } => open.extend(alternates.iter().map(|&id| (id, begun.clone()))),
            State::BinaryUnion { alt1, alt2 } => open.extend([(*alt1, begun.clone()), (*alt2, begun)]),
            State::Match { .. } | State::Dense(_) => return None,
        }
    }
    Some(firsts)
}

fn put(bytes: &mut Vec<u8>, number: usize, size: usize) -> Option<()> {
    let little = number.to_le_bytes();
    bytes.extend(&little[..size]);
    little[size..].iter().all(|&byte| byte == 0).then_some(())
}

/// A program in its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Program<'p>(pub &'p [u8]);

/// Where each group of a match stands, in bytes of the text, the whole match first.
pub type Groups = Vec<Option<(usize, usize)>>;

/// The text is too long for the program: the search would have to remember too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// Room to search in.
#[derive(Debug, Default)]
pub struct Room {
    /// A bit for each split and place of the text: whether a search has been there.
    seen: Vec<u64>,
    open: Vec<Open>,
    ends: Vec<Option<usize>>,
}

/// What is left to try.
#[derive(Debug)]
enum Open {
    /// The alternatives of the split at this place from the one of this number on, at this place of the text.
    Alternative(usize, usize, usize),
    /// The end of a group as it was before.
    End(usize, Option<usize>),
}

/// How much a search may remember, in bits.
const REMEMBERED: usize = 8 * 1024 * 1024;

impl Program<'_> {
    /// The leftmost match from byte `from` of `text` on, or the one that begins there if it is `anchored`, as
    /// regex-automata's engines find it; `takes` tells whether a slot takes a character. Linear in the text.
    pub fn search(
        self,
        text: &str,
        from: usize,
        anchored: bool,
        takes: &dyn Fn(usize, char) -> bool,
        room: &mut Room,
    ) -> Result<Option<Groups>, TooLong> {
        let width = text.len() + 1;
        let (groups, splits) = (usize::from(self.byte(0)), self.number(1, PLACE));
        let bits = splits.checked_mul(width).filter(|&bits| bits <= REMEMBERED).ok_or(TooLong)?;
        let filter = self.filter();
        let begins = |c: char| self.begins(c);
        let rest = text.get(from..).unwrap_or_default();
        let starts = rest.char_indices().filter(|(_, c)| begins(*c)).map(|(at, _)| from + at);
        // What may be empty may stand at the end, too.
        let last = filter.iter().all(|&bits| bits == 0xFF).then_some(text.len());
        let mut starts = starts.chain(last).take_while(|&at| !anchored || at == from).peekable();
        if starts.peek().is_none() {
            return Ok(None);
        }
        room.seen.clear();
        room.seen.resize(bits.div_ceil(64), 0);
        room.ends.clear();
        room.ends.resize(2 * groups, None);
        for start in starts {
            if let Some(end) = self.run(text, start, takes, room) {
                room.ends[0] = Some(start);
                room.ends[1] = Some(end);
                let group = |ends: &[Option<usize>]| Some((ends[0]?, ends[1]?));
                return Ok(Some(room.ends.chunks_exact(2).map(group).collect()));
            }
        }
        Ok(None)
    }

    fn filter(&self) -> &[u8] {
        self.0.get(HEAD - FILTER..HEAD).unwrap_or_default()
    }

    /// Whether a match may begin with this character.
    #[inline]
    pub fn begins(&self, c: char) -> bool {
        let (byte, bit) = bit(c);
        self.filter().get(byte).is_none_or(|bits| bits & bit != 0)
    }

    /// The end of the match that begins at `start`.
    fn run(
        self,
        text: &str,
        start: usize,
        takes: &dyn Fn(usize, char) -> bool,
        room: &mut Room,
    ) -> Option<usize> {
        let (bytes, width) = (text.as_bytes(), text.len() + 1);
        room.open.clear();
        let (mut place, mut at) = (self.place(1 + PLACE), start);
        loop {
            let next = match self.byte(place) {
                BYTES => {
                    let run = self.0.get(place + 2..)?.get(..usize::from(self.byte(place + 1)))?;
                    bytes[at..].starts_with(run).then(|| {
                        at += run.len();
                        self.place(place + 2 + run.len())
                    })
                }
                RANGE => self.step(bytes.get(at), place + 1).inspect(|_| at += 1),
                SPARSE => {
                    let transitions = 0..usize::from(self.byte(place + 1));
                    let byte = bytes.get(at);
                    let transition = |number| self.step(byte, place + 2 + number * (2 + PLACE));
                    transitions.into_iter().find_map(transition).inspect(|_| at += 1)
                }
                LOOK => {
                    let look = Look::from_repr(1 << self.byte(place + 1))?;
                    LookMatcher::new().matches(look, bytes, at).then(|| self.place(place + 2))
                }
                SPLIT => {
                    let bit = self.number(place + 1, PLACE) * width + at;
                    let seen = room.seen.get_mut(bit / 64)?;
                    if *seen >> (bit % 64) & 1 == 1 {
                        None
                    } else {
                        *seen |= 1 << (bit % 64);
                        room.open.push(Open::Alternative(place, 0, at));
                        None
                    }
                }
                CAPTURE => {
                    let end = usize::from(self.byte(place + 1));
                    let old = room.ends.get_mut(end)?;
                    room.open.push(Open::End(end, *old));
                    *old = Some(at);
                    Some(self.place(place + 2))
                }
                SLOT => {
                    let character = text.get(at..).and_then(|rest| rest.chars().next());
                    let slot = self.number(place + 1, 2);
                    character.filter(|&c| takes(slot, c)).map(|c| {
                        at += c.len_utf8();
                        self.place(place + 3)
                    })
                }
                MATCH => return Some(at),
                _ => None,
            };
            if let Some(next) = next {
                place = next;
                continue;
            }
            loop {
                match room.open.pop()? {
                    Open::End(end, old) => room.ends[end] = old,
                    Open::Alternative(split, number, then) => {
                        if number + 1 < self.number(split + 1 + PLACE, 2) {
                            room.open.push(Open::Alternative(split, number + 1, then));
                        }
                        place = self.place(split + 3 + PLACE + number * PLACE);
                        at = then;
                        break;
                    }
                }
            }
        }
    }

    /// Where the transition at this place leads with a byte.
    #[inline]
    fn step(self, byte: Option<&u8>, place: usize) -> Option<usize> {
        let byte = *byte?;
        (self.byte(place) <= byte && byte <= self.byte(place + 1)).then(|| self.place(place + 2))
    }

    #[inline]
    fn byte(self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or(FAIL)
    }

    /// The place of a state; broken programs have none behind their end.
    #[inline]
    fn place(self, at: usize) -> usize {
        self.number(at, PLACE)
    }

    #[inline]
    fn number(self, at: usize, size: usize) -> usize {
        let bytes = self.0.get(at..at + size).unwrap_or_default();
        bytes.iter().rev().fold(0, |number, &byte| number << 8 | usize::from(byte))
    }
}
