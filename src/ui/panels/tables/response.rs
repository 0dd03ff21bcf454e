//! What a request brought: items as a table, errors as they are, and the response itself.

use yew::prelude::*;

use super::super::super::driver::Handle;
use super::super::super::tables::{Reply, pretty};
use super::{Outcome, Room, told};
use crate::data::Item;
use crate::storage::ItemKey;

/// So much of a response is shown, in characters.
const SHOWN: usize = 20_000;

pub fn response(
    outcome: &Outcome,
    room: &Room,
    driver: &Handle,
    next: Option<Callback<String>>,
) -> Html {
    let Some(number) = *outcome.line else { return Html::default() };
    let entry = room.view.transcript.iter().find(|entry| entry.number == number);
    if let Some(response) = entry.and_then(|entry| entry.response.clone()) {
        outcome.response.replace(Some(response));
    }
    let Some(json) = outcome.response.borrow().clone() else {
        return html! { <section aria-label="Response"><p class="hint">{ "Under way …" }</p></section> };
    };
    let reply = Reply::of(&json, room.schema.as_ref(), Some(&room.form));
    let story = entry.and_then(|entry| entry.request);
    let story = story.and_then(|request| room.view.stories.iter().find(|it| it.request == request));
    let shown: String = pretty(&json).chars().take(SHOWN).collect();
    html! {
        <section class="response" aria-label="Response">
            <h3>{ "Response" }</h3>
            if let Some(error) = reply.error.clone() {
                <p class="problem" role="alert" id="tables-error">{ told(error) }</p>
            }
            <p id="tables-words" role="status">{ reply.words().unwrap_or_default() }</p>
            if !reply.items.is_empty() { { items(&reply, room, driver) } }
            if let Some((start, next)) = reply.next.clone().zip(next) {
                <div class="buttons">
                    <button id="next-page" type="button" onclick={move |_| next.emit(start.clone())}>
                        { "Next page" }
                    </button>
                </div>
            }
            if let Some(story) = story { <p class="hint">{ story.words.clone() }</p> }
            <details open={reply.items.is_empty() && reply.error.is_none()}>
                <summary>{ "As JSON" }</summary>
                <pre id="tables-json" tabindex="0">{ shown }</pre>
            </details>
        </section>
    }
}

fn items(reply: &Reply, room: &Room, driver: &Handle) -> Html {
    let cell = |item: &Item, name: &String| {
        item.get(name).map_or_else(String::new, |value| match value {
            crate::data::AttributeValue::S(text) => text.to_string(),
            other => other.to_json(),
        })
    };
    let row = |item: &Item| {
        let key = room
            .schema
            .as_ref()
            .and_then(|schema| Some(ItemKey::new(schema.name.clone(), schema.key_of(item).ok()?)));
        let cells = reply.columns.iter().enumerate().map(|(at, name)| {
            let text = cell(item, name);
            match key.clone().filter(|_| at == 0) {
                Some(key) => {
                    let driver = driver.clone();
                    let look = move |_: MouseEvent| driver.focus_item(&key);
                    html! {
                        <td><button type="button" class="link" onclick={look}
                            title="Show where it lives, and its entries in indexes">{ text }</button></td>
                    }
                }
                None => html! { <td>{ text }</td> },
            }
        });
        html! { <tr>{ for cells }</tr> }
    };
    html! {
        <div class="sideways" tabindex="0" role="region" aria-label="Items">
            <table id="tables-items" class="items">
                <thead><tr>{ for reply.columns.iter().map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                <tbody>{ for reply.items.iter().map(row) }</tbody>
            </table>
        </div>
    }
}
