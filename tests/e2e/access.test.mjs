// For everyone: what axe can tell, in the main states, both themes and every panel; and what of WCAG
// 2.2 it cannot: targets, focus that is seen, zoom, narrow screens, reduced motion, forced colours.
// Panels are taken from the tab list, so that a new one is covered without a word here.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import { STATES } from "./shots.mjs";
import { NARROW, launch, newPage, open } from "./support.mjs";
import { openLoaded, put, says } from "./page.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const CONTROLS =
  'a[href], button, input, select, textarea, summary, [role="button"], [role="tab"], [tabindex="0"]';

async function loaded(options) {
  const page = await newPage(browser, options);
  await openLoaded(page);
  return page;
}

/** Opens every panel in turn, by whatever tabs there are. */
async function inEveryPanel(page, look) {
  for (const tab of await page.getByRole("tab").all()) {
    await tab.click();
    await look((await tab.textContent()).trim());
  }
}

/** What axe finds, a line for each element. */
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    window.axe.run({ resultTypes: ["violations"], rules: { "target-size": { enabled: true } } }),
  );
  const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => ({ id, ...node })));
  // Of a shape in a picture axe takes all that is written in and around it for its label, run
  // together. Its label is its letter: that this begins its name is asked for below.
  const isShape = ({ id, html }) => id === "label-content-name-mismatch" && html.startsWith("<g ");
  return [
    ...told.filter((it) => !isShape(it)).map((it) => `${it.id}: ${it.html.slice(0, 120)}: ${it.failureSummary}`),
    ...(await page.evaluate(misnamed)),
  ];
}

