//! Files that somebody brings: what they are, by their names, and the form that a table's file needs.

use crate::data::{AttributeValue, Item, KeyAttribute, KeyKind, Number};
use crate::transfer::{Batch, Format, Proposal, propose};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Snapshot,
    Scenario,
    /// The items of a table; the format, where the name tells it.
    Table(Option<Format>),
}

/// Endings that file choosers show.
pub const ACCEPTED: &str = ".ringscope,.scenario,.txt,.json,.jsonl,.ndjson,.csv,.gz";

impl FileKind {
    /// What a file of this name is; none if nobody knows.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (stem, is_packed) = match name.strip_suffix(".gz") {
            Some(stem) => (stem, true),
            None => (&*name, false),
        };
        Some(match stem.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "json" | "jsonl" | "ndjson" => Self::Table(Some(Format::Json)),
            "csv" => Self::Table(Some(Format::Csv)),
            "ringscope" if !is_packed => Self::Snapshot,
            "scenario" | "txt" if !is_packed => Self::Scenario,
            _ if is_packed => Self::Table(None),
            _ => return None,
        })
    }
}

/// A table's name from a file's.
pub fn table_name(file: &str) -> String {
    let stem = file.split('.').next().unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let name: String = stem.chars().map(|c| if allowed(c) { c } else { '-' }).take(255).collect();
    if name.is_empty() { "Imported".to_owned() } else { name }
}

/// The first rows of a file.
pub struct Head {
    /// So many items were looked at.
    pub items: usize,
    pub is_whole: bool,
    pub is_csv: bool,
    pub proposal: Proposal,
    /// What is wrong with the first row that is none, or with the file.
    pub mistake: Option<String>,
}

/// So many items are looked at.
const LOOKED_AT: usize = 100;

impl Head {
    pub fn of(batch: Batch, format: Option<Format>) -> Self {
        let is_csv = format == Some(Format::Csv);
        let mut mistake = batch.fault;
        let mut items = Vec::new();
        for row in batch.rows.into_iter().take(LOOKED_AT) {
            match row.item {
                Ok(item) => items.push(item),
                Err(why) => drop(mistake.get_or_insert(format!("line {}: {why}", row.line))),
            }
        }
        let items: Vec<&Item> = items.iter().collect();
        let mut proposal = propose(&items, is_csv);
        if is_csv {
            // What is a number in every row can be a number.
            let numbers: Vec<KeyAttribute> = proposal
                .candidates
                .iter()
                .filter(|key| items.iter().all(|item| is_number(item, &key.name)))
                .map(|key| KeyAttribute::new(key.name.clone(), KeyKind::N))
                .collect();
            proposal.candidates.extend(numbers);
        }
        Self { items: items.len(), is_whole: batch.is_last, is_csv, proposal, mistake }
    }
}

fn is_number(item: &Item, name: &str) -> bool {
    matches!(item.get(name), Some(AttributeValue::S(text)) if text.parse::<Number>().is_ok())
}

/// The lines of a scenario file that command something, with their numbers: not what it expects to be
/// told, and no comments.
pub fn commands(text: &str) -> Vec<(usize, &str)> {
    let has_blocks = text.lines().any(|line| line.trim_end() == "---");
    let (mut found, mut is_output) = (Vec::new(), false);
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if has_blocks && (line == "---" || line.is_empty()) {
            is_output = line == "---";
        } else if !is_output && !line.is_empty() && !line.starts_with(['#', '/']) {
            found.push((at + 1, line));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer::Reader;

    #[test]
    fn names_tell_what_files_are() {
        for (name, kind) in [
            ("a.ringscope", Some(FileKind::Snapshot)),
            ("lesson.TXT", Some(FileKind::Scenario)),
            ("x.scenario", Some(FileKind::Scenario)),
            ("Airports.json.gz", Some(FileKind::Table(Some(Format::Json)))),
            ("a.b.csv", Some(FileKind::Table(Some(Format::Csv)))),
            ("01234-abc.gz", Some(FileKind::Table(None))),
            ("picture.png", None),
            ("README", None),
        ] {
            assert_eq!(FileKind::of(name), kind, "{name}");
        }
        assert_eq!(table_name("My airports (2).json.gz"), "My-airports--2-");
        assert_eq!(table_name(".csv"), "Imported");
    }

    #[test]
    fn numbers_in_text_may_be_keys_of_either_type() {
        let mut reader = Reader::new(Some(Format::Csv), Vec::new());
        reader.feed(b"id,name\n7,x\n8,\n");
        reader.end();
        let head = Head::of(reader.batch(), reader.format());
        let names: Vec<String> = head.proposal.candidates.iter().map(ToString::to_string).collect();
        assert_eq!((names, head.is_whole), (vec!["id".to_owned(), "id:N".to_owned()], true));
    }

    #[test]
    fn of_a_scenario_the_commands_are_found() {
        let text = "cluster\n# a comment\nput T 1 '{}'\n---\n0s answer\n\ncrash B\n---\nok\n";
        assert_eq!(commands(text), [(1, "cluster"), (3, "put T 1 '{}'"), (7, "crash B")]);
        assert_eq!(commands("cluster\n\ncrash B"), [(1, "cluster"), (3, "crash B")]);
    }
}
