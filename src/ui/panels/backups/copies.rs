//! Backups by name: made, listed, restored, dropped.

use std::rc::Rc;

use yew::prelude::*;

use super::super::super::driver::Handle;
use super::super::super::hooks::{use_text, use_told};
use super::super::super::palette::grouped;
use super::super::super::recovery::free_name;
use super::super::super::view::View;
use super::{Restore, counted, of, problem, says};
use crate::backup::Backup;
use crate::data::TableSchema;
use crate::scenario::quoted;

#[derive(Properties, PartialEq)]
pub struct BackUpProps {
    pub driver: Handle,
    pub schema: TableSchema,
}

/// Makes a backup of a table as it is.
#[component]
pub fn BackUp(props: &BackUpProps) -> Html {
    let name = use_text("");
    let error = use_told();
    let count = props.driver.look(|stage| stage.world().archive().backups().len());
    let proposed = format!("{}-{}", props.schema.name, count + 1);
    let chosen = if name.trim().is_empty() { &proposed } else { name.trim() };
    let line = format!("backup {} as={}", of(&props.schema), quoted(chosen));
    let submit = {
        let (driver, name, error, line) =
            (props.driver.clone(), name.clone(), error.clone(), line.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            let done = driver.act(&line);
            if done.is_ok() {
                name.set(String::new());
            }
            error.set(done.err().map(|error| error.message));
        }
    };
    html! {
        <form class="restore-form" onsubmit={submit}>
            <h3>{ "Backups" }</h3>
            <label>{ "Name" }
                <input id="backup-name" value={(*name).clone()} placeholder={proposed}
                    oninput={super::super::typed(&name)} autocomplete="off" spellcheck="false"
                    aria-describedby="backup-problem" />
            </label>
            <button id="back-up" type="submit">{ format!("Back up {}", props.schema.name) }</button>
            <p class="hint"><code>{ line }</code></p>
            { problem("backup-problem", error.as_ref()) }
        </form>
    }
}

#[derive(Properties, PartialEq)]
pub struct CopiesProps {
    pub view: Rc<View>,
    pub driver: Handle,
    pub restored: Callback<String>,
}

/// All backups, newest first: those of tables that are gone too.
#[component]
pub fn Copies(props: &CopiesProps) -> Html {
    let error = use_told();
    let CopiesProps { view, driver, restored } = props;
    let backups = driver.look(|stage| stage.world().archive().backups().to_vec());
    if backups.is_empty() {
        return html! {
            <p class="hint" id="no-backups">
                { "No backup yet. One is kept outside of the cluster: it outlives its table, and \
                   every disk." }
            </p>
        };
    }
    let is_taken = |name: &str| view.tables.iter().any(|schema| schema.name.as_str() == name);
    let row = |backup: &Backup| {
        let Backup { id, name, schema, created, content } = backup;
        let what = match content {
            Some(content) => format!(
                "{}, {} KB",
                counted(content.rows.len()),
                grouped(content.bytes.div_ceil(1024) as usize)
            ),
            None => "being made".to_owned(),
        };
        let drop =
            says(None, "danger", "Drop".to_owned(), format!("backup drop {id}"), (driver, &error));
        html! {
            <li key={id.0}>
                <p><b>{ name.to_string() }</b>{ format!(" ({id})") }<br />
                    <span class="hint">{ format!("{} at {created} · {what}", schema.name) }</span>
                </p>
                if content.is_some() {
                    <details>
                        <summary>{ "Restore or drop" }</summary>
                        <Restore id={id.to_string()} driver={driver.clone()} source={id.to_string()}
                            proposed={free_name(schema.name.as_str(), is_taken)}
                            restored={restored.clone()} />
                        <div class="buttons">{ drop }</div>
                    </details>
                }
            </li>
        }
    };
    html! {
        <>
            <ol class="copies" id="backups">{ for backups.iter().rev().map(row) }</ol>
            { problem("copies-problem", error.as_ref()) }
        </>
    }
}
