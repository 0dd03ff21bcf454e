// Files: tables and sessions that go out, files that come in, by button, by keyboard and by dragging.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import axe from "axe-core";
import { command, digests, newest, openLoaded, rests, show } from "./page.mjs";
import { launch, launchFirefox, newPage, open } from "./support.mjs";

let browser;
let folder;
before(async () => {
  browser = await launch();
  folder = mkdtempSync(join(tmpdir(), "ringscope-files-"));
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Clicks, and takes the file that is offered. */
async function saved(page, selector) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(selector)]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** Chooses a file of this content. */
async function choose(page, name, content) {
  await show(page, "files");
  await page.setInputFiles("#choose-file", { name, mimeType: "", buffer: Buffer.from(content) });
}

/** What came of the import, once it is over. */
async function imported(page) {
  await page.waitForSelector("#import-result", { state: "attached" });
  return (await page.locator("#import-result").textContent()).trim();
}

/** Drags a file over the page, and lets it go. */
async function drop(page, name, content) {
  const data = await page.evaluateHandle(
    ([name, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], name));
      return data;
    },
    [name, content],
  );
  await page.dispatchEvent("body", "dragover", { dataTransfer: data });
  await page.waitForSelector("#drop-zone:not([hidden])");
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await page.waitForSelector("#drop-zone", { state: "hidden" });
}

const ITEMS = 3376;

test("a table goes out packed, and comes in again as another one", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const before = await digests(page);
  await show(page, "files");
  const { name, bytes } = await saved(page, "#save-table");
  assert.equal(name, "Airports.json.gz");
  const lines = gunzipSync(bytes).toString().trimEnd().split("\n");
  assert.equal(lines.length, ITEMS);
  assert.ok(lines.every((line) => "S" in JSON.parse(line).Item.iata));
  assert.deepEqual(await digests(page), before, "an export changes nothing");
  await choose(page, "Copy.json.gz", bytes);
  await page.waitForSelector("#import-form");
  assert.equal(await page.inputValue("#import-table"), "Copy");
  assert.equal(await page.inputValue("#import-partition"), "iata");
  assert.equal(await page.inputValue("#import-sort"), "");
  await page.click("#import-begin");
  assert.equal(await imported(page), "Copy.json.gz: 3,376 of 3,376 items put, 0 refused.");
  await page.selectOption("#save-table-name", "Copy");
  await page.selectOption("#save-format", "json");
  const again = await saved(page, "#save-table");
  assert.deepEqual(again.bytes.toString().trimEnd().split("\n").sort(), lines.sort());
  await page.click("#before-import");
  assert.equal(await page.locator("#save-table-name option").count(), 1, "there is no copy yet");
  assert.deepEqual(page.complaints, []);
});

test("what CSV cannot carry is said before anything is saved", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await show(page, "files");
  await page.selectOption("#save-format", "csv");
  await page.click("#save-table");
  const said = await page.locator("#csv-losses").textContent();
  assert.match(said, /N in [\d,]+ items/);
  const { name, bytes } = await saved(page, "#save-anyway");
  assert.equal(name, "Airports.csv");
  assert.match(bytes.toString(), /^iata,/);
});

test("what cannot be put is listed by line, and the rest is put", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const csv = "id,n,name\na,1,x\nb,two,y\nc\nd,4,\"say \"\"hi\"\"\"\n";
  await choose(page, "Things.csv", csv);
  await page.waitForSelector("#import-form");
  await page.selectOption("#import-partition", "id");
  await page.click("#import-begin");
  assert.equal(await imported(page), "Things.csv: 3 of 4 items put, 1 refused.");
  assert.match(await page.locator(".refusals li").textContent(), /^line 4: the first line names 3 columns/);
  await command(page, "get Things d");
  await page.waitForFunction(() => /say/.test(document.querySelector(".transcript")?.textContent));
  await choose(page, "Things.csv", "id,n\ne,5\nbad\nf,6\n");
  await page.waitForSelector("#import-form");
  await page.check("#import-stops");
  await page.click("#import-begin");
  await page.waitForFunction(() => /1 of 2 read so far items put, 1 refused. It was stopped/.test(document.querySelector("#import-result")?.textContent));
  for (const [name, content, complaint] of [
    ["picture.png", "x", /no file of a kind that is known here/],
    ["empty.json", "", /has no items in it/],
    ["list.json", "[1]", /a JSON array/],
    ["broken.json.gz", gzipSync("{}").subarray(0, 12), /ends before its packed data|no gzip file/],
    ["other.ringscope", "not a snapshot", /./],
  ]) {
    await choose(page, name, content);
    await page.waitForFunction(
      (source) => new RegExp(source).test(document.querySelector("#file-problem:not([hidden])")?.textContent ?? ""),
      complaint.source,
    );
  }
  assert.deepEqual(page.complaints, []);
});

