//! What leaves and enters: a table's items as files that DynamoDB exports and imports, and a session
//! as calls of its SDKs.
//!
//! ```text
//!   world ──newest version of each item──▶ Export ──▶ table.json.gz · table.json · table.csv
//!   file ──pieces──▶ Reader ──▶ rows: a line number, and an item or why it is none
//!                      │                 └──▶ whoever puts them, by quorum writes like anybody's
//!                      └─ unpacks, finds lines and quotes, never holds more than a row and a piece
//!   run ──▶ calls ──▶ AWS CLI (bash) · Python (boto3) · JavaScript (AWS SDK v3)
//! ```
//!
//! **What is exported** is the newest version of each item that anybody has: on any disk, of a node
//! that is up or down, or kept as a hint. No client could read that for certain: a scan through the
//! API costs virtual time, changes the run, and may fail by quorum. An export changes nothing, not
//! even the digests, and so a file can be taken at any moment of a run that is looked at. Items come
//! in the order of the ring, as in a scan.
//!
//! **DynamoDB JSON** (Developer Guide, "DynamoDB table export output format" and "Amazon S3 import
//! formats for DynamoDB"): one line `{"Item":{"id":{"S":"a"}}}` an item, plain or packed by gzip. It
//! keeps every type. Read back, a line may also be the bare item, in DynamoDB JSON or in plain JSON.
//!
//! **CSV** (the same pages): the first line names the columns, commas part fields, a field may be in
//! double quotes, and a double quote in one is written twice. Columns of keys, the table's and its
//! indexes', have the types of the schema; everything else is read as a string. So CSV cannot carry
//! numbers, binaries, booleans, nulls, lists, maps and sets but as text, unless they are in keys.
//! [`losses`] says which attributes those are, and an export with losses is refused until somebody
//! agrees to it. An empty field is no attribute, and `""` an empty string: the Developer Guide says
//! nothing of empty fields.
//!
//! | module | what it is |
//! |---|---|
//! | `gzip` | packing and unpacking, in pieces |
//! | `csv` | fields, quotes, and what a column's text becomes |
//! | `reader` | rows out of pieces of a file |
//! | `propose` | which attributes could be the keys of a table |
//! | `export` | a table as a file |
//! | `calls` | a run as requests of DynamoDB's API, and what of it cannot be one |
//! | `pages` | queries and scans, as such requests |
//! | `script` | requests as programs |
//!
//! Must never know: the page, workers, files by name.
//!
//! Caveats: of a table that keeps siblings the newest of them is exported. What a round of consensus
//! has accepted but not chosen is not in anybody's store, and so not in a file. Where two rows of a file
//! have the same key, the later one is put later; DynamoDB's own import takes any of them.

mod calls;
mod csv;
mod export;
mod gzip;
mod pages;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
mod propose;
mod reader;
mod script;

pub use calls::{Call, Entry, LOADER, calls};
pub use export::{Export, Format, Loss, losses, newest_items, typed_attributes};
pub use propose::{Proposal, propose};
pub use reader::{Batch, Reader, Row};
pub use script::{Program, script};
