// A cluster that grows and shrinks: plans, stages, and what the ring shows of them.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { command, countFrames, newest, node, openLoaded, problem, rests, show } from "./page.mjs";
import { launch, newPage } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Waits until the last change is done, and returns what is said of it. */
async function outcome(page, pattern) {
  await page.waitForFunction(
    (source) =>
      new RegExp(source).test(document.querySelector(".words .elastic-outcome")?.textContent ?? ""),
    pattern.source,
  );
  return page.locator(".words .elastic-outcome").textContent();
}

test("a node joins stage by stage, has its share, and another one leaves", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await show(page, "cluster");
  await page.click("#add-node");
  const plan = await page.locator(".elastic-plan p").textContent();
  const [, moves, least] = /^add Would move ([\d.]+)% of the data.*; the least for a fair share is ([\d.]+)%/.exec(plan);
  assert.ok(Number(moves) >= 5 && Number(least) > 10, plan);
  assert.equal(await page.locator(".ring .node").count(), 5, "nothing was done yet");

  // Every stage that is shown from now on is remembered. Slowly, so that each has its frames.
  await page.selectOption("#speed", "100×");
  await page.evaluate(() => {
    window.stages_seen = new Set();
    new MutationObserver(() => {
      const now = document.querySelector(".words .stages .is-now");
      if (now) window.stages_seen.add(now.textContent);
      if (document.querySelector(".handover .has-got")) window.stages_seen.add("drawn");
    }).observe(document.querySelector(".page"), { subtree: true, childList: true, attributes: true });
  });
  await page.click("#do-change");
  assert.equal(await page.locator(".ring .node").count(), 6);
  const done = await outcome(page, /^F joins: done/);
  assert.match(done, /^F joins: done: \d+ items moved, [\d.]+% of the data; the least for a fair share is [\d.]+%\.$/);
  const seen = await page.evaluate(() => [...window.stages_seen]);
  for (const stage of ["stream", "drawn"]) assert.ok(seen.includes(stage), `${stage} of ${seen}`);
  assert.match(await node(page, "F"), /^Node F, up, [\d,]+ items/);

  await page.locator('.ring [aria-label^="Node B,"]').click();
  await page.click("#remove-node");
  assert.match(await page.locator(".elastic-plan p").textContent(), /^remove B Would move/);
  await page.click("#do-change");
  await outcome(page, /^B leaves: done/);
  await page.waitForFunction(() => document.querySelectorAll(".ring .node").length === 5);
  assert.equal(await page.locator('.ring [aria-label^="Node B,"]').count(), 0);
  assert.match(await page.locator(".head .facts").textContent(), /5 nodes/);
  await show(page, "cluster");
  assert.match(await page.locator("table.nodes tr", { hasText: /^B/ }).textContent(), /left/);
  await command(page, "topology");
  assert.match(await newest(page), /: A, C, D, E, F[\s\S]*B has left/);
  assert.deepEqual(page.complaints, []);
});

test("what cannot be done is told beside its button", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await show(page, "cluster");
  await page.fill("#vnodes", "a few");
  await page.click("#set-vnodes");
  await problem(page, "elastic-problem", /vnodes|number/);
  assert.equal(await page.locator(".elastic-plan").count(), 0);
});

test("a change that waits for a node that is down requests no frames, and tells for whom", async () => {
  const page = await newPage(browser);
  const requested = await countFrames(page);
  await openLoaded(page);
  await command(page, "set r=1");
  await command(page, "crash B");
  await command(page, "add");
  await page.selectOption("#speed", "real time");
  await page.waitForFunction(() => /Not yet in epoch \d+: B/.test(document.querySelector(".words .elastic-now")?.textContent));
  await rests(page);
  const before = await requested();
  await page.waitForTimeout(700);
  assert.equal(await requested(), before);
  await command(page, "restart B");
  await outcome(page, /^F joins: done/);
  assert.deepEqual(page.complaints, []);
});
