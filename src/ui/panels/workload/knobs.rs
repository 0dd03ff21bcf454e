//! The form that begins a workload: presets, and all that can be chosen.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::super::super::driver::Handle;
use super::super::super::hooks::use_told;
use super::super::{options, problem};
use crate::scenario::quoted;
use crate::sim::KeyPattern;

/// What was typed and chosen, in the order of [`FIELDS`].
type Values = [&'static str; COUNT];

const COUNT: usize = 10;

/// For how long; empty: until it is stopped.
const SPAN: usize = 0;
const RATE: usize = 1;
const KEYS: usize = 3;
const EXPONENT: usize = 4;
const HOT: usize = 5;
/// From here on what is usual does for most.
const MORE: usize = 6;

/// What can be typed: the name in the command, which is part of the id too, its label, and what it
/// means.
const FIELDS: [(&str, &str, &str); COUNT] = [
    ("", "For", "How long it goes on, in virtual time"),
    ("rate", "Requests / s", "On average, in a second of virtual time: 1 to 100,000"),
    ("reads", "Reads, %", "Of all requests; the others put an item"),
    ("keys", "Which items", "How requests are dealt out to items"),
    ("exponent", "Exponent", "Item k is wanted in proportion to 1 / k to this power"),
    ("hot", "Hot, % / %", "So many percent of the requests to so many percent of the items"),
    ("items", "Items", "Different ones: 1 to 1,000,000"),
    ("size", "Bytes", "Of the value that is put"),
    ("clients", "Clients", "Who asks: 1 to 64"),
    ("table", "Table", "Of its items; it is declared if it is not there"),
];

/// A name, what it is like, and its values.
const PRESETS: [(&str, &str, Values); 4] = [
    (
        "Steady",
        "All items alike, mostly reads",
        ["", "200", "90", "uniform", "0.99", "80/20", "1000", "100", "4", "Load"],
    ),
    (
        "Skewed",
        "A few items are wanted by most, as on any site",
        ["", "500", "90", "zipf", "0.99", "80/20", "1000", "100", "4", "Load"],
    ),
    (
        "Hot key",
        "Four of five requests are about one single item",
        ["", "500", "90", "hot-set", "0.99", "80/0", "1000", "100", "4", "Load"],
    ),
    (
        "Write-heavy",
        "Mostly puts, of larger items",
        ["", "200", "10", "uniform", "0.99", "80/20", "1000", "1000", "4", "Load"],
    ),
];

const SPANS: [(&str, &str); 4] = [("", "no end"), ("1s", "1s"), ("10s", "10s"), ("60s", "60s")];

/// So many requests in a second of real time can be seen to come.
const SEEN: f64 = 4.0;

#[derive(Properties, PartialEq)]
pub(super) struct KnobsProps {
    pub driver: Handle,
    pub are_there_any: bool,
}

#[component]
pub(super) fn Knobs(props: &KnobsProps) -> Html {
    let values = use_state(|| PRESETS[1].2.map(str::to_owned).to_vec());
    let error = use_told();
    let hurried = use_state(|| None::<&'static str>);
    let line = line(&values);
    let submit = {
        let (driver, error, hurried) = (props.driver.clone(), error.clone(), hurried.clone());
        let (line, rate) = (line.clone(), values[RATE].trim().parse().unwrap_or(1));
        move |event: SubmitEvent| {
            event.prevent_default();
            let done = driver.act(&line);
            if done.is_ok() {
                hurried.set(driver.hurry(rate, SEEN));
            }
            error.set(done.err().map(|error| error.message));
        }
    };
    let preset = |(name, title, preset): (&'static str, &'static str, Values)| {
        let pressed = values.iter().zip(preset).all(|(value, preset)| value == preset);
        let values = values.clone();
        let onclick = move |_: MouseEvent| values.set(preset.map(str::to_owned).to_vec());
        html! {
            <button type="button" {title} {onclick} aria-pressed={pressed.to_string()}>{ name }</button>
        }
    };
    let fields = |range: std::ops::Range<usize>| -> Html {
        let asked_for = range.filter(|at| is_asked_for(*at, &values[KEYS]));
        asked_for.map(|at| field(at, &values)).collect()
    };
    html! {
        <form class="knobs" onsubmit={submit}>
            <fieldset>
                <legend>{ if props.are_there_any { "Another one" } else { "Begin" } }</legend>
                <div class="presets" role="group" aria-label="Presets">{ for PRESETS.map(preset) }</div>
                { fields(0..MORE) }
                <details>
                    <summary>{ "More" }</summary>
                    <div>{ fields(MORE..COUNT) }</div>
                </details>
                <p class="hint"><code id="workload-line">{ line }</code></p>
                <div class="buttons">
                    <button id="start-workload" type="submit" class="primary">{ "Start it" }</button>
                </div>
                if let Some(speed) = *hurried {
                    <p class="hint" role="status">
                        { format!("Time passes at {speed} now, so that requests can be seen to come. \
                           The speed is below the picture.") }
                    </p>
                }
                { problem("workload-problem", error.as_ref()) }
            </fieldset>
        </form>
    }
}

/// Whether a field means anything where items are wanted in this way.
fn is_asked_for(at: usize, keys: &str) -> bool {
    match at {
        EXPONENT => keys == KeyPattern::Zipf.to_string(),
        HOT => keys == KeyPattern::HotSet.to_string(),
        _ => true,
    }
}

/// The command that the form stands for.
fn line(values: &[String]) -> String {
    let mut line = "workload".to_owned();
    for (at, ((name, ..), value)) in FIELDS.iter().zip(values).enumerate() {
        if !is_asked_for(at, &values[KEYS]) || (at == SPAN && value.is_empty()) {
            continue;
        }
        line.push(' ');
        if at != SPAN {
            line += name;
            line.push('=');
        }
        line += &quoted(value.trim());
    }
    line
}

fn field(at: usize, values: &UseStateHandle<Vec<String>>) -> Html {
    let (name, label, title) = FIELDS[at];
    let id = if at == SPAN { "load-span".to_owned() } else { format!("load-{name}") };
    let set = {
        let values = values.clone();
        move |value: String| {
            let mut changed = (*values).clone();
            changed[at] = value;
            values.set(changed);
        }
    };
    let onchange = {
        let set = set.clone();
        move |event: Event| set(event.target_unchecked_into::<HtmlSelectElement>().value())
    };
    let word = |word: &str| (word.to_owned(), word.to_owned());
    let choices: Vec<(String, String)> = match at {
        SPAN => SPANS.iter().map(|(value, label)| ((*value).into(), (*label).into())).collect(),
        KEYS => KeyPattern::ALL.iter().map(|one| word(&one.to_string())).collect(),
        _ => Vec::new(),
    };
    let oninput =
        move |event: InputEvent| set(event.target_unchecked_into::<HtmlInputElement>().value());
    html! {
        <label {title}>{ label }
            if choices.is_empty() {
                <input {id} value={values[at].clone()} {oninput} aria-describedby="workload-problem"
                    spellcheck="false" autocomplete="off" />
            } else {
                <select {id} {onchange}>{ options(&values[at], choices) }</select>
            }
        </label>
    }
}
