//! Driving the built page in a real browser: a server beside us, and Node with the scripts of
//! `tests/e2e`, which get the address in `RINGSCOPE_URL` and the browsers in `CHROMIUM` and `FIREFOX`.

use crate::project::Project;
use crate::server::Server;
use crate::setup::Browsers;
use anyhow::{Result, bail};
use std::path::Path;
use std::process::Command;

/// Not the root, so that an address that is not relative is found out.
const PREFIX: &str = "/some/course/ringscope/";

/// Serves the built page for the rest of this process and returns a Node command that may use it.
pub fn node(project: &Project, browsers: &Browsers, dist: &Path) -> Result<Command> {
    if !dist.join("index.html").is_file() {
        bail!("no page in {}: build it first by `cargo xtask dist`", dist.display());
    }
    let server = Server::bind(dist, PREFIX, 0)?;
    let mut command = project.command("node");
    command.env("RINGSCOPE_URL", server.address());
    command.env("CHROMIUM", &browsers.chromium).env("FIREFOX", &browsers.firefox);
    server.serve_beside();
    Ok(command)
}
