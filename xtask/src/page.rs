//! The page, built by Trunk: Rust to wasm, wasm-bindgen's glue, `wasm-opt`, hashed file names. And
//! the JavaScript API beside it, in `api/`: the same steps by hand, since Trunk builds one binary.

use crate::project::{Project, output, prepare};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Builds everything that is published, the JavaScript API included, and returns the folder that holds
/// it.
pub fn build_all(project: &Project) -> Result<PathBuf> {
    let dist = build(project)?;
    build_api(project, &dist.join("api"))?;
    Ok(dist)
}

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
    let folder = project.at("target/bench-page");
    build_module(project, ["--profile=page", "--bench=browser"], "browser", &folder)?;
    fs::write(folder.join("index.html"), ENGINE_PAGE)?;
    Ok(folder)
}

/// Builds the JavaScript API beside an empty page, for measuring; returns the folder that holds both.
pub fn build_api_alone(project: &Project) -> Result<PathBuf> {
    let folder = project.at("target/bench-api");
    build_api(project, &folder.join("api"))?;
    fs::write(folder.join("index.html"), "<!doctype html>\n<title>Ringscope's API</title>\n")?;
    Ok(folder)
}

/// Builds the JavaScript API: its written files, and the engine that they import.
fn build_api(project: &Project, folder: &Path) -> Result<()> {
    build_module(project, ["--profile=api", "--bin=ringscope-js"], "ringscope-js", folder)?;
    let wasm = folder.join("engine_bg.wasm");
    let mut optimise = project.command("wasm-opt");
    optimise.args(["-O3", "-o"]).arg(&wasm).arg(&wasm).args(wasm_opt_params(project)?);
    prepare(&mut optimise).context("wasm-opt failed on the JavaScript API")?;
    for file in ["ringscope.js", "ringscope.d.ts", "bytes.js"] {
        let written = project.at("www/api").join(file);
        fs::copy(&written, folder.join(file)).with_context(|| format!("copying {written:?}"))?;
    }
    Ok(())
}

/// Compiles one target for wasm32, with wasm-bindgen's glue: `engine.js` and `engine_bg.wasm`.
fn build_module(project: &Project, what: [&str; 2], name: &str, folder: &Path) -> Result<()> {
    let mut cargo = project.cargo(["build", "--quiet"]);
    cargo.args(what).args(["--target=wasm32-unknown-unknown", "--message-format=json"]);
    let messages = output(&mut cargo).context("the engine did not build for wasm32")?;
    let built = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["filenames"][0].as_str().map(str::to_owned))
        .context("cargo did not say where it put the engine")?;
    fs::create_dir_all(folder)?;
    let mut glue = project.command("wasm-bindgen");
    glue.args(["--target=web", "--no-typescript", "--out-name=engine", "--out-dir"]);
    prepare(glue.arg(folder).arg(built)).context("wasm-bindgen failed")
}

/// What `wasm-opt` may use and does last: index.html says it to Trunk, and why.
fn wasm_opt_params(project: &Project) -> Result<Vec<String>> {
    let page = fs::read_to_string(project.at("index.html")).context("reading index.html")?;
    let named = page.split("data-wasm-opt-params=\"").nth(1).and_then(|it| it.split('"').next());
    let named = named.context("index.html has no data-wasm-opt-params")?;
    Ok(named.split_whitespace().map(str::to_owned).collect())
}

const ENGINE_PAGE: &str = r#"<!doctype html>
<title>Ringscope's engine</title>
<script type="module">
  import init, { prepare, run } from "./engine.js";
  await init();
  window.engine = { prepare, run };
</script>
"#;
