//! Where things are, and how a program is run.
//!
//! Tools live in a cache folder of the user and not in the repository, so that a fresh clone on
//! the same machine starts warm. They are found by putting that folder in front of `PATH`; nothing
//! is written to a shell profile.

use anyhow::{Context, Result, bail};
use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository and the user's cache folder.
pub struct Project {
    pub root: PathBuf,
    pub cache: PathBuf,
}

impl Project {
    /// Finds both from the environment that `cargo xtask` runs in.
    pub fn locate() -> Result<Project> {
        // Asked at run time, because a target folder may be shared between checkouts.
        let member = env::var_os("CARGO_MANIFEST_DIR")
            .context("CARGO_MANIFEST_DIR is not set: start this program with `cargo xtask`")?;
        let root = Path::new(&member).parent().context("xtask has no parent folder")?.to_owned();
        Ok(Project { root, cache: cache_folder(|name| env::var_os(name))? })
    }

    /// The folder that `cargo install --root` fills.
    pub fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// A file or folder of the repository.
    pub fn at(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// A command that runs in the repository and finds our tools before the system's.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let ours = [self.tools().join("bin"), self.at("node_modules/.bin")];
        let inherited = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(ours.into_iter().chain(env::split_paths(&inherited)));
        let mut command = Command::new(program);
        // No step may wait for an answer that nobody is there to give.
        command.current_dir(&self.root).stdin(Stdio::null());
        if let Ok(path) = path {
            command.env("PATH", path);
        }
        command
    }

    /// The same, for the cargo that started us.
    pub fn cargo<I: IntoIterator<Item: AsRef<OsStr>>>(&self, arguments: I) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args(arguments);
        command
    }
}

/// `$RINGSCOPE_CACHE`, else `$XDG_CACHE_HOME/ringscope`, else `~/.cache/ringscope`.
fn cache_folder(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let folder = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(cache) = folder("RINGSCOPE_CACHE") {
        return Ok(cache);
    }
    if let Some(cache) = folder("XDG_CACHE_HOME") {
        return Ok(cache.join("ringscope"));
    }
    let home = folder("HOME")
        .context("no place for tools: set RINGSCOPE_CACHE to a folder that may be written")?;
    Ok(home.join(".cache").join("ringscope"))
}

/// Runs a command with its output on ours.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", display(command));
    }
    Ok(())
}

/// Runs a command on the way to something else: all of its output is talk and goes to our error
/// output, so that our own output holds nothing but the answer.
pub fn prepare(command: &mut Command) -> Result<()> {
    run(command.stdout(io::stderr()))
}

/// Runs a command and returns what it printed; its error output stays on ours.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.with_context(|| cannot_start(command))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", display(command), output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` printed something that is not UTF-8", display(command)))
}

/// The first line that a program prints, or nothing where there is no such program.
pub fn probe(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok().filter(|it| it.status.success())?;
    String::from_utf8(output.stdout).ok()?.lines().next().map(|line| line.trim().to_owned())
}

/// The full path of a program on `PATH`.
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`: is it installed and on PATH?", display(command))
}

/// The command as one would type it, with the program's folder left out.
fn display(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(variables: &[(&str, &str)]) -> Result<PathBuf> {
        cache_folder(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into())
        })
    }

    #[test]
    fn the_most_specific_cache_folder_wins() {
        let all = [("RINGSCOPE_CACHE", "/a"), ("XDG_CACHE_HOME", "/b"), ("HOME", "/c")];
        assert_eq!(cache(&all).unwrap(), Path::new("/a"));
        assert_eq!(cache(&all[1..]).unwrap(), Path::new("/b/ringscope"));
        assert_eq!(cache(&all[2..]).unwrap(), Path::new("/c/.cache/ringscope"));
        assert!(cache(&[("HOME", "")]).is_err());
    }

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/usr/bin/cargo");
        command.args(["test", "--workspace"]);
        assert_eq!(display(&command), "cargo test --workspace");
    }
}
