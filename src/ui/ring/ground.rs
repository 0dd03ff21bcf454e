//! The ground of the ring: the ownership band, textures, and the client in the middle. It changes
//! only with the topology.

use std::fmt::Write;
use std::sync::Arc;

use yew::prelude::*;

use super::super::geometry::{BAND_INNER, BAND_OUTER, CENTRE};
use super::super::outline::{font_size, push_sector, push_tick};
use super::super::palette;
use super::VIEW_BOX;
use crate::base::{NodeId, tenths};
use crate::ring::{PreferenceLists, Ring, Token};

/// Up to so many vnodes, each one is drawn with its token; above, arcs would be thinner than a
/// pixel and the band shows a sample.
const DRAWN_VNODES: usize = 1_500;
const SAMPLES: u32 = 2_400;
const TICKED_VNODES: usize = 420;

#[derive(Properties)]
pub struct GroundProps {
    pub cluster: u64,
    pub lists: Arc<PreferenceLists>,
    /// How many nodes there are or have been.
    pub nodes: usize,
    pub compact: bool,
}

/// Token ranges change far more rarely than lists are looked at.
impl PartialEq for GroundProps {
    fn eq(&self, other: &Self) -> bool {
        self.cluster == other.cluster
            && self.nodes == other.nodes
            && self.compact == other.compact
            && (Arc::ptr_eq(&self.lists, &other.lists) || self.lists == other.lists)
    }
}

#[component]
pub fn Ground(props: &GroundProps) -> Html {
    let ring = props.lists.ring();
    let shares = &props.lists.shares().first;
    let bands = bands(ring).into_iter().enumerate().map(|(index, path)| {
        let node = NodeId(index as u16);
        let share = shares[index] * 100.0;
        html! {
            <path d={path} fill={format!("url(#rs-look-{index})")} style={palette::style(node)}>
                <title>{ format!("{node} owns {}% of the ring", tenths(share)) }</title>
            </path>
        }
    });
    let name_size = if props.compact { 27.0 } else { 21.0 };
    html! {
        <svg class="ring-layer ring-ground" viewBox={VIEW_BOX} aria-hidden="true">
            <defs>{ for (0..props.nodes).map(look) }</defs>
            <g class={classes!((ring.vnodes().len() > DRAWN_VNODES).then_some("is-sampled"))}>
                { for bands }
            </g>
            if ring.vnodes().len() <= TICKED_VNODES {
                <path class="ring-tokens" d={ticks(ring)} />
            }
            <circle class="ring-edge" cx="500" cy="500" r={tenths(BAND_INNER)} />
            <circle class="ring-edge" cx="500" cy="500" r={tenths(BAND_OUTER)} />
            <circle class="ring-client" cx={tenths(CENTRE.x)} cy={tenths(CENTRE.y)} r="42" />
            <text class="ring-client-name" x="500" y="500" dy=".35em"
                style={font_size(name_size)}>{ "client" }</text>
        </svg>
    }
}

/// One outline per node, of all its arcs.
fn bands(ring: &Ring) -> Vec<String> {
    let mut paths = vec![String::new(); ring.node_count()];
    if ring.vnodes().len() > DRAWN_VNODES {
        push_samples(ring, &mut paths);
        return paths;
    }
    let last = ring.vnodes().last().expect("a ring has a vnode").token;
    let mut from = last.turn() - 1.0;
    for vnode in ring.vnodes() {
        let to = vnode.token.turn();
        push_sector(&mut paths[vnode.node.index()], from, to, BAND_INNER, BAND_OUTER);
        from = to;
    }
    paths
}

/// The owners at evenly spaced positions; neighbours of one owner become one arc.
fn push_samples(ring: &Ring, paths: &mut [String]) {
    let turn = |sample: u32| f64::from(sample) / f64::from(SAMPLES);
    let owner = |sample: u32| {
        let position = Token((u128::from(sample) * 2 + 1) * (u128::MAX / u128::from(SAMPLES * 2)));
        ring.vnodes()[ring.successor(position)].node
    };
    let mut from = 0;
    for sample in 1..=SAMPLES {
        if sample == SAMPLES || owner(sample) != owner(from) {
            let path = &mut paths[owner(from).index()];
            push_sector(path, turn(from), turn(sample), BAND_INNER, BAND_OUTER);
            from = sample;
        }
    }
}

fn ticks(ring: &Ring) -> String {
    let mut path = String::new();
    for vnode in ring.vnodes() {
        push_tick(&mut path, vnode.token.turn(), BAND_INNER, BAND_OUTER);
    }
    path
}

/// A node's colour with its texture, to fill its arcs and the rim of its disc with.
fn look(index: usize) -> Html {
    let node = NodeId(index as u16);
    html! {
        <pattern id={format!("rs-look-{index}")} patternUnits="userSpaceOnUse" width="12"
            height="12" style={palette::style(node)}>
            <rect class="look-plain" width="12" height="12" />
            <path class="look-lines" d={lines(palette::texture(node))} />
        </pattern>
    }
}

/// The lines of a texture in a tile of 12 units.
fn lines(texture: usize) -> String {
    let mut path = String::new();
    // Writing to a string cannot fail.
    let _ = match texture {
        1 => write!(path, "M-3 3L3 -3M-3 15L15 -3M9 15L15 9"),
        2 => write!(path, "M3 3h.01M9 9h.01"),
        3 => write!(path, "M-3 9L3 15M-3 -3L15 15M9 -3L15 3"),
        4 => write!(path, "M0 6H12"),
        5 => write!(path, "M6 0V12M0 6H12"),
        6 => write!(path, "M6 0V12"),
        7 => write!(path, "M0 8L3 4L9 8L12 4"),
        _ => Ok(()),
    };
    path
}
