//! Preference lists: the owners of every token range, in a table.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::epoch::Topology;
use super::plan::Basis;
use super::stage::{Epoch, Stage, Swap};
use super::{Placement, Ring, Shares, Token, Verdict, Vnode};
use crate::base::{NodeId, heap_sort};

/// The preference list of every token range, computed once for a topology.
///
/// While a change is under way, ranges are those of the ring in force and of the one to come
/// together, so that each has one list in the one and one list in the other.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Topology", into = "Topology")]
pub struct PreferenceLists {
    topology: Topology,
    /// Everybody who owns anything, or is about to: ascending.
    members: Vec<NodeId>,
    /// The members, and who was removed and may still hold something: ascending.
    everyone: Vec<NodeId>,
    /// The ring by which reads find their owners, with its ranges cut where those of the other one
    /// end, if there is another one.
    ring: Ring,
    n: usize,
    /// `n` owners per range, in the order of the ring's vnodes: those who vote on reads.
    owners: Vec<NodeId>,
    /// Which owner makes room for which, by range; empty while nothing is under way.
    swaps: Vec<Option<Swap>>,
    /// Once somebody has asked.
    shares: OnceLock<Shares>,
}

impl PartialEq for PreferenceLists {
    fn eq(&self, other: &Self) -> bool {
        self.topology == other.topology
    }
}

impl Eq for PreferenceLists {}

impl From<PreferenceLists> for Topology {
    fn from(lists: PreferenceLists) -> Self {
        lists.topology
    }
}

impl TryFrom<Topology> for PreferenceLists {
    type Error = &'static str;

    /// What was read from outside may claim anything.
    fn try_from(topology: Topology) -> Result<Self, &'static str> {
        let lists = topology.is_sound().then(|| Self::build(topology)).flatten();
        lists.ok_or("no cluster has this topology")
    }
}

impl PreferenceLists {
    /// The lists that follow from a topology.
    ///
    /// # Panics
    /// If the topology cannot be.
    pub fn of(topology: Topology) -> Self {
        Self::build(topology).expect("a step changes one member of a preference list")
    }

    /// None if the change under way changes more than one member of a list.
    fn build(topology: Topology) -> Option<Self> {
        let (before, target) = (topology.ring(), topology.target());
        let n = usize::from(topology.basis.n);
        let members = topology.members();
        let mut everyone = members.clone();
        everyone.extend(&topology.leaving);
        heap_sort(&mut everyone, NodeId::cmp);
        everyone.dedup();
        let have_moved =
            topology.underway.as_ref().is_some_and(|underway| underway.stage == Stage::Read);
        let Some(target) = target else {
            let owners = owners_of(&before, &before, n);
            let swaps = Vec::new();
            let (ring, shares) = (before, OnceLock::new());
            return Some(Self { topology, members, everyone, ring, n, owners, swaps, shares });
        };
        let (present, other) = if have_moved { (target, before) } else { (before, target) };
        let mut cut: Vec<Vnode> = present.vnodes().to_vec();
        for vnode in other.vnodes() {
            let end = present.vnodes()[present.successor(vnode.token)];
            if end.token != vnode.token {
                cut.push(Vnode { token: vnode.token, node: end.node });
            }
        }
        let ring = Ring::new(cut, topology.basis.zones.clone());
        let (owners, others) = (owners_of(&ring, &present, n), owners_of(&ring, &other, n));
        let both = owners.chunks_exact(n).zip(others.chunks_exact(n));
        let swaps = both.map(|(present, other)| swap(present, other)).collect::<Option<_>>()?;
        let shares = OnceLock::new();
        Some(Self { topology, members, everyone, ring, n, owners, swaps, shares })
    }
}

/// The owners, by `by`, of each range of `ring`.
fn owners_of(ring: &Ring, by: &Ring, n: usize) -> Vec<NodeId> {
    let mut owners = Vec::with_capacity(ring.vnodes().len() * n);
    for vnode in ring.vnodes() {
        let mut list = vec![None; n];
        for step in by.walk_to_owners(vnode.token, n) {
            if let Verdict::Owner { place } = step.verdict {
                list[place] = Some(step.vnode.node);
            }
        }
        owners.extend(list.into_iter().map(|node| node.expect("the walk finds N owners")));
    }
    owners
}

