//! All trees of one node, and what two nodes have in common.

use super::MerkleTree;
use super::tree::Difference;
use crate::base::NodeId;
use crate::ring::{PreferenceLists, Token};

/// One tree for every token range that a node owns. A range bears the number of the vnode at its
/// end, in the order of the ring's vnodes: `ring.successor(position)` is the range of a position.
#[derive(Clone, Debug)]
pub struct Forest {
    own: NodeId,
    /// Ascending.
    owned: Vec<u32>,
    /// In the order of `owned`.
    trees: Vec<MerkleTree>,
}

impl Forest {
    /// Empty trees over all ranges in whose preference list `own` stands.
    pub fn new(own: NodeId, lists: &PreferenceLists) -> Self {
        let owned: Vec<u32> = ranges(lists).filter(|range| owns(lists, own, *range)).collect();
        let tree = |range: &u32| {
            let (from, to) = lists.ring().range(*range as usize);
            MerkleTree::new(from, to)
        };
        let trees = owned.iter().map(tree).collect();
        Self { own, owned, trees }
    }

    /// The ranges that this node owns, ascending.
    pub fn owned(&self) -> &[u32] {
        &self.owned
    }

    /// The ranges that `other` owns too, ascending: the same as `other` finds for this node.
    pub fn shared_with(&self, lists: &PreferenceLists, other: NodeId) -> Vec<u32> {
        self.owned.iter().copied().filter(|range| owns(lists, other, *range)).collect()
    }

    /// Takes an entry of an owned range in that is not in its tree, or out if it is.
    ///
    /// # Panics
    /// If the node does not own the range, or the position does not lie in it.
    pub fn toggle(&mut self, range: u32, position: Token, hash: u64) {
        self.expect(range).toggle(position, hash);
    }

    /// The hash of all entries in an owned range; 0 if there are none.
    ///
    /// # Panics
    /// If the node does not own the range.
    pub fn root(&mut self, range: u32) -> u64 {
        self.expect(range).root()
    }

    /// The tree over a range, if this node owns it: what another node asks for may be anything.
    pub fn tree(&mut self, range: u32) -> Option<&mut MerkleTree> {
        let place = self.owned.binary_search(&range).ok()?;
        Some(&mut self.trees[place])
    }

    /// Where the tree over a range differs from another node's leaves, if this node owns the range.
    pub fn compare(&mut self, range: u32, leaves: &[u64]) -> Option<Difference> {
        let leaves = self.tree(range)?.differing_leaves(leaves);
        Some(Difference { range, leaves })
    }

    fn expect(&mut self, range: u32) -> &mut MerkleTree {
        let own = self.own;
        self.tree(range).unwrap_or_else(|| panic!("node {own} does not own token range {range}"))
    }
}

fn ranges(lists: &PreferenceLists) -> impl Iterator<Item = u32> {
    let count = lists.ring().vnodes().len();
    0..u32::try_from(count).expect("a ring's vnodes are counted in 32 bits")
}

fn owns(lists: &PreferenceLists, node: NodeId, range: u32) -> bool {
    lists.of_range(range as usize).contains(&node)
}
