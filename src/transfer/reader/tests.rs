//! What is read, and what is said about the rest.

use super::*;
use crate::data::KeyKind;

/// Reads a file in pieces of so many bytes: each row as its line and its item or complaint.
fn read_in(file: &[u8], piece: usize) -> Result<Vec<(u64, String)>> {
    let mut reader = Reader::new(None, vec![KeyAttribute::new("n", KeyKind::N)]);
    let (mut pieces, mut found) = (file.chunks(piece), Vec::new());
    loop {
        let batch = reader.batch();
        let rows = batch.rows.into_iter().map(|row| {
            (row.line, row.item.map_or_else(|why| format!("! {why}"), |item| item.to_json()))
        });
        found.extend(rows);
        match batch.fault {
            Some(fault) => return Err(Error::invalid(fault)),
            None if batch.is_last => {
                assert_eq!(batch.read, file.len() as u64);
                return Ok(found);
            }
            None => {}
        }
        if reader.is_hungry() {
            match pieces.next() {
                Some(piece) => reader.feed(piece),
                None => reader.end(),
            }
        }
    }
}

/// The same, whatever the pieces.
fn read(file: impl AsRef<[u8]>) -> Result<Vec<(u64, String)>> {
    let file = file.as_ref();
    let whole = read_in(file, usize::MAX);
    for piece in [1, 7, 1000] {
        if file.len() / piece < 100_000 {
            assert_eq!(read_in(file, piece), whole, "in pieces of {piece}");
        }
    }
    whole
}

fn rows(file: impl AsRef<[u8]>) -> Vec<(u64, String)> {
    read(file).expect("a good file")
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut gzip = super::super::gzip::Gzip::begin(&mut out);
    gzip.pack(text, &mut out);
    gzip.end(&mut out);
    out
}

