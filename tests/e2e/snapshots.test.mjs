// Snapshots: taken, told apart, restored and undone; by a schedule; in two tabs at once; and where the
// storage is really full, really denied, or damaged.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { address, launch, launchWithoutStorage, newPage, ready } from "./support.mjs";
import { command, digests, newest, openLoaded, problem, put, rests, says, show } from "./page.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const QUOTA = 5 * 2 ** 20;

async function loaded() {
  const page = await newPage(browser);
  await openLoaded(page);
  return page;
}

async function take(page, name = "") {
  await show(page, "snapshots");
  await page.fill("#snapshot-name", name);
  await page.click("#take");
}

/** The names in the list, newest first. */
const names = (page) =>
  page.evaluate(() => [...document.querySelectorAll(".snapshots .name")].map((it) => it.value));

/** Waits until the list has these names. */
async function lists(page, expected) {
  await page.waitForFunction(
    (expected) =>
      JSON.stringify([...document.querySelectorAll(".snapshots .name")].map((it) => it.value)) ===
      JSON.stringify(expected),
    expected,
  );
}

async function restore(page, name) {
  await show(page, "snapshots");
  await page.getByRole("button", { name: `Restore ${name}`, exact: true }).click();
}

async function writeOn(page) {
  await put(page, { item: '{"later": 1}' });
  await says(page, /^Written/);
  await rests(page);
}

/** Fills the storage with data of others, but for so many units; returns how much it holds then. */
function fill(page, leave = 0) {
  return page.evaluate((leave) => {
    localStorage.setItem("spare", "x".repeat(leave));
    for (let size = 1 << 22; size >= 1; size >>= 1) {
      try {
        for (let i = 0; ; i += 1) localStorage.setItem(`filler-${size}-${i}`, "x".repeat(size));
      } catch {
        // This size does not fit any more: try the next smaller one.
      }
    }
    // To the last unit: a key of one, and what is left for its text.
    for (let rest = 30; rest >= 0; rest -= 1) {
      try {
        localStorage.setItem("p", "x".repeat(rest));
        break;
      } catch {
        // Less is left.
      }
    }
    localStorage.removeItem("spare");
    const all = Object.entries(localStorage);
    return all.reduce((sum, [key, text]) => sum + key.length + text.length, 0);
  }, leave);
}

const keys = (page, prefix) =>
  page.evaluate((prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)), prefix);

test("snapshot, reload, restore: the same digests, and the run goes on", async () => {
  const page = await loaded();
  await show(page, "snapshots");
  assert.match(await page.locator("#no-snapshots").textContent(), /None yet/);
  await put(page, { item: '{"kept": true}' });
  await says(page, /^Written/);
  await rests(page);
  const kept = await digests(page);
  await take(page, "before the reload");
  await lists(page, ["before the reload"]);
  await page.reload();
  await openLoaded(page);
  assert.notEqual((await digests(page)).state, kept.state);
  await restore(page, "before the reload");
  assert.match(await page.locator("#snapshot-told").textContent(), /^Restored “before the reload”/);
  assert.deepEqual(await digests(page), kept);
  await command(page, "get Airports DEN");
  await says(page, /^Found/);
  assert.match(await newest(page), /"kept":true/);
  assert.deepEqual(page.complaints, []);
});

test("two snapshots can be told apart at a glance", async () => {
  const page = await loaded();
  await take(page, "all is well");
  await command(page, "crash C");
  await take(page, "C is down");
  await lists(page, ["C is down", "all is well"]);
  const rows = page.locator(".snapshots li");
  const facts = await rows.first().locator(".hint").textContent();
  assert.match(facts, /at [\d.]+m?s\s*[\d,]+ items\s*5 nodes\s*N 3 R 2 W 2/);
  assert.match(facts, /just now|seconds? ago/);
  assert.match(facts, /\d KB/);
  assert.match(facts, /after crash C/);
  const picture = (at) => rows.nth(at).locator("svg").getAttribute("aria-label");
  assert.equal(await picture(0), "5 nodes, C down");
  assert.equal(await picture(1), "5 nodes");
  assert.equal(await rows.first().locator(".is-down").count(), 1);
});

