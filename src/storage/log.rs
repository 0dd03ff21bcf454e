//! The commit log: what a node still knows after a crash.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ItemKey, Store, Version};
use crate::base::{Incarnation, Mutation, NodeId, mutated};
use crate::causality::{Dot, HybridTime, Stamp};

/// A log sequence number: how many records were appended up to and including this one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Lsn(pub u64);

/// One record of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// A version that this node holds as an owner.
    Own { key: ItemKey, version: Version },
    /// A version that this node keeps for `owner`.
    Hint { owner: NodeId, key: ItemKey, version: Version },
    /// `owner` has these versions now: the hints are dropped.
    HandedOver { owner: NodeId, key: ItemKey, dots: Arc<[Dot]> },
    /// This tombstone is forgotten.
    Collected { key: ItemKey, stamp: Stamp },
    /// Tombstones up to this time may have been forgotten, here or by whom this node learned from.
    Floor(HybridTime),
}

impl Record {
    /// The item that it is about, if it is about one.
    pub fn key(&self) -> Option<&ItemKey> {
        match self {
            Record::Own { key, .. }
            | Record::Hint { key, .. }
            | Record::HandedOver { key, .. }
            | Record::Collected { key, .. } => Some(key),
            Record::Floor(_) => None,
        }
    }

    /// The version that it writes down, if it does.
    pub fn version(&self) -> Option<&Version> {
        match self {
            Record::Own { version, .. } | Record::Hint { version, .. } => Some(version),
            Record::HandedOver { .. } | Record::Collected { .. } | Record::Floor(_) => None,
        }
    }
}

/// Below this many durable records compaction is not worth while.
const COMPACT_ABOVE: usize = 256;

/// An append-only log with a durable part and a pending one.
#[derive(Clone, Debug, Default)]
pub struct CommitLog {
    records: Vec<Record>,
    /// How many of `records` are durable.
    durable: usize,
    /// How many records were compacted away in front of `records`.
    compacted: u64,
    incarnation: Incarnation,
    disk: DiskState,
}

/// What a disk tells the node that starts on it, beside the records of its log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskState {
    /// Half a record follows the last whole one.
    pub torn: bool,
    /// The disk was lost since the node last had all that it should have.
    pub wiped: bool,
}

impl CommitLog {
    /// Rebuilds a log from its parts, as a snapshot holds them.
    ///
    /// Returns `None` unless `durable` is a number of the given records.
    pub fn from_parts(
        records: Vec<Record>,
        durable: usize,
        compacted: u64,
        incarnation: Incarnation,
        disk: DiskState,
    ) -> Option<Self> {
        let log = Self { records, durable, compacted, incarnation, disk };
        (durable <= log.records.len()).then_some(log)
    }

    /// Appends a record; it is pending until [`CommitLog::synced`] covers it.
    pub fn append(&mut self, record: Record) -> Lsn {
        self.records.push(record);
        self.end()
    }

    /// The number of the last record appended.
    pub fn end(&self) -> Lsn {
        Lsn(self.compacted + self.records.len() as u64)
    }

    /// Declares everything up to `lsn` durable and returns those records that newly are.
    ///
    /// # Panics
    /// If `lsn` was never appended.
    pub fn synced(&mut self, lsn: Lsn) -> &[Record] {
        assert!(lsn <= self.end(), "synced {lsn:?}, but the log ends at {:?}", self.end());
        let from = self.durable;
        let up_to = lsn.0.saturating_sub(self.compacted) as usize;
        self.durable = self.durable.max(up_to);
        &self.records[from..self.durable]
    }

    /// Loses all pending records but the oldest `survived`, which had reached the disk already, and
    /// returns those. With `torn` the first record lost is there by half.
    ///
    /// # Panics
    /// If fewer are pending, or none is left to be torn.
    pub fn crash(&mut self, survived: usize, torn: bool) -> &[Record] {
        let (from, pending) = (self.durable, self.records.len() - self.durable);
        assert!(survived + usize::from(torn) <= pending, "only {pending} records were pending");
        self.durable += survived;
        self.records.truncate(self.durable);
        self.disk.torn = torn;
        &self.records[from..]
    }

    /// Begins a new life of the node: a new incarnation, durable at once. Cuts off the torn record
    /// at the end, if there is one, and says whether there was.
    pub fn start(&mut self) -> (Incarnation, bool) {
        self.incarnation.0 +=
            u32::from(!mutated(Mutation::IncarnationKept) || self.incarnation.0 == 0);
        (self.incarnation, std::mem::take(&mut self.disk.torn))
    }

