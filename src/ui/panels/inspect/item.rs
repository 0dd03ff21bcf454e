//! The item in focus: where it lives and why, and what every replica has of it.

use yew::prelude::*;

use super::super::links::{named, node_link};
use crate::base::NodeId;
use crate::data::KeyValue;
use crate::ring::{Verdict, WalkStep};
use crate::sim::Replica;
use crate::storage::{Applied, Held, Version};
use crate::ui::app::PanelProps;
use crate::ui::driver::Handle;
use crate::ui::scene::{EntryMark, Focus, Scene};
use crate::ui::trouble::names;

#[component]
pub(super) fn ItemDetails(props: &PanelProps) -> Html {
    let scene = &props.view.scene;
    let Some(focus) = &scene.focus else {
        return html! { <p class="hint">{ "Put or get an item, and it is shown here." }</p> };
    };
    let line = |verb: &'static str| {
        let driver = props.driver.clone();
        let quoted = crate::scenario::quoted;
        let (table, key) = (focus.key.table().as_str(), focus.key.key().to_string());
        let line = format!("{verb} {} {}", quoted(table), quoted(&key));
        let title = line.clone();
        // What is refused stands in the session.
        html! { <button type="button" {title} onclick={move |_| drop(driver.act(&line))}>
            { if verb == "get" { "Get" } else { "Delete" } }
        </button> }
    };
    html! {
        <section class="details" aria-label={format!("Item {}", focus.key)}>
            <div class="row">
                <h3>{ "Item " }<code>{ focus.key.to_string() }</code></h3>
                // Entries of indexes are nobody's to read or write but their tables'.
                if focus.key.table().as_index().is_none() { { line("get") }{ line("delete") } }
            </div>
            { replicas(focus, &props.driver) }
            { entries(focus, &props.driver) }
            { place(scene, focus, &props.driver) }
        </section>
    }
}

/// What every replica has, and in a sentence what the stale ones lack.
pub(super) fn replicas(focus: &Focus, driver: &Handle) -> Html {
    html! {
        <>
            <div class="sideways">
                <table class="replicas">
                    <thead>
                        <tr><th>{ "Replica" }</th><th>{ "Place" }</th><th>{ "Version" }</th></tr>
                    </thead>
                    <tbody>{ for focus.replicas.iter().map(|one| replica_row(one, driver)) }</tbody>
                </table>
            </div>
            { for lack_words(focus).into_iter().map(|words| html! {
                <p class="hint stale-words">{ words }</p>
            }) }
        </>
    }
}

fn replica_row(replica: &Replica, driver: &Handle) -> Html {
    let place = match replica.place {
        Some(place) => format!("owner {}", place + 1),
        None => "fallback".to_owned(),
    };
    let class = classes!(replica.stale.then_some("stale"), (!replica.up).then_some("down"));
    html! {
        <tr {class}>
            <th scope="row">
                { node_link(driver, replica.node) }{ if replica.up { "" } else { " (down)" } }
            </th>
            <td class="place">{ place }</td>
            <td>
                { replica.held.as_ref().map_or_else(|| html! { <code>{ "nothing" }</code> }, held_html) }
                if replica.stale { <b class="stale-mark">{ "stale" }</b> }
                { for replica.hints.iter().map(|(owner, held)| html! {
                    <div class="kept">{ "keeps for " }{ named(*owner) }{ held_html(held) }</div>
                }) }
            </td>
        </tr>
    }
}

/// What stale replicas lack, and who has it: a sentence for each version that is missed.
fn lack_words(focus: &Focus) -> Vec<String> {
    let mut missed: Vec<(&Version, NodeId, Vec<NodeId>)> = Vec::new();
    for replica in focus.replicas.iter().filter(|replica| replica.stale) {
        let Some((holder, version)) = lacks(replica, focus) else { continue };
        match missed.iter_mut().find(|(other, ..)| other.dot() == version.dot()) {
            Some((_, _, nodes)) => nodes.push(replica.node),
            None => missed.push((version, holder, vec![replica.node])),
        }
    }
    let words = |(version, holder, nodes): (&Version, NodeId, Vec<NodeId>)| {
        let are = if nodes.len() == 1 { "is stale: it has" } else { "are stale: they have" };
        let what = if version.is_tombstone() { "the delete" } else { "version" };
        let dot = version.dot();
        format!("{} {are} not heard of {what} {dot}, which {holder} has.", names(&nodes))
    };
    missed.into_iter().map(words).collect()
}

