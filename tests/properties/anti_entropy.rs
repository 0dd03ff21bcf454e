//! Merkle trees against the plain set of entries that they stand for.

use std::collections::BTreeMap;

use proptest::prelude::*;
use ringscope::anti_entropy::{Forest, LEAVES, MerkleTree, entry_hash};
use ringscope::base::NodeId;
use ringscope::ring::{PreferenceLists, Ring, Token, Zone};

/// Ranges of all widths: the whole ring, tiny ones, those that wrap, and any.
fn spans() -> impl Strategy<Value = (Token, Token)> {
    let width = prop_oneof![
        Just(0u128),
        1u128..200,
        (0u32..128, -2i128..3).prop_map(|(bits, more)| (1u128 << bits).wrapping_add(more as u128)),
        any::<u128>(),
    ];
    let from = prop_oneof![any::<u128>(), u128::MAX - 100..=u128::MAX, 0u128..100];
    (from, width).prop_map(|(from, width)| (Token(from), Token(from.wrapping_add(width))))
}

/// A position of the range: the one at a fraction of it.
fn inside((from, to): (Token, Token), random: u128) -> Token {
    let last = from.distance_to(to).wrapping_sub(1);
    let offset = if last == u128::MAX { random } else { random % (last + 1) };
    Token(from.0.wrapping_add(1).wrapping_add(offset))
}

fn is_inside((from, to): (Token, Token), position: Token) -> bool {
    let offset = |at: Token| from.distance_to(at).wrapping_sub(1);
    offset(position) <= offset(to)
}

fn hash(position: Token, name: u64) -> u64 {
    entry_hash(position, name, [(1, 1, name as u32)].into_iter())
}

/// Entries by random position and name; each once.
fn entries(span: (Token, Token), random: &[(u128, u64)]) -> BTreeMap<(Token, u64), u64> {
    let named = random.iter().map(|(at, name)| (inside(span, *at), *name));
    named.map(|(position, name)| ((position, name), hash(position, name))).collect()
}

fn tree_of(span: (Token, Token), entries: &BTreeMap<(Token, u64), u64>) -> MerkleTree {
    let mut tree = MerkleTree::new(span.0, span.1);
    entries.iter().for_each(|((position, _), hash)| tree.toggle(*position, *hash));
    tree
}

fn some_entries() -> impl Strategy<Value = Vec<(u128, u64)>> {
    prop::collection::vec((any::<u128>(), 0u64..1000), 0..60)
}

fn clusters() -> impl Strategy<Value = PreferenceLists> {
    (prop::collection::vec(0u8..3, 1..8), 1u32..12, 1usize..5).prop_map(|(zones, vnodes, n)| {
        let n = n.min(zones.len());
        let zones = zones.into_iter().map(Zone).collect();
        PreferenceLists::new(Ring::with_random_tokens(zones, vnodes), n)
    })
}

