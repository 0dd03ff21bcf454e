//! Snapshots: take, list, name, restore, delete, by a schedule, from and to files.
//!
//! Nothing here asks whether one is sure: what was done can be undone where it was done.

mod full;
mod row;
mod schedule;

use gloo::file::callbacks::{FileReader, read_as_bytes};
use gloo::file::{Blob, FileList};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::browser;
use super::super::driver::Handle;
use super::super::hooks::{use_text, use_told};
use super::super::snapshots::{Listed, Shelf, ago, percent};
use super::{problem, typed};
use full::Full;
use row::SnapshotRow;
use schedule::ScheduleForm;

/// No snapshot file is larger than this; larger ones are refused before they are read.
const LARGEST_FILE: u64 = 64 << 20;
/// From so many units on the list says how much of the storage is used.
const WORTH_TELLING: usize = super::super::snapshots::QUOTA / 2;

/// How often it is told anew how long ago something was, in milliseconds.
const TICK_MS: i32 = 20_000;

/// What came of what was done here: good news or bad.
type Report = Callback<Result<String, String>>;

#[component]
pub fn SnapshotsPanel(props: &PanelProps) -> Html {
    let name = use_text("");
    let (told, error) = (use_text(""), use_told());
    let report = {
        let (told, error) = (told.clone(), error.clone());
        Callback::from(move |done: Result<String, String>| {
            told.set(done.as_ref().ok().cloned().unwrap_or_default());
            error.set(done.err());
        })
    };
    let take = {
        let (driver, name, report) = (props.driver.clone(), name.clone(), report.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            // What found no room waits in memory, with its name: the dialogue says so.
            let taken = driver.take_snapshot(&name);
            name.set(String::new());
            report.emit(Ok(taken.map_or(String::new(), |entry| format!("Kept “{}”.", entry.name))));
        })
    };
    let (view, driver) = (&props.view, &props.driver);
    let shelf = &view.shelf;
    use_ticks(!props.is_hidden && !shelf.listed.entries.is_empty());
    use_effect_with(shelf.deleted.clone(), |deleted| {
        // The button that was pressed is gone: the keyboard goes on at what undoes it.
        if deleted.is_some() {
            browser::focus("undo-delete");
        }
    });
    html! {
        <>
            if let Some(notice) = &shelf.listed.notice {
                <p class="notice" id="storage-notice">{ notice.clone() }</p>
            }
            <form class="take" onsubmit={take}>
                <button id="take" type="submit" class="primary">{ "Take a snapshot" }</button>
                <label>{ "Name, if you like" }
                    <input id="snapshot-name" value={(*name).clone()} oninput={typed(&name)}
                        placeholder="before the crash" maxlength="80" />
                </label>
            </form>
            { problem("snapshot-problem", error.as_ref()) }
            <p class="hint" role="status" id="snapshot-told">{ (*told).clone() }</p>
            { undo(shelf, view.replaced.as_ref(), driver, &report) }
            if let Some(homeless) = &shelf.homeless {
                <Full key={homeless.entry.id.clone()} homeless={homeless.clone()}
                    listed={shelf.listed.clone()} driver={driver.clone()} report={report.clone()} />
            }
            { list(shelf, driver, &report) }
            { room(&shelf.listed) }
            <ScheduleForm schedule={shelf.schedule.clone()} driver={driver.clone()} />
            <div class="buttons"><Import driver={driver.clone()} {report} /></div>
        </>
    }
}

/// How long ago something was is told anew now and then, while somebody sees it.
#[hook]
fn use_ticks(ticks: bool) {
    let update = use_force_update();
    use_effect_with(ticks, move |ticks| {
        let ticker = ticks.then(|| browser::every(TICK_MS, move || update.force_update()));
        move || drop(ticker)
    });
}

