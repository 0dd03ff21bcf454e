//! Work that goes through everything a node holds, a little at a time: filling new indexes, and
//! sweeping what has expired ([`super::sweep`]).
//!
//! ```text
//!   an index is added         each owner goes through its items, and queues their entries
//!     … 32 items, a pause     not faster than the owners of the entries acknowledge
//!   the end is reached        "filled" goes to the log, behind all that was queued
//! ```
//!
//! Writes that come meanwhile make their entries themselves. A crash begins anew: what was queued
//! before is queued already, and an entry that is there already is not put twice.
//!
//! An index that is dropped goes with its entries, and with the updates that were queued for it; a node
//! that was down meanwhile does the same when it is back.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::appended::Then;
use super::effect::Effects;
use super::note::{Cause, Note};
use super::replica::plant;
use super::settings::NodeSettings;
use super::step::Node;
use super::sweep::INTERVAL;
use crate::base::{Digest, Duration, NodeId, VirtualTime};
use crate::data::{IndexSchema, TableName};
use crate::index::{Update, entries};
use crate::storage::{ItemKey, Record};

/// How many items are gone through at a time.
const BATCH: usize = 32;
/// How long until the next.
const PAUSE: Duration = Duration::from_ms(50);
/// With more updates than this on their way to one owner, filling waits.
const MOST_QUEUED: usize = 256;

/// What is gone through, and how far that is. A crash takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Upkeep {
    filling: Option<Filling>,
    /// Since when which updates are queued, oldest first.
    queued: VecDeque<(VirtualTime, NodeId, ItemKey)>,
    /// The last item that was compared with its entries.
    pub compared: Option<ItemKey>,
    /// The last entry of which it was asked whether anybody has its version.
    pub asked: Option<ItemKey>,
    /// When items are looked at that may have expired, and the last one that was.
    next_sweep: Option<VirtualTime>,
    pub swept: Option<ItemKey>,
    /// Whether it is the entries' turn to be collected, rather than the tombstones'.
    pub is_entries_turn: bool,
}

/// An index that is being filled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Filling {
    index: TableName,
    definition: u64,
    /// The last item that was gone through.
    after: Option<ItemKey>,
    items: u32,
    next: VirtualTime,
}

impl Upkeep {
    /// A table is gone with its indexes: no update of it waits, and no index is filled until the node
    /// is configured again.
    pub fn forget(&mut self, is_gone: impl Fn(&ItemKey) -> bool) {
        self.filling = None;
        self.queued.retain(|(_, _, key)| !is_gone(key));
    }

    pub fn next(&self) -> Option<VirtualTime> {
        let filling = self.filling.as_ref().map(|filling| filling.next);
        filling.into_iter().chain(self.next_sweep).min()
    }

    pub fn is_due(&self, now: VirtualTime) -> bool {
        self.next().is_some_and(|at| at <= now)
    }

    pub fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.queued.iter().map(|(_, owner, _)| *owner)
    }
}

/// Tells an index from others that had its name before.
pub fn definition(index: &IndexSchema, name: &TableName) -> u64 {
    let defined = (name, &index.partition, &index.sort, &index.projection);
    let bytes = postcard::to_allocvec(&defined).expect("memory suffices");
    let Digest(digest) = Digest::of(&bytes);
    u64::from_le_bytes(digest[..8].try_into().expect("eight bytes of sixteen"))
}

impl Node {
    /// The cluster is configured in another way from now on.
    pub(super) fn configure(&mut self, settings: NodeSettings, effects: &mut Effects) {
        let before = std::mem::replace(&mut self.settings, settings);
        self.configure_background(Some(before.modes));
        if before.tables != self.settings.tables {
            self.has_indexes = super::index::any(&self.settings.tables);
            self.expires = super::sweep::any(&self.settings.tables);
            self.configure_upkeep(effects);
        }
    }

