//! What a check of the world looks at, and nobody else.

use super::World;
use crate::base::NodeId;
use crate::storage::Store;

impl World {
    /// Whether what a node holds, its counts among it, is what its records add up to: a snapshot keeps
    /// these alone.
    pub fn store_adds_up(&self, node: NodeId) -> bool {
        let Some(machine) = self.machines.get(node.index()) else { return true };
        let mut replayed = Store::default();
        machine.store().records().for_each(|record| replayed.replay(&record));
        *machine.store() == replayed
    }
}
