//! How places become the words of SVG: outlines of paths, transforms and styles. Needs no browser.

use std::fmt::{self, Write};

use super::geometry::{Point, at_turn};
use crate::base::tenths;

/// As in the outline of a path: both coordinates, a space between them.
impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", tenths(self.x), tenths(self.y))
    }
}

/// A transform that moves what was drawn around the origin to a place.
pub fn translate(x: f64, y: f64) -> String {
    format!("translate({})", Point { x, y })
}

/// A style that sets the size of text, in units of the picture.
pub fn font_size(size: f64) -> String {
    format!("font-size:{}px", tenths(size))
}

/// The outline of the part of the ring from one turn clockwise to another, between two radii.
pub fn push_sector(path: &mut String, from: f64, to: f64, inner: f64, outer: f64) {
    let span = to - from;
    if span >= 0.9999 {
        push_sector(path, from, from + 0.5, inner, outer);
        push_sector(path, from + 0.5, from + 1.0 - 1e-6, inner, outer);
        return;
    }
    let large = u8::from(span > 0.5);
    let [a, b] = [at_turn(from, outer), at_turn(to, outer)];
    let [c, d] = [at_turn(to, inner), at_turn(from, inner)];
    let (outer, inner) = (tenths(outer), tenths(inner));
    // Writing to a string cannot fail.
    let _ =
        write!(path, "M{a}A{outer} {outer} 0 {large} 1 {b}L{c}A{inner} {inner} 0 {large} 0 {d}Z");
}

/// A line along the ring from one turn clockwise to another.
pub fn arc(from: f64, to: f64, radius: f64) -> String {
    let to = to.min(from + 0.9999);
    let large = u8::from(to - from > 0.5);
    let [a, b] = [at_turn(from, radius), at_turn(to, radius)];
    let radius = tenths(radius);
    format!("M{a}A{radius} {radius} 0 {large} 1 {b}")
}

/// The same line, drawn against the clock.
pub fn arc_back(from: f64, to: f64, radius: f64) -> String {
    let from = from.max(to - 0.9999);
    let large = u8::from(to - from > 0.5);
    let [a, b] = [at_turn(to, radius), at_turn(from, radius)];
    let radius = tenths(radius);
    format!("M{a}A{radius} {radius} 0 {large} 0 {b}")
}

/// A short line across the ring at a turn.
pub fn push_tick(path: &mut String, turn: f64, inner: f64, outer: f64) {
    let [a, b] = [at_turn(turn, inner), at_turn(turn, outer)];
    let _ = write!(path, "M{a}L{b}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::geometry::{BAND_INNER, BAND_OUTER};

    #[test]
    fn a_node_that_owns_everything_gets_a_whole_ring() {
        let mut path = String::new();
        push_sector(&mut path, 0.3, 1.3, BAND_INNER, BAND_OUTER);
        assert_eq!(path.matches('M').count(), 2);
    }
}
