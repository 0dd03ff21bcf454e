//! Fields of the form, and rows of them that come and go.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::super::super::tables::{Clause, Form, IndexRow, TESTS};
use super::super::options;
use super::{Edit, Room};

/// Where the value of a field is. As a pointer: what takes it is built once, not for each field.
type Place<T> = Rc<dyn Fn(&mut Form) -> &mut T>;

/// A text field.
pub fn field(
    id: &str,
    label: &str,
    value: &str,
    edit: &Edit,
    place: impl Fn(&mut Form) -> &mut String + 'static,
) -> Html {
    labelled(label, text_input(id, None, value, edit, Rc::new(place)))
}

fn labelled(label: &str, input: Html) -> Html {
    html! { <label>{ label }{ input }</label> }
}

/// A text field whose label is only read aloud.
pub fn input(
    id: &str,
    aloud: &str,
    value: &str,
    edit: &Edit,
    place: impl Fn(&mut Form) -> &mut String + 'static,
) -> Html {
    text_input(id, Some(aloud), value, edit, Rc::new(place))
}

fn text_input(
    id: &str,
    aloud: Option<&str>,
    value: &str,
    edit: &Edit,
    place: Place<String>,
) -> Html {
    let oninput = edit.on(move |form: &mut Form, event: InputEvent| {
        *place(form) = event.target_unchecked_into::<HtmlInputElement>().value();
        form.start = String::new();
    });
    html! {
        <input id={id.to_owned()} aria-label={aloud.map(str::to_owned)} value={value.to_owned()}
            {oninput} autocomplete="off" spellcheck="false" aria-describedby="tables-problem" />
    }
}

/// A choice of yes or no.
pub fn check(
    id: &str,
    label: &str,
    checked: bool,
    edit: &Edit,
    place: impl Fn(&mut Form) -> &mut bool + 'static,
) -> Html {
    checkbox(id, label, checked, edit, Rc::new(place))
}

fn checkbox(id: &str, label: &str, checked: bool, edit: &Edit, place: Place<bool>) -> Html {
    let onchange = edit.on(move |form: &mut Form, _: Event| {
        let value = place(form);
        *value = !*value;
        form.start = String::new();
    });
    html! {
        <label class="check">
            <input id={id.to_owned()} type="checkbox" {checked} {onchange} />{ label }
        </label>
    }
}

/// A choice of several.
pub fn choose(
    id: &str,
    aloud: &str,
    value: &str,
    choices: impl IntoIterator<Item = (String, String)>,
    edit: &Edit,
    place: impl Fn(&mut Form) -> &mut String + 'static,
) -> Html {
    select(id, aloud, options(value, choices), edit, Rc::new(place))
}

fn select(id: &str, aloud: &str, options: Html, edit: &Edit, place: Place<String>) -> Html {
    let onchange = edit.on(move |form: &mut Form, event: Event| {
        *place(form) = event.target_unchecked_into::<HtmlSelectElement>().value();
        form.start = String::new();
    });
    html! {
        <select id={id.to_owned()} aria-label={aloud.to_owned()} {onchange}>{ options }</select>
    }
}

/// A button that changes the form.
pub fn button(id: &str, label: &str, edit: &Edit, change: fn(&mut Form)) -> Html {
    let onclick = edit.on(move |form: &mut Form, _: MouseEvent| change(form));
    html! { <button type="button" id={id.to_owned()} {onclick}>{ label }</button> }
}

/// A button that takes one row away.
fn remove(label: String, edit: &Edit, at: usize, change: fn(&mut Form, usize)) -> Html {
    let onclick = edit.on(move |form: &mut Form, _: MouseEvent| change(form, at));
    html! { <button type="button" class="icon" aria-label={label} {onclick}>{ "✕" }</button> }
}

/// The tests that a row can have: those of a key, or all.
pub fn tests(of_key: bool) -> impl Iterator<Item = (String, String)> {
    let count = if of_key { 7 } else { TESTS.len() };
    TESTS[..count].iter().map(|(word, label)| ((*word).to_owned(), (*label).to_owned()))
}

