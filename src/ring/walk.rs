//! The walk that finds an item's owners.

use super::{Ring, Token, Vnode};
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
