//! Small signs beside a node's disc, each a drawing and a few letters: hints that it keeps, who
//! suspects it, a pause, a wrong clock, slowness, a lost disk.

use yew::prelude::*;

use super::super::geometry::{self, Point};
use super::super::outline::{font_size, translate};
use super::super::scene::Scene;
use super::super::trouble::judges;
use super::Layout;
use crate::base::{Duration, NodeId, hundredths, tenths};
use crate::sim::NodeStatus;

/// What a chip is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    Hints,
    Suspected,
    Paused,
    Clock,
    Slow,
    Disk,
}

/// One sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chip {
    about: About,
    text: String,
}

impl Chip {
    pub fn is_suspicion(&self) -> bool {
        self.about == About::Suspected
    }
}

/// The signs of a node, in the order in which they are drawn.
pub(super) fn chips(status: &NodeStatus, scene: &Scene) -> Vec<Chip> {
    let mut chips = Vec::new();
    let mut push = |about, text: String| chips.push(Chip { about, text });
    let by = scene.nodes.iter().filter(|other| other.suspects.contains(&status.node)).count();
    if by > 0 {
        push(About::Suspected, format!("{by}/{}", judges(status.node, &scene.nodes)));
    }
    if status.paused {
        push(About::Paused, "paused".to_owned());
    }
    if status.hints > 0 {
        push(About::Hints, hints_text(status, scene));
    }
    if !status.whole {
        push(About::Disk, if status.up { "rebuilding" } else { "disk lost" }.to_owned());
    }
    if !status.clock.is_right() {
        push(About::Clock, clock_text(status, scene));
    }
    if status.slow_by > Duration::default() {
        push(About::Slow, format!("+{}", status.slow_by));
    }
    chips
}

/// How many hints it keeps, and for whom: `for B`, `3 for B, C`, `9 for 4 owners`.
fn hints_text(status: &NodeStatus, scene: &Scene) -> String {
    let owners: Vec<NodeId> = scene.hints_of(status.node).map(|(owner, _)| owner).collect();
    let owners = match owners.as_slice() {
        [one] => one.to_string(),
        [one, other] => format!("{one}, {other}"),
        several => format!("{} owners", several.len()),
    };
    match status.hints {
        1 => format!("for {owners}"),
        hints => format!("{hints} for {owners}"),
    }
}

/// How far a clock is ahead, in at most a few digits.
fn clock_text(status: &NodeStatus, scene: &Scene) -> String {
    let ahead = scene.trouble.ahead.get(status.node.index()).copied().unwrap_or_default();
    let us = ahead.0.unsigned_abs();
    let unit = 10u64.pow(us.max(1).ilog10().saturating_sub(1));
    let span = crate::base::format_us(us / unit * unit);
    match ahead.0 {
        0 => "drifts".to_owned(),
        1.. => format!("+{span}"),
        _ => format!("−{span}"),
    }
}

/// The drawing of each sign, and what it means.
pub(super) fn key() -> [(&'static str, &'static str); 6] {
    [
        (About::Suspected.strokes(), "suspected: by how many of those who are up"),
        (About::Hints.strokes(), "how many hints it keeps, and for whom"),
        (About::Paused.strokes(), "paused: it takes nothing in"),
        (About::Disk.strokes(), "its disk is lost, or being rebuilt"),
        (About::Clock.strokes(), "its clock is wrong by so much"),
        (About::Slow.strokes(), "slow: everything takes so much longer"),
    ]
}

impl About {
    /// Strokes in a square from -1 to 1.
    fn strokes(self) -> &'static str {
        match self {
            Self::Hints => "M-.95 -.65H.95V.65H-.95ZM-.95 -.65L0 .15L.95 -.65",
            Self::Suspected => "M-.55 -.45C-.55 -1.1 .6 -1.1 .6 -.4C.6 .05 0 .05 0 .5M0 .85V.9",
            Self::Paused => "M-.4 -.75V.75M.4 -.75V.75",
            Self::Clock => "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0M0 -.5V0L.4 .25",
            Self::Slow => "M-.65 -.9H.65L-.65 .9H.65ZM-.65 -.9L.65 .9",
            Self::Disk => {
                "M-.8 -.55C-.8 -.95 .8 -.95 .8 -.55V.55C.8 .95 -.8 .95 -.8 .55ZM-.8 -.55C-.8 -.15 .8 -.15 .8 -.55"
            }
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Hints => "chip is-hints",
            Self::Suspected => "chip is-suspected",
            _ => "chip",
        }
    }
}

/// Draws the signs in a column beside the disc of a node.
pub(super) fn column(chips: &[Chip], node: NodeId, layout: Layout, radius: f64) -> Html {
    if chips.is_empty() || !layout.is_detailed() {
        return Html::default();
    }
    let font = layout.font() * 0.86;
    let (icon, height) = (font * 0.42, font * 1.3);
    let width = |chip: &Chip| chip.text.chars().count() as f64 * font * 0.6 + font * 2.05;
    let widest = chips.iter().map(width).fold(0.0, f64::max);
    let whole = chips.len() as f64 * (height + 3.0) - 3.0;
    // Along the ring, and upwards rather than downwards: the version tag is below the disc.
    let out = geometry::outward(layout.seat(node), layout.count);
    let side = if out.x > 0.05 { -1.0 } else { 1.0 };
    let way = Point::new(-out.y * side, out.x * side);
    let Point { x, y } =
        geometry::beside(Point::new(0.0, 0.0), radius + 7.0, way, widest / 2.0, whole / 2.0);
    let one = |(at, chip): (usize, &Chip)| {
        let width = width(chip);
        let y = y - whole / 2.0 + at as f64 * (height + 3.0) + height / 2.0;
        let left = -width / 2.0;
        html! {
            <g class={chip.about.class()} transform={translate(x, y)}>
                <rect x={tenths(left)} y={tenths(-height / 2.0)} width={tenths(width)}
                    height={tenths(height)} rx={tenths(height / 2.0)} />
                <path d={chip.about.strokes()} transform={format!("{} scale({})",
                    translate(left + font * 0.92, 0.0), hundredths(icon))} />
                <text x={tenths(font * 0.58)} dy=".35em" style={font_size(font)}>
                    { chip.text.clone() }
                </text>
            </g>
        }
    };
    html! { <>{ for chips.iter().enumerate().map(one) }</> }
}
