//! Preference lists: the walk that finds an item's owners, and a table of its results.

use std::sync::OnceLock;

use super::{Ring, Shares, Token, Vnode};
use crate::base::NodeId;

/// What the walk made of a vnode that it passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its node joins the preference list at this place, counted from 0.
    Owner { place: usize },
    /// Its node is in the list already.
    SameNode,
    /// Its zone is in the list already, and other zones are not yet.
    SameZone,
}

/// A vnode that the walk passed, and why it was taken or skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkStep {
    pub vnode: Vnode,
    pub verdict: Verdict,
}

impl Ring {
    /// Walks clockwise from `position` until `n` owners are found, and reports every vnode passed.
    ///
    /// The result holds exactly `n` owners, or all members if there are fewer. Owners found only
    /// after all zones were covered may be reported before the walk's last step, at the vnode where
    /// they were first passed.
    pub fn walk_to_owners(&self, position: Token, n: usize) -> Vec<WalkStep> {
        let n = n.min(self.members().len());
        let zone_goal = n.min(self.member_zones());
        let mut steps: Vec<WalkStep> = Vec::new();
        let mut owners: Vec<NodeId> = Vec::with_capacity(n);
        for vnode in self.walk(position) {
            if owners.len() == zone_goal {
                break;
            }
            let zone = self.zone(vnode.node);
            let verdict = if owners.contains(&vnode.node) {
                Verdict::SameNode
            } else if owners.iter().any(|owner| self.zone(*owner) == zone) {
                Verdict::SameZone
            } else {
                owners.push(vnode.node);
                Verdict::Owner { place: owners.len() - 1 }
            };
            steps.push(WalkStep { vnode, verdict });
        }
        self.fill_from_any_zone(position, n, &mut owners, &mut steps);
        steps
    }

    /// Once every zone has its owner, the remaining places go to the next nodes of the walk,
    /// whatever their zone.
    fn fill_from_any_zone(
        &self,
        position: Token,
        n: usize,
        owners: &mut Vec<NodeId>,
        steps: &mut Vec<WalkStep>,
    ) {
        for (index, vnode) in self.walk(position).enumerate() {
            if owners.len() == n {
                return;
            }
            let verdict = if owners.contains(&vnode.node) {
                Verdict::SameNode
            } else {
                owners.push(vnode.node);
                Verdict::Owner { place: owners.len() - 1 }
            };
            match steps.get_mut(index) {
                Some(step) if matches!(verdict, Verdict::Owner { .. }) => step.verdict = verdict,
                Some(_) => {}
                None => steps.push(WalkStep { vnode, verdict }),
            }
        }
    }
}

/// The preference list of every token range, computed once for a ring and an N.
#[derive(Clone, Debug)]
pub struct PreferenceLists {
    ring: Ring,
    n: usize,
    /// `n` owners per vnode, in the order of the ring's vnodes.
    owners: Vec<NodeId>,
    /// Once somebody has asked.
    shares: OnceLock<Shares>,
}

impl PreferenceLists {
    /// # Panics
    /// If `n` is zero or above the number of members.
    pub fn new(ring: Ring, n: usize) -> Self {
        let members = ring.members().len();
        assert!((1..=members).contains(&n), "N = {n} of {members} nodes");
        let mut owners = Vec::with_capacity(ring.vnodes().len() * n);
        for vnode in ring.vnodes() {
            let mut list = vec![None; n];
            for step in ring.walk_to_owners(vnode.token, n) {
                if let Verdict::Owner { place } = step.verdict {
                    list[place] = Some(step.vnode.node);
                }
            }
            owners.extend(list.into_iter().map(|node| node.expect("the walk finds N owners")));
        }
        Self { ring, n, owners, shares: OnceLock::new() }
    }

    pub fn ring(&self) -> &Ring {
        &self.ring
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
        let n = seen.len();
        for vnode in self.ring.walk(position) {
            if seen.len() == self.ring.members().len() {
                break;
            }
            if !seen.contains(&vnode.node) {
                seen.push(vnode.node);
            }
        }
        seen.split_off(n)
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
