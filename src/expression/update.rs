//! Updates: what an update expression, or `AttributeUpdates`, changes in an item.

use serde::{Deserialize, Serialize};

use super::check::{check_words, path, program};
use super::parse::{Node, Parser};
use super::path::{Path, check_apart};
use super::placeholders::Placeholders;
use super::program::{Step, beginnings};
use super::projection::Projection;
use super::token::Kind;
use crate::base::{Error, Result};
use crate::data::AttributeValue;

/// Changes of an item that are made at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire")]
pub struct Update {
    actions: Box<[Action]>,
    /// Made from `AttributeUpdates`, whose rules differ in places.
    legacy: bool,
}

/// An update as it was stored, before it is checked.
#[derive(Deserialize)]
struct Wire {
    actions: Box<[Action]>,
    legacy: bool,
}

/// A change at one path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub path: Path,
    pub change: Change,
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    Set(SetValue),
    Remove,
    /// Adds a number, or members of a set; the elements of a list, in `AttributeUpdates` only.
    Add(AttributeValue),
    /// Removes members of a set.
    Delete(AttributeValue),
}

impl Change {
    /// The word that the change begins with in an expression.
    pub fn section(&self) -> &'static str {
        match self {
            Self::Set(_) => "SET",
            Self::Remove => "REMOVE",
            Self::Add(_) => "ADD",
            Self::Delete(_) => "DELETE",
        }
    }
}

/// How a SET computes its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Box<[Step]>")]
pub struct SetValue(Box<[Step]>);

impl SetValue {
    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The value that this is whatever the item is.
    pub fn constant(&self) -> Option<&AttributeValue> {
        match self.steps() {
            [Step::Value(value)] => Some(value),
            _ => None,
        }
    }
}

impl From<AttributeValue> for SetValue {
    fn from(value: AttributeValue) -> Self {
        Self([Step::Value(value)].into())
    }
}

impl TryFrom<Box<[Step]>> for SetValue {
    type Error = Error;

    fn try_from(steps: Box<[Step]>) -> Result<Self> {
        beginnings(&steps, true)?;
        Ok(Self(steps))
    }
}

impl TryFrom<Wire> for Update {
    type Error = Error;

    fn try_from(Wire { actions, legacy }: Wire) -> Result<Self> {
        let update = Self { actions, legacy };
        // Reading them as a projection checks that none is inside of another.
        let paths = update.changed().paths().to_vec();
        Projection::try_from(paths.into_boxed_slice())?;
        match update.actions.iter().all(|action| operand_fits(&action.change, legacy)) {
            true => Ok(update),
            false => Err(Error::damaged("a stored change has an operand of the wrong type")),
        }
    }
}

/// An action as it is parsed: its section, the node of its path, and the nodes of its value.
struct Draft {
    section: Kind,
    path: Node,
    value: std::ops::Range<usize>,
}

impl Update {
    /// Parses an update expression.
    pub fn parse(text: &str, placeholders: &mut Placeholders) -> Result<Self> {
        let mut parser = Parser::new(text)?;
        let (drafts, repeated) = drafts(&mut parser)?;
        check_words(&parser, true)?;
        if let Some(section) = repeated {
            return Err(Error::invalid(format!(
                "The \"{}\" section can only be used once in an update expression;",
                section_name(section)
            )));
        }
        let paths = drafts.iter().map(|draft| path(&parser, draft.path, placeholders));
        let paths = paths.collect::<Result<Vec<_>>>()?;
        check_apart(&paths.iter().collect::<Vec<_>>())?;
        let mut actions = Vec::with_capacity(drafts.len());
        for (draft, path) in drafts.into_iter().zip(paths) {
            let steps = program(&parser, &parser.nodes[draft.value], placeholders)?;
            actions.push(Action { path, change: change(draft.section, steps)? });
        }
        Ok(Self { actions: actions.into_boxed_slice(), legacy: false })
    }

    /// Takes the changes of `AttributeUpdates`: of each attribute one.
    pub(super) fn from_legacy(actions: Vec<Action>) -> Result<Self> {
        for action in &actions {
            if let Change::Add(value) | Change::Delete(value) = &action.change
                && !operand_fits(&action.change, true)
            {
                return Err(Error::invalid(format!(
                    "One or more parameter values were invalid: {} action is not supported for \
                     the type {}",
                    action.change.section(),
                    value.type_descriptor()
                )));
            }
        }
        Ok(Self { actions: actions.into_boxed_slice(), legacy: true })
    }

