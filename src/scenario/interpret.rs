//! From lines to commands of the world.

use std::sync::Arc;

use super::Line;
use super::faults::faults;
use super::modes::{condition_of, context_of, modes_of, names_a_mode};
use super::topology::changes;
use super::workload::workload;
use crate::base::{ClientId, Error, NodeId, Result};
use crate::data::{
    AttributeValue, Item, Key, KeyAttribute, KeyKind, Number, Resolution, TableName, TableSchema,
};
use crate::node::{Action, ClientRequest, Overrides};
use crate::sim::{ClusterConfig, Command, World};
use crate::storage::ItemKey;
use crate::travel::History;

/// The partition key of a table that was never declared.
const DEFAULT_PARTITION_KEY: &str = "id";

/// The configuration that a `cluster` line asks for; none if the line is another.
pub fn cluster_config(line: &Line) -> Option<ClusterConfig> {
    let Line::Cluster {
        nodes, vnodes, placement, n, r, w, seed, network, routing, timeout, ..
    } = line
    else {
        return None;
    };
    let default = ClusterConfig::default();
    Some(ClusterConfig {
        nodes: nodes.unwrap_or(default.nodes),
        vnodes: vnodes.unwrap_or(default.vnodes),
        placement: placement.unwrap_or(default.placement),
        n: n.unwrap_or(default.n),
        r: r.unwrap_or(default.r),
        w: w.unwrap_or(default.w),
        seed: seed.unwrap_or(default.seed),
        network: network.unwrap_or(default.network),
        routing: routing.unwrap_or(default.routing),
        timeout: timeout.unwrap_or(default.timeout),
        modes: modes_of(line, default.modes),
    })
}

/// The commands that a line asks of the world at the cursor, in order; none for a line that only looks or waits.
///
/// # Errors
/// If the line asks for anything that makes no sense in this world: a line is carried out whole or
/// not at all.
pub fn commands(history: &History, line: &Line, client: ClientId) -> Result<Vec<Command>> {
    let commands = asked(history, line, client)?;
    commands.iter().try_for_each(|command| history.world().check(command))?;
    Ok(commands)
}

pub(super) fn asked(history: &History, line: &Line, client: ClientId) -> Result<Vec<Command>> {
    match line {
        Line::Table { name, partition_key, resolve } => {
            let partition_key = partition_key.as_deref().unwrap_or(DEFAULT_PARTITION_KEY);
            let schema = schema(name, partition_key, resolve.unwrap_or_default())?;
            Ok(vec![Command::DefineTable(schema)])
        }
        Line::Put { table, key, item, n, w, context, condition, .. } => {
            let overrides = Overrides { n: *n, r: None, w: *w };
            let condition = condition_of(history, client, table, key, *condition)?;
            let item = Item::parse(item.as_deref().unwrap_or("{}"))?;
            let context = context.as_deref();
            request(history, client, (table, key), overrides, context, |schema, key| {
                let item = schema.with_key(item, key)?;
                item.check_limits()?;
                let item = Arc::new(item);
                by_owners(schema, condition.is_some(), overrides)?;
                Ok(match condition {
                    Some(condition) => Action::PutIf(item, condition),
                    None => Action::Put(item),
                })
            })
        }
        Line::Get { table, key, n, r, consistent, .. } => {
            let overrides = Overrides { n: *n, r: *r, w: None };
            request(history, client, (table, key), overrides, None, |_, _| match consistent {
                Some(true) if overrides != Overrides::default() => Err(Error::invalid(
                    "a consistent read asks as many replicas as it needs: leave n= and r= out",
                )),
                Some(true) => Ok(Action::GetConsistent),
                _ => Ok(Action::Get),
            })
        }
        Line::Delete { table, key, n, w, context, condition, .. } => {
            let overrides = Overrides { n: *n, r: None, w: *w };
            let condition = condition_of(history, client, table, key, *condition)?;
            let context = context.as_deref();
            request(history, client, (table, key), overrides, context, |schema, _| {
                by_owners(schema, condition.is_some(), overrides)?;
                Ok(condition.map_or(Action::Delete, Action::DeleteIf))
            })
        }
        Line::Crash(nodes) => for_each("crash", nodes, Command::Crash),
        Line::Restart(nodes) => for_each("restart", nodes, Command::Restart),
        Line::Set { .. } => settings(history.world(), line),
        Line::Workload { .. } => workload(history.world(), line),
        line => match changes(history.world(), line)? {
            Some(commands) => Ok(commands),
            None => faults(history, line, client),
        },
    }
}

