//! Placements: which node takes which token range when a cluster begins (Dynamo paper, section 6.2).
//!
//! ```text
//!   random  (strategy 1)   |--A--|B|-----C-----|---A---|-B-|------C------|   tokens decide the ranges
//!   equal   (strategy 3)   |--A--|--B--|--C--|--A--|--B--|--C--|--A--|--B--| ranges first, then owners
//! ```
//!
//! *Random tokens*: vnode `i` of node `B` stands at the MD5 of `B#i`, and ranges are what lies between.
//! A node that joins or leaves cuts and joins ranges.
//!
//! *Equal ranges*: the ring is cut into Q ranges of one size, Q being nodes × vnodes at the start and
//! the same from then on. They are dealt out in turn, so that any S ranges in a row have S distinct
//! nodes, and nodes of different zones take turns as well as their numbers allow. A node that joins
//! or leaves takes or gives whole ranges (`plan`).
//!
//! Caveats: with equal ranges dealt out in turn, a node's ranges all have the same successors: while
//! it is down, its load falls on few others. Q is no power of two in general, and then the ranges'
//! sizes differ by one position of 2^128.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Ring, Token, Vnode, Zone};
use crate::base::{Error, NodeId, Result, heap_sort, words};

words! {
    /// How token ranges come to their nodes.
    Placement, "placement":
    /// Every vnode has a token of its own, anywhere.
    #[default]
    RandomTokens = "random",
    /// All ranges have one size, and every node has about as many.
    EqualRanges = "equal"
}

impl Placement {
    /// The ring that a cluster begins with; `zones` has one zone per node.
    ///
    /// # Panics
    /// Without nodes or without vnodes.
    pub fn ring(self, zones: Vec<Zone>, vnodes: u16) -> Ring {
        match self {
            Self::RandomTokens => Ring::with_random_tokens(zones, u32::from(vnodes)),
            Self::EqualRanges => {
                let turns = in_turn(&zones);
                equal_ring(&turns, turns.len() * usize::from(vnodes), zones)
            }
        }
    }
}

/// Equal ranges that nodes take in turn.
pub(super) fn equal_ring(turns: &[NodeId], ranges: usize, zones: Vec<Zone>) -> Ring {
    let all = equal_tokens(ranges).zip(turns.iter().cycle());
    Ring::new(all.map(|(token, node)| Vnode { token, node: *node }).collect(), zones)
}

/// The ends of `count` ranges of one size, the first at 0.
fn equal_tokens(count: usize) -> impl Iterator<Item = Token> {
    // 2^128 = width × count + rest, without having 2^128 itself.
    let count = count as u128;
    let carry = u128::MAX % count + 1;
    let (width, rest) = ((u128::MAX / count).wrapping_add(carry / count), carry % count);
    (0..count).map(move |at| Token(at.wrapping_mul(width) + at * rest / count))
}

/// All nodes in an order in which those of one zone stand as far apart as their number allows.
fn in_turn(zones: &[Zone]) -> Vec<NodeId> {
    let in_zone = |zone: Zone| zones.iter().filter(|other| **other == zone).count() as u64;
    let rank = |at: usize| zones[..at].iter().filter(|zone| **zone == zones[at]).count() as u64;
    // The k-th of m nodes stands at the fraction (k + ½) / m of the whole turn.
    let mut all: Vec<(u64, u64, NodeId)> = (0..zones.len())
        .map(|at| (2 * rank(at) + 1, in_zone(zones[at]), NodeId(at as u16)))
        .collect();
    heap_sort(&mut all, |(one, of, node), (other, of_other, other_node)| {
        (one * of_other).cmp(&(other * of)).then(node.cmp(other_node))
    });
    all.into_iter().map(|(_, _, node)| node).collect()
}

/// How much a node is to take, beside others: in tenths of what an ordinary node takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Weight(pub u16);

impl Weight {
    pub const ONE: Self = Self(10);
    pub const LEAST: Self = Self(1);
    pub const MOST: Self = Self(100);

    /// How many vnodes a node of this weight has where one of weight 1 has `of_one`.
    pub fn vnodes(self, of_one: u16) -> usize {
        ((usize::from(of_one) * usize::from(self.0) + 5) / 10).max(1)
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self::ONE
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 / 10, self.0 % 10) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, tenth) => write!(f, "{whole}.{tenth}"),
        }
    }
}

impl FromStr for Weight {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
        let fits = (1..=3).contains(&whole.len()) && tenth.len() == 1;
        let number = (fits && is_number(whole) && is_number(tenth))
            .then(|| Some(whole.parse::<u16>().ok()? * 10 + tenth.parse::<u16>().ok()?))
            .flatten();
        number.map(Self).ok_or_else(|| {
            Error::invalid(format!(
                "{text:?} is no weight: give one from {} to {} with at most one decimal, such as 0.5",
                Self::LEAST,
                Self::MOST
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_one_size_and_neighbours_are_distinct() {
        for (zones, vnodes) in [(vec![0; 5], 16), (vec![0, 1, 2, 0, 1, 2], 7), (vec![0; 1], 1)] {
            let zones: Vec<Zone> = zones.into_iter().map(Zone).collect();
            let nodes = zones.len();
            let ring = Placement::EqualRanges.ring(zones, vnodes);
            let count = ring.vnodes().len();
            assert_eq!(count, nodes * usize::from(vnodes));
            assert_eq!(ring.vnodes()[0].token, Token(0));
            let width = (u128::MAX / count as u128) as f64;
            for (at, vnode) in ring.vnodes().iter().enumerate() {
                let (from, to) = ring.range(at);
                let off = from.distance_to(to) as f64 / width;
                assert!(count == 1 || (off - 1.0).abs() < 1e-9, "range {at} has {off} of the size");
                for near in 1..nodes {
                    assert_ne!(ring.vnodes()[(at + near) % count].node, vnode.node);
                }
            }
        }
    }

    #[test]
    fn nodes_of_different_zones_take_turns() {
        let zones = |of: &[u8]| of.iter().copied().map(Zone).collect::<Vec<_>>();
        let names =
            |of: &[u8]| in_turn(&zones(of)).iter().map(NodeId::to_string).collect::<String>();
        assert_eq!(names(&[0, 1, 2, 0, 1, 2]), "ABCDEF");
        assert_eq!(names(&[0, 0, 0, 1, 1, 1]), "ADBECF");
        assert_eq!(names(&[0, 0, 0, 0, 1, 1]), "AEBCFD");
    }

    #[test]
    fn weights_are_read_as_they_are_written() {
        for (text, weight) in [("1", Weight::ONE), ("0.5", Weight(5)), ("12.3", Weight(123))] {
            assert_eq!(text.parse(), Ok(weight));
            assert_eq!(weight.to_string(), text);
        }
        for wrong in ["", "-1", "1.25", ".5", "1.", "1,5", "many", "1000"] {
            assert!(wrong.parse::<Weight>().is_err(), "{wrong:?} was taken for a weight");
        }
        assert_eq!([1, 5, 10, 25].map(|tenths| Weight(tenths).vnodes(16)), [2, 8, 16, 40]);
        assert_eq!(Weight::LEAST.vnodes(4), 1);
    }
}
