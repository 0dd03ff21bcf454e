//! Ring facts: who owns how much, how evenly, and how much a change would move.
//!
//! Load is modelled as the Dynamo paper does for what is stored: keys are many and hash anywhere, so
//! a node's load is the part of the ring of which it is one of the N owners. *Load-balance
//! efficiency* is then that of section 6.2: the mean load of all nodes over the load of the most
//! loaded one. Where nodes have weights, load is counted for a weight of 1.
//!
//! A change *moves* a replica wherever a step brings a node into a preference list: it must get
//! everything in that token range from others. The [`Bound`] beside it says how much no plan at all
//! could save.
//!
//! Caveats: shares are fractions and are for people; nothing that happens in the cluster may depend
//! on them. Few items, or a few popular ones, are spread less evenly than the ring is.

use super::plan::{Basis, Change, targets};
use super::{PreferenceLists, Ring, Token, Weight};
use crate::base::{NodeId, Result};

/// How much of the ring each node owns, by number, members or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// As the first owner; sums to 1.
    pub first: Vec<f64>,
    /// As one of the N owners; sums to N.
    pub any: Vec<f64>,
}

impl Shares {
    pub(super) fn of(lists: &PreferenceLists) -> Self {
        let nodes = lists.ring().node_count();
        let mut shares = Self { first: vec![0.0; nodes], any: vec![0.0; nodes] };
        for index in 0..lists.ring().vnodes().len() {
            let (width, owners) = (lists.ring().width(index), lists.of_range(index));
            shares.first[owners[0].index()] += width;
            owners.iter().for_each(|owner| shares.any[owner.index()] += width);
        }
        shares
    }

    /// How much a node owns as one of the N owners; nothing if it is not there.
    pub fn all_of(&self, node: NodeId) -> f64 {
        self.any.get(node.index()).copied().unwrap_or(0.0)
    }

    /// The mean load over the greatest, for a weight of 1: 1 where all have as much as they should.
    /// A node without weight counts as of weight 1, one that owns nothing does not count.
    pub fn efficiency(&self, weights: &[Weight]) -> f64 {
        let weight = |at: usize| f64::from(weights.get(at).copied().unwrap_or_default().0);
        let members = || (0..self.any.len()).filter(|at| self.any[*at] > 0.0);
        let load: f64 = self.any.iter().sum();
        let all: f64 = members().map(weight).sum();
        let greatest = members().map(|at| self.any[at] / weight(at)).fold(0.0, f64::max);
        load / all / greatest
    }
}

impl Ring {
    /// The size of the token range that ends at vnode number `index`, as a share of the ring.
    ///
    /// # Panics
    /// If there is no such vnode.
    pub fn width(&self, index: usize) -> f64 {
        match self.range(index) {
            (from, to) if from == to => 1.0,
            (from, to) => span(from, to),
        }
    }
}

fn span(from: Token, to: Token) -> f64 {
    (from.distance_to(to) >> 64) as f64 / 2f64.powi(64)
}

/// What no plan can save, as a share of all replicas, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// A node that joins or grows lacks so much to its fair share: its part of all weights, but not
    /// more than one replica of everything.
    FairShare { node: NodeId, share: f64 },
    /// A node that leaves or shrinks holds so much that others must take.
    Held { node: NodeId, share: f64 },
    /// So much lies in the token range that goes to a node which is none of its owners.
    Range { share: f64 },
    /// Nobody's share need change.
    Nothing,
}

impl Bound {
    pub fn share(self) -> f64 {
        match self {
            Self::FairShare { share, .. } | Self::Held { share, .. } | Self::Range { share } => {
                share
            }
            Self::Nothing => 0.0,
        }
    }
}

/// What a change would do.
#[derive(Clone, Debug)]
pub struct Forecast {
    pub change: Change,
    /// Who owns what: now, and after each step.
    pub lists: Vec<PreferenceLists>,
    /// What is planned by once it is done.
    pub basis: Basis,
    /// Which share of all replicas moves, all steps together.
    pub moved: f64,
    /// How much must move.
    pub bound: Bound,
}

