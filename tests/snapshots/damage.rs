//! Damaged, foreign and hostile bytes: refused with a reason, in little memory.

use ringscope::base::{Digest, ErrorKind};
use ringscope::sim::{World, seal, unseal};

use super::lasting::{FILES, bytes, foreign};
use super::memory::height;

/// Opens what somebody made up. Whether that was possible; it never takes much memory.
fn open(bytes: &[u8]) -> bool {
    let (opened, height) = height(|| World::open(bytes));
    let most = (16 << 20) + 2_048 * bytes.len();
    assert!(height <= most, "{height} bytes of memory for a file of {}", bytes.len());
    match opened {
        Ok(opened) => {
            let mut world = opened.world;
            world.run_steps(200);
            world.state_digest();
            true
        }
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::Damaged);
            assert!(error.message.len() > 20, "{error}");
            false
        }
    }
}

#[test]
fn every_changed_byte_is_noticed() {
    let whole = bytes("idle");
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        for change in 1..=255 {
            changed[at] = whole[at] ^ change;
            assert!(World::open(&changed).is_err(), "byte {at} changed by {change}");
        }
    }
    for (name, _) in FILES {
        let whole = bytes(name);
        let mut changed = whole.clone();
        for at in 0..whole.len() {
            changed[at] ^= 1 << (at % 8);
            assert!(World::open(&changed).is_err(), "byte {at} of {name}");
            changed[at] = whole[at];
        }
    }
}

#[test]
fn every_truncation_is_noticed() {
    for (name, _) in FILES {
        let whole = bytes(name);
        for end in 0..whole.len() {
            assert!(!open(&whole[..end]), "{name} ends at {end}");
        }
        assert!(!open(&[&whole[..], &[0]].concat()), "{name} is longer");
    }
}

#[test]
fn other_files_are_no_snapshots() {
    let zip = miniz_oxide::deflate::compress_to_vec(b"hello", 6);
    for other in [
        &b""[..],
        b"RINGSCOP",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0",
        &[&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3][..], &zip].concat(),
        br#"{"Items":[{"id":{"S":"1"}}],"Count":1}"#,
        &[0; 4096],
    ] {
        let error = World::open(other).expect_err("no snapshot");
        assert_eq!(error.kind, ErrorKind::Damaged);
        assert!(error.message.contains("not a Ringscope snapshot"), "{error}");
    }
}

#[test]
fn other_versions_are_named() {
    for version in [0, 2, u32::MAX] {
        let mut other = bytes("idle");
        other[8..12].copy_from_slice(&version.to_le_bytes());
        let message = World::open(&other).expect_err("another version").message;
        assert!(message.contains(&format!("format version {version},")), "{message}");
    }
}

/// A file with any claim in its header, and a right checksum.
fn claiming(length: u32, deflated: &[u8]) -> Vec<u8> {
    let mut bytes = bytes("idle")[..12].to_vec();
    bytes.extend_from_slice(&length.to_le_bytes());
    let sum = crc32c::crc32c_append(crc32c::crc32c(&bytes), deflated);
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes.extend_from_slice(deflated);
    bytes
}

#[test]
fn bombs_do_not_go_off() {
    let huge = miniz_oxide::deflate::compress_to_vec(&vec![0; 128 << 20], 6);
    let body = unseal(&bytes("idle")).expect("our own");
    let deflated = miniz_oxide::deflate::compress_to_vec(&body, 6);
    let length = body.len() as u32;
    assert!(open(&claiming(length, &deflated)), "that is how it is done");
    for bomb in [
        claiming(100, &huge),
        claiming(1 << 20, &huge),
        claiming(128 << 20, &huge),
        claiming(u32::MAX, &huge),
        claiming(u32::MAX, &deflated),
        claiming(length + 1, &deflated),
        claiming(length - 1, &deflated),
        claiming(0, &deflated),
        claiming(0, &[]),
    ] {
        assert!(!open(&bomb));
    }
    assert!(!open(&seal(&vec![0; 8 << 20])));
    assert!(!open(&seal(&vec![0xFF; 8 << 20])));
}

/// Everything behind the checksum, changed at every place into what a number, a length or a tag might
/// be at worst.
#[test]
fn changes_behind_the_checksum_do_no_harm() {
    let huge: &[u8] = &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1];
    let large: &[u8] = &[0xFF, 0xFF, 0x3F];
    for (name, _) in FILES {
        for whole in [bytes(name), foreign(&bytes(name))] {
            let body = unseal(&whole).expect("our own");
            let step = body.len().div_ceil(700);
            for at in (0..body.len()).step_by(step) {
                for other in [&[body[at].wrapping_add(1)], &[0], &[0x7F], large, huge] {
                    // In its place, and put in between.
                    let end = (at + other.len()).min(body.len());
                    open(&seal(&[&body[..at], other, &body[end..]].concat()));
                }
                open(&seal(&body[..at]));
            }
        }
    }
}

/// Writes the data of a cluster by the description of the format.
#[derive(Default)]
struct Hand(Vec<u8>);

impl Hand {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A table `T` of items with the key `id`.
    fn table(&mut self) {
        for text in ["T", "id", "S"] {
            self.text(text);
        }
        self.number(0);
        self.text("lww");
        self.0.extend_from_slice(&[0; 8]);
    }

    /// A snapshot of so many items and backups, each of which has all items.
    fn snapshot(items: u64, backups: u64) -> Vec<u8> {
        let mut hand = Self::default();
        hand.text("nodes=1 vnodes=1 n=1 r=1 w=1");
        [7, 1, 0, 10, 1, 0, 0].into_iter().for_each(|number| hand.number(number));
        hand.number(1);
        hand.number(1);
        hand.table();
        hand.number(1);
        hand.text("T");
        // The order of the ring is the business of whoever writes many.
        let mut keys: Vec<String> = (0..items).map(|number| format!("k{number}")).collect();
        keys.sort_by_key(|key| Digest::of(format!("T/{key}").as_bytes()));
        hand.number(items);
        for key in &keys {
            [0, 0].into_iter().for_each(|number| hand.number(number));
            hand.text(key);
            [0, 1, 5, 0, 0, 1, 1, 1, 1].into_iter().for_each(|number| hand.number(number));
            hand.text("id");
            hand.number(0);
            hand.text(key);
            hand.number(0);
        }
        hand.number(backups);
        hand.number(backups);
        for number in 1..=backups {
            hand.number(number);
            hand.text("all");
            hand.number(3);
            hand.table();
            hand.number(1);
            hand.number(items);
            (0..items).for_each(|_| hand.number(1));
        }
        let mut body = Self::default();
        body.text("by hand");
        body.number(0);
        body.0.extend_from_slice(&(hand.0.len() as u32).to_le_bytes());
        body.0.extend_from_slice(&hand.0);
        seal(&body.0)
    }
}

#[test]
fn the_description_of_the_format_is_enough_to_write_one() {
    let world = World::open(&Hand::snapshot(3, 2)).expect("it is as described").world;
    assert_eq!(world.stored().count(), 3);
    let backups = world.archive().backups();
    assert_eq!(backups.len(), 2);
    assert_eq!(backups[1].content.as_ref().map(|content| content.rows.len()), Some(3));
}

#[test]
fn sharing_wants_no_more_memory_than_its_file_allows() {
    assert!(open(&Hand::snapshot(1_000, 0)));
    assert!(open(&Hand::snapshot(100, 2_000)));
    assert!(open(&Hand::snapshot(1_000, 1_000)));
}
