//! The sign of life that gossip spreads.

use serde::{Deserialize, Serialize};

use crate::base::Incarnation;

/// How far a node has come: the higher one is the later one. A node that restarts begins to count
/// anew in a new incarnation.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Heartbeat {
    pub incarnation: Incarnation,
    pub beat: u32,
}

impl Heartbeat {
    /// No part of a heartbeat is larger: 68 years at one beat per second.
    const MAX: u32 = u32::MAX / 2;

    /// Whether this can be a heartbeat: what was read from outside may claim anything.
    pub fn is_sound(&self) -> bool {
        self.incarnation.0 <= Self::MAX && self.beat <= Self::MAX
    }

    /// The next heartbeat of the same incarnation.
    pub(super) fn next(self) -> Self {
        Self { beat: self.beat.saturating_add(1).min(Self::MAX), ..self }
    }
}
