//! The inspector: whatever the reader has selected, and the ways from there to what it has to do
//! with.

mod item;
mod message;
mod node;
mod request;

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::inspected::Inspected;
use super::super::selection::Selection;
use super::links::{node_link, request_link};
use item::ItemDetails;
pub(super) use item::held_html;
use message::MessageDetails;
use node::NodeDetails;
use request::RequestDetails;

#[component]
pub fn InspectPanel(props: &PanelProps) -> Html {
    if props.is_hidden {
        return Html::default();
    }
    let scene = &props.view.scene;
    let (view, driver) = (props.view.clone(), props.driver.clone());
    let selected = scene.selected.clone();
    let content = match (&props.view.inspected, &selected) {
        (Some(Inspected::Node(facts)), Some(Selection::Node(node)))
            if node.index() < scene.nodes.len() =>
        {
            html! { <NodeDetails key={node.0} node={*node} facts={facts.clone()} {view} {driver} /> }
        }
        (Some(Inspected::Message(facts)), _) => {
            html! { <MessageDetails facts={(**facts).clone()} {driver} /> }
        }
        (Some(Inspected::Request(facts)), _) => {
            html! { <RequestDetails facts={(**facts).clone()} {view} {driver} /> }
        }
        (Some(Inspected::OutOfReach), _) => html! {
            <p class="hint">
                { "What was selected happened too far from the cursor to be shown. Go nearer to it \
                   in time, or choose something else." }
            </p>
        },
        (Some(Inspected::Item), _) => html! { <ItemDetails {view} {driver} /> },
        _ => html! {
            <>
                <ItemDetails {view} {driver} />
                { overview(props) }
            </>
        },
    };
    let close = {
        let driver = props.driver.clone();
        move |_: MouseEvent| driver.select(None)
    };
    html! {
        <>
            if selected.is_some() {
                <button id="inspect-all" type="button" class="link back" onclick={close}>
                    { "← Everything" }
                </button>
            }
            { content }
        </>
    }
}

/// What can be looked into, while nothing is.
fn overview(props: &PanelProps) -> Html {
    let (view, driver) = (&props.view, &props.driver);
    let all = view.scene.seated().map(|status| status.node);
    html! {
        <section class="details" aria-label="What can be looked into">
            <p class="hint">
                { "Click a node, a message or an item in the picture to look into it, or choose here." }
            </p>
            <h3>{ "Nodes" }</h3>
            <div class="links">{ for all.map(|node| node_link(driver, node)) }</div>
            if !view.stories.is_empty() {
                <h3>{ "Requests" }</h3>
                <ul class="plain">
                    { for view.stories.iter().map(|story| html! {
                        <li>{ request_link(driver, story.request, &story.wanted) }</li>
                    }) }
                </ul>
            }
        </section>
    }
}

/// A list of names and values.
fn facts<const COUNT: usize>(facts: [(&'static str, Html); COUNT]) -> Html {
    html! {
        <dl>
            { for facts.into_iter().map(|(name, value)| html! {
                <><dt>{ name }</dt><dd>{ value }</dd></>
            }) }
        </dl>
    }
}
