//! What waits for the disk, and what waits for that.

use serde::{Deserialize, Serialize};

use super::acceptor::Asked;
use super::message::Address;
use super::moves::EpochBallot;
use super::note::Cause;
use super::step::SavedNode;
use crate::base::{NodeId, RequestId};
use crate::causality::{Dot, HybridTime, Stamp};
use crate::data::TableName;
use crate::ring::Epoch;
use crate::storage::{ItemKey, Record};

/// A record that is not durable yet, why it is written, and what is to be done once it is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Appended {
    pub record: Record,
    pub request: Option<RequestId>,
    pub cause: Cause,
    pub then: Then,
}

/// What is to be done once records are durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Then {
    Nothing,
    /// Acknowledge a write.
    Vote {
        coordinator: NodeId,
        request: RequestId,
        epoch: Epoch,
    },
    /// Acknowledge a repair.
    Confirm {
        coordinator: NodeId,
        request: RequestId,
        epoch: Epoch,
    },
    /// Acknowledge what a fallback handed over.
    AckHandoff {
        fallback: NodeId,
        owner: NodeId,
        key: ItemKey,
        dots: Vec<Dot>,
    },
    /// An exchange that this node began has ended.
    EndExchange {
        exchange: u64,
    },
    /// Say that the topology in force is durable here.
    AckTopology {
        to: NodeId,
        request: Option<RequestId>,
    },
    /// Send an acceptor's vote on the next topology.
    VoteOnEpoch {
        to: NodeId,
        ballot: EpochBallot,
    },
    /// Fetch the next part of what a pending owner lacks.
    StreamOn,
    /// Promise a ballot, and say what there is of the item.
    Promise(Box<Asked>),
    /// Say that a vote was given.
    Accepted {
        proposer: NodeId,
        request: RequestId,
        ballot: Stamp,
    },
    /// Say that a higher ballot, this one, stands in the way.
    Preempt(Box<Asked>, Stamp),
    /// Acknowledge the repair of a page.
    ConfirmPage {
        coordinator: NodeId,
        request: RequestId,
        epoch: Epoch,
        number: u32,
    },
}

impl SavedNode {
    /// Leaves the records out that wait for the disk: the end of the log has them too.
    pub fn without_records(mut self) -> Self {
        for appended in &mut self.state.appended {
            appended.record = Record::Floor(HybridTime::default());
        }
        self
    }

    /// Puts those of the log in again; none if not so many wait.
    pub fn with_records<'a>(
        mut self,
        log: impl ExactSizeIterator<Item = &'a Record>,
    ) -> Option<Self> {
        if log.len() != self.state.appended.len() {
            return None;
        }
        for (appended, record) in self.state.appended.iter_mut().zip(log) {
            appended.record = record.clone();
        }
        Some(self)
    }
}

impl Appended {
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Says nothing any more, and to nobody, if it is about this table.
    pub fn forget(&mut self, table: &TableName) {
        let ends_something = matches!(self.then, Then::EndExchange { .. } | Then::StreamOn);
        if self.record.forget(table) && !ends_something {
            self.then = Then::Nothing;
        }
    }

    /// Whether a snapshot may claim this.
    pub fn is_sound(&self, known: impl Fn(Address) -> bool) -> bool {
        let peer = match &self.then {
            Then::Vote { coordinator, .. }
            | Then::Confirm { coordinator, .. }
            | Then::ConfirmPage { coordinator, .. } => Some(coordinator),
            Then::AckHandoff { fallback, .. } => Some(fallback),
            Then::AckTopology { to, .. } | Then::VoteOnEpoch { to, .. } => Some(to),
            Then::Promise(asked) | Then::Preempt(asked, _) => Some(&asked.proposer),
            Then::Accepted { proposer, .. } => Some(proposer),
            Then::Nothing | Then::EndExchange { .. } | Then::StreamOn => None,
        };
        peer.is_none_or(|node| known(Address::Node(*node)))
    }
}
