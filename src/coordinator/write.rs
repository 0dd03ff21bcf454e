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

impl Write {
    pub fn new(stamp: Stamp, owners: &[NodeId], w: u8) -> Self {
        let asked = u8::try_from(owners.len()).expect("N fits a byte");
        Self { stamp, quorum: Quorum::new(asked, w), waiting: owners.to_vec() }
    }

    /// Takes the acknowledgement of `replica` in: how it counts, and whether it completed the quorum.
    /// `None` if the replica has no vote (left).
    pub fn acknowledged(&mut self, replica: NodeId) -> Option<(Vote, bool)> {
        take(&mut self.waiting, replica)?;
        Some(match self.quorum.count() {
            Progress::Reached => (Vote::Counted, true),
            Progress::Open => (Vote::Counted, false),
            Progress::Decided | Progress::Impossible => (Vote::Late, false),
        })
    }

    /// Gives up the vote of `replica`: the shortfall, if W votes cannot come any more because of it.
    /// The write may survive all the same. `None` if the replica has no vote (left).
    pub fn lost(&mut self, replica: NodeId) -> Option<Option<Shortfall>> {
        take(&mut self.waiting, replica)?;
        Some(self.quorum.lose_and_tell())
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
