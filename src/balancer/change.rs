//! What the balancer may do to a ring.

use serde::{Deserialize, Serialize};

use crate::base::NodeId;
use crate::ring::{self, Token};

/// Those of the [`ring::Change`]s that the balancer makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// The token range that ends at `token` goes to another node.
    Move { token: Token, to: NodeId },
    /// The token range that ends at `token` is cut, and what lies up to the cut goes to a node.
    Split { token: Token, at: Token, to: NodeId },
}

impl From<Change> for ring::Change {
    fn from(change: Change) -> Self {
        match change {
            Change::Move { token, to } => Self::Move { token, to },
            Change::Split { token, at, to } => Self::Split { token, at, to },
        }
    }
}