test("files are dropped: a table, a scenario, a snapshot", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await drop(page, "Dropped.jsonl", '{"id":"a","n":1}\n{"id":"b","n":2}\n');
  await page.waitForSelector("#import-form");
  await page.click("#import-begin");
  assert.match(await imported(page), /2 of 2 items put/);
  await drop(page, "lesson.txt", "# three nodes\ncluster nodes=3 n=3\nput T a '{\"x\":1}'\nget T a\n");
  await page.waitForFunction(() => /3 lines were carried out/.test(document.querySelector("#file-told").textContent));
  await command(page, "replicas T a");
  assert.match(await newest(page), /"x"|x=|x/);
  await drop(page, "lesson.txt", "cluster nodes=3\nfly away\n");
  await page.waitForFunction(() => /line 2/.test(document.querySelector("#file-problem").textContent));
  await show(page, "snapshots");
  await page.click("#take");
  const { name, bytes } = await saved(page, ".snapshots .export");
  assert.match(name, /\.ringscope$/);
  await choose(page, name, bytes);
  await page.waitForFunction(() => /list of snapshots/.test(document.querySelector("#file-told").textContent));
  assert.deepEqual(page.complaints, []);
});

/** A package of the SDK's name that writes down what is sent. */
function fakeSdk(at) {
  const home = join(at, "node_modules/@aws-sdk/client-dynamodb");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{"type":"module","exports":"./index.js"}');
  const operations = ["CreateTable", "PutItem", "GetItem", "DeleteItem", "UpdateItem", "Query", "Scan", "BatchWriteItem", "UpdateTable"];
  writeFileSync(
    join(home, "index.js"),
    `class Command { constructor(input) { this.input = input; } }
    export class DynamoDBClient { async send(it) { console.error(JSON.stringify([it.constructor.name, it.input])); return {}; } }
    export const waitUntilTableExists = async () => {};
    ${operations.map((it) => `export class ${it}Command extends Command {}`).join("\n")}`,
  );
}

test("a session goes out as calls that other clusters take", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await command(page, String.raw`put Airports SEA '{"name":{"S":"It\'s \\\\ here"},"raw":{"B":"AAH/"}}'`);
  await rests(page);
  await show(page, "files");
  for (const [id, ending, check] of [
    ["save-cli", "sh", ["bash", "-n"]],
    ["save-python", "py", ["python3", "-m", "py_compile"]],
    ["save-javascript", "mjs", ["node", "--check"]],
  ]) {
    const { name, bytes } = await saved(page, `#${id}`);
    assert.equal(name, `session.${ending}`);
    writeFileSync(join(folder, name), bytes);
    execFileSync(check[0], [...check.slice(1), name], { cwd: folder });
  }
  fakeSdk(folder);
  const sent = execFileSync("bash", ["-c", "node session.mjs 2>&1 >/dev/null"], { cwd: folder, maxBuffer: 1 << 26 });
  const calls = sent.toString().trimEnd().split("\n").map((line) => JSON.parse(line));
  const put = calls.filter(([name]) => name === "BatchWriteItemCommand");
  const items = put.flatMap(([, input]) => input.RequestItems.Airports);
  assert.equal(items.length + calls.filter(([, input]) => input.Item && !input.Item.raw).length, ITEMS + 1);
  assert.ok(put.every(([, input]) => input.RequestItems.Airports.length <= 25));
  const mine = calls.find(([, input]) => input.Item?.raw)?.[1];
  assert.deepEqual(mine.Item.name, { S: "It's \\ here" });
  assert.deepEqual(Object.values(mine.Item.raw.B), [0, 1, 255]);
  const { name, bytes } = await saved(page, "#save-scenario");
  assert.equal(name, "session.scenario");
  assert.match(bytes.toString(), /^cluster /);
});

