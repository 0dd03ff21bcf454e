//! How values compare, what is in them, and how long they are (Developer Guide, "Condition and
//! filter expressions, operators, and functions in DynamoDB").

use std::cmp::Ordering;

use super::program::Comparator;
use crate::data::AttributeValue;

/// The order of two strings, numbers or binaries; values of other types, or of two types, have
/// none.
pub(super) fn order(a: &AttributeValue, b: &AttributeValue) -> Option<Ordering> {
    match (a, b) {
        (AttributeValue::S(a), AttributeValue::S(b)) => Some(a.cmp(b)),
        (AttributeValue::N(a), AttributeValue::N(b)) => Some(a.cmp(b)),
        (AttributeValue::B(a), AttributeValue::B(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Compares two operands, of which each may be missing. Missing is equal to nothing, and differs
/// from everything.
pub(super) fn compare(
    comparator: Comparator,
    a: Option<&AttributeValue>,
    b: Option<&AttributeValue>,
) -> bool {
    let equal = || a.is_some() && a == b;
    let ordered = |wanted: fn(Ordering) -> bool| match (a, b) {
        (Some(a), Some(b)) => order(a, b).is_some_and(wanted),
        _ => false,
    };
    match comparator {
        Comparator::Equal => equal(),
        Comparator::NotEqual => !equal(),
        Comparator::Less => ordered(Ordering::is_lt),
        Comparator::LessOrEqual => ordered(Ordering::is_le),
        Comparator::Greater => ordered(Ordering::is_gt),
        Comparator::GreaterOrEqual => ordered(Ordering::is_ge),
    }
}

/// True if a string or a binary begins with another one.
pub(super) fn begins_with(value: &AttributeValue, prefix: &AttributeValue) -> bool {
    match (value, prefix) {
        (AttributeValue::S(text), AttributeValue::S(prefix)) => text.starts_with(&**prefix),
        (AttributeValue::B(bytes), AttributeValue::B(prefix)) => bytes.starts_with(prefix),
        _ => false,
    }
}

/// True if a string or a binary has another one in it, or a set or a list has it as a member.
pub(super) fn contains(value: &AttributeValue, part: &AttributeValue) -> bool {
    match (value, part) {
        (AttributeValue::S(text), AttributeValue::S(part)) => text.contains(&**part),
        (AttributeValue::B(bytes), AttributeValue::B(part)) => {
            part.is_empty() || bytes.windows(part.len()).any(|window| *window == **part)
        }
        (AttributeValue::SS(set), AttributeValue::S(part)) => set.contains(part),
        (AttributeValue::NS(set), AttributeValue::N(part)) => set.contains(part),
        (AttributeValue::BS(set), AttributeValue::B(part)) => set.contains(part),
        (AttributeValue::L(list), part) => list.contains(part),
        _ => false,
    }
}

/// The length of a string, in UTF-16 units as DynamoDB counts, or of a binary; or how many elements
/// a set, a list or a map has.
pub(super) fn size(value: &AttributeValue) -> Option<usize> {
    match value {
        AttributeValue::S(text) => Some(text.encode_utf16().count()),
        AttributeValue::B(bytes) => Some(bytes.len()),
        AttributeValue::SS(set) => Some(set.len()),
        AttributeValue::NS(set) => Some(set.len()),
        AttributeValue::BS(set) => Some(set.len()),
        AttributeValue::L(list) => Some(list.len()),
        AttributeValue::M(map) => Some(map.len()),
        AttributeValue::N(_) | AttributeValue::BOOL(_) | AttributeValue::NULL => None,
    }
}
