//! Arguments that only lines have.

use std::str::FromStr;

use crate::base::{Duration, Error, NodeId, Result};
use crate::node::Condition;

/// Names of nodes in one argument, with blanks between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeNames(pub Vec<NodeId>);

impl FromStr for NodeNames {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let names = text.split_whitespace().map(str::parse).collect::<Result<Vec<NodeId>>>()?;
        match names.is_empty() {
            true => Err(Error::invalid("from which nodes? Name one or more, such as from='C D'")),
            false => Ok(Self(names)),
        }
    }
}

/// For how long a workload goes on, or that it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    For(Duration),
    Stop,
}

impl FromStr for Term {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "stop" => Ok(Self::Stop),
            span => span.parse().map(Self::For).map_err(|_| {
                Error::invalid(format!("{span:?} is neither a span of time, such as 10s, nor stop"))
            }),
        }
    }
}

/// What has to hold for a write to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnlyIf {
    /// The newest version is the one that this client was told of last.
    Last,
    Is(Condition),
    /// A condition expression with literals in it, which holds for the item.
    Holds(String),
}

impl FromStr for OnlyIf {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "last" => Ok(Self::Last),
            // An expression has operators or a function.
            text if text.contains(['(', '=', '<', '>', ' ']) => Ok(Self::Holds(text.to_owned())),
            condition => condition.parse().map(Self::Is),
        }
    }
}

/// One of several equal arcs of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    pub number: u32,
    pub of: u32,
}

impl Segment {
    pub const WHOLE: Self = Self { number: 0, of: 1 };
}

impl FromStr for Segment {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts = text.split_once('/').map(|(number, of)| (number.parse(), of.parse()));
        match parts {
            Some((Ok(number), Ok(of))) if number < of => Ok(Self { number, of }),
            _ => Err(Error::invalid(format!(
                "{text:?} is no segment: 0/4 is the first of four, 3/4 the last"
            ))),
        }
    }
}
