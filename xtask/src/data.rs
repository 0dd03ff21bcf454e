//! `cargo xtask data`: the sample data in `www/data`, from the npm package `vega-datasets`.
//!
//! A file holds rows and column names once, which is a third of the size of a JSON object per row.
//! It is committed, since the page is built without any of this; a new version of the package is
//! the only reason to run the command again.
//!
//! In the source, `NA` stands for a place without city or state; here that is `null`, and the item
//! gets no such attribute. Coordinates keep five decimals, which is about a metre.

use crate::project::Project;
use crate::setup;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

const COLUMNS: [&str; 7] = ["iata", "name", "city", "state", "country", "latitude", "longitude"];
/// By name: the attributes of its partition key, then of its sort key.
const INDEXES: [(&str, &[&str]); 2] = [("by-state", &["state"]), ("by-city", &["city", "name"])];
const NOT_AVAILABLE: &str = "NA";

pub fn run(project: &Project) -> Result<()> {
    setup::for_page(project)?;
    let package = project.at("node_modules/vega-datasets");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(package.join("package.json"))?)?;
    let version = manifest["version"].as_str().context("vega-datasets has no version")?;
    let csv = fs::read_to_string(package.join("data/airports.csv")).context("airports.csv")?;
    let rows = airports(&csv)?;
    let source = format!("vega-datasets {version}, BSD-3-Clause");
    let target = project.at("www/data/airports.json");
    fs::write(&target, document(&source, &rows)).with_context(|| format!("{target:?}"))?;
    println!("{}: {} airports", target.display(), rows.len());
    Ok(())
}

/// One row to a line, so that a change of the source can be read as a diff.
fn document(source: &str, rows: &[Value]) -> String {
    let (columns, indexes) = (json!(COLUMNS), json!(INDEXES));
    let source = json!(source);
    let head = format!(
        r#"{{"source":{source},"table":"Airports","key":"iata","indexes":{indexes},"columns":{columns},"rows":["#
    );
    let rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    format!("{head}\n{}\n]}}\n", rows.join(",\n"))
}

fn airports(csv: &str) -> Result<Vec<Value>> {
    let mut lines = csv.lines();
    if lines.next() != Some(&COLUMNS.join(",")) {
        bail!("airports.csv has other columns than {COLUMNS:?}: adapt this converter");
    }
    let mut keys = BTreeSet::new();
    lines
        .enumerate()
        .map(|(index, line)| {
            let row = airport(line).with_context(|| format!("row {}: {line}", index + 1))?;
            if !keys.insert(row[0].to_string()) {
                bail!("key {} occurs twice", row[0]);
            }
            Ok(row)
        })
        .collect()
}

fn airport(line: &str) -> Result<Value> {
    let fields = fields(line);
    let Ok([iata, name, city, state, country, latitude, longitude]) =
        <[String; 7]>::try_from(fields)
    else {
        bail!("not {} fields", COLUMNS.len());
    };
    for required in [&iata, &name, &country] {
        if required.is_empty() || required.chars().any(char::is_control) {
            bail!("a required field is empty or holds a control character");
        }
    }
    let place = |text: String| if text == NOT_AVAILABLE { Value::Null } else { text.into() };
    let latitude = coordinate(&latitude, 90.0)?;
    let longitude = coordinate(&longitude, 180.0)?;
    Ok(json!([iata, name, place(city), place(state), country, latitude, longitude]))
}

fn coordinate(text: &str, limit: f64) -> Result<f64> {
    let degrees: f64 = text.parse().with_context(|| format!("coordinate {text:?}"))?;
    if degrees.abs() > limit {
        bail!("coordinate {degrees} is beyond {limit} degrees");
    }
    Ok((degrees * 1e5).round() / 1e5)
}

/// The fields of one line of CSV (RFC 4180, without line breaks inside quotes), runs of spaces
/// made one.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        let field = fields.last_mut().expect("there is always a last field");
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => field.push(character),
        }
    }
    let tidy = |field: String| field.split_whitespace().collect::<Vec<_>>().join(" ");
    fields.into_iter().map(tidy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_may_be_quoted() {
        assert_eq!(fields("a,,\"b, c\",d  e "), ["a", "", "b, c", "d e"]);
        assert_eq!(fields("\"W. H. \"\"Bud\"\" Barron\",x"), ["W. H. \"Bud\" Barron", "x"]);
    }

    #[test]
    fn an_airport_becomes_a_row() {
        let row = airport("YAP,Yap International,NA,NA,Micronesia,9.5167,138.123456789").unwrap();
        let wanted =
            json!(["YAP", "Yap International", null, null, "Micronesia", 9.5167, 138.12346]);
        assert_eq!(row, wanted);
        assert!(airport("YAP,Yap International,NA,NA,Micronesia,9.5167").is_err());
        assert!(airport("YAP,Yap International,NA,NA,Micronesia,99,0").is_err());
        assert!(airport(",Yap International,NA,NA,Micronesia,9,0").is_err());
    }

    #[test]
    fn the_committed_file_is_whole() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/data/airports.json");
        let document: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        assert_eq!(document["columns"], json!(COLUMNS));
        assert_eq!(document["rows"].as_array().unwrap().len(), 3376);
    }
}