test("a world that is restored while the airports are on their way stays as it was", async () => {
  const page = await loaded();
  const kept = await digests(page);
  await command(page, "snapshot kept");
  let deliver;
  const asked = new Promise((resolve) => {
    page.route("**/airports.json", (route) => {
      deliver = () => route.continue();
      resolve();
    });
  });
  await page.reload();
  await page.selectOption("#speed", "16×");
  await asked;
  await command(page, "restore kept");
  deliver();
  await page.waitForTimeout(500);
  assert.deepEqual(await digests(page), kept);
});

test("snapshots are named, saved, opened, deleted, and put back", async () => {
  const page = await loaded();
  const kept = await digests(page);
  await take(page, "first");
  await page.fill(".snapshots .name", "renamed");
  await page.locator(".snapshots .name").blur();
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(".snapshots .export")]);
  assert.equal(download.suggestedFilename(), "renamed.ringscope");
  const file = await readFile(await download.path());
  await page.click(".snapshots .delete");
  await lists(page, []);
  await page.click("#undo-delete");
  await lists(page, ["renamed"]);
  await page.click(".snapshots .delete");
  await lists(page, []);
  await page.setInputFiles("#import", { name: "back.ringscope", mimeType: "", buffer: file });
  await lists(page, ["back"]);
  await writeOn(page);
  await restore(page, "back");
  assert.deepEqual(await digests(page), kept);
  await page.reload();
  await openLoaded(page);
  await show(page, "snapshots");
  await lists(page, ["back"]);
  assert.deepEqual(page.complaints, []);
});

test("whatever replaces the run, one click brings it back", async () => {
  const page = await loaded();
  await take(page, "early");
  await writeOn(page);
  const run = await digests(page);
  const undone = async (what) => {
    await show(page, "snapshots");
    assert.match(await page.locator(".undo").last().textContent(), /The run before is whole, as branch/);
    await page.click("#undo-restore");
    assert.deepEqual(await digests(page), run, what);
  };
  await restore(page, "early");
  assert.notDeepEqual(await digests(page), run);
  await undone("after a restore");
  await command(page, "restore early");
  await undone("after a restore by its line");
  await command(page, "cluster nodes=3");
  await undone("after a new cluster");
  // From the past of a run: what was ahead of the cursor is still there.
  await command(page, "undo");
  await restore(page, "early");
  await show(page, "snapshots");
  await page.click("#undo-restore");
  await command(page, "goto end");
  assert.deepEqual(await digests(page), run);
  assert.deepEqual(page.complaints, []);
});

test("by schedule: the newest are kept, others stay, and the run does not notice", async () => {
  const page = await loaded();
  await command(page, "set gossip=1s");
  await rests(page);
  await take(page, "by hand");
  const start = await newestTime(page);
  await page.click("#schedule summary");
  await page.fill("#schedule-every", "soon");
  await page.click("#schedule-start");
  await problem(page, "schedule-problem", /not a span of time/);
  await page.fill("#schedule-every", "1s");
  await page.fill("#schedule-keep", "2");
  await page.click("#schedule-start");
  for (let round = 0; round < 4; round += 1) {
    // The schedule takes a breath of a second of real time.
    await page.waitForTimeout(1_100);
    await command(page, "run 2s");
  }
  await show(page, "snapshots");
  const taken = await names(page);
  assert.equal(taken.length, 3, taken.join());
  assert.ok(taken.slice(0, 2).every((name) => /^schedule \d+s$/.test(name)), taken.join());
  assert.equal(taken[2], "by hand");
  assert.match(await page.locator("#schedule summary").textContent(), /every 1s: 2 of 2 kept/);
  const watched = await digests(page);
  // Travelling in the past passes the same instants, and takes nothing.
  await command(page, `goto ${start}`);
  await page.waitForTimeout(1_100);
  await command(page, "run 3s");
  await show(page, "snapshots");
  assert.deepEqual(await names(page), taken);
  await page.click("#schedule-stop");
  // The same run again, unwatched.
  await restore(page, "by hand");
  await command(page, "run 8s");
  assert.deepEqual(await digests(page), watched);
  assert.deepEqual(page.complaints, []);
});

