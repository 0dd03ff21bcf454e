//! How much there is in tables and indexes.

use super::World;
use crate::base::NodeId;
use crate::data::{IndexName, Item, TableName};

/// How much there is of something, as DynamoDB counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub items: u64,
    pub bytes: u64,
}

impl World {
    /// How much there is in a table, or in an index (`TABLE/INDEX`).
    pub fn extent(&self, table: &TableName) -> Extent {
        self.extent_of(table, |_| true)
    }

    /// The same, of certain items: each counts where its first owner has it, at its newest.
    pub fn extent_of(&self, table: &TableName, counts: impl Fn(&Item) -> bool) -> Extent {
        let mut extent = Extent::default();
        for (node, key, held) in self.stored() {
            if key.table() != table || self.lists.at(key.position).first() != Some(&node) {
                continue;
            }
            let newest = held.newest().item.as_ref();
            if let Some(item) = newest.filter(|item| counts(item)) {
                extent.items += 1;
                extent.bytes += item.size() as u64;
            }
        }
        extent
    }

    /// Whether an index is still being filled with what its table had before.
    pub fn is_building(&self, table: &TableName, index: &IndexName) -> bool {
        let name = TableName::of_index(table, index);
        let is_global =
            self.table(table).and_then(|it| it.index(index)).is_some_and(|it| it.is_global());
        let is_filled = |node: &NodeId| {
            let known = self.store(*node).and_then(|store| store.indexes().get(&name));
            known.is_some_and(|(_, filled)| *filled)
        };
        is_global && !self.lists.members().iter().all(is_filled)
    }
}
