//! `cargo xtask shots`: pictures of named states of the page, to look at before calling a screen
//! done. The states and how to reach them are in `tests/e2e/shots.mjs`.

use crate::project::{Project, run as run_command};
use crate::{e2e, page, setup};
use anyhow::Result;
use std::fs;

pub fn run(project: &Project, states: &[String]) -> Result<()> {
    let browsers = setup::for_tests(project)?;
    let dist = page::build(project)?;
    let folder = project.at("target/shots");
    fs::create_dir_all(&folder)?;
    let mut node = e2e::node(project, &browsers, &dist)?;
    node.arg("tests/e2e/shots.mjs").arg(&folder).args(states);
    run_command(&mut node)
}
