//! The cluster as it was when a snapshot was taken, in a few bytes: what the small picture shows.

use serde::{Deserialize, Serialize};

use crate::base::NodeId;
use crate::sim::{NodeStatus, World};

/// No more nodes than this are drawn in a small picture.
const MOST: usize = 128;

/// How a node was, as one sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SeatState {
    Up,
    /// Another node that is up takes it for dead.
    Suspected,
    /// Up, but takes nothing in.
    Paused,
    Down,
}

/// One node at its seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub node: NodeId,
    pub state: SeatState,
    /// What it holds, in 255ths of what the node holds that holds most.
    pub share: u8,
}

/// Everybody who had a seat, in their order.
pub fn seats(world: &World) -> Vec<Seat> {
    let mut statuses = world.node_statuses();
    statuses.retain(|status| !status.standing.is_over());
    let most = statuses.iter().map(|status| status.bytes).max().unwrap_or(0).max(1);
    let share = |bytes: u64| (bytes as u128 * 255 / u128::from(most)) as u8;
    let seat = |status: &NodeStatus| Seat {
        node: status.node,
        state: state(status, &statuses),
        share: share(status.bytes),
    };
    statuses.iter().take(MOST).map(seat).collect()
}

fn state(status: &NodeStatus, all: &[NodeStatus]) -> SeatState {
    if !status.up {
        SeatState::Down
    } else if status.paused {
        SeatState::Paused
    } else if all.iter().any(|other| other.suspects.contains(&status.node)) {
        SeatState::Suspected
    } else {
        SeatState::Up
    }
}

/// The picture in words, for who does not see it.
pub fn words(seats: &[Seat]) -> String {
    let mut text = format!("{} nodes", seats.len());
    for (state, word) in [
        (SeatState::Down, "down"),
        (SeatState::Paused, "paused"),
        (SeatState::Suspected, "suspected"),
    ] {
        let those = seats.iter().filter(|seat| seat.state == state);
        let names: Vec<String> = those.map(|seat| seat.node.to_string()).collect();
        if !names.is_empty() {
            text += &format!(", {} {word}", names.join(" "));
        }
    }
    text
}
