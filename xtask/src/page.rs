//! The page, built by Trunk: Rust to wasm, wasm-bindgen's glue, `wasm-opt`, hashed file names.

use crate::project::{Project, prepare};
use anyhow::{Context, Result};
use std::path::PathBuf;

/// Builds the release page and returns the folder that holds it.
pub fn build(project: &Project) -> Result<PathBuf> {
    // Trunk is kept off the network, and it hands that on to cargo: crates come first. All of
    // them, since Trunk asks for the metadata of every platform's.
    prepare(&mut project.cargo(["fetch", "--quiet"]))
        .context("crates could not be fetched: is crates.io reachable?")?;
    let mut trunk = project.command("trunk");
    trunk.args(["build", "--release", "--offline"]);
    // Trunk takes this for a yes-or-no option and stops at the customary `NO_COLOR=1`.
    trunk.env_remove("NO_COLOR");
    // Its minifier does not know `export { x as default }` and says so about every wasm-bindgen
    // glue, which is then taken as it is.
    trunk.arg("--log=error,trunk=warn,trunk::processing::minify=error");
    prepare(&mut trunk).context("the page did not build; the compiler's message is above")?;
    Ok(project.at("dist"))
}
