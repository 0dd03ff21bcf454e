//! The bar over the run; play, pause, step both ways, undo, and speed.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::app::PanelProps;
use super::course::{Tick, TickKind};
use super::driver::{BAR_STEPS, Handle};
use super::keys::Keys;
use super::pace::Speed;
use super::palette::grouped;
use super::view::View;
use crate::base::hundredths;
use crate::travel::MarkKind;

/// The bar over the whole run, and the row of controls, below the picture.
#[component]
pub fn Transport(props: &PanelProps) -> Html {
    let PanelProps { view, driver, .. } = props;
    html! {
        <section class="transport" aria-label="Time">
            { bar(view, driver) }
            <div class="controls">
                { travel(view, driver) }
                { playing(view, driver) }
                <Keys view={view.clone()} driver={driver.clone()} />
            </div>
        </section>
    }
}

/// Where the cursor is in the run, with a tick where something was done or happened.
fn bar(view: &View, driver: &Handle) -> Html {
    let course = &view.course;
    let oninput = {
        let driver = driver.clone();
        move |event: InputEvent| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            driver.scrub_bar(input.value_as_number() / BAR_STEPS);
        }
    };
    let tick = |tick: &Tick| {
        let class = classes!(
            "tick",
            match tick.kind {
                TickKind::Line => "is-line",
                TickKind::Mark(MarkKind::Named) => "is-named",
                TickKind::Mark(MarkKind::Failure) => "is-failure",
                TickKind::Mark(_) => "is-finding",
            },
            (!tick.is_past).then_some("is-ahead"),
        );
        let style = format!("left:{}%", hundredths(tick.share * 100.0));
        html! { <i {class} {style} /> }
    };
    let state = match course.is_at_end {
        true => state(view).to_owned(),
        false => format!("in the past of {}: acting here begins a branch", course.name),
    };
    html! {
        <div class="bar">
            <div class="ticks" aria-hidden="true">{ for course.ticks.iter().map(tick) }</div>
            <input id="scrubber" ref={driver.scrubber.clone()} type="range" min="0"
                max={(BAR_STEPS as u32).to_string()} step="1" {oninput}
                aria-label="Where in the run" />
            <div class="where">
                <span class="clock">
                    <span id="clock" ref={driver.clock.clone()}></span>
                    <small>{ format!("event {} of {}", grouped(course.event.0 as usize),
                        grouped(course.events.0 as usize)) }</small>
                </span>
                <span class={classes!("state", (!course.is_at_end).then_some("is-past"))}>{ state }</span>
            </div>
        </div>
    }
}

/// A button that goes somewhere in the run.
fn button(
    driver: &Handle,
    (id, label, title): (&'static str, &'static str, String),
    disabled: bool,
    act: fn(&Handle),
) -> Html {
    let driver = driver.clone();
    let onclick = move |_: MouseEvent| act(&driver);
    html! { <button {id} {title} {disabled} {onclick}>{ label }</button> }
}

fn travel(view: &View, driver: &Handle) -> Html {
    let course = &view.course;
    let playing = view.playing;
    let toggle = {
        let driver = driver.clone();
        move |_| driver.set_playing(!playing)
    };
    let undoes = course.undoes.as_ref().map_or_else(
        || "Nothing was done before this".to_owned(),
        |line| format!("undo: back to before {line}"),
    );
    html! {
        <>
            <button class="primary" id="play" onclick={toggle}>
                <span aria-hidden="true">{ if playing { "❚❚ " } else { "▶ " } }</span>
                { if playing { "Pause" } else { "Play" } }
            </button>
            { button(driver, ("back", "◂ Back", "back: to just before the last event".to_owned()),
                course.event.0 <= 1, |driver| driver.step_back()) }
            { button(driver, ("step", "Step ▸", "forward: let the next thing happen, then wait".to_owned()),
                false, |driver| driver.step()) }
            { button(driver, ("undo", "↶ Undo", undoes), course.undoes.is_none(),
                |driver| drop(driver.act("undo"))) }
            { button(driver, ("end", "⇥ End", "goto end: where nothing has happened yet".to_owned()),
                course.is_at_end, |driver| drop(driver.act("goto end"))) }
            { pass(driver, "1s", "Let 1 s pass") }
            { pass(driver, "10s", "Let 10 s pass") }
        </>
    }
}

fn playing(view: &View, driver: &Handle) -> Html {
    let choose = {
        let driver = driver.clone();
        move |event: Event| {
            let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
            if let Some(speed) = Speed::ALL.into_iter().find(|speed| speed.label() == chosen) {
                driver.set_speed(speed);
            }
        }
    };
    let gossip = {
        let driver = driver.clone();
        move |event: Event| {
            driver.show_gossip(event.target_unchecked_into::<HtmlInputElement>().checked());
        }
    };
    let option = |speed: Speed| {
        let selected = speed == view.pace.speed;
        html! { <option value={speed.label()} {selected}>{ speed.label() }</option> }
    };
    html! {
        <>
            <label>
                { "Speed " }
                <select id="speed" onchange={choose}>{ for view.pace.choices().into_iter().map(option) }</select>
            </label>
            <span class="pace">{ view.pace.words() }</span>
            <label class="check">
                <input id="gossip" type="checkbox" checked={view.shows_gossip} onchange={gossip} />
                { "Draw gossip" }
            </label>
        </>
    }
}

/// A button that lets a span of virtual time pass at once.
fn pass(driver: &Handle, span: &'static str, label: &'static str) -> Html {
    let driver = driver.clone();
    let title = "Virtual time passes at once, with gossip, handoff and anti-entropy in it. What \
        happened meanwhile is told in the session";
    // It can only be refused at the end of virtual time, and the session says so.
    let onclick = move |_| drop(driver.act(&format!("run {span}")));
    html! { <button id={format!("pass-{span}")} {title} {onclick}>{ label }</button> }
}

fn state(view: &View) -> &'static str {
    match (view.playing, view.moves) {
        (false, _) => "paused",
        (true, true) => "running",
        (true, false) if view.scene.trouble.scheduled.is_empty() => "nothing moves",
        (true, false) => "nothing moves until time passes",
    }
}
