//! Snapshots: take, list, name, restore, delete, export and import.

use gloo::file::callbacks::{FileReader, read_as_bytes};
use gloo::file::{Blob, FileList};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::driver::Handle;
use super::super::hooks::use_text;
use super::super::palette::grouped;
use super::super::snapshots::SnapshotEntry;
use super::{problem, typed};

/// No snapshot file is larger than this; larger ones are refused before they are read.
const LARGEST_FILE: u64 = 64 << 20;

#[component]
pub fn SnapshotsPanel(props: &PanelProps) -> Html {
    let name = use_text("");
    let told = use_state(|| Ok::<String, String>(String::new()));
    let report = {
        let told = told.clone();
        Callback::from(move |done: Result<String, String>| told.set(done))
    };
    let take = {
        let (driver, name, report) = (props.driver.clone(), name.clone(), report.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let taken = driver.take_snapshot(&name);
            if taken.is_ok() {
                name.set(String::new());
            }
            report.emit(taken.map_err(|error| error.message).map(|entry| {
                format!("Kept {:?}, state digest {}.", entry.name, entry.summary.state_digest)
            }));
        })
    };
    let bring_back = {
        let driver = props.driver.clone();
        move |_| driver.bring_back()
    };
    let view = &props.view;
    html! {
        <>
            if let Some(notice) = &view.storage_notice {
                <p class="notice" id="storage-notice">{ notice.clone() }</p>
            }
            <p class="hint">
                { "A snapshot keeps the whole world: every node, every message under way. \
                   The run continues from it exactly as it would have." }
            </p>
            <form class="take" onsubmit={take}>
                <label>{ "Name" }
                    <input id="snapshot-name" value={(*name).clone()} oninput={typed(&name)}
                        placeholder="before the crash" aria-describedby="snapshot-problem" />
                </label>
                <button id="take" type="submit" class="primary">{ "Take a snapshot" }</button>
            </form>
            { problem("snapshot-problem", told.as_ref().err()) }
            <p class="hint" role="status" id="snapshot-told">
                { told.as_ref().ok().cloned().unwrap_or_default() }
            </p>
            { list(&view.snapshots, &props.driver, &report) }
            <div class="buttons">
                <Import driver={props.driver.clone()} {report} />
                if view.can_bring_back {
                    <button onclick={bring_back}>{ "Bring back the world before" }</button>
                }
            </div>
        </>
    }
}

fn list(
    snapshots: &[SnapshotEntry],
    driver: &Handle,
    report: &Callback<Result<String, String>>,
) -> Html {
    let row = |entry: &SnapshotEntry| {
        html! {
            <SnapshotRow key={entry.id.clone()} entry={entry.clone()} driver={driver.clone()}
                report={report.clone()} />
        }
    };
    html! { <ol class="snapshots">{ for snapshots.iter().map(row) }</ol> }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    entry: SnapshotEntry,
    driver: Handle,
    report: Callback<Result<String, String>>,
}

#[component]
fn SnapshotRow(props: &RowProps) -> Html {
    let RowProps { entry, driver, report } = props;
    let doing = |act: fn(&Handle, &SnapshotEntry) -> Result<String, crate::base::Error>| {
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
        let notice = driver.restore_snapshot(entry)?.unwrap_or_default();
        let digest = entry.summary.state_digest;
        Ok(format!("Restored {:?}, state digest {digest}. {notice}", entry.name))
    });
    let export = doing(|driver, entry| {
        driver.export_snapshot(entry).map(|()| format!("Exported {:?} to a file.", entry.name))
    });
    let delete = doing(|driver, entry| {
        driver.delete_snapshot(&entry.id).map(|()| format!("Deleted {:?}.", entry.name))
    });
    let summary = &entry.summary;
    let facts = format!(
        "at {} · {} nodes · {} items · {} KB",
        summary.at,
        summary.nodes,
        grouped(summary.items),
        grouped(entry.bytes.div_ceil(1024))
    );
    html! {
        <li>
            <input class="name" aria-label="Name of the snapshot" value={entry.name.clone()}
                onchange={rename} />
            <p class="hint">{ facts }<br />
                { "state " }<code title={summary.state_digest.to_string()}>{ summary.state_digest.short() }</code>
                { " · trace " }<code title={summary.trace_digest.to_string()}>{ summary.trace_digest.short() }</code>
            </p>
            <div class="buttons">
                <button class="restore primary" onclick={restore}>{ "Restore" }</button>
                <button class="export" onclick={export}>{ "Export" }</button>
                <button class="delete danger" onclick={delete}>{ "Delete" }</button>
            </div>
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct ImportProps {
    driver: Handle,
    report: Callback<Result<String, String>>,
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
                    format!("Imported {name}. {}", notice.unwrap_or_default())
                };
                report.emit(imported.map(told));
            };
            *reader.borrow_mut() = Some(read_as_bytes(&Blob::from(file), done));
        })
    };
    html! {
        <label class="button">
            { "Import from a file" }
            <input id="import" type="file" accept=".ringscope" onchange={import} />
        </label>
    }
}
