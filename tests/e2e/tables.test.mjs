// The Tables panel: a table with two indexes, queries, conditions, expiry, and the end of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { command, indexed, openLoaded, owners, pass, problem, rests, show } from "./page.mjs";
import { NARROW, launch, newPage } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Chooses a table and what to do with it. */
async function choose(page, verb, table) {
  await show(page, "tables");
  if (table) await page.selectOption("#tables-table", table);
  await page.selectOption("#tables-verb", { label: verb });
}

/** Runs the request, and waits for its response in JSON. */
async function run(page, button = "#tables-run") {
  await page.click(button);
  await page.waitForSelector("#tables-json", { state: "attached" });
  await rests(page);
  return JSON.parse(await page.locator("#tables-json").textContent());
}

const fill = async (page, fields) => {
  for (const [id, value] of Object.entries(fields)) {
    const tag = await page.locator(`#${id}`).evaluate((element) => element.tagName);
    if (tag === "SELECT") await page.selectOption(`#${id}`, value);
    else await page.fill(`#${id}`, value);
  }
};

test("a table is scanned page after page, and a filter looks at more than it shows", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await choose(page, "Scan", "Airports");
  const first = await run(page);
  assert.equal(first.Count, 10);
  assert.equal(await page.locator("#tables-items tbody tr").count(), 10);
  const second = await run(page, "#next-page");
  assert.notDeepEqual(second.Items[0], first.Items[0]);
  assert.match(await page.inputValue("#tables-request"), /"ExclusiveStartKey"/);
  await page.click("#add-clause");
  await fill(page, { "clause-name-1": "state", "clause-value-1": "AK", limit: "200" });
  assert.doesNotMatch(await page.inputValue("#tables-request"), /"ExclusiveStartKey"/, "from the start");
  const filtered = await run(page);
  assert.ok(filtered.Count < 40 && filtered.ScannedCount === 200, JSON.stringify(filtered).slice(0, 80));
  assert.match(await page.locator("#tables-words").textContent(), /of 200 looked at/);
  assert.deepEqual(page.complaints, []);
});

