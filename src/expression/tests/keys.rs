//! Key conditions on the keys of tables and indexes.

use super::{message, placeholders, value};
use crate::base::Result;
use crate::data::{KeyAttribute, KeyKind};
use crate::expression::{Comparator, Comparison, KeyCondition, KeyRange};

const WITH: &str = r##"#p=p :p="P" :s=1 :e="" :t=2 :b={"BOOL":true}"##;

fn key(text: &str) -> Vec<KeyAttribute> {
    let attribute = |word: &str| match word.split_once(':') {
        Some((name, _)) => KeyAttribute::new(name, KeyKind::N),
        None => KeyAttribute::new(word, KeyKind::S),
    };
    text.split_whitespace().map(attribute).collect()
}

fn on(text: &str, partition: &str, sort: &str) -> Result<KeyRange> {
    let condition = KeyCondition::parse(text, &mut placeholders(WITH))?;
    condition.on(&key(partition), &key(sort))
}

#[test]
fn a_query_names_its_partition_and_may_limit_the_sort_key() {
    let is = |comparator| Comparison::Is(comparator, value("1"));
    for (text, sort) in [
        ("p = :p", None),
        ("#p = :p", None),
        (":p = p", None),
        ("(p = :p)", None),
        ("p = :p AND s = :s", Some(is(Comparator::Equal))),
        ("s < :s AND p = :p", Some(is(Comparator::Less))),
        ("p = :p AND :s < s", Some(is(Comparator::Greater))),
        ("(p = :p) AND (s >= :s)", Some(is(Comparator::GreaterOrEqual))),
        ("p = :p AND s <= :s", Some(is(Comparator::LessOrEqual))),
        ("(p = :p AND (s BETWEEN :s AND :t))", Some(Comparison::Between(value("1"), value("2")))),
    ] {
        let range = on(text, "p", "s:N").unwrap_or_else(|error| panic!("{text}: {error}"));
        let expected =
            KeyRange { partition: vec![value("\"P\"")], sort: sort.into_iter().collect() };
        assert_eq!(range, expected, "{text}");
    }
    let range = on("p = :p AND begins_with(s, :p)", "p", "s").expect("valid");
    assert_eq!(range.sort, [Comparison::BeginsWith(value("\"P\""))]);
}

#[test]
fn keys_of_several_attributes_are_limited_from_the_left() {
    let sort_conditions = |text| on(text, "p q", "s:N t:N u:N").map(|range| range.sort.len());
    assert_eq!(sort_conditions("q = :p AND p = :p"), Ok(0));
    assert_eq!(sort_conditions("q = :p AND p = :p AND s > :s"), Ok(1));
    assert_eq!(sort_conditions("p = :p AND q = :p AND t < :s AND s = :s"), Ok(2));
    let refused = |text| message(sort_conditions(text));
    assert_eq!(refused("p = :p"), "Query condition missed key schema element: q");
    assert_eq!(
        refused("p = :p AND q = :p AND t = :s"),
        "Query condition missed key schema element: s"
    );
    assert_eq!(
        refused("p = :p AND q = :p AND s > :s AND t = :s"),
        "Query key condition not supported"
    );
}

#[test]
fn what_is_no_query_is_refused() {
    for (text, expected) in [
        ("s = :s", "Query condition missed key schema element: p"),
        ("another = :p", "Query condition missed key schema element: p"),
        ("p = :p AND another = :p", "Query condition missed key schema element: s"),
        ("p > :p", "Query key condition not supported"),
        ("begins_with(p, :p)", "Query key condition not supported"),
        ("p = :p AND s = :s AND x = :s", "Conditions can be of length 1 or 2 only"),
        ("p = :p OR s = :s", "Invalid operator used in KeyConditionExpression: OR"),
        ("NOT p = :p", "Invalid operator used in KeyConditionExpression: NOT"),
        ("p = :p AND s <> :s", "Invalid operator used in KeyConditionExpression: <>"),
        ("p = :p AND s IN (:s)", "Invalid operator used in KeyConditionExpression: IN"),
        ("p = :p AND contains(s, :p)", "Invalid operator used in KeyConditionExpression: contains"),
        (
            "attribute_exists(p)",
            "Invalid operator used in KeyConditionExpression: attribute_exists",
        ),
        ("p = :p AND size(s) = :s", "KeyConditionExpressions cannot contain nested operations"),
        (
            "p = :p AND s.x = :s",
            "KeyConditionExpressions cannot have conditions on nested attributes",
        ),
        ("p = :p AND p = :p", "KeyConditionExpressions must only contain one condition per key"),
        (
            "p = s",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        ),
        (":p = :p", "Invalid condition in KeyConditionExpression: No key attribute specified"),
        (
            "p = :p AND :s BETWEEN s AND :t",
            "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand",
        ),
        (
            "p = :s",
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "p = :p AND s = :p",
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "p = :e",
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: p",
        ),
        ("((p = :p))", "The expression has redundant parentheses;"),
    ] {
        assert_eq!(message(on(text, "p", "s:N")), expected, "{text}");
    }
    let without_sort = message(on("p = :p AND s = :s", "p", ""));
    assert_eq!(without_sort, "Query key condition not supported");
}

#[test]
fn comparisons_hold_for_values() {
    let between = Comparison::Between(value("1"), value("3"));
    assert!(between.holds(&value("1")) && between.holds(&value("3")));
    assert!(!between.holds(&value("3.1")) && !between.holds(&value("\"2\"")));
    assert!(Comparison::BeginsWith(value("\"a\"")).holds(&value("\"ab\"")));
    let less = Comparison::Is(Comparator::Less, value("2"));
    assert!(less.holds(&value("1")) && !less.holds(&value("2")));
    assert_eq!(less.equality(), None);
}
