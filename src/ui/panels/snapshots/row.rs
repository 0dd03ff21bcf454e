//! One snapshot in the list: its picture, what tells it from others, and what can be done with it.

use std::f64::consts::PI;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::super::driver::Handle;
use super::super::super::geometry::Point;
use super::super::super::palette::{grouped, style};
use super::super::super::snapshots::{Seat, SeatState, SnapshotEntry, picture};
use super::Report;
use crate::base::tenths;

#[derive(Properties, PartialEq)]
pub struct RowProps {
    pub entry: SnapshotEntry,
    /// How long ago it was taken, in words.
    pub ago: String,
    pub driver: Handle,
    pub report: Report,
}

#[component]
pub fn SnapshotRow(props: &RowProps) -> Html {
    let RowProps { entry, ago, driver, report } = props;
    let doing = |act: fn(&Handle, &SnapshotEntry) -> crate::base::Result<String>| {
        let (entry, driver, report) = (entry.clone(), driver.clone(), report.clone());
        move |_: MouseEvent| report.emit(act(&driver, &entry).map_err(|error| error.message))
    };
    let rename = {
        let (entry, driver, report) = (entry.clone(), driver.clone(), report.clone());
        Callback::from(move |event: Event| {
            let name = event.target_unchecked_into::<HtmlInputElement>().value();
            let done = driver.rename_snapshot(&entry.id, &name);
            report.emit(done.map(|()| String::new()).map_err(|error| error.message));
        })
    };
    let restore = doing(|driver, entry| {
        let notice = driver.restore_snapshot(entry)?;
        let exact = format!("bit for bit: state {}.", entry.about.state_digest.short());
        Ok(format!("Restored “{}”: {}", entry.name, notice.unwrap_or(exact)))
    });
    let export = doing(|driver, entry| {
        driver.export_snapshot(entry).map(|name| format!("Saved as {name}."))
    });
    let delete = doing(|driver, entry| driver.delete_snapshot(&entry.id).map(|()| String::new()));
    let name = &entry.name;
    html! {
        <li>
            { thumbnail(&entry.about.seats) }
            <div class="told">
                <input class="name" aria-label="Name of the snapshot" value={name.clone()}
                    maxlength="80" onchange={rename} />
                { facts(entry, ago) }
            </div>
            <div class="buttons">
                <button class="restore primary" aria-label={format!("Restore {name}")}
                    onclick={restore}>{ "Restore" }</button>
                <button class="export" aria-label={format!("Save to a file: {name}")}
                    onclick={export}>{ "Save to a file" }</button>
                <button class="delete" aria-label={format!("Delete {name}")}
                    onclick={delete}>{ "Delete" }</button>
            </div>
        </li>
    }
}

/// What tells a snapshot from others, in words.
fn facts(entry: &SnapshotEntry, ago: &str) -> Html {
    let about = &entry.about;
    let [n, r, w] = about.quorum;
    let mut facts = vec![
        format!("at {}", about.at),
        format!("{} items", grouped(about.items)),
        ago.to_owned(),
        format!("{} KB", grouped(entry.bytes.div_ceil(1024))),
    ];
    if n > 0 {
        facts.insert(2, format!("{} nodes", about.seats.len()));
        facts.insert(3, format!("N {n} R {r} W {w}"));
    }
    if entry.by_schedule {
        facts.push("by schedule".to_owned());
    }
    if !about.branch.is_empty() && about.branch != "main" {
        facts.push(format!("branch {}", about.branch));
    }
    html! {
        <p class="hint about">
            { for facts.into_iter().map(|fact| html! { <span>{ fact }</span> }) }
            <span>{ "state " }
                <code title={about.state_digest.to_string()}>{ about.state_digest.short() }</code>
            </span>
            if !about.after.is_empty() {
                <span class="after" title={about.after.clone()}>
                    { "after " }<code>{ about.after.clone() }</code>
                </span>
            }
        </p>
    }
}

/// The picture's side; its middle; how far from that the nodes are.
const SIDE: f64 = 56.0;
const MIDDLE: f64 = SIDE / 2.0;
const RADIUS: f64 = 21.0;
/// The longest bar, from the middle outwards.
const LONGEST: f64 = 15.0;

/// The cluster as it was: everybody at their seats, and how much each of them held.
fn thumbnail(seats: &[Seat]) -> Html {
    if seats.is_empty() {
        return html! { <span class="thumbnail"></span> };
    }
    let count = seats.len() as f64;
    let disc = (RADIUS * (PI / count.max(3.0)).sin() * 0.72).clamp(1.2, 5.6);
    let place = |at: usize, radius: f64| {
        let (sin, cos) = (2.0 * PI * at as f64 / count).sin_cos();
        Point::new(MIDDLE + radius * sin, MIDDLE - radius * cos)
    };
    let width = tenths((disc * 0.9).max(1.0));
    let one = |(at, seat): (usize, &Seat)| {
        let Point { x, y } = place(at, RADIUS);
        let end = place(at, 3.0 + f64::from(seat.share) / 255.0 * (LONGEST - disc * 0.6));
        let start = place(at, 3.0);
        let class = match seat.state {
            SeatState::Up => "seat",
            SeatState::Suspected => "seat is-suspected",
            SeatState::Paused => "seat is-paused",
            SeatState::Down => "seat is-down",
        };
        html! {
            <g {class} style={style(seat.node)}>
                if seat.share > 0 {
                    <path d={format!("M{start}L{end}")} stroke-width={width.clone()} />
                }
                <circle cx={tenths(x)} cy={tenths(y)} r={tenths(disc)} />
            </g>
        }
    };
    html! {
        <svg class="thumbnail" viewBox="0 0 56 56" role="img" aria-label={picture::words(seats)}>
            { for seats.iter().enumerate().map(one) }
        </svg>
    }
}
