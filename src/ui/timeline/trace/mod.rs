//! The space-time trace of the whole run: a lane for each client and node, time downwards, an arrow
//! from every message's departure to its arrival.
//!
//! ```text
//!   events ─▶ filter ─▶ layout ─▶ drawing ─▶ sheet ─▶ canvas, or SVG
//!             which     heights   a window   shapes and what can be pointed at
//! ```
//!
//! Only the visible window is drawn, so that a long run scrolls as smoothly as a short one: what
//! is done for each event, once, is to give it a height. All that needs no browser is tested
//! natively; `screen` holds the canvas, and `everything` the component around it.
//!
//! A caveat: heights are those of the events that are shown, so that an event may stand lower when
//! more of them are.

pub mod arrows;
pub mod drawing;
pub mod filter;
pub mod labels;
pub mod layout;
pub mod lives;
pub mod sheet;
mod strokes;
pub mod svg;
pub mod words;

#[cfg(target_arch = "wasm32")]
mod canvas;
#[cfg(target_arch = "wasm32")]
mod everything;
#[cfg(target_arch = "wasm32")]
mod list;
#[cfg(target_arch = "wasm32")]
mod screen;

#[cfg(target_arch = "wasm32")]
pub use everything::Everything;
#[cfg(target_arch = "wasm32")]
pub use screen::Screen;
