//! Where things stand in the picture. Needs no browser.
//!
//! The scene is a square of 1000 × 1000 units with the ring's centre in its middle. Position 0 of
//! the ring is at the top, and a whole turn runs clockwise, as on a clock:
//!
//! ```text
//!   key and walk    radius 458   just outside the band
//!   ownership band  radius 402 to 438
//!   nodes           radius 252   evenly spaced discs; further out when there are many
//!   client          the centre
//! ```
//!
//! Messages travel on curves that bend to the left of their way: what goes there and what comes
//! back take different sides, and no curve between two nodes crosses the client.

use std::f64::consts::{PI, TAU};

pub const SCENE: f64 = 1000.0;
pub const CENTRE: Point = Point { x: SCENE / 2.0, y: SCENE / 2.0 };
pub const BAND_INNER: f64 = 402.0;
pub const BAND_OUTER: f64 = 438.0;
pub const WALK_RADIUS: f64 = 458.0;
/// Up to so many nodes there is room for details around their discs.
pub const DETAILED_NODES: usize = 14;
/// No curve between two nodes comes nearer than this to the centre.
pub const CLIENT_CLEARANCE: f64 = 66.0;
/// Where curves from and to the client begin and end.
pub const CLIENT_RADIUS: f64 = 44.0;

/// A place, or a step from one place to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The place `share` of the way to `other`.
    pub fn toward(self, other: Point, share: f64) -> Self {
        Self::new(self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)
    }

    pub fn distance_to(self, other: Point) -> f64 {
        (other.x - self.x).hypot(other.y - self.y)
    }

    pub fn minus(self, other: Point) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }

    /// The place that lies so many `step`s away.
    pub fn plus(self, step: Point, times: f64) -> Self {
        Self::new(self.x + step.x * times, self.y + step.y * times)
    }

    /// The same way, of length 1.
    pub fn unit(self) -> Self {
        let length = self.x.hypot(self.y).max(f64::EPSILON);
        Self::new(self.x / length, self.y / length)
    }
}

/// The angle of a fraction of a turn, in radians on screen: 0 points right, clockwise upwards.
pub fn angle_of_turn(turn: f64) -> f64 {
    turn * TAU - PI / 2.0
}

/// The place at a fraction of a turn and a distance from the centre.
pub fn at_turn(turn: f64, radius: f64) -> Point {
    let (sin, cos) = sin_cos_of_turn(turn);
    Point::new(CENTRE.x + radius * sin, CENTRE.y - radius * cos)
}

/// Sine and cosine of a fraction of a turn, by their series around the nearest quarter: the general
/// ones bring the whole reduction of large angles into the page.
fn sin_cos_of_turn(turn: f64) -> (f64, f64) {
    let quarters = (turn * 4.0).round();
    let angle = (turn * 4.0 - quarters) * PI / 2.0;
    let square = angle * angle;
    // The last terms left out are below 1e-10.
    let series = |degree: u8| {
        (1..=5u8).rev().fold(1.0, |rest, term| {
            let last = f64::from(2 * term + degree);
            1.0 - square / (last * (last - 1.0)) * rest
        })
    };
    let (sin, cos) = (angle * series(1), series(0));
    match quarters.rem_euclid(4.0) as u8 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// The fraction of a turn at which a node's disc stands.
pub fn node_turn(index: usize, count: usize) -> f64 {
    index as f64 / count.max(1) as f64
}

/// How far from the centre the nodes stand.
pub fn node_radius(count: usize) -> f64 {
    if count <= DETAILED_NODES { 252.0 } else { 322.0 }
}

/// The middle of a node's disc.
pub fn node_point(index: usize, count: usize) -> Point {
    at_turn(node_turn(index, count), node_radius(count))
}

/// The nodes on the left and on the right of a line, as one looks along it.
pub fn sides(from: Point, to: Point, count: usize) -> [Vec<usize>; 2] {
    let way = to.minus(from);
    let is_left = |node: &usize| {
        let there = node_point(*node, count).minus(from);
        way.x * there.y - way.y * there.x < 0.0
    };
    let (left, right) = (0..count).partition(is_left);
    [left, right]
}

/// The way that points from the centre outwards through a node's disc, of length 1.
pub fn outward(index: usize, count: usize) -> Point {
    node_point(index, count).minus(CENTRE).unit()
}

/// The radius of a node's disc: as large as neighbours allow.
pub fn disc_radius(count: usize, compact: bool) -> f64 {
    let spacing = TAU * node_radius(count) / count.max(1) as f64;
    let (share, largest) = match (compact, count > DETAILED_NODES) {
        (_, true) => (0.42, 60.0),
        (true, false) => (0.36, 60.0),
        (false, false) => (0.33, 56.0),
    };
    (spacing * share).min(largest)
}

/// The centre of a box of the given half size that stands clear of a disc: outside of the line that
/// touches the disc's grown rim on the side where `way` points.
pub fn beside(disc: Point, radius: f64, way: Point, half_width: f64, half_height: f64) -> Point {
    disc.plus(way, radius + way.x.abs() * half_width + way.y.abs() * half_height)
}

/// Like [`beside`], but moved along the disc's rim as far as it takes not to cover the client.
pub fn beside_clear_of_client(
    disc: Point,
    radius: f64,
    way: Point,
    half_width: f64,
    half_height: f64,
) -> Point {
    let middle = beside(disc, radius, way, half_width, half_height);
    let along = Point::new(-way.y, way.x);
    let is_clear = |middle: Point| {
        let [dx, dy] =
            [(middle.x - CENTRE.x).abs() - half_width, (middle.y - CENTRE.y).abs() - half_height];
        dx.max(0.0).hypot(dy.max(0.0)) >= CLIENT_RADIUS + 8.0
    };
    (0..24u8)
        .flat_map(|step| [1.0, -1.0].map(|side| middle.plus(along, side * 6.0 * f64::from(step))))
        .find(|moved| is_clear(*moved))
        .unwrap_or(middle)
}

/// Moves turns (ascending, clockwise) apart until neighbours are at least `gap` away from each
/// other: the later ones give way.
pub fn spread(turns: &mut [f64], gap: f64) {
    for at in 1..turns.len() {
        turns[at] = turns[at].max(turns[at - 1] + gap);
    }
}

/// Who stands at the end of a flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    Client,
    Node(usize),
}

