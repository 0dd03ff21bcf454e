//! The inspector: the node and the item that the reader looks at.

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::palette::{self, grouped};
use super::super::ring::state_words;
use super::super::scene::{Focus, Scene};
use super::super::selection::Selection;
use super::super::trouble::{names, suspicion_words};
use super::problem;
use super::watch::{hints, traffic, views};
use crate::base::{Duration, NodeId, tenths};
use crate::ring::Verdict;
use crate::sim::{NodeStatus, Replica};
use crate::storage::{Held, Version};

#[component]
pub fn InspectPanel(props: &PanelProps) -> Html {
    let scene = &props.view.scene;
    html! {
        <>
            <NodeDetails view={props.view.clone()} driver={props.driver.clone()} />
            if let Some(focus) = &scene.focus { { item_details(focus) } }
            { hints(&props.view) }
            { views(&props.view) }
            { traffic(&props.view) }
        </>
    }
}

#[component]
fn NodeDetails(props: &PanelProps) -> Html {
    let error = use_state(|| None::<String>);
    let scene = &props.view.scene;
    let Some(status) = scene
        .selected
        .as_ref()
        .and_then(Selection::node)
        .and_then(|node| scene.nodes.get(node.index()))
    else {
        return html! {
            <p class="hint">{ "Click a node on the ring to look into it. The item in focus is below." }</p>
        };
    };
    let node = status.node;
    let (verb, label) = match (status.up, status.paused) {
        (true, true) => ("resume", "Resume it"),
        (true, false) => ("crash", "Crash it"),
        (false, _) => ("restart", "Restart it"),
    };
    let act = {
        let (driver, error) = (props.driver.clone(), error.clone());
        move |_| {
            let done = driver.act(&format!("{verb} {node}"));
            error.set(done.err().map(|error| error.message));
        }
    };
    let close = {
        let driver = props.driver.clone();
        move |_| driver.select(None)
    };
    html! {
        <section class="details">
            <div class="row">
                <h3>{ format!("Node {node}") }</h3>
                <button class={classes!((verb == "crash").then_some("danger"))} onclick={act}>
                    { label }
                </button>
                <button onclick={close}>{ "Close" }</button>
            </div>
            { problem("node-problem", error.as_ref()) }
            <dl>
                { for facts(scene, status).map(|(name, value)| html! { <><dt>{ name }</dt><dd>{ value }</dd></> }) }
            </dl>
        </section>
    }
}

/// What there is to know of a node: names and values.
fn facts(scene: &Scene, status: &NodeStatus) -> [(&'static str, String); 12] {
    let node = status.node;
    let (vnodes, share) = owned(scene, node);
    [
        ("State", state_words(status).to_owned()),
        ("Clock", scene.trouble.clock_words(status)),
        (
            "Speed",
            match status.slow_by {
                Duration(0) => "as usual".to_owned(),
                by => format!("everything takes {by} longer"),
            },
        ),
        ("Keeps for others", format!("{} hints", status.hints)),
        (
            "Suspects",
            match status.suspects.as_slice() {
                [] => "nobody".to_owned(),
                suspects => names(suspects),
            },
        ),
        (
            "Is suspected",
            suspicion_words(node, &scene.nodes).map_or_else(
                || "by nobody".to_owned(),
                |words| words.trim_start_matches("suspected ").to_owned(),
            ),
        ),
        ("First owner of", format!("{}% of the ring, in {vnodes} token ranges", tenths(share))),
        (
            "Holds",
            format!("{} items, {} bytes", grouped(status.items), grouped(status.bytes as usize)),
        ),
        ("Tombstones", grouped(status.tombstones)),
        ("Not durable yet", format!("{} log records", status.unsynced)),
        ("Starts so far", status.incarnation.0.to_string()),
        ("Stands in", status.zone.to_string()),
    ]
}

/// How many token ranges a node owns first, and their share of the ring in percent.
fn owned(scene: &Scene, node: NodeId) -> (usize, f64) {
    let ring = scene.lists.ring();
    let vnodes = ring.vnodes().iter().filter(|vnode| vnode.node == node).count();
    (vnodes, ring.shares()[node.index()] * 100.0)
}

fn item_details(focus: &Focus) -> Html {
    let skipped =
        focus.walk.iter().filter(|step| !matches!(step.verdict, Verdict::Owner { .. })).count();
    let passed = focus.walk.len();
    html! {
        <section class="details">
            <h3>{ "Item " }<code>{ focus.key.to_string() }</code></h3>
            <p class="hint">
                { "Position on the ring, the MD5 of this name: " }<code>{ focus.key.position.to_string() }</code>
                { format!(". The walk passed {passed} vnodes and skipped {skipped}.") }
            </p>
            <table class="replicas">
                <thead>
                    <tr><th>{ "Replica" }</th><th>{ "Place" }</th><th>{ "Version" }</th></tr>
                </thead>
                <tbody>{ for focus.replicas.iter().map(replica_row) }</tbody>
            </table>
        </section>
    }
}

fn replica_row(replica: &Replica) -> Html {
    let place = match replica.place {
        Some(place) => format!("owner {}", place + 1),
        None => "no owner".to_owned(),
    };
    let class = classes!(replica.stale.then_some("stale"), (!replica.up).then_some("down"));
    html! {
        <tr {class}>
            <th scope="row">
                <i class="swatch" style={palette::style(replica.node)} />{ replica.node.to_string() }
                { if replica.up { "" } else { " (down)" } }
            </th>
            <td class="place">{ place }</td>
            <td>
                { replica.held.as_ref().map_or_else(|| html! { <code>{ "nothing" }</code> }, held_html) }
                if replica.stale { <b class="stale-mark">{ " stale" }</b> }
                { for replica.hints.iter().map(|(owner, held)| html! {
                    <div class="kept">{ format!("keeps for {owner}: ") }{ held_html(held) }</div>
                }) }
            </td>
        </tr>
    }
}

/// Every version that is held, and the context of siblings.
pub(super) fn held_html(held: &Held) -> Html {
    let version = |version: &Version| {
        let item = version.item.as_ref().map(|item| item.to_json());
        html! {
            <div class="version">
                <code>{ version.stamp.to_string() }</code>
                <div class="json">{ item.unwrap_or_else(|| "deleted (tombstone)".to_owned()) }</div>
            </div>
        }
    };
    html! {
        <>
            { for held.versions().iter().map(version) }
            if held.keeps_siblings() {
                <div class="context">{ "context " }<code>{ held.context().to_string() }</code></div>
            }
        </>
    }
}
