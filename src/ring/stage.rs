//! The words of a change of ownership: epochs, wishes, stages, and what an epoch brought.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::plan::Change;
use super::{Vnode, Weight};
use crate::base::NodeId;

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
    pub(super) targets: VecDeque<Arc<[Vnode]>>,
    /// How many steps lie behind it.
    pub steps_done: u32,
    /// What was planned by before.
    pub(super) weights: Vec<Weight>,
    pub(super) vnodes: u16,
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
    /// The load balancer wants a change, and why.
    Planned { change: Change, why: String },
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
            Turn::Planned { why, .. } => write!(f, "the balancer {why}"),
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

impl Underway {
    /// Comes to a stage of its present step.
    pub(super) fn staged(&mut self, stage: Stage) -> Turn {
        self.stage = stage;
        let (step, steps) = (self.steps_done + 1, self.steps());
        Turn::Staged { change: self.change.clone(), stage, step, steps }
    }
}
