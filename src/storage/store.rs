//! What a node holds: versions of the items that it owns, and hints for other owners.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Bound;

use super::version::Size;
use super::{Applied, BallotBook, ChangeLog, Charter, Held, Hints, ItemKey, Record, Version};
use crate::base::{Mutation, NodeId, SortedMap, mutated};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::data::TableName;
use crate::ring::Token;

/// What a disk knows of indexes.
pub type IndexBook = SortedMap<TableName, (u64, bool)>;

/// Every item's versions, ordered by ring position, and the hints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    pub(super) items: BTreeMap<ItemKey, Held>,
    hints: Hints,
    ballots: BallotBook,
    /// Tombstones up to this time may have been forgotten.
    floor: HybridTime,
    charter: Charter,
    indexes: IndexBook,
    pub(super) changes: ChangeLog,
    /// Versions of items, hints not counted.
    version_count: usize,
    item_count: usize,
    bytes: u64,
}

impl Store {
    /// About what the entry of one item takes in memory, beside the item itself.
    pub const ENTRY_BYTES: usize = 3 * (size_of::<ItemKey>() + size_of::<Held>()) / 2;

    /// Does what a record of the log says.
    pub fn replay(&mut self, record: &Record) {
        match record {
            Record::Own { key, version } => {
                self.apply(key, version.clone(), |_, _| {});
            }
            Record::Hint { owner, key, version } => self.keep_hint(*owner, key, version.clone()),
            Record::HandedOver { owner, key, dots } => self.hints.drop_versions(*owner, key, dots),
            Record::Collected { key, stamp } => {
                self.collect(key, *stamp);
            }
            Record::Floor(time) => self.raise_floor(*time),
            Record::Topology(lists) => self.charter.follow(lists),
            Record::EpochBallot { follows, acceptor } => self.charter.vote(*follows, acceptor),
            Record::Streamed(epoch) => self.charter.streamed = Some(*epoch),
            Record::Dropped { key, dots } => {
                self.drop_stray(key, dots);
            }
            Record::Promised { key, ballot } => self.promise(key, *ballot),
            Record::Accepted { key, ballot } => self.accept(key, *ballot),
            Record::Indexed { index, definition, filled } => {
                self.indexes.insert(index.clone(), (*definition, *filled));
            }
            Record::Discarded(table) => {
                self.discard(table);
            }
            Record::Keeps { table, since } => self.changes.keep(table, *since),
            Record::Past { key, version } => self.changes.push(key, version.clone()),
            Record::Trimmed(horizon) => self.changes.trim(*horizon, &self.items),
        }
    }

    /// Drops an item of which an owner has these versions, if that is all there is of it. What was
    /// held of it.
    pub fn drop_stray(&mut self, key: &ItemKey, dots: &[Dot]) -> Option<Held> {
        let held = self.items.get(key)?;
        let is_all = held.versions().iter().all(|version| dots.contains(&version.dot()));
        let held = is_all.then(|| self.items.remove(key)).flatten()?;
        self.resize(held.size(), Size::default());
        self.changes.forget_item(key);
        Some(held)
    }

    /// What the disk knows of the cluster.
    pub fn charter(&self) -> &Charter {
        &self.charter
    }

    /// An empty store on a disk that knows of the cluster what this one does: what is left when the
    /// data is lost.
    pub fn wiped(self) -> Self {
        let charter = Charter { streamed: None, ..self.charter };
        Self { charter, ..Self::default() }
    }

    /// Keeps `version` if it is new here. Then `changed` is told what was held before, and what is
    /// held now.
    pub fn apply(
        &mut self,
        key: &ItemKey,
        version: Version,
        changed: impl FnOnce(Option<&Held>, &Held),
    ) -> Applied {
        let (removed, added) = match self.items.entry(key.clone()) {
            Entry::Vacant(place) => {
                let held = place.insert(version.into());
                changed(None, held);
                (Size::default(), held.size())
            }
            Entry::Occupied(mut place) => {
                let held = place.get_mut();
                let outcome = held.outcome_of(&version);
                if outcome == Applied::Superseded && !mutated(Mutation::LateForgotten) {
                    self.changes.push(key, version);
                    return outcome;
                }
                if outcome != Applied::Stored {
                    return outcome;
                }
                let (before, removed) = (held.clone(), held.size());
                held.take(version);
                changed(Some(&before), held);
                let sizes = (removed, held.size());
                if self.changes.keeps(key.table()) {
                    self.changes.push(key, before.newest().clone());
                }
                sizes
            }
        };
        self.resize(removed, added);
        Applied::Stored
    }

