//! A node: how it does, what it owns and holds, what it thinks of the others, and what can be done
//! to it.

use std::rc::Rc;

use yew::prelude::*;

use super::super::super::hooks::{use_text, use_told};
use super::super::elastic::{Choice, Choices};
use super::super::links::{item_link, node_link};
use super::super::{problem, typed};
use super::{facts, held_html};
use crate::base::{Duration, NodeId, tenths};
use crate::membership::Phi;
use crate::ring::{Token, Weight};
use crate::sim::{NodeStatus, Standing};
use crate::storage::ItemKey;
use crate::ui::driver::Handle;
use crate::ui::inspected::NodeFacts;
use crate::ui::palette::{self, grouped};
use crate::ui::ring::state_words;
use crate::ui::scene::Scene;
use crate::ui::stage::Stage;
use crate::ui::trouble::{names, suspicion_words};
use crate::ui::view::{HintLine, View};

/// So many items are listed at once.
const ITEMS: usize = 20;
/// So many token ranges are listed at once.
const RANGES: usize = 64;

#[derive(Properties, PartialEq)]
pub(super) struct NodeProps {
    pub node: NodeId,
    pub facts: NodeFacts,
    pub view: Rc<View>,
    pub driver: Handle,
}

#[component]
pub(super) fn NodeDetails(props: &NodeProps) -> Html {
    let NodeProps { node, facts, view, driver } = props;
    let scene = &view.scene;
    let status = &scene.nodes[node.index()];
    html! {
        <section class="details" aria-label={format!("Node {node}")}>
            <h3><i class="swatch large" style={palette::style(*node)} />{ format!("Node {node}") }
                <span class="badge-word">{ state_words(status) }</span></h3>
            if !status.standing.is_over() {
                <Actions status={status.clone()} driver={driver.clone()} />
                <Choices driver={driver.clone()} choices={changes(scene, status)} />
            }
            { about(scene, status) }
            { ranges(scene, *node) }
            <Items node={*node} view={Rc::clone(view)} driver={driver.clone()} />
            { hints(facts, driver) }
            { views(scene, facts, *node, driver) }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ActionsProps {
    status: NodeStatus,
    driver: Handle,
}

/// What can be done to it, each with its command.
#[component]
fn Actions(props: &ActionsProps) -> Html {
    let error = use_told();
    let status = &props.status;
    let node = status.node;
    let button = |line: String, label: &'static str, class: &'static str| {
        let (driver, error) = (props.driver.clone(), error.clone());
        let title = line.clone();
        let onclick = move |_: MouseEvent| {
            error.set(driver.act(&line).err().map(|error| error.message));
        };
        html! { <button type="button" {class} {title} {onclick}>{ label }</button> }
    };
    html! {
        <>
            <div class="buttons">
                if status.up {
                    { button(format!("crash {node}"), "Crash", "danger") }
                    if status.paused {
                        { button(format!("resume {node}"), "Resume", "") }
                    } else {
                        { button(format!("pause {node}"), "Pause", "") }
                    }
                } else {
                    { button(format!("restart {node}"), "Restart", "primary") }
                }
                if status.slow_by == Duration::default() {
                    { button(format!("slow {node} 20ms"), "Slow", "") }
                } else {
                    { button(format!("slow {node} 0ms"), "Speed up", "") }
                }
                { button(format!("wipe {node}"), "Wipe", "danger") }
            </div>
            { problem("node-problem", error.as_ref()) }
        </>
    }
}

/// How it can be made to own more, less, or nothing.
fn changes(scene: &Scene, status: &NodeStatus) -> Vec<Choice> {
    let node = status.node;
    let choice = |id: &str, label, line: String| Choice { id: id.to_owned(), label, line };
    if status.standing != Standing::Member {
        return Vec::new();
    }
    let basis = &scene.lists.topology().basis;
    let weight = basis.weights.get(node.index()).copied().unwrap_or_default();
    let [half, twice] =
        [(weight.0 / 2).max(1), weight.0.saturating_mul(2)].map(|it| Weight(it).to_string());
    let mut all = vec![
        choice("remove-node", "Remove", format!("remove {node}")),
        choice("weigh-half", "Weigh × ½", format!("weigh {node} {half}")),
        choice("weigh-twice", "Weigh × 2", format!("weigh {node} {twice}")),
    ];
    if !status.up {
        all.push(choice("replace-node", "Replace", format!("replace {node}")));
    }
    all
}

/// What there is to know of it at a glance.
fn about(scene: &Scene, status: &NodeStatus) -> Html {
    let node = status.node;
    let all: u64 = scene.seated().map(|node| node.bytes).sum();
    let mean = (all / scene.seated().count().max(1) as u64).max(1);
    let load = status.bytes as f64 * 100.0 / mean as f64;
    let suspected = suspicion_words(node, &scene.nodes)
        .map_or_else(|| "by nobody".to_owned(), |words| words.replace("suspected ", ""));
    let speed = match status.slow_by {
        Duration(0) => "as usual".to_owned(),
        by => format!("everything takes {by} longer"),
    };
    let held = format!("{} items, {} bytes", grouped(status.items), grouped(status.bytes as usize));
    facts([
        ("Holds", html! { held }),
        ("Load", html! { format!("{}% of the mean", tenths(load)) }),
        ("Tombstones", html! { grouped(status.tombstones) }),
        (
            "Not durable yet",
            html! {
                <span title="Written to its commit log, but not synced to disk: a crash may lose them">
                    { format!("{} log records", status.unsynced) }
                </span>
            },
        ),
        ("Busy with", html! { format!("{} requests", status.requests) }),
        ("Clock", html! { scene.trouble.clock_words(status) }),
        ("Speed", html! { speed }),
        ("Is suspected", html! { suspected }),
        ("Starts so far", html! { status.incarnation.0 }),
        ("Stands in", html! { status.zone.to_string() }),
    ])
}

/// The token ranges that it owns first, listed on demand.
fn ranges(scene: &Scene, node: NodeId) -> Html {
    let ring = scene.lists.ring();
    let share = scene.lists.shares().first.get(node.index()).copied().unwrap_or_default() * 100.0;
    let own = (0..ring.vnodes().len()).filter(|at| ring.vnodes()[*at].node == node);
    let count = own.clone().count();
    let row = |at: usize| {
        let (from, to) = ring.range(at);
        let width = (from.distance_to(to) >> 64) as f64 * 100.0 / 2f64.powi(64);
        let others = &scene.lists.of_range(at)[1..];
        html! {
            <tr>
                <td><code title={from.to_string()}>{ short(from) }</code></td>
                <td><code title={to.to_string()}>{ short(to) }</code></td>
                <td class="number">{ format!("{}%", tenths(width)) }</td>
                <td>{ names(others) }</td>
            </tr>
        }
    };
    html! {
        <details class="more">
            <summary>
                { format!("{count} vnodes, first owner of {}% of the ring", tenths(share)) }
            </summary>
            <p class="hint">
                { "A vnode is one of the places that a node takes on the ring: many small ones share \
                   the data out more evenly than a large one. The token range before each belongs to \
                   it: items whose position lies in there live on this node first, and on the next \
                   distinct nodes clockwise." }
            </p>
            <table>
                <thead><tr>
                    <th>{ "After" }</th><th>{ "Up to" }</th><th>{ "Share" }</th><th>{ "Also on" }</th>
                </tr></thead>
                <tbody>{ for own.take(RANGES).map(row) }</tbody>
            </table>
            if count > RANGES {
                <p class="hint">{ format!("… and {} more.", count - RANGES) }</p>
            }
        </details>
    }
}

/// The first digits of a position.
fn short(token: Token) -> String {
    token.to_string().chars().take(8).collect::<String>() + "…"
}

#[derive(Properties, PartialEq)]
struct ItemsProps {
    node: NodeId,
    view: Rc<View>,
    driver: Handle,
}

/// The items that it holds, the first ones or those that are looked for.
#[component]
fn Items(props: &ItemsProps) -> Html {
    let text = use_text("");
    let found = props.driver.look(|stage| items(stage, props.node, text.trim()));
    let title = if text.trim().is_empty() { "Items" } else { "Items found" };
    html! {
        <section class="held">
            <div class="row">
                <h4>{ title }</h4>
                <input id="item-search" type="search" aria-label="Look for a key on this node"
                    placeholder="Look for a key" value={(*text).clone()} oninput={typed(&text)} />
            </div>
            <div class="links">{ for found.iter().map(|key| item_link(&props.driver, key)) }</div>
            if found.is_empty() {
                <p class="hint">
                    { if text.trim().is_empty() { "It holds nothing yet." } else { "It holds no such key." } }
                </p>
            }
        </section>
    }
}

fn items(stage: &Stage, node: NodeId, text: &str) -> Vec<ItemKey> {
    let Some(store) = stage.world().store(node) else { return Vec::new() };
    let wanted = text.to_ascii_lowercase();
    let matches = |key: &&ItemKey| {
        wanted.is_empty() || key.to_string().to_ascii_lowercase().contains(&wanted)
    };
    let live = store.iter().filter(|(_, held)| held.live().next().is_some());
    live.map(|(key, _)| key).filter(matches).take(ITEMS).cloned().collect()
}

fn hints(facts: &NodeFacts, driver: &Handle) -> Html {
    let (shown, count) = &facts.hints;
    if *count == 0 {
        return html! { <p class="hint">{ "It keeps no hints for others." }</p> };
    }
    let row = |hint: &HintLine| {
        html! {
            <tr>
                <td>{ node_link(driver, hint.owner) }</td>
                <td>{ item_link(driver, &hint.key) }{ held_html(&hint.held) }</td>
            </tr>
        }
    };
    html! {
        <details class="more" open={*count < 4}>
            <summary>{ format!("Keeps {} hints for others", grouped(*count)) }</summary>
            <p class="hint">
                { "A hint is a write for an owner that could not take it. It is handed over once \
                   that owner is back." }
            </p>
            <table>
                <thead><tr><th>{ "For" }</th><th>{ "Item" }</th></tr></thead>
                <tbody>{ for shown.iter().map(row) }</tbody>
            </table>
            if shown.len() < *count {
                <p class="hint">{ format!("… and {} more.", grouped(count - shown.len())) }</p>
            }
        </details>
    }
}

/// What it thinks of the others.
fn views(scene: &Scene, facts: &NodeFacts, node: NodeId, driver: &Handle) -> Html {
    let status = &scene.nodes[node.index()];
    if facts.phis.is_empty() {
        return html! { <p class="hint">{ "It is down, and has no view of the others." }</p> };
    }
    let row = |(peer, phi): (NodeId, &Phi)| {
        let tenth = phi.hundredths().div_ceil(10);
        let is_suspected = status.suspects.contains(&peer);
        html! {
            <tr class={classes!(is_suspected.then_some("suspected"))}>
                <td>{ node_link(driver, peer) }</td>
                <td class="number">{ format!("{}.{}", tenth / 10, tenth % 10) }</td>
                <td>{ if is_suspected { "suspected" } else { "trusted" } }</td>
            </tr>
        }
    };
    let seats = scene.seats();
    let peers = (0..).map(NodeId).zip(&facts.phis);
    let peers = peers.filter(|(peer, _)| *peer != node && seats.seat(*peer).is_some());
    let summary = match status.suspects.len() {
        0 => "Trusts everybody".to_owned(),
        count => format!("Suspects {count} of {}", seats.count() - 1),
    };
    html! {
        <details class="more">
            <summary>{ summary }</summary>
            <p class="hint">
                { "Phi says how suspicious a peer\u{2019}s silence is to this node: it grows while nothing \
                   is heard by gossip. From 8.0 on the peer is suspected." }
            </p>
            <table>
                <thead><tr><th>{ "Node" }</th><th>{ "Phi" }</th><th>{ "Verdict" }</th></tr></thead>
                <tbody>{ for peers.map(row) }</tbody>
            </table>
        </details>
    }
}
