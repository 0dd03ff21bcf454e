//! Updates applied to items.
//!
//! Whatever an update reads, it reads from the item before the update (Developer Guide, "Using
//! update expressions in DynamoDB"): `SET a = b, b = a` exchanges two attributes, and the indexes
//! of `REMOVE list[0] SET list[2] = :v` are those of the list as it was.

use std::borrow::Cow;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::path::{Part, Path, find, find_mut};
use super::program::{Function, Step};
use super::update::{Change, SetValue, Update};
use crate::base::{Error, heap_sort};
use crate::data::{AttributeValue, Item, MAX_ITEM_SIZE, Set};

/// Why an update cannot be applied to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rejection {
    /// It reads something that is not there.
    MissingAttribute,
    /// It adds, appends, or removes what does not fit what is there.
    WrongType,
    /// The same, with `AttributeUpdates`.
    TypeMismatch,
    /// It changes something inside of what is not there, or is no map or list.
    InvalidPath,
    /// A sum has more than 38 digits, or is too large.
    NumberOverflow,
    /// A sum is too close to zero.
    NumberUnderflow,
    /// The item would have more than 400 KB.
    ItemTooLarge,
    /// The item would have more than 32 levels.
    TooDeep,
    /// What follows is for whoever knows of indexes: one would have a key of another type,
    WrongTypeInIndex,
    /// or of too many bytes,
    TooLongInIndex,
    /// or of none.
    EmptyStringInIndex,
    EmptyBinaryInIndex,
}

impl Rejection {
    /// DynamoDB's message, of a `ValidationException`.
    pub fn message(self) -> &'static str {
        match self {
            Self::MissingAttribute => {
                "The provided expression refers to an attribute that does not exist in the item"
            }
            Self::WrongType => "An operand in the update expression has an incorrect data type",
            Self::TypeMismatch => "Type mismatch for attribute to update",
            Self::InvalidPath => {
                "The document path provided in the update expression is invalid for update"
            }
            Self::NumberOverflow => {
                "Number overflow. Attempting to store a number with magnitude larger than \
                 supported range"
            }
            Self::NumberUnderflow => {
                "Number underflow. Attempting to store a number with magnitude smaller than \
                 supported range"
            }
            Self::ItemTooLarge => "Item size to update has exceeded the maximum allowed size",
            Self::TooDeep => "Nesting Levels have exceeded supported limits",
            Self::WrongTypeInIndex => {
                "The update expression attempted to update the secondary index key to unsupported type"
            }
            Self::TooLongInIndex => {
                "The update expression attempted to update the secondary index key beyond allowed \
                 size limits"
            }
            Self::EmptyStringInIndex => {
                "One or more parameter values are not valid. The update expression attempted to update \
                 a secondary index key to a value that is not supported. The AttributeValue for a key \
                 attribute cannot contain an empty string value."
            }
            Self::EmptyBinaryInIndex => {
                "One or more parameter values are not valid. The update expression attempted to update \
                 a secondary index key to a value that is not supported. The AttributeValue for a key \
                 attribute cannot contain an empty binary value."
            }
        }
    }
}

type Result<T> = std::result::Result<T, Rejection>;

/// What becomes of a path.
enum Outcome {
    Set(AttributeValue),
    Remove,
    Keep,
}

impl Update {
    /// The item after this update of what was found: an item, or nothing, where an item of the
    /// attributes `key` is made first. `None` if nothing was found and nothing is made.
    pub fn apply(&self, found: Option<&Item>, key: &Item) -> Result<Option<Item>> {
        if found.is_none() && !self.creates() {
            return Ok(None);
        }
        let before = found.unwrap_or(key);
        let mut after = before.clone();
        self.write(self.outcomes(before)?, &mut after);
        if after.size() > MAX_ITEM_SIZE {
            return Err(Rejection::ItemTooLarge);
        }
        match after.check_limits() {
            Ok(()) => Ok(Some(after)),
            Err(_) => Err(Rejection::TooDeep),
        }
    }