#[test]
fn lines_of_json_are_items() {
    let file = concat!(
        r#"{"Item":{"id":{"S":"a"},"n":{"N":"1.50"}}}"#,
        "\n\r\n  \n",
        r#"{"id":{"S":"b"}}"#,
        "\r\n",
        r#"{"id":"c","Item":{"x":1}}"#,
        "\nnot json\n",
        r#"{"Item":{"id":{"X":"a"}}}"#,
        "\n",
        r#"{"id":"d"}"#,
    );
    let found = rows(file);
    let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 4, 5, 6, 7, 8]);
    assert_eq!(found[0].1, r#"{"id":"a","n":1.5}"#);
    assert_eq!(found[1].1, r#"{"id":"b"}"#);
    assert_eq!(found[2].1, r#"{"Item":{"x":1},"id":"c"}"#);
    assert!(found[3].1.starts_with("! this is not valid JSON"), "{}", found[3].1);
    assert!(found[4].1.contains("\"X\" is not a type"), "{}", found[4].1);
    assert_eq!(rows(packed(file.as_bytes())), found);
    assert_eq!(rows(format!("\u{FEFF}{file}")), found);
}

#[test]
fn lines_of_csv_are_items() {
    let file = "id,n,t\na,1,\"x\ny\"\n\nb,two,z\nc,3,\"\"\nd,4,\ne,5\n\"f\",6,\"say \"\"hi\"\"\"";
    let found = rows(file);
    let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 5, 6, 7, 8, 9]);
    assert_eq!(found[0].1, r#"{"id":"a","n":1,"t":"x\ny"}"#);
    assert!(found[1].1.starts_with("! column \"n\": \"two\""));
    assert_eq!(found[2].1, r#"{"id":"c","n":3,"t":""}"#);
    assert_eq!(found[3].1, r#"{"id":"d","n":4}"#);
    assert!(found[4].1.starts_with("! the first line names 3 columns"));
    assert_eq!(found[5].1, r#"{"id":"f","n":6,"t":"say \"hi\""}"#);
    assert_eq!(rows(packed(file.as_bytes())), found);
}

#[test]
fn files_without_rows_have_none() {
    for file in [&b""[..], b"\n\n", b"id,name\n", &packed(b"")] {
        assert_eq!(rows(file), []);
    }
}

#[test]
fn what_is_no_such_file_is_refused() {
    for (file, complaint) in [
        (&b"[{\"id\":1}]"[..], "a JSON array"),
        (b"{\n  \"id\": 1\n}\n", "over several lines"),
        (b"$ion_1_0 {Item:{}}", "Amazon Ion"),
        (b"id,id\n", "line 1: two columns are called \"id\""),
        (b"id,x\na,\"open\nb,c\n", "line 2: double quotes are opened here"),
        (&packed(b"id\na\n")[..20], "ends before its packed data"),
        (b"\x1f\x8b\x08\x00garbage of no kind at all", "no gzip file"),
    ] {
        let said = read(file).expect_err(complaint).message;
        assert!(said.contains(complaint), "{said}");
    }
}

#[test]
fn text_that_is_none_costs_its_line_only() {
    let file = [&b"{\"id\":\"a\"}\n{\"id\":\"\xFF\"}\n"[..], b"{\"id\":\"b\"}\n"].concat();
    let found = rows(file);
    assert_eq!(found.len(), 3);
    assert!(found[1].1.contains("UTF-8"));
}

#[test]
fn hostile_rows_are_refused_one_by_one() {
    let long = format!("{{\"id\":\"{}\"}}", "x".repeat(LONGEST_ROW + (1 << 20)));
    let big = format!("{{\"id\":\"{}\"}}", "x".repeat(410_000));
    let deep = format!("{{\"id\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let twice = r#"{"id":"a","id":"b"}"#;
    let file = [&*long, &big, &deep, twice, r#"{"id":"good"}"#].join("\n");
    let found = read_in(file.as_bytes(), 50_000).expect("a good file");
    let lines: Vec<u64> = found.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5]);
    for (row, complaint) in found.iter().zip(["longer than any item", "409600", "", "twice"]) {
        assert!(row.1.starts_with('!') && row.1.contains(complaint), "{}", row.1);
    }
    assert_eq!(found[4].1, r#"{"id":"good"}"#);
}

#[test]
fn a_bomb_is_unpacked_a_little_at_a_time_and_not_to_the_end() {
    // One line without an end, which packs a thousand to one.
    let mut bomb = Vec::new();
    let mut gzip = super::super::gzip::Gzip::begin(&mut bomb);
    let zeros = vec![b'{'; 1 << 20];
    (0..64).for_each(|_| gzip.pack(&zeros, &mut bomb));
    gzip.end(&mut bomb);
    assert!(bomb.len() < 1 << 20);
    let mut reader = Reader::new(None, Vec::new());
    reader.feed(&bomb);
    reader.end();
    let mut rows = 0;
    loop {
        let batch = reader.batch();
        rows += batch.rows.len();
        assert!(reader.text.len() <= LONGEST_ROW + 2 * PIECE);
        if batch.is_last {
            break;
        }
    }
    assert_eq!(rows, 1, "the line that is longer than any item");
    reader.unpacked = LARGEST;
    reader.has_ended = false;
    reader.feed(&packed(b"more"));
    reader.end();
    assert!(reader.batch().fault.expect("too large").contains("1 GB"));
}

#[test]
fn batches_travel_as_bytes() {
    let mut reader = Reader::new(None, Vec::new());
    reader.feed(b"{\"Item\":{\"b\":{\"B\":\"AAH/\"},\"ns\":{\"NS\":[\"1\"]}}}\nno\n");
    reader.end();
    let batch = reader.batch();
    let again = Batch::from_bytes(&batch.to_bytes()).expect("a batch");
    assert_eq!((again.rows.len(), again.is_last, again.read), (2, true, batch.read));
    assert!(again.rows.iter().zip(&batch.rows).all(|(one, other)| one.item == other.item));
    assert!(Batch::from_bytes(b"nonsense").is_err());
}
