//! The Merkle tree over one token range.

use serde::{Deserialize, Serialize};

use super::entry::node_hash;
use crate::ring::Token;

/// How many children an inner node has.
const FAN_OUT: usize = 8;
/// How many leaves a tree has, two levels below its root.
pub const LEAVES: usize = FAN_OUT * FAN_OUT;

/// The tree over one token range (from, to] of the ring; where both are equal, over the whole ring.
///
/// Nothing is allocated before the first entry.
#[derive(Clone, Debug)]
pub struct MerkleTree {
    from: Token,
    to: Token,
    hashes: Option<Box<Hashes>>,
}

#[derive(Clone, Debug)]
struct Hashes {
    leaves: [u64; LEAVES],
    branches: [u64; FAN_OUT],
    root: u64,
    /// The branches below which a leaf has changed, as bits. If there is one, the root is stale.
    stale: u8,
}

/// Where two trees over the same range differ: one bit per leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The range's number: that of the vnode at its end.
    pub range: u32,
    pub leaves: u64,
}

impl Difference {
    /// The numbers of the leaves that differ, ascending.
    pub fn leaves(self) -> impl Iterator<Item = u8> {
        (0..LEAVES as u8).filter(move |leaf| self.leaves >> leaf & 1 == 1)
    }
}

/// How a range is divided among the leaves: by the leading bits of an offset into it, at most 32 of
/// them, so that no division is wider than a machine word.
struct Scale {
    /// How many trailing bits of an offset do not count.
    shift: u32,
    /// How many different values the others have.
    steps: u64,
}

impl Scale {
    fn leaf_at(&self, offset: u128) -> u8 {
        ((offset >> self.shift) as u64 * LEAVES as u64 / self.steps) as u8
    }

    /// The first offset that belongs to this leaf or to one after it.
    fn begin(&self, leaf: u8) -> u128 {
        u128::from((u64::from(leaf) * self.steps).div_ceil(LEAVES as u64)) << self.shift
    }
}

impl MerkleTree {
    pub fn new(from: Token, to: Token) -> Self {
        Self { from, to, hashes: None }
    }

    /// Takes an entry in that is not in the tree, or out if it is. The position lies in the range.
    ///
    /// # Panics
    /// If it does not.
    pub fn toggle(&mut self, position: Token, hash: u64) {
        let leaf = self.leaf_of(position);
        let hashes = self.hashes.get_or_insert_with(|| {
            Box::new(Hashes { leaves: [0; LEAVES], branches: [0; FAN_OUT], root: 0, stale: 0 })
        });
        hashes.leaves[usize::from(leaf)] ^= hash;
        hashes.stale |= 1 << (usize::from(leaf) / FAN_OUT);
    }

    /// The hash of all entries in the range; 0 if there are none.
    pub fn root(&mut self) -> u64 {
        self.hashes.as_mut().map_or(0, |hashes| {
            hashes.refresh();
            hashes.root
        })
    }

    /// All leaves, in the order of the range.
    pub fn leaves(&self) -> &[u64; LEAVES] {
        self.hashes.as_ref().map_or(&[0; LEAVES], |hashes| &hashes.leaves)
    }

    /// Which leaves differ from those of another tree over the same range, as bits. What is missing
    /// there counts as empty.
    pub fn differing_leaves(&self, others: &[u64]) -> u64 {
        let others = others.iter().copied().chain(std::iter::repeat(0));
        self.leaves()
            .iter()
            .zip(others)
            .enumerate()
            .fold(0, |bits, (leaf, (own, other))| bits | u64::from(*own != other) << leaf)
    }

    /// The leaf that a position of the range belongs to.
    ///
    /// # Panics
    /// If the position lies outside of the range.
    pub fn leaf_of(&self, position: Token) -> u8 {
        let offset = self.offset(position);
        assert!(
            offset <= self.offset(self.to),
            "{position} lies outside of the token range ({}, {}]",
            self.from,
            self.to
        );
        self.scale().leaf_at(offset)
    }

    /// The positions that belong to a leaf, as a token range (from, to]. None belong to it if the
    /// whole range has fewer positions than there are leaves, and this one had to go without.
    ///
    /// # Panics
    /// If there is no such leaf.
    pub fn leaf_range(&self, leaf: u8) -> Option<(Token, Token)> {
        assert!(usize::from(leaf) < LEAVES, "a tree has {LEAVES} leaves, none is number {leaf}");
        let scale = self.scale();
        let begin = scale.begin(leaf);
        let at = |offset| Token(self.from.0.wrapping_add(offset));
        if usize::from(leaf) + 1 == LEAVES {
            return (begin <= self.offset(self.to)).then(|| (at(begin), self.to));
        }
        let end = scale.begin(leaf + 1);
        (begin < end).then(|| (at(begin), at(end)))
    }

    /// How far a position lies behind the range's first one.
    fn offset(&self, position: Token) -> u128 {
        self.from.distance_to(position).wrapping_sub(1)
    }

    fn scale(&self) -> Scale {
        let last = self.offset(self.to);
        let shift = (128 - last.leading_zeros()).saturating_sub(32);
        Scale { shift, steps: (last >> shift) as u64 + 1 }
    }
}

impl Hashes {
    /// Computes what is stale, and nothing else.
    fn refresh(&mut self) {
        if self.stale == 0 {
            return;
        }
        for (at, children) in self.leaves.chunks_exact(FAN_OUT).enumerate() {
            if self.stale >> at & 1 == 1 {
                self.branches[at] = node_hash(children);
            }
        }
        self.root = node_hash(&self.branches);
        self.stale = 0;
    }
}