    /// Drops everything there is of a table and its indexes: items, hints and ballots.
    pub fn forget(&mut self, table: &TableName) {
        let gone = |key: &ItemKey| key.table().belongs_to(table);
        let keys: Vec<ItemKey> = self.items.keys().filter(|key| gone(key)).cloned().collect();
        for key in keys {
            if let Some(held) = self.items.remove(&key) {
                self.resize(held.size(), Size::default());
            }
        }
        self.hints.forget(gone);
        self.ballots.forget(gone);
        self.indexes.retain(|index, _| !index.belongs_to(table));
        self.changes.forget_table(table);
    }

    /// What [`Store::apply`] would answer for this version.
    pub fn would_apply(&self, key: &ItemKey, version: &Version) -> Applied {
        self.items.get(key).map_or(Applied::Stored, |held| held.outcome_of(version))
    }

    /// Whether this version would change anything: it would be held, or remembered as one that was.
    pub fn would_take(&self, key: &ItemKey, version: &Version) -> bool {
        match self.would_apply(key, version) {
            Applied::Stored => true,
            Applied::Superseded => self.changes.lacks(key, version.stamp),
            Applied::Known => false,
        }
    }

    /// What was, in tables that keep that.
    pub fn changes(&self) -> &ChangeLog {
        &self.changes
    }

    /// The mistake that a crash takes the past.
    pub fn lose_changes(&mut self) {
        self.changes.lose();
    }

    /// Forgets the tombstone with this stamp, if that is all there is of the item; of an index's entry
    /// any version. True if it was.
    pub fn collect(&mut self, key: &ItemKey, stamp: Stamp) -> bool {
        let is_all = self.may_collect(key, stamp);
        self.raise_floor(stamp.time);
        if is_all && let Some(removed) = self.items.remove(key) {
            self.resize(removed.size(), Size::default());
            self.changes.push(key, removed.newest().clone());
        }
        is_all
    }

    /// Whether this is all there is of an item, and a tombstone; of an entry any version will do.
    pub fn may_collect(&self, key: &ItemKey, stamp: Stamp) -> bool {
        let held = self.items.get(key).filter(|held| held.stamp() == stamp);
        held.is_some_and(|held| held.tombstone().is_some() || key.is_entry())
    }

    /// What this disk knows of indexes, by the names of their entries: which definition they have, and
    /// whether every item here is in them.
    pub fn indexes(&self) -> &IndexBook {
        &self.indexes
    }

    /// Drops a table, or an index, with everything in it. What was held.
    pub fn discard(&mut self, table: &TableName) -> Vec<(ItemKey, Held)> {
        let is_its = |key: &ItemKey| key.table() == table;
        let its = self.items.iter().filter(|(key, _)| is_its(key));
        let all: Vec<_> = its.map(|(key, held)| (key.clone(), held.clone())).collect();
        for (key, held) in &all {
            self.items.remove(key);
            self.resize(held.size(), Size::default());
        }
        self.hints.forget(is_its);
        self.ballots.forget(is_its);
        self.indexes.remove(table);
        all
    }

    /// Everything held behind this item, clockwise up to position 0; from there on without one.
    pub fn after(&self, key: Option<&ItemKey>) -> impl Iterator<Item = (&ItemKey, &Held)> {
        let begin = key.map_or(Bound::Unbounded, |key| Bound::Excluded(key.clone()));
        self.items.range((begin, Bound::Unbounded))
    }

    /// Remembers that tombstones up to this time may have been forgotten.
    pub fn raise_floor(&mut self, time: HybridTime) {
        self.floor = self.floor.max(time);
    }

    /// The highest time of any tombstone that was forgotten: whoever chooses the time of a new
    /// version by what is stored has to go above it.
    pub fn floor(&self) -> HybridTime {
        self.floor
    }

    fn resize(&mut self, removed: Size, added: Size) {
        self.version_count = self.version_count + added.versions - removed.versions;
        self.item_count = self.item_count + added.items - removed.items;
        self.bytes = self.bytes + added.bytes - removed.bytes;
    }

    /// The tombstone of an item, if that is all there is of it.
    pub fn tombstone(&self, key: &ItemKey) -> Option<&Version> {
        self.items.get(key)?.tombstone()
    }

