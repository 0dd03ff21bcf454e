//! Changes of who owns what: the stages of the one under way, what waits, and buttons that say what
//! they would move before they do it.

use std::rc::Rc;

use yew::prelude::*;

use super::super::driver::Handle;
use super::super::elastic::{Elastic, Moving, title};
use super::super::hooks::use_text;
use super::super::trouble::names;
use super::super::view::View;
use super::{problem, typed};
use crate::ring::Stage;
use crate::scenario::quoted;

/// A button: its id, its label, and the line behind it.
#[derive(Clone, PartialEq)]
pub struct Choice {
    pub id: String,
    pub label: &'static str,
    pub line: String,
}

#[derive(Properties, PartialEq)]
pub struct ChoicesProps {
    pub driver: Handle,
    pub choices: Vec<Choice>,
}

/// Changes to choose from. The one that is chosen says what it would move, and waits for a second
/// click.
#[component]
pub fn Choices(props: &ChoicesProps) -> Html {
    let chosen = use_state_eq(|| None::<String>);
    let told = use_state_eq(|| None::<Result<String, String>>);
    let choose = |line: String| {
        let (driver, chosen, told) = (props.driver.clone(), chosen.clone(), told.clone());
        move |_: MouseEvent| {
            let plan = driver.look(|stage| stage.plan(&line));
            let words = plan.map(|plan| plan.map_or_else(String::new, |plan| plan.words()));
            chosen.set(words.is_ok().then(|| line.clone()));
            told.set(Some(words.map_err(|error| error.message)));
        }
    };
    let done = |line: Option<String>| {
        let (driver, chosen, told) = (props.driver.clone(), chosen.clone(), told.clone());
        move |_: MouseEvent| {
            let refused = line.as_ref().and_then(|line| driver.act(line).err());
            chosen.set(None);
            told.set(refused.map(|error| Err(error.message)));
        }
    };
    let button = |choice: &Choice| {
        let is_chosen = (*chosen == Some(choice.line.clone())).to_string();
        html! {
            <button type="button" id={choice.id.clone()} title={choice.line.clone()}
                aria-pressed={is_chosen} onclick={choose(choice.line.clone())}>{ choice.label }</button>
        }
    };
    let refused = told.as_ref().and_then(|told| told.as_ref().err());
    html! {
        <div class="elastic-choices">
            <div class="buttons">{ for props.choices.iter().map(button) }</div>
            if let (Some(line), Some(Ok(words))) = (&*chosen, &*told) {
                <div class="elastic-plan" role="status">
                    <p><code>{ line }</code>{ " " }{ words }</p>
                    <div class="buttons">
                        <button type="button" id="do-change" class="primary"
                            onclick={done(Some(line.clone()))}>{ "Do it" }</button>
                        <button type="button" onclick={done(None)}>{ "Leave it" }</button>
                    </div>
                </div>
            }
            { problem("elastic-problem", refused) }
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct ElasticProps {
    pub view: Rc<View>,
    pub driver: Handle,
}

/// The part of the Cluster panel about changes.
#[component]
pub fn ElasticSection(props: &ElasticProps) -> Html {
    let ElasticProps { view, driver } = props;
    let now = view.scene.lists.topology().basis.vnodes;
    let vnodes = use_text(&now.to_string());
    let choice = |id: &str, label, line: String| Choice { id: id.to_owned(), label, line };
    let mut choices = vec![
        choice("add-node", "Add a node", "add".to_owned()),
        choice("set-vnodes", "Set vnodes", format!("vnodes {}", quoted(vnodes.trim()))),
    ];
    if view.scene.elastic.as_ref().is_some_and(|it| it.moving.is_some()) {
        choices.push(choice("cancel-change", "Cancel", "cancel".to_owned()));
    }
    html! {
        <fieldset class="elastic">
            <legend>{ "Grow and shrink" }</legend>
            <p class="hint">
                { "To remove, replace or weigh a node, open it. Reads and writes go on meanwhile." }
            </p>
            <label>{ "Vnodes per node" }
                <input id="vnodes" inputmode="numeric" value={(*vnodes).clone()}
                    oninput={typed(&vnodes)} />
            </label>
            <Choices driver={driver.clone()} {choices} />
            { progress(view) }
            <p class="hint">{ format!("The topology is that of {}.", view.scene.lists.epoch()) }</p>
        </fieldset>
    }
}

/// The change under way with its stages, or what came of the last one.
pub fn progress(view: &View) -> Html {
    match (&view.scene.elastic, &view.outcome) {
        (Some(elastic), _) => under_way(elastic),
        (None, Some(outcome)) => {
            html! { <div class="elastic-now"><p class="elastic-outcome">{ outcome }</p></div> }
        }
        (None, None) => Html::default(),
    }
}

fn under_way(elastic: &Elastic) -> Html {
    let head = elastic.moving.as_ref().map(|moving| {
        let step = match moving.steps {
            1 => String::new(),
            steps => format!(", step {} of {steps}", moving.step),
        };
        let ranges = moving.ranges;
        format!("{}: {ranges} token ranges change hands{step}", title(&moving.change))
    });
    html! {
        <div class="elastic-now">
            if let Some(head) = head { <p><b>{ head }</b></p> }
            if let Some(moving) = &elastic.moving { { stages(moving) } }
            <p>{ elastic.words() }{ " " }
                <small class="hint">{ format!("Epoch {}", elastic.epoch) }</small></p>
            if elastic.moving.is_some() && !elastic.leaving.is_empty() {
                <p>{ format!("Leaving: {}.", names(&elastic.leaving)) }</p>
            }
            if !elastic.queue.is_empty() {
                <p>{ "Waits: " }<code>{ elastic.queue.join(", ") }</code></p>
            }
        </div>
    }
}

fn stages(moving: &Moving) -> Html {
    let [there, all] = moving.items();
    let stage = |stage: Stage| {
        let class = match stage.cmp(&moving.stage) {
            std::cmp::Ordering::Less => "is-over",
            std::cmp::Ordering::Equal => "is-now",
            std::cmp::Ordering::Greater => "is-to-come",
        };
        let current = (stage == moving.stage).then_some("step");
        let part = match stage.cmp(&moving.stage) {
            std::cmp::Ordering::Equal if stage == Stage::Stream => there * 100 / all.max(1),
            std::cmp::Ordering::Less => 100,
            _ => 0,
        };
        html! {
            <li {class} aria-current={current} style={format!("--part:{part}")}>{ stage.to_string() }</li>
        }
    };
    html! {
        <ol class="stages" aria-label="Stages">
            { for Stage::ALL.into_iter().map(stage) }
            <li class="is-to-come">{ "done" }</li>
        </ol>
    }
}
