//! The console: put, get and delete by form, any command by line, and what came of them.

use std::rc::Rc;

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::hooks::{use_text, use_told};
use super::super::palette::grouped;
use super::super::selection::Selection;
use super::super::transcript::{Entry, Outcome};
use super::super::view::{Loading, View};
use super::super::{browser, driver::Handle};
use super::item::ItemForm;
use super::{problem, typed};
use crate::base::RequestId;

#[component]
pub fn ConsolePanel(props: &PanelProps) -> Html {
    html! {
        <>
            <SampleData view={Rc::clone(&props.view)} driver={props.driver.clone()} />
            <ItemForm view={Rc::clone(&props.view)} driver={props.driver.clone()} />
            <CommandBar view={Rc::clone(&props.view)} driver={props.driver.clone()} />
            <Transcript view={Rc::clone(&props.view)} driver={props.driver.clone()} />
        </>
    }
}

/// How far the airports are, and the button that loads them.
#[component]
fn SampleData(props: &PanelProps) -> Html {
    let (load, stop) = {
        let (a, b) = (props.driver.clone(), props.driver.clone());
        (move |_: MouseEvent| a.load_sample(), move |_: MouseEvent| b.stop_loading())
    };
    if let Some(problem) = &props.view.sample_problem {
        return html! {
            <div class="sample">
                <p class="problem" role="alert">{ problem.clone() }</p>
                <button onclick={load}>{ "Load the airports" }</button>
            </div>
        };
    }
    match &props.view.loading {
        Some(loading) if !loading.over => html! {
            <div class="sample">
                <label>
                    { format!("Loading {} by quorum puts: {} of {}", loading.table,
                        grouped(loading.written), grouped(loading.total)) }
                    <progress value={loading.written.to_string()} max={loading.total.to_string()} />
                </label>
                <button onclick={stop}>{ "Stop" }</button>
            </div>
        },
        Some(loading) => html! {
            <div class="sample" id="sample-loaded"><p>{ loaded(loading) }</p></div>
        },
        None => html! {
            <div class="sample">
                <button id="load" onclick={load}>{ "Load the airports" }</button>
            </div>
        },
    }
}

fn loaded(loading: &Loading) -> String {
    let Loading { table, written, given_up, .. } = loading;
    let written = grouped(*written);
    match given_up {
        0 => format!("{table} holds {written} items, each written by a quorum put."),
        given_up => format!(
            "{table} holds {written} items; {} were not written, because their quorum failed or \
             loading was stopped.",
            grouped(*given_up)
        ),
    }
}

/// Any line of the scenario language.
#[component]
fn CommandBar(props: &PanelProps) -> Html {
    let line = use_text("");
    let error = use_told();
    let submit = {
        let driver = props.driver.clone();
        let (line, error) = (line.clone(), error.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match driver.act(&line) {
                Ok(()) => {
                    error.set(None);
                    line.set(String::new());
                }
                Err(refused) => error.set(Some(refused.message)),
            }
        })
    };
    html! {
        <form class="command-bar" onsubmit={submit}>
            <label>{ "Command" }
                <input id="command" value={(*line).clone()} oninput={typed(&line)}
                    placeholder="crash B · run 5ms · digest"
                    spellcheck="false" autocomplete="off" aria-describedby="command-problem" />
            </label>
            <button id="send" type="submit">{ "Run" }</button>
            { problem("command-problem", error.as_ref()) }
        </form>
    }
}

/// What was commanded, newest first.
#[component]
fn Transcript(props: &PanelProps) -> Html {
    let shown = use_told();
    let toggle_log = {
        let (driver, shown) = (props.driver.clone(), shown.clone());
        move |_| shown.set(shown.is_none().then(|| driver.session_log()))
    };
    let copy = {
        let (driver, shown) = (props.driver.clone(), shown.clone());
        move |_| {
            let log = driver.session_log();
            if !browser::copy_text(&log) {
                shown.set(Some(log));
            }
        }
    };
    html! {
        <section class="transcript" aria-label="Session">
            <div class="row">
                <h3>{ "Session" }</h3>
                <button id="copy-session" onclick={copy}
                    title="The whole session as a scenario that replays it">{ "Copy" }</button>
                <button onclick={toggle_log}>
                    { if shown.is_some() { "Hide as scenario" } else { "Show as scenario" } }
                </button>
            </div>
            if let Some(log) = &*shown {
                <textarea id="session-log" readonly=true rows="8" aria-label="Session as a scenario"
                    value={log.clone()} />
            }
            <ol reversed=true>
                { for props.view.transcript.iter().map(|entry| {
                    entry_html(entry, &props.view, &props.driver)
                }) }
            </ol>
        </section>
    }
}

fn happened(told: &[String], more: usize) -> String {
    match more {
        0 => told.join("\n"),
        more => format!("{}\n… and {} more", told.join("\n"), grouped(more)),
    }
}

fn entry_html(entry: &Entry, view: &View, driver: &Handle) -> Html {
    let (class, text) = match &entry.outcome {
        Outcome::Pending => ("pending", "under way …".to_owned()),
        Outcome::Done(text) => ("done", text.clone()),
        Outcome::Failed(text) => ("failed", text.clone()),
        Outcome::Happened(told, more) => ("happened", happened(told, *more)),
    };
    let line = match &entry.outcome {
        Outcome::Happened(..) => html! { <b>{ "Meanwhile" }</b> },
        _ => html! { <code>{ entry.line.clone() }</code> },
    };
    let known = |request: &RequestId| view.stories.iter().any(|story| story.request == *request);
    let line = match entry.request.filter(known) {
        Some(request) => {
            let driver = driver.clone();
            let look = move |_| driver.select(Some(Selection::Request(request)));
            html! { <button class="quiet" onclick={look} title="Show this request">{ line }</button> }
        }
        None => line,
    };
    html! {
        <li key={entry.number} class={class}>
            { line }
            if !text.is_empty() { <pre>{ text }</pre> }
        </li>
    }
}
