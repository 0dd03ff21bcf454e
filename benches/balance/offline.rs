//! The plan made offline: by somebody who knows all loads exactly and has all the time, greedily from
//! many beginnings, and then by local search.

use ringscope::balancer::{Change, OfMean, Trial, hottest};
use ringscope::base::{NodeId, RandomStream};

/// Greedy plans that are improved.
const STARTS: usize = 200;

/// Changes in the order in which they are made, and the bytes that they move.
#[derive(Clone, Debug, Default)]
struct Plan {
    changes: Vec<Change>,
    bytes: u64,
}

/// The least bytes found that bring every node of `before` down to `goal`.
pub fn bytes(before: &Trial, goal: OfMean, seed: u64) -> u64 {
    let mut stream = RandomStream::new(seed, "offline");
    let mut best: Option<Plan> = None;
    for start in 0..STARTS {
        // The first beginning has no chance in it.
        let chance = if start == 0 { 0.0 } else { 1.5 };
        let Some(plan) = greedy(before, goal, &mut stream, chance) else { continue };
        let plan = pruned(before, goal, plan);
        if best.as_ref().is_none_or(|best| plan.bytes < best.bytes) {
            best = Some(improved(before, goal, plan));
        }
    }
    best.expect("what the balancer reached can be reached").bytes
}

/// Takes, again and again, the move that takes away most of what is too much for each byte, more
/// or less as chance has it.
fn greedy(before: &Trial, goal: OfMean, stream: &mut RandomStream, chance: f64) -> Option<Plan> {
    let mut trial = before.clone();
    let mut plan = Plan::default();
    while excess(&trial, goal) > 0 {
        let mut best: Option<(f64, Change, u64)> = None;
        for change in moves(&trial, goal) {
            let Some((gain, bytes)) = effect(&mut trial, goal, change) else { continue };
            let factor = libm::exp(chance * (stream.unit() - 0.5));
            let merit = gain as f64 / (bytes + 50) as f64 * factor;
            if gain > 0 && best.is_none_or(|(most, ..)| merit > most) {
                best = Some((merit, change, bytes));
            }
        }
        let (_, change, bytes) = best?;
        trial.apply(change);
        plan.changes.push(change);
        plan.bytes += bytes;
    }
    Some(plan)
}

/// Leaves out, and replaces by something cheaper, one change after the other, for as long as that
/// helps.
fn improved(before: &Trial, goal: OfMean, mut plan: Plan) -> Plan {
    loop {
        let better = (0..plan.changes.len()).find_map(|index| {
            let mut fewer = plan.changes.clone();
            fewer.remove(index);
            let (mut trial, bytes) = made(before, &fewer)?;
            let mut best: Option<Plan> = None;
            for change in moves(&trial, goal) {
                let least = best.as_ref().map_or(plan.bytes, |best| best.bytes);
                let Some((gain, more)) = effect(&mut trial, goal, change) else { continue };
                if bytes + more < least && gain == excess(&trial, goal) as i64 {
                    let changes = fewer.iter().copied().chain([change]).collect();
                    best = Some(Plan { changes, bytes: bytes + more });
                }
            }
            best
        });
        match better {
            Some(better) => plan = pruned(before, goal, better),
            None => return plan,
        }
    }
}

/// Leaves out what is needless.
fn pruned(before: &Trial, goal: OfMean, mut plan: Plan) -> Plan {
    for index in (0..plan.changes.len()).rev() {
        let mut fewer = plan.changes.clone();
        fewer.remove(index);
        if let Some((trial, bytes)) = made(before, &fewer)
            && bytes <= plan.bytes
            && excess(&trial, goal) == 0
        {
            plan = Plan { changes: fewer, bytes };
        }
    }
    plan
}

fn made(before: &Trial, changes: &[Change]) -> Option<(Trial, u64)> {
    let mut trial = before.clone();
    let mut bytes = 0;
    for change in changes {
        bytes += trial.outcome(*change)?.bytes;
        trial.apply(*change);
    }
    Some((trial, bytes))
}

/// All moves of tokens that could relieve a node above the goal.
fn moves(trial: &Trial, goal: OfMean) -> Vec<Change> {
    let is_hot = |node: NodeId| trial.heat(node) > goal.times(trial.fair(node));
    let nodes: Vec<NodeId> = trial.members().collect();
    let mut moves = Vec::new();
    for (index, vnode) in trial.vnodes().iter().enumerate() {
        let (_, owners) = trial.range(index);
        if owners.iter().any(|owner| is_hot(*owner)) {
            moves.extend(nodes.iter().map(|to| Change::Move { token: vnode.token, to: *to }));
        }
    }
    moves
}

/// By how much a change lessens what is too much, and the bytes that it moves.
fn effect(trial: &mut Trial, goal: OfMean, change: Change) -> Option<(i64, u64)> {
    let outcome = trial.outcome(change)?;
    let mut gain = 0;
    for (node, heat) in &outcome.heats {
        let goal = goal.times(trial.fair(*node));
        gain += trial.heat(*node).saturating_sub(goal) as i64 - heat.saturating_sub(goal) as i64;
    }
    Some((gain, outcome.bytes))
}

/// What is too much, on all nodes.
fn excess(trial: &Trial, goal: OfMean) -> u64 {
    if hottest(trial, &[]).is_none_or(|(_, bears)| bears <= goal) {
        return 0;
    }
    let over = |node: NodeId| trial.heat(node).saturating_sub(goal.times(trial.fair(node)));
    trial.members().map(over).sum()
}
