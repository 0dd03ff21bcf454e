//! The few things that are asked of the browser directly.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, HtmlAnchorElement, HtmlElement, HtmlFormElement, ResizeObserver,
    Response, Storage, SubmitEvent, SubmitEventInit, Url,
};
use yew::NodeRef;

use super::snapshots::{MemoryStore, SnapshotStore, TextStorage, TextStore};
use crate::base::{Error, Result};

pub fn window() -> web_sys::Window {
    web_sys::window().expect("the page runs in a window")
}

pub fn document() -> web_sys::Document {
    window().document().expect("a window has a document")
}

/// Milliseconds since the page began, for frames and time slices; never for the engine.
pub fn clock_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Whether a media query holds.
pub fn matches_media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// How far the opening was played before the engine came, in microseconds of virtual time, and
/// whether it plays on.
pub fn opening_at() -> Option<(u64, bool)> {
    let root = document().document_element()?;
    let us = root.get_attribute("data-opening")?.parse().ok()?;
    Some((us, !root.has_attribute("data-opening-paused")))
}

/// Fetches a text that lies beside the page.
///
/// # Errors
/// If the address cannot be reached or does not answer with success.
pub async fn fetch_text(address: &str) -> Result<String> {
    let failed = |_| {
        Error::refused(format!("{address} could not be fetched: check the connection, try again"))
    };
    let response = JsFuture::from(window().fetch_with_str(address)).await.map_err(failed)?;
    let response: Response = response.dyn_into().map_err(failed)?;
    if !response.ok() {
        return Err(failed(JsValue::NULL));
    }
    let text = JsFuture::from(response.text().map_err(failed)?).await.map_err(failed)?;
    text.as_string().ok_or_else(|| failed(JsValue::NULL))
}

/// Bytes of a media type, as the browser holds them.
///
/// # Errors
/// If the browser refuses to.
pub fn blob(bytes: &[u8], media_type: &str) -> Result<Blob> {
    blob_of(&js_sys::Array::of1(&js_sys::Uint8Array::from(bytes)), media_type)
}

/// The same of several pieces.
///
/// # Errors
/// If the browser refuses to.
pub fn blob_of(parts: &js_sys::Array, media_type: &str) -> Result<Blob> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_u8_array_sequence_and_options(parts, &options).map_err(no_file)
}

fn no_file(_: JsValue) -> Error {
    Error::refused("the browser refused to save a file")
}

/// The bytes that the browser holds; none if they cannot be read, as of a file that is gone.
pub async fn bytes_of(blob: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// Offers bytes as a file to save.
///
/// # Errors
/// If the browser refuses to make a file of them.
pub fn save_file(name: &str, bytes: &[u8]) -> Result<()> {
    save_blob(name, &blob(bytes, "application/octet-stream")?)
}

/// The same for what the browser holds already.
///
/// # Errors
/// If the browser refuses to make a file of it.
pub fn save_blob(name: &str, blob: &Blob) -> Result<()> {
    let address = Url::create_object_url_with_blob(blob).map_err(no_file)?;
    let anchor = document().create_element("a").map_err(no_file)?;
    let anchor: HtmlAnchorElement = anchor.unchecked_into();
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.click();
    Url::revoke_object_url(&address).map_err(no_file)
}

/// Puts a text on the clipboard. False where the page has none: outside of secure contexts.
pub fn copy_text(text: &str) -> bool {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    if !clipboard.is_ok_and(|clipboard| clipboard.is_object()) {
        return false;
    }
    let written = JsFuture::from(navigator.clipboard().write_text(text));
    wasm_bindgen_futures::spawn_local(async move {
        // A frame without the permission is refused, and the text can be shown instead.
        let _ = written.await;
    });
    true
}

/// Calls back when the page should be painted anew: another size, other colours, other motion.
pub fn on_appearance_change(mut callback: impl FnMut() + Clone + 'static) -> Vec<EventListener> {
    let queries = ["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"];
    let lists = queries.iter().filter_map(|query| window().match_media(query).ok().flatten());
    let mut listeners: Vec<EventListener> = lists
        .map(|list| {
            let mut callback = callback.clone();
            EventListener::new(&list, "change", move |_| callback())
        })
        .collect();
    listeners.push(EventListener::new(&window(), "resize", move |_| callback()));
    listeners
}

/// Tells forms to submit whenever a button that would is clicked, or Enter is pressed in a field, which
/// clicks that button. By itself a browser tells a form nothing in a frame that may not submit any
/// (`sandbox="allow-scripts"`), and no form of ours goes anywhere.
pub fn on_submit_clicked() -> EventListener {
    let options = EventListenerOptions::enable_prevent_default();
    EventListener::new_with_options(&window(), "click", options, |event| {
        if event.default_prevented() {
            return;
        }
        let target = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
        let button = target.and_then(|it| it.closest("button").ok().flatten());
        let button = button.filter(|it| it.get_attribute("type").is_none_or(|it| it == "submit"));
        let form = button.and_then(|it| it.closest("form").ok().flatten());
        let Some(form) = form.and_then(|it| it.dyn_into::<HtmlFormElement>().ok()) else { return };
        event.prevent_default();
        let init = SubmitEventInit::new();
        init.set_bubbles(true);
        init.set_cancelable(true);
        let submits = SubmitEvent::new_with_event_init_dict("submit", &init);
        if let Some(submits) = submits.ok().filter(|_| form.report_validity()) {
            // It was prevented, like the click.
            let _ = form.dispatch_event(&submits);
        }
    })
}

/// Calls back when a media query begins or ceases to hold.
pub fn on_media_change(query: &str, callback: impl Fn(bool) + 'static) -> Option<EventListener> {
    let list = window().match_media(query).ok().flatten()?;
    let watched = list.clone();
    Some(EventListener::new(&list, "change", move |_| callback(watched.matches())))
}

/// What follows the question mark in the address.
pub fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// What follows the hash in the address.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default()
}

