//! `cargo xtask test`: every check there is, each a named step, with a table at the end.
//!
//! A failing step does not hide the ones after it. The steps share as few combinations of profile
//! and target as possible, since each is a build of all dependencies: clippy and rustdoc share one
//! per target, native tests and wasm tests have one each, the page is the release build.

use crate::project::{Project, run as run_command};
use crate::setup::{Browsers, WASM_TARGET};
use crate::{e2e, page, setup, table, tidy};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Args)]
pub struct Options {
    /// Run only these steps (fmt, clippy, doc, native, wasm, page, e2e, tidy)
    #[arg(long, value_delimiter = ',', value_name = "STEP")]
    only: Vec<String>,
    /// Leave these steps out
    #[arg(long, value_delimiter = ',', value_name = "STEP")]
    skip: Vec<String>,
}

struct Step {
    name: &'static str,
    /// What it checks, for the reader of a long log.
    what: &'static str,
    /// Without this step's success it cannot tell anything.
    needs: Option<&'static str>,
    run: fn(&Project, &Browsers) -> Result<()>,
}

const STEPS: [Step; 8] = [
    Step { name: "fmt", what: "formatting", needs: None, run: fmt },
    Step { name: "clippy", what: "lints, natively and for wasm32", needs: None, run: clippy },
    Step { name: "doc", what: "documentation and its links", needs: None, run: doc },
    Step { name: "native", what: "unit, golden and property tests", needs: None, run: native },
    Step { name: "wasm", what: "tests inside headless Chromium", needs: None, run: wasm },
    Step {
        name: "page",
        what: "the release build of the page and the API",
        needs: None,
        run: build_page,
    },
    Step { name: "e2e", what: "the built page, driven in browsers", needs: Some("page"), run: e2e },
    Step { name: "tidy", what: "imports, dependencies, lengths", needs: None, run: check_tidy },
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    NotRun,
}

pub fn run(project: &Project, options: &Options) -> Result<()> {
    let steps = chosen(options)?;
    let start = Instant::now();
    let browsers = setup::for_tests(project)?;
    let mut rows = vec![row("set-up", "passed", start)];
    let mut outcomes: Vec<(&str, Outcome)> = Vec::new();
    for step in steps {
        let needed = outcomes.iter().find(|(name, _)| Some(*name) == step.needs);
        let outcome = if needed.is_some_and(|(_, outcome)| *outcome != Outcome::Passed) {
            rows.push(row(step.name, "not run", Instant::now()));
            Outcome::NotRun
        } else {
            println!("\n── {}: {}", step.name, step.what);
            let start = Instant::now();
            let result = (step.run)(project, &browsers);
            if let Err(error) = &result {
                eprintln!("error: {error:#}");
            }
            rows.push(row(step.name, if result.is_ok() { "passed" } else { "FAILED" }, start));
            if result.is_ok() { Outcome::Passed } else { Outcome::Failed }
        };
        outcomes.push((step.name, outcome));
    }
    rows.push(row("together", "", start));
    println!("\n{}", table::render(&rows));
    let failed: Vec<_> =
        outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Failed).map(|it| it.0).collect();
    if failed.is_empty() {
        return Ok(());
    }
    bail!("failed: {}; run one again by `cargo xtask test --only {}`", failed.join(", "), failed[0])
}

fn row(name: &str, outcome: &str, start: Instant) -> Vec<String> {
    let seconds = format!("{:.1} s", start.elapsed().as_secs_f64());
    vec![name.to_owned(), outcome.to_owned(), seconds]
}

fn chosen(options: &Options) -> Result<Vec<&'static Step>> {
    for name in options.only.iter().chain(&options.skip) {
        if !STEPS.iter().any(|step| step.name == name) {
            let names = STEPS.map(|step| step.name).join(", ");
            bail!("there is no step {name:?}: the steps are {names}");
        }
    }
    let is_in = |names: &[String], step: &Step| names.iter().any(|name| name == step.name);
    let steps = STEPS.iter().filter(|step| options.only.is_empty() || is_in(&options.only, step));
    Ok(steps.filter(|step| !is_in(&options.skip, step)).collect())
}

fn fmt(project: &Project, _: &Browsers) -> Result<()> {
    run_command(&mut project.cargo(["fmt", "--all", "--check"]))
        .context("`cargo fmt --all` mends it")
}

fn clippy(project: &Project, _: &Browsers) -> Result<()> {
    let deny = ["--", "-D", "warnings"];
    let native = ["clippy", "--workspace", "--all-targets"];
    run_command(project.cargo(native).args(deny))?;
    let page = ["clippy", "--package", "ringscope", "--lib", "--bins", "--test", "browser*"];
    run_command(project.cargo(page).args(["--target", WASM_TARGET]).args(deny))
}

fn doc(project: &Project, _: &Browsers) -> Result<()> {
    for target in [None, Some(["--package", "ringscope", "--target", WASM_TARGET])] {
        let mut command = project.cargo(["doc", "--no-deps"]);
        match target {
            None => command.arg("--workspace"),
            Some(arguments) => command.args(arguments),
        };
        run_command(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(())
}

fn native(project: &Project, _: &Browsers) -> Result<()> {
    run_command(&mut project.cargo(["test", "--workspace", "--no-fail-fast"]))
}

/// Tests of the library and of `tests/browser*.rs`; the other files in `tests` are native.
fn wasm(project: &Project, browsers: &Browsers) -> Result<()> {
    let mut command = project.cargo(["test", "--package", "ringscope", "--no-fail-fast"]);
    command.args(["--lib", "--test", "browser*", "--target", WASM_TARGET]);
    let runner = project.tools().join("bin/wasm-bindgen-test-runner");
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    command.env("CHROMEDRIVER", &browsers.driver);
    // Also for a test file that does not ask for a browser: Node would be another engine.
    command.env("WASM_BINDGEN_USE_BROWSER", "1");
    // Seconds until a stuck browser is given up; generous, for a machine with other work.
    command.env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    run_command(&mut command)
}

fn build_page(project: &Project, _: &Browsers) -> Result<()> {
    page::build_all(project).map(drop)
}

fn e2e(project: &Project, browsers: &Browsers) -> Result<()> {
    let mut node = e2e::node(project, browsers, &project.at("dist"))?;
    node.args(["--test", "--test-reporter=spec"]).args(e2e_files(project)?);
    run_command(&mut node)
}

/// Listed here, because Node 20 does not expand patterns.
fn e2e_files(project: &Project) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(project.at("tests/e2e")).context("reading tests/e2e")? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn check_tidy(project: &Project, _: &Browsers) -> Result<()> {
    tidy::run(project, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>> {
        let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        let steps = chosen(&Options { only: owned(only), skip: owned(skip) })?;
        Ok(steps.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_are_chosen_in_their_order() {
        assert_eq!(names(&[], &[]).unwrap().len(), STEPS.len());
        assert_eq!(names(&["e2e", "fmt"], &[]).unwrap(), ["fmt", "e2e"]);
        assert_eq!(names(&["e2e", "fmt"], &["e2e"]).unwrap(), ["fmt"]);
        let error = names(&["format"], &[]).unwrap_err().to_string();
        assert!(error.contains("fmt, clippy"), "{error}");
    }

    #[test]
    fn a_step_needs_only_what_comes_before_it() {
        for (index, step) in STEPS.iter().enumerate() {
            let before = |name| STEPS[..index].iter().any(|other| other.name == name);
            assert!(step.needs.is_none_or(before), "{}", step.name);
        }
    }
}
