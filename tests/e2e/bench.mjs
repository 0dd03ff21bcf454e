// Figures that only a browser can give: node bench.mjs ROW..., started by `cargo xtask bench`.
// Prints one JSON line per row: row, value, unit, and the spread as [lowest, highest].

import { gzipSync } from "node:zlib";
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
};

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
