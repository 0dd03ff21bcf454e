//! The expressions of a request, and the parameters that they replaced.

use super::error::{ApiError, Result};
use super::input::Input;
use super::value;
use crate::base::Error;
use crate::data::{AttributeValue, Json};
use crate::expression::{
    Condition, LegacyAction, LegacyCondition, LegacyOperator, Placeholders, Projection, Update,
};

impl From<Error> for ApiError {
    /// Errors of expressions are in DynamoDB's words already.
    fn from(error: Error) -> Self {
        Self::validation(error.message)
    }
}

/// Refuses a request that has expressions and what they replaced as well.
pub(super) fn check_mixture(input: Input<'_>, expressions: &[&str], legacy: &[&str]) -> Result<()> {
    let used = present(input, expressions);
    // Conditions on keys may stand beside other expressions.
    let beside = !input.has("KeyConditionExpression");
    let replaced = legacy.iter().copied().filter(|name| !(beside && *name == "KeyConditions"));
    let replaced = present(input, &replaced.collect::<Vec<_>>());
    if !used.is_empty() && !replaced.is_empty() {
        return Err(ApiError::validation(format!(
            "Can not use both expression and non-expression parameters in the same request: \
             Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
            replaced.join(", "),
            used.join(", ")
        )));
    }
    if used.is_empty() && input.has("ExpressionAttributeNames") {
        return Err(ApiError::validation(
            "ExpressionAttributeNames can only be specified when using expressions",
        ));
    }
    let with_values = expressions.iter().filter(|name| **name != "ProjectionExpression");
    let with_values: Vec<&str> = with_values.copied().collect();
    let none = with_values.iter().all(|name| !input.has(name));
    if input.has("ExpressionAttributeValues") && none {
        let are = if with_values.len() > 1 { "are" } else { "is" };
        return Err(ApiError::validation(format!(
            "ExpressionAttributeValues can only be specified when using expressions: {} {are} null",
            with_values.join(" and ")
        )));
    }
    Ok(())
}

fn present<'n>(input: Input<'_>, names: &[&'n str]) -> Vec<&'n str> {
    names.iter().copied().filter(|name| input.has(name)).collect()
}

/// What `#names` and `:values` stand for.
pub(super) fn placeholders(input: Input<'_>) -> Result<Placeholders> {
    let names = input.has("ExpressionAttributeNames").then(|| {
        let names = input.map("ExpressionAttributeNames").into_iter();
        names.map(|(name, meaning)| (name.into(), text_of(meaning))).collect()
    });
    if !input.has("ExpressionAttributeValues") {
        return Ok(Placeholders::new(names, None)?);
    }
    let given = input.map("ExpressionAttributeValues");
    let mut values: Vec<(Box<str>, AttributeValue)> = Vec::with_capacity(given.len());
    let mut wrong = None;
    for (key, json) in given {
        let value = value::read(json).unwrap_or_else(|error| {
            wrong.get_or_insert_with(|| {
                ApiError::validation(format!(
                    "ExpressionAttributeValues contains invalid value: {} for key {key}",
                    error.message
                ))
            });
            AttributeValue::NULL
        });
        values.push((key.into(), value));
    }
    // What is wrong with names comes before what is wrong with values.
    let placeholders = Placeholders::new(names, Some(values))?;
    wrong.map_or(Ok(placeholders), Err)
}

fn text_of(json: &Json<'_>) -> Box<str> {
    match json {
        Json::String(text) => text.clone(),
        _ => "".into(),
    }
}

/// Parses the expression of this name, if there is one.
pub(super) fn parsed<T>(
    input: Input<'_>,
    name: &str,
    placeholders: &mut Placeholders,
    parse: fn(&str, &mut Placeholders) -> std::result::Result<T, Error>,
) -> Result<Option<T>> {
    let Some(text) = input.text(name) else { return Ok(None) };
    let parsed = parse(text, placeholders);
    parsed
        .map(Some)
        .map_err(|error| ApiError::validation(format!("Invalid {name}: {}", error.message)))
}

/// `AttributesToGet` as a projection.
pub(super) fn attributes_to_get(input: Input<'_>) -> Result<Option<Projection>> {
    if !input.has("AttributesToGet") {
        return Ok(None);
    }
    let names: Vec<&str> = input.texts("AttributesToGet").collect();
    let twice = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name));
    if let Some((_, name)) = twice {
        return Err(ApiError::invalid(format!("Duplicate value in attribute name: {name}")));
    }
    Ok(Some(Projection::of_attributes(names)))
}

