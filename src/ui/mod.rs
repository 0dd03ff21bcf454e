//! The page: it speaks commands, and draws events and views. It keeps no truth of its own.
//!
//! ```text
//!   panels ──▶ Stage (world, cursor, pace) ──▶ commands
//!                 │ animation frame: lets virtual time pass, only while something moves
//!                 ├──▶ Scene: what is drawn until the next event (virtual DOM, SVG)
//!                 └──▶ flights: where messages are at this frame (canvas)
//! ```
//!
//! What needs no browser is built and tested natively too.

pub mod geometry;
pub mod loader;
pub mod pace;
pub mod palette;
#[cfg(target_arch = "wasm32")]
pub mod ring;
pub mod scene;
pub mod stage;
pub mod story;
pub mod timeline;
pub mod transcript;
