// Figures that only a browser can give: node bench.mjs ROW..., started by `cargo xtask bench`.
// Prints one JSON line per row: row, value, unit, and the spread as [lowest, highest].

import { createServer } from "node:http";
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

  // All that the first motion needs, each compressed as a static host would, without headers. That
  // it needs no more is tried out: modules and the engine are held back, and still a message moves.
  "page.bytes": async () => {
    const browser = await launch();
    const page = await newPage(browser);
    const bytes = weigh(page);
    await page.route(/\.(wasm|mjs|js)$/, () => {});
    await page.goto(address(), { waitUntil: "commit" });
    await page.waitForFunction(moves, null, { polling: "raf" });
    const value = await bytes();
    await browser.close();
    return { value, unit: "kB" };
  },

  // Every answer from the first navigation until the page can be used.
  "page.usable_bytes": async () => {
    const browser = await launch();
    const page = await newPage(browser);
    const bytes = weigh(page);
    await page.goto(address());
    await ready(page);
    const value = await bytes();
    await browser.close();
    return { value, unit: "kB" };
  },

  // Every answer until each panel has been open, without the sample data.
  "page.total": async () => {
    const browser = await launch();
    const page = await newPage(browser);
    const bytes = weigh(page, (url) => !url.includes("/data/"));
    await openLoaded(page);
    for (const tab of await page.getByRole("tab").all()) await tab.click();
    const value = await bytes();
    await browser.close();
    return { value, unit: "kB" };
  },

  // From the start of the navigation until a message has moved, on a line with 1.6 Mbit/s and 150 ms
  // to each answer, from a host that compresses. A fresh profile each time.
  "page.motion_ms": async () => {
    const host = await compressing();
    const times = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      const browser = await launch();
      const context = await browser.newContext();
      const page = await context.newPage();
      const line = await context.newCDPSession(page);
      await line.send("Network.enable");
      await line.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 150,
        downloadThroughput: 1_600_000 / 8,
        uploadThroughput: 750_000 / 8,
      });
      await page.goto(host.address, { waitUntil: "commit" });
      const moved = await page.waitForFunction(moves, null, { polling: "raf" });
      times.push(await moved.jsonValue());
      await browser.close();
    }
    host.close();
    return summary(times, "ms");
  },

  // The engine's memory after ten minutes of virtual time with a write and a read in each second, and
  // then half a minute of real time at sixteen times the watchable speed. The spread is the memory
  // after five minutes and at the end: what is flat has the same twice.
  "page.memory_mb": async () => {
    const browser = await launch();
    const page = await newPage(browser);
    await page.addInitScript(() => {
      addEventListener("TrunkApplicationStarted", ({ detail }) => {
        window.engineMemory = detail.wasm.memory;
      });
    });
    await openLoaded(page);
    const megabytes = () => page.evaluate(() => window.engineMemory.buffer.byteLength / 2 ** 20);
    await page.evaluate(traffic, { seconds: 300, first: 0 });
    const half = await megabytes();
    await page.evaluate(traffic, { seconds: 300, first: 300 });
    const end = Date.now() + 30_000;
    for (let number = 600; Date.now() < end; number += 1) {
      await page.evaluate(traffic, { seconds: 0, first: number });
      await rests(page);
    }
    const value = await megabytes();
    await browser.close();
    return { value, unit: "MB", spread: [half, value] };
  },

  // PutItem through the JavaScript API, one after the other: items of 100 bytes with keys of their own
  // into five nodes, as for engine.put.wasm, here with all that a request brings along. The inputs are
  // the caller's, and made before.
  "page.put.rate": () => putsThroughApi({ puts: 50_000, record: false }),

  // The same in a cluster that keeps a record of its run, as the page's does.
  "page.put.rate.recorded": () => putsThroughApi({ puts: 10_000, record: true }),

  // A snapshot of 100,000 items of 100 bytes of text that reads like English, three replicas each: taking
  // it, going on from it, and how much of localStorage it takes at 15 bits a UTF-16 unit.
  "snapshot.save_ms": async () => summary((await snapshots()).save, "ms"),
  "snapshot.load_ms": async () => summary((await snapshots()).load, "ms"),
  "snapshot.units": async () => {
    const units = Math.ceil(((await snapshots()).bytes * 8) / 15);
    return { value: units, unit: "units" };
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
      values.push(percentile(await scriptPerFrame(browser, page, 3000), 0.95));
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

  // From the bar's input event until the components show another moment of a run of more than 100,000
  // events with the airports loaded. To and fro over all of it; the value is the slowest jump.
  "travel.jump_ms": async () => {
    const browser = await launch();
    const page = await newPage(browser);
    await openLoaded(page);
    for (let number = 0; number < 12; number += 1) {
      await command(page, `put Airports DEN '{"visit": ${number}}'`);
      await rests(page);
      await command(page, "run 60s");
    }
    const events = Number(/of ([\d,]+)/.exec(await page.locator(".clock small").textContent())[1].replaceAll(",", ""));
    if (events < 100_000) throw new Error(`the run has only ${events} events`);
    const times = await page.evaluate(async () => {
      const bar = document.getElementById("scrubber");
      const times = [];
      for (let jump = 0; jump < 60; jump += 1) {
        bar.value = String((jump * 2_477) % 4_001);
        const begin = performance.now();
        bar.dispatchEvent(new InputEvent("input", { bubbles: true }));
        // The components are rendered before the next task.
        await new Promise((resolve) => setTimeout(resolve));
        times.push(performance.now() - begin);
      }
      return times;
    });
    await browser.close();
    const { value: median } = summary(times, "ms");
    const slowest = Math.max(...times);
    return { value: slowest, unit: "ms", spread: [median, slowest] };
  },
};

