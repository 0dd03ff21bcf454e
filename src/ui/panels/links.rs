//! Buttons that lead from one thing to another: whatever is named can be looked into.

use yew::prelude::*;

use super::super::driver::Handle;
use super::super::palette;
use super::super::selection::Selection;
use crate::base::{NodeId, RequestId};
use crate::node::Address;
use crate::storage::ItemKey;

/// A button that selects something.
pub fn link(driver: &Handle, to: Selection, content: Html) -> Html {
    let driver = driver.clone();
    let onclick = move |_: MouseEvent| driver.select(Some(to.clone()));
    html! { <button type="button" class="link" {onclick}>{ content }</button> }
}

/// A node's name with its colour.
pub fn named(node: NodeId) -> Html {
    html! { <><i class="swatch" style={palette::style(node)} />{ node.to_string() }</> }
}

pub fn node_link(driver: &Handle, node: NodeId) -> Html {
    link(driver, Selection::Node(node), named(node))
}

pub fn item_link(driver: &Handle, key: &ItemKey) -> Html {
    link(driver, Selection::Item(key.clone()), html! { <code>{ key.to_string() }</code> })
}

pub fn request_link(driver: &Handle, request: RequestId, words: &str) -> Html {
    let content =
        html! { <><b>{ request.to_string() }</b>{ " " }<code>{ words.to_owned() }</code></> };
    link(driver, Selection::Request(request), content)
}

/// Whoever sends or receives; only nodes can be looked into.
pub fn address_link(driver: &Handle, address: Address) -> Html {
    match address {
        Address::Node(node) => node_link(driver, node),
        Address::Client(client) => html! { client.to_string() },
    }
}
