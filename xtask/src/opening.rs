//! `cargo xtask opening`: what the page shows before the engine is there, taken anew. The tests that
//! compare it with what happens also write it; see `src/ui/opening.rs`.

use crate::project::{Project, run as run_command};
use crate::{e2e, page, setup};
use anyhow::Result;

pub fn run(project: &Project) -> Result<()> {
    let browsers = setup::for_tests(project)?;
    let mut messages = project.cargo(["test", "--quiet", "--test", "opening"]);
    run_command(messages.env("UPDATE_GOLDENFILES", "1"))?;
    let dist = page::build(project)?;
    let mut pictures = e2e::node(project, &browsers, &dist)?;
    pictures.args(["--test", "--test-name-pattern=kept picture", "tests/e2e/opening.test.mjs"]);
    run_command(pictures.env("UPDATE_GOLDENFILES", "1"))?;
    println!("www/opening is up to date: look at the page, then commit it");
    Ok(())
}
