//! The faults: what is wrong now and what ends it, and forms that break nodes, the network and
//! clocks, at once or after a while.

mod network;
mod node;

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::hooks::{use_text, use_told};
use super::super::seats::Seats;
use super::super::trouble::InForce;
use super::super::view::View;
use super::{problem, typed};
use crate::scenario::quoted;
use network::{LinkForm, SplitForm};
use node::NodeForm;

#[component]
pub fn FaultsPanel(props: &PanelProps) -> Html {
    let after = use_text("");
    let error = use_told();
    let now = {
        let (driver, error) = (props.driver.clone(), error.clone());
        use_callback((), move |line: String, ()| {
            error.set(driver.act(&line).err().map(|error| error.message));
        })
    };
    let act = {
        let (now, after) = (now.clone(), after.clone());
        Callback::from(move |line: String| match after.trim() {
            "" => now.emit(line),
            span => now.emit(format!("in {} {}", quoted(span), quoted(&line))),
        })
    };
    let view = &props.view;
    let nodes = view.scene.seats();
    html! {
        <>
            { in_force(view, &now) }
            <label class="after">{ "When" }
                <select id="fault-after" onchange={super::chosen(&after)}>
                    { super::options(&after, spans()) }
                </select>
            </label>
            { problem("fault-problem", error.as_ref()) }
            <NodeForm {nodes} act={act.clone()} />
            <SplitForm {nodes} act={act.clone()} />
            <LinkForm {nodes} {act} />
        </>
    }
}

/// When a fault is to come.
fn spans() -> impl Iterator<Item = (String, String)> {
    let spans = ["1ms", "50ms", "1s", "5s", "30s"];
    std::iter::once((String::new(), "now".to_owned()))
        .chain(spans.into_iter().map(|span| (span.to_owned(), format!("{span} from now"))))
}

/// What is wrong and what is to come, each with what ends it.
fn in_force(view: &View, now: &Callback<String>) -> Html {
    let faults = view.scene.trouble.in_force(&view.scene.nodes);
    let scheduled = &view.scene.trouble.scheduled;
    let line = |InForce { words, end }: &InForce| {
        let button = end.as_ref().map(|end| {
            let (now, line) = (now.clone(), end.clone());
            let onclick = move |_| now.emit(line.clone());
            let label = end_label(end);
            html! { <button class="end" title={end.clone()} {onclick}>{ label }</button> }
        });
        let line = end.as_ref().map(|end| html! { <code>{ end.clone() }</code> });
        html! { <li key={words.clone()}><span>{ words.clone() }{ line }</span>{ button }</li> }
    };
    html! {
        <section class="in-force" aria-label="Faults in force">
            <h3>{ "Wrong now" }</h3>
            if faults.is_empty() { <p class="hint">{ "Nothing." }</p> }
            <ul id="in-force">{ for faults.iter().map(line) }</ul>
            if !scheduled.is_empty() {
                <h3>{ "To come" }</h3>
                <ul id="scheduled">
                    { for scheduled.iter().map(|(at, command)| html! {
                        <li><span>{ format!("at {at}: ") }<code>{ command.clone() }</code></span></li>
                    }) }
                </ul>
            }
        </section>
    }
}

/// What the button says that carries out a line which ends a fault.
fn end_label(line: &str) -> &'static str {
    match line.split(' ').next() {
        Some("heal") => "Heal",
        Some("link") => "Mend",
        Some("restart") => "Restart",
        Some("resume") => "Resume",
        Some("clock") => "Set right",
        _ => "End",
    }
}

/// The names of all nodes, as choices.
fn node_choices(seats: Seats) -> impl Iterator<Item = (String, String)> {
    seats.nodes().map(|node| {
        let name = node.to_string();
        (name.clone(), name)
    })
}

/// A field that holds a short text.
fn field(id: &'static str, label: &'static str, state: &UseStateHandle<String>) -> Html {
    html! {
        <label>{ label }
            <input {id} value={(**state).clone()} oninput={typed(state)}
                aria-describedby="fault-problem" spellcheck="false" autocomplete="off" />
        </label>
    }
}

/// A box to be ticked.
fn tick(id: &'static str, label: &'static str, state: &UseStateHandle<bool>) -> Html {
    let onchange = {
        let state = state.clone();
        move |_: Event| state.set(!*state)
    };
    html! {
        <label class="check">
            <input {id} type="checkbox" checked={**state} {onchange} />{ label }
        </label>
    }
}
