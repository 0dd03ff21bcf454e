//! Set-up: installs what is missing, and is quick when nothing is.
//!
//! What a command needs beyond Rust's stable toolchain and Node:
//!
//! | what | from | for |
//! |---|---|---|
//! | target `wasm32-unknown-unknown` | rustup | the page |
//! | Trunk, the wasm-bindgen command line | crates.io, into the cache folder | the page |
//! | `wasm-opt`, sample data, Playwright | npm, by the lock file | the page, end-to-end tests |
//! | Chromium and its driver, Firefox | apt | wasm tests, end-to-end tests |
//!
//! Versions are fixed. The wasm-bindgen command line must match the crate to the digit, which a
//! test below checks; Trunk is told the versions of its tools so that it uses ours and never
//! downloads any.

use crate::project::{Project, find_program, prepare, probe};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// The oldest Node that `wasm-opt` was seen to run on: Debian 12's own.
const NODE_FOR_PAGE: u32 = 18;
/// The oldest that Playwright supports.
const NODE_FOR_TESTS: u32 = 20;

/// A program that `cargo install` builds into the cache folder.
struct Tool {
    package: &'static str,
    program: &'static str,
    version: &'static str,
    minutes: u32,
}

const WASM_BINDGEN: Tool =
    Tool { package: "wasm-bindgen-cli", program: "wasm-bindgen", version: "0.2.126", minutes: 3 };
const TRUNK: Tool = Tool { package: "trunk", program: "trunk", version: "0.21.14", minutes: 8 };

/// The browsers that the page is tested in, and Chromium's WebDriver server.
pub struct Browsers {
    pub chromium: PathBuf,
    pub driver: PathBuf,
    /// Needs no driver: it speaks WebDriver BiDi itself, and so does Playwright.
    pub firefox: PathBuf,
}

/// A program that the tests drive or are driven by.
struct Wanted {
    /// Names another place for it.
    variable: &'static str,
    programs: &'static [&'static str],
    /// Debian's package of it.
    package: &'static str,
}

const BROWSERS: [Wanted; 3] = [
    Wanted {
        variable: "CHROMIUM",
        programs: &["chromium", "chromium-browser", "google-chrome"],
        package: "chromium",
    },
    Wanted { variable: "CHROMEDRIVER", programs: &["chromedriver"], package: "chromium-driver" },
    Wanted { variable: "FIREFOX", programs: &["firefox-esr", "firefox"], package: "firefox-esr" },
];

impl Wanted {
    fn find(&self) -> Option<PathBuf> {
        let named = std::env::var_os(self.variable).map(PathBuf::from);
        named.or_else(|| self.programs.iter().find_map(|program| find_program(program)))
    }
}

/// What building the page needs.
pub fn for_page(project: &Project) -> Result<()> {
    check_node(project, NODE_FOR_PAGE)?;
    wasm_target(project)?;
    for tool in [&WASM_BINDGEN, &TRUNK] {
        cargo_tool(project, tool)?;
    }
    // Only a leftover of interrupted or finished builds; they are kept apart so that an
    // interrupted one continues.
    let leftover = build_folder(project);
    if leftover.exists() {
        fs::remove_dir_all(&leftover).with_context(|| format!("removing {leftover:?}"))?;
    }
    npm_packages(project)
}

/// What the tests need besides: formatter, linter and browsers.
pub fn for_tests(project: &Project) -> Result<Browsers> {
    check_node(project, NODE_FOR_TESTS)?;
    for_page(project)?;
    for (component, subcommand) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if probe(&mut project.cargo([subcommand, "--version"])).is_none() {
            say(&format!("Adding the Rust component {component} (seconds)"));
            let mut command = project.command("rustup");
            prepare(command.args(["component", "add", component])).with_context(|| {
                format!("`cargo {subcommand}` is missing: install it as your Rust came")
            })?;
        }
    }
    browsers(project)
}

fn say(what: &str) {
    eprintln!("── {what}");
}

fn wasm_target(project: &Project) -> Result<()> {
    let mut query = project.command("rustc");
    let libraries = probe(query.args(["--print", "target-libdir", "--target", WASM_TARGET]));
    if libraries.is_some_and(|folder| PathBuf::from(folder).is_dir()) {
        return Ok(());
    }
    say(&format!("Adding the Rust target {WASM_TARGET} (a download of 20 MB)"));
    prepare(project.command("rustup").args(["target", "add", WASM_TARGET])).with_context(|| {
        format!("without rustup, install the standard library for {WASM_TARGET} as your Rust came")
    })
}

fn cargo_tool(project: &Project, tool: &Tool) -> Result<()> {
    let Tool { package, program, version, minutes } = tool;
    let installed = project.tools().join("bin").join(program);
    let wanted = format!("{program} {version}");
    if probe(project.command(&installed).arg("--version")).is_some_and(|line| line == wanted) {
        return Ok(());
    }
    say(&format!(
        "Installing {package} {version} into {} (compiled here, once: about {minutes} minutes)",
        project.tools().display()
    ));
    fs::create_dir_all(project.tools())
        .with_context(|| format!("creating {:?}: set RINGSCOPE_CACHE", project.tools()))?;
    let mut install = project.cargo(["install", "--locked", "--force", "--root"]);
    install.arg(project.tools()).arg(format!("{package}@{version}"));
    // Not in the repository: its settings are none of this tool's business.
    install.current_dir(project.tools());
    install.env("CARGO_TARGET_DIR", build_folder(project));
    prepare(&mut install).with_context(|| {
        format!(
            "{package} did not build: it needs crates.io and a C compiler \
             (Debian: apt-get install build-essential); the next run continues where this one ended"
        )
    })
}

