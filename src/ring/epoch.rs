//! Topologies: who owns what, by epoch, and the stages in which ownership changes.
//!
//! A topology is a value. Each has a number, its *epoch*, and the next one follows from it by a rule
//! that everybody can check: [`Topology::with`] takes a change into the queue, and
//! [`Topology::advanced`] goes one stage further with the change at its head:
//!
//! ```text
//!             owners vote on reads   take writes          meanwhile
//!   prepare   old                    old                  everybody hears of it
//!   write     old                    old and new          writes need W in the old and in the new set
//!   stream    old                    old and new          pending owners fetch what they lack
//!   read      new                    old and new
//!   (done)    new                    new                  old owners drop what they hold
//! ```
//!
//! In every preference list at most one owner is *displaced*, by one *pending owner*: their
//! [`Swap`](super::Swap). A change that would do more is made in several steps, each with all its stages.
//!
//! Why no acknowledged write is lost, if nobody ever counts the vote of a replica that has another
//! epoch, and if no stage begins before so many owners know the one before that the others are no
//! quorum. (1) Before anybody streams, no write can be acknowledged by old owners alone. (2) A write
//! that was, has the vote of the displaced owner or W others; the pending owner takes all that the
//! displaced one has, and so its place in every quorum. A displaced owner that is dead is made up
//! for by so many others that every quorum is met among them. (3) When reads move, the pending owner
//! has all that; writes still reach the old owners, so that a read there, by somebody who has not
//! heard, misses nothing. (4) When writes leave the old owners, nobody can read there any more.
//!
//! Must never know: how the next epoch is agreed upon (`node`), whether anybody is up.
//!
//! Caveats: a change can be cancelled until reads have moved, not afterwards, and not where a node was
//! taken for dead. What a cancelled change has behind it in steps stays.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::plan::{Basis, Change, MOST_TOKENS, targets};
use super::stage::{ChangeId, Epoch, Stage, Turn, Underway, Wish};
use super::{Ring, Vnode};
use crate::base::{Error, NodeId, Result, heap_sort};

/// Who owns what, and what is about to change: the value that the members of the cluster agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    pub epoch: Epoch,
    /// What changes are planned by: N, the placement, weights, zones.
    pub basis: Basis,
    /// The ring in force.
    vnodes: Arc<[Vnode]>,
    pub underway: Option<Underway>,
    /// Changes that wait.
    pub queue: VecDeque<(ChangeId, Change)>,
    /// Who was removed, and may still hold something that others lack.
    pub leaving: Vec<NodeId>,
    /// The last wish that was heeded.
    pub heeded: ChangeId,
    /// What this epoch brought.
    pub turn: Turn,
}

impl Topology {
    /// The topology that a cluster begins with.
    pub fn founded(ring: &Ring, basis: Basis) -> Self {
        Self {
            epoch: Epoch::FIRST,
            basis,
            vnodes: ring.vnodes().into(),
            underway: None,
            queue: VecDeque::new(),
            leaving: Vec::new(),
            heeded: ChangeId::default(),
            turn: Turn::Founded,
        }
    }

    /// The ring in force.
    pub fn ring(&self) -> Ring {
        Ring::new(self.vnodes.to_vec(), self.basis.zones.clone())
    }

    /// The ring that the step under way leads to.
    pub fn target(&self) -> Option<Ring> {
        let vnodes = self.underway.as_ref()?.targets.front()?;
        Some(Ring::new(vnodes.to_vec(), self.basis.zones.clone()))
    }

    /// Everybody who owns anything, or is about to: ascending.
    pub fn members(&self) -> Vec<NodeId> {
        let target = self.underway.iter().flat_map(|underway| underway.targets.iter());
        let all = target.chain([&self.vnodes]).flat_map(|vnodes| vnodes.iter());
        let mut is_member = vec![false; self.basis.zones.len()];
        all.for_each(|vnode| is_member[vnode.node.index()] = true);
        (0..).map(NodeId).zip(is_member).filter(|(_, is)| *is).map(|(node, _)| node).collect()
    }

    /// Whether a change that is under way or waits takes this node for dead: nobody waits for it.
    pub fn is_given_up(&self, dead: NodeId) -> bool {
        let waiting = self.queue.iter().map(|(_, change)| change);
        let mut all = waiting.chain(self.underway.iter().map(|underway| &underway.change));
        all.any(|change| matches!(change, Change::Replace { node, .. } if *node == dead))
    }

