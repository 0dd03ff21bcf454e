//! Tables and sessions as files: what a run leaves, and files as lines of a scenario.

use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::base::{Error, Result};
use crate::data::{Item, KeyAttribute, KeyKind, Resolution, TableName, TableSchema};
use crate::scenario::{Session, quoted};
use crate::transfer::{Export, Format, Program, Reader, calls, newest_items, script};

/// So much of a file is read at a time.
const PIECE: usize = 256 << 10;

/// What a run leaves behind, beside what it prints.
#[derive(Args)]
pub struct Leaving {
    /// Write a table as DynamoDB imports it, such as Airports=airports.json.gz; also .json, .csv,
    /// .csv.gz. What CSV cannot carry is written as text, and told.
    #[arg(long = "export", value_name = "TABLE=FILE")]
    exports: Vec<String>,
    /// Write the session as calls: .sh for the AWS CLI, .py for boto3, .mjs for the SDK for JavaScript.
    #[arg(long, value_name = "FILE")]
    calls: Option<PathBuf>,
}

impl Leaving {
    /// Writes what is asked for, once a session is over.
    ///
    /// # Errors
    /// If there is no such table, or a file cannot be written.
    pub fn write(&self, session: &Session) -> Result<()> {
        if self.exports.is_empty() && self.calls.is_none() {
            return Ok(());
        }
        let world = session.world().ok_or_else(|| Error::refused("there is no cluster"))?;
        for wanted in &self.exports {
            let (table, file) = wanted
                .split_once('=')
                .ok_or_else(|| Error::invalid(format!("--export {wanted}: write TABLE=FILE")))?;
            let name = TableName::new(table)?;
            let schema = world
                .table(&name)
                .ok_or_else(|| Error::not_found(format!("there is no table {table}")))?;
            let (format, packs) = format_of(file)?;
            let items = newest_items(world, &name);
            if format == Format::Csv {
                for loss in crate::transfer::losses(schema, &items) {
                    let (attribute, types, count) =
                        (&loss.attribute, loss.types.join(", "), loss.items);
                    eprintln!(
                        "ringscope: {file}: {attribute} is {types} in {count} items: as text"
                    );
                }
            }
            save(Path::new(file), &Export::new(schema, items, format, packs).whole())?;
        }
        let Some(file) = &self.calls else { return Ok(()) };
        let program = match file.extension().and_then(|ending| ending.to_str()) {
            Some("sh") => Program::Cli,
            Some("py") => Program::Python,
            Some("mjs" | "js") => Program::JavaScript,
            _ => return Err(Error::invalid("--calls: the file ends in .sh, .py or .mjs")),
        };
        save(file, script(program, &calls(world, world.run())).as_bytes())
    }
}

fn format_of(file: &str) -> Result<(Format, bool)> {
    let (stem, packs) = match file.strip_suffix(".gz") {
        Some(stem) => (stem, true),
        None => (file, false),
    };
    match stem.rsplit_once('.').map(|(_, ending)| ending) {
        Some("json" | "jsonl") => Ok((Format::Json, packs)),
        Some("csv") => Ok((Format::Csv, packs)),
        _ => Err(Error::invalid(format!("{file}: the file ends in .json or .csv, and maybe .gz"))),
    }
}

fn save(file: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(file, bytes)
        .map_err(|error| Error::refused(format!("cannot write {}: {error}", file.display())))
}

/// Which file, and which table.
#[derive(Args)]
pub struct Import {
    /// Items in DynamoDB JSON, one a line, or CSV; packed by gzip or not.
    file: PathBuf,
    /// The table.
    #[arg(long)]
    table: String,
    /// Its partition key; name:N or name:B of another type than string.
    #[arg(long)]
    key: String,
    /// Its sort key.
    #[arg(long)]
    sort: Option<String>,
}

/// Prints a file as lines of a scenario, and tells what of it cannot be such a line.
pub fn import(options: &Import) -> ExitCode {
    match lines(options) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(refused) => {
            eprintln!("ringscope: {refused} items were refused");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("ringscope: {}: {error}", options.file.display());
            ExitCode::from(2)
        }
    }
}

fn lines(options: &Import) -> Result<u64> {
    let sort = options.sort.as_deref().map(attribute);
    let name = TableName::new(&options.table)?;
    let schema = TableSchema::new(name, attribute(&options.key), sort, Resolution::default());
    let unreadable = |error: std::io::Error| Error::refused(format!("cannot be read: {error}"));
    let mut file = std::fs::File::open(&options.file).map_err(unreadable)?;
    let mut reader = Reader::new(None, schema.key_attributes().cloned().collect());
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut piece, mut refused) = (vec![0; PIECE], 0);
    let keys: String =
        schema.key_attributes().map(|key| format!(" {}", quoted(&key.to_string()))).collect();
    let mut say = |line: String| {
        let written = writeln!(out, "{line}");
        written.map_err(|error| Error::refused(format!("cannot be printed: {error}")))
    };
    say(format!("table {}{keys}", quoted(&options.table)))?;
    loop {
        while reader.is_hungry() {
            match file.read(&mut piece).map_err(unreadable)? {
                0 => reader.end(),
                read => reader.feed(&piece[..read]),
            }
        }
        let batch = reader.batch();
        for row in batch.rows {
            let line = row.item.map_err(Error::invalid).and_then(|item| put_line(&schema, item));
            match line {
                Ok(line) => say(line)?,
                Err(error) => {
                    refused += 1;
                    eprintln!("ringscope: {}:{}: {error}", options.file.display(), row.line);
                }
            }
        }
        match batch.fault {
            Some(fault) => return Err(Error::invalid(fault)),
            None if batch.is_last => return Ok(refused),
            None => {}
        }
    }
}

fn put_line(schema: &TableSchema, item: Item) -> Result<String> {
    let key = schema.key_of(&item)?.to_string();
    let (table, item) = (quoted(schema.name.as_str()), quoted(&item.to_dynamodb_json()));
    Ok(format!("put {table} {} {item}", quoted(&key)))
}

/// `name`, `name:N` or `name:B`.
fn attribute(text: &str) -> KeyAttribute {
    match text.rsplit_once(':') {
        Some((name, "N")) => KeyAttribute::new(name, KeyKind::N),
        Some((name, "B")) => KeyAttribute::new(name, KeyKind::B),
        Some((name, "S")) => KeyAttribute::new(name, KeyKind::S),
        _ => KeyAttribute::new(text, KeyKind::S),
    }
}
