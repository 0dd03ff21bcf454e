//! No room for a new snapshot: what would have to go, and what else could be done. It waits in memory
//! until the reader has chosen.

use yew::prelude::*;

use super::super::super::browser;
use super::super::super::driver::Handle;
use super::super::super::snapshots::{Homeless, Listed, SnapshotEntry, ago, percent, to_go};
use super::Report;

#[derive(Properties, PartialEq)]
pub struct FullProps {
    pub homeless: Homeless,
    pub listed: Listed,
    pub driver: Handle,
    pub report: Report,
}

#[component]
pub fn Full(props: &FullProps) -> Html {
    let FullProps { homeless, listed, driver, report } = props;
    let lacks = homeless.lacks;
    let chosen = use_state(|| to_go(&listed.entries, lacks).unwrap_or_default());
    let is_chosen = |entry: &&SnapshotEntry| chosen.contains(&entry.id);
    // Oldest first: so they go.
    let going: Vec<&SnapshotEntry> = listed.entries.iter().rev().filter(is_chosen).collect();
    let freed: usize = going.iter().map(|entry| entry.units).sum();
    let doing = |act: fn(&Handle, &SnapshotEntry, &[String]) -> Result<String, String>| {
        let ids: Vec<String> = going.iter().map(|entry| entry.id.clone()).collect();
        let (entry, driver, report) = (homeless.entry.clone(), driver.clone(), report.clone());
        move |_: MouseEvent| report.emit(act(&driver, &entry, &ids))
    };
    let make_room = doing(|driver, entry, ids| {
        let done = driver.make_room(ids).map(|()| {
            browser::focus("take");
            format!("Kept “{}”.", entry.name)
        });
        done.map_err(|error| format!("{}: everything is as it was.", error.message))
    });
    let save = doing(|driver, entry, _| {
        let saved = driver.export_snapshot(entry).map_err(|error| error.message)?;
        Ok(format!("Saved as {saved}. Once you have the file, let it go here."))
    });
    let let_go = doing(|driver, _, _| {
        driver.let_go();
        Ok(String::new())
    });
    let entry = &homeless.entry;
    html! {
        <section class="full" id="storage-full" aria-labelledby="full-title">
            <h3 id="full-title">{ format!("No room for “{}”", entry.name) }</h3>
            <p role="alert">{ why(homeless, listed) }</p>
            { choices(&listed.entries, &chosen) }
            <div class="buttons">
                <button id="make-room" class="primary" disabled={freed < lacks} onclick={make_room}>
                    { match going.is_empty() {
                        true => "Try again",
                        false => "Delete these and keep the new one",
                    } }
                </button>
                <button id="save-instead" onclick={save}>{ "Save to a file instead" }</button>
                <button id="let-go" onclick={let_go}>{ "Let it go" }</button>
            </div>
            if freed < lacks && !listed.entries.is_empty() {
                <p class="hint">{ format!("{} more would have to go.", percent(lacks - freed)) }</p>
            }
            if homeless.behind > 0 {
                <p class="hint">{ format!("{} more wait behind it.", homeless.behind) }</p>
            }
        </section>
    }
}

/// Why there is no room, in parts of all that there is.
fn why(homeless: &Homeless, listed: &Listed) -> String {
    let Some(room) = listed.room else { return homeless.why.clone() };
    let free = super::super::super::snapshots::QUOTA.saturating_sub(room.used);
    let mut text = match homeless.lacks {
        0 => format!("Not kept: {}.", homeless.why),
        lacks => format!(
            "It takes {} of the browser's storage for this site, and {} is free. It waits in memory, \
             nothing is lost.",
            percent(free + lacks),
            percent(free)
        ),
    };
    let others = room.used.saturating_sub(room.ours);
    if others > room.ours {
        text += &format!(
            " Other data of this site takes {}: this page never touches it.",
            percent(others)
        );
    }
    if homeless.lacks > room.ours {
        text += " Deleting every snapshot would not be enough.";
    }
    text
}

/// Which of the others are to go.
fn choices(entries: &[SnapshotEntry], chosen: &UseStateHandle<Vec<String>>) -> Html {
    let choice = |entry: &SnapshotEntry| {
        let checked = chosen.contains(&entry.id);
        let onchange = {
            let (chosen, id) = (chosen.clone(), entry.id.clone());
            move |_: Event| {
                let mut changed: Vec<String> =
                    chosen.iter().filter(|other| **other != id).cloned().collect();
                if !checked {
                    changed.push(id.clone());
                }
                chosen.set(changed);
            }
        };
        html! {
            <label class="check" key={entry.id.clone()}>
                <input type="checkbox" {checked} {onchange} />
                <span>{ entry.name.clone() }</span>
                <span class="hint">
                    { format!("{}, {}", percent(entry.units),
                        ago(js_sys::Date::now() as u64, entry.taken_ms)) }
                </span>
            </label>
        }
    };
    if entries.is_empty() {
        return Html::default();
    }
    html! {
        <fieldset><legend>{ "Delete" }</legend>{ for entries.iter().rev().map(choice) }</fieldset>
    }
}
