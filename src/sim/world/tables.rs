//! Tables that are dropped.

use std::sync::Arc;

use super::super::{Command, EventKind, Flight, Loss};
use super::{Happening, World};
use crate::base::{ClientId, NodeId, RequestId};
use crate::data::TableName;
use crate::node::{Answer, Failure, Input};

impl World {
    /// Forgets a table: whatever is stored of it anywhere, on disks that are at rest too, and whatever
    /// is under way. Requests about it fail at once.
    pub(super) fn drop_table(&mut self, table: &TableName) {
        Arc::make_mut(&mut self.tables).remove(table);
        let workloads = self.workloads().into_iter().filter(|it| it.workload.table == *table);
        for id in workloads.map(|running| running.id).collect::<Vec<_>>() {
            self.stop_workload(id);
        }
        self.lose_messages_about(table);
        for machine in &mut self.machines {
            machine.forget(table);
        }
        for number in 0..self.config.nodes {
            self.step_node(NodeId(number), Input::Forget(table.clone()));
        }
        self.configure_nodes();
        let waiting = self.clients.iter().flat_map(|client| {
            let waiting = client.waiting().filter(|(_, it)| it.key.table().belongs_to(table));
            waiting.map(|(request, _)| (client.id, request))
        });
        for (client, request) in waiting.collect::<Vec<(ClientId, RequestId)>>() {
            self.finish(client, request, Answer::Failed(Failure::NoAnswer));
        }
    }

    fn lose_messages_about(&mut self, table: &TableName) {
        let is_about = |happening: &Happening| match happening {
            Happening::Arrival { message, .. } => message.is_about(table),
            Happening::Scheduled(command) => match &**command {
                Command::Request(wanted) => wanted.key.table().belongs_to(table),
                _ => false,
            },
            _ => false,
        };
        while let Some((at, happening)) = self.queue.take_out(is_about) {
            self.foreground -= usize::from(!happening.is_background());
            if let Some(flight) = happening.flight(at) {
                self.lose_with_table(flight);
            }
        }
        while let Some(happening) = self.faults.take_waiting(is_about) {
            if let Some(flight) = happening.flight(self.now) {
                self.lose_with_table(flight);
            }
        }
    }

    fn lose_with_table(&mut self, flight: Flight) {
        let Flight { message, request, kind, from, to, arrives_at: until, .. } = flight;
        let why = Loss::WithTable;
        self.record(|| EventKind::Lost { message, request, kind, from, to, until, why });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::data::{Item, Key, KeyAttribute, KeyKind, Resolution, TableSchema};
    use crate::node::{Action, ClientRequest, Overrides};
    use crate::sim::ClusterConfig;
    use crate::storage::ItemKey;

    fn schema(name: &str) -> TableSchema {
        let name = TableName::new(name).expect("letters");
        let key = KeyAttribute::new("id", KeyKind::S);
        TableSchema::new(name, key, None, Resolution::LastWriterWins)
    }

    fn put(world: &mut World, table: &TableName, id: u32) {
        let key = Key::from_text(&format!("k{id}")).expect("short");
        let item = schema(table.as_str()).with_key(Item::new(), &key).expect("it fits");
        let wanted = ClientRequest {
            client: ClientId((id % 3) as u16),
            key: ItemKey::new(table.clone(), key),
            action: Action::Put(Arc::new(item)),
            overrides: Overrides::default(),
            context: None,
        };
        world.apply(Command::Request(Arc::new(wanted))).expect("it is possible");
    }

    /// Whenever it is dropped: nothing of it is left or comes back, and other tables stay.
    #[test]
    fn a_dropped_table_is_gone_with_all_that_is_under_way() {
        for steps in (0..200).step_by(7) {
            let mut world = World::new(ClusterConfig::default()).expect("it works");
            let (gone, kept) = (schema("Gone"), schema("Kept"));
            for table in [&gone, &kept] {
                world.apply(Command::DefineTable(table.clone())).expect("it is new");
            }
            world.apply(Command::Crash(NodeId(1))).expect("it is up");
            for id in 0..8 {
                put(&mut world, &gone.name, id);
                put(&mut world, &kept.name, id);
            }
            world.run_steps(steps);
            world.apply(Command::Pause(NodeId(2))).expect("it runs");
            world.run_steps(3);
            world.apply(Command::DropTable(gone.name.clone())).expect("it is there");
            world.apply(Command::Resume(NodeId(2))).expect("it is paused");
            world.apply(Command::Crash(NodeId(3))).expect("it is up");
            for node in [1, 3] {
                world.apply(Command::Restart(NodeId(node))).expect("it is down");
            }
            world.apply(Command::DefineTable(gone.clone())).expect("there is none");
            world.run_for(crate::base::Duration::from_ms(20_000));
            let of = |table: &TableSchema| {
                let keys = world.stored().map(|(_, key, _)| key);
                let hints = world.hints().map(|(_, _, key, _)| key);
                keys.chain(hints).filter(|key| *key.table() == table.name).count()
            };
            assert_eq!(of(&gone), 0, "after {steps} steps");
            assert!(of(&kept) >= 8, "after {steps} steps");
            assert_eq!(world.outstanding_count(), 0);
            let snapshot = world.snapshot();
            assert!(World::restore(&snapshot).is_ok());
        }
    }
}
