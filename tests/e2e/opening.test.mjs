// The opening: what is kept of it is what the page draws, it moves before the engine is there, and
// the engine takes over without a jump. See src/ui/opening.rs.
//
// `cargo xtask opening` takes the pictures anew: look at the page before committing them.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { NARROW, WIDE, address, launch, newPage, ready } from "./support.mjs";
import { command, says } from "./page.mjs";

const FOLDER = new URL("../../www/opening/", import.meta.url);

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("the kept picture is what the page draws", async () => {
  const drawn = (await recorded("wide", WIDE)) + (await recorded("narrow", NARROW));
  const file = new URL("picture.html", FOLDER);
  if (process.env.UPDATE_GOLDENFILES) await writeFile(file, drawn);
  const told = "the opening looks otherwise now: see the head of this file";
  assert.ok((await readFile(file, "utf8")) === drawn, told);
});

/** The page at its first instant, and what changes in it at the later ones, as elements to inline. */
async function recorded(layout, viewport) {
  const messages = await readFile(new URL("messages.html", FOLDER), "utf8");
  const { instants } = JSON.parse(messages.replace(/<[^>]*>/g, ""));
  const page = await newPage(browser, { viewport });
  await withoutOpening(page);
  await page.addInitScript(holdFrames);
  await page.goto(address());
  await ready(page);
  await page.click("#play");
  await page.evaluate(() => window.letFramesPass());
  const pictures = [];
  let now = 0;
  for (const at of instants) {
    if (at > now) await command(page, `run ${at - now}us`);
    now = at;
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    pictures.push(await page.evaluate(picture));
  }
  const changes = instants.map((at, step) => ({
    at,
    parts: step === 0 ? [] : differences(pictures[step - 1], pictures[step]),
  }));
  await page.context().close();
  const lines = changes.filter(({ parts }) => parts.length > 0).map((change) => JSON.stringify(change));
  return (
    `<template id="opening-${layout}">${pictures[0].html}</template>\n` +
    `<script type="application/json" id="opening-changes-${layout}">[\n` +
    `${lines.join(",\n").replaceAll("<", "\\u003c")}\n]</script>\n`
  );
}

// The page begins without the opening: at the beginning of virtual time.
async function withoutOpening(page) {
  await page.route(address(), async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll("opening-messages", "no-messages");
    await route.fulfill({ response: answer, body });
  });
}

// In the page, before anything else: no animation frame comes until it is let.
function holdFrames() {
  const request = window.requestAnimationFrame.bind(window);
  const held = [];
  window.requestAnimationFrame = (callback) => held.push(callback);
  window.letFramesPass = () => {
    window.requestAnimationFrame = request;
    held.forEach(request);
  };
}

// In the page: its header and its ring, without what needs the engine, and the empty frames of the
// other panes. As a tree of plain objects, each with its HTML.
function picture() {
  const app = document.getElementById("app").cloneNode(true);
  const ring = app.querySelector(".ring");
  // The controls of time are covered, but their height says how much room there is for the ring.
  const transport = app.querySelector(".transport");
  for (const pane of app.querySelector("main").children) {
    if (!pane.contains(ring) && pane !== transport) pane.replaceChildren();
  }
  transport.style.position = "relative";
  for (const part of transport.children) part.inert = true;
  window.transportAtFirst ??= transport.cloneNode(true);
  transport.replaceWith(window.transportAtFirst.cloneNode(true));
  for (const it of app.querySelectorAll("button, details, select, input")) it.inert = true;
  for (const it of app.querySelectorAll("svg [role], svg [tabindex], svg[role]")) {
    for (const name of ["role", "tabindex", "aria-pressed"]) it.removeAttribute(name);
  }
  ring.querySelector(".ring-scene").setAttribute("role", "img");
  ring.querySelector("canvas").replaceWith();
  app.normalize();
  const tree = (node) => {
    if (node.nodeType !== Node.ELEMENT_NODE) return { text: node.nodeValue, html: node.nodeValue };
    // The order of attributes says nothing and is not always the same.
    const attributes = [...node.attributes].map(({ name, value }) => [name, value]).sort();
    for (const [name] of attributes) node.removeAttribute(name);
    for (const [name, value] of attributes) node.setAttribute(name, value);
    const children = [...node.childNodes].map(tree);
    const start = JSON.stringify([node.tagName, attributes]);
    return { start, children, html: node.outerHTML };
  };
  const whole = tree(app);
  return { ...whole, html: app.innerHTML };
}