/// Filters of a read, or the condition of a write.
pub fn clauses(room: &Room, title: &str, add: &str) -> Html {
    let Room { form, edit, .. } = room;
    let row = |(at, clause): (usize, &Clause)| {
        let number = at + 1;
        html! {
            <li key={at}>
                { input(&format!("clause-name-{number}"), &format!("Attribute {number}"),
                    &clause.attribute, edit, move |form| &mut form.clauses[at].attribute) }
                { choose(&format!("clause-test-{number}"), &format!("Test {number}"), &clause.test,
                    tests(false), edit, move |form| &mut form.clauses[at].test) }
                { remove(format!("Remove test {number}"), edit, at, |form, at| drop(form.clauses.remove(at))) }
                if !clause.takes_no_value() {
                    { input(&format!("clause-value-{number}"), &format!("Value {number}"),
                        &clause.value, edit, move |form| &mut form.clauses[at].value) }
                }
                if clause.test == "between" {
                    { input(&format!("clause-other-{number}"), &format!("Other end {number}"),
                        &clause.other, edit, move |form| &mut form.clauses[at].other) }
                }
            </li>
        }
    };
    let grow = |form: &mut Form| {
        form.clauses.push(Clause { test: "=".to_owned(), ..Clause::default() });
    };
    html! {
        <fieldset class="rows">
            <legend>{ title }</legend>
            <ul>{ for form.clauses.iter().enumerate().map(row) }</ul>
            <div class="buttons">
                { button("add-clause", add, edit, grow) }
                if form.clauses.len() > 1 {
                    { check("any-clause", "any of them is enough", form.any, edit, |form| &mut form.any) }
                }
            </div>
        </fieldset>
    }
}

/// What an update does.
pub fn changes(room: &Room) -> Html {
    let Room { form, edit, .. } = room;
    let actions =
        || ["SET", "REMOVE", "ADD", "DELETE"].map(|word| (word.to_owned(), word.to_owned()));
    let row = |(at, [action, path, value]): (usize, &[String; 3])| {
        let number = at + 1;
        html! {
            <li key={at}>
                { choose(&format!("change-action-{number}"), &format!("Action {number}"), action,
                    actions(), edit, move |form| &mut form.changes[at][0]) }
                { input(&format!("change-path-{number}"), &format!("Path {number}"), path, edit,
                    move |form| &mut form.changes[at][1]) }
                { remove(format!("Remove change {number}"), edit, at, |form, at| drop(form.changes.remove(at))) }
                if action != "REMOVE" {
                    { input(&format!("change-value-{number}"), &format!("New value {number}"),
                        value, edit, move |form| &mut form.changes[at][2]) }
                }
            </li>
        }
    };
    let grow =
        |form: &mut Form| form.changes.push(["SET".to_owned(), String::new(), String::new()]);
    html! {
        <fieldset class="rows">
            <legend>{ "Changes" }</legend>
            <ul>{ for form.changes.iter().enumerate().map(row) }</ul>
            <p class="hint">{ "A value is JSON or text; after = it is computed: =visits + 1" }</p>
            <div class="buttons">{ button("add-change", "Add a change", edit, grow) }</div>
        </fieldset>
    }
}

/// Indexes that are to be made.
pub fn indexes(room: &Room, is_many: bool) -> Html {
    let Room { form, edit, .. } = room;
    let row = |(at, index): (usize, &IndexRow)| {
        let number = at + 1;
        let id = |name: &str| format!("index-{name}-{number}");
        html! {
            <fieldset class="index-row" key={at}>
                <legend>{ format!("Index {number}") }</legend>
                { field(&id("name"), "Name", &index.name, edit, move |form| &mut form.indexes[at].name) }
                if !index.is_local {
                    { field(&id("partition"), "Partition key", &index.partition, edit,
                        move |form| &mut form.indexes[at].partition) }
                }
                { field(&id("sort"), "Sort key", &index.sort, edit, move |form| &mut form.indexes[at].sort) }
                { field(&id("projection"), "Projection", &index.projection, edit,
                    move |form| &mut form.indexes[at].projection) }
                if is_many {
                    <div class="buttons">
                        { check(&id("local"), "local: beside the items", index.is_local, edit,
                            move |form| &mut form.indexes[at].is_local) }
                        { remove(format!("Remove index {number}"), edit, at, |form, at| drop(form.indexes.remove(at))) }
                    </div>
                }
            </fieldset>
        }
    };
    let grow = |form: &mut Form| form.indexes.push(IndexRow::default());
    html! {
        <div class="rows">
            { for form.indexes.iter().enumerate().take(if is_many { usize::MAX } else { 1 }).map(row) }
            <p class="hint">
                { "Keys: up to four attributes, as in: state, elevation N. Projection: ALL, KEYS_ONLY, or \
                   names of attributes." }
            </p>
            if is_many {
                <div class="buttons">{ button("add-index", "Add an index", edit, grow) }</div>
            }
        </div>
    }
}
