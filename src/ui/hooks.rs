//! States that many components have, each built once: a call of `use_state` brings its own copy of
//! the machinery behind it wherever its initial value is a closure of its own.

use yew::prelude::*;

/// A text, such as what is typed into a field.
#[hook]
pub fn use_text(initial: &str) -> UseStateHandle<String> {
    use_state(|| initial.to_owned())
}

/// What there is to tell, such as a mistake; at first nothing.
#[hook]
pub fn use_told() -> UseStateHandle<Option<String>> {
    use_state(|| None)
}

/// What is on or off, such as a checkbox.
#[hook]
pub fn use_flag(initial: bool) -> UseStateHandle<bool> {
    use_state(|| initial)
}
