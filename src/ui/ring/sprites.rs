//! Messages as they are drawn at one instant: where, in which shape, in whose colour.

use super::super::geometry::{FlightPath, Point, Stop};
use super::super::motion::Motion;
use super::super::palette::{self, COLOURS};
use super::super::seats::Seats;
use super::shapes::Shape;
use crate::base::{MessageId, RequestId};
use crate::node::{Address, MessageKind};

/// The number of the clients' colour, after those of the nodes.
const CLIENT: u8 = COLOURS as u8;

/// Half the size of a message in scene units, and at least so many CSS pixels.
const STRONG: (f64, f64) = (13.0, 5.5);
const FAINT: (f64, f64) = (8.0, 3.2);
/// More messages than this are drawn smaller, so that the ring stays visible behind them.
const CROWD: f64 = 120.0;
/// The tail behind a message, as a share of its way.
const TAIL: f64 = 0.12;

/// What a frame looks like, but for the messages.
#[derive(Clone, Copy)]
pub struct Look {
    /// Virtual time, in microseconds.
    pub now_us: f64,
    pub seats: Seats,
    /// The request in focus: its messages are drawn stronger.
    pub highlighted: Option<RequestId>,
    /// The message that the reader looks into.
    pub selected: Option<MessageId>,
}

/// A message as it is drawn.
#[derive(Clone, Copy)]
pub(super) struct Sprite {
    pub message: MessageId,
    pub path: FlightPath,
    pub at: Point,
    /// Where its tail begins.
    pub tail: Point,
    pub shape: Shape,
    pub kind: MessageKind,
    /// It is lost, and this is what is left of it.
    pub is_lost: bool,
    /// An outline instead of a full shape.
    pub is_reply: bool,
    pub is_strong: bool,
    pub is_selected: bool,
    pub colour: u8,
}

impl Sprite {
    /// `is_still`: it stands still at stations on its way. None if an end of its way is gone.
    pub fn of(motion: &Motion, look: &Look, is_still: bool) -> Option<Self> {
        let flight = &motion.flight;
        let (mut t, is_lost) = motion.at(look.now_us);
        if is_still && !is_lost {
            t = ((t * 3.0).floor().min(2.0) + 0.5) / 3.0;
        }
        let stop = |address| match address {
            Address::Client(_) => Some(Stop::Client),
            Address::Node(node) => look.seats.seat(node).map(Stop::Node),
        };
        let ends = (stop(flight.from)?, stop(flight.to)?);
        let path = FlightPath::between(ends.0, ends.1, look.seats.count());
        Some(Self {
            message: flight.message,
            path,
            at: path.at(t),
            tail: path.at((t - TAIL).max(0.0)),
            shape: if is_lost { Shape::Cross } else { Shape::of(flight) },
            kind: flight.kind,
            is_lost,
            is_reply: flight.kind.is_reply(),
            is_strong: flight.request.is_some() && look.highlighted == flight.request,
            is_selected: look.selected == Some(flight.message),
            colour: match flight.from {
                Address::Client(_) => CLIENT,
                Address::Node(node) => palette::colour(node) as u8,
            },
        })
    }

    /// Sprites of one group are painted together; strong ones last, above the others.
    pub fn group(&self) -> (bool, u8) {
        (self.is_strong, self.colour)
    }

    /// Half its size among so many, in scene units, where a CSS pixel is so many of them.
    pub fn size(is_strong: bool, count: usize, pixel: f64) -> f64 {
        let (units, pixels) = if is_strong { STRONG } else { FAINT };
        let size = units.max(pixels * pixel);
        match is_strong {
            true => size,
            false => size * (CROWD / count as f64).sqrt().clamp(0.5, 1.0),
        }
    }

    /// Whether it has an inside.
    pub fn is_solid(&self) -> bool {
        !matches!(self.shape, Shape::Cross | Shape::Dot)
    }

    /// Whether it is of a kind that is not seen every day.
    pub fn has_word(&self) -> bool {
        self.is_lost || self.shape.has_word()
    }

    /// What it is, if that is not seen every day.
    pub fn word(&self) -> Option<String> {
        self.has_word().then(|| match (self.is_lost, self.shape, self.kind) {
            (true, ..) => "lost".to_owned(),
            (_, Shape::Envelope, MessageKind::Write | MessageKind::Repair) => "hint".to_owned(),
            (_, _, kind) => kind.to_string(),
        })
    }
}
