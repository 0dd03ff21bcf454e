// Requests in a row of bytes, as the engine reads them: see src/js/read.rs for the tags. Whatever no
// request can hold is found here, before anything has been sent.

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const TOO_DEEP = 3;
const NUMBER = 4;
const TEXT = 5;
const BYTES = 6;
const ARRAY = 7;
const OBJECT = 8;

// So deep the engine reads: MAX_REQUEST_DEPTH in src/api/input.rs.
const MOST_LEVELS = 128;
// Below so many characters a loop is faster than an encoder.
const SHORT = 64;

const encoder = new TextEncoder();

export class Bytes {
  memory = new Uint8Array(4096);
  length = 0;
  // Names and numbers of the members around what is written.
  #place = [];
  #isTooDeep = false;

  static #spare = null;

  /** What `write` writes. It is there until this is called again. */
  static of(write) {
    // A getter in an input may send a request of its own: that one needs memory of its own.
    const bytes = Bytes.#spare ?? new Bytes();
    Bytes.#spare = null;
    bytes.length = 0;
    try {
      write(bytes);
      return bytes.memory.subarray(0, bytes.length);
    } finally {
      Bytes.#spare = bytes;
    }
  }

  /** An operation and its input. */
  request(operation, input) {
    if (typeof operation !== "string") {
      throw new TypeError('an operation is a text, such as "PutItem"');
    }
    this.#text(operation);
    this.value(input, "the input");
  }

  /** Anything that JSON has, or bytes; `what` is its name in messages. */
  value(value, what) {
    this.#place.length = 0;
    this.#isTooDeep = false;
    this.#value(value, what, MOST_LEVELS);
  }

  #value(value, what, levels) {
    switch (typeof value) {
      case "string":
        this.#tag(TEXT);
        return this.#text(value);
      case "object":
        return value === null ? this.#tag(NULL) : this.#object(value, what, levels);
      case "boolean":
        return this.#tag(value ? TRUE : FALSE);
      case "number":
        if (!Number.isFinite(value)) throw this.#unfit(what, `${value} is not a number of JSON's`);
        this.#tag(NUMBER);
        return this.#text(String(value));
      case "bigint":
        this.#tag(NUMBER);
        return this.#text(String(value));
      case "undefined":
        return this.#tag(NULL);
      default:
        throw this.#unfit(what, `a ${typeof value} cannot be sent`);
    }
  }

  #object(value, what, levels) {
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return this.#bytes(value);
    // What goes round in circles would be walked along each of its ways.
    this.#isTooDeep ||= levels === 0;
    if (this.#isTooDeep) return this.#tag(TOO_DEEP);
    if (Array.isArray(value)) {
      this.#tag(ARRAY);
      this.#count(value.length);
      for (let at = 0; at < value.length; at += 1) {
        this.#place.push(at);
        this.#value(value[at], what, levels - 1);
        this.#place.pop();
      }
      return;
    }
    if (Symbol.iterator in value || value instanceof Date || typeof value.then === "function") {
      const name = value.constructor?.name ?? "object of this kind";
      throw this.#unfit(what, `a ${name} cannot be sent: arrays, plain objects and bytes can`);
    }
    this.#tag(OBJECT);
    const head = this.length;
    this.#count(0);
    let count = 0;
    for (const name of Object.keys(value)) {
      const member = value[name];
      // As in JSON's text: it is not there.
      if (member === undefined) continue;
      count += 1;
      this.#text(name);
      this.#place.push(name);
      this.#value(member, what, levels - 1);
      this.#place.pop();
    }
    const end = this.length;
    this.length = head;
    this.#count(count);
    this.length = end;
  }

  #unfit(what, why) {
    const place = this.#place.map((name) => (typeof name === "number" ? `[${name}]` : `.${name}`));
    this.#place.length = 0;
    return new TypeError(`${what}${place.join("")}: ${why}`);
  }

  #bytes(value) {
    const bytes =
      value instanceof ArrayBuffer
        ? new Uint8Array(value)
        : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    this.#tag(BYTES);
    this.#count(bytes.length);
    this.#reserve(bytes.length);
    this.memory.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A length, and so many bytes of UTF-8. */
  #text(text) {
    // A character takes three bytes at most, and two of them together take four.
    this.#reserve(4 + 3 * text.length);
    const { memory } = this;
    const begin = this.length + 4;
    let end = begin;
    if (text.length < SHORT) {
      for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (code > 127) break;
        memory[end] = code;
        end += 1;
      }
    }
    if (end - begin < text.length) {
      end = begin + encoder.encodeInto(text, memory.subarray(begin)).written;
    }
    this.#count(end - begin);
    this.length = end;
  }

  #tag(tag) {
    this.#reserve(1);
    this.memory[this.length] = tag;
    this.length += 1;
  }

  #count(count) {
    this.#reserve(4);
    const { memory, length } = this;
    memory[length] = count & 255;
    memory[length + 1] = (count >> 8) & 255;
    memory[length + 2] = (count >> 16) & 255;
    memory[length + 3] = count >>> 24;
    this.length += 4;
  }

  #reserve(count) {
    if (this.length + count <= this.memory.length) return;
    const memory = new Uint8Array(Math.max(2 * this.memory.length, this.length + count));
    memory.set(this.memory.subarray(0, this.length));
    this.memory = memory;
  }
}
