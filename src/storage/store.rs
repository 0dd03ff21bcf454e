//! The newest version of every item that a node holds.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::causality::Stamp;
use crate::data::{Item, Key, TableName};
use crate::ring::Token;

/// An item's full name and its place on the ring. Ordered by position first.
///
/// Stored and sent as its name alone; the position follows from it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
        let outcome = self.would_apply(key, &version.stamp);
        if outcome == Applied::Stored {
            self.account(&version, key, 1);
            if let Some(old) = self.versions.insert(key.clone(), version) {
                self.account(&old, key, -1);
            }
        }
        outcome
    }

    /// What [`Store::apply`] would answer for a version with this stamp.
    pub fn would_apply(&self, key: &ItemKey, stamp: &Stamp) -> Applied {
        match self.versions.get(key) {
            Some(held) if held.stamp == *stamp => Applied::Known,
            Some(held) if held.stamp > *stamp => Applied::Superseded,
            _ => Applied::Stored,
        }
    }

    fn account(&mut self, version: &Version, key: &ItemKey, sign: i64) {
        if let Some(item) = &version.item {
            self.item_count = self.item_count.strict_add_signed(sign as isize);
            self.bytes = self.bytes.strict_add_signed(sign * item.size() as i64);
        }
        debug_assert!(self.item_count <= self.versions.len() + 1, "counts drifted at {key}");
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
