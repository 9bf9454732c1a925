//! Programs: the automata of the built-in patterns as `build.rs` found them, so that a run need not read and compile
//! the patterns that it searches for a few times.
//!
//! The build script compiles this file too. A program is a list of states of regex-automata's NFA, numbered as they
//! stand; numbers are written seven bits a byte, the last byte without its high bit. Where a slot stands there is one
//! state of our own: what quantities it takes is known when the units are.

use std::sync::Arc;

use regex_automata::{
    nfa::thompson::{Builder, NFA, State, Transition},
    util::{look::Look, primitives::StateID},
};

use super::syntax::SLOT_GROUP;

const FAIL: u8 = 0;
const RANGE: u8 = 1;
const SPARSE: u8 = 2;
const LOOK: u8 = 3;
const UNION: u8 = 4;
const START: u8 = 5;
const END: u8 = 6;
const SLOT: u8 = 7;
const MATCH: u8 = 8;

/// The program of a pattern's automaton, in which slots are still capture groups; `None` where it has a state that
/// programs do not know.
pub fn write(nfa: &NFA) -> Option<Vec<u8>> {
    let names: Vec<Option<&str>> = nfa.group_info().all_names().map(|(_, _, name)| name).collect();
    let is_slot = |group: usize| names[group].is_some_and(|name| name.starts_with(SLOT_GROUP));
    // Groups as they are numbered without those of slots.
    let number = |group: usize| (0..group).filter(|&group| !is_slot(group)).count();
    let mut bytes = Vec::new();
    let kept: Vec<&str> =
        (1..names.len()).filter(|&group| !is_slot(group)).map(|group| names[group].unwrap_or("")).collect();
    put(&mut bytes, kept.len());
    for name in kept {
        put(&mut bytes, name.len());
        bytes.extend(name.bytes());
    }
    put(&mut bytes, nfa.start_anchored().as_usize());
    put(&mut bytes, nfa.start_unanchored().as_usize());
    put(&mut bytes, nfa.states().len());
    let next_of = |state: &State| match state {
        State::ByteRange { trans } => Some(trans.next),
        State::Capture { next, .. } => Some(*next),
        _ => None,
    };
    for state in nfa.states() {
        match state {
            State::Fail => bytes.push(FAIL),
            State::ByteRange { trans } => {
                bytes.extend([RANGE, trans.start, trans.end]);
                put(&mut bytes, trans.next.as_usize());
            }
            State::Sparse(sparse) => {
                bytes.push(SPARSE);
                put(&mut bytes, sparse.transitions.len());
                for trans in &sparse.transitions {
                    bytes.extend([trans.start, trans.end]);
                    put(&mut bytes, trans.next.as_usize());
                }
            }
            State::Look { look, next } => {
                bytes.push(LOOK);
                put(&mut bytes, look.as_repr() as usize);
                put(&mut bytes, next.as_usize());
            }
            State::Union { alternates } => {
                bytes.push(UNION);
                put(&mut bytes, alternates.len());
                for next in alternates {
                    put(&mut bytes, next.as_usize());
                }
            }
            State::BinaryUnion { alt1, alt2 } => {
                bytes.extend([UNION, 2]);
                for next in [alt1, alt2] {
                    put(&mut bytes, next.as_usize());
                }
            }
            State::Capture { next, group_index, slot, .. } => {
                let group = group_index.as_usize();
                let starts = slot.as_usize().is_multiple_of(2);
                if !is_slot(group) {
                    bytes.push(if starts { START } else { END });
                    put(&mut bytes, number(group));
                    put(&mut bytes, next.as_usize());
                } else if starts {
                    // The group, the one character in it, its end, what follows.
                    let inside = next_of(&nfa.states()[next.as_usize()])?;
                    let behind = next_of(&nfa.states()[inside.as_usize()])?;
                    bytes.push(SLOT);
                    put(&mut bytes, names[group]?.strip_prefix(SLOT_GROUP)?.parse().ok()?);
                    put(&mut bytes, behind.as_usize());
                } else {
                    bytes.push(FAIL);
                }
            }
            State::Match { .. } => bytes.push(MATCH),
            State::Dense(_) => return None,
        }
    }
    Some(bytes)
}