/// What was done last and can be undone.
fn undo(shelf: &Shelf, replaced: Option<&String>, driver: &Handle, report: &Report) -> Html {
    let go_back = {
        let (driver, report) = (driver.clone(), report.clone());
        move |_: MouseEvent| {
            driver.bring_back();
            report.emit(Ok("Back in the run before.".to_owned()));
        }
    };
    let put_back = {
        let (driver, report) = (driver.clone(), report.clone());
        move |_: MouseEvent| {
            browser::focus("take");
            let done = driver.put_back().map(|()| "It is back.".to_owned());
            report.emit(Ok(done.unwrap_or_default()));
        }
    };
    html! {
        <>
            if let Some(name) = &shelf.deleted {
                <div class="undo">
                    <p>{ format!("“{name}” is deleted.") }</p>
                    <button id="undo-delete" aria-label={format!("Undo: put “{name}” back")}
                        onclick={put_back}>{ "Undo" }</button>
                </div>
            }
            if let Some(branch) = replaced {
                <div class="undo">
                    <p>{ "The run before is whole, as branch " }<b>{ branch.clone() }</b>{ "." }</p>
                    <button id="undo-restore" title={format!("branch {branch}")}
                        aria-label={format!("Undo: back to branch {branch}")}
                        onclick={go_back}>{ "Undo" }</button>
                </div>
            }
        </>
    }
}

fn list(shelf: &Shelf, driver: &Handle, report: &Report) -> Html {
    let entries = &shelf.listed.entries;
    if entries.is_empty() {
        return html! {
            <p class="hint" id="no-snapshots">
                { "None yet. A snapshot keeps the whole cluster as it is now, down to the messages under \
                   way: come back to it whenever you like, also after the tab was closed." }
            </p>
        };
    }
    let now_ms = js_sys::Date::now() as u64;
    let rows = entries.iter().map(|entry| {
        html! {
            <SnapshotRow key={entry.id.clone()} entry={entry.clone()}
                ago={ago(now_ms, entry.taken_ms)} driver={driver.clone()}
                report={report.clone()} />
        }
    });
    html! { <ol class="snapshots">{ for rows }</ol> }
}

/// What there is to say about the storage, once that matters.
fn room(listed: &Listed) -> Html {
    let used = listed.room.map(|room| room.used).filter(|used| *used >= WORTH_TELLING);
    html! {
        <>
            if let Some(used) = used {
                <p class="hint" id="storage-room">
                    { format!("The browser's storage for this site is {} full.", percent(used)) }
                </p>
            }
            if !listed.strangers.is_empty() {
                <p class="hint" id="storage-strangers">
                    { "No snapshot that this page can read, left as it is: " }
                    { listed.strangers.join(", ") }
                </p>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ImportProps {
    driver: Handle,
    report: Report,
}

/// The button that reads a snapshot from a file.
#[component]
fn Import(props: &ImportProps) -> Html {
    let reader = use_mut_ref(|| None::<FileReader>);
    let import = {
        let (driver, report) = (props.driver.clone(), props.report.clone());
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let Some(file) =
                input.files().map(FileList::from).and_then(|files| files.first().cloned())
            else {
                return;
            };
            input.set_value("");
            let (driver, report, name) = (driver.clone(), report.clone(), file.name());
            if file.size() > LARGEST_FILE {
                report.emit(Err(format!("{name} is too large to be a snapshot")));
                return;
            }
            let done = move |bytes: Result<Vec<u8>, gloo::file::FileReadError>| {
                let imported = match bytes {
                    Ok(bytes) => {
                        driver.import_snapshot(&name, &bytes).map_err(|error| error.message)
                    }
                    Err(_) => Err(format!("{name} could not be read")),
                };
                let told = |notice: Option<String>| {
                    let notice = notice.unwrap_or_default();
                    format!("{name} is in the list now: restore it. {notice}")
                };
                report.emit(imported.map(told));
            };
            *reader.borrow_mut() = Some(read_as_bytes(&Blob::from(file), done));
        })
    };
    html! {
        <label class="button">
            { "Open a snapshot file" }
            <input id="import" type="file" accept=".ringscope" onchange={import} />
        </label>
    }
}