impl Forecast {
    /// Looks ahead at a change.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn of(ring: &Ring, basis: &Basis, change: &Change) -> Result<Self> {
        let n = usize::from(basis.n);
        let rings = targets(ring, basis, change)?;
        let rings = [ring.clone()].into_iter().chain(rings);
        let lists: Vec<PreferenceLists> = rings.map(|ring| PreferenceLists::new(ring, n)).collect();
        let basis = basis.after(change);
        let bound = bound(&lists[0], &basis, change);
        let steps = lists.iter().zip(&lists[1..]);
        let moved = steps.map(|(old, new)| moved(old, new)).sum::<f64>() / n as f64;
        Ok(Self { change: change.clone(), lists, basis, moved, bound })
    }

    /// How many replicas of an item at this position move.
    pub fn moves_at(&self, position: Token) -> usize {
        let steps = self.lists.iter().zip(&self.lists[1..]);
        steps.map(|(old, new)| newcomers(old.at(position), new.at(position))).sum()
    }

    /// Who owns what now, and when it is done.
    pub fn ends(&self) -> [&PreferenceLists; 2] {
        [&self.lists[0], &self.lists[self.lists.len() - 1]]
    }
}

fn newcomers(old: &[NodeId], new: &[NodeId]) -> usize {
    new.iter().filter(|node| !old.contains(node)).count()
}

/// How much comes to nodes that have not had it, in times of the ring.
fn moved(old: &PreferenceLists, new: &PreferenceLists) -> f64 {
    // Ranges of both rings, cut where either has a token.
    let (mut ends, mut moved) = ([0, 0], 0.0);
    let rings = [old.ring(), new.ring()];
    let last = |ring: &Ring| ring.vnodes()[ring.vnodes().len() - 1].token;
    let mut from = last(rings[0]).max(last(rings[1]));
    while ends[0] < rings[0].vnodes().len() || ends[1] < rings[1].vnodes().len() {
        let next = [0, 1].map(|side| rings[side].vnodes().get(ends[side]).map(|vnode| vnode.token));
        let to = next.into_iter().flatten().min().expect("one side goes on");
        let newcomers = newcomers(old.at(to), new.at(to));
        // A ring with a single token comes around to where it began.
        let width = if from == to { 1.0 } else { span(from, to) };
        moved += width * newcomers as f64;
        for side in [0, 1] {
            ends[side] += usize::from(next[side] == Some(to));
        }
        from = to;
    }
    moved
}