    pub fn actions(&self) -> &[Action] {
        &self.actions
    }

    pub fn is_legacy(&self) -> bool {
        self.legacy
    }

    /// The paths that this changes.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.actions.iter().map(|action| &action.path)
    }

    /// The paths that this reads.
    pub fn reads(&self) -> impl Iterator<Item = &Path> {
        let steps = self.actions.iter().flat_map(|action| match &action.change {
            Change::Set(value) => value.steps(),
            _ => &[],
        });
        steps.filter_map(|step| match step {
            Step::Path(path) => Some(path),
            _ => None,
        })
    }

    /// What `UPDATED_OLD` shows of the item before this update, and `UPDATED_NEW` of the item
    /// after it.
    pub fn changed(&self) -> Projection {
        Projection::of_paths(self.paths().cloned().collect())
    }

    /// True if this makes an item where there is none. An update that only removes does not.
    pub fn creates(&self) -> bool {
        let removes = |action: &Action| matches!(action.change, Change::Remove | Change::Delete(_));
        self.actions.is_empty() || !self.actions.iter().all(removes)
    }
}

fn section_name(section: Kind) -> &'static str {
    match section {
        Kind::Set => "SET",
        Kind::Remove => "REMOVE",
        Kind::Add => "ADD",
        _ => "DELETE",
    }
}

/// Reads the sections of an update expression, and which of them comes twice.
fn drafts(parser: &mut Parser<'_>) -> Result<(Vec<Draft>, Option<Kind>)> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut repeated = None;
    while drafts.is_empty() || parser.kind() != Kind::End {
        let section = parser.kind();
        if !matches!(section, Kind::Set | Kind::Remove | Kind::Add | Kind::Delete) {
            return Err(parser.stuck());
        }
        if drafts.iter().any(|draft| draft.section == section) {
            repeated = repeated.or(Some(section));
        }
        let before = drafts.len();
        parser.take();
        while drafts.len() == before || parser.took(Kind::Comma) {
            let path = parser.path()?;
            let start = parser.nodes.len();
            match section {
                Kind::Set => {
                    parser.expect(Kind::Equal)?;
                    parser.set_value()?;
                }
                Kind::Remove => {}
                _ => parser.value()?,
            }
            drafts.push(Draft { section, path, value: start..parser.nodes.len() });
        }
    }
    Ok((drafts, repeated))
}

/// Makes a change of the steps of its value, and checks the value's type.
fn change(section: Kind, steps: Box<[Step]>) -> Result<Change> {
    let change = match section {
        Kind::Set => return Ok(Change::Set(SetValue(steps))),
        Kind::Remove => return Ok(Change::Remove),
        _ => match (section, steps.into_iter().next()) {
            (Kind::Add, Some(Step::Value(value))) => Change::Add(value),
            (_, Some(Step::Value(value))) => Change::Delete(value),
            _ => unreachable!("parsed as a value"),
        },
    };
    let (Change::Add(value) | Change::Delete(value)) = &change else { return Ok(change) };
    if operand_fits(&change, false) {
        return Ok(change);
    }
    let (section, found) = (change.section(), long_type(value));
    Err(Error::invalid(format!(
        "Incorrect operand type for operator or function; operator: {section}, operand type: \
         {found}, typeSet: ALLOWED_FOR_{section}_OPERAND"
    )))
}

fn operand_fits(change: &Change, legacy: bool) -> bool {
    use AttributeValue::{BS, L, N, NS, SS};
    match change {
        Change::Add(N(_) | SS(_) | NS(_) | BS(_)) | Change::Delete(SS(_) | NS(_) | BS(_)) => true,
        Change::Add(L(_)) => legacy,
        Change::Set(_) | Change::Remove => true,
        Change::Add(_) | Change::Delete(_) => false,
    }
}

/// A type as DynamoDB's errors about ADD and DELETE name it.
fn long_type(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "STRING",
        AttributeValue::N(_) => "NUMBER",
        AttributeValue::B(_) => "BINARY",
        AttributeValue::BOOL(_) => "BOOLEAN",
        AttributeValue::NULL => "NULL",
        AttributeValue::M(_) => "MAP",
        AttributeValue::L(_) => "LIST",
        AttributeValue::SS(_) => "STRING_SET",
        AttributeValue::NS(_) => "NUMBER_SET",
        AttributeValue::BS(_) => "BINARY_SET",
    }
}
