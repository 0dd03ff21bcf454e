//! From the data of a snapshot alone: a fresh cluster of that shape, at rest, at that instant.
//!
//! Every owner holds the newest version of each item, or its siblings; every index has its entries. The
//! past of tables is left behind, and continuous backups begin anew. Incarnations go on, so that no
//! write is named as one before it was.

use std::sync::Arc;

use super::data::{Data, members};
use super::exact::Parts;
use super::pool::empty_stamp;
use crate::backup::Archive;
use crate::base::NodeId;
use crate::data::{Recording, Resolution, TableName, TableSchema};
use crate::index::entries;
use crate::node::{Tables, index_definition};
use crate::ring::{
    Basis, Change, MOST_TOKENS, Placement, PreferenceLists, Ring, Token, Topology, Vnode, targets,
};
use crate::sim::alarms::Alarms;
use crate::sim::faults::Faults;
use crate::sim::machine::{Machine, Retired};
use crate::sim::queue::EventQueue;
use crate::sim::traffic::Traffic;
use crate::sim::{ClusterConfig, Network};
use crate::storage::{CommitLog, DiskState, Held, ItemKey, Record, Store};

/// The parts of that cluster, no node of which has begun yet. None if the items do not fit their tables.
pub(super) fn parts(data: Data) -> Option<Parts> {
    let lists = Arc::new(lists(&data)?);
    let tables = Arc::new(tables(&data));
    let held = held(&data, &tables)?;
    let mut stores = vec![Store::default(); data.nodes.len()];
    let facts = facts(&data, &lists, &tables);
    stores.iter_mut().for_each(|store| facts.iter().for_each(|fact| store.replay(fact)));
    for (key, held) in &held {
        put(&mut stores, &lists, key, held);
        let Some(table) = tables.get(key.table()) else { continue };
        for entry in held.versions().iter().flat_map(|version| entries(table, key, version)) {
            put(&mut stores, &lists, &entry.key, &entry.version.into());
        }
    }
    let Data { config, in_force: (network, vnodes), now, nodes, begun, backups, .. } = data;
    let config = ClusterConfig { vnodes, ..config };
    let settings = config.node_settings(&tables);
    let seats = (0..).map(NodeId).zip(&nodes);
    let machines = seats.zip(stores).map(|((id, seat), at_rest)| {
        let log = CommitLog::from_parts(0, [], seat.incarnation, DiskState::default());
        let retired = (!seat.is_member).then_some(Retired::Left);
        let mut machine = Machine { id, log, node: None, at_rest, retired, syncing: None };
        if seat.is_member {
            machine.start(settings.clone());
        }
        machine
    });
    let machines = machines.collect();
    let backups = backups.into_iter().filter(|backup| backup.content.is_some()).collect();
    Some(Parts {
        network: Network::new(config.seed, network),
        faults: Faults::new(config.seed),
        now,
        lists,
        tables,
        next_request: Default::default(),
        next_message: Default::default(),
        next_event: Default::default(),
        trace_chain: Default::default(),
        machines,
        wishes: Vec::new(),
        home: config.network,
        clients: Vec::new(),
        queue: EventQueue::default(),
        alarms: Alarms::default(),
        timers: Alarms::default(),
        traffic: Traffic::default(),
        archive: Archive::from_parts(begun, backups, Vec::new()),
        config,
    })
}

/// Who owns what in a cluster of this shape that has just begun.
fn lists(data: &Data) -> Option<PreferenceLists> {
    let ClusterConfig { n, placement, .. } = data.config;
    let (_, vnodes) = data.in_force;
    let zones = data.nodes.iter().map(|seat| seat.zone).collect();
    let mut basis = Basis::new(n, placement, vnodes, zones);
    let members = members(&data.nodes);
    let of = |(node, index)| Vnode { token: Token::of_vnode(node, index), node };
    let weight = |node: &NodeId| data.nodes[node.index()].weight;
    let tokens: usize = members.iter().map(|node| weight(node).vnodes(vnodes)).sum();
    if tokens > MOST_TOKENS {
        return None;
    }
    let mut ring = match placement {
        Placement::RandomTokens => {
            let count = |node: &NodeId| weight(node).vnodes(vnodes) as u32;
            let all = members.iter().flat_map(|node| (0..count(node)).map(|at| (*node, at)));
            Ring::new(all.map(of).collect(), basis.zones.clone())
        }
        Placement::EqualRanges => {
            let zones = members.iter().map(|node| basis.zones[node.index()]).collect();
            let dealt = placement.ring(zones, vnodes);
            let own = |it: &Vnode| Vnode { node: members[it.node.index()], ..*it };
            Ring::new(dealt.vnodes().iter().map(own).collect(), basis.zones.clone())
        }
    };
    for node in members.iter().copied() {
        let change = Change::Weigh { node, weight: weight(&node) };
        if basis.weights[node.index()] != weight(&node) {
            if placement == Placement::EqualRanges {
                ring = targets(&ring, &basis, &change).ok()?.pop().unwrap_or(ring);
            }
            basis = basis.after(&change);
        }
    }
    let topology = Topology::founded(&ring, basis);
    PreferenceLists::try_from(topology).ok()
}

/// The tables that were ready.
fn tables(data: &Data) -> Tables {
    let ready = data.tables.iter().filter(|(is_ready, _)| *is_ready);
    let anew = |(_, schema): &(bool, TableSchema)| {
        let days = schema.recording.and_then(|recording| recording.days);
        let recording = days.map(|days| Recording { since: data.now, days: Some(days) });
        (schema.name.clone(), TableSchema { recording, ..schema.clone() })
    };
    ready.map(anew).collect()
}

/// What every disk knows beside its items.
fn facts(data: &Data, lists: &Arc<PreferenceLists>, tables: &Tables) -> Vec<Record> {
    let mut facts = vec![Record::Topology(Arc::clone(lists)), Record::Floor(data.floor)];
    for schema in tables.values() {
        for index in schema.indexes.iter().filter(|index| index.is_global()) {
            let name = TableName::of_index(&schema.name, &index.name);
            let definition = index_definition(index, &name);
            facts.push(Record::Indexed { index: name, definition, filled: true });
        }
    }
    facts
}

/// What is held of each item in the end. None if any fits no table.
fn held(data: &Data, tables: &Tables) -> Option<Vec<(ItemKey, Held)>> {
    let mut all = Vec::new();
    for item in data.versions.chunk_by(|(one, _), (next, _)| one == next) {
        let key = &item[0].0;
        let Some(table) = tables.get(key.table()) else { continue };
        table.check_key(key.key()).ok()?;
        let keeps_siblings = table.resolution == Resolution::Siblings;
        let written = item.iter().map(|(_, it)| it).filter(|it| it.stamp != empty_stamp());
        for version in written.clone() {
            let has_key = |item| table.key_of(item).is_ok_and(|own| own == *key.key());
            let fits = version.item.as_ref().is_none_or(|item| has_key(item))
                && version.context.is_some() == keeps_siblings;
            if !fits {
                return None;
            }
        }
        all.extend(Held::of(written.cloned()).map(|held| (key.clone(), held)));
    }
    Some(all)
}

fn put(stores: &mut [Store], lists: &PreferenceLists, key: &ItemKey, held: &Held) {
    for owner in lists.at(key.position) {
        for version in held.versions() {
            stores[owner.index()].apply(key, version.clone(), |_, _| {});
        }
    }
}
