// The page around the person's pages: what they link to and send is asked of the worker, and what
// it answers is put in their place. The address behind "#" is where one is; it holds no words.

import { Asking, LOST } from "./asking.js";
import { handOver } from "./handing-over.js";
import { askToKeep, showKeeping } from "./keeping.js";
import { startScanning } from "./scanning.js";
import { forgetView, keptView } from "./view.js";

const HOME = "/";
const HIDDEN = "/hidden";

/** @type {(() => void)[]} */
const startPage = [showKeeping, startScanning];
/** @type {(() => void)[]} */
const news = [];
/** What is said as long as nobody answers, and when nobody can. */
const shell = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-start]")]);
let isReady = false;
let latest = 0;

const asking = new Asking({
  onReady: () => {
    if (isReady) return;
    isReady = true;
    // What was asked while Python started brings a page of its own.
    if (latest === 0) show(here(), "none");
  },
  onNews: () => news.forEach((each) => each()),
  onBroken: (why) => {
    console.error(why);
    say("broken");
    if (!shell.some((each) => each.isConnected)) document.getElementById("main")?.prepend(...shell);
  },
});

function here() {
  return location.hash.slice(1) || HOME;
}

/** @param {string} state which of the words that the shell brings is in view */
function say(state) {
  for (const each of shell) each.hidden = each.dataset.start !== state;
}

/**
 * @param {"GET" | "POST"} method
 * @param {string} address
 * @param {[string, string][]} form
 */
async function ask(method, address, form = []) {
  const { pathname, search, searchParams } = new URL(address, location.origin);
  const query = Object.fromEntries(searchParams);
  let told = await asking.ask({ method, path: decodeURIComponent(pathname), query, form });
  if (told.download !== null && told.file !== null) await handOver(told.download, told.file);
  let at = pathname + search;
  let isElsewhere = false;
  while (told.location !== null) {
    const next = new URL(told.location, location.origin);
    at = next.pathname + next.search;
    isElsewhere = true;
    told = await asking.ask({
      method: "GET",
      path: decodeURIComponent(next.pathname),
      query: Object.fromEntries(next.searchParams),
      form: [],
    });
  }
  return { told, at, isElsewhere };
}

/**
 * @param {string} html
 */
function put(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  document.body.className = page.body.className;
  for (const name of Object.keys(document.body.dataset)) delete document.body.dataset[name];
  Object.assign(document.body.dataset, page.body.dataset);
  document.body.replaceChildren(...page.body.childNodes);
  startPage.forEach((each) => each());
}

/**
 * Show an address.
 * @param {string} address
 * @param {"push" | "replace" | "none"} history
 * @param {"GET" | "POST"} method
 * @param {[string, string][]} form
 */
async function show(address, history, method = "GET", form = []) {
  latest += 1;
  const mine = latest;
  if (!isReady && method === "POST") say("queued");
  try {
    const { told, at } = await ask(method, address, form);
    // Somebody went on meanwhile: what came of this is recorded, and not what they wait for.
    if (mine !== latest) return;
    const isForm = method === "POST" && told.status >= 400;
    if (history === "push" && !isForm && at !== here()) window.history.pushState(null, "", `#${at}`);
    else if (!isForm && at !== here()) window.history.replaceState(null, "", `#${at}`);
    put(told.html);
    const anchor = new URL(address, location.origin).hash.slice(1);
    const target = document.getElementById("problem") ?? document.getElementById(anchor || "main");
    if (history !== "none") {
      window.scrollTo(0, 0);
      target?.focus({ preventScroll: !anchor && target.id !== "problem" });
      if (anchor) target?.scrollIntoView();
    }
  } catch (error) {
    if (/** @type {Error} */ (error).message === LOST) location.reload();
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 * @returns {[string, string][]}
 */
function fieldsOf(form, submitter = null) {
  /** @type {[string, string][]} */
  const fields = [];
  for (const [name, value] of new FormData(form, submitter)) fields.push([name, String(value)]);
  return fields;
}

function isToday() {
  return here().split("?")[0] === HOME;
}

/** Today as it read last, while Python starts. What is tapped on it waits, and that is said. */
async function paint() {
  if (!isToday()) return;
  const now = new Date();
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()]
    .map((each) => String(each).padStart(2, "0"))
    .join("-");
  const html = await keptView(day);
  if (html === null || isReady || latest > 0 || !isToday()) return;
  put(html);
  const sync = document.getElementById("sync");
  sync?.removeAttribute("data-live");
  sync?.replaceChildren(...shell);
}

/** What pages.js is given instead of the network. */
Object.assign(globalThis, {
  trailmark: {
    /** @param {string} address @param {{ method?: "GET" | "POST", body?: URLSearchParams }} options */
    ask: async (address, { method = "GET", body } = {}) => {
      const { told, isElsewhere } = await ask(method, address, body ? [...body] : []);
      return {
        ok: told.status < 400,
        status: told.status,
        redirected: isElsewhere,
        text: async () => told.html,
      };
    },
    here,
    /** @param {string} address */
    go: (address) => {
      if (address === HIDDEN) {
        asking.forget();
        forgetView();
      }
      show(address, "replace");
    },
    /** @param {HTMLFormElement} form */
    send: (form) => show(form.getAttribute("action") ?? here(), "push", "POST", fieldsOf(form)),
    /** @param {() => void} onNews */
    follow: (onNews) => news.push(onNews),
    /** @param {() => void} start */
    onPage: (start) => startPage.push(start),
  },
});

// On the window, so that the page's own scripts come first.
window.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const address = link?.getAttribute("href") ?? "";
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (event.defaultPrevented || !isPlain || !address.startsWith("/")) {
    if (!event.defaultPrevented && isPlain && address.startsWith("#")) {
      event.preventDefault();
      document.getElementById(address.slice(1))?.focus();
    }
    return;
  }
  event.preventDefault();
  show(address, "push");
});

window.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  const address = form.getAttribute("action") ?? here();
  if (form.method === "post") {
    show(address, "push", "POST", fieldsOf(form, event.submitter));
  } else {
    show(`${address.split("?")[0]}?${new URLSearchParams(fieldsOf(form, event.submitter))}`, "push");
  }
});

window.addEventListener("popstate", () => show(here(), "none"));

// Escape twice on the neutral page leads back; everywhere else pages.js hides.
let lastEscape = 0;
window.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (event.timeStamp - lastEscape < 600 && document.body.classList.contains("blank")) {
    show(HOME, "replace");
    event.stopImmediatePropagation();
  }
  lastEscape = event.timeStamp;
}, { capture: true });

paint();
navigator.serviceWorker?.register("service-worker.js");
askToKeep();
