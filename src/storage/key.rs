//! Names of items, in the order of the ring.

use std::cmp::Ordering;
use std::fmt;
use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use crate::base::Digest;
use crate::data::ordered::decode_all;
use crate::data::{Key, KeyValue, TableName};
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

    /// The least name that there can be at a position: where the items there begin.
    pub(super) fn first_at(position: Token) -> Self {
        static LEAST: LazyLock<Arc<(TableName, Key)>> = LazyLock::new(|| {
            let table = TableName::new("-").expect("the least character of a name");
            Arc::new((table, Key::from_text("\0").expect("a short key")))
        });
        Self { position, id: Arc::clone(&LEAST) }
    }

    pub fn table(&self) -> &TableName {
        &self.id.0
    }

    pub fn key(&self) -> &Key {
        &self.id.1
    }

    /// Whether an item has the same partition key in the same table: it lives beside this one.
    pub fn is_beside(&self, other: &ItemKey) -> bool {
        self.table() == other.table() && self.key().partition() == other.key().partition()
    }

    /// Whether this names no item of a table, but an entry of an index.
    pub fn is_entry(&self) -> bool {
        self.table().as_str().contains('/')
    }

    /// The name without its table, as people write it; of an index's entry all values that are in
    /// it: `Seattle+WA/132/SEA`.
    pub fn in_table(&self) -> String {
        match self.key().sort().filter(|_| self.is_entry()).and_then(values_in) {
            Some(values) => {
                let key = self.key().partition();
                let partition = values_in(key).unwrap_or_else(|| vec![key.clone()]);
                format!("{}/{}", joined(&partition, "+"), joined(&values, "/"))
            }
            None => self.key().to_string(),
        }
    }

    /// What tells apart the items at one position; 0 without a sort key.
    pub fn sort_hash(&self) -> u64 {
        self.id.1.sort().map_or(0, |sort| {
            let Digest(digest) = Digest::of(&sort.bytes());
            u64::from_le_bytes(digest[..8].try_into().expect("eight bytes of sixteen"))
        })
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

/// The values that are written in a part of an entry's key.
fn values_in(part: &KeyValue) -> Option<Vec<KeyValue>> {
    match part {
        KeyValue::B(bytes) => decode_all(bytes),
        _ => None,
    }
}

/// Values with a sign between them; where one has that sign itself, or another that means
/// something, a backslash stands before it.
fn joined(values: &[KeyValue], sign: &str) -> String {
    let escaped = |value: &KeyValue| {
        let text = value.to_string();
        match text.contains(['/', '+', '\\']) {
            true => text.replace('\\', "\\\\").replace('/', "\\/").replace('+', "\\+"),
            false => text,
        }
    };
    values.iter().map(escaped).collect::<Vec<_>>().join(sign)
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.table(), self.in_table())
    }
}
