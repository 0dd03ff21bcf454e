//! What a node's disk knows of the cluster: its topology, and its votes on the next one.
//!
//! This outlives the loss of a disk's data, as who the node is does: an operator who puts a new disk
//! in copies the configuration back. A node that forgot which epoch it had seen could vote for a
//! coordinator that has missed a change.

use std::sync::Arc;

use super::Record;
use crate::consensus::{Acceptor, Ballot};
use crate::ring::{Epoch, PreferenceLists};

/// One member's part in the agreement on a topology.
pub type EpochAcceptor = Acceptor<Ballot, Arc<PreferenceLists>>;

/// What a node's disk knows of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Charter {
    /// The topology in force.
    pub lists: Option<Arc<PreferenceLists>>,
    /// This node's part in the round that decides on the next one.
    pub acceptor: EpochAcceptor,
    /// In which epoch this node, as a pending owner, had fetched all that it lacked.
    pub streamed: Option<Epoch>,
}

impl Charter {
    /// The epoch of the topology in force.
    pub fn epoch(&self) -> Epoch {
        self.lists.as_ref().map_or(Epoch::FIRST, |lists| lists.epoch())
    }

    /// A topology comes into force, unless a later one is already.
    pub fn follow(&mut self, lists: &Arc<PreferenceLists>) {
        if self.lists.is_none() || lists.epoch() > self.epoch() {
            *self =
                Self { lists: Some(Arc::clone(lists)), streamed: self.streamed, ..Self::default() };
        }
    }

    /// What was voted on the topology after that of `follows`, unless that is decided.
    pub fn vote(&mut self, follows: Epoch, acceptor: &EpochAcceptor) {
        if follows == self.epoch() {
            self.acceptor = acceptor.clone();
        }
    }

    /// Records that add up to this.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        let topology = self.lists.iter().cloned().map(Record::Topology);
        let has_voted = self.acceptor.highest().is_some();
        let ballot = has_voted.then(|| Record::EpochBallot {
            follows: self.epoch(),
            acceptor: self.acceptor.clone(),
        });
        topology.chain(ballot).chain(self.streamed.map(Record::Streamed))
    }
}
