//! What the promises for one ballot tell its proposer.

use serde::{Deserialize, Serialize};

use crate::base::{Mutation, mutated};

/// A proposer's ballot, and the highest value that any promise told of.
///
/// It does not count who promised: that is the caller's part, who knows how many are needed and takes
/// care that nobody votes twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal<B, V> {
    ballot: B,
    found: Option<(B, V)>,
    /// How many of those who promised had voted for what was found.
    votes: u8,
}

impl<B: Copy + Ord, V> Proposal<B, V> {
    pub fn new(ballot: B) -> Self {
        Self { ballot, found: None, votes: 0 }
    }

    pub fn ballot(&self) -> B {
        self.ballot
    }

    /// Takes in what came with a promise: the value that the acceptor has, and the ballot that it
    /// voted for last. (An acceptor may have forgotten a value that everybody agreed to forget, and
    /// still know that it voted for it.)
    pub fn promised(&mut self, told: Option<(B, V)>, voted: Option<B>) {
        if mutated(Mutation::PromisesIgnored) && self.found.is_some() {
            return;
        }
        let of = |value: &Option<(B, V)>| value.as_ref().map(|(ballot, _)| *ballot);
        if of(&told) > of(&self.found) {
            self.found = told;
            self.votes = 0;
        }
        self.votes += u8::from(voted.is_some() && voted == of(&self.found));
    }

    /// The value with the highest ballot: what a new value is to be made from.
    pub fn found(&self) -> Option<&(B, V)> {
        self.found.as_ref()
    }

    /// How many, of those that promised since it was first told of, voted for what was found. If
    /// these are a majority it is chosen. Others may have voted for it as well.
    pub fn votes_for_found(&self) -> u8 {
        self.votes
    }
}