/** The virtual time of the newest snapshot. */
async function newestTime(page) {
  const facts = await page.locator(".snapshots li .hint").first().textContent();
  return /at ([\d.]+\S*s)/.exec(facts)[1];
}

test("when the storage is full, the page says what would have to go, and nothing goes by itself", async () => {
  const page = await loaded();
  for (const name of ["oldest", "middle", "latest"]) await take(page, name);
  await lists(page, ["latest", "middle", "oldest"]);
  // Later snapshots are a little larger: without the oldest one there is room for one more.
  await fill(page, 20_000);
  await writeOn(page);
  const kept = await digests(page);
  await take(page, "one more");
  const full = page.locator("#storage-full");
  assert.match(await full.textContent(), /No room for “one more”.*takes \d+\.\d% .*0\.[34]% is free/s);
  assert.match(await full.textContent(), /Other data of this site takes \d+/);
  assert.deepEqual(await names(page), ["latest", "middle", "oldest"]);
  const chosen = await full.locator("label", { has: page.locator("input:checked") }).allTextContents();
  assert.equal(chosen.length, 1);
  assert.match(chosen[0], /^oldest/);
  // A file instead; it stays here until one lets it go, and even then it can come back.
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save-instead")]);
  assert.equal(download.suggestedFilename(), "one-more.ringscope");
  await page.click("#let-go");
  await page.waitForSelector("#storage-full", { state: "detached" });
  await page.click("#undo-delete");
  await page.waitForSelector("#storage-full");
  await page.click("#make-room");
  await lists(page, ["one more", "latest", "middle"]);
  assert.equal(await full.count(), 0);
  await command(page, "cluster nodes=3");
  await restore(page, "one more");
  assert.deepEqual(await digests(page), kept);
  assert.deepEqual(page.complaints, []);
});

test("a storage full of other data is told, and is not ours to clear", async () => {
  const page = await loaded();
  // What is shorter than the shortest key with its value fits nowhere.
  const left = QUOTA - (await fill(page));
  assert.ok(left >= 0 && left < 16, `the quota is another one than the page believes, by ${left}`);
  const before = await page.evaluate(() => localStorage.length);
  await take(page, "no room");
  const full = page.locator("#storage-full");
  assert.match(await full.textContent(), /Deleting every snapshot would not be enough/);
  assert.ok(await page.locator("#make-room").isDisabled());
  assert.equal(await page.evaluate(() => localStorage.length), before);
  // Somebody else makes room: it fits.
  await page.evaluate(() => localStorage.removeItem("filler-4194304-0"));
  await page.evaluate(() => dispatchEvent(new StorageEvent("storage")));
  await page.click("#make-room");
  await lists(page, ["no room"]);
});

test("a schedule that finds no room says so once, and pauses", async () => {
  const page = await loaded();
  await command(page, "set gossip=1s");
  await fill(page);
  await command(page, "snapshots every=1s");
  await command(page, "run 2s");
  await show(page, "snapshots");
  assert.match(await page.locator("#schedule-paused").textContent(), /paused, because .* full/);
  assert.equal(await page.locator("#storage-full").count(), 0);
  assert.deepEqual(page.complaints, []);
});