    /// What becomes of each path. Of several reasons to reject the update, DynamoDB tells this one:
    /// paths through what is of the wrong type, then operands of the wrong type, then, from the
    /// last section to the first, paths through what is missing and operands that are missing, and
    /// numbers out of range in the end.
    fn outcomes(&self, item: &Item) -> Result<Vec<Outcome>> {
        let mut outcomes = Vec::with_capacity(self.actions().len());
        let (mut first_wrong, mut first_range) = (None, None);
        // Of the section that comes last: its first missing place, and its first missing operand.
        let mut missing: (&str, Option<Rejection>, Option<Rejection>) = ("", None, None);
        for action in self.actions() {
            let section = action.change.section();
            let place = place(&action.path, item);
            if place == Place::Wrong {
                return Err(Rejection::InvalidPath);
            }
            let absent = place == Place::Missing;
            let outcome = self.outcome(&action.change, &action.path, item);
            let lacks = matches!(outcome, Err(Rejection::MissingAttribute));
            if absent || lacks {
                if missing.0 != section {
                    missing = (section, None, None);
                }
                let rejection = |is: bool, rejection| is.then_some(rejection);
                missing.1 = missing.1.or(rejection(absent, Rejection::InvalidPath));
                missing.2 = missing.2.or(rejection(lacks, Rejection::MissingAttribute));
            }
            match outcome {
                Ok(outcome) => outcomes.push(outcome),
                Err(Rejection::MissingAttribute) => {}
                Err(wrong @ (Rejection::WrongType | Rejection::TypeMismatch)) => {
                    first_wrong = first_wrong.or(Some(wrong));
                }
                Err(range) => first_range = first_range.or(Some(range)),
            }
        }
        match first_wrong.or(missing.1).or(missing.2).or(first_range) {
            Some(rejection) => Err(rejection),
            None => Ok(outcomes),
        }
    }

    fn outcome(&self, change: &Change, path: &Path, item: &Item) -> Result<Outcome> {
        let mismatch =
            if self.is_legacy() { Rejection::TypeMismatch } else { Rejection::WrongType };
        let present = path.find(item);
        match (change, present) {
            (Change::Set(value), _) => value.of(item).map(Outcome::Set),
            (Change::Remove, _) => Ok(Outcome::Remove),
            (Change::Add(value), None) => Ok(Outcome::Set(value.clone())),
            (Change::Add(value), Some(present)) => {
                added(present, value, mismatch).map(Outcome::Set)
            }
            (Change::Delete(_), None) => Ok(Outcome::Keep),
            (Change::Delete(value), Some(present)) => match deleted(present, value, mismatch)? {
                Some(rest) => Ok(Outcome::Set(rest)),
                None => Ok(Outcome::Remove),
            },
        }
    }

    /// Writes what becomes of each path.
    fn write(&self, outcomes: Vec<Outcome>, item: &mut Item) {
        // What changes the length of a list has to wait: the indexes are those before the update.
        let (mut appended, mut removed) = (Vec::new(), Vec::new());
        for (path, outcome) in self.paths().zip(outcomes) {
            let value = match outcome {
                Outcome::Set(value) => Some(value),
                Outcome::Remove => None,
                Outcome::Keep => continue,
            };
            let Some((last, parents)) = path.parts().split_last() else { continue };
            let container = if parents.is_empty() { None } else { find_mut(parents, item) };
            match (last, container, value) {
                (Part::Name(name), None, Some(value)) => drop(item.insert(name.clone(), value)),
                (Part::Name(name), None, None) => drop(item.remove(name)),
                (Part::Name(name), Some(AttributeValue::M(map)), Some(value)) => {
                    map.insert(name.clone(), value);
                }
                (Part::Name(name), Some(AttributeValue::M(map)), None) => drop(map.remove(name)),
                (Part::Index(index), Some(AttributeValue::L(list)), value) => {
                    match (list.get_mut(*index as usize), value) {
                        (Some(element), Some(value)) => *element = value,
                        (Some(_), None) => removed.push(path),
                        (None, Some(value)) => appended.push((path, value)),
                        (None, None) => {}
                    }
                }
                _ => unreachable!("the paths have been checked"),
            }
        }
        heap_sort(&mut appended, |(a, _), (b, _)| a.cmp(b));
        for (path, value) in appended {
            change_list(path, item, |list, _| list.push(value));
        }
        // From the end, so that the indexes of the others stay what they were.
        heap_sort(&mut removed, |a, b| b.cmp(a));
        for path in removed {
            change_list(path, item, |list, index| drop(list.remove(index)));
        }
    }
}

/// Changes the list that a path leads into.
fn change_list(path: &Path, item: &mut Item, change: impl FnOnce(&mut Vec<AttributeValue>, usize)) {
    if let Some((Part::Index(index), parents)) = path.parts().split_last()
        && let Some(AttributeValue::L(list)) = find_mut(parents, item)
    {
        let mut elements = std::mem::take(list).into_vec();
        change(&mut elements, *index as usize);
        *list = elements.into_boxed_slice();
    }
}

