//! How wide an element is, told to the component that draws into it.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use yew::prelude::*;

/// Widths are told in steps of this many CSS pixels, so that a window that is being resized does
/// not redraw everything at every pixel.
const STEP_PX: u32 = 20;

/// The width of an element in CSS pixels, rounded down to a multiple of 20; 0 until it is known.
#[hook]
pub fn use_width(element: &NodeRef) -> u32 {
    let width = use_state_eq(|| 0);
    let told = width.setter();
    use_effect_with(element.clone(), move |element| {
        let element = element.cast::<web_sys::Element>();
        let measure = move |element: &web_sys::Element| {
            told.set(element.client_width().max(0) as u32 / STEP_PX * STEP_PX);
        };
        let watcher = element.and_then(|element| {
            measure(&element);
            let watched = element.clone();
            let closure = Closure::<dyn Fn()>::new(move || measure(&watched));
            let observer = web_sys::ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
            observer.observe(&element);
            Some((observer, closure))
        });
        move || {
            if let Some((observer, _closure)) = watcher {
                observer.disconnect();
            }
        }
    });
    *width
}
