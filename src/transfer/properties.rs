//! What holds of any file, and of any items.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Export, Format, Reader, losses, typed_attributes};
use crate::data::{
    AttributeValue, Item, KeyAttribute, KeyKind, Resolution, TableName, TableSchema,
};

fn schema() -> TableSchema {
    let key = |name: &str, kind| KeyAttribute::new(name, kind);
    let name = TableName::new("T").expect("letters");
    let sort = Some(key("n", KeyKind::N));
    TableSchema::new(name, key("id", KeyKind::S), sort, Resolution::default())
}

/// Text with all that CSV and JSON could stumble over.
fn text() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-zü,\"\\\\\r\n\t \u{2028}\u{FEFF}\u{0}]{0,12}")
        .expect("it is one")
}

fn item() -> impl Strategy<Value = Item> {
    let value = prop_oneof![
        4 => text().prop_map(|text| AttributeValue::from(&*text)),
        1 => any::<i64>().prop_map(AttributeValue::from),
        1 => any::<bool>().prop_map(AttributeValue::from),
        1 => Just(AttributeValue::L(vec![AttributeValue::NULL].into())),
    ];
    let others = prop::collection::vec((text(), value), 0..4);
    ("[a-z]{1,3}", any::<i32>(), others).prop_map(|(id, n, others)| {
        let mut item = Item::new();
        for (name, value) in others {
            // The reader cuts the blanks around a column's name.
            if !name.trim().is_empty() && name.trim() == name {
                item.insert(&*name, value);
            }
        }
        item.insert("id", AttributeValue::from(&*id));
        item.insert("n", AttributeValue::from(i64::from(n)));
        item
    })
}

/// What a file has in it, read in pieces: items, and complaints.
fn read(file: &[u8], piece: usize, format: Option<Format>) -> (Vec<Item>, Vec<String>) {
    let mut reader = Reader::new(format, typed_attributes(&schema()));
    let mut pieces = file.chunks(piece);
    let (mut items, mut complaints) = (Vec::new(), Vec::new());
    loop {
        let batch = reader.batch();
        for row in batch.rows {
            match row.item {
                Ok(item) => items.push(item),
                Err(why) => complaints.push(format!("{}: {why}", row.line)),
            }
        }
        complaints.extend(batch.fault);
        if batch.is_last {
            return (items, complaints);
        }
        if reader.is_hungry() {
            match pieces.next() {
                Some(piece) => reader.feed(piece),
                None => reader.end(),
            }
        }
    }
}

proptest! {
    #[test]
    fn what_is_exported_is_imported(items in prop::collection::vec(item(), 0..12), packs: bool, piece in 1..200_usize) {
        let shared: Vec<Arc<Item>> = items.iter().cloned().map(Arc::new).collect();
        let file = Export::new(&schema(), shared.clone(), Format::Json, packs).whole();
        prop_assert_eq!(read(&file, piece, None), (items.clone(), Vec::new()));
        let file = Export::new(&schema(), shared.clone(), Format::Csv, packs).whole();
        let (again, complaints) = read(&file, piece, Some(Format::Csv));
        prop_assert_eq!(complaints, Vec::<String>::new());
        prop_assert_eq!(again.len(), items.len());
        let lost: Vec<Box<str>> =
            losses(&schema(), &shared).into_iter().map(|loss| loss.attribute).collect();
        for (one, other) in items.iter().zip(&again) {
            for (name, value) in one.iter() {
                let is_lost = lost.iter().any(|lost| **lost == *name);
                prop_assert!(is_lost || other.get(name) == Some(value), "{}", name);
            }
        }
    }

    #[test]
    fn no_bytes_are_too_much(
        file in prop::collection::vec(any::<u8>(), 0..600),
        text in text(),
        piece in 1..200_usize,
    ) {
        let lines = format!("{text}\n{{\"id\":\"{text}\"}}\n{text}");
        for file in [&file[..], lines.as_bytes(), &[&[31, 139, 8, 0], &file[..]].concat()] {
            let whole = read(file, usize::MAX, None);
            prop_assert_eq!(read(file, piece, None), whole);
        }
    }

    #[test]
    fn a_damaged_file_is_read_to_no_harm(items in prop::collection::vec(item(), 1..9), at: usize, bit in 0..8_u8) {
        let shared: Vec<Arc<Item>> = items.iter().cloned().map(Arc::new).collect();
        let mut file = Export::new(&schema(), shared, Format::Json, true).whole();
        // Behind its header every bit counts, but for those that fill up its last byte.
        let place = 10 + at % (file.len() - 10);
        file[place] ^= 1 << bit;
        let (again, complaints) = read(&file, 7, None);
        prop_assert!(again == items || !complaints.is_empty());
    }
}
