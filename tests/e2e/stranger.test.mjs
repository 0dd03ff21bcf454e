// The whole walk of somebody who has never seen the page, in one sitting.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, newPage } from "./support.mjs";
import { STEPS } from "./stranger.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("a stranger sees, writes, breaks, repairs, goes back, chooses otherwise, and restores", async (t) => {
  const page = await newPage(browser);
  for (const { what, act } of STEPS) await t.test(what, () => act(page));
  assert.deepEqual(page.complaints, []);
});
