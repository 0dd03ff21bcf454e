//! Properties that hold for every input, tried on random ones.
//!
//! Each is checked against a model that is as plain as possible and shares no code with the engine.

#![cfg(not(target_arch = "wasm32"))]

#[path = "properties/anti_entropy.rs"]
mod anti_entropy;
#[path = "properties/api.rs"]
mod api;
#[path = "properties/faults.rs"]
mod faults;
#[path = "properties/language.rs"]
mod language;
#[path = "properties/plan.rs"]
mod plan;
#[path = "properties/quorum.rs"]
mod quorum;
#[path = "properties/ring.rs"]
mod ring;
#[path = "properties/runs.rs"]
mod runs;
#[path = "properties/safety.rs"]
mod safety;
#[path = "properties/storage.rs"]
mod storage;
#[path = "properties/travel.rs"]
mod travel;
