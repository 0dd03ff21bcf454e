// Conditional writes from the console: one round decides, and who comes too late is told.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { newest, openLoaded, put, rests, says, show } from "./page.mjs";
import { launch, newPage } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** Puts on a condition, for a client. */
async function putIf(page, condition, fields, client = "") {
  await show(page, "console");
  await page.selectOption("#condition", condition);
  await page.selectOption("#client", client);
  await put(page, fields);
}

test("an item is put only if it is absent, and only as it was told last", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await putIf(page, "absent", { key: "XYZ", item: '{"city": "Nowhere"}' });
  await says(page, /^Written: 2 of 2 votes/);
  await rests(page);
  // Both halves of the round are in its trace.
  const trace = await page.locator(".time-pane").textContent();
  for (const half of ["prepare", "promise", "accept"]) assert.match(trace, new RegExp(half));

  await putIf(page, "absent", { key: "XYZ", item: '{"city": "Elsewhere"}' }, "client2: ");
  await says(page, /^Not written, because there is another version/);
  await rests(page);
  assert.match(await newest(page), /Nowhere[\s\S]*Not written/, "what is there is told");
  assert.equal(await page.inputValue("#item"), '{"city": "Elsewhere"}', "what was typed stays");

  // The second client has been told of the version by the refusal; then the first is behind.
  await putIf(page, "last", { key: "XYZ", item: '{"city": "Elsewhere"}' }, "client2: ");
  await says(page, /^Written/);
  await rests(page);
  await putIf(page, "last", { key: "XYZ", item: '{"city": "Nowhere"}' });
  await says(page, /^Not written, because there is another version/);
  await rests(page);

  await page.check("#consistent");
  await page.click("#get");
  await says(page, /^Found/);
  await rests(page);
  assert.match(await newest(page), /"Elsewhere"/);
  assert.deepEqual(page.complaints, []);
});