/** A file of about so many megabytes. */
function large(megabytes) {
  const lines = [];
  for (let at = 0, size = 0; size < megabytes * 1e6; at++) {
    const line = `{"Item":{"id":{"S":"item-${at}"},"n":{"N":"${at}"},"text":{"S":"${"some text, ".repeat(30)}"}}}`;
    lines.push(line);
    size += line.length + 1;
  }
  return { text: `${lines.join("\n")}\n`, count: lines.length };
}

/** Puts a large file where the page can choose it. */
function largeFile(name, megabytes) {
  const { text, count } = large(megabytes);
  const path = join(folder, name);
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return { path, count };
}

for (const [name, where] of [["with a worker", "worker"], ["where workers are denied", "page"]]) {
  test(`a large file is read ${name}`, async (t) => {
    const page = await newPage(browser);
    if (where === "page") {
      await page.addInitScript(() => {
        window.Worker = class {
          constructor() {
            throw new DOMException("no workers in this frame", "SecurityError");
          }
        };
      });
    }
    await openLoaded(page);
    const { path, count } = largeFile("Large.json", 4);
    await show(page, "files");
    await page.setInputFiles("#choose-file", path);
    await page.waitForSelector("#import-form");
    await page.click("#import-begin");
    if (where === "worker") {
      await page.waitForSelector("#importing progress");
      assert.equal(page.workers().length, 1);
    }
    const words = count.toLocaleString("en");
    assert.equal(await imported(page), `Large.json: ${words} of ${words} items put, 0 refused.`);
    assert.equal(page.workers().length, 0, "it has gone");
    assert.deepEqual(page.complaints, []);
    t.diagnostic(`${count} items`);
  });
}

test("an import that is cancelled keeps what was put, and says how much that is", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const { path } = largeFile("Half.json.gz", 12);
  await show(page, "files");
  await page.setInputFiles("#choose-file", path);
  await page.waitForSelector("#import-form");
  await page.click("#import-begin");
  await page.waitForFunction(() => /: [1-9][\d,]* of .* read so far/.test(document.querySelector("#importing")?.textContent));
  await page.click("#cancel-import");
  assert.match(await imported(page), /[1-9][\d,]* of [\d,]+ read so far items put, 0 refused\. It was stopped/);
  assert.deepEqual(page.complaints, []);
});

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in the form and in what came of it, ${colorScheme}`, async () => {
    const page = await newPage(browser, { colorScheme });
    await openLoaded(page);
    const look = async () => {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => window.axe.run("#panel-files", { resultTypes: ["violations"] }));
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    };
    await choose(page, "Things.csv", "id,n\na,1\nb\n");
    await page.waitForSelector("#import-form");
    await look();
    await page.click("#import-begin");
    await imported(page);
    await page.selectOption("#save-format", "csv");
    await page.click("#save-table");
    await look();
  });
}

test("Firefox reads and writes files too", async () => {
  const fox = await launchFirefox();
  try {
    const page = await newPage(fox);
    await open(page);
    await choose(page, "Things.jsonl", '{"id":"a"}\n{"id":"b"}\n');
    await page.waitForSelector("#import-form");
    await page.click("#import-begin");
    assert.match(await imported(page), /2 of 2 items put, 0 refused/);
    const { path, count } = largeFile("Fox.json", 2);
    await page.setInputFiles("#choose-file", path);
    await page.waitForSelector("#import-form");
    await page.click("#import-begin");
    await page.waitForFunction(
      (words) => document.querySelector("#import-result")?.textContent.includes(`${words} of ${words} items`),
      count.toLocaleString("en"),
    );
  } finally {
    await fox.close();
  }
});
