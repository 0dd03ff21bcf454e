//! A node's machine: the process while it is up, and the disk that outlives it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::{Incarnation, NodeId};
use crate::data::TableName;
use crate::node::{Node, NodeSettings};
use crate::ring::PreferenceLists;
use crate::storage::{CommitLog, Lsn, Record, Store, Version};

/// Why a machine is out of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Retired {
    /// Its node was removed, and has left.
    Left,
    /// Its node was taken for dead, and replaced.
    Replaced,
}

/// A machine with one disk, and a node on it unless that is down.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub id: NodeId,
    pub log: CommitLog,
    pub node: Option<Node>,
    /// What the durable part of the log adds up to, kept here while the node is down. While it is up,
    /// that is the node's own store.
    pub at_rest: Store,
    /// Why no process will ever run here again, if so.
    pub retired: Option<Retired>,
    /// How far the sync under way will make the log durable.
    pub syncing: Option<Lsn>,
}

impl Machine {
    /// A machine with an empty disk and a node that just started for the first time. The operator
    /// has given it the topology.
    pub fn new(id: NodeId, lists: &Arc<PreferenceLists>, settings: NodeSettings) -> Self {
        let (log, mut at_rest) = (CommitLog::default(), Store::default());
        at_rest.replay(&Record::Topology(Arc::clone(lists)));
        let mut machine = Self { id, log, node: None, at_rest, retired: None, syncing: None };
        machine.start(settings);
        machine
    }

    /// Starts the node on what the log holds. Says which incarnation it is, and whether the end of
    /// the log had to be cut off.
    ///
    /// # Panics
    /// If it is up.
    pub fn start(&mut self, settings: NodeSettings) -> (Incarnation, bool) {
        assert!(self.node.is_none(), "{} is started twice", self.id);
        let (incarnation, cut) = self.log.start();
        let store = std::mem::take(&mut self.at_rest);
        self.node = Some(Node::start(self.id, incarnation, store, settings));
        (incarnation, cut)
    }

    /// About how much memory a copy takes, in bytes, items not counted.
    pub fn copy_weight(&self) -> usize {
        const NODE: usize = 16_384;
        let pending = self.log.pending().count() * size_of::<Record>();
        let past = self.store().changes().len() * size_of::<Version>();
        NODE + self.store().len() * Store::ENTRY_BYTES + past + pending
    }

    /// What the node holds; while it is down, what it will hold once it is up.
    pub fn store(&self) -> &Store {
        self.node.as_ref().map_or(&self.at_rest, Node::store)
    }

    /// How many records are not durable yet.
    pub fn pending(&self) -> usize {
        self.log.pending().len()
    }

    /// How many of them the sync of this number covers.
    pub fn covered_by(&self, lsn: Lsn) -> usize {
        lsn.0.saturating_sub(self.log.durable().0) as usize
    }

    /// Kills the node. Of the records that were not durable, the oldest `survived` are on the disk
    /// all the same, and the next one by half if it is `torn`.
    ///
    /// # Panics
    /// If it is down.
    pub fn crash(&mut self, survived: usize, torn: bool) {
        let node = self.node.take().expect("only a node that is up can crash");
        self.at_rest = node.into_store(survived);
        self.syncing = None;
        drop(self.log.crash(survived, torn));
    }

    /// Ends the node for good: it has left the cluster.
    pub fn retire(&mut self) {
        self.retired = Some(Retired::Left);
        if self.node.is_some() {
            self.crash(self.pending(), false);
        }
    }

    /// Loses the disk of a node that is down, and returns how many versions were on it.
    ///
    /// # Panics
    /// If it is up.
    pub fn wipe(&mut self) -> usize {
        assert!(self.node.is_none(), "{} still writes to the disk that it loses", self.id);
        self.log.wipe();
        let versions = self.at_rest.version_count();
        self.at_rest = std::mem::take(&mut self.at_rest).wiped();
        versions
    }

    /// Forgets a table while the node is down, and what the log says of it in any case.
    pub fn forget(&mut self, table: &TableName) {
        self.log.forget(table);
        self.at_rest.forget(table);
    }

    pub fn append(&mut self, record: Record) {
        self.log.append(record);
    }

    /// Begins a sync of everything pending, unless one is under way or nothing is pending.
    pub fn begin_sync(&mut self) -> Option<Lsn> {
        if self.syncing.is_some() || self.pending() == 0 {
            return None;
        }
        self.syncing = Some(self.log.end());
        self.syncing
    }

    /// Ends a sync and returns how many records it made durable.
    pub fn end_sync(&mut self, lsn: Lsn) -> usize {
        assert_eq!(self.syncing, Some(lsn), "{} ends a sync it did not begin", self.id);
        self.syncing = None;
        self.log.synced(lsn).len()
    }
}
