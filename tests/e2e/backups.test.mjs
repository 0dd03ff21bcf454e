// The Backups panel: a table's past behind a slider, restores from it, and backups outside of the cluster.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { command, digests, newest, openLoaded, problem, rests, show } from "./page.mjs";
import { NARROW, launch, newPage } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const said = (page, id) => page.locator(`#${id}`).textContent();

/** Waits until what the panel tells of restores matches. */
const told = (page, pattern) =>
  page.waitForFunction(
    (source) => new RegExp(source).test(document.querySelector("#backups-told").textContent),
    pattern.source,
  );

/** A small table whose past is kept, and what befell it. */
async function story(page) {
  for (const line of [
    "cluster nodes=5 n=3 r=2 w=2 seed=5",
    "table Music id",
    `put Music a '{"title": "Help"}'`,
    `put Music b '{"title": "Rain"}'`,
    "run 1s",
    "pitr Music on",
    "run 1s",
  ]) {
    await command(page, line);
    await rests(page);
  }
  await command(page, `put Music a '{"title": "Oops"}'`);
  await rests(page);
  await command(page, "run 1s");
  await command(page, "delete Music b");
  await rests(page);
  await command(page, "run 1s");
  await show(page, "backups");
  await page.selectOption("#backups-table", "Music");
}

test("a bad deploy is looked at and undone, and looking changes nothing", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await show(page, "backups");
  await page.click("#pitr-on");
  assert.match(await said(page, "pitr-words"), /it was as it is: 3,376 items/);
  await command(page, "run 2s");
  for (const line of [`put Airports SEA '{"city": "Oops"}'`, "delete Airports JFK", `put Airports XYZ '{}'`]) {
    await command(page, line);
    await rests(page);
  }
  const untouched = await digests(page);
  await show(page, "backups");
  await page.focus("#pitr-slider");
  await page.keyboard.press("ArrowLeft");
  assert.match(await said(page, "pitr-words"), /3,375 items, and now 3,376. 1 new since/);
  await page.keyboard.press("ArrowLeft");
  await page.click("#pitr-before");
  assert.match(await said(page, "pitr-words"), /3,376 items, and now 3,376. 1 deleted since, 1 new since, 1 changed since/);
  const rows = await page.locator("#pitr-rows li").allTextContents();
  assert.equal(rows.length, 3);
  assert.ok(rows.some((row) => /^JFK.*"New York".*now.*not there/.test(row)), rows.join("\n"));
  assert.ok(rows.some((row) => /^SEA.*then.*"Seattle".*now\{"city":"Oops"\}/.test(row)), rows.join("\n"));
  // Into the middle, with the mouse.
  const slider = await page.locator("#pitr-slider").boundingBox();
  await page.mouse.click(slider.x + slider.width / 2, slider.y + slider.height / 2);
  assert.match(await said(page, "pitr-words"), /1 deleted since, 1 new since, 1 changed since/);
  assert.deepEqual(await digests(page), untouched, "looking has changed the run");
  await show(page, "backups");
  await page.fill("#pitr-name", "Saved");
  await page.click("#pitr-restore");
  await told(page, /Saved is ready/);
  await rests(page);
  for (const [key, expected] of [["JFK", /"New York"/], ["SEA", /"Seattle"/], ["XYZ", /^No such item/]]) {
    await command(page, `get Saved ${key}`);
    await rests(page);
    assert.match(await newest(page), expected);
  }
  assert.deepEqual(page.complaints, []);
});

test("a backup outlives its table, and a dropped one comes back with undo", async () => {
  const page = await newPage(browser, { viewport: NARROW });
  await openLoaded(page);
  await story(page);
  assert.match(await said(page, "panel-backups"), /No backup yet/);
  await page.fill("#backup-name", "x");
  await page.click("#back-up");
  await problem(page, "backup-problem", /3 to 255 letters/);
  assert.equal(await page.inputValue("#backup-name"), "x", "what was typed stays");
  await page.fill("#backup-name", "before-lunch");
  await page.click("#back-up");
  await page.waitForFunction(() => /before-lunch.*1 item,/s.test(document.querySelector("#backups")?.textContent));
  await command(page, `call DeleteTable '{"TableName": "Music"}'`);
  await rests(page);
  await show(page, "backups");
  assert.match(await said(page, "backups"), /before-lunch \(b1\)Music at/);
  await page.click("#backups summary");
  await page.fill("#b1-name", "Music");
  await page.click("#b1-restore");
  await told(page, /Music is ready/);
  await rests(page);
  await command(page, "get Music a");
  await rests(page);
  assert.match(await newest(page), /"Oops"/);
  await show(page, "backups");
  await page.getByRole("button", { name: "Drop" }).click();
  assert.match(await said(page, "panel-backups"), /No backup yet/);
  await page.click("#undo");
  assert.match(await said(page, "backups"), /before-lunch/);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} pixels too wide`);
  assert.deepEqual(page.complaints, []);
});

test("a restore goes on while a node is down, and says why without a read quorum", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await story(page);
  await page.click("#pitr-before");
  await page.click("#pitr-before");
  await page.fill("#pitr-name", "Music");
  await page.click("#pitr-restore");
  assert.match(await page.locator("#panel-backups .problem:visible").textContent(), /Music exists already/);
  await command(page, "replicas Music a");
  const owners = [...(await newest(page)).matchAll(/^([A-Z]+) owner/gm)].map(([, node]) => node);
  await command(page, `crash ${owners[0]}`);
  await show(page, "backups");
  await page.fill("#pitr-name", "One");
  await page.click("#pitr-restore");
  await told(page, /One is ready/);
  await rests(page);
  await command(page, `crash ${owners[1]}`);
  await show(page, "backups");
  await page.fill("#pitr-name", "Two");
  await page.click("#pitr-restore");
  await told(page, /Two was not restored/);
  await show(page, "console");
  assert.match(
    await page.locator(".transcript").textContent(),
    /as=Twonothing has changed, as the table could not be read: 1 of 2 votes, and the rest cannot come/,
  );
  assert.deepEqual(page.complaints, []);
});

test("a table that keeps siblings has no past, and says so; a past can be given up", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await command(page, "table Carts id resolve=siblings");
  await show(page, "backups");
  await page.selectOption("#backups-table", "Carts");
  assert.match(await said(page, "panel-backups"), /keeps siblings: there is no one past of it/);
  await page.selectOption("#backups-table", "Airports");
  await page.click("#pitr-on");
  await page.click("#pitr-off");
  await page.waitForSelector("#pitr-on");
  assert.deepEqual(page.complaints, []);
});
