//! What goes wrong, when, and when it ends.

use super::{Layout, Steps, one_in_hundred, pick};
use crate::base::{Duration, NodeId, RandomStream, VirtualTime};
use crate::lab::Step;
use crate::sim::{ClusterConfig, Command, LinkFault, Skew, Split};

/// Faults that begin at random instants. Most end again before everything is healed.
pub(super) fn draw(seed: u64, config: &ClusterConfig, layout: Layout, least: u32) -> Steps {
    let mut stream = RandomStream::new(seed, "disorder");
    let count = u64::from(least) + stream.below(8);
    let mut steps = Steps::new();
    for _ in 0..count {
        let begin = stream.below(layout.span.0.max(1));
        // From a thousandth to a third of the run; short ones are as likely as long ones.
        let share = [1, 3, 10, 30, 100, 300][stream.below(6) as usize];
        let lasts = 1 + stream.below(layout.span.0 * share / 1_000 + config.timeout.0);
        for (begins, ends) in fault(&mut stream, config) {
            let at = VirtualTime(begin);
            steps.push(timed(&mut stream, at, begins));
            if let Some(ends) = ends.filter(|_| one_in_hundred(&mut stream, 85)) {
                steps.push(timed(&mut stream, at + Duration(lasts), ends));
            }
        }
    }
    steps.retain(|(at, _)| at.0 < layout.span.0);
    steps
}

/// Some commands are given beforehand, for their time. A disk is lost only while few enough are,
/// which nobody knows beforehand.
fn timed(stream: &mut RandomStream, at: VirtualTime, command: Command) -> (VirtualTime, Step) {
    let is_loss = matches!(command, Command::Wipe(_));
    if is_loss || !one_in_hundred(stream, 15) {
        return (at, Step::Fault(command));
    }
    let given_at = VirtualTime(stream.below(at.0 + 1));
    (given_at, Step::Fault(Command::Schedule { at, command: Box::new(command) }))
}

/// The commands that begin a fault, each with the one that ends it.
fn fault(stream: &mut RandomStream, config: &ClusterConfig) -> Vec<(Command, Option<Command>)> {
    let node = NodeId(stream.below(config.nodes.into()) as u16);
    let timeout = config.timeout.0;
    match stream.below(100) {
        0..20 => vec![(Command::Crash(node), Some(Command::Restart(node)))],
        20..24 => blackout(stream, config),
        24..38 => vec![(Command::Wipe(node), Some(Command::Restart(node)))],
        38..50 => vec![(Command::Pause(node), Some(Command::Resume(node)))],
        50..57 => {
            let by = Duration(1 + stream.below(timeout * 3 / 2));
            let end = Command::Slow { node, by: Duration(0) };
            vec![(Command::Slow { node, by }, Some(end))]
        }
        57..69 => vec![clock(stream, node)],
        69..82 => vec![(split(stream, config), Some(Command::Heal))],
        82..98 => vec![link(stream, config)],
        _ => vec![(Command::Heal, None)],
    }
}

/// Several nodes lose power at once.
fn blackout(stream: &mut RandomStream, config: &ClusterConfig) -> Vec<(Command, Option<Command>)> {
    let all = (0..config.nodes).map(NodeId);
    let struck = all.filter(|_| one_in_hundred(stream, 70));
    struck.map(|node| (Command::Crash(node), Some(Command::Restart(node)))).collect()
}

fn clock(stream: &mut RandomStream, node: NodeId) -> (Command, Option<Command>) {
    let most = pick(stream, &[1_000, 100_000, 10_000_000, 3_600_000_000]);
    let skew = Skew(stream.below(2 * most) as i64 - most as i64);
    let ppm = pick(stream, &[200, 20_000, 1_000_000]);
    let drift = stream.below(2 * ppm) as i32 - ppm as i32;
    let (skew, drift_ppm) = match stream.below(3) {
        0 => (Some(skew), None),
        1 => (None, Some(drift)),
        _ => (Some(skew), Some(drift)),
    };
    let right = Command::SetClock { node, skew: Some(Skew(0)), drift_ppm: Some(0) };
    (Command::SetClock { node, skew, drift_ppm }, Some(right))
}

fn split(stream: &mut RandomStream, config: &ClusterConfig) -> Command {
    let all: Vec<NodeId> = (0..config.nodes).map(NodeId).collect();
    let mut sides = [Vec::new(), Vec::new(), Vec::new()];
    all.iter().for_each(|node| sides[stream.below(3) as usize].push(*node));
    let [mut nodes, from, neither] = sides;
    if nodes.is_empty() || nodes.len() == all.len() {
        nodes = vec![pick(stream, &all)];
    }
    // Without a second side, from all others.
    let is_between_two = !neither.is_empty() && one_in_hundred(stream, 30);
    let from = if is_between_two { from } else { Vec::new() };
    let from = from.into_iter().filter(|node| !nodes.contains(node)).collect();
    Command::Split(Split { nodes, from, oneway: one_in_hundred(stream, 40) })
}

fn link(stream: &mut RandomStream, config: &ClusterConfig) -> (Command, Option<Command>) {
    let a = NodeId(stream.below(config.nodes.into()) as u16);
    let b = NodeId((a.0 + 1 + stream.below(u64::from(config.nodes) - 1) as u16) % config.nodes);
    let between = one_in_hundred(stream, 60).then_some((a, b));
    let oneway = between.is_some() && one_in_hundred(stream, 40);
    let mut fault = LinkFault::default();
    if one_in_hundred(stream, 50) {
        let most = pick(stream, &[config.timeout.0 / 4, config.timeout.0 * 3, 9_000_000]);
        fault.latency = Duration(1 + stream.below(most));
    }
    if one_in_hundred(stream, 60) {
        fault.loss = 1 + stream.below(40) as u8;
    }
    if fault.is_none() || one_in_hundred(stream, 50) {
        fault.duplicate = 1 + stream.below(50) as u8;
    }
    let end = Command::SetLink { between, fault: LinkFault::default(), oneway };
    (Command::SetLink { between, fault, oneway }, Some(end))
}
