//! Key conditions: which items of a table or an index a query asks for.

use super::condition::Condition;
use super::path::Path;
use super::placeholders::Placeholders;
use super::program::{Comparator, Function, Step};
use super::value::{begins_with, compare, order};
use crate::base::{Error, Result};
use crate::data::{AttributeValue, KeyAttribute, KeyKind};

/// Conditions on key attributes, before it is known which attributes are the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyCondition {
    conditions: Vec<(Box<str>, Comparison)>,
    /// What DynamoDB complains about only when it knows the key.
    fault: Option<Error>,
}

/// A key condition that fits a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRange {
    /// The value of each partition key attribute.
    pub partition: Vec<AttributeValue>,
    /// Conditions on the first sort key attributes. All but the last are equalities.
    pub sort: Vec<Comparison>,
}

/// What a key condition asks of one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`, `<`, `<=`, `>` or `>=`.
    Is(Comparator, AttributeValue),
    Between(AttributeValue, AttributeValue),
    BeginsWith(AttributeValue),
}

impl Comparison {
    /// True if this holds for a value.
    pub fn holds(&self, value: &AttributeValue) -> bool {
        match self {
            Self::Is(comparator, other) => compare(*comparator, Some(value), Some(other)),
            Self::Between(lower, upper) => {
                order(lower, value).is_some_and(|order| order.is_le())
                    && order(value, upper).is_some_and(|order| order.is_le())
            }
            Self::BeginsWith(prefix) => begins_with(value, prefix),
        }
    }

    /// The value that must be, if only one may be.
    pub fn equality(&self) -> Option<&AttributeValue> {
        match self {
            Self::Is(Comparator::Equal, value) => Some(value),
            _ => None,
        }
    }

    fn values(&self) -> impl Iterator<Item = &AttributeValue> {
        let (first, second) = match self {
            Self::Is(_, value) | Self::BeginsWith(value) => (value, None),
            Self::Between(lower, upper) => (lower, Some(upper)),
        };
        std::iter::once(first).chain(second)
    }
}

impl KeyCondition {
    /// Parses a key condition expression.
    pub fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Self> {
        let condition = Condition::parse(text, placeholders)?;
        Ok(match conditions(condition.steps()) {
            Ok(conditions) => Self { conditions, fault: None },
            Err(fault) => Self { conditions: Vec::new(), fault: Some(fault) },
        })
    }

    /// Takes conditions on attributes, each on another one.
    pub(super) fn new(conditions: Vec<(Box<str>, Comparison)>) -> Self {
        Self { conditions, fault: None }
    }

    /// Tells the conditions on the partition key from those on the sort key, and refuses what is
    /// no query: each partition key attribute needs its value, the sort key attributes may have
    /// conditions from the first on, and only the last of these may be no equality.
    pub fn on(self, partition: &[KeyAttribute], sort: &[KeyAttribute]) -> Result<KeyRange> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut conditions = self.conditions;
        if conditions.len() > (partition.len() + sort.len()).max(2) {
            return Err(Error::invalid("Conditions can be of length 1 or 2 only"));
        }
        let missed = |attribute: &KeyAttribute| {
            let name = &attribute.name;
            Error::invalid(format!("Query condition missed key schema element: {name}"))
        };
        let unsupported = || Error::invalid("Query key condition not supported");
        let mut take = |attribute: &KeyAttribute| {
            let at = conditions.iter().position(|(name, _)| *name == attribute.name)?;
            Some(conditions.swap_remove(at).1)
        };
        let mut range = KeyRange { partition: Vec::new(), sort: Vec::new() };
        for attribute in partition {
            let comparison = take(attribute).ok_or_else(|| missed(attribute))?;
            let Comparison::Is(Comparator::Equal, value) = comparison else {
                return Err(unsupported());
            };
            check_value(attribute, &value)?;
            range.partition.push(value);
        }
        for attribute in sort {
            let Some(comparison) = take(attribute) else { break };
            if range.sort.last().is_some_and(|last: &Comparison| last.equality().is_none()) {
                return Err(unsupported());
            }
            comparison.values().try_for_each(|value| check_value(attribute, value))?;
            range.sort.push(comparison);
        }
        match (conditions.is_empty(), sort.get(range.sort.len())) {
            (true, _) => Ok(range),
            (false, Some(attribute)) => Err(missed(attribute)),
            (false, None) => Err(unsupported()),
        }
    }
}

