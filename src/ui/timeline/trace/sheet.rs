//! What is drawn of a window on the trace: a list of plain shapes, which a canvas paints and a file
//! keeps as SVG, and what can be pointed at. Needs no browser.

use crate::base::{ClientId, EventSeq, NodeId};
use crate::node::Address;
use crate::ui::geometry::Point;
use crate::ui::palette;

/// The height of the row of heads above the lanes.
pub const HEAD: f64 = 40.0;
/// Lanes are so far apart at least; where there is no room for that, they are scrolled.
pub const LANE_LEAST: f64 = 44.0;
/// Clients, which have no labels, are closer together.
const CLIENT: f64 = 30.0;
/// Room left of the first lane.
const LEFT: f64 = 21.0;
/// Room right of the last lane, for its labels.
const RIGHT: f64 = 56.0;
/// How near to something a pointer has to be, in CSS pixels.
const NEAR: f64 = 12.0;

/// A colour by what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Text,
    Muted,
    Line,
    Surface,
    Ground,
    Accent,
    Good,
    Warn,
    Bad,
    Node(u8),
}

impl Ink {
    /// The inks that are no node's, and the style sheet's names for them.
    pub const NAMED: [(Ink, &'static str); 9] = [
        (Ink::Text, "--text"),
        (Ink::Muted, "--muted"),
        (Ink::Line, "--line"),
        (Ink::Surface, "--surface"),
        (Ink::Ground, "--surface-2"),
        (Ink::Accent, "--accent"),
        (Ink::Good, "--good"),
        (Ink::Warn, "--warn"),
        (Ink::Bad, "--bad"),
    ];

    /// A participant's colour.
    pub fn of(who: Address) -> Self {
        match who {
            Address::Client(_) => Ink::Text,
            Address::Node(node) => Ink::Node(palette::colour(node) as u8),
        }
    }

    /// Its place in a table of [`Ink::NAMED`] and then the nodes' colours.
    pub fn index(self) -> usize {
        match self {
            Ink::Node(colour) => Self::NAMED.len() + usize::from(colour),
            _ => Self::NAMED.iter().position(|(ink, _)| *ink == self).unwrap_or(0),
        }
    }
}

/// How a line is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    Solid,
    Dashed,
    Dotted,
}

impl Dash {
    /// Lengths of strokes and gaps.
    pub fn lengths(self) -> &'static [f64] {
        match self {
            Dash::Solid => &[],
            Dash::Dashed => &[6.0, 4.0],
            Dash::Dotted => &[1.5, 4.0],
        }
    }
}

/// A shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Line(Point, Point),
    /// A closed outline.
    Outline([Point; 4]),
    Disc(Point, f64),
    /// A rectangle with round corners: left, top, width, height.
    Box(f64, f64, f64, f64),
    /// Text, and at which end of it the point is, in the middle of its height.
    Text(Point, String, Anchor),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// How a shape is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    pub fill: Option<Ink>,
    pub stroke: Option<(Ink, f64, Dash)>,
    pub alpha: f64,
}

impl Look {
    pub fn fill(ink: Ink) -> Self {
        Self { fill: Some(ink), stroke: None, alpha: 1.0 }
    }

    pub fn stroke(ink: Ink, width: f64) -> Self {
        Self { fill: None, stroke: Some((ink, width, Dash::Solid)), alpha: 1.0 }
    }

    pub fn dashed(self, dash: Dash) -> Self {
        let stroke = self.stroke.map(|(ink, width, _)| (ink, width, dash));
        Self { stroke, ..self }
    }

    pub fn rim(self, ink: Ink, width: f64) -> Self {
        Self { stroke: Some((ink, width, Dash::Solid)), ..self }
    }

    pub fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }
}

/// What is pointed at when the pointer is near.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    pub seq: EventSeq,
    from: Point,
    to: Point,
    /// How far it reaches around the line between the two points.
    around: f64,
}

/// A drawing of one window.
#[derive(Default)]
pub struct Sheet {
    pub items: Vec<(Shape, Look)>,
    hits: Vec<Hit>,
}

impl Sheet {
    pub fn clear(&mut self) {
        self.items.clear();
        self.hits.clear();
    }

    pub fn add(&mut self, shape: Shape, look: Look) {
        self.items.push((shape, look));
    }

    pub fn line(&mut self, from: Point, to: Point, look: Look) {
        self.add(Shape::Line(from, to), look);
    }

    pub fn text(&mut self, at: Point, text: impl Into<String>, anchor: Anchor, ink: Ink) {
        self.add(Shape::Text(at, text.into(), anchor), Look::fill(ink));
    }

    /// An event can be pointed at along a line.
    pub fn hit(&mut self, seq: EventSeq, from: Point, to: Point, around: f64) {
        self.hits.push(Hit { seq, from, to, around });
    }

