//! Inputs that are too large, which would not be readable as scenario files. Each is refused in
//! words, and changes nothing.

#![cfg(not(target_arch = "wasm32"))]

use ringscope::base::ErrorKind;
use ringscope::scenario::{Session, parse, quoted};

/// Carries out one line, and returns what it says.
fn say(session: &mut Session, line: &str) -> Result<String, ringscope::base::Error> {
    let (line, client) = parse(line)?;
    session.execute(&line, client)
}

/// The digests before and after a line that must be refused are the same.
fn assert_refused(session: &mut Session, line: &str, words: &str) {
    let before = say(session, "digest").expect("a cluster has digests");
    let error = say(session, line).expect_err("the line was accepted");
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains(words), "{:?} does not say {words:?}", error.message);
    assert_eq!(say(session, "digest").expect("a cluster has digests"), before);
}

fn session() -> Session {
    let mut session = Session::default();
    say(&mut session, "cluster").expect("the defaults make a cluster");
    session
}

#[test]
fn a_key_has_at_most_2048_bytes() {
    let mut session = session();
    let longest = "é".repeat(1_024);
    for verb in ["put", "get", "delete"] {
        let line = |key: &str| format!("{verb} Airports {}", quoted(key));
        let words = "2049 bytes, but may have at most 2048";
        assert_refused(&mut session, &line(&format!("{longest}x")), words);
    }
    say(&mut session, &format!("put Airports {}", quoted(&longest))).expect("as long as allowed");
}

#[test]
fn an_item_has_at_most_400_kilobytes() {
    let mut session = session();
    let put = |bytes: usize| {
        let filler = "x".repeat(bytes);
        format!("put Airports SEA {}", quoted(&format!(r#"{{"filler":"{filler}"}}"#)))
    };
    // The names `id` and `filler` and the key `SEA` count too: 11 bytes.
    let limit = ringscope::data::MAX_ITEM_SIZE;
    assert_refused(&mut session, &put(limit - 10), "409600");
    let answer = say(&mut session, &put(limit - 11)).expect("as large as allowed");
    assert!(answer.contains("written as"), "{answer}");
}

#[test]
fn a_line_of_megabytes_is_refused_and_not_choked_on() {
    let mut session = session();
    assert_refused(&mut session, &"x".repeat(4 << 20), "there is no command");
    assert_refused(&mut session, &format!("put A B '{}", "[".repeat(1 << 20)), "cannot be read");
    let nested = format!("put A B '{{\"a\":{}{}}}'", "[".repeat(200), "]".repeat(200));
    assert_refused(&mut session, &nested, "32 deep");
}

#[test]
fn waiting_for_ever_ends_when_nothing_happens_any_more() {
    let mut session = session();
    say(&mut session, "put Airports SEA").expect("the cluster is up");
    for (line, words) in [
        ("step 18446744073709551615", "At most 1000000 things"),
        ("run 9999999m", "let less time pass"),
        ("run until=9999999m", "let less time pass"),
    ] {
        let error = say(&mut session, line).expect_err("gossip goes on for ever");
        assert!(error.message.contains(words), "{error}");
    }
    say(&mut session, "set gossip=off anti_entropy=off").expect("they can be switched off");
    for line in ["step 1000000", "run after=18446744073709551615", "run", "run 9999999m"] {
        say(&mut session, line).expect("waiting is always possible");
    }
    let answer = say(&mut session, "get Airports SEA").expect("the cluster is up");
    assert!(answer.contains("SEA"), "{answer}");
}
