//! Scan.

use super::super::capacity::Told;
use super::super::error::{ApiError, Result};
use super::super::expressions::{
    attributes_to_get, check_mixture, comparisons, joined, parsed, placeholders,
};
use super::super::input::Input;
use super::super::{Work, table};
use super::Paged;
use super::select::select;
use super::source::Source;
use super::start::start;
use crate::expression::{Condition, Projection};
use crate::node::{Freshness, PageRequest, Span};
use crate::sim::World;

/// Which segment is scanned, of how many.
fn segment(input: Input<'_>) -> Result<(u32, u32)> {
    let number = |name: &str| input.integer(name).map(|it| u32::try_from(it).unwrap_or(u32::MAX));
    match (number("Segment"), number("TotalSegments")) {
        (None, None) => Ok((0, 1)),
        (Some(_), None) => Err(ApiError::validation(
            "The TotalSegments parameter is required but was not present in the request when \
             Segment parameter is present",
        )),
        (None, Some(_)) => Err(ApiError::validation(
            "The Segment parameter is required but was not present in the request when parameter \
             TotalSegments is present",
        )),
        (Some(number), Some(of)) if number >= of => Err(ApiError::validation(format!(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: \
             Segment: {number} is not less than TotalSegments: {of}"
        ))),
        (Some(number), Some(of)) => Ok((number, of)),
    }
}

pub(in super::super) fn scan(input: Input<'_>, world: &World) -> Result<Box<dyn Work>> {
    check_mixture(
        input,
        &["ProjectionExpression", "FilterExpression"],
        &["AttributesToGet", "ScanFilter", "ConditionalOperator"],
    )?;
    let legacy_projection = attributes_to_get(input)?;
    let legacy_filter = joined(input, comparisons(input, "ScanFilter")?);
    let start_key = input.has("ExclusiveStartKey").then(|| input.item("ExclusiveStartKey"));
    let start_key = start_key.transpose().map_err(|error| {
        let message = format!("The provided starting key is invalid: {}", error.message);
        ApiError { message, ..error }
    })?;
    let (number, of) = segment(input)?;
    let mut placeholders = placeholders(input)?;
    let filter = parsed(input, "FilterExpression", &mut placeholders, Condition::parse)?;
    let projection = parsed(input, "ProjectionExpression", &mut placeholders, Projection::parse)?;
    placeholders.unused()?;
    let schema = table(input.required("TableName"), world)?;
    let source = Source::of(input, schema)?;
    let begin = start_key.as_ref().map(|key| start(schema, &source, key)).transpose()?;
    let selected = select(input, schema, &source, projection.or(legacy_projection))?;
    let limit = input.integer("Limit").unwrap_or(i64::from(u32::MAX));
    let request = PageRequest {
        source: source.name(schema),
        span: Span::Segment { number, of },
        reverse: false,
        after: begin.map(|begin| begin.after),
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
        bytes: PageRequest::MOST_BYTES,
        freshness: Freshness::of(input.flag("ConsistentRead").unwrap_or_default()),
        local: source.local(None),
    };
    check_segment(&request)?;
    Ok(Box::new(Paged {
        schema: schema.clone(),
        source,
        request,
        filter: filter.or(legacy_filter),
        projection: selected.projection,
        only_counts: selected.only_counts,
        told: Told::of(input),
    }))
}

/// Refuses to go on in a segment behind an item of another one.
fn check_segment(request: &PageRequest) -> Result<()> {
    let (Span::Segment { number, of }, Some(after)) = (&request.span, &request.after) else {
        return Ok(());
    };
    let (first, last) = Span::arc(*number, *of);
    match (first.0..=last.0).contains(&after.position.0) {
        true => Ok(()),
        false => Err(ApiError::validation(
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use \
             ExclusiveStartKey with correct Segment. TotalSegments: "
                .to_owned()
                + &format!("{of} Segment: {number}"),
        )),
    }
}
