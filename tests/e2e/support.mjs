// What every script that drives the page in a browser shares: the browser and its flags, a fresh
// profile for each launch, and a page that remembers its complaints.
//
// `cargo xtask` sets RINGSCOPE_URL (a served build, ending in a slash), CHROMIUM and FIREFOX (the
// browsers' executables).

import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, firefox } from "playwright-core";

export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };

// How long anything may take before it counts as hung, in milliseconds: machines are slow at times.
const PATIENCE = 120_000;

// Headless, as root, in a container, without traffic of the browser's own.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function fromXtask(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run this through cargo xtask (test, shots or bench)`);
  }
  return value;
}

/** The address of the page, with a query or fragment if one is given: `address("?seed=7")`. */
export function address(rest = "") {
  return new URL(rest, fromXtask("RINGSCOPE_URL")).href;
}

/** Chromium with a fresh, empty profile. */
export function launch() {
  const executablePath = fromXtask("CHROMIUM");
  return chromium.launch({ executablePath, headless: true, args: FLAGS, timeout: PATIENCE });
}

/** Chromium whose owner has blocked all storage of all sites; a context of its own. */
export async function launchWithoutStorage() {
  const folder = await mkdtemp(join(tmpdir(), "ringscope-blocked-"));
  await mkdir(join(folder, "Default"));
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(folder, "Default", "Preferences"), JSON.stringify(blocked));
  const executablePath = fromXtask("CHROMIUM");
  const options = { executablePath, headless: true, args: FLAGS, timeout: PATIENCE, viewport: WIDE };
  return chromium.launchPersistentContext(folder, options);
}

/**
 * Firefox likewise: the one that people use, over WebDriver BiDi, and not a build made for tests.
 * Playwright is pinned to a version that asks this Firefox for nothing it does not know yet.
 */
export function launchFirefox() {
  const executablePath = fromXtask("FIREFOX");
  return firefox.launch({ executablePath, channel: "moz-firefox", headless: true, timeout: PATIENCE });
}

/**
 * A page in a context of its own (own storage, own cache). `options` are Playwright's context
 * options. `page.complaints` collects what no test may cause: errors on the console, uncaught
 * exceptions, and requests that fail or leave the page's own folder.
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.complaints = [];
  const complain = (what) => page.complaints.push(what);
  page.on("console", (message) => {
    if (message.type() === "error") complain(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complain(`exception: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A request that the page itself gave up, by leaving, is no failure.
    const reason = request.failure()?.errorText;
    if (!/ABORTED/.test(reason)) complain(`request: ${request.url()} (${reason})`);
  });
  page.on("request", (request) => {
    const url = request.url();
    const own = url.startsWith(address()) || /^(data|blob):/.test(url);
    if (!own) complain(`request to elsewhere: ${url}`);
  });
  return page;
}

/** Waits until the page says that it can be used. */
export async function ready(page) {
  await page.waitForFunction(() => document.documentElement.dataset.ready === "true");
}

/** Opens the page and waits until it can be used. */
export async function open(page, rest = "") {
  await page.goto(address(rest));
  await ready(page);
}
