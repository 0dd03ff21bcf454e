//! How the page is laid out: which panels there are, which one is open, and whether it is shown to
//! a room.
//!
//! A wide page has the trace beside the ring and the panels in a column, which can be closed. A
//! narrower one has one place for all of them, and the trace is a tab like the others.

use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};
use yew::prelude::*;

use super::address::{Address, Panel, panel_of_fragment};
use super::browser;
use super::hooks::use_flag;

/// From this width on the trace has a pane of its own. The style sheet draws the same line.
const WIDE: &str = "(min-width: 1181px)";

/// Up to this width everything is in one column; again as in the style sheet.
const ONE_COLUMN: &str = "(max-width: 760px)";

/// How the page is laid out now, and what changes it.
#[derive(Clone, PartialEq)]
pub struct Layout {
    pub address: Rc<Address>,
    pub wide: bool,
    pub projector: UseStateHandle<bool>,
    pub mistakes: UseStateHandle<Vec<String>>,
    shown: UseStateHandle<Vec<Panel>>,
    /// None: the reader has closed the panels.
    open: UseStateHandle<Option<Panel>>,
}

impl Layout {
    pub fn shows(&self, panel: Panel) -> bool {
        self.shown.contains(&panel)
    }

    /// The panels that have a tab.
    pub fn tabs(&self) -> Vec<Panel> {
        let has_tab = |panel: &Panel| self.shows(*panel) && !(self.wide && *panel == Panel::Trace);
        Panel::ALL.into_iter().filter(has_tab).collect()
    }

    /// The panel whose tab is chosen; none if they are closed, or there is none.
    pub fn open(&self) -> Option<Panel> {
        if *self.projector || (self.wide && self.open.is_none()) {
            return None;
        }
        let tabs = self.tabs();
        let open = self.open.filter(|panel| tabs.contains(panel));
        open.or_else(|| tabs.first().copied())
    }

    /// Whether the trace is on the screen.
    pub fn has_trace(&self) -> bool {
        self.shows(Panel::Trace)
            && (self.wide || *self.projector || self.open() == Some(Panel::Trace))
    }

    /// Opens a panel that there is, and lets the address follow.
    pub fn open_panel(&self, panel: Panel) {
        if self.shows(panel) {
            self.open.set(Some(panel));
            browser::set_fragment(|fragment| super::address::with_panel(fragment, panel));
        }
    }

    /// Where the panels lie below the picture: brings them into view. Not in a frame, where the
    /// page around it would move.
    pub fn reveal_panels(&self) {
        if browser::matches_media(ONE_COLUMN) && !self.address.embed {
            browser::reveal("panels");
        }
    }

    pub fn close_panels(&self) {
        self.open.set(None);
    }

    /// Shows a panel that was hidden, or hides it.
    pub fn toggle(&self, panel: Panel) {
        let mut shown = (*self.shown).clone();
        match shown.iter().position(|other| *other == panel) {
            Some(at) => drop(shown.remove(at)),
            None => shown.push(panel),
        }
        self.shown.set(shown);
    }

    /// Something was selected: shows what it is, unless that would take the trace from the screen
    /// in which it was clicked.
    pub fn open_inspector(&self) {
        if self.wide || self.open() != Some(Panel::Trace) {
            self.open_panel(Panel::Inspect);
        }
    }
}

#[hook]
pub fn use_layout() -> Layout {
    let address = use_memo((), |()| Address::of_query(&browser::query()));
    let wide = use_flag(browser::matches_media(WIDE));
    let named = use_memo((), |()| panel_of_fragment(&browser::fragment()));
    let open = use_state(|| match &*named {
        Some(Ok(panel)) => Some(*panel),
        _ if *wide => Some(Panel::Console),
        _ => Some(Panel::Trace),
    });
    let mistakes = use_state(|| {
        let in_fragment = named.iter().filter_map(|named| named.as_ref().err().cloned());
        address.mistakes.iter().cloned().chain(in_fragment).collect::<Vec<String>>()
    });
    let projector = use_flag(address.projector);
    let shown = use_state(|| address.panels.clone());
    let layout = Layout { address, wide: *wide, projector, mistakes, shown, open };
    {
        let (open, mistakes) = (layout.open.clone(), layout.mistakes.clone());
        let embed = layout.address.embed;
        use_effect_with((), move |()| {
            browser::mark_root("data-embed", embed);
            let fragment = EventListener::new(&browser::window(), "hashchange", move |_| {
                match panel_of_fragment(&browser::fragment()) {
                    Some(Ok(panel)) => open.set(Some(panel)),
                    Some(Err(mistake)) => mistakes.set(vec![mistake]),
                    None => {}
                }
            });
            let width = browser::on_media_change(WIDE, move |is_wide| wide.set(is_wide));
            move || drop((fragment, width))
        });
    }
    use_projector_keys(&layout);
    layout
}

/// `p` shows the page to a room, Escape ends that.
#[hook]
fn use_projector_keys(layout: &Layout) {
    let projector = layout.projector.clone();
    use_effect_with(*projector, move |is_on| {
        browser::mark_root("data-projector", *is_on);
        let is_on = *is_on;
        let keys = EventListener::new(&browser::window(), "keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            if event.alt_key() || event.ctrl_key() || event.meta_key() || is_typing(event) {
                return;
            }
            match (event.key().as_str(), is_on) {
                ("p", _) if !browser::is_root_marked("data-keys-off") => projector.set(!is_on),
                ("Escape", true) => projector.set(false),
                _ => {}
            }
        });
        move || drop(keys)
    });
}

/// Whether a key belongs to a field.
fn is_typing(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    target.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}