    /// Tables have changed, or the node begins: discards what is no more, and fills what is new.
    pub(super) fn configure_upkeep(&mut self, effects: &mut Effects) {
        if self.has_indexes || !self.store.indexes().is_empty() {
            self.configure_indexes(effects);
        }
        self.keep_changes(effects);
        let extra = &mut self.state.background.extra;
        if self.expires || extra.upkeep.is_some() {
            let at = self.expires.then_some(self.time.now + INTERVAL);
            extra.upkeep.get_or_insert_default().next_sweep = at;
        }
    }

    fn configure_indexes(&mut self, effects: &mut Effects) {
        let mut wanted = Vec::new();
        for table in self.settings.tables.values() {
            for index in table.indexes.iter().filter(|index| index.is_global()) {
                let name = TableName::of_index(&table.name, &index.name);
                wanted.push((definition(index, &name), name));
            }
        }
        let known = self.store.indexes().iter();
        let gone = known.filter(|(name, (definition, _))| !self.wants(name, *definition));
        let gone: Vec<TableName> = gone.map(|(name, _)| name.clone()).collect();
        for name in &gone {
            let record = Record::Discarded(name.clone());
            self.append(record, None, Cause::Index, Then::Nothing, effects);
        }
        for (definition, index) in wanted {
            if gone.contains(&index) || self.store.indexes().get(&index).is_none() {
                let record = Record::Indexed { index, definition, filled: false };
                self.append(record, None, Cause::Index, Then::Nothing, effects);
            }
        }
        let now = self.time.now;
        let upkeep = self.state.background.extra.upkeep.get_or_insert_with(|| {
            // What was queued before a crash waits since now, as far as is known.
            let queued = self.store.hints().iter().filter(|(_, key, _)| key.is_entry());
            let queued = queued.map(|(owner, key, _)| (now, owner, key.clone())).collect();
            Upkeep { queued, ..Upkeep::default() }
        });
        upkeep.filling = None;
        self.fill_next(effects);
    }

    /// Whether there is to be an index of this name and definition.
    fn wants(&self, name: &TableName, defined: u64) -> bool {
        self.table_of(name).is_some_and(|(_, index)| definition(index, name) == defined)
    }

    /// Begins with the next index that is not filled, once what is known of it is durable.
    fn fill_next(&mut self, effects: &mut Effects) {
        let appended = self.appended().any(|record| matches!(record, Record::Indexed { .. }));
        let now = self.time.now;
        let mut indexes = self.store.indexes().iter();
        let next = indexes.find(|(_, (_, filled))| !filled);
        let filling = next.filter(|_| !appended).map(|(index, (definition, _))| {
            let (index, definition) = (index.clone(), *definition);
            Filling { index, definition, after: None, items: 0, next: now + PAUSE }
        });
        if let Some(filling) = &filling {
            effects.note(|| Note::Fills { index: filling.index.clone() });
        }
        if let Some(upkeep) = &mut self.state.background.extra.upkeep {
            upkeep.filling = filling;
        }
    }

    /// What this node knows of an index is durable.
    pub(super) fn know_index(&mut self, record: &Record, effects: &mut Effects) {
        self.store.replay(record);
        if let Record::Indexed { index, definition, .. } = record
            && !self.wants(index, *definition)
        {
            // It was dropped before this was on the disk.
            let record = Record::Discarded(index.clone());
            return self.append(record, None, Cause::Index, Then::Nothing, effects);
        }
        let upkeep = self.state.background.extra.upkeep.get_or_insert_default();
        if upkeep.filling.is_none() {
            self.fill_next(effects);
        }
    }

