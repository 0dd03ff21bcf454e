//! `cargo xtask bench`: the rows of the design's "Numbers" that exist so far.
//!
//! This file holds the registry and the presentation. Measuring is done where the thing measured
//! lives, by programs that print one JSON line per row, `{"row", "value", "unit"}`, optionally
//! with `"spread": [low, high]` and, for a row with a named peer, `"peer"` and `"ratio"`:
//!
//! - [`Source::Engine`]: `cargo bench --bench engine -- ROW…` (`benches/engine.rs`, native);
//! - [`Source::Browser`]: the same script on the engine alone (`benches/browser.rs`);
//! - [`Source::Api`]: the same script on the JavaScript API alone;
//! - [`Source::Page`]: `tests/e2e/bench.mjs ROW…`, in headless Chromium, on the built page.
//!
//! A new row is one line in [`ROWS`] and its measurement in one of these programs. Figures are
//! reported beside their goals and never fail a test: they depend on the machine.

use crate::project::{Project, output};
use crate::{e2e, page, setup, table};
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Map, Value, json};

#[derive(Args)]
pub struct Options {
    /// Print one JSON array instead of a table
    #[arg(long)]
    json: bool,
    /// Rows to measure
    #[arg(value_name = "ROW")]
    rows: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// A native release build of the engine.
    Engine,
    /// The engine alone in a browser, built as the page is.
    Browser,
    /// The JavaScript API in a browser.
    Api,
    /// The built page in a browser.
    Page,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    goal: &'static str,
    source: Source,
    /// Another row that this one is compared with; measured in the same run.
    peer: Option<&'static str>,
}

const ROWS: [Row; 29] = [
    Row { name: "engine.put.native", goal: "≥ 400,000", source: Source::Engine, peer: None },
    Row {
        name: "engine.put.native.token-aware",
        goal: "≥ 400,000",
        source: Source::Engine,
        peer: None,
    },
    Row {
        name: "engine.put.wasm",
        goal: "≥ 0.6 of native",
        source: Source::Browser,
        peer: Some("engine.put.native"),
    },
    Row { name: "engine.bytes_per_item", goal: "≤ 250", source: Source::Engine, peer: None },
    Row { name: "ring.preference_list", goal: "≤ 30", source: Source::Engine, peer: None },
    Row { name: "ring.equal_share", goal: "90 to 110", source: Source::Engine, peer: None },
    Row { name: "ring.equal_moved", goal: "0", source: Source::Engine, peer: None },
    Row { name: "balance.hottest", goal: "≤ 1.15", source: Source::Engine, peer: None },
    Row { name: "balance.moved", goal: "≤ 1.5", source: Source::Engine, peer: None },
    Row { name: "campaign.rate", goal: "≥ 10,000", source: Source::Engine, peer: None },
    Row { name: "workload.rate.native", goal: "≥ 200,000", source: Source::Engine, peer: None },
    Row { name: "page.put.rate", goal: "≥ 100,000", source: Source::Api, peer: None },
    Row {
        name: "page.put.rate.recorded",
        goal: "none",
        source: Source::Api,
        peer: Some("page.put.rate"),
    },
    Row { name: "snapshot.save_ms", goal: "≤ 300", source: Source::Api, peer: None },
    Row { name: "snapshot.load_ms", goal: "≤ 300", source: Source::Api, peer: None },
    Row { name: "snapshot.units", goal: "≤ 4,500,000", source: Source::Api, peer: None },
    Row { name: "expression.parse", goal: "≤ 5,000", source: Source::Engine, peer: None },
    Row { name: "expression.evaluate", goal: "≤ 500", source: Source::Engine, peer: None },
    Row { name: "query.100_items", goal: "≤ 200", source: Source::Engine, peer: None },
    Row { name: "index.put.none", goal: "≥ 400,000", source: Source::Engine, peer: None },
    Row {
        name: "index.put.two",
        goal: "≥ 0.2 of none",
        source: Source::Engine,
        peer: Some("index.put.none"),
    },
    Row { name: "page.bytes", goal: "≤ 200", source: Source::Page, peer: None },
    Row { name: "page.usable_bytes", goal: "≤ 400", source: Source::Page, peer: None },
    Row { name: "page.total", goal: "≤ 400", source: Source::Page, peer: None },
    Row { name: "page.motion_ms", goal: "≤ 2,000", source: Source::Page, peer: None },
    Row { name: "page.usable_ms", goal: "≤ 400", source: Source::Page, peer: None },
    Row { name: "page.memory_mb", goal: "≤ 150, flat", source: Source::Page, peer: None },
    Row { name: "draw.frame_ms", goal: "≤ 8", source: Source::Page, peer: None },
    Row { name: "travel.jump_ms", goal: "≤ 50", source: Source::Page, peer: None },
];

pub fn run(project: &Project, options: &Options) -> Result<()> {
    let rows = chosen(&ROWS, &options.rows)?;
    let mut lines = Vec::new();
    for source in [Source::Engine, Source::Browser, Source::Api, Source::Page] {
        let names: Vec<&str> =
            rows.iter().filter(|row| row.source == source).map(|row| row.name).collect();
        if !names.is_empty() {
            lines.extend(parse(&measure(project, source, &names)?)?);
        }
    }
    let figures = rows.iter().map(|row| figure(row, &lines)).collect::<Result<Vec<_>>>()?;
    if options.json {
        println!("{}", serde_json::to_string_pretty(&for_programs(&figures))?);
    } else {
        print!("{}", for_people(&figures));
    }
    Ok(())
}

