//! Which attributes of a file's first items could be the keys of a table.

use crate::data::{AttributeValue, Item, KeyAttribute, KeyKind, Number};

/// What a table could be declared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Attributes that every item has, with the one type that they all have it with.
    pub candidates: Vec<KeyAttribute>,
    /// The place among them of what is the most likely partition key.
    pub partition: usize,
    /// The same for a sort key, where one seems to be needed to tell the items apart.
    pub sort: Option<usize>,
}

/// Names that partition keys go by, the most telling first, and endings of such names.
const PARTITION_NAMES: [&str; 5] = ["pk", "id", "key", "partitionkey", "partition_key"];
const SORT_NAMES: [&str; 5] = ["sk", "sort", "range", "sortkey", "sort_key"];
const ENDINGS: [&str; 4] = ["id", "key", "code", "iata"];

/// Looks at items of which only the keys are looked for. In a file of text alone, such as CSV, what is
/// a number throughout may be one.
pub fn propose(items: &[&Item], is_text: bool) -> Proposal {
    let Some(first) = items.first() else { return Proposal::default() };
    let candidates: Vec<KeyAttribute> = first
        .iter()
        .filter_map(|(name, _)| Some(KeyAttribute::new(name, kind_in_all(items, name)?)))
        .collect();
    let score = |key: &KeyAttribute| likeliness(key, items, is_text);
    let Some(best) =
        (0..candidates.len()).max_by_key(|at| (score(&candidates[*at]), usize::MAX - at))
    else {
        return Proposal::default();
    };
    let sort = (!tells_apart(&[&candidates[best].name], items)).then(|| {
        let others = (0..candidates.len()).filter(|at| *at != best);
        let works =
            |at: &usize| tells_apart(&[&candidates[best].name, &candidates[*at].name], items);
        let is_named = |at: &usize| names(&candidates[*at], &SORT_NAMES).is_some();
        others.filter(works).max_by_key(|at| (is_named(at), usize::MAX - at))
    });
    Proposal { candidates, partition: best, sort: sort.flatten() }
}

/// The type that an attribute has in every item, if keys may have it.
fn kind_in_all(items: &[&Item], name: &str) -> Option<KeyKind> {
    let kind = |item: &&Item| match item.get(name)? {
        AttributeValue::S(text) => (!text.is_empty()).then_some(KeyKind::S),
        AttributeValue::N(_) => Some(KeyKind::N),
        AttributeValue::B(bytes) => (!bytes.is_empty()).then_some(KeyKind::B),
        _ => None,
    };
    let first = kind(items.first()?)?;
    items.iter().all(|item| kind(item) == Some(first)).then_some(first)
}

/// The place of a name among others, whatever the case of its letters.
fn names(key: &KeyAttribute, known: &[&str]) -> Option<usize> {
    known.iter().position(|name| name.eq_ignore_ascii_case(&key.name))
}

fn likeliness(key: &KeyAttribute, items: &[&Item], is_text: bool) -> (bool, usize) {
    let name = key.name.to_ascii_lowercase();
    let named = names(key, &PARTITION_NAMES).map(|at| 20 - at);
    let ending = ENDINGS.iter().any(|ending| name.ends_with(ending)).then_some(10);
    let kind = usize::from(key.kind == KeyKind::S && !(is_text && is_fraction(key, items)));
    let is_sort = names(key, &SORT_NAMES).is_some();
    let points = named.or(ending).unwrap_or(0) + kind;
    // A name that is telling counts for more than values that differ by chance.
    let is_likely = named.is_some() || tells_apart(&[&key.name], items);
    (is_likely && !is_sort, points)
}

fn is_fraction(key: &KeyAttribute, items: &[&Item]) -> bool {
    items.iter().all(|item| match item.get(&key.name) {
        Some(AttributeValue::S(text)) => text.parse::<Number>().is_ok(),
        _ => false,
    })
}

/// Whether no two items have the same values of these attributes.
fn tells_apart(names: &[&str], items: &[&Item]) -> bool {
    let of = |item: &Item| names.iter().map(|name| item.get(name).cloned()).collect::<Vec<_>>();
    let values: Vec<_> = items.iter().map(|item| of(item)).collect();
    (1..values.len()).all(|at| !values[..at].contains(&values[at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(lines: &[&str]) -> (String, Option<String>) {
        let items: Vec<Item> = lines.iter().map(|line| Item::parse(line).expect(line)).collect();
        let proposal = propose(&items.iter().collect::<Vec<_>>(), false);
        let name = |at: usize| proposal.candidates[at].to_string();
        (name(proposal.partition), proposal.sort.map(name))
    }

    #[test]
    fn what_tells_items_apart_and_sounds_like_a_key_is_proposed() {
        assert_eq!(
            proposed(&[
                r#"{"city":"Rome","iata":"FCO","n":1}"#,
                r#"{"city":"Rome","iata":"CIA","n":2}"#
            ]),
            ("iata".into(), None)
        );
        assert_eq!(
            proposed(&[r#"{"pk":"a","sk":"1"}"#, r#"{"pk":"a","sk":"2"}"#]),
            ("pk".into(), Some("sk".into()))
        );
        assert_eq!(
            proposed(&[
                r#"{"artist":"x","song":"1","year":1}"#,
                r#"{"artist":"x","song":"2","year":1}"#,
                r#"{"artist":"y","song":"2","year":2}"#,
            ]),
            ("artist".into(), Some("song".into()))
        );
        assert_eq!(proposed(&[r#"{"Id":7,"name":"x"}"#]), ("Id:N".into(), None));
    }

    #[test]
    fn what_cannot_be_a_key_is_no_candidate() {
        let item = Item::parse(r#"{"a":"","b":[1],"c":true,"d":"x"}"#).expect("valid");
        let other = Item::parse(r#"{"d":"y","e":"z"}"#).expect("valid");
        let names: Vec<String> =
            propose(&[&item, &other], false).candidates.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["d"]);
        assert_eq!(propose(&[], false), Proposal::default());
        let none = Item::parse(r#"{"c":true}"#).expect("valid");
        assert_eq!(propose(&[&none], false), Proposal::default());
    }
}
