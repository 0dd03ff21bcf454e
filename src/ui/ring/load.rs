//! How much a node stores, as a bar: against the mean of all nodes, which a mark in the middle of
//! the bar stands for. While a workload goes on it is what the node serves instead.

use yew::prelude::*;

use super::super::geometry::{self, Point};
use super::super::outline::font_size;
use super::super::palette;
use super::super::scene::Scene;
use super::Layout;
use crate::base::tenths;
use crate::sim::NodeStatus;

/// What one node stores, or serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Load {
    items: usize,
    bytes: u64,
    /// While a workload goes on: reads and writes a second.
    served: Option<u32>,
    /// Bytes are what matters: the load balancer evens them out.
    weighs_bytes: bool,
    /// What it serves, or else its bytes, in percent of the mean of all nodes.
    percent: u64,
}

impl Load {
    /// Of every node.
    pub fn of(scene: &Scene) -> impl Fn(&NodeStatus) -> Load {
        let served = scene.served.clone();
        let all: u64 = match served.is_empty() {
            true => scene.seated().map(|node| node.bytes).sum(),
            false => served.iter().map(|rate| u64::from(*rate)).sum(),
        };
        let (count, weighs_bytes) = (scene.seated().count() as u64, scene.weighs_bytes);
        move |node| {
            let (items, bytes) = (node.items, node.bytes);
            let is_loaded = !served.is_empty();
            let served = is_loaded.then(|| served.get(node.node.index()).copied().unwrap_or(0));
            let own = served.map_or(bytes, u64::from);
            let percent = (own * count * 100).checked_div(all).unwrap_or(0);
            Load { items, bytes, served, weighs_bytes, percent }
        }
    }

    pub fn words(self) -> String {
        let Self { items, bytes, served, percent, .. } = self;
        if let Some(served) = served {
            let (items, served) = (palette::grouped(items), palette::grouped(served as usize));
            return format!(
                "{items} items, serves {served} reads and writes a second: {percent}% of the mean"
            );
        }
        let (items, bytes) = (palette::grouped(items), palette::grouped(bytes as usize));
        match percent {
            0 => format!("{items} items"),
            _ => format!("{items} items, {bytes} bytes: {percent}% of the mean"),
        }
    }

    /// Of a bar that has room for twice the mean.
    fn share(self) -> f64 {
        (self.percent as f64 / 200.0).min(1.0)
    }
}

/// Where a box beside the disc may not be: around the version's tag, as its middle and half sizes.
pub(super) type Taken = Option<[f64; 3]>;

/// A bar and the count of items, on the outer side of a disc.
pub(super) fn beside(
    load: Load,
    (node, zone): (usize, Option<u8>),
    layout: Layout,
    radius: f64,
    taken: Taken,
) -> Html {
    let font = layout.font() * 0.9;
    let is_short = layout.compact || zone.is_some();
    let written = if is_short { palette::short } else { palette::grouped };
    let count = match load.served {
        Some(rate) => format!("{}/s", written(rate as usize)),
        None if load.weighs_bytes => format!("{}B", palette::short(load.bytes as usize)),
        None => written(load.items),
    };
    let text = match zone {
        Some(zone) if !layout.compact => format!("z{} · {count}", zone + 1),
        _ => count,
    };
    let bar = if layout.compact { 60.0 } else { 56.0 };
    let half_width = (text.chars().count() as f64 * font * 0.56).max(bar) / 2.0 + 2.0;
    let half_height = if layout.compact { 22.0 } else { 17.0 };
    let way = geometry::outward(node, layout.count);
    let Point { x, y } = clear_of(taken, way, radius, [half_width, half_height]);
    let (left, top) = (x - bar / 2.0, y - half_height);
    html! {
        <g class="node-load">
            <rect class="load-track" x={tenths(left)} y={tenths(top)}
                width={tenths(bar)} height="8" rx="4" />
            <rect class={classes!("load-bar", load.served.is_some().then_some("is-served"))}
                x={tenths(left)} y={tenths(top)}
                width={tenths(bar * load.share())} height="8" rx="4" />
            <path class="load-mean" d={format!("M{} {}v12", tenths(x), tenths(top - 2.0))} />
            <text class="load-count" x={tenths(x)} y={tenths(top + 12.0 + font * 0.87)}
                style={font_size(font)}>{ text }</text>
        </g>
    }
}

/// Beside the disc, and further out until the version's tag is free.
fn clear_of(taken: Taken, way: Point, radius: f64, [half_width, half_height]: [f64; 2]) -> Point {
    let place = geometry::beside(Point::new(0.0, 0.0), radius + 9.0, way, half_width, half_height);
    let is_clear = |place: &Point| {
        taken.is_none_or(|[y, wide, high]| {
            place.x.abs() > wide + half_width + 4.0
                || (place.y - y).abs() > high + half_height + 3.0
        })
    };
    (0..16u8).map(|step| place.plus(way, 4.0 * f64::from(step))).find(is_clear).unwrap_or(place)
}

/// How much room there is for a bar that stands for the mean, outwards from small discs.
fn mean_length(layout: Layout) -> f64 {
    let free = 374.0 - geometry::node_radius(layout.count) - layout.disc();
    (free / 2.0).clamp(5.0, 15.0)
}

/// A bar that points outwards from a small disc.
pub(super) fn outwards(load: Load, node: usize, layout: Layout, radius: f64) -> Html {
    let width = (radius * 0.7).min(9.0);
    let length = 2.0 * mean_length(layout) * load.share();
    let degrees = geometry::node_turn(node, layout.count) * 360.0;
    html! {
        <rect class="load-bar" x={tenths(-width / 2.0)} y={tenths(-radius - 5.0 - length)}
            width={tenths(width)} height={tenths(length)}
            transform={format!("rotate({})", tenths(degrees))} />
    }
}

/// The mean, around all bars that point outwards.
pub(super) fn mean_of_all(layout: Layout) -> Html {
    let radius = geometry::node_radius(layout.count) + layout.disc() + 5.0 + mean_length(layout);
    html! {
        <circle class="load-mean-of-all" cx="500" cy="500" r={tenths(radius)}>
            <title>{ "What each node stores, or serves while a workload goes on; the dotted line is the mean" }</title>
        </circle>
    }
}
