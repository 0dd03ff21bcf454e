//! File and function length, as a ratchet: what is long already is listed in `xtask/ratchet.txt`
//! with its length; nothing may grow, and nothing new may become long.
//!
//! The limits are where most files and functions of well-kept code end, not a law: a longer one
//! that is better so is added by `cargo xtask tidy --bless`, and the reviewer sees it in the diff.

use super::File;
use super::source::{is_name, tokens};
use crate::project::Project;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;

const RATCHET: &str = "xtask/ratchet.txt";
const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;
const BLESS: &str = "cargo xtask tidy --bless";

/// `src/x.rs` or `src/x.rs function`, and its number of lines.
type Lengths = BTreeMap<String, usize>;

pub fn check(project: &Project, files: &[File], bless: bool) -> Result<Vec<String>> {
    let present = long_ones(files);
    let path = project.at(RATCHET);
    if bless {
        fs::write(&path, write(&present)).with_context(|| format!("writing {path:?}"))?;
        println!("{RATCHET}: {} entries", present.len());
        return Ok(Vec::new());
    }
    let allowed = fs::read_to_string(&path).with_context(|| {
        format!("reading {path:?}: if it is lost, `{BLESS}` writes it from the present state")
    })?;
    let allowed = read(&allowed)?;
    for line in slack(&allowed, &present) {
        println!("{line}");
    }
    Ok(growth(&allowed, &present))
}

/// Whatever is beyond its limit.
fn long_ones(files: &[File]) -> Lengths {
    let mut found = Lengths::new();
    for file in files {
        let lines = file.text.lines().count();
        if lines > FILE_LINES {
            found.insert(file.path.clone(), lines);
        }
        for (name, lines) in functions(&file.text) {
            if lines > FUNCTION_LINES {
                // Functions of one name in one file share an entry: the longest.
                let entry = found.entry(format!("{} {name}", file.path)).or_default();
                *entry = lines.max(*entry);
            }
        }
    }
    found
}

/// Name and lines of each function that has a body, from `fn` to the closing brace.
fn functions(text: &str) -> Vec<(String, usize)> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        // `fn(u8)` is a type.
        if pair[0].text != "fn" || !is_name(pair[1].text) {
            continue;
        }
        let (mut braces, mut others) = (0usize, 0usize);
        for token in &tokens[at..] {
            match token.text {
                "(" | "[" => others += 1,
                ")" | "]" => others = others.saturating_sub(1),
                ";" if braces == 0 && others == 0 => break,
                "{" => braces += 1,
                "}" => {
                    braces = braces.saturating_sub(1);
                    if braces == 0 && others == 0 {
                        found.push((pair[1].text.to_owned(), token.line - pair[0].line + 1));
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    found
}

fn growth(allowed: &Lengths, present: &Lengths) -> Vec<String> {
    let complain = |(name, lines): (&String, &usize)| match allowed.get(name) {
        Some(limit) if lines <= limit => None,
        Some(limit) => Some(format!(
            "{name}: {lines} lines, {limit} before: split off what was added; or, if it is \
             better so, `{BLESS}`"
        )),
        None => {
            let (what, limit) = if name.contains(' ') {
                ("a function", FUNCTION_LINES)
            } else {
                ("a file", FILE_LINES)
            };
            Some(format!(
                "{name}: {lines} lines, {what} has at most {limit}: it probably has a second \
                 subject to split off; or, if it is better so, `{BLESS}`"
            ))
        }
    };
    present.iter().filter_map(complain).collect()
}

/// Entries that may be lowered. No failure, so that a clean-up never stands in anybody's way.
fn slack(allowed: &Lengths, present: &Lengths) -> Vec<String> {
    let ask = |(name, limit): (&String, &usize)| match present.get(name) {
        Some(lines) if lines >= limit => None,
        Some(lines) => Some(format!("{name}: down to {lines} lines, lower the ratchet: `{BLESS}`")),
        None => Some(format!("{name}: no longer long, release the ratchet: `{BLESS}`")),
    };
    allowed.iter().filter_map(ask).collect()
}

fn write(lengths: &Lengths) -> String {
    let mut text = format!(
        "# Files over {FILE_LINES} lines and functions over {FUNCTION_LINES}, with their present \
         lengths, which may only fall.\n# Written by `{BLESS}`.\n"
    );
    for (name, lines) in lengths {
        text.push_str(&format!("{lines} {name}\n"));
    }
    text
}

fn read(text: &str) -> Result<Lengths> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entries = lines.map(|line| match line.split_once(' ') {
        Some((lines, name)) if lines.parse::<usize>().is_ok() => {
            Ok((name.to_owned(), lines.parse()?))
        }
        _ => bail!("{RATCHET}: expected `LINES PATH [FUNCTION]`, found {line:?}"),
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(entries: &[(&str, usize)]) -> Lengths {
        entries.iter().map(|(name, lines)| (name.to_string(), *lines)).collect()
    }

    #[test]
    fn functions_are_measured_from_head_to_brace() {
        let source = "fn one() {}\n\
                      trait T { fn declared(&self, of: [u8; 3]); }\n\
                      pub fn three<const N: usize>(f: fn(u8)) -> [u8; 2] {\n\
                      let text = \"}\"; // }\n\
                      }\n\
                      fn outer() {\nfn inner() {\n}\n}\n";
        let wanted = [("one", 1), ("three", 3), ("outer", 4), ("inner", 2)];
        assert_eq!(functions(source), wanted.map(|(name, lines)| (name.to_owned(), lines)));
    }

    #[test]
    fn only_long_ones_are_listed() {
        let body = "x();\n".repeat(FUNCTION_LINES);
        let text = format!("fn short() {{}}\nfn long() {{\n{body}}}\n");
        let short = File { path: "src/short.rs".to_owned(), text: "\n".repeat(FILE_LINES) };
        let long = File { path: "src/long.rs".to_owned(), text: text + &"\n".repeat(FILE_LINES) };
        let wanted = [("src/long.rs", FILE_LINES + 63), ("src/long.rs long", 62)];
        assert_eq!(long_ones(&[short, long]), lengths(&wanted));
    }

    #[test]
    fn growth_and_new_ones_are_refused_and_shrinking_is_welcome() {
        let allowed = lengths(&[("src/a.rs", 500), ("src/a.rs f", 70), ("src/b.rs", 450)]);
        assert_eq!(growth(&allowed, &allowed), [""; 0]);
        assert_eq!(slack(&allowed, &allowed), [""; 0]);

        let present = lengths(&[("src/a.rs", 501), ("src/a.rs f", 65), ("src/c.rs g", 61)]);
        let refused = growth(&allowed, &present);
        assert_eq!(refused.len(), 2);
        assert!(refused[0].starts_with("src/a.rs: 501 lines, 500 before"), "{refused:?}");
        assert!(refused[1].contains("a function has at most 60"), "{refused:?}");
        let welcome = slack(&allowed, &present);
        assert!(welcome[0].contains("down to 65"), "{welcome:?}");
        assert!(welcome[1].starts_with("src/b.rs: no longer long"), "{welcome:?}");
    }

    #[test]
    fn the_list_reads_as_it_was_written() {
        let list = lengths(&[("src/a.rs", 500), ("src/a.rs f", 70)]);
        assert_eq!(read(&write(&list)).unwrap(), list);
        assert!(read("many src/a.rs").is_err());
    }
}
