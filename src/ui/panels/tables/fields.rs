//! The fields that each operation has.

use yew::prelude::*;

use super::super::super::tables::{Clause, Form, Source, Verb};
use super::Room;
use super::rows::{changes, check, choose, clauses, field, indexes, input, tests};
use crate::data::{KeyAttribute, KeyKind};

pub fn fields(room: &Room) -> Html {
    let (form, edit) = (&room.form, &room.edit);
    match form.verb {
        Verb::Query | Verb::Scan => read(room),
        Verb::Get => html! {
            <>
                { key(room) }
                { attributes(room) }
                { consistent(room) }
            </>
        },
        Verb::Put => html! { <>{ item(room) }{ condition(room) }</> },
        Verb::Update => html! { <>{ key(room) }{ changes(room) }{ condition(room) }</> },
        Verb::Delete => html! { <>{ key(room) }{ condition(room) }</> },
        Verb::CreateTable => html! {
            <>
                { field("new-table", "Name", &form.new_table, edit, |form| &mut form.new_table) }
                <div class="pair">
                    { field("new-partition", "Partition key", &form.new_key[0], edit, |form| &mut form.new_key[0]) }
                    { field("new-sort", "Sort key, if any", &form.new_key[1], edit, |form| &mut form.new_key[1]) }
                </div>
                <p class="hint">{ "A name and its type: S for strings, N for numbers, B for bytes." }</p>
                { indexes(room, true) }
                { expiry(room, "Items expire by, if at all") }
            </>
        },
        Verb::AddIndex => indexes(room, false),
        Verb::DropIndex => index_choice(room, false),
        Verb::Expire => expiry(room, "By which attribute"),
        Verb::DeleteTable => html! {
            <p class="hint">{ "Its items and indexes go with it. Undo brings them back." }</p>
        },
        Verb::Describe => Html::default(),
    }
}

fn expiry(room: &Room, label: &str) -> Html {
    html! {
        <>
            { field("expiry", label, &room.form.expiry, &room.edit, |form| &mut form.expiry) }
            <p class="hint">{ "It has the second, since 1970, from which on an item may go. The run \
                began in second 1767225600." }</p>
        </>
    }
}

/// A table or one of its indexes.
fn index_choice(room: &Room, with_table: bool) -> Html {
    let Room { form, edit, schema, .. } = room;
    let itself = with_table.then(|| (String::new(), "the table itself".to_owned()));
    let none = (!with_table).then(|| (String::new(), "choose one".to_owned()));
    let indexes = schema.iter().flat_map(|schema| &schema.indexes);
    let indexes = indexes.map(|it| (it.name.to_string(), it.name.to_string()));
    let choices: Vec<_> = itself.into_iter().chain(none).chain(indexes).collect();
    html! {
        <label>{ "Index" }
            { choose("index", "Index", &form.index, choices, edit, |form| &mut form.index) }
        </label>
    }
}

fn read(room: &Room) -> Html {
    let (form, edit) = (&room.form, &room.edit);
    let is_query = form.verb == Verb::Query;
    html! {
        <>
            { index_choice(room, true) }
            if is_query { { key_condition(room) } }
            { clauses(room, "Filters", "Add a filter") }
            <div class="pair">
                { attributes(room) }
                { field("limit", "At most, looked at", &form.limit, edit, |form| &mut form.limit) }
            </div>
            <div class="buttons">
                if is_query { { check("reverse", "backwards", form.reverse, edit, |form| &mut form.reverse) } }
                { consistent(room) }
            </div>
        </>
    }
}

fn consistent(room: &Room) -> Html {
    check("consistent-read", "consistent read", room.form.consistent, &room.edit, |form| {
        &mut form.consistent
    })
}

fn attributes(room: &Room) -> Html {
    field("attributes", "Attributes, if not all", &room.form.attributes, &room.edit, |form| {
        &mut form.attributes
    })
}

fn label(attribute: &KeyAttribute) -> String {
    let kind = match attribute.kind {
        KeyKind::S => "",
        KeyKind::N => ", a number",
        KeyKind::B => ", in Base64",
    };
    format!("{}{kind}", attribute.name)
}

/// The key of an item.
fn key(room: &Room) -> Html {
    let Some(schema) = &room.schema else { return no_table() };
    let (form, edit) = (&room.form, &room.edit);
    html! {
        <div class="pair">
            { field("key-1", &label(&schema.partition_key), &form.partition[0], edit, |form| &mut form.partition[0]) }
            if let Some(sort) = &schema.sort_key {
                { field("sort-1", &label(sort), &form.sort[0].value, edit, |form| &mut form.sort[0].value) }
            }
        </div>
    }
}

fn no_table() -> Html {
    html! { <p class="hint">{ "There is no table of this name." }</p> }
}

/// All values of a partition key, and tests of the sort key.
fn key_condition(room: &Room) -> Html {
    let Some(schema) = &room.schema else { return no_table() };
    let (form, edit) = (&room.form, &room.edit);
    let source = Source::of(schema, &form.index);
    let partition = source.partition.iter().enumerate().map(|(at, attribute)| {
        let id = format!("key-{}", at + 1);
        field(&id, &label(attribute), &form.partition[at], edit, move |form: &mut Form| {
            &mut form.partition[at]
        })
    });
    let sort = source.sort.iter().zip(&form.sort).enumerate();
    let sort = sort.map(|(at, (attribute, test)): (usize, (&KeyAttribute, &Clause))| {
        let number = at + 1;
        let name = label(attribute);
        html! {
            <div class="sort-row" role="group" aria-label={name.clone()}>
                <span>{ &name }</span>
                { choose(&format!("sort-test-{number}"), &format!("Test of {}", attribute.name), &test.test,
                    tests(true), edit, move |form| &mut form.sort[at].test) }
                { input(&format!("sort-{number}"), &format!("Value of {}, if it matters", attribute.name),
                    &test.value, edit, move |form| &mut form.sort[at].value) }
                if test.test == "between" {
                    { input(&format!("sort-other-{number}"), &format!("Other end of {}", attribute.name),
                        &test.other, edit, move |form| &mut form.sort[at].other) }
                }
            </div>
        }
    });
    html! { <>{ for partition }{ for sort }</> }
}

fn condition(room: &Room) -> Html {
    clauses(room, "Only if", "Add a condition")
}

/// An item, in either notation of JSON.
fn item(room: &Room) -> Html {
    use crate::data::Item;
    let (form, edit) = (&room.form, &room.edit);
    let oninput = edit.on(|form: &mut Form, event: InputEvent| {
        form.item = event.target_unchecked_into::<web_sys::HtmlTextAreaElement>().value();
    });
    let switch = edit.on(|form: &mut Form, _: MouseEvent| {
        if let Ok(item) = Item::parse(&form.item) {
            let is_typed = Item::from_dynamodb_json(&form.item).is_ok();
            form.item = if is_typed { item.to_json() } else { item.to_dynamodb_json() };
        }
    });
    html! {
        <>
            <label>{ "Item: plain JSON, or DynamoDB\u{2019}s with types" }
                <textarea id="put-item" rows="4" spellcheck="false" value={form.item.clone()} {oninput}
                    aria-describedby="tables-problem" />
            </label>
            <div class="buttons">
                <button id="switch-types" type="button" onclick={switch}>{ "With or without types" }</button>
            </div>
        </>
    }
}
