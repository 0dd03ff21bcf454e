//! Files: one that is chosen or dropped comes in; tables and the session go out.

use std::rc::Rc;

use gloo::file::FileList;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::driver::{Choice, Chosen, Going, Handle, Importing};
use super::super::hooks::{use_flag, use_text, use_told};
use super::super::incoming::ACCEPTED;
use super::super::palette::grouped;
use super::super::view::View;
use super::{chosen, options, problem, typed};
use crate::data::{KeyAttribute, KeyKind};
use crate::transfer::{Format, Loss, Program};

/// So many refusals are listed.
const LISTED: usize = 50;

#[component]
pub fn FilesPanel(props: &PanelProps) -> Html {
    if props.is_hidden {
        return Html::default();
    }
    let (view, driver) = (&props.view, &props.driver);
    let choose = {
        let driver = driver.clone();
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let files = input.files().map(FileList::from);
            if let Some(file) = files.as_ref().and_then(|files| files.first()) {
                driver.open_file(file.clone());
            }
            input.set_value("");
        })
    };
    let (told, chosen, importing) = driver.files(|files| {
        let importing = files.importing.as_ref().map(|importing| progress(importing, driver));
        (files.told.clone(), files.chosen.clone(), importing)
    });
    let told = told.unwrap_or_else(|| Ok(String::new()));
    html! {
        <>
            <section class="details">
                <h3>{ "Bring a file in" }</h3>
                <p class="hint">
                    { "A table's items, a snapshot, or a scenario. Drop it anywhere on the page, or" }
                </p>
                <label class="button">
                    { "Choose a file" }
                    <input id="choose-file" type="file" accept={ACCEPTED} onchange={choose} />
                </label>
                { problem("file-problem", told.as_ref().err()) }
                <p class="hint" role="status" id="file-told">{ told.ok().unwrap_or_default() }</p>
                if let Some(chosen) = chosen {
                    <ImportForm key={chosen.name.clone()} chosen={Rc::clone(&chosen)} view={Rc::clone(view)}
                        driver={driver.clone()} />
                }
                { for importing }
            </section>
            <SaveTable view={Rc::clone(view)} driver={driver.clone()} />
            { save_session(driver) }
        </>
    }
}

#[derive(Properties)]
struct FormProps {
    chosen: Rc<Chosen>,
    view: Rc<View>,
    driver: Handle,
}

impl PartialEq for FormProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.chosen, &other.chosen) && Rc::ptr_eq(&self.view, &other.view)
    }
}

/// Which table the items are to be in, and by which keys.
#[component]
fn ImportForm(props: &FormProps) -> Html {
    let Chosen { head, name, .. } = &*props.chosen;
    let candidates = &head.proposal.candidates;
    let text_of = |at: Option<usize>| {
        at.and_then(|at| candidates.get(at)).map(ToString::to_string).unwrap_or_default()
    };
    let table = use_text(&props.chosen.table);
    let partition = use_text(&text_of(Some(head.proposal.partition)));
    let sort = use_text(&text_of(head.proposal.sort));
    let stops = use_flag(false);
    let error = use_told();
    let known = props.view.tables.iter().find(|schema| schema.name.as_str() == table.trim());
    let import = {
        let (driver, chosen, error) = (props.driver.clone(), props.chosen.clone(), error.clone());
        let (table, partition, sort) = (table.clone(), partition.clone(), sort.clone());
        let stops = *stops;
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let candidates = &chosen.head.proposal.candidates;
            let named = |text: &str| candidates.iter().find(|it| it.to_string() == text).cloned();
            let (partition, sort) = (named(&partition), named(&sort));
            let begun =
                driver.begin_import(Choice { table: table.to_string(), partition, sort, stops });
            error.set(begun.err().map(|error| error.message));
        })
    };
    let cancel = {
        let driver = props.driver.clone();
        move |_: MouseEvent| driver.put_file_away()
    };
    let toggle = {
        let stops = stops.clone();
        move |_: Event| stops.set(!*stops)
    };
    let choices = || candidates.iter().map(|it| (it.to_string(), described(it)));
    let all = if head.is_whole { "all of them" } else { "its first rows" };
    html! {
        <form class="import-form" id="import-form" onsubmit={import}>
            <fieldset>
                <legend>{ format!("Import {name}") }</legend>
                <p class="hint">
                    { format!("{} items were looked at, {all}. Each is put by a quorum write.",
                        grouped(head.items)) }
                    if head.is_csv { { " Columns that are no keys become strings." } }
                </p>
                if let Some(mistake) = &head.mistake {
                    <p class="notice">{ format!("Not everything can be read: {mistake}.") }</p>
                }
                <label>{ "Table" }
                    <input id="import-table" value={(*table).clone()} oninput={typed(&table)}
                        list="import-tables" autocomplete="off" spellcheck="false"
                        aria-describedby="import-problem" />
                </label>
                <datalist id="import-tables">
                    { for props.view.tables.iter().map(|schema| html! {
                        <option value={schema.name.to_string()} />
                    }) }
                </datalist>
                if let Some(schema) = known {
                    <p class="hint">
                        { "It is there: items with the same key are replaced. Its keys: " }
                        { for schema.key_attributes().map(|key| html! { <b>{ described(key) }{ " " }</b> }) }
                    </p>
                } else {
                    <label>{ "Partition key" }
                        <select id="import-partition" onchange={chosen(&partition)}>
                            { options(&partition, choices()) }
                        </select>
                    </label>
                    <label>{ "Sort key" }
                        <select id="import-sort" onchange={chosen(&sort)}>
                            { options(&sort, [(String::new(), "none".to_owned())].into_iter().chain(choices())) }
                        </select>
                    </label>
                }
                <label class="check">
                    <input type="checkbox" id="import-stops" checked={*stops} onchange={toggle} />
                    { "Stop at the first item that cannot be put" }
                </label>
                { problem("import-problem", error.as_ref()) }
                <div class="buttons">
                    <button id="import-begin" type="submit" class="primary">{ "Import" }</button>
                    <button type="button" onclick={cancel}>{ "Cancel" }</button>
                </div>
            </fieldset>
        </form>
    }
}

