//! The import rule: layers from left to right, right may import left, never the reverse, and
//! modules of one layer do not import each other.
//!
//! A path counts wherever it stands, in a `use` or in an expression: `crate::…`, `ringscope::…`,
//! `super::…` where it climbs out of a top-level module, and every branch of a nested list. What
//! the crate's root re-exports must be named by its module, since it would hide the layer.

use super::File;
use super::source::{Token, is_name, tokens};

/// Left to right; the modules of one row do not know each other.
const LAYERS: &[&[&str]] = &[
    &["base"],
    &["data", "ring", "causality", "consensus"],
    &["expression", "storage"],
    &[
        "coordinator",
        "membership",
        "handoff",
        "anti_entropy",
        "index",
        "expiry",
        "balancer",
        "backup",
    ],
    &["node"],
    &["sim"],
    &["travel"],
    &["api"],
    &["scenario"],
    &["lab", "lesson", "transfer"],
    &["js", "ui", "cli"],
];

/// A path from the crate's root: its first segment, what follows it, and where it stands.
#[derive(Debug, PartialEq, Eq)]
struct Reference<'a> {
    segment: &'a str,
    line: usize,
}

pub fn check(files: &[File]) -> Vec<String> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<String> {
    let Some(path) = module_path(&file.path) else {
        return Vec::new();
    };
    // The root and the binaries bring everything together.
    let Some(own) = path.first().copied() else {
        return Vec::new();
    };
    let Some(own_layer) = layer(own) else {
        return vec![format!(
            "{}: module `{own}` has no layer: give it one in the design's picture, in src/lib.rs \
             and in xtask/src/tidy/imports.rs",
            file.path
        )];
    };
    let complain = |reference: Reference| {
        let Reference { segment, line } = reference;
        let at = format!("{}:{line}", file.path);
        match layer(segment) {
            _ if segment == own => None,
            Some(other) if other < own_layer => None,
            Some(other) if other == own_layer => Some(format!(
                "{at}: `{own}` imports `{segment}`, which stands beside it: move what both need to \
                 the left, or what joins them to the right"
            )),
            Some(_) => Some(format!(
                "{at}: `{own}` imports `{segment}`, which stands to its right: turn the \
                 dependency round, or move what is needed to the left"
            )),
            None => Some(format!(
                "{at}: `{own}` imports `{segment}` from the crate's root: name the module that it \
                 lives in"
            )),
        }
    };
    references(&path, &tokens(&file.text)).into_iter().filter_map(complain).collect()
}

