//! Comparing indexes with their tables, in both directions: for what a lost disk leaves behind.
//!
//! ```text
//!   items → entries    the first trusted owner of an item names its entries, with their stamps, to the
//!                      entries' owners; those say which they lack, or have older; these are queued
//!
//!   entries → items    the first owner of an entry asks everybody, twice, whether anybody has the
//!                      version that it was made of; if nobody has, all forget it
//! ```
//!
//! The second is the collection of tombstones over again, for the same reason: nobody may have, or be
//! about to get, what would bring it back ([`super::collect`]). And an entry may have a tombstone with
//! the stamp of a version that is lost: it hides the entry of the older version that is left, until it
//! is collected; then the first direction finds the entry missing.
//!
//! A few items at a time, at each interval of anti-entropy.

use super::effect::Effects;
use super::message::{Body, Sync};
use super::note::Note;
use super::step::Node;
use crate::base::{NodeId, SortedMap};
use crate::causality::Stamp;
use crate::index::{Update, base_of, entries};
use crate::storage::{Applied, ItemKey};

/// How many items are compared at a time.
const BATCH: usize = 128;
/// How many items and entries are looked at for some to ask about.
const MOST_SEEN: usize = 2_048;

impl Node {
    /// Whether this node is the first owner of an item that is not suspected.
    pub(super) fn speaks_for(&self, key: &ItemKey) -> bool {
        let mut trusted =
            self.owners(key).iter().filter(|owner| **owner == self.id || !self.suspects(**owner));
        trusted.next() == Some(&self.id)
    }

    /// Names the entries of some more items to their owners.
    pub(super) fn check_indexes(&mut self, effects: &mut Effects) {
        if !self.has_indexes || !self.is_whole() {
            return;
        }
        let compared =
            self.state.background.extra.upkeep.as_ref().and_then(|it| it.compared.clone());
        let (mut last, mut seen) = (None, 0);
        let mut own = Vec::new();
        let mut named: SortedMap<NodeId, Vec<(ItemKey, Stamp)>> = SortedMap::default();
        for (key, held) in self.store.after(compared.as_ref()).take(BATCH) {
            (last, seen) = (Some(key.clone()), seen + 1);
            let Some(schema) = self.indexed(key).filter(|_| self.speaks_for(key)) else { continue };
            for entry in entries(schema, key, held.newest()) {
                for owner in self.owners(&entry.key) {
                    if *owner == self.id {
                        own.push(entry.clone());
                    } else if !self.suspects(*owner) {
                        let stamp = entry.version.stamp;
                        named.get_or_default(*owner).push((entry.key.clone(), stamp));
                    }
                }
            }
        }
        for Update { key, version } in own {
            self.append_update(self.id, &key, &version, effects);
        }
        for (owner, entries) in named.iter() {
            let sync = Sync::Entered { entries: entries.clone() };
            effects.send_background(*owner, Body::Sync(sync));
        }
        let upkeep = self.state.background.extra.upkeep.get_or_insert_default();
        upkeep.compared = last.filter(|_| seen == BATCH);
    }

    /// As an owner of entries: says which of them are missing here, or older.
    pub(super) fn answer_entered(
        &mut self,
        peer: NodeId,
        mut entries: Vec<(ItemKey, Stamp)>,
        effects: &mut Effects,
    ) {
        entries.retain(|(key, stamp)| {
            let is_here = self.store.get(key).is_some_and(|held| held.stamp() >= *stamp);
            !is_here && self.owners(key).contains(&self.id)
        });
        if !entries.is_empty() {
            let missing = entries.into_iter().map(|(key, _)| key).collect();
            effects.send_background(peer, Body::Sync(Sync::NotEntered { missing }));
        }
    }

    /// An owner of entries lacks these, as far as it knew: queues those that there still are.
    pub(super) fn enter_missing(
        &mut self,
        owner: NodeId,
        missing: Vec<ItemKey>,
        effects: &mut Effects,
    ) {
        let mut updates = Vec::new();
        for key in missing {
            let Some((schema, _)) = self.table_of(key.table()) else { continue };
            let Some(base) = base_of(schema, &key) else { continue };
            let Some(held) = self.store.get(&base) else { continue };
            let entry = entries(schema, &base, held.newest()).find(|entry| entry.key == key);
            let queued = self.store.hints().get(owner, &key);
            updates.extend(entry.filter(|entry| {
                queued.is_none_or(|it| it.outcome_of(&entry.version) == Applied::Stored)
            }));
        }
        let entries = updates.len() as u32;
        if entries > 0 {
            effects.note(|| Note::FoundMissing { owner, entries });
        }
        for Update { key, version } in updates {
            self.append_update(owner, &key, &version, effects);
        }
    }

    /// Some more entries that this node is the first owner of, if it does not see itself that there is
    /// the version that they were made of.
    pub(super) fn entries_to_ask_about(&mut self, most: usize) -> Vec<(ItemKey, Stamp)> {
        let asked = self.state.background.extra.upkeep.as_ref().and_then(|it| it.asked.clone());
        let (mut last, mut seen, mut found) = (None, 0, Vec::new());
        for (key, held) in self.store.after(asked.as_ref()).take(MOST_SEEN) {
            if found.len() == most {
                break;
            }
            (last, seen) = (Some(key.clone()), seen + 1);
            let is_live = key.is_entry() && held.tombstone().is_none();
            if is_live && self.owners(key)[0] == self.id && !self.has_made(key, held.stamp()) {
                found.push((key.clone(), held.stamp()));
            }
        }
        let upkeep = self.state.background.extra.upkeep.get_or_insert_default();
        upkeep.asked = last.filter(|_| found.len() == most || seen == MOST_SEEN);
        found
    }

    /// Whether this node has the version that an entry was made of.
    fn has_made(&self, entry: &ItemKey, stamp: Stamp) -> bool {
        let schema = self.table_of(entry.table()).map(|(schema, _)| schema);
        let base = schema.and_then(|schema| base_of(schema, entry));
        base.and_then(|base| self.store.get(&base)).is_some_and(|held| held.stamp() == stamp)
    }

    /// Whether this node agrees that an entry is forgotten, because nobody has the version that it was
    /// made of: it has none of it, keeps none for anybody, and none is on its way to the disk.
    pub(super) fn may_disown(&self, entry: &ItemKey, stamp: Stamp) -> bool {
        let Some((schema, _)) = self.table_of(entry.table()) else { return true };
        let Some(base) = base_of(schema, entry) else { return true };
        let mut hints = self.store.hints().about(&base);
        let mut appended = self.appended().filter(|record| record.key() == Some(&base));
        self.is_whole()
            && !self.has_made(entry, stamp)
            && !hints.any(|(_, held)| held.stamp() == stamp)
            && !appended.any(|record| record.version().is_some_and(|it| it.stamp == stamp))
    }
}
