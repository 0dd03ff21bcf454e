//! Backups: a table as it was at any instant, and copies of it outside of the cluster.
//!
//! ```text
//!   table      which one
//!   instant    a slider over its past, and what it was then    ─▶ restore to a new table
//!   copies     backups by name                                 ─▶ restore to a new table
//! ```
//!
//! Looking costs nothing and changes nothing: only a restore asks the cluster.

mod copies;
mod instant;
mod slider;

use std::rc::Rc;

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::driver::Handle;
use super::super::hooks::{use_text, use_told};
use super::super::palette::grouped;
use super::super::view::View;
use super::{options, problem};
use crate::backup::{Job, Task};
use crate::data::{Resolution, TableSchema};
use crate::scenario::quoted;

#[component]
pub fn BackupsPanel(props: &PanelProps) -> Html {
    let PanelProps { driver, is_hidden, .. } = props;
    // What is hidden stays as it was: what was typed and chosen, at no cost.
    let shown = use_mut_ref(|| None::<Rc<View>>);
    let table = use_text("");
    let made = use_told();
    if !is_hidden {
        shown.replace(Some(Rc::clone(&props.view)));
    }
    let Some(view) = &*shown.borrow() else { return Html::default() };
    let named = view.tables.iter().find(|schema| schema.name.as_str() == *table);
    let Some(schema) = named.or(view.tables.first()) else {
        return html! { <p class="hint">{ "There is no table yet. Create one in Tables." }</p> };
    };
    let tables = view.tables.iter().map(|schema| schema.name.to_string());
    let tables = tables.map(|name| (name.clone(), name));
    let restored = {
        let made = made.clone();
        Callback::from(move |name: String| made.set(Some(name)))
    };
    let jobs = driver.look(|stage| stage.world().archive().jobs().to_vec());
    html! {
        <>
            <label>{ "Table" }
                <select id="backups-table" onchange={super::chosen(&table)}>
                    { options(schema.name.as_str(), tables) }
                </select>
            </label>
            if schema.resolution == Resolution::Siblings {
                <p class="hint">
                    { "This table keeps siblings: there is no one past of it. Backups and restores \
                       are for tables in which the last writer wins." }
                </p>
            } else {
                <instant::Instant view={Rc::clone(view)} driver={driver.clone()} schema={schema.clone()}
                    restored={restored.clone()} />
            }
            <ul class="plain jobs" id="backups-told" role="status">
                { for jobs.iter().map(under_way) }
                { for made.iter().filter(|_| jobs.is_empty()).map(|name| came_of(name, view)) }
            </ul>
            if schema.resolution != Resolution::Siblings {
                <copies::BackUp driver={driver.clone()} schema={schema.clone()} />
            }
            <copies::Copies view={Rc::clone(view)} driver={driver.clone()} {restored} />
        </>
    }
}

/// How far a backup or a restore is.
fn under_way(job: &Job) -> Html {
    let words = match &job.task {
        Task::Backup(id) => format!("Backup {id} is being made."),
        Task::Restore(schema) => format!("{} is being restored.", schema.name),
    };
    html! {
        <li>
            { words }
            if let Some((written, all)) = job.progress() {
                <label>
                    { format!(" {} of {} written", grouped(written as usize), grouped(all as usize)) }
                    <progress value={written.to_string()} max={all.to_string()} />
                </label>
            } else if job.is_indexing() {
                { " Its items are there, its indexes are being filled." }
            }
        </li>
    }
}

/// What came of the last restore that was begun here.
fn came_of(name: &str, view: &View) -> Html {
    let is_there = view.tables.iter().any(|schema| schema.name.as_str() == name);
    let words = match is_there {
        true => format!("{name} is ready: a table like any other."),
        false => format!("{name} was not restored: the console says why."),
    };
    html! { <li>{ words }</li> }
}

#[derive(Properties, PartialEq)]
struct RestoreProps {
    /// Distinguishes the fields of several forms.
    id: AttrValue,
    driver: Handle,
    /// What is restored, as a line names it.
    source: AttrValue,
    /// A name for the new table.
    proposed: AttrValue,
    /// Told the name of a table that is being restored.
    restored: Callback<String>,
}

/// Restores something to a new table.
#[component]
fn Restore(props: &RestoreProps) -> Html {
    let name = use_text("");
    let error = use_told();
    let chosen = if name.trim().is_empty() { props.proposed.as_str() } else { name.trim() };
    let line = format!("restore {} as={}", props.source, quoted(chosen));
    let submit = {
        let (driver, name, error) = (props.driver.clone(), name.clone(), error.clone());
        let (line, told, restored) = (line.clone(), chosen.to_owned(), props.restored.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let done = driver.act(&line);
            if done.is_ok() {
                restored.emit(told.clone());
                name.set(String::new());
            }
            error.set(done.err().map(|error| error.message));
        }
    };
    html! {
        <form class="restore-form" onsubmit={submit}>
            <label>{ "As a new table" }
                <input id={format!("{}-name", props.id)} value={(*name).clone()}
                    placeholder={props.proposed.clone()} oninput={super::typed(&name)}
                    autocomplete="off" spellcheck="false" />
            </label>
            <button id={format!("{}-restore", props.id)} type="submit" class="primary">{ "Restore" }</button>
            <p class="hint"><code>{ line }</code></p>
            <p class="problem" role="alert" hidden={error.is_none()}>
                { (*error).clone().unwrap_or_default() }
            </p>
        </form>
    }
}

/// A button that says a line, and why if it was refused.
fn says(
    id: Option<&'static str>,
    class: &'static str,
    label: String,
    line: String,
    (driver, error): (&Handle, &UseStateHandle<Option<String>>),
) -> Html {
    let (driver, error) = (driver.clone(), error.clone());
    let title = line.clone();
    let onclick = move |_: MouseEvent| {
        error.set(driver.act(&line).err().map(|error| error.message));
    };
    html! { <button type="button" {id} {class} {title} {onclick}>{ label }</button> }
}

/// The name of a table in a line.
fn of(schema: &TableSchema) -> String {
    quoted(schema.name.as_str())
}

fn counted(items: usize) -> String {
    format!("{} {}", grouped(items), if items == 1 { "item" } else { "items" })
}
