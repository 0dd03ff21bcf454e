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
use super::load::{self, Load};
use crate::base::{Duration, NodeId, tenths};
use crate::ring::Change;
use crate::sim::{NodeStatus, Replica, Standing};

/// What a node holds of the item in focus, in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Badge {
    /// The version's dot, such as `A1.3`.
    version: Option<String>,
    /// Several versions that were written concurrently.
    siblings: Vec<String>,
    stale: bool,
}

impl Badge {
    /// None while nobody has anything: that needs no tag.
    fn of(replica: &Replica) -> Option<Self> {
        let versions = replica.held.as_ref().map_or(&[][..], |held| held.versions());
        let dots = || versions.iter().map(|version| version.dot().to_string());
        let (version, siblings) = match versions.len() {
            0 => (None, Vec::new()),
            1 => (dots().next(), Vec::new()),
            several => (Some(format!("{several} siblings")), dots().collect()),
        };
        let stale = replica.stale;
        (version.is_some() || stale).then_some(Self { version, siblings, stale })
    }

    fn text(&self) -> String {
        match (&self.version, self.stale) {
            (Some(version), false) => version.clone(),
            (Some(version), true) => format!("○ {version}"),
            (None, _) => "none".into(),
        }
    }

    fn font(layout: Layout) -> f64 {
        let is_crowded = layout.compact && layout.count > 8;
        layout.font() * if is_crowded { 0.72 } else { 0.86 }
    }

    /// Width and height of its tag.
    fn size(&self, layout: Layout) -> [f64; 2] {
        let font = Self::font(layout);
        if (2..=3).contains(&self.siblings.len()) && !layout.compact {
            let all = self.siblings.iter().map(|dot| tag_width(dot, font) + 4.0).sum();
            return [all, font * 3.0];
        }
        [self.text().chars().count() as f64 * font * 0.6 + font, font * 1.35]
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
    /// The seat that the keyboard is at.
    pub current: usize,
    pub on_click: Callback<NodeId>,
}

#[component]
pub(super) fn Nodes(props: &NodesProps) -> Html {
    let scene = &props.scene;
    let replicas: &[Replica] = scene.focus.as_ref().map_or(&[], |focus| &focus.replicas);
    let load = Load::of(scene);
    let coordinator = scene.story.as_ref().and_then(|story| story.coordinator);
    let is_involved =
        |node| coordinator != Some(node) && replicas.iter().any(|replica| replica.node == node);
    let zoned = scene.nodes.iter().any(|node| node.zone != scene.nodes[0].zone);
    let discs = scene.seated().map(|status| {
        let replica = replicas.iter().find(|replica| replica.node == status.node);
        html! {
            <Disc key={status.node.0} node={status.node} layout={props.layout} up={status.up}
                paused={status.paused} standing={standing(status, scene)} chips={chips::chips(status, scene)}
                load={load(status)} zone={zoned.then_some(status.zone.0)}
                badge={replica.and_then(Badge::of)} is_involved={is_involved(status.node)}
                is_selected={scene.selected == Some(Selection::Node(status.node))}
                is_current={props.layout.seat(status.node) == props.current}
                words={words(status, load(status), replica, zoned, scene)} on_click={props.on_click.clone()} />
        }
    });
    html! {
        <g class="ring-nodes">
            if !props.layout.is_detailed() { { load::mean_of_all(props.layout) } }
            // A list of its own, so that each disc stays the same element when others come and go.
            { discs.collect::<Html>() }
        </g>
    }
}

fn words(
    status: &NodeStatus,
    load: Load,
    replica: Option<&Replica>,
    zoned: bool,
    scene: &Scene,
) -> String {
    let mut words = format!("Node {}, {}, {}", status.node, state_words(status), load.words());
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
        for (owner, hints) in scene.hints_of(status.node) {
            words += &format!(", keeps {hints} hints for {owner}");
        }
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
    match (status.standing, status.up) {
        (Standing::Gone, _) => return "left",
        (Standing::Replaced, _) => return "replaced",
        (Standing::Joining, true) => return "joining",
        (Standing::Leaving, true) => return "leaving",
        _ => {}
    }
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
    standing: Standing,
    chips: Vec<Chip>,
    load: Load,
    zone: Option<u8>,
    badge: Option<Badge>,
    /// It has something of the item in focus, and its letter is nowhere else.
    is_involved: bool,
    is_selected: bool,
    is_current: bool,
    words: String,
    on_click: Callback<NodeId>,
}

#[component]
fn Disc(props: &DiscProps) -> Html {
    let DiscProps { node, layout, up, .. } = props;
    let radius = layout.disc();
    let place = geometry::node_point(layout.seat(*node), layout.count);
    let onclick = {
        let (node, on_click) = (*node, props.on_click.clone());
        move |_: MouseEvent| on_click.emit(node)
    };
    let class = classes!(
        "node",
        if *up { "node-up" } else { "node-down" },
        props.paused.then_some("node-paused"),
        standing_class(props.standing),
        props.is_selected.then_some("node-selected"),
        (props.is_involved || !*up).then_some("node-named"),
    );
    let taken = props.badge.as_ref().map(|badge| {
        let [width, height] = badge.size(*layout);
        [radius * 0.86, width / 2.0, height / 2.0]
    });
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
                { load::beside(props.load, (layout.seat(*node), props.zone), *layout, radius, taken) }
            } else {
                { load::outwards(props.load, layout.seat(*node), *layout, radius) }
            }
            { chips::column(&props.chips, *node, *layout, radius) }
            if let Some(badge) = &props.badge {
                { badge_sign(badge, *layout, radius) }
            }
        </g>
    }
}

