//! What stands in an expression for names and values: `ExpressionAttributeNames` and
//! `ExpressionAttributeValues`.

use crate::base::{Error, Result, heap_sort};
use crate::data::AttributeValue;

/// The most bytes of a placeholder.
const MAX_KEY_BYTES: usize = 255;

/// The names and the values of a request's expressions, in order, and which of them were used.
#[derive(Clone, Debug, Default)]
pub struct Placeholders {
    names: Vec<Placeholder<Box<str>>>,
    values: Vec<Placeholder<AttributeValue>>,
}

#[derive(Clone, Debug)]
struct Placeholder<T> {
    /// With its `#` or `:`.
    key: Box<str>,
    meaning: T,
    used: bool,
}

impl Placeholders {
    /// Takes the two parameters of a request; `None` is a parameter that it does not have.
    pub fn new(
        names: Option<Vec<(Box<str>, Box<str>)>>,
        values: Option<Vec<(Box<str>, AttributeValue)>>,
    ) -> Result<Self> {
        let names = placeholders("Names", '#', names)?;
        if let Some(empty) = names.iter().find(|name| name.meaning.is_empty()) {
            return Err(Error::invalid(format!(
                "ExpressionAttributeNames contains invalid value: Empty attribute name for key {}",
                empty.key
            )));
        }
        Ok(Self { names, values: placeholders("Values", ':', values)? })
    }

    /// The attribute that a `#name` means.
    pub(super) fn name(&mut self, key: &str) -> Result<Box<str>> {
        used(&mut self.names, key).cloned().ok_or_else(|| {
            Error::invalid(format!(
                "An expression attribute name used in the document path is not defined; attribute \
                 name: {key}"
            ))
        })
    }

    /// What a `:value` is.
    pub(super) fn value(&mut self, key: &str) -> Result<AttributeValue> {
        used(&mut self.values, key).cloned().ok_or_else(|| {
            Error::invalid(format!(
                "An expression attribute value used in expression is not defined; attribute \
                 value: {key}"
            ))
        })
    }

    /// Refuses what none of the request's expressions used. To be asked after all of them were
    /// parsed.
    pub fn unused(&self) -> Result<()> {
        let names = unused(&self.names);
        let (parameter, keys) =
            if names.is_empty() { ("Values", unused(&self.values)) } else { ("Names", names) };
        if keys.is_empty() {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "Value provided in ExpressionAttribute{parameter} unused in expressions: keys: {{{}}}",
            keys.join(", ")
        )))
    }
}

fn placeholders<T>(
    parameter: &str,
    sign: char,
    given: Option<Vec<(Box<str>, T)>>,
) -> Result<Vec<Placeholder<T>>> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let complain =
        |what: String| Err(Error::invalid(format!("ExpressionAttribute{parameter} {what}")));
    if given.is_empty() {
        return complain("must not be empty".into());
    }
    for (key, _) in &given {
        if key.len() > MAX_KEY_BYTES {
            return complain(format!(
                "contains invalid key: The expression attribute map contains a key that is too \
                 long; size of key: {}",
                key.len()
            ));
        }
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
        };
        if !key.strip_prefix(sign).is_some_and(word) {
            return complain(format!("contains invalid key: Syntax error; key: \"{key}\""));
        }
    }
    let unused = |(key, meaning)| Placeholder { key, meaning, used: false };
    let mut placeholders: Vec<_> = given.into_iter().map(unused).collect();
    heap_sort(&mut placeholders, |a, b| a.key.cmp(&b.key));
    Ok(placeholders)
}

fn used<'a, T>(among: &'a mut [Placeholder<T>], key: &str) -> Option<&'a T> {
    let at = among.binary_search_by(|placeholder| (*placeholder.key).cmp(key)).ok()?;
    among[at].used = true;
    Some(&among[at].meaning)
}

/// The keys that were not used, in DynamoDB's order: that of a Java hash table with all keys.
fn unused<T>(among: &[Placeholder<T>]) -> Vec<&str> {
    let unused = among.iter().filter(|placeholder| !placeholder.used);
    let mut keys: Vec<&str> = unused.map(|placeholder| &*placeholder.key).collect();
    let slots = (among.len() * 4 / 3 + 1).max(16).next_power_of_two() as u32;
    let slot = |key: &str| {
        let mix = |hash: u32, unit: u16| hash.wrapping_mul(31).wrapping_add(unit.into());
        let hash = key.encode_utf16().fold(0, mix);
        (hash ^ (hash >> 16)) & (slots - 1)
    };
    heap_sort(&mut keys, |a, b| slot(a).cmp(&slot(b)).then_with(|| a.cmp(b)));
    keys
}
