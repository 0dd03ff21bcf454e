//! One tab stop for many buttons: arrows, Home and End move the focus among them.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// To be called for every key that goes down in an element whose children are the buttons.
pub fn rove(event: KeyboardEvent) {
    let Some(at) = event.target_dyn_into::<Element>() else { return };
    let is_button = |one: &Element| one.tag_name() == "BUTTON";
    let next = match event.key().as_str() {
        "ArrowRight" | "ArrowDown" => along(&at, Element::next_element_sibling),
        "ArrowLeft" | "ArrowUp" => along(&at, Element::previous_element_sibling),
        "Home" => at.parent_element().and_then(|all| all.first_element_child()),
        "End" => at.parent_element().and_then(|all| all.last_element_child()),
        _ => return,
    };
    event.prevent_default();
    let next = next.filter(is_button).and_then(|next| next.dyn_into::<HtmlElement>().ok());
    if let Some(next) = next {
        // What cannot be focused is passed over by the next key.
        let _ = next.focus();
    }
}

/// The nearest button in a direction.
fn along(from: &Element, step: fn(&Element) -> Option<Element>) -> Option<Element> {
    let mut at = step(from)?;
    while at.tag_name() != "BUTTON" {
        at = step(&at)?;
    }
    Some(at)
}
