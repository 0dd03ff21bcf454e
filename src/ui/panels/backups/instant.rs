//! A table as it was at an instant of its past, before anything is restored.

use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;

use super::super::super::browser;
use super::super::super::driver::Handle;
use super::super::super::hooks::use_told;
use super::super::super::recovery::{Fate, Preview, Row, free_name};
use super::super::super::view::View;
use super::slider::{Chosen, slider};
use super::{Restore, counted, grouped, of, problem, says};
use crate::base::VirtualTime;
use crate::data::TableSchema;
use crate::sim::TablePast;

/// So many differing items are shown.
const LISTED: usize = 12;
/// While time passes, the past is read anew no more often than this, in milliseconds.
const READ_EVERY_MS: f64 = 300.0;

#[derive(Properties, PartialEq)]
pub struct InstantProps {
    pub view: Rc<View>,
    pub driver: Handle,
    pub schema: TableSchema,
    pub restored: Callback<String>,
}

/// The past as it was read last.
struct ReadLast {
    schema: TableSchema,
    view: Rc<View>,
    at_ms: f64,
    past: Rc<TablePast>,
}

impl ReadLast {
    fn serves(&self, props: &InstantProps) -> bool {
        let is_young = || browser::clock_ms() - self.at_ms < READ_EVERY_MS;
        // While something moves there is a next time.
        self.schema == props.schema
            && (Rc::ptr_eq(&self.view, &props.view) || (props.view.moves && is_young()))
    }
}

fn read(last: &RefCell<Option<ReadLast>>, props: &InstantProps) -> Option<Rc<TablePast>> {
    let mut last = last.borrow_mut();
    if let Some(last) = last.as_ref().filter(|last| last.serves(props)) {
        return Some(Rc::clone(&last.past));
    }
    let past = Rc::new(props.driver.look(|stage| stage.world().past_of(&props.schema))?);
    let (schema, view) = (props.schema.clone(), Rc::clone(&props.view));
    *last = Some(ReadLast { schema, view, at_ms: browser::clock_ms(), past: Rc::clone(&past) });
    Some(past)
}

#[component]
pub fn Instant(props: &InstantProps) -> Html {
    let InstantProps { view, driver, schema, restored } = props;
    let chosen = use_state(|| None::<VirtualTime>);
    let last = use_mut_ref(|| None::<ReadLast>);
    let error = use_told();
    let Some(past) = read(&last, props) else { return switched_off(driver, schema, &error) };
    let latest = view.now.max(past.earliest);
    let at = chosen.unwrap_or(latest).clamp(past.earliest, latest);
    let preview = Preview::of(&past, at, LISTED);
    let is_taken = |name: &str| view.tables.iter().any(|schema| schema.name.as_str() == name);
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |at| chosen.set(Some(at)))
    };
    let changes = past.changes();
    let slide = Chosen { changes: &changes, earliest: past.earliest, latest, at, choose };
    html! {
        <section class="instant" aria-label="Point-in-time recovery">
            <h3>{ "As it was" }</h3>
            { slider(&slide) }
            <p id="pitr-words" aria-live="polite">{ words(&preview, at) }</p>
            { rows(&preview) }
            if !preview.is_same() {
                <Restore id="pitr" driver={driver.clone()} source={format!("{} at={}us", of(schema), at.0)}
                    proposed={free_name(schema.name.as_str(), is_taken)} restored={restored.clone()} />
            }
            <div class="buttons">
                { says(Some("pitr-off"), "quiet", "Stop keeping its past".to_owned(),
                    format!("pitr {} off", of(schema)), (driver, &error)) }
            </div>
            { problem("pitr-problem", error.as_ref()) }
        </section>
    }
}

/// What there is while a table's past is not kept.
fn switched_off(
    driver: &Handle,
    schema: &TableSchema,
    error: &UseStateHandle<Option<String>>,
) -> Html {
    html! {
        <section class="instant" aria-label="Point-in-time recovery">
            <h3>{ "As it was" }</h3>
            <p class="hint">
                { "Its nodes can remember what is overwritten and deleted, for 35 days. Then the table \
                   can be looked at, and restored, as it was at any instant from now on." }
            </p>
            <div class="buttons">
                { says(Some("pitr-on"), "primary", format!("Keep the past of {}", schema.name),
                    format!("pitr {} on", of(schema)), (driver, error)) }
            </div>
            { problem("pitr-problem", error.as_ref()) }
        </section>
    }
}

/// The preview in words.
fn words(preview: &Preview, at: VirtualTime) -> String {
    if preview.is_same() {
        let items = counted(preview.items);
        return format!("At {at} it was as it is: {items}. Choose an earlier instant.");
    }
    let counts = Fate::ALL.iter().zip(preview.counts).filter(|(_, count)| *count > 0);
    let counts: Vec<String> =
        counts.map(|(fate, count)| format!("{} {}", grouped(count), fate.words())).collect();
    format!(
        "At {at}: {}, and now {}. {}.",
        counted(preview.items),
        grouped(preview.items_now),
        counts.join(", ")
    )
}

/// The items that were something else.
fn rows(preview: &Preview) -> Html {
    if preview.is_same() {
        return Html::default();
    }
    let content = |when: &'static str, json: Option<&String>| {
        let said = match json {
            Some(json) => html! { <code class="json">{ json.clone() }</code> },
            None => html! { <span class="none">{ "not there" }</span> },
        };
        html! { <><dt>{ when }</dt><dd title={json.cloned()}>{ said }</dd></> }
    };
    let row = |row: &Row| {
        html! {
            <li key={row.key.clone()}>
                <p><code><b>{ row.key.clone() }</b></code>{ " " }
                    <span class="fate">{ row.fate.words() }</span></p>
                <dl>{ content("then", row.was.as_ref()) }{ content("now", row.is.as_ref()) }</dl>
            </li>
        }
    };
    let more = preview.counts.iter().sum::<usize>() - preview.rows.len();
    html! {
        <>
            <ol class="fates" id="pitr-rows">{ for preview.rows.iter().map(row) }</ol>
            if more > 0 {
                <p class="hint">{ format!("And {} more.", grouped(more)) }</p>
            }
        </>
    }
}
