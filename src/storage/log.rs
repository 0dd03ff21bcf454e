//! The commit log: what a node still knows after a crash.

use serde::{Deserialize, Serialize};

use super::{ItemKey, Store, Version};
use crate::base::Incarnation;

/// A log sequence number: how many records were appended up to and including this one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Lsn(pub u64);

/// One appended write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub key: ItemKey,
    pub version: Version,
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
    ) -> Option<Self> {
        (durable <= records.len()).then_some(Self { records, durable, compacted, incarnation })
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

    /// Loses every pending record and returns how many there were.
    pub fn lose_pending(&mut self) -> usize {
        let lost = self.records.len() - self.durable;
        self.records.truncate(self.durable);
        lost
    }

    /// Begins a new life of the node: a new incarnation, durable at once.
    pub fn start(&mut self) -> Incarnation {
        self.incarnation.0 += 1;
        self.incarnation
    }

    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// The store that the durable records add up to.
    pub fn replay(&self) -> Store {
        let mut store = Store::default();
        for record in &self.records[..self.durable] {
            store.apply(&record.key, record.version.clone());
        }
        store
    }

    /// The most records that a log keeps which knows this many distinct versions: what compaction
    /// leaves, and as many pending ones.
    pub fn longest(versions: usize) -> usize {
        COMPACT_ABOVE.max(2 * versions) + versions
    }

    /// Replaces the durable records by the contents of `store` once they are twice as many.
    ///
    /// `store` must be what [`CommitLog::replay`] would return.
    pub fn compact(&mut self, store: &Store) {
        if self.durable <= COMPACT_ABOVE.max(2 * store.len()) {
            return;
        }
        let live = store
            .iter()
            .map(|(key, version)| Record { key: key.clone(), version: version.clone() });
        let end = self.end();
        self.records.splice(..self.durable, live);
        self.durable = store.len();
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
    use crate::base::NodeId;
    use crate::causality::{Dot, Stamp};
    use crate::data::{Key, TableName};

    fn record(key: &str, clock_us: u64) -> Record {
        let table: TableName = "T".parse().unwrap();
        let dot = Dot { node: NodeId(0), incarnation: Incarnation(1), counter: clock_us as u32 };
        Record {
            key: ItemKey::new(table, Key::from_text(key).unwrap()),
            version: Version { stamp: Stamp { clock_us, dot }, item: None },
        }
    }

    #[test]
    fn crash_loses_exactly_what_was_not_durable() {
        let mut log = CommitLog::default();
        let first = log.append(record("a", 1));
        log.append(record("b", 2));
        assert_eq!(log.synced(first).len(), 1);
        assert_eq!(log.lose_pending(), 1);
        assert_eq!(log.replay().len(), 1);
        assert_eq!(log.end(), first);
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
