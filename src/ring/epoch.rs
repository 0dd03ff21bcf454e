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
//! [`Swap`]. A change that would do more is made in several steps, each with all its stages.
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
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::plan::{Basis, Change, targets};
use super::{Ring, Vnode, Weight};
use crate::base::{Error, NodeId, Result, heap_sort};

/// The number of a topology, counted from 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Epoch(pub u32);

impl Epoch {
    pub const FIRST: Self = Self(1);

    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch {}", self.0)
    }
}

/// The number of a change in the order in which they were asked for, counted from 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct ChangeId(pub u32);

/// How far a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// It is known what is to come.
    Prepare,
    /// Old and new owners take writes.
    Write,
    /// Pending owners fetch what they lack.
    Stream,
    /// Reads go to the new owners.
    Read,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::Prepare, Self::Write, Self::Stream, Self::Read];
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Prepare => "prepare",
            Self::Write => "write",
            Self::Stream => "stream",
            Self::Read => "read",
        })
    }
}

/// What an operator asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    Change(Change),
    /// Give up the change that is under way.
    Cancel,
}

impl fmt::Display for Wish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wish::Change(change) => change.fmt(f),
            Wish::Cancel => f.write_str("cancel"),
        }
    }
}

/// A change that has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Underway {
    pub id: ChangeId,
    pub change: Change,
    pub stage: Stage,
    /// In which epoch this stage began.
    pub since: Epoch,
    /// The vnodes of the rings to go through, from the next one to the last.
    targets: VecDeque<Arc<[Vnode]>>,
    /// How many steps lie behind it.
    pub steps_done: u32,
    /// What was planned by before.
    weights: Vec<Weight>,
    vnodes: u16,
}

impl Underway {
    /// How many steps there are in all, each with all stages.
    pub fn steps(&self) -> u32 {
        self.steps_done + self.targets.len() as u32
    }
}

/// What an epoch brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Turn {
    /// The cluster began like this.
    Founded,
    /// A change waits for those before it.
    Queued(Change),
    /// A change has come to a stage.
    Staged { change: Change, stage: Stage, step: u32, steps: u32 },
    /// A change is done.
    Done(Change),
    /// A change was given up on the way.
    Cancelled(Change),
    /// A node that was removed holds nothing any more, and is gone.
    Left(NodeId),
    /// A wish made no sense any more when its time came.
    Refused { wish: Wish, why: String },
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Turn::Founded => f.write_str("the cluster begins"),
            Turn::Queued(change) => write!(f, "{change} is to be done"),
            Turn::Staged { change, stage, step, steps } => {
                write!(f, "{change}, stage {stage}")?;
                match steps {
                    1 => Ok(()),
                    _ => write!(f, " of step {step} of {steps}"),
                }
            }
            Turn::Done(change) => write!(f, "{change} is done"),
            Turn::Cancelled(change) => write!(f, "{change} is cancelled"),
            Turn::Left(node) => write!(f, "{node} has left"),
            Turn::Refused { wish, why } => write!(f, "{wish} is refused: {why}"),
        }
    }
}

/// One owner of a token range makes room for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swap {
    /// The one that is in the present preference list only.
    pub leaves: NodeId,
    /// The one that is in the other list only.
    pub joins: NodeId,
}

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
        let mut basis = self.basis.clone();
        let mut ring = self.ring();
        if let Some(last) = self.underway.as_ref().and_then(|underway| underway.targets.back()) {
            ring = Ring::new(last.to_vec(), basis.zones.clone());
        }
        for (_, change) in &self.queue {
            // One that cannot be made will be refused when its time comes.
            if let Ok(rings) = targets(&ring, &basis, change) {
                basis = basis.after(change);
                ring = rings.into_iter().last().unwrap_or(ring);
            }
        }
        (ring, basis)
    }

    /// Whether this can be a topology: what was read from outside may claim anything.
    pub fn is_sound(&self) -> bool {
        let rings = self.underway.iter().flat_map(|underway| underway.targets.iter());
        let rings_are_sound = [&self.vnodes].into_iter().chain(rings).all(|vnodes| {
            let ascends = vnodes.is_sorted_by(|one, next| one.token < next.token);
            let mut owners: Vec<NodeId> = vnodes.iter().map(|vnode| vnode.node).collect();
            heap_sort(&mut owners, NodeId::cmp);
            owners.dedup();
            ascends
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

impl Underway {
    /// Comes to a stage of its present step.
    fn staged(&mut self, stage: Stage) -> Turn {
        self.stage = stage;
        let (step, steps) = (self.steps_done + 1, self.steps());
        Turn::Staged { change: self.change.clone(), stage, step, steps }
    }
}
