// The first minutes by keyboard alone: nothing is clicked, and nothing is given the focus but by
// Tab and the arrows, as a person without a pointer does it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, newPage, open } from "./support.mjs";
import { rests, says } from "./page.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const FAR = 200;

/** Presses a key until the focus is on an element that matches; every press counts. */
async function reach(page, selector, key = "Tab") {
  for (let presses = 0; presses < FAR; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`${key} does not lead to ${selector}`);
}

async function press(page, selector) {
  await reach(page, selector);
  await page.keyboard.press("Enter");
}

async function type(page, selector, text) {
  await reach(page, selector);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

/** Opens a panel by its tab: where the tab list is one stop, its arrows lead there. */
async function panel(page, name) {
  const isOneStop = (await page.locator('[role="tab"][tabindex="-1"]').count()) > 0;
  await reach(page, '[role="tab"]');
  await reach(page, `#tab-${name}`, isOneStop ? "ArrowRight" : "Tab");
  await page.keyboard.press("Enter");
}

test("put, crash, get, restart and snapshot by keyboard alone", async () => {
  const page = await newPage(browser);
  await open(page);
  await says(page, /^Written/);
  await reach(page, "#speed");
  await page.keyboard.press("End");
  await page.waitForSelector("#sample-loaded", { state: "attached" });
  await rests(page);

  await panel(page, "console");
  await type(page, "#key", "DEN");
  await type(page, "#item", '{"by": "keyboard"}');
  await press(page, "#put");
  await says(page, /^Written: 2 of 2 votes/);
  await rests(page);

  // The ring is one stop; its arrows lead to a node, Enter opens it.
  await reach(page, '.ring [data-node="0"]');
  await reach(page, '.ring [data-node="2"]', "ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#panel-inspect:not([hidden])");
  await panel(page, "cluster");
  await press(page, "#crash-C");
  await page.waitForSelector('.ring [aria-label^="Node C, down"]', { state: "attached" });

  await panel(page, "console");
  await press(page, "#get");
  await says(page, /^Found: 2 of 2 votes/);
  await rests(page);

  await panel(page, "cluster");
  await press(page, "#restart-C");
  await page.waitForSelector('.ring [aria-label^="Node C, up"]', { state: "attached" });

  await panel(page, "snapshots");
  await type(page, "#snapshot-name", "by keyboard");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".snapshots li");
  await press(page, ".snapshots .restore");
  await page.waitForFunction(() =>
    document.querySelector("#snapshot-told").textContent.startsWith("Restored"),
  );
  assert.deepEqual(page.complaints, []);
});
