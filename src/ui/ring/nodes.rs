//! The nodes: discs that are buttons. Each is redrawn only when something about it has changed.

use std::rc::Rc;

use yew::prelude::*;

use super::super::geometry::{self, Point};
use super::super::outline::{font_size, translate};
use super::super::palette;
use super::super::scene::Scene;
use super::super::selection::Selection;
use super::super::trouble::suspicion_words;
use super::Layout;
use super::chips::{self, Chip};
use crate::base::{Duration, NodeId, tenths};
use crate::sim::{NodeStatus, Replica};

/// What a node holds of the item in focus, in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Badge {
    /// The version's dot, such as `A1.3`.
    version: Option<String>,
    stale: bool,
}

impl Badge {
    /// None while nobody has anything: that needs no tag.
    fn of(replica: &Replica) -> Option<Self> {
        let version = replica.held.as_ref().map(|held| match held.versions() {
            [one] => one.dot().to_string(),
            siblings => format!("{} siblings", siblings.len()),
        });
        (version.is_some() || replica.stale).then_some(Self { version, stale: replica.stale })
    }

    fn text(&self) -> String {
        match (&self.version, self.stale) {
            (Some(version), false) => version.clone(),
            (Some(version), true) => format!("○ {version}"),
            (None, _) => "none".into(),
        }
    }

    fn words(&self) -> String {
        match (&self.version, self.stale) {
            (Some(version), false) => format!("has version {version}"),
            (Some(version), true) => format!("has version {version}, which is stale"),
            (None, _) => "misses the version that others have".into(),
        }
    }
}

#[derive(Properties, PartialEq)]
pub(super) struct NodesProps {
    pub scene: Rc<Scene>,
    pub layout: Layout,
    /// The node that the keyboard is at.
    pub current: usize,
    pub on_click: Callback<NodeId>,
}

#[component]
pub(super) fn Nodes(props: &NodesProps) -> Html {
    let scene = &props.scene;
    let fullest = scene.nodes.iter().map(|node| node.items).max().unwrap_or(0).max(1);
    let zoned = scene.nodes.iter().any(|node| node.zone != scene.nodes[0].zone);
    let replicas: &[Replica] = scene.focus.as_ref().map_or(&[], |focus| &focus.replicas);
    let discs = scene.nodes.iter().map(|status| {
        let replica = replicas.iter().find(|replica| replica.node == status.node);
        html! {
            <Disc key={status.node.0} node={status.node} layout={props.layout} up={status.up}
                paused={status.paused} chips={chips::chips(status, scene)}
                items={status.items} zone={zoned.then_some(status.zone.0)}
                load_permille={status.items * 1000 / fullest} badge={replica.and_then(Badge::of)}
                is_selected={scene.selected == Some(Selection::Node(status.node))}
                is_current={status.node.index() == props.current}
                words={words(status, replica, zoned, scene)} on_click={props.on_click.clone()} />
        }
    });
    html! { <g class="ring-nodes">{ for discs }</g> }
}

fn words(status: &NodeStatus, replica: Option<&Replica>, zoned: bool, scene: &Scene) -> String {
    let state = state_words(status);
    let mut words =
        format!("Node {}, {state}, {} items", status.node, palette::grouped(status.items));
    if zoned {
        words += &format!(", {}", status.zone);
    }
    if let Some(badge) = replica.and_then(Badge::of) {
        words += &format!(", {}", badge.words());
    }
    if let Some(suspicion) = suspicion_words(status.node, &scene.nodes) {
        words += &format!(", {suspicion}");
    }
    if status.hints > 0 {
        words += &format!(", keeps {} hints for others", status.hints);
    }
    if !status.clock.is_right() {
        words += &format!(", clock {}", scene.trouble.clock_words(status));
    }
    if status.slow_by > Duration::default() {
        words += &format!(", slow by {}", status.slow_by);
    }
    words
}

/// Whether it is up, and whether it votes.
pub(crate) fn state_words(status: &NodeStatus) -> &'static str {
    match (status.up, status.paused, status.whole) {
        (true, true, _) => "paused",
        (true, false, true) => "up",
        (true, false, false) => "rebuilding its lost disk",
        (false, _, true) => "down",
        (false, _, false) => "down, disk lost",
    }
}

#[derive(Properties, PartialEq)]
struct DiscProps {
    node: NodeId,
    layout: Layout,
    up: bool,
    paused: bool,
    chips: Vec<Chip>,
    items: usize,
    load_permille: usize,
    zone: Option<u8>,
    badge: Option<Badge>,
    is_selected: bool,
    is_current: bool,
    words: String,
    on_click: Callback<NodeId>,
}

