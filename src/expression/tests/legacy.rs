//! The parameters that expressions replaced.

use super::{item, message, value};
use crate::data::AttributeValue;
use crate::expression::{
    Condition, KeyCondition, LegacyAction, LegacyCondition, LegacyOperator, Rejection, Update,
};

fn values(texts: &[&str]) -> Vec<AttributeValue> {
    texts.iter().map(|text| value(text)).collect()
}

fn operator(name: &str) -> LegacyOperator {
    name.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn holds(attribute: &str, name: &str, texts: &[&str]) -> bool {
    let found = item(
        r#"{"n": {"N": "5"}, "s": {"S": "hello"}, "set": {"SS": ["a", "b"]}, "nothing": {"NULL": true}}"#,
    );
    let condition = LegacyCondition::new(attribute, operator(name), values(texts)).expect("valid");
    Condition::legacy(vec![condition], false).expect("one").holds(Some(&found))
}

#[test]
fn operators_are_those_of_expressions() {
    for (attribute, name, texts) in [
        ("n", "EQ", &["5.0"][..]),
        ("n", "NE", &["6"]),
        ("nil", "NE", &["6"]),
        ("n", "LT", &["6"]),
        ("n", "LE", &["5"]),
        ("n", "GT", &["4"]),
        ("n", "GE", &["5"]),
        ("n", "BETWEEN", &["5", "6"]),
        ("n", "IN", &["4", "5"]),
        ("n", "NOT_NULL", &[]),
        ("nothing", "NOT_NULL", &[]),
        ("nil", "NULL", &[]),
        ("s", "CONTAINS", &["\"ell\""]),
        ("set", "CONTAINS", &["\"a\""]),
        ("s", "NOT_CONTAINS", &["\"x\""]),
        ("n", "NOT_CONTAINS", &["5"]),
        ("s", "BEGINS_WITH", &["\"hell\""]),
        ("set", "EQ", &[r#"{"SS":["b","a"]}"#]),
    ] {
        assert!(holds(attribute, name, texts), "{attribute} {name} {texts:?}");
    }
    for (attribute, name, texts) in [
        ("n", "EQ", &["\"5\""][..]),
        ("nil", "EQ", &["5"]),
        ("nothing", "NULL", &[]),
        ("nil", "NOT_CONTAINS", &["5"]),
        ("set", "NOT_CONTAINS", &["\"a\""]),
        ("set", "IN", &["\"a\""]),
        ("n", "BEGINS_WITH", &["\"5\""]),
    ] {
        assert!(!holds(attribute, name, texts), "{attribute} {name} {texts:?}");
    }
}

#[test]
fn operators_have_their_values() {
    let refused = |name: &str, texts: &[&str]| {
        let error = message(LegacyCondition::new("a", operator(name), values(texts)));
        error.replace("One or more parameter values were invalid: ", "")
    };
    let count =
        |name: &str| format!("Invalid number of argument(s) for the {name} ComparisonOperator");
    for (name, texts) in [
        ("EQ", &[][..]),
        ("LT", &["1", "2"]),
        ("BETWEEN", &["1"]),
        ("IN", &[]),
        ("NULL", &["1"]),
        ("CONTAINS", &["1", "2"]),
    ] {
        assert_eq!(refused(name, texts), count(name));
    }
    let types = |name: &str, found: &str| {
        format!("ComparisonOperator {name} is not valid for {found} AttributeValue type")
    };
    assert_eq!(refused("LT", &["true"]), types("LT", "BOOL"));
    assert_eq!(refused("CONTAINS", &["[1]"]), types("CONTAINS", "L"));
    assert_eq!(refused("BEGINS_WITH", &["3"]), types("BEGINS_WITH", "N"));
    let mixed = "AttributeValues inside AttributeValueList must be of same type";
    assert_eq!(refused("IN", &["3", "\"x\""]), mixed);
    assert!(refused("BETWEEN", &["3", "1"]).contains("lower bound is greater"));
    assert!("CONTAIN".parse::<LegacyOperator>().is_err());
    assert_eq!(operator("NOT_CONTAINS").name(), "NOT_CONTAINS");
}

#[test]
fn expected_values_may_do_without_an_operator() {
    let expected = |value: Option<&str>, exists| {
        let condition = LegacyCondition::expected("a", value.map(super::value), exists)?;
        Ok(Condition::legacy(vec![condition], false).expect("one").to_string())
    };
    assert_eq!(expected(Some("1"), None), Ok("a = 1".into()));
    assert_eq!(expected(Some("1"), Some(true)), Ok("a = 1".into()));
    assert_eq!(expected(None, Some(false)), Ok("attribute_not_exists(a)".into()));
    let both = message(expected(Some("1"), Some(false)));
    assert!(both.ends_with("Value cannot be used when Exists is false for Attribute: a"), "{both}");
    let neither = message(expected(None, None));
    assert!(neither.ends_with("Exists is null for Attribute: a"), "{neither}");
}

#[test]
fn conditions_hold_together_or_any_of_them() {
    let conditions = || {
        ["1", "2", "3"].map(|text| {
            LegacyCondition::new(format!("a{text}"), LegacyOperator::Gt, values(&[text]))
                .expect("valid")
        })
    };
    let all = Condition::legacy(conditions().into(), false).expect("some");
    assert_eq!(all.to_string(), "a1 > 1 AND a2 > 2 AND a3 > 3");
    let any = Condition::legacy(conditions().into(), true).expect("some");
    assert_eq!(any.to_string(), "a1 > 1 OR a2 > 2 OR a3 > 3");
    let found = item(r#"{"a1": 1, "a2": 2, "a3": 4}"#);
    assert!(any.holds(Some(&found)) && !all.holds(Some(&found)));
    let without =
        LegacyCondition::new("b", LegacyOperator::NotContains, values(&["1"])).expect("valid");
    let [first, ..] = conditions();
    let mixed = Condition::legacy(vec![first, without], true).expect("some");
    assert_eq!(mixed.to_string(), "a1 > 1 OR attribute_exists(b) AND NOT contains(b, 1)");
    assert_eq!(Condition::legacy(Vec::new(), true), None);
}

#[test]
fn key_conditions_are_those_of_expressions() {
    use crate::data::{KeyAttribute, KeyKind};
    let condition = |attribute: &str, name, texts| {
        LegacyCondition::new(attribute, operator(name), values(texts)).expect("valid")
    };
    let (p, s) = ([KeyAttribute::new("p", KeyKind::S)], [KeyAttribute::new("s", KeyKind::N)]);
    let key = KeyCondition::legacy(vec![
        condition("s", "BETWEEN", &["1", "2"]),
        condition("p", "EQ", &["\"x\""]),
    ]);
    let range = key.expect("valid").on(&p, &s).expect("a query");
    assert_eq!((range.partition, range.sort.len()), (values(&["\"x\""]), 1));
    let contains = KeyCondition::legacy(vec![condition("p", "NE", &["\"x\""])]);
    let expected = "Attempted conditional constraint is not an indexable operation";
    assert_eq!(message(contains), expected);
}

#[test]
fn attribute_updates_put_add_and_delete() {
    let before = item(
        r#"{"n": {"N": "5"}, "set": {"SS": ["a", "b"]}, "l": {"L": [{"N": "1"}]}, "gone": {"S": "x"}}"#,
    );
    let update = |attribute: &str, action, text: Option<&str>| {
        Update::legacy(vec![(attribute.into(), action, text.map(value))])
    };
    let applied = |attribute, action, text| {
        let update = update(attribute, action, text).expect("valid");
        assert!(update.is_legacy());
        let after = update.apply(Some(&before), &before)?.expect("is there");
        Ok(after.get(attribute).map(AttributeValue::to_json).unwrap_or_default())
    };
    use LegacyAction::{Add, Delete, Put};
    assert_eq!(applied("n", Put, Some("\"x\"")), Ok("\"x\"".into()));
    assert_eq!(applied("n", Add, Some("2")), Ok("7".into()));
    assert_eq!(applied("nil", Add, Some("2")), Ok("2".into()));
    assert_eq!(applied("set", Add, Some(r#"{"SS":["c"]}"#)), Ok(r#"["a","b","c"]"#.into()));
    assert_eq!(applied("l", Add, Some("[2]")), Ok("[1,2]".into()));
    assert_eq!(applied("gone", Delete, None), Ok(String::new()));
    assert_eq!(applied("set", Delete, Some(r#"{"SS":["a"]}"#)), Ok(r#"["b"]"#.into()));
    assert_eq!(applied("n", Add, Some("[2]")), Err(Rejection::TypeMismatch));
    assert_eq!(applied("n", Delete, Some(r#"{"SS":["a"]}"#)), Err(Rejection::TypeMismatch));
    let refused = |attribute, action, text| message(update(attribute, action, text));
    assert!(
        refused("n", Add, Some("\"x\"")).ends_with("ADD action is not supported for the type S")
    );
    assert!(
        refused("n", Delete, Some("1")).ends_with("DELETE action is not supported for the type N")
    );
    assert!(refused("n", Put, None).ends_with("when no attribute value is specified"));
}
