// What the pages can do besides: keep drafts, follow news, hide. Everything works without it, too.
"use strict";

// How these pages reach the program that answers them: on this machine by HTTP. In the app it is in
// the same browser, and the app says how.

// A look that is under way when something is sent is not awaited: where the page goes on to another
// place, there may be nothing here any more.
const leaving = new AbortController();

const way = globalThis.trailmark ?? {
  ask: (address, options) => fetch(address, options),
  go: (address) => location.replace(address),
  here: () => location.pathname + location.search,
  send: (form) => form.submit(),
  follow(onNews) {
    let news = null;
    // A browser keeps six connections open, and this is one of them: only a page in view has it.
    // Whatever has changed since a page was drawn is told at once.
    const listen = () => {
      news?.close();
      if (document.hidden) return;
      news = new EventSource(`/events?after=${document.body.dataset.news}`);
      news.addEventListener("changed", onNews);
    };
    document.addEventListener("visibilitychange", listen);
    addEventListener("pagehide", () => news?.close());
    listen();
  },
};

// ---- drafts: what is typed is kept at every keystroke, one request at a time

const RETRY_MS = 1000;

// What goes on after its page is left is limited by browsers: 64 KiB for all that is under way.
const OUTLIVING_BYTES_MAX = 48 * 1024;

function startDraft(form) {
  const name = form.dataset.draft;
  const told = form.querySelector("[data-draft-state]");
  let isWaiting = false;
  let isRunning = false;

  const say = (words, isLost) => {
    if (!told || told.textContent === words) return;
    told.textContent = words;
    told.classList.toggle("lost", isLost);
  };
  // "Kept" stands there while the next words are on their way: as long as they are, it is marked.
  const mark = (isBusy) => told?.setAttribute("aria-busy", String(isBusy));

  const keep = async () => {
    if (isRunning) {
      isWaiting = true;
      return;
    }
    isRunning = true;
    isWaiting = false;
    let isKept = false;
    let isGone = false;
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await way.ask(`/drafts/${name}`, {
        method: "POST",
        body,
        keepalive: String(body).length <= OUTLIVING_BYTES_MAX,
      });
      isKept = answer.ok;
      isGone = answer.status === 404;  // erased for good meanwhile
    } catch {
      // said below, and tried again
    }
    isRunning = false;
    mark(isWaiting || !isKept);
    if (form.dataset.sent) return;
    if (isKept) {
      say(document.body.dataset.draftKept, false);
    } else {
      say(document.body.dataset.draftLost, true);
      if (!isGone) setTimeout(keep, RETRY_MS);
    }
    if (isWaiting) keep();
  };

  form.addEventListener("input", () => {
    form.dataset.touched = "yes";
    mark(true);
    keep();
  });
}

// A second tap must not record a second time.
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  leaving.abort();
}

// ---- sharing a part: what is selected goes into the field, and nothing leaves for some seconds

function startSelection(field) {
  const source = document.getElementById(field.dataset.selection);
  document.querySelectorAll("[data-with-script]").forEach((each) => { each.hidden = false; });
  document.querySelectorAll("[data-without-script]").forEach((each) => { each.hidden = true; });
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    const words = String(chosen).trim();
    if (words && source.contains(chosen.anchorNode) && source.contains(chosen.focusNode)) {
      field.value = words;
    }
  });
}

function startDelay(form) {
  const told = form.querySelector("[role=status]");
  const undo = form.querySelector("[data-delay-undo]");
  const others = form.querySelectorAll("button[type=submit], a");
  let timer = 0;
  const wait = (isWaiting) => {
    told.hidden = undo.hidden = !isWaiting;
    others.forEach((each) => { each.hidden = isWaiting; });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    let left = Number(form.dataset.delay);
    const tick = () => {
      told.textContent = form.dataset.delayWords.replace("{n}", String(left));
      if (left === 0) way.send(form);
      left -= 1;
    };
    wait(true);
    undo.focus();
    tick();
    timer = setInterval(tick, 1000);
  });
  undo.addEventListener("click", () => {
    clearInterval(timer);
    wait(false);
    others[0].focus();
  });
}

// ---- news: parts of the page that changed are put in place, but for those being typed in

let isStale = false;

function isBusy(part) {
  return (
    part.contains(document.activeElement) &&
    document.activeElement.matches("input, textarea, select")
  ) || part.querySelector("form[data-touched], details[open] form") !== null;
}

