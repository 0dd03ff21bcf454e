//! The change log: versions that a node holds no more, for tables that can be restored to how they
//! were.
//!
//! ```text
//!   held        k: v4                       what reads see
//!   change log  k: v1  v2  v3               what v4 and others replaced, by stamp
//!                      └── as of t: the greatest stamp up to t, here or held
//! ```
//!
//! What comes too late to be held goes to the log as well: it was acknowledged like any other version,
//! and there was a time when it was the newest. So does the tombstone that is collected: without it an
//! item would come back as of a time after its delete.
//!
//! Must never know: what an instant means to anybody, which owners have to be asked.
//!
//! Caveats: `since` is a promise about this node alone: from then on no version is missing here that
//! was the newest here.

use std::collections::BTreeMap;

use super::{Held, ItemKey, Record, Version};
use crate::base::{Mutation, SortedMap, UNIX_EPOCH_S, mutated};
use crate::causality::{HybridTime, Stamp};
use crate::data::{AttributeValue, Number, TableName};

/// What was, in the tables that keep it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeLog {
    /// The tables that keep it, and from when on nothing is missing.
    since: SortedMap<TableName, HybridTime>,
    /// By stamp.
    past: BTreeMap<ItemKey, Vec<Version>>,
    versions: usize,
    bytes: u64,
    /// What was replaced before this time is gone.
    horizon: HybridTime,
}

impl ChangeLog {
    /// The time that nothing is known of: of a table whose past was lost with a disk.
    pub const NEVER: HybridTime = HybridTime::MAX;

    /// From when on it is known what a table was like, behind the horizon; none if its past is not
    /// kept.
    pub fn since(&self, table: &TableName) -> Option<HybridTime> {
        self.since.get(table).copied()
    }

    /// Whether a table's past is kept.
    pub(super) fn keeps(&self, table: &TableName) -> bool {
        !self.since.is_empty() && self.since.contains_key(table)
    }

    /// The tables whose past is kept, and since when.
    pub fn tables(&self) -> impl Iterator<Item = (&TableName, HybridTime)> {
        self.since.iter().map(|(table, since)| (table, *since))
    }

    /// What was replaced before this time is forgotten.
    pub fn horizon(&self) -> HybridTime {
        self.horizon
    }

    /// Keeps the past of a table from now on, or forgets it.
    pub(super) fn keep(&mut self, table: &TableName, since: Option<HybridTime>) {
        match since {
            Some(since) => drop(self.since.insert(table.clone(), since)),
            None => {
                self.since.remove(table);
                self.forget(|key| key.table() == table);
            }
        }
    }

    /// Whether this version belongs here and is not here yet, if it is not held.
    pub(super) fn lacks(&self, key: &ItemKey, stamp: Stamp) -> bool {
        self.keeps(key.table())
            && self.past.get(key).is_none_or(|past| past.iter().all(|it| it.stamp != stamp))
    }

    /// Remembers a version that is not held, or not any more.
    pub(super) fn push(&mut self, key: &ItemKey, version: Version) {
        if !self.lacks(key, version.stamp) {
            return;
        }
        self.versions += 1;
        self.bytes += version.item_size();
        let past = self.past.entry(key.clone()).or_default();
        let place = match mutated(Mutation::CutByArrival) {
            true => past.len(),
            false => past.partition_point(|other| other.stamp < version.stamp),
        };
        past.insert(place, version);
    }

    /// The newest version of an item that was not stamped later than this, of those not held.
    pub(super) fn as_of(&self, key: &ItemKey, at: HybridTime) -> Option<&Version> {
        self.past.get(key)?.iter().rev().find(|version| version.stamp.time <= at)
    }

    /// The names of items with a past, in the order of the ring.
    pub(super) fn names(&self) -> &BTreeMap<ItemKey, Vec<Version>> {
        &self.past
    }

    /// What is remembered of an item, oldest first.
    pub fn of(&self, key: &ItemKey) -> &[Version] {
        self.past.get(key).map_or(&[], Vec::as_slice)
    }

    /// What is remembered of a table, in the order of the ring and by stamp.
    pub fn of_table(&self, table: &TableName) -> impl Iterator<Item = (&ItemKey, &Version)> {
        let of_it = self.past.iter().filter(move |(key, _)| key.table() == table);
        of_it.flat_map(|(key, past)| past.iter().map(move |version| (key, version)))
    }

    /// Forgets what was replaced before this time. What was there at that time stays.
    pub(super) fn trim(&mut self, horizon: HybridTime, held: &BTreeMap<ItemKey, Held>) {
        self.horizon = self.horizon.max(horizon);
        let (mut versions, mut bytes) = (0, 0);
        self.past.retain(|key, past| {
            past.drain(..needed_from(past, held.get(key), horizon));
            versions += past.len();
            bytes += past.iter().map(Version::item_size).sum::<u64>();
            !past.is_empty()
        });
        (self.versions, self.bytes) = (versions, bytes);
    }

    /// Forgets the past of some items.
    pub(super) fn forget(&mut self, gone: impl Fn(&ItemKey) -> bool) {
        let (mut versions, mut bytes) = (0, 0);
        self.past.retain(|key, past| {
            if gone(key) {
                versions += past.len();
                bytes += past.iter().map(Version::item_size).sum::<u64>();
            }
            !gone(key)
        });
        self.versions -= versions;
        self.bytes -= bytes;
    }

    /// Forgets the past of one item.
    pub(super) fn forget_item(&mut self, key: &ItemKey) {
        for version in self.past.remove(key).unwrap_or_default() {
            self.versions -= 1;
            self.bytes -= version.item_size();
        }
    }

