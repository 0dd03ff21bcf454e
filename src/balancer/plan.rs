//! The plan: which changes relieve the nodes that bear too much, at the least bytes moved.
//!
//! Greedy: of all changes that relieve the node that bears most, the one that takes away most of
//! what is too much, on all nodes, for what it costs. Moves of whole token ranges come first; a
//! range is split only where no move helps. In the end whatever later changes have made needless
//! is left out. There are two attempts, one that prefers few changes and one that prefers few
//! bytes, and the one that moves less is taken.
//!
//! No change makes another node the hottest: who bears more than before stays below the goal, or
//! at least below the node that is relieved.
//!
//! Caveat: greedy plans are not the best ones. `balance.moved` of the benches tells by how much.

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::load::{OfMean, PARTS};
use super::trial::{Outcome, Trial};
use crate::base::{NodeId, heap_sort};
use crate::ring::{Token, Vnode};

/// Changes in one plan, at most.
const LONGEST: usize = 64;
/// So many of the coldest nodes are considered as receivers.
const RECEIVERS: usize = 8;
/// Of so many of a node's hottest ranges it is considered to move them, and to split them.
const MOVABLE: usize = 256;
const SPLITTABLE: usize = 6;
/// A change has to take away at least this part of what a node should bear: one in so many.
const LEAST_GAIN: u64 = 256;
/// What a change costs beside the bytes that it moves, in each attempt: one in so many of all bytes.
const EFFORTS: [u64; 2] = [64, 4_096];

/// A change, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub change: Change,
    /// The node that it relieves, and what that bore before.
    pub from: NodeId,
    pub bore: OfMean,
    /// Bytes that it moves.
    pub bytes: u64,
}

/// What a plan is to reach, and what it has to leave alone.
pub struct Aim<'a> {
    /// No node is to bear more than this.
    pub goal: OfMean,
    /// Nodes that no plan can relieve.
    pub bound: &'a [NodeId],
    /// Nodes that take nothing.
    pub closed: &'a [NodeId],
    /// Whether a token was moved too recently to be moved again.
    pub is_fresh: &'a dyn Fn(Token) -> bool,
}

/// Plans on a trial ring, and makes the changes there.
pub fn plan(trial: &mut Trial, aim: &Aim) -> Vec<Step> {
    let before = trial.clone();
    let mut best: Option<((u64, u64), Vec<Step>)> = None;
    for effort in EFFORTS {
        let (after, steps) = attempt(&before, aim, effort);
        let bytes = steps.iter().map(|step| step.bytes).sum();
        // Whether anything is left matters more than how much has to be moved for it.
        let merit = (too_much(&after, aim) / (before.bears() / LEAST_GAIN + 1), bytes);
        if best.as_ref().is_none_or(|(least, _)| merit < *least) {
            (*trial, best) = (after, Some((merit, steps)));
        }
    }
    best.map(|(_, steps)| steps).unwrap_or_default()
}

fn attempt(before: &Trial, aim: &Aim, effort: u64) -> (Trial, Vec<Step>) {
    let mut trial = before.clone();
    let mut steps: Vec<Step> = Vec::new();
    let mut stuck = aim.bound.to_vec();
    while steps.len() < LONGEST
        && let Some((from, bore)) = hottest(&trial, &stuck)
        && bore > aim.goal
    {
        let effort = trial.bytes() / effort + 1;
        let mut search = Search { trial: &mut trial, aim, effort, from };
        match search.best_move().or_else(|| search.best_split()) {
            Some(Candidate { change, bytes, .. }) => {
                trial.apply(change);
                steps.push(Step { change, from, bore, bytes });
            }
            None => stuck.push(from),
        }
    }
    for index in (0..steps.len()).rev() {
        let mut fewer = steps.clone();
        fewer.remove(index);
        if let Some(without) = made(before, aim, &mut fewer)
            && too_much(&without, aim) <= too_much(&trial, aim)
        {
            (trial, steps) = (without, fewer);
        }
    }
    (trial, steps)
}

/// The ring after some steps of a plan, if they can be made without the others; what they move and
/// what they relieve may differ then.
fn made(before: &Trial, aim: &Aim, steps: &mut [Step]) -> Option<Trial> {
    let mut trial = before.clone();
    for step in steps {
        let outcome = trial.outcome(step.change)?;
        let fills = |node: NodeId, heat: u64| heat > trial.heat(node) && aim.closed.contains(&node);
        if outcome.heats.iter().any(|(node, heat)| fills(*node, *heat)) {
            return None;
        }
        step.bytes = outcome.bytes;
        step.bore = OfMean::of(trial.heat(step.from), trial.fair(step.from));
        trial.apply(step.change);
    }
    Some(trial)
}

/// What is above the goal, on all nodes together that can be relieved.
fn too_much(trial: &Trial, aim: &Aim) -> u64 {
    let nodes = trial.members().filter(|node| !aim.bound.contains(node));
    nodes.map(|node| trial.heat(node).saturating_sub(aim.goal.times(trial.fair(node)))).sum()
}

