//! What updates make of items.

use super::{item, placeholders};
use crate::data::{AttributeValue, Item};
use crate::expression::{Rejection, Update};

fn parsed(text: &str) -> Update {
    let (text, with) = text.split_once('|').unwrap_or((text, ""));
    Update::parse(text, &mut placeholders(with)).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn key() -> Item {
    item(r#"{"p": "key"}"#)
}

/// Applies an update, with its placeholders after a bar, to an item.
fn applied(text: &str, before: &str) -> Result<Item, Rejection> {
    let after = parsed(text).apply(Some(&item(before)), &key())?;
    Ok(after.expect("what was found stays"))
}

/// Asserts what updates make of one item.
fn check(before: &str, updates: &[(&str, &str)]) {
    for (text, after) in updates {
        assert_eq!(applied(text, before), Ok(item(after)), "{text}");
    }
}

/// Asserts that updates of one item are rejected.
fn rejected(before: &str, rejection: Rejection, updates: &[&str]) {
    for text in updates {
        assert_eq!(applied(text, before), Err(rejection), "{text}");
    }
}

#[test]
fn set_gives_values() {
    check(
        r#"{"a": 1, "b": "x"}"#,
        &[
            ("SET c = :v | :v=2", r#"{"a": 1, "b": "x", "c": 2}"#),
            ("SET a = :v | :v=\"y\"", r#"{"a": "y", "b": "x"}"#),
            ("SET a = b", r#"{"a": "x", "b": "x"}"#),
            ("SET a = a", r#"{"a": 1, "b": "x"}"#),
            ("SET a = a + :v | :v=0.5", r#"{"a": 1.5, "b": "x"}"#),
            ("SET a = :v - a | :v=0.5", r#"{"a": -0.5, "b": "x"}"#),
            ("SET a = if_not_exists(a, :v) | :v=9", r#"{"a": 1, "b": "x"}"#),
            ("SET c = if_not_exists(c, :v) | :v=9", r#"{"a": 1, "b": "x", "c": 9}"#),
            ("SET c = if_not_exists(c, :v) + :v | :v=9", r#"{"a": 1, "b": "x", "c": 18}"#),
            (
                "SET c = if_not_exists(d, if_not_exists(a, :v)) | :v=9",
                r#"{"a": 1, "b": "x", "c": 1}"#,
            ),
        ],
    );
}

#[test]
fn operands_are_those_before_the_update() {
    check(
        r#"{"a": 1, "b": 2}"#,
        &[
            ("SET a = b, b = a", r#"{"a": 2, "b": 1}"#),
            ("REMOVE a SET c = a", r#"{"b": 2, "c": 1}"#),
            ("SET c = a + b REMOVE b ADD a :v | :v=5", r#"{"a": 6, "c": 3}"#),
        ],
    );
    rejected(
        r#"{"a": 1}"#,
        Rejection::MissingAttribute,
        &["SET x = :v, y = x | :v=4", "SET b = c", "SET a = a + c", "SET z = z"],
    );
}

#[test]
fn lists_are_appended_to_each_other() {
    check(
        r#"{"l": [1, "x"], "n": 1}"#,
        &[
            (
                r#"SET l = list_append(l, :v) | :v={"L":[{"N":"7"}]}"#,
                r#"{"l": [1, "x", 7], "n": 1}"#,
            ),
            (
                r#"SET l = list_append(:v, l) | :v={"L":[{"N":"7"}]}"#,
                r#"{"l": [7, 1, "x"], "n": 1}"#,
            ),
            ("SET m = list_append(l, l)", r#"{"l": [1, "x"], "m": [1, "x", 1, "x"], "n": 1}"#),
            (
                r#"SET m = list_append(if_not_exists(m, :v), l) | :v={"L":[]}"#,
                r#"{"l": [1, "x"], "m": [1, "x"], "n": 1}"#,
            ),
        ],
    );
    rejected(r#"{"l": [1], "n": 1}"#, Rejection::WrongType, &["SET l = list_append(l, n)"]);
    rejected(r#"{"l": [1]}"#, Rejection::MissingAttribute, &["SET l = list_append(l, m)"]);
}

#[test]
fn numbers_have_to_be_numbers_and_to_stay_in_range() {
    let before = r#"{"s": "x", "n": 1, "huge": 9e125, "small": 1.1e-130, "set": {"SS": ["x"]}}"#;
    let before = &before.replace(r#"{"SS": ["x"]}"#, "\"set\"");
    rejected(before, Rejection::WrongType, &["SET n = n + s", "SET n = s - n", "ADD s :v | :v=1"]);
    rejected(
        before,
        Rejection::NumberOverflow,
        &[
            "SET n = huge + huge",
            "ADD huge :v | :v=9e125",
            "SET n = :v + n | :v=1e50",
            "SET n = :v - n | :v=1e50",
        ],
    );
    rejected(before, Rejection::NumberUnderflow, &["SET n = small - :v | :v=1e-130"]);
    check(
        r#"{"n": 10000000000000000000000}"#,
        &[("SET n = n - :v | :v=1", r#"{"n": 9999999999999999999999}"#)],
    );
}

#[test]
fn paths_need_what_holds_their_end() {
    let before = r#"{"a": "x", "l": [1], "m": {"n": {}}}"#;
    rejected(
        before,
        Rejection::InvalidPath,
        &[
            "SET a.b = :v | :v=1",
            "SET a[0] = :v | :v=1",
            "SET l.b = :v | :v=1",
            "SET m[0] = :v | :v=1",
            "SET nil.b = :v | :v=1",
            "SET m.nil.b = :v | :v=1",
            "SET l[1].b = :v | :v=1",
            "REMOVE a.b",
            "REMOVE l.b",
            "REMOVE nil.b",
            "REMOVE nil[0]",
            "ADD nil.b :v | :v=1",
        ],
    );
    check(
        before,
        &[
            ("SET m.b = :v | :v=1", r#"{"a": "x", "l": [1], "m": {"b": 1, "n": {}}}"#),
            ("SET m.n.b = m | ", r#"{"a": "x", "l": [1], "m": {"n": {"b": {"n": {}}}}}"#),
            ("REMOVE m.n, nil", r#"{"a": "x", "l": [1], "m": {}}"#),
            ("REMOVE m.nil, l[7]", before),
            ("ADD m.hits :v | :v=1", r#"{"a": "x", "l": [1], "m": {"hits": 1, "n": {}}}"#),
        ],
    );
}

#[test]
fn of_several_reasons_dynamodb_tells_the_first() {
    let before = r#"{"a": "x", "n": 1}"#;
    rejected(before, Rejection::InvalidPath, &["SET b = n + a REMOVE a.c"]);
    rejected(
        before,
        Rejection::WrongType,
        &["SET b = nil, c = n + a", "SET b = n + a REMOVE nil.c"],
    );
    rejected(before, Rejection::InvalidPath, &["SET b = nil REMOVE nil.c"]);
    rejected(before, Rejection::MissingAttribute, &["REMOVE nil.c SET b = nil"]);
}

#[test]
fn indexes_are_those_before_the_update() {
    check(
        r#"{"l": [0, 1, 2, 3, 4, 5]}"#,
        &[
            ("REMOVE l[1] SET l[3] = :v | :v=17", r#"{"l": [0, 2, 17, 4, 5]}"#),
            ("SET l[3] = :v REMOVE l[1] | :v=17", r#"{"l": [0, 2, 17, 4, 5]}"#),
            ("REMOVE l[0], l[5], l[2], l[17]", r#"{"l": [1, 3, 4]}"#),
            ("REMOVE l[0], l[1], l[2], l[3], l[4], l[5]", r#"{"l": []}"#),
        ],
    );
    check(
        r#"{"l": [{"x": 1, "y": [1, 2]}, {"x": 2, "y": [3, 4]}]}"#,
        &[("REMOVE l[0], l[1].y[0] SET l[1].x = :v | :v=9", r#"{"l": [{"x": 9, "y": [4]}]}"#)],
    );
}

#[test]
fn what_is_set_beyond_the_end_of_a_list_is_appended_in_order() {
    check(
        r#"{"l": [1, 2]}"#,
        &[
            ("SET l[7] = :v | :v=3", r#"{"l": [1, 2, 3]}"#),
            (
                "SET l[84] = :a, l[37] = :b, l[50] = :c | :a=1 :b=2 :c=3",
                r#"{"l": [1, 2, 2, 3, 1]}"#,
            ),
            ("SET l[9] = :v REMOVE l[0], l[2] | :v=3", r#"{"l": [2, 3]}"#),
        ],
    );
    check(r#"{"l": []}"#, &[("SET l[0] = :v | :v=1", r#"{"l": [1]}"#)]);
}

#[test]
fn add_counts_and_unites() {
    let before = r#"{"n": {"N": "3"}, "s": {"SS": ["a", "b"]}, "l": {"L": []}, "k": {"S": "x"}}"#;
    let with = |n: &str, s: &str| {
        format!(
            r#"{{"n": {{"N": "{n}"}}, "s": {{"SS": [{s}]}}, "l": {{"L": []}}, "k": {{"S": "x"}}}}"#
        )
    };
    check(
        before,
        &[
            ("ADD n :v | :v=-4", &with("-1", r#""a", "b""#)),
            (r#"ADD s :v | :v={"SS":["b","c"]}"#, &with("3", r#""a", "b", "c""#)),
            (r#"ADD s :v, n :w | :v={"SS":["A"]} :w=1"#, &with("4", r#""A", "a", "b""#)),
        ],
    );
    check("{}", &[("ADD n :v | :v=7", r#"{"n": 7}"#)]);
    check(
        r#"{"a": {"S": "x"}}"#,
        &[(r#"ADD s :v | :v={"NS":["1"]}"#, r#"{"a": {"S": "x"}, "s": {"NS": ["1"]}}"#)],
    );
    rejected(
        before,
        Rejection::WrongType,
        &[
            r#"ADD n :v | :v={"SS":["x"]}"#,
            "ADD s :v | :v=1",
            r#"ADD s :v | :v={"NS":["1"]}"#,
            r#"ADD l :v | :v={"SS":["x"]}"#,
            "ADD k :v | :v=1",
        ],
    );
}

#[test]
fn delete_removes_members_and_the_last_one_removes_the_set() {
    let before = r#"{"s": {"SS": ["a", "b"]}, "k": {"S": "x"}}"#;
    check(
        before,
        &[
            (r#"DELETE s :v | :v={"SS":["a","z"]}"#, r#"{"s": {"SS": ["b"]}, "k": {"S": "x"}}"#),
            (r#"DELETE s :v | :v={"SS":["z"]}"#, before),
            (r#"DELETE s :v | :v={"SS":["a","b"]}"#, r#"{"k": {"S": "x"}}"#),
            (r#"DELETE nil :v | :v={"SS":["a"]}"#, before),
        ],
    );
    rejected(
        before,
        Rejection::WrongType,
        &[r#"DELETE s :v | :v={"NS":["1"]}"#, r#"DELETE k :v | :v={"SS":["x"]}"#],
    );
}

#[test]
fn an_item_is_made_unless_the_update_only_removes() {
    let made = |text: &str| parsed(text).apply(None, &key());
    assert_eq!(made("SET a = :v | :v=1"), Ok(Some(item(r#"{"p": "key", "a": 1}"#))));
    assert_eq!(made("SET a = p"), Ok(Some(item(r#"{"p": "key", "a": "key"}"#))));
    assert_eq!(made("ADD a :v REMOVE b | :v=1"), Ok(Some(item(r#"{"p": "key", "a": 1}"#))));
    assert_eq!(made("REMOVE a, b.c, d[0]"), Ok(None));
    assert_eq!(made(r#"DELETE a :v | :v={"SS":["x"]}"#), Ok(None));
    assert_eq!(made("SET a.b = :v | :v=1"), Err(Rejection::InvalidPath));
    assert_eq!(made("SET a = b"), Err(Rejection::MissingAttribute));
    let nothing = Update::legacy(Vec::new()).expect("nothing is valid");
    assert_eq!(nothing.apply(None, &key()), Ok(Some(key())));
}

#[test]
fn items_stay_within_their_limits() {
    let long = AttributeValue::string("x".repeat(300_000));
    let mut before = key();
    before.insert("a", long);
    let apply = |text: &str| parsed(text).apply(Some(&before), &key()).map(|after| after.is_some());
    assert_eq!(apply("SET b = :v | :v=1"), Ok(true));
    assert_eq!(apply("SET b = a"), Err(Rejection::ItemTooLarge));
    assert_eq!(apply("SET b = a REMOVE a"), Ok(true));

    let path = |depth: usize| format!("m{}", ".m".repeat(depth));
    let mut after = item(r#"{"m": {}}"#);
    for depth in 1..32 {
        let text = format!("SET {} = :v | :v={{\"M\":{{}}}}", path(depth));
        after = parsed(&text).apply(Some(&after), &key()).expect("fits").expect("is there");
    }
    let deeper = parsed("SET n = :v, l = :l | :v=1 :l={\"L\":[]}");
    assert!(deeper.apply(Some(&after), &key()).is_ok());
    after.insert("l", AttributeValue::L([].into()));
    let deeper = parsed("SET l[0] = m");
    assert_eq!(deeper.apply(Some(&after), &key()), Err(Rejection::TooDeep));
}

#[test]
fn changed_paths_show_the_item_before_and_after() {
    let before = item(r#"{"a": {"b": "dog", "c": [1, 2, 3]}, "d": "cat"}"#);
    for (text, old, new) in [
        ("SET a.b = :v | :v=\"hi\"", r#"{"a": {"b": "dog"}}"#, r#"{"a": {"b": "hi"}}"#),
        (
            "SET a.c[1] = :v, a.b = :w | :v=8 :w=9",
            r#"{"a": {"b": "dog", "c": [2]}}"#,
            r#"{"a": {"b": 9, "c": [8]}}"#,
        ),
        ("REMOVE a.c[1], a.c[3]", r#"{"a": {"c": [2]}}"#, r#"{"a": {"c": [3]}}"#),
        ("SET a.x = :v, d = d | :v=8", r#"{"d": "cat"}"#, r#"{"a": {"x": 8}, "d": "cat"}"#),
        ("SET a.c[100] = :v | :v=70", "{}", "{}"),
        ("REMOVE d", r#"{"d": "cat"}"#, "{}"),
    ] {
        let update = parsed(text);
        let after = update.apply(Some(&before), &key()).expect(text).expect(text);
        assert_eq!(update.changed().of(&before), item(old), "{text}");
        assert_eq!(update.changed().of(&after), item(new), "{text}");
    }
}
