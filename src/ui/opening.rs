//! The opening: what the page shows first, and how it is shown before the engine is there.
//!
//! The engine is deterministic, so the first write can be told before it is computed on the
//! reader's machine: its messages and its pictures are kept in `www/opening`, and a few lines of
//! JavaScript play them while the wasm is on its way. The engine then takes over at the instant
//! that was reached.
//!
//! ```text
//!   messages.html   when which message goes where: from the engine, by `tests/opening.rs`
//!   picture.html    the page at the beginning, and what changes in it when: taken from the page
//!                   itself, by `tests/e2e/opening.test.mjs`
//!   opening.js      plays both
//! ```
//!
//! Both tests fail when what is kept is no longer what happens; `cargo xtask opening` writes it anew.

use super::stage::Stage;
use crate::sim::{ClusterConfig, World};

/// The lines that the page begins with. The item's walk passes a vnode of a node that it has met
/// already, and its entry node is no owner: the picture shows forwarding and skipping at once.
const LINES: [&str; 2] = [
    "table Airports iata",
    "put Airports DEN '{\"name\":\"Denver Intl\",\"city\":\"Denver\",\"state\":\"CO\"}'",
];

/// The stage as the page opens, with one quorum write about to move.
pub fn stage() -> Stage {
    let config = ClusterConfig { vnodes: 8, seed: 7, ..ClusterConfig::default() };
    let mut stage = Stage::new(World::new(config).expect("the opening cluster makes sense"));
    for line in LINES {
        stage.act(line).expect("the opening lines make sense");
    }
    stage
}
