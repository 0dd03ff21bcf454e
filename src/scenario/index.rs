//! Indexes in lines.

use std::fmt::Write as _;

use super::Line;
use super::interpret::undeclared;
use crate::base::{Error, Result, VirtualTime};
use crate::data::{
    Expiry, IndexKind, IndexName, IndexSchema, KeyAttribute, KeyKind, Projected, TableName,
    TableSchema,
};
use crate::sim::{Alteration, Command, IndexStatus, World};
use crate::storage::Held;

/// The commands of a line about indexes or expiry; none if it is another.
pub(super) fn alterations(world: &World, line: &Line) -> Result<Option<Vec<Command>>> {
    if let Line::Expire { table, attribute, hide } = line {
        let hides = hide.unwrap_or_default();
        let expiry =
            (attribute != "off").then(|| Expiry { attribute: (**attribute).into(), hides });
        let table = TableName::new(table)?;
        return Ok(Some(vec![Command::Alter(table, Alteration::Expire(expiry))]));
    }
    let Line::Index { table, name, partition, sort, project, local } = line else {
        return Ok(None);
    };
    if table == "drop" {
        let index = partition.as_deref().ok_or_else(|| {
            Error::invalid(
                "index drop which one? Name table and index: index drop Airports by-state",
            )
        })?;
        let change = Alteration::DropIndex(IndexName::new(index)?);
        return Ok(Some(vec![Command::Alter(TableName::new(name)?, change)]));
    }
    let table = TableName::new(table)?;
    let mut commands = Vec::new();
    let schema = match world.table(&table) {
        Some(schema) => schema.clone(),
        None => undeclared(table.as_str())?,
    };
    if world.table(&table).is_none() {
        commands.push(Command::DefineTable(schema.clone()));
    }
    let local = local.unwrap_or_default();
    let first = partition.as_deref().ok_or_else(|| {
        Error::invalid(
            "an index by which attributes? Name them: index Airports by-state state city",
        )
    })?;
    let (partition, sort) = match (local, sort) {
        (true, None) => (vec![schema.partition_key.clone()], attributes(&schema, first)?),
        (true, Some(_)) => (attributes(&schema, first)?, sort_of(&schema, sort.as_deref())?),
        (false, _) => (attributes(&schema, first)?, sort_of(&schema, sort.as_deref())?),
    };
    let projection = match project.as_deref() {
        None | Some("all") => Projected::All,
        Some("keys") => Projected::KeysOnly,
        Some(names) => Projected::Include(names.split([',', '+']).map(Box::from).collect()),
    };
    let kind = if local { IndexKind::Local } else { IndexKind::Global };
    let name = IndexName::new(name)?;
    let index = IndexSchema { name, kind, partition, sort, projection, throughput: None };
    let change = Alteration::AddIndex(index);
    change.of(&schema)?;
    commands.push(Command::Alter(table, change));
    Ok(Some(commands))
}

fn sort_of(schema: &TableSchema, text: Option<&str>) -> Result<Vec<KeyAttribute>> {
    text.map_or(Ok(Vec::new()), |text| attributes(schema, text))
}

/// `state+city`, `height:N`: the type of a key attribute of the table is known.
fn attributes(schema: &TableSchema, text: &str) -> Result<Vec<KeyAttribute>> {
    let attribute = |text: &str| {
        let (name, kind) = match text.rsplit_once(':') {
            Some((name, "S")) => (name, Some(KeyKind::S)),
            Some((name, "N")) => (name, Some(KeyKind::N)),
            Some((name, "B")) => (name, Some(KeyKind::B)),
            _ => (text, None),
        };
        if name.is_empty() || name.len() > 255 {
            return Err(Error::invalid("the name of a key attribute has 1 to 255 bytes"));
        }
        let known = schema.key_attributes().find(|attribute| *attribute.name == *name);
        let kind = kind.or(known.map(|it| it.kind)).unwrap_or(KeyKind::S);
        Ok(KeyAttribute::new(name, kind))
    };
    text.split('+').map(attribute).collect()
}

/// How all indexes are doing, one line each, and what is queued for them.
pub(super) fn indexes(world: &World) -> String {
    let mut text = String::new();
    for status in world.index_statuses() {
        let IndexStatus { table, index, entries, behind, queued, filling } = status;
        let counted = |count: usize, one: &str, many: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let _ = write!(text, "{table}/{index}: {}", counted(entries, "entry", "entries"));
        match behind {
            0 => text += ", as its table asks",
            behind => drop(write!(text, ", {behind} behind")),
        }
        if queued > 0 {
            let _ = write!(text, "; {} not acknowledged", counted(queued, "update", "updates"));
        }
        if !filling.is_empty() {
            let names: Vec<String> = filling.iter().map(ToString::to_string).collect();
            let _ = write!(text, "; not filled yet by {}", names.join(", "));
        }
        text.push('\n');
    }
    for (node, owner, key, held) in world.index_updates().take(MOST_UPDATES) {
        let _ = writeln!(text, "{node} tells {owner}: {key} {}", state(held));
    }
    let since = world.oldest_index_update();
    if let Some(lag) = since.map(|since: VirtualTime| world.now().since(since)) {
        let _ = writeln!(text, "the oldest update has waited for {lag}");
    }
    match text.is_empty() {
        true => "no indexes\n".to_owned(),
        false => text,
    }
}

/// So many updates are shown.
const MOST_UPDATES: usize = 20;

fn state(held: &Held) -> String {
    let version = held.newest();
    let what = if version.is_tombstone() { "is gone" } else { "is there" };
    format!("{what} as of {}", version.stamp)
}
