//! What a check of the world looks at, and nobody else.

use super::World;
use crate::base::NodeId;
use crate::storage::Store;

impl World {
    /// Whether what a node holds is what the records add up to that its log would be compacted to.
    /// It always is: that is what lets a node forget everything else when it crashes.
    pub fn store_adds_up(&self, node: NodeId) -> bool {
        let Some(machine) = self.machines.get(node.index()) else { return true };
        let mut replayed = Store::default();
        machine.store().records().for_each(|record| replayed.replay(&record));
        *machine.store() == replayed
    }
}
