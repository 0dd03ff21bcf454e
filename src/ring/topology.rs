//! The ring itself: vnodes in clockwise order, found by position in constant expected time.
//!
//! Which vnodes there are is not the ring's business: [`Ring::new`] takes any, however a placement
//! or a change of ownership came to them. A node without a token is no *member*: it left, or has
//! not joined yet. Its number stays its own.

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    members: Vec<NodeId>,
    /// In how many zones the members stand.
    member_zones: usize,
}

impl Ring {
    /// The ring of these vnodes, in any order; `zones` has one zone per node number, members or not.
    ///
    /// # Panics
    /// Without vnodes, if two have the same token, or if one belongs to a node without a zone.
    pub fn new(mut vnodes: Vec<Vnode>, zones: Vec<Zone>) -> Self {
        assert!(!vnodes.is_empty(), "a ring needs a vnode");
        heap_sort(&mut vnodes, Vnode::cmp);
        for (vnode, next) in vnodes.iter().zip(&vnodes[1..]) {
            assert!(vnode.token < next.token, "two vnodes have the token {}", vnode.token);
        }
        let mut is_member = vec![false; zones.len()];
        for vnode in &vnodes {
            assert!(vnode.node.index() < zones.len(), "{} stands in no zone", vnode.node);
            is_member[vnode.node.index()] = true;
        }
        let all = (0..zones.len()).map(|number| NodeId(number as u16));
        let members: Vec<NodeId> = all.filter(|node| is_member[node.index()]).collect();
        let mut met: Vec<Zone> = Vec::new();
        for zone in members.iter().map(|node| zones[node.index()]) {
            if !met.contains(&zone) {
                met.push(zone);
            }
        }
        let bits = vnodes.len().next_power_of_two().trailing_zeros().max(1);
        let first_at = first_of_buckets(&vnodes, bits);
        Self { vnodes, first_at, bits, zones, members, member_zones: met.len() }
    }

    /// Places `vnodes` random tokens for each node; `zones` has one zone per node.
    ///
    /// # Panics
    /// Without nodes or without vnodes.
    pub fn with_random_tokens(zones: Vec<Zone>, vnodes: u32) -> Self {
        let all = (0..zones.len())
            .map(|number| NodeId(u16::try_from(number).expect("node numbers fit 16 bits")))
            .flat_map(|node| {
                (0..vnodes).map(move |index| Vnode { token: Token::of_vnode(node, index), node })
            })
            .collect();
        Self::new(all, zones)
    }

    /// All vnodes, clockwise from token 0.
    pub fn vnodes(&self) -> &[Vnode] {
        &self.vnodes
    }

    /// How many node numbers there are, members or not.
    pub fn node_count(&self) -> usize {
        self.zones.len()
    }

    /// The nodes with a token, by number.
    pub fn members(&self) -> &[NodeId] {
        &self.members
    }

    /// In how many zones the members stand.
    pub(super) fn member_zones(&self) -> usize {
        self.member_zones
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
}

/// For each value of a token's leading bits, the first vnode at or after it.
fn first_of_buckets(vnodes: &[Vnode], bits: u32) -> Vec<u32> {
    let mut first_at = Vec::with_capacity(1 << bits);
    let mut at = 0;
    for bucket in 0..1u128 << bits {
        while at < vnodes.len() && vnodes[at].token.0 >> (128 - bits) < bucket {
            at += 1;
        }
        first_at.push(at as u32);
    }
    first_at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vnode(token: u128, node: u16) -> Vnode {
        Vnode { token: Token(token), node: NodeId(node) }
    }

    #[test]
    fn node_numbers_may_have_holes() {
        let zones = vec![Zone(0), Zone(1), Zone(2), Zone(0)];
        let ring = Ring::new(vec![vnode(9, 3), vnode(1 << 100, 0), vnode(5, 0)], zones);
        assert_eq!(ring.members(), [NodeId(0), NodeId(3)]);
        assert_eq!((ring.node_count(), ring.member_zones()), (4, 1));
        assert_eq!(ring.vnodes()[0], vnode(5, 0));
    }

    #[test]
    #[should_panic(expected = "two vnodes have the token")]
    fn tokens_are_distinct() {
        Ring::new(vec![vnode(9, 0), vnode(9, 1)], vec![Zone(0); 2]);
    }
}