/// How much must move, whatever the plan.
fn bound(now: &PreferenceLists, after: &Basis, change: &Change) -> Bound {
    let (ring, shares) = (now.ring(), now.shares());
    let n = now.n() as f64;
    let held = |node: NodeId| shares.any.get(node.index()).map_or(0.0, |share| share / n);
    let fair = |node: NodeId| {
        let weight = |node: &NodeId| f64::from(after.weights[node.index()].0);
        let others = ring.members().iter().filter(|other| **other != node);
        let all: f64 = others.map(weight).sum::<f64>() + weight(&node);
        (weight(&node) / all).min(1.0 / n)
    };
    match *change {
        Change::Add { node, .. } => Bound::FairShare { node, share: fair(node) },
        Change::Remove { node } | Change::Replace { node, .. } => {
            Bound::Held { node, share: held(node) }
        }
        Change::Weigh { node, .. } if fair(node) > held(node) => {
            Bound::FairShare { node, share: fair(node) - held(node) }
        }
        Change::Weigh { node, .. } => Bound::Held { node, share: held(node) - fair(node) },
        Change::Vnodes { .. } => Bound::Nothing,
        Change::Move { token, to } | Change::Split { token, to, .. } => {
            let (from, end) = ring.range(ring.successor(token));
            let cut = match *change {
                Change::Split { at, .. } => at,
                _ => end,
            };
            let width = if from == cut { 1.0 } else { span(from, cut) };
            match now.at(token).contains(&to) {
                true => Bound::Nothing,
                false => Bound::Range { share: width / n },
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::{Placement, Zone};

    fn basis(placement: Placement, nodes: usize, vnodes: u16) -> Basis {
        Basis::new(nodes.min(3) as u8, placement, vnodes, vec![Zone(0); nodes])
    }

    fn about(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn shares_add_up_to_the_ring_and_to_n_rings() {
        for (nodes, vnodes) in [(1, 1), (1, 8), (5, 16), (30, 4)] {
            let basis = basis(Placement::RandomTokens, nodes, vnodes);
            let lists = PreferenceLists::new(basis.first_ring(), usize::from(basis.n));
            let shares = lists.shares();
            let sums = [&shares.first, &shares.any].map(|shares| shares.iter().sum::<f64>());
            assert!(about(sums[0], 1.0) && about(sums[1], f64::from(basis.n)), "{sums:?}");
        }
    }

    #[test]
    fn efficiency_is_the_mean_by_the_greatest_and_heeds_weights() {
        let shares = Shares { first: vec![], any: vec![0.2, 0.4, 0.0, 0.6] };
        assert!(about(shares.efficiency(&[]), 0.4 / 0.6));
        // The least gone, the others have as much as they should: 2 to 3.
        let shares = Shares { first: vec![], any: vec![0.4, 0.6] };
        assert!(about(shares.efficiency(&[Weight(20), Weight(30)]), 1.0));
    }

    #[test]
    fn a_node_that_joins_equal_ranges_moves_its_own_share_alone() {
        let basis = basis(Placement::EqualRanges, 10, 16);
        let add = Change::Add { node: NodeId(10), zone: Zone(0), weight: Weight::ONE };
        let forecast = Forecast::of(&basis.first_ring(), &basis, &add).expect("there is room");
        assert!(about(forecast.moved, 15.0 / 160.0), "{}", forecast.moved);
        let fair = Bound::FairShare { node: NodeId(10), share: 1.0 / 11.0 };
        assert_eq!(forecast.bound, fair);
        let [_, after] = forecast.ends();
        assert!(about(after.shares().any[10], 45.0 / 160.0));
    }

    #[test]
    fn a_node_that_leaves_random_tokens_moves_what_it_held() {
        let basis = basis(Placement::RandomTokens, 6, 8);
        let change = Change::Remove { node: NodeId(2) };
        let forecast = Forecast::of(&basis.first_ring(), &basis, &change).expect("others stay");
        assert!(about(forecast.moved, forecast.bound.share()), "{forecast:?}");
        assert!(forecast.moved > 0.1);
        let moves = (0..1_000u32).map(|at| forecast.moves_at(Token::of_bytes(&at.to_le_bytes())));
        let counted = moves.sum::<usize>() as f64 / 3_000.0;
        assert!((counted - forecast.moved).abs() < 0.03, "{counted} of {}", forecast.moved);
    }

    #[test]
    fn a_range_that_goes_to_another_node_must_move_at_least_itself() {
        let basis = basis(Placement::EqualRanges, 6, 2);
        let ring = basis.first_ring();
        let token = ring.vnodes()[4].token;
        let [far, near] = [NodeId(1), NodeId(5)].map(|to| {
            let change = Change::Move { token, to };
            Forecast::of(&ring, &basis, &change).expect("both are members")
        });
        assert_eq!(far.bound, Bound::Range { share: ring.width(4) / 3.0 });
        assert_eq!(near.bound, Bound::Nothing);
        assert!(far.moved >= far.bound.share() && near.moved > 0.0);
        let cut = Token(token.0 - (token.0 >> 4));
        let split = Change::Split { token, at: cut, to: NodeId(1) };
        let split = Forecast::of(&ring, &basis, &split).expect("it lies inside");
        assert!(split.moved < far.moved);
    }
}