fn described(key: &KeyAttribute) -> String {
    let kind = match key.kind {
        KeyKind::S => "string",
        KeyKind::N => "number",
        KeyKind::B => "binary",
    };
    format!("{} ({kind})", key.name)
}

/// How far an import is, or what came of it.
fn progress(importing: &Importing, driver: &Handle) -> Html {
    let (put, refused, read) = importing.progress;
    let all = |is_over: bool| match is_over && !importing.was_stopped && importing.fault.is_none() {
        true => grouped(read),
        false => format!("{} read so far", grouped(read)),
    };
    let words = format!(
        "{}: {} of {} items put, {} refused",
        importing.name,
        grouped(put),
        all(importing.is_over),
        grouped(refused),
    );
    let after = match (importing.was_stopped, &importing.fault) {
        (true, _) => ". It was stopped; what was put stays.".to_owned(),
        (_, Some(fault)) => format!(". Then it ended: {fault}"),
        _ => ".".to_owned(),
    };
    let (cancel, back) = {
        let (a, b) = (driver.clone(), driver.clone());
        (move |_: MouseEvent| a.cancel_import(), move |_: MouseEvent| b.go_before_import())
    };
    let percent = importing.read * 100 / importing.bytes.max(1);
    let waits = driver.look(|stage| !stage.loads()) && !importing.is_over;
    html! {
        <div class="importing" id="importing">
            if importing.is_over {
                <p role="status" id="import-result">{ words }{ after }</p>
                <div class="buttons">
                    <button id="before-import" onclick={back} title={format!("goto mark='{}'", importing.mark)}>
                        { "Go back to before it" }
                    </button>
                </div>
            } else {
                <label>
                    { words }
                    <progress value={percent.to_string()} max="100" />
                    { format!("{} of {} KB read", grouped((importing.read / 1024) as usize),
                        grouped((importing.bytes / 1024) as usize)) }
                </label>
                if waits {
                    <p class="hint">
                        { "It goes on at the end of its branch, while the run plays." }
                    </p>
                }
                <div class="buttons"><button id="cancel-import" onclick={cancel}>{ "Cancel" }</button></div>
            }
            { refusals(importing) }
        </div>
    }
}

fn refusals(importing: &Importing) -> Html {
    let (shown, all) = (importing.refusals.len().min(LISTED), importing.progress.1);
    if shown == 0 {
        return Html::default();
    }
    let line = |refusal: &super::super::loader::Refusal| {
        let place = match refusal.line {
            0 => String::new(),
            line => format!("line {}: ", grouped(line as usize)),
        };
        html! { <li>{ place }{ refusal.why.clone() }</li> }
    };
    html! {
        <details class="refusals" open={true}>
            <summary>{ format!("What was refused, and why ({})", grouped(all)) }</summary>
            <ol class="plain">{ for importing.refusals[..shown].iter().map(line) }</ol>
            if all > shown { <p class="hint">{ format!("And {} more.", grouped(all - shown)) }</p> }
        </details>
    }
}

/// The form that saves a table.
#[component]
fn SaveTable(props: &PanelProps) -> Html {
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
    let tables = view.tables.iter().map(|it| (it.name.to_string(), it.name.to_string()));
    let formats = [
        ("json.gz", "DynamoDB JSON, gzip"),
        ("json", "DynamoDB JSON"),
        ("csv", "CSV"),
        ("csv.gz", "CSV, gzip"),
    ];
    let formats = formats.map(|(value, label)| (value.to_owned(), label.to_owned()));
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
                    <label>{ "Table" }
                        <select id="save-table-name" onchange={chosen(&table)}>
                            { options(&table_name, tables) }
                        </select>
                    </label>
                    <label>{ "Format" }
                        <select id="save-format" onchange={chosen(&format)}>
                            { options(&format, formats) }
                        </select>
                    </label>
                    <button id="save-table" type="submit" class="primary">{ "Save" }</button>
                </form>
            }
            { problem("save-problem", error.as_ref()) }
            if !losses.is_empty() && format.starts_with("csv") {
                <div class="notice" id="csv-losses" role="alert">
                    <p>{ "In CSV these would be read back as strings:" }</p>
                    <ul>{ for losses.iter().take(LISTED).map(loss) }</ul>
                    <button id="save-anyway" onclick={agree}>{ "Save as strings" }</button>
                </div>
            }
            { for going }
        </section>
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
fn save_session(driver: &Handle) -> Html {
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
