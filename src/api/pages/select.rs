//! Which attributes a page shows: `Select`, projections, and what an index has.

use super::super::error::{ApiError, Result};
use super::super::input::Input;
use super::source::Source;
use crate::data::TableSchema;
use crate::expression::{Condition, Path, Projection};

/// What of each item is shown.
pub(super) struct Selected {
    pub projection: Option<Projection>,
    pub only_counts: bool,
}

/// Refuses what cannot be selected together.
fn check(input: Input<'_>) -> Result<()> {
    let given = ["AttributesToGet", "ProjectionExpression"].into_iter().find(|it| input.has(it));
    let refuse = |what: String| Err(ApiError::invalid(what));
    match (input.text("Select"), given) {
        (Some("SPECIFIC_ATTRIBUTES"), None) => refuse(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get \
             SPECIFIC_ATTRIBUTES"
                .to_owned(),
        ),
        (Some("COUNT"), Some(given)) => {
            refuse(format!("Cannot specify the {given} when choosing to get only the Count"))
        }
        (Some(select @ ("ALL_ATTRIBUTES" | "ALL_PROJECTED_ATTRIBUTES")), Some(given)) => {
            refuse(format!("Cannot specify the {given} when choosing to get {select}"))
        }
        (Some("ALL_PROJECTED_ATTRIBUTES"), None) if !input.has("IndexName") => refuse(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName".to_owned(),
        ),
        _ => Ok(()),
    }
}

/// What a request selects, given the projection that it names.
pub(super) fn select(
    input: Input<'_>,
    schema: &TableSchema,
    source: &Source,
    named: Option<Projection>,
) -> Result<Selected> {
    check(input)?;
    let select = input.text("Select");
    let only_counts = select == Some("COUNT");
    let of_index = source.projected(schema);
    if let (Some(index), Some(names)) = (source.global(), &of_index) {
        if select == Some("ALL_ATTRIBUTES") {
            return Err(ApiError::invalid(format!(
                "Select type ALL_ATTRIBUTES is not supported for global secondary index {} because \
                 its projection type is not ALL",
                index.name
            )));
        }
        let paths = named.iter().flat_map(Projection::paths);
        let lacking: Vec<&str> = paths.map(Path::top).filter(|top| !names.contains(top)).collect();
        if !lacking.is_empty() {
            return Err(ApiError::invalid(format!(
                "Global secondary index {} does not project [{}]",
                index.name,
                lacking.join(", ")
            )));
        }
    }
    let projection = match (named, select) {
        (Some(named), _) => Some(named),
        (None, Some("ALL_ATTRIBUTES")) => None,
        (None, _) => of_index.map(Projection::of_attributes),
    };
    Ok(Selected { projection, only_counts })
}

/// Refuses a filter on the key attributes that a query asks about anyway.
pub(super) fn check_filter(
    parameter: &str,
    filter: Option<&Condition>,
    schema: &TableSchema,
    source: &Source,
) -> Result<()> {
    let (partition, sort) = source.keys(schema);
    let tops: Vec<&str> = filter.into_iter().flat_map(Condition::paths).map(Path::top).collect();
    match partition.iter().chain(sort).find(|key| tops.contains(&&*key.name)) {
        None => Ok(()),
        Some(key) => Err(ApiError::validation(format!(
            "{parameter} can only contain non-primary key attributes: Primary key attribute: {}",
            key.name
        ))),
    }
}
