// Panels: where they are, how they are reached, and what they say.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { command, openLoaded, owners, put, rests, says, show } from "./page.mjs";
import { NARROW, launch, newPage, open } from "./support.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

const tabs = (page) => page.locator("[role=tab]").allTextContents();
const chosen = (page) => page.locator("[role=tab][aria-selected=true]").textContent();
const inspector = (page) => page.locator("#panel-inspect");

test("panels are shown, hidden and opened by the address, which follows", async () => {
  const page = await newPage(browser);
  await open(page, "?show=console,faults,charts&hide=charts#panel=faults");
  assert.deepEqual(await tabs(page), ["Console", "Faults"]);
  assert.equal(await chosen(page), "Faults");
  await page.click("#tab-console");
  assert.match(page.url(), /#panel=console$/);
  await page.evaluate(() => {
    location.hash = "#panel=faults";
  });
  await page.waitForFunction(() => document.querySelector("#panel-console").hidden);
  assert.equal(await chosen(page), "Faults");
  assert.equal(await page.locator("#address-mistakes").count(), 0);
  assert.deepEqual(page.complaints, []);
});

test("what an address says wrong is named, and ignored", async () => {
  const page = await newPage(browser);
  await open(page, "?show=consol&theme=blue#panel=nope");
  assert.ok((await tabs(page)).length > 5);
  const told = await page.locator("#address-mistakes").textContent();
  for (const wrong of ["show=consol", "theme=blue", "panel=nope"]) assert.match(told, new RegExp(wrong));
  await page.click("#address-mistakes button");
  assert.equal(await page.locator("#address-mistakes").count(), 0);
});

test("the theme of the address wins over the system's", async () => {
  const background = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await newPage(browser, { colorScheme: "light" });
  await open(light, "?theme=dark");
  const dark = await newPage(browser, { colorScheme: "dark" });
  await open(dark);
  assert.equal(await background(light), await background(dark));
  await open(dark, "?theme=light");
  assert.notEqual(await background(light), await background(dark));
});

test("tabs are one stop, and arrows, Home and End move among them", async () => {
  const page = await newPage(browser);
  await open(page);
  await page.focus("#tab-console");
  await page.keyboard.press("ArrowRight");
  assert.equal(await chosen(page), "Tables");
  await page.keyboard.press("End");
  assert.equal(await chosen(page), "Files");
  await page.keyboard.press("ArrowRight");
  assert.equal(await chosen(page), "Console");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-console");
  assert.equal(await page.locator("[role=tab][tabindex='0']").count(), 1);
});

test("the panels close and come back, and what was typed is still there", async () => {
  const page = await newPage(browser);
  await open(page);
  await page.fill("#key", "JFK");
  await page.click("#close-panels");
  assert.ok(!(await page.locator("#key").isVisible()));
  await page.click("#open-panels");
  assert.equal(await page.inputValue("#key"), "JFK");
});

test("a narrow page has the trace among its tabs", async () => {
  const page = await newPage(browser, { viewport: NARROW });
  await open(page);
  assert.equal(await chosen(page), "Trace");
  assert.ok(await page.locator(".timeline").isVisible());
  await show(page, "cluster");
  assert.ok(!(await page.locator(".timeline").isVisible()));
});

test("a projector shows the picture alone, until Escape", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await page.fill("#key", "p");
  await page.locator("#key").press("p");
  assert.ok(await page.locator("#tab-console").isVisible(), "p was typed into a field");
  await page.locator("#key").blur();
  await page.keyboard.press("p");
  await page.waitForSelector("#tab-console", { state: "hidden" });
  for (const there of [".ring", ".timeline", ".words", ".transport"]) {
    assert.ok(await page.locator(there).first().isVisible(), `${there} is gone`);
  }
  assert.equal(await page.locator(".head").count(), 0);
  await page.keyboard.press("Escape");
  await page.waitForSelector("#tab-console");
});

test("in a frame there is neither header nor footer, and no pane scrolls by itself", async () => {
  const page = await newPage(browser);
  await open(page, "?embed=true");
  assert.equal(await page.locator(".head, .foot").count(), 0);
  const heights = await page.locator(".ring-pane, .side-pane").evaluateAll((panes) =>
    panes.map((pane) => [pane.scrollHeight, pane.clientHeight]),
  );
  for (const [needed, given] of heights) assert.ok(needed <= given + 1, `${needed} > ${given}`);
});

test("the inspector leads from a node to an item, its replicas, its request and its messages", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  const [first] = await owners(page, "JFK");
  await page.locator(`.ring [aria-label^="Node ${first},"]`).click();
  await page.fill("#item-search", "jfk");
  await inspector(page).getByRole("button", { name: "Airports/JFK" }).click();
  assert.match(await inspector(page).textContent(), /printf %s 'Airports\/JFK' \| md5sum/);
  assert.equal(await page.locator(".replicas tbody tr").count(), 3);
  await page.locator(".replicas .link").nth(1).click();
  assert.match(await inspector(page).textContent(), /\d+ vnodes, first owner of \d+\.\d% of the ring/);
  await put(page, { key: "JFK", item: "{}" });
  await says(page, /^Written/);
  await rests(page);
  await page.locator(".requests button").first().click();
  assert.match(await inspector(page).textContent(), /Votes: 2 needed, 3 in/);
  await inspector(page).getByText("Its messages").click();
  await page.locator("#request-messages .link").first().click();
  assert.match(await inspector(page).textContent(), /Message m\d+: request/);
  assert.match(await inspector(page).textContent(), /It arrived after/);
  assert.deepEqual(page.complaints, []);
});

test("a message under way can be looked into", async () => {
  const page = await newPage(browser);
  await open(page);
  await says(page, /coordinates this write/);
  await page.click("#play");
  await page.locator(".requests button").first().click();
  await inspector(page).getByText("Its messages").click();
  await page.locator("#request-messages tr", { hasText: "under way" }).locator(".link").first().click();
  assert.match(await inspector(page).textContent(), /It says.*Denver Intl/);
  assert.ok(await inspector(page).getByRole("button", { name: "Drop" }).isVisible());
});

test("the first suggestions act, and the third makes a read stale", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await page.getByRole("button", { name: "Make a read stale" }).click();
  await says(page, /^Found: 1 of 1 vote /);
  await rests(page);
  assert.match(await page.locator(".invitation p").textContent(), /R \+ W ≤ N/);
  await show(page, "charts");
  assert.equal(await page.locator("#stale-rate").textContent(), "1 of 1 answered reads were stale: 100.0%.");
  await show(page, "inspect");
  assert.match(await inspector(page).textContent(), /are stale: they have not heard of version/);
  await page.getByRole("button", { name: "Dismiss" }).click();
  assert.equal(await page.locator(".invitation").count(), 0);
});

test("charts follow the run, and count anew where the reader says so", async () => {
  const page = await newPage(browser);
  await openLoaded(page);
  await show(page, "charts");
  const done = (row) => page.locator("#latency tbody tr").nth(row).locator("td").first().textContent();
  assert.equal(await done(1), "3,377");
  await page.click("#count-anew");
  assert.equal(await done(1), "0");
  await command(page, "get Airports JFK");
  await says(page, /^Found/);
  await rests(page);
  await show(page, "charts");
  assert.equal(await done(0), "1");
  assert.equal(await page.locator("#work tbody tr").count(), 5);
  assert.deepEqual(page.complaints, []);
});
