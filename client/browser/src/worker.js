// The worker that holds Python and the person's store. Pages ask it one thing after the other.

import { SPARE, openPython } from "./python.js";

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
    program.live(() => self.postMessage({ is: "news" }));
  },
  (error) => self.postMessage({ is: "broken", why: String(error) }),
);

self.onmessage = async ({ data }) => {
  const { program, folder } = await started;
  await folder.topUp(SPARE);
  self.postMessage({ is: "answer", id: data.id, told: JSON.parse(program.answer(data.question)) });
};
