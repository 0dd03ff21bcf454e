//! Put, get and delete by form, for any of a few clients, with or without a context or a condition.

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::driver::Handle;
use super::super::hooks::{use_flag, use_text, use_told};
use super::super::view::View;
use super::{chosen, options, problem, typed, typed_area};
use crate::data::Resolution;
use crate::scenario::quoted;

/// Clients that the form speaks for: their prefixes and names.
const CLIENTS: [(&str, &str); 3] =
    [("", "client"), ("client2: ", "client2"), ("client3: ", "client3")];

/// When a write is done.
const CONDITIONS: [(&str, &str); 3] = [
    ("", "always"),
    ("absent", "only if there is no such item (if=absent)"),
    ("last", "only if it is as this client was told last (if=last)"),
];

/// What the form holds.
#[derive(Clone, PartialEq)]
struct Fields {
    table: UseStateHandle<String>,
    key: UseStateHandle<String>,
    item: UseStateHandle<String>,
    votes: UseStateHandle<String>,
    client: UseStateHandle<String>,
    with_context: UseStateHandle<bool>,
    condition: UseStateHandle<String>,
    is_consistent: UseStateHandle<bool>,
}

impl Fields {
    /// The command that a button stands for.
    fn line(&self, verb: &str, keeps_siblings: bool) -> String {
        let (table, key) = (quoted(self.table.trim()), quoted(&self.key));
        let mut line = format!("{}{verb} {table} {key}", *self.client);
        if verb == "put" {
            line = format!("{line} {}", quoted(&self.item));
        }
        if verb != "get" && keeps_siblings && *self.with_context {
            line += " context=last";
        }
        // What is decided by a majority of the owners takes no other number of votes.
        if verb == "get" && *self.is_consistent {
            return line + " consistent=true";
        }
        if verb != "get" && !keeps_siblings && !self.condition.is_empty() {
            return format!("{line} if={}", *self.condition);
        }
        if !self.votes.is_empty() {
            let name = if verb == "get" { "r" } else { "w" };
            line += &format!(" {name}={}", *self.votes);
        }
        line
    }
}

/// Whether a table keeps siblings; none if there is no such table yet.
fn keeps_siblings(view: &View, table: &str) -> Option<bool> {
    let found = view.tables.iter().find(|schema| schema.name.as_str() == table.trim());
    found.map(|schema| schema.resolution == Resolution::Siblings)
}

/// Put, get and delete.
#[component]
pub fn ItemForm(props: &PanelProps) -> Html {
    let fields = Fields {
        table: use_text("Airports"),
        key: use_text("DEN"),
        item: use_text("{\"city\": \"Denver\", \"visits\": 1}"),
        votes: use_text(""),
        client: use_text(""),
        with_context: use_flag(true),
        condition: use_text(""),
        is_consistent: use_flag(false),
    };
    let error = use_told();
    let siblings = keeps_siblings(&props.view, &fields.table);
    let act = |verb: &'static str| {
        let (driver, error) = (props.driver.clone(), error.clone());
        let line = fields.line(verb, siblings == Some(true));
        Callback::from(move |_: MouseEvent| {
            error.set(driver.act(&line).err().map(|error| error.message));
        })
    };
    let n = props.view.config.n;
    let choices = std::iter::once((String::new(), "default".to_owned()))
        .chain((1..=n).map(|votes| (votes.to_string(), format!("{votes} of {n}"))));
    let clients = CLIENTS.map(|(prefix, name)| (prefix.to_owned(), name.to_owned()));
    let Fields { table, key, item, votes, client, .. } = &fields;
    html! {
        <form class="item-form" onsubmit={|event: SubmitEvent| event.prevent_default()}>
            <label>{ "Table" }
                <input id="table" value={(**table).clone()} oninput={typed(table)} list="known-tables" />
            </label>
            <label>{ "Key" }
                <input id="key" value={(**key).clone()} oninput={typed(key)} list="known-keys"
                    aria-describedby="item-problem" />
            </label>
            { known(&props.view) }
            <label title="How many replicas have to answer: R for a read, W for a write">
                { "Votes needed" }
                <select id="votes" onchange={chosen(votes)}>{ options(votes, choices) }</select>
            </label>
            if siblings.is_none() {
                <NewTable name={table.trim().to_owned()} driver={props.driver.clone()} />
            }
            <label class="wide">{ "Item, as JSON" }
                <textarea id="item" rows="3" spellcheck="false" value={(**item).clone()}
                    oninput={typed_area(item)} aria-describedby="item-problem" />
            </label>
            { provisos(&fields, siblings == Some(true)) }
            <div class="buttons">
                <button id="put" type="button" class="primary" onclick={act("put")}>{ "Put" }</button>
                <button id="get" type="button" onclick={act("get")}>{ "Get" }</button>
                <button id="delete" type="button" onclick={act("delete")}>{ "Delete" }</button>
                <select id="client" aria-label="Who asks" onchange={chosen(client)}>
                    { options(client, clients) }
                </select>
            </div>
            { problem("item-problem", error.as_ref()) }
        </form>
    }
}

