//! What is wrong with the network, drawn into the ring: the sides of a split as tinted sectors with
//! a cut around them, and bad links as dotted lines.

use yew::prelude::*;

use super::super::geometry::{self, FlightPath, Point, Stop, at_turn};
use super::super::outline::{push_sector, translate};
use super::super::scene::Scene;
use super::super::trouble::{BadLink, split_words};
use super::Layout;
use crate::base::NodeId;
use crate::sim::Split;

/// The sectors of a split lie between these radii.
const INNER: f64 = 62.0;
const OUTER: f64 = 394.0;

/// Everything that is wrong with the network.
pub(super) fn network_faults(scene: &Scene, layout: Layout) -> Html {
    let splits = scene.trouble.splits.iter().map(|split| one_split(split, layout));
    let links = scene.trouble.links.iter().filter_map(|link| bad_link(link, layout));
    html! { <g class="network-faults">{ for splits }{ for links }</g> }
}

fn one_split(split: &Split, layout: Layout) -> Html {
    let near = runs(&split.nodes, layout);
    let far = runs(&split.from, layout);
    let words = split_words(split, layout.seats);
    let crosses = near.iter().flat_map(|(from, to)| [*from, *to]).flat_map(|turn| {
        [0.3, 0.62, 0.9].map(|share| {
            let Point { x, y } = at_turn(turn, INNER + (OUTER - INNER) * share);
            html! { <path class="cut-cross" d="M-8 -8L8 8M8 -8L-8 8" transform={translate(x, y)} /> }
        })
    });
    html! {
        <g class={classes!("cut", split.oneway.then_some("cut-oneway"))}>
            <title>{ words }</title>
            <path class="cut-far" d={sectors(&far)} />
            <path class="cut-near" d={sectors(&near)} />
            { for crosses }
        </g>
    }
}

fn sectors(runs: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (from, to) in runs {
        push_sector(&mut path, *from, *to, INNER, OUTER);
    }
    path
}

/// Neighbours on the ring belong to one sector: where each begins and ends, in turns.
fn runs(nodes: &[NodeId], Layout { seats, count, .. }: Layout) -> Vec<(f64, f64)> {
    let has = |seat: usize| nodes.iter().any(|node| seats.seat(*node) == Some(seat % count));
    let half = 0.5 / count as f64;
    let first = |at: &usize| has(*at) && !has(*at + count - 1);
    let run = |start: usize| {
        let length = (0..count).take_while(|step| has(start + step)).count();
        let from = geometry::node_turn(start, count) - half;
        (from, from + length as f64 / count as f64)
    };
    (0..count).filter(first).map(run).collect()
}

fn bad_link(link: &BadLink, layout: Layout) -> Option<Html> {
    let (a, b) = link.between?;
    let [a, b] = [layout.seats.seat(a)?, layout.seats.seat(b)?];
    let path = FlightPath::between(Stop::Node(a), Stop::Node(b), layout.count);
    let FlightPath { start, control, end } = path;
    let way = match link.oneway {
        true => format!("M{start}Q{control} {end}"),
        false => format!("M{start}L{end}"),
    };
    Some(html! {
        <g class="bad-link">
            <title>{ link.words() }</title>
            <path d={way} />
        </g>
    })
}
