//! Which of two versions of an item is the newer one.
//!
//! A write is named by its *dot* (node, incarnation, counter): no two writes of a run share one. A
//! version's *stamp* is the coordinator's clock reading and the dot. Under *last writer wins* the
//! higher stamp wins: first by clock reading, then by dot, so that all replicas decide alike.
//!
//! Caveat: a clock that runs ahead wins over writes that really came later. That is not a fault of
//! this module but what last-writer-wins costs.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{Incarnation, NodeId};

/// The name of one write: unique within a run.
///
/// The incarnation makes it so across crashes: a node that restarts forgets its counter and takes
/// a new incarnation instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dot {
    pub node: NodeId,
    pub incarnation: Incarnation,
    pub counter: u32,
}

impl fmt::Display for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.{}", self.node, self.incarnation.0, self.counter)
    }
}

/// A version's place in the order of last writer wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// What the coordinator's clock showed, in microseconds of virtual time.
    pub clock_us: u64,
    pub dot: Dot,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.dot, crate::base::format_us(self.clock_us))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_clock_wins_and_the_dot_breaks_ties() {
        let stamp = |clock_us, node, counter| Stamp {
            clock_us,
            dot: Dot { node: NodeId(node), incarnation: Incarnation(1), counter },
        };
        assert!(stamp(2, 0, 1) > stamp(1, 4, 9));
        assert!(stamp(1, 1, 1) > stamp(1, 0, 9));
        assert!(stamp(1, 1, 2) > stamp(1, 1, 1));
    }
}