/// Names of tables and keys to choose from.
fn known(view: &View) -> Html {
    let tables = view.tables.iter().map(|schema| schema.name.to_string());
    let keys = ["DEN", "SEA", "JFK", "SFO", "ORD", "ANC", "HNL"].map(str::to_owned);
    let option = |value: String| html! { <option {value} /> };
    html! {
        <>
            <datalist id="known-tables">{ for tables.map(option) }</datalist>
            <datalist id="known-keys">{ for keys.map(option) }</datalist>
        </>
    }
}

/// When a write is done, and what a read may miss.
fn provisos(fields: &Fields, keeps_siblings: bool) -> Html {
    let conditions = CONDITIONS.map(|(word, words)| (word.to_owned(), words.to_owned()));
    let Fields { condition, with_context, is_consistent, .. } = fields;
    html! {
        <>
            if keeps_siblings {
                { check("with-context", with_context,
                    "Replace what this client read last (context=last)") }
            } else {
                <label class="wide" title="A conditional write is decided by a majority of the owners: \
                    of two that want the same, one wins">
                    { "Put and delete" }
                    <select id="condition" onchange={chosen(condition)}>
                        { options(condition, conditions) }
                    </select>
                </label>
            }
            { check("consistent", is_consistent,
                "Get what no later get contradicts (consistent)") }
        </>
    }
}

/// A choice of yes or no.
fn check(id: &'static str, state: &UseStateHandle<bool>, words: &'static str) -> Html {
    let onchange = {
        let state = state.clone();
        move |_: Event| state.set(!*state)
    };
    html! {
        <label class="check wide">
            <input {id} type="checkbox" checked={**state} {onchange} />
            { words }
        </label>
    }
}

#[derive(Properties, PartialEq)]
struct NewTableProps {
    name: String,
    driver: Handle,
}

/// Declares the table that was named, because there is none of that name yet.
#[component]
fn NewTable(props: &NewTableProps) -> Html {
    let key = use_text("id");
    let resolve = use_text("siblings");
    let error = use_told();
    let create = {
        let (driver, error) = (props.driver.clone(), error.clone());
        let line =
            format!("table {} {} resolve={}", quoted(&props.name), quoted(key.trim()), *resolve);
        move |_: MouseEvent| error.set(driver.act(&line).err().map(|error| error.message))
    };
    let choices = [("lww", "the last writer wins"), ("siblings", "siblings")]
        .map(|(word, words)| (word.to_owned(), words.to_owned()));
    html! {
        <fieldset class="new-table wide">
            <legend>{ "There is no such table yet" }</legend>
            <label>{ "Partition key" }
                <input id="table-key" value={(*key).clone()} oninput={typed(&key)} />
            </label>
            <label>{ "Concurrent writes" }
                <select id="table-resolve" onchange={chosen(&resolve)}>
                    { options(&resolve, choices) }
                </select>
            </label>
            <button id="create-table" type="button" onclick={create}>{ "Create" }</button>
            { problem("table-problem", error.as_ref()) }
        </fieldset>
    }
}