/// The way of a message: a quadratic curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlightPath {
    pub start: Point,
    pub control: Point,
    pub end: Point,
}

impl FlightPath {
    /// The way from rim to rim, in a ring of `count` nodes.
    pub fn between(from: Stop, to: Stop, count: usize) -> Self {
        let place = |stop| match stop {
            Stop::Client => CENTRE,
            Stop::Node(index) => node_point(index, count),
        };
        let trim = |stop| match stop {
            Stop::Client => CLIENT_RADIUS,
            Stop::Node(_) => disc_radius(count, false),
        };
        Self::bent(place(from), place(to), trim(from), trim(to))
    }

    fn bent(from: Point, to: Point, trim_from: f64, trim_to: f64) -> Self {
        let chord = to.minus(from);
        let length = from.distance_to(to);
        let way = chord.unit();
        let left = Point::new(way.y, -way.x);
        let middle = from.toward(to, 0.5);
        let bend = match from == CENTRE || to == CENTRE {
            true => 0.07 * length,
            false => {
                let to_centre = CENTRE.minus(middle);
                clear_bend(0.1 * length, to_centre.x * left.x + to_centre.y * left.y)
            }
        };
        // The middle of a quadratic curve is half way to its control point.
        let control = middle.plus(left, 2.0 * bend);
        let trim_to = trim_to.min(length * 0.4);
        let trim_from = trim_from.min(length * 0.4);
        Self {
            start: from.plus(control.minus(from).unit(), trim_from),
            control,
            end: to.plus(control.minus(to).unit(), trim_to),
        }
    }

    /// The place after a fraction of the way.
    pub fn at(&self, t: f64) -> Point {
        self.start.toward(self.control, t).toward(self.control.toward(self.end, t), t)
    }

    /// The direction after a fraction of the way, of length 1.
    pub fn direction(&self, t: f64) -> Point {
        self.control.toward(self.end, t).minus(self.start.toward(self.control, t)).unit()
    }
}