test("form, request and command say the same; whoever edits the request has it sent", async () => {
  const page = await newPage(browser, { viewport: NARROW });
  await openLoaded(page);
  await choose(page, "Get an item", "Airports");
  await page.fill("#key-1", "JFK");
  assert.deepEqual(JSON.parse(await page.inputValue("#tables-request")), {
    TableName: "Airports",
    Key: { iata: { S: "JFK" } },
  });
  const line = await page.locator(".command-lines code").textContent();
  assert.equal(line, `call GetItem '{"TableName":"Airports","Key":{"iata":{"S":"JFK"}}}'`);
  assert.equal((await run(page)).Item.city.S, "New York");

  await page.fill("#tables-request", '{"TableName": "Airports", "Key": {"iata": {"N": "1"}}}');
  await page.click("#tables-run");
  await problem(page, "tables-problem", /^ValidationException: .*The provided key element does not match the schema/);
  assert.match(await page.inputValue("#tables-request"), /"N": "1"/, "what was typed stays");
  await page.click("#tables-form");
  assert.equal((await run(page)).Item.iata.S, "JFK");

  await command(page, line.replace("JFK", "SEA"));
  await rests(page);
  await page.waitForFunction(() => /"Seattle"/.test(document.querySelector(".transcript li pre").textContent));
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} pixels too wide`);
  assert.deepEqual(page.complaints, []);
});

test("a table with two indexes: put, query them while a node is down, update on a condition, expire, delete", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await choose(page, "Create a table");
  await fill(page, { "new-table": "Flights", "new-partition": "code", "new-sort": "day N", expiry: "gone_at" });
  await page.click("#add-index");
  await fill(page, { "index-name-1": "by-state", "index-partition-1": "state", "index-sort-1": "day N" });
  await page.click("#add-index");
  await fill(page, {
    "index-name-2": "by-city",
    "index-partition-2": "city, state",
    "index-sort-2": "code",
    "index-projection-2": "KEYS_ONLY",
  });
  assert.equal(await page.locator(".command-lines code").count(), 2, "and its items expire");
  await run(page);
  await choose(page, "Put an item", "Flights");
  assert.match(await page.locator("#table-indexes").textContent(), /by-state: state S → day N/);
  assert.match(await page.locator(".about-table").textContent(), /Items expire by gone_at/);

  for (const [code, day, city, state] of [
    ["AS1", 3, "Seattle", "WA"],
    ["AS1", 5, "Spokane", "WA"],
    ["DL2", 4, "Seattle", "WA"],
    ["UA3", 4, "Denver", "CO"],
  ]) {
    await page.fill("#put-item", JSON.stringify({ code, day, city, state, gone_at: 1767225600 + 30 }));
    await run(page);
  }
  const [, second] = await owners(page, "DEN");
  await command(page, `crash ${second}`);
  await choose(page, "Query", "Flights");
  await fill(page, { index: "by-state", "key-1": "WA", "sort-test-1": "between", "sort-1": "3", "sort-other-1": "4" });
  const found = await run(page);
  assert.deepEqual(found.Items.map((item) => item.code.S).sort(), ["AS1", "DL2"]);
  await fill(page, { index: "by-city", "key-1": "Seattle", "key-2": "WA", "sort-test-1": "begins_with", "sort-1": "D" });
  const inCity = await run(page);
  assert.deepEqual(inCity.Items, [
    { code: { S: "DL2" }, day: { N: "4" }, city: { S: "Seattle" }, state: { S: "WA" } },
  ]);

  await choose(page, "Update an item", "Flights");
  await fill(page, { "key-1": "DL2", "sort-1": "4", "change-path-1": "seats", "change-value-1": "=if_not_exists(seats, 100) - 1" });
  await page.click("#add-clause");
  await fill(page, { "clause-name-1": "city", "clause-value-1": "Seattle" });
  assert.equal((await run(page)).Attributes.seats.N, "99");
  await fill(page, { "clause-value-1": "Denver" });
  const refused = await run(page);
  assert.match(refused.__type, /ConditionalCheckFailedException$/);
  assert.match(await page.locator("#tables-error").textContent(), /The conditional request failed/);

  await command(page, `restart ${second}`);
  for (let time = 0; time < 7; time += 1) await pass(page, "10s");
  await choose(page, "Scan", "Flights");
  await page.click("[aria-label='Remove test 1']");
  assert.equal((await run(page)).Count, 0, "all have expired");
  await choose(page, "Delete the table", "Flights");
  await run(page);
  assert.equal(await page.locator("#tables-table option", { hasText: "Flights" }).count(), 0);
  assert.deepEqual(page.complaints, []);
});

test("the airports are indexed, and five queries are answered while a node is down", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const { columns, rows } = await page.evaluate(async () => (await fetch("data/airports.json")).json());
  const airports = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
  await indexed(page);
  const [, second] = await owners(page, "DEN");
  await command(page, `crash ${second}`);
  await choose(page, "Query", "Airports");
  await fill(page, { limit: "" });

  const query = async (fields, wanted) => {
    await fill(page, fields);
    const found = (await run(page)).Items.map((item) => item.iata.S).sort();
    assert.deepEqual(found, airports.filter(wanted).map((one) => one.iata).sort(), JSON.stringify(fields));
    assert.ok(found.length > 0, "it finds something");
  };
  await query({ index: "by-state", "key-1": "CO" }, (one) => one.state === "CO");
  await page.click("#add-clause");
  const north = { "clause-name-1": "latitude", "clause-test-1": ">", "clause-value-1": "39.5" };
  await query(north, (one) => one.state === "CO" && one.latitude > 39.5);
  await page.click("#add-clause");
  const county = { "clause-name-2": "name", "clause-test-2": "contains", "clause-value-2": "County" };
  await query(county, (one) => one.state === "CO" && one.latitude > 39.5 && one.name.includes("County"));
  await page.click("[aria-label='Remove test 2']");
  await page.click("[aria-label='Remove test 1']");
  await query({ index: "by-city", "key-1": "Columbus" }, (one) => one.city === "Columbus");
  await query(
    { "key-1": "Columbus", "sort-test-1": "begins_with", "sort-1": "C" },
    (one) => one.city === "Columbus" && one.name.startsWith("C"),
  );
  // Where the entries of one of them lie.
  await page.locator("#tables-items .link").first().click();
  await show(page, "inspect");
  assert.equal(await page.locator("#item-entries li").count(), 2);
  assert.equal(await page.locator(".ring .entry-mark").count(), 2);
  assert.deepEqual(page.complaints, []);
});
