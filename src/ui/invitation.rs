//! What to try next: a row of buttons that act, below the picture, until it is dismissed.

use std::rc::Rc;

use yew::prelude::*;

use super::driver::Handle;
use super::hooks::use_flag;
use super::suggestions::{Suggestion, suggestions};
use super::transcript::{Entry, Outcome};
use super::view::View;

#[derive(Properties, PartialEq)]
pub struct InvitationProps {
    pub view: Rc<View>,
    pub driver: Handle,
}

#[component]
pub fn Invitation(props: &InvitationProps) -> Html {
    let is_dismissed = use_flag(false);
    // What to look at, and the line of the session up to which it is true.
    let told = use_state(|| (String::new(), 0));
    if *is_dismissed {
        return Html::default();
    }
    let button = |suggestion: Suggestion| {
        let (driver, told) = (props.driver.clone(), told.clone());
        let (lines, then) = (suggestion.lines, suggestion.then);
        let title = lines.join("\n");
        let onclick = move |_: MouseEvent| {
            let refused = lines.iter().find_map(|line| driver.act(line).err());
            let words = refused.map_or_else(|| then.clone(), |error| error.message);
            told.set((words, driver.look(|stage| newest(stage.transcript.entries()))));
        };
        html! { <button {title} {onclick}>{ suggestion.title }</button> }
    };
    let is_over = told.0.is_empty() || newest(props.view.transcript.iter()) > told.1;
    let dismiss = {
        let is_dismissed = is_dismissed.clone();
        move |_| is_dismissed.set(true)
    };
    html! {
        <div class="invitation" role="group" aria-label="What to try next">
            <span>{ "Try" }</span>
            { for suggestions(&props.view.scene).into_iter().map(button) }
            <button class="icon" aria-label="Dismiss" title="Dismiss" onclick={dismiss}>{ "✕" }</button>
            <p role="status" hidden={is_over}>{ if is_over { "" } else { &told.0 } }</p>
        </div>
    }
}

/// The number of the newest line of a session, newest first, that somebody gave.
fn newest<'a>(mut entries: impl Iterator<Item = &'a Entry>) -> u64 {
    let given = entries.find(|entry| !matches!(entry.outcome, Outcome::Happened(..)));
    given.map_or(0, |entry| entry.number)
}