fn put(bytes: &mut Vec<u8>, mut number: usize) {
    while number > 0x7F {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The automaton of a program; `slots` gives the four-byte characters that a slot takes, sorted. `None` where the
/// program is none.
pub fn read(bytes: &[u8], slots: &dyn Fn(usize) -> Vec<char>) -> Option<NFA> {
    let mut reader = Reader { bytes, states: 0 };
    let groups = reader.number()?;
    let mut names = vec![None];
    for _ in 0..groups {
        let length = reader.number()?;
        let name = reader.bytes(length)?;
        names.push((!name.is_empty()).then(|| Arc::from(String::from_utf8_lossy(name))));
    }
    let starts = [reader.number()?, reader.number()?];
    let states = reader.number()?;
    reader.states = states;
    let mut builder = Builder::new();
    builder.set_utf8(true);
    builder.start_pattern().ok()?;
    let mut open = Vec::new();
    for _ in 0..states {
        match reader.byte()? {
            FAIL => builder.add_fail(),
            RANGE => builder.add_range(reader.transition()?),
            SPARSE => {
                let length = reader.number()?;
                builder.add_sparse((0..length).map(|_| reader.transition()).collect::<Option<_>>()?)
            }
            LOOK => {
                let look = Look::from_repr(u32::try_from(reader.number()?).ok()?)?;
                builder.add_look(reader.state()?, look)
            }
            UNION => {
                let length = reader.number()?;
                builder.add_union((0..length).map(|_| reader.state()).collect::<Option<_>>()?)
            }
            kind @ (START | END) => {
                let group = reader.number()?;
                let name = names.get(group)?.clone();
                let group = u32::try_from(group).ok()?;
                match kind {
                    START => builder.add_capture_start(reader.state()?, group, name),
                    _ => builder.add_capture_end(reader.state()?, group),
                }
            }
            SLOT => {
                let slot = reader.number()?;
                open.push((builder.add_empty().ok()?, slot, reader.state()?));
                continue;
            }
            MATCH => builder.add_match(),
            _ => return None,
        }
        .ok()?;
    }
    for (state, slot, next) in open {
        let entry = class(&mut builder, &slots(slot), next)?;
        builder.patch(state, entry).ok()?;
    }
    let state = |start: usize| StateID::new(start).ok().filter(|_| start < states);
    let [anchored, unanchored] = [state(starts[0])?, state(starts[1])?];
    builder.finish_pattern(anchored).ok()?;
    builder.build(anchored, unanchored).ok()
}

/// States for one of these characters of four bytes; those that begin alike share what they begin with.
fn class(builder: &mut Builder, characters: &[char], next: StateID) -> Option<StateID> {
    let encoded: Vec<[u8; 4]> = characters
        .iter()
        .map(|c| {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes);
            bytes
        })
        .collect();
    branch(builder, &encoded, 0, next)
}

fn branch(builder: &mut Builder, encoded: &[[u8; 4]], depth: usize, next: StateID) -> Option<StateID> {
    let mut transitions: Vec<Transition> = Vec::new();
    for group in encoded.chunk_by(|a, b| a[depth] == b[depth]) {
        let byte = group[0][depth];
        let next = if depth == 3 { next } else { branch(builder, group, depth + 1, next)? };
        match transitions.last_mut() {
            Some(last) if depth == 3 && last.end + 1 == byte => last.end = byte,
            _ => transitions.push(Transition { start: byte, end: byte, next }),
        }
    }
    builder.add_sparse(transitions).ok()
}

/// What is left of a program.
struct Reader<'a> {
    bytes: &'a [u8],
    /// How many states there are.
    states: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(bytes)
    }

    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn state(&mut self) -> Option<StateID> {
        let number = self.number()?;
        StateID::new(number).ok().filter(|_| number < self.states)
    }

    fn transition(&mut self) -> Option<Transition> {
        let (start, end) = (self.byte()?, self.byte()?);
        Some(Transition { start, end, next: self.state()? })
    }
}
