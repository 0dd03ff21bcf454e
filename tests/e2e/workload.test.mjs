// Workloads: requests that come by themselves, and what is shown of them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { command, digests, newest, openLoaded, rests, show } from "./page.mjs";
import { NARROW, launch, newPage, open } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** The last second in numbers: asked, done, failed. */
const tiles = (page) =>
  page.locator("#of-late dd").evaluateAll((all) => all.map((one) => Number(one.textContent.replace(",", ""))));

/** Waits until so many requests were asked. */
async function asked(page, count) {
  await page.waitForFunction(
    (count) => {
      const words = document.querySelector("#workloads li span")?.textContent ?? "";
      return Number(/asked ([\d,]+) so far/.exec(words)?.[1].replace(",", "")) >= count;
    },
    count,
    { polling: 100 },
  );
}

test("a skewed workload loads some nodes more than others, until it is stopped", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await show(page, "workload");
  assert.equal(await page.locator("#of-late").count(), 0, "nothing to tell yet");
  await page.getByRole("button", { name: "Hot key" }).click();
  assert.match(await page.locator("#workload-line").textContent(), /^workload rate=500 .*hot=80\/0/);
  await page.click("#start-workload");
  // Time passes faster by itself, so that there is something to see.
  assert.equal(await page.inputValue("#speed"), "100×");
  await page.selectOption("#speed", "real time");
  await asked(page, 1_000);
  await page.click("#play");

  const [rate, done, failed] = await tiles(page);
  assert.ok(rate > 400 && rate < 600, `${rate} requests a second`);
  assert.ok(Math.abs(rate - done) < 30 && failed === 0, `${done} done, ${failed} failed`);
  const shares = await page.locator("#load tbody td:last-child").allTextContents();
  const [least, , middle, , most] = shares.map(parseFloat).sort((a, b) => a - b);
  assert.ok(most > 25 && least < 10 && middle > 20, `the three owners serve most: ${shares}`);
  assert.match(await page.locator("#hottest tr").first().textContent(), /^Load\/k0001(7|8)/);
  const beside = await page.locator(".ring .load-count").allTextContents();
  assert.ok(beside.every((text) => /^[\d,]+\/s$/.test(text)), `beside the nodes: ${beside}`);

  await page.click("#play");
  await page.click("#stop-w1");
  assert.equal(await page.locator("#workloads li").count(), 0);
  await rests(page);
  const beside_after = await page.locator(".ring .load-count").allTextContents();
  assert.ok(beside_after.every((text) => /^[\d,]+$/.test(text)), "items again");
  assert.deepEqual(page.complaints, []);
});

test("what failed is counted, and nothing of it is said aloud", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await command(page, "set w=3");
  await command(page, "crash B");
  await command(page, "workload rate=300 reads=0");
  await page.selectOption("#speed", "real time");
  await show(page, "workload");
  await asked(page, 400);
  const aloud = await page.locator('.words [aria-live="polite"]').textContent();
  assert.ok(!/^#\d+|w1\.\d/.test(aloud), aloud);
  const [, done, failed] = await tiles(page);
  assert.ok(failed > 50 && done > 20, `${done} done, ${failed} failed`);
  await command(page, "workload stop");
});

test("a workload with an end ends, and a replay of the session is the same", async () => {
  const page = await newPage(browser);
  await open(page);
  await command(page, "cluster nodes=4 seed=9");
  await page.waitForSelector("#sample-loaded", { state: "attached" });
  await command(page, "workload 300ms rate=400 keys=zipf exponent=1.1 clients=2");
  await command(page, "run 200ms");
  await command(page, "workloads");
  assert.match(await newest(page), /^w1 since [\s\S]+ served [\s\S]+Load\/k0001 is/);
  await command(page, "run");
  const there = await digests(page);
  await command(page, "goto start");
  await command(page, "goto end");
  assert.deepEqual(await digests(page), there);
});

test("mistakes are told beside the form, and what was typed stays", async () => {
  const page = await newPage(browser, { viewport: NARROW });
  await openLoaded(page);
  await show(page, "workload");
  await page.fill("#load-rate", "a lot");
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#workload-problem").textContent(), /not a whole number/);
  await page.fill("#load-rate", "1000000");
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#workload-problem").textContent(), /rate=1 to 100000/);
  assert.equal(await page.inputValue("#load-rate"), "1000000");
  await page.fill("#load-rate", "50");
  await page.keyboard.press("Enter");
  assert.ok(!(await page.locator("#workload-problem").isVisible()));
  await page.waitForSelector("#stop-w1");
});
