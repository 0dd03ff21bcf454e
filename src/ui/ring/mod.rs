//! The ring: who owns what, where an item lives, how a vote stands, and what is under way.
//!
//! Three layers on one square, each redrawn only when what it shows has changed:
//!
//! ```text
//!   canvas   messages: painted by the page's driver through a `MessagePainter`, every frame
//!   scene    nodes, the walk to the owners, votes: virtual DOM, redrawn with the scene
//!   ground   ownership band and client: virtual DOM, redrawn with the cluster
//! ```
//!
//! To the keyboard the ring is one stop: arrows move around it, Enter opens a node, Escape leaves.

mod chips;
mod ground;
mod legend;
mod marks;
mod messages;
mod nodes;
mod shapes;
mod splits;
mod votes;
mod walk;
mod width;

pub use legend::MessageLegend;
pub use marks::{Mark, mark};
pub use messages::MessagePainter;
pub(super) use nodes::state_words;
pub use width::use_width;

use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::geometry;
use super::scene::Scene;
use super::trouble::split_words;
use crate::base::NodeId;
use ground::Ground;
use nodes::Nodes;
use walk::{connectors, walk};

/// Narrower than this many CSS pixels, the ring is drawn with fewer and larger details.
const COMPACT_BELOW_PX: u32 = 520;

pub(super) const VIEW_BOX: &str = "0 0 1000 1000";

/// How many nodes share the ring, and how much room there is for details.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Layout {
    count: usize,
    compact: bool,
}

impl Layout {
    fn disc(self) -> f64 {
        geometry::disc_radius(self.count, self.compact)
    }

    fn is_detailed(self) -> bool {
        self.count <= geometry::DETAILED_NODES
    }

    /// The size of ordinary text, in scene units: legible in a square of 340 pixels too.
    fn font(self) -> f64 {
        if self.compact { 32.0 } else { 21.0 }
    }
}

#[derive(Properties, PartialEq)]
pub struct RingProps {
    pub scene: Rc<Scene>,
    /// A node was clicked, or opened by keyboard.
    pub on_node: Callback<NodeId>,
    /// Where messages are painted: the driver makes a [`MessagePainter`] of it.
    pub canvas: NodeRef,
}

#[component]
pub fn RingPicture(props: &RingProps) -> Html {
    let scene = &props.scene;
    let square = use_node_ref();
    let width = use_width(&square);
    let layout =
        Layout { count: scene.nodes.len(), compact: width > 0 && width < COMPACT_BELOW_PX };
    let at = use_state(|| 0usize);
    let current = (*at).min(layout.count.saturating_sub(1));
    let onkeydown = {
        let (at, on_node, square) = (at.clone(), props.on_node.clone(), square.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(key) = Key::of(&event) else { return };
            event.prevent_default();
            match key {
                Key::Open => on_node.emit(NodeId(current as u16)),
                Key::Leave => blur(&event),
                Key::Move(step) => {
                    let to = (current as isize + step).rem_euclid(layout.count.max(1) as isize);
                    at.set(to as usize);
                    focus(&square, to as usize);
                }
                Key::First => {
                    at.set(0);
                    focus(&square, 0);
                }
            }
        })
    };
    let on_click = {
        let on_node = props.on_node.clone();
        use_callback((on_node, at), |node: NodeId, (on_node, at)| {
            at.set(node.index());
            on_node.emit(node);
        })
    };
    html! {
        <div ref={square} class={classes!("ring", layout.compact.then_some("ring-compact"))}>
            <Ground cluster={scene.cluster} lists={Arc::clone(&scene.lists)}
                compact={layout.compact} />
            <svg class="ring-layer ring-scene" viewBox={VIEW_BOX} role="group"
                aria-label={summary(scene)} {onkeydown}>
                { splits::network_faults(scene, layout) }
                if let Some(focus) = &scene.focus {
                    { connectors(focus, layout) }
                }
                <Nodes scene={Rc::clone(scene)} {layout} {current} {on_click} />
                if let Some(focus) = &scene.focus {
                    { walk(focus, layout) }
                }
                if let Some(story) = &scene.story {
                    { votes::votes(story, layout) }
                }
            </svg>
            <canvas ref={props.canvas.clone()} class="ring-layer ring-messages"
                aria-hidden="true"></canvas>
        </div>
    }
}

/// What a key does on the ring.
enum Key {
    Move(isize),
    First,
    Open,
    Leave,
}

impl Key {
    /// Keys that are held together with others belong to the browser.
    fn of(event: &KeyboardEvent) -> Option<Self> {
        if event.alt_key() || event.ctrl_key() || event.meta_key() {
            return None;
        }
        Some(match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => Self::Move(1),
            "ArrowLeft" | "ArrowUp" => Self::Move(-1),
            "Home" => Self::First,
            "Enter" | " " => Self::Open,
            "Escape" => Self::Leave,
            _ => return None,
        })
    }
}

fn focus(square: &NodeRef, node: usize) {
    let Some(root) = square.cast::<web_sys::Element>() else { return };
    let found = root.query_selector(&format!("[data-node='{node}']"));
    if let Ok(Some(Ok(element))) = found.map(|e| e.map(|e| e.dyn_into::<web_sys::SvgElement>())) {
        // Losing the focus of an element that has gone costs nothing.
        let _ = element.focus();
    }
}

fn blur(event: &KeyboardEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::SvgElement>().ok());
    if let Some(element) = target {
        let _ = element.blur();
    }
}

fn summary(scene: &Scene) -> String {
    let down: Vec<String> =
        scene.nodes.iter().filter(|node| !node.up).map(|node| node.node.to_string()).collect();
    let count = scene.nodes.len();
    let mut words = match down.len() {
        0 => format!("Ring of {count} nodes, all up"),
        _ => format!("Ring of {count} nodes; down: {}", down.join(", ")),
    };
    for split in &scene.trouble.splits {
        words += &format!(". {}", split_words(split, count));
    }
    words
}