/// Whether there is something to hold what a path leads to.
#[derive(PartialEq, Eq)]
enum Place {
    Fit,
    Missing,
    Wrong,
}

fn place(path: &Path, item: &Item) -> Place {
    let Some((last, parents)) = path.parts().split_last() else { return Place::Wrong };
    if parents.is_empty() {
        return Place::Fit;
    }
    match (last, find(parents, item)) {
        (_, None) => Place::Missing,
        (Part::Name(_), Some(AttributeValue::M(_))) => Place::Fit,
        (Part::Index(_), Some(AttributeValue::L(_))) => Place::Fit,
        _ => Place::Wrong,
    }
}

impl SetValue {
    /// The value for this item.
    fn of(&self, item: &Item) -> Result<AttributeValue> {
        let mut operands: Vec<Option<Cow<'_, AttributeValue>>> = Vec::new();
        for step in self.steps() {
            let operand = match step {
                Step::Path(path) => path.find(item).map(Cow::Borrowed),
                Step::Value(value) => Some(Cow::Borrowed(value)),
                _ => {
                    let second = operands.pop().flatten();
                    let first = operands.pop().flatten();
                    match step {
                        Step::Call(Function::IfNotExists) => first.or(second),
                        _ => Some(Cow::Owned(combined(step, first.as_deref(), second.as_deref())?)),
                    }
                }
            };
            operands.push(operand);
        }
        let value = operands.pop().flatten().ok_or(Rejection::MissingAttribute)?;
        Ok(value.into_owned())
    }
}

/// A sum, a difference, or one list after another.
fn combined(
    step: &Step,
    first: Option<&AttributeValue>,
    second: Option<&AttributeValue>,
) -> Result<AttributeValue> {
    use AttributeValue::{L, N};
    let fits = |operand: Option<&AttributeValue>| match step {
        Step::Plus | Step::Minus => matches!(operand, None | Some(N(_))),
        _ => matches!(operand, None | Some(L(_))),
    };
    if !fits(first) || !fits(second) {
        return Err(Rejection::WrongType);
    }
    match (step, first, second) {
        (Step::Plus, Some(N(a)), Some(N(b))) => a.checked_add(*b).map(N).map_err(out_of_range),
        (Step::Minus, Some(N(a)), Some(N(b))) => a.checked_sub(*b).map(N).map_err(out_of_range),
        (_, Some(L(a)), Some(L(b))) => Ok(L(a.iter().chain(b).cloned().collect())),
        _ => Err(Rejection::MissingAttribute),
    }
}

/// DynamoDB calls a sum of too many digits an overflow, too.
fn out_of_range(error: Error) -> Rejection {
    match error.message.contains("underflow") {
        true => Rejection::NumberUnderflow,
        false => Rejection::NumberOverflow,
    }
}

/// What is there after an ADD.
fn added(
    present: &AttributeValue,
    value: &AttributeValue,
    mismatch: Rejection,
) -> Result<AttributeValue> {
    use AttributeValue::{BS, L, N, NS, SS};
    match (present, value) {
        (N(a), N(b)) => a.checked_add(*b).map(N).map_err(out_of_range),
        (SS(a), SS(b)) => Ok(SS(union(a, b))),
        (NS(a), NS(b)) => Ok(NS(union(a, b))),
        (BS(a), BS(b)) => Ok(BS(union(a, b))),
        (L(a), L(b)) => Ok(L(a.iter().chain(b).cloned().collect())),
        _ => Err(mismatch),
    }
}

/// What is there after a DELETE.
fn deleted(
    present: &AttributeValue,
    value: &AttributeValue,
    mismatch: Rejection,
) -> Result<Option<AttributeValue>> {
    use AttributeValue::{BS, NS, SS};
    match (present, value) {
        (SS(a), SS(b)) => Ok(difference(a, b).map(SS)),
        (NS(a), NS(b)) => Ok(difference(a, b).map(NS)),
        (BS(a), BS(b)) => Ok(difference(a, b).map(BS)),
        _ => Err(mismatch),
    }
}

fn union<T: Ord + Clone + Debug>(a: &Set<T>, b: &Set<T>) -> Set<T> {
    let new = b.iter().filter(|member| !a.contains(member));
    Set::new(a.iter().chain(new).cloned().collect::<Vec<_>>()).expect("each member once")
}

/// The members that are left, if any.
fn difference<T: Ord + Clone + Debug>(a: &Set<T>, b: &Set<T>) -> Option<Set<T>> {
    Set::new(a.iter().filter(|member| !b.contains(member)).cloned().collect::<Vec<_>>()).ok()
}
