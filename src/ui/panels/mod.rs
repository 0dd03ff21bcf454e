//! The panels beside the picture. Each gives lines to the driver, and shows what is refused next to
//! where it was entered.

mod backups;
mod charts;
mod cluster;
mod console;
mod elastic;
mod faults;
mod files;
mod inspect;
mod item;
mod links;
mod run;
mod snapshots;
mod tables;
mod watch;
mod workload;

pub use backups::BackupsPanel;
pub use charts::ChartsPanel;
pub use cluster::ClusterPanel;
pub use console::ConsolePanel;
pub use elastic::progress;
pub use faults::FaultsPanel;
pub use files::FilesPanel;
pub use inspect::InspectPanel;
pub use run::RunPanel;
pub use snapshots::SnapshotsPanel;
pub use tables::TablesPanel;
pub use workload::WorkloadPanel;

use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// An error, next to what caused it.
fn problem(id: &'static str, error: Option<&String>) -> Html {
    html! {
        <p {id} class="problem" role="alert" hidden={error.is_none()}>
            { error.cloned().unwrap_or_default() }
        </p>
    }
}

/// Keeps a text field's value in a state.
fn typed(state: &UseStateHandle<String>) -> Callback<InputEvent> {
    let state = state.clone();
    Callback::from(move |event: InputEvent| {
        state.set(event.target_unchecked_into::<HtmlInputElement>().value());
    })
}

/// Keeps a text area's value in a state.
fn typed_area(state: &UseStateHandle<String>) -> Callback<InputEvent> {
    let state = state.clone();
    Callback::from(move |event: InputEvent| {
        state.set(event.target_unchecked_into::<HtmlTextAreaElement>().value());
    })
}

/// Keeps a choice's value in a state.
fn chosen(state: &UseStateHandle<String>) -> Callback<Event> {
    let state = state.clone();
    Callback::from(move |event: Event| {
        state.set(event.target_unchecked_into::<HtmlSelectElement>().value());
    })
}

/// Choices with their labels.
fn options(selected: &str, choices: impl IntoIterator<Item = (String, String)>) -> Html {
    choices.into_iter().map(|(value, label)| option(selected, value, label)).collect()
}

fn option(selected: &str, value: String, label: String) -> Html {
    let selected = value == selected;
    html! { <option {value} {selected}>{ label }</option> }
}
