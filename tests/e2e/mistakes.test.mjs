// Mistakes, of a person or of the page: each gets a clear message next to where it was made. Those
// about snapshots are in snapshots.test.mjs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, newPage, open } from "./support.mjs";
import { command, digests, openLoaded, problem, put, show } from "./page.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("what is typed wrong is refused where it was typed, and stays typed", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const before = (await digests(page)).state;
  const cases = [
    [{ key: "" }, /empty/],
    [{ key: "k".repeat(2049) }, /2,?049 bytes.*2,?048/],
    [{ item: "{not json" }, /line 1/],
    [{ item: "[1, 2]" }, /object/],
    [{ item: '{"iata": 5}' }, /"iata" is 5, but its key says/],
    [{ item: `{"n": ${"1".repeat(39)}}` }, /38/],
  ];
  for (const [wrong, pattern] of cases) {
    await put(page, wrong);
    await problem(page, "item-problem", pattern);
    if (wrong.item) assert.equal(await page.inputValue("#item"), wrong.item);
  }
  const lines = [
    ["fly DEN", /no command "fly"/],
    ["crash Q", /no node Q/],
    ["put Airports DEN {}", /quotes/],
    ["put Airports DEN '{}' w=4", /W = 4.*N = 3/],
    ["set r=9", /R = 9.*N = 3/],
    ["put 'air ports' DEN '{}'", /air ports/],
    ["restore 'no such'", /no snapshot/],
  ];
  for (const [line, pattern] of lines) {
    await command(page, line);
    await problem(page, "command-problem", pattern);
    assert.equal(await page.inputValue("#command"), line);
  }
  await show(page, "cluster");
  for (const [field, value, pattern] of [
    ["new-nodes", "2", /N = 3 replicas need 3 distinct nodes/],
    ["new-w", "5", /W = 5 votes can never come from N = 3/],
    ["new-r", "0", /at least 1/],
    ["new-vnodes", "many", /vnodes/],
  ]) {
    const good = await page.inputValue(`#${field}`);
    await page.fill(`#${field}`, value);
    await page.click("#new-cluster");
    await problem(page, "new-problem", pattern);
    await page.fill(`#${field}`, good);
  }
  assert.equal((await digests(page)).state, before);
  assert.deepEqual(page.complaints, []);
});

test("should the page itself fail, it says so and offers the session log", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await command(page, "crash B");
  await page.evaluate(() => {
    try {
      window.wasmBindings.fail_on_purpose();
    } catch {
      // A panic ends in a trap; the page has been told before.
    }
  });
  assert.match(await page.locator(".failure h1").textContent(), /has failed/);
  const log = await page.inputValue(".failure textarea");
  assert.match(log, /^cluster nodes=5/);
  assert.match(log, /put Airports DEN/);
  assert.match(log, /crash B\s*$/);
});

test("where wasm cannot run, the page says why", async () => {
  const page = await newPage(browser);
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto((await import("./support.mjs")).address());
  await page.waitForFunction(() => document.documentElement.dataset.failed === "true");
  assert.match(await page.locator("#loading-words").textContent(), /could not be loaded/);
});

test("sample data that cannot be fetched is told, and can be tried again", async () => {
  const page = await newPage(browser);
  let denied = true;
  await page.route("**/airports.json", (route) => (denied ? route.abort() : route.continue()));
  await open(page);
  await page.selectOption("#speed", "16×");
  await page.waitForSelector(".sample .problem");
  assert.match(await page.locator(".sample .problem").textContent(), /could not be fetched/);
  await page.unroute("**/airports.json");
  await page.route("**/airports.json", (route) =>
    denied ? route.fulfill({ body: "<html>not found</html>" }) : route.continue(),
  );
  await page.click(".sample button");
  await page.waitForFunction(() =>
    /cannot be read/.test(document.querySelector(".sample .problem")?.textContent),
  );
  denied = false;
  await page.click(".sample button");
  await page.waitForSelector("#sample-loaded", { state: "attached" });
});
