//! Changes of ownership against naive walks, and against what each is to lead to.

use proptest::prelude::*;
use ringscope::base::NodeId;
use ringscope::ring::{
    Basis, Change, Placement, PreferenceLists, Ring, Token, Weight, Zone, targets,
};

use super::ring::naive_owners;

/// A cluster that begins, with its N.
fn clusters() -> impl Strategy<Value = Basis> {
    let zones = prop::collection::vec(0u8..4, 1..9);
    let placement = prop::sample::select(Placement::ALL);
    (zones, 1u16..9, 1u8..6, placement).prop_map(|(zones, vnodes, n, placement)| {
        let n = n.min(zones.len() as u8);
        Basis::new(n, placement, vnodes, zones.into_iter().map(Zone).collect())
    })
}

/// What a change is drawn from.
#[derive(Clone, Debug)]
struct Draw {
    kind: u8,
    nodes: [u16; 2],
    zone: u8,
    weight: u16,
    random: u128,
}

fn draws() -> impl Strategy<Value = Vec<Draw>> {
    let draw = (0u8..9, [0u16..12, 0u16..12], 0u8..4, 1u16..40, any::<u128>());
    let draw = draw.prop_map(|(kind, nodes, zone, weight, random)| Draw {
        kind,
        nodes,
        zone,
        weight,
        random,
    });
    prop::collection::vec(draw, 1..6)
}

fn change(ring: &Ring, draw: &Draw) -> Change {
    let [node, to] = draw.nodes.map(NodeId);
    let (zone, weight) = (Zone(draw.zone), Weight(draw.weight));
    let at = (draw.random % ring.vnodes().len() as u128) as usize;
    let (from, end) = ring.range(at);
    let width = from.distance_to(end);
    let to = ring.members()[to.index() % ring.members().len()];
    match draw.kind {
        0..3 => Change::Add { node, zone, weight },
        3 => Change::Remove { node },
        4 => Change::Replace { node: to, by: node, zone },
        5 => Change::Weigh { node: to, weight },
        6 => Change::Vnodes { count: draw.weight / 4 },
        7 => Change::Move { token: end, to },
        _ => {
            let into = 1 + draw.random % width.wrapping_sub(1).max(1);
            Change::Split { token: end, at: Token(from.0.wrapping_add(into)), to }
        }
    }
}

/// Whether every preference list of two rings has but one member that the other has not.
fn differ_by_one(one: &Ring, other: &Ring, n: usize) -> bool {
    let mut ends = one.vnodes().iter().chain(other.vnodes());
    ends.all(|vnode| {
        let [old, new] = [one, other].map(|ring| naive_owners(ring, vnode.token, n));
        old.len() == n
            && new.len() == n
            && new.iter().filter(|node| !old.contains(node)).count() <= 1
    })
}

fn tokens_of(ring: &Ring, node: NodeId) -> Vec<Token> {
    let its = ring.vnodes().iter().filter(|vnode| vnode.node == node);
    its.map(|vnode| vnode.token).collect()
}

/// What the last ring must be like.
fn check_arrival(before: &Ring, basis: &Basis, change: &Change, ring: &Ring) {
    let is_equal = basis.placement == Placement::EqualRanges;
    let concerned = match *change {
        Change::Add { node, weight, .. } | Change::Weigh { node, weight } => {
            let has = tokens_of(ring, node).len();
            assert!(has > 0, "{node} has no token");
            if !is_equal {
                assert_eq!(has, weight.vnodes(basis.vnodes));
            }
            Some(node)
        }
        Change::Remove { node } => {
            assert!(!ring.members().contains(&node));
            Some(node)
        }
        Change::Replace { node, by, .. } => {
            assert_eq!(tokens_of(ring, by), tokens_of(before, node));
            assert!(!ring.members().contains(&node));
            None
        }
        Change::Vnodes { count } => {
            for node in ring.members() {
                let weight = basis.weights[node.index()];
                assert_eq!(tokens_of(ring, *node).len(), weight.vnodes(count));
            }
            None
        }
        Change::Move { token, to } => {
            assert_eq!(ring.vnodes()[ring.successor(token)].node, to);
            Some(to)
        }
        Change::Split { at, to, .. } => {
            assert_eq!(ring.vnodes()[ring.successor(at)].node, to);
            Some(to)
        }
    };
    // Nobody but the node that it is about takes from others or gives to others.
    if let Some(concerned) = concerned {
        for vnode in before.vnodes() {
            let now = ring.vnodes()[ring.successor(vnode.token)];
            let changed = now.token == vnode.token && now.node != vnode.node;
            assert!(!changed || [now.node, vnode.node].contains(&concerned));
        }
    }
}

proptest! {
    #[test]
    fn every_step_changes_one_member_of_each_list(mut basis in clusters(), draws in draws()) {
        let n = usize::from(basis.n);
        let mut ring = basis.first_ring();
        for draw in &draws {
            let change = change(&ring, draw);
            let Ok(rings) = targets(&ring, &basis, &change) else { continue };
            let before = ring.clone();
            basis = basis.after(&change);
            prop_assert!(basis.is_sound());
            for next in rings {
                prop_assert!(differ_by_one(&ring, &next, n), "{change} in {basis:?}");
                PreferenceLists::new(next.clone(), n);
                ring = next;
            }
            check_arrival(&before, &basis, &change, &ring);
            let again = targets(&before, &basis, &change).expect("it could be made");
            prop_assert_eq!(again.last().unwrap_or(&before).vnodes(), ring.vnodes());
        }
    }

    #[test]
    fn random_tokens_of_one_node_come_and_go_in_one_step(
        mut basis in clusters(),
        zone in 0u8..4,
        weight in 1u16..40,
    ) {
        basis.placement = Placement::RandomTokens;
        let ring = basis.first_ring();
        let node = NodeId(basis.zones.len() as u16);
        let add = Change::Add { node, zone: Zone(zone), weight: Weight(weight) };
        let came = targets(&ring, &basis, &add).expect("there is room");
        prop_assert_eq!(came.len(), 1);
        let basis = basis.after(&add);
        let gone = targets(&came[0], &basis, &Change::Remove { node }).expect("others are left");
        prop_assert_eq!(gone.len(), 1);
        prop_assert_eq!(gone[0].vnodes(), ring.vnodes());
    }

    #[test]
    fn equal_ranges_stay_evenly_shared(
        nodes in 1u16..12,
        vnodes in 1u16..20,
        n in 1u8..4,
        joins in prop::collection::vec(any::<bool>(), 1..8),
    ) {
        let n = n.min(nodes as u8);
        let mut basis =
            Basis::new(n, Placement::EqualRanges, vnodes, vec![Zone(0); usize::from(nodes)]);
        let mut ring = basis.first_ring();
        for joins in joins {
            let change = match joins {
                true => Change::Add {
                    node: NodeId(basis.zones.len() as u16),
                    zone: Zone(0),
                    weight: Weight::ONE,
                },
                false => Change::Remove { node: ring.members()[0] },
            };
            let Ok(rings) = targets(&ring, &basis, &change) else { continue };
            basis = basis.after(&change);
            ring = rings.into_iter().last().expect("it changes something");
            let counts = ring.members().iter().map(|node| tokens_of(&ring, *node).len());
            let (least, most) = (counts.clone().min().unwrap(), counts.max().unwrap());
            prop_assert!(most - least <= 1, "{change}: from {least} to {most} ranges");
        }
    }
}