/// Who is being removed is leaving, although it has not given anything away yet.
fn standing(status: &NodeStatus, scene: &Scene) -> Standing {
    let moving = scene.elastic.as_ref().and_then(|it| it.moving.as_ref());
    match moving.map(|it| &it.change) {
        Some(Change::Remove { node }) if *node == status.node => Standing::Leaving,
        _ => status.standing,
    }
}

fn standing_class(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Joining => Some("node-joining"),
        Standing::Leaving => Some("node-leaving"),
        _ => None,
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

/// Discs too small for a letter have it beside them, towards the client: that of each tenth one, of
/// those that matter now, and of the one that the pointer or the keyboard is at.
fn letter(node: NodeId, layout: Layout, radius: f64) -> Html {
    let name = node.to_string();
    let size = (radius * 0.82).min(radius * 1.9 / name.len() as f64);
    if size >= layout.font() * 0.62 {
        return html! {
            <text class="node-letter" dy=".35em" style={font_size(size)}>{ name }</text>
        };
    }
    let out = geometry::outward(layout.seat(node), layout.count);
    // Neighbours that both have their letters stand in two rows.
    let row = if layout.seat(node).is_multiple_of(2) { 0.0 } else { 1.1 };
    let Point { x, y } = Point::new(0.0, 0.0).plus(out, -radius - layout.font() * (0.9 + row));
    let class = classes!("node-name", node.index().is_multiple_of(10).then_some("is-tenth"));
    html! {
        <text {class} x={tenths(x)} y={tenths(y)} dy=".35em"
            style={font_size(layout.font())}>{ name }</text>
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
    if (2..=3).contains(&badge.siblings.len()) && !layout.compact {
        return fork(badge, class, layout, radius);
    }
    let text = badge.text();
    let font = Badge::font(layout);
    let [width, height] = badge.size(layout);
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

fn tag_width(text: &str, font: f64) -> f64 {
    text.chars().count() as f64 * font * 0.6 + font
}

/// Siblings: one tag for each, on a line that forks.
fn fork(badge: &Badge, class: Classes, layout: Layout, radius: f64) -> Html {
    let font = Badge::font(layout);
    let [all, _] = badge.size(layout);
    let (stem, top, height) = (radius * 0.62, radius * 0.62 + font * 1.1, font * 1.35);
    let mut left = -all / 2.0;
    let tags = badge.siblings.iter().map(|dot| {
        let width = tag_width(dot, font);
        let x = left + width / 2.0 + 2.0;
        left += width + 4.0;
        html! {
            <>
                <path class="fork" d={format!("M0 {}Q0 {} {} {}", tenths(stem), tenths(top),
                    tenths(x), tenths(top))} />
                <rect x={tenths(x - width / 2.0)} y={tenths(top)} width={tenths(width)}
                    height={tenths(height)} rx={tenths(height / 2.0)} />
                <text x={tenths(x)} y={tenths(top + height / 2.0)} dy=".35em"
                    style={font_size(font)}>{ dot.clone() }</text>
            </>
        }
    });
    html! {
        <g class={classes!(class, "badge-fork")}>
            <circle class="fork-root" cy={tenths(stem)} r="6" />
            { for tags }
        </g>
    }
}
