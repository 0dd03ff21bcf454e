//! Workloads: those that go on, knobs for another one, and what comes of all requests, live.

mod knobs;
mod live;

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::driver::Handle;
use super::super::palette::grouped;
use crate::scenario::command_line;
use crate::sim::{Command, Running};
use knobs::Knobs;
use live::Live;

#[component]
pub fn WorkloadPanel(props: &PanelProps) -> Html {
    let PanelProps { view, driver, is_hidden } = props;
    html! {
        <>
            { going_on(&view.workloads, driver) }
            if !is_hidden { { live::tiles(view) } }
            <Knobs driver={driver.clone()} are_there_any={!view.workloads.is_empty()} />
            if !is_hidden { <Live view={view.clone()} driver={driver.clone()} /> }
        </>
    }
}

/// The workloads that go on, each with what stops it.
fn going_on(workloads: &[Running], driver: &Handle) -> Html {
    let stop = |id: String, line: String, label: String| {
        let driver = driver.clone();
        let title = line.clone();
        // It can only be refused where it has ended by itself meanwhile.
        let onclick = move |_: MouseEvent| drop(driver.act(&line));
        html! { <button {id} {title} {onclick}>{ label }</button> }
    };
    let row = |running: &Running| {
        let Running { id, workload, asked, .. } = running;
        let line = command_line(&Command::StartWorkload(workload.clone()));
        let until = match running.ends() {
            Some(ends) => format!("until {ends}"),
            None => "until it is stopped".to_owned(),
        };
        html! {
            <li key={id.to_string()}>
                <span>
                    <b>{ id.to_string() }</b>
                    { format!(" asked {} so far, {until}", grouped(*asked as usize)) }
                    <code>{ line }</code>
                </span>
                { stop(format!("stop-{id}"), format!("workload stop {id}"), format!("Stop {id}")) }
            </li>
        }
    };
    html! {
        <section class="in-force going-on" aria-label="Workloads that go on">
            <div class="row">
                <h3>{ "Going on" }</h3>
                if workloads.len() > 1 {
                    { stop("stop-all".to_owned(), "workload stop".to_owned(), "Stop all".to_owned()) }
                }
            </div>
            if workloads.is_empty() {
                <p class="hint">
                    { "Nothing asks by itself. A workload does, at random instants, whether or not \
                       its requests are answered." }
                </p>
            }
            <ul id="workloads">{ for workloads.iter().map(row) }</ul>
        </section>
    }
}
