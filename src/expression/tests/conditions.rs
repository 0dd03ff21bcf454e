//! When conditions hold.

use super::{item, placeholders};
use crate::data::Item;
use crate::expression::Condition;

const AIRPORT: &str = r#"{
    "code": {"S": "SEA"}, "elevation": {"N": "132.0"}, "bytes": {"B": "AAEC"},
    "isopen": {"BOOL": true}, "nothing": {"NULL": true},
    "tags": {"SS": ["big", "wet"]}, "numbers": {"NS": ["1", "2.50"]}, "blobs": {"BS": ["AA==", "AQ=="]},
    "gates": {"L": [{"S": "A1"}, {"N": "7"}, {"M": {"x": {"N": "1"}}}]},
    "place": {"M": {"city": {"S": "Seattle"}, "geo": {"L": [{"N": "47"}, {"N": "-122"}]}}},
    "big": {"N": "99999999999999999999999999999999999999"}, "umlaut": {"S": "Zürich"}
}"#;

fn parsed(text: &str, with: &str) -> Condition {
    let mut placeholders = placeholders(with);
    let condition = Condition::parse(text, &mut placeholders);
    let condition = condition.unwrap_or_else(|error| panic!("{text}: {error}"));
    placeholders.unused().unwrap_or_else(|error| panic!("{text}: {error}"));
    condition
}

/// Asserts what each line answers: an expression, and after a bar its placeholders.
fn check(found: Option<&Item>, expected: bool, lines: &str) {
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (text, with) = line.split_once('|').unwrap_or((line, ""));
        assert_eq!(parsed(text, with).holds(found), expected, "{line}");
    }
}

fn holds(lines: &str) {
    check(Some(&item(AIRPORT)), true, lines);
}

fn fails(lines: &str) {
    check(Some(&item(AIRPORT)), false, lines);
}

#[test]
fn comparators_compare_values_of_one_type() {
    holds(
        r#"
        code = :v | :v="SEA"
        elevation = :v | :v=132
        elevation <> :v | :v=133
        elevation < :v | :v=1000
        elevation >= :v | :v=132.000
        code > :v | :v="SDF"
        bytes < :v | :v={"B":"AAED"}
        isopen = :v | :v=true
        nothing = :v | :v=null
        tags = :v | :v={"SS":["wet","big"]}
        numbers = :v | :v={"NS":["2.5","1"]}
        place.geo = :v | :v={"L":[{"N":"47"},{"N":"-122.0"}]}
        :v = code | :v="SEA"
        :v < elevation | :v=1
        place.geo[0] < elevation
        big > :v | :v=99999999999999999999999999999999999998
        umlaut > :v | :v="Zz"
        "#,
    );
    fails(
        r#"
        code = :v | :v="SFO"
        code < :v | :v="SDF"
        elevation < :v | :v=132
        elevation > :v | :v=132
        isopen = :v | :v=false
        tags = :v | :v={"SS":["wet"]}
        "#,
    );
}

#[test]
fn values_of_two_types_are_different_and_have_no_order() {
    fails(
        r#"
        elevation = :v | :v="132"
        elevation < :v | :v="zzz"
        elevation >= :v | :v=""
        code BETWEEN :v AND :w | :v=0 :w=9
        tags < :v | :v="zzz"
        isopen < :v | :v=1
        "#,
    );
    holds(
        r#"
        elevation <> :v | :v="132"
        tags <> :v | :v={"L":[{"S":"big"},{"S":"wet"}]}
        "#,
    );
}

#[test]
fn what_is_missing_equals_nothing_and_differs_from_everything() {
    fails(
        r#"
        gone = :v | :v=1
        gone = absent
        gone < :v | :v=1
        gone >= :v | :v=1
        gone BETWEEN :v AND :w | :v=1 :w=2
        gone IN (:v, absent) | :v=1
        begins_with(gone, :v) | :v=""
        contains(gone, :v) | :v="x"
        attribute_type(gone, :v) | :v="S"
        size(gone) > :v | :v=0
        place.nowhere = :v | :v=1
        gates[3] = :v | :v=1
        code.city = :v | :v="SEA"
        place[0] = :v | :v=1
        gates.x = :v | :v=1
        "#,
    );
    holds(
        r#"
        gone <> :v | :v=1
        gone <> absent
        size(gone) <> :v | :v=0
        NOT gone = :v | :v=1
        attribute_not_exists(place.nowhere)
        "#,
    );
    let with_nothing = [
        (true, "attribute_not_exists(code)"),
        (true, "code <> :v | :v=1"),
        (false, "attribute_exists(code) | "),
        (false, "code = :v | :v=1"),
    ];
    with_nothing.into_iter().for_each(|(expected, line)| check(None, expected, line));
}

