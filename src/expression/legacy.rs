//! The parameters that expressions replaced (Developer Guide, "Legacy DynamoDB conditional
//! parameters"): `Expected`, `QueryFilter`, `ScanFilter`, `KeyConditions`, `AttributeUpdates`.
//! They become the same programs.

use std::str::FromStr;

use super::condition::Condition;
use super::key_condition::{Comparison, KeyCondition};
use super::path::Path;
use super::program::{Comparator, Function, Step};
use super::update::{Action, Change, Update};
use super::value::order;
use crate::base::{Error, Result};
use crate::data::AttributeValue;

/// A `ComparisonOperator`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacyOperator {
    Eq,
    Ne,
    In,
    Le,
    Lt,
    Ge,
    Gt,
    Between,
    NotNull,
    Null,
    Contains,
    NotContains,
    BeginsWith,
}

const OPERATORS: [(&str, LegacyOperator); 13] = [
    ("EQ", LegacyOperator::Eq),
    ("NE", LegacyOperator::Ne),
    ("IN", LegacyOperator::In),
    ("LE", LegacyOperator::Le),
    ("LT", LegacyOperator::Lt),
    ("GE", LegacyOperator::Ge),
    ("GT", LegacyOperator::Gt),
    ("BETWEEN", LegacyOperator::Between),
    ("NOT_NULL", LegacyOperator::NotNull),
    ("NULL", LegacyOperator::Null),
    ("CONTAINS", LegacyOperator::Contains),
    ("NOT_CONTAINS", LegacyOperator::NotContains),
    ("BEGINS_WITH", LegacyOperator::BeginsWith),
];

impl LegacyOperator {
    pub fn name(self) -> &'static str {
        OPERATORS[self as usize].0
    }
}

impl FromStr for LegacyOperator {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let found = OPERATORS.iter().find(|(name, _)| *name == text);
        let unknown = || Error::invalid(format!("no ComparisonOperator is called {text:?}"));
        found.map(|(_, operator)| *operator).ok_or_else(unknown)
    }
}

/// A condition on one attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyCondition {
    attribute: Box<str>,
    operator: LegacyOperator,
    values: Vec<AttributeValue>,
}

fn invalid<T>(what: &str) -> Result<T> {
    Err(Error::invalid(format!("One or more parameter values were invalid: {what}")))
}

impl LegacyCondition {
    /// Checks that these are values that the operator can have.
    pub fn new(
        attribute: impl Into<Box<str>>,
        operator: LegacyOperator,
        values: Vec<AttributeValue>,
    ) -> Result<Self> {
        use LegacyOperator::{BeginsWith, Between, Eq, In, Ne, NotNull, Null};
        let name = operator.name();
        let counts = match operator {
            NotNull | Null => values.is_empty(),
            Between => values.len() == 2,
            In => !values.is_empty(),
            _ => values.len() == 1,
        };
        if !counts {
            return invalid(&format!(
                "Invalid number of argument(s) for the {name} ComparisonOperator"
            ));
        }
        let allowed: &[&str] = match operator {
            Eq | Ne => &["S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"],
            BeginsWith => &["S", "B"],
            _ => &["S", "N", "B"],
        };
        let mut types = values.iter().map(AttributeValue::type_descriptor);
        if let Some(found) = types.clone().find(|found| !allowed.contains(found)) {
            return invalid(&format!(
                "ComparisonOperator {name} is not valid for {found} AttributeValue type"
            ));
        }
        let first = types.next();
        if types.any(|other| Some(other) != first) {
            return invalid("AttributeValues inside AttributeValueList must be of same type");
        }
        match &values[..] {
            [lower, upper]
                if operator == Between
                    && order(lower, upper).is_some_and(|order| order.is_gt()) =>
            {
                Err(Error::invalid(
                    "The BETWEEN condition was provided a range where the lower bound is greater \
                     than the upper bound",
                ))
            }
            _ => Ok(Self { attribute: attribute.into(), operator, values }),
        }
    }

    /// What `Expected` means without a `ComparisonOperator`: that the attribute has a value, or
    /// is not there.
    pub fn expected(
        attribute: impl Into<Box<str>>,
        value: Option<AttributeValue>,
        exists: Option<bool>,
    ) -> Result<Self> {
        let attribute = attribute.into();
        match (value, exists) {
            (Some(_), Some(false)) => invalid(&format!(
                "Value cannot be used when Exists is false for Attribute: {attribute}"
            )),
            (Some(value), _) => Self::new(attribute, LegacyOperator::Eq, vec![value]),
            (None, Some(false)) => Self::new(attribute, LegacyOperator::Null, Vec::new()),
            (None, exists) => invalid(&format!(
                "Value must be provided when Exists is {} for Attribute: {attribute}",
                if exists.is_some() { "true" } else { "null" }
            )),
        }
    }

