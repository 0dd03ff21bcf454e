//! The events in the window, in words: for those who read with the keyboard or by ear.

use yew::prelude::*;

use super::everything::go;
use super::words::selection;
use crate::base::EventSeq;
use crate::ui::app::PanelProps;
use crate::ui::timeline::roving::rove;

/// A list that is closed until it is wanted. Arrows move in it, Enter selects, G goes there.
#[component]
pub fn EventList(props: &PanelProps) -> Html {
    let driver = props.driver.clone();
    let open = use_state(|| false);
    let ontoggle = {
        let open = open.clone();
        move |event: Event| {
            let details = event.target_dyn_into::<web_sys::Element>();
            open.set(details.is_some_and(|details| details.has_attribute("open")));
        }
    };
    let looked = use_force_update();
    let refresh = move |_: MouseEvent| looked.force_update();
    let rows = if *open { driver.listed() } else { Vec::new() };
    let row = |(at, (seq, words)): (usize, (EventSeq, String))| {
        let tabindex = if at == 0 { "0" } else { "-1" };
        let onclick = {
            let driver = driver.clone();
            move |_| driver.select(driver.event(seq).and_then(|event| selection(&event.kind)))
        };
        let onfocus = {
            let driver = driver.clone();
            move |_: FocusEvent| {
                driver.trace.hover(Some(seq));
                driver.paint_trace();
            }
        };
        let onkeydown = {
            let driver = driver.clone();
            move |event: KeyboardEvent| {
                if let ("g" | "G", Some(at)) = (event.key().as_str(), driver.event(seq)) {
                    event.prevent_default();
                    event.stop_propagation();
                    go(&driver, at.at);
                }
            }
        };
        html! { <button key={seq.0} {tabindex} {onclick} {onfocus} {onkeydown}>{ words }</button> }
    };
    html! {
        <details class="trace-list" {ontoggle}>
            <summary>{ "These events in words" }</summary>
            if *open {
                <p>
                    { "Arrows move, Enter looks into it, G goes to its instant. " }
                    <button class="quiet" onclick={refresh}>{ "Read the window again" }</button>
                </p>
                <div class="trace-rows" role="group" aria-label="Events in the window" onkeydown={rove}>
                    { for rows.into_iter().enumerate().map(row) }
                </div>
            }
        </details>
    }
}
