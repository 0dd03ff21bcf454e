//! The form that breaks one node and mends it.

use yew::prelude::*;

use super::super::super::hooks::use_text;
use super::super::{chosen, options};
use super::{Seats, field, node_choices};
use crate::scenario::quoted;

#[derive(Properties, PartialEq)]
pub(super) struct FormProps {
    /// The nodes that there are.
    pub nodes: Seats,
    pub act: Callback<String>,
}

/// What a button does to the chosen node: its command, its label, and what it means.
const ACTIONS: [(&str, &str, &str); 5] = [
    ("crash", "Crash", "The process dies: what is not durable is lost"),
    ("restart", "Restart", "It starts again on what its commit log kept"),
    ("pause", "Pause", "The process hangs: whoever speaks to it hears nothing"),
    ("resume", "Resume", "It goes on with what waited for it"),
    ("wipe", "Wipe disk", "The disk is lost, and the process with it"),
];

#[component]
pub(super) fn NodeForm(props: &FormProps) -> Html {
    let node = use_text("A");
    let slow = use_text("20ms");
    let skew = use_text("5s");
    let drift = use_text("0");
    let send = |line: String| {
        let act = props.act.clone();
        move |_: MouseEvent| act.emit(line.clone())
    };
    let action = |(verb, label, title): (&'static str, &'static str, &'static str)| {
        html! {
            <button id={format!("fault-{verb}")} type="button" {title}
                class={classes!((verb == "wipe").then_some("danger"))}
                onclick={send(format!("{verb} {}", *node))}>{ label }</button>
        }
    };
    let slow_line = format!("slow {} {}", *node, quoted(slow.trim()));
    let clock_line =
        format!("clock {} skew={} drift={}", *node, quoted(skew.trim()), quoted(drift.trim()));
    html! {
        <form class="fault-form" onsubmit={|event: SubmitEvent| event.prevent_default()}>
            <fieldset>
                <legend>{ "A node" }</legend>
                <p class="hint wide">
                    { "A crash loses what is not on disk yet, a pause nothing but time, a wipe \
                       everything." }
                </p>
                <label class="after wide">{ "Node" }
                    <select id="fault-node" onchange={chosen(&node)}>
                        { options(&node, node_choices(props.nodes)) }
                    </select>
                </label>
                <div class="buttons wide">{ for ACTIONS.map(action) }</div>
                { field("fault-slow-by", "Slower by", &slow) }
                <button id="fault-slow" type="button" class="beside" onclick={send(slow_line)}>
                    { "Slow it" }
                </button>
                { field("fault-skew", "Clock ahead", &skew) }
                { field("fault-drift", "Gains µs/s", &drift) }
                <button id="fault-clock" type="button" class="beside" onclick={send(clock_line)}>
                    { "Set clock" }
                </button>
            </fieldset>
        </form>
    }
}