    /// Forgets a table and that its past was kept.
    pub(super) fn forget_table(&mut self, table: &TableName) {
        if self.since.contains_key(table) {
            self.keep(table, None);
        }
    }

    /// The mistake that a crash takes it.
    pub(super) fn lose(&mut self) {
        self.forget(|_| true);
    }

    /// Versions that are remembered.
    pub fn len(&self) -> usize {
        self.versions
    }

    pub fn is_empty(&self) -> bool {
        self.versions == 0
    }

    /// Their size, as DynamoDB counts it.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Records that add up to this, behind those of what is held.
    pub(super) fn records(&self) -> impl Iterator<Item = Record> {
        let tables = self
            .since
            .iter()
            .map(|(table, since)| Record::Keeps { table: table.clone(), since: Some(*since) });
        let past = self.past.iter().flat_map(|(key, past)| {
            past.iter().map(|version| Record::Past { key: key.clone(), version: version.clone() })
        });
        let horizon = (self.horizon > HybridTime::default()).then_some(self.horizon);
        tables.chain(past).chain(horizon.map(Record::Trimmed))
    }
}

/// How many of the versions of an item, and of what is held of it, nobody needs who asks for nothing
/// before the horizon.
fn needed_from(past: &[Version], held: Option<&Held>, horizon: HybridTime) -> usize {
    let held = held.map(Held::newest).filter(|version| version.stamp.time <= horizon);
    let base = past.iter().rposition(|version| version.stamp.time <= horizon);
    let base = held.map(|held| past.partition_point(|it| it.stamp < held.stamp)).or(base);
    let Some(base) = base else { return 0 };
    let Some(gone) = held.or(past.get(base)).filter(|it| it.is_tombstone()) else { return base };
    match base.checked_sub(1).filter(|before| may_outlive(&past[*before], gone.stamp, horizon)) {
        Some(before) => before,
        None => base + usize::from(held.is_none()),
    }
}

/// Whether this tombstone may be that of a sweep, which is stamped like the version that it takes away,
/// and that version was still there at the horizon: any of its numbers may be its time.
fn may_outlive(version: &Version, tombstone: Stamp, horizon: HybridTime) -> bool {
    let horizon_s = Number::from((UNIX_EPOCH_S + horizon.clock_us() / 1_000_000) as i64);
    let is_later =
        |value: &AttributeValue| matches!(value, AttributeValue::N(it) if *it > horizon_s);
    let stamp = version.stamp;
    (stamp.time, stamp.dot.node) == (tombstone.time, tombstone.dot.node)
        && version.item.iter().any(|item| item.iter().any(|(_, value)| is_later(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Incarnation, NodeId};
    use crate::causality::Dot;
    use crate::data::Key;
    use crate::storage::Store;
    use std::sync::Arc;

    fn version(at: u64, is_there: bool) -> Version {
        let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: at as u32 };
        let stamp = Stamp { time: HybridTime::of_clock(at), dot };
        Version { stamp, item: is_there.then(Arc::default), context: None }
    }

    fn key() -> ItemKey {
        ItemKey::new(TableName::new("Tab").unwrap(), Key::from_text("k").unwrap())
    }

    fn as_of(store: &Store, at: u64) -> Option<u64> {
        let held = store.as_of(&key(), HybridTime::of_clock(at))?;
        Some(held.stamp().time.clock_us())
    }

    /// A store that keeps the past of the table since 10, with these versions in this order.
    fn store(versions: &[u64]) -> Store {
        let mut store = Store::default();
        let (table, since) = (key().table().clone(), Some(HybridTime::of_clock(10)));
        store.replay(&Record::Keeps { table, since });
        for at in versions {
            store.replay(&Record::Own { key: key(), version: version(*at, at % 10 != 9) });
        }
        store
    }

    #[test]
    fn the_greatest_stamp_up_to_an_instant_is_what_was_there() {
        let orders = [[20, 30, 40], [40, 20, 30], [30, 40, 20]];
        for order in orders {
            let store = store(&order);
            let seen = [19, 20, 29, 30, 39, 40, 99].map(|at| as_of(&store, at));
            let (a, b, c) = (Some(20), Some(30), Some(40));
            assert_eq!(seen, [None, a, a, b, b, c, c], "{order:?}");
            assert_eq!(store.changes().len(), 2);
        }
    }

    #[test]
    fn a_collected_tombstone_is_remembered() {
        let mut store = store(&[20, 29]);
        assert!(store.collect(&key(), version(29, false).stamp));
        assert_eq!((as_of(&store, 25), as_of(&store, 50)), (Some(20), Some(29)));
    }

    #[test]
    fn what_lies_before_the_window_goes_but_for_what_was_there_then() {
        let horizon = |at| Record::Trimmed(HybridTime::of_clock(at));
        let mut log = store(&[20, 30, 40]);
        log.replay(&horizon(35));
        assert_eq!((as_of(&log, 35), as_of(&log, 25)), (Some(30), None));
        assert_eq!(log.changes().horizon(), HybridTime::of_clock(35));
        log.replay(&horizon(40));
        assert_eq!((log.changes().len(), log.changes().bytes()), (0, 0));
        let mut gone = store(&[20, 29, 40]);
        gone.replay(&horizon(35));
        assert_eq!((gone.changes().len(), as_of(&gone, 36)), (0, None));
    }

    #[test]
    fn records_add_up_to_it() {
        let mut store = store(&[40, 20, 30]);
        store.replay(&Record::Trimmed(HybridTime::of_clock(25)));
        let mut again = Store::default();
        store.records().for_each(|record| again.replay(&record));
        assert_eq!(again, store);
    }
}
