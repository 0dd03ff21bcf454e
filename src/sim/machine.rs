//! A node's machine: the process while it is up, and the disk that outlives it.

use std::sync::Arc;

use crate::base::{Incarnation, NodeId};
use crate::node::{Node, NodeSettings};
use crate::ring::PreferenceLists;
use crate::storage::{CommitLog, Lsn, Record};

/// A machine with one disk, and a node on it unless that is down.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub id: NodeId,
    pub log: CommitLog,
    pub node: Option<Node>,
    /// How far the sync under way will make the log durable.
    pub syncing: Option<Lsn>,
}

impl Machine {
    /// A machine with an empty disk and a node that just started for the first time.
    pub fn new(id: NodeId, lists: &Arc<PreferenceLists>, settings: NodeSettings) -> Self {
        let mut machine = Self { id, log: CommitLog::default(), node: None, syncing: None };
        machine.start(lists, settings);
        machine
    }

    /// Starts the node on what the log holds.
    ///
    /// # Panics
    /// If it is up.
    pub fn start(&mut self, lists: &Arc<PreferenceLists>, settings: NodeSettings) -> Incarnation {
        assert!(self.node.is_none(), "{} is started twice", self.id);
        let incarnation = self.log.start();
        let store = self.log.replay();
        self.node = Some(Node::start(self.id, incarnation, store, Arc::clone(lists), settings));
        incarnation
    }

    /// Kills the node and returns how many records of its log were lost.
    pub fn crash(&mut self) -> usize {
        self.node = None;
        self.syncing = None;
        self.log.lose_pending()
    }

    pub fn append(&mut self, record: Record) {
        self.log.append(record);
    }

    /// Begins a sync of everything pending, unless one is under way or nothing is pending.
    pub fn begin_sync(&mut self) -> Option<Lsn> {
        let pending = self.log.records().len() > self.log.durable_count();
        if self.syncing.is_some() || !pending {
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
