//! The page, built by Trunk: Rust to wasm, wasm-bindgen's glue, `wasm-opt`, hashed file names.

use crate::project::{Project, output, prepare};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
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

/// Builds the engine alone with the page's profile, for measuring, and a page that offers it as
/// `window.engine`; returns the folder that holds both.
pub fn build_engine_alone(project: &Project) -> Result<PathBuf> {
    let mut cargo = project.cargo(["build", "--quiet", "--profile=page", "--bench=browser"]);
    cargo.args(["--target=wasm32-unknown-unknown", "--message-format=json"]);
    let messages = output(&mut cargo).context("the engine did not build for wasm32")?;
    let built = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == "browser")
        .find_map(|message| message["filenames"][0].as_str().map(str::to_owned))
        .context("cargo did not say where it put the engine")?;
    let folder = project.at("target/bench-page");
    fs::create_dir_all(&folder)?;
    let mut glue = project.command("wasm-bindgen");
    glue.args(["--target=web", "--no-typescript", "--out-name=engine", "--out-dir"]);
    prepare(glue.arg(&folder).arg(built)).context("wasm-bindgen failed")?;
    fs::write(folder.join("index.html"), ENGINE_PAGE)?;
    Ok(folder)
}

const ENGINE_PAGE: &str = r#"<!doctype html>
<title>Ringscope's engine</title>
<script type="module">
  import init, { prepare, run } from "./engine.js";
  await init();
  window.engine = { prepare, run };
</script>
"#;
