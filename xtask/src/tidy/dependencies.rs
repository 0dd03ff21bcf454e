//! No browser crate below the page: the engine runs natively for tests, benchmarks and the command
//! line, and what it does there must be all that it does.

use crate::project::{Project, output};
use anyhow::Result;

const PACKAGE: &str = "ringscope";
const NATIVE_TARGET: &str = "x86_64-unknown-linux-gnu";
/// Names, and beginnings of names, of crates that speak to a browser.
const BROWSER: [&str; 5] = ["yew", "gloo", "web-sys", "js-sys", "wasm-bindgen"];

pub fn check(project: &Project) -> Result<Vec<String>> {
    let mut tree = project.cargo(["tree", "--quiet", "--package", PACKAGE, "--edges", "normal"]);
    tree.args(["--target", NATIVE_TARGET, "--prefix", "none", "--format", "{p}"]);
    Ok(browser_crates(&output(&mut tree)?).iter().map(|name| explain(name)).collect())
}

fn explain(name: &str) -> String {
    format!(
        "`{name}` is in the native dependency tree: make it a dependency of \
         `cfg(target_arch = \"wasm32\")` only (`cargo tree -e normal -i {name}` shows who asks)"
    )
}

fn browser_crates(tree: &str) -> Vec<&str> {
    let names = tree.lines().filter_map(|line| line.split_whitespace().next());
    let mut found: Vec<&str> = names.filter(|name| is_of_a_browser(name)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn is_of_a_browser(name: &str) -> bool {
    BROWSER.iter().any(|family| {
        name.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browser_crates_are_found_with_their_families() {
        let tree = "ringscope v0.1.0 (here)\nserde v1.0.0\ngloo-utils v0.2.0\nyew v0.23.0\n\
                    yew v0.23.0 (*)\nyewel v1.0.0\nwasm-bindgen-futures v0.4.0\n";
        assert_eq!(browser_crates(tree), ["gloo-utils", "wasm-bindgen-futures", "yew"]);
    }
}
