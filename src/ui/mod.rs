//! The page: it speaks commands, and draws events and views. It keeps no truth of its own.
//!
//! ```text
//!   panels ──▶ Stage (world, cursor, pace) ──▶ commands
//!                 │ animation frame: lets virtual time pass, only while something moves
//!                 ├──▶ View, Scene: what is shown until the next event (virtual DOM, SVG)
//!                 └──▶ flights: where messages are at this frame (canvas)
//! ```
//!
//! | module | what it is |
//! |---|---|
//! | [`stage`] | the world on this page, the cursor in virtual time, and what is looked at |
//! | [`story`] | the life of one request, put together from its events |
//! | [`selection`] | what the reader looks into |
//! | [`inspected`] | what there is to know of that |
//! | [`suggestions`] | what a stranger could try next |
//! | [`address`] | what the page's address asks for |
//! | [`chart`], [`recent`] | where the columns of a histogram stand; the last minute in lines |
//! | [`motion`] | where messages are between their ends |
//! | [`scene`], [`view`] | what the picture and the panels show until the next event |
//! | [`seats`] | where nodes sit around the ring: all but those that are gone |
//! | [`course`] | the run and its branches as the transport shows them |
//! | [`pace`], [`transcript`] | how fast time passes; what was commanded and what came of it |
//! | [`trouble`] | what is wrong in the cluster, in words, and what ends it |
//! | [`opening`] | what the page begins with, and how that moves before the engine is there |
//! | [`loader`], [`snapshots`] | items of sample data and files by quorum puts; where snapshots are kept |
//! | [`incoming`], `dropping` | files: what they are, by name; what is dragged onto the page |
//! | [`elastic`] | changes of ownership: stages, what moves, what waits |
//! | [`tables`] | requests to tables: from the form's fields to the line, and from the response |
//! | [`recovery`] | a table as it was beside what it is |
//! | [`geometry`], [`outline`], [`palette`] | where things are, how they are outlined, in what colours |
//! | `driver` | animation frames, the canvas, and what panels may ask for |
//! | `app`, `layout`, `side` | the page's frame, and where everything is in it |
//! | `hooks` | states that many components have |
//! | `transport`, `panels`, `invitation`, `ring`, [`timeline`] | the components |
//!
//! What needs no browser is built and tested natively too.

pub mod address;
pub mod chart;
pub mod course;
pub mod elastic;
pub mod geometry;
pub mod incoming;
pub mod inspected;
pub mod loader;
pub mod motion;
pub mod opening;
pub mod outline;
pub mod pace;
pub mod palette;
pub mod recent;
pub mod recovery;
pub mod scene;
pub mod seats;
pub mod selection;
pub mod snapshots;
pub mod stage;
pub mod story;
pub mod suggestions;
pub mod tables;
pub mod timeline;
pub mod transcript;
pub mod trouble;
pub mod view;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod driver;
#[cfg(target_arch = "wasm32")]
mod dropping;
#[cfg(target_arch = "wasm32")]
mod hooks;
#[cfg(target_arch = "wasm32")]
mod invitation;
#[cfg(target_arch = "wasm32")]
mod keys;
#[cfg(target_arch = "wasm32")]
mod layout;
#[cfg(target_arch = "wasm32")]
mod panels;
#[cfg(target_arch = "wasm32")]
mod panic;
#[cfg(target_arch = "wasm32")]
pub mod ring;
#[cfg(target_arch = "wasm32")]
mod side;
#[cfg(target_arch = "wasm32")]
mod transport;

#[cfg(target_arch = "wasm32")]
pub use app::mount;
#[cfg(target_arch = "wasm32")]
pub use driver::reader;