/// Replaces the fragment, without a new entry in the history. Frames that may not do that keep
/// the address that they have.
pub fn set_fragment(change: impl FnOnce(&str) -> String) {
    if let Ok(history) = window().history() {
        let changed = change(&fragment());
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&changed));
    }
}

/// Marks the root element for the style sheet, or takes the mark away.
pub fn mark_root(name: &str, is_on: bool) {
    if let Some(root) = document().document_element() {
        // The names are ours, and names are all that could be wrong.
        let _ = root.toggle_attribute_with_force(name, is_on);
    }
}

/// Scrolls to the element with an id.
pub fn reveal(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.scroll_into_view();
    }
}

pub fn is_root_marked(name: &str) -> bool {
    document().document_element().is_some_and(|root| root.has_attribute(name))
}

/// Moves the keyboard's focus to the element with an id.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Without focus the keyboard stays where it was.
        let _ = element.focus();
    }
}

/// Calls back when an element has another size, for as long as the result is kept.
pub fn on_resize(element: &NodeRef, callback: impl Fn() + 'static) -> Option<Watcher> {
    let element = element.cast::<web_sys::Element>()?;
    let closure = Closure::<dyn Fn()>::new(callback);
    let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok()?;
    observer.observe(&element);
    Some(Watcher { observer, _closure: closure })
}

/// Watches the size of an element.
pub struct Watcher {
    observer: ResizeObserver,
    _closure: Closure<dyn Fn()>,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Calls back again and again, for as long as the result is kept.
pub fn every(ms: i32, callback: impl Fn() + 'static) -> Option<Ticker> {
    let closure = Closure::<dyn Fn()>::new(callback);
    let ticks = closure.as_ref().unchecked_ref();
    let id = window().set_interval_with_callback_and_timeout_and_arguments_0(ticks, ms).ok()?;
    Some(Ticker { id, _closure: closure })
}

/// Ticks.
pub struct Ticker {
    id: i32,
    _closure: Closure<dyn Fn()>,
}

impl Drop for Ticker {
    fn drop(&mut self) {
        window().clear_interval_with_handle(self.id);
    }
}

/// The place for snapshots: localStorage, or memory where that is denied.
pub fn snapshot_store() -> Box<dyn SnapshotStore> {
    // In a sandboxed frame the mere look at localStorage throws.
    match window().local_storage() {
        Ok(Some(storage)) if storage.length().is_ok() => {
            Box::new(TextStore::new(LocalStorage(storage)))
        }
        _ => Box::new(MemoryStore::default()),
    }
}

#[wasm_bindgen]
extern "C" {
    /// As `web_sys::Storage` has it, but without copying the text: its length is all that is asked.
    #[wasm_bindgen(extends = Storage, js_name = Storage)]
    type Texts;

    #[wasm_bindgen(method, catch, js_name = getItem)]
    fn text(this: &Texts, key: &str) -> std::result::Result<Option<js_sys::JsString>, JsValue>;
}

struct LocalStorage(Storage);

impl TextStorage for LocalStorage {
    fn keys(&self) -> Vec<String> {
        let count = self.0.length().unwrap_or(0);
        (0..count).filter_map(|at| self.0.key(at).ok().flatten()).collect()
    }

    fn read(&self, key: &str) -> Option<String> {
        self.0.get_item(key).ok().flatten()
    }

    fn units(&self, key: &str) -> usize {
        let text = self.0.unchecked_ref::<Texts>().text(key).ok().flatten();
        text.map_or(0, |text| text.length() as usize)
    }

    fn write(&mut self, key: &str, text: &str) -> Result<()> {
        self.0.set_item(key, text).map_err(|_| {
            Error::refused("the browser's storage for this site is full: nothing in it was changed")
        })
    }

    fn remove(&mut self, key: &str) {
        let _ = self.0.remove_item(key);
    }
}
