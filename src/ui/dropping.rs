//! Files that are dragged over the page: it says what would become of them, and takes them when they
//! are let go.

use gloo::events::{EventListener, EventListenerOptions};
use gloo::file::FileList;
use wasm_bindgen::JsCast;
use web_sys::DragEvent;
use yew::prelude::*;

use super::address::Panel;
use super::browser;
use super::driver::Handle;
use super::layout::Layout;

#[derive(Properties, PartialEq)]
pub struct DropZoneProps {
    pub driver: Handle,
    pub layout: Layout,
}

/// The whole page, while files are dragged over it.
#[component]
pub fn DropZone(props: &DropZoneProps) -> Html {
    let is_over = super::hooks::use_flag(false);
    let latest = use_mut_ref(|| props.layout.clone());
    latest.replace(props.layout.clone());
    {
        let (driver, is_over) = (props.driver.clone(), is_over.clone());
        use_effect_with((), move |()| {
            let listen = move |name: &'static str| {
                let (driver, is_over, latest) = (driver.clone(), is_over.clone(), latest.clone());
                let options = EventListenerOptions::enable_prevent_default();
                let window = browser::window();
                EventListener::new_with_options(&window, name, options, move |event| {
                    let event = event.unchecked_ref::<DragEvent>();
                    let Some(files) = files_of(event) else { return };
                    event.prevent_default();
                    match name {
                        "dragover" => is_over.set(true),
                        // It leaves the page where it enters nothing else.
                        "dragleave" if event.related_target().is_none() => is_over.set(false),
                        "drop" => {
                            is_over.set(false);
                            latest.borrow().open_panel(Panel::Files);
                            latest.borrow().reveal_panels();
                            FileList::from(files).iter().for_each(|file| {
                                driver.open_file(file.clone());
                            });
                        }
                        _ => {}
                    }
                })
            };
            let listeners = ["dragenter", "dragover", "dragleave", "drop"].map(listen);
            move || drop(listeners)
        });
    }
    if !*is_over {
        return Html::default();
    }
    html! {
        <div class="drop-zone" id="drop-zone" aria-hidden="true">
            <div>
                <p>{ "Drop a file here" }</p>
                <ul>
                    <li><b>{ ".ringscope" }</b>{ ": a snapshot, for the list of snapshots" }</li>
                    <li><b>{ ".json · .jsonl · .csv · .gz" }</b>
                        { ": items of a table, once you have said which" }</li>
                    <li><b>{ ".scenario · .txt" }</b>{ ": a scenario, carried out line by line" }</li>
                </ul>
            </div>
        </div>
    }
}

/// The files that are dragged; none if it is something else, such as the picture's own handles. What
/// they are is told when they are let go.
fn files_of(event: &DragEvent) -> Option<web_sys::FileList> {
    let data = event.data_transfer()?;
    let has_files = data.types().iter().any(|kind| kind == "Files");
    data.files().filter(|_| has_files)
}