async function refresh() {
  if (document.hidden) {
    isStale = true;
    return;
  }
  isStale = false;
  // What was just sent brings a page of its own.
  if (document.querySelector("form[data-sent]")) return;
  // The answer to a form has no address of its own: there is nothing to ask anew.
  if (document.querySelector("main[data-answer]")) return;
  const answer = await way.ask(way.here(), {
    headers: { Accept: "text/html" },
    signal: leaving.signal,
  });
  if (answer.status === 423) {
    // The store is shut: nothing of it stays in view.
    document.body.replaceChildren();
    location.reload();
    return;
  }
  const isGone = answer.redirected || answer.status === 404;
  if (!answer.ok && !isGone) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (isGone) {
    // What this page showed was erased elsewhere: it does not stay in view.
    if (isBusy(document.querySelector("main"))) isStale = true;
    else if (fresh.title !== document.title) way.go(way.here());
    return;
  }
  document.body.dataset.news = fresh.body.dataset.news;
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (other === null) continue;
    // What has nothing to show stands there hidden, so that it can appear.
    if (other.innerHTML === part.innerHTML && other.hidden === part.hidden) continue;
    if (isBusy(part)) {
      isStale = true;
      continue;
    }
    const held = document.activeElement && part.contains(document.activeElement)
      ? document.activeElement.id
      : "";
    const opened = [...part.querySelectorAll("details[open][id]")].map((each) => each.id);
    part.hidden = other.hidden;
    part.replaceChildren(...other.cloneNode(true).childNodes);
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    if (held) document.getElementById(held)?.focus({ preventScroll: true });
    start(part);
  }
}

// A page that is still open on another day, or in another time zone, has the day of before on it.

const DAY_MS = 60_000;

let day = new Date().toDateString();

function turnDay() {
  const now = new Date().toDateString();
  if (now === day) return;
  day = now;
  refresh().catch(() => undefined);
}

// What waits for somebody elsewhere is looked at again and again, as long as it is in view.

const ASK_MS = 3000;

function startAsking(part) {
  const timer = setInterval(() => {
    if (part.isConnected) refresh().catch(() => undefined);
    else clearInterval(timer);
  }, ASK_MS);
}

// ---- a store with a passphrase: pages that nobody touches close, and say so before

const PING_MS = 30_000;

function startIdle(body) {
  const told = document.getElementById("idle");
  const warnAfter = 1000 * (Number(body.dataset.idle) - Number(body.dataset.idleWarning));
  let touchedAt = Date.now();
  let toldAt = Date.now();

  const touch = () => {
    touchedAt = Date.now();
    if (told.hidden && touchedAt - toldAt < PING_MS) return;
    told.hidden = true;
    toldAt = touchedAt;
    way.ask("/awake", { method: "POST", keepalive: true }).catch(() => undefined);
  };
  for (const kind of ["keydown", "pointerdown", "scroll"]) {
    addEventListener(kind, touch, { passive: true });
  }
  setInterval(() => {
    if (!told.hidden || Date.now() - touchedAt < warnAfter) return;
    told.hidden = false;
    told.textContent = body.dataset.idleWords;
  }, 1000);
}

// ---- quick hide: Escape twice, or the word "Hide"

let lastEscape = 0;

function hide() {
  document.body.replaceChildren();
  document.title = "";
  way.go("/hidden");
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (event.timeStamp - lastEscape < 600) hide();
  lastEscape = event.timeStamp;
});

// ---- beginning

function start(within) {
  for (const part of within.querySelectorAll("[data-asks]")) startAsking(part);
  for (const form of within.querySelectorAll("form[data-draft]")) startDraft(form);
  for (const field of within.querySelectorAll("[data-selection]")) startSelection(field);
  for (const form of within.querySelectorAll("form[data-delay]")) startDelay(form);
}

document.addEventListener("submit", sendOnce);
document.addEventListener("click", (event) => {
  if (event.target.closest("#hide") === null) return;
  event.preventDefault();
  hide();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) turnDay();
  if (isStale) refresh().catch(() => undefined);
});
document.addEventListener("focusout", () => {
  if (isStale) setTimeout(() => refresh().catch(() => undefined), 50);
});
addEventListener("pageshow", (event) => {
  // Back from the browser's memory: what was sent may be sent anew, and the page may be old.
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  if (event.persisted) location.reload();
});

start(document);
setInterval(turnDay, DAY_MS);
if (document.body.dataset.idle) startIdle(document.body);
document.getElementById("problem")?.focus();
if (way.onPage) way.onPage(() => start(document));
if (way.onPage || document.querySelector("[data-live]")) {
  way.follow(() => refresh().catch(() => undefined));
}
