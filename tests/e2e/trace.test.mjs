// The space-time trace of everything: what it shows, how it is read, and where it leads.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NARROW, launch, newPage } from "./support.mjs";
import { command, openLoaded, put, rests, says, show } from "./page.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const everything = (page) => page.getByRole("button", { name: "Everything" }).click();
const chip = (page, name) => page.locator(".trace-chip", { hasText: name });
const clock = (page) => page.locator("#clock").textContent();

// How many events are shown, and of how many.
async function counts(page) {
  const text = await page.locator(".trace-count").textContent();
  const [, shown, total] = /^([\d,]+) of ([\d,]+)$/.exec(text) ?? [];
  assert.ok(total, `the count is ${text}`);
  return [shown, total].map((count) => Number(count.replaceAll(",", "")));
}

// Waits until the number of events shown is another one.
async function shows(page, before) {
  await page.waitForFunction(
    (before) => !document.querySelector(".trace-count").textContent.startsWith(`${before} of`),
    before.toLocaleString("en"),
  );
}

async function loaded(options) {
  const page = await newPage(browser, options);
  await openLoaded(page);
  await command(page, "run 2s");
  await put(page, { item: '{"city": "Denver"}' });
  await says(page, /^Written/);
  await rests(page);
  if (options) await show(page, "trace");
  await everything(page);
  await page.waitForFunction(() => /[1-9]/.test(document.querySelector(".trace-count").textContent));
  return page;
}

// The list of the events in the window, opened.
async function words(page) {
  await page.locator(".trace-list summary").click();
  await page.waitForSelector(".trace-rows button");
  return page.locator(".trace-rows button");
}

test("what is shown can be chosen, and how much that is is said", async () => {
  const page = await loaded();
  const [shown, total] = await counts(page);
  assert.ok(shown < total, "gossip is hidden at first");
  await chip(page, "Gossip").click();
  await shows(page, shown);
  assert.deepEqual(await counts(page), [total, total]);
  await chip(page, "Only #").click();
  await shows(page, total);
  const [own] = await counts(page);
  assert.ok(own > 15 && own < 60, `${own} events of one request`);
  const request = /#\d+/.exec(await chip(page, "Only #").textContent())[0];
  const told = await (await words(page)).allTextContents();
  assert.ok(told.length > 5 && told.length <= 60);
  assert.ok(told.every((line) => line.includes(`${request} `)), told.join("\n"));
  await page.getByTitle("Only what involves E", { exact: true }).click();
  await shows(page, own);
  assert.ok((await counts(page))[0] < own);
  assert.deepEqual(page.complaints, []);
});

test("it follows the cursor until the reader scrolls away, and again when asked to", async () => {
  const page = await loaded();
  const scroller = page.locator(".trace-scroll");
  const top = () => scroller.evaluate((element) => element.scrollTop);
  const follow = page.getByRole("button", { name: "Follow the cursor" });
  await words(page);
  await page.locator(".trace-list summary").click();
  assert.equal(await follow.count(), 0, "another size is no scrolling");
  const end = await top();
  assert.ok(end > 1000, `scrolled to ${end}`);
  await scroller.hover();
  await page.mouse.wheel(0, -5000);
  await follow.click();
  assert.equal(await follow.count(), 0);
  assert.equal(await top(), end);
  assert.deepEqual(page.complaints, []);
});

test("what is pointed at is named, and looked into when it is clicked", async () => {
  const page = await loaded();
  await chip(page, "Only #").click();
  const canvas = page.locator(".trace-pin canvas");
  const { width, height } = await canvas.boundingBox();
  const seen = new Set();
  for (let y = 60; y < height - 40; y += 14) {
    await canvas.hover({ position: { x: width * 0.6, y } });
    const tip = page.locator(".trace-tip");
    if ((await tip.count()) > 0) seen.add(await tip.textContent());
  }
  assert.ok(seen.size >= 3, [...seen].join("\n"));
  assert.ok([...seen].some((words) => /→ [A-E]: \w+, took/.test(words)), [...seen].join("\n"));
  assert.deepEqual(page.complaints, []);
});

test("the list tells the same by keyboard, and leads to an instant", async () => {
  const page = await loaded();
  await chip(page, "Only #").click();
  const rows = await words(page);
  await rows.first().focus();
  await page.keyboard.press("ArrowDown");
  const second = await rows.nth(1).textContent();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), second);
  await page.keyboard.press("Enter");
  const before = await clock(page);
  await page.keyboard.press("g");
  await page.waitForFunction(
    (before) => document.querySelector("#clock").textContent !== before,
    before,
  );
  assert.ok(await page.locator(".trace-rows button").count());
  assert.deepEqual(page.complaints, []);
});

test("the axis and the cursor's handle lead to another instant", async () => {
  const page = await loaded();
  await chip(page, "Only #").click();
  const grip = await page.locator(".trace-grip").boundingBox();
  const end = await clock(page);
  await page.mouse.move(grip.x + 14, grip.y + 14);
  await page.mouse.down();
  await page.mouse.move(grip.x + 14, grip.y - 40, { steps: 4 });
  await page.mouse.up();
  const dragged = await clock(page);
  assert.notEqual(dragged, end);
  const { y } = await page.locator(".trace-grip").boundingBox();
  assert.ok(Math.abs(y - (grip.y - 54)) < 4, `the handle is at ${y}, was at ${grip.y}`);
  // Right of the labels of the axis, left of the lanes.
  const { height } = await page.locator(".trace-pin canvas").boundingBox();
  const position = { x: 66, y: Math.min(height - 8, grip.y - y + 120) };
  await page.locator(".trace-pin canvas").click({ position });
  assert.notEqual(await clock(page), dragged);
  assert.deepEqual(page.complaints, []);
});

test("one tab stop leads into the choice of events, arrows move in it", async () => {
  const page = await loaded();
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await page.getByRole("button", { name: "Everything" }).focus();
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "Writes");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "Reads");
  const [shown] = await counts(page);
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await shows(page, shown);
  assert.equal(await chip(page, "Writes").getAttribute("aria-pressed"), "false");
});

test("on a phone nothing but the trace itself scrolls sideways", async () => {
  const page = await loaded({ viewport: NARROW });
  const [wide, seen] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    window.innerWidth,
  ]);
  assert.ok(wide <= seen, `${wide} > ${seen}`);
  assert.deepEqual(page.complaints, []);
});
