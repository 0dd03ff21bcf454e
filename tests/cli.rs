//! The command line: what it says about files that it cannot run, and how it ends.

#![cfg(not(target_arch = "wasm32"))]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a scenario file, and returns the exit code, the output and the complaint.
fn run(file: &Path, more: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ringscope"));
    let output = command.arg("run").arg(file).args(more).output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("what it writes is text");
    let code = output.status.code().expect("it ends by itself");
    (code, text(output.stdout), text(output.stderr))
}

/// A file of this content in the tests' own folder.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, content).expect("the folder can be written");
    path
}

#[test]
fn bare_commands_run() {
    for (name, script) in [("bare", "cluster\nput T k"), ("crlf", "cluster\r\nput T k\r\n")] {
        let (code, output, complaint) = run(&file(name, script.as_bytes()), &[]);
        assert_eq!((code, complaint.as_str()), (0, ""));
        assert!(output.contains("written as"), "{output}");
    }
}

#[test]
fn files_that_make_no_sense_are_refused_in_words() {
    for (name, content, words) in [
        ("unknown", &b"cluster\nfly SEA\n"[..], "line 2: there is no command \"fly\""),
        ("open-quote", b"cluster\nput T k '{\n", "line 2 column 9 cannot be read"),
        ("brace", b"cluster\nput T k {}\n", "between single quotes"),
        ("no-block-end", b"cluster\n---\nok\n\nnodes\n", "end a block"),
        ("refused", b"cluster\ncrash Z\n", "there is no node Z"),
        ("no-cluster", b"nodes\n", "there is no cluster yet"),
        ("empty", b"", "no command in it"),
        ("comment", b"# nothing\n", "no command in it"),
        ("separator", b"---\n", "no command in it"),
        ("binary", b"\xff\xfe\0", "cannot read"),
    ] {
        let (code, output, complaint) = run(&file(name, content), &[]);
        assert_ne!(code, 0, "{name}");
        assert_eq!(output, "", "{name}");
        assert!(complaint.contains(words), "{name}: {complaint}");
        assert!(!complaint.contains("panicked"), "{name}: {complaint}");
    }
    let (code, _, complaint) = run(Path::new("no/such/file"), &[]);
    assert_eq!(code, 2);
    assert!(complaint.contains("cannot read no/such/file"), "{complaint}");
}

#[test]
fn check_compares_the_output() {
    let golden = std::fs::read_to_string("tests/scenarios/quorum_write").expect("it exists");
    let (code, output, _) = run(&file("golden", golden.as_bytes()), &["--check"]);
    assert_eq!((code, output), (0, golden.clone()));
    let changed = golden.replacen("288µs", "289µs", 1);
    let (code, _, complaint) = run(&file("changed", changed.as_bytes()), &["--check"]);
    assert_eq!(code, 1);
    assert!(complaint.contains("differs"), "{complaint}");
}

#[test]
fn what_a_run_leaves_comes_in_again() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = |name: &str| folder.join(name).to_str().expect("a name in UTF-8").to_owned();
    let script = file(
        "leaves",
        b"cluster\ntable T id 'n:N'\nput T a/1 '{\"x\":{\"B\":\"AAH/\"}}'\nput T b/2 '{}'\n",
    );
    let (packed, csv, calls) = (path("T.json.gz"), path("T.csv"), path("T.py"));
    let exports = [format!("T={packed}"), format!("T={csv}")];
    let more = ["--export", &exports[0], "--export", &exports[1], "--calls", &calls];
    let (code, _, complaint) = run(&script, &more);
    assert_eq!(code, 0, "{complaint}");
    assert!(complaint.contains("x is B in 1 items: as text"), "{complaint}");
    assert!(std::fs::read_to_string(&calls).expect("it was written").contains("put_item"));
    let csv = std::fs::read_to_string(&csv).expect("it was written");
    assert!(csv.starts_with("id,n,x\n"), "{csv}");
    let import = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ringscope"));
        let done = command.arg("import").arg(&packed).args(more).output().expect("it starts");
        let text = String::from_utf8(done.stdout).expect("text");
        (done.status.code(), text, String::from_utf8(done.stderr).expect("text"))
    };
    let (code, lines, complaint) = import(&["--table", "U", "--key", "id", "--sort", "n:N"]);
    assert_eq!((code, &*complaint), (Some(0), ""));
    let (code, output, complaint) =
        run(&file("again", format!("cluster\n{lines}get U a/1\n").as_bytes()), &[]);
    assert_eq!(code, 0, "{complaint}");
    assert!(output.contains("AAH/"), "{output}");
    let (code, _, complaint) = import(&["--table", "U", "--key", "x"]);
    assert_eq!(code, Some(1));
    assert!(complaint.contains("T.json.gz:"), "{complaint}");
    let (code, _, complaint) = run(&script, &["--export", "Nowhere=x.json"]);
    assert_eq!(code, 2);
    assert!(complaint.contains("there is no table Nowhere"), "{complaint}");
}
