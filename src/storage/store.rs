//! The newest version of every item that a node holds.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::causality::Stamp;
use crate::data::{Item, Key, TableName};
use crate::ring::Token;

/// An item's full name and its place on the ring. Ordered by position first.
///
/// Stored and sent as its name alone; the position follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(TableName, Key)", into = "(TableName, Key)")]
pub struct ItemKey {
    pub position: Token,
    id: Arc<(TableName, Key)>,
}

impl ItemKey {
    pub fn new(table: TableName, key: Key) -> Self {
        let position = Token::of_item(table.as_str(), &key.hash_bytes());
        Self { position, id: Arc::new((table, key)) }
    }

    pub fn table(&self) -> &TableName {
        &self.id.0
    }

    pub fn key(&self) -> &Key {
        &self.id.1
    }
}

impl Ord for ItemKey {
    /// Written out because it is most of what a store does: positions nearly always differ, and
    /// then the name is not looked at.
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match self.position.0.cmp(&other.position.0) {
            Ordering::Equal => self.id.cmp(&other.id),
            unequal => unequal,
        }
    }
}

impl PartialOrd for ItemKey {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<(TableName, Key)> for ItemKey {
    fn from((table, key): (TableName, Key)) -> Self {
        Self::new(table, key)
    }
}

impl From<ItemKey> for (TableName, Key) {
    fn from(key: ItemKey) -> Self {
        Arc::unwrap_or_clone(key.id)
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.table(), self.key())
    }
}

/// One version of an item: its stamp, and its content or, for a delete, none (a tombstone).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    pub stamp: Stamp,
    pub item: Option<Arc<Item>>,
}

impl Version {
    pub fn is_tombstone(&self) -> bool {
        self.item.is_none()
    }

    /// The size of the item as DynamoDB counts it; none for a tombstone.
    fn item_size(&self) -> Option<u64> {
        self.item.as_ref().map(|item| item.size() as u64)
    }

    /// What becomes of a version with this stamp where this one is held.
    fn outcome_of(&self, stamp: &Stamp) -> Applied {
        match stamp.cmp(&self.stamp) {
            Ordering::Less => Applied::Superseded,
            Ordering::Equal => Applied::Known,
            Ordering::Greater => Applied::Stored,
        }
    }
}

/// What became of a version that was offered to a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Applied {
    /// It is the newest, and kept.
    Stored,
    /// The store holds a newer one; this one changes nothing.
    Superseded,
    /// The store holds this very version already.
    Known,
}

/// The newest version of every item, ordered by ring position.
#[derive(Clone, Debug, Default)]
pub struct Store {
    versions: BTreeMap<ItemKey, Version>,
    item_count: usize,
    bytes: u64,
}

impl Store {
    /// Keeps `version` if it is newer than what is held (last writer wins).
    pub fn apply(&mut self, key: &ItemKey, version: Version) -> Applied {
        let added = version.item_size();
        let removed = match self.versions.entry(key.clone()) {
            Entry::Vacant(place) => {
                place.insert(version);
                None
            }
            Entry::Occupied(mut held) => match held.get().outcome_of(&version.stamp) {
                Applied::Stored => held.insert(version).item_size(),
                outcome => return outcome,
            },
        };
        self.item_count =
            self.item_count + usize::from(added.is_some()) - usize::from(removed.is_some());
        self.bytes = self.bytes + added.unwrap_or(0) - removed.unwrap_or(0);
        Applied::Stored
    }

    /// What [`Store::apply`] would answer for a version with this stamp.
    pub fn would_apply(&self, key: &ItemKey, stamp: &Stamp) -> Applied {
        self.versions.get(key).map_or(Applied::Stored, |held| held.outcome_of(stamp))
    }

    pub fn get(&self, key: &ItemKey) -> Option<&Version> {
        self.versions.get(key)
    }

    /// All versions, tombstones included, clockwise from position 0.
    pub fn iter(&self) -> impl Iterator<Item = (&ItemKey, &Version)> {
        self.versions.iter()
    }

    /// Number of versions held, tombstones included.
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// Number of items held, not counting tombstones.
    pub fn item_count(&self) -> usize {
        self.item_count
    }

    /// Size of all items held, in bytes as DynamoDB counts them.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
}
