//! From lines to commands of the world.

use std::sync::Arc;

use super::backup::archiving;
use super::expressions::{delete, guard_of, put, update_item};
use super::faults::faults;
use super::index::alterations;
use super::keys::{key_attribute, key_from_text, schema_of};
use super::modes::{context_of, modes_of, names_a_mode};
use super::pages::pages;
use super::topology::changes;
use super::workload::workload;
use super::{Line, call};
use crate::base::{ClientId, Error, NodeId, Result};
use crate::data::{Item, Key, Resolution, TableName, TableSchema};
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
        Line::Table { name, partition_key, sort_key, resolve } => {
            let partition_key = partition_key.as_deref().unwrap_or(DEFAULT_PARTITION_KEY);
            let keys = (partition_key, sort_key.as_deref());
            Ok(vec![Command::DefineTable(schema(name, keys, resolve.unwrap_or_default())?)])
        }
        Line::Put { table, key, item, n, w, context, condition, old, .. } => {
            let overrides = Overrides { n: *n, r: None, w: *w };
            let guard = guard_of(history, client, (table, key), condition.as_ref(), *old)?;
            let item = Item::parse(item.as_deref().unwrap_or("{}"))?;
            let context = context.as_deref();
            request(history, client, (table, key), overrides, context, |schema, key| {
                let item = schema.with_key(item, key)?;
                item.check_limits()?;
                by_owners(schema, guard.is_some(), overrides)?;
                Ok(put(Arc::new(item), guard))
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
        Line::Delete { table, key, n, w, context, condition, old, .. } => {
            let overrides = Overrides { n: *n, r: None, w: *w };
            let guard = guard_of(history, client, (table, key), condition.as_ref(), *old)?;
            let context = context.as_deref();
            request(history, client, (table, key), overrides, context, |schema, _| {
                by_owners(schema, guard.is_some(), overrides)?;
                Ok(delete(guard))
            })
        }
        Line::Update { table, key, update, condition, .. } => {
            let guard = guard_of(history, client, (table, key), condition.as_ref(), None)?;
            request(history, client, (table, key), Overrides::default(), None, |schema, key| {
                by_owners(schema, true, Overrides::default())?;
                update_item(schema, key, update, guard)
            })
        }
        Line::Query { .. } | Line::Scan { .. } | Line::Ask { .. } => {
            pages(history.world(), line, client)
        }
        Line::Call { .. } | Line::Schema(_) => call::asked(history.world(), line, client),
        Line::Crash(nodes) => for_each("crash", nodes, Command::Crash),
        Line::Restart(nodes) => for_each("restart", nodes, Command::Restart),
        Line::Set { .. } => settings(history.world(), line),
        Line::Workload { .. } => workload(history.world(), line),
        line => match asked_of_tables(history.world(), line, client)? {
            Some(commands) => Ok(commands),
            None => faults(history, line, client),
        },
    }
}

fn asked_of_tables(world: &World, line: &Line, client: ClientId) -> Result<Option<Vec<Command>>> {
    match alterations(world, line)?.or(changes(world, line)?) {
        None => archiving(world, line, client),
        commands => Ok(commands),
    }
}

/// Refuses a condition where nothing could decide it.
fn by_owners(schema: &TableSchema, has_condition: bool, overrides: Overrides) -> Result<()> {
    match () {
        () if !has_condition => Ok(()),
        () if schema.resolution == Resolution::Siblings => Err(Error::invalid(format!(
            "table {} keeps concurrent writes as siblings, and so nothing can be decided by the one \
             version: no conditions, updates and old values there",
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
    let (schema, is_new) = schema_of(world, table)?;
    let name = schema.name.clone();
    let mut commands = Vec::new();
    if is_new {
        commands.push(Command::DefineTable(schema.clone()));
    }
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

/// The schema of a table that is spoken of and was never declared.
pub(super) fn undeclared(name: &str) -> Result<TableSchema> {
    schema(name, (DEFAULT_PARTITION_KEY, None), Resolution::default())
}

fn schema(
    name: &str,
    (partition_key, sort_key): (&str, Option<&str>),
    resolution: Resolution,
) -> Result<TableSchema> {
    let partition_key = key_attribute(partition_key)?;
    let sort_key = sort_key.map(key_attribute).transpose()?;
    if sort_key.as_ref().is_some_and(|sort_key| sort_key.name == partition_key.name) {
        return Err(Error::invalid("the partition key and the sort key are two attributes"));
    }
    Ok(TableSchema::new(TableName::new(name)?, partition_key, sort_key, resolution))
}
