//! What is read, what is written, and what is said about mistakes.

use crate::data::{AttributeValue, Item, MAX_NESTING};

fn plain(text: &str) -> Item {
    Item::from_json(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    Item::parse(text).expect_err(text).message
}

/// Every type once, in DynamoDB JSON as it is written.
const EVERY_TYPE: &str = concat!(
    r#"{"b":{"B":"AAH/"},"bs":{"BS":["AA==","/w=="]},"l":{"L":[{"N":"1"},{"NULL":true}]},"#,
    r#""m":{"M":{"x":{"BOOL":false}}},"n":{"N":"-0.5"},"ns":{"NS":["2","10"]},"#,
    r#""s":{"S":"say \"hi\"\n"},"ss":{"SS":["a","b"]}}"#,
);

#[test]
fn plain_json_takes_the_nearest_types() {
    let item =
        plain(r#" {"s": "Zürich", "n": 1.50, "t": true, "z": null, "l": [1, "a"], "m": {}} "#);
    assert_eq!(
        item.to_dynamodb_json(),
        concat!(
            r#"{"l":{"L":[{"N":"1"},{"S":"a"}]},"m":{"M":{}},"n":{"N":"1.5"},"s":{"S":"Zürich"},"#,
            r#""t":{"BOOL":true},"z":{"NULL":true}}"#,
        )
    );
}

#[test]
fn numbers_are_exact() {
    let digits = "12345678901234567890.123456789012345678";
    let item = plain(&format!(r#"{{"n": {digits}, "tenth": 0.1, "large": 1e125}}"#));
    let large = format!("1{:0125}", 0);
    assert_eq!(item.to_json(), format!(r#"{{"large":{large},"n":{digits},"tenth":0.1}}"#));
}

#[test]
fn dynamodb_json_keeps_every_type() {
    let item = Item::parse(EVERY_TYPE).expect("valid");
    assert_eq!(item.to_dynamodb_json(), EVERY_TYPE);
    assert_eq!(
        item.to_json(),
        concat!(
            r#"{"b":"AAH/","bs":["AA==","/w=="],"l":[1,null],"m":{"x":false},"n":-0.5,"#,
            r#""ns":[2,10],"s":"say \"hi\"\n","ss":["a","b"]}"#,
        )
    );
}

#[test]
fn the_notation_is_told_by_the_members() {
    for (text, read_as) in [
        (r#"{}"#, r#"{}"#),
        (r#"{"a": {"S": "x"}}"#, r#"{"a":"x"}"#),
        (r#"{"a": {"S": "x"}, "b": 1}"#, r#"{"a":{"S":"x"},"b":1}"#),
        (r#"{"a": {"S": 5}}"#, r#"{"a":{"S":5}}"#),
        (r#"{"a": {"S": "x", "T": "y"}}"#, r#"{"a":{"S":"x","T":"y"}}"#),
        (r#"{"a": {"SS": ["x", 1]}}"#, r#"{"a":{"SS":["x",1]}}"#),
        (r#"{"a": {"street": "x"}}"#, r#"{"a":{"street":"x"}}"#),
        (r#"{"a": {}}"#, r#"{"a":{}}"#),
    ] {
        assert_eq!(Item::parse(text).expect(text).to_json(), read_as, "{text}");
    }
}

#[test]
fn single_values_are_read_too() {
    assert_eq!(AttributeValue::from_json(" 47 "), Ok(47.into()));
    assert_eq!(AttributeValue::from_json(r#""\u00e9""#), Ok("é".into()));
    assert_eq!(AttributeValue::from_dynamodb_json(r#"{"N": "47.0"}"#), Ok(47.into()));
    assert_eq!(AttributeValue::from(47).to_dynamodb_json(), r#"{"N":"47"}"#);
}

#[test]
fn mistakes_in_syntax_are_told_by_place() {
    for (text, place) in [
        ("", "line 1, column 0"),
        ("{'a': 1}", "line 1, column 2"),
        ("{\"a\": 1,\n \"b\": 2,\n}", "line 3, column 1"),
        ("{\"a\": 1} x", "line 1, column 10"),
        ("{\"a\": 01}", "line 1, column 8"),
        ("{\"a\":\n [\"ok\", \"\\ud800\"]}", "line 2, column"),
    ] {
        let message = refused(text);
        assert!(message.starts_with("this is not valid JSON: "), "{message}");
        assert!(message.contains(place), "{text:?}: {message}");
    }
}

#[test]
fn mistakes_in_meaning_are_told_by_attribute() {
    for (text, complaint) in [
        ("[1]", "but this is an array"),
        (r#"{"a": 1, "b": 2, "a": 3}"#, r#"the attribute "a" is given twice"#),
        (r#"{"m": {"x": 1, "x": 1}}"#, r#"attribute "m": the attribute "x" is given twice"#),
        (r#"{"": 1}"#, "name cannot be empty"),
        (r#"{"m": {"list": [0, {"n": 1e200}]}}"#, r#"attribute "m.list[1].n": number overflow"#),
        (
            r#"{"l": {"L": [{"S": "x"}, {"N": "ten"}]}}"#,
            r#"attribute "l[1]": "ten" is not a numeric value"#,
        ),
        (r#"{"b": {"B": "!"}}"#, r#"attribute "b": a binary is written in Base64"#),
        (r#"{"z": {"NULL": false}}"#, "the type NULL takes true"),
        (r#"{"s": {"SS": []}}"#, "a set cannot be empty"),
        (r#"{"s": {"NS": ["1", "1.0"]}}"#, "names 1 twice"),
        (
            r#"{"m": {"M": {"x": 1}}}"#,
            r#"attribute "m.x": a value in DynamoDB JSON names its type"#,
        ),
    ] {
        let message = refused(text);
        assert!(message.contains(complaint), "{text}: {message}");
    }
    let unquoted = Item::from_dynamodb_json(r#"{"n": {"N": 5}}"#).expect_err("no quotes").message;
    assert!(unquoted.contains("the type N takes a number in quotes"), "{unquoted}");
    let unknown = Item::from_dynamodb_json(r#"{"n": {"X": 5}}"#).expect_err("no type").message;
    assert!(unknown.contains("\"X\" is not a type"), "{unknown}");
}

#[test]
fn nesting_is_limited_in_both_notations() {
    let plain = |levels| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    let typed = |levels| {
        let (open, close) = (r#"{"L":["#.repeat(levels), "]}".repeat(levels));
        format!(r#"{{"a":{open}{{"N":"1"}}{close}}}"#)
    };
    assert!(Item::parse(&plain(MAX_NESTING)).is_ok());
    assert!(Item::parse(&typed(MAX_NESTING)).is_ok());
    for text in [plain(MAX_NESTING + 1), typed(MAX_NESTING + 1), plain(1000), typed(1000)] {
        assert!(refused(&text).contains("at most 32 deep"));
    }
}

#[test]
fn hostile_nesting_is_refused_without_deep_recursion() {
    for opening in ["[", "{\"a\":", "{\"M\":{\"a\":"] {
        assert!(Item::parse(&opening.repeat(300_000)).is_err());
        assert!(Item::parse(&format!("{{\"a\":{}", opening.repeat(300_000))).is_err());
    }
    let closed = format!("{{\"a\":{}{}}}", "[".repeat(300_000), "]".repeat(300_000));
    assert!(Item::parse(&closed).is_err());
}

#[test]
fn items_beyond_400_kilobytes_are_refused() {
    let text = format!(r#"{{"a": "{}"}}"#, "x".repeat(409_600));
    assert!(refused(&text).contains("409601 bytes"));
}
