//! Secondary indexes: the same items, found by other attributes.
//!
//! ```text
//!  table     code  ─────────────────▶ SEA {state: WA, city: Seattle, name: …}
//!  by-state  state ─▶ WA: ALW, BFI, …, SEA, …      global: a place on the ring of its own
//!  by-city   code  ─▶ SEA, ordered by city          local: where the item lives
//! ```
//!
//! An item that lacks an attribute of an index's key, or has it with another type, is not in that
//! index (Developer Guide, "Take advantage of sparse indexes").

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    AttributeValue, KeyAttribute, MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES, TableSchema,
};
use crate::base::{Error, Result};

/// The name of an index: 3 to 255 of the characters that a table's name may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct IndexName(Arc<str>);

impl IndexName {
    pub fn new(name: &str) -> Result<Self> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        match (3..=255).contains(&name.len()) && name.chars().all(allowed) {
            true => Ok(Self(name.into())),
            false => Err(Error::invalid(format!(
                "{name:?} cannot name an index: use 3 to 255 of a–z, A–Z, 0–9, _, - and ."
            ))),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IndexName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for IndexName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::new(name)
    }
}

impl TryFrom<String> for IndexName {
    type Error = Error;

    fn try_from(name: String) -> Result<Self> {
        Self::new(&name)
    }
}

/// Where an index lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum IndexKind {
    /// On the ring by its own partition key, and up to date a little later than its table.
    Global,
    /// Beside the items: their own partition key, in another order.
    Local,
}

/// Which attributes an index has of its items, beyond the keys of the table and its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Projected {
    All,
    KeysOnly,
    /// These as well.
    Include(Vec<Box<str>>),
}

/// A secondary index of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSchema {
    pub name: IndexName,
    pub kind: IndexKind,
    /// One to four attributes, together the partition key. A local index has its table's.
    pub partition: Vec<KeyAttribute>,
    /// Up to four attributes, in the order in which they order the index.
    pub sort: Vec<KeyAttribute>,
    pub projection: Projected,
    /// As [`TableAbout::throughput`](super::TableAbout::throughput).
    pub throughput: Option<(u64, u64)>,
}

impl IndexSchema {
    /// The most attributes of its partition key, and of its sort key (Developer Guide, "Multi-attribute
    /// keys pattern").
    pub const MAX_KEY_ATTRIBUTES: usize = 4;

    pub fn is_global(&self) -> bool {
        self.kind == IndexKind::Global
    }

    /// The attributes that an item must have to be in this index.
    pub fn key_attributes(&self) -> impl Iterator<Item = &KeyAttribute> {
        self.partition.iter().chain(&self.sort)
    }
}

/// Why an attribute cannot have a value: it would be the key of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexKeyFault<'a> {
    pub index: &'a IndexSchema,
    pub attribute: &'a KeyAttribute,
    pub why: KeyFault,
}

/// What is wrong with a value that should be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    Type,
    EmptyString,
    EmptyBinary,
    /// It has more bytes than this.
    TooLong(usize),
}

impl KeyFault {
    /// What is wrong with a value of this key attribute, which may have so many bytes.
    pub fn of(attribute: &KeyAttribute, value: &AttributeValue, most: usize) -> Option<Self> {
        if value.type_descriptor() != attribute.kind.descriptor() {
            return Some(Self::Type);
        }
        let (length, empty) = match value {
            AttributeValue::S(text) => (text.len(), Self::EmptyString),
            AttributeValue::B(bytes) => (bytes.len(), Self::EmptyBinary),
            _ => return None,
        };
        match length {
            0 => Some(empty),
            length => (length > most).then_some(Self::TooLong(most)),
        }
    }
}

impl TableSchema {
    /// Why an attribute of an item cannot have this value, if an index says so.
    pub fn index_key_fault(&self, name: &str, value: &AttributeValue) -> Option<IndexKeyFault<'_>> {
        self.indexes.iter().find_map(|index| {
            let partition = index.partition.iter().map(|it| (it, MAX_PARTITION_KEY_BYTES));
            let mut keys = partition.chain(index.sort.iter().map(|it| (it, MAX_SORT_KEY_BYTES)));
            let (attribute, most) = keys.find(|(it, _)| *it.name == *name)?;
            let why = KeyFault::of(attribute, value, most)?;
            Some(IndexKeyFault { index, attribute, why })
        })
    }
}
