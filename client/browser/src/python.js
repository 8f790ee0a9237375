// Python and the folder that lasts, with our packages in it: what the worker holds.

import { noble } from "./ciphers.js";
import { Folder } from "./folder.js";
import { exchange, openSocket } from "./network.js";
import { forgetStart, startPython } from "./start.js";

export { forgetStart };

const FOLDER = "trailmark";
const PLACE = "/trailmark";
/** How many files can be made, at least, while one question is answered. */
export const SPARE = 12;

/**
 * SQLite brings its commits to the disk by fdatasync, and Emscripten answers that without doing
 * anything. So it is given the function that does it; without one, nothing may be called saved.
 */
function syncForReal() {
  const { instantiate, instantiateStreaming } = WebAssembly;
  /** @param {any} imports */
  const mended = (imports) => {
    const sync = imports.wasi_snapshot_preview1?.fd_sync;
    if (sync && imports.env?.__syscall_fdatasync) {
      imports.env.__syscall_fdatasync = (/** @type {number} */ fd) => -(sync(fd) ?? 0);
    }
    return imports;
  };
  /** @type {any} */ (WebAssembly).instantiate = (/** @type {any} */ source, /** @type {any} */ imports) =>
    instantiate.call(WebAssembly, source, imports && mended(imports));
  WebAssembly.instantiateStreaming = (source, imports) =>
    instantiateStreaming.call(WebAssembly, source, imports && mended(imports));
}

/**
 * @param {any} python
 * @param {Folder} folder
 */
function checkSync(python, folder) {
  const before = folder.flushes;
  python.runPython(`
import os
probe = os.open("${PLACE}/probe", os.O_RDWR | os.O_CREAT)
os.write(probe, b"saved?")
os.fdatasync(probe)
os.close(probe)
os.unlink("${PLACE}/probe")
`);
  if (folder.flushes !== before + 1) throw new Error("this browser cannot keep anything safely");
}

/** The time zone in which the phone is now. */
export function zoneHere() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
}

/** @typedef {{ hold: () => Promise<void>, release: () => void }} Beside */

/** @type {Beside} */
const NOTHING_BESIDE = { hold: async () => undefined, release: () => undefined };

/**
 * Start Python over the folder that lasts.
 * @param {string} name of the folder
 * @param {Beside} beside what is shown beside the store: held back while the store changes
 */
export async function openPython(name = FOLDER, beside = NOTHING_BESIDE) {
  syncForReal();
  const [{ python, isRestored }, folder] = await Promise.all([
    startPython({ TZ: zoneHere(), HOME: "/home" }),
    Folder.open(name, SPARE),
  ]);
  folder.mount(python.FS, PLACE);
  checkSync(python, folder);
  python.registerJsModule("trailmark_browser", {
    noble,
    exchange,
    openSocket,
    hold: () => beside.hold(),
    release: () => beside.release(),
    origin: self.location.origin,
    toJs: (/** @type {any} */ value) => (value?.toJs ? value.toJs() : value),
  });
  return { python, folder, isRestored };
}
