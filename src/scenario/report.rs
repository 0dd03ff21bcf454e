//! Views of a world as text.

use std::fmt::Write as _;

use super::backup::{backups, remembered};
use super::balancer::balancer;
use super::faults::{network, node_faults};
use super::index::indexes;
use super::ring::{placements, plan, ring};
use super::topology::topology;
use super::workload::workloads;
use super::{Line, item_key};
use crate::base::{Result, heap_sort};
use crate::node::MessageKind;
use crate::ring::Verdict;
use crate::sim::{Count, Event, EventKind, Flight, World};
use crate::storage::{Held, ItemKey};
use crate::travel::History;

/// What a line that only looks at the world shows; none for any other line.
///
/// # Errors
/// If the line names an item that cannot exist.
pub fn report(history: &History, line: &Line) -> Result<Option<String>> {
    let world = history.world();
    Ok(Some(match line {
        Line::Replicas { table, key } => replicas(world, &item_key(world, table, key)?),
        Line::Locate { table, key } => locate(world, &item_key(world, table, key)?),
        Line::Nodes => nodes(world),
        Line::Network => network(world),
        Line::Messages => messages(world),
        Line::Ring => ring(world),
        Line::Topology => topology(world),
        Line::Balancer => balancer(world),
        Line::Indexes => indexes(world),
        Line::Backups => backups(world),
        Line::Plan(line) => plan(world, line)?,
        Line::Placements => placements(),
        Line::Hints => hints(world),
        Line::Views => views(world),
        Line::Traffic => traffic(world),
        Line::Digest => digests(world),
        Line::Workloads => workloads(history),
        _ => return Ok(None),
    }))
}

/// What every owner has of an item, one line each.
pub fn replicas(world: &World, key: &ItemKey) -> String {
    let mut text = String::new();
    for replica in world.replicas(key) {
        let place = match replica.place {
            Some(place) => format!("owner {}", place + 1),
            None => "no owner".to_owned(),
        };
        let state = if replica.up { "up" } else { "down" };
        let held = replica.held.as_ref().map_or("nothing".to_owned(), versions);
        let stale = if replica.stale { " (stale)" } else { "" };
        let _ = write!(text, "{} {place}, {state}: {held}{stale}", replica.node);
        if let Some(promised) = replica.promised {
            let _ = write!(text, "; promised {promised}");
        }
        for (owner, hint) in &replica.hints {
            let _ = write!(text, "; keeps for {owner}: {}", versions(hint));
        }
        text.push('\n');
    }
    text
}

/// All versions that are held of an item.
fn versions(held: &Held) -> String {
    let each = held.versions().iter().map(|version| match &version.item {
        Some(item) => format!("{} {}", version.stamp, item.to_json()),
        None => format!("{} deleted", version.stamp),
    });
    each.collect::<Vec<_>>().join(" | ")
}

/// What nodes keep for owners that could not take it, one line for each item and owner.
pub fn hints(world: &World) -> String {
    let mut text = String::new();
    for (node, owner, key, held) in world.hints() {
        let _ = writeln!(text, "{node} keeps {key} for {owner}: {}", versions(held));
    }
    match text.is_empty() {
        true => "no hints\n".to_owned(),
        false => text,
    }
}

/// Whom every node takes for dead, one line each.
pub fn views(world: &World) -> String {
    let mut text = String::new();
    for status in world.node_statuses() {
        let names: Vec<String> = status.suspects.iter().map(|node| node.to_string()).collect();
        let _ = match (status.up, names.is_empty()) {
            (false, _) => writeln!(text, "{} is down", status.node),
            (true, true) => writeln!(text, "{} suspects nobody", status.node),
            (true, false) => writeln!(text, "{} suspects {}", status.node, names.join(", ")),
        };
    }
    text
}

/// Messages and bytes sent so far, one line for each kind that there was.
pub fn traffic(world: &World) -> String {
    let mut text = String::new();
    for kind in MessageKind::all() {
        let Count { messages, bytes } = world.traffic().of(kind);
        if messages > 0 {
            let _ = writeln!(text, "{kind}: {messages} messages, {bytes} bytes");
        }
    }
    text
}

/// Every message under way, one line each: those that arrive first come first, those that wait in
/// front of a paused node last.
pub fn messages(world: &World) -> String {
    let mut under_way: Vec<Flight> = world.flights().collect();
    heap_sort(&mut under_way, |a, b| (a.arrives_at, a.message).cmp(&(b.arrives_at, b.message)));
    let mut text = String::new();
    for flight in under_way {
        let Flight { arrives_at, .. } = flight;
        let _ = writeln!(text, "{}, due at {arrives_at}", message(&flight));
    }
    for flight in world.waiting_flights() {
        let _ = writeln!(text, "{} waits, {} is paused", message(&flight), flight.to);
    }
    match text.is_empty() {
        true => "no messages\n".to_owned(),
        false => text,
    }
}

fn message(Flight { message, request, kind, from, to, refusal, .. }: &Flight) -> String {
    let request = request.map_or(String::new(), |request| format!("{request} "));
    let refused = if *refusal { " refused" } else { "" };
    format!("{message} {request}{from} → {to}: {kind}{refused}")
}

/// An item's position and the walk to its owners.
pub fn locate(world: &World, key: &ItemKey) -> String {
    let mut text = format!("{key} at {}\n", key.position);
    for step in world.walk(key) {
        let what = match step.verdict {
            Verdict::Owner { place } => format!("owner {}", place + 1),
            Verdict::SameNode => "skipped, same node".to_owned(),
            Verdict::SameZone => "skipped, same zone".to_owned(),
        };
        let _ = writeln!(text, "{} {} {what}", step.vnode.token, step.vnode.node);
    }
    text
}

/// How every node is doing, one line each.
pub fn nodes(world: &World) -> String {
    let mut text = String::new();
    for status in world.node_statuses() {
        let state = if status.up { "up" } else { "down" };
        let _ = writeln!(
            text,
            "{} {state}, incarnation {}, {} items, {} bytes, {} tombstones{}{}",
            status.node,
            status.incarnation.0,
            status.items,
            status.bytes,
            status.tombstones,
            remembered(world, status.node),
            node_faults(&status)
        );
    }
    text
}

/// The digests of trace and state.
pub fn digests(world: &World) -> String {
    format!("trace {}\nstate {}\n", world.trace().digest(), world.state_digest())
}

/// Events, one line each. Messages are shown when they arrive, with the time they took, not when
/// they leave.
pub(super) fn lines<'a>(events: impl Iterator<Item = &'a Event>) -> String {
    let shown = events.filter(|event| !matches!(event.kind, EventKind::Sent { .. }));
    shown.map(|event| format!("{event}\n")).collect()
}