/// The node that bears most against what it should, of all but some.
pub fn hottest(trial: &Trial, but: &[NodeId]) -> Option<(NodeId, OfMean)> {
    let all = trial.members().filter(|node| !but.contains(node));
    let all = all.map(|node| (node, OfMean::of(trial.heat(node), trial.fair(node))));
    all.reduce(|first, other| if other.1 > first.1 { other } else { first })
}

/// A change that helps.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    change: Change,
    /// How much of what is too much, on all nodes, it takes away.
    gain: u64,
    bytes: u64,
    /// Bytes, and what it costs beside them.
    cost: u64,
}

impl Candidate {
    fn is_better_than(&self, other: &Candidate) -> bool {
        let merit = |gain: u64, others_cost: u64| u128::from(gain) * u128::from(others_cost);
        merit(self.gain, other.cost) > merit(other.gain, self.cost)
    }
}

/// The search for the next change.
struct Search<'a> {
    trial: &'a mut Trial,
    aim: &'a Aim<'a>,
    /// What a change costs beside the bytes that it moves.
    effort: u64,
    /// The node that is to be relieved.
    from: NodeId,
}

impl Search<'_> {
    /// Ranges that the node owns, in any place of their preference lists, go to cold nodes.
    fn best_move(&mut self) -> Option<Candidate> {
        let mut changes = Vec::new();
        let receivers = self.receivers();
        for index in self.ranges(MOVABLE) {
            let Vnode { token, node } = self.trial.vnodes()[index];
            // Whoever has a single token would be no member without it.
            if self.trial.vnodes().iter().filter(|vnode| vnode.node == node).nth(1).is_some() {
                changes.extend(receivers.iter().map(|to| Change::Move { token, to: *to }));
            }
        }
        self.best(&changes, self.effort)
    }

    /// Cold nodes become first owners of a part of a range that the node owns.
    fn best_split(&mut self) -> Option<Candidate> {
        let mut changes = Vec::new();
        let receivers = self.receivers();
        for index in self.ranges(SPLITTABLE) {
            let token = self.trial.vnodes()[index].token;
            for at in (1..PARTS).filter_map(|parts| self.trial.cut_at(index, parts)) {
                changes.extend(receivers.iter().map(|to| Change::Split { token, at, to: *to }));
            }
        }
        // A split leaves one more token for good: rather one that helps much.
        self.best(&changes, self.trial.bytes())
    }

    /// The hottest ranges that the node owns and that may be moved.
    fn ranges(&self, most: usize) -> Vec<usize> {
        let mut ranges: Vec<(u64, usize)> = Vec::new();
        for (index, vnode) in self.trial.vnodes().iter().enumerate() {
            let (heat, owners) = self.trial.range(index);
            if heat > 0 && owners.contains(&self.from) && !(self.aim.is_fresh)(vnode.token) {
                ranges.push((heat, index));
            }
        }
        heap_sort(&mut ranges, |one, other| other.cmp(one));
        ranges.into_iter().take(most).map(|(_, index)| index).collect()
    }

    /// The coldest nodes that could take something.
    fn receivers(&self) -> Vec<NodeId> {
        let trial = &self.trial;
        let takes = |node: &NodeId| *node != self.from && !self.aim.closed.contains(node);
        let bears = |node| (OfMean::of(trial.heat(node), trial.fair(node)), node);
        let mut nodes: Vec<(OfMean, NodeId)> = trial.members().filter(takes).map(bears).collect();
        heap_sort(&mut nodes, Ord::cmp);
        nodes.into_iter().take(RECEIVERS).map(|(_, node)| node).collect()
    }

    /// The best of some changes, each of which costs `effort` beside the bytes that it moves.
    fn best(&mut self, changes: &[Change], effort: u64) -> Option<Candidate> {
        let mut best: Option<Candidate> = None;
        for change in changes.iter().copied() {
            let Some(outcome) = self.trial.outcome(change) else { continue };
            let Some(gain) = self.gain(&outcome) else { continue };
            let (bytes, cost) = (outcome.bytes, outcome.bytes + effort);
            let candidate = Candidate { change, gain, bytes, cost };
            if best.is_none_or(|best| candidate.is_better_than(&best)) {
                best = Some(candidate);
            }
        }
        best
    }

    /// How much less there is, on all nodes, of what is too much; nothing if that is hardly
    /// anything, or if another node becomes the hottest.
    fn gain(&self, outcome: &Outcome) -> Option<u64> {
        let (trial, aim) = (&self.trial, self.aim);
        let relieved = outcome.heats.iter().find(|(node, _)| *node == self.from)?.1;
        let limit = aim.goal.max(OfMean::of(relieved, trial.fair(self.from)));
        let (mut less, mut more) = (0, 0);
        for (node, heat) in outcome.heats.iter().copied() {
            let fair = trial.fair(node);
            let grows = heat > trial.heat(node);
            if grows && (OfMean::of(heat, fair) > limit || aim.closed.contains(&node)) {
                return None;
            }
            let goal = aim.goal.times(fair);
            less += trial.heat(node).saturating_sub(goal);
            more += heat.saturating_sub(goal);
        }
        let least = trial.fair(self.from) / LEAST_GAIN + 1;
        less.checked_sub(more).filter(|gain| *gain >= least)
    }
}