proptest! {
    #[test]
    fn leaf_ranges_tile_the_range(span in spans(), random in any::<u128>()) {
        let tree = MerkleTree::new(span.0, span.1);
        let ranges: Vec<_> = (0..LEAVES as u8).filter_map(|leaf| tree.leaf_range(leaf)).collect();
        prop_assert_eq!(ranges[0].0, span.0);
        prop_assert_eq!(ranges[ranges.len() - 1].1, span.1);
        for pair in ranges.windows(2) {
            prop_assert_eq!(pair[0].1, pair[1].0);
        }
        for leaf in 0..LEAVES as u8 {
            let Some(range) = tree.leaf_range(leaf) else { continue };
            for position in [Token(range.0.0.wrapping_add(1)), range.1, inside(range, random)] {
                prop_assert_eq!(tree.leaf_of(position), leaf);
            }
        }
        let position = inside(span, random);
        let range = tree.leaf_range(tree.leaf_of(position));
        prop_assert!(range.is_some_and(|range| is_inside(range, position)));
    }

    #[test]
    fn leaves_are_equally_wide(span in spans()) {
        let tree = MerkleTree::new(span.0, span.1);
        let width = span.0.distance_to(span.1).wrapping_sub(1);
        for range in (0..LEAVES as u8).filter_map(|leaf| tree.leaf_range(leaf)) {
            let share = range.0.distance_to(range.1);
            let fair = width / LEAVES as u128;
            let slack = 1 + (fair >> 24);
            prop_assert!(share.abs_diff(fair) <= slack, "{share} of {width}");
        }
    }

    #[test]
    fn the_order_of_entries_does_not_count(
        span in spans(),
        random in some_entries(),
        shuffle in any::<u64>(),
    ) {
        let entries = entries(span, &random);
        let mut one = tree_of(span, &entries);
        let mut list: Vec<_> = entries.iter().collect();
        list.sort_by_key(|(_, hash)| (*hash ^ shuffle).wrapping_mul(shuffle | 1));
        let mut other = MerkleTree::new(span.0, span.1);
        for (at, ((position, _), hash)) in list.into_iter().enumerate() {
            other.toggle(*position, *hash);
            // Asking in between, and toggling something in and out, leaves no mark.
            if at % 3 == 0 {
                let root = other.root();
                other.toggle(inside(span, random[0].0), 77);
                prop_assert_ne!(other.root(), root);
                other.toggle(inside(span, random[0].0), 77);
                prop_assert_eq!(other.root(), root);
            }
        }
        prop_assert_eq!(one.root(), other.root());
        prop_assert_eq!(one.leaves(), other.leaves());
        prop_assert_eq!(one.root() == 0, entries.is_empty());
    }

    #[test]
    fn one_differing_entry_is_found_in_one_leaf(
        span in spans(),
        random in some_entries(),
        extra in (any::<u128>(), 1000u64..2000),
    ) {
        let entries = entries(span, &random);
        let (mut one, mut other) = (tree_of(span, &entries), tree_of(span, &entries));
        prop_assert_eq!(one.root(), other.root());
        let position = inside(span, extra.0);
        other.toggle(position, hash(position, extra.1));
        prop_assert_ne!(one.root(), other.root());

        let leaves = one.differing_leaves(other.leaves());
        prop_assert_eq!(leaves, 1 << one.leaf_of(position));
        let range = one.leaf_range(leaves.trailing_zeros() as u8);
        prop_assert!(range.is_some_and(|range| is_inside(range, position)));
    }

    #[test]
    fn roots_follow_from_the_leaves_alone(span in spans(), random in some_entries()) {
        // One XOR of all hashes per leaf gives the same tree as every entry for itself.
        let entries = entries(span, &random);
        let mut tree = tree_of(span, &entries);
        let mut rebuilt = MerkleTree::new(span.0, span.1);
        for (leaf, sum) in (0..LEAVES as u8).zip(*tree.leaves()) {
            match tree.leaf_range(leaf) {
                Some((_, to)) => rebuilt.toggle(to, sum),
                None => prop_assert_eq!(sum, 0, "a leaf without positions has an entry"),
            }
        }
        prop_assert_eq!(rebuilt.leaves(), tree.leaves());
        prop_assert_eq!(rebuilt.root(), tree.root());
    }

    #[test]
    fn owners_of_a_range_find_what_one_of_them_missed(
        lists in clusters(),
        random in prop::collection::vec(any::<u128>(), 1..40),
        missed in any::<prop::sample::Index>(),
    ) {
        let ring = lists.ring();
        let nodes = || (0..ring.node_count() as u16).map(NodeId);
        let mut forests: Vec<Forest> = nodes().map(|node| Forest::new(node, &lists)).collect();
        let missed = missed.index(random.len());
        let loser = *lists.at(Token(random[missed])).last().unwrap();
        for (at, position) in random.iter().map(|random| Token(*random)).enumerate() {
            for owner in lists.at(position).iter().filter(|owner| at != missed || **owner != loser) {
                let range = ring.successor(position) as u32;
                forests[owner.index()].toggle(range, position, hash(position, at as u64));
            }
        }
        let lost = Token(random[missed]);
        for one in nodes() {
            for other in nodes().filter(|other| *other != one) {
                let owns = |node, range: &u32| lists.of_range(*range as usize).contains(&node);
                let shared: Vec<u32> = (0..ring.vnodes().len() as u32)
                    .filter(|range| owns(one, range) && owns(other, range))
                    .collect();
                prop_assert_eq!(&shared, &forests[one.index()].shared_with(&lists, other));
                for range in shared {
                    let leaves = *forests[other.index()].tree(range).unwrap().leaves();
                    let differs =
                        forests[one.index()].root(range) != forests[other.index()].root(range);
                    let found = forests[one.index()].compare(range, &leaves).unwrap();
                    let expected = (one == loser || other == loser)
                        && ring.successor(lost) as u32 == range;
                    prop_assert_eq!(differs, expected);
                    prop_assert_eq!(found.leaves().count(), usize::from(expected));
                    for leaf in found.leaves() {
                        let tree = forests[one.index()].tree(range).unwrap();
                        prop_assert!(is_inside(tree.leaf_range(leaf).unwrap(), lost));
                    }
                }
            }
        }
    }

    #[test]
    fn a_forest_has_a_tree_for_each_range_that_its_node_owns(
        lists in clusters(),
        random in any::<u128>(),
    ) {
        let ring = lists.ring();
        let range = ring.successor(Token(random));
        prop_assert!(is_inside(ring.range(range), Token(random)));
        prop_assert_eq!(lists.of_range(range), lists.at(Token(random)));
        for node in (0..ring.node_count() as u16).map(NodeId) {
            let mut forest = Forest::new(node, &lists);
            let owned: Vec<u32> = (0..ring.vnodes().len() as u32)
                .filter(|range| lists.at(ring.vnodes()[*range as usize].token).contains(&node))
                .collect();
            prop_assert_eq!(forest.owned(), owned.as_slice());
            prop_assert_eq!(forest.tree(range as u32).is_some(), owned.contains(&(range as u32)));
            prop_assert!(owned.into_iter().all(|range| forest.root(range) == 0));
        }
    }
}
