// Pictures of named states: node shots.mjs FOLDER [STATE...], started by `cargo xtask shots`.
// Each state is taken in every variant, as FOLDER/STATE-VARIANT.png.

import path from "node:path";
import { fileURLToPath } from "node:url";
import { command, indexed, openLoaded, owners, put, rests, says, show } from "./page.mjs";
import { NARROW, WIDE, launch, newPage, open } from "./support.mjs";

// Name of a state, and how to bring a fresh page to it; the tests of access look at some of them too.
export const STATES = {
  // The first motion: a write on its way to its replicas.
  start: async (page) => {
    await open(page);
    await says(page, /coordinates this write/);
    await page.click("#play");
  },
  // At rest, with all airports.
  loaded: openLoaded,
  // A replica is down: W=3 fails.
  failed: async (page) => {
    await openLoaded(page);
    const [, second] = await owners(page, "DEN");
    await command(page, `crash ${second}`);
    await put(page, { item: '{"try": 3}', votes: "3" });
    await says(page, /^Failed/);
    await rests(page);
  },
  // A replica that was down is back, and stale.
  stale: async (page) => {
    await openLoaded(page);
    const [first, second] = await owners(page, "DEN");
    await command(page, `crash ${second}`);
    await put(page, { item: '{"city": "Denver", "visits": 2}' });
    await says(page, /^Written/);
    await rests(page);
    await command(page, `restart ${second}`);
    await command(page, "get Airports DEN r=3");
    await says(page, /^Found/);
    await rests(page);
    await show(page, "inspect");
  },
  // The panels.
  cluster: async (page) => {
    await openLoaded(page);
    await command(page, "crash C");
    await show(page, "cluster");
  },
  inspect: async (page) => {
    await openLoaded(page);
    await page.locator('[aria-label^="Node B"]').first().click();
  },
  request: async (page) => {
    await openLoaded(page);
    await put(page, { item: '{"city": "Denver"}' });
    await says(page, /^Written/);
    await rests(page);
    await show(page, "inspect");
    await page.locator("#panel-inspect .plain .link").first().click();
  },
  message: async (page) => {
    await open(page);
    await says(page, /coordinates this write/);
    await page.click("#play");
    await show(page, "inspect");
    await page.locator("#panel-inspect .plain .link").first().click();
    await page.getByText("Its messages").click();
    await page.locator("#request-messages tr", { hasText: "under way" }).locator(".link").first().click();
  },
  charts: async (page) => {
    await openLoaded(page);
    await page.getByRole("button", { name: "Make a read stale" }).click();
    await says(page, /^Found/);
    await rests(page);
    await show(page, "charts");
  },
  projector: async (page) => {
    await openLoaded(page);
    await page.click("#projector");
  },
  // A table as it was before two mistakes.
  backups: async (page) => {
    await openLoaded(page);
    await show(page, "backups");
    await page.click("#pitr-on");
    await command(page, "run 2s");
    for (const line of [`put Airports SEA '{"city": "Oops"}'`, "run 1s", "delete Airports JFK", "run 1s"]) {
      await command(page, line);
      await rests(page);
    }
    await show(page, "backups");
    await page.click("#back-up");
    await rests(page);
    await page.click("#pitr-before");
    await page.click("#pitr-before");
  },
  snapshots: async (page) => {
    await openLoaded(page);
    await command(page, "snapshot 'before the crash'");
    await command(page, "crash C");
    await command(page, "snapshot 'C is down'");
    await command(page, "cluster nodes=12 vnodes=4");
    await page.waitForSelector("#sample-loaded", { state: "attached" });
    await command(page, "pause F");
    await command(page, "snapshot 'one of twelve hangs'");
    await command(page, "snapshot needless");
    await command(page, "snapshots every=10s keep=3");
    await show(page, "snapshots");
    await page.getByRole("button", { name: "Restore before the crash" }).click();
    await page.getByRole("button", { name: "Delete needless" }).click();
    await page.locator("#take").evaluate((button) => button.scrollIntoView({ block: "center" }));
  },
  // No room for one more: what would have to go.
  full: async (page) => {
    await openLoaded(page);
    for (const name of ["monday", "tuesday"]) await command(page, `snapshot ${name}`);
    await page.evaluate(() => {
      for (let size = 1 << 22; size >= 1; size >>= 1) {
        try {
          for (let i = 0; ; i += 1) localStorage.setItem(`filler-${size}-${i}`, "x".repeat(size));
        } catch {
          // This size does not fit any more: try the next smaller one.
        }
      }
    });
    await show(page, "snapshots");
    await page.fill("#snapshot-name", "wednesday");
    await page.click("#take");
    await page.waitForSelector("#storage-full");
  },
  // In the past of a run, and two branches beside each other.
  past: async (page) => {
    await openLoaded(page);
    await put(page, { item: '{"price": 1}' });
    await says(page, /^Written/);
    await rests(page);
    for (let step = 0; step < 9; step += 1) await page.click("#back");
  },
  branches: async (page) => {
    await openLoaded(page);
    await command(page, "crash C");
    await put(page, { item: '{"price": 1}' });
    await says(page, /^Written/);
    await rests(page);
    await command(page, "undo");
    await command(page, "undo");
    await put(page, { item: '{"price": 2}' });
    await says(page, /^Written/);
    await rests(page);
    await command(page, "compare main b2");
    await show(page, "run");
  },
  keys: async (page) => {
    await openLoaded(page);
    await page.click("#keys-list");
  },
  mistake: async (page) => {
    await openLoaded(page);
    await put(page, { item: '{"city": Denver}' });
  },
  // Failure and repair: a sloppy write with a hint, a split, a paused node, a wrong clock.
  sloppy: async (page) => {
    await openLoaded(page);
    const [first, second, third] = await owners(page, "DEN");
    const other = [..."ABCDE"].find((node) => ![first, second, third].includes(node));
    await command(page, "set quorum=sloppy");
    await command(page, `crash ${second}`);
    await command(page, `clock ${first} skew=5s`);
    await command(page, `slow ${other} 2ms`);
    await command(page, "run 10s");
    await command(page, `split ${[..."ABCDE"].findLast((node) => ![first, second, third].includes(node))}`);
    await put(page, { item: '{"city": "Denver", "sloppy": true}', votes: "3" });
    await says(page, /^Written/);
    await rests(page);
  },
  // A write in the middle of a split: a message is lost on its way.
  split: async (page) => {
    await openLoaded(page);
    const [, second, third] = await owners(page, "DEN");
    await command(page, `split ${second} ${third}`);
    await page.selectOption("#speed", "¼×");
    await put(page, { item: '{"city": "Denver", "split": true}' });
    await page.waitForSelector(".timeline-refused", { state: "attached" });
    await page.waitForTimeout(1500);
    await page.click("#play");
  },
  siblings: async (page) => {
    await openLoaded(page);
    await command(page, "table Carts id resolve=siblings");
    await command(page, "crash C");
    await command(page, "run 10s");
    await command(page, "put Carts c1 '{\"items\":[\"milk\"]}'");
    await command(page, "client2: put Carts c1 '{\"items\":[\"bread\"]}'");
    await rests(page);
    await command(page, "get Carts c1");
    await says(page, /^2 siblings/);
    await rests(page);
    await show(page, "inspect");
  },
  siblingform: async (page) => {
    await openLoaded(page);
    await page.fill("#table", "Carts");
  },
  faults: async (page) => {
    await openLoaded(page);
    await command(page, "split A B from='C D'");
    await command(page, "link A E latency=50ms loss=10 oneway=true");
    await command(page, "pause E");
    await command(page, "wipe D");
    await command(page, "in 5s 'crash A'");
    await show(page, "faults");
  },
  // Requests that come by themselves: most about one item, while an owner of it is down.
  workload: async (page) => {
    await openLoaded(page);
    await show(page, "workload");
    await page.getByRole("button", { name: "Hot key" }).click();
    await page.click("#start-workload");
    await page.selectOption("#speed", "real time");
    await page.waitForTimeout(6_000);
    await page.click("#play");
  },
  // A node joins: its items are on their way.
  joins: async (page) => {
    await openLoaded(page);
    await show(page, "cluster");
    await page.click("#add-node");
    await page.click("#do-change");
    await page.waitForFunction(() =>
      /: [1-9]\d{2,} of/.test(document.querySelector(".words .elastic-now")?.textContent ?? ""),
    );
    await page.click("#play");
  },
  // A node is to leave: what that would move.
  leaves: async (page) => {
    await openLoaded(page);
    await page.locator('[aria-label^="Node B"]').first().click();
    await page.click("#remove-node");
  },
  // Requests to tables: a query by an index, and its response.
  tables: async (page) => {
    await openLoaded(page);
    await indexed(page);
    await page.selectOption("#tables-verb", { label: "Query" });
    await page.selectOption("#index", "by-state");
    await page.fill("#key-1", "CO");
    await page.click("#add-clause");
    await page.fill("#clause-name-1", "latitude");
    await page.selectOption("#clause-test-1", ">");
    await page.fill("#clause-value-1", "39.5");
    await page.click("#tables-run");
    await page.waitForSelector("#tables-items");
    await rests(page);
  },
  // A table with an index, as the form makes it.
  newtable: async (page) => {
    await openLoaded(page);
    await show(page, "tables");
    await page.selectOption("#tables-verb", { label: "Create a table" });
    await page.click("#add-index");
    await page.fill("#index-name-1", "by-state");
    await page.fill("#index-partition-1", "state");
  },
  // An item, and where its entries in indexes lie.
  entries: async (page) => {
    await openLoaded(page);
    await indexed(page);
    await command(page, "get Airports SEA");
    await says(page, /^Found/);
    await rests(page);
    await show(page, "inspect");
  },
  // Other clusters.
  three: async (page) => {
    await openLoaded(page);
    await command(page, "cluster nodes=3 vnodes=1 n=3");
    await page.waitForSelector("#sample-loaded", { state: "attached" });
    await command(page, "get Airports SEA");
    await says(page, /^Found/);
    await rests(page);
  },
  wan: async (page) => {
    await openLoaded(page);
    await command(page, "cluster nodes=12 vnodes=16 n=3 r=2 w=2 network=wan");
    await page.waitForSelector("#sample-loaded", { state: "attached" });
    await page.selectOption("#speed", "1×");
    await command(page, "put Airports SEA '{}'");
    await says(page, /1 of 2 votes so far/);
    await page.click("#play");
  },
  many: async (page) => {
    await openLoaded(page);
    await command(page, "cluster nodes=100 vnodes=256 n=3");
    await page.waitForSelector("#sample-loaded", { state: "attached" });
    await command(page, "get Airports SEA");
    await says(page, /^Found/);
    await rests(page);
  },
};

// Playwright's context options.
const VARIANTS = {
  light: { viewport: WIDE, colorScheme: "light" },
  dark: { viewport: WIDE, colorScheme: "dark" },
  narrow: { viewport: NARROW, colorScheme: "light", deviceScaleFactor: 2, hasTouch: true },
};

async function main([folder, ...named]) {
  const unknown = named.filter((state) => !(state in STATES));
  if (!folder || unknown.length > 0) {
    console.error(`unknown: ${unknown.join(", ")}; the states are ${Object.keys(STATES).join(", ")}`);
    return 1;
  }
  let failures = 0;
  const browser = await launch();
  for (const state of named.length > 0 ? named : Object.keys(STATES)) {
    for (const [variant, options] of Object.entries(VARIANTS)) {
      const page = await newPage(browser, options);
      const file = path.join(folder, `${state}-${variant}.png`);
      try {
        await STATES[state](page);
        await page.screenshot({ path: file });
        console.log(file);
      } catch (error) {
        failures += 1;
        console.error(`${state}, ${variant}: ${error.message}`);
      }
      for (const complaint of page.complaints) {
        console.error(`${state}, ${variant}: ${complaint}`);
      }
      await page.context().close();
    }
  }
  await browser.close();
  return failures > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
