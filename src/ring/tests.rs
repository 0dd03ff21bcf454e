//! Changes of ownership, from end to end.

use super::*;
use crate::base::{ErrorKind, NodeId};

const A: NodeId = NodeId(0);
const C: NodeId = NodeId(2);
const F: NodeId = NodeId(5);

fn basis(placement: Placement, zones: &[u8], vnodes: u16) -> Basis {
    Basis::new(3, placement, vnodes, zones.iter().copied().map(Zone).collect())
}

fn add(node: NodeId) -> Change {
    Change::Add { node, zone: Zone(0), weight: Weight::ONE }
}

/// Where a change leads, and the basis there.
fn made(ring: &Ring, basis: &Basis, change: &Change) -> (Ring, Basis) {
    let rings = targets(ring, basis, change).expect("it can be made");
    (rings.last().unwrap_or(ring).clone(), basis.after(change))
}

fn count(ring: &Ring, node: NodeId) -> usize {
    ring.vnodes().iter().filter(|vnode| vnode.node == node).count()
}

#[test]
fn a_node_that_joins_equal_ranges_steps_into_others_places() {
    let basis = basis(Placement::EqualRanges, &[0; 10], 16);
    let ring = basis.first_ring();
    let node = NodeId(10);
    let rings = targets(&ring, &basis, &add(node)).expect("there are ranges for it");
    assert_eq!(rings.len(), 1, "its ranges stand apart");
    assert_eq!(count(&rings[0], node), 15, "160 ranges for 11 nodes");
    let lists = [&ring, &rings[0]].map(|ring| PreferenceLists::new(ring.clone(), 3));
    for at in 0..160 {
        let [old, new] = lists.each_ref().map(|lists| lists.of_range(at));
        let came = new.iter().filter(|owner| !old.contains(owner));
        assert!(came.clone().all(|came| *came == node), "{came:?} came to range {at}");
    }
}

#[test]
fn weights_go_up_and_down_and_come_back_to_the_same_ring() {
    let weigh = |weight| Change::Weigh { node: C, weight: Weight(weight) };
    let random = basis(Placement::RandomTokens, &[0; 5], 16);
    let ring = random.first_ring();
    let (heavy, after) = made(&ring, &random, &weigh(25));
    assert_eq!(count(&heavy, C), 40);
    let (light, after) = made(&heavy, &after, &weigh(1));
    assert_eq!(count(&light, C), 2);
    let (back, _) = made(&light, &after, &weigh(10));
    assert_eq!(back.vnodes(), ring.vnodes());

    let equal = basis(Placement::EqualRanges, &[0; 5], 16);
    let (heavy, after) = made(&equal.first_ring(), &equal, &weigh(20));
    assert_eq!([A, C].map(|node| count(&heavy, node)), [13, 27], "80 ranges for a weight of 6");
    let (light, _) = made(&heavy, &after, &weigh(5));
    assert_eq!([A, C].map(|node| count(&light, node)), [18, 9], "80 ranges for a weight of 4.5");
}

#[test]
fn a_node_that_replaced_another_gives_up_the_tokens_of_that_one_first() {
    let basis = basis(Placement::RandomTokens, &[0; 5], 8);
    let ring = basis.first_ring();
    let change = Change::Replace { node: C, by: F, zone: Zone(0) };
    let (replaced, basis) = made(&ring, &basis, &change);
    assert_eq!(count(&replaced, F), 8);
    // C comes back under new tokens: F has the old ones.
    let (both, basis) = made(&replaced, &basis, &add(C));
    assert!(both.vnodes().contains(&Vnode { token: Token::of_vnode(C, 8), node: C }));
    let (more, basis) = made(&both, &basis, &Change::Weigh { node: F, weight: Weight(20) });
    assert_eq!(count(&more, F), 16);
    let (less, _) = made(&more, &basis, &Change::Weigh { node: F, weight: Weight(10) });
    let its = less.vnodes().iter().filter(|vnode| vnode.node == F);
    let mut own: Vec<Token> = (0..8).map(|index| Token::of_vnode(F, index)).collect();
    own.sort();
    assert_eq!(its.map(|vnode| vnode.token).collect::<Vec<_>>(), own);
}

