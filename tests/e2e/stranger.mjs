// What a person does who has never seen the page, by what is on it alone: no command is typed. Each
// step says what it shows; the test carries them out, and the pictures are taken after each.

import assert from "node:assert/strict";
import { openLoaded, put, rests, says, show } from "./page.mjs";

const inspector = (page) => page.locator("#panel-inspect");
const click = (page, name) => page.getByRole("button", { name, exact: true }).first().click();
/** The button of something that was done or that happened, in the list of the run. */
const done = (page, pattern) => page.locator(".ticks-list button", { hasText: pattern }).first();

/** The letters of the owners of the item that is looked into, first owner first. */
async function owners(page) {
  const rows = await page.locator("#panel-inspect .replicas tbody tr").allTextContents();
  const placed = rows.map((row) => /^\s*([A-Z]+).*?owner (\d)/s.exec(row)).filter(Boolean);
  return placed.sort((a, b) => a[2] - b[2]).map(([, node]) => node);
}

async function read(page, votes) {
  await show(page, "console");
  await page.fill("#key", "DEN");
  await page.selectOption("#votes", votes);
  await page.click("#get");
}

export const STEPS = [
  {
    name: "vnode",
    what: "what a vnode is",
    act: async (page) => {
      await openLoaded(page);
      await page.locator('.ring [aria-label^="Node B,"]').click();
      const text = await inspector(page).textContent();
      // A node owns many small ranges, one for each of its vnodes.
      assert.match(text, /token range/);
      assert.match(text, /vnode/);
    },
  },
  {
    name: "write",
    what: "an item is written; which replicas have it, and why",
    act: async (page) => {
      await put(page, { item: '{"city": "Denver", "visits": 1}' });
      await says(page, /^Written: 2 of 2 votes/);
      await rests(page);
      // The item leads to its replicas: the marker on the ring, and the list of requests.
      await page.locator(".ring .walk-key text").click();
      assert.match(await inspector(page).textContent(), /MD5/);
      assert.equal((await owners(page)).length, 3);
      assert.match(await inspector(page).textContent(), /skipped/);
    },
  },
  {
    name: "stale",
    what: "a read is stale",
    act: async (page) => {
      await click(page, "Make a read stale");
      await page.waitForFunction(() => /answer is stale/.test(document.querySelector(".words").textContent));
      await rests(page);
      await show(page, "charts");
      assert.match(await page.locator("#panel-charts").textContent(), /1 of 1 .*stale|stale.*1 of 1/is);
    },
  },
  {
    name: "repaired",
    what: "it is repaired",
    act: async (page) => {
      // The owner that alone took the write comes back, and a read of all three repairs the others.
      const restart = page.getByRole("button", { name: /^Restart [A-Z]$/ }).first();
      await restart.click();
      await rests(page);
      await read(page, "3");
      await says(page, /^Found: 3 of 3 votes/);
      await rests(page);
      await page.locator(".ring .walk-key text").click();
      await page.waitForFunction(() => !document.querySelector("#panel-inspect tr.stale"));
      await read(page, "1");
      await says(page, /^Found: 1 of 1 vote/);
      assert.match(await page.locator(".transcript li pre").first().textContent(), /has this/);
      await rests(page);
    },
  },
  {
    name: "crash",
    what: "two owners crash, and a write fails",
    act: async (page) => {
      for (const node of ["B", "D"]) {
        await page.locator(`.ring [aria-label^="Node ${node},"]`).click();
        await inspector(page).getByRole("button", { name: /^Crash/ }).first().click();
      }
      await put(page, { item: '{"city": "Denver", "visits": 2}' });
      await says(page, /^Failed/);
      await rests(page);
    },
  },
  {
    name: "before",
    what: "back to the moment before the crash",
    act: async (page) => {
      await show(page, "run");
      await done(page, /crash B/).click();
      await page.waitForSelector(".state.is-past");
      const up = await page.locator('.ring [aria-label^="Node B,"]').getAttribute("aria-label");
      assert.doesNotMatch(up, /down/);
    },
  },
  {
    name: "otherwise",
    what: "something else is chosen there, and both runs are compared",
    act: async (page) => {
      await put(page, { item: '{"city": "Denver", "visits": 3}' });
      await says(page, /^Written: 2 of 2 votes/);
      await rests(page);
      await show(page, "run");
      await page.getByRole("button", { name: "Compare with main" }).click();
      await page.waitForSelector("#comparison");
      const text = await page.locator("#comparison").textContent();
      assert.match(text, /crash B/);
      assert.match(text, /"visits":3/);
    },
  },
  {
    name: "restored",
    what: "a snapshot is taken, something is lost, and the snapshot is restored",
    act: async (page) => {
      await show(page, "snapshots");
      await page.fill("#snapshot-name", "before I break it");
      await page.click("#take");
      await page.waitForSelector(".snapshots li");
      const taken = await page.locator(".snapshots code").first().textContent();
      await page.locator('.ring [aria-label^="Node A,"]').click();
      await inspector(page).getByRole("button", { name: /^Wipe/ }).first().click();
      await show(page, "snapshots");
      await page.click(".snapshots .restore");
      await page.waitForFunction(() => /^Restored/.test(document.querySelector("#snapshot-told")?.textContent));
      assert.ok((await page.locator("#snapshot-told").textContent()).includes(taken));
      const back = await page.locator('.ring [aria-label^="Node A,"]').getAttribute("aria-label");
      assert.doesNotMatch(back, /down|wiped/);
    },
  },
];
