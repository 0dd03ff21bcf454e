//! The way from a key's position along the ring to its owners.

use std::f64::consts::TAU;

use yew::prelude::*;

use super::super::driver::Handle;
use super::super::geometry::{self, BAND_INNER, BAND_OUTER, Point, WALK_RADIUS, at_turn};
use super::super::outline::{self, font_size, translate};
use super::super::palette;
use super::super::scene::Focus;
use super::super::selection::Selection;
use super::Layout;
use crate::base::{NodeId, tenths};
use crate::ring::{Token, Verdict, WalkStep};

/// The whole walk takes this long to draw itself.
const WALK_MS: f64 = 1_100.0;
/// Skipped vnodes nearer to each other than this turn are drawn as one.
const SKIP_GAP: f64 = 0.006;
const LONGEST_NAME: usize = 22;

/// An owner's place on the walk, in turns from the key's position.
struct Owner {
    node: NodeId,
    place: usize,
    token: f64,
    /// Where its rank is written: moved on where ranks would overprint.
    badge: f64,
}

fn ahead(position: Token, step: &WalkStep) -> f64 {
    Token(position.distance_to(step.vnode.token)).turn()
}

fn rank_radius(layout: Layout) -> f64 {
    if layout.compact { 24.0 } else { 17.0 }
}

fn owners(focus: &Focus, layout: Layout) -> Vec<Owner> {
    let mut owners: Vec<Owner> = focus
        .walk
        .iter()
        .filter_map(|step| match step.verdict {
            Verdict::Owner { place } => {
                let token = ahead(focus.key.position, step);
                Some(Owner { node: step.vnode.node, place, token, badge: token })
            }
            _ => None,
        })
        .collect();
    let gap = (2.0 * rank_radius(layout) + 5.0) / (TAU * WALK_RADIUS);
    let mut badges: Vec<f64> = owners.iter().map(|owner| owner.token.max(gap * 1.05)).collect();
    geometry::spread(&mut badges, gap);
    for (owner, badge) in owners.iter_mut().zip(badges) {
        owner.badge = badge;
    }
    owners
}

/// Lines from the owners' tokens to their discs. They keep to the lane between band and discs, as
/// on a metro map, so that they cross neither messages nor votes.
pub fn connectors(focus: &Focus, layout: Layout) -> Html {
    let start = focus.key.position.turn();
    let lines = owners(focus, layout).into_iter().map(|owner| {
        let lane = 390.0 - 9.0 * owner.place.min(4) as f64;
        let d = connector(start + owner.token, layout.seat(owner.node), lane, layout);
        html! { <path d={d} style={palette::style(owner.node)} /> }
    });
    html! { <g class="connectors" key={focus_key(focus)} aria-hidden="true">{ for lines }</g> }
}

fn connector(token: f64, node: usize, lane: f64, layout: Layout) -> String {
    let token = token.rem_euclid(1.0);
    let mut around = geometry::node_turn(node, layout.count) - token;
    around -= around.round();
    // It comes to the disc's shoulder on its own side: the load is written at the top of the disc.
    let side = if around > 0.0 { -1.0 } else { 1.0 };
    let disc = geometry::node_point(node, layout.count);
    let way = geometry::outward(node, layout.count);
    let radius = layout.disc();
    let shoulder = Point::new(
        disc.x + radius * (0.55 * way.x - 0.83 * side * way.y),
        disc.y + radius * (0.55 * way.y + 0.83 * side * way.x),
    );
    let lean = (shoulder.y - geometry::CENTRE.y).atan2(shoulder.x - geometry::CENTRE.x);
    let mut rest = lean / TAU + 0.25 - token;
    rest -= rest.round();
    // Rounded where the line turns into the lane and out of it.
    let cut = (rest.abs() * TAU * lane / 3.0).min(12.0);
    let bend = cut / (TAU * lane) * rest.signum();
    let [from, into, corner, start] = [
        at_turn(token, BAND_INNER),
        at_turn(token, lane + cut),
        at_turn(token, lane),
        at_turn(token + bend, lane),
    ];
    let [end, last, out] = [
        at_turn(token + rest - bend, lane),
        at_turn(token + rest, lane),
        at_turn(token + rest, lane - cut),
    ];
    let (radius, sweep) = (tenths(lane), u8::from(rest > 0.0));
    format!(
        "M{from}L{into}Q{corner} {start}A{radius} {radius} 0 0 {sweep} {end}\
         Q{last} {out}L{shoulder}"
    )
}

/// A new key begins a new drawing, so that its walk is walked again.
fn focus_key(focus: &Focus) -> String {
    focus.key.position.to_string()
}

