//! Hints: versions that a node keeps for an owner which could not take them.

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
}

impl Hints {
    /// Keeps a version for `owner`.
    pub fn keep(&mut self, owner: NodeId, key: &ItemKey, version: Version) {
        match self.of.get_or_default(owner).entry(key.clone()) {
            Entry::Vacant(place) => {
                place.insert(version.into());
                self.count += 1;
            }
            Entry::Occupied(mut held) => {
                self.count -= held.get().versions().len();
                held.get_mut().take(version);
                self.count += held.get().versions().len();
            }
        }
    }

    /// Drops versions that `owner` has acknowledged.
    pub fn drop_versions(&mut self, owner: NodeId, key: &ItemKey, dots: &[Dot]) {
        let Some(hints) = self.of.get_mut(&owner) else { return };
        let Some(held) = hints.remove(key) else { return };
        self.count -= held.versions().len();
        if let Some(rest) = held.without(dots) {
            self.count += rest.versions().len();
            hints.insert(key.clone(), rest);
        }
        if hints.is_empty() {
            self.of.remove(&owner);
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

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}
