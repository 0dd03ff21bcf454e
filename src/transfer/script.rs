//! Requests as programs: for the AWS CLI, for boto3, and for the AWS SDK for JavaScript.
//!
//! JSON is what all three nearly speak. They differ in what surrounds a request, in how truth is
//! written, and in binaries, which the CLI takes in Base64 and the SDKs as bytes.

use std::fmt::Write as _;

use super::calls::{Call, Entry, item_output};
use crate::api::Output;

/// What a session is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// bash, with version 2 of the AWS CLI.
    Cli,
    /// Python, with boto3.
    Python,
    /// JavaScript, with version 3 of the AWS SDK.
    JavaScript,
}

/// What begins each: where the cluster is, and how a batch is tried again as long as a part of it was
/// left out.
const CLI: &str = r#"#!/usr/bin/env bash
# A session of Ringscope as calls of the AWS CLI, version 2.
# ENDPOINT is a DynamoDB-compatible server, such as DynamoDB Local; without one it is DynamoDB itself:
#   ENDPOINT=http://127.0.0.1:8000 bash session.sh
export AWS_PAGER=""

call() {
  aws dynamodb "$@" ${ENDPOINT:+--endpoint-url "$ENDPOINT"}
}

# Writes a batch, and what was left out of it again.
batch() {
  local rest
  rest=$(cat)
  while [ -n "$rest" ] && [ "$rest" != "{}" ] && [ "$rest" != "null" ]; do
    rest=$(call batch-write-item --request-items file:///dev/stdin \
      --query UnprocessedItems --output json <<< "$rest") || return
  done
}
"#;

const PYTHON: &str = r#"# A session of Ringscope as calls of boto3.
# ENDPOINT is a DynamoDB-compatible server, such as DynamoDB Local; without one it is DynamoDB itself:
#   ENDPOINT=http://127.0.0.1:8000 python3 session.py
import base64
import os

import boto3
from botocore.exceptions import ClientError

client = boto3.client("dynamodb", endpoint_url=os.environ.get("ENDPOINT"))


def call(operation, **request):
    try:
        response = getattr(client, operation)(**request)
    except ClientError as error:
        print(f"{operation}: {error}")
        return
    print(operation, response.get("Item") or response.get("Items") or "")
    if response.get("UnprocessedItems"):
        call(operation, RequestItems=response["UnprocessedItems"])


def wait(until, table):
    client.get_waiter(until).wait(TableName=table)


"#;

const JAVASCRIPT: &str = r#"// A session of Ringscope as calls of the AWS SDK for JavaScript, version 3.
// ENDPOINT is a DynamoDB-compatible server, such as DynamoDB Local; without one it is DynamoDB itself:
//   ENDPOINT=http://127.0.0.1:8000 node session.mjs
import * as dynamodb from "@aws-sdk/client-dynamodb";

const client = new dynamodb.DynamoDBClient({ endpoint: process.env.ENDPOINT });
const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

async function call(operation, input) {
  try {
    const response = await client.send(new dynamodb[`${operation}Command`](input));
    console.log(operation, response.Item ?? response.Items ?? "");
    if (Object.keys(response.UnprocessedItems ?? {}).length > 0) {
      await call(operation, { RequestItems: response.UnprocessedItems });
    }
  } catch (error) {
    console.log(`${operation}: ${error}`);
  }
}

async function wait(until, TableName) {
  await dynamodb[until]({ client, maxWaitTime: 600 }, { TableName });
}

"#;

/// A program that makes these requests, one after the other.
pub fn script(program: Program, entries: &[Entry]) -> String {
    let mut text = match program {
        Program::Cli => CLI,
        Program::Python => PYTHON,
        Program::JavaScript => JAVASCRIPT,
    }
    .to_owned();
    if program == Program::Cli {
        text.push('\n');
    }
    for entry in entries {
        match entry {
            Entry::Note(at, words) => {
                let mark = if program == Program::JavaScript { "//" } else { "#" };
                // Whatever is in it, it stays one line.
                let words: String =
                    words.chars().map(|c| if breaks(c) { ' ' } else { c }).collect();
                let _ = writeln!(text, "{mark} at {at}: {words}");
            }
            Entry::Call(_, call) => {
                program.write(call, &mut text);
                program.write_wait(call, &mut text);
            }
        }
    }
    text
}

fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

impl Program {
    fn write(self, call: &Call, text: &mut String) {
        let Call { operation, input } = call;
        let _ = match (self, input.get("RequestItems")) {
            (Self::Cli, Some(batch)) => {
                writeln!(text, "batch <<'JSON'\n{}\nJSON", batch.to_json())
            }
            (Self::Cli, None) => {
                let (json, name) = (input.to_json(), with_separator(operation, '-'));
                // An argument has an end somewhere, a file has none.
                match json.len() < 100_000 {
                    true => writeln!(text, "call {name} --cli-input-json {}", in_quotes(&json)),
                    false => writeln!(
                        text,
                        "call {name} --cli-input-json file:///dev/stdin <<'JSON'\n{json}\nJSON"
                    ),
                }
            }
            (Self::Python, _) => {
                let _ = write!(text, "call(\"{}\", **", with_separator(operation, '_'));
                self.value(input, text);
                writeln!(text, ")")
            }
            (Self::JavaScript, _) => {
                let _ = write!(text, "await call(\"{operation}\", ");
                self.value(input, text);
                writeln!(text, ");")
            }
        };
    }

    /// Tables take a while elsewhere.
    fn write_wait(self, call: &Call, text: &mut String) {
        let is_gone = match call.operation {
            "CreateTable" | "UpdateTable" => false,
            "DeleteTable" => true,
            _ => return,
        };
        let Some(Output::Text(table)) = call.input.get("TableName") else { return };
        let _ = match self {
            Self::Cli => {
                let until = if is_gone { "table-not-exists" } else { "table-exists" };
                writeln!(text, "call wait {until} --table-name {}", in_quotes(table))
            }
            Self::Python => {
                let until = if is_gone { "table_not_exists" } else { "table_exists" };
                writeln!(text, "wait(\"{until}\", \"{table}\")")
            }
            Self::JavaScript => {
                let until =
                    if is_gone { "waitUntilTableNotExists" } else { "waitUntilTableExists" };
                writeln!(text, "await wait(\"{until}\", \"{table}\");")
            }
        };
    }

    /// A value as a literal of the language.
    fn value(self, value: &Output, text: &mut String) {
        match value {
            Output::Bool(value) if self == Self::Python => {
                text.push_str(if *value { "True" } else { "False" });
            }
            Output::Bytes(_) => {
                let name = if self == Self::Python { "base64.b64decode" } else { "bytes" };
                let _ = write!(text, "{name}({})", value.to_json());
            }
            Output::List(values) => {
                text.push('[');
                for (at, value) in values.iter().enumerate() {
                    text.push_str(if at > 0 { ", " } else { "" });
                    self.value(value, text);
                }
                text.push(']');
            }
            Output::Object(members) => {
                text.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    text.push_str(if at > 0 { ", " } else { "" });
                    // What JavaScript makes of this name in a literal is no member.
                    match self == Self::JavaScript && name == "__proto__" {
                        true => text.push_str("[\"__proto__\"]"),
                        false => text.push_str(&Output::text(&**name).to_json()),
                    }
                    text.push_str(": ");
                    self.value(value, text);
                }
                text.push('}');
            }
            Output::Item(item) => self.value(&item_output(item), text),
            // The escapes of a JSON string mean the same in both languages, and numbers are numbers.
            other => text.push_str(&other.to_json()),
        }
    }
}

/// `BatchWriteItem` as `batch-write-item`.
fn with_separator(operation: &str, separator: char) -> String {
    let mut name = String::new();
    for c in operation.chars() {
        if c.is_ascii_uppercase() && !name.is_empty() {
            name.push(separator);
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// An argument for bash: in single quotes nothing means anything but the quote itself.
fn in_quotes(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
