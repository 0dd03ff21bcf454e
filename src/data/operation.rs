//! What a client asks of the cluster.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Item, Key, TableName};

/// One request about one item. Keys and items are shared, because a request travels in many
/// messages and ends in many replicas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// Replaces the whole item under this key.
    Put { table: TableName, key: Arc<Key>, item: Arc<Item> },
    /// Reads the item under this key.
    Get { table: TableName, key: Arc<Key> },
    /// Removes the item under this key.
    Delete { table: TableName, key: Arc<Key> },
}

impl Operation {
    pub fn table(&self) -> &TableName {
        match self {
            Self::Put { table, .. } | Self::Get { table, .. } | Self::Delete { table, .. } => table,
        }
    }

    pub fn key(&self) -> &Arc<Key> {
        match self {
            Self::Put { key, .. } | Self::Get { key, .. } | Self::Delete { key, .. } => key,
        }
    }

    pub fn is_write(&self) -> bool {
        match self {
            Self::Put { .. } | Self::Delete { .. } => true,
            Self::Get { .. } => false,
        }
    }

    /// The word for it in the scenario language and on the screen.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Put { .. } => "put",
            Self::Get { .. } => "get",
            Self::Delete { .. } => "delete",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_tell_what_they_are_about() {
        let table = TableName::new("Airports").expect("letters");
        let key = Arc::new(Key::from_text("SEA").expect("short"));
        let item = Arc::new(Item::new());
        let put = Operation::Put { table: table.clone(), key: key.clone(), item };
        let get = Operation::Get { table: table.clone(), key: key.clone() };
        let delete = Operation::Delete { table: table.clone(), key: key.clone() };
        for (operation, verb, is_write) in
            [(put, "put", true), (get, "get", false), (delete, "delete", true)]
        {
            assert_eq!(operation.verb(), verb);
            assert_eq!(operation.is_write(), is_write);
            assert_eq!((operation.table(), operation.key()), (&table, &key));
        }
    }
}