/// What differs between two preference lists; `None` if it is more than one member.
fn swap(present: &[NodeId], other: &[NodeId]) -> Option<Option<Swap>> {
    let mut leaving = present.iter().filter(|node| !other.contains(node));
    let mut joining = other.iter().filter(|node| !present.contains(node));
    let Some((leaves, joins)) = leaving.next().zip(joining.next()) else { return Some(None) };
    leaving.next().is_none().then_some(Some(Swap { leaves: *leaves, joins: *joins }))
}

impl PreferenceLists {
    /// The lists of a cluster in which nothing changes.
    ///
    /// # Panics
    /// If `n` is zero or above the number of members.
    pub fn new(ring: Ring, n: usize) -> Self {
        let members = ring.members().len();
        assert!((1..=members).contains(&n), "N = {n} of {members} nodes");
        let zones = ring.zones().to_vec();
        let basis = Basis::new(n as u8, Placement::RandomTokens, 1, zones);
        Self::of(Topology::founded(&ring, basis))
    }

    /// The ring by which reads find their owners: the one in force, and at the last stage of a change
    /// the one to come. Its ranges are cut where those of the other one end.
    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// What these lists follow from.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    pub fn epoch(&self) -> Epoch {
        self.topology.epoch
    }

    /// Everybody who owns anything, or is about to: ascending.
    pub fn members(&self) -> &[NodeId] {
        &self.members
    }

    pub fn is_member(&self, node: NodeId) -> bool {
        self.members.binary_search(&node).is_ok()
    }

    /// The members, and who was removed and may still hold something: ascending.
    pub fn everyone(&self) -> &[NodeId] {
        &self.everyone
    }

    /// Whether a node owns any token range by the ring that reads go by.
    pub fn owns_any(&self, node: NodeId) -> bool {
        self.ring.members().contains(&node)
    }

    /// Who is about to own a token range: ascending. Nobody while nothing is under way.
    pub fn pending_owners(&self) -> Vec<NodeId> {
        let have_moved = self.stage() == Some(Stage::Read);
        let swaps = self.swaps.iter().flatten();
        let pending = swaps.map(|swap| if have_moved { swap.leaves } else { swap.joins });
        let mut pending: Vec<NodeId> = pending.collect();
        heap_sort(&mut pending, NodeId::cmp);
        pending.dedup();
        pending
    }

    /// Whether token ranges and their owners are the same, but for who else takes writes.
    pub fn has_same_ranges(&self, other: &Self) -> bool {
        self.owners == other.owners && self.ring.vnodes() == other.ring.vnodes()
    }

    fn stage(&self) -> Option<Stage> {
        Some(self.topology.underway.as_ref()?.stage)
    }

    /// Which owner of the range that ends at the ring's vnode number `index` makes room for which,
    /// at whatever stage.
    pub fn planned_swap(&self, index: usize) -> Option<Swap> {
        self.swaps.get(index).copied().flatten()
    }

    /// Who takes writes of this range beside its owners, and for which of these; from the stage of
    /// writes on.
    #[inline]
    pub fn swap_of_range(&self, index: usize) -> Option<Swap> {
        match self.swaps.is_empty() || self.stage() == Some(Stage::Prepare) {
            true => None,
            false => self.swaps[index],
        }
    }

    /// The same for the range of a position.
    #[inline]
    pub fn swap_at(&self, position: Token) -> Option<Swap> {
        match self.swaps.is_empty() {
            true => None,
            false => self.swap_of_range(self.ring.successor(position)),
        }
    }

    /// Whether a node takes writes at this position: as an owner, or a pending or displaced one.
    pub fn takes_writes(&self, node: NodeId, position: Token) -> bool {
        let range = self.ring.successor(position);
        let joins = self.swap_of_range(range).is_some_and(|swap| swap.joins == node);
        joins || self.of_range(range).contains(&node)
    }

    /// How much of the ring each node owns.
    pub fn shares(&self) -> &Shares {
        self.shares.get_or_init(|| Shares::of(self))
    }

    /// The replication factor N.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The members that are no owners of `position`, in the order in which the walk meets them: who
    /// steps in when owners are away (Dynamo paper, section 4.6).
    pub fn fallbacks(&self, position: Token) -> Vec<NodeId> {
        let mut seen = self.at(position).to_vec();
        // Who takes writes anyway takes none in the stead of others.
        let joins = self.swap_at(position).map(|swap| swap.joins);
        seen.extend(joins);
        let taken = seen.len();
        let strangers = joins.filter(|node| !self.ring.members().contains(node)).iter().count();
        for vnode in self.ring.walk(position) {
            if seen.len() == self.ring.members().len() + strangers {
                break;
            }
            if !seen.contains(&vnode.node) {
                seen.push(vnode.node);
            }
        }
        seen.split_off(taken)
    }

    /// The owners of an item at `position`, first owner first.
    #[inline]
    pub fn at(&self, position: Token) -> &[NodeId] {
        self.of_range(self.ring.successor(position))
    }

    /// The owners of the token range that ends at the ring's vnode number `index`, first owner
    /// first.
    ///
    /// # Panics
    /// If there is no such vnode.
    #[inline]
    pub fn of_range(&self, index: usize) -> &[NodeId] {
        &self.owners[index * self.n..(index + 1) * self.n]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::Zone;

    fn distinct<'a, T: PartialEq + 'a>(values: impl Iterator<Item = &'a T>) -> usize {
        let mut seen: Vec<&T> = Vec::new();
        for value in values {
            if !seen.contains(&value) {
                seen.push(value);
            }
        }
        seen.len()
    }

    fn zones(of: &[u8]) -> Vec<Zone> {
        of.iter().copied().map(Zone).collect()
    }

    #[test]
    fn walk_explains_every_vnode_it_passes() {
        let ring = Ring::with_random_tokens(zones(&[0; 5]), 16);
        let position = Token::of_item("Airports", b"SEA");
        let steps = ring.walk_to_owners(position, 3);
        let owners = steps.iter().filter(|s| matches!(s.verdict, Verdict::Owner { .. })).count();
        assert_eq!(owners, 3);
        assert!(matches!(steps.last().unwrap().verdict, Verdict::Owner { place: 2 }));
        let passed: Vec<Vnode> = steps.iter().map(|step| step.vnode).collect();
        assert_eq!(passed, ring.walk(position).take(steps.len()).collect::<Vec<_>>());
    }

    #[test]
    fn owners_stand_in_distinct_zones_while_there_are_any() {
        let ring = Ring::with_random_tokens(zones(&[0, 0, 0, 0, 1, 2]), 8);
        for n in 1..=6 {
            let lists = PreferenceLists::new(ring.clone(), n);
            for vnode in ring.vnodes() {
                let owners = lists.at(vnode.token);
                let covered =
                    distinct(owners.iter().map(|node| ring.zone(*node)).collect::<Vec<_>>().iter());
                assert_eq!(covered, n.min(3));
                assert_eq!(distinct(owners.iter()), n);
            }
        }
    }

    #[test]
    fn nodes_that_left_own_nothing() {
        let whole = Ring::with_random_tokens(zones(&[0, 1, 2, 0, 1]), 8);
        let gone = [NodeId(2), NodeId(4)];
        let stays = whole.vnodes().iter().filter(|vnode| !gone.contains(&vnode.node));
        let ring = Ring::new(stays.copied().collect(), whole.zones().to_vec());
        let lists = PreferenceLists::new(ring.clone(), 3);
        for vnode in ring.vnodes() {
            let mut met = lists.at(vnode.token).to_vec();
            met.extend(lists.fallbacks(vnode.token));
            met.sort();
            assert_eq!(met, ring.members());
            // Two zones are left: the first two owners stand in both.
            let owners = lists.at(vnode.token);
            assert_ne!(ring.zone(owners[0]), ring.zone(owners[1]));
        }
    }
}
