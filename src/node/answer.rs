//! What comes of a request.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::page::Page;
use crate::causality::{Context, Stamp};
use crate::coordinator::Shortfall;
use crate::data::Item;
use crate::expression::Rejection;

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// W replicas have made the write durable.
    Written {
        stamp: Stamp,
    },
    /// The newest of R answers; no item if nobody has one or it was deleted.
    Read {
        item: Option<Arc<Item>>,
        stamp: Option<Stamp>,
    },
    /// From a table that keeps siblings: every version that no other one replaces, tombstones left
    /// out, and the context that a write needs to replace them all.
    Siblings {
        items: Vec<(Stamp, Arc<Item>)>,
        context: Arc<Context>,
    },
    Failed(Failure),
    /// The condition of a write did not hold, and nothing was written. What is there instead: no
    /// item if there is none.
    ConditionFailed {
        item: Option<Arc<Item>>,
        stamp: Option<Stamp>,
    },
    /// A change was made: of what, and what it is now.
    Changed {
        stamp: Stamp,
        before: Option<Arc<Item>>,
        after: Option<Arc<Item>>,
    },
    /// An update cannot be done to what is there, the version `stamp`, and nothing was written.
    Rejected {
        rejection: Rejection,
        stamp: Option<Stamp>,
    },
    /// A part of a table or an index.
    Page(Arc<Page>),
}

/// Why a request failed. [`Failure::leaves_write_unknown`] says whether a write may survive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// Too many replicas are down for the quorum.
    QuorumImpossible(Shortfall),
    /// The quorum was not complete in time.
    TimedOut(Shortfall),
    /// No node of the preference list could be reached to coordinate.
    NoCoordinator,
    /// No node of the cluster could be reached at all.
    NoEntry,
    /// Whoever was asked never answered.
    NoAnswer,
    /// A conditional write never came to propose anything: too few owners voted in its round.
    NotProposed(Shortfall),
    /// What a conditional write proposed was accepted by too few, and another write has come since,
    /// which may or may not have been made from it.
    Overtaken,
    /// The table has used up the units that it is paid for; nobody was asked.
    Throttled,
}

impl Failure {
    /// Whether a write that failed so may have reached a replica all the same.
    pub fn leaves_write_unknown(self) -> bool {
        !matches!(
            self,
            Failure::NoCoordinator
                | Failure::NoEntry
                | Failure::NotProposed(_)
                | Failure::Throttled
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::QuorumImpossible(Shortfall { have, needed, asked }) => write!(
                f,
                "{have} of {needed} votes, and the rest cannot come: too many of {asked} replicas \
                 are down or rebuilding"
            ),
            Failure::TimedOut(Shortfall { have, needed, asked }) => {
                write!(f, "timed out with {have} of {needed} votes, {asked} replicas were asked")
            }
            Failure::NoCoordinator => f.write_str("no node of the preference list is up"),
            Failure::NoEntry => f.write_str("no node of the cluster can be reached"),
            Failure::NoAnswer => f.write_str("timed out, nobody answered"),
            Failure::NotProposed(Shortfall { have, needed, asked }) => write!(
                f,
                "{have} of {needed} votes in its round, {asked} owners were asked: nothing was \
                 written"
            ),
            Failure::Throttled => f.write_str("the units that the table is paid for are used up"),
            Failure::Overtaken => f.write_str("too few accepted it, and another write came since"),
        }
    }
}
