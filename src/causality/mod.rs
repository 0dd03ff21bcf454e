//! Which of two versions of an item is the newer one, or whether neither is.
//!
//! A write is named by its *dot* (node, incarnation, counter): no two writes of an item share one. A
//! version's *stamp* is a clock reading and the dot. Under *last writer wins* the higher stamp wins:
//! first by clock reading, then by dot, so that all replicas decide alike.
//!
//! Where concurrent writes are to be kept as *siblings* instead, a version carries the [`Context`]
//! that its writer had read: it replaces exactly the versions whose dots are in there (Dynamo paper,
//! section 4.4).
//!
//! ```text
//!   get → v1 (dot A1.1)              context A1:1
//!   put with that context → v2 (dot B1.1, has seen A1:1)     v2 replaces v1
//!   put with that context → v3 (dot C1.1, has seen A1:1)     v3 replaces v1; v2 ∥ v3: siblings
//! ```
//!
//! Clock readings come from a node's own clock, from a [`HybridClock`], or from the readings that a
//! quorum of replicas has stored.
//!
//! Must never know: who sends what to whom, where versions are kept.
//!
//! Caveat: under last writer wins a clock that runs ahead wins over writes that really came later.
//! That is not a fault of this module but what last-writer-wins costs.

mod clock;
mod context;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use clock::{HybridClock, HybridTime};
pub use context::Context;

use crate::base::{Duration, Error, Incarnation, NodeId, Result};

/// The name of one write: unique for its item within a run.
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
    /// What the coordinator's clock showed, or what it had to show to come after what it knew of.
    pub time: HybridTime,
    pub dot: Dot,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.dot, crate::base::format_us(self.time.clock_us()))?;
        match self.time.logical() {
            0 => Ok(()),
            logical => write!(f, "+{logical}"),
        }
    }
}

impl FromStr for Stamp {
    type Err = Error;

    /// Reads what [`Stamp`]'s `Display` writes: `A1.2@1.25ms`, or `A1.2@1.25ms+3`.
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::invalid(format!("{text:?} is no version, such as A1.2@1.25ms"));
        let (dot, time) = text.split_once('@').ok_or_else(wrong)?;
        let (time, logical) = time.split_once('+').unwrap_or((time, "0"));
        let Duration(clock_us) = time.parse().map_err(|_: Error| wrong())?;
        let digits = dot.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
        let (node, counts) = dot.split_at(digits);
        let (incarnation, counter) = counts.split_once('.').ok_or_else(wrong)?;
        let number = |text: &str| text.parse::<u32>().map_err(|_| wrong());
        let node = node.parse().map_err(|_: Error| wrong())?;
        let dot =
            Dot { node, incarnation: Incarnation(number(incarnation)?), counter: number(counter)? };
        Ok(Stamp { time: HybridTime::new(clock_us, number(logical)?), dot })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_clock_wins_and_the_dot_breaks_ties() {
        let stamp = |clock_us, node, counter| Stamp {
            time: HybridTime::of_clock(clock_us),
            dot: Dot { node: NodeId(node), incarnation: Incarnation(1), counter },
        };
        assert!(stamp(2, 0, 1) > stamp(1, 4, 9));
        assert!(stamp(1, 1, 1) > stamp(1, 0, 9));
        assert!(stamp(1, 1, 2) > stamp(1, 1, 1));
    }

    #[test]
    fn stamps_are_written_and_read_back() {
        for text in ["A1.1@288µs", "AB3.17@1.000001s+2", "C2.9@0µs"] {
            assert_eq!(text.parse::<Stamp>().unwrap().to_string(), text);
        }
        for wrong in ["", "A1.1", "A1@2ms", "1.1@2ms", "A1.1@2", "A1.1@2ms+x"] {
            assert!(wrong.parse::<Stamp>().is_err(), "{wrong:?} was taken for a stamp");
        }
    }
}