/** What to replace in one tree to get the other: ways of child numbers, and HTML. */
function differences(old, now, way = []) {
  if (old.html === now.html) return [];
  const [were, are] = [old.children ?? [], now.children ?? []];
  const isSame = old.start !== undefined && old.start === now.start && are.length >= were.length;
  if (!isSame) return [[way, now.html]];
  return are.flatMap((child, at) =>
    at < were.length ? differences(were[at], child, [...way, at]) : [[[...way, at], child.html]],
  );
}

test("the first message moves while the engine is still on its way", async () => {
  const page = await newPage(browser);
  await page.route(/\.wasm$/, () => {});
  await page.goto(address(), { waitUntil: "commit" });
  const moved = await page.waitForFunction(() => document.querySelector(".opening-air path") !== null);
  assert.ok(moved);
  await says(page, /^E coordinates this write: 0 of 2 votes so far/);
  await says(page, /^Written: 2 of 2 votes/);
  assert.equal(await page.locator("#loading-bar").count(), 1);
});

test("the engine takes over at the instant that was reached, and nothing jumps", async () => {
  for (const viewport of [WIDE, NARROW]) {
    const page = await newPage(browser, { viewport });
    let deliver;
    await page.route(/\.wasm$/, (route) => {
      deliver = () => route.continue();
    });
    await page.goto(address(), { waitUntil: "commit" });
    await says(page, /^E coordinates this write: 1 of 2 votes so far/);
    const before = await page.evaluate(ringAndTime);
    deliver();
    await ready(page);
    const now = await page.evaluate(ringAndTime);
    assert.ok(now.us >= before.us, `${now.us} < ${before.us}`);
    assert.ok(Math.hypot(now.left - before.left, now.top - before.top) < 1, JSON.stringify([before, now]));
    assert.ok(Math.abs(now.width - before.width) < 1, JSON.stringify([before, now]));
    await says(page, /^Written: 2 of 2 votes/);
    assert.deepEqual(page.complaints, []);
  }
});

// In the page: where the ring is, and the virtual time in microseconds.
function ringAndTime() {
  const { left, top, width } = document.querySelector(".ring").getBoundingClientRect();
  return { left, top, width, us: Number(document.documentElement.dataset.opening) };
}

test("it can be paused, and the engine waits where it was", async () => {
  const page = await newPage(browser);
  let deliver;
  await page.route(/\.wasm$/, (route) => {
    deliver = () => route.continue();
  });
  await page.goto(address(), { waitUntil: "commit" });
  await says(page, /^E coordinates this write/);
  await page.click("#opening-play");
  const { us } = await page.evaluate(ringAndTime);
  deliver();
  await ready(page);
  await page.waitForTimeout(300);
  assert.equal((await page.locator("#play").textContent()).trim(), "▶ Play");
  assert.equal((await page.evaluate(ringAndTime)).us, us);
  await page.click("#play");
  await says(page, /^Written: 2 of 2 votes/);
});

test("under reduced motion it goes in steps", async () => {
  const page = await newPage(browser, { reducedMotion: "reduce" });
  await page.route(/\.wasm$/, () => {});
  await page.goto(address(), { waitUntil: "commit" });
  const seen = await page.evaluate(async () => {
    const pictures = new Set();
    const end = performance.now() + 2_000;
    while (performance.now() < end) {
      await new Promise(requestAnimationFrame);
      pictures.add(document.querySelector(".opening-air")?.innerHTML);
    }
    return pictures.size;
  });
  assert.ok(seen >= 2 && seen <= 5, `${seen} different pictures in 2 s`);
  await says(page, /^Written: 2 of 2 votes/);
});

test("where the engine cannot run, the page says why, and shows its first write", async () => {
  const page = await newPage(browser);
  await page.addInitScript(() => {
    delete window.WebAssembly;
  });
  await page.goto(address());
  await page.waitForFunction(() => document.documentElement.dataset.failed === "true");
  assert.match(await page.locator("#loading-words").textContent(), /cannot run WebAssembly/);
  await says(page, /^Written: 2 of 2 votes/);
});
