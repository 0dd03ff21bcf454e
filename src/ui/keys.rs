//! Keyboard shortcuts, and their list.
//!
//! They are single keys, and can be switched off: whoever speaks to the browser, or leans on a key,
//! would set them off unawares (WCAG 2.2, 2.1.4). A key in a field belongs to the field.

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use super::app::PanelProps;
use super::browser;
use super::driver::Handle;
use super::hooks::use_flag;
use super::pace::Pace;

/// Keys, and what they do.
const LIST: [(&str, &str); 11] = [
    ("Space or k", "play or pause"),
    (",", "back one event"),
    (".", "forward one event"),
    ("u", "undo: before the last line"),
    ("[", "to the start of the run"),
    ("]", "to its end"),
    ("m", "set a mark here"),
    ("- and +", "slower and faster"),
    ("/", "to the command bar"),
    ("p", "for a room: large, without panels"),
    ("?", "this list"),
];

/// The button that opens the list, and the keys themselves.
#[component]
pub fn Keys(props: &PanelProps) -> Html {
    let is_on = use_flag(true);
    {
        let (driver, view, is_on) = (props.driver.clone(), props.view.clone(), *is_on);
        use_effect_with((view.playing, view.pace, is_on), move |(playing, pace, is_on)| {
            let (playing, pace, is_on) = (*playing, *pace, *is_on);
            let keys = EventListener::new_with_options(
                &browser::document(),
                "keydown",
                gloo::events::EventListenerOptions::enable_prevent_default(),
                move |event| {
                    let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
                    if is_on && !is_elsewhere(event) && press(&driver, event, playing, pace) {
                        event.prevent_default();
                    }
                },
            );
            move || drop(keys)
        });
    }
    let switch = {
        let is_on = is_on.clone();
        move |event: Event| {
            let checked = event.target_unchecked_into::<HtmlInputElement>().checked();
            // The projector has its key elsewhere.
            browser::mark_root("data-keys-off", !checked);
            is_on.set(checked);
        }
    };
    let row = |(key, what): (&'static str, &'static str)| {
        html! { <><dt><kbd>{ key }</kbd></dt><dd>{ what }</dd></> }
    };
    html! {
        <details class="keys" id="keys">
            <summary id="keys-list">{ "Keys" }</summary>
            <div class="keys-body">
                <dl>{ for LIST.map(row) }</dl>
                <p class="hint">{ "On the ring, arrows move from node to node, Enter opens one, Escape leaves." }</p>
                <label class="check">
                    <input type="checkbox" checked={*is_on} onchange={switch} />
                    { "Single keys act" }
                </label>
            </div>
        </details>
    }
}

/// Whether a key belongs to a field, to what has the focus, or to the browser.
fn is_elsewhere(event: &KeyboardEvent) -> bool {
    if event.alt_key() || event.ctrl_key() || event.meta_key() || event.default_prevented() {
        return true;
    }
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(target) = target else { return false };
    let is_space = event.key() == " ";
    match target.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => target.id() != "scrubber" || is_space,
        "BODY" => false,
        // What has the focus is pressed by the space bar.
        _ => is_space,
    }
}

/// Does what a key says. False if it says nothing.
fn press(driver: &Handle, event: &KeyboardEvent, playing: bool, pace: Pace) -> bool {
    let faster = |by: isize| {
        let all = pace.choices();
        let at = all.iter().position(|one| *one == pace.speed).unwrap_or(0) as isize + by;
        if let Some(next) = usize::try_from(at).ok().and_then(|at| all.get(at)) {
            driver.set_speed(*next);
        }
    };
    // What is refused is told in the session.
    match event.key().as_str() {
        " " | "k" => driver.set_playing(!playing),
        "," => driver.step_back(),
        "." => driver.step(),
        "u" => drop(driver.act("undo")),
        "[" => drop(driver.act("goto start")),
        "]" => drop(driver.act("goto end")),
        "m" => driver.mark_here(),
        "-" => faster(-1),
        "+" | "=" => faster(1),
        "/" => browser::focus("command"),
        "?" => toggle_list(),
        _ => return false,
    }
    true
}

fn toggle_list() {
    let list = browser::document().get_element_by_id("keys-list");
    if let Some(list) = list.and_then(|list| list.dyn_into::<HtmlElement>().ok()) {
        list.click();
        // Without focus the keyboard stays where it was.
        let _ = list.focus();
    }
}
