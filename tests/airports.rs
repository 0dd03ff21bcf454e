//! What somebody does with a table in one sitting, in the scenario language: two indexes, the sample
//! data of the page, five queries while a node is down, updates on a condition, expiry and deletions.
//!
//! The answers are held against a plain list of the same rows, in which a query is a filter. In the
//! end both indexes hold exactly what such a list has, and what the table asks for.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use ringscope::scenario::{Session, parse, quoted};
use serde_json::{Map, Value};

const SAMPLE: &str = include_str!("../www/data/airports.json");
/// How many puts are begun before the session waits for their answers.
const TOGETHER: usize = 64;
/// The second in which sessions begin, since 1970.
const EPOCH_S: u64 = 1_767_225_600;

type Airport = Map<String, Value>;

/// The airports by code, as the table should have them.
struct Airports(BTreeMap<String, Airport>);

impl Airports {
    fn of_sample() -> Self {
        let sample: Value = serde_json::from_str(SAMPLE).expect("the sample is JSON");
        let columns = sample["columns"].as_array().expect("columns are listed");
        let airport = |row: &Value| {
            let values = columns.iter().zip(row.as_array().expect("a row is a list"));
            let known = values.filter(|(_, value)| !value.is_null());
            let name = |column: &Value| column.as_str().expect("columns have names").to_owned();
            let airport: Airport = known.map(|(column, it)| (name(column), it.clone())).collect();
            (text(&airport, "iata").to_owned(), airport)
        };
        Self(sample["rows"].as_array().expect("rows are listed").iter().map(airport).collect())
    }

    /// Those that fulfil a condition, in the order of an index with these sort keys.
    fn which(&self, sort: &[&str], wanted: impl Fn(&Airport) -> bool) -> Vec<Airport> {
        let found = self.0.values().filter(|airport| wanted(airport));
        let mut found: Vec<Airport> = found.cloned().collect();
        let place = |airport: &Airport| -> Vec<String> {
            sort.iter().chain(&["iata"]).map(|name| text(airport, name).to_owned()).collect()
        };
        found.sort_by_key(place);
        found
    }

    fn codes(&self, wanted: impl Fn(&Airport) -> bool) -> Vec<String> {
        let found = self.0.iter().filter(|(_, airport)| wanted(airport));
        found.map(|(code, _)| code.clone()).collect()
    }
}

/// A text that an airport may have, or nothing.
fn text<'a>(airport: &'a Airport, name: &str) -> &'a str {
    airport.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn number(airport: &Airport, name: &str) -> f64 {
    airport.get(name).and_then(Value::as_f64).expect("every airport has coordinates")
}

/// A session that only shows answers, and what its lines find.
struct Talk(Session);

impl Talk {
    fn begin(lines: &[&str]) -> Self {
        let mut talk = Self(Session::default());
        lines.iter().for_each(|line| drop(talk.say(line)));
        talk
    }

    fn say(&mut self, line: &str) -> String {
        let (understood, client) = parse(line).expect(line);
        self.0.execute(&understood, client).expect(line)
    }

    /// The items that a line finds.
    fn find(&mut self, line: &str) -> Vec<Airport> {
        let answer = self.say(line);
        assert!(!answer.contains("failed"), "{line}: {answer}");
        let items = answer.lines().filter(|line| line.starts_with('{'));
        items.map(|item| serde_json::from_str(item).expect("items are JSON")).collect()
    }

    /// Puts all airports, each acknowledged by a quorum.
    fn load(&mut self, airports: &Airports) {
        let airports: Vec<_> = airports.0.iter().collect();
        for some in airports.chunks(TOGETHER) {
            let mut written = 0;
            for (code, airport) in some {
                let item = quoted(&Value::Object((*airport).clone()).to_string());
                let answer = self.say(&format!("put Airports {} {item} wait=false", quoted(code)));
                written += answer.matches("written as").count();
            }
            written += self.say("run 40ms").matches("written as").count();
            assert_eq!(written, some.len(), "every put is acknowledged");
        }
    }

    /// Whether both indexes have what the table asks for, and exactly these airports.
    fn difference(&mut self, airports: &Airports) -> Result<(), String> {
        let status = self.say("indexes");
        for (index, keys) in [("by-state", &["state"][..]), ("by-place", &["city", "name"])] {
            let is_in = |airport: &Airport| keys.iter().all(|key| !text(airport, key).is_empty());
            let wanted = airports.which(&[], is_in);
            let line = format!("Airports/{index}: {} entries, as its table asks\n", wanted.len());
            if !status.contains(&line) {
                return Err(format!("wanted {line}found {status}"));
            }
            let mut found = self.find(&format!("scan Airports index={index}"));
            found.sort_by_key(|airport| text(airport, "iata").to_owned());
            if found != wanted {
                return Err(format!("{index} has other items than the table"));
            }
        }
        Ok(())
    }
}

const CLUSTER: [&str; 6] = [
    "cluster nodes=5 n=3 r=2 w=2 seed=6 network=lan",
    "table Airports iata",
    "expire Airports closes",
    "index Airports by-state state",
    "index Airports by-place city name",
    "trace off",
];

