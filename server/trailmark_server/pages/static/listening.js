// Follows what arrives, for all open pages of this browser together. A browser keeps six connections
// to a server open at once, and a stream holds one of them as long as its page is there. So one page
// listens for all and hands on what concerns each; when it is closed, the next one does. Hidden pages
// are listened for as well, so that a revocation empties them too. Phones stop pages that nobody looks
// at: where the one that listens does not answer, one that is looked at takes its turn.
//
// A page is told by events on its `data-live` element: `rows`, `erased`, `narrowed`, `ended` with
// their text in `detail`, and `connection` with `live`, `lost` or `closed`.

(() => {
  "use strict";

  const root = document.querySelector("[data-live]");
  if (!root) return;

  const TOGETHER = "/people/live";
  const NAME = "trailmark live";
  const PAGES_OF_A_STREAM = 32; // LIVE_PAGES_MAX of the server
  const RETRY_MS = 1000;
  const RETRY_MAX_MS = 15000;
  const SILENCE_MS = 45000; // the server says something every 20 seconds
  const LOOK_MS = 5000;
  const UNANSWERED_MAX = 1;
  const CLOSED = [401, 403, 404, 410];

  const address = new URL(root.dataset.live, window.location.href);
  const own = {
    name: crypto.getRandomValues(new Uint32Array(2)).reduce((text, part) => text + part.toString(36), ""),
    space: address.pathname.split("/")[2],
    after: address.searchParams.get("after") ?? "",
  };
  const shares = "locks" in navigator && "BroadcastChannel" in window;
  const channel = shares ? new BroadcastChannel(NAME) : null;
  const say = (message) => channel?.postMessage(message);
  const forever = () => new Promise(() => {});

  // ---- what this page hears ----

  const tell = (event, detail) => root.dispatchEvent(new CustomEvent(event, { detail }));

  const hear = ({ event, data, after }) => {
    own.after = after ?? own.after;
    if (event === "ended") isEnded = true;
    if (event) tell(event, data);
  };

  // A hidden page's timers are slow, so whoever is looked at calls the one that listens.
  const hearConnection = (state, wait = 0) => {
    tell("connection", state);
    if (state === "closed") isEnded = true;
    if (state === "lost" && wait && !document.hidden) setTimeout(() => say({ again: true }), wait);
  };

  const tryAgain = () => {
    say({ again: true });
    waiting.forEach((resume) => resume());
  };

  document.addEventListener("visibilitychange", () => document.hidden || tryAgain());
  window.addEventListener("online", tryAgain);
  window.addEventListener("offline", () => lines.forEach((cut) => cut()));

  // ---- what the page that listens does ----

  const pages = new Map(); // by name: the space, and how far the page has heard
  let isListening = false;
  let isLeft = false;
  let isEnded = false;
  let unanswered = 0;
  let state = "lost";
  let listening = new AbortController();
  let opening = 0;
  let isOutdated = false;
  const waiting = new Set();

  const toPage = (name, message) => {
    if (name === own.name) hear(message);
    else say({ to: name, message });
  };

  const toAll = (now, wait) => {
    state = now;
    hearConnection(now);
    say({ state: now, wait });
  };

  const parsed = (text) => {
    const lines = text.split("\n");
    const all = (field) =>
      lines.filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2));
    return { event: all("event")[0], id: all("id")[0], data: all("data").join("\n") };
  };

  /** "NAME/rest" as both parts; a stream of this page alone names no page. */
  const split = (text) => (shares ? text.split(/\/(.*)/s) : [own.name, text]);

  const handOn = (text) => {
    const { event, id, data } = parsed(text);
    if (event === undefined && id === undefined) return;
    const [name, what] = event === undefined ? [split(id)[0]] : split(event);
    const page = pages.get(name);
    if (!page) return;
    page.after = id === undefined ? page.after : split(id)[1];
    if (what === "ended") pages.delete(name);
    toPage(name, { event: what, data, after: page.after });
  };

  const question = (names) => {
    if (!shares) return [address.pathname, { "Last-Event-ID": own.after }];
    const said = new URLSearchParams();
    for (const name of names) {
      const { space, after } = pages.get(name);
      said.append("of", `${name}~${space}~${after}`);
    }
    return [`${TOGETHER}?${said}`, {}];
  };

  const opened = () => {
    opening -= 1;
    if (isOutdated) queueMicrotask(listen);
  };

  const lines = new Set(); // of each stream, what cuts it

  /** Reads one answer until it ends, or until nothing was heard for too long. */
  const read = async (names, signal) => {
    const [url, headers] = question(names);
    const line = new AbortController();
    const cut = () => line.abort();
    signal.addEventListener("abort", cut);
    lines.add(cut);
    let heardAt = Date.now();
    // By the clock on the wall: where the machine sleeps, timers stand still, and so does the line.
    const watch = setInterval(() => Math.abs(Date.now() - heardAt) > SILENCE_MS && cut(), LOOK_MS);
    try {
      opening += 1;
      const asked = fetch(url, { cache: "no-store", headers, signal: line.signal });
      const answer = await asked.finally(opened);
      if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = null;
      for (;;) {
        const { done, value } = await reader.read();
        if (done || signal.aborted) return;
        heardAt = Date.now();
        if (rest === null) toAll("live"); // its first words: the server says at once that it is there
        const messages = ((rest ?? "") + value).split("\n\n");
        rest = messages.pop();
        messages.forEach(handOn);
      }
    } finally {
      clearInterval(watch);
      lines.delete(cut);
    }
  };

  const pause = async (ms) => {
    let resume;
    const over = new Promise((resolve) => (resume = resolve));
    waiting.add(resume);
    setTimeout(resume, ms);
    await over;
    waiting.delete(resume);
  };

  const follow = async (all, signal) => {
    let wait = RETRY_MS;
    for (;;) {
      const names = all.filter((name) => pages.has(name));
      if (names.length === 0) return;
      try {
        await read(names, signal);
        wait = RETRY_MS;
      } catch (error) {
        if (!signal.aborted && CLOSED.includes(error.status)) {
          pages.clear();
          return toAll("closed");
        }
      }
      if (signal.aborted) return;
      const rest = wait * (0.5 + Math.random() / 2);
      if (all.some((name) => pages.has(name))) toAll("lost", rest);
      await pause(rest);
      if (signal.aborted) return;
      wait = Math.min(2 * wait, RETRY_MAX_MS);
    }
  };

  /** Asks for all pages anew. Those that come while it is being asked are asked for afterwards. */
  const listen = () => {
    isOutdated = opening > 0;
    if (isOutdated) return;
    listening.abort();
    listening = new AbortController();
    const names = [...pages.keys()];
    for (let first = 0; first < names.length; first += PAGES_OF_A_STREAM) {
      follow(names.slice(first, first + PAGES_OF_A_STREAM), listening.signal);
    }
  };

  const leave = (name) => {
    if (pages.delete(name)) listen();
  };

  const join = (page) => {
    if (pages.size === 0) state = "lost"; // whoever was signed out may be in again
    if (page.name !== own.name) say({ to: page.name, connection: state });
    if (pages.has(page.name)) return;
    pages.set(page.name, { space: page.space, after: page.after });
    if (page.name !== own.name) {
      const mode = "shared"; // whoever listened before, and was stopped, waits for it as well
      navigator.locks.request(`${NAME} ${page.name}`, { mode }, () => leave(page.name)); // once it is closed
    }
    listen();
  };

  const takeTurn = () => {
    isListening = true;
    unanswered = 0;
    say({ who: true });
    join(own);
    return forever();
  };

  // ---- together ----

  const announce = () => {
    if (isEnded) return;
    unanswered += 1;
    say({ here: own });
  };

  const onMessage = ({ data }) => {
    if (data.who) announce();
    if (data.state) hearConnection(data.state, data.wait);
    if (data.state || data.to === own.name) unanswered = 0;
    if (data.to === own.name) {
      if (data.connection) hearConnection(data.connection);
      else hear(data.message);
    }
    if (!isListening) return;
    if (data.here) join(data.here);
    if (data.again) waiting.forEach((resume) => resume());
  };

  const turn = (options) => navigator.locks.request(NAME, options, takeTurn).catch(loseTurn);

  /** Another page took the turn of this one while it was stopped. */
  const loseTurn = () => {
    if (!isListening || isLeft) return;
    isListening = false;
    listening.abort();
    pages.clear();
    announce();
    turn({});
  };

  const look = () => {
    if (document.hidden || isListening || isLeft || isEnded) return;
    if (unanswered > UNANSWERED_MAX) turn({ steal: true });
    else announce();
  };

  if (shares) {
    channel.addEventListener("message", onMessage);
    document.addEventListener("visibilitychange", () => (unanswered = 0));
    window.addEventListener("pagehide", () => (isLeft = true));
    setInterval(look, LOOK_MS);
    navigator.locks.request(`${NAME} ${own.name}`, () => {
      announce();
      turn({});
      return forever(); // until this page is closed
    });
  } else {
    takeTurn();
  }
})();
