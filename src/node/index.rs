//! The node as keeper of secondary indexes: whoever holds a version of an item tells the owners of
//! its entries, until each has acknowledged it.
//!
//! ```text
//!   B, an owner of SEA                               D, an owner of state WA
//!     SEA is durable here: what it asks of the
//!     index is queued with it
//!     index: entry WA/SEA, with SEA's stamp  ─────▶   appends it
//!     appends "handed over"                  ◀─────   index ack: durable
//!     durable: the update leaves the queue
//! ```
//!
//! **The queue is made of hints.** An update is a version that is kept for an owner that may not have
//! it: exactly a hint. So it goes to the successor of an owner that left, a node that leaves hands it
//! over before it is gone, and no tombstone of the entry is collected while anything about the entry
//! is queued anywhere. It only is in more of a hurry: it is sent at once, and again with the hints.
//!
//! **It needs no record in the log of its own.** Which updates a version asks for follows from the
//! version and from what was held before, so the record of the version says it already: replaying that
//! after a crash queues them again. There is no instant between the two at which a crash could fall.
//! What a node owns itself it applies with the version, in the same way.
//!
//! **Every version that was put is deleted by who put it.** An entry that the newer version has no more
//! gets a tombstone with that one's stamp, from each node that held both. A node that holds the older
//! one only, and owns the item no more, hands it to an owner, and that one sees to it.
//!
//! Caveats: a disk that is lost may take the only version that could have deleted an entry, or delete
//! it with the stamp of a version that nobody has any more. And a node that was down while an index was
//! dropped and added again, by the same keys, brings back what it has of it. [`super::index_check`]
//! finds all of these.

use super::appended::Then;
use super::effect::Effects;
use super::note::{Cause, Note};
use super::settings::Tables;
use super::step::Node;
use crate::base::{Mutation, NodeId, mutated};
use crate::causality::Dot;
use crate::data::{IndexSchema, TableName, TableSchema};
use crate::index::{Update, removals, updates};
use crate::storage::{Applied, Held, ItemKey, Record, Store, Version};

/// Whether any table has an index that is kept apart from it.
pub(super) fn any(tables: &Tables) -> bool {
    tables.values().any(|table| table.indexes.iter().any(IndexSchema::is_global))
}

impl Node {
    /// The schema of the table of an item, if it has indexes that are kept apart from it.
    pub(super) fn indexed(&self, key: &ItemKey) -> Option<&TableSchema> {
        let schema = self.has_indexes.then(|| self.settings.tables.get(key.table())).flatten()?;
        schema.indexes.iter().any(IndexSchema::is_global).then_some(schema)
    }

    /// The table of an index, by the name of the entries.
    pub(super) fn table_of(&self, entries: &TableName) -> Option<(&TableSchema, &IndexSchema)> {
        let (table, index) = entries.as_index()?;
        let schema = self.settings.tables.get(&table)?;
        Some((schema, schema.index(&index).filter(|index| index.is_global())?))
    }

    /// Whether this is an entry of an index that is no more.
    pub(super) fn is_discarded(&self, key: &ItemKey) -> bool {
        key.is_entry() && self.table_of(key.table()).is_none()
    }

    /// What it asks of indexes that this version is held from now on, if it will be.
    pub(super) fn updates_of(&self, key: &ItemKey, version: &Version) -> Vec<Update> {
        let Some(schema) = self.indexed(key) else { return Vec::new() };
        let held = self.store.get(key);
        match held.map_or(Applied::Stored, |held| held.outcome_of(version)) {
            Applied::Stored => updates(schema, key, held.map(Held::newest), version),
            _ => Vec::new(),
        }
    }

    /// What it asks of indexes that versions came too late to be held: whoever sends them may have
    /// made entries of them.
    pub(super) fn late_updates(&self, key: &ItemKey, late: &Held) -> Vec<Update> {
        let held = self.store.get(key).map(Held::newest);
        match self.indexed(key).zip(held) {
            Some((schema, held)) if late.stamp() < held.stamp => {
                removals(schema, key, late.newest(), held)
            }
            _ => Vec::new(),
        }
    }

    /// Everybody who has to have an entry.
    pub(super) fn takers(&self, key: &ItemKey) -> Vec<NodeId> {
        let joins = self.lists.swap_at(key.position).map(|swap| swap.joins);
        self.owners(key).iter().copied().chain(joins).collect()
    }

