// Going anywhere in the run, by the bar, by single events, by keys; and branches.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, newPage, open } from "./support.mjs";
import { command, digests, newest, openLoaded, put, rests, says, show, words } from "./page.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const clock = (page) => page.locator("#clock").textContent();

test("back and forward by single events, to the same words", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await put(page, { item: '{"n": 1}' });
  await says(page, /^Written/);
  await rests(page);
  const written = await words(page);
  let steps = 0;
  while (!/looks for a coordinator|Put or get/.test(await words(page))) {
    await page.click("#back");
    steps += 1;
    assert.ok(steps < 60, `${steps} steps back, and still: ${await words(page)}`);
  }
  assert.ok(steps > 8, `${steps} steps`);
  assert.ok(await page.locator(".state.is-past").isVisible());
  await page.click("#end");
  assert.equal(await words(page), written);
  assert.deepEqual(page.complaints, []);
});

test("the bar goes anywhere, by keyboard too, and playing plays what is recorded", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const end = await digests(page);
  const branches = () => page.evaluate(() => document.querySelectorAll(".branch").length);
  await page.focus("#scrubber");
  for (const key of ["PageDown", "PageDown", "ArrowLeft"]) await page.keyboard.press(key);
  assert.ok(await page.locator(".state.is-past").isVisible());
  const before = await clock(page);
  await page.keyboard.press("ArrowLeft");
  assert.notEqual(await clock(page), before);
  assert.match(await page.getAttribute("#scrubber", "aria-valuetext"), /ms|s/);
  await page.selectOption("#speed", "max");
  await page.click("#play");
  await page.waitForFunction(() => !document.querySelector(".state.is-past"));
  await rests(page);
  await command(page, "goto end");
  assert.deepEqual(await digests(page), end);
  await show(page, "run");
  assert.equal(await branches(), 1);
  assert.deepEqual(page.complaints, []);
});

test("undo, choose otherwise, compare, change over, discard", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await command(page, "crash C");
  await put(page, { item: '{"price": 1}' });
  await says(page, /^Written/);
  await rests(page);
  await page.click("#undo");
  await page.click("#undo");
  assert.match(await page.locator(".state").textContent(), /in the past of main/);
  await put(page, { item: '{"price": 2}' });
  await says(page, /^Written/);
  await rests(page);
  await show(page, "run");
  await page.fill("#run-name", "no crash");
  await page.click("#rename-branch");
  await page.getByRole("button", { name: "Compare with main" }).click();
  assert.match(await page.locator("#comparison").textContent(), /"price":1.*"price":2|"price":2.*"price":1/s);
  await page.getByRole("button", { name: "Discard main" }).click();
  assert.equal(await page.locator(".branch").count(), 1);
  await command(page, "branch main");
  assert.match(await newest(page), /there is no branch "main"/);
  assert.deepEqual(page.complaints, []);
});

test("a new cluster is a branch as well, and the old one is there", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const kept = await digests(page);
  await command(page, "cluster nodes=3");
  await page.waitForFunction(() => document.querySelectorAll(".ring [aria-label^='Node ']").length === 3);
  await show(page, "run");
  await page.getByRole("button", { name: "Change over to main" }).click();
  assert.deepEqual(await digests(page), kept);
});

test("single keys play, step, mark and undo, and can be switched off", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await put(page, { item: '{"n": 1}' });
  await says(page, /^Written/);
  await rests(page);
  await page.locator("#item").blur();
  const end = await clock(page);
  await page.keyboard.press(",");
  assert.notEqual(await clock(page), end);
  await page.keyboard.press("m");
  await show(page, "run");
  assert.equal(await page.locator(".ticks-list .mark", { hasText: "⚑" }).count(), 2);
  await page.keyboard.press("]");
  assert.equal(await clock(page), end);
  await page.keyboard.press("u");
  await page.waitForSelector(".state.is-past");
  await page.keyboard.press("?");
  await page.waitForSelector(".keys-body");
  await page.locator(".keys-body input").uncheck();
  await page.locator(".keys-body input").blur();
  await page.keyboard.press("]");
  assert.ok(await page.locator(".state.is-past").isVisible(), "a key acted that was switched off");
  assert.deepEqual(page.complaints, []);
});

test("while it loads, going back halts the loading, and the end goes on with it", async () => {
  const page = await newPage(browser);
  await open(page);
  await page.selectOption("#speed", "16×");
  // Loading takes a second or so: it is stopped from within the page.
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => {
          const [, events] = /event ([\d,]+)/.exec(document.querySelector(".clock").textContent);
          if (Number(events.replaceAll(",", "")) < 1000) return requestAnimationFrame(look);
          document.querySelector("#play").click();
          resolve();
        };
        look();
      }),
  );
  assert.equal(await page.locator("#sample-loaded").count(), 0, "it was loaded too fast to stop it");
  await command(page, "goto 1ms");
  assert.match(await page.locator(".state").textContent(), /in the past/);
  await command(page, "goto end");
  await page.click("#play");
  await page.waitForSelector("#sample-loaded", { state: "attached" });
  assert.match(await page.locator("#sample-loaded").textContent(), /3,376 items/);
  assert.deepEqual(page.complaints, []);
});
