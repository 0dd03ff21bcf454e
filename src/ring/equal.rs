//! Whole ranges that go from node to node: how nodes join, leave and change their weight where all
//! ranges have one size (Dynamo paper, section 6.2, strategy 3).
//!
//! Only the node that the change is about takes ranges or gives some; all others keep what they have
//! but for that. It takes from those that have most for their weight and gives to those that have
//! least, one range after another: the next one clockwise that stands N ranges away from all that the
//! taker has already. Where N ranges in a row have N nodes before and after, the taker then steps into
//! the giver's place in every preference list, and nothing else moves.
//!
//! Caveats: with hardly more nodes than N, or unequal zones, ranges that stand apart run out. Then
//! nodes further on take a part in the change too, and `steps` may need several.

use super::plan::Basis;
use super::{Ring, Vnode, Zone};
use crate::base::NodeId;

/// Who has which range.
pub(super) struct Deal<'a> {
    basis: &'a Basis,
    vnodes: Vec<Vnode>,
    /// How many ranges each node has, by number.
    counts: Vec<usize>,
    /// Where the search for the next range begins.
    next: usize,
}

impl<'a> Deal<'a> {
    /// `basis` has the weights and zones that are to come.
    pub fn new(ring: &Ring, basis: &'a Basis) -> Self {
        let mut counts = vec![0; basis.zones.len()];
        ring.vnodes().iter().for_each(|vnode| counts[vnode.node.index()] += 1);
        Self { basis, vnodes: ring.vnodes().to_vec(), counts, next: 0 }
    }

    pub fn into_ring(self) -> Ring {
        Ring::new(self.vnodes, self.basis.zones.clone())
    }

    /// How many ranges a node has.
    pub fn has(&self, node: NodeId) -> usize {
        self.counts[node.index()]
    }

    /// How many ranges a node is to have for its weight, if `node` has any: at least one.
    pub fn fair_count(&self, node: NodeId) -> usize {
        let is_member = |other: &usize| self.counts[*other] > 0 || *other == node.index();
        let weight = |at: usize| usize::from(self.basis.weights[at].0);
        let all: usize = (0..self.counts.len()).filter(is_member).map(weight).sum();
        ((2 * self.vnodes.len() * weight(node.index()) + all) / (2 * all)).max(1)
    }

    /// Takes or gives ranges until `node` has `count`.
    pub fn bring_to(&mut self, node: NodeId, count: usize) {
        let others = |deal: &Self| -> Vec<NodeId> {
            let members = (0..deal.counts.len()).filter(|at| deal.counts[*at] > 0);
            members.map(|at| NodeId(at as u16)).filter(|other| *other != node).collect()
        };
        while self.counts[node.index()] < count {
            // Nobody gives its last range: it would be no member any more.
            let mut givers = others(self);
            givers.retain(|giver| self.counts[giver.index()] > 1);
            let most =
                givers.iter().copied().reduce(|a, b| if self.has_more(b, a) { b } else { a });
            let Some(most) = most else { return };
            givers.retain(|giver| !self.has_more(most, *giver));
            // The next one stands as far behind as if all were spread evenly.
            self.pass_on(&givers, &[node], self.vnodes.len() / count);
        }
        while self.counts[node.index()] > count {
            let mut takers = others(self);
            let least =
                takers.iter().copied().reduce(|a, b| if self.has_more(a, b) { b } else { a });
            let Some(least) = least else { return };
            takers.retain(|taker| !self.has_more(*taker, least));
            self.pass_on(&[node], &takers, 1);
        }
    }

    /// Whether one node has more ranges for its weight than another.
    fn has_more(&self, one: NodeId, other: NodeId) -> bool {
        let load = |node: NodeId, by: NodeId| {
            self.counts[node.index()] * usize::from(self.basis.weights[by.index()].0)
        };
        load(one, other) > load(other, one)
    }

    /// One of the `givers` gives a range to one of the `takers`. The search for the next one begins
    /// `stride` ranges behind it.
    fn pass_on(&mut self, givers: &[NodeId], takers: &[NodeId], stride: usize) {
        let mut best: Option<((bool, bool, usize), usize, NodeId)> = None;
        let (n, near) = (usize::from(self.basis.n), self.zones_in_a_row());
        let mut gives = vec![false; self.counts.len()];
        givers.iter().for_each(|giver| gives[giver.index()] = true);
        let clockwise = (self.next..self.vnodes.len()).chain(0..self.next);
        let ranges = clockwise.filter(|at| gives[self.vnodes[*at].node.index()]);
        for (at, taker) in ranges.flat_map(|at| takers.iter().map(move |taker| (at, *taker))) {
            let (apart, zones) = (self.apart(at, taker, n), self.are_zones_apart(at, taker, near));
            let score = (apart == n, zones, apart);
            if best.is_none_or(|(highest, ..)| score > highest) {
                best = Some((score, at, taker));
            }
            if score == (true, true, n) {
                break;
            }
        }
        let (_, at, taker) = best.expect("a giver has a range, and somebody takes it");
        self.counts[self.vnodes[at].node.index()] -= 1;
        self.counts[taker.index()] += 1;
        self.vnodes[at].node = taker;
        self.next = (at + stride) % self.vnodes.len();
    }

    /// How many ranges away the nearest one is that a node has; `most` if it is that far or farther.
    fn apart(&self, at: usize, node: NodeId, most: usize) -> usize {
        (1..most).find(|by| self.around(at, *by).contains(&node)).unwrap_or(most)
    }

    /// How many ranges in a row have owners in distinct zones, if they can.
    fn zones_in_a_row(&self) -> usize {
        let mut met: Vec<Zone> = Vec::new();
        for (zone, count) in self.basis.zones.iter().zip(&self.counts) {
            if *count > 0 && !met.contains(zone) {
                met.push(*zone);
            }
        }
        met.len().min(self.basis.n.into())
    }

    /// Whether no range less than `near` ranges away has an owner in the zone of `node`.
    fn are_zones_apart(&self, at: usize, node: NodeId, near: usize) -> bool {
        let zone = |of: NodeId| self.basis.zones[of.index()];
        (1..near).all(|by| self.around(at, by).iter().all(|other| zone(*other) != zone(node)))
    }

    /// Who has the ranges so many places before and after one.
    fn around(&self, at: usize, by: usize) -> [NodeId; 2] {
        let count = self.vnodes.len();
        [(at + count - by % count) % count, (at + by) % count].map(|at| self.vnodes[at].node)
    }
}