    /// The time has come for the next items.
    pub(super) fn look_after_upkeep(&mut self, effects: &mut Effects) {
        let now = self.time.now;
        let Some(upkeep) = &mut self.state.background.extra.upkeep else { return };
        if upkeep.next_sweep.is_some_and(|at| at <= now) {
            upkeep.next_sweep = Some(now + INTERVAL);
            self.sweep(effects);
        }
        let Some(upkeep) = &mut self.state.background.extra.upkeep else { return };
        let Some(mut filling) = upkeep.filling.take_if(|filling| filling.next <= now) else {
            return;
        };
        filling.next = now + PAUSE;
        let is_far_behind = |owner: &NodeId| {
            !self.suspects(*owner) && self.store.hints().count_of(*owner) > MOST_QUEUED
        };
        let waits = self.lists.everyone().iter().any(is_far_behind);
        if !waits && self.fill(&mut filling, effects) {
            let Filling { index, definition, items, .. } = filling;
            effects.note(|| Note::Filled { index: index.clone(), items });
            let record = Record::Indexed { index, definition, filled: true };
            self.append(record, None, Cause::Index, Then::Nothing, effects);
        } else if let Some(upkeep) = &mut self.state.background.extra.upkeep {
            upkeep.filling = Some(filling);
        }
    }

    /// Puts some more items into an index. Whether these were the last.
    fn fill(&mut self, filling: &mut Filling, effects: &mut Effects) -> bool {
        let Some((table, _)) = self.table_of(&filling.index) else { return true };
        let mut updates: Vec<Update> = Vec::new();
        let from = filling.after.take();
        for (key, held) in self.store.after(from.as_ref()).take(8 * BATCH) {
            filling.after = Some(key.clone());
            if *key.table() == table.name && held.live().next().is_some() {
                filling.items += 1;
                let all = entries(table, key, held.newest());
                updates.extend(all.filter(|entry| *entry.key.table() == filling.index));
                if filling.items.is_multiple_of(BATCH as u32) {
                    break;
                }
            }
        }
        let last = filling.after.as_ref().or(from.as_ref());
        let is_end = self.store.after(last).next().is_none();
        self.append_updates(updates, effects);
        is_end
    }

    /// A table or an index is gone, and that is durable.
    pub(super) fn discard(&mut self, table: &TableName, effects: &mut Effects) {
        let all = self.store.discard(table);
        for (key, held) in &all {
            plant(&mut self.forest, &self.lists, key, Some(held), None);
            self.state.background.tombstones.remove(key);
        }
        let under_way = &mut self.state.background.handing_over;
        under_way.retain(|(_, key), _| key.table() != table);
        if let Some(upkeep) = &mut self.state.background.extra.upkeep {
            upkeep.queued.retain(|(_, _, key)| key.table() != table);
        }
        let (table, items) = (table.clone(), all.len() as u32);
        effects.note(|| Note::Discarded { table, items });
        // It may have been added again before this was on the disk.
        self.configure_upkeep(effects);
    }

    /// An update is about to be queued: remembers since when, unless there is an older one about the
    /// same entry.
    pub(super) fn watch_update(&mut self, owner: NodeId, key: &ItemKey) {
        let now = self.time.now;
        if self.store.hints().get(owner, key).is_none() {
            let upkeep = self.state.background.extra.upkeep.get_or_insert_default();
            upkeep.queued.push_back((now, owner, key.clone()));
        }
    }

    /// An update has left the queue, if there is no newer one.
    pub(super) fn unwatch_update(&mut self, owner: NodeId, key: &ItemKey) {
        if let Some(upkeep) = &mut self.state.background.extra.upkeep
            && self.store.hints().get(owner, key).is_none()
        {
            let mut queued = upkeep.queued.iter();
            // Near the front: they are acknowledged in about the order in which they came.
            if let Some(at) = queued.position(|(_, to, about)| *to == owner && about == key) {
                upkeep.queued.remove(at);
            }
        }
    }

    /// Since when the oldest update waits to be acknowledged, if any does.
    pub fn oldest_update(&self) -> Option<VirtualTime> {
        let upkeep = self.state.background.extra.upkeep.as_ref()?;
        upkeep.queued.front().map(|(since, ..)| *since)
    }
}
