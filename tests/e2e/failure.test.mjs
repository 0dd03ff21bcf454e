// Failure and repair, as a person brings them about and watches them: crashes and suspicion, hints,
// splits, stale replicas, siblings, pauses, lost disks, wrong clocks.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NARROW, launch, newPage } from "./support.mjs";
import {
  breakNode,
  command,
  countFrames,
  happened,
  node,
  openLoaded,
  owners,
  pass,
  problem,
  put,
  rests,
  says,
  show,
} from "./page.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

async function loaded(options) {
  const page = await newPage(browser, options);
  await openLoaded(page);
  return page;
}

test("a crashed node is suspected once time passes, and trusted again when it is back", async () => {
  const page = await loaded();
  await breakNode(page, "crash", "C");
  assert.match(await node(page, "C"), /down/);
  await pass(page, "10s");
  await happened(page, /[A-E] suspects C/);
  assert.match(await node(page, "C"), /suspected by 4 of 4 \(A, B, D, E\)/);
  assert.match(await page.locator(".trouble").textContent(), /C is suspected by 4 of 4/);
  await show(page, "cluster");
  assert.equal(await page.locator("#views .suspects").count(), 4);
  await breakNode(page, "restart", "C");
  await pass(page, "10s");
  assert.doesNotMatch(await node(page, "C"), /suspected/);
  await happened(page, /trusts C again/);
  assert.deepEqual(page.complaints, []);
});

test("a sloppy write leaves hints, which are handed over when their owners are back", async () => {
  const page = await loaded();
  const [, second, third] = await owners(page, "DEN");
  await show(page, "cluster");
  await page.selectOption("#set-quorum", "sloppy");
  await breakNode(page, "crash", second);
  await breakNode(page, "crash", third);
  await put(page, { item: '{"sloppy": true}', votes: "3" });
  await says(page, new RegExp(`^Written: 3 of 3.* for ${second}.*keeps a hint for ${second}, and its vote counts`));
  assert.match(await page.locator(".votes").textContent(), new RegExp(`[A-E] for ${second}`));
  await rests(page);
  await show(page, "cluster");
  assert.equal(await page.locator("#hints tbody tr").count(), 2);
  assert.ok((await page.locator(".chip.is-hints").count()) >= 1);
  await breakNode(page, "restart", second);
  await breakNode(page, "restart", third);
  await pass(page, "10s");
  await pass(page, "10s");
  await happened(page, new RegExp(`has handed Airports/DEN over to ${second}, 0 hints left`));
  assert.equal(await page.locator("#hints").count(), 0);
  assert.deepEqual(page.complaints, []);
});

test("in strict mode a hint is kept, but is no vote", async () => {
  const page = await loaded();
  const [, second] = await owners(page, "DEN");
  await breakNode(page, "crash", second);
  await put(page, { item: '{"strict": true}', votes: "3" });
  await says(page, /^Failed after .*keeps a hint for [A-E], which is no vote/);
  await put(page, { item: '{"strict": true}' });
  await says(page, /^Written: 2 of 2/);
  assert.deepEqual(page.complaints, []);
});

test("a split by form keeps a write from its quorum, and heals", async () => {
  const page = await loaded();
  const [, , third] = await owners(page, "DEN");
  await show(page, "faults");
  await page.click("#split");
  await problem(page, "fault-problem", /split/);
  await page.check(`#split-${third}`);
  await page.click("#split");
  assert.equal(await page.locator(".cut").count(), 1);
  assert.match(await page.locator("#in-force").textContent(), new RegExp(`nothing passes between ${third}`));
  assert.match(await page.locator(".trouble").textContent(), /Network split/);
  await put(page, { item: '{"split": true}', votes: "3" });
  await says(page, /^Failed after .*\d of 3 votes/);
  await rests(page);
  assert.ok((await page.locator(".timeline-refused").count()) >= 1, "no lost message is drawn");
  await show(page, "faults");
  await page.click("#heal");
  assert.equal(await page.locator(".cut").count(), 0);
  await put(page, { item: '{"split": false}', votes: "3" });
  await says(page, /^Written: 3 of 3/);
  assert.deepEqual(page.complaints, []);
});

