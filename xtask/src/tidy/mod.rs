//! `cargo xtask tidy`.
use crate::project::Project;
pub fn run(_: &Project, _: bool) -> anyhow::Result<()> {
    Ok(())
}