fn build_folder(project: &Project) -> PathBuf {
    project.tools().join("build")
}

fn npm_packages(project: &Project) -> Result<()> {
    if npm_is_current(project) {
        return Ok(());
    }
    say("Installing development packages from npm (about half a minute)");
    let arguments = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    prepare(project.command("npm").args(arguments))
        .context("npm could not install what package-lock.json lists: is its registry reachable?")
}

/// Refuses a Node that is missing or too old.
fn check_node(project: &Project, oldest: u32) -> Result<()> {
    let node = probe(project.command("node").arg("--version"));
    let major = node.as_deref().and_then(|it| it.trim_start_matches('v').split('.').next());
    if major.and_then(|it| it.parse().ok()).unwrap_or(0) < oldest {
        let found = node.unwrap_or_else(|| "none".to_owned());
        bail!("Node {oldest} or later is needed, with npm (https://nodejs.org); found: {found}");
    }
    Ok(())
}

/// Whether `node_modules` holds exactly what the lock file lists, by npm's own record.
fn npm_is_current(project: &Project) -> bool {
    let read = |relative| fs::read_to_string(project.at(relative)).ok();
    let wanted = read("package-lock.json").and_then(|text| npm_packages_in(&text));
    let installed = read("node_modules/.package-lock.json").and_then(|text| npm_packages_in(&text));
    wanted.is_some() && wanted == installed
}

/// Folder and digest of each package in a lock file.
fn npm_packages_in(lock: &str) -> Option<BTreeMap<String, String>> {
    let lock: Value = serde_json::from_str(lock).ok()?;
    let packages = lock.get("packages")?.as_object()?.iter();
    // The nameless entry is our own package.json, which npm's record leaves out.
    let packages = packages.filter(|(folder, _)| !folder.is_empty());
    packages
        .map(|(folder, entry)| Some((folder.clone(), entry.get("integrity")?.as_str()?.to_owned())))
        .collect()
}

/// Finds the browsers, and installs Debian's where one is missing.
fn browsers(project: &Project) -> Result<Browsers> {
    let missing: Vec<&Wanted> = BROWSERS.iter().filter(|wanted| wanted.find().is_none()).collect();
    if !missing.is_empty() {
        install_browsers(project, &missing)?;
    }
    let [chromium, driver, firefox] = BROWSERS.map(|wanted| {
        wanted.find().with_context(|| format!("apt-get brought no {}", wanted.package))
    });
    Ok(Browsers { chromium: chromium?, driver: driver?, firefox: firefox? })
}

fn install_browsers(project: &Project, missing: &[&Wanted]) -> Result<()> {
    let packages: Vec<&str> = missing.iter().map(|wanted| wanted.package).collect();
    let variables: Vec<&str> = missing.iter().map(|wanted| wanted.variable).collect();
    let (packages, variables) = (packages.join(" "), variables.join(" and "));
    let by_hand = format!(
        "install them (Debian: apt-get install {packages}), or name in {variables} where they are"
    );
    if find_program("apt-get").is_none() {
        bail!("browsers for the tests are missing, and there is no apt-get: {by_hand}");
    }
    say(&format!("Installing Debian's {packages} for the tests (a download of 100 MB each)"));
    apt_get(project, &["update"]).with_context(|| by_hand.clone())?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(packages.split(' '));
    apt_get(project, &install).with_context(|| by_hand)
}

fn apt_get(project: &Project, arguments: &[&str]) -> Result<()> {
    let user = probe(Command::new("id").arg("-u"));
    let mut command = if user.as_deref() == Some("0") {
        project.command("apt-get")
    } else {
        // Never asks for a password: there may be nobody to type it.
        let mut sudo = project.command("sudo");
        sudo.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        sudo
    };
    prepare(command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q").args(arguments))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(file: &str) -> String {
        fs::read_to_string(format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    #[test]
    fn every_file_names_the_same_versions() {
        let version = WASM_BINDGEN.version;
        assert!(repository("Cargo.toml").contains(&format!("wasm-bindgen = \"={version}\"")));
        assert!(repository("Trunk.toml").contains(&format!("wasm_bindgen = \"{version}\"")));
        let locked = format!("name = \"wasm-bindgen\"\nversion = \"{version}\"");
        assert!(repository("Cargo.lock").contains(&locked));

        let package: Value = serde_json::from_str(&repository("package.json")).unwrap();
        let binaryen = package["devDependencies"]["binaryen"].as_str().unwrap();
        let major = binaryen.split('.').next().unwrap();
        assert!(repository("Trunk.toml").contains(&format!("wasm_opt = \"version_{major}\"")));
    }

    #[test]
    fn npm_is_current_when_all_packages_agree() {
        let lock = r#"{"packages": {"": {"name": "us"}, "node_modules/a": {"integrity": "x"}}}"#;
        let same = r#"{"packages": {"node_modules/a": {"integrity": "x", "dev": true}}}"#;
        let other = r#"{"packages": {"node_modules/a": {"integrity": "y"}}}"#;
        assert_eq!(npm_packages_in(lock), npm_packages_in(same));
        assert_ne!(npm_packages_in(lock), npm_packages_in(other));
        assert_eq!(npm_packages_in("{"), None);
    }
}
