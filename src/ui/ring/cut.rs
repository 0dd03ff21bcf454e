//! A network split by a line that is dragged across the ring.
//!
//! While it is dragged, the picture shows which nodes come to lie on which side, and the words below
//! say it with the command that does it. Released, the command is given; a short line, a line with
//! all nodes on one side, and Escape do nothing.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::super::browser;
use super::super::driver::Handle;
use super::super::geometry::{self, Point};
use super::super::outline::translate;
use super::super::seats::Seats;
use super::pointer::{Drag, Pressed, use_pointer};
use super::{Layout, VIEW_BOX};
use crate::base::{MessageId, tenths};

/// A line that is shorter than this, in scene units, was not meant.
const SHORTEST: f64 = 60.0;
/// So many letters of one side are written; then how many more there are.
const NAMED: usize = 12;

/// The tool: whether a finger draws too, the line under way, and what was said about the last one.
#[derive(Clone, PartialEq, Default)]
pub(super) struct Cut {
    pub is_armed: bool,
    line: Option<[Point; 2]>,
    problem: Option<String>,
}

pub(super) enum CutAction {
    Arm(bool),
    Line([Point; 2]),
    /// A line was released, and this was said about it.
    Done(Option<String>),
}

impl Reducible for Cut {
    type Action = CutAction;

    fn reduce(self: Rc<Self>, action: CutAction) -> Rc<Self> {
        let (is_armed, line, problem) = match action {
            CutAction::Arm(is_armed) => (is_armed, None, None),
            CutAction::Line(line) => (self.is_armed, Some(line), None),
            CutAction::Done(problem) => (false, None, problem),
        };
        Self { is_armed, line, problem }.into()
    }
}

/// The smaller side first.
fn sides([from, to]: [Point; 2], seats: Seats) -> Option<[Vec<usize>; 2]> {
    let [left, right] = geometry::sides(from, to, seats.count());
    let parts = from.distance_to(to) >= SHORTEST && !left.is_empty() && !right.is_empty();
    parts.then_some(if left.len() <= right.len() { [left, right] } else { [right, left] })
}

fn command(line: [Point; 2], seats: Seats) -> Option<String> {
    let [near, _] = sides(line, seats)?;
    let names: Vec<String> = near.into_iter().map(|seat| letter(seat, seats)).collect();
    Some(format!("split {}", names.join(" ")))
}

fn letter(seat: usize, seats: Seats) -> String {
    seats.node(seat).map_or_else(String::new, |node| node.to_string())
}

fn named(side: &[usize], seats: Seats) -> String {
    let names: Vec<String> = side.iter().take(NAMED).map(|seat| letter(*seat, seats)).collect();
    match side.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// The tool, and what the pointer does on the square: it draws lines, and clicks messages.
#[hook]
pub(super) fn use_cut(
    square: &NodeRef,
    driver: &Handle,
    seats: Seats,
    on_message: &Callback<Option<MessageId>>,
) -> UseReducerHandle<Cut> {
    let cut = use_reducer(Cut::default);
    let pressed = use_memo((), |()| Cell::new(None));
    use_escape(&cut, &pressed);
    let on_drag = use_drag(&cut, driver, seats);
    use_pointer(square, driver, cut.is_armed, &pressed, on_message.clone(), on_drag);
    cut
}

/// What is told of a line that is dragged.
#[hook]
fn use_drag(cut: &UseReducerHandle<Cut>, driver: &Handle, seats: Seats) -> Callback<Drag> {
    let deps = (driver.clone(), seats);
    let cut = cut.dispatcher();
    use_callback(deps, move |drag, (driver, seats)| match drag {
        Drag::Moves(line) => cut.dispatch(CutAction::Line(line)),
        Drag::Ends(line) => {
            let done = command(line, *seats).map_or(Ok(()), |command| driver.act(&command));
            cut.dispatch(CutAction::Done(done.err().map(|error| error.message)));
        }
        Drag::Cancelled => cut.dispatch(CutAction::Done(None)),
    })
}

/// Lets Escape take the line away, and lay the tool down.
#[hook]
fn use_escape(cut: &UseReducerHandle<Cut>, pressed: &Pressed) {
    let is_in_use = cut.is_armed || cut.line.is_some();
    let (dispatcher, pressed) = (cut.dispatcher(), Rc::clone(pressed));
    use_effect_with(is_in_use, move |is_in_use| {
        let listener = is_in_use.then(|| {
            EventListener::new(&browser::window(), "keydown", move |event| {
                let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
                if key.is_some_and(|key| key == "Escape") {
                    pressed.take();
                    dispatcher.dispatch(CutAction::Arm(false));
                }
            })
        });
        move || drop(listener)
    });
}

/// The line, and the two sides in colours and patterns.
pub(super) fn preview(cut: &Cut, layout: Layout) -> Html {
    let Some(line @ [from, to]) = cut.line else { return Html::default() };
    let way = to.minus(from).unit();
    let [start, end] = [from.plus(way, -2_000.0), to.plus(way, 2_000.0)];
    let parted = sides(line, layout.seats).unwrap_or_default();
    let radius = layout.disc() + if layout.is_detailed() { 12.0 } else { 4.0 };
    let side = |(class, nodes): (&'static str, Vec<usize>)| {
        let ring = move |node| {
            let Point { x, y } = geometry::node_point(node, layout.count);
            html! { <circle {class} r={tenths(radius)} transform={translate(x, y)} /> }
        };
        html! { <>{ for nodes.into_iter().map(ring) }</> }
    };
    html! {
        <svg class="ring-layer cut-preview" viewBox={VIEW_BOX} aria-hidden="true">
            { for ["side-near", "side-far"].into_iter().zip(parted).map(side) }
            <path class="cut-line-on" d={format!("M{start}L{end}")} />
            <path class="cut-line" d={format!("M{from}L{to}")} />
        </svg>
    }
}

/// What releasing the line would do, or why it did not.
pub(super) fn words(cut: &Cut, seats: Seats) -> Html {
    if let Some(problem) = &cut.problem {
        return html! { <p class="ring-told problem" role="alert">{ problem }</p> };
    }
    let Some(line) = cut.line else {
        return match cut.is_armed {
            true => {
                html! { <p class="ring-told" role="status">{ "Drag a line across the ring. Escape: leave it." }</p> }
            }
            false => Html::default(),
        };
    };
    match (sides(line, seats), command(line, seats)) {
        (Some([near, far]), Some(command)) => html! {
            <p class="ring-told">
                { "Release to cut " }<b class="side-near">{ named(&near, seats) }</b>{ " off from " }
                <b class="side-far">{ named(&far, seats) }</b>
                if near.len() <= NAMED { { ": " }<code>{ command }</code> }
            </p>
        },
        _ => {
            html! { <p class="ring-told">{ "All nodes are on one side: drag on, between them." }</p> }
        }
    }
}