    pub fn get(&self, key: &ItemKey) -> Option<&Held> {
        self.items.get(key)
    }

    /// Everything held, tombstones included, clockwise from position 0.
    pub fn iter(&self) -> impl Iterator<Item = (&ItemKey, &Held)> {
        self.items.iter()
    }

    /// What is held between two names, tombstones included, in their order.
    pub fn between(
        &self,
        from: Bound<ItemKey>,
        to: Bound<ItemKey>,
    ) -> impl DoubleEndedIterator<Item = (&ItemKey, &Held)> {
        let is_sound = match (&from, &to) {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
            (Bound::Excluded(from), Bound::Excluded(to)) => from < to,
            (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to))
            | (Bound::Included(from), Bound::Excluded(to)) => from <= to,
        };
        is_sound.then(|| self.items.range((from, to))).into_iter().flatten()
    }

    /// What is held of a collection between two of its names. `key` has its partition key alone.
    pub fn beside(
        &self,
        key: &ItemKey,
        from: Bound<ItemKey>,
        to: Bound<ItemKey>,
    ) -> impl DoubleEndedIterator<Item = (&ItemKey, &Held)> {
        let from = match from {
            Bound::Unbounded => Bound::Included(key.clone()),
            from => from,
        };
        let to = match (to, key.position.0.checked_add(1)) {
            (Bound::Unbounded, Some(next)) => Bound::Excluded(ItemKey::first_at(Token(next))),
            (to, _) => to,
        };
        self.between(from, to).filter(|(other, _)| other.is_beside(key))
    }

    /// Keeps a version for an owner that could not take it.
    pub fn keep_hint(&mut self, owner: NodeId, key: &ItemKey, version: Version) {
        self.hints.keep(owner, key, version);
    }

    /// Drops versions that `owner` has acknowledged.
    pub fn drop_hint(&mut self, owner: NodeId, key: &ItemKey, dots: &[Dot]) {
        self.hints.drop_versions(owner, key, dots);
    }

    /// What is kept for other owners.
    pub fn hints(&self) -> &Hints {
        &self.hints
    }

    /// Promises to take no version of an item below this ballot.
    pub fn promise(&mut self, key: &ItemKey, ballot: Stamp) {
        self.ballots.promise(key, ballot);
    }

    /// Remembers a vote for the version with this stamp.
    pub fn accept(&mut self, key: &ItemKey, ballot: Stamp) {
        self.ballots.accept(key, ballot);
    }

    /// What was promised and voted for.
    pub fn ballots(&self) -> &BallotBook {
        &self.ballots
    }

    /// Number of items held in any version, tombstones included.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Number of versions held: of items, tombstones included, and hints.
    pub fn version_count(&self) -> usize {
        self.version_count + self.hints.len()
    }

    /// Records that add up to this.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        let own = self.items.iter().flat_map(|(key, held)| {
            let versions = held.versions().iter().cloned();
            versions.map(|version| Record::Own { key: key.clone(), version })
        });
        let hints = self.hints.iter().flat_map(|(owner, key, held)| {
            let versions = held.versions().iter().cloned();
            versions.map(move |version| Record::Hint { owner, key: key.clone(), version })
        });
        let past = self.changes.iter().flat_map(|(key, past)| {
            past.iter().map(|version| Record::Past { key: key.clone(), version: version.clone() })
        });
        own.chain(hints).chain(self.facts()).chain(past)
    }

    /// Those of them without a version: to be replayed behind what is held, and before the past.
    pub fn facts(&self) -> impl Iterator<Item = Record> {
        let floor = (self.floor > HybridTime::default()).then_some(Record::Floor(self.floor));
        let ballots = self.ballots.iter().flat_map(|(key, ballots)| {
            let promised = ballots.promised.map(|ballot| (key, ballot, false));
            let accepted = ballots.votes().map(move |ballot| (key, ballot, true));
            promised.into_iter().chain(accepted)
        });
        let ballots = ballots.map(|(key, ballot, is_vote)| match is_vote {
            false => Record::Promised { key: key.clone(), ballot },
            true => Record::Accepted { key: key.clone(), ballot },
        });
        let indexes = self.indexes.iter().map(|(index, (definition, filled))| Record::Indexed {
            index: index.clone(),
            definition: *definition,
            filled: *filled,
        });
        let charter = self.charter.records();
        floor.into_iter().chain(charter).chain(ballots).chain(indexes).chain(self.changes.facts())
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
