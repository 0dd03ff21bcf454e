//! Tables and sessions go out.

use yew::prelude::*;

use super::super::super::app::PanelProps;
use super::super::super::driver::{Going, Handle};
use super::super::super::hooks::{use_text, use_told};
use super::super::super::palette::grouped;
use super::super::super::view::View;
use super::super::{chosen, options, problem};
use super::LISTED;
use crate::transfer::{Format, Loss, Program};

/// The form that saves a table.
#[component]
pub fn SaveTable(props: &PanelProps) -> Html {
    let (view, driver) = (&props.view, &props.driver);
    let table = use_text("");
    let format = use_text("json.gz");
    let losses = use_state(Vec::<Loss>::new);
    let error = use_told();
    let is_there = view.tables.iter().any(|schema| schema.name.as_str() == *table);
    let first = view.tables.first().map(|schema| schema.name.to_string()).unwrap_or_default();
    let table_name = if is_there { (*table).clone() } else { first };
    let save = |agreed: bool| {
        let (driver, losses, error) = (driver.clone(), losses.clone(), error.clone());
        let (table, format) = (table_name.clone(), (*format).clone());
        move || {
            let is_csv = format.starts_with("csv");
            let lost = if is_csv && !agreed { driver.csv_losses(&table) } else { Vec::new() };
            if lost.is_empty() {
                let kind = if is_csv { Format::Csv } else { Format::Json };
                let saved = driver.save_table(&table, kind, format.ends_with("gz"));
                error.set(saved.err().map(|error| error.message));
            }
            losses.set(lost);
        }
    };
    let submit = {
        let save = save(false);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            save();
        })
    };
    let agree = {
        let save = save(true);
        move |_: MouseEvent| save()
    };
    let going = driver.files(|files| files.going.as_ref().map(|going| saving(going, driver)));
    html! {
        <section class="details">
            <h3>{ "Save a table" }</h3>
            <p class="hint">
                { "As DynamoDB exports and imports it: the newest version of each item that any node \
                   has, up or down. The run does not notice." }
            </p>
            if view.tables.is_empty() {
                <p class="hint">{ "There is no table yet." }</p>
            } else {
                <form class="save-table" onsubmit={submit}>
                    { choices(view, &table_name, &table, &format) }
                    <button id="save-table" type="submit" class="primary">{ "Save" }</button>
                </form>
            }
            { problem("save-problem", error.as_ref()) }
            if !losses.is_empty() && format.starts_with("csv") {
                { lost(&losses, agree) }
            }
            { for going }
        </section>
    }
}

/// What would be lost, and the button that agrees to it.
fn lost(losses: &[Loss], agree: impl Fn(MouseEvent) + 'static) -> Html {
    html! {
        <div class="notice" id="csv-losses" role="alert">
            <p>{ "In CSV these would be read back as strings:" }</p>
            <ul>{ for losses.iter().take(LISTED).map(loss) }</ul>
            <button id="save-anyway" onclick={agree}>{ "Save as strings" }</button>
        </div>
    }
}

/// Which table, and how.
fn choices(
    view: &View,
    present: &str,
    table: &UseStateHandle<String>,
    format: &UseStateHandle<String>,
) -> Html {
    let tables = view.tables.iter().map(|it| (it.name.to_string(), it.name.to_string()));
    let formats = [
        ("json.gz", "DynamoDB JSON, gzip"),
        ("json", "DynamoDB JSON"),
        ("csv", "CSV"),
        ("csv.gz", "CSV, gzip"),
    ];
    let formats = formats.map(|(value, label)| (value.to_owned(), label.to_owned()));
    html! {
        <>
            <label>{ "Table" }
                <select id="save-table-name" onchange={chosen(table)}>
                    { options(present, tables) }
                </select>
            </label>
            <label>{ "Format" }
                <select id="save-format" onchange={chosen(format)}>
                    { options(format, formats) }
                </select>
            </label>
        </>
    }
}

fn loss(loss: &Loss) -> Html {
    let types = loss.types.join(", ");
    html! { <li><code>{ loss.attribute.to_string() }</code>{ format!(": {types} in {} items", grouped(loss.items)) }</li> }
}

fn saving(going: &Going, driver: &Handle) -> Html {
    let (done, all) = going.progress;
    let driver = driver.clone();
    html! {
        <div class="importing">
            <label>
                { format!("Writing {}: {} of {} items", going.file, grouped(done), grouped(all)) }
                <progress value={done.to_string()} max={all.max(1).to_string()} />
            </label>
            <div class="buttons">
                <button onclick={move |_| driver.cancel_export()}>{ "Cancel" }</button>
            </div>
        </div>
    }
}

/// The buttons that save the session.
pub fn save_session(driver: &Handle) -> Html {
    let button = |(id, label, program): (&'static str, &'static str, Option<Program>)| {
        let driver = driver.clone();
        html! { <button {id} onclick={move |_| driver.save_session(program)}>{ label }</button> }
    };
    let all = [
        ("save-scenario", "Scenario", None),
        ("save-cli", "AWS CLI", Some(Program::Cli)),
        ("save-python", "Python", Some(Program::Python)),
        ("save-javascript", "JavaScript", Some(Program::JavaScript)),
    ];
    html! {
        <section class="details">
            <h3>{ "Save the session" }</h3>
            <p class="hint">
                { "What was done up to here: as a scenario that replays it exactly, or as calls that any \
                   DynamoDB-compatible server takes. There, crashes and splits become comments." }
            </p>
            <div class="buttons">{ for all.into_iter().map(button) }</div>
        </section>
    }
}
