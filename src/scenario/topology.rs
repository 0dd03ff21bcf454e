//! From lines about the topology to commands of the world, and what there is to tell of it.

use std::fmt::Write as _;

use super::Line;
use crate::base::{Error, NodeId, Result};
use crate::ring::{Change, Epoch, Underway, Weight, Wish, Zone};
use crate::sim::{Command, Standing, World};

/// The commands that a line about the topology asks for; none for any other line.
pub(super) fn changes(world: &World, line: &Line) -> Result<Option<Vec<Command>>> {
    // The world gives a node that comes its number and its zone.
    let (next, zone) = (NodeId(world.config().nodes), Zone::default());
    let named = |name: Option<NodeId>| match name.filter(|name| *name < next) {
        Some(name) => Err(Error::refused(format!(
            "there is a node {name} already, or has been: the next new one will be {next}"
        ))),
        None => Ok(next),
    };
    let wish = match line {
        Line::Add { node, weight } => {
            let (node, weight) = (named(*node)?, weight.unwrap_or(Weight::ONE));
            Wish::Change(Change::Add { node, zone, weight })
        }
        Line::Remove(node) => Wish::Change(Change::Remove { node: *node }),
        Line::Replace { node, by } => {
            Wish::Change(Change::Replace { node: *node, by: named(*by)?, zone })
        }
        Line::Weigh { node, weight } => {
            Wish::Change(Change::Weigh { node: *node, weight: *weight })
        }
        Line::Vnodes(count) => Wish::Change(Change::Vnodes { count: *count }),
        Line::Move { token, to } => Wish::Change(Change::Move { token: *token, to: *to }),
        Line::Cut { token, at, to } => {
            Wish::Change(Change::Split { token: *token, at: *at, to: *to })
        }
        Line::Cancel => Wish::Cancel,
        _ => return Ok(None),
    };
    Ok(Some(vec![Command::Wish(wish)]))
}

/// The topology that is in force, what is changing, what waits, and who is behind.
pub fn topology(world: &World) -> String {
    let lists = world.preference_lists();
    let topology = lists.topology();
    let mut text = String::new();
    let members: Vec<String> = lists.members().iter().map(NodeId::to_string).collect();
    let _ = writeln!(text, "{}: {}", topology.epoch, members.join(", "));
    if let Some(Underway { change, stage, .. }) = &topology.underway {
        let ranges = 0..lists.ring().vnodes().len();
        let swaps = ranges.filter(|range| lists.planned_swap(*range).is_some()).count();
        let _ = writeln!(text, "{change}: stage {stage}, {swaps} token ranges change hands");
    }
    for (_, change) in &topology.queue {
        let _ = writeln!(text, "{change}: waits");
    }
    for status in world.node_statuses() {
        let node = status.node;
        let known = world.node(node).map(|node| node.lists().epoch());
        let is_behind = known.is_some_and(|epoch: Epoch| epoch != topology.epoch);
        let _ = match status.standing {
            Standing::Gone => writeln!(text, "{node} has left"),
            Standing::Replaced => writeln!(text, "{node} was replaced"),
            Standing::Leaving => writeln!(text, "{node} is leaving"),
            Standing::Joining => writeln!(text, "{node} is joining"),
            Standing::Member if is_behind => {
                writeln!(text, "{node} is behind: {}", known.unwrap_or_default())
            }
            Standing::Member => Ok(()),
        };
    }
    text
}
