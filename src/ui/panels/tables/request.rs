//! The request as DynamoDB takes it, and the command that it equals.

use yew::prelude::*;

use super::super::super::browser;
use super::super::super::tables::{Request, pretty};
use crate::base::Result;

/// The request: whoever edits it takes it over from the form, which follows as far as it can.
pub fn request(
    requests: &Result<Vec<Request>>,
    (edited, is_told): (UseStateHandle<Option<Request>>, bool),
    take: Callback<String>,
) -> Html {
    let requests = match requests {
        Ok(requests) => &requests[..],
        Err(refused) => {
            return html! {
                <div class="buttons">
                    <button id="tables-run" type="submit" class="primary">{ "Run" }</button>
                    <p class="hint">{ refused.message.clone() }</p>
                </div>
            };
        }
    };
    let is_edited = edited.is_some();
    let first = requests[0].clone();
    let shown = if is_edited { first.body.clone() } else { pretty(&first.body) };
    let rows = shown.lines().count().clamp(3, 14).to_string();
    let oninput = move |event: InputEvent| {
        take.emit(event.target_unchecked_into::<web_sys::HtmlTextAreaElement>().value());
    };
    let copy = {
        let lines: Vec<String> = requests.iter().map(Request::line).collect();
        // Where nothing can be copied, it can still be selected.
        move |_: MouseEvent| {
            browser::copy_text(&lines.join("\n"));
        }
    };
    let back = move |_: MouseEvent| edited.set(None);
    html! {
        <>
            <div class="buttons">
                <button id="tables-run" type="submit" class="primary">{ "Run" }</button>
                if !is_told {
                    <button id="tables-form" type="button" onclick={back}>{ "Back to the form\u{2019}s" }</button>
                }
            </div>
            <label>{ format!("Request: {}", first.operation) }
                <textarea id="tables-request" class="code" {rows} spellcheck="false" value={shown} {oninput}
                    aria-describedby="tables-problem" />
            </label>
            if !is_told {
                <p class="hint">{ "Edited here: the fields above do not say it any more." }</p>
            }
            <div class="command-lines">
                { for requests.iter().map(|request| html! { <code tabindex="0">{ request.line() }</code> }) }
                <button type="button" onclick={copy} aria-label="Copy the command">{ "Copy" }</button>
            </div>
        </>
    }
}
