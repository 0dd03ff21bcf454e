// The whole walk of somebody who has never seen the page, in one sitting. After each step a picture
// is left in target/walk.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, newPage } from "./support.mjs";
import { STEPS } from "./stranger.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("a stranger sees, writes, breaks, repairs, goes back, chooses otherwise, and restores", async (t) => {
  const page = await newPage(browser);
  for (const [number, { name, what, act }] of STEPS.entries()) {
    await t.test(what, async () => {
      await act(page);
      const picture = new URL(`../../target/walk/${number + 1}-${name}.png`, import.meta.url);
      await page.screenshot({ path: fileURLToPath(picture) });
    });
  }
  assert.deepEqual(page.complaints, []);
});
