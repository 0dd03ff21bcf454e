//! How updates are read and shown.

use super::placeholders;
use crate::expression::{Path, Update};

fn parsed(text: &str, with: &str) -> Update {
    let update = Update::parse(text, &mut placeholders(with));
    update.unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn updates_are_shown_with_their_values() {
    for (text, shown) in [
        ("set #n=:one", "SET name = 1"),
        ("SET a=b+:one,c=:one-d", "SET a = b + 1, c = 1 - d"),
        ("SET a.b[0] = (a.c)", "SET a.b[0] = a.c"),
        ("SET a = (b + :one), c = (d)", "SET a = b + 1, c = d"),
        ("SET a = (b) + (:one)", "SET a = b + 1"),
        (
            "SET a = if_not_exists(a, :list), b = list_append(if_not_exists(b, :list), :list)",
            "SET a = if_not_exists(a, []), b = list_append(if_not_exists(b, []), [])",
        ),
        (
            "SET a = if_not_exists(b, if_not_exists(c, :one)) + :one",
            "SET a = if_not_exists(b, if_not_exists(c, 1)) + 1",
        ),
        (
            "DELETE d :set ADD a :one, b :set REMOVE c, #n.x SET e = :one",
            r#"DELETE d ["x"] ADD a 1, b ["x"] REMOVE c, name.x SET e = 1"#,
        ),
    ] {
        let update = parsed(text, r##"#n=name :one=1 :list={"L":[]} :set={"SS":["x"]}"##);
        assert_eq!(update.to_string(), shown);
    }
}

#[test]
fn updates_tell_what_they_change_and_read() {
    let update = parsed("SET a.b = c + d[0] REMOVE e ADD f :n", ":n=1");
    let texts = |paths: Vec<&Path>| paths.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(texts(update.paths().collect()), ["a.b", "e", "f"]);
    assert_eq!(texts(update.reads().collect()), ["c", "d[0]"]);
    assert_eq!(texts(update.changed().paths().iter().collect()), ["a.b", "e", "f"]);
}
