//! Operations on items: one request to the cluster for each.

mod batch;
mod keys;
mod read;
mod write;

pub(super) use batch::{batch_get, batch_write};
pub(super) use keys::{key_item, key_of};
pub(super) use read::{failed, get, unexpected};
pub(super) use write::{delete, put, update};

use std::sync::Arc;

use crate::base::ClientId;
use crate::data::Key;
use crate::data::TableName;
use crate::node::{Action, ClientRequest, Overrides};
use crate::sim::Command;
use crate::storage::ItemKey;

/// Asks the cluster for something about one item.
fn request(client: ClientId, table: &TableName, key: &Key, action: Action) -> Command {
    // A read that need not be consistent asks one replica.
    let r = matches!(action, Action::Get).then_some(1);
    let overrides = Overrides { r, ..Overrides::default() };
    let key = ItemKey::new(table.clone(), key.clone());
    Command::Request(Arc::new(ClientRequest { client, key, action, overrides, context: None }))
}