    fn steps(self, steps: &mut Vec<Step>) {
        use LegacyOperator::{
            BeginsWith, Between, Contains, Eq, Ge, Gt, In, Le, Lt, Ne, NotContains, NotNull, Null,
        };
        let path = Step::Path(Path::attribute(self.attribute));
        let others = self.values.len() as u32;
        if self.operator == NotContains {
            // Unlike NOT contains(…), it asks for the attribute to be there.
            steps.extend([path.clone(), Step::Call(Function::AttributeExists)]);
        }
        steps.push(path);
        steps.extend(self.values.into_iter().map(Step::Value));
        steps.push(match self.operator {
            Eq => Step::Compare(Comparator::Equal),
            Ne => Step::Compare(Comparator::NotEqual),
            Le => Step::Compare(Comparator::LessOrEqual),
            Lt => Step::Compare(Comparator::Less),
            Ge => Step::Compare(Comparator::GreaterOrEqual),
            Gt => Step::Compare(Comparator::Greater),
            In => Step::In(others),
            Between => Step::Between,
            NotNull => Step::Call(Function::AttributeExists),
            Null => Step::Call(Function::AttributeNotExists),
            Contains | NotContains => Step::Call(Function::Contains),
            BeginsWith => Step::Call(Function::BeginsWith),
        });
        if self.operator == NotContains {
            steps.extend([Step::Not, Step::And]);
        }
    }
}

impl Condition {
    /// The condition of `Expected`, `QueryFilter` or `ScanFilter`: all of these hold, or any of
    /// them (`ConditionalOperator`). None, if there are none.
    pub fn legacy(conditions: Vec<LegacyCondition>, any: bool) -> Option<Self> {
        let mut steps = Vec::new();
        for condition in conditions {
            let first = steps.is_empty();
            condition.steps(&mut steps);
            if !first {
                steps.push(if any { Step::Or } else { Step::And });
            }
        }
        (!steps.is_empty()).then(|| Self::from_steps(steps))
    }
}

impl KeyCondition {
    /// The key condition of `KeyConditions`: each on an attribute of its own.
    pub fn legacy(conditions: Vec<LegacyCondition>) -> Result<Self> {
        use LegacyOperator::{BeginsWith, Between, Eq, Ge, Gt, Le, Lt};
        let comparisons = conditions.into_iter().map(|condition| {
            let mut values = condition.values.into_iter();
            let mut value = || values.next().unwrap_or(AttributeValue::NULL);
            let comparison = match condition.operator {
                Eq => Comparison::Is(Comparator::Equal, value()),
                Le => Comparison::Is(Comparator::LessOrEqual, value()),
                Lt => Comparison::Is(Comparator::Less, value()),
                Ge => Comparison::Is(Comparator::GreaterOrEqual, value()),
                Gt => Comparison::Is(Comparator::Greater, value()),
                Between => Comparison::Between(value(), value()),
                BeginsWith => Comparison::BeginsWith(value()),
                _ => {
                    return Err(Error::invalid(
                        "Attempted conditional constraint is not an indexable operation",
                    ));
                }
            };
            Ok((condition.attribute, comparison))
        });
        Ok(Self::new(comparisons.collect::<Result<_>>()?))
    }
}

/// The `Action` of an attribute update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacyAction {
    Put,
    Add,
    Delete,
}

/// An attribute update: the attribute, what is done, and with which value.
pub type LegacyUpdate = (Box<str>, LegacyAction, Option<AttributeValue>);

impl Update {
    /// The update of `AttributeUpdates`, which name each attribute once.
    pub fn legacy(updates: Vec<LegacyUpdate>) -> Result<Self> {
        let actions = updates.into_iter().map(|(attribute, action, value)| {
            let path = Path::attribute(attribute);
            let change = match (action, value) {
                (LegacyAction::Delete, None) => Change::Remove,
                (_, None) => {
                    return invalid(
                        "Only DELETE action is allowed when no attribute value is specified",
                    );
                }
                (LegacyAction::Put, Some(value)) => Change::Set(value.into()),
                (LegacyAction::Add, Some(value)) => Change::Add(value),
                (LegacyAction::Delete, Some(value)) => Change::Delete(value),
            };
            Ok(Action { path, change })
        });
        Self::from_legacy(actions.collect::<Result<_>>()?)
    }
}
