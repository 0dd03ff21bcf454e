//! The window that a table can be restored in: how much changed when, and an instant in it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::super::recovery::{before_change, density, next_change};
use crate::base::VirtualTime;

/// The changes are drawn in so many columns.
const COLUMNS: usize = 96;
/// The height of the drawing, in its own units.
const HEIGHT: f64 = 24.0;

/// An instant of the window, and how to choose another.
pub struct Chosen<'a> {
    pub changes: &'a [VirtualTime],
    pub earliest: VirtualTime,
    pub latest: VirtualTime,
    pub at: VirtualTime,
    pub choose: Callback<VirtualTime>,
}

pub fn slider(chosen: &Chosen<'_>) -> Html {
    let Chosen { changes, earliest, latest, at, choose } = chosen;
    let (before, after) = (before_change(changes, *at), next_change(changes, *at));
    let oninput = {
        let choose = choose.clone();
        move |event: InputEvent| {
            let us = event.target_unchecked_into::<HtmlInputElement>().value_as_number();
            choose.emit(VirtualTime(us as u64));
        }
    };
    // One microsecond would be no step for a key: they go from change to change.
    let onkeydown = {
        let choose = choose.clone();
        move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowLeft" | "ArrowDown" => before,
                "ArrowRight" | "ArrowUp" => after,
                _ => return,
            };
            event.prevent_default();
            to.into_iter().for_each(|to| choose.emit(to));
        }
    };
    let step = |id: &'static str, label: &'static str, to: Option<VirtualTime>| {
        let choose = choose.clone();
        let onclick = move |_: MouseEvent| to.into_iter().for_each(|to| choose.emit(to));
        html! { <button type="button" {id} disabled={to.is_none()} {onclick}>{ label }</button> }
    };
    html! {
        <div class="window">
            { columns(chosen) }
            <input id="pitr-slider" type="range" aria-label="Instant to look at" step="1"
                min={earliest.0.to_string()} max={latest.0.to_string()} value={at.0.to_string()}
                aria-valuetext={at.to_string()} {oninput} {onkeydown} />
            <div class="ends">
                <span>{ earliest.to_string() }</span><output id="pitr-at">{ at.to_string() }</output>
                <span>{ format!("now, {latest}") }</span>
            </div>
            <div class="buttons">
                { step("pitr-before", "◂ Before a change", before) }
                { step("pitr-after", "After a change ▸", after) }
            </div>
        </div>
    }
}

/// How much changed when, as columns, and where the instant is among them.
fn columns(chosen: &Chosen<'_>) -> Html {
    let Chosen { changes, earliest, latest, at, .. } = chosen;
    let counts = density(changes, (*earliest, *latest), COLUMNS);
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let column = |(place, count): (usize, &u32)| {
        // A single change is to be seen beside a thousand.
        let share = f64::from(*count).sqrt() / f64::from(most).sqrt();
        let height = (share * HEIGHT).max(3.0);
        format!("M{place} {HEIGHT}v-{height:.1}h.8V{HEIGHT}z")
    };
    let some = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let path: String = some.map(column).collect();
    let span = latest.since(*earliest).0.max(1) as f64;
    let x = at.since(*earliest).0 as f64 / span * COLUMNS as f64;
    html! {
        <svg class="density" viewBox={format!("0 0 {COLUMNS} {HEIGHT}")} preserveAspectRatio="none"
            aria-hidden="true">
            <path d={path} />
            <line x1={x.to_string()} x2={x.to_string()} y1="0" y2={HEIGHT.to_string()} />
        </svg>
    }
}
