// Python's start, done once for each build: what its memory holds once our own modules are imported,
// before anything of a person is opened, is kept, and later starts begin there. Without room for
// it, or where it does not fit, Python starts as the first time.
//
// What is compiled (msgspec) has to lie where it lay, in memory and in the table of functions: so
// it is loaded before Python begins, at every start in the same place.

import createPyodideModule from "./pyodide.asm.mjs";
import { loadPyodide } from "./pyodide.mjs";
import { SEARCHED, place } from "./packages.js";

const PREFIX = "python-";
const KEPT = `${PREFIX}${PYTHON_BUILD}`;
const NAME = "start";
const DIGEST = "x-sha256";

/** What every start needs, and what it would have to read and import each time. */
const BEFOREHAND = `
import sys
sys.path[:0] = ${JSON.stringify(SEARCHED)}
from trailmark_client.in_browser.beforehand import prepare
prepare()
`;

/** The memory says what was so then; a person may have travelled since. Chance is new, too. */
const ANEW = `
import os, random
os.environ.update(told)
random.seed()
del told
`;

/** @param {Uint8Array<ArrayBuffer>} memory */
async function digest(memory) {
  return [...new Uint8Array(await crypto.subtle.digest("SHA-256", memory))].join(" ");
}

/**
 * Return what is kept, byte for byte: a Python whose memory was damaged may go on for a while, and
 * what it would do meanwhile is done to a person's entries.
 * @returns {Promise<Uint8Array | null>}
 */
async function kept() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== KEPT) await caches.delete(name);
  }
  const answer = await (await caches.open(KEPT)).match(NAME);
  if (!answer) return null;
  const memory = new Uint8Array(await answer.arrayBuffer());
  if ((await digest(memory)) === answer.headers.get(DIGEST)) return memory;
  console.warn("a kept start is not what was kept");
  await forgetStart();
  return null;
}

/** @param {() => Uint8Array} take */
async function keep(take) {
  try {
    const memory = /** @type {Uint8Array<ArrayBuffer>} */ (take());
    const headers = { [DIGEST]: await digest(memory) };
    await (await caches.open(KEPT)).put(NAME, new Response(new Blob([memory]), { headers }));
  } catch (error) {
    console.warn(`this start is not kept: ${error}`);
    await forgetStart();
  }
}

/**
 * @param {any} settings of Emscripten
 * @param {number} bytes how much memory there has to be at least
 */
async function withCompiled(settings, bytes) {
  const { locateFile } = settings;
  const python = await createPyodideModule(
    Object.assign(settings, {
      dynamicLibraries: [COMPILED],
      locateFile: (/** @type {string} */ name) =>
        name === COMPILED ? new URL("./compiled.wasm", import.meta.url).href : locateFile(name),
    }),
  );
  if (bytes > python.HEAP8.length) python.growMemory(bytes);
  return python;
}

/** Let go of what is kept, so that the next start begins from nothing. */
export async function forgetStart() {
  await caches.delete(KEPT).catch(() => undefined);
}

/**
 * @param {Record<string, string>} env what the person's device says of itself
 */
export async function startPython(env) {
  const memory = await kept().catch(() => null);
  const options = {
    indexURL: new URL(".", import.meta.url).href,
    env,
    createPyodideModule: (/** @type {any} */ settings) => withCompiled(settings, memory?.length ?? 0),
    fsInit: place,
  };
  if (memory !== null) {
    try {
      const python = await loadPyodide({ ...options, _loadSnapshot: memory });
      python.globals.set("told", python.toPy(env));
      python.runPython(ANEW);
      return { python, isRestored: true };
    } catch (error) {
      console.warn(`a kept start does not fit: ${error}`);
      await forgetStart();
    }
  }
  const python = await loadPyodide({ ...options, _makeSnapshot: true });
  python.runPython(BEFOREHAND);
  keep(() => python.makeMemorySnapshot());
  return { python, isRestored: false };
}