    /// The event nearest to a point; what was drawn later wins.
    pub fn pick(&self, at: Point) -> Option<Hit> {
        let mut best: Option<(f64, Hit)> = None;
        for hit in self.hits.iter().rev() {
            let away = (distance(at, hit.from, hit.to) - hit.around).max(0.0);
            if away <= NEAR && best.is_none_or(|(least, _)| away < least) {
                best = Some((away, *hit));
            }
        }
        best.map(|(_, hit)| hit)
    }
}

/// About how wide a text is: a little wider than most fonts set it.
pub fn width_of(text: &str) -> f64 {
    let width = |letter: char| match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | ' ' => 4.0,
        'f' | 'r' | 't' | '-' | '/' | '?' => 5.2,
        'm' | 'w' | 'M' | 'W' | '✓' | '✗' | '⌛' | '≠' | '=' | '…' => 10.4,
        'A'..='Z' | '0'..='9' => 7.6,
        _ => 7.0,
    };
    text.chars().map(width).sum()
}

/// How far a point is from the stretch between two others.
fn distance(at: Point, from: Point, to: Point) -> f64 {
    let (way, reach) = (to.minus(from), at.minus(from));
    let length = way.x * way.x + way.y * way.y;
    let share = ((reach.x * way.x + reach.y * way.y) / length.max(f64::EPSILON)).clamp(0.0, 1.0);
    from.toward(to, share).distance_to(at)
}

/// Who has the lane of a participant: all clients of a workload share that of their first.
pub fn lane_of(who: Address) -> Address {
    match who {
        Address::Client(client) => {
            let first = client.workload().map(|workload| ClientId::of_workload(workload, 0));
            Address::Client(first.unwrap_or(client))
        }
        Address::Node(_) => who,
    }
}

/// The name at the head of a lane.
pub fn lane_name(who: Address) -> String {
    match who {
        Address::Client(client) => match client.workload() {
            Some(workload) => workload.to_string(),
            None => client.to_string(),
        },
        Address::Node(node) => node.to_string(),
    }
}

/// Where lanes stand, in pixels from the left edge of everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lanes {
    /// The right edge of the column of times and commands.
    pub axis: f64,
    gap: f64,
    clients: Vec<Address>,
    nodes: usize,
}

impl Lanes {
    /// Lanes of these clients, and of the first `nodes` nodes, in a width.
    pub fn fit(clients: &[Address], nodes: usize, width: f64) -> Self {
        let axis = if width < 460.0 { 70.0 } else { 104.0 };
        let room = width - axis - LEFT - clients.len() as f64 * CLIENT - RIGHT;
        let gap = (room / nodes.saturating_sub(1).max(1) as f64).clamp(LANE_LEAST, 150.0);
        Self { axis, gap, clients: clients.to_vec(), nodes }
    }

    /// The width that all lanes together need.
    pub fn width(&self) -> f64 {
        self.node(self.nodes.saturating_sub(1)) + RIGHT
    }

    fn client(&self, place: usize) -> f64 {
        self.axis + LEFT + place as f64 * CLIENT
    }

    fn node(&self, place: usize) -> f64 {
        self.client(self.clients.len()) + place as f64 * self.gap
    }

    pub fn of(&self, who: Address) -> f64 {
        match lane_of(who) {
            who @ Address::Client(_) => {
                self.client(self.clients.iter().position(|one| *one == who).unwrap_or(0))
            }
            Address::Node(node) => self.node(node.index()),
        }
    }

    /// Everyone with a lane, from left to right, and where it is.
    pub fn all(&self) -> impl Iterator<Item = (Address, f64)> {
        let nodes = (0..self.nodes).map(|node| Address::Node(NodeId(node as u16)));
        let everyone = self.clients.iter().copied().chain(nodes);
        everyone.map(|who| (who, self.of(who)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_thing_is_picked_and_marks_win_over_arrows() {
        let mut sheet = Sheet::default();
        sheet.hit(EventSeq(1), Point::new(0.0, 0.0), Point::new(100.0, 50.0), 0.0);
        sheet.hit(EventSeq(2), Point::new(100.0, 50.0), Point::new(100.0, 50.0), 6.0);
        let pick = |x, y| sheet.pick(Point::new(x, y)).map(|hit| hit.seq.0);
        assert_eq!(pick(50.0, 27.0), Some(1));
        assert_eq!(pick(98.0, 48.0), Some(2));
        assert_eq!(pick(50.0, 60.0), None);
    }

    #[test]
    fn lanes_keep_their_distance_in_any_width() {
        let clients = [Address::Client(ClientId(0))];
        for (nodes, width) in [(5, 280.0), (5, 900.0), (100, 500.0)] {
            let lanes = Lanes::fit(&clients, nodes, width);
            let all: Vec<f64> = lanes.all().map(|(_, x)| x).collect();
            assert_eq!(all.len(), nodes + 1);
            assert!(all[1..].windows(2).all(|pair| pair[1] - pair[0] >= LANE_LEAST));
            assert!(all[0] > lanes.axis && lanes.width() > all[nodes]);
        }
        assert!(Lanes::fit(&clients, 5, 500.0).width() <= 500.0);
    }
}
