//! A message: what it says, what became of it, and, while it is under way, what can be done to it.

use yew::prelude::*;

use super::super::super::hooks::{use_text, use_told};
use super::super::links::{address_link, request_link};
use super::super::{problem, typed};
use super::facts;
use crate::scenario::quoted;
use crate::ui::driver::Handle;
use crate::ui::inspected::{MessageFacts, meaning};

#[derive(Properties, PartialEq)]
pub(super) struct MessageProps {
    pub facts: MessageFacts,
    pub driver: Handle,
}

#[component]
pub(super) fn MessageDetails(props: &MessageProps) -> Html {
    let MessageProps { facts: about, driver } = props;
    let MessageFacts { message, kind, .. } = about;
    let took = if about.is_under_way { "takes" } else { "took" };
    let state = match (about.is_to_come, about.is_under_way) {
        (true, _) => "to come",
        (_, true) => "under way",
        (_, false) => "over",
    };
    let request = about.request.map(|request| {
        let wanted = about.wanted.as_ref().map_or_else(String::new, |wanted| wanted.to_string());
        request_link(driver, request, &wanted)
    });
    html! {
        <section class="details" aria-label={format!("Message {message}")}>
            <h3>{ format!("Message {message}: {kind}") }<span class="badge-word">{ state }</span></h3>
            <p class="hint">{ meaning(*kind) }</p>
            if about.is_under_way {
                <Actions name={message.to_string()} driver={driver.clone()} />
            }
            { facts([
                ("From", address_link(driver, about.from)),
                ("To", address_link(driver, about.to)),
                ("Left at", html! { about.sent_at.to_string() }),
                ("There at", html! { format!("{}, {took} {}", about.arrives_at, about.took()) }),
                ("Part of", request.unwrap_or_else(|| html! { "work in the background" })),
            ]) }
            if let Some(original) = about.copy_of {
                <p>{ format!("The network doubled {original}: this is the copy.") }</p>
            }
            if let Some(carries) = &about.carries {
                <div><b>{ "It says" }</b><pre class="says">{ carries.clone() }</pre></div>
            }
            <p>{ about.fate.clone() }</p>
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct ActionsProps {
    name: String,
    driver: Handle,
}

/// Drop it, delay it, or let it come twice.
#[component]
fn Actions(props: &ActionsProps) -> Html {
    let span = use_text("50ms");
    let error = use_told();
    let button = |line: String, label: &'static str, class: &'static str| {
        let (driver, error) = (props.driver.clone(), error.clone());
        let title = line.clone();
        let onclick = move |_: MouseEvent| {
            error.set(driver.act(&line).err().map(|error| error.message));
        };
        html! { <button type="button" {class} {title} {onclick}>{ label }</button> }
    };
    let name = &props.name;
    html! {
        <>
            <div class="buttons">
                { button(format!("drop {name}"), "Drop", "danger") }
                { button(format!("duplicate {name}"), "Duplicate", "") }
                { button(format!("delay {name} {}", quoted(span.trim())), "Delay by", "") }
                <input id="delay-by" class="brief" aria-label="Delay by" value={(*span).clone()}
                    oninput={typed(&span)} aria-describedby="message-problem" />
            </div>
            { problem("message-problem", error.as_ref()) }
        </>
    }
}
