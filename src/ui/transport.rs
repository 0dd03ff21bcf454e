//! Play, pause, step and speed.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::app::PanelProps;
use super::driver::Handle;
use super::pace::Speed;
use super::palette::grouped;
use super::view::View;

/// The row of controls below the picture.
#[component]
pub fn Transport(props: &PanelProps) -> Html {
    let PanelProps { view, driver, .. } = props;
    let playing = view.playing;
    let toggle = {
        let driver = driver.clone();
        move |_| driver.set_playing(!playing)
    };
    let step = {
        let driver = driver.clone();
        move |_| driver.step()
    };
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
        <section class="transport" aria-label="Time">
            <button class="primary" id="play" onclick={toggle}>
                <span aria-hidden="true">{ if playing { "❚❚ " } else { "▶ " } }</span>
                { if playing { "Pause" } else { "Play" } }
            </button>
            <button id="step" onclick={step} title="Let the next thing happen, then wait">
                { "Step ▸" }
            </button>
            { pass(driver, "1s", "Let 1 s pass") }
            { pass(driver, "10s", "Let 10 s pass") }
            <label>
                { "Speed " }
                <select id="speed" onchange={choose}>{ for Speed::ALL.map(option) }</select>
            </label>
            <span class="pace">{ view.pace.words() }</span>
            <label class="check">
                <input id="gossip" type="checkbox" checked={view.shows_gossip} onchange={gossip} />
                { "Draw gossip" }
            </label>
            <span class="clock">
                <span id="clock" ref={driver.clock.clone()}></span>
                <small>{ format!("{} events", grouped(view.events as usize)) }</small>
            </span>
            <span class="state">
                { state(view) }
            </span>
        </section>
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
