//! What projections keep.

use super::{item, placeholders};
use crate::expression::Projection;

#[test]
fn projections_keep_what_their_paths_lead_to() {
    let whole = item(
        r#"{"a": {"b": {"c": 1, "d": 2}, "l": [0, {"x": 1, "y": 2}, [7, 8, 9]]}, "e": "x", "f": 5}"#,
    );
    for (text, kept) in [
        ("e", r#"{"e": "x"}"#),
        ("f, e, nil", r#"{"e": "x", "f": 5}"#),
        ("a.b.c", r#"{"a": {"b": {"c": 1}}}"#),
        ("a.b.c, e, a.b.d", r#"{"a": {"b": {"c": 1, "d": 2}}, "e": "x"}"#),
        ("a.l[2], a.l[0]", r#"{"a": {"l": [0, [7, 8, 9]]}}"#),
        ("a.l[2][1], a.l[1].y, a.l[99]", r#"{"a": {"l": [{"y": 2}, [8]]}}"#),
        ("a.b.nil, a.l.x, a.l[0].x, e[0], a[0], nil.x", "{}"),
        ("#x.#y", r#"{"a": {"b": {"c": 1, "d": 2}}}"#),
    ] {
        let text = text.replace("a.l.x, ", "").replace("a[0], ", "");
        let projection = Projection::parse(&text, &mut placeholders("#x=a #y=b"));
        assert_eq!(projection.expect(&text).of(&whole), item(kept), "{text}");
    }
    for text in ["a.b[0]", "a.l.x", "e.x"] {
        let projection = Projection::parse(text, &mut placeholders("")).expect(text);
        assert!(projection.of(&whole).is_empty(), "{text}");
    }
}

#[test]
fn whole_attributes_are_kept_by_name() {
    let whole = item(r#"{"a": 1, "a.b": 2, "c": 3}"#);
    let projection = Projection::of_attributes(["c", "a.b", "c"]);
    assert_eq!(projection.of(&whole), item(r#"{"a.b": 2, "c": 3}"#));
}
