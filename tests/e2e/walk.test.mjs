// What a person does in the first minutes: sees a quorum write, crashes a replica, meets W.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NARROW, launch, newPage, open } from "./support.mjs";
import {
  command,
  countFrames,
  digests,
  newest,
  openLoaded,
  owners,
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

test("a correct quorum write moves as soon as the page is there", async () => {
  const page = await newPage(browser);
  await open(page);
  // Something is drawn on the canvas while the write is under way.
  await page.selectOption("#speed", "¼×");
  await page.waitForFunction(() => {
    const canvas = document.querySelector("canvas");
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels.some((value) => value > 0);
  });
  await says(page, /coordinates this write: \d of 2 votes so far/);
  await page.selectOption("#speed", "4×");
  await says(page, /^Written: 2 of 2 votes \([A-E], [A-E]\), answered after/);
  assert.deepEqual(page.complaints, []);
});

test("no animation frame is requested while nothing moves", async () => {
  const page = await newPage(browser);
  const requested = await countFrames(page);
  await openLoaded(page);
  assert.ok((await requested()) > 10, "the opening write was not animated");
  await page.waitForTimeout(300);
  const before = await requested();
  await page.waitForTimeout(700);
  assert.equal(await requested(), before);
});

test("crash a replica: W=3 fails, W=2 succeeds; restart: W=3 succeeds", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const [, second] = await owners(page, "DEN");
  await show(page, "cluster");
  await page.click(`#crash-${second}`);
  await put(page, { item: '{"try": 3}', votes: "3" });
  await says(page, /^Failed after .*: \d of 3 votes, .*Whether the write survives is unknown/);
  await put(page, { item: '{"try": 2}', votes: "2" });
  await says(page, /^Written: 2 of 2 votes/);
  await rests(page);
  await show(page, "cluster");
  await page.click(`#restart-${second}`);
  await put(page, { item: '{"try": 33}', votes: "3" });
  await says(page, /^Written: 3 of 3 votes/);
  await command(page, "get Airports DEN");
  await says(page, /^Found: 2 of 2 votes/);
  assert.match(await newest(page), /"try":33/);
  assert.deepEqual(page.complaints, []);
});

test("every airport can be looked up", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  assert.match(await page.locator("#sample-loaded").textContent(), /3,376 items/);
  await page.fill("#key", "JFK");
  await page.click("#get");
  await says(page, /^Found: 2 of 2 votes/);
  assert.match(await newest(page), /"name":"John F Kennedy Intl"/);
  await show(page, "inspect");
  assert.equal(await page.locator(".replicas tbody tr").count(), 3);
});

test("a coordinator that crashes in the middle leaves nothing running", async () => {
  const page = await newPage(browser);
  await open(page);
  await page.click("#play");
  await command(page, "step 2");
  await says(page, /^E coordinates/);
  await command(page, "crash E");
  await page.selectOption("#speed", "16×");
  await page.click("#play");
  await says(page, /^Failed/);
  await page.waitForSelector("#sample-loaded", { state: "attached" });
  await rests(page);
  assert.deepEqual(page.complaints, []);
});

test("a new cluster replaces the old one, which can be brought back", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const before = await digests(page);
  await show(page, "cluster");
  await page.fill("#new-nodes", "7");
  await page.fill("#new-vnodes", "32");
  await page.click("#new-cluster");
  await page.waitForFunction(() => document.querySelectorAll(".nodes tbody tr").length === 7);
  await page.waitForSelector("#sample-loaded", { state: "attached" });
  await rests(page);
  await show(page, "cluster");
  await page.click("#bring-back");
  assert.deepEqual(await digests(page), before);
});

test("pause, step, and play again", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await page.click("#play");
  await put(page);
  const clock = () => page.locator("#clock").textContent();
  const before = await clock();
  await page.waitForTimeout(200);
  assert.equal(await clock(), before);
  await page.click("#step");
  assert.notEqual(await clock(), before);
  await page.click("#play");
  await says(page, /^Written/);
});

test("reduced motion shows steps instead of flights, and ends the same", async () => {
  const page = await newPage(browser, { reducedMotion: "reduce" });
  await openLoaded(page);
  await put(page);
  await says(page, /^Written/);
});

test("on a phone nothing scrolls sideways, in any panel", async () => {
  const page = await newPage(browser, { viewport: NARROW, hasTouch: true });
  await openLoaded(page);
  for (const panel of ["trace", "console", "tables", "cluster", "faults", "inspect", "charts", "snapshots"]) {
    await show(page, panel);
    const { scrolled, shown } = await page.evaluate(() => ({
      scrolled: document.documentElement.scrollWidth,
      shown: document.documentElement.clientWidth,
    }));
    assert.ok(scrolled <= shown, `${panel}: ${scrolled} > ${shown}`);
  }
});
