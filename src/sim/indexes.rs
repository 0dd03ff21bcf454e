//! Indexes as they are, and as they should be.

use std::collections::BTreeMap;

use super::World;
use crate::base::{NodeId, VirtualTime};
use crate::data::{IndexName, IndexSchema, TableName, TableSchema};
use crate::index::entries;
use crate::storage::{Held, ItemKey, Version};

/// How an index is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexStatus {
    pub table: TableName,
    pub index: IndexName,
    /// Items that are in it.
    pub entries: usize,
    /// Items whose entry is missing, old, or should be gone.
    pub behind: usize,
    /// Updates that an owner of an entry has not acknowledged.
    pub queued: usize,
    /// Who is still putting its items into it.
    pub filling: Vec<NodeId>,
}

/// What is wrong with an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexError {
    pub entry: ItemKey,
    /// What the table asks for; nothing if there should be no such entry.
    pub wanted: Option<Version>,
    /// What is there.
    pub found: Option<Version>,
}

/// The newest version of everything, wherever it is.
type Newest = BTreeMap<ItemKey, Version>;

impl World {
    fn newest(&self, table: &TableName) -> Newest {
        let mut newest = Newest::new();
        for (_, key, held) in self.stored().filter(|(_, key, _)| key.table() == table) {
            let version = held.newest();
            match newest.get(key) {
                Some(known) if known.stamp >= version.stamp => {}
                _ => drop(newest.insert(key.clone(), version.clone())),
            }
        }
        newest
    }

    /// Where an index is not what its table asks for.
    pub fn index_errors(&self, table: &TableSchema, index: &IndexSchema) -> Vec<IndexError> {
        let name = TableName::of_index(&table.name, &index.name);
        let mut wanted = Newest::new();
        for (key, version) in &self.newest(&table.name) {
            let its = entries(table, key, version).filter(|entry| *entry.key.table() == name);
            wanted.extend(its.map(|entry| (entry.key, entry.version)));
        }
        let mut errors = Vec::new();
        for (entry, found) in self.newest(&name) {
            let wanted = wanted.remove(&entry);
            if wanted.as_ref() != Some(&found) && !(wanted.is_none() && found.is_tombstone()) {
                errors.push(IndexError { entry, wanted, found: Some(found) });
            }
        }
        let missing = wanted.into_iter();
        let missing =
            missing.map(|(entry, it)| IndexError { entry, wanted: Some(it), found: None });
        errors.extend(missing);
        errors
    }

    /// How all indexes are doing that are kept apart from their tables.
    pub fn index_statuses(&self) -> Vec<IndexStatus> {
        let mut all = Vec::new();
        for table in self.tables() {
            for index in table.indexes.iter().filter(|index| index.is_global()) {
                let name = TableName::of_index(&table.name, &index.name);
                let entries = self.newest(&name);
                let is_filling = |node: &NodeId| {
                    let known = self.store(*node).and_then(|store| store.indexes().get(&name));
                    known.is_none_or(|(_, filled)| !filled)
                };
                let members = self.preference_lists().members().iter().copied();
                all.push(IndexStatus {
                    table: table.name.clone(),
                    index: index.name.clone(),
                    entries: entries.values().filter(|version| !version.is_tombstone()).count(),
                    behind: self.index_errors(table, index).len(),
                    queued: self.index_updates().filter(|it| *it.2.table() == name).count(),
                    filling: members.filter(is_filling).collect(),
                });
            }
        }
        all
    }

    /// The updates of indexes that were not acknowledged: who has them, for whom, which entry, what.
    pub fn index_updates(&self) -> impl Iterator<Item = (NodeId, NodeId, &ItemKey, &Held)> {
        self.kept().filter(|(_, _, key, _)| key.is_entry())
    }

    /// Since when the oldest update of any index waits.
    pub fn oldest_index_update(&self) -> Option<VirtualTime> {
        let nodes = (0..self.config().nodes).filter_map(|number| self.node(NodeId(number)));
        nodes.filter_map(|node| node.oldest_update()).min()
    }
}
