// The live part of a page. The server sends whole rows (`listening.js` hears them); this puts each into
// its own day, keeps the reader's place, counts what was not seen yet, and empties the page when
// sharing ends. Everything else of the page works without it.

(() => {
  "use strict";

  const root = document.querySelector("[data-live]");
  if (!root) return;

  const SEEN_AFTER_MS = 1200;
  const words = document.currentScript.dataset;
  const state = document.getElementById("live-state");
  const counter = document.getElementById("counter");
  const main = document.getElementById("main");
  const watches = root.dataset.watch !== undefined;
  let isOver = false;

  const say = (name, words) => {
    if (!state || state.dataset.state === name) return;
    state.dataset.state = name;
    state.textContent = words;
  };

  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };

  // ---- what the reader was typing ----

  const drawnWith = (field) =>
    field.matches("select")
      ? [...field.options].find((each) => each.defaultSelected)?.value
      : field.defaultValue;

  const typedFields = () =>
    [...main.querySelectorAll("textarea[id], select[id], input[id]:not([type=hidden])")].filter(
      (each) => each.value !== (drawnWith(each) ?? each.value),
    );

  // ---- ending ----

  /** Leaves the reader's own words to be copied, folded up: whoever sees the page now may be anybody. */
  const giveBack = (fields, place = main.querySelector("[data-given-back]")) => {
    const texts = fields.filter((each) => each.matches("textarea, input[type=text]"));
    if (!place || texts.length === 0) return;
    for (const { value } of texts) {
      const text = document.createElement("textarea");
      text.readOnly = true;
      text.value = value;
      text.setAttribute("aria-label", place.firstElementChild.textContent);
      place.append(text);
    }
    place.hidden = false;
  };

  const empty = (content) => {
    if (isOver) return;
    isOver = true;
    const typed = typedFields();
    document.title = "Trailmark";
    main.replaceChildren(content);
    giveBack(typed);
    main.focus();
  };

  const blank = document.getElementById("gone").content;
  const gone = () => empty(blank.cloneNode(true));

  // ---- the timeline ----

  /** The day's list, made in its place (newest day first) where it is not there yet. */
  const rowsOfDay = (section) => {
    const day = section.dataset.day;
    const known = root.querySelector(`.day[data-day="${day}"]`);
    if (known) return known.querySelector(".rows");
    const made = document.importNode(section, true);
    made.querySelector(".rows").replaceChildren();
    const after = [...root.querySelectorAll(".day")].find((each) => each.dataset.day < day);
    root.insertBefore(made, after ?? document.getElementById("earlier"));
    return made.querySelector(".rows");
  };

  const insert = (row, rows) => {
    const next = [...rows.children].find((each) => each.dataset.order < row.dataset.order);
    rows.insertBefore(row, next ?? null);
  };

  const focusables = (row) => [...row.querySelectorAll("a, summary, textarea, button")];

  /** Leaves in `place` what the reader was saying there, where it can be said no more. */
  const leaveTyped = (fields, place) => {
    const typed = fields.filter((each) => each.value.trim());
    if (typed.length === 0) return;
    place.append(blank.querySelector("[data-given-back]").cloneNode(true));
    giveBack(typed, place.lastElementChild);
  };

  /** Puts a row where its order says; a row that is there already is only replaced. */
  const place = (row, rows) => {
    const known = document.getElementById(row.id);
    if (!known) {
      insert(row, rows);
      return true;
    }
    const focused = focusables(known).indexOf(document.activeElement);
    const reply = known.querySelector("details.reply");
    const answer = row.querySelector("details.reply");
    if (!answer) leaveTyped([...known.querySelectorAll("textarea")], row.querySelector(".what"));
    else if (reply?.open || reply?.querySelector("textarea").value) answer.replaceWith(reply);
    row.classList.toggle("unseen", known.classList.contains("unseen"));
    known.replaceWith(row);
    focusables(row)[focused]?.focus({ preventScroll: true }); // who types goes on typing
    return false;
  };

  /** Runs a change of the list and leaves what the reader looks at where it was. */
  const keepingPlace = (change) => {
    const anchor = [...root.querySelectorAll(".row")].find(
      (each) => each.getBoundingClientRect().bottom > 0,
    );
    const id = anchor?.id;
    const before = anchor?.getBoundingClientRect().top ?? 0;
    change();
    const now = id && document.getElementById(id);
    if (now && window.scrollY > 0) {
      window.scrollBy({ top: now.getBoundingClientRect().top - before, behavior: "instant" });
    }
  };

  root.style.setProperty("--unseen", JSON.stringify(words.unseen));
  const unseen = () => [...document.querySelectorAll(".row.unseen")];

  const count = () => {
    if (!counter) return;
    const waiting = unseen().length;
    keepingPlace(() => (counter.hidden = waiting === 0));
    counter.textContent = words.new.replace("#", waiting);
  };

  // A row counts as seen once it was on the screen of a visible page for a moment.
  const timers = new Map();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(timers.get(target));
      if (!isIntersecting) continue;
      timers.set(target, setTimeout(() => seen(target), SEEN_AFTER_MS));
    }
  });

  const seen = (row) => {
    if (document.hidden) return;
    watcher.unobserve(row);
    timers.delete(row);
    row.classList.remove("unseen");
    count();
  };

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    for (const row of unseen()) {
      watcher.unobserve(row);
      watcher.observe(row);
    }
  });

  // What the reader did not ask for is left out here as the server leaves it out of a page.
  const CHANGES = ["goal", "step", "barrier", "coping", "intervention", "review"];
  const asked = root.dataset;
  const SAID = ".sentence, .words, .why, .goal-link, .comment > p:not(.by, .soft)";

  const fits = (row) => {
    const { goal, kind } = row.dataset;
    if (asked.filterGoal && asked.filterGoal !== goal) return false;
    if (asked.filterKind && asked.filterKind !== kind) return false;
    if (asked.filterChanges && !CHANGES.includes(kind)) return false;
    const said = [...row.querySelectorAll(SAID)].map((each) => each.textContent).join(" ");
    const words = (asked.filterWords ?? "").toLowerCase().split(/\s+/);
    return words.every((word) => said.toLowerCase().includes(word));
  };

  /** A row that is shown is redrawn in any case: its words may have been taken back. */
  const concerns = (row) => document.getElementById(row.id) !== null || fits(row);

  // What belongs to an earlier day is easily overlooked there, so it is named at the top as well.
  const tellArrival = (row, section) => {
    const list = document.getElementById("arrived");
    const newest = root.querySelector(".day")?.dataset.day ?? "";
    if (!list || row.dataset.day >= newest) return;
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#${row.id}`;
    link.textContent = section.querySelector("h2").textContent.trim();
    item.append(link, ` ${row.querySelector(".sentence")?.textContent.trim() ?? ""}`);
    const late = row.querySelector(".badge");
    if (late) item.append(" ", late.cloneNode(true));
    list.querySelector("ul").prepend(item);
    document.getElementById("arrived-count").textContent = list.querySelectorAll("li").length;
    list.hidden = false;
  };

  const arrive = (html) => {
    keepingPlace(() => {
      for (const section of parsed(html).querySelectorAll(".day")) {
        const fitting = [...section.querySelectorAll(".row")].filter(concerns);
        if (fitting.length === 0) continue;
        document.getElementById("nothing-yet")?.remove();
        const rows = rowsOfDay(section);
        for (const row of fitting) {
          const isNew = place(row, rows);
          if (isNew) tellArrival(row, section);
          htmx.process(row);
          if (isNew) row.classList.add("unseen");
          if (row.classList.contains("unseen")) watcher.observe(row);
        }
      }
    });
    count();
  };

  counter?.addEventListener("click", () => {
    const first = unseen()[0];
    if (!first) return;
    first.scrollIntoView({ block: "center" });
    first.setAttribute("tabindex", "-1");
    first.focus({ preventScroll: true });
  });

  // A page of earlier rows may hold a day, and rows of it, that arrived late and stand here already.
  const joinDays = () => {
    const kept = new Map();
    for (const day of root.querySelectorAll(".day")) {
      const first = kept.get(day.dataset.day);
      if (!first) {
        kept.set(day.dataset.day, day);
        continue;
      }
      const rows = first.querySelector(".rows");
      for (const row of [...day.querySelectorAll(".row")]) {
        if (!rows.querySelector(`[id="${row.id}"]`)) insert(row, rows);
      }
      day.remove();
    }
    const inOrder = [...kept.values()].sort((a, b) => (a.dataset.day < b.dataset.day ? 1 : -1));
    if (inOrder.some((day, index) => day !== root.querySelectorAll(".day")[index])) {
      for (const day of inOrder) root.insertBefore(day, document.getElementById("earlier"));
    }
  };

  document.addEventListener("htmx:after:swap", joinDays);

  // ---- a goal's page ----

  const refresh = () => htmx.trigger(document.getElementById("goal-now"), "goal-changed");

  // What answers instead of the goal has none in it: what is shown stays, unless it may not be seen
  // any more, or holds what was erased.
  const CLOSED = [401, 404, 410];
  let isStale = false;

  document.addEventListener("htmx:before:swap", (event) => {
    const { sourceElement, response } = event.detail.ctx;
    if (sourceElement.id !== "goal-now") return;
    const failed = response.status >= 400;
    if (failed) event.preventDefault();
    if (failed && (isStale || CLOSED.includes(response.status))) gone();
    isStale = false;
  });

  document.addEventListener("htmx:error", () => isStale && gone());

  const redraw = () => {
    isStale = true;
    refresh();
  };

  const goalChanged = (html) => {
    const id = root.dataset.goal;
    const touched = [...parsed(html).querySelectorAll(".row")].some(
      (row) => row.dataset.goal === id,
    );
    if (touched) refresh();
  };

  // ---- the stream ----

  // A page that does not know which of its words are gone shows none until it is drawn anew. What the
  // reader was typing goes over to the new page, into the fields that are still there.
  const TYPED = "trailmark typed";
  const keepTyped = () => {
    const typed = typedFields().map(({ id, value }) => [id, value]);
    const focused = document.activeElement.id;
    sessionStorage.setItem(TYPED, JSON.stringify({ page: window.location.href, typed, focused }));
  };

  const putTypedBack = () => {
    const { page, typed = [], focused } = JSON.parse(sessionStorage.getItem(TYPED) ?? "{}");
    sessionStorage.removeItem(TYPED);
    const [{ type }] = performance.getEntriesByType("navigation");
    if (type !== "reload" || page !== window.location.href) return;
    for (const [id, value] of typed) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = value;
      field.closest("details")?.setAttribute("open", "");
    }
    if (focused) document.getElementById(focused)?.focus();
  };

  // Nobody asked for that: it is no sign that anybody is there, so it prolongs no session.
  const BY_ITSELF = `trailmark-by-itself=1; path=${window.location.pathname}; max-age=5; samesite=strict`;
  const drawAnew = () => {
    keepTyped();
    gone();
    document.cookie = window.location.protocol === "https:" ? `${BY_ITSELF}; secure` : BY_ITSELF;
    window.location.reload();
  };

  /** Takes a row away; what the reader was saying to it stays in its place. */
  const remove = (row) => {
    const item = document.createElement("li");
    leaveTyped([...row.querySelectorAll("textarea")], item);
    if (item.firstElementChild) row.replaceWith(item);
    else row.remove();
  };

  const removeRows = (isGone) => {
    for (const row of root.querySelectorAll(".row")) {
      if (isGone(row)) remove(row);
    }
    for (const day of root.querySelectorAll(".day")) {
      if (!day.querySelector(".rows > li")) day.remove();
    }
    count();
  };

  let hasNews = false;
  const tellNews = () => {
    hasNews = true;
    say("new", root.dataset.watch);
  };

  const heard = {
    rows: (html) => {
      if (watches) tellNews();
      else if (root.dataset.goal) goalChanged(html);
      else arrive(html);
    },
    erased: (data) => {
      const ids = new Set(data.split(" ").map((id) => `row-${id}`));
      if (watches) drawAnew();
      else if (root.dataset.goal) redraw();
      else removeRows((row) => ids.has(row.id));
    },
    narrowed: (lane) => {
      if (watches) drawAnew();
      else if (root.dataset.lane === lane) gone();
      else removeRows((row) => row.dataset.lane === lane);
    },
    ended: (html) => empty(parsed(html)),
  };

  for (const event of Object.keys(heard)) {
    root.addEventListener(event, ({ detail }) => isOver || heard[event](detail));
  }

  const connections = {
    live: () => (hasNews ? tellNews() : say("live", words.live)),
    lost: () => say("waiting", words.lost),
    closed: () => gone(),
  };

  root.addEventListener("connection", ({ detail }) => isOver || connections[detail]());

  // Whoever signs out leaves nothing behind.
  let isLeft = false;
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => (isLeft = true));

  // The page itself asks to be loaded anew: what was being typed is not the price of that.
  window.addEventListener("pagehide", () => {
    if (hasNews && !isOver && !isLeft && typedFields().length > 0) keepTyped();
  });

  // A page that the browser kept aside while others were shown may not be what may be seen now.
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    if (!isOver) keepTyped();
    window.location.reload();
  });

  putTypedBack();
  say("waiting", words.connecting);
})();
