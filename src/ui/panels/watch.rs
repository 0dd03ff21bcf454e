//! Tables of what nodes keep for each other and believe of each other: hints, suspicions.

use yew::prelude::*;

use super::super::driver::Handle;
use super::super::palette::grouped;
use super::super::view::{HintLine, View};
use super::inspect::held_html;
use super::links::{item_link, node_link};
use crate::base::NodeId;
use crate::membership::Phi;

/// What nodes keep for owners that could not take it.
pub fn hints(view: &View, driver: &Handle) -> Html {
    let (shown, count) = &view.hints;
    if shown.is_empty() {
        return Html::default();
    }
    let row = |hint: &HintLine| {
        html! {
            <tr>
                <th scope="row">{ node_link(driver, hint.node) }</th>
                <td>{ node_link(driver, hint.owner) }</td>
                <td>{ item_link(driver, &hint.key) }{ held_html(&hint.held) }</td>
            </tr>
        }
    };
    html! {
        <section class="details">
            <h3>{ format!("Hints kept: {}", grouped(*count)) }</h3>
            <p class="hint">
                { "A hint is a write that a fallback keeps for an owner which could not take it, \
                   until that owner is back." }
            </p>
            <table id="hints" class="replicas">
                <thead><tr><th>{ "Kept by" }</th><th>{ "For" }</th><th>{ "Item" }</th></tr></thead>
                <tbody>{ for shown.iter().map(row) }</tbody>
            </table>
            if shown.len() < *count {
                <p class="hint">{ format!("… and {} more.", grouped(count - shown.len())) }</p>
            }
        </section>
    }
}

/// Who suspects whom, and how strongly.
pub fn views(view: &View, driver: &Handle) -> Html {
    if view.phis.is_empty() {
        return Html::default();
    }
    let nodes = &view.scene.nodes;
    let cell = |judge: NodeId, peer: NodeId, phi: Option<&Phi>| {
        let suspects = nodes[judge.index()].suspects.contains(&peer);
        let Some(phi) = phi.filter(|_| judge != peer) else {
            return html! { <td class="none">{ if judge == peer { "" } else { "–" } }</td> };
        };
        let tenths = phi.hundredths().div_ceil(10);
        let text = format!("{}.{}", tenths / 10, tenths % 10);
        match suspects {
            true => html! { <td class="suspects"><b>{ "? " }</b>{ text }</td> },
            false => html! { <td>{ text }</td> },
        }
    };
    let is_seated = |(judge, _): &(usize, &Vec<Phi>)| !nodes[*judge].standing.is_over();
    let row = |(judge, phis): (usize, &Vec<Phi>)| {
        let judge = NodeId(judge as u16);
        html! {
            <tr>
                <th scope="row">{ node_link(driver, judge) }</th>
                { for view.scene.seated().map(|peer| cell(judge, peer.node, phis.get(peer.node.index()))) }
            </tr>
        }
    };
    html! {
        <section class="details">
            <h3>{ "Who suspects whom" }</h3>
            <p class="hint">
                { "Each row is one node\u{2019}s own view: phi, how suspicious the silence of another \
                   is. From 8.0 on, or after a refused connection (?), it is suspected." }
            </p>
            <div class="sideways">
                <table id="views" class="views">
                    <thead>
                        <tr><td></td>{ for view.scene.seated().map(|node| html! {
                            <th scope="col">{ node.node.to_string() }</th>
                        }) }</tr>
                    </thead>
                    <tbody>{ for view.phis.iter().enumerate().filter(is_seated).map(row) }</tbody>
                </table>
            </div>
        </section>
    }
}
