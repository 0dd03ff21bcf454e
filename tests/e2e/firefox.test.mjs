// The walk of the first minutes in Firefox, and that the engine does the same there as in Chromium,
// to the last bit.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, launchFirefox, newPage, open } from "./support.mjs";
import { command, digests, newest, openLoaded, owners, put, rests, says, show } from "./page.mjs";

let firefox;
before(async () => {
  firefox = await launchFirefox();
});
after(() => firefox?.close());

test("in Firefox: write, crash, restart, keep, reload, restore", async () => {
  const page = await newPage(firefox);
  await open(page);
  await says(page, /coordinates this write: \d of 2 votes so far/);
  await says(page, /^Written: 2 of 2 votes/);
  await page.selectOption("#speed", "16×");
  await page.waitForSelector("#sample-loaded", { state: "attached" });
  await rests(page);
  const [, second] = await owners(page, "DEN");
  await show(page, "cluster");
  await page.click(`#crash-${second}`);
  await put(page, { item: '{"try": 3}', votes: "3" });
  await says(page, /^Failed after .*: \d of 3 votes/);
  await show(page, "cluster");
  await page.click(`#restart-${second}`);
  await put(page, { item: '{"try": 33}', votes: "3" });
  await says(page, /^Written: 3 of 3 votes/);
  await rests(page);
  const kept = await digests(page);
  await command(page, "snapshot 'before the reload'");
  await page.reload();
  await openLoaded(page);
  await show(page, "snapshots");
  await page.click(".snapshots .restore");
  assert.deepEqual(await digests(page), kept);
  await command(page, "get Airports DEN");
  await says(page, /^Found/);
  assert.match(await newest(page), /"try":33/);
  assert.deepEqual(page.complaints, []);
});

test("Firefox and Chromium compute the same run", async () => {
  const chromium = await launch();
  const [there, here] = await Promise.all([aRun(chromium), aRun(firefox)]);
  await chromium.close();
  assert.deepEqual(here, there);
});

// Faults, background work and time that passes; none of it depends on when a frame came.
async function aRun(browser) {
  const page = await newPage(browser);
  await open(page);
  await page.click("#play");
  await command(page, "cluster nodes=5 vnodes=16 seed=11 network=wan");
  for (const line of [
    "table Places id",
    "put Places a '{\"n\": 1}'",
    "run 20ms",
    "crash B",
    "put Places b '{\"n\": 2}'",
    "run 3s",
    "restart B",
    "get Places b r=3",
    "run 30s",
  ]) {
    await command(page, line);
  }
  return digests(page);
}