test("one-way splits, bad links and slow nodes are told, and each can be ended", async () => {
  const page = await loaded();
  await show(page, "faults");
  await page.check("#split-A");
  await page.check("#from-B");
  await page.check("#split-oneway");
  await page.click("#split");
  await page.selectOption("#link-a", "C");
  await page.selectOption("#link-b", "D");
  await page.fill("#link-loss", "30");
  await page.click("#link");
  await page.selectOption("#fault-node", "E");
  await page.click("#fault-slow");
  const told = await page.locator("#in-force").textContent();
  assert.match(told, /nothing that A sends reaches B/);
  assert.match(told, /between C and D is slower by 50ms and loses 30 of 100 messages/);
  assert.match(told, /E is slow: everything takes 20ms longer/);
  while ((await page.locator("#in-force .end").count()) > 0) {
    await page.locator("#in-force .end").first().click();
  }
  assert.equal((await page.locator("#in-force").textContent()).trim(), "");
  await page.fill("#link-loss", "many");
  await page.click("#link");
  await problem(page, "fault-problem", /'many' is not a whole number/);
  assert.deepEqual(page.complaints, []);
});

test("a stale replica is seen by a read, and repaired after the answer", async () => {
  const page = await loaded();
  const [, second] = await owners(page, "DEN");
  await command(page, "set handoff=off anti_entropy=off");
  await breakNode(page, "crash", second);
  await put(page, { item: '{"fresh": true}' });
  await says(page, /^Written/);
  await rests(page);
  await breakNode(page, "restart", second);
  await show(page, "inspect");
  const stale = page.locator(".replicas tr.stale");
  assert.match(await stale.textContent(), new RegExp(`^${second}`));
  await command(page, "get Airports DEN r=3");
  await says(page, new RegExp(`^Found.* ${second} is stale\\. ${second} was repaired after the answer`));
  await rests(page);
  assert.equal(await stale.count(), 0);
  assert.ok((await page.locator(".is-repair").count()) >= 1, "no repair is drawn");
  assert.deepEqual(page.complaints, []);
});

test("with blocking read repair the answer waits for it", async () => {
  const page = await loaded();
  const [, second, third] = await owners(page, "DEN");
  await command(page, "set handoff=off anti_entropy=off");
  await show(page, "cluster");
  await page.selectOption("#set-repair", "blocking");
  await breakNode(page, "crash", second);
  await breakNode(page, "crash", third);
  await put(page, { item: '{"fresh": true}', votes: "1" });
  await says(page, /^Written/);
  await rests(page);
  await breakNode(page, "restart", second);
  await breakNode(page, "restart", third);
  await command(page, "get Airports DEN r=3");
  await says(page, /^Found.* are stale\. .* repaired; the answer waited until 2 replicas had it/);
  assert.deepEqual(page.complaints, []);
});

test("the shopping cart: two clients' writes are siblings until one has seen both", async () => {
  const page = await loaded();
  await page.fill("#table", "Carts");
  await page.selectOption("#table-resolve", "siblings");
  await page.click("#create-table");
  await page.waitForSelector("#with-context");
  await put(page, { key: "c1", item: '{"items": ["milk"]}' });
  await problem(page, "item-problem", /has not read Carts\/c1 yet: get it first/);
  await page.uncheck("#with-context");
  await page.click("#put");
  await page.selectOption("#client", "client2: ");
  await page.fill("#item", '{"items": ["bread"]}');
  await page.click("#put");
  await says(page, /^Written/);
  await rests(page);
  await page.selectOption("#client", "");
  await page.click("#get");
  await says(page, /^2 siblings: 2 of 2 votes/);
  const both = await page.locator(".transcript li pre").first().textContent();
  assert.match(both, /milk/);
  assert.match(both, /bread/);
  assert.match(both, /context \S/);
  await show(page, "inspect");
  assert.equal(await page.locator(".replicas tr").nth(1).locator(".version").count(), 2);
  assert.match(await page.locator(".replicas .context").first().textContent(), /context \S/);
  await show(page, "console");
  await page.check("#with-context");
  await page.fill("#item", '{"items": ["milk", "bread"]}');
  await page.click("#put");
  await says(page, /^Written/);
  await rests(page);
  await page.click("#get");
  await says(page, /^Found/);
  assert.match(await page.locator(".transcript li pre").first().textContent(), /"milk","bread"/);
  assert.deepEqual(page.complaints, []);
});