#[component]
fn Disc(props: &DiscProps) -> Html {
    let DiscProps { node, layout, up, .. } = props;
    let radius = layout.disc();
    let place = geometry::node_point(node.index(), layout.count);
    let onclick = {
        let (node, on_click) = (*node, props.on_click.clone());
        move |_: MouseEvent| on_click.emit(node)
    };
    let class = classes!(
        "node",
        if *up { "node-up" } else { "node-down" },
        props.paused.then_some("node-paused"),
        props.is_selected.then_some("node-selected"),
    );
    let reach = (radius + 8.0).max(if layout.is_detailed() { 36.0 } else { radius });
    html! {
        <g {class} style={palette::style(*node)} role="button"
            transform={translate(place.x, place.y)}
            tabindex={if props.is_current { "0" } else { "-1" }} data-node={node.0.to_string()}
            aria-label={props.words.clone()} aria-pressed={props.is_selected.to_string()} {onclick}>
            <title>{ &props.words }</title>
            <circle class="node-reach" r={tenths(reach)} />
            <circle class="node-halo" r={tenths(radius * 1.08 + 4.0)} />
            { body(*node, radius, *up) }
            if props.chips.iter().any(Chip::is_suspicion) {
                <circle class="node-suspected" r={tenths(radius * 1.1 + 2.0)} />
            }
            { letter(*node, *layout, radius) }
            if layout.is_detailed() {
                { load(props, radius) }
            }
            { chips::column(&props.chips, *node, *layout, radius) }
            if let Some(badge) = &props.badge {
                { badge_sign(badge, *layout, radius) }
            }
        </g>
    }
}

fn body(node: NodeId, radius: f64, up: bool) -> Html {
    let r = tenths(radius);
    if up {
        let core = tenths(radius * 0.7);
        return html! {
            <>
                <circle class="node-rim" {r} fill={format!("url(#rs-look-{})", node.index())} />
                <circle class="node-core" r={core} />
            </>
        };
    }
    let arm = tenths(radius * 0.64);
    let cross = format!("M-{arm} -{arm}L{arm} {arm}M{arm} -{arm}L-{arm} {arm}");
    html! {
        <>
            <circle class="node-hollow" {r} />
            <path class="node-cross" d={cross} />
            <circle class="node-plate" r={tenths(radius * 0.48)} />
        </>
    }
}

/// Discs too small for a letter go without one: the label for the keyboard and the pointer has it.
fn letter(node: NodeId, layout: Layout, radius: f64) -> Html {
    let name = node.to_string();
    let size = (radius * 0.82).min(radius * 1.9 / name.len() as f64);
    if size < layout.font() * 0.42 {
        return Html::default();
    }
    html! {
        <text class="node-letter" dy=".35em" style={font_size(size)}>{ name }</text>
    }
}

/// The load on the outer side of the disc: a bar, and the count of items.
fn load(props: &DiscProps, radius: f64) -> Html {
    let (layout, node) = (props.layout, props.node.index());
    let font = layout.font();
    let [half_width, half_height] = if layout.compact { [34.0, 22.0] } else { [32.0, 17.0] };
    let way = geometry::outward(node, layout.count);
    let Point { x, y } =
        geometry::beside(Point::new(0.0, 0.0), radius + 9.0, way, half_width, half_height);
    let width = 2.0 * half_width - 8.0;
    let filled = width * props.load_permille as f64 / 1000.0;
    let left = x - width / 2.0;
    let top = y - half_height;
    let count = match layout.compact || props.zone.is_some() {
        true => palette::short(props.items),
        false => palette::grouped(props.items),
    };
    let text = match props.zone {
        Some(zone) if !layout.compact => format!("z{} · {count}", zone + 1),
        _ => count,
    };
    html! {
        <g class="node-load">
            <rect class="load-track" x={tenths(left)} y={tenths(top)}
                width={tenths(width)} height="8" rx="4" />
            <rect class="load-bar" x={tenths(left)} y={tenths(top)}
                width={tenths(filled)} height="8" rx="4" />
            <text class="load-count" x={tenths(x)} y={tenths(top + 12.0 + font * 0.78)}
                style={font_size(font * 0.9)}>{ text }</text>
        </g>
    }
}

/// The version of the item in focus, as a tag over the rim of the disc.
fn badge_sign(badge: &Badge, layout: Layout, radius: f64) -> Html {
    let class = classes!("badge", badge.stale.then_some("badge-stale"));
    if !layout.is_detailed() {
        let r = tenths((radius * 0.45).max(4.5));
        return html! {
            <circle {class} cy={tenths(radius * 0.9)} {r} />
        };
    }
    let text = badge.text();
    let is_crowded = layout.compact && layout.count > 8;
    let font = layout.font() * if is_crowded { 0.72 } else { 0.86 };
    let width = text.chars().count() as f64 * font * 0.6 + font * 1.0;
    let height = font * 1.35;
    let middle = radius * 0.86;
    html! {
        <g {class}>
            <rect x={tenths(-width / 2.0)} y={tenths(middle - height / 2.0)}
                width={tenths(width)} height={tenths(height)}
                rx={tenths(height / 2.0)} />
            <text y={tenths(middle)} dy=".35em"
                style={font_size(font)}>{ text }</text>
        </g>
    }
}
