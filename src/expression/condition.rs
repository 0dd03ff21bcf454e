//! Conditions: what a condition expression, a filter expression or `Expected` asks of an item.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::check::{check_words, program};
use super::parse::Parser;
use super::path::Path;
use super::placeholders::Placeholders;
use super::program::{Function, Step, beginnings};
use super::value::{begins_with, compare, contains, order, size};
use crate::base::{Error, Result};
use crate::data::{AttributeValue, Item, Number};

/// A condition on an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Box<[Step]>")]
pub struct Condition(Box<[Step]>);

impl TryFrom<Box<[Step]>> for Condition {
    type Error = Error;

    fn try_from(steps: Box<[Step]>) -> Result<Self> {
        beginnings(&steps, false)?;
        Ok(Self(steps))
    }
}

/// An operand's value, or that it is missing.
type Operand<'a> = Option<Cow<'a, AttributeValue>>;

impl Condition {
    /// Parses a condition expression or a filter expression.
    pub fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Self> {
        let mut parser = Parser::new(text)?;
        parser.condition()?;
        check_words(&parser, false)?;
        Ok(Self(program(&parser, &parser.nodes, placeholders)?))
    }

    /// Takes steps that are known to be a condition.
    pub(super) fn from_steps(steps: Vec<Step>) -> Self {
        debug_assert!(beginnings(&steps, false).is_ok());
        Self(steps.into_boxed_slice())
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The paths that this looks at, in the order in which they are written; some more than once.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().filter_map(|step| match step {
            Step::Path(path) => Some(path),
            _ => None,
        })
    }

    /// True if this holds for what was found: an item, or nothing, which has no attributes.
    pub fn holds(&self, found: Option<&Item>) -> bool {
        let (mut operands, mut truths) = (Vec::<Operand<'_>>::new(), Vec::new());
        for step in &self.0 {
            let mut take = || operands.pop().flatten();
            let truth = match step {
                Step::Path(path) => {
                    operands.push(found.and_then(|item| path.find(item)).map(Cow::Borrowed));
                    continue;
                }
                Step::Value(value) => {
                    operands.push(Some(Cow::Borrowed(value)));
                    continue;
                }
                Step::Call(Function::Size) => {
                    let length = take().as_deref().and_then(size);
                    let length = length.map(|length| Number::from(length as i64));
                    operands.push(length.map(|length| Cow::Owned(AttributeValue::N(length))));
                    continue;
                }
                Step::Call(Function::AttributeExists) => take().is_some(),
                Step::Call(Function::AttributeNotExists) => take().is_none(),
                Step::Call(function) => {
                    let (second, first) = (take(), take());
                    first
                        .zip(second)
                        .is_some_and(|(first, second)| asks(*function, &first, &second))
                }
                Step::Compare(comparator) => {
                    let (second, first) = (take(), take());
                    compare(*comparator, first.as_deref(), second.as_deref())
                }
                Step::Between => {
                    let (upper, lower, value) = (take(), take(), take());
                    let within = |value: &AttributeValue, lower: &_, upper: &_| {
                        order(lower, value).is_some_and(|order| order.is_le())
                            && order(value, upper).is_some_and(|order| order.is_le())
                    };
                    match (value, lower, upper) {
                        (Some(value), Some(lower), Some(upper)) => within(&value, &lower, &upper),
                        _ => false,
                    }
                }
                Step::In(others) => {
                    let at = operands.len() - *others as usize - 1;
                    let (value, others) = (&operands[at], &operands[at + 1..]);
                    let found = value.is_some() && others.contains(value);
                    operands.truncate(at);
                    found
                }
                Step::And | Step::Or => {
                    let (second, first) = (truths.pop() == Some(true), truths.pop() == Some(true));
                    if *step == Step::And { first && second } else { first || second }
                }
                Step::Not => truths.pop() == Some(false),
                Step::Plus | Step::Minus => unreachable!("no step of a condition"),
            };
            truths.push(truth);
        }
        truths.pop() == Some(true)
    }
}

/// What a function of two operands answers.
fn asks(function: Function, first: &AttributeValue, second: &AttributeValue) -> bool {
    match (function, second) {
        (Function::BeginsWith, _) => begins_with(first, second),
        (Function::Contains, _) => contains(first, second),
        (Function::AttributeType, AttributeValue::S(name)) => first.type_descriptor() == &**name,
        _ => false,
    }
}
