//! The run: what was done in it and what happened, to go back to; and its branches.

use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::course::{BranchLine, Tick, TickKind};
use super::super::driver::Handle;
use super::super::hooks::{use_text, use_told};
use super::super::palette::grouped;
use super::{problem, typed};
use crate::scenario::quoted;
use crate::travel::{Comparison, Difference, MarkKind, Side};

/// So many differing items, and so many commands, are listed at most.
const LISTED: usize = 20;

#[component]
pub fn RunPanel(props: &PanelProps) -> Html {
    let error = use_told();
    let name = use_text("");
    if props.is_hidden {
        return Html::default();
    }
    let (view, driver) = (&props.view, &props.driver);
    let act = {
        let (driver, error) = (driver.clone(), error.clone());
        Callback::from(move |line: String| {
            error.set(driver.act(&line).err().map(|error| error.message));
        })
    };
    let naming = |verb: &'static str| {
        let (act, name) = (act.clone(), name.clone());
        move |_: MouseEvent| {
            act.emit(format!("{verb}{}", quoted(name.trim())));
            name.set(String::new());
        }
    };
    html! {
        <>
            <p class="hint">
                { "Every moment of this run can be gone back to. Do something there, and a branch \
                   begins: both are kept until you discard one." }
            </p>
            { problem("run-problem", error.as_ref()) }
            <section class="details">
                <h3>{ "Branches" }</h3>
                { for view.course.branches.iter().map(|branch| row(branch, &view.course.name, &act)) }
                <div class="row">
                    <label>{ "Name" }
                        <input id="run-name" value={(*name).clone()} oninput={typed(&name)}
                            aria-describedby="run-problem" placeholder="without the crash" />
                    </label>
                    <button id="rename-branch" title="branch rename=…" onclick={naming("branch rename=")}>
                        { "Rename this branch" }
                    </button>
                    <button id="set-mark" title="mark …" onclick={naming("mark ")}>
                        { "Mark this moment" }
                    </button>
                </div>
            </section>
            if let Some(comparison) = &view.comparison { { compared(comparison) } }
            <section class="details">
                <h3>{ "What was done, and what happened" }</h3>
                { ticks(&view.course.ticks, driver) }
            </section>
        </>
    }
}

fn row(branch: &BranchLine, present: &str, act: &Callback<String>) -> Html {
    // The whole name says of which branch, for who does not see where the button stands.
    let button = |label: &'static str, more: &'static str, line: String| {
        let (act, title) = (act.clone(), line.clone());
        let name = format!("{label}{more} {}", branch.name);
        let onclick = move |_: MouseEvent| act.emit(line.clone());
        html! { <button {title} aria-label={name} {onclick}>{ label }</button> }
    };
    let name = quoted(&branch.name);
    html! {
        <div class={classes!("branch", branch.is_present.then_some("is-present"))} key={branch.id.0}>
            <b>{ branch.name.clone() }</b>
            <span class="hint">
                { format!("{}; {} lines, {} events, {}", branch.beginning, branch.lines,
                    grouped(branch.events as usize), branch.ends) }
            </span>
            if branch.is_present {
                <span class="here">{ "you are here" }</span>
            } else {
                <div class="buttons">
                    { button("Change over", " to", format!("branch {name}")) }
                    { button("Compare", " with", format!("compare {} {name}", quoted(present))) }
                    { button("Discard", "", format!("discard {name}")) }
                </div>
            }
        </div>
    }
}

/// What was done and what happened, latest first: a click goes to just before it.
fn ticks(ticks: &[Tick], driver: &Handle) -> Html {
    if ticks.is_empty() {
        return html! { <p class="hint">{ "Nothing yet." }</p> };
    }
    let line = |tick: &Tick| {
        let (driver, event) = (driver.clone(), tick.event);
        let is_named = tick.kind == TickKind::Mark(MarkKind::Named);
        let words = tick.words.clone();
        let title = match is_named {
            true => format!("goto mark={}", quoted(&words)),
            false => format!("Go to just before this, event {}", event.0),
        };
        let mark = match tick.kind {
            TickKind::Line => "›",
            TickKind::Mark(MarkKind::Named) => "⚑",
            TickKind::Mark(MarkKind::Failure) => "✗",
            TickKind::Mark(_) => "•",
        };
        let onclick = move |_: MouseEvent| match is_named {
            true => drop(driver.act(&format!("goto mark={}", quoted(&words)))),
            false => driver.go_before(event),
        };
        html! {
            <li>
                <button class={classes!("quiet", (!tick.is_past).then_some("is-ahead"))} {title} {onclick}>
                    <span class="mark">{ mark }</span>
                    <span class="when">{ tick.at.to_string() }</span>
                    <code>{ tick.words.clone() }</code>
                </button>
            </li>
        }
    };
    html! { <ol class="ticks-list">{ for ticks.iter().rev().map(line) }</ol> }
}

/// Two branches side by side.
fn compared(comparison: &Comparison) -> Html {
    let [left, right] = &comparison.sides;
    let parted = match comparison.parted_at {
        Some(at) => format!("They parted at {at}."),
        None => "They have no common past.".to_owned(),
    };
    let fact = |name: &'static str, of: &dyn Fn(&Side) -> String| {
        html! { <tr><th scope="row">{ name }</th><td>{ of(left) }</td><td>{ of(right) }</td></tr> }
    };
    let only = |side: &Side| {
        let shown = side.commands.iter().take(LISTED);
        let lines = shown.map(|command| html! { <li><code>{ command.to_string() }</code></li> });
        let more = side.commands.len().saturating_sub(LISTED);
        html! {
            <td><ul class="plain">{ for lines }
                if more > 0 { <li>{ format!("and {more} more") }</li> }
            </ul></td>
        }
    };
    let more = comparison.items.len().saturating_sub(LISTED);
    html! {
        <section class="details" id="comparison">
            <h3>{ format!("{} and {}", left.name, right.name) }</h3>
            <p class="hint">{ parted }</p>
            <table class="compared">
                <thead><tr><td></td><th scope="col">{ left.name.clone() }</th>
                    <th scope="col">{ right.name.clone() }</th></tr></thead>
                <tbody>
                    { fact("Ends at", &|side| side.end.at.to_string()) }
                    { fact("Events since", &|side| grouped(side.events as usize)) }
                    { fact("Answers", &|side| format!("{}, {} failed", side.answered, side.failed)) }
                    <tr><th scope="row">{ "Only here" }</th>{ only(left) }{ only(right) }</tr>
                    { for comparison.items.iter().take(LISTED).map(differing) }
                </tbody>
            </table>
            <p class="hint">
                { match (comparison.items.len(), more) {
                    (0, _) => "Every item has the same content on both.".to_owned(),
                    (_, 0) => String::new(),
                    (_, more) => format!("And {more} more items that differ."),
                } }
            </p>
        </section>
    }
}

/// An item whose content differs.
fn differing(difference: &Difference) -> Html {
    let content = |at: usize| {
        let all = difference.contents[at].iter().map(|item| {
            html! {
                <code class="json">{ item.to_json() }</code>
            }
        });
        match difference.contents[at].is_empty() {
            true => html! { "nothing" },
            false => html! { <>{ for all }</> },
        }
    };
    html! {
        <tr><th scope="row"><code>{ difference.key.to_string() }</code></th>
            <td>{ content(0) }</td><td>{ content(1) }</td></tr>
    }
}
