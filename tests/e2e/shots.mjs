// Pictures of named states: node shots.mjs FOLDER [STATE...], started by `cargo xtask shots`.
// Each state is taken in every variant, as FOLDER/STATE-VARIANT.png.

import path from "node:path";
import { NARROW, WIDE, launch, newPage, open } from "./support.mjs";

// Name of a state, and how to bring a fresh page to it.
const STATES = {
  start: async (page) => {
    await open(page);
  },
};

// Playwright's context options.
const VARIANTS = {
  light: { viewport: WIDE, colorScheme: "light" },
  dark: { viewport: WIDE, colorScheme: "dark" },
  narrow: { viewport: NARROW, colorScheme: "light", deviceScaleFactor: 2, hasTouch: true },
};

const [folder, ...named] = process.argv.slice(2);
const unknown = named.filter((state) => !(state in STATES));
if (!folder || unknown.length > 0) {
  console.error(`unknown: ${unknown.join(", ")}; the states are ${Object.keys(STATES).join(", ")}`);
  process.exit(1);
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
process.exitCode = failures > 0 ? 1 : 0;
