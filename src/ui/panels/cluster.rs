//! The cluster: its nodes, the settings of the running one, and a form for a new one.

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::palette::{self, grouped};
use super::{chosen, options, problem, typed};
use crate::sim::{ClusterConfig, NetworkPreset, NodeStatus, Routing};

#[component]
pub fn ClusterPanel(props: &PanelProps) -> Html {
    let error = use_state(|| None::<String>);
    let act = {
        let (driver, error) = (props.driver.clone(), error.clone());
        Callback::from(move |line: String| {
            error.set(driver.act(&line).err().map(|error| error.message));
        })
    };
    let view = &props.view;
    html! {
        <>
            <h3>{ "Nodes" }</h3>
            <table class="nodes">
                <thead>
                    <tr>
                        <th>{ "Node" }</th><th>{ "State" }</th><th>{ "Items" }</th>
                        <th>{ "Starts" }</th><th><span class="aloud">{ "Action" }</span></th>
                    </tr>
                </thead>
                <tbody>{ for view.scene.nodes.iter().map(|status| node_row(status, &act)) }</tbody>
            </table>
            { settings(&view.config, view.network, &act) }
            { problem("cluster-problem", error.as_ref()) }
            <NewCluster view={props.view.clone()} driver={props.driver.clone()} />
        </>
    }
}

fn node_row(status: &NodeStatus, act: &Callback<String>) -> Html {
    let (state, verb, label) = match status.up {
        true => ("up", "crash", "Crash"),
        false => ("down", "restart", "Restart"),
    };
    let onclick = {
        let (act, line) = (act.clone(), format!("{verb} {}", status.node));
        move |_| act.emit(line.clone())
    };
    html! {
        <tr key={status.node.to_string()} class={state}>
            <th scope="row"><i class="swatch" style={palette::style(status.node)} />{ status.node.to_string() }</th>
            <td>{ state }</td>
            <td class="number">{ grouped(status.items) }</td>
            <td class="number">{ status.incarnation.0 }</td>
            <td>
                <button id={format!("{verb}-{}", status.node)} {onclick}
                    aria-label={format!("{label} node {}", status.node)}>{ label }</button>
            </td>
        </tr>
    }
}

fn settings(config: &ClusterConfig, network: NetworkPreset, act: &Callback<String>) -> Html {
    let set = |name: &'static str| {
        let act = act.clone();
        move |event: Event| {
            let value = event.target_unchecked_into::<web_sys::HtmlSelectElement>().value();
            act.emit(format!("set {name}={value}"));
        }
    };
    let votes = || (1..=config.n).map(|votes| (votes.to_string(), votes.to_string()));
    let networks = NetworkPreset::ALL.map(|preset| (preset.to_string(), preset.to_string()));
    let routings = [Routing::RoundRobin, Routing::TokenAware]
        .map(|routing| (routing.to_string(), routing.to_string()));
    let overlap = match config.r + config.w > config.n {
        true => "R + W > N: every read quorum meets every write quorum.",
        false => "R + W ≤ N: a read may miss the latest write.",
    };
    html! {
        <fieldset class="settings">
            <legend>{ "Running cluster" }</legend>
            <label>{ "R" }
                <select id="set-r" onchange={set("r")}>{ options(&config.r.to_string(), votes()) }</select>
            </label>
            <label>{ "W" }
                <select id="set-w" onchange={set("w")}>{ options(&config.w.to_string(), votes()) }</select>
            </label>
            <label>{ "Network" }
                <select id="set-network" onchange={set("network")}>
                    { options(&network.to_string(), networks) }
                </select>
            </label>
            <label>{ "Routing" }
                <select id="set-routing" onchange={set("routing")}>
                    { options(&config.routing.to_string(), routings) }
                </select>
            </label>
            <p class="hint">{ overlap }</p>
        </fieldset>
    }
}

/// A new cluster from scratch.
#[component]
fn NewCluster(props: &PanelProps) -> Html {
    let default = props.view.config;
    let nodes = use_state(|| default.nodes.to_string());
    let vnodes = use_state(|| default.vnodes.to_string());
    let n = use_state(|| default.n.to_string());
    let r = use_state(|| default.r.to_string());
    let w = use_state(|| default.w.to_string());
    let seed = use_state(|| default.seed.to_string());
    let network = use_state(|| default.network.to_string());
    let error = use_state(|| None::<String>);
    let fields = [
        ("Nodes", "new-nodes", "nodes", &nodes),
        ("Vnodes per node", "new-vnodes", "vnodes", &vnodes),
        ("N replicas", "new-n", "n", &n),
        ("R votes", "new-r", "r", &r),
        ("W votes", "new-w", "w", &w),
        ("Seed", "new-seed", "seed", &seed),
    ];
    let submit = {
        let values = fields.map(|(_, _, name, state)| (name, (*state).clone()));
        let (driver, network, error) = (props.driver.clone(), network.clone(), error.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let mut line = "cluster".to_owned();
            for (name, state) in &values {
                line += &format!(" {name}={}", crate::scenario::quoted(state.trim()));
            }
            line += &format!(" network={}", *network);
            error.set(driver.act(&line).err().map(|error| error.message));
        })
    };
    let bring_back = {
        let driver = props.driver.clone();
        move |_| driver.bring_back()
    };
    let field =
        |(label, id, _, state): (&'static str, &'static str, &str, &UseStateHandle<String>)| {
            html! {
                <label>{ label }
                    <input {id} inputmode="numeric" value={(**state).clone()} oninput={typed(state)}
                        aria-describedby="new-problem" />
                </label>
            }
        };
    let networks = NetworkPreset::ALL.map(|preset| (preset.to_string(), preset.to_string()));
    html! {
        <form class="new-cluster" onsubmit={submit}>
            <fieldset>
                <legend>{ "New cluster" }</legend>
                { for fields.map(field) }
                <label>{ "Network" }
                    <select id="new-network" onchange={chosen(&network)}>
                        { options(&network, networks) }
                    </select>
                </label>
                <p class="hint">{ "Replaces the cluster and its data. The one before can be brought back." }</p>
                <div class="buttons">
                    <button id="new-cluster" type="submit" class="primary">{ "Start it" }</button>
                    if props.view.can_bring_back {
                        <button id="bring-back" type="button" onclick={bring_back}>
                            { "Bring back the one before" }
                        </button>
                    }
                </div>
                { problem("new-problem", error.as_ref()) }
            </fieldset>
        </form>
    }
}
