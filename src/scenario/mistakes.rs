//! What is said about text that is no command, in the words that the page uses.

use crate::base::Error;

/// Every command's name and how it is written, for the message about one that cannot be understood.
const USAGE: &[(&str, &str)] = &[
    ("cluster", "cluster nodes=5 vnodes=16 n=3 r=2 w=2 seed=1 network=lan"),
    ("table", "table Airports iata"),
    (
        "index",
        "index Airports by-place state+country city project=name, or index drop Airports by-place",
    ),
    ("indexes", "indexes"),
    ("expire", "expire Airports closes hide=true, or expire Airports off"),
    ("put", "put Airports SEA '{\"city\":\"Seattle\"}' if=absent"),
    ("get", "get Airports SEA consistent=true"),
    ("delete", "delete Airports SEA if='A1.1@288µs'"),
    ("update", "update Airports SEA 'SET visits = visits + 1' if='attribute_exists(visits)'"),
    ("query", "query Music 'artist = \"Acme\" AND song > \"B\"' filter='year > 1999' limit=10"),
    ("scan", "scan Airports filter='state = \"WA\"' project=city limit=10 segment=0/4 at=2s"),
    ("ask", "ask … as a session log wrote it"),
    ("call", "call GetItem '{\"TableName\":\"Airports\",\"Key\":{\"iata\":{\"S\":\"SEA\"}}}'"),
    ("schema", "schema … as a session log wrote it"),
    ("crash", "crash B"),
    ("restart", "restart B"),
    ("pause", "pause B"),
    ("resume", "resume B"),
    ("wipe", "wipe B"),
    ("slow", "slow B 20ms"),
    ("clock", "clock B skew='-5s' drift=200"),
    ("split", "split A B from='C D' oneway=true"),
    ("link", "link A B latency=50ms loss=10 duplicate=5 oneway=true"),
    ("heal", "heal"),
    ("drop", "drop m17"),
    ("delay", "delay m17 50ms"),
    ("duplicate", "duplicate m17"),
    ("add", "add, or add F weight=2"),
    ("remove", "remove C"),
    ("replace", "replace C"),
    ("weigh", "weigh C 0.5"),
    ("vnodes", "vnodes 32"),
    ("move", "move 8a3d… to=F, with a token as the line ring shows it"),
    ("cut", "cut 8a3d… at=81b2… to=F, with tokens of 32 digits"),
    ("cancel", "cancel"),
    ("topology", "topology"),
    ("balancer", "balancer"),
    ("at", "at 2s 'crash B'"),
    ("in", "in 50ms 'crash B'"),
    ("set", "set r=1 w=3 quorum=sloppy repair=blocking timestamps=hlc"),
    (
        "workload",
        "workload 10s rate=200 reads=90 items=1000 keys=zipf exponent=0.99, workload stop",
    ),
    ("workloads", "workloads"),
    ("run", "run 50ms"),
    ("step", "step 3"),
    ("replicas", "replicas Airports SEA"),
    ("locate", "locate Airports SEA"),
    ("nodes", "nodes"),
    ("network", "network"),
    ("messages", "messages"),
    ("ring", "ring"),
    ("plan", "plan 'add', or plan 'remove C'"),
    ("placements", "placements"),
    ("hints", "hints"),
    ("views", "views"),
    ("traffic", "traffic"),
    ("digest", "digest"),
    ("snapshot", "snapshot before"),
    ("snapshots", "snapshots every=10s keep=5, or snapshots off"),
    ("restore", "restore before, restore before-lunch as=Music2, restore Music at=3s as=Music3"),
    ("backup", "backup Music as=before-lunch, or backup drop before-lunch"),
    ("backups", "backups"),
    ("pitr", "pitr Music on days=7, or pitr Music off"),
    ("trace", "trace off"),
    ("back", "back 3"),
    ("forward", "forward 3"),
    ("goto", "goto 2.5s, goto start, goto end, goto event=123, goto mark=before"),
    ("undo", "undo"),
    ("mark", "mark before"),
    ("branches", "branches"),
    ("branch", "branch b2, or branch rename=without-b"),
    ("compare", "compare main b2"),
    ("discard", "discard b2"),
];

/// Why a line is none at all.
pub(super) fn unreadable(text: &str, error: &str) -> Error {
    let at = error.split("column ").nth(1).and_then(|rest| rest.split(' ').next());
    let at = at.map_or(String::new(), |column| format!(", near column {column}"));
    Error::invalid(format!(
        "this line cannot be read{at}: {text:?}. Put values with spaces or signs between single \
         quotes, such as '{{\"city\":\"Seattle\"}}'"
    ))
}

/// Why a script is none, or which of its lines failed.
pub(super) fn unreadable_script(script: &str, error: &std::io::Error) -> Error {
    let error = error.to_string();
    let place = error.strip_prefix("parse error at ").and_then(|rest| rest.split_once(":\n"));
    let Some((place, excerpt)) = place else { return Error::invalid(error) };
    let is_idle = |line: &str| line.is_empty() || line == "---" || line.starts_with('#');
    if script.lines().all(|line| is_idle(line.trim())) {
        return Error::invalid(
            "there is no command in it: begin with a line such as: cluster nodes=5",
        );
    }
    let place = place.split(" for ").next().unwrap_or(place);
    Error::invalid(format!(
        "{place} cannot be read:\n{excerpt}\nPut values with spaces or signs between single quotes, \
         and end a block of commands with a line ---"
    ))
}

/// Why a command that could be read says nothing, from what the crate says about it.
pub(super) fn explain(name: &str, error: &str) -> Error {
    let Some((_, usage)) = USAGE.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = USAGE.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        return Error::invalid(format!("there is no command {name:?}. Commands are: {names}"));
    };
    let what = if error.ends_with("not given") {
        "something is missing".to_owned()
    } else if let Some(argument) = error.strip_prefix("unexpected argument ") {
        format!("{argument} does not belong here")
    } else if let Some((place, why)) = error.split_once(": ")
        && let Some((_, value)) = place.split_once("invalid value ")
    {
        let value = value.split(" for argument ").next().unwrap_or(value);
        match why {
            why if why.contains("digit") => format!("{value} is not a whole number"),
            why if why.contains("number too") => format!("{value} is out of range"),
            why if why.contains("`true`") => format!("{value} is neither true nor false"),
            why => return Error::invalid(why),
        }
    } else {
        error.to_owned()
    };
    Error::invalid(format!("{name}: {what}. It is written like this: {usage}"))
}
