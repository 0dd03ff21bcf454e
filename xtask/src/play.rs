//! `cargo xtask play`: from a fresh clone to a page that one can touch.

use crate::project::Project;
use crate::server::Server;
use crate::{page, setup};
use anyhow::Result;

pub fn run(project: &Project, port: u16) -> Result<()> {
    setup::for_page(project)?;
    eprintln!("── Building the page (a few minutes the first time, then less than one)");
    let folder = page::build(project)?;
    let server = Server::bind(&folder, "/", port)?;
    println!("\nRingscope is at {}  (Ctrl-C ends it)", server.address());
    server.serve();
    Ok(())
}
