//! Files: one that is chosen or dropped comes in; tables and the session go out.

mod form;
mod save;

use std::rc::Rc;

use gloo::file::FileList;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::super::app::PanelProps;
use super::super::driver::{Handle, Importing};
use super::super::incoming::ACCEPTED;
use super::super::loader::Refusal;
use super::super::palette::grouped;
use super::problem;
use form::ImportForm;
use save::{SaveTable, save_session};

/// So many refusals are listed.
const LISTED: usize = 50;

#[component]
pub fn FilesPanel(props: &PanelProps) -> Html {
    if props.is_hidden {
        return Html::default();
    }
    let (view, driver) = (&props.view, &props.driver);
    let choose = {
        let driver = driver.clone();
        Callback::from(move |event: Event| {
            let input = event.target_unchecked_into::<HtmlInputElement>();
            let files = input.files().map(FileList::from);
            if let Some(file) = files.as_ref().and_then(|files| files.first()) {
                driver.open_file(file.clone());
            }
            input.set_value("");
        })
    };
    let (told, chosen, importing) = driver.files(|files| {
        let importing = files.importing.as_ref().map(|importing| progress(importing, driver));
        (files.told.clone(), files.chosen.clone(), importing)
    });
    let told = told.unwrap_or_else(|| Ok(String::new()));
    html! {
        <>
            <section class="details">
                <h3>{ "Bring a file in" }</h3>
                <p class="hint">
                    { "A table's items, a snapshot, or a scenario. Drop it anywhere on the page, or" }
                </p>
                <label class="button">
                    { "Choose a file" }
                    <input id="choose-file" type="file" accept={ACCEPTED} onchange={choose} />
                </label>
                { problem("file-problem", told.as_ref().err()) }
                <p class="hint" role="status" id="file-told">{ told.ok().unwrap_or_default() }</p>
                if let Some(chosen) = chosen {
                    <ImportForm key={chosen.name.clone()} chosen={Rc::clone(&chosen)} view={Rc::clone(view)}
                        driver={driver.clone()} />
                }
                { for importing }
            </section>
            <SaveTable view={Rc::clone(view)} driver={driver.clone()} />
            { save_session(driver) }
        </>
    }
}

/// How far an import is, or what came of it.
fn progress(importing: &Importing, driver: &Handle) -> Html {
    let (put, refused, read) = importing.progress;
    let all = |is_over: bool| match is_over && !importing.was_stopped && importing.fault.is_none() {
        true => grouped(read),
        false => format!("{} read so far", grouped(read)),
    };
    let words = format!(
        "{}: {} of {} items put, {} refused",
        importing.name,
        grouped(put),
        all(importing.is_over),
        grouped(refused),
    );
    let after = match (importing.was_stopped, &importing.fault) {
        (true, _) => ". It was stopped; what was put stays.".to_owned(),
        (_, Some(fault)) => format!(". Then it ended: {fault}"),
        _ => ".".to_owned(),
    };
    let (cancel, back) = {
        let (a, b) = (driver.clone(), driver.clone());
        (move |_: MouseEvent| a.cancel_import(), move |_: MouseEvent| b.go_before_import())
    };
    let percent = importing.read * 100 / importing.bytes.max(1);
    let waits = driver.look(|stage| !stage.loads()) && !importing.is_over;
    html! {
        <div class="importing" id="importing">
            if importing.is_over {
                <p role="status" id="import-result">{ words }{ after }</p>
                <div class="buttons">
                    <button id="before-import" onclick={back} title={format!("goto mark='{}'", importing.mark)}>
                        { "Go back to before it" }
                    </button>
                </div>
            } else {
                <label>
                    { words }
                    <progress value={percent.to_string()} max="100" />
                    { format!("{} of {} KB read", grouped((importing.read / 1024) as usize),
                        grouped((importing.bytes / 1024) as usize)) }
                </label>
                if waits {
                    <p class="hint">
                        { "It goes on at the end of its branch, while the run plays." }
                    </p>
                }
                <div class="buttons"><button id="cancel-import" onclick={cancel}>{ "Cancel" }</button></div>
            }
            { refusals(importing) }
        </div>
    }
}

fn refusals(importing: &Importing) -> Html {
    let (shown, all) = (importing.refusals.len().min(LISTED), importing.progress.1);
    if shown == 0 {
        return Html::default();
    }
    let line = |refusal: &Refusal| {
        let place = match refusal.line {
            0 => String::new(),
            line => format!("line {}: ", grouped(line as usize)),
        };
        html! { <li>{ place }{ refusal.why.clone() }</li> }
    };
    html! {
        <details class="refusals" open={true}>
            <summary>{ format!("What was refused, and why ({})", grouped(all)) }</summary>
            <ol class="plain">{ for importing.refusals[..shown].iter().map(line) }</ol>
            if all > shown { <p class="hint">{ format!("And {} more.", grouped(all - shown)) }</p> }
        </details>
    }
}