let measured;

/** Measures once for all rows about snapshots. */
async function snapshots() {
  measured ??= await measureSnapshots();
  return measured;
}

async function measureSnapshots() {
  const browser = await launch();
  const page = await newPage(browser);
  await page.goto(address());
  const figures = await page.evaluate(
    async ({ api, repeats }) => {
      const { Cluster } = await import(api);
      const cluster = await Cluster.new({ record: false });
      await cluster.send("CreateTable", {
        TableName: "Bench",
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      });
      // Words as often as in English, about: the k-th most frequent one 1/k as often as the first.
      const words = (
        "the of and to in a is that for it as was with be by on not he i this are or his from at which but " +
        "have an had they you were their one all we can her has there been if more when will would who so no " +
        "said what up its about into than them only other new some time could these two may then do first any " +
        "my now such like our over man me even most made after also did many before must through back years " +
        "where much your way well down should because each just those people how too little state good very " +
        "make world still own see men work long get here between both life being under never day same another " +
        "know while last might us great old year off come since against go came right used take three states " +
        "himself few house use during without again place American around however home small found thought went " +
        "say part once general high upon school every does got united left number course war until always away " +
        "something fact though water less public put think almost hand enough far took head yet government"
      ).split(" ");
      let state = 1;
      const draw = () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
      };
      const word = () => words[Math.floor(words.length ** draw()) - 1];
      for (let number = 0; number < 100_000; number += 1) {
        let text = "";
        while (text.length < 86) text += `${word()} `;
        const id = String(number).padStart(8, "0");
        cluster.sendSync("PutItem", {
          TableName: "Bench",
          Item: { id: { S: id }, text: { S: text.slice(0, 86) } },
        });
      }
      await cluster.advance(2_000);
      const save = [];
      const load = [];
      let bytes;
      for (let repeat = 0; repeat < repeats; repeat += 1) {
        let begin = performance.now();
        bytes = cluster.snapshot();
        save.push(performance.now() - begin);
        begin = performance.now();
        cluster.restore(bytes);
        load.push(performance.now() - begin);
      }
      return { save, load, bytes: bytes.length };
    },
    { api: address("api/ringscope.js"), repeats: REPEATS },
  );
  await browser.close();
  return figures;
}

async function putsThroughApi({ puts, record }) {
  const browser = await launch();
  const page = await newPage(browser);
  await page.goto(address());
  const rates = [];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const took = await page.evaluate(
      async ({ api, puts, record }) => {
        const { Cluster } = await import(api);
        const cluster = await Cluster.new({ record });
        await cluster.send("CreateTable", {
          TableName: "Bench",
          BillingMode: "PAY_PER_REQUEST",
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        });
        const text = { S: "x".repeat(86) };
        const inputs = Array.from({ length: puts }, (_, number) => ({
          TableName: "Bench",
          Item: { id: { S: String(number).padStart(8, "0") }, text },
        }));
        const begin = performance.now();
        for (const input of inputs) cluster.sendSync("PutItem", input);
        const took = performance.now() - begin;
        cluster.free();
        return took;
      },
      { api: address("api/ringscope.js"), puts, record },
    );
    rates.push((puts * 1000) / took);
  }
  await browser.close();
  return summary(rates, "puts/s");
}

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

// The compressed size of all answers to come that are counted, in kB, once it is asked for.
function weigh(page, counts = () => true) {
  const answers = [];
  page.on("response", (answer) => {
    if (answer.url().startsWith("http") && counts(answer.url())) answers.push(answer);
  });
  return async () => {
    let bytes = 0;
    for (const answer of [...answers]) bytes += gzipSync(await answer.body(), { level: 9 }).length;
    return Math.round(bytes / 100) / 10;
  };
}

// In the page, once a frame: when a message was seen at another place than before, in milliseconds
// since the navigation began; false until then.
function moves() {
  const air = document.querySelector(".opening-air")?.innerHTML;
  if (!air) return false;
  window.seenBefore ??= air;
  return air !== window.seenBefore && performance.now();
}

// In the page: a write and a read, then a second of virtual time, and so on.
async function traffic({ seconds, first }) {
  const line = document.getElementById("command");
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const give = async (text) => {
    write.call(line, text);
    line.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await new Promise(requestAnimationFrame);
    line.form.requestSubmit();
    await new Promise(requestAnimationFrame);
  };
  for (let number = first; number < first + Math.max(seconds, 1); number += 1) {
    await give(`put Airports K${number % 500} '{"visit": ${number}}'`);
    await give(`get Airports K${(number * 7) % 500}`);
    if (seconds > 0) await give("run 1s");
  }
}

// The served page once more, as a host that compresses sends it.
async function compressing() {
  const kept = new Map();
  const fetched = async (path) => {
    const answer = await fetch(new URL(path, address()));
    const body = gzipSync(Buffer.from(await answer.arrayBuffer()), { level: 9 });
    return { status: answer.status, kind: answer.headers.get("content-type"), body };
  };
  const server = createServer(async (request, response) => {
    if (!kept.has(request.url)) kept.set(request.url, fetched(request.url));
    const { status, kind, body } = await kept.get(request.url);
    response.writeHead(status, { "content-type": kind, "content-encoding": "gzip" });
    response.end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { pathname } = new URL(address());
  return {
    address: `http://127.0.0.1:${server.address().port}${pathname}`,
    close: () => server.close(),
  };
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
