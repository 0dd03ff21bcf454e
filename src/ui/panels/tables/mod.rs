//! Tables: what they are, requests to them, and what these bring.
//!
//! ```text
//!   table      its keys, its indexes, how many items
//!   fields     one form, as the operation needs it        ─┐
//!   request    DynamoDB's own JSON, to read and to edit    ├ the same, three times
//!   command    the line of the scenario                   ─┘
//!   response   as a table, and as JSON
//! ```

mod about;
mod fields;
mod request;
mod response;
mod rows;

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::driver::Handle;
use super::super::hooks::use_told;
use super::super::tables::{Form, Reply, Request, VERBS, Verb};
use super::super::view::View;
use super::{options, problem};
use crate::base::Result;
use crate::data::TableSchema;

/// One change of the form.
type Change = Box<dyn FnOnce(&mut Form)>;

/// How a field changes the form.
#[derive(Clone, PartialEq)]
pub struct Edit(Callback<Change>);

impl Edit {
    /// What comes from an event.
    fn on<E: 'static>(&self, set: impl Fn(&mut Form, E) + 'static) -> Callback<E> {
        let (edit, set) = (self.0.clone(), Rc::new(set));
        Callback::from(move |event: E| {
            let set = Rc::clone(&set);
            edit.emit(Box::new(move |form| set(form, event)));
        })
    }
}

/// Everything that a part of the panel may need.
#[derive(Clone)]
struct Room {
    view: Rc<View>,
    form: Form,
    schema: Option<TableSchema>,
    edit: Edit,
}

/// What was sent last, and what came of it.
#[derive(Clone)]
struct Outcome {
    /// The number of its line in the session.
    line: UseStateHandle<Option<u64>>,
    error: UseStateHandle<Option<String>>,
    /// The response, which outlives its line in the list of lines.
    response: Rc<RefCell<Option<Rc<str>>>>,
}

impl Outcome {
    /// Sends requests one after the other, as long as none is refused.
    fn send(&self, driver: &Handle, requests: &[Request]) {
        self.response.replace(None);
        for request in requests {
            let number = driver.look(|stage| stage.transcript.next_number());
            if let Err(refused) = driver.act(&request.line()) {
                let words = Reply::of(&refused.message, None, None).error;
                self.error.set(Some(words.map_or(refused.message, told)));
                self.line.set(None);
                return;
            }
            self.error.set(None);
            self.line.set(Some(number));
        }
    }
}

/// The form, and a request that was edited by hand instead.
#[derive(Clone)]
struct Desk {
    form: UseStateHandle<Form>,
    edited: UseStateHandle<Option<Request>>,
    schema: Option<TableSchema>,
}

impl Desk {
    fn edit(&self) -> Edit {
        let desk = self.clone();
        Edit(Callback::from(move |change: Change| {
            let mut changed = (*desk.form).clone();
            change(&mut changed);
            desk.edited.set(None);
            desk.form.set(changed);
        }))
    }

    /// What would be sent now.
    fn requests(&self) -> Result<Vec<Request>> {
        match &*self.edited {
            Some(request) => Ok(vec![request.clone()]),
            None => self.form.requests(self.schema.as_ref()),
        }
    }

    /// Whether the form says what is in the request.
    fn is_told(&self) -> bool {
        self.edited.as_ref().is_none_or(|request| {
            let understood = self.form.understand(&request.body, self.schema.as_ref());
            understood.as_ref() == Some(&*self.form)
        })
    }

    /// The request was edited: the form follows if it can.
    fn take(&self) -> Callback<String> {
        let Self { form, edited, schema } = self.clone();
        Callback::from(move |body: String| {
            if let Some(understood) = form.understand(&body, schema.as_ref()) {
                form.set(understood);
            }
            edited.set(Some(Request { operation: form.verb.operation().to_owned(), body }));
        })
    }

    /// Sends the request of the page that begins behind a key.
    fn next(&self, driver: &Handle, outcome: &Outcome) -> Callback<String> {
        let (desk, driver, outcome) = (self.clone(), driver.clone(), outcome.clone());
        Callback::from(move |start: String| {
            let turned = Form { start, ..(*desk.form).clone() };
            if let Ok(requests) = turned.requests(desk.schema.as_ref()) {
                outcome.send(&driver, &requests);
            }
            desk.edited.set(None);
            desk.form.set(turned);
        })
    }
}

#[component]
pub fn TablesPanel(props: &PanelProps) -> Html {
    let PanelProps { view, driver, is_hidden } = props;
    let form = use_state(Form::default);
    let edited = use_state(|| None::<Request>);
    let outcome =
        Outcome { line: use_state(|| None), error: use_told(), response: use_mut_ref(|| None) };
    let schema = view.tables.iter().find(|it| it.name.as_str() == form.table).cloned();
    let desk = Desk { form: form.clone(), edited: edited.clone(), schema: schema.clone() };
    let (requests, is_told) = (desk.requests(), desk.is_told());
    let run = {
        let (driver, outcome, requests) = (driver.clone(), outcome.clone(), requests.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match &requests {
                Ok(requests) => outcome.send(&driver, requests),
                Err(refused) => outcome.error.set(Some(refused.message.clone())),
            }
        })
    };
    let next = is_told.then(|| desk.next(driver, &outcome));
    let room = Room { view: Rc::clone(view), form: (*form).clone(), schema, edit: desk.edit() };
    html! {
        <>
            if !is_hidden && form.verb != Verb::CreateTable { { about::about(&room, driver) } }
            <form class="tables-form" onsubmit={run}>
                { choice(&room) }
                { fields::fields(&room) }
                { request::request(&requests, (edited, is_told), desk.take()) }
                { problem("tables-problem", outcome.error.as_ref()) }
            </form>
            if !is_hidden { { response::response(&outcome, &room, driver, next) } }
        </>
    }
}

/// An error of DynamoDB's in words.
fn told((name, message): (String, String)) -> String {
    if message.is_empty() { name } else { format!("{name}: {message}") }
}

/// Which table, and what to do with it.
fn choice(room: &Room) -> Html {
    let Room { view, form, edit, .. } = room;
    let tables = view.tables.iter().map(|schema| schema.name.to_string());
    let tables: Vec<(String, String)> = tables.map(|name| (name.clone(), name)).collect();
    let set_table = edit.on(|form: &mut Form, event: Event| {
        form.table = event.target_unchecked_into::<web_sys::HtmlSelectElement>().value();
        (form.index, form.start) = (String::new(), String::new());
    });
    let set_verb = edit.on(|form: &mut Form, event: Event| {
        let at = event.target_unchecked_into::<web_sys::HtmlSelectElement>().selected_index();
        form.verb =
            usize::try_from(at).ok().and_then(|at| VERBS.get(at)).map_or(Verb::Scan, |it| it.0);
        form.start = String::new();
        if form.verb == Verb::AddIndex && form.indexes.is_empty() {
            form.indexes.push(Default::default());
        }
    });
    let verbs =
        VERBS.iter().enumerate().map(|(at, (_, _, label))| (at.to_string(), (*label).to_owned()));
    html! {
        <div class="pair">
            <label>{ "Table" }
                <select id="tables-table" onchange={set_table}>{ options(&form.table, tables) }</select>
            </label>
            <label>{ "Do" }
                <select id="tables-verb" onchange={set_verb}>
                    { options(&(form.verb as usize).to_string(), verbs) }
                </select>
            </label>
        </div>
    }
}
