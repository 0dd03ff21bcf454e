//! What a check of the world looks at, and nobody else.

use super::World;
use crate::base::NodeId;

impl World {
    /// Whether what a node holds is what its commit log adds up to. It always is: that is what lets
    /// a node forget everything else when it crashes.
    pub fn log_adds_up(&self, node: NodeId) -> bool {
        let machine = self.machines.get(node.index());
        machine.is_none_or(|machine| *machine.store() == machine.log.replay())
    }
}
