//! Entries by their keys: those that the program carries, and over them those of users' files.

use std::collections::BTreeMap;

use super::held::{Held, List};

/// Entries of one kind. What the program carries stays where it stands until something is laid over it.
#[derive(Debug)]
pub(super) struct Layered<T: Clone + 'static> {
    /// Sorted by their keys.
    built: &'static [T],
    key: fn(&T) -> &Held,
    /// What is laid over them; `None` where an entry was taken out.
    over: BTreeMap<Held, Option<T>>,
}

impl<T: Clone> Layered<T> {
    /// Entries with these keys; none at first.
    pub fn new(key: fn(&T) -> &Held) -> Self {
        Self { built: &[], key, over: BTreeMap::new() }
    }

    /// Takes what the program carries.
    pub fn ship(&mut self, built: &'static [T]) {
        self.built = built;
    }

    /// Adds an entry; whether it replaces one.
    pub fn insert(&mut self, entry: T) -> bool {
        let key = (self.key)(&entry).clone();
        let there = self.has(&key);
        self.over.insert(key, Some(entry));
        there
    }

    /// Takes an entry out; whether there was one.
    pub fn remove(&mut self, key: &str) -> bool {
        let there = self.has(key);
        if there {
            self.over.insert(key.into(), None);
        }
        there
    }

    fn has(&self, key: &str) -> bool {
        match self.over.get(key) {
            Some(entry) => entry.is_some(),
            None => self.built.binary_search_by(|entry| (**(self.key)(entry)).cmp(key)).is_ok(),
        }
    }

    /// All keys, of which some may have been taken out.
    pub fn keys(&self) -> impl Iterator<Item = &Held> {
        self.built.iter().map(self.key).chain(self.over.keys())
    }

    /// All entries by their keys.
    pub fn finish(self) -> List<T> {
        if self.over.is_empty() {
            return List::Borrowed(self.built);
        }
        let built = self.built.iter().map(|entry| ((self.key)(entry).clone(), Some(entry.clone())));
        let mut all: BTreeMap<Held, Option<T>> = built.collect();
        all.extend(self.over);
        all.into_values().flatten().collect()
    }
}
