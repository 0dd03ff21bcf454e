//! The shapes of messages: one for each purpose, so that no meaning hangs on colour.

use std::f64::consts::TAU;

use web_sys::CanvasRenderingContext2d;

use super::super::geometry::Point;
use crate::base::tenths;
use crate::node::MessageKind;
use crate::sim::Flight;

/// What a message is for, as it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// Client traffic.
    Diamond,
    /// Writes and their acknowledgements.
    Square,
    /// Reads and their results.
    Circle,
    /// Hints, when they are left and when they are handed over.
    Envelope,
    /// Read repair.
    Plus,
    /// Anti-entropy and the collection of tombstones.
    Triangle,
    /// Consensus: both halves of a round.
    Hexagon,
    /// What moves to another owner: streams, and what is dropped after them.
    Parcel,
    /// Agreement on who owns what: epochs.
    Bar,
    /// Gossip.
    Dot,
    /// Word that a node is down, and a message that is lost.
    Cross,
}

impl Shape {
    pub fn of(flight: &Flight) -> Self {
        match flight.kind {
            _ if flight.refusal => Self::Cross,
            _ if flight.hint.is_some() => Self::Envelope,
            MessageKind::Request | MessageKind::Forward | MessageKind::Reply => Self::Diamond,
            MessageKind::Write | MessageKind::WriteAck => Self::Square,
            MessageKind::Read
            | MessageKind::ReadResult
            | MessageKind::Query
            | MessageKind::Page
            | MessageKind::ReadStamp
            | MessageKind::StampResult
            | MessageKind::Rebuilding => Self::Circle,
            MessageKind::Repair | MessageKind::RepairAck => Self::Plus,
            MessageKind::Handoff
            | MessageKind::HandoffAck
            | MessageKind::Index
            | MessageKind::IndexAck => Self::Envelope,
            MessageKind::Gossip | MessageKind::Load => Self::Dot,
            MessageKind::SyncRoots
            | MessageKind::SyncLeaves
            | MessageKind::SyncEntries
            | MessageKind::IndexCheck
            | MessageKind::Collect => Self::Triangle,
            MessageKind::Prepare
            | MessageKind::Promise
            | MessageKind::Accept
            | MessageKind::Accepted
            | MessageKind::Preempted
            | MessageKind::NeedsConsensus => Self::Hexagon,
            MessageKind::StreamAsk
            | MessageKind::StreamPart
            | MessageKind::StraysOffer
            | MessageKind::StraysAnswer => Self::Parcel,
            MessageKind::Ahead
            | MessageKind::Behind
            | MessageKind::Topology
            | MessageKind::TopologyAck
            | MessageKind::EpochBallot
            | MessageKind::EpochVote => Self::Bar,
        }
    }

    /// Whether a word beside it helps: the kinds that a request does not always have.
    pub fn has_word(self) -> bool {
        matches!(self, Self::Envelope | Self::Plus | Self::Triangle | Self::Hexagon | Self::Parcel)
    }

    /// Its corners in a square from about -1 to 1, and a line that is drawn into it. Round shapes
    /// have none.
    fn corners(self) -> [&'static [(f64, f64)]; 2] {
        match self {
            Self::Diamond => [&[(0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)], &[]],
            Self::Square => [&[(-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)], &[]],
            Self::Envelope => [
                &[(-1.25, -0.85), (1.25, -0.85), (1.25, 0.85), (-1.25, 0.85)],
                &[(-1.25, -0.85), (0.0, 0.25), (1.25, -0.85)],
            ],
            Self::Plus => [
                &[
                    (-0.42, -1.15),
                    (0.42, -1.15),
                    (0.42, -0.42),
                    (1.15, -0.42),
                    (1.15, 0.42),
                    (0.42, 0.42),
                    (0.42, 1.15),
                    (-0.42, 1.15),
                    (-0.42, 0.42),
                    (-1.15, 0.42),
                    (-1.15, -0.42),
                    (-0.42, -0.42),
                ],
                &[],
            ],
            Self::Triangle => [&[(0.0, -1.1), (1.1, 0.85), (-1.1, 0.85)], &[]],
            Self::Hexagon => [
                &[(-1.2, 0.0), (-0.6, -1.04), (0.6, -1.04), (1.2, 0.0), (0.6, 1.04), (-0.6, 1.04)],
                &[],
            ],
            Self::Parcel => [
                &[
                    (-1.1, -0.95),
                    (0.3, -0.95),
                    (1.25, 0.0),
                    (0.3, 0.95),
                    (-1.1, 0.95),
                    (-0.45, 0.0),
                ],
                &[],
            ],
            Self::Bar => [&[(-0.75, -0.4), (0.75, -0.4), (0.75, 0.4), (-0.75, 0.4)], &[]],
            Self::Circle | Self::Dot => [&[], &[]],
            Self::Cross => {
                [&[], &[(-0.75, -0.75), (0.75, 0.75), (0.0, 0.0), (0.75, -0.75), (-0.75, 0.75)]]
            }
        }
    }

    /// The radius of a round shape.
    fn radius(self) -> Option<f64> {
        match self {
            Self::Circle => Some(1.0),
            Self::Dot => Some(0.55),
            _ => None,
        }
    }

    /// Adds its outline around a point to the present path.
    pub fn trace(self, context: &CanvasRenderingContext2d, at: Point, size: f64) {
        for (number, corners) in self.corners().into_iter().enumerate() {
            for (number, (dx, dy)) in corners.iter().enumerate() {
                let (x, y) = (at.x + dx * size, at.y + dy * size);
                if number == 0 { context.move_to(x, y) } else { context.line_to(x, y) }
            }
            if number == 0 && !corners.is_empty() {
                context.close_path();
            }
        }
        if let Some(radius) = self.radius() {
            context.move_to(at.x + radius * size, at.y);
            // Only a negative radius is refused.
            let _ = context.arc(at.x, at.y, radius * size, 0.0, TAU);
        }
    }

    /// The same as the outline of a path of SVG.
    pub fn outline(self, at: Point, size: f64) -> String {
        let mut path = String::new();
        for (number, corners) in self.corners().into_iter().enumerate() {
            for (number, (dx, dy)) in corners.iter().enumerate() {
                path.push(if number == 0 { 'M' } else { 'L' });
                path += &Point::new(at.x + dx * size, at.y + dy * size).to_string();
            }
            if number == 0 && !corners.is_empty() {
                path.push('Z');
            }
        }
        if let Some(radius) = self.radius() {
            let [left, right] = [-radius, radius].map(|r| Point::new(at.x + r * size, at.y));
            let radius = tenths(radius * size);
            path += &format!("M{left}A{radius} {radius} 0 1 1 {right}");
            path += &format!("A{radius} {radius} 0 1 1 {left}Z");
        }
        path
    }
}
