//! The page: it speaks commands, and draws events and views. It keeps no truth of its own.
//!
//! ```text
//!   panels ──▶ Stage (world, cursor, pace) ──▶ commands
//!                 │ animation frame: lets virtual time pass, only while something moves
//!                 ├──▶ View, Scene: what is shown until the next event (virtual DOM, SVG)
//!                 └──▶ flights: where messages are at this frame (canvas)
//! ```
//!
//! What needs no browser is built and tested natively too.

pub mod geometry;
pub mod loader;
pub mod outline;
pub mod pace;
pub mod palette;
pub mod scene;
pub mod snapshots;
pub mod stage;
pub mod story;
pub mod timeline;
pub mod transcript;
pub mod view;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod driver;
#[cfg(target_arch = "wasm32")]
mod panels;
#[cfg(target_arch = "wasm32")]
mod panic;
#[cfg(target_arch = "wasm32")]
pub mod ring;
#[cfg(target_arch = "wasm32")]
mod transport;

#[cfg(target_arch = "wasm32")]
pub use app::mount;
