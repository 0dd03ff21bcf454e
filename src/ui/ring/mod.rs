//! The ring: who owns what, where an item lives, how a vote stands, and what is under way.
//!
//! Layers on one square, each redrawn only when what it shows has changed:
//!
//! ```text
//!   tools    menu of a message, line of a split, buttons in the corners
//!   canvas   messages: painted by the page's driver through a `MessagePainter`, every frame
//!   scene    nodes, the walk to the owners, votes: virtual DOM, redrawn with the scene
//!   ground   ownership band and client: virtual DOM, redrawn with the cluster
//! ```
//!
//! To the keyboard the ring is one stop: arrows move around it, Enter opens a node, `m` a message,
//! `i` the item in focus, and Escape leaves.

mod chips;
mod cut;
mod entries;
mod ground;
mod handover;
mod legend;
mod lens;
mod load;
mod marks;
mod menu;
mod messages;
mod nodes;
pub mod picture;
mod pointer;
mod shapes;
mod splits;
mod sprites;
mod tools;
mod votes;
mod walk;
mod width;

pub use legend::MessageLegend;
pub use marks::{Mark, mark};
pub use messages::MessagePainter;
pub(super) use nodes::state_words;
pub use sprites::Look;
pub use width::use_width;

use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::driver::Handle;
use super::geometry::{self, Point};
use super::scene::Scene;
use super::seats::Seats;
use super::selection::Selection;
use super::trouble::split_words;
use crate::base::{MessageId, NodeId};
use ground::Ground;
use menu::MessageMenu;
use nodes::Nodes;
use tools::Tools;
use walk::{connectors, walk};

/// Narrower than this many CSS pixels, the ring is drawn with fewer and larger details.
const COMPACT_BELOW_PX: u32 = 520;

const KEYS: &str = "Arrows go around. Enter opens a node, m a message, i the item in focus.";

pub(super) const VIEW_BOX: &str = "0 0 1000 1000";

/// How many nodes share the ring, and how much room there is for details.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Layout {
    seats: Seats,
    count: usize,
    compact: bool,
}

impl Layout {
    fn disc(self) -> f64 {
        geometry::disc_radius(self.count, self.compact)
    }