/// Refuses a condition where nothing could decide it.
fn by_owners(schema: &TableSchema, has_condition: bool, overrides: Overrides) -> Result<()> {
    match () {
        () if !has_condition => Ok(()),
        () if schema.resolution == Resolution::Siblings => Err(Error::invalid(format!(
            "table {} keeps concurrent writes as siblings, and so no condition can hold for the one \
             version: leave if= out",
            schema.name
        ))),
        () if overrides != Overrides::default() => Err(Error::invalid(
            "a condition is decided by a majority of all owners: leave n= and w= out",
        )),
        () => Ok(()),
    }
}

/// The same command for each of the nodes named.
pub(super) fn for_each(
    verb: &str,
    nodes: &[NodeId],
    command: fn(NodeId) -> Command,
) -> Result<Vec<Command>> {
    if nodes.is_empty() {
        return Err(Error::invalid(format!("{verb} which node? Name one or more: {verb} B C")));
    }
    let again = nodes.iter().enumerate().find(|(at, node)| nodes[..*at].contains(node));
    match again {
        Some((_, node)) => Err(Error::invalid(format!("{node} is named twice: name it once"))),
        None => Ok(nodes.iter().copied().map(command).collect()),
    }
}

fn settings(world: &World, line: &Line) -> Result<Vec<Command>> {
    let Line::Set { r, w, network, routing, .. } = *line else { return Ok(Vec::new()) };
    let mut commands = Vec::new();
    let config = world.config();
    if r.is_some() || w.is_some() {
        commands.push(Command::SetQuorum { r: r.unwrap_or(config.r), w: w.unwrap_or(config.w) });
    }
    commands.extend(network.map(Command::SetNetwork));
    commands.extend(routing.map(Command::SetRouting));
    if names_a_mode(line) {
        commands.push(Command::SetModes(modes_of(line, config.modes)));
    }
    match commands.is_empty() {
        true => Err(Error::invalid(
            "set what? Give r=, w=, network=, routing=, quorum=, handoff=, repair=, timestamps=, \
             gossip=, anti_entropy=, collection= or balancer=",
        )),
        false => Ok(commands),
    }
}

fn request(
    history: &History,
    client: ClientId,
    (table, key): (&str, &str),
    overrides: Overrides,
    context: Option<&str>,
    action: impl FnOnce(&TableSchema, &Key) -> Result<Action>,
) -> Result<Vec<Command>> {
    let world = history.world();
    let name = TableName::new(table)?;
    let mut commands = Vec::new();
    let schema = match world.table(&name) {
        Some(schema) => schema.clone(),
        None => {
            let schema = undeclared(table)?;
            commands.push(Command::DefineTable(schema.clone()));
            schema
        }
    };
    let key = key_from_text(&schema, key)?;
    world.config().check_overrides(overrides)?;
    let action = action(&schema, &key)?;
    let key = ItemKey::new(name, key);
    let context = match action.is_write() {
        true => context_of(history, &schema, client, &key, context)?,
        false => None,
    };
    let wanted = Arc::new(ClientRequest { client, key, action, overrides, context });
    commands.push(Command::Request(wanted));
    Ok(commands)
}

/// The full name of the item that a person calls `key` in `table`.
///
/// # Errors
/// If either is no such name.
pub fn item_key(world: &World, table: &str, key: &str) -> Result<ItemKey> {
    let name = TableName::new(table)?;
    let key = match world.table(&name) {
        Some(schema) => key_from_text(schema, key)?,
        None => Key::from_text(key)?,
    };
    Ok(ItemKey::new(name, key))
}

fn key_from_text(schema: &TableSchema, text: &str) -> Result<Key> {
    match schema.partition_key.kind {
        KeyKind::N => Key::new(AttributeValue::N(text.parse::<Number>()?), None),
        KeyKind::S | KeyKind::B => Key::from_text(text),
    }
}

/// The schema of a table that is spoken of and was never declared.
pub(super) fn undeclared(name: &str) -> Result<TableSchema> {
    schema(name, DEFAULT_PARTITION_KEY, Resolution::default())
}

fn schema(name: &str, partition_key: &str, resolution: Resolution) -> Result<TableSchema> {
    if partition_key.is_empty() || partition_key.len() > 255 {
        return Err(Error::invalid("a partition key's name has 1 to 255 bytes, such as iata"));
    }
    let key = KeyAttribute::new(partition_key, KeyKind::S);
    Ok(TableSchema::new(TableName::new(name)?, key, None, resolution))
}
