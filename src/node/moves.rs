//! What nodes say to each other about the topology and its changes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::causality::{HybridTime, Stamp};
use crate::consensus::Ballot;
use crate::data::TableName;
use crate::ring::{Epoch, PreferenceLists, Token};
use crate::storage::{Held, ItemKey, Version};

/// A round of consensus on the topology that follows the one of this epoch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EpochBallot {
    pub follows: Epoch,
    pub step: BallotStep,
}

/// The steps of such a round (see [`crate::consensus`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BallotStep {
    Prepare {
        ballot: Ballot,
    },
    Promise {
        ballot: Ballot,
        accepted: Option<(Ballot, Arc<PreferenceLists>)>,
    },
    Accept {
        ballot: Ballot,
        lists: Arc<PreferenceLists>,
    },
    Accepted {
        ballot: Ballot,
    },
    /// The acceptor has promised a higher ballot.
    Refused {
        ballot: Ballot,
        higher: Ballot,
    },
}

impl BallotStep {
    /// Whether an acceptor says it.
    pub fn is_answer(&self) -> bool {
        !matches!(self, Self::Prepare { .. } | Self::Accept { .. })
    }

    /// The ballot that it is about.
    pub fn ballot(&self) -> Ballot {
        match self {
            Self::Prepare { ballot }
            | Self::Promise { ballot, .. }
            | Self::Accept { ballot, .. }
            | Self::Accepted { ballot }
            | Self::Refused { ballot, .. } => *ballot,
        }
    }

    /// The topology that it carries.
    pub fn value(&self) -> Option<&PreferenceLists> {
        match self {
            Self::Promise { accepted: Some((_, lists)), .. } | Self::Accept { lists, .. } => {
                Some(lists)
            }
            _ => None,
        }
    }
}

/// How a pending owner fetches what it lacks. `number` is one that it gives to no other question, in
/// no life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stream {
    /// Send me what you have in these token ranges (each after its first token, up to its second),
    /// from the item on that comes after this one.
    Ask { number: u64, ranges: Vec<(Token, Token)>, after: Option<ItemKey> },
    /// Some of it, and, at first, all that was promised there; `is_last`: all that was left. `whole`
    /// and `floor` as in [`Leaves`](super::Sync::Leaves).
    Part {
        number: u64,
        entries: Vec<(ItemKey, Held)>,
        promises: Vec<(ItemKey, Stamp)>,
        is_last: bool,
        whole: bool,
        floor: HybridTime,
    },
    /// A part from a node that keeps the past of tables: with all that was of the items up to `last`,
    /// and since when that is all that there was, by table.
    WithPast {
        part: Box<Stream>,
        past: Vec<(ItemKey, Version)>,
        since: Vec<(TableName, HybridTime)>,
        last: Option<ItemKey>,
    },
}

/// How a node gets rid of what it owns no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Strays {
    /// Do you have these?
    Offer { entries: Vec<(ItemKey, Vec<Stamp>)> },
    /// These I have, durable, and these I lack.
    Answer { have: Vec<(ItemKey, Vec<Stamp>)>, lack: Vec<ItemKey> },
}