test("a paused node is silent, and goes on with what waited", async () => {
  const page = await loaded();
  const [, second] = await owners(page, "DEN");
  await breakNode(page, "pause", second);
  assert.match(await node(page, second), /paused/);
  await put(page, { item: '{"paused": true}', votes: "3" });
  await says(page, /^Failed after .*timed out with 2 of 3/);
  await rests(page);
  await breakNode(page, "resume", second);
  assert.doesNotMatch(await node(page, second), /paused/);
  await rests(page);
  await put(page, { item: '{"paused": false}', votes: "3" });
  await says(page, /^Written: 3 of 3/);
  assert.deepEqual(page.complaints, []);
});

test("a wiped node is rebuilt before it votes", async () => {
  const page = await loaded();
  await breakNode(page, "wipe", "B");
  assert.match(await node(page, "B"), /down, disk lost, 0 items/);
  await breakNode(page, "restart", "B");
  assert.match(await node(page, "B"), /rebuilding its lost disk/);
  await pass(page, "10s");
  await pass(page, "10s");
  await happened(page, /B has lost its disk: rebuilds/);
  await happened(page, /B is rebuilt and votes again/);
  assert.match(await node(page, "B"), /up, [1-9],?\d* items/);
  assert.deepEqual(page.complaints, []);
});

test("a wrong clock is set, shown and set right", async () => {
  const page = await loaded();
  await show(page, "faults");
  await page.selectOption("#fault-node", "D");
  await page.fill("#fault-skew", "-5s");
  await page.click("#fault-clock");
  assert.match(await node(page, "D"), /clock 5s behind/);
  assert.match(await page.locator(".chip").first().textContent(), /5s/);
  await page.locator("#in-force .end").click();
  assert.doesNotMatch(await node(page, "D"), /clock/);
  await page.fill("#fault-skew", "soon");
  await page.click("#fault-clock");
  await problem(page, "fault-problem", /span of time/);
  assert.deepEqual(page.complaints, []);
});

test("a fault can be scheduled, and is told when it comes", async () => {
  const page = await loaded();
  await show(page, "faults");
  await page.selectOption("#fault-after", "5s");
  await page.selectOption("#fault-node", "B");
  await page.click("#fault-crash");
  await rests(page);
  assert.match(await page.locator("#scheduled").textContent(), /crash B/);
  assert.match(await node(page, "B"), /up/);
  await pass(page, "10s");
  assert.match(await node(page, "B"), /down/);
  assert.equal(await page.locator("#scheduled").count(), 0);
  assert.deepEqual(page.complaints, []);
});

test("after all that no animation frame is requested while only the background moves", async () => {
  const page = await newPage(browser);
  const requested = await countFrames(page);
  await openLoaded(page);
  await breakNode(page, "crash", "C");
  await breakNode(page, "pause", "D");
  await command(page, "split A");
  await pass(page, "10s");
  await put(page, { item: "{}" });
  await says(page, /^(Written|Failed)/);
  await rests(page);
  await page.waitForTimeout(300);
  const before = await requested();
  await page.waitForTimeout(700);
  assert.equal(await requested(), before);
  assert.deepEqual(page.complaints, []);
});

test("reduced motion passes over the silence before a timeout", async () => {
  const page = await loaded({ reducedMotion: "reduce", viewport: NARROW });
  const [, second] = await owners(page, "DEN");
  await breakNode(page, "pause", second);
  await put(page, { item: "{}", votes: "3" });
  await says(page, /^Failed/);
  assert.deepEqual(page.complaints, []);
});
