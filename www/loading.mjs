// What the reader sees while the engine is on its way, and if it cannot come.

const words = () => document.getElementById("loading-words");
const bar = () => document.getElementById("loading-bar");

function fail(why) {
  if (!words()) return;
  words().textContent = why;
  words().setAttribute("role", "alert");
  bar()?.remove();
  document.documentElement.dataset.failed = "true";
}

function reason(error) {
  const text = String(error);
  if (typeof WebAssembly !== "object") {
    return "This browser cannot run WebAssembly, or it is switched off. Any current Chromium, Firefox or Safari can.";
  }
  if (/content security policy|unsafe-eval/i.test(text)) {
    return "This page's security policy forbids WebAssembly. Its host has to allow 'wasm-unsafe-eval' in script-src.";
  }
  return `The engine could not be loaded. Check the connection and reload the page. (${text})`;
}

export default function loading() {
  return {
    onStart: () => {
      if (typeof WebAssembly !== "object") fail(reason(""));
    },
    onProgress: ({ current, total }) => {
      if (bar() && total) bar().value = Math.min(1, current / total);
    },
    onComplete: () => {},
    onSuccess: () => {},
    onFailure: (error) => fail(reason(error)),
  };
}
