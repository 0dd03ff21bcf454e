//! Part 1 of a snapshot: what every later engine can read. See the module above for its bytes.

use std::str::FromStr;

use super::bytes::{Reader, Writer};
use super::pool::empty_stamp;
use super::schema::{read_schema, write_schema};
use super::values::{read_key, read_version, write_key, write_version};
use crate::backup::{Archive, Backup, BackupId, Content, Row};
use crate::base::{Error, Incarnation, NodeId, Result, VirtualTime};
use crate::causality::HybridTime;
use crate::data::{Key, TableName, TableSchema};
use crate::ring::{Weight, Zone};
use crate::sim::{ClusterConfig, Limits, NetworkPreset, World};
use crate::storage::{ItemKey, Version};

/// Which of all versions a backup or a job has, by their numbers.
pub(super) type Numbers = Vec<u32>;

/// Part 1, read.
pub(super) struct Data {
    pub config: ClusterConfig,
    /// How long messages take by now, and how many vnodes a node of weight 1 has.
    pub in_force: (NetworkPreset, u16),
    pub now: VirtualTime,
    pub nodes: Vec<Seat>,
    /// Tombstones up to this time may have been forgotten.
    pub floor: HybridTime,
    /// All tables, and whether each is ready: none is while it is restored.
    pub tables: Vec<(bool, TableSchema)>,
    /// All versions: by the order of the ring, and of each item the newest first.
    pub versions: Vec<(ItemKey, Version)>,
    pub begun: u32,
    pub backups: Vec<Backup>,
}

/// What a node is in the cluster.
#[derive(Clone, Copy)]
pub(super) struct Seat {
    /// Else it left, or has not joined yet.
    pub is_member: bool,
    pub zone: Zone,
    pub weight: Weight,
    pub incarnation: Incarnation,
}

/// Writes part 1. `backups` has the numbers of each backup's rows.
pub(super) fn write(
    world: &World,
    versions: &[(&ItemKey, &Version)],
    backups: &[Numbers],
    w: &mut Writer,
) {
    w.text(&settings(world));
    w.number(world.now.0);
    write_nodes(world, w);
    let floors = world.machines.iter().map(|machine| machine.store().floor());
    let floor = floors.max().unwrap_or_default();
    w.number(floor.clock_us());
    w.number(floor.logical());
    w.count(world.tables.len());
    for schema in world.tables.values() {
        w.flag(world.restore_into(&schema.name).is_none());
        write_schema(schema, w);
    }
    write_items(versions, w);
    w.number(world.archive.begun());
    w.count(backups.len());
    for (backup, rows) in world.archive.backups().iter().zip(backups) {
        w.number(backup.id.0);
        w.text(&backup.name);
        w.number(backup.created.0);
        write_schema(&backup.schema, w);
        w.flag(backup.content.is_some());
        w.ascending(rows);
    }
}

/// The arguments of the line that sets up this cluster, every one of them, and what they became.
fn settings(world: &World) -> String {
    let config = &world.config;
    let ClusterConfig { nodes, vnodes, placement, n, r, w, seed, network, routing, .. } = config;
    let now = world.lists.topology().basis.vnodes;
    format!(
        "nodes={nodes} vnodes={vnodes} placement={placement} n={n} r={r} w={w} seed={seed} \
         network={network} routing={routing} timeout={}{:#} network_now={} vnodes_now={now}",
        config.timeout, config.modes, world.network.preset
    )
}

fn read_settings(text: &str) -> Result<(ClusterConfig, (NetworkPreset, u16))> {
    fn set<T: FromStr>(place: &mut T, text: &str) -> Result<()> {
        *place = text.parse().map_err(|_| Error::invalid("it is none of the values"))?;
        Ok(())
    }
    let mut config = ClusterConfig::default();
    let (mut network_now, mut vnodes_now) = (None, None);
    for setting in text.split(' ') {
        let (name, value) = setting.split_once('=').unwrap_or_default();
        let modes = &mut config.modes;
        match name {
            "nodes" => set(&mut config.nodes, value)?,
            "vnodes" => set(&mut config.vnodes, value)?,
            "placement" => set(&mut config.placement, value)?,
            "n" => set(&mut config.n, value)?,
            "r" => set(&mut config.r, value)?,
            "w" => set(&mut config.w, value)?,
            "seed" => set(&mut config.seed, value)?,
            "network" => set(&mut config.network, value)?,
            "routing" => set(&mut config.routing, value)?,
            "timeout" => set(&mut config.timeout, value)?,
            "quorum" => set(&mut modes.quorum, value)?,
            "handoff" => set(&mut modes.handoff, value)?,
            "repair" => set(&mut modes.repair, value)?,
            "timestamps" => set(&mut modes.timestamps, value)?,
            "gossip" => set(&mut modes.gossip, value)?,
            "anti_entropy" => set(&mut modes.anti_entropy, value)?,
            "collection" => set(&mut modes.collection, value)?,
            "balancer" => set(&mut modes.balancer, value)?,
            "network_now" => set(network_now.insert(config.network), value)?,
            "vnodes_now" => set(vnodes_now.insert(config.vnodes), value)?,
            _ => return Err(Error::invalid("there is no such setting")),
        }
    }
    config.check()?;
    let vnodes_now = vnodes_now.unwrap_or(config.vnodes);
    ClusterConfig { vnodes: vnodes_now, nodes: 1, n: 1, r: 1, w: 1, ..config }.check()?;
    Ok((config, (network_now.unwrap_or(config.network), vnodes_now)))
}

