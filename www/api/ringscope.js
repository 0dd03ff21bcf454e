// Ringscope's JavaScript API: a Dynamo-style cluster in the memory of this page, spoken to as to
// DynamoDB. Types and documentation: ringscope.d.ts.
//
// This file keeps promises, tells listeners and throws errors; what happens is in engine_bg.wasm.

import { Bytes } from "./bytes.js";
import init, { Engine, lastWords } from "./engine.js";

let loading;

/** Loads the engine, once, from beside this file or from `source`. */
export function load(source) {
  loading ??= init(source === undefined ? undefined : { module_or_path: source }).then(
    () => undefined,
    (error) => {
      // The next one may be luckier.
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** An error of DynamoDB's, as its SDK has it. */
export class DynamoDBServiceException extends Error {
  constructor({ name, message, status, Item }) {
    super(message);
    this.name = name;
    this.$fault = status < 500 ? "client" : "server";
    this.$metadata = { httpStatusCode: status };
    if (Item !== undefined) this.Item = Item;
  }
}

/** A line, a configuration or a snapshot that makes no sense, or not now. */
export class RingscopeError extends Error {
  constructor({ kind, message }) {
    super(message);
    this.name = "RingscopeError";
    this.kind = kind;
  }
}

/** A mistake of Ringscope's own. */
export class BrokenInvariantError extends Error {
  constructor(words, cause) {
    super(
      `Ringscope broke one of its own rules, and this cluster is of no more use: ${words}. ` +
        "That is a bug, please report it with what led to it.",
      { cause },
    );
    this.name = "BrokenInvariantError";
  }
}

// Only Cluster.new has it.
const KEY = Symbol("Cluster.new");

export class Cluster {
  #engine;
  #broken;
  // Requests that enter together, once whoever sends them now is done.
  #waiting = [];
  // Frozen in time while they are told something: subscribing makes another array.
  #listeners = [];
  #news = [];
  // How many events there were, told or not.
  #received = 0;
  #isTelling = false;

  /** A fresh cluster. */
  static async new(config = {}) {
    await load();
    return new Cluster(KEY, config);
  }

  constructor(key, config) {
    if (key !== KEY) throw new TypeError("write: const cluster = await Cluster.new({ … })");
    const given = Bytes.of((bytes) => bytes.value(config, "the configuration"));
    this.#engine = this.#run(() => new Engine(given));
  }

  /** Virtual time, in milliseconds. */
  get now() {
    return this.#run((engine) => engine.now);
  }

  /** Sends a request with those that are sent before this task gives way. */
  send(operation, input = {}) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request: [operation, input], resolve, reject });
      if (this.#waiting.length === 1) queueMicrotask(() => this.#sendWaiting());
    });
  }

  #sendWaiting() {
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      const outcomes = this.sendAll(waiting.map(({ request }) => request));
      outcomes.forEach(({ status, value, reason }, at) => {
        if (status === "fulfilled") waiting[at].resolve(value);
        else waiting[at].reject(reason);
      });
    } catch (error) {
      waiting.forEach(({ reject }) => reject(error));
    }
  }

  /** Sends a request, and has its response at once. */
  sendSync(operation, input = {}) {
    const given = Bytes.of((bytes) => bytes.request(operation, input));
    return this.#act((engine) => engine.send(given));
  }

  /** Sends requests at one instant, and has all responses at once. */
  sendAll(requests) {
    if (!Array.isArray(requests)) {
      throw new TypeError('requests are an array, such as [["GetItem", { … }]]');
    }
    // What cannot be sent is known before; the others go all the same.
    const outcomes = new Array(requests.length);
    const given = Bytes.of((bytes) => {
      requests.forEach((request, at) => {
        const begin = bytes.length;
        try {
          if (!Array.isArray(request)) {
            throw new TypeError('each request is an array of two, such as ["GetItem", { … }]');
          }
          bytes.request(request[0], request[1] ?? {});
        } catch (reason) {
          bytes.length = begin;
          outcomes[at] = { status: "rejected", reason };
        }
      });
    });
    const pairs = this.#act((engine) => engine.sendAll(given));
    let next = 0;
    for (let at = 0; at < outcomes.length; at += 1) {
      if (outcomes[at] !== undefined) continue;
      const [value, error] = pairs[next];
      next += 1;
      outcomes[at] =
        error === undefined
          ? { status: "fulfilled", value }
          : { status: "rejected", reason: asError(error) };
    }
    return outcomes;
  }

  /** Carries out lines of the scenario language; returns what they show. */
  command(text) {
    checkText(text, "the command", "crash B");
    return this.#act((engine) => engine.command(text));
  }

  /** Lets virtual time pass. */
  advance(ms) {
    if (typeof ms !== "number" || !(ms >= 0 && ms < Infinity)) {
      throw new TypeError("advance(ms) takes a number of milliseconds, 0 or more");
    }
    this.#act((engine) => engine.advance(ms));
  }

  /** Has a function told every event from now on; returns a function that ends that. */
  subscribe(listener) {
    if (typeof listener !== "function") {
      throw new TypeError("subscribe(listener) takes a function, such as (event) => { … }");
    }
    this.#run((engine) => engine.listen(true));
    const entry = { listener, from: this.#received, ended: false };
    this.#listeners = [...this.#listeners, entry];
    return () => {
      if (entry.ended) return;
      entry.ended = true;
      this.#listeners = this.#listeners.filter((other) => other !== entry);
      if (this.#listeners.length === 0 && this.#engine && !this.#broken) {
        this.#engine.listen(false);
      }
    };
  }

  /** The whole cluster in bytes. */
  snapshot() {
    return this.#run((engine) => engine.snapshot());
  }

  /** Goes on as the cluster that a snapshot was taken of; returns what people should know of that. */
  restore(bytes) {
    const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
    if (!(view instanceof Uint8Array)) {
      throw new TypeError("restore(bytes) takes the Uint8Array that snapshot() returned");
    }
    return this.#act((engine) => engine.restore(view));
  }

  /** Gives the cluster's memory back. */
  free() {
    this.#engine?.free();
    this.#engine = null;
    this.#listeners = [];
  }

  // Does what may make something happen, and then tells it.
  #act(work) {
    try {
      return this.#run(work);
    } finally {
      if (this.#listeners.length > 0 && !this.#broken) this.#tell();
    }
  }

  #run(work) {
    if (this.#broken) throw this.#broken;
    if (this.#engine === null) throw new TypeError("this cluster was freed");
    try {
      return work(this.#engine);
    } catch (error) {
      if (!isTrap(error)) throw asError(error);
      this.#broken = new BrokenInvariantError(lastWords() || error.message, error);
      throw this.#broken;
    }
  }

  // What a listener does may make more happen: that is told after what happened before it.
  #tell() {
    for (const event of this.#run((engine) => engine.news())) {
      this.#news.push(event);
      this.#received += 1;
    }
    if (this.#isTelling) return;
    this.#isTelling = true;
    let told = this.#received - this.#news.length;
    for (let at = 0; at < this.#news.length; at += 1, told += 1) {
      for (const entry of this.#listeners) {
        if (entry.ended || entry.from > told) continue;
        try {
          entry.listener(this.#news[at]);
        } catch (error) {
          // As with every event listener: the others are told all the same.
          reportError(error);
        }
      }
    }
    this.#news = [];
    this.#isTelling = false;
  }
}

// The engine's memory may be wrong after these: a panic, or no stack left.
function isTrap(error) {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

// The engine throws plain objects for what has a class here.
function asError(error) {
  if (error instanceof Error) return error;
  if (typeof error === "string") return new TypeError(error);
  return error.kind === undefined ? new DynamoDBServiceException(error) : new RingscopeError(error);
}

function checkText(value, what, example) {
  if (typeof value !== "string") {
    throw new TypeError(`${what} is a text, such as ${JSON.stringify(example)}`);
  }
}
