//! The pointer over the ring: which message it is at, and a line that is dragged across.
//!
//! Messages are painted, not elements, so the square asks the painter what is under the pointer. It
//! does so before the elements below hear of it: where a message flies over a node, the message is
//! meant.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent, PointerEvent};
use yew::prelude::*;

use super::super::driver::Handle;
use super::super::geometry::{Point, SCENE};
use crate::base::MessageId;

/// Pressed and moved by fewer CSS pixels than this, it is a click.
const STEADY_PX: f64 = 8.0;
/// Where a drag begins something else than a line.
const NO_GROUND: &str = ".node, .ring-tools, .message-menu, .walk-key";

/// A line that is being dragged, and how far that has come.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Drag {
    Moves([Point; 2]),
    Ends([Point; 2]),
    Cancelled,
}

/// Where the pointer was pressed, if it still is, and whether it has moved since.
pub(super) type Pressed = Rc<Cell<Option<(Point, bool)>>>;

/// The place of the scene under the pointer.
fn place(square: &Element, event: &MouseEvent) -> Point {
    let bounds = square.get_bounding_client_rect();
    let scale = SCENE / bounds.width().max(1.0);
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    Point::new((x - bounds.left()) * scale, (y - bounds.top()) * scale)
}

fn is_on(event: &Event, selector: &str) -> bool {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.closest(selector).is_ok_and(|found| found.is_some()))
}

/// Listens to the pointer on the square, for as long as the component lives.
///
/// `is_armed`: whether a finger draws a line as well, instead of scrolling the page.
#[hook]
pub(super) fn use_pointer(
    square: &NodeRef,
    driver: &Handle,
    is_armed: bool,
    pressed: &Pressed,
    on_message: Callback<Option<MessageId>>,
    on_drag: Callback<Drag>,
) {
    let deps = (square.clone(), driver.clone(), is_armed, on_message, on_drag);
    let pressed = Rc::clone(pressed);
    use_effect_with(deps, move |(square, driver, is_armed, on_message, on_drag)| {
        let square = square.cast::<Element>();
        let listeners = square.map(|square| {
            let dragged = Rc::default();
            let message = message_listeners(&square, driver, Rc::clone(&dragged), on_message);
            let drag = drag_listeners(&square, driver, (*is_armed, pressed, dragged), on_drag);
            (drag, message)
        });
        move || drop(listeners)
    });
}

fn listen(
    square: &Element,
    name: &'static str,
    told: impl FnMut(&Event) + 'static,
) -> EventListener {
    let options =
        EventListenerOptions { phase: gloo::events::EventListenerPhase::Capture, passive: false };
    EventListener::new_with_options(square, name, options, told)
}

fn message_listeners(
    square: &Element,
    driver: &Handle,
    dragged: Rc<Cell<bool>>,
    on_message: &Callback<Option<MessageId>>,
) -> [EventListener; 2] {
    let (root, over) = (square.clone(), driver.clone());
    let moved = listen(square, "pointermove", move |event| {
        let Some(pointer) = event.dyn_ref::<MouseEvent>() else { return };
        let is_over = !is_on(event, ".message-menu, .ring-tools")
            && over.message_at(place(&root, pointer)).is_some();
        // The style sheet shapes the pointer after it.
        let _ = root.toggle_attribute_with_force("data-over-message", is_over);
    });
    let (root, under, on_message) = (square.clone(), driver.clone(), on_message.clone());
    let clicked = listen(square, "click", move |event| {
        let Some(pointer) = event.dyn_ref::<MouseEvent>() else { return };
        // The end of a line is no click.
        if dragged.take() || is_on(event, ".message-menu, .ring-tools") {
            return;
        }
        let message = under.message_at(place(&root, pointer));
        if message.is_some() {
            event.stop_propagation();
        }
        on_message.emit(message);
    });
    [moved, clicked]
}

fn drag_listeners(
    square: &Element,
    driver: &Handle,
    (is_armed, start, dragged): (bool, Pressed, Rc<Cell<bool>>),
    on_drag: &Callback<Drag>,
) -> [EventListener; 4] {
    let (root, over, begun, fresh) =
        (square.clone(), driver.clone(), start.clone(), Rc::clone(&dragged));
    let pressed = listen(square, "pointerdown", move |event| {
        let Some(pointer) = event.dyn_ref::<PointerEvent>() else { return };
        let place = place(&root, pointer);
        fresh.set(false);
        let draws = is_armed || pointer.pointer_type() != "touch";
        let is_free = is_armed || over.message_at(place).is_none();
        if draws && is_free && pointer.button() == 0 && !is_on(event, NO_GROUND) {
            begun.set(Some((place, false)));
        }
    });
    let (root, begun, told) = (square.clone(), start.clone(), on_drag.clone());
    let moved = listen(square, "pointermove", move |event| {
        let Some((from, is_moving)) = begun.get() else { return };
        let Some(pointer) = event.dyn_ref::<PointerEvent>() else { return };
        let to = place(&root, pointer);
        let steady = STEADY_PX * SCENE / f64::from(root.client_width().max(1));
        if is_moving || from.distance_to(to) > steady {
            if !is_moving {
                // Without the capture the line merely ends at the square's edge.
                let _ = root.set_pointer_capture(pointer.pointer_id());
                begun.set(Some((from, true)));
            }
            told.emit(Drag::Moves([from, to]));
        }
    });
    let (root, begun, told) = (square.clone(), start.clone(), on_drag.clone());
    let released = listen(square, "pointerup", move |event| {
        let Some(pointer) = event.dyn_ref::<PointerEvent>() else { return };
        if let Some((from, true)) = begun.take() {
            dragged.set(true);
            told.emit(Drag::Ends([from, place(&root, pointer)]));
        }
    });
    let told = on_drag.clone();
    let cancelled = listen(square, "pointercancel", move |_| {
        if start.take().is_some() {
            told.emit(Drag::Cancelled);
        }
    });
    [pressed, moved, released, cancelled]
}