/// The nodes as they will be once every change of ownership that is under way or waits is done.
fn write_nodes(world: &World, w: &mut Writer) {
    let (ring, basis) = world.lists.topology().in_the_end();
    for machine in &world.machines {
        let node = machine.id;
        w.flag(ring.members().contains(&node));
        w.number(world.home_zone(node).0);
        w.number(basis.weights.get(node.index()).copied().unwrap_or_default().0);
        w.number(machine.log.incarnation().0);
    }
}

fn read_seat(r: &mut Reader<'_>) -> Option<Seat> {
    let (is_member, zone) = (r.flag()?, Zone(r.number()?));
    let (weight, incarnation) = (Weight(r.number()?), Incarnation(r.number()?));
    let fits = (Weight::LEAST..=Weight::MOST).contains(&weight) && incarnation.0 < u32::MAX / 2;
    fits.then_some(Seat { is_member, zone, weight, incarnation })
}

fn write_items(versions: &[(&ItemKey, &Version)], w: &mut Writer) {
    let mut names: Vec<&TableName> = Vec::new();
    for (key, _) in versions {
        if let Err(place) = names.binary_search(&key.table()) {
            names.insert(place, key.table());
        }
    }
    w.count(names.len());
    names.iter().for_each(|name| w.text(name.as_str()));
    let items = || versions.chunk_by(|(one, _), (next, _)| one == next);
    w.count(items().count());
    for item in items() {
        let key = item[0].0;
        w.count(names.binary_search(&key.table()).expect("every name is among them"));
        write_key(key.key(), w);
        w.count(item.len());
        item.iter().for_each(|(_, version)| write_version(version, w));
    }
}

fn read_items(r: &mut Reader<'_>) -> Option<Vec<(ItemKey, Version)>> {
    let names = r.list(|r| TableName::try_from(r.text()?.to_owned()).ok())?;
    let mut versions = Vec::new();
    for _ in 0..r.count()? {
        let name = names.get(r.number::<usize>()?)?;
        let key = ItemKey::new(name.clone(), read_key(r, name.as_str().contains('/'))?);
        for _ in 0..r.count()? {
            versions.push((key.clone(), read_version(r)?));
        }
    }
    Some(versions)
}

impl Data {
    /// None if the bytes are no such data, or not of a cluster that could be.
    pub fn read(r: &mut Reader<'_>) -> Option<Self> {
        let (config, in_force) = read_settings(r.text()?).ok()?;
        let now = VirtualTime(r.number()?);
        let mut nodes = Vec::new();
        for _ in 0..config.nodes {
            nodes.push(read_seat(r)?);
        }
        let floor = HybridTime::new(r.number()?, r.number()?);
        let tables = r.list(|r| Some((r.flag()?, read_schema(r)?)))?;
        let versions = read_items(r)?;
        let begun = r.number()?;
        let backups = r.list(|r| read_backup(r, &versions))?;
        let members = nodes.iter().filter(|seat| seat.is_member).count();
        let schemas = tables.iter().map(|(_, schema)| schema);
        let is_past = |schema: &TableSchema| {
            let since = schema.recording.map(|recording| recording.since);
            schema.about.created.max(since.unwrap_or_default()) <= now
        };
        let fits = now <= Limits::END
            && floor.clock_us() < u64::MAX / 2
            && schemas.chain(backups.iter().map(|backup| &backup.schema)).all(is_past)
            && backups.iter().all(|backup| backup.created <= now)
            && members >= usize::from(config.n)
            && tables.is_sorted_by(|(_, one), (_, next)| one.name < next.name)
            && Archive::from_parts(begun, backups.clone(), Vec::new()).is_sound();
        let data = Self { config, in_force, now, nodes, floor, tables, versions, begun, backups };
        fits.then_some(data)
    }
}

fn read_backup(r: &mut Reader<'_>, versions: &[(ItemKey, Version)]) -> Option<Backup> {
    let (id, name) = (BackupId(r.number()?), r.text()?.into());
    let (created, schema) = (VirtualTime(r.number()?), read_schema(r)?);
    let is_there = r.flag()?;
    let numbers = r.ascending(versions.len())?;
    let rows = rows_of(&numbers, versions, &schema.name)?;
    let content = is_there.then(|| Content::new(rows));
    Some(Backup { id, name, schema, created, content })
}

/// The rows that have these numbers, if they are of this table.
pub(super) fn rows_of(
    numbers: &[u32],
    versions: &[(ItemKey, Version)],
    table: &TableName,
) -> Option<Vec<Row>> {
    let row = |number: &u32| {
        let (key, version) = versions.get(*number as usize)?;
        let item = version.item.clone().filter(|_| key.table() == table)?;
        Some((key.key().clone(), item))
    };
    numbers.iter().map(row).collect()
}

/// A row as a version of an item.
pub(super) fn version_of(table: &TableName, (key, item): &Row) -> (ItemKey, Version) {
    let item = Some(item.clone());
    let key: Key = key.clone();
    (ItemKey::new(table.clone(), key), Version { stamp: empty_stamp(), item, context: None })
}

/// Which of these nodes are members.
pub(super) fn members(nodes: &[Seat]) -> Vec<NodeId> {
    let all = (0..).map(NodeId).zip(nodes);
    all.filter(|(_, seat)| seat.is_member).map(|(node, _)| node).collect()
}
