//! Document paths: where in an item a value is.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result};
use crate::data::{AttributeValue, Item};

/// The most parts that a path can have (Developer Guide, "Quotas", "Nested attribute depth").
pub(super) const MAX_PARTS: usize = 32;

/// A part of a path: a name, in the item or in a map, or a place in a list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Part {
    Name(Box<str>),
    Index(u32),
}

/// A document path, such as `address.lines[0]`: the name of an attribute, and what leads from it
/// to a value inside.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Box<[Part]>")]
pub struct Path(Box<[Part]>);

impl Path {
    /// The path of an attribute itself.
    pub fn attribute(name: impl Into<Box<str>>) -> Self {
        Self([Part::Name(name.into())].into())
    }

    /// The name of the attribute that this leads into.
    pub fn top(&self) -> &str {
        match self.0.first() {
            Some(Part::Name(name)) => name,
            _ => unreachable!("a path begins with a name"),
        }
    }

    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// True if this leads to something inside of an attribute.
    pub fn is_nested(&self) -> bool {
        self.0.len() > 1
    }

    /// The value at this path.
    pub fn find<'a>(&self, item: &'a Item) -> Option<&'a AttributeValue> {
        find(&self.0, item)
    }
}

/// The value where these parts lead.
pub(super) fn find<'a>(parts: &[Part], item: &'a Item) -> Option<&'a AttributeValue> {
    let (Part::Name(top), inside) = parts.split_first()? else { return None };
    inside.iter().try_fold(item.get(top)?, |value, part| match (part, value) {
        (Part::Name(name), AttributeValue::M(map)) => map.get(name),
        (Part::Index(index), AttributeValue::L(list)) => list.get(*index as usize),
        _ => None,
    })
}

/// The same, to change it.
pub(super) fn find_mut<'a>(parts: &[Part], item: &'a mut Item) -> Option<&'a mut AttributeValue> {
    let (Part::Name(top), inside) = parts.split_first()? else { return None };
    inside.iter().try_fold(item.get_mut(top)?, |value, part| match (part, value) {
        (Part::Name(name), AttributeValue::M(map)) => map.get_mut(name),
        (Part::Index(index), AttributeValue::L(list)) => list.get_mut(*index as usize),
        _ => None,
    })
}

impl TryFrom<Box<[Part]>> for Path {
    type Error = Error;

    fn try_from(parts: Box<[Part]>) -> Result<Self> {
        match parts.first() {
            Some(Part::Name(_)) if parts.len() <= MAX_PARTS => Ok(Self(parts)),
            _ => Err(Error::damaged("a stored path has no name, or too many parts")),
        }
    }
}

impl fmt::Display for Path {
    /// As it is written in an expression; names as they are, whatever is in them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.0.iter().enumerate() {
            match part {
                Part::Name(name) if at == 0 => f.write_str(name)?,
                Part::Name(name) => write!(f, ".{name}")?,
                Part::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A path as DynamoDB's errors write it: `[address, lines, [0]]`.
pub(super) fn listed(path: &Path) -> String {
    let mut text = String::from("[");
    for (at, part) in path.0.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        match part {
            Part::Name(name) => text.push_str(name),
            Part::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text.push(']');
    text
}

/// Refuses paths of which one leads into what another one means, or that take one value for both a
/// list and a map.
pub(super) fn check_apart(paths: &[&Path]) -> Result<()> {
    for (word, clash) in [("overlap", overlap as fn(&Path, &Path) -> bool), ("conflict", conflict)]
    {
        for (at, second) in paths.iter().enumerate() {
            if let Some(first) = paths[..at].iter().find(|first| clash(first, second)) {
                return Err(Error::invalid(format!(
                    "Two document paths {word} with each other; must remove or rewrite one of \
                     these paths; path one: {}, path two: {}",
                    listed(first),
                    listed(second)
                )));
            }
        }
    }
    Ok(())
}

fn overlap(a: &Path, b: &Path) -> bool {
    a.0.iter().zip(&b.0).all(|(a, b)| a == b)
}

fn conflict(a: &Path, b: &Path) -> bool {
    let differing = a.0.iter().zip(&b.0).find(|(a, b)| a != b);
    matches!(differing, Some((Part::Name(_), Part::Index(_)) | (Part::Index(_), Part::Name(_))))
}
