//! What the reader sees should the page itself fail: a page that says so, and the session log.
//!
//! A panic leaves the stage in an unknown state, perhaps borrowed. So the commands of the run are
//! mirrored here after every change, and the failure page is made of that copy alone.

use std::cell::{Cell, RefCell};

use super::browser;
use super::stage::Stage;
use crate::scenario;
use crate::sim::RunStep;
use crate::travel::BranchId;

struct Mirror {
    branch: BranchId,
    head: String,
    steps: Vec<RunStep>,
}

thread_local! {
    static SHOWN: Cell<bool> = const { Cell::new(false) };
    static MIRROR: RefCell<Mirror> =
        const { RefCell::new(Mirror { branch: BranchId(0), head: String::new(), steps: Vec::new() }) };
}

/// Copies what is new in the stage's run.
pub fn mirror(stage: &Stage) {
    MIRROR.with_borrow_mut(|mirror| {
        let branch = stage.history().branch().id;
        if mirror.branch != branch || mirror.head.is_empty() {
            let world = stage.world();
            mirror.branch = branch;
            mirror.steps.clear();
            mirror.head = scenario::log_head(world);
        }
        mirror.steps.extend_from_slice(stage.run_since(mirror.steps.len()));
    });
}

/// Shows a failure page on every panic from now on.
pub fn install() {
    // Yew installs a hook of its own unless it is given one.
    yew::set_custom_panic_hook(Box::new(|info| {
        // A failed page may fail again when it is touched; the first failure is the one to show.
        if SHOWN.replace(true) {
            return;
        }
        web_sys::console::error_1(&info.to_string().into());
        show(&info.to_string());
    }));
}

/// Fails on purpose: the only way to try the failure page. Called as
/// `wasmBindings.fail_on_purpose()` from the browser's console.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn fail_on_purpose() {
    panic!("it was asked to, from the console");
}

fn session_log() -> String {
    MIRROR.with(|mirror| match mirror.try_borrow() {
        Ok(mirror) => scenario::log_of(&mirror.head, &mirror.steps),
        Err(_) => "the session log was being written when the page failed".to_owned(),
    })
}

fn show(what: &str) {
    let document = browser::document();
    let (Some(body), Ok(page), Ok(title), Ok(words), Ok(log)) = (
        document.body(),
        document.create_element("main"),
        document.create_element("h1"),
        document.create_element("p"),
        document.create_element("textarea"),
    ) else {
        return;
    };
    page.set_class_name("failure");
    title.set_text_content(Some("Ringscope has failed"));
    words.set_text_content(Some(&format!(
        "This is a mistake in Ringscope, not yours. Snapshots that you took are safe. The log below \
         replays this session: please send it along when you report the mistake, then reload the \
         page. What failed: {what}"
    )));
    log.set_text_content(Some(&session_log()));
    let _ = log.set_attribute("readonly", "");
    let _ = log.set_attribute("rows", "16");
    let _ = log.set_attribute("aria-label", "Session log");
    body.set_inner_html("");
    let _ = page.append_child(&title);
    let _ = page.append_child(&words);
    let _ = page.append_child(&log);
    let _ = body.append_child(&page);
    let _ = document.document_element().map(|root| root.set_attribute("data-failed", "true"));
}