fn layer(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// `src/ring/token.rs` is the module `ring::token`; files outside of `src` are none of ours.
fn module_path(file: &str) -> Option<Vec<&str>> {
    let inside = file.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut path: Vec<&str> = inside.split('/').collect();
    if matches!(path.last(), Some(&"mod")) || matches!(path[..], ["lib" | "main" | "js_main"]) {
        path.pop();
    }
    Some(path)
}

/// All paths of a file that lead through the crate's root.
fn references<'a>(file: &[&'a str], tokens: &[Token<'a>]) -> Vec<Reference<'a>> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut found = Vec::new();
    // Inline modules around this token, each with the depth of braces outside of it.
    let mut inline: Vec<usize> = Vec::new();
    let mut depth = 0;
    for at in 0..tokens.len() {
        match text(at) {
            "{" => {
                if at >= 2 && text(at - 2) == "mod" && is_name(text(at - 1)) {
                    inline.push(depth);
                }
                depth += 1;
            }
            "}" => {
                depth = depth.saturating_sub(1);
                if inline.last() == Some(&depth) {
                    inline.pop();
                }
            }
            "crate" | "ringscope" | "super" if text(at + 1) == "::" && starts_path(tokens, at) => {
                let climbs = (0..).take_while(|step| text(at + 2 * step) == "super").count();
                let depth = file.len() + inline.len();
                // `super` that stays inside a top-level module concerns nobody else.
                if climbs == 0 || climbs == depth {
                    let after = if climbs == 0 { at + 2 } else { at + 2 * climbs };
                    branches(tokens, after, &mut found);
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether this is the first segment of its path; `self::super::x` is `super::x`.
fn starts_path(tokens: &[Token], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).map_or("", |at| tokens[at].text);
    before(1) != "::" || before(2) == "self" || !is_name(before(2)) || before(2) == "use"
}

/// The first segments of the path or nested list that begins here.
fn branches<'a>(tokens: &[Token<'a>], start: usize, found: &mut Vec<Reference<'a>>) {
    let Some(first) = tokens.get(start) else {
        return;
    };
    let is_macro = tokens.get(start + 1).is_some_and(|token| token.text == "!");
    if first.text != "{" {
        if (is_name(first.text) && !is_macro) || first.text == "*" {
            found.push(Reference { segment: first.text, line: first.line });
        }
        return;
    }
    let mut depth = 0;
    for at in start..tokens.len() {
        match tokens[at].text {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return;
        }
        let begins = depth == 1 && matches!(tokens[at].text, "{" | ",");
        if begins && tokens.get(at + 1).is_some_and(|next| next.text != "}") {
            branches(tokens, at + 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<String> {
        check(&[File { path: path.to_owned(), text: text.to_owned() }])
    }

    fn segments<'a>(path: &[&'a str], source: &'a str) -> Vec<&'a str> {
        references(path, &tokens(source)).into_iter().map(|it| it.segment).collect()
    }

    #[test]
    fn left_is_allowed() {
        let source = "use crate::base::{Error, time::Time}; use crate::ring::Token; use serde::X;";
        assert_eq!(complaints("src/storage/log.rs", source), [""; 0]);
        assert_eq!(complaints("src/ui/mod.rs", "use crate::{sim, scenario::*};"), [""; 0]);
        assert_eq!(complaints("src/ring/mod.rs", "use crate::ring::Token;"), [""; 0]);
    }

    #[test]
    fn right_is_refused() {
        let found = complaints("src/ring/token.rs", "\nfn f() -> crate::sim::World {}");
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("src/ring/token.rs:2: `ring` imports `sim`"), "{found:?}");
        assert!(found[0].contains("to its right"), "{found:?}");
    }

    #[test]
    fn beside_is_refused() {
        let found = complaints("src/ring/mod.rs", "use crate::data::Item;");
        assert!(found[0].contains("beside it"), "{found:?}");
    }

    #[test]
    fn a_module_must_have_a_layer_and_a_name_its_module() {
        assert!(complaints("src/utils.rs", "")[0].contains("no layer"));
        assert!(complaints("src/ui/app.rs", "use crate::World;")[0].contains("crate's root"));
        assert!(complaints("src/ui/app.rs", "use crate::*;")[0].contains("crate's root"));
    }

    #[test]
    fn the_root_and_the_binaries_may_import_everything() {
        assert_eq!(complaints("src/lib.rs", "use crate::ui::App;"), [""; 0]);
        assert_eq!(complaints("src/main.rs", "ringscope::cli::run();"), [""; 0]);
        assert_eq!(complaints("src/js_main.rs", "use ringscope::js::Cluster;"), [""; 0]);
        assert_eq!(complaints("tests/golden.rs", "use crate::unknown;"), [""; 0]);
    }

    #[test]
    fn nested_lists_are_followed_to_their_first_segments() {
        let source = "use crate::{base::{a, b::{c, d}}, ring, self as root, sim::{E,},};";
        assert_eq!(segments(&["ui"], source), ["base", "ring", "self", "sim"]);
        assert_eq!(segments(&["ui"], "use {crate::base::X, ringscope::sim};"), ["base", "sim"]);
    }

    #[test]
    fn super_counts_where_it_climbs_to_the_root() {
        assert_eq!(segments(&["ring"], "use super::sim::World;"), ["sim"]);
        assert_eq!(segments(&["ring"], "use self::super::{sim::World, base};"), ["sim", "base"]);
        assert_eq!(segments(&["ring", "token"], "use super::sim::World;"), [""; 0]);
        assert_eq!(segments(&["ring", "token"], "use super::super::sim::World;"), ["sim"]);
    }

    #[test]
    fn inline_modules_count_as_a_step() {
        let source = "mod tests { use super::*; fn f() { super::super::sim::g() } } super::data::h";
        assert_eq!(segments(&["ring"], source), ["sim", "data"]);
    }

    #[test]
    fn look_alikes_do_not_count() {
        let source = r#"
            // use crate::sim::World;
            pub(crate) fn f() { "crate::sim"; let ringscope = 1; }
            pub(in crate::ring) struct S;
            use other::ringscope::sim;
            crate::check!(1);
        "#;
        assert_eq!(segments(&["ring"], source), ["ring"]);
    }
}
