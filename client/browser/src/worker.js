// The worker that holds Python and the person's store. Pages ask it one thing after the other.

import { SPARE, openPython } from "./python.js";
import { forgetView, isViewKept, keepView } from "./view.js";

/** How long changes may gather before the kept view is written anew. */
const GATHER_MS = 300;

/** What a list of devices calls this one at first. */
function deviceName() {
  const system = /Android|iPhone|iPad|Windows|Mac OS|Linux/.exec(navigator.userAgent)?.[0];
  return system ? `Trailmark (${system.replace("Mac OS", "Mac")})` : "Trailmark (browser)";
}

async function start() {
  const { python, folder } = await openPython();
  const program = python.pyimport("trailmark_client.in_browser.program");
  return { program: program.open_program(navigator.languages, self.location.origin, deviceName()), folder };
}

const started = start();
started.then(
  ({ program }) => {
    self.postMessage({ is: "ready" });
    program.live(() => {
      self.postMessage({ is: "news" });
      keepSoon(program);
    });
  },
  (error) => self.postMessage({ is: "broken", why: String(error) }),
);

let gathering = 0;

/**
 * Write the kept view anew, where there is one; only somebody who looks at Today begins it.
 * @param {any} program
 */
function keepSoon(program, isBegun = false) {
  if (isBegun) mayKeep = true;
  clearTimeout(gathering);
  gathering = setTimeout(async () => {
    if (!mayKeep && !(await isViewKept())) return;
    const views = program.views();
    if (!mayKeep && !(await isViewKept())) return;
    await (views === "{}" ? forgetView() : keepView(views));
  }, GATHER_MS);
}

let mayKeep = false;

self.onmessage = async ({ data }) => {
  if (data.is === "forget") {
    mayKeep = false;
    clearTimeout(gathering);
    await forgetView();
    return;
  }
  const { program, folder } = await started;
  await folder.topUp(SPARE);
  const { method, path } = JSON.parse(data.question);
  const isChange = method === "POST" && !path.startsWith("/drafts/") && path !== "/awake";
  if (isChange) {
    // Should the app be closed in a moment, nothing is shown that is not so any more.
    mayKeep ||= await isViewKept();
    await forgetView();
  }
  self.postMessage({ is: "answer", id: data.id, told: JSON.parse(program.answer(data.question)) });
  if (isChange) keepSoon(program);
  else if (method === "GET" && path === "/") keepSoon(program, true);
};
