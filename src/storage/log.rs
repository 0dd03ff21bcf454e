//! The commit log: what a node still knows after a crash.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use super::Store;
use super::{EpochAcceptor, ItemKey, Version};
use crate::base::{Incarnation, Mutation, NodeId, mutated};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::data::TableName;
use crate::ring::{Epoch, PreferenceLists};

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
    /// This topology is in force.
    Topology(Arc<PreferenceLists>),
    /// This node's part in the round that decides on the topology after that of an epoch.
    EpochBallot { follows: Epoch, acceptor: EpochAcceptor },
    /// As a pending owner, this node has all that it had to fetch in this epoch.
    Streamed(Epoch),
    /// This node does not own the item, and an owner has these versions: they are dropped.
    Dropped { key: ItemKey, dots: Arc<[Dot]> },
    /// This owner takes no version of the item below this ballot any more.
    Promised { key: ItemKey, ballot: Stamp },
    /// This owner voted for the version with this stamp.
    Accepted { key: ItemKey, ballot: Stamp },
    /// This node knows of an index, whose entries have this name; `definition` tells it from another
    /// one that had the name. `filled`: every item here has its entry, or an update on its way.
    Indexed { index: TableName, definition: u64, filled: bool },
    /// The table, or the index, is no more: everything in it is dropped.
    Discarded(TableName),
    /// From this time on, nothing is missing here of what the table was; none: its past is forgotten.
    Keeps { table: TableName, since: Option<HybridTime> },
    /// A version that is not held, of a table whose past is kept.
    Past { key: ItemKey, version: Version },
    /// What was replaced before this time is forgotten.
    Trimmed(HybridTime),
}

impl Record {
    /// The item that it is about, if it is about one.
    pub fn key(&self) -> Option<&ItemKey> {
        match self {
            Record::Own { key, .. }
            | Record::Hint { key, .. }
            | Record::HandedOver { key, .. }
            | Record::Collected { key, .. }
            | Record::Dropped { key, .. }
            | Record::Promised { key, .. }
            | Record::Accepted { key, .. }
            | Record::Past { key, .. } => Some(key),
            Record::Floor(_)
            | Record::Topology(_)
            | Record::EpochBallot { .. }
            | Record::Streamed(_)
            | Record::Indexed { .. }
            | Record::Discarded(_)
            | Record::Keeps { .. }
            | Record::Trimmed(_) => None,
        }
    }

    /// Says nothing any more, if it is about this table or one of its indexes. Whether it was.
    pub fn forget(&mut self, table: &TableName) -> bool {
        let about = match &*self {
            Record::Indexed { index: name, .. }
            | Record::Discarded(name)
            | Record::Keeps { table: name, .. } => Some(name),
            record => record.key().map(ItemKey::table),
        };
        let is_gone = about.is_some_and(|name| name.belongs_to(table));
        if is_gone {
            *self = Record::Floor(HybridTime::default());
        }
        is_gone
    }

    /// Whether it is about rounds.
    pub fn is_ballot(&self) -> bool {
        matches!(self, Record::Promised { .. } | Record::Accepted { .. })
    }

    /// The version that it writes down, if it does.
    pub fn version(&self) -> Option<&Version> {
        match self {
            Record::Own { version, .. }
            | Record::Hint { version, .. }
            | Record::Past { version, .. } => Some(version),
            _ => None,
        }
    }
}

/// An append-only log, of which only the end is kept as records.
///
/// What is durable is kept as the [`Store`] that it adds up to, by whoever owns the log: as if the
/// log were compacted at every sync. A second copy of every version would only cost memory.
#[derive(Clone, Debug, Default)]
pub struct CommitLog {
    /// How many records are durable.
    durable: u64,
    /// The records that are not durable yet, oldest first.
    pending: VecDeque<Record>,
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
    pub fn from_parts(
        durable: u64,
        pending: impl IntoIterator<Item = Record>,
        incarnation: Incarnation,
        disk: DiskState,
    ) -> Self {
        Self { durable, pending: pending.into_iter().collect(), incarnation, disk }
    }