/// Five queries, each with more than one condition, and the filters that say the same.
fn five_queries(talk: &mut Talk, airports: &Airports) {
    let mut query = |line: &str, wanted: Vec<Airport>| {
        assert!(!wanted.is_empty(), "{line} finds something");
        assert_eq!(talk.find(line), wanted, "{line}");
    };
    query(
        "query Airports 'state = \"CO\"' index=by-state filter='latitude > 39.5 AND longitude < -104'",
        airports.which(&[], |it| {
            text(it, "state") == "CO"
                && number(it, "latitude") > 39.5
                && number(it, "longitude") < -104.0
        }),
    );
    query(
        "query Airports 'state = \"TX\"' index=by-state \
         filter='contains(name, \"Municipal\") AND NOT (city IN (\"Dallas\", \"Houston\")) AND \
         latitude BETWEEN 29 AND 31'",
        airports.which(&[], |it| {
            text(it, "state") == "TX"
                && text(it, "name").contains("Municipal")
                && !["Dallas", "Houston"].contains(&text(it, "city"))
                && (29.0..=31.0).contains(&number(it, "latitude"))
        }),
    );
    query(
        "query Airports 'city = \"Columbus\" AND name BETWEEN \"B\" AND \"P\"' index=by-place \
         filter='size(iata) = 3 AND attribute_exists(state)'",
        airports.which(&["name"], |it| {
            text(it, "city") == "Columbus"
                && ("B"..="P").contains(&text(it, "name"))
                && text(it, "iata").len() == 3
                && it.contains_key("state")
        }),
    );
    query(
        "query Airports 'city = \"Houston\" AND begins_with(name, \"W\")' index=by-place \
         filter='state = \"TX\" OR latitude < 0'",
        airports.which(&["name"], |it| {
            text(it, "city") == "Houston"
                && text(it, "name").starts_with('W')
                && (text(it, "state") == "TX" || number(it, "latitude") < 0.0)
        }),
    );
    let mut last_first = airports.which(&["name"], |it| {
        text(it, "city") == "Springfield"
            && text(it, "name") > "D"
            && ["IL", "MO", "OH"].contains(&text(it, "state"))
    });
    last_first.reverse();
    query(
        "query Airports 'city = \"Springfield\" AND name > \"D\"' index=by-place reverse=true \
         filter='state IN (\"IL\", \"MO\", \"OH\")'",
        last_first,
    );
}

/// Moves an item from one place of both indexes to another, if it is where it should be.
fn update_on_a_condition(talk: &mut Talk, airports: &mut Airports) {
    let update =
        "update Airports SEA 'SET city = \"SeaTac\", visits = if_not_exists(visits, 0) + 1'";
    let answer = talk.say(&format!("{update} if='city = \"Seattle\" AND latitude > 47'"));
    assert!(answer.contains("written as"), "{answer}");
    let answer = talk.say(&format!("{update} if='city = \"Seattle\" AND latitude > 47'"));
    assert!(answer.contains("condition"), "{answer}");
    let seattle = airports.0.get_mut("SEA").expect("it is one of them");
    seattle.insert("city".into(), "SeaTac".into());
    seattle.insert("visits".into(), 1.into());
}

/// The airports of Hawaii close, and those of Puerto Rico are deleted.
fn expire_and_delete(talk: &mut Talk, airports: &mut Airports) {
    let world = talk.0.world().expect("there is a cluster");
    let soon = EPOCH_S + world.now().0 / 1_000_000 + 5;
    for code in airports.codes(|it| text(it, "state") == "HI") {
        let answer = talk.say(&format!("update Airports {} 'SET closes = {soon}'", quoted(&code)));
        assert!(answer.contains("written as"), "{answer}");
        airports.0.remove(&code);
    }
    for code in airports.codes(|it| text(it, "state") == "PR") {
        let answer = talk.say(&format!("delete Airports {}", quoted(&code)));
        assert!(answer.contains("written as"), "{answer}");
        airports.0.remove(&code);
    }
}

#[test]
fn the_airports_are_indexed_queried_changed_and_gone_as_they_should_be() {
    let mut airports = Airports::of_sample();
    assert_eq!(airports.0.len(), 3_376);
    let mut talk = Talk::begin(&CLUSTER);
    talk.load(&airports);
    talk.say("run 2s");
    talk.say("crash B");
    five_queries(&mut talk, &airports);
    update_on_a_condition(&mut talk, &mut airports);
    talk.say("run 1s");
    five_queries(&mut talk, &airports);
    expire_and_delete(&mut talk, &mut airports);
    talk.say("restart B");
    talk.say("run 90s");
    for state in ["HI", "PR"] {
        assert_eq!(talk.find(&format!("query Airports 'state = \"{state}\"' index=by-state")), []);
    }
    five_queries(&mut talk, &airports);
    assert_eq!(talk.difference(&airports), Ok(()));
}

/// The comparison above notices what it should: an entry that lags, and a list that says otherwise.
#[test]
fn an_index_that_differs_is_noticed() {
    let mut airports = Airports::of_sample();
    airports.0.retain(|code, _| code.starts_with('S'));
    let mut talk = Talk::begin(&CLUSTER);
    talk.load(&airports);
    talk.say("run 2s");
    assert_eq!(talk.difference(&airports), Ok(()));
    talk.say("update Airports SEA 'SET city = \"SeaTac\"' wait=false");
    let is_behind = (0..500).any(|_| {
        talk.say("step 1");
        talk.say("indexes").contains(" behind")
    });
    assert!(is_behind, "{}", talk.say("indexes"));
    assert!(talk.difference(&airports).expect_err("it lags").contains(" behind"));
    talk.say("run 2s");
    assert!(talk.difference(&airports).expect_err("the list is old").contains("other items"));
    airports.0.get_mut("SEA").expect("it is one").insert("city".into(), "SeaTac".into());
    assert_eq!(talk.difference(&airports), Ok(()));
}