test("two tabs, in turn and at once, lose nothing of each other", async () => {
  const one = await loaded();
  const other = await one.context().newPage();
  other.setDefaultTimeout(120_000);
  await openLoaded(other);
  await take(one, "of the first");
  await show(other, "snapshots");
  await lists(other, ["of the first"]);
  await take(other, "of the second");
  await lists(one, ["of the second", "of the first"]);
  // At once.
  const many = async (page, name) => {
    for (let at = 0; at < 4; at += 1) await take(page, `${name}${at}`);
  };
  await Promise.all([many(one, "a"), many(other, "b")]);
  const expected = ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3", "of the first", "of the second"];
  for (const page of [one, other]) {
    await page.waitForFunction((count) => document.querySelectorAll(".snapshots li").length === count, 10);
    assert.deepEqual((await names(page)).sort(), expected);
  }
  // Renamed in one, and another is deleted in the other before that one has drawn it.
  const named = (page, name) => page.locator(`.snapshots li`, { has: page.locator(`[aria-label="Delete ${name}"]`) });
  const rename = async () => {
    await named(one, "a1").locator(".name").fill("a1 renamed");
    // A tab behind another one has no focus to lose.
    await named(one, "a1").locator(".name").dispatchEvent("change");
  };
  await rename();
  await named(other, "b2").locator(".delete").click();
  for (const page of [one, other]) {
    await page.waitForSelector('[aria-label="Delete a1 renamed"]');
    await page.waitForSelector('[aria-label="Delete b2"]', { state: "detached" });
    assert.equal((await names(page)).length, 9);
  }
  // Every one of them can be restored after a reload.
  // A tab behind another one draws nothing.
  await one.bringToFront();
  await one.reload();
  await openLoaded(one);
  for (const name of ["a1 renamed", "b3", "of the first"]) {
    await restore(one, name);
    assert.match(await one.locator("#snapshot-told").textContent(), /^Restored/);
  }
  assert.deepEqual(one.complaints, []);
});

test("deleted by another tab between list and click: told, nothing lost", async () => {
  const page = await loaded();
  await take(page, "gone");
  const before = await digests(page);
  const [key] = await keys(page, "ringscope/snapshot/");
  // In the same tab no event tells of it.
  await page.evaluate((key) => localStorage.removeItem(key), key);
  await restore(page, "gone");
  await problem(page, "snapshot-problem", /another tab may have deleted it/);
  await lists(page, []);
  assert.deepEqual(await digests(page), before);
});

test("a lost index costs nothing, and what is not ours is named and left alone", async () => {
  const page = await loaded();
  const before = await digests(page);
  await take(page, "whole");
  await page.evaluate(() => {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("ringscope/index/")) localStorage.setItem(key, "scribble");
    }
    localStorage.setItem("ringscope/snapshot/letter", "to grandmother");
  });
  await page.reload();
  await openLoaded(page);
  await show(page, "snapshots");
  await lists(page, ["whole"]);
  assert.match(await page.locator("#storage-strangers").textContent(), /ringscope\/snapshot\/letter/);
  await restore(page, "whole");
  assert.deepEqual(await digests(page), before);
  assert.equal(
    await page.evaluate(() => localStorage.getItem("ringscope/snapshot/letter")),
    "to grandmother",
  );
});

test("damaged snapshots are refused, from a file and from the storage", async () => {
  const page = await loaded();
  const before = await digests(page);
  await take(page, "whole");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(".snapshots .export")]);
  const whole = await readFile(await download.path());
  const flipped = Buffer.from(whole);
  flipped[Math.floor(flipped.length / 2)] ^= 1;
  for (const [buffer, pattern] of [
    [Buffer.from("a letter to grandmother"), /not a Ringscope snapshot/],
    [Buffer.alloc(0), /not a Ringscope snapshot/],
    [whole.subarray(0, 1000), /checksum|shorter|missing|damaged/],
    [flipped, /checksum|damaged/],
    [Buffer.concat([whole.subarray(0, 8), Buffer.from([9]), whole.subarray(9)]), /version 9/],
  ]) {
    await page.setInputFiles("#import", { name: "odd.ringscope", mimeType: "", buffer });
    await page.waitForFunction(
      (source) => new RegExp(source).test(document.getElementById("snapshot-problem").textContent),
      pattern.source,
    );
  }
  for (const change of ["cut", "replaced", "emptied"]) {
    await page.evaluate((change) => {
      const key = Object.keys(localStorage).find((key) => key.startsWith("ringscope/snapshot/"));
      window.whole ??= localStorage.getItem(key);
      const { whole } = window;
      const changed = {
        cut: whole.slice(0, 2000),
        replaced: `${whole.slice(0, 2000)}\u3001\u3002${whole.slice(2002)}`,
        emptied: "AAAA",
      };
      localStorage.setItem(key, changed[change]);
    }, change);
    await page.click(".snapshots .restore");
    await problem(page, "snapshot-problem", /damaged|not a Ringscope snapshot/);
    assert.equal(await page.locator(".snapshots li").count(), 1);
  }
  assert.deepEqual(await digests(page), before);
  assert.deepEqual(page.complaints, []);
});