    /// Appends a record; it is pending until [`CommitLog::synced`] covers it.
    pub fn append(&mut self, record: Record) -> Lsn {
        self.pending.push_back(record);
        self.end()
    }

    /// The number of the last record appended.
    pub fn end(&self) -> Lsn {
        Lsn(self.durable + self.pending.len() as u64)
    }

    /// How many records are durable.
    pub fn durable(&self) -> Lsn {
        Lsn(self.durable)
    }

    /// The records that are not durable yet, oldest first.
    pub fn pending(&self) -> impl ExactSizeIterator<Item = &Record> {
        self.pending.iter()
    }

    /// Takes what is said of a table and its indexes out of the records that are not durable yet:
    /// they keep their numbers, and say nothing.
    pub fn forget(&mut self, table: &TableName) {
        for record in &mut self.pending {
            record.forget(table);
        }
    }

    /// Declares everything up to `lsn` durable and returns those records that newly are.
    ///
    /// # Panics
    /// If `lsn` was never appended.
    pub fn synced(&mut self, lsn: Lsn) -> impl ExactSizeIterator<Item = Record> {
        assert!(lsn <= self.end(), "synced {lsn:?}, but the log ends at {:?}", self.end());
        let count = lsn.0.saturating_sub(self.durable);
        self.durable += count;
        self.pending.drain(..count as usize)
    }

    /// Loses all pending records but the oldest `survived`, which had reached the disk already, and
    /// returns those. With `torn` the first record lost is there by half.
    ///
    /// # Panics
    /// If fewer are pending, or none is left to be torn.
    pub fn crash(&mut self, survived: usize, torn: bool) -> impl ExactSizeIterator<Item = Record> {
        let pending = self.pending.len();
        assert!(survived + usize::from(torn) <= pending, "only {pending} records were pending");
        self.durable += survived as u64;
        self.pending.truncate(survived);
        self.disk.torn = torn;
        self.pending.drain(..)
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
        self.pending.clear();
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Key;

    fn record(key: &str, clock_us: u64) -> Record {
        let table: TableName = "T".parse().unwrap();
        let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: clock_us as u32 };
        let time = HybridTime::of_clock(clock_us);
        let version = Version { stamp: Stamp { time, dot }, item: None, context: None };
        Record::Own { key: ItemKey::new(table, Key::from_text(key).unwrap()), version }
    }

    #[test]
    fn crash_loses_exactly_what_was_not_durable() {
        let mut log = CommitLog::default();
        let first = log.append(record("a", 1));
        log.append(record("b", 2));
        assert_eq!(log.synced(first).len(), 1);
        assert_eq!(log.crash(0, false).len(), 0);
        assert_eq!((log.end(), log.pending().len()), (first, 0));
    }

    #[test]
    fn a_torn_record_is_cut_off_at_the_next_start() {
        let mut log = CommitLog::default();
        for key in ["a", "b", "c"] {
            log.append(record(key, 1));
        }
        assert_eq!(log.crash(1, true).collect::<Vec<_>>(), [record("a", 1)]);
        assert_eq!(log.start(), (Incarnation(1), true));
        assert_eq!(log.start(), (Incarnation(2), false));
    }

    #[test]
    fn a_lost_disk_is_empty_and_not_whole_until_rebuilt() {
        let mut log = CommitLog::default();
        log.start();
        let end = log.append(record("a", 1));
        drop(log.synced(end));
        log.wipe();
        assert_eq!((log.end(), log.is_whole()), (end, false));
        assert_eq!(log.start(), (Incarnation(2), false));
        drop(log.crash(0, false));
        assert!(!log.is_whole());
        log.set_whole();
        assert!(log.is_whole());
    }
}
