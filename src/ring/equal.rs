//! Whole ranges that go from node to node: how nodes join, leave and change their weight where all
//! ranges have one size (Dynamo paper, section 6.2, strategy 3).
//!
//! Only the node that the change is about takes ranges or gives some; all others keep what they have
//! but for that. It takes from those that have most for their weight and gives to those that have
//! least, one range after another. Among ranges that are as good by that, the first clockwise is
//! taken of those that stand apart from the ranges which the taker has already: as far as its ranges
//! would stand from each other if they were spread evenly. Where N ranges in a row have N nodes
//! before and after, the taker steps into the giver's place in every preference list, and nothing
//! else moves.
//!
//! Caveats: with hardly more nodes than N, or unequal zones, ranges that stand apart run out. Then
//! nodes further on take a part in the change too, and `steps` may need several.

use super::plan::Basis;
use super::{Ring, Vnode};
use crate::base::NodeId;

/// Who has which range.
pub(super) struct Deal<'a> {
    basis: &'a Basis,
    vnodes: Vec<Vnode>,
    /// How many ranges each node has, by number.
    counts: Vec<usize>,
}

impl<'a> Deal<'a> {
    /// `basis` has the weights and zones that are to come.
    pub fn new(ring: &Ring, basis: &'a Basis) -> Self {
        let mut counts = vec![0; basis.zones.len()];
        ring.vnodes().iter().for_each(|vnode| counts[vnode.node.index()] += 1);
        Self { basis, vnodes: ring.vnodes().to_vec(), counts }
    }

    pub fn into_ring(self) -> Ring {
        Ring::new(self.vnodes, self.basis.zones.clone())
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
            self.pass_on(&givers, &[node], count);
        }
        while self.counts[node.index()] > count {
            let mut takers = others(self);
            let least =
                takers.iter().copied().reduce(|a, b| if self.has_more(a, b) { b } else { a });
            let Some(least) = least else { return };
            takers.retain(|taker| !self.has_more(*taker, least));
            let each = self.counts[least.index()] + 1;
            self.pass_on(&[node], &takers, each);
        }
    }

    /// Whether one node has more ranges for its weight than another.
    fn has_more(&self, one: NodeId, other: NodeId) -> bool {
        let load = |node: NodeId, by: NodeId| {
            self.counts[node.index()] * usize::from(self.basis.weights[by.index()].0)
        };
        load(one, other) > load(other, one)
    }

    /// One of the `givers` gives a range to one of the `takers`, who are to have about `count` each.
    fn pass_on(&mut self, givers: &[NodeId], takers: &[NodeId], count: usize) {
        let wanted = (self.vnodes.len() / count).max(1);
        let enough = wanted.min(self.basis.n.into());
        let mut best: Option<((bool, bool, usize), usize, NodeId)> = None;
        let given = |vnode: &Vnode| givers.contains(&vnode.node);
        let ranges = (0..self.vnodes.len()).filter(|at| given(&self.vnodes[*at]));
        for (at, taker) in ranges.flat_map(|at| takers.iter().map(move |taker| (at, *taker))) {
            let (apart, zones) = (self.apart(at, taker, wanted), self.are_zones_apart(at, taker));
            let score = (apart >= enough, zones, apart);
            if best.is_none_or(|(highest, ..)| score > highest) {
                best = Some((score, at, taker));
            }
            if score == (true, true, wanted) {
                break;
            }
        }
        let (_, at, taker) = best.expect("a giver has a range, and somebody takes it");
        self.counts[self.vnodes[at].node.index()] -= 1;
        self.counts[taker.index()] += 1;
        self.vnodes[at].node = taker;
    }

    /// How many ranges away the nearest one is that a node has, as far as `most`.
    fn apart(&self, at: usize, node: NodeId, most: usize) -> usize {
        (1..most).find(|by| self.around(at, *by).contains(&node)).unwrap_or(most)
    }

    /// Whether no range near this one has an owner in the zone of `node`, where zones are enough for
    /// that.
    fn are_zones_apart(&self, at: usize, node: NodeId) -> bool {
        let zone = |of: NodeId| self.basis.zones[of.index()];
        let mut met = vec![zone(node)];
        for number in (0..self.counts.len()).filter(|number| self.counts[*number] > 0) {
            let other = self.basis.zones[number];
            if !met.contains(&other) {
                met.push(other);
            }
        }
        let near = met.len().min(self.basis.n.into());
        (1..near).all(|by| self.around(at, by).iter().all(|other| zone(*other) != zone(node)))
    }

    /// Who has the ranges so many places before and after one.
    fn around(&self, at: usize, by: usize) -> [NodeId; 2] {
        let count = self.vnodes.len();
        [(at + count - by % count) % count, (at + by) % count].map(|at| self.vnodes[at].node)
    }
}
