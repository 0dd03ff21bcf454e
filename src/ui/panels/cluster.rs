//! The cluster: its nodes, the settings of the running one, and a form for a new one.

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::driver::Handle;
use super::super::hooks::{use_text, use_told};
use super::super::palette::grouped;
use super::super::ring::state_words;
use super::super::scene::Scene;
use super::super::trouble::suspicion_words;
use super::super::view::View;
use super::elastic::ElasticSection;
use super::links::node_link;
use super::watch::{hints, views};
use super::{chosen, options, problem};
use crate::balancer::Policy;
use crate::base::{Duration, tenths};
use crate::node::{Balancing, Interval, Modes, QuorumMode, ReadRepair, Switch, Timestamps};
use crate::ring::Placement;
use crate::scenario::quoted;
use crate::sim::{ClusterConfig, NetworkPreset, NodeStatus, Routing};

#[component]
pub fn ClusterPanel(props: &PanelProps) -> Html {
    let error = use_told();
    let act = {
        let (driver, error) = (props.driver.clone(), error.clone());
        Callback::from(move |line: String| {
            error.set(driver.act(&line).err().map(|error| error.message));
        })
    };
    let view = &props.view;
    html! {
        <>
            if !props.is_hidden { { nodes(view, &props.driver, &act) } }
            { problem("cluster-problem", error.as_ref()) }
            <ElasticSection view={view.clone()} driver={props.driver.clone()} />
            { settings(&view.config, view.network, &act) }
            { modes(&view.config.modes, view.balancing.as_ref(), error.is_some(), &act) }
            if !props.is_hidden { { hints(view, &props.driver) }{ views(view, &props.driver) } }
            <NewCluster view={props.view.clone()} driver={props.driver.clone()} />
        </>
    }
}

/// All nodes: what the ring shows, as a table.
fn nodes(view: &View, driver: &Handle, act: &Callback<String>) -> Html {
    let nodes = &view.scene.nodes;
    let shares = view.scene.lists.shares();
    let fullest = nodes.iter().map(|node| node.items).max().unwrap_or(0).max(1);
    let row = |status: &NodeStatus| {
        let part = status.items as f64 * 100.0 / fullest as f64;
        let suspicion = suspicion_words(status.node, nodes);
        let percent = |share: f64| tenths(share * 100.0) + "%";
        let first =
            shares.first.get(status.node.index()).copied().map_or_else(String::new, percent);
        let all = format!("{} as one of its owners", percent(shares.all_of(status.node)));
        html! {
            <tr key={status.node.to_string()} class={if status.up { "up" } else { "down" }}>
                <th scope="row">{ node_link(driver, status.node) }</th>
                <td>{ state_words(status) }{ for asides(status, &view.scene).into_iter().chain(suspicion)
                    .map(|aside| html! { <small>{ aside }</small> }) }</td>
                <td class="number" title={all}>{ first }</td>
                <td class="number filled" style={format!("--part:{}", tenths(part))}>
                    { grouped(status.items) }
                </td>
                <td>{ verb_button(status, act) }</td>
            </tr>
        }
    };
    html! {
        <section class="details">
            <h3>{ "Nodes" }</h3>
            <div class="sideways tall">
                <table class="nodes">
                    <thead>
                        <tr>
                            <th>{ "Node" }</th><th>{ "State" }</th>
                            <th title="Of the ring, as first owner">{ "Share" }</th>
                            <th>{ "Items" }</th><th><span class="aloud">{ "Action" }</span></th>
                        </tr>
                    </thead>
                    <tbody>{ for nodes.iter().map(row) }</tbody>
                </table>
            </div>
            <p class="hint" id="ring-facts">{ ring_facts(&view.scene) }</p>
        </section>
    }
}

/// How the ring is cut, and how evenly it is shared.
fn ring_facts(scene: &Scene) -> String {
    let (lists, basis) = (&scene.lists, &scene.lists.topology().basis);
    let cut = match basis.placement {
        Placement::RandomTokens => "between random tokens",
        Placement::EqualRanges => "of one size",
    };
    let ranges = grouped(lists.ring().vnodes().len());
    let efficiency = tenths(lists.shares().efficiency(&basis.weights) * 100.0);
    format!(
        "{ranges} token ranges {cut}. Load-balance efficiency {efficiency}%: the mean load over that \
         of the most loaded node."
    )
}

