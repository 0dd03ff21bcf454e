//! Hashes of entries and inner nodes: 64 bits, of integers only, the same on all platforms.

use crate::ring::Token;

/// Any odd constant with no pattern: 2^64 divided by the golden ratio.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// Mixes all bits of a word into all others, and loses none: the finaliser of SplitMix64 (Steele,
/// Lea, Flood 2014).
fn mix(word: u64) -> u64 {
    let word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ word >> 31
}

/// Takes a word into a hash. For either of the two given, different others have different results.
fn chain(hash: u64, word: u64) -> u64 {
    mix(hash.wrapping_add(STEP) ^ mix(word))
}

/// The hash of what one node holds under one key: of the key's position and of a hash of its full
/// `name`, and of the dots (node, incarnation, counter) of all its versions, in any order.
pub fn entry_hash(position: Token, name: u64, dots: impl Iterator<Item = (u16, u32, u32)>) -> u64 {
    let dots = dots.fold(0u64, |sum, (node, incarnation, counter)| {
        let started = u64::from(incarnation) << 32 | u64::from(counter);
        sum.wrapping_add(chain(u64::from(node), started))
    });
    [position.0 as u64, (position.0 >> 64) as u64, name, dots].into_iter().fold(0, chain)
}

/// The hash of an inner node. One with nothing below it is 0, as an empty leaf is.
pub(super) fn node_hash(children: &[u64]) -> u64 {
    if children.iter().all(|child| *child == 0) {
        return 0;
    }
    children.iter().copied().fold(0, chain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_entry_counts_and_the_order_of_its_dots_does_not() {
        let hash = |position, name, dots: &[(u16, u32, u32)]| {
            entry_hash(Token(position), name, dots.iter().copied())
        };
        let dots = [(0, 1, 7), (3, 1, 9), (3, 2, 1)];
        let entry = hash(1 << 64, 5, &dots);
        assert_eq!(entry, hash(1 << 64, 5, &[dots[2], dots[0], dots[1]]));
        for other in [
            hash(1, 5, &dots),
            hash(1 << 65, 5, &dots),
            hash(1 << 64, 6, &dots),
            hash(1 << 64, 5, &dots[..2]),
            hash(1 << 64, 5, &[]),
            hash(1 << 64, 5, &[(0, 1, 9), (3, 1, 7), (3, 2, 1)]),
            hash(1 << 64, 5, &[(0, 1, 7), (3, 1, 9), (3, 1, 2)]),
            hash(1 << 64, 5, &[(0, 1, 7), (3, 1, 9), (2, 2, 1)]),
        ] {
            assert_ne!(entry, other);
        }
    }

    #[test]
    fn the_place_of_a_child_counts() {
        assert_ne!(node_hash(&[1, 0, 0]), node_hash(&[0, 1, 0]));
        assert_ne!(node_hash(&[1, 2, 0]), node_hash(&[2, 1, 0]));
        assert_eq!(node_hash(&[0; 8]), 0);
    }

    #[test]
    fn hashes_are_the_same_on_all_platforms() {
        // The first output of SplitMix64 with seed 0.
        assert_eq!(mix(STEP), 0xE220_A839_7B1D_CDAF);
    }
}
