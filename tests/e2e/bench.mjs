// Figures that only a browser can give: node bench.mjs ROW..., started by `cargo xtask bench`.
// Prints one JSON line per row: row, value, unit, and the spread as [lowest, highest].

import { gzipSync } from "node:zlib";
import { command, newest, openLoaded, rests, says } from "./page.mjs";
import { address, launch, newPage, ready } from "./support.mjs";

const REPEATS = 7;

// Name of a row, and how it is measured.
const ROWS = {
  // Quorum puts in the engine alone, compiled as for the page: see benches/browser.rs. The address is
  // that of a page which holds nothing else.
  "engine.put.wasm": async () => {
    const puts = 50_000;
    const browser = await launch();
    const page = await newPage(browser);
    await page.goto(address());
    await page.waitForFunction(() => window.engine !== undefined);
    const rates = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const took = await page.evaluate((count) => {
        window.engine.prepare(count);
        const begin = performance.now();
        window.engine.run();
        return performance.now() - begin;
      }, puts);
      rates.push((puts * 1000) / took);
    }
    await browser.close();
    return summary(rates, "puts/s");
  },

  // Every answer from the first navigation until the page can be used, each compressed as a
  // static host would, without headers.
  "page.bytes": async () => {
    const browser = await launch();
    const page = await newPage(browser);
    const answers = [];
    page.on("response", (response) => {
      if (response.url().startsWith("http")) answers.push(response);
    });
    await page.goto(address());
    await ready(page);
    let bytes = 0;
    for (const answer of [...answers]) {
      bytes += gzipSync(await answer.body(), { level: 9 }).length;
    }
    await browser.close();
    return { value: Math.round(bytes / 100) / 10, unit: "kB" };
  },

  // From the start of the navigation to the moment the page says it can be used, noted inside the
  // page so that the time of our own question does not count. A fresh profile each time.
  "page.usable_ms": async () => {
    const times = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const browser = await launch();
      const page = await newPage(browser);
      await page.addInitScript(() => {
        const note = () => {
          if (document.documentElement?.dataset.ready !== "true") return;
          window.usableAt ??= performance.now();
        };
        new MutationObserver(note).observe(document, {
          attributes: true,
          childList: true,
          subtree: true,
        });
      });
      await page.goto(address());
      await page.waitForFunction(() => window.usableAt !== undefined);
      times.push(await page.evaluate(() => window.usableAt));
      await browser.close();
    }
    return summary(times, "ms");
  },

  // Script per frame, 95th percentile, while gossip between 100 nodes of 256 vnodes keeps more than
  // 2,000 messages in flight, and one write goes on among them.
  "draw.frame_ms": async () => {
    const browser = await launch();
    const page = await newPage(browser);
    await openLoaded(page);
    await command(page, "cluster nodes=100 vnodes=256 network=wan");
    await page.waitForSelector("#sample-loaded", { state: "attached" });
    await command(page, "set gossip=10ms anti_entropy=off");
    await command(page, "link latency=100ms");
    await page.check("#gossip");
    await page.selectOption("#speed", "1×");
    const values = [];
    let fewest = Infinity;
    for (let repeat = 0; repeat < 3; repeat += 1) {
      await command(page, "run 400ms");
      await command(page, "put Airports SEA '{}'");
      await says(page, /coordinates this write/);
      values.push(percentile(await scriptPerFrame(browser, page, 1500), 0.95));
      await page.click("#play");
      await command(page, "messages");
      fewest = Math.min(fewest, (await newest(page)).split("\n").length);
      await page.click("#play");
      await rests(page);
    }
    await browser.close();
    if (fewest < 2000) throw new Error(`only ${fewest} messages were in flight`);
    return summary(values, "ms");
  },
};

/** Milliseconds of script in each frame for a while: the frame's own callbacks and all else. */
async function scriptPerFrame(browser, page, ms) {
  const categories = ["devtools.timeline", "v8.execute"];
  await browser.startTracing(page, { categories });
  await page.waitForTimeout(ms);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const scripts = ["FireAnimationFrame", "FunctionCall", "RunMicrotasks", "TimerFire", "EventDispatch"];
  const runs = traceEvents.filter(({ name, ph }) => ph === "X" && scripts.includes(name));
  const frame = runs.find(({ name }) => name === "FireAnimationFrame");
  const own = runs.filter(({ pid, tid }) => pid === frame.pid && tid === frame.tid);
  own.sort((a, b) => a.ts - b.ts);
  const frames = [];
  let end = 0;
  for (const { name, ts, dur } of own) {
    if (name === "FireAnimationFrame") frames.push(0);
    // What lies inside another one was counted with it.
    if (frames.length > 0 && ts >= end) {
      frames[frames.length - 1] += dur / 1000;
      end = ts + dur;
    }
  }
  return frames;
}

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)];
}

function summary(values, unit) {
  const sorted = values.map((value) => Math.round(value * 10) / 10).sort((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)];
  return { value, unit, spread: [sorted[0], sorted.at(-1)] };
}

for (const row of process.argv.slice(2)) {
  if (!(row in ROWS)) {
    console.error(`no measurement for ${row} here; there is one for ${Object.keys(ROWS).join(", ")}`);
    process.exit(1);
  }
  console.log(JSON.stringify({ row, ...(await ROWS[row]()) }));
}
