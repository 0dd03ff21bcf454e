//! The scenario language: one line a command, for golden tests, files, the page's command bar and
//! the session log alike.
//!
//! ```text
//! cluster nodes=5 n=3 r=2 w=2 seed=7        a fresh cluster; what is left out has its default
//! table Airports iata                       a table and its partition key (default: id)
//! put Airports SEA '{"city":"Seattle"}'     runs until the client has its answer
//! put Airports SEA '{}' wait=false w=3      only begins the request, with its own W
//! get Airports SEA · delete Airports SEA
//! crash B C · restart B
//! set r=1 w=3 network=wan routing=token-aware
//! run · run 50ms · run until=2s · step 3    until idle · a span · an instant · happenings
//! replicas Airports SEA · locate Airports SEA · nodes · ring · digest
//! snapshot NAME · restore NAME              in the memory of the session
//! trace off                                 answers only, no events
//! ```
//!
//! The syntax (quoting, comments, `!` for a line that must fail, `client2:` before a line for another
//! client) is that of the `goldenscript` crate. [`Line`] is what a line says, [`Session`] is a world
//! that is spoken to in lines, [`session_log`] turns a world's run back into lines.
//!
//! Must never know: the page, files.

mod interpret;
mod line;
mod log;
mod report;
mod session;

pub use interpret::{cluster_config, commands, item_key};
pub use line::{Line, parse, quoted};
pub use log::{log_head, log_of, session_log};
pub use report::report;
pub use session::{Session, let_time_pass};
