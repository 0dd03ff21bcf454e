//! What the engine does while it is measured, natively and in a browser.

use std::sync::Arc;

use ringscope::base::ClientId;
use ringscope::data::{Item, Key, TableName};
use ringscope::node::{Action, ClientRequest, Overrides};
use ringscope::sim::{ClusterConfig, Command, Routing, TraceMode, World};
use ringscope::storage::ItemKey;

/// Bytes of an item as DynamoDB counts them, key included.
const ITEM_BYTES: usize = 100;
/// Requests that the closed loop keeps without an answer.
const OUTSTANDING: usize = 64;

/// Five nodes on `lan`, N = 3, W = 2, every mechanism on, no trace.
pub fn world(routing: Routing) -> World {
    let config = ClusterConfig { routing, ..ClusterConfig::default() };
    World::with_trace(config, TraceMode::Off).expect("the configuration works")
}

/// Puts of as many items with distinct keys.
pub fn requests(count: usize) -> Vec<Arc<ClientRequest>> {
    let table: TableName = "Bench".parse().expect("a name");
    (0..count)
        .map(|number| {
            let key = format!("{number:08}");
            let text = "x".repeat(ITEM_BYTES - "id".len() - key.len() - "text".len());
            let item = Item::parse(&format!(r#"{{"id":"{key}","text":"{text}"}}"#));
            let item = Arc::new(item.expect("an object"));
            assert_eq!(item.size(), ITEM_BYTES);
            let key = ItemKey::new(table.clone(), Key::from_text(&key).expect("short"));
            let (client, overrides) = (ClientId(0), Overrides::default());
            Arc::new(ClientRequest {
                client,
                key,
                action: Action::Put(item),
                overrides,
                context: None,
            })
        })
        .collect()
}

/// Puts everything and waits until every replica has it.
pub fn put_all(world: &mut World, requests: Vec<Arc<ClientRequest>>) {
    let mut requests = requests.into_iter();
    loop {
        while world.outstanding_count() < OUTSTANDING
            && let Some(request) = requests.next()
        {
            world.apply(Command::Request(request)).expect("the request is possible");
        }
        if world.is_idle() {
            return;
        }
        world.step();
    }
}
