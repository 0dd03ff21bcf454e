// Reads a file beside the page: the page's own wasm, which mounts nothing where there is no window.
//
//   page ── { script, module, file, isCsv, keys } ──▶ worker     once
//   page ── "next" ──▶ worker ── some rows, in bytes ──▶ page    as often as the page has room

const PIECE = 256 * 1024;
let reader;
let file;
let at = 0;

async function begin({ script, module, isCsv, keys, file: given }) {
  const engine = await import(script);
  await engine.default({ module_or_path: module });
  reader = new engine.RowReader(isCsv, keys);
  file = given;
}

async function next() {
  while (reader.isHungry()) {
    const piece = await file.slice(at, at + PIECE).arrayBuffer();
    at += piece.byteLength;
    if (piece.byteLength === 0) reader.end();
    else reader.feed(new Uint8Array(piece));
  }
  const batch = reader.batch();
  postMessage(batch, [batch.buffer]);
}

// What is asked while the engine is still on its way waits for it.
let ready = Promise.resolve();
onmessage = ({ data }) => {
  ready = ready.then(() => (data === "next" ? next() : begin(data)));
  // The page hears of it, and reads the file itself.
  ready.catch((error) => setTimeout(() => { throw error; }));
};