    /// About how many bytes it takes in a message.
    pub fn bytes(&self) -> u64 {
        let rings = self.underway.iter().flat_map(|underway| underway.targets.iter());
        let vnodes: usize = [&self.vnodes].into_iter().chain(rings).map(|ring| ring.len()).sum();
        (size_of::<Vnode>() * vnodes) as u64
    }

    /// Whether nothing is under way, and nothing waits.
    pub fn is_settled(&self) -> bool {
        self.underway.is_none() && self.queue.is_empty()
    }

    fn followed(&self, turn: Turn) -> Self {
        Self { epoch: self.epoch.next(), turn, ..self.clone() }
    }

    /// The next topology, which heeds a wish.
    ///
    /// # Panics
    /// If a later wish was heeded already.
    pub fn with(&self, id: ChangeId, wish: &Wish) -> Self {
        assert!(id > self.heeded, "wish {} was heeded before", id.0);
        let mut next = match wish {
            Wish::Change(change) => {
                let mut next = self.followed(Turn::Queued(change.clone()));
                next.queue.push_back((id, change.clone()));
                next
            }
            Wish::Cancel => match self.cancelled() {
                Ok(next) => next,
                Err(error) => {
                    self.followed(Turn::Refused { wish: Wish::Cancel, why: error.message })
                }
            },
        };
        next.heeded = id;
        next
    }

    /// The next topology, which takes in a change that nobody wished for: the load balancer plans it.
    pub fn with_planned(&self, change: &Change, why: &str) -> Self {
        let turn = Turn::Planned { change: change.clone(), why: why.to_owned() };
        let mut next = self.followed(turn);
        next.queue.push_back((self.heeded, change.clone()));
        next
    }

    fn cancelled(&self) -> Result<Self> {
        match &self.underway {
            None => Err(Error::refused("no change is under way: there is nothing to cancel")),
            Some(Underway { stage: Stage::Read, change, .. }) => Err(Error::refused(format!(
                "reads have moved to the new owners: {change} is all but done"
            ))),
            Some(Underway { change: Change::Replace { node, .. }, .. }) => {
                Err(Error::refused(format!("{node} was taken for dead: nothing can go back to it")))
            }
            Some(underway) => {
                let mut next = self.followed(Turn::Cancelled(underway.change.clone()));
                next.underway = None;
                next.basis.vnodes = underway.vnodes;
                let weights = next.basis.weights.iter_mut().zip(&underway.weights);
                weights.for_each(|(weight, before)| *weight = *before);
                next.leave_those_without(self);
                Ok(next)
            }
        }
    }

    /// The topology one stage further with the change under way, or with the first of those that
    /// wait; none if there is nothing to do.
    pub fn advanced(&self) -> Option<Self> {
        let Some(underway) = &self.underway else { return self.begun() };
        let next_stage = Stage::ALL.into_iter().find(|stage| *stage > underway.stage);
        let change = underway.change.clone();
        let mut underway = underway.clone();
        let Some(stage) = next_stage else {
            let reached = underway.targets.pop_front().expect("a step leads somewhere");
            underway.steps_done += 1;
            let mut next = match underway.targets.is_empty() {
                true => self.followed(Turn::Done(change)),
                false => self.followed(underway.staged(Stage::Prepare)),
            };
            next.vnodes = reached;
            underway.since = next.epoch;
            next.underway = (!underway.targets.is_empty()).then_some(underway);
            next.leave_those_without(self);
            return Some(next);
        };
        let mut next = self.followed(underway.staged(stage));
        underway.since = next.epoch;
        next.underway = Some(underway);
        Some(next)
    }

    /// Who was a member before and is none now is asked after until it holds nothing, unless it was
    /// taken for dead.
    fn leave_those_without(&mut self, before: &Self) {
        let members = self.members();
        let left = before.members().into_iter().filter(|node| !members.contains(node));
        self.leaving.extend(left.filter(|node| !before.is_given_up(*node)));
    }

    /// The next topology, in which a node that was leaving is gone.
    pub fn without(&self, node: NodeId) -> Self {
        let mut next = self.followed(Turn::Left(node));
        next.leaving.retain(|leaving| *leaving != node);
        next
    }

