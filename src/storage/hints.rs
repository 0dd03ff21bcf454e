//! Hints: versions that a node keeps for an owner which could not take them, and updates of indexes
//! that an owner has not acknowledged.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{Held, ItemKey, Version};
use crate::base::{NodeId, SortedMap};
use crate::causality::Dot;

/// Versions kept for others, by the owner that they are for (Dynamo paper, section 4.6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    of: SortedMap<NodeId, BTreeMap<ItemKey, Held>>,
    /// Versions in all.
    count: usize,
    /// How many of them are for indexes.
    updates: usize,
}

impl Hints {
    /// Keeps a version for `owner`.
    pub fn keep(&mut self, owner: NodeId, key: &ItemKey, version: Version) {
        let (before, after) = match self.of.get_or_default(owner).entry(key.clone()) {
            Entry::Vacant(place) => {
                place.insert(version.into());
                (0, 1)
            }
            Entry::Occupied(mut held) => {
                let before = held.get().versions().len();
                held.get_mut().take(version);
                (before, held.get().versions().len())
            }
        };
        self.recount(key, before, after);
    }

    fn recount(&mut self, key: &ItemKey, before: usize, after: usize) {
        self.count = self.count + after - before;
        if key.is_entry() {
            self.updates = self.updates + after - before;
        }
    }

    /// Drops versions that `owner` has acknowledged.
    pub fn drop_versions(&mut self, owner: NodeId, key: &ItemKey, dots: &[Dot]) {
        let Some(hints) = self.of.get_mut(&owner) else { return };
        let Some(held) = hints.remove(key) else { return };
        let (before, mut after) = (held.versions().len(), 0);
        if let Some(rest) = held.without(dots) {
            after = rest.versions().len();
            hints.insert(key.clone(), rest);
        }
        if hints.is_empty() {
            self.of.remove(&owner);
        }
        self.recount(key, before, after);
    }

    /// Drops everything about these items.
    pub(super) fn forget(&mut self, is_forgotten: impl Fn(&ItemKey) -> bool) {
        let about = self.iter().filter(|(_, key, _)| is_forgotten(key));
        let all: Vec<_> =
            about.map(|(owner, key, held)| (owner, key.clone(), held.clone())).collect();
        for (owner, key, held) in all {
            let dots: Vec<Dot> = held.versions().iter().map(Version::dot).collect();
            self.drop_versions(owner, &key, &dots);
        }
    }

    /// What is kept of an item, for whomever.
    pub fn about(&self, key: &ItemKey) -> impl Iterator<Item = (NodeId, &Held)> {
        self.of.iter().filter_map(move |(owner, hints)| Some((*owner, hints.get(key)?)))
    }

    pub fn get(&self, owner: NodeId, key: &ItemKey) -> Option<&Held> {
        self.of.get(&owner)?.get(key)
    }

    /// Whom hints are kept for.
    pub fn owners(&self) -> impl Iterator<Item = NodeId> {
        self.of.keys().copied()
    }

    /// What is kept for `owner`, in the order of the ring.
    pub fn of(&self, owner: NodeId) -> impl Iterator<Item = (&ItemKey, &Held)> {
        self.of.get(&owner).into_iter().flatten()
    }

    /// Of how many items anything is kept for `owner`.
    pub fn count_of(&self, owner: NodeId) -> usize {
        self.of.get(&owner).map_or(0, BTreeMap::len)
    }

    /// Everything kept, by owner.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &ItemKey, &Held)> {
        let all = self.of.iter();
        all.flat_map(|(owner, hints)| hints.iter().map(|(key, held)| (*owner, key, held)))
    }

    /// Number of versions kept.
    pub fn len(&self) -> usize {
        self.count
    }

    /// How many of them are for entries of indexes: updates that their owners have not acknowledged.
    pub fn update_count(&self) -> usize {
        self.updates
    }

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}
