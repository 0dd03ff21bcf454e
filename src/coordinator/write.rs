//! The life of one write: put or delete.

use super::{Progress, Quorum, Shortfall, Vote};
use crate::base::NodeId;
use crate::causality::Stamp;

/// A write that is being voted on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Write {
    pub stamp: Stamp,
    quorum: Quorum,
    /// Owners whose vote has neither come nor been lost.
    waiting: Vec<NodeId>,
}

/// What became known about a write with its last vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteDecision {
    /// W votes are in: the write is acknowledged.
    Written(Stamp),
    /// W votes cannot come any more. The write may survive all the same.
    Failed(Shortfall),
}

impl Write {
    pub fn new(stamp: Stamp, owners: &[NodeId], w: u8) -> Self {
        let asked = u8::try_from(owners.len()).expect("N fits a byte");
        Self { stamp, quorum: Quorum::new(asked, w), waiting: owners.to_vec() }
    }

    /// Takes the acknowledgement of `replica` in. `None` if it has no vote (left).
    pub fn acknowledged(&mut self, replica: NodeId) -> Option<(Vote, Option<WriteDecision>)> {
        take(&mut self.waiting, replica)?;
        Some(match self.quorum.count() {
            Progress::Reached => (Vote::Counted, Some(WriteDecision::Written(self.stamp))),
            Progress::Open => (Vote::Counted, None),
            Progress::Decided | Progress::Impossible => (Vote::Late, None),
        })
    }

    /// Gives up the vote of `replica`. `None` if it has no vote (left).
    pub fn lost(&mut self, replica: NodeId) -> Option<Option<WriteDecision>> {
        take(&mut self.waiting, replica)?;
        Some(match self.quorum.lose() {
            Progress::Impossible => Some(WriteDecision::Failed(self.quorum.shortfall())),
            _ => None,
        })
    }

    /// The quorum so far.
    pub fn quorum(&self) -> &Quorum {
        &self.quorum
    }

    /// Owners that were not heard of yet.
    pub fn waiting(&self) -> &[NodeId] {
        &self.waiting
    }
}

/// Removes `replica` from those waited for, if it is one.
pub(super) fn take(waiting: &mut Vec<NodeId>, replica: NodeId) -> Option<()> {
    let at = waiting.iter().position(|node| *node == replica)?;
    waiting.remove(at);
    Some(())
}