/// A version that a stale replica lacks, and who has it.
fn lacks<'a>(replica: &Replica, focus: &'a Focus) -> Option<(NodeId, &'a Version)> {
    let others = focus.replicas.iter().filter(|other| other.node != replica.node);
    let mut held = others.flat_map(|other| {
        let all = other.held.iter().chain(other.hints.iter().map(|(_, held)| held));
        all.flat_map(|held| held.versions()).map(move |version| (other.node, version))
    });
    let is_missing = |version: &Version| match &replica.held {
        Some(own) => own.outcome_of(version) == Applied::Stored,
        None => true,
    };
    held.find(|(_, version)| is_missing(version))
}

/// Its entries in indexes, each with a place of its own on the ring.
fn entries(focus: &Focus, driver: &Handle) -> Html {
    if focus.entries.is_empty() {
        return Html::default();
    }
    let entry = |entry: &EntryMark| {
        let (driver, key) = (driver.clone(), entry.key.clone());
        html! {
            <li>
                <button type="button" class="link" onclick={move |_: MouseEvent| driver.focus_item(&key)}
                    title="Show where this entry lives">{ entry.words() }</button>
            </li>
        }
    };
    html! {
        <section class="details" aria-label="Entries in indexes">
            <h3>{ "Entries in indexes" }</h3>
            <ul id="item-entries">{ for focus.entries.iter().map(entry) }</ul>
        </section>
    }
}

/// Where it lies on the ring, and how its owners were found.
fn place(scene: &Scene, focus: &Focus, driver: &Handle) -> Html {
    let owners = scene.lists.at(focus.key.position);
    let fallbacks = scene.lists.fallbacks(focus.key.position);
    let nodes = |nodes: &[NodeId]| -> Html {
        nodes.iter().take(8).map(|node| node_link(driver, *node)).collect()
    };
    let step = |(at, step): (usize, &WalkStep)| {
        let (class, words) = match step.verdict {
            Verdict::Owner { place } => ("", format!("owner {}", place + 1)),
            Verdict::SameNode => {
                ("skipped", format!("skipped: {} is in the list", step.vnode.node))
            }
            Verdict::SameZone => ("skipped", "skipped: its zone is in the list".to_owned()),
        };
        let token = step.vnode.token.to_string();
        html! {
            <tr {class}>
                <td class="number">{ at + 1 }</td>
                <td>{ named(step.vnode.node) }</td>
                <td><code title={token.clone()}>{ format!("{}…", &token[..8]) }</code></td>
                <td>{ words }</td>
            </tr>
        }
    };
    html! {
        <>
            <dl>
                <dt>{ "Preference list" }</dt><dd class="links">{ nodes(owners) }</dd>
                if !fallbacks.is_empty() {
                    <dt>{ "Then" }</dt><dd class="links">{ nodes(&fallbacks) }</dd>
                }
                <dt>{ "Position" }</dt>
                <dd><code class="whole">{ focus.key.position.to_string() }</code></dd>
            </dl>
            { check(focus) }
            <details class="more">
                <summary>{ format!("How the walk found its owners: {} vnodes", focus.walk.len()) }</summary>
                <p class="hint">
                    { "From the item\u{2019}s position clockwise: each vnode\u{2019}s node joins the list, \
                       unless it is in it already." }
                </p>
                <table>
                    <thead><tr>
                        <th>{ "Step" }</th><th>{ "Vnode of" }</th><th>{ "Token" }</th><th>{ "Verdict" }</th>
                    </tr></thead>
                    <tbody>{ for focus.walk.iter().enumerate().map(step) }</tbody>
                </table>
            </details>
        </>
    }
}

/// The command by which anyone can check the position.
fn check(focus: &Focus) -> Html {
    let text = focus.key.to_string();
    let is_plain = !matches!(focus.key.key().partition(), KeyValue::B(_)) && !text.contains('\'');
    if !is_plain || focus.key.key().sort().is_some() {
        return Html::default();
    }
    html! {
        <p class="hint">
            { "The position is an MD5 that you can check: " }
            <code class="whole">{ format!("printf %s '{text}' | md5sum") }</code>
        </p>
    }
}

/// Every version that is held, and the context of siblings.
pub fn held_html(held: &Held) -> Html {
    let version = |version: &Version| {
        let item = version.item.as_ref().map(|item| item.to_json());
        let dot = version.dot();
        let title = format!(
            "Write number {} that node {} coordinated in its life number {}, stamped by its clock",
            dot.counter, dot.node, dot.incarnation.0
        );
        html! {
            <div class="version">
                <code {title}>{ version.stamp.to_string() }</code>
                <div class="json" title={item.clone()}>
                    { item.unwrap_or_else(|| "deleted (tombstone)".to_owned()) }
                </div>
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
