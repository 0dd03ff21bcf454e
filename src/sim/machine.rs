//! A node's machine: the process while it is up, and the disk that outlives it.

use std::sync::Arc;

use crate::base::{Incarnation, NodeId};
use crate::node::{Node, NodeSettings};
use crate::ring::PreferenceLists;
use crate::storage::{CommitLog, Lsn, Record, Store};

/// A machine with one disk, and a node on it unless that is down.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub id: NodeId,
    pub log: CommitLog,
    pub node: Option<Node>,
    /// What the log adds up to, kept while the node is down.
    pub at_rest: Store,
    /// How far the sync under way will make the log durable.
    pub syncing: Option<Lsn>,
}

impl Machine {
    /// A machine with an empty disk and a node that just started for the first time.
    pub fn new(id: NodeId, lists: &Arc<PreferenceLists>, settings: NodeSettings) -> Self {
        let (log, at_rest) = (CommitLog::default(), Store::default());
        let mut machine = Self { id, log, node: None, at_rest, syncing: None };
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
        let store = std::mem::take(&mut self.at_rest);
        debug_assert!(store.iter().eq(self.log.replay().iter()), "{} forgot its log", self.id);
        self.node = Some(Node::start(self.id, incarnation, store, Arc::clone(lists), settings));
        incarnation
    }

    /// What the node holds; while it is down, what it will hold once it is up.
    pub fn store(&self) -> &Store {
        self.node.as_ref().map_or(&self.at_rest, Node::store)
    }

    /// Kills the node and returns how many records of its log were lost.
    ///
    /// # Panics
    /// If it is down.
    pub fn crash(&mut self) -> usize {
        let node = self.node.take().expect("only a node that is up can crash");
        self.at_rest = node.into_store();
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
