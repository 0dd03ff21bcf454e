//! From lines about faults to commands of the world, and back from what is wrong to lines.

use std::fmt::Write as _;

use super::Line;
use super::interpret::{asked, for_each};
use super::log::command_line;
use super::parse::parse;
use crate::base::{ClientId, Duration, Error, NodeId, Result, SortedMap, VirtualTime};
use crate::sim::{Command, LinkFault, NodeStatus, Split, World};
use crate::travel::History;

/// The commands that a line about faults asks for; none for any other line.
pub(super) fn faults(history: &History, line: &Line, client: ClientId) -> Result<Vec<Command>> {
    match line {
        Line::Pause(nodes) => for_each("pause", nodes, Command::Pause),
        Line::Resume(nodes) => for_each("resume", nodes, Command::Resume),
        Line::Wipe(nodes) => for_each("wipe", nodes, Command::Wipe),
        Line::Slow { node, by } => Ok(vec![Command::Slow { node: *node, by: *by }]),
        Line::Clock { node, skew, drift } => {
            Ok(vec![Command::SetClock { node: *node, skew: *skew, drift_ppm: *drift }])
        }
        Line::Split { nodes, from, oneway } => Ok(vec![Command::Split(Split {
            nodes: nodes.clone(),
            from: from.as_ref().map_or(Vec::new(), |names| names.0.clone()),
            oneway: oneway.unwrap_or(false),
        })]),
        Line::Link { one, other, latency, loss, duplicate, oneway } => {
            let fault = LinkFault {
                latency: latency.unwrap_or_default(),
                loss: loss.unwrap_or(0),
                duplicate: duplicate.unwrap_or(0),
            };
            let between = ends(*one, *other)?;
            Ok(vec![Command::SetLink { between, fault, oneway: oneway.unwrap_or(false) }])
        }
        Line::Heal => Ok(vec![Command::Heal]),
        Line::Drop(message) => Ok(vec![Command::Drop(*message)]),
        Line::Delay { message, by } => Ok(vec![Command::Delay { message: *message, by: *by }]),
        Line::Duplicate(message) => Ok(vec![Command::Duplicate(*message)]),
        Line::At { instant, line } => schedule(history, VirtualTime::ZERO + *instant, line, client),
        Line::In { span, line } => schedule(history, history.world().now() + *span, line, client),
        _ => Ok(Vec::new()),
    }
}

/// The two nodes of a link; none for every link.
fn ends(one: Option<NodeId>, other: Option<NodeId>) -> Result<Option<(NodeId, NodeId)>> {
    match (one, other) {
        (None, None) => Ok(None),
        (Some(one), Some(other)) => Ok(Some((one, other))),
        _ => Err(Error::invalid(
            "a link joins two nodes, such as: link A B loss=10. Without nodes, every link is meant",
        )),
    }
}

/// Every command of the line, each scheduled. A client named inside it goes before the one outside.
///
/// The table that a request needs is declared at once if it is not yet: otherwise the scheduled
/// request, written down and read again, would declare it twice.
fn schedule(
    history: &History,
    at: VirtualTime,
    line: &str,
    client: ClientId,
) -> Result<Vec<Command>> {
    let (line, inside) = parse(line)?;
    let client = if inside == ClientId(0) { client } else { inside };
    let commands = asked(history, &line, client)?;
    if commands.is_empty() {
        return Err(Error::invalid(
            "only what changes the cluster can be scheduled, such as: at 2s \'crash B\'",
        ));
    }
    let asks = matches!(commands.last(), Some(Command::Request(_) | Command::StartWorkload(_)));
    let when = |command| match command {
        Command::DefineTable(_) if asks => command,
        command => Command::Schedule { at, command: Box::new(command) },
    };
    Ok(commands.into_iter().map(when).collect())
}

/// What is wrong with a node beyond being down, each after a semicolon.
pub(super) fn node_faults(status: &NodeStatus) -> String {
    let mut text = String::new();
    if status.paused {
        let _ = write!(text, "; paused, {} waiting", status.waiting);
    }
    if status.slow_by > Duration::default() {
        let _ = write!(text, "; slow by {}", status.slow_by);
    }
    if !status.clock.is_right() {
        let _ = write!(text, "; {}", status.clock);
    }
    if !status.whole {
        text += "; lost its disk";
    }
    match status.requests {
        0 => {}
        1 => text += "; 1 request under way",
        requests => {
            let _ = write!(text, "; {requests} requests under way");
        }
    }
    text
}

/// The network in force, and the commands that would bring about what is wrong with it and what is
/// scheduled.
pub(super) fn network(world: &World) -> String {
    let mut text = format!("set network={}\n", world.network());
    let faults = world.faults();
    for split in faults.splits() {
        let _ = writeln!(text, "{split}");
    }
    let links: SortedMap<_, _> = faults.links().map(|(a, b, fault)| ((a, b), fault)).collect();
    for ((a, b), fault) in links.iter() {
        let same_back = links.get(&(*b, *a)) == Some(fault);
        if !same_back || a < b {
            let (between, oneway) = (Some((*a, *b)), !same_back);
            let _ = writeln!(text, "{}", Command::SetLink { between, fault: *fault, oneway });
        }
    }
    if !faults.everywhere().is_none() {
        let _ = writeln!(text, "link{}", faults.everywhere());
    }
    for (at, command) in world.scheduled() {
        let command = Box::new(command.clone());
        let _ = writeln!(text, "{}", command_line(&Command::Schedule { at, command }));
    }
    text
}