fn measure(project: &Project, source: Source, rows: &[&str]) -> Result<String> {
    match source {
        Source::Engine => {
            output(project.cargo(["bench", "--quiet", "--bench", "engine", "--"]).args(rows))
        }
        Source::Browser | Source::Api | Source::Page => {
            let browsers = setup::for_tests(project)?;
            let folder = match source {
                Source::Browser => page::build_engine_alone(project)?,
                Source::Api => page::build_api_alone(project)?,
                _ => page::build(project)?,
            };
            let mut node = e2e::node(project, &browsers, &folder)?;
            output(node.arg("tests/e2e/bench.mjs").args(rows))
        }
    }
}

/// The named rows, or all, with the peers that they are compared with.
fn chosen<'a>(rows: &'a [Row], names: &[String]) -> Result<Vec<&'a Row>> {
    for name in names {
        if !rows.iter().any(|row| row.name == name) {
            let known: Vec<_> = rows.iter().map(|row| row.name).collect();
            bail!("there is no row {name:?}: the rows are {}", known.join(", "));
        }
    }
    let is_named = |row: &Row| names.is_empty() || names.iter().any(|name| name == row.name);
    let is_peer = |row: &Row| rows.iter().any(|it| is_named(it) && it.peer == Some(row.name));
    Ok(rows.iter().filter(|row| is_named(row) || is_peer(row)).collect())
}

/// What a measuring program printed: JSON lines, anything else is talk.
fn parse(text: &str) -> Result<Vec<Value>> {
    let lines = text.lines().filter(|line| line.starts_with('{'));
    lines.map(|line| serde_json::from_str(line).with_context(|| format!("line {line}"))).collect()
}

/// A measured line with its goal and, where there is a peer, its ratio.
fn figure(row: &Row, lines: &[Value]) -> Result<Map<String, Value>> {
    let line = |name: &str| lines.iter().find(|line| line["row"] == name);
    let value = |name: &str| line(name).and_then(|line| line["value"].as_f64());
    let mut figure = line(row.name)
        .and_then(Value::as_object)
        .cloned()
        .with_context(|| format!("{} was not measured: its program printed no line", row.name))?;
    figure.insert("goal".to_owned(), row.goal.into());
    if let Some((peer, (ours, theirs))) =
        row.peer.zip(value(row.name).zip(row.peer.and_then(value)))
    {
        figure.insert("peer".to_owned(), peer.into());
        figure.insert("ratio".to_owned(), json!(ours / theirs));
    }
    Ok(figure)
}

/// Exactly the fields that the design promises.
fn for_programs(figures: &[Map<String, Value>]) -> Value {
    let fields = ["row", "value", "unit", "goal", "peer", "ratio"];
    let only = |figure: &Map<String, Value>| -> Map<String, Value> {
        let present = fields.iter().filter_map(|name| figure.get_key_value(*name));
        present.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    figures.iter().map(only).collect()
}

fn for_people(figures: &[Map<String, Value>]) -> String {
    let cell = |figure: &Map<String, Value>, name: &str| match figure.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(range)) => {
            range.iter().map(Value::to_string).collect::<Vec<_>>().join("–")
        }
        Some(value) => value.as_f64().map_or_else(|| value.to_string(), rounded),
    };
    let columns = ["row", "value", "unit", "spread", "goal", "peer", "ratio"];
    let mut rows = vec![columns.map(str::to_owned).to_vec()];
    rows.extend(figures.iter().map(|figure| columns.map(|name| cell(figure, name)).to_vec()));
    table::render(&rows)
}

/// Three digits are enough for a person, and whole numbers stay whole.
fn rounded(value: f64) -> String {
    if value.abs() >= 100.0 || value.fract() == 0.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: [Row; 2] = [
        Row { name: "put.native", goal: "≥ 9", source: Source::Engine, peer: None },
        Row { name: "put.wasm", goal: "≥ 6", source: Source::Page, peer: Some("put.native") },
    ];

    fn names(rows: Vec<&Row>) -> Vec<&str> {
        rows.into_iter().map(|row| row.name).collect()
    }

    #[test]
    fn a_peer_is_measured_in_the_same_run() {
        assert_eq!(names(chosen(&SAMPLE, &["put.wasm".into()]).unwrap()).len(), 2);
        assert_eq!(names(chosen(&SAMPLE, &["put.native".into()]).unwrap()), ["put.native"]);
        assert!(chosen(&SAMPLE, &["put".into()]).unwrap_err().to_string().contains("put.wasm"));
    }

    #[test]
    fn programs_get_the_promised_fields_and_people_the_spread() {
        let lines = parse(
            "warming up\n\
             {\"row\": \"put.native\", \"value\": 10, \"unit\": \"/s\", \"spread\": [9, 12]}\n\
             {\"row\": \"put.wasm\", \"value\": 7.5, \"unit\": \"/s\"}\n",
        )
        .unwrap();
        let figures: Vec<_> = SAMPLE.iter().map(|row| figure(row, &lines).unwrap()).collect();
        let wanted = json!([
            {"row": "put.native", "value": 10, "unit": "/s", "goal": "≥ 9"},
            {"row": "put.wasm", "value": 7.5, "unit": "/s", "goal": "≥ 6",
             "peer": "put.native", "ratio": 0.75},
        ]);
        assert_eq!(for_programs(&figures), wanted);
        let table = for_people(&figures);
        assert!(table.contains("9–12") && table.contains("0.75"), "{table}");
    }

    #[test]
    fn a_silent_program_is_an_error() {
        assert!(figure(&SAMPLE[0], &[]).unwrap_err().to_string().contains("put.native"));
    }
}
