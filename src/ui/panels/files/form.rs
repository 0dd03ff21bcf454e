//! Which table a file's items are to be in, and by which keys.

use std::rc::Rc;

use yew::prelude::*;

use super::super::super::driver::{Choice, Chosen, Handle};
use super::super::super::hooks::{use_flag, use_text, use_told};
use super::super::super::incoming::Head;
use super::super::super::palette::grouped;
use super::super::super::view::View;
use super::super::{chosen, options, problem, typed};
use crate::data::{KeyAttribute, KeyKind, TableSchema};

#[derive(Properties)]
pub struct FormProps {
    pub chosen: Rc<Chosen>,
    pub view: Rc<View>,
    pub driver: Handle,
}

impl PartialEq for FormProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.chosen, &other.chosen) && Rc::ptr_eq(&self.view, &other.view)
    }
}

/// Which table the items are to be in, and by which keys.
#[component]
pub fn ImportForm(props: &FormProps) -> Html {
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
    let toggle = {
        let stops = stops.clone();
        move |_: Event| stops.set(!*stops)
    };
    html! {
        <form class="import-form" id="import-form" onsubmit={import}>
            <fieldset>
                <legend>{ format!("Import {name}") }</legend>
                { looked_at(head) }
                { table_field(&props.view, &table) }
                { match known {
                    Some(schema) => known_keys(schema),
                    None => html! {
                        <>
                            { key_choice("import-partition", "Partition key", &partition, candidates) }
                            { key_choice("import-sort", "Sort key", &sort, candidates) }
                        </>
                    },
                } }
                <label class="check">
                    <input type="checkbox" id="import-stops" checked={*stops} onchange={toggle} />
                    { "Stop at the first item that cannot be put" }
                </label>
                { problem("import-problem", error.as_ref()) }
                { buttons(&props.driver) }
            </fieldset>
        </form>
    }
}

fn buttons(driver: &Handle) -> Html {
    let driver = driver.clone();
    html! {
        <div class="buttons">
            <button id="import-begin" type="submit" class="primary">{ "Import" }</button>
            <button type="button" onclick={move |_| driver.put_file_away()}>{ "Cancel" }</button>
        </div>
    }
}

/// The table's name: one that is there, or a new one.
fn table_field(view: &View, table: &UseStateHandle<String>) -> Html {
    html! {
        <>
            <label>{ "Table" }
                <input id="import-table" value={(**table).clone()} oninput={typed(table)}
                    list="import-tables" autocomplete="off" spellcheck="false"
                    aria-describedby="import-problem" />
            </label>
            <datalist id="import-tables">
                { for view.tables.iter().map(|schema| html! {
                    <option value={schema.name.to_string()} />
                }) }
            </datalist>
        </>
    }
}

/// What is known of the file.
fn looked_at(head: &Head) -> Html {
    let all = if head.is_whole { "all of them" } else { "its first rows" };
    html! {
        <>
            <p class="hint">
                { format!("{} items were looked at, {all}. Each is put by a quorum write.",
                    grouped(head.items)) }
                if head.is_csv { { " Columns that are no keys become strings." } }
            </p>
            if let Some(mistake) = &head.mistake {
                <p class="notice">{ format!("Not everything can be read: {mistake}.") }</p>
            }
        </>
    }
}

/// The keys of a table that is there.
fn known_keys(schema: &TableSchema) -> Html {
    let keys: Vec<String> = schema.key_attributes().map(described).collect();
    html! {
        <p class="hint">
            { format!("It is there, with the key {}: items with the same key are replaced.",
                keys.join(", ")) }
        </p>
    }
}

fn key_choice(
    id: &'static str,
    label: &'static str,
    state: &UseStateHandle<String>,
    candidates: &[KeyAttribute],
) -> Html {
    let none = (id == "import-sort").then(|| (String::new(), "none".to_owned()));
    let choices = candidates.iter().map(|it| (it.to_string(), described(it)));
    html! {
        <label>{ label }
            <select {id} onchange={chosen(state)}>
                { options(state, none.into_iter().chain(choices)) }
            </select>
        </label>
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