#[test]
fn all_nodes_get_more_vnodes_one_after_another() {
    let basis = basis(Placement::RandomTokens, &[0; 5], 4);
    let ring = basis.first_ring();
    let rings = targets(&ring, &basis, &Change::Vnodes { count: 8 }).expect("there is room");
    assert!((2..=5).contains(&rings.len()), "{} steps for 5 nodes", rings.len());
    let last = rings.last().expect("the last step");
    assert_eq!(last.vnodes(), Ring::with_random_tokens(vec![Zone(0); 5], 8).vnodes());
}

#[test]
fn impossible_changes_are_refused_with_the_reason() {
    let random = basis(Placement::RandomTokens, &[0; 4], 4);
    let equal = basis(Placement::EqualRanges, &[0; 4], 1);
    let ring = random.first_ring();
    let gone = made(&ring, &random, &Change::Remove { node: C });
    let end = ring.vnodes()[0];
    let weigh = |weight| Change::Weigh { node: A, weight: Weight(weight) };
    let split = Change::Split { token: end.token, at: Token(end.token.0 + 1), to: A };
    let own = Change::Move { token: end.token, to: end.node };
    for (on, change, kind, words) in [
        ((&ring, &random), add(A), ErrorKind::Refused, "A is a member already"),
        ((&ring, &random), add(NodeId(200)), ErrorKind::Refused, "at most 200 nodes"),
        ((&ring, &random), Change::Remove { node: F }, ErrorKind::NotFound, "no node F"),
        ((&gone.0, &gone.1), Change::Remove { node: C }, ErrorKind::Refused, "C is no member"),
        ((&gone.0, &gone.1), Change::Remove { node: A }, ErrorKind::Refused, "there would be 2"),
        (
            (&ring, &random),
            Change::Replace { node: A, by: C, zone: Zone(0) },
            ErrorKind::Refused,
            "C is a member already",
        ),
        ((&ring, &random), weigh(0), ErrorKind::Invalid, "weighs 0.1 to 10, not 0"),
        ((&ring, &random), weigh(101), ErrorKind::Invalid, "not 10.1"),
        ((&ring, &random), Change::Vnodes { count: 0 }, ErrorKind::Invalid, "1 to 1024 vnodes"),
        ((&ring, &random), own, ErrorKind::Refused, "already"),
        ((&ring, &random), split, ErrorKind::Invalid, "not within the token range"),
        (
            (&ring, &random),
            Change::Move { token: Token(7), to: A },
            ErrorKind::NotFound,
            "no vnode has the token",
        ),
        ((&equal.first_ring(), &equal), add(F), ErrorKind::Refused, "F would get none"),
        (
            (&equal.first_ring(), &equal),
            Change::Vnodes { count: 8 },
            ErrorKind::Refused,
            "the number of ranges is fixed",
        ),
    ] {
        let error = targets(on.0, on.1, &change).expect_err("it was planned");
        assert_eq!(error.kind, kind, "{change}");
        assert!(error.message.contains(words), "{change}: {error}");
    }
    let mut single = basis(Placement::RandomTokens, &[0], 4);
    single.n = 1;
    let error = targets(&single.first_ring(), &single, &Change::Remove { node: A });
    assert!(error.expect_err("it was planned").message.contains("A is the last node"));
    let mut wide = basis(Placement::RandomTokens, &[0; 200], 200);
    wide.vnodes = 1_024;
    let crowd = targets(&wide.first_ring(), &wide, &Change::Vnodes { count: 1_024 });
    assert!(crowd.expect_err("it was planned").message.contains("204800 tokens"));
}

#[test]
fn changes_are_written_as_lines() {
    for (change, line) in [
        (add(F), "add F"),
        (Change::Add { node: F, zone: Zone(2), weight: Weight(5) }, "add F weight=0.5"),
        (Change::Remove { node: C }, "remove C"),
        (Change::Replace { node: C, by: F, zone: Zone(0) }, "replace C by=F"),
        (Change::Weigh { node: C, weight: Weight(20) }, "weigh C 2"),
        (Change::Vnodes { count: 32 }, "vnodes 32"),
    ] {
        assert_eq!(change.to_string(), line);
    }
    let cut = Change::Split { token: Token(16), at: Token(10), to: F };
    let zeros = "0".repeat(30);
    assert_eq!(cut.to_string(), format!("cut {zeros}10 at={zeros}0a to=F"));
}
