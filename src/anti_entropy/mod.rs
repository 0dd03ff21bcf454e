//! Merkle trees over token ranges: how two owners of a range find out, in few bytes, whether they
//! hold the same versions, and where not (Dynamo paper, section 4.7).
//!
//! A node keeps one [`MerkleTree`] for every token range that it owns, all of them in its
//! [`Forest`]. Each of 64 leaves covers an equal share of the range, each inner node is the hash of
//! its eight children:
//!
//! ```text
//!                      root                      equal roots: the range is the same
//!         ┌──────┬──────┼─ … ─┬──────┐
//!      branch 0  1      2            7           8 hashes tell which eighths differ
//!     ┌──┬ … ─┐                ┌──┬ … ─┐
//!   leaf 0 1  7               56 57   63         64 leaves: which 64ths of the range
//!   (from ──────── clockwise ────────── to]
//! ```
//!
//! A leaf is the XOR of the [`entry_hash`] of all entries in its share. So a write changes one leaf
//! in constant time, whatever came before it: the old version's hash is toggled out, the new one's
//! in, and the inner nodes above are computed again only when somebody asks for them.
//!
//! Two owners compare the roots of what they both own, and the leaves where roots differ; how they do
//! it in messages is the business of whoever owns the trees. Both may change meanwhile:
//! then a comparison names a leaf too many, or misses one until the next time, and no harm is done.
//!
//! A forest follows from a node's store. It is not part of a snapshot but built again from it.
//!
//! Must never know: messages, peers that are asked, what an entry contains.
//!
//! Caveats: XOR and these hashes tell differences that come about by accident, not those that
//! somebody constructs: whoever may choose entries freely can make two different leaves equal. A
//! tree takes 640 bytes from its first entry on, and 48 before. If one entry of a leaf differs, all
//! of them travel. Random tokens make some ranges much wider than others, and their leaves coarser.

mod entry;
mod forest;
mod tree;

pub use entry::entry_hash;
pub use forest::Forest;
pub use tree::{Difference, LEAVES, MerkleTree};
