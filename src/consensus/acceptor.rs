//! The acceptor: what it promised and accepted decides what it may do next.

use serde::{Deserialize, Serialize};

use crate::base::{Mutation, mutated};

/// What one acceptor knows of a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptor<B, V> {
    promised: Option<B>,
    accepted: Option<(B, V)>,
}

impl<B, V> Default for Acceptor<B, V> {
    fn default() -> Self {
        Self { promised: None, accepted: None }
    }
}

impl<B: Copy + Ord, V> Acceptor<B, V> {
    /// An acceptor that promised to take nothing below `promised` and has this value, by its own vote
    /// or from hearsay.
    pub fn new(promised: Option<B>, accepted: Option<(B, V)>) -> Self {
        Self { promised, accepted }
    }

    /// The highest ballot that it knows of.
    pub fn highest(&self) -> Option<B> {
        self.promised.max(self.accepted.as_ref().map(|(ballot, _)| *ballot))
    }

    /// What it has accepted, and at which ballot.
    pub fn accepted(&self) -> Option<&(B, V)> {
        self.accepted.as_ref()
    }

    /// Promises to take nothing below `ballot`. The same ballot twice is the same promise: messages
    /// may come twice.
    ///
    /// # Errors
    /// The higher ballot that it promised or that its value has.
    pub fn prepare(&mut self, ballot: B) -> Result<(), B> {
        self.check(ballot)?;
        self.promised = Some(ballot);
        Ok(())
    }

    /// Takes a value, and promises its ballot by that.
    ///
    /// # Errors
    /// The higher ballot that it promised or that its value has.
    pub fn accept(&mut self, ballot: B, value: V) -> Result<(), B> {
        if !mutated(Mutation::AcceptBelowPromise) {
            self.check(ballot)?;
        }
        self.promised = self.promised.max(Some(ballot));
        self.accepted = Some((ballot, value));
        Ok(())
    }

    fn check(&self, ballot: B) -> Result<(), B> {
        match self.highest().filter(|highest| *highest > ballot) {
            Some(higher) => Err(higher),
            None => Ok(()),
        }
    }
}