/// The conditions of `QueryFilter`, `ScanFilter` or `KeyConditions`.
pub(super) fn comparisons(input: Input<'_>, name: &str) -> Result<Vec<LegacyCondition>> {
    let conditions = input.structures_by_name(name).map(|(attribute, condition)| {
        let values = condition.values("AttributeValueList")?;
        let operator: LegacyOperator = condition.required("ComparisonOperator").parse()?;
        Ok(LegacyCondition::new(attribute, operator, values)?)
    });
    conditions.collect()
}

/// The condition of `Expected`.
pub(super) fn expected(input: Input<'_>) -> Result<Option<Condition>> {
    let conditions = input.structures_by_name("Expected");
    let conditions = conditions.map(|(attribute, condition)| expectation(attribute, condition));
    Ok(joined(input, conditions.collect::<Result<_>>()?))
}

/// All conditions together, as `ConditionalOperator` says.
pub(super) fn joined(input: Input<'_>, conditions: Vec<LegacyCondition>) -> Option<Condition> {
    Condition::legacy(conditions, input.text("ConditionalOperator") == Some("OR"))
}

fn expectation(attribute: &str, condition: Input<'_>) -> Result<LegacyCondition> {
    let (has_value, has_list) = (condition.has("Value"), condition.has("AttributeValueList"));
    if has_value && has_list {
        return Err(ApiError::invalid(format!(
            "Value and AttributeValueList cannot be used together for Attribute: {attribute}"
        )));
    }
    let value = condition.value("Value")?;
    let Some(name) = condition.text("ComparisonOperator") else {
        if has_list {
            return Err(ApiError::invalid(format!(
                "AttributeValueList can only be used with a ComparisonOperator for Attribute: \
                 {attribute}"
            )));
        }
        return Ok(LegacyCondition::expected(attribute, value, condition.flag("Exists"))?);
    };
    if condition.has("Exists") {
        return Err(ApiError::invalid(format!(
            "Exists and ComparisonOperator cannot be used together for Attribute: {attribute}"
        )));
    }
    let operator: LegacyOperator = name.parse()?;
    let needs_none = matches!(operator, LegacyOperator::Null | LegacyOperator::NotNull);
    if !needs_none && !has_value && !has_list {
        return Err(ApiError::invalid(format!(
            "Value or AttributeValueList must be used with ComparisonOperator: {name} for \
             Attribute: {attribute}"
        )));
    }
    let mut values = condition.values("AttributeValueList")?;
    values.extend(value);
    Ok(LegacyCondition::new(attribute, operator, values)?)
}

/// The update of `AttributeUpdates`.
pub(super) fn attribute_updates(input: Input<'_>) -> Result<Option<Update>> {
    if !input.has("AttributeUpdates") {
        return Ok(None);
    }
    let updates = input.structures_by_name("AttributeUpdates").map(|(attribute, update)| {
        let action = match update.text("Action") {
            Some("ADD") => LegacyAction::Add,
            Some("DELETE") => LegacyAction::Delete,
            _ => LegacyAction::Put,
        };
        Ok((attribute.into(), action, update.value("Value")?))
    });
    Ok(Some(Update::legacy(updates.collect::<Result<_>>()?)?))
}