    /// A version is held, and with it this is queued, or applied where this node is an owner.
    pub(super) fn queue_updates(&mut self, updates: Vec<Update>, effects: &mut Effects) {
        for Update { key, version } in updates {
            let mut takers = self.takers(&key);
            if let Some(at) = takers.iter().position(|taker| *taker == self.id) {
                takers.remove(at);
                self.hold(&key, version.clone(), None, Cause::Index, effects);
            }
            let (stamp, gone) = (version.stamp, version.is_tombstone());
            if !takers.is_empty() {
                let to = || takers.clone();
                effects.note(|| Note::Queues { entry: key.clone(), stamp, gone, to: to() });
            }
            for owner in takers {
                if gone && mutated(Mutation::IntermediateForgotten) && self.unqueue(owner, &key) {
                    continue;
                }
                self.queue_update(owner, &key, version.clone(), effects);
            }
        }
    }

    /// Queues one update, and sends it.
    pub(super) fn queue_update(
        &mut self,
        owner: NodeId,
        key: &ItemKey,
        version: Version,
        effects: &mut Effects,
    ) {
        self.watch_update(owner, key);
        self.store.keep_hint(owner, key, version);
        self.remember_hints();
        self.hand_over(owner, effects);
    }

    /// Takes an update out of the queue. Whether it was in it.
    fn unqueue(&mut self, owner: NodeId, key: &ItemKey) -> bool {
        let Some(held) = self.store.hints().get(owner, key).cloned() else { return false };
        let dots: Vec<Dot> = held.versions().iter().map(Version::dot).collect();
        self.store.drop_hint(owner, key, &dots);
        true
    }

    /// The same with records of their own: for updates that no version here says by itself.
    pub(super) fn append_updates(&mut self, updates: Vec<Update>, effects: &mut Effects) {
        for Update { key, version } in updates {
            for owner in self.takers(&key) {
                self.append_update(owner, &key, &version, effects);
            }
        }
    }

    pub(super) fn append_update(
        &mut self,
        owner: NodeId,
        key: &ItemKey,
        version: &Version,
        effects: &mut Effects,
    ) {
        let (key, version) = (key.clone(), version.clone());
        if owner != self.id {
            let record = Record::Hint { owner, key, version };
            self.append(record, None, Cause::Index, Then::Nothing, effects);
        } else if self.store.would_apply(&key, &version) == Applied::Stored {
            let record = Record::Own { key, version };
            self.append(record, None, Cause::Index, Then::Nothing, effects);
        }
    }

    /// Ends the node, but for what its log preserves: its store equals a replay of the log, with the
    /// oldest `survived` of the records that it did not know to be durable.
    pub fn into_store(mut self, survived: usize) -> Store {
        for appended in std::mem::take(&mut self.state.appended).into_iter().take(survived) {
            self.replay(appended.record());
        }
        self.lose_updates();
        if mutated(Mutation::ChangesLost) {
            self.store.lose_changes();
        }
        self.store
    }

    /// Does what a record says that survived a crash, with what it asks of indexes.
    fn replay(&mut self, record: &Record) {
        let updates = match record {
            Record::Own { key, version } => self.updates_of(key, version),
            _ => Vec::new(),
        };
        self.store.replay(record);
        for Update { key, version } in updates {
            for owner in self.takers(&key) {
                let (key, version) = (key.clone(), version.clone());
                self.store.replay(&match owner == self.id {
                    true => Record::Own { key, version },
                    false => Record::Hint { owner, key, version },
                });
            }
        }
    }

    /// The mistake that a crash takes the queue.
    fn lose_updates(&mut self) {
        if mutated(Mutation::UpdatesLost) {
            let all = self.store.hints().iter().filter(|(_, key, _)| key.is_entry());
            let all: Vec<_> = all.map(|(owner, key, _)| (owner, key.clone())).collect();
            all.iter().for_each(|(owner, key)| {
                self.unqueue(*owner, key);
            });
        }
    }

    /// The mistake that the last to come wins: versions with stamps above what is held.
    pub(super) fn made_newer(&self, key: &ItemKey, late: Held) -> Held {
        let mut version = late.newest().clone();
        if let Some(held) = self.store.get(key)
            && held.stamp() > version.stamp
        {
            version.stamp.time = held.stamp().time.next();
        }
        version.into()
    }
}