// In the page: nodes in pictures whose letter is not in their name, where one would say it.
function misnamed() {
  const letters = [...document.querySelectorAll('svg [role="button"] text[class$="letter"]')];
  const named = letters.map((letter) => [letter, letter.closest("[role]").getAttribute("aria-label")]);
  const wrong = named.filter(([letter, name]) => !name?.startsWith(`Node ${letter.textContent}`));
  return wrong.map(([letter, name]) => `the node ${letter.textContent} is named ${name}`);
}

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds nothing in any panel, ${colorScheme}`, async () => {
    const page = await loaded({ colorScheme });
    await inEveryPanel(page, async (panel) => {
      assert.deepEqual(await findings(page), [], panel);
    });
  });

  for (const state of ["start", "failed", "stale", "split", "siblings", "snapshots", "full", "backups", "workload", "mistake", "tables"]) {
    test(`axe finds nothing when it is ${state}, ${colorScheme}`, async () => {
      const page = await newPage(browser, { colorScheme });
      await STATES[state](page);
      assert.deepEqual(await findings(page), []);
      await page.context().close();
    });
  }
}

test("axe finds nothing on a phone, and every target can be hit by a finger", async () => {
  const page = await loaded({ viewport: NARROW, hasTouch: true });
  await inEveryPanel(page, async (panel) => {
    assert.deepEqual(await findings(page), [], panel);
    assert.deepEqual(await page.evaluate(small, CONTROLS), [], panel);
  });
});

// In the page: controls that offer less than 24 × 24 pixels. What has a label is hit by its label too.
function small(controls) {
  const seen = [...document.querySelectorAll(controls)].filter((it) => it.checkVisibility());
  const sizes = seen.map((it) => {
    const boxes = [it, it.closest("label")].filter(Boolean).map((one) => one.getBoundingClientRect());
    const side = Math.max(...boxes.map(({ width, height }) => Math.min(width, height)));
    return { side, name: `${side.toFixed(1)} px: ${it.outerHTML.slice(0, 100)}` };
  });
  return sizes.filter(({ side }) => side > 1 && side < 23.99).map(({ name }) => name);
}

for (const [what, options] of [
  ["at 200% zoom", { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
  ["on 320 pixels", { viewport: { width: 320, height: 640 }, deviceScaleFactor: 2 }],
]) {
  test(`${what} nothing scrolls sideways, and nothing is cut off`, async () => {
    const page = await loaded(options);
    await inEveryPanel(page, async (panel) => {
      assert.deepEqual(await page.evaluate(cutOff), [], panel);
    });
  });
}

// In the page: what reaches beyond the right edge, except inside of a box that scrolls by itself.
function cutOff() {
  const edge = document.documentElement.clientWidth;
  const scrolls = (it) => {
    for (let box = it.parentElement; box; box = box.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(box).overflowX)) return true;
    }
    return false;
  };
  const isHtml = (it) => it instanceof HTMLElement && it.checkVisibility();
  const reaches = (it) => it.getBoundingClientRect().right > edge + 1;
  const beyond = [...document.body.querySelectorAll("*")].filter(
    (it) => isHtml(it) && reaches(it) && !scrolls(it),
  );
  const found = beyond.map((it) => it.outerHTML.slice(0, 100));
  const { scrollWidth } = document.documentElement;
  return scrollWidth > edge ? [`${scrollWidth} > ${edge}`, ...found] : found;
}

test("wherever the focus is, it is seen, and it gets out again", async () => {
  const page = await loaded();
  await inEveryPanel(page, async (panel) => {
    // From the top of the page, where nothing can be hit.
    await page.evaluate(() => scrollTo(0, 0));
    await page.mouse.click(1, 1);
    const stops = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(focused);
      if (stop === null) break;
      assert.ok(stop.isShown, `${panel}: no sign of the focus on ${stop.name}`);
      assert.ok(stop.isInside, `${panel}: the focus is out of view on ${stop.name}`);
      stops.push(stop.name);
      assert.ok(stops.length < 200, `${panel}: no way out of ${stops.slice(-3).join(" ")}`);
    }
    assert.ok(stops.length > 10, `${panel}: only ${stops.length} stops`);
  });
});

// In the page: what has the focus, and whether that shows; null outside of the page's own elements.
function focused() {
  const it = document.activeElement;
  if (!it || it === document.body || it === document.documentElement) return null;
  const hasOutline = (one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  };
  const strong = (one, property) =>
    parseFloat(getComputedStyle(one)[property]) >= 3 && getComputedStyle(one).opacity === "1";
  // Shapes have a halo or a thick rim instead; a file field's label has the outline.
  const isShown =
    hasOutline(it) ||
    [...it.querySelectorAll('[class*="halo"], [class*="rim"]')].some((one) => strong(one, "strokeWidth")) ||
    (it.closest("label") !== null && hasOutline(it.closest("label")));
  const box = it.getBoundingClientRect();
  const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return { isShown, isInside, name: it.outerHTML.slice(0, 100) };
}

test("reduced motion turns flights into steps", async () => {
  const pictures = async (reducedMotion) => {
    const page = await newPage(browser, { reducedMotion });
    await open(page);
    const count = await page.evaluate(countPictures, 2_000);
    const animated = await page.evaluate(() => document.getAnimations().length);
    await says(page, /^Written/);
    await page.context().close();
    return { count, animated };
  };
  const moving = await pictures("no-preference");
  const still = await pictures("reduce");
  assert.ok(moving.count > 15, `only ${moving.count} different pictures in motion`);
  assert.ok(still.count <= 4, `${still.count} different pictures in 2 s of reduced motion`);
  assert.equal(still.animated, 0);
});

// In the page: how many different pictures the canvas shows in a span of real time.
async function countPictures(milliseconds) {
  const seen = new Set();
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    await new Promise(requestAnimationFrame);
    seen.add(document.querySelector("canvas.ring-messages").toDataURL());
  }
  return seen.size;
}

test("in forced colours nothing hangs on a background or on a colour of ours", async () => {
  const page = await loaded({ forcedColors: "active" });
  await inEveryPanel(page, async (panel) => {
    assert.deepEqual(await findings(page), [], panel);
    const [chosen, other] = await page.evaluate(() =>
      ["true", "false"].map((selected) => {
        const tab = document.querySelector(`[role="tab"][aria-selected="${selected}"]`);
        return getComputedStyle(tab).borderBottomColor;
      }),
    );
    assert.notEqual(chosen, other, `${panel}: the open tab looks like the others`);
  });
  await put(page);
  await says(page, /^Written/);
});

test("node colours stand out from the page, and letters from their nodes", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await newPage(browser, { colorScheme });
    await open(page);
    for (const { pair, contrast, least } of await page.evaluate(contrasts)) {
      assert.ok(contrast >= least, `${colorScheme}: ${pair} has ${contrast.toFixed(2)}`);
    }
    await page.context().close();
  }
});

// In the page: contrasts of colours that axe does not look at, since they are in pictures.
function contrasts() {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const style = getComputedStyle(document.documentElement);
  const luminance = (name) => {
    canvas.fillStyle = style.getPropertyValue(name).trim();
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((level) => {
      const share = level / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pair = (a, b, least) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return { pair: `${a} on ${b}`, contrast: (high + 0.05) / (low + 0.05), least };
  };
  const shapes = ["--good", "--bad", "--warn", "--edge", "--accent", "--muted"];
  return [
    ...Array.from({ length: 8 }, (_, at) => pair(`--node-${at}`, "--surface", 3)),
    ...Array.from({ length: 8 }, (_, at) => pair(`--ink-${at}`, `--node-${at}`, 4.5)),
    ...shapes.map((shape) => pair(shape, "--surface", 3)),
  ];
}