    /// Loses the disk: every record, and the certainty of having what was acknowledged. What remains
    /// is who the node is, and which incarnation it was, as the operator knows both.
    pub fn wipe(&mut self) {
        if mutated(Mutation::DotsReused) {
            self.incarnation = Incarnation::default();
        }
        self.compacted = self.end().0;
        self.records.clear();
        self.durable = 0;
        self.disk = DiskState { torn: false, wiped: true };
    }

    /// Whether the node has all that it ever acknowledged: its disk was not lost, or it was rebuilt
    /// since.
    pub fn is_whole(&self) -> bool {
        !self.disk.wiped
    }

    /// The node was rebuilt from its peers after the loss of its disk. Durable at once.
    pub fn set_whole(&mut self) {
        self.disk.wiped = false;
    }

    pub fn disk_state(&self) -> DiskState {
        self.disk
    }

    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// The store that the durable records add up to.
    pub fn replay(&self) -> Store {
        let mut store = Store::default();
        for record in &self.records[..self.durable] {
            store.replay(record);
        }
        store
    }

    /// The most records that a log keeps if this many of all logs' records are distinct: what
    /// compaction leaves, and more than are ever pending.
    pub fn longest(versions: usize) -> usize {
        4 * COMPACT_ABOVE.max(versions)
    }

    /// Replaces the durable records by the contents of `store` once they are twice as many.
    ///
    /// `store` must be what [`CommitLog::replay`] would return.
    pub fn compact(&mut self, store: &Store) {
        if self.durable <= COMPACT_ABOVE.max(2 * store.record_count()) {
            return;
        }
        let end = self.end();
        self.records.splice(..self.durable, store.records());
        self.durable = store.record_count();
        self.compacted = end.0 - self.records.len() as u64;
    }

    /// All records kept, durable ones first.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// How many of [`CommitLog::records`] are durable.
    pub fn durable_count(&self) -> usize {
        self.durable
    }

    /// How many records compaction has taken away so far.
    pub fn compacted_count(&self) -> u64 {
        self.compacted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Key, TableName};

    fn record(key: &str, clock_us: u64) -> Record {
        let table: TableName = "T".parse().unwrap();
        let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: clock_us as u32 };
        let time = HybridTime { clock_us, logical: 0 };
        let version = Version { stamp: Stamp { time, dot }, item: None, context: None };
        Record::Own { key: ItemKey::new(table, Key::from_text(key).unwrap()), version }
    }

    #[test]
    fn crash_loses_exactly_what_was_not_durable() {
        let mut log = CommitLog::default();
        let first = log.append(record("a", 1));
        log.append(record("b", 2));
        assert_eq!(log.synced(first).len(), 1);
        assert!(log.crash(0, false).is_empty());
        assert_eq!(log.replay().len(), 1);
        assert_eq!(log.end(), first);
    }

    #[test]
    fn a_torn_record_is_cut_off_at_the_next_start() {
        let mut log = CommitLog::default();
        for key in ["a", "b", "c"] {
            log.append(record(key, 1));
        }
        assert_eq!(log.crash(1, true).len(), 1);
        assert_eq!(log.replay().len(), 1);
        assert_eq!(log.start(), (Incarnation(1), true));
        assert_eq!(log.start(), (Incarnation(2), false));
    }

    #[test]
    fn a_lost_disk_is_empty_and_not_whole_until_rebuilt() {
        let mut log = CommitLog::default();
        log.start();
        let end = log.append(record("a", 1));
        log.synced(end);
        log.wipe();
        assert!(log.replay().is_empty());
        assert_eq!((log.end(), log.is_whole()), (end, false));
        assert_eq!(log.start(), (Incarnation(2), false));
        log.crash(0, false);
        assert!(!log.is_whole());
        log.set_whole();
        assert!(log.is_whole());
    }

    #[test]
    fn compaction_keeps_the_replay_and_the_numbers() {
        let mut log = CommitLog::default();
        for clock_us in 1..=1_000 {
            let lsn = log.append(record(["a", "b", "c"][clock_us as usize % 3], clock_us));
            log.synced(lsn);
        }
        let pending = log.append(record("d", 1_001));
        let before: Vec<_> = log.replay().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        log.compact(&log.replay());
        let after: Vec<_> = log.replay().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        assert_eq!(before, after);
        assert_eq!(log.records().len(), 4);
        assert_eq!(log.end(), pending);
        assert_eq!(log.synced(pending).len(), 1);
        assert_eq!(log.replay().len(), 4);
    }
}
