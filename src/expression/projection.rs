//! Projections: the parts of an item that a request wants.

use serde::{Deserialize, Serialize};

use super::check::{check_words, path};
use super::parse::Parser;
use super::path::{Part, Path, check_apart};
use super::placeholders::Placeholders;
use super::token::Kind;
use crate::base::{Error, Result, heap_sort};
use crate::data::{AttributeValue, Item};

/// The paths that are wanted: in order, and none of them inside of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Box<[Path]>")]
pub struct Projection(Box<[Path]>);

impl TryFrom<Box<[Path]>> for Projection {
    type Error = Error;

    fn try_from(paths: Box<[Path]>) -> Result<Self> {
        // What lies inside of a path comes right after it.
        let apart =
            |pair: &[Path]| pair[0] < pair[1] && !pair[1].parts().starts_with(pair[0].parts());
        if paths.windows(2).all(apart) {
            Ok(Self(paths))
        } else {
            Err(Error::damaged("the stored paths are out of order"))
        }
    }
}

impl Projection {
    /// Parses a projection expression.
    pub fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Self> {
        let mut parser = Parser::new(text)?;
        loop {
            parser.path()?;
            if parser.kind() == Kind::End {
                break;
            }
            parser.expect(Kind::Comma)?;
        }
        check_words(&parser, false)?;
        let paths = parser.mentioned.iter().map(|node| path(&parser, *node, placeholders));
        let paths = paths.collect::<Result<Vec<_>>>()?;
        check_apart(&paths.iter().collect::<Vec<_>>())?;
        Ok(Self::of_paths(paths))
    }

    /// The projection on whole attributes, for `AttributesToGet` and for indexes. A name may come
    /// more than once.
    pub fn of_attributes<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut paths: Vec<Path> = names.into_iter().map(Path::attribute).collect();
        heap_sort(&mut paths, Path::cmp);
        paths.dedup();
        Self(paths.into_boxed_slice())
    }

    /// Takes paths that are known to be apart.
    pub(super) fn of_paths(mut paths: Vec<Path>) -> Self {
        heap_sort(&mut paths, Path::cmp);
        Self(paths.into_boxed_slice())
    }

    pub fn paths(&self) -> &[Path] {
        &self.0
    }

    /// What an item has at these paths. Elements of lists close ranks; a map or a list in which
    /// nothing was found is left out.
    pub fn of(&self, item: &Item) -> Item {
        match projected(Container::Map(item), &self.0, 0) {
            Some(AttributeValue::M(found)) => found,
            _ => Item::new(),
        }
    }
}

/// What holds values: an item or a map, or a list.
#[derive(Clone, Copy)]
enum Container<'a> {
    Map(&'a Item),
    List(&'a [AttributeValue]),
}

impl<'a> Container<'a> {
    fn get(self, part: &Part) -> Option<&'a AttributeValue> {
        match (self, part) {
            (Self::Map(map), Part::Name(name)) => map.get(name),
            (Self::List(list), Part::Index(index)) => list.get(*index as usize),
            _ => None,
        }
    }
}

/// What a container has at these paths, which are alike up to `depth`. Calls itself for each part
/// of a path, of which there are 32 at most.
fn projected(container: Container<'_>, mut paths: &[Path], depth: usize) -> Option<AttributeValue> {
    let (mut attributes, mut elements) = (Vec::new(), Vec::new());
    while let Some(first) = paths.first() {
        let part = &first.parts()[depth];
        let alike = paths.iter().take_while(|path| path.parts()[depth] == *part).count();
        let (inside, rest) = paths.split_at(alike);
        paths = rest;
        let value = match container.get(part) {
            Some(value) if first.parts().len() == depth + 1 => Some(value.clone()),
            Some(AttributeValue::M(map)) => projected(Container::Map(map), inside, depth + 1),
            Some(AttributeValue::L(list)) => projected(Container::List(list), inside, depth + 1),
            _ => None,
        };
        match (part, value) {
            (_, None) => {}
            (Part::Name(name), Some(value)) => attributes.push((name.clone(), value)),
            (Part::Index(_), Some(value)) => elements.push(value),
        }
    }
    match container {
        _ if attributes.is_empty() && elements.is_empty() => None,
        Container::Map(_) => Item::from_attributes(attributes).map(AttributeValue::M).ok(),
        Container::List(_) => Some(AttributeValue::L(elements.into())),
    }
}