#[test]
fn paths_lead_into_maps_and_lists() {
    holds(
        r#"
        place.city = :v | :v="Seattle"
        #p.#c = :v | #p=place #c=city :v="Seattle"
        place.#a[1] = :v | #a=geo :v=-122
        gates[2].x = :v | :v=1
        gates [ 2 ] . x = :v | :v=1
        attribute_exists(gates[0])
        "#,
    );
    let dotted = item(r#"{"a.b": {"S": "one name"}}"#);
    check(Some(&dotted), true, "contains(#n, :v) | #n=a.b :v=\"name\"");
}

#[test]
fn between_includes_its_bounds() {
    holds(
        r#"
        elevation BETWEEN :v AND :w | :v=132 :w=133
        elevation BETWEEN :v AND :w | :v=1 :w=132
        code BETWEEN :v AND :w | :v="S" :w="SEB"
        :v BETWEEN place.geo[1] AND elevation | :v=0
        size(code) BETWEEN :v AND :w | :v=3 :w=3
        elevation between :v and :w AND isopen = :t | :v=1 :w=999 :t=true
        "#,
    );
    fails(
        r#"
        elevation BETWEEN :v AND :w | :v=133 :w=134
        elevation BETWEEN :v AND :w | :v=1 :w=131.9
        :v BETWEEN elevation AND place.geo[1] | :v=0
        "#,
    );
}

#[test]
fn in_finds_an_equal_operand() {
    holds(
        r#"
        code IN (:v) | :v="SEA"
        elevation IN (:v, :w, :x) | :v="132" :w=132 :x=null
        tags in (:v) | :v={"SS":["big","wet"]}
        place.geo[0] IN (elevation, place.geo[1], :v) | :v=47
        "#,
    );
    fails(r#"code IN (:v, elevation) | :v="SFO""#);
}

#[test]
fn functions_look_into_values() {
    holds(
        r#"
        begins_with(code, :v) | :v="SE"
        begins_with(code, :v) | :v=""
        begins_with(bytes, :v) | :v={"B":"AAE="}
        contains(code, :v) | :v="EA"
        contains(bytes, :v) | :v={"B":"AQI="}
        contains(tags, :v) | :v="wet"
        contains(numbers, :v) | :v=2.5
        contains(blobs, :v) | :v={"B":"AQ=="}
        contains(gates, :v) | :v=7
        contains(gates, :v) | :v={"M":{"x":{"N":"1"}}}
        contains(:v, code) | :v="inSEAtoday"
        attribute_type(code, :v) | :v="S"
        attribute_type(nothing, :v) | :v="NULL"
        attribute_type(place.geo, :v) | :v="L"
        "#,
    );
    fails(
        r#"
        begins_with(code, :v) | :v="EA"
        begins_with(elevation, :v) | :v="1"
        contains(code, :v) | :v=1
        contains(tags, :v) | :v="we"
        contains(tags, :v) | :v=1
        contains(place, :v) | :v="city"
        contains(elevation, :v) | :v=3
        attribute_type(code, :v) | :v="N"
        "#,
    );
}

#[test]
fn size_counts_what_a_value_consists_of() {
    holds(
        r#"
        size(code) = :v | :v=3
        size(umlaut) = :v | :v=6
        size(bytes) = :v | :v=3
        size(tags) = :v | :v=2
        size(numbers) = :v | :v=2
        size(blobs) = :v | :v=2
        size(gates) = :v | :v=3
        size(place) = :v | :v=2
        size(code) < elevation
        size(:v) = size(tags) | :v="ab"
        "#,
    );
    fails("size(elevation) > :v | :v=0\n size(isopen) >= :v | :v=0\n size(nothing) = :v | :v=0");
}

#[test]
fn not_binds_before_and_and_and_before_or() {
    let is = |truth: bool| if truth { "attribute_exists(code)" } else { "attribute_exists(nil)" };
    for bits in 0..8u8 {
        let [a, b, c] = [1, 2, 4].map(|bit| bits & bit != 0);
        let [x, y, z] = [a, b, c].map(is);
        for (text, expected) in [
            (format!("{x} OR {y} AND {z}"), a || b && c),
            (format!("{x} AND {y} OR {z}"), a && b || c),
            (format!("({x} OR {y}) AND {z}"), (a || b) && c),
            (format!("{x} and ({y} or {z})"), a && (b || c)),
            (format!("NOT {x} AND {y}"), !a && b),
            (format!("NOT {x} OR {y} AND NOT {z}"), !a || b && !c),
            (format!("NOT ({x} OR {y}) AND {z}"), !(a || b) && c),
            (format!("NOT NOT {x}"), a),
            (format!("{x} OR NOT ({y} AND ({z} OR {x}))"), a || !b || !c),
        ] {
            assert_eq!(parsed(&text, "").holds(Some(&item(AIRPORT))), expected, "{text}");
        }
    }
}

#[test]
fn parentheses_may_be_around_operands_and_conditions() {
    holds(
        r#"
        (code) = (:v) | :v="SEA"
        (code = :v) | :v="SEA"
        ((code) = :v AND (elevation > :w)) | :v="SEA" :w=1
        (size(code)) = :v | :v=3
        size((code)) = :v | :v=3
        (elevation) BETWEEN (:v) AND (:w) | :v=1 :w=999
        (code) IN ((:v), :w) | :v="SEA" :w=1
        (attribute_exists(code))
        ((attribute_exists(code)) AND NOT (isopen = :v)) | :v=false
        "#,
    );
}

#[test]
fn conditions_are_shown_with_their_values() {
    for (text, with, shown) in [
        ("#n=:v", r#"#n=name :v="x""#, r#"name = "x""#),
        (
            "a.b[1]<>:v or not(c<:v and d>=:v)",
            ":v=1.50",
            "a.b[1] <> 1.5 OR NOT (c < 1.5 AND d >= 1.5)",
        ),
        ("(a=:v OR b=:v) AND (c=:v AND d=:v)", ":v=1", "(a = 1 OR b = 1) AND (c = 1 AND d = 1)"),
        ("a=:v OR b=:v AND c=:v", ":v=1", "a = 1 OR b = 1 AND c = 1"),
        ("size(a) BETWEEN :v AND b", ":v=1", "size(a) BETWEEN 1 AND b"),
        (
            "a IN (:v,:w) AND NOT begins_with(b,:w)",
            r#":v=1 :w="x""#,
            r#"a IN (1, "x") AND NOT begins_with(b, "x")"#,
        ),
        ("attribute_not_exists(a)", "", "attribute_not_exists(a)"),
    ] {
        assert_eq!(parsed(text, with).to_string(), shown);
    }
}
