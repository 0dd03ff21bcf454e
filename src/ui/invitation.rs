//! What to try next: a row of buttons that act, below the picture, until it is dismissed.

use std::rc::Rc;

use yew::prelude::*;

use super::driver::Handle;
use super::suggestions::{Suggestion, suggestions};
use super::view::View;

#[derive(Properties, PartialEq)]
pub struct InvitationProps {
    pub view: Rc<View>,
    pub driver: Handle,
}

#[component]
pub fn Invitation(props: &InvitationProps) -> Html {
    let is_dismissed = use_state(|| false);
    let told = use_state(String::new);
    if *is_dismissed {
        return Html::default();
    }
    let button = |suggestion: Suggestion| {
        let (driver, told) = (props.driver.clone(), told.clone());
        let (lines, then) = (suggestion.lines, suggestion.then);
        let title = lines.join("\n");
        let onclick = move |_: MouseEvent| {
            let refused = lines.iter().find_map(|line| driver.act(line).err());
            told.set(refused.map_or_else(|| then.clone(), |error| error.message));
        };
        html! { <button {title} {onclick}>{ suggestion.title }</button> }
    };
    let dismiss = {
        let is_dismissed = is_dismissed.clone();
        move |_| is_dismissed.set(true)
    };
    html! {
        <div class="invitation" role="group" aria-label="What to try next">
            <span>{ "Try" }</span>
            { for suggestions(&props.view.scene).into_iter().map(button) }
            <button class="icon" aria-label="Dismiss" title="Dismiss" onclick={dismiss}>{ "✕" }</button>
            <p role="status" hidden={told.is_empty()}>{ (*told).clone() }</p>
        </div>
    }
}
