//! The forms that split the network and make links bad.

use yew::prelude::*;

use super::super::super::hooks::{use_flag, use_text};
use super::super::{chosen, options, typed};
use super::node::FormProps;
use super::{Seats, field, node_choices, tick};
use crate::base::NodeId;
use crate::scenario::quoted;

/// Up to so many nodes are ticked; the names of more are typed.
const TICKED: usize = 16;

/// A network split: who is cut off, and from whom.
#[component]
pub(super) fn SplitForm(props: &FormProps) -> Html {
    let near = use_text("");
    let far = use_text("");
    let oneway = use_flag(false);
    let send = |line: String| {
        let act = props.act.clone();
        move |_: MouseEvent| act.emit(line.clone())
    };
    let mut line = format!("split {}", *near);
    if !far.trim().is_empty() {
        line += &format!(" from={}", quoted(far.trim()));
    }
    if *oneway {
        line += " oneway=true";
    }
    html! {
        <form class="fault-form" onsubmit={|event: SubmitEvent| event.prevent_default()}>
            <fieldset>
                <legend>{ "The network" }</legend>
                <p class="hint wide">
                    { "What a split or a link loses is lost without a word: whoever waits for it \
                       learns of it from the silence." }
                </p>
                { chosen_nodes("split", "Cut off", &near, props.nodes) }
                { chosen_nodes("from", "from (none: from all others)", &far, props.nodes) }
                { tick("split-oneway", "One way: only what they send is lost", &oneway) }
                <div class="buttons wide">
                    <button id="split" type="button" class="primary" onclick={send(line)}>
                        { "Split" }
                    </button>
                    <button id="heal" type="button" onclick={send("heal".to_owned())}>
                        { "Heal all splits and links" }
                    </button>
                </div>
            </fieldset>
        </form>
    }
}

/// Nodes to choose: the state holds their names with blanks between them.
fn chosen_nodes(
    id: &'static str,
    label: &'static str,
    state: &UseStateHandle<String>,
    seats: Seats,
) -> Html {
    if seats.count() > TICKED {
        return html! {
            <label class="wide">{ format!("{label}: names with blanks between them") }
                <input id={format!("{id}-nodes")} value={(**state).clone()} oninput={typed(state)}
                    aria-describedby="fault-problem" />
            </label>
        };
    }
    let one = |node: NodeId| {
        let name = node.to_string();
        let checked = state.split(' ').any(|other| other == name);
        let onchange = {
            let (state, name) = (state.clone(), name.clone());
            move |_: Event| {
                let others = state.split(' ').filter(|other| !other.is_empty() && *other != name);
                let mut names: Vec<&str> = others.collect();
                if !checked {
                    names.push(&name);
                }
                state.set(names.join(" "));
            }
        };
        html! {
            <label class="check">
                <input id={format!("{id}-{name}")} type="checkbox" {checked} {onchange} />{ name }
            </label>
        }
    };
    html! {
        <div class="node-choice wide" role="group" aria-label={label}>
            <span>{ label }</span>{ for seats.nodes().map(one) }
        </div>
    }
}

/// A bad link, or all links.
#[component]
pub(super) fn LinkForm(props: &FormProps) -> Html {
    let ends = [use_text(""), use_text("B")];
    let latency = use_text("50ms");
    let loss = use_text("0");
    let duplicate = use_text("0");
    let oneway = use_flag(false);
    let is_one = !ends[0].is_empty();
    let mut line = "link".to_owned();
    if is_one {
        line += &format!(" {} {}", *ends[0], *ends[1]);
    }
    for (name, value) in [("latency", &latency), ("loss", &loss), ("duplicate", &duplicate)] {
        if !matches!(value.trim(), "" | "0") {
            line += &format!(" {name}={}", quoted(value.trim()));
        }
    }
    if is_one && *oneway {
        line += " oneway=true";
    }
    let set = {
        let act = props.act.clone();
        move |_: MouseEvent| act.emit(line.clone())
    };
    let all = std::iter::once((String::new(), "all".to_owned()));
    html! {
        <form class="fault-form" onsubmit={|event: SubmitEvent| event.prevent_default()}>
            <fieldset>
                <legend>{ "Links" }</legend>
                <label>{ "Between" }
                    <select id="link-a" onchange={chosen(&ends[0])}>
                        { options(&ends[0], all.chain(node_choices(props.nodes))) }
                    </select>
                </label>
                if is_one {
                    <label>{ "and" }
                        <select id="link-b" onchange={chosen(&ends[1])}>
                            { options(&ends[1], node_choices(props.nodes)) }
                        </select>
                    </label>
                }
                { field("link-latency", "Slower by", &latency) }
                { field("link-loss", "Lost, %", &loss) }
                { field("link-duplicate", "Doubled, %", &duplicate) }
                if is_one { { tick("link-oneway", "Only that way", &oneway) } }
                <div class="buttons wide">
                    <button id="link" type="button" onclick={set}>{ "Set the link" }</button>
                </div>
            </fieldset>
        </form>
    }
}
