//! The shapes of messages: one for each purpose, so that no meaning hangs on colour.

use std::f64::consts::TAU;

use web_sys::CanvasRenderingContext2d;

use super::super::geometry::Point;
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
            | MessageKind::ReadStamp
            | MessageKind::StampResult
            | MessageKind::Rebuilding => Self::Circle,
            MessageKind::Repair | MessageKind::RepairAck => Self::Plus,
            MessageKind::Handoff | MessageKind::HandoffAck => Self::Envelope,
            MessageKind::Gossip => Self::Dot,
            MessageKind::SyncRoots
            | MessageKind::SyncLeaves
            | MessageKind::SyncEntries
            | MessageKind::Collect => Self::Triangle,
        }
    }

    /// Whether a word beside it helps: the kinds that a request does not always have.
    pub fn has_word(self) -> bool {
        matches!(self, Self::Envelope | Self::Plus | Self::Triangle)
    }

    /// Adds its outline around a point to the present path.
    pub fn trace(self, context: &CanvasRenderingContext2d, at: Point, size: f64) {
        let Point { x, y } = at;
        let lines = |points: &[(f64, f64)]| {
            for (number, (dx, dy)) in points.iter().enumerate() {
                let (x, y) = (x + dx * size, y + dy * size);
                if number == 0 { context.move_to(x, y) } else { context.line_to(x, y) }
            }
        };
        let closed = |points: &[(f64, f64)]| {
            lines(points);
            context.close_path();
        };
        match self {
            Self::Diamond => closed(&[(0.0, -1.15), (1.15, 0.0), (0.0, 1.15), (-1.15, 0.0)]),
            Self::Square => closed(&[(-0.86, -0.86), (0.86, -0.86), (0.86, 0.86), (-0.86, 0.86)]),
            Self::Envelope => {
                closed(&[(-1.25, -0.85), (1.25, -0.85), (1.25, 0.85), (-1.25, 0.85)]);
                lines(&[(-1.25, -0.85), (0.0, 0.25), (1.25, -0.85)]);
            }
            Self::Plus => {
                let (long, wide) = (1.15, 0.42);
                closed(&[
                    (-wide, -long),
                    (wide, -long),
                    (wide, -wide),
                    (long, -wide),
                    (long, wide),
                    (wide, wide),
                    (wide, long),
                    (-wide, long),
                    (-wide, wide),
                    (-long, wide),
                    (-long, -wide),
                    (-wide, -wide),
                ]);
            }
            Self::Triangle => closed(&[(0.0, -1.1), (1.1, 0.85), (-1.1, 0.85)]),
            Self::Circle | Self::Dot => {
                let radius = if self == Self::Dot { size * 0.55 } else { size };
                context.move_to(x + radius, y);
                // Only a negative radius is refused.
                let _ = context.arc(x, y, radius, 0.0, TAU);
            }
            Self::Cross => {
                lines(&[(-0.75, -0.75), (0.75, 0.75)]);
                lines(&[(0.75, -0.75), (-0.75, 0.75)]);
            }
        }
    }
}
