//! The cluster as JavaScript speaks to it: requests of DynamoDB's, lines, and time.
//!
//! ```text
//!   www/api/ringscope.js      promises, listeners, errors as classes, types       what people import
//!        │ engine.wasm        src/js_main.rs: the exports                         thin
//!        ▼
//!   Cluster                   requests at one instant, lines, time, news          here, and native
//!     read · give · tell      inputs from bytes, outputs and events as objects    here
//! ```
//!
//! Objects cross without JSON text in between. An input comes as one row of bytes, and becomes the tree
//! that a request's text would become: read member by member through `serde-wasm-bindgen` it takes
//! several times as long, and a getter that throws would do so in the middle of ours. An output
//! becomes objects member by member; events, by `serde-wasm-bindgen`.
//!
//! **A cluster keeps a record, or none.** With one it is a scenario session: its run has a digest,
//! lines can go back in it, and each request's input is kept with it. Without one it is the world
//! alone, several times as fast, and takes no more memory the longer it runs.
//!
//! The exports stand in a binary of their own, because what a library exports would be in the page as
//! well.
//!
//! Must never know: the page, promises.
//!
//! Caveats: outputs are not written by `serde`, since an attribute may be called `__proto__`, and
//! assigning that is another thing than having a member of this name. A single line that makes more
//! events happen than [`Keep::PAGE`](crate::travel::Keep::PAGE) tells only the last ones.

mod cluster;
mod config;
#[cfg(target_arch = "wasm32")]
mod give;
mod read;
mod tell;
#[cfg(test)]
mod tests;

pub use cluster::Cluster;
pub use config::config;
#[cfg(target_arch = "wasm32")]
pub use give::{give, give_error, give_mistake};
pub use read::{requests, value};
pub use tell::Told;
