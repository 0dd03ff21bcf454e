//! The committed snapshots, and what every engine must find in them.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use ringscope::base::NodeId;
use ringscope::data::{KeyAttribute, Projected, TableSchema};
use ringscope::scenario::{Session, parse};
use ringscope::sim::{EXACT_TAG, Opened, World, seal, unseal};
use ringscope::storage::Held;

/// What was snapshotted: each a scenario that ends where the snapshot was taken.
pub const FILES: [(&str, &str); 4] = [
    (
        "idle",
        "cluster nodes=5 vnodes=4 n=3 r=2 w=2 seed=7 network=lan
         table Airports iata
         put Airports SEA '{\"name\":\"Seattle Tacoma Intl\",\"state\":\"WA\"}'
         put Airports ZRH '{\"name\":\"Zürich\"}'
         delete Airports ZRH
         run 3s",
    ),
    (
        "under_way",
        "cluster nodes=6 vnodes=8 n=3 r=2 w=2 seed=11 network=wan quorum=sloppy placement=equal
         table Carts id resolve=siblings
         table Music artist
         index Music by-song song
         put Carts one '{\"items\":[\"book\"]}'
         put Music Acme '{\"song\":\"Rain\"}'
         weigh B 2
         run 20s
         client2: put Carts one '{\"items\":[\"book\",\"pen\"]}' wait=false
         client3: put Carts one '{\"items\":[\"lamp\"]}' wait=false
         run 2s
         crash C
         put Music Acme '{\"song\":\"Sun\"}' wait=false
         put Carts two '{\"items\":[]}' wait=false
         run 1s
         split A B
         put Music Brox '{\"song\":\"Sun\"}' if=absent wait=false
         workload 5s rate=40 items=9 table=Load
         slow D 3ms
         clock E skew=250ms
         run 160ms
         put Music Cora '{\"song\":\"Snow\"}' wait=false
         run 77ms",
    ),
    (
        "backups",
        "cluster nodes=4 vnodes=4 n=3 r=2 w=2 seed=3 network=lan repair=blocking
         table Music artist
         index Music by-song song
         pitr Music on
         put Music Acme '{\"song\":\"Happy Day\"}'
         put Music Brox '{\"song\":\"Rain\"}'
         run until=1s
         backup Music as=before
         put Music Acme '{\"song\":\"Rain\"}'
         delete Music Brox
         put Music Cora '{\"song\":\"Sun\"}'
         backup Music as=after
         run until=4s
         restore Music at=1s as=Then wait=false
         run 1ms",
    ),
    (
        "types",
        r#"cluster nodes=3 vnodes=4 n=2 r=1 w=2 seed=5 network=ideal timestamps=hlc
         table Days 'number:N'
         table Blobs 'id:B' 'part:N'
         call CreateTable '{"TableName":"Full","BillingMode":"PROVISIONED","ProvisionedThroughput":{"ReadCapacityUnits":7,"WriteCapacityUnits":9},"AttributeDefinitions":[{"AttributeName":"artist","AttributeType":"S"},{"AttributeName":"song","AttributeType":"S"},{"AttributeName":"year","AttributeType":"N"}],"KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"song","KeyType":"RANGE"}],"LocalSecondaryIndexes":[{"IndexName":"by-year","KeySchema":[{"AttributeName":"artist","KeyType":"HASH"},{"AttributeName":"year","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],"GlobalSecondaryIndexes":[{"IndexName":"years","KeySchema":[{"AttributeName":"year","KeyType":"HASH"},{"AttributeName":"song","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["tags"]},"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":2}}],"Tags":[{"Key":"of","Value":"music"}]}'
         call UpdateTimeToLive '{"TableName":"Full","TimeToLiveSpecification":{"AttributeName":"gone","Enabled":true}}'
         call PutItem '{"TableName":"Days","Item":{"number":{"N":"-12.5"},"yes":{"BOOL":true},"none":{"NULL":true}}}'
         call PutItem '{"TableName":"Days","Item":{"number":{"N":"1e30"},"list":{"L":[{"S":""},{"N":"0.001"},{"L":[{"M":{"deep":{"B":"AAEC"}}}]}]}}}'
         call PutItem '{"TableName":"Blobs","Item":{"id":{"B":"AP8="},"part":{"N":"2"},"ss":{"SS":["b","a"]},"ns":{"NS":["3","-1"]},"bs":{"BS":["AQ==","AA=="]}}}'
         call PutItem '{"TableName":"Full","Item":{"artist":{"S":"Zürich/✈"},"song":{"S":"Rain"},"year":{"N":"1999"},"tags":{"SS":["wet"]},"more":{"S":"not projected"}}}'
         run 3s"#,
    ),
];

