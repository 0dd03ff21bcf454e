//! What can be said of tables beside their keys and indexes: tags, expiry; and lists of them.

use super::super::arn::table_of_arn;
use super::super::error::{ApiError, ErrorName, Result};
use super::super::input::Input;
use super::super::output::object;
use super::super::{Known, Output, Work};
use super::{changeable, check_ready, named};
use crate::base::heap_sort;
use crate::data::{Expiry, TableAbout, TableSchema};
use crate::sim::{Alteration, Command, World};

/// Keys and values of tags, by key.
type Tags = Vec<(Box<str>, Box<str>)>;

/// The most tags of a table.
const MOST_TAGS: usize = 50;

pub(in super::super) fn list(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let after = input.text("ExclusiveStartTableName").unwrap_or_default();
    let limit = input.integer("Limit").map_or(100, |limit| limit.unsigned_abs() as usize);
    let names = world.tables().map(|schema| schema.name.as_str());
    let mut names = names.filter(|name| *name > after);
    let page: Vec<&str> = names.by_ref().take(limit).collect();
    let last = names.next().and_then(|_| page.last()).map(|name| Output::text(*name));
    let page = Output::List(page.into_iter().map(Output::text).collect());
    let response = object([("TableNames", Some(page)), ("LastEvaluatedTableName", last)]);
    Known::work(Vec::new(), response)
}

// Expiry.

pub(in super::super) fn update_expiry(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = changeable(input, world)?;
    let Some(wanted) = input.inside("TimeToLiveSpecification") else {
        return Err(ApiError::invalid("TimeToLiveSpecification must be specified"));
    };
    let (enabled, attribute) =
        (wanted.flag("Enabled").unwrap_or_default(), wanted.required("AttributeName"));
    match (&schema.expiry, enabled) {
        (Some(expiry), true) if *expiry.attribute == *attribute => {
            return Err(ApiError::validation("TimeToLive is already enabled"));
        }
        (None, false) => return Err(ApiError::validation("TimeToLive is already disabled")),
        (Some(expiry), _) if *expiry.attribute != *attribute => {
            return Err(ApiError::validation(format!(
                "TimeToLive is active on a different AttributeName: current AttributeName is {}",
                expiry.attribute
            )));
        }
        _ => {}
    }
    let expiry = enabled.then(|| Expiry { attribute: attribute.into(), hides: false });
    let command = Command::Alter(schema.name.clone(), Alteration::Expire(expiry));
    let told = object([
        ("Enabled", Some(Output::Bool(enabled))),
        ("AttributeName", Some(Output::text(attribute))),
    ]);
    Known::work(vec![command], object([("TimeToLiveSpecification", Some(told))]))
}

pub(in super::super) fn describe_expiry(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let expiry = named(input, world)?.expiry.as_ref();
    let status = if expiry.is_some() { "ENABLED" } else { "DISABLED" };
    let told = object([
        ("TimeToLiveStatus", Some(status.into())),
        ("AttributeName", expiry.map(|expiry| Output::text(&*expiry.attribute))),
    ]);
    Known::work(Vec::new(), object([("TimeToLiveDescription", Some(told))]))
}

// Tags.

/// The table that `ResourceArn` means.
fn resource<'w>(input: Input<'_>, world: &'w World) -> Result<&'w TableSchema> {
    let Some(arn) = input.text("ResourceArn") else {
        return Err(ApiError::validation("Invalid TableArn"));
    };
    let Some(name) = table_of_arn(arn) else {
        return Err(ApiError::validation(format!(
            "Invalid TableArn: Invalid ResourceArn provided as input {arn}"
        )));
    };
    world.table(&name).ok_or_else(|| {
        ApiError::new(
            ErrorName::ResourceNotFound,
            format!("Requested resource not found: ResourcArn: {arn} not found"),
        )
    })
}

/// These tags with those of a request, which replace others of their keys.
pub(super) fn tags(input: Input<'_>, mut tags: Tags) -> Result<Tags> {
    for tag in input.structures("Tags") {
        let (key, value) = (tag.required("Key"), tag.required("Value").into());
        match tags.iter_mut().find(|(other, _)| **other == *key) {
            Some((_, present)) => *present = value,
            None => tags.push((key.into(), value)),
        }
    }
    heap_sort(&mut tags, |(one, _), (other, _)| one.cmp(other));
    match tags.len() > MOST_TAGS {
        true => Err(ApiError::validation(format!(
            "Too many tags: a table can have at most {MOST_TAGS} of them"
        ))),
        false => Ok(tags),
    }
}

fn retagged(schema: &TableSchema, tags: Tags, world: &World) -> Result<Box<dyn Work>> {
    check_ready(schema, world)?;
    let about = TableAbout { tags, ..schema.about.clone() };
    let throughputs = schema.indexes.iter().map(|index| index.throughput).collect();
    let change = Alteration::Say(about, throughputs);
    Known::work(vec![Command::Alter(schema.name.clone(), change)], object([]))
}

pub(in super::super) fn tag(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    if input.has("ResourceArn") && input.elements("Tags").is_empty() {
        return Err(ApiError::validation("Atleast one Tag needs to be provided as Input."));
    }
    let schema = resource(input, world)?;
    retagged(schema, tags(input, schema.about.tags.clone())?, world)
}

pub(in super::super) fn untag(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    if input.has("ResourceArn") && input.elements("TagKeys").is_empty() {
        return Err(ApiError::validation("Atleast one Tag Key needs to be provided as Input."));
    }
    let schema = resource(input, world)?;
    let gone: Vec<&str> = input.texts("TagKeys").collect();
    let kept = schema.about.tags.iter().filter(|(key, _)| !gone.contains(&&**key));
    retagged(schema, kept.cloned().collect(), world)
}

pub(in super::super) fn list_tags(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    let schema = resource(input, world)?;
    let one = |(key, value): &(Box<str>, Box<str>)| {
        object([("Key", Some(Output::text(&**key))), ("Value", Some(Output::text(&**value)))])
    };
    let tags = schema.about.tags.iter().map(one).collect();
    Known::work(Vec::new(), object([("Tags", Some(Output::List(tags)))]))
}

// What is the same for all.

pub(in super::super) fn describe_limits(_: Input<'_>, _: &World) -> Result<Box<dyn Work>> {
    let units = |units| Some(Output::Integer(units));
    let response = object([
        ("AccountMaxReadCapacityUnits", units(80_000)),
        ("AccountMaxWriteCapacityUnits", units(80_000)),
        ("TableMaxReadCapacityUnits", units(40_000)),
        ("TableMaxWriteCapacityUnits", units(40_000)),
    ]);
    Known::work(Vec::new(), response)
}

pub(in super::super) fn describe_endpoints(_: Input<'_>, _: &World) -> Result<Box<dyn Work>> {
    let endpoint = object([
        ("Address", Some("dynamodb.us-east-1.amazonaws.com".into())),
        ("CachePeriodInMinutes", Some(Output::Integer(1440))),
    ]);
    Known::work(Vec::new(), object([("Endpoints", Some(Output::List(vec![endpoint])))]))
}