    /// Whether a node was a member once, and has nothing to do with the cluster any more.
    pub fn is_gone(&self, node: NodeId) -> bool {
        node.index() < self.basis.zones.len()
            && !self.members().contains(&node)
            && !self.leaving.contains(&node)
    }

    fn begun(&self) -> Option<Self> {
        let (id, change) = self.queue.front()?.clone();
        let mut next = match targets(&self.ring(), &self.basis, &change) {
            Err(error) => {
                let wish = Wish::Change(change);
                self.followed(Turn::Refused { wish, why: error.message })
            }
            Ok(rings) if rings.is_empty() => self.followed(Turn::Done(change)),
            Ok(rings) => {
                let targets = rings.iter().map(|ring| ring.vnodes().into()).collect();
                let (basis, stage) = (self.basis.after(&change), Stage::Prepare);
                let since = self.epoch.next();
                let (weights, vnodes) = (self.basis.weights.clone(), self.basis.vnodes);
                let steps_done = 0;
                let mut underway =
                    Underway { id, change, stage, since, targets, steps_done, weights, vnodes };
                let mut next = self.followed(underway.staged(Stage::Prepare));
                next.basis = basis;
                next.underway = Some(underway);
                next
            }
        };
        next.queue.pop_front();
        Some(next)
    }

    /// Refuses a wish that makes no sense after all that waits before it.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn check(&self, wish: &Wish) -> Result<()> {
        let Wish::Change(wanted) = wish else { return self.cancelled().map(|_| ()) };
        let (ring, basis) = self.in_the_end();
        targets(&ring, &basis, wanted).map(|_| ())
    }

    /// The ring that all that is under way and waits leads to, and what is planned by then.
    pub fn in_the_end(&self) -> (Ring, Basis) {
        let (ring, basis, _) = self.on_the_way();
        (ring, basis)
    }

    /// Who will be the members on the way there: those of this epoch, and, for each change that
    /// waits, those of before it, and those of before and after it together.
    pub fn memberships(&self) -> Vec<Vec<NodeId>> {
        self.on_the_way().2
    }

    fn on_the_way(&self) -> (Ring, Basis, Vec<Vec<NodeId>>) {
        let mut memberships = vec![self.members()];
        let mut basis = self.basis.clone();
        let mut ring = self.ring();
        if let Some(last) = self.underway.as_ref().and_then(|underway| underway.targets.back()) {
            ring = Ring::new(last.to_vec(), basis.zones.clone());
        }
        for (_, change) in &self.queue {
            // One that cannot be made will be refused when its time comes.
            if let Ok(rings) = targets(&ring, &basis, change) {
                basis = basis.after(change);
                let before = ring.members().to_vec();
                ring = rings.into_iter().last().unwrap_or(ring);
                let after = ring.members().iter().filter(|node| !before.contains(node));
                let both = before.iter().chain(after).copied().collect();
                memberships.extend([before, both]);
            }
        }
        memberships.push(ring.members().to_vec());
        (ring, basis, memberships)
    }

    /// Whether this can be a topology: what was read from outside may claim anything.
    pub fn is_sound(&self) -> bool {
        let rings = self.underway.iter().flat_map(|underway| underway.targets.iter());
        let rings_are_sound = [&self.vnodes].into_iter().chain(rings).all(|vnodes| {
            let ascends = vnodes.is_sorted_by(|one, next| one.token < next.token);
            let mut owners: Vec<NodeId> = vnodes.iter().map(|vnode| vnode.node).collect();
            heap_sort(&mut owners, NodeId::cmp);
            owners.dedup();
            // Between its steps a change can have both rings' tokens.
            ascends
                && vnodes.len() <= 2 * MOST_TOKENS
                && self.basis.n >= 1
                && owners.len() >= usize::from(self.basis.n)
                && owners.last().is_some_and(|last| last.index() < self.basis.zones.len())
        });
        rings_are_sound
            && self.basis.is_sound()
            && self.epoch >= Epoch::FIRST
            && self.epoch.0 < u32::MAX / 2
            && self.heeded.0 < u32::MAX / 2
            && self.underway.as_ref().is_none_or(|underway| !underway.targets.is_empty())
    }
}
