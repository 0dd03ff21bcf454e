//! The ring against a naive walk over all tokens.

use proptest::prelude::*;
use ringscope::base::NodeId;
use ringscope::ring::{PreferenceLists, Ring, Token, Verdict, Zone};

/// Every node in the order in which a walk clockwise from `position` first meets it.
fn nodes_met(ring: &Ring, position: Token) -> Vec<NodeId> {
    let mut vnodes = ring.vnodes().to_vec();
    vnodes.sort_by_key(|vnode| vnode.token.0.wrapping_sub(position.0));
    let mut met = Vec::new();
    for vnode in vnodes {
        if !met.contains(&vnode.node) {
            met.push(vnode.node);
        }
    }
    met
}

/// The first nodes met of zones that have none yet, then the first ones of the others.
pub fn naive_owners(ring: &Ring, position: Token, n: usize) -> Vec<NodeId> {
    let met = nodes_met(ring, position);
    let mut zones = Vec::new();
    let (mut owners, mut others) = (Vec::new(), Vec::new());
    for node in met {
        match zones.contains(&ring.zone(node)) {
            true => others.push(node),
            false => {
                zones.push(ring.zone(node));
                owners.push(node);
            }
        }
    }
    owners.extend(others);
    owners.truncate(n);
    owners
}

/// Positions at, just before and just after tokens, at both ends of the ring, and anywhere.
fn position(ring: &Ring, kind: u8, random: u128) -> Token {
    let token = ring.vnodes()[(random % ring.vnodes().len() as u128) as usize].token.0;
    Token(match kind {
        0 => token,
        1 => token.wrapping_add(1),
        2 => token.wrapping_sub(1),
        3 => 0,
        4 => u128::MAX,
        _ => random,
    })
}

fn rings() -> impl Strategy<Value = Ring> {
    (prop::collection::vec(0u8..4, 1..12), 1u32..20).prop_map(|(zones, vnodes)| {
        Ring::with_random_tokens(zones.into_iter().map(Zone).collect(), vnodes)
    })
}

proptest! {
    #[test]
    fn owners_are_those_of_a_naive_walk(
        ring in rings(),
        n in 1usize..12,
        places in prop::collection::vec((0u8..8, any::<u128>()), 1..20),
    ) {
        let n = n.min(ring.node_count());
        let lists = PreferenceLists::new(ring.clone(), n);
        for (kind, random) in places {
            let position = position(&ring, kind, random);
            let owners = naive_owners(&ring, position, n);
            prop_assert_eq!(lists.at(position), owners.as_slice());
            prop_assert_eq!(owners.len(), n);
        }
    }

    #[test]
    fn successor_is_the_nearest_vnode_clockwise(
        ring in rings(),
        kind in 0u8..8,
        random in any::<u128>(),
    ) {
        let position = position(&ring, kind, random);
        let nearest = ring.vnodes().iter().min_by_key(|vnode| position.distance_to(vnode.token));
        prop_assert_eq!(Some(&ring.vnodes()[ring.successor(position)]), nearest);
    }

    #[test]
    fn the_walk_passes_vnodes_in_order_and_says_why_it_skips_them(
        ring in rings(),
        n in 1usize..12,
        random in any::<u128>(),
    ) {
        let position = Token(random);
        let n = n.min(ring.node_count());
        let steps = ring.walk_to_owners(position, n);
        let passed: Vec<_> = steps.iter().map(|step| step.vnode).collect();
        let walk: Vec<_> = ring.walk(position).take(steps.len()).collect();
        prop_assert_eq!(passed, walk);
        let owners = naive_owners(&ring, position, n);
        let mut placed = 0;
        for step in &steps {
            let node = step.vnode.node;
            match step.verdict {
                Verdict::Owner { place } => {
                    prop_assert_eq!(owners[place], node);
                    placed += 1;
                }
                Verdict::SameNode => prop_assert!(owners.contains(&node)),
                Verdict::SameZone => {
                    let zone = ring.zone(node);
                    prop_assert!(owners.iter().any(|owner| ring.zone(*owner) == zone));
                }
            }
        }
        prop_assert_eq!(placed, n);
        let last = steps.last().map(|step| step.verdict);
        prop_assert!(matches!(last, Some(Verdict::Owner { .. })), "walked on after the last owner");
    }

    #[test]
    fn a_ring_follows_from_its_nodes_alone(zones in prop::collection::vec(0u8..4, 1..12)) {
        let zones: Vec<Zone> = zones.into_iter().map(Zone).collect();
        let first = Ring::with_random_tokens(zones.clone(), 8);
        let again = Ring::with_random_tokens(zones, 8);
        prop_assert_eq!(first.vnodes(), again.vnodes());
        for (index, vnode) in first.vnodes().iter().enumerate() {
            prop_assert_eq!(first.successor(vnode.token), index);
        }
    }
}
