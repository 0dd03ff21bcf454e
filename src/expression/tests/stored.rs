//! Programs in stored bytes.

use super::placeholders;
use crate::expression::{
    Comparator, Condition, Function, Part, Path, Projection, Rejection, Step, Update,
};

fn condition() -> Condition {
    let with = r#":n=1 :s="x""#;
    let text = "NOT (a.b[0] < :n OR begins_with(c, :s)) AND size(d) IN (:n, e)";
    Condition::parse(text, &mut placeholders(with)).expect("valid")
}

fn update() -> Update {
    let text = "SET a.b = if_not_exists(a.b, :n) + :n, l[3] = c REMOVE d ADD e :n";
    Update::parse(text, &mut placeholders(":n=1")).expect("valid")
}

#[test]
fn programs_are_read_back_and_are_compact() {
    let bytes = postcard::to_allocvec(&condition()).expect("memory suffices");
    assert!(bytes.len() <= 49, "{}", bytes.len());
    assert_eq!(postcard::from_bytes(&bytes), Ok(condition()));
    let bytes = postcard::to_allocvec(&update()).expect("memory suffices");
    assert!(bytes.len() <= 56, "{}", bytes.len());
    assert_eq!(postcard::from_bytes(&bytes), Ok(update()));
    let projection = update().changed();
    let bytes = postcard::to_allocvec(&projection).expect("memory suffices");
    assert_eq!(postcard::from_bytes(&bytes), Ok(projection));
    let bytes = postcard::to_allocvec(&Rejection::TooDeep).expect("memory suffices");
    assert_eq!(bytes.len(), 1);
}

#[test]
fn forged_programs_are_refused() {
    let path = || Step::Path(Path::attribute("a"));
    let value = || Step::Value(1.into());
    let equal = || Step::Compare(Comparator::Equal);
    let size = || Step::Call(Function::Size);
    for steps in [
        vec![],
        vec![path()],
        vec![equal()],
        vec![path(), equal()],
        vec![path(), value(), equal(), value()],
        vec![path(), value(), equal(), path(), value(), equal()],
        vec![path(), value(), equal(), value(), equal()],
        vec![path(), value(), Step::And],
        vec![path(), Step::Not],
        vec![Step::Not],
        vec![path(), value(), Step::In(2)],
        vec![path(), value(), Step::In(u32::MAX)],
        vec![path(), Step::In(0)],
        vec![path(), size()],
        vec![path(), value(), equal(), size()],
        vec![path(), value(), Step::Plus, value(), equal()],
    ] {
        let bytes = postcard::to_allocvec(&steps).expect("memory suffices");
        assert!(postcard::from_bytes::<Condition>(&bytes).is_err(), "{steps:?}");
    }
    let empty: Vec<Part> = Vec::new();
    for parts in [empty, vec![Part::Index(0)], vec![Part::Name("a".into()); 33]] {
        let bytes = postcard::to_allocvec(&parts).expect("memory suffices");
        assert!(postcard::from_bytes::<Path>(&bytes).is_err(), "{parts:?}");
    }
    let (a, ab) = (Path::attribute("a"), vec![Part::Name("a".into()), Part::Name("b".into())]);
    let ab = Path::try_from(ab.into_boxed_slice()).expect("valid");
    for paths in [vec![ab.clone(), a.clone()], vec![a.clone(), a.clone()], vec![a, ab]] {
        let bytes = postcard::to_allocvec(&paths).expect("memory suffices");
        assert!(postcard::from_bytes::<Projection>(&bytes).is_err(), "{paths:?}");
    }
}