/// What else the ring says of a node.
fn asides(status: &NodeStatus, scene: &Scene) -> Vec<String> {
    let mut all = Vec::new();
    if status.hints > 0 {
        all.push(format!("keeps {} hints", grouped(status.hints)));
    }
    if !status.clock.is_right() {
        all.push(format!("clock {}", scene.trouble.clock_words(status)));
    }
    if status.slow_by > Duration::default() {
        all.push(format!("slow by {}", status.slow_by));
    }
    if scene.nodes.iter().any(|node| node.zone != status.zone) {
        all.push(status.zone.to_string());
    }
    all
}

fn verb_button(status: &NodeStatus, act: &Callback<String>) -> Html {
    if status.standing.is_over() {
        return Html::default();
    }
    let (verb, label) = match (status.up, status.paused) {
        (true, false) => ("crash", "Crash"),
        (true, true) => ("resume", "Resume"),
        (false, _) => ("restart", "Restart"),
    };
    let line = format!("{verb} {}", status.node);
    let title = line.clone();
    let onclick = {
        let act = act.clone();
        move |_| act.emit(line.clone())
    };
    html! {
        <button id={format!("{verb}-{}", status.node)} {title} {onclick}
            aria-label={format!("{label} node {}", status.node)}>{ label }</button>
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

/// A way of replicating: its label, its name in the command, and what it means.
type Mode = (&'static str, &'static str, &'static str);

const QUORUM: Mode =
    ("Quorum", "quorum", "Who votes: owners alone, or fallbacks in their stead too");
const HANDOFF: Mode =
    ("Hinted handoff", "handoff", "Whether a fallback keeps a write for an owner that is away");
const REPAIR: Mode = (
    "Read repair",
    "repair",
    "Whether a read sends stale replicas what they lack, and whether its answer waits for that",
);
const TIMESTAMPS: Mode = (
    "Timestamps",
    "timestamps",
    "What orders writes: the coordinator's own clock, a hybrid logical clock, or a stamp above all \
     that a quorum has",
);
const GOSSIP: Mode =
    ("Gossip", "gossip", "How often each node tells another one of whom it has heard");
const ANTI_ENTROPY: Mode = (
    "Anti-entropy",
    "anti_entropy",
    "How often owners compare their Merkle trees and exchange what differs",
);
const BALANCER: Mode = (
    "Load balancer",
    "balancer",
    "What is evened out by moving token ranges: bytes held, or reads and writes a second",
);
const COLLECTION: Mode =
    ("Tombstones collected", "collection", "Whether a delete is forgotten once every owner has it");

/// How the cluster replicates, each choice in force at once.
fn modes(
    modes: &Modes,
    balancing: Option<&Balancing>,
    was_refused: bool,
    act: &Callback<String>,
) -> Html {
    fn words<T: ToString>(all: &[T]) -> Vec<String> {
        all.iter().map(ToString::to_string).collect()
    }
    let spans = |now: &Interval, spans: [&str; 4]| {
        let mut all: Vec<String> = spans.map(str::to_owned).to_vec();
        let now = now.to_string();
        if !all.contains(&now) {
            all.insert(0, now);
        }
        all
    };
    let rows = [
        (QUORUM, modes.quorum.to_string(), words(QuorumMode::ALL)),
        (HANDOFF, modes.handoff.to_string(), words(Switch::ALL)),
        (REPAIR, modes.repair.to_string(), words(ReadRepair::ALL)),
        (TIMESTAMPS, modes.timestamps.to_string(), words(Timestamps::ALL)),
        (GOSSIP, modes.gossip.to_string(), spans(&modes.gossip, ["off", "200ms", "1s", "5s"])),
        (
            ANTI_ENTROPY,
            modes.anti_entropy.to_string(),
            spans(&modes.anti_entropy, ["off", "1s", "10s", "60s"]),
        ),
        (COLLECTION, modes.collection.to_string(), words(Switch::ALL)),
        (BALANCER, modes.balancer.to_string(), words(Policy::ALL)),
    ];
    let row = |((label, name, title), now, choices): (Mode, String, Vec<String>)| {
        let act = act.clone();
        let onchange = move |event: Event| {
            let value = event.target_unchecked_into::<web_sys::HtmlSelectElement>().value();
            act.emit(format!("set {name}={value}"));
        };
        let choices = choices.into_iter().map(|word| (word.clone(), word));
        html! {
            <label {title}>{ label }
                <select id={format!("set-{name}")} {onchange}>{ options(&now, choices) }</select>
            </label>
        }
    };
    // A refused choice is shown as it was: a new key makes the fields anew.
    html! {
        <fieldset class="modes" key={was_refused.to_string()}>
            <legend>{ "How it replicates" }</legend>
            { for rows.map(row) }
            <p class="hint">{ modes_words(modes) }</p>
            if modes.balancer != Policy::Off { { balancer_news(balancing) } }
        </fieldset>
    }
}

/// What the load balancer makes of the load, and what it did last.
fn balancer_news(balancing: Option<&Balancing>) -> Html {
    let finding = balancing.and_then(|seen| seen.finding);
    let done = balancing.and_then(|seen| seen.done.last());
    html! {
        <div id="balancer-news">
            <p class="hint">{ match finding {
                Some(finding) => format!("Load balancer: {finding}."),
                None => "The load balancer waits for every node to report its load.".to_owned(),
            } }</p>
            if let Some(hot) = balancing.and_then(|seen| seen.hot.first()) {
                <p class="hint">{ format!("{hot}.") }</p>
            }
            if let Some((at, why)) = done {
                <p class="hint">{ format!("At {at} it {why}.") }</p>
            }
        </div>
    }
}

fn modes_words(modes: &Modes) -> &'static str {
    match (modes.quorum, modes.handoff) {
        (QuorumMode::Sloppy, _) => {
            "Fallbacks' votes count: writes go on while owners are away, and a read may miss them \
             until the hints are handed over."
        }
        (QuorumMode::Strict, Switch::On) => "Only owners vote. Hints are kept, but are no votes.",
        (QuorumMode::Strict, Switch::Off) => "Only owners vote, and nobody keeps hints.",
    }
}

/// A field of the form for a new cluster: its label, its id, and its name in the command.
type Field = (&'static str, &'static str, &'static str);

const FIELDS: [Field; 6] = [
    ("Nodes", "new-nodes", "nodes"),
    ("Vnodes per node", "new-vnodes", "vnodes"),
    ("N replicas", "new-n", "n"),
    ("R votes", "new-r", "r"),
    ("W votes", "new-w", "w"),
    ("Seed", "new-seed", "seed"),
];

/// A new cluster from scratch.
#[component]
fn NewCluster(props: &PanelProps) -> Html {
    let default = props.view.config;
    let typed_values = use_state(|| {
        let ClusterConfig { nodes, vnodes, n, r, w, seed, .. } = default;
        [u64::from(nodes), u64::from(vnodes), n.into(), r.into(), w.into(), seed]
            .map(|number| number.to_string())
    });
    let network = use_text(&default.network.to_string());
    let placement = use_text(&default.placement.to_string());
    let error = use_told();
    let submit = {
        let (driver, error) = (props.driver.clone(), error.clone());
        let line = cluster_line(&typed_values, &network, &placement);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            error.set(driver.act(&line).err().map(|error| error.message));
        })
    };
    let bring_back = {
        let driver = props.driver.clone();
        move |_| driver.bring_back()
    };
    let fields = (0..FIELDS.len()).map(|at| field(at, &typed_values));
    let networks = NetworkPreset::ALL.map(|preset| (preset.to_string(), preset.to_string()));
    let placements = Placement::ALL.iter().map(|word| (word.to_string(), word.to_string()));
    html! {
        <form class="new-cluster" onsubmit={submit}>
            <fieldset>
                <legend>{ "New cluster" }</legend>
                { for fields }
                <label>{ "Network" }
                    <select id="new-network" onchange={chosen(&network)}>
                        { options(&network, networks) }
                    </select>
                </label>
                <label title="Every node at random places of the ring, or ranges of one size dealt out to \
                              the nodes in turn">{ "Placement" }
                    <select id="new-placement" onchange={chosen(&placement)}>
                        { options(&placement, placements) }
                    </select>
                </label>
                <p class="hint">{ "Replaces the cluster and its data. The one before can be brought back." }</p>
                <div class="buttons">
                    <button id="new-cluster" type="submit" class="primary">{ "Start it" }</button>
                    if props.view.replaced.is_some() {
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

/// The command that the form stands for.
fn cluster_line(values: &[String; 6], network: &str, placement: &str) -> String {
    let mut line = "cluster".to_owned();
    for ((_, _, name), value) in FIELDS.iter().zip(values) {
        line += &format!(" {name}={}", quoted(value.trim()));
    }
    line + " network=" + network + " placement=" + placement
}

fn field(at: usize, values: &UseStateHandle<[String; 6]>) -> Html {
    let (label, id, _) = FIELDS[at];
    let oninput = {
        let values = values.clone();
        move |event: InputEvent| {
            let mut changed = (*values).clone();
            changed[at] = event.target_unchecked_into::<web_sys::HtmlInputElement>().value();
            values.set(changed);
        }
    };
    html! {
        <label>{ label }
            <input {id} inputmode="numeric" value={values[at].clone()} {oninput}
                aria-describedby="new-problem" />
        </label>
    }
}