/** Where nothing may be stored: a notice, snapshots in memory, and files. */
async function worksInMemory(page, where) {
  await where.locator("#tab-snapshots").click();
  assert.match(await where.locator("#storage-notice").textContent(), /until the tab closes/);
  await where.locator("#take").click();
  await where.locator(".snapshots li").waitFor();
  await where.locator("#tab-console").click();
  await where.locator("#command").fill("cluster nodes=3");
  await where.locator("#send").click();
  await where.locator("#tab-snapshots").click();
  await where.locator(".snapshots .restore").click();
  await where.locator("#snapshot-told", { hasText: /^Restored/ }).waitFor();
  assert.equal(await where.locator(".facts b").first().textContent(), "5");
}

test("in a sandboxed frame snapshots are kept in memory, and the page says so", async () => {
  const page = await newPage(browser);
  await page.route("**/*", async (route) => {
    if (route.request().url().endsWith("/host.html")) {
      const body = `<title>A course</title><iframe sandbox="allow-scripts" src="./" width="1400" height="880"></iframe>`;
      return route.fulfill({ contentType: "text/html", body });
    }
    // A host that allows modules and wasm in such a frame, whose origin is no origin.
    const response = await route.fetch();
    const headers = { ...response.headers(), "access-control-allow-origin": "*" };
    return route.fulfill({ response, headers });
  });
  await page.goto(address("host.html"));
  const frame = page.frames().find((it) => it !== page.mainFrame());
  await ready(frame);
  const denied = await frame.evaluate(() => {
    try {
      return typeof window.localStorage;
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(denied, "SecurityError");
  await worksInMemory(page, frame);
});

test("where the browser blocks all storage, snapshots are kept in memory and in files", async () => {
  const context = await launchWithoutStorage();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(address());
    await ready(page);
    await assert.rejects(page.evaluate(() => localStorage.length), /denied/i);
    await worksInMemory(page, page);
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".snapshots .export")]);
    await page.click(".snapshots .delete");
    await lists(page, []);
    await page.setInputFiles("#import", await download.path());
    await page.waitForSelector(".snapshots li");
  } finally {
    await context.close();
  }
});

test("everything by keyboard, and the schedule by its line", async () => {
  const page = await loaded();
  await show(page, "snapshots");
  await page.focus("#take");
  await page.keyboard.press("Enter");
  await lists(page, ["Snapshot 1"]);
  await page.keyboard.press("Tab");
  await page.keyboard.type("by keyboard");
  await page.keyboard.press("Enter");
  await lists(page, ["by keyboard", "Snapshot 1"]);
  await page.focus(".snapshots .delete");
  await page.keyboard.press("Enter");
  await lists(page, ["Snapshot 1"]);
  await page.focus("#undo-delete");
  await page.keyboard.press("Enter");
  await lists(page, ["by keyboard", "Snapshot 1"]);
  await command(page, "snapshots every=10s keep=0");
  assert.match(await newest(page), /keep at least one/);
  await command(page, "snapshots every=10s");
  assert.match(await newest(page), /every 10s, the newest 5 are kept/);
  await command(page, "snapshots off");
  assert.deepEqual(page.complaints, []);
});
