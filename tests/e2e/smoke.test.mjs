// The least that must hold: the built page loads from a folder of a static host, becomes usable,
// and neither it nor the browser complains.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, newPage, open } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("the page loads without complaint", async () => {
  const page = await newPage(browser);
  await open(page);
  assert.match(await page.title(), /Ringscope/);
  assert.notEqual((await page.locator("h1").first().textContent()).trim(), "");
  assert.deepEqual(page.complaints, []);
});

test("the sample data is beside the page", async () => {
  const page = await newPage(browser);
  await open(page);
  const airports = await page.evaluate(async () => (await fetch("data/airports.json")).json());
  assert.equal(airports.rows.length, 3376);
  assert.equal(airports.rows[0].length, airports.columns.length);
  assert.deepEqual(page.complaints, []);
});