/// The key's marker, the line along the ring, and every vnode that it passes.
pub fn walk(focus: &Focus, layout: Layout, driver: &Handle) -> Html {
    let start = focus.key.position.turn();
    let owners = owners(focus, layout);
    let Some(last) = owners.last() else { return Html::default() };
    let span = last.badge.max(last.token);
    let delay = |along: f64| format!("animation-delay:{}ms", (along / span * WALK_MS) as u32);
    let skipped = skipped(focus, &owners, layout).into_iter().map(|(along, why)| {
        let Point { x, y } = at_turn(start + along, WALK_RADIUS);
        html! {
            <g class="walk-skip" style={delay(along)}
                transform={translate(x, y)}>
                <title>{ why }</title>
                <circle r={if layout.compact { "10" } else { "7.5" }} />
                <path d="M-6 6L6 -6" />
            </g>
        }
    });
    let ranks = owners.iter().map(|owner| rank(owner, start, layout, &delay(owner.badge)));
    html! {
        <g class="walk" key={focus_key(focus)}>
            <path class="walk-line" pathLength="1"
                d={outline::arc(start, start + span, WALK_RADIUS)} />
            { for skipped }
            { for ranks }
            { key_marker(focus, start, layout, driver) }
        </g>
    }
}

fn rank(owner: &Owner, start: f64, layout: Layout, delay: &str) -> Html {
    let Point { x, y } = at_turn(start + owner.badge, WALK_RADIUS);
    let [inner, outer] =
        [BAND_INNER - 6.0, BAND_OUTER + 5.0].map(|r| at_turn(start + owner.token, r));
    let tick = format!("M{inner}L{outer}");
    let leader = format!("M{outer}L{} {}", tenths(x), tenths(y));
    let r = rank_radius(layout);
    let name = format!("Owner {} is {}", owner.place + 1, owner.node);
    html! {
        <g class="walk-owner" style={format!("{};{delay}", palette::style(owner.node))}>
            <title>{ name }</title>
            <path class="walk-leader" d={leader} />
            <path class="walk-token" d={tick} />
            <circle cx={tenths(x)} cy={tenths(y)} r={tenths(r)} />
            <text x={tenths(x)} y={tenths(y)} dy=".35em"
                style={font_size(r * 1.25)}>{ owner.place + 1 }</text>
        </g>
    }
}

/// What the walk makes of a vnode.
pub(super) fn reason(step: &WalkStep) -> String {
    let node = step.vnode.node;
    match step.verdict {
        Verdict::Owner { place } => format!("Owner {} is {node}", place + 1),
        Verdict::SameNode => format!("Skipped: {node} is an owner already"),
        Verdict::SameZone => format!("Skipped: the zone of {node} has an owner already"),
    }
}

/// Vnodes that were passed over, with the reason, where there is room to show them.
fn skipped(focus: &Focus, owners: &[Owner], layout: Layout) -> Vec<(f64, String)> {
    let room = (rank_radius(layout) + 9.0) / (TAU * WALK_RADIUS);
    let mut shown: Vec<(f64, String)> = Vec::new();
    for step in &focus.walk {
        if let Verdict::Owner { .. } = step.verdict {
            continue;
        }
        let why = reason(step);
        let along = ahead(focus.key.position, step);
        let is_free = owners.iter().all(|owner| (owner.badge - along).abs() > room)
            && shown.last().is_none_or(|(before, _)| along - before > SKIP_GAP)
            && along > room * 0.6;
        if is_free {
            shown.push((along, why));
        }
    }
    shown
}

/// A pin at the key's position, and its name along the ring on the side where the walk is not.
fn key_marker(focus: &Focus, start: f64, layout: Layout, driver: &Handle) -> Html {
    let font = if layout.compact { 38.0 } else { 27.0 };
    let name = shortened(&focus.key.key().to_string());
    let gap = if layout.compact { 0.012 } else { 0.009 };
    let is_upper = at_turn(start, 1.0).y < geometry::CENTRE.y + 0.3;
    let [from, to] = [start - 0.3, start - gap];
    let (line, anchor, offset) = match is_upper {
        true => (outline::arc(from, to, BAND_OUTER + 12.0), "end", "100%"),
        false => (outline::arc_back(from, to, BAND_OUTER + 12.0 + font * 0.74), "start", "0"),
    };
    let [tip, left, right] = [
        at_turn(start, BAND_OUTER + 1.0),
        at_turn(start - 0.0055, WALK_RADIUS + 13.0),
        at_turn(start + 0.0055, WALK_RADIUS + 13.0),
    ];
    let pin = format!("M{tip}L{left}L{right}Z");
    let [inner, outer] = [BAND_INNER, BAND_OUTER].map(|radius| at_turn(start, radius));
    let across = format!("M{inner}L{outer}");
    let onclick = {
        let (driver, key) = (driver.clone(), focus.key.clone());
        move |_: MouseEvent| driver.select(Some(Selection::Item(key.clone())))
    };
    html! {
        <g class="walk-key" {onclick}>
            <title>{ format!("{} at position {}", focus.key, focus.key.position) }</title>
            <path class="walk-position" d={across} />
            <path class="walk-pin" d={pin} />
            <path id="rs-key-line" d={line} fill="none" />
            <text style={font_size(font)}>
                <textPath href="#rs-key-line" startOffset={offset} text-anchor={anchor}>
                    { name }
                </textPath>
            </text>
        </g>
    }
}

pub(super) fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    name.chars().take(LONGEST_NAME - 1).chain(['…']).collect()
}