/// Refuses a value that the attribute cannot have.
fn check_value(attribute: &KeyAttribute, value: &AttributeValue) -> Result<()> {
    let empty = match (attribute.kind, value) {
        (KeyKind::S, AttributeValue::S(text)) => text.is_empty().then_some("string"),
        (KeyKind::B, AttributeValue::B(bytes)) => bytes.is_empty().then_some("binary"),
        (KeyKind::N, AttributeValue::N(_)) => None,
        _ => {
            return Err(Error::invalid(
                "One or more parameter values were invalid: Condition parameter type does not \
                 match schema type",
            ));
        }
    };
    empty.map_or(Ok(()), |kind| {
        Err(Error::invalid(format!(
            "One or more parameter values are not valid. The AttributeValue for a key attribute \
             cannot contain an empty {kind} value. Key: {}",
            attribute.name
        )))
    })
}

/// Takes a condition apart that consists of comparisons, joined by AND.
fn conditions(steps: &[Step]) -> Result<Vec<(Box<str>, Comparison)>> {
    for step in steps.iter().rev() {
        let operator = match step {
            Step::Or => "OR",
            Step::Not => "NOT",
            Step::In(_) => "IN",
            Step::Compare(Comparator::NotEqual) => "<>",
            Step::Call(function) if !matches!(function, Function::BeginsWith | Function::Size) => {
                function.name()
            }
            _ => continue,
        };
        return invalid(&format!("Invalid operator used in KeyConditionExpression: {operator}"));
    }
    if steps.contains(&Step::Call(Function::Size)) {
        return invalid("KeyConditionExpressions cannot contain nested operations");
    }
    let mut conditions: Vec<(Box<str>, Comparison)> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let operands = |count: usize| &steps[at - count..at];
        let (path, comparison) = match step {
            Step::Compare(comparator) => compared(*comparator, operands(2))?,
            Step::Between => led("BETWEEN", operands(3))?,
            Step::Call(_) => led("begins_with", operands(2))?,
            _ => continue,
        };
        if path.is_nested() {
            return invalid("KeyConditionExpressions cannot have conditions on nested attributes");
        }
        if conditions.iter().any(|(name, _)| **name == *path.top()) {
            return invalid("KeyConditionExpressions must only contain one condition per key");
        }
        conditions.push((path.top().into(), comparison));
    }
    Ok(conditions)
}

fn invalid<T>(message: &str) -> Result<T> {
    Err(Error::invalid(message))
}

fn faulty<T>(what: &str) -> Result<T> {
    invalid(&format!("Invalid condition in KeyConditionExpression: {what}"))
}

/// A comparison of a path and a value, in either order.
fn compared(comparator: Comparator, operands: &[Step]) -> Result<(&Path, Comparison)> {
    match operands {
        [Step::Path(path), Step::Value(value)] => {
            Ok((path, Comparison::Is(comparator, value.clone())))
        }
        [Step::Value(value), Step::Path(path)] => {
            Ok((path, Comparison::Is(comparator.mirrored(), value.clone())))
        }
        [Step::Path(_), _] => faulty("Multiple attribute names used in one condition"),
        _ => faulty("No key attribute specified"),
    }
}

/// A BETWEEN or a begins_with, in which the path comes first.
fn led<'a>(operator: &str, operands: &'a [Step]) -> Result<(&'a Path, Comparison)> {
    match operands {
        [Step::Path(path), Step::Value(prefix)] => {
            Ok((path, Comparison::BeginsWith(prefix.clone())))
        }
        [Step::Path(path), Step::Value(lower), Step::Value(upper)] => {
            Ok((path, Comparison::Between(lower.clone(), upper.clone())))
        }
        [Step::Path(_), ..] => faulty("Multiple attribute names used in one condition"),
        [_, rest @ ..] if rest.iter().any(|step| matches!(step, Step::Path(_))) => {
            faulty(&format!("{operator} operator must have the key attribute as its first operand"))
        }
        _ => faulty("No key attribute specified"),
    }
}
