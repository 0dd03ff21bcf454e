//! `cargo xtask tidy`: rules of this repository that no other tool checks.
//!
//! - [`imports`]: the layers of the design; a module imports only from its left.
//! - [`dependencies`]: no browser crate in the native dependency tree.
//! - [`lengths`]: files and functions, as a ratchet.
//!
//! The rules read source through a small scanner ([`source`]) and not through a full parser: they
//! need names, braces and lines, and a scanner that knows comments and strings gets those right.
//! Its caveat: what a macro generates is not seen.

mod dependencies;
mod imports;
mod lengths;
mod source;

use crate::project::Project;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

/// A Rust file: its path from the repository's root, with `/`, and its text.
struct File {
    path: String,
    text: String,
}

pub fn run(project: &Project, bless: bool) -> Result<()> {
    let mut files = Vec::new();
    for folder in ["src", "xtask/src", "tests", "benches"] {
        read_files(&project.root, &project.at(folder), &mut files)?;
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let mut complaints = imports::check(&files);
    complaints.extend(dependencies::check(project)?);
    complaints.extend(lengths::check(project, &files, bless)?);
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    match complaints.len() {
        0 => {
            println!("tidy: {} files, imports, dependencies and lengths are fine", files.len());
            Ok(())
        }
        number => bail!("tidy has {number} complaint(s), listed above"),
    }
}

fn read_files(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).with_context(|| format!("reading {folder:?}"))? {
        let path = entry?.path();
        if path.is_dir() {
            read_files(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {path:?}"))?;
            let path = path.strip_prefix(root)?.to_string_lossy().replace('\\', "/");
            files.push(File { path, text });
        }
    }
    Ok(())
}
