//! The ring itself: vnodes in clockwise order, found by position in constant expected time.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Token;
use crate::base::{NodeId, heap_sort};

/// A failure domain (a data centre), numbered from 0.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Zone(pub u8);

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "zone {}", u16::from(self.0) + 1)
    }
}

/// One of a node's places on the ring. It owns the token range that ends at its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vnode {
    pub token: Token,
    pub node: NodeId,
}

/// All vnodes of a cluster in clockwise order.
#[derive(Clone, Debug)]
pub struct Ring {
    vnodes: Vec<Vnode>,
    /// For each value of a token's leading bits, the first vnode at or after it.
    first_at: Vec<u32>,
    bits: u32,
    zones: Vec<Zone>,
}

impl Ring {
    /// Places `vnodes` random tokens for each node; `zones` has one zone per node.
    ///
    /// # Panics
    /// Without nodes or without vnodes.
    pub fn with_random_tokens(zones: Vec<Zone>, vnodes: u32) -> Self {
        assert!(!zones.is_empty() && vnodes > 0, "a ring needs a node and a vnode");
        let mut all: Vec<Vnode> = (0..zones.len())
            .map(|number| NodeId(u16::try_from(number).expect("node numbers fit 16 bits")))
            .flat_map(|node| {
                (0..vnodes).map(move |index| Vnode { token: Token::of_vnode(node, index), node })
            })
            .collect();
        heap_sort(&mut all, Vnode::cmp);
        let bits = all.len().next_power_of_two().trailing_zeros().max(1);
        let mut first_at = Vec::with_capacity(1 << bits);
        let mut at = 0;
        for bucket in 0..1u128 << bits {
            while at < all.len() && all[at].token.0 >> (128 - bits) < bucket {
                at += 1;
            }
            first_at.push(at as u32);
        }
        Self { vnodes: all, first_at, bits, zones }
    }

    /// All vnodes, clockwise from token 0.
    pub fn vnodes(&self) -> &[Vnode] {
        &self.vnodes
    }

    pub fn node_count(&self) -> usize {
        self.zones.len()
    }

    pub fn zone(&self, node: NodeId) -> Zone {
        self.zones[node.index()]
    }

    /// The zone of every node, by node number.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }

    /// The index of the first vnode at or clockwise after `position`: the one whose token range
    /// contains it.
    pub fn successor(&self, position: Token) -> usize {
        let mut at = self.first_at[(position.0 >> (128 - self.bits)) as usize] as usize;
        while at < self.vnodes.len() && self.vnodes[at].token < position {
            at += 1;
        }
        if at == self.vnodes.len() { 0 } else { at }
    }

    /// The token range (from, to] that ends at vnode number `index` and begins after its
    /// predecessor. Both ends are equal where there is no other vnode: that is the whole ring.
    ///
    /// # Panics
    /// If there is no such vnode.
    pub fn range(&self, index: usize) -> (Token, Token) {
        let before = index.checked_sub(1).unwrap_or(self.vnodes.len() - 1);
        (self.vnodes[before].token, self.vnodes[index].token)
    }

    /// All vnodes once around, clockwise from `position`.
    pub fn walk(&self, position: Token) -> impl Iterator<Item = Vnode> + '_ {
        let start = self.successor(position);
        self.vnodes[start..].iter().chain(&self.vnodes[..start]).copied()
    }

    /// The share of the ring that each node owns first, by node number; sums to 1.
    pub fn shares(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.zones.len()];
        let last = self.vnodes.last().expect("a ring has a vnode");
        let mut previous = last.token;
        for vnode in &self.vnodes {
            let range = if self.vnodes.len() == 1 {
                1.0
            } else {
                (previous.distance_to(vnode.token) >> 64) as f64 / 2f64.powi(64)
            };
            shares[vnode.node.index()] += range;
            previous = vnode.token;
        }
        shares
    }
}
