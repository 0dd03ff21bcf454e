//! What a table is: its keys and its indexes.

use yew::prelude::*;

use super::super::super::driver::Handle;
use super::Room;
use crate::base::NodeId;
use crate::data::{IndexKind, IndexSchema, KeyAttribute, Projected, TableName};

pub fn about(room: &Room, driver: &Handle) -> Html {
    let Some(schema) = &room.schema else { return Html::default() };
    let sort = schema.sort_key.iter().map(named).collect::<Vec<_>>().join(", ");
    let expiry =
        schema.expiry.as_ref().map(|expiry| format!("Items expire by {}.", expiry.attribute));
    let index = |index: &IndexSchema| {
        let kind = match index.kind {
            IndexKind::Global => "",
            IndexKind::Local => "local, ",
        };
        let has = match &index.projection {
            Projected::All => "all attributes".to_owned(),
            Projected::KeysOnly => "keys only".to_owned(),
            Projected::Include(names) => format!("also {}", names.join(", ")),
        };
        html! {
            <li key={index.name.to_string()}>
                <b>{ index.name.to_string() }</b>
                { format!(": {kind}{} · {has}", keys(&index.partition, &index.sort)) }
                if index.is_global() {
                    { " · " }<span class="lag">{ lag(&TableName::of_index(&schema.name, &index.name), driver) }</span>
                }
            </li>
        }
    };
    html! {
        <section class="about-table" aria-label="The table">
            <p>
                <b>{ schema.name.to_string() }</b>
                { format!(": {}", named(&schema.partition_key)) }
                if !sort.is_empty() { { format!(" → {sort}") } }
                { " " }{ expiry.unwrap_or_default() }
            </p>
            if !schema.indexes.is_empty() {
                <ul id="table-indexes">{ for schema.indexes.iter().map(index) }</ul>
            }
        </section>
    }
}

/// How far an index is behind its table.
fn lag(index: &TableName, driver: &Handle) -> String {
    driver.look(|stage| {
        let world = stage.world();
        let queued = world.index_updates().filter(|(.., key, _)| key.table() == index).count();
        let is_filling = |node: &NodeId| {
            let filled = world.store(*node).and_then(|store| store.indexes().get(index));
            filled.is_some_and(|(_, filled)| !filled)
        };
        let filling = world.preference_lists().members().iter().any(is_filling);
        let updates = if queued == 1 { "update" } else { "updates" };
        let filling = if filling { "being filled, " } else { "" };
        match world.oldest_index_update().filter(|_| queued > 0) {
            Some(since) => {
                let lag = world.now().since(since);
                format!("{filling}{queued} {updates} behind, the oldest by {lag}")
            }
            None if filling.is_empty() => "in step".to_owned(),
            None => "being filled".to_owned(),
        }
    })
}

fn named(attribute: &KeyAttribute) -> String {
    format!("{} {:?}", attribute.name, attribute.kind)
}

fn keys(partition: &[KeyAttribute], sort: &[KeyAttribute]) -> String {
    let join = |all: &[KeyAttribute]| all.iter().map(named).collect::<Vec<_>>().join(", ");
    match sort {
        [] => join(partition),
        sort => format!("{} → {}", join(partition), join(sort)),
    }
}