/// How far to bend to the left so that the curve's middle stays clear of the centre, which lies
/// `centre` to the left of the chord: on the near side of it if that still is a bend to the left.
fn clear_bend(wanted: f64, centre: f64) -> f64 {
    if (wanted - centre).abs() >= CLIENT_CLEARANCE {
        return wanted;
    }
    match centre - CLIENT_CLEARANCE {
        near if near >= 4.0 => near,
        _ => centre + CLIENT_CLEARANCE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: Point, b: Point) -> bool {
        a.distance_to(b) < 1e-6
    }

    #[test]
    fn position_zero_is_at_the_top_and_turns_run_clockwise() {
        assert!(near(at_turn(0.0, 400.0), Point::new(500.0, 100.0)));
        assert!(near(at_turn(0.25, 400.0), Point::new(900.0, 500.0)));
        assert!(near(at_turn(0.5, 400.0), Point::new(500.0, 900.0)));
        assert!(near(node_point(0, 7), Point::new(500.0, 500.0 - node_radius(7))));
    }

    #[test]
    fn a_line_parts_the_nodes() {
        let [left, right] = sides(Point::new(400.0, 900.0), Point::new(400.0, 100.0), 5);
        assert_eq!((left, right), (vec![3, 4], vec![0, 1, 2]));
        let [left, right] = sides(Point::new(0.0, 5.0), Point::new(9.0, 5.0), 5);
        assert!(left.is_empty() && right.len() == 5);
    }

    #[test]
    fn sines_are_those_of_the_standard_library() {
        for step in -40..=40 {
            let turn = f64::from(step) / 23.0;
            let (sin, cos) = sin_cos_of_turn(turn);
            let (exact_sin, exact_cos) = (turn * TAU).sin_cos();
            assert!((sin - exact_sin).abs() < 1e-9 && (cos - exact_cos).abs() < 1e-9, "{turn}");
        }
    }

    #[test]
    fn discs_never_touch_and_stay_visible() {
        for compact in [false, true] {
            for count in 2..=200 {
                let radius = disc_radius(count, compact);
                let gap = node_point(0, count).distance_to(node_point(1, count));
                assert!(2.0 * radius < gap, "{count} nodes: radius {radius}, {gap} apart");
                assert!(radius > 2.5, "{count} nodes: radius {radius}");
                assert!(node_radius(count) + radius < BAND_INNER);
            }
        }
    }

    #[test]
    fn curves_between_nodes_avoid_the_client() {
        for count in 2..=40 {
            for to in 1..count {
                let path = FlightPath::between(Stop::Node(0), Stop::Node(to), count);
                let nearest = (0..=20)
                    .map(|step| path.at(f64::from(step) / 20.0).distance_to(CENTRE))
                    .fold(f64::MAX, f64::min);
                assert!(nearest > CLIENT_RADIUS, "0 → {to} of {count}: {nearest}");
            }
        }
    }

    #[test]
    fn there_and_back_take_different_sides() {
        for count in 2..=12 {
            for to in 1..count {
                let there = FlightPath::between(Stop::Node(0), Stop::Node(to), count);
                let back = FlightPath::between(Stop::Node(to), Stop::Node(0), count);
                let apart = there.at(0.5).distance_to(back.at(0.5));
                assert!(apart > 15.0, "0 ↔ {to} of {count}: {apart} apart");
            }
        }
        let there = FlightPath::between(Stop::Client, Stop::Node(1), 5);
        let back = FlightPath::between(Stop::Node(1), Stop::Client, 5);
        assert!(there.at(0.5).distance_to(back.at(0.5)) > 15.0);
    }

    #[test]
    fn a_flight_begins_and_ends_at_the_rims() {
        let path = FlightPath::between(Stop::Node(0), Stop::Node(2), 5);
        let radius = disc_radius(5, false);
        assert!((path.at(0.0).distance_to(node_point(0, 5)) - radius).abs() < 1e-6);
        assert!((path.at(1.0).distance_to(node_point(2, 5)) - radius).abs() < 1e-6);
        let way = path.direction(0.0);
        assert!((way.x.hypot(way.y) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn crowded_marks_are_moved_apart_in_their_order() {
        let mut turns = [0.1, 0.101, 0.102, 0.5];
        spread(&mut turns, 0.02);
        assert_eq!(turns[0], 0.1);
        assert!(turns.windows(2).all(|pair| pair[1] - pair[0] > 0.0199));
        assert_eq!(turns[3], 0.5);
    }

    #[test]
    fn a_box_beside_a_disc_does_not_cover_it() {
        for index in 0..12 {
            let way = outward(index, 12);
            let disc = node_point(index, 12);
            let middle = beside(disc, 50.0, way, 40.0, 20.0);
            let inside_x = (disc.x - middle.x).abs() - 40.0;
            let inside_y = (disc.y - middle.y).abs() - 20.0;
            let gap = inside_x.max(0.0).hypot(inside_y.max(0.0));
            assert!(gap > 49.9, "{index}: {gap}");
        }
    }

    #[test]
    fn a_box_beside_a_disc_gives_way_to_the_client() {
        for count in 3..=14 {
            for index in 0..count {
                let out = outward(index, count);
                let way = Point::new(-out.x, -out.y);
                let disc = node_point(index, count);
                let middle = beside_clear_of_client(disc, 68.0, way, 64.0, 50.0);
                let [dx, dy] = [(middle.x - 500.0).abs() - 64.0, (middle.y - 500.0).abs() - 50.0];
                assert!(dx.max(0.0).hypot(dy.max(0.0)) > CLIENT_RADIUS, "{index} of {count}");
            }
        }
    }
}
