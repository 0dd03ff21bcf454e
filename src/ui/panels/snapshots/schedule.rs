//! Snapshots by a schedule of virtual time.

use yew::prelude::*;

use super::super::super::driver::Handle;
use super::super::super::hooks::{use_text, use_told};
use super::super::super::snapshots::Scheduled;
use super::super::{problem, typed};
use crate::scenario::quoted;

#[derive(Properties, PartialEq)]
pub struct ScheduleProps {
    pub schedule: Option<Scheduled>,
    pub driver: Handle,
}

#[component]
pub fn ScheduleForm(props: &ScheduleProps) -> Html {
    let (every, keep, error) = (use_text("10s"), use_text("5"), use_told());
    let line = format!("snapshots every={} keep={}", quoted(every.trim()), quoted(keep.trim()));
    let act = {
        let (driver, error) = (props.driver.clone(), error.clone());
        move |line: &str| error.set(driver.act(line).err().map(|error| error.message))
    };
    let start = {
        let (act, line) = (act.clone(), line.clone());
        move |event: SubmitEvent| {
            event.prevent_default();
            act(&line);
        }
    };
    let stop = move |_: MouseEvent| act("snapshots off");
    let words = props.schedule.as_ref().map(words);
    html! {
        <details class="schedule" id="schedule" open={props.schedule.is_some()}>
            <summary>{ "By schedule" }
                if let Some(words) = words { <span class="hint" role="status">{ words }</span> }
            </summary>
            if let Some(why) = props.schedule.as_ref().and_then(|it| it.paused.as_ref()) {
                <p class="notice" role="alert" id="schedule-paused">
                    { format!("The schedule is paused, because {why}. Delete a snapshot, then start it \
                       again.") }
                </p>
            }
            <form onsubmit={start}>
                <label>{ "Every, in virtual time" }
                    <input id="schedule-every" value={(*every).clone()} oninput={typed(&every)}
                        aria-describedby="schedule-problem" />
                </label>
                <label>{ "Keep the newest" }
                    <input id="schedule-keep" inputmode="numeric" value={(*keep).clone()}
                        oninput={typed(&keep)} aria-describedby="schedule-problem" />
                </label>
                <button id="schedule-start" type="submit" title={line}>
                    { if props.schedule.is_some() { "Change" } else { "Start" } }
                </button>
                if props.schedule.is_some() {
                    <button id="schedule-stop" type="button" title="snapshots off" onclick={stop}>
                        { "Stop" }
                    </button>
                }
            </form>
            { problem("schedule-problem", error.as_ref()) }
        </details>
    }
}

fn words(scheduled: &Scheduled) -> String {
    let Scheduled { schedule, kept, paused } = scheduled;
    match paused {
        Some(_) => "paused".to_owned(),
        None => format!("every {}: {kept} of {} kept", schedule.every, schedule.keep),
    }
}
