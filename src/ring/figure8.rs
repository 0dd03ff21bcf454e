//! Figure 8 of the Dynamo paper (section 6.2): how evenly three placements share the load, by how
//! much every node must know to find owners.
//!
//! | strategy | who owns a key | what a node must know of it |
//! |---|---|---|
//! | 1 | the next N nodes of random tokens, T to a node | the tokens: 16 bytes each, and a node |
//! | 2 | the same, but for all keys of one of Q equal ranges together | the tokens, and an owner for each range |
//! | 3 | the next N nodes of Q equal ranges, Q / S to a node | an owner for each range: where they end follows from Q |
//!
//! All three get the same metadata, as the paper puts it "one fair way to compare" them; T and Q
//! follow from that. A node is two bytes. Q is a power of two, in strategy 2 at least four ranges for
//! each token. Load is that of `facts`: the part of the ring of which a node is one of the N owners,
//! efficiency the mean load by the greatest. In strategies 1 and 2 tokens are drawn anew each time;
//! in strategy 3 the cluster has a past: nodes that are drawn leave, others join, by the same rules
//! as in `plan`.
//!
//! Caveats: the paper measured requests of its own services; the shape of the curves is what can be
//! compared, not the figures. A hot key is as hot in all three.

use super::equal::Deal;
use super::placement::equal_ring;
use super::{Basis, Placement, PreferenceLists, Ring, Shares, Token, Vnode, Zone};
use crate::base::{NodeId, RandomStream};

/// How many nodes there are, and owners of each key.
pub const S: usize = 30;
pub const N: usize = 3;
/// How often each efficiency is measured, with other tokens.
pub const DRAWS: u64 = 8;

/// Bytes that a node must know.
const OF_NODE: usize = 2;
const OF_TOKEN: usize = 16 + OF_NODE;
/// As much as one token for each node takes in strategy 1.
const LEAST_METADATA: usize = S * OF_TOKEN;
const DOUBLINGS: u32 = 8;

/// The strategies with the same metadata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure8 {
    /// In bytes for each node.
    pub metadata: usize,
    /// Tokens of a node, and efficiency.
    pub strategy1: (usize, f64),
    /// Tokens of a node, ranges, and efficiency; none if there is no room for both.
    pub strategy2: Option<(usize, usize, f64)>,
    /// Ranges, and efficiency.
    pub strategy3: (usize, f64),
}

/// The table, from little metadata to much.
pub fn figure8(seed: u64) -> Vec<Figure8> {
    (0..DOUBLINGS).map(|doubling| row(seed, LEAST_METADATA << doubling)).collect()
}

fn row(seed: u64, metadata: usize) -> Figure8 {
    let tokens = metadata / LEAST_METADATA;
    let ranges = 1 << (metadata / OF_NODE).ilog2();
    let ranges2 = |tokens: usize| (4 * S * tokens).next_power_of_two();
    let fits2 = |tokens: &usize| tokens * LEAST_METADATA + ranges2(*tokens) * OF_NODE <= metadata;
    let tokens2 = (1..=tokens).rev().find(fits2);
    Figure8 {
        metadata,
        strategy1: (tokens, mean(seed, |stream| random_tokens(stream, tokens).shares().clone())),
        strategy2: tokens2.map(|tokens| {
            let ranges = ranges2(tokens);
            (tokens, ranges, mean(seed, |stream| ranges_of_tokens(stream, tokens, ranges)))
        }),
        strategy3: (ranges, mean(seed, |stream| equal_ranges(stream, ranges))),
    }
}

/// The mean efficiency of all draws.
fn mean(seed: u64, draw: impl Fn(&mut RandomStream) -> Shares) -> f64 {
    let efficiency = |number| {
        draw(&mut RandomStream::new(seed.wrapping_mul(DRAWS) + number, "placements"))
            .efficiency(&[])
    };
    (0..DRAWS).map(efficiency).sum::<f64>() / DRAWS as f64
}

/// Strategy 1.
fn random_tokens(stream: &mut RandomStream, tokens: usize) -> PreferenceLists {
    let mut token = || Token(u128::from(stream.next_u64()) << 64 | u128::from(stream.next_u64()));
    let vnode = |at: usize| Vnode { token: token(), node: NodeId((at % S) as u16) };
    let vnodes = (0..S * tokens).map(vnode).collect();
    PreferenceLists::new(Ring::new(vnodes, vec![Zone::default(); S]), N)
}

/// Strategy 2: all keys of a range go to the owners of its end.
fn ranges_of_tokens(stream: &mut RandomStream, tokens: usize, ranges: usize) -> Shares {
    let lists = random_tokens(stream, tokens);
    let mut shares = Shares { first: vec![0.0; S], any: vec![0.0; S] };
    for vnode in equal_ring(&[NodeId(0)], ranges, vec![Zone::default()]).vnodes() {
        let owners = lists.at(vnode.token);
        owners.iter().for_each(|owner| shares.any[owner.index()] += 1.0 / ranges as f64);
    }
    shares
}

/// Strategy 3: of as many nodes as there will be, a few leave, and as many others join.
fn equal_ranges(stream: &mut RandomStream, ranges: usize) -> Shares {
    const COME_AND_GO: usize = 5;
    let zones = vec![Zone::default(); S + COME_AND_GO];
    let basis = Basis::new(N as u8, Placement::EqualRanges, 1, zones.clone());
    let first: Vec<NodeId> = (0..S as u16).map(NodeId).collect();
    let mut deal = Deal::new(&equal_ring(&first, ranges, zones), &basis);
    for (gone, joins) in (S..S + COME_AND_GO).enumerate() {
        let mut members = (0..(S + gone) as u16).map(NodeId).filter(|node| deal.has(*node) > 0);
        let leaves = members.nth(stream.below(S as u64) as usize).expect("S are members");
        drop(members);
        deal.bring_to(leaves, 0);
        let joins = NodeId(joins as u16);
        deal.bring_to(joins, deal.fair_count(joins));
    }
    PreferenceLists::new(deal.into_ring(), N).shares().clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strategy_3_is_the_most_even_and_strategy_2_the_least() {
        let table = figure8(1);
        for row in &table {
            let Figure8 { strategy1, strategy2, strategy3, .. } = row;
            assert!(strategy3.1 > strategy1.1, "{row:?}");
            assert!(strategy2.is_none_or(|(.., efficiency)| efficiency < strategy1.1), "{row:?}");
        }
        assert!(table.iter().all(|row| row.strategy3.1 > 0.9), "{table:?}");
        assert_eq!(table, figure8(1));
    }
}
