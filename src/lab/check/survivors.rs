//! What a crash left on a disk although the process never knew that it was durable.

use super::{Checker, Verdict};
use crate::base::RequestId;
use crate::data::AttributeValue;
use crate::lab::Plan;
use crate::sim::World;
use crate::storage::{Held, Version};

impl Checker {
    /// Looks for versions that nobody told of, after a crash that may have left some.
    ///
    /// # Errors
    /// If one of them has a dot that another one has.
    pub fn find_survivors(&mut self, world: &World) -> Verdict {
        self.has_survivors = false;
        for key in 0..Plan::KEYS {
            let name = self.items[usize::from(key)].key.clone();
            for replica in world.replicas(&name) {
                let hints = replica.hints.iter().map(|(_, held)| held);
                let versions = replica.held.iter().chain(hints).flat_map(Held::versions);
                versions.into_iter().try_for_each(|version| self.find(key, version))?;
            }
            let past: Vec<&Version> = world.past(&name).collect();
            past.into_iter().try_for_each(|version| self.find(key, version))?;
        }
        Ok(())
    }

    fn find(&mut self, key: u8, version: &Version) -> Verdict {
        if self.writer(key, version.dot()).is_some() {
            return Ok(());
        }
        let number = version.item.as_ref().and_then(|item| match item.get("v") {
            Some(AttributeValue::S(number)) => number.parse().ok(),
            _ => None,
        });
        if let Some(number) = number.filter(|number| *number < self.requests.len() as u64) {
            self.learn(RequestId(number), version.stamp)?;
            self.requests[number as usize].is_durable = true;
            return Ok(());
        }
        let delete = self.requests.iter().position(|known| {
            known.key == key
                && known.is_delete()
                && known.stamp.is_none()
                && known.context == version.context
        });
        if let Some(number) = delete {
            let foundlings = &mut self.items[usize::from(key)].foundlings;
            foundlings.insert(version.dot(), RequestId(number as u64));
            if let Some(context) = &version.context {
                self.mark_replaced(key, context);
            }
        }
        Ok(())
    }
}
