//! The events in the window, in words: for those who read with the keyboard or by ear.

use std::rc::Rc;

use gloo::events::EventListener;
use yew::prelude::*;

use super::super::super::hooks::use_flag;
use super::everything::go;
use super::words::selection;
use crate::base::EventSeq;
use crate::ui::driver::Handle;
use crate::ui::timeline::roving::rove;
use crate::ui::view::View;

#[derive(Properties, PartialEq)]
pub struct EventListProps {
    /// The list is read again when this is another one.
    pub view: Rc<View>,
    pub driver: Handle,
    /// And when this has been scrolled.
    pub scroller: NodeRef,
}

/// A list that is closed until it is wanted. Arrows move in it, Enter selects, G goes there.
#[component]
pub fn EventList(props: &EventListProps) -> Html {
    let driver = props.driver.clone();
    let open = use_flag(false);
    let ontoggle = {
        let open = open.clone();
        move |event: Event| {
            let details = event.target_dyn_into::<web_sys::Element>();
            open.set(details.is_some_and(|details| details.has_attribute("open")));
        }
    };
    let looked = use_force_update();
    use_effect_with((*open, props.scroller.clone()), move |(open, scroller)| {
        let scroller = scroller.cast::<web_sys::Element>().filter(|_| *open);
        let again = move |_: &Event| looked.force_update();
        let listener = scroller.map(|scroller| EventListener::new(&scroller, "scrollend", again));
        move || drop(listener)
    });
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
                <p>{ "Arrows move, Enter looks into it, G goes to its instant." }</p>
                <div class="trace-rows" role="group" aria-label="Events in the window" onkeydown={rove}>
                    { for rows.into_iter().enumerate().map(row) }
                </div>
            }
        </details>
    }
}
