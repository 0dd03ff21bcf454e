//! How wide an element is, told to the component that draws into it.

use yew::prelude::*;

use super::super::browser::on_resize;

/// Widths are told in steps of this many CSS pixels, so that a window that is being resized does
/// not redraw everything at every pixel.
const STEP_PX: u32 = 20;

/// The width of an element in CSS pixels, rounded down to a multiple of 20; 0 until it is known.
#[hook]
pub fn use_width(element: &NodeRef) -> u32 {
    let width = use_state_eq(|| 0);
    let told = width.setter();
    use_effect_with(element.clone(), move |element| {
        let measured = element.clone();
        let measure = move || {
            let element = measured.cast::<web_sys::Element>();
            let width = element.map_or(0, |element| element.client_width().max(0) as u32);
            told.set(width / STEP_PX * STEP_PX);
        };
        measure();
        let watcher = on_resize(element, measure);
        move || drop(watcher)
    });
    *width
}
