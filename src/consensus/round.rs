//! One ballot from beginning to end, with its votes counted.

use serde::{Deserialize, Serialize};

use super::Proposal;
use crate::base::NodeId;

/// A ballot for registers whose values have no stamps: a number, and who proposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ballot {
    pub number: u64,
    pub proposer: NodeId,
}

impl Ballot {
    /// A ballot of this proposer above the highest one that it knows of.
    pub fn above(highest: Option<Ballot>, proposer: NodeId) -> Self {
        Self { number: highest.map_or(1, |highest| highest.number + 1), proposer }
    }
}

/// What a message brought a round to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// More votes are needed, or the round was decided before.
    Open,
    /// A majority has promised: the proposer may look at what was found, and propose.
    Promised,
    /// A majority has accepted: the value is chosen.
    Chosen,
    /// The votes cannot come any more. Whether what was proposed is chosen later, by another
    /// proposer that finds it, is not known.
    Lost,
}

/// A proposer's round among acceptors that have one vote each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round<B, V> {
    proposal: Proposal<B, V>,
    proposed: Option<V>,
    /// Who has not voted yet in this phase.
    waiting: Vec<NodeId>,
    asked: Vec<NodeId>,
    votes: usize,
    /// The highest ballot above its own that anybody refused it for.
    preempted_by: Option<B>,
}

impl<B: Copy + Ord, V: Clone> Round<B, V> {
    /// A round that begins with asking all of `acceptors` for their promise.
    pub fn new(ballot: B, acceptors: Vec<NodeId>) -> Self {
        Self {
            proposal: Proposal::new(ballot),
            proposed: None,
            waiting: acceptors.clone(),
            asked: acceptors,
            votes: 0,
            preempted_by: None,
        }
    }

    pub fn ballot(&self) -> B {
        self.proposal.ballot()
    }

    /// The value with the highest ballot that promises told of.
    pub fn found(&self) -> Option<&V> {
        self.proposal.found().map(|(_, value)| value)
    }

    /// What was proposed, once it was.
    pub fn proposed(&self) -> Option<&V> {
        self.proposed.as_ref()
    }

    /// The ballot to go above with another round, if this one was refused for one.
    pub fn preempted_by(&self) -> Option<B> {
        self.preempted_by
    }

    /// How many votes decide.
    pub fn majority(&self) -> usize {
        self.asked.len() / 2 + 1
    }

    /// An acceptor's promise, what it has accepted, and what it voted for last.
    pub fn promised(&mut self, by: NodeId, told: Option<(B, V)>, voted: Option<B>) -> Outcome {
        if self.proposed.is_some() || !self.take(by) {
            return Outcome::Open;
        }
        self.proposal.promised(told, voted);
        self.count(Outcome::Promised)
    }

    /// Proposes a value to all acceptors, after [`Outcome::Promised`]. What was found must not be
    /// thrown away: propose it, or something made from it.
    pub fn propose(&mut self, value: V) {
        assert!(self.votes >= self.majority(), "a value is proposed without a majority's promise");
        self.proposed = Some(value);
        self.waiting = self.asked.clone();
        self.votes = 0;
    }

    /// An acceptor has accepted what was proposed.
    pub fn accepted(&mut self, by: NodeId) -> Outcome {
        if self.proposed.is_none() || !self.take(by) {
            return Outcome::Open;
        }
        self.count(Outcome::Chosen)
    }

    /// An acceptor has refused: it knows of a higher ballot.
    pub fn preempted(&mut self, by: NodeId, higher: B) -> Outcome {
        self.preempted_by = self.preempted_by.max(Some(higher));
        self.lost(by)
    }

    /// An acceptor's vote will not come.
    pub fn lost(&mut self, by: NodeId) -> Outcome {
        let missing = self.majority().saturating_sub(self.votes);
        let was_open = missing > 0 && self.waiting.len() >= missing;
        match self.take(by) && was_open && self.waiting.len() < missing {
            true => Outcome::Lost,
            false => Outcome::Open,
        }
    }

    fn take(&mut self, voter: NodeId) -> bool {
        let place = self.waiting.iter().position(|node| *node == voter);
        place.is_some_and(|place| {
            self.waiting.remove(place);
            true
        })
    }

    fn count(&mut self, reached: Outcome) -> Outcome {
        self.votes += 1;
        match self.votes == self.majority() {
            true => reached,
            false => Outcome::Open,
        }
    }
}
