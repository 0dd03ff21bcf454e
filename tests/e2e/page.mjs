// The page as a person sees it: words for what tests do to it again and again.

import assert from "node:assert/strict";
import { open } from "./support.mjs";

/** What the words under the ring say. */
export const words = (page) => page.locator(".words p").first().textContent();

/** Waits until the words under the ring match. */
export async function says(page, pattern) {
  await page.waitForFunction(
    ([source, flags]) =>
      new RegExp(source, flags).test(document.querySelector(".words p")?.textContent ?? ""),
    [pattern.source, pattern.flags],
  );
}

/** Opens the page, lets the opening write end and the airports load. */
export async function openLoaded(page, rest = "") {
  await open(page, rest);
  await page.selectOption("#speed", "16×");
  await page.waitForSelector("#sample-loaded", { state: "attached" });
  await rests(page);
}

/** Waits until nothing moves. */
export async function rests(page) {
  await page.waitForFunction(() =>
    /nothing moves|paused/.test(document.querySelector(".transport .state").textContent),
  );
}

export async function show(page, panel) {
  await page.click(`#tab-${panel}`);
}

/** Gives a line to the command bar. */
export async function command(page, line) {
  await show(page, "console");
  await page.fill("#command", line);
  await page.click("#send");
}

/** What the newest line of the session says that came of it. */
export async function newest(page) {
  return (await page.locator(".transcript li pre").first().textContent()).trim();
}

/** The digests of trace and state, by the command that prints them. */
export async function digests(page) {
  await command(page, "digest");
  const text = await newest(page);
  const [, trace, state] = /^trace ([0-9a-f]{32})\s+state ([0-9a-f]{32})$/.exec(text) ?? [];
  assert.ok(state, `digest printed ${text}`);
  return { trace, state };
}

/** The letters of an item's owners, first owner first. */
export async function owners(page, key) {
  await command(page, `replicas Airports ${key}`);
  const text = await newest(page);
  return [...text.matchAll(/^([A-Z]+) owner/gm)].map(([, node]) => node);
}

export async function put(page, { key = "DEN", item = "{}", votes = "" } = {}) {
  await show(page, "console");
  await page.fill("#key", key);
  await page.fill("#item", item);
  await page.selectOption("#votes", votes);
  await page.click("#put");
}

/** Waits until the indexes of the airports are in step. */
export async function indexed(page) {
  await show(page, "tables");
  await pass(page, "10s");
  await page.waitForFunction(() => {
    const lags = [...document.querySelectorAll("#table-indexes .lag")];
    return lags.length === 2 && lags.every((lag) => lag.textContent === "in step");
  });
}

/** An error that stands next to where it was caused. */
export async function problem(page, id, pattern) {
  const text = await page.locator(`#${id}`).textContent();
  assert.match(text, pattern);
  assert.ok(await page.locator(`#${id}`).isVisible(), `${id} is hidden`);
}

/** Does something to a node by the form for faults. */
export async function breakNode(page, verb, name) {
  await show(page, "faults");
  await page.selectOption("#fault-node", name);
  await page.click(`#fault-${verb}`);
}

/** Lets virtual time pass at once. */
export const pass = (page, span) => page.click(`#pass-${span}`);

/** What is said of a node on the ring. */
export const node = (page, name) =>
  page.locator(`.ring [aria-label^="Node ${name},"]`).getAttribute("aria-label");

/** Waits until the session tells of something that happened by itself. */
export async function happened(page, pattern) {
  await page.waitForFunction(
    (source) =>
      [...document.querySelectorAll(".transcript li.happened pre")].some((told) =>
        new RegExp(source).test(told.textContent),
      ),
    pattern.source,
  );
}

// Counts the animation frames that the page requests from its start on; before it is opened. The
// result tells how many there were so far.
export async function countFrames(page) {
  await page.addInitScript(() => {
    window.frames_requested = 0;
    const request = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) => {
      window.frames_requested += 1;
      return request(callback);
    };
  });
  return () => page.evaluate(() => window.frames_requested);
}