    /// Where a node sits; one that is gone is not drawn, and where does not matter.
    fn seat(self, node: NodeId) -> usize {
        self.seats.seat(node).unwrap_or(0)
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
    pub driver: Handle,
    /// A node was clicked, or opened by keyboard.
    pub on_node: Callback<NodeId>,
    /// Where messages are painted: the driver makes a [`MessagePainter`] of it.
    pub canvas: NodeRef,
}

#[component]
pub fn RingPicture(props: &RingProps) -> Html {
    let RingProps { scene, driver, .. } = props;
    let square = use_node_ref();
    let width = use_width(&square);
    let (seats, compact) = (scene.seats(), width > 0 && width < COMPACT_BELOW_PX);
    let layout = Layout { seats, count: seats.count(), compact };
    let at = use_state(|| 0usize);
    let current = (*at).min(layout.count.saturating_sub(1));
    let (opened, on_message) = use_menu(driver);
    let cut = cut::use_cut(&square, driver, seats, &on_message);
    let onkeydown = {
        let keys = Keys {
            at: at.clone(),
            current,
            square: square.clone(),
            driver: driver.clone(),
            on_message: on_message.clone(),
            on_node: props.on_node.clone(),
        };
        let scene = Rc::clone(scene);
        Callback::from(move |event: KeyboardEvent| keys.press(&event, &scene))
    };
    let on_click = {
        let on_node = props.on_node.clone();
        use_callback((on_node, at, seats), |node: NodeId, (on_node, at, seats)| {
            at.set(seats.seat(node).unwrap_or(0));
            on_node.emit(node);
        })
    };
    let class = classes!(
        "ring",
        layout.compact.then_some("ring-compact"),
        cut.is_armed.then_some("is-armed")
    );
    html! {
        <div ref={square.clone()} {class}>
            <Ground cluster={scene.cluster} lists={Arc::clone(&scene.lists)}
                nodes={scene.nodes.len()} compact={layout.compact} />
            <svg class="ring-layer ring-scene" viewBox={VIEW_BOX} role="group"
                aria-label={summary(scene)} aria-description={KEYS} {onkeydown}>
                { under_nodes(scene, layout) }
                <Nodes scene={Rc::clone(scene)} {layout} {current} {on_click} />
                { over_nodes(scene, layout, driver) }
            </svg>
            <canvas ref={props.canvas.clone()} class="ring-layer ring-messages"
                aria-hidden="true"></canvas>
            { cut::preview(&cut, layout) }
            { cut::words(&cut, seats) }
            if let Some(Opened { message, place, .. }) = *opened {
                <MessageMenu {message} {place} driver={driver.clone()}
                    on_close={move |()| on_message.emit(None)} />
            }
            <Tools driver={driver.clone()} {square} {cut} />
        </div>
    }
}

/// Token ranges that change hands, what is wrong with the network, and lines to the owners.
fn under_nodes(scene: &Scene, layout: Layout) -> Html {
    html! {
        <>
            if let Some(moving) = scene.elastic.as_ref().and_then(|it| it.moving.as_ref()) {
                { handover::handover(moving) }
            }
            { splits::network_faults(scene, layout) }
            if let Some(focus) = &scene.focus {
                { connectors(focus, layout) }
            }
        </>
    }
}

/// The walk to the owners, and the votes.
fn over_nodes(scene: &Scene, layout: Layout, driver: &Handle) -> Html {
    html! {
        <>
            if let Some(focus) = &scene.focus {
                { walk(focus, layout, driver) }
                { entries::entries(focus, layout, driver) }
            }
            if let Some(story) = &scene.story {
                { votes::votes(story, layout) }
            }
            if let Some(focus) = scene.focus.as_ref().filter(|_| !layout.is_detailed()) {
                { lens::lens(focus, scene.story.as_deref(), layout) }
            }
        </>
    }
}

/// A message whose menu is open, where it was then, and whether time goes on when it is closed.
#[derive(Clone, Copy, PartialEq)]
struct Opened {
    message: MessageId,
    place: Point,
    was_playing: bool,
}

/// The menu of a message, and what opens and closes it.
#[hook]
fn use_menu(driver: &Handle) -> (UseStateHandle<Option<Opened>>, Callback<Option<MessageId>>) {
    let opened = use_state_eq(|| None::<Opened>);
    let told = {
        let (opened, driver) = (opened.clone(), driver.clone());
        use_callback(*opened, move |message: Option<MessageId>, before| {
            let place = message.and_then(|message| driver.message_place(message));
            let was_playing = before.map_or_else(|| driver.is_playing(), |it| it.was_playing);
            let next = message.zip(place);
            opened.set(next.map(|(message, place)| Opened { message, place, was_playing }));
            if let Some((message, _)) = next {
                driver.set_playing(false);
                driver.select(Some(Selection::Message(message)));
            } else if before.is_some() && was_playing {
                driver.set_playing(true);
            }
        })
    };
    (opened, told)
}

/// What keys on the ring have to do with.
struct Keys {
    at: UseStateHandle<usize>,
    /// The seat that the keyboard is at.
    current: usize,
    square: NodeRef,
    driver: Handle,
    on_message: Callback<Option<MessageId>>,
    on_node: Callback<NodeId>,
}

impl Keys {
    fn press(&self, event: &KeyboardEvent, scene: &Scene) {
        let Some(pressed) = Key::of(event) else { return };
        event.prevent_default();
        let current = self.current;
        match pressed {
            Key::Open => {
                if let Some(node) = scene.seats().node(current) {
                    self.on_node.emit(node);
                }
            }
            Key::Leave => blur(event),
            Key::Message => self.on_message.emit(self.driver.message_after(None)),
            Key::Item => {
                let key = scene.focus.as_ref().map(|focus| focus.key.clone());
                self.driver.select(key.map(Selection::Item));
            }
            Key::Move(step) => {
                let count = scene.seats().count().max(1) as isize;
                self.go_to((current as isize + step).rem_euclid(count) as usize, scene);
            }
            Key::First => self.go_to(0, scene),
        }
    }

    fn go_to(&self, seat: usize, scene: &Scene) {
        self.at.set(seat);
        if let Some(node) = scene.seats().node(seat) {
            focus(&self.square, node.index());
        }
    }
}

/// What a key does on the ring.
enum Key {
    Move(isize),
    First,
    Open,
    Leave,
    /// Opens a message of the request in focus, or any.
    Message,
    /// Opens the item in focus.
    Item,
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
            "m" => Self::Message,
            "i" => Self::Item,
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
        scene.seated().filter(|node| !node.up).map(|node| node.node.to_string()).collect();
    let seats = scene.seats();
    let count = seats.count();
    let mut words = match down.len() {
        0 => format!("Ring of {count} nodes, all up"),
        _ => format!("Ring of {count} nodes; down: {}", down.join(", ")),
    };
    for split in &scene.trouble.splits {
        words += &format!(". {}", split_words(split, seats));
    }
    words
}
