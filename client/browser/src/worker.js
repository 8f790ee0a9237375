// The worker that holds Python and the person's store. Pages ask it one thing after the other.

import { SPARE, forgetStart, openPython, zoneHere } from "./python.js";
import { KeptView } from "./view.js";

/** How long changes may gather before the kept view is written anew. */
const GATHER_MS = 300;

const view = new KeptView();

/** What a list of devices calls this one at first. */
function deviceName() {
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(navigator.userAgent)?.[0];
  return system ? `Trailmark (${system.replace("Mac OS", "Mac")})` : "Trailmark (browser)";
}

async function start() {
  const { python, folder } = await openPython(undefined, view);
  const program = python.pyimport("trailmark_client.in_browser.program");
  return { program: program.open_program(navigator.languages, self.location.origin, deviceName()), folder };
}

const started = start();
started.then(
  ({ program }) => {
    self.postMessage({ is: "ready" });
    program.live(() => {
      view.letGo();
      self.postMessage({ is: "news" });
      keepSoon(program);
    });
  },
  (error) => stop(String(error)),
);

/**
 * Say that nothing can be answered here. What the start began with may be why: it is made anew.
 * @param {string} why
 * @param {string} [id] of the question that was not answered, if it was one
 */
async function stop(why, id) {
  await forgetStart();
  self.postMessage({ is: "broken", why, id });
}

let gathering = 0;

/**
 * Write the kept view anew, where there is one.
 * @param {any} program
 */
function keepSoon(program) {
  clearTimeout(gathering);
  gathering = setTimeout(() => {
    view.keep(() => {
      program.stand_in(zoneHere());
      const views = program.views();
      return views === "{}" ? null : views;
    });
  }, GATHER_MS);
}

self.onmessage = async ({ data }) => {
  if (data.is === "forget") {
    clearTimeout(gathering);
    await view.forget();
    return;
  }
  const { program, folder } = await started;
  await folder.topUp(SPARE);
  const { method, path } = JSON.parse(data.question);
  const isChange = method === "POST" && !path.startsWith("/drafts/") && path !== "/awake";
  if (isChange) await view.letGo();
  try {
    program.stand_in(zoneHere());
    const told = JSON.parse(program.answer(data.question));
    const file = told.download === null ? null : program.taken().toJs();
    self.postMessage({ is: "answer", id: data.id, told: { ...told, file } });
  } catch (error) {
    await stop(String(error), data.id);
    return;
  }
  const isToday = method === "GET" && path === "/";
  if (isToday) view.want();
  if (isChange || isToday) keepSoon(program);
};
