// What can be done on the ring itself: messages that are clicked, a split that is dragged, the
// moment as a picture.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { launch, newPage } from "./support.mjs";
import { command, newest, openLoaded, put, says, show } from "./page.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** A write that stands still with one of its votes in. */
async function standing(options) {
  const page = await newPage(browser, options);
  await openLoaded(page);
  await page.selectOption("#speed", "¼×");
  await put(page, { item: '{"city": "Denver"}' });
  await says(page, /1 of 2 votes so far/);
  await page.click("#play");
  await page.locator(".ring").scrollIntoViewIfNeeded();
  return page;
}

/** Clicks messages that a sweep of the pointer comes upon, until one is such a one. Owners tell indexes
 * of what they have written at the same time. */
async function clickMessage(page, kind) {
  const { x, y, width, height } = await page.locator(".ring").boundingBox();
  const menu = page.locator(".message-menu");
  for (let down = 60; down < height - 60; down += 9) {
    for (let right = 60; right < width - 60; right += 9) {
      await page.mouse.move(x + right, y + down);
      if ((await page.locator(".ring[data-over-message]").count()) > 0) {
        await page.mouse.click(x + right, y + down);
        if (kind.test(await menu.textContent())) {
          return;
        }
        await page.keyboard.press("Escape");
        await menu.waitFor({ state: "detached" });
      }
    }
  }
  assert.fail(`there is no message on the ring that says ${kind}`);
}

test("a message is clicked, a refusal is told in place, and it is dropped", async () => {
  const page = await standing();
  await clickMessage(page, /write [A-E] → [A-E]“store this version”/);
  const menu = page.locator(".message-menu");
  await menu.locator("input").fill("20s");
  await menu.getByText("Delay by").click();
  assert.match(await menu.locator(".problem").textContent(), /no message lives longer than 10s/);
  await menu.getByText("Drop").click();
  await menu.waitFor({ state: "detached" });
  await show(page, "console");
  await command(page, "messages");
  assert.doesNotMatch(await newest(page), /write.*\n.*write/);
  assert.deepEqual(page.complaints, []);
});

test("by keyboard, m opens a message and Escape closes it", async () => {
  const page = await standing();
  await page.locator('[data-node="0"]').focus();
  await page.keyboard.press("m");
  const menu = page.locator(".message-menu");
  await menu.getByText("Duplicate").click();
  await menu.waitFor({ state: "detached" });
  await page.locator('[data-node="0"]').focus();
  await page.keyboard.press("m");
  await menu.waitFor();
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "detached" });
  assert.deepEqual(page.complaints, []);
});

test("a line that is dragged across splits the network; Escape and a short line do not", async () => {
  const page = await standing();
  const { x, y, width, height } = await page.locator(".ring").boundingBox();
  const place = ([right, down]) => [x + width * right, y + height * down];
  const drag = async (from, to) => {
    await page.mouse.move(...place(from));
    await page.mouse.down();
    await page.mouse.move(...place([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
    await page.mouse.move(...place(to));
  };
  const told = page.locator(".ring-told");
  await drag([0.42, 0.13], [0.62, 0.85]);
  assert.match(await told.textContent(), /Release to cut D, E off from A, B, C: split D E/);
  await page.keyboard.press("Escape");
  await told.waitFor({ state: "detached" });
  await page.mouse.up();
  await drag([0.42, 0.13], [0.45, 0.16]);
  await page.mouse.up();
  assert.equal(await page.locator(".cut").count(), 0);
  await drag([0.42, 0.13], [0.62, 0.85]);
  await page.mouse.up();
  await page.locator(".cut").waitFor({ state: "attached" });
  assert.match(await page.locator(".trouble").textContent(), /D and E|D, E/);
  assert.deepEqual(page.complaints, []);
});

test("the moment is saved as SVG and as PNG", async () => {
  const page = await standing({ acceptDownloads: true });
  const saved = async (kind) => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click(`#save-${kind}`),
    ]);
    return readFile(await download.path());
  };
  const svg = (await saved("svg")).toString();
  assert.ok(svg.startsWith("<svg xmlns=") && svg.includes("put Airports/DEN"));
  assert.ok(!svg.includes("var(") && !svg.includes("class="), "it needs a style sheet");
  const problem = await page.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    return parsed.querySelector("parsererror")?.textContent;
  }, svg);
  assert.equal(problem, undefined);
  const png = await saved("png");
  assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from("PNG")]);
  assert.equal(png.readUInt32BE(16), 2000);
  assert.deepEqual(page.complaints, []);
});
