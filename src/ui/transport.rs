//! Play, pause, step and speed.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::app::PanelProps;
use super::pace::Speed;
use super::palette::grouped;

/// The row of controls below the picture.
#[component]
pub fn Transport(props: &PanelProps) -> Html {
    let PanelProps { view, driver } = props;
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
            <label>
                { "Speed " }
                <select id="speed" onchange={choose}>{ for Speed::ALL.map(option) }</select>
            </label>
            <span class="pace">{ view.pace.words() }</span>
            <span class="clock">
                <span id="clock" ref={driver.clock.clone()}></span>
                <small>{ format!("{} events", grouped(view.events as usize)) }</small>
            </span>
            <span class="state">
                { match (playing, view.moves) {
                    (false, _) => "paused",
                    (true, true) => "running",
                    (true, false) => "nothing moves",
                } }
            </span>
        </section>
    }
}
