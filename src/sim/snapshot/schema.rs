//! Tables in the lasting format.
//!
//! ```text
//!   table       name: text, partition key: attribute, maybe a sort key, resolution: text (lww, siblings),
//!               list of indexes, maybe expiry, about, maybe recording
//!   attribute   name: text, type: text (S, N, B)
//!   index       name: text, is it local: flag, partition key and sort key: lists of attributes,
//!               projection: 0 all, 1 keys only, 2 and a list of names; maybe throughput
//!   expiry      attribute: text, does it hide what has expired: flag
//!   about       created: instant, maybe throughput, is it protected, is it for infrequent access: flags,
//!               tags: list of two texts each
//!   throughput  read and write units a second: numbers
//!   recording   since: instant, maybe the days that a restore may go back: number
//!   instant     microseconds of virtual time: number
//! ```

use super::bytes::{Reader, Writer};
use crate::base::VirtualTime;
use crate::data::{
    Expiry, IndexKind, IndexName, IndexSchema, KeyAttribute, KeyKind, Projected, Recording,
    TableAbout, TableName, TableSchema,
};

pub(super) fn write_schema(schema: &TableSchema, w: &mut Writer) {
    w.text(schema.name.as_str());
    write_attribute(&schema.partition_key, w);
    w.flag(schema.sort_key.is_some());
    schema.sort_key.iter().for_each(|key| write_attribute(key, w));
    w.text(&schema.resolution.to_string());
    w.count(schema.indexes.len());
    schema.indexes.iter().for_each(|index| write_index(index, w));
    w.flag(schema.expiry.is_some());
    if let Some(expiry) = &schema.expiry {
        w.text(&expiry.attribute);
        w.flag(expiry.hides);
    }
    let about = &schema.about;
    w.number(about.created.0);
    write_throughput(about.throughput, w);
    w.flag(about.is_protected);
    w.flag(about.is_infrequent);
    w.count(about.tags.len());
    for (key, value) in &about.tags {
        w.text(key);
        w.text(value);
    }
    w.flag(schema.recording.is_some());
    if let Some(recording) = schema.recording {
        w.number(recording.since.0);
        w.flag(recording.days.is_some());
        recording.days.into_iter().for_each(|days| w.number(days));
    }
}

fn write_attribute(attribute: &KeyAttribute, w: &mut Writer) {
    w.text(&attribute.name);
    w.text(attribute.kind.descriptor());
}

fn write_attributes(attributes: &[KeyAttribute], w: &mut Writer) {
    w.count(attributes.len());
    attributes.iter().for_each(|attribute| write_attribute(attribute, w));
}

fn write_index(index: &IndexSchema, w: &mut Writer) {
    w.text(index.name.as_str());
    w.flag(index.kind == IndexKind::Local);
    write_attributes(&index.partition, w);
    write_attributes(&index.sort, w);
    match &index.projection {
        Projected::All => w.count(0),
        Projected::KeysOnly => w.count(1),
        Projected::Include(names) => {
            w.count(2);
            w.count(names.len());
            names.iter().for_each(|name| w.text(name));
        }
    }
    write_throughput(index.throughput, w);
}

fn write_throughput(throughput: Option<(u64, u64)>, w: &mut Writer) {
    w.flag(throughput.is_some());
    if let Some((reads, writes)) = throughput {
        w.number(reads);
        w.number(writes);
    }
}

/// A table that a person could have declared.
pub(super) fn read_schema(r: &mut Reader<'_>) -> Option<TableSchema> {
    let schema = TableSchema {
        name: TableName::new(r.text()?).ok()?,
        partition_key: read_attribute(r)?,
        sort_key: r.maybe(read_attribute)?,
        resolution: r.word()?,
        indexes: r.list(read_index)?,
        expiry: r.maybe(|r| Some(Expiry { attribute: r.text()?.into(), hides: r.flag()? }))?,
        about: TableAbout {
            created: VirtualTime(r.number()?),
            throughput: read_throughput(r)?,
            is_protected: r.flag()?,
            is_infrequent: r.flag()?,
            tags: r.list(|r| Some((r.text()?.into(), r.text()?.into())))?,
        },
        recording: r.maybe(|r| {
            let since = VirtualTime(r.number()?);
            Some(Recording { since, days: r.maybe(Reader::number)? })
        })?,
    };
    let twice = |(at, index): (usize, &IndexSchema)| {
        schema.indexes[..at].iter().any(|other| other.name == index.name)
    };
    (!schema.indexes.iter().enumerate().any(twice)).then_some(schema)
}

fn read_attribute(r: &mut Reader<'_>) -> Option<KeyAttribute> {
    let name = r.text()?;
    let kind = match r.text()? {
        "S" => KeyKind::S,
        "N" => KeyKind::N,
        "B" => KeyKind::B,
        _ => return None,
    };
    Some(KeyAttribute::new(name, kind))
}

fn read_index(r: &mut Reader<'_>) -> Option<IndexSchema> {
    const MOST: usize = IndexSchema::MAX_KEY_ATTRIBUTES;
    Some(IndexSchema {
        name: r.word::<IndexName>()?,
        kind: if r.flag()? { IndexKind::Local } else { IndexKind::Global },
        partition: r.list(read_attribute).filter(|keys| (1..=MOST).contains(&keys.len()))?,
        sort: r.list(read_attribute).filter(|keys| keys.len() <= MOST)?,
        projection: match r.number::<u8>()? {
            0 => Projected::All,
            1 => Projected::KeysOnly,
            2 => Projected::Include(r.list(|r| Some(r.text()?.into()))?),
            _ => return None,
        },
        throughput: read_throughput(r)?,
    })
}

fn read_throughput(r: &mut Reader<'_>) -> Option<Option<(u64, u64)>> {
    r.maybe(|r| Some((r.number()?, r.number()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Resolution;

    #[test]
    fn every_part_of_a_table_is_read_back() {
        let (key, other) =
            (KeyAttribute::new("id", KeyKind::N), KeyAttribute::new("b", KeyKind::B));
        let name = TableName::new("Music").expect("letters");
        let plain = TableSchema::new(name, key.clone(), None, Resolution::Siblings);
        let index = |name: &str, kind, projection, throughput| IndexSchema {
            name: name.parse().expect(name),
            kind,
            partition: vec![other.clone(), key.clone()],
            sort: vec![other.clone()],
            projection,
            throughput,
        };
        let full = TableSchema {
            sort_key: Some(other.clone()),
            resolution: Resolution::LastWriterWins,
            indexes: vec![
                index("one", IndexKind::Global, Projected::All, Some((1, 70_000))),
                index("two", IndexKind::Local, Projected::KeysOnly, None),
                index("three", IndexKind::Global, Projected::Include(vec!["x".into()]), None),
            ],
            expiry: Some(Expiry { attribute: "gone".into(), hides: true }),
            about: TableAbout {
                created: VirtualTime(1 << 40),
                throughput: Some((5, 6)),
                is_protected: true,
                is_infrequent: true,
                tags: vec![("k".into(), "v".into())],
            },
            recording: Some(Recording { since: VirtualTime(9), days: Some(35) }),
            ..plain.clone()
        };
        for schema in [plain, full] {
            let mut writer = Writer::default();
            write_schema(&schema, &mut writer);
            let mut reader = Reader::new(&writer.bytes);
            assert_eq!(read_schema(&mut reader), Some(schema));
            assert!(reader.is_at_end());
            for end in 0..writer.bytes.len() {
                assert_eq!(read_schema(&mut Reader::new(&writer.bytes[..end])), None);
            }
        }
    }
}
