// Plays the opening while the engine is on its way, then hands over: see src/ui/opening.rs.
// Inlined into the page, so that the first message moves before anything else has been fetched.

(() => {
  const root = document.documentElement;
  const app = document.getElementById("app");
  const { per_second, instants, messages } = data("opening-messages");
  const layout = matchMedia("(min-width: 1181px)").matches ? "wide" : "narrow";
  const changes = data(`opening-changes-${layout}`);
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  // As in the driver: the longest frame, and how long each step stays under reduced motion.
  const [LONGEST_FRAME_MS, STEP_MS] = [60, 700];

  app.replaceChildren(document.getElementById(`opening-${layout}`).content);
  const ring = app.querySelector(".ring");
  ring.insertAdjacentHTML("beforeend", '<svg class="ring-layer opening-air" viewBox="0 0 1000 1000" aria-hidden="true"></svg>');
  const air = ring.lastElementChild;
  // The controls of time keep their place and do nothing yet: above them is what there is to know.
  app.querySelector(".transport").insertAdjacentHTML(
    "beforeend",
    `<div class="transport" style="position:absolute;inset:-1px">
      <button id="opening-play" class="primary"></button>
      <span id="loading-words" role="status">The engine is on its way. Meanwhile you see its first write.</span>
      <progress id="loading-bar" max="1" aria-label="Loading the engine" style="flex:1 1 8rem"></progress>
    </div>`,
  );
  const asked = new URLSearchParams(location.search);
  for (const name of ["embed", "projector"].filter((name) => asked.get(name) === "true")) {
    root.toggleAttribute(`data-${name}`, true);
    app.querySelectorAll(".head, .foot").forEach((frame) => frame.remove());
  }
  const button = document.getElementById("opening-play");

  const end = instants.at(-1);
  const began = performance.now();
  let [us, last, stood, playing, place, next] = [0, null, 0, true, null, 0];
  let pending = changes;

  button.onclick = () => {
    playing = !playing;
    label();
    root.toggleAttribute("data-opening-paused", !playing);
    if (playing) goOn();
    else cancelAnimationFrame(next);
    last = null;
  };
  new MutationObserver((_, observer) => {
    if (ring.isConnected) return;
    observer.disconnect();
    requestAnimationFrame(takenOver);
  }).observe(app, { childList: true });
  label();
  show();
  goOn();

  function goOn() {
    next = requestAnimationFrame(frame);
  }

  function label() {
    button.innerHTML = `<span aria-hidden="true">${playing ? "❚❚" : "▶"} </span>${playing ? "Pause" : "Play"}`;
  }

  function data(id) {
    return JSON.parse(document.getElementById(id).textContent);
  }

  function frame(now) {
    if (!ring.isConnected) return;
    const elapsed = Math.min(now - (last ?? now), LONGEST_FRAME_MS);
    last = now;
    if (!motion.matches) {
      us = Math.min(end, us + (elapsed * per_second) / 1000);
    } else if ((stood += elapsed) >= STEP_MS) {
      stood = 0;
      us = instants.find((instant) => instant > us) ?? end;
    }
    show();
    if (us < end) goOn();
  }

  function show() {
    while (pending.length > 0 && pending[0].at <= us) {
      pending[0].parts.forEach(change);
      pending = pending.slice(1);
    }
    air.innerHTML = messages.filter(({ sent, arrives }) => sent <= us && us < arrives).map(drawn).join("");
    root.dataset.opening = Math.floor(us);
    const { left, top, width } = ring.getBoundingClientRect();
    place = { left: left + scrollX, top: top + scrollY, width };
    // Where the engine cannot run, its first write is shown all the same, and then rests.
    button.hidden = us >= end;
  }

  // A part of the page is found by the numbers of the children on the way to it.
  function change([way, html]) {
    const parent = way.slice(0, -1).reduce((node, at) => node.childNodes[at], app);
    const old = parent.childNodes[way.at(-1)];
    if (old?.nodeType === Node.ELEMENT_NODE) old.outerHTML = html;
    else if (old) old.nodeValue = html;
    else parent.insertAdjacentHTML("beforeend", html);
  }

  // As src/ui/ring/messages.rs paints it.
  function drawn({ sent, arrives, shape, reply, node, path }) {
    const share = (us - sent) / (arrives - sent);
    const t = motion.matches ? (Math.min(Math.floor(share * 3), 2) + 0.5) / 3 : share;
    const [[x, y], tail] = [t, Math.max(t - 0.12, 0)].map((at) => bezier(path, at));
    const size = Math.max(13, 5500 / ring.clientWidth);
    const half = size * { diamond: 1.15, square: 0.86 }[shape];
    const outline = {
      diamond: `M${x} ${y - half}L${x + half} ${y}L${x} ${y + half}L${x - half} ${y}Z`,
      square: `M${x - half} ${y - half}h${2 * half}v${2 * half}h${-2 * half}Z`,
    }[shape];
    const colour = node === null ? "var(--text)" : `var(--node-${node})`;
    const stroke = (d, of, width, more = "") =>
      `<path d="${d}" style="fill:none;stroke:${of};stroke-width:${width * size};stroke-linejoin:round;stroke-linecap:round;${more}"/>`;
    const [x0, y0, ...rest] = path;
    const way = stroke(`M${x0} ${y0}Q${rest}`, colour, 0.16, "opacity:.3");
    const trail = stroke(`M${tail}L${x} ${y}`, colour, 0.6, "opacity:.3");
    const body = reply
      ? stroke(outline, "var(--surface)", 0.9) + stroke(outline, colour, 0.42, "fill:var(--surface)")
      : stroke(outline, "var(--surface)", 0.42, `fill:${colour};paint-order:stroke`);
    return way + trail + body;
  }

  function bezier([x0, y0, x1, y1, x2, y2], t) {
    const at = (a, b, c) => (1 - t) * ((1 - t) * a + t * b) + t * ((1 - t) * b + t * c);
    return [at(x0, x1, x2), at(y0, y1, y2)];
  }

  // The engine has drawn the page: what was moving goes on from where it was.
  function takenOver() {
    const picture = document.querySelector(".ring");
    if (!picture) return;
    for (const animation of picture.getAnimations({ subtree: true })) {
      animation.currentTime = performance.now() - began;
    }
    const { left, top, width } = picture.getBoundingClientRect();
    const [x, y] = [place.left - left - scrollX, place.top - top - scrollY];
    if (motion.matches || Math.hypot(x, y, width - place.width) < 1) return;
    const from = `translate(${x}px, ${y}px) scale(${place.width / width})`;
    picture.animate(
      [{ transform: from, transformOrigin: "0 0" }, { transform: "none", transformOrigin: "0 0" }],
      { duration: 300, easing: "ease-out" },
    );
  }
})();