fn path(name: &str, ending: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/v1");
    folder.join(format!("{name}.{ending}"))
}

/// The bytes of a committed snapshot.
pub fn bytes(name: &str) -> Vec<u8> {
    let path = path(name, "ringscope");
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn script(name: &str) -> Session {
    let (_, script) = FILES.iter().find(|(file, _)| *file == name).expect(name);
    let mut session = Session::default();
    for text in script.lines() {
        let (line, client) = parse(text.trim()).unwrap_or_else(|error| panic!("{text}: {error}"));
        session.execute(&line, client).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
    session
}

/// The same snapshot as an engine with another exact tag would have made it.
pub fn foreign(bytes: &[u8]) -> Vec<u8> {
    let mut body = unseal(bytes).expect("a snapshot");
    let tag = 1 + usize::from(body[0]);
    body[tag] = if body[tag] == 0x7F { 0x7E } else { 0x7F };
    seal(&body)
}

fn open(bytes: &[u8]) -> Opened {
    World::open(bytes).expect("a committed snapshot can be opened for ever")
}

/// A table, for people.
fn declared(schema: &TableSchema) -> String {
    let keys = |keys: &[KeyAttribute]| {
        keys.iter().map(KeyAttribute::to_string).collect::<Vec<_>>().join(" ")
    };
    let own: Vec<KeyAttribute> = schema.key_attributes().cloned().collect();
    let mut told = format!("table {} {} resolve={}\n", schema.name, keys(&own), schema.resolution);
    for index in &schema.indexes {
        let projection = match &index.projection {
            Projected::All => "all".to_owned(),
            Projected::KeysOnly => "keys".to_owned(),
            Projected::Include(names) => names.join(" "),
        };
        let kind = if index.is_global() { "global" } else { "local" };
        let (partition, sort) = (keys(&index.partition), keys(&index.sort));
        let paid = paid_for(index.throughput);
        told += &format!(
            "  {kind} index {}: {partition} / {sort}, has {projection}{paid}\n",
            index.name
        );
    }
    let about = &schema.about;
    if let Some(expiry) = &schema.expiry {
        told += &format!("  expires by {}, hides: {}\n", expiry.attribute, expiry.hides);
    }
    if let Some(recording) = schema.recording {
        told +=
            &format!("  can be restored since {}, days: {:?}\n", recording.since, recording.days);
    }
    for (key, value) in &about.tags {
        told += &format!("  tag {key}={value}\n");
    }
    let (created, protected) = (about.created, about.is_protected);
    told + &format!("  created {created}, protected: {protected}{}\n", paid_for(about.throughput))
}

fn paid_for(throughput: Option<(u64, u64)>) -> String {
    throughput
        .map_or_else(String::new, |(reads, writes)| format!(", {reads} reads {writes} writes"))
}

/// What the data of a world says, for people.
fn told(world: &World) -> String {
    let mut told = format!("{}\nat {}\n", world.config(), world.now());
    for node in (0..world.config().nodes).map(NodeId) {
        let lists = world.preference_lists();
        let vnodes = lists.ring().vnodes().iter().filter(|vnode| vnode.node == node).count();
        let zone = lists.ring().zone(node);
        writeln!(told, "{node}: {vnodes} vnodes in {zone}").expect("memory suffices");
    }
    let mut lines = Vec::new();
    for (_, key, held) in world.stored() {
        let versions = held.versions().iter().map(|version| match &version.item {
            Some(item) => format!("{} {}", version.stamp, item.to_dynamodb_json()),
            None => format!("{} deleted", version.stamp),
        });
        lines.push(format!("{key}: {}\n", versions.collect::<Vec<_>>().join(" | ")));
    }
    lines.sort();
    let copies = lines.len();
    lines.dedup();
    world.tables().for_each(|schema| told += &declared(schema));
    told += &lines.concat();
    writeln!(told, "{} copies of {} items", copies, lines.len()).expect("memory suffices");
    for backup in world.archive().backups() {
        let (id, name, created) = (backup.id, &backup.name, backup.created);
        writeln!(told, "{id} {name} of {} at {created}", backup.schema.name).expect("memory");
        for (key, item) in backup.content.iter().flat_map(|content| content.rows.iter()) {
            writeln!(told, "  {key}: {}", item.to_dynamodb_json()).expect("memory suffices");
        }
    }
    told
}

/// Writes what is missing, if that is wanted.
fn write_missing(name: &str) {
    if std::env::var_os("UPDATE_GOLDENFILES").is_none() {
        return;
    }
    if !path(name, "ringscope").exists() {
        let session = script(name);
        let bytes = session.world().expect("a cluster").snapshot();
        fs::write(path(name, "ringscope"), bytes).expect("the folder is there");
    }
    if !path(name, "txt").exists() {
        let bytes = bytes(name);
        let exact = open(&bytes);
        let data = open(&foreign(&bytes));
        let digest = exact.world.state_digest();
        let text = format!("exact tag {EXACT_TAG}, state {digest}\n{}", told(&data.world));
        fs::write(path(name, "txt"), text).expect("the folder is there");
    }
}

#[test]
fn committed_snapshots_open_for_ever() {
    for (name, _) in FILES {
        write_missing(name);
        let bytes = bytes(name);
        let expected = fs::read_to_string(path(name, "txt")).expect(name);
        let (exact, expected) = expected.split_once('\n').expect("a line on the exact part");
        let data = open(&foreign(&bytes));
        assert!(!data.is_exact);
        let notice = data.notice().expect("people are told");
        assert!(notice.contains("messages under way are not"), "{notice}");
        assert_eq!(told(&data.world), expected, "the data of {name}");
        let opened = open(&bytes);
        if let Some(digest) = exact.strip_prefix(&format!("exact tag {EXACT_TAG}, state ")) {
            let is_same = opened.is_exact && opened.world.state_digest().to_string() == digest;
            assert!(is_same, "{name} goes on in another way: raise the exact tag");
            assert_eq!(opened.notice(), None);
        } else {
            assert!(!opened.is_exact);
        }
    }
}

#[test]
fn data_alone_is_a_cluster_at_rest() {
    for (name, _) in FILES {
        let mut world = open(&foreign(&bytes(name))).world;
        let lists = world.shared_preference_lists();
        let held: Vec<_> =
            world.stored().map(|(node, key, held)| (node, key.clone(), held.clone())).collect();
        for (_, key, held) in &held {
            let owners = lists.at(key.position);
            let others = owners.iter().map(|owner| world.store(*owner).and_then(|it| it.get(key)));
            assert!(others.into_iter().all(|other| other == Some(held)), "{name}: {key}");
        }
        for node in lists.members().iter().copied() {
            assert!(world.is_up(node), "{name}: {node}");
        }
        let items = |world: &World| {
            let live = |held: &Held| held.live().next().is_some();
            let all = world.stored().filter(|(_, _, held)| live(held));
            all.map(|(node, key, held)| (node, key.clone(), held.clone())).collect::<Vec<_>>()
        };
        let before = items(&world);
        let again = World::restore(&world.snapshot()).expect("it is a world like any other");
        assert_eq!(again.state_digest(), world.state_digest());
        world.run_for(ringscope::base::Duration::from_ms(60_000));
        assert_eq!(items(&world), before, "{name}: nothing was left to do");
        for schema in world.tables() {
            for index in &schema.indexes {
                assert!(world.index_errors(schema, index).is_empty(), "{name}: {}", index.name);
                assert!(!world.is_building(&schema.name, &index.name), "{name}: {}", index.name);
            }
        }
    }
}

#[test]
fn data_alone_takes_writes_as_before() {
    let world = open(&foreign(&bytes("under_way"))).world;
    let mut session = Session::default();
    session.begin(world);
    let mut say = |text: &str| {
        let (line, client) = parse(text).expect(text);
        session.execute(&line, client).unwrap_or_else(|error| panic!("{text}: {error}"))
    };
    let seen = say("get Carts one");
    assert!(seen.contains("pen") && seen.contains("lamp"), "{seen}");
    say("put Carts one '{\"items\":[\"all\"]}' context='C1:3'");
    let seen = say("get Carts one");
    assert!(seen.contains("all") && !seen.contains("pen"), "{seen}");
    say("put Music Acme '{\"song\":\"Wind\"}' if='attribute_exists(song)'");
    assert!(say("get Music Acme").contains("Wind"));
}

#[test]
fn exact_continuation_is_that_of_the_scenario() {
    for (name, _) in FILES {
        let mut opened = open(&bytes(name));
        if opened.is_exact {
            let session = script(name);
            let mut world = session.world().expect("a cluster").clone();
            for world in [&mut opened.world, &mut world] {
                world.run_for(ringscope::base::Duration::from_ms(5_000));
            }
            assert_eq!(opened.world.state_digest(), world.state_digest(), "{name}");
            assert_eq!(opened.world.trace().digest(), world.trace().digest(), "{name}");
        }
    }
}
