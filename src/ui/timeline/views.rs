//! The pane of the space-time diagram, and which of its two views is shown.

use std::rc::Rc;

use yew::prelude::*;

use super::super::hooks::use_flag;
use super::drawing::Timeline;
use super::trace::Everything;
use crate::base::{NodeId, VirtualTime};
use crate::ui::driver::Handle;
use crate::ui::view::View;

#[derive(Properties, PartialEq)]
pub struct TraceProps {
    pub view: Rc<View>,
    pub driver: Handle,
    /// The head of a node's lane was clicked.
    pub on_node: Callback<NodeId>,
}

/// The messages of the request in focus, or everything that happened.
#[component]
pub fn Trace(props: &TraceProps) -> Html {
    let TraceProps { view, driver, on_node } = props;
    let everything = use_flag(false);
    let choice = |all: bool, name: &'static str| {
        let everything = everything.clone();
        html! {
            <button aria-pressed={(*everything == all).to_string()}
                onclick={move |_| everything.set(all)}>{ name }</button>
        }
    };
    html! {
        <>
            <div class="trace-title">
                <h2>{ "What happened when" }</h2>
                <div class="trace-views" role="group" aria-label="What the diagram shows">
                    { choice(false, "This request") }
                    { choice(true, "Everything") }
                </div>
            </div>
            if *everything {
                <Everything view={Rc::clone(view)} driver={driver.clone()} />
            } else {
                <Timeline story={view.scene.story.clone()} root={driver.timeline.clone()}
                    on_node={on_node.clone()} />
            }
        </>
    }
}

/// Moves the time cursor to an instant.
pub fn travel_to(driver: &Handle, at: VirtualTime) {
    // What is refused is told in the session.
    let _ = driver.act(&format!("goto {}us", at.0));
}
