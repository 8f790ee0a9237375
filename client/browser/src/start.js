// Python's start, done once for each build: what its memory holds after that, before anything of a
// person is opened, is kept, and later starts begin there. Without room for it, or where it does
// not fit, Python starts as the first time.

import { loadPyodide } from "./pyodide.mjs";

const PREFIX = "python-";
const KEPT = `${PREFIX}${PYTHON_BUILD}`;
const NAME = "start";

/** What our packages import of Python's own, so that it need not be read again, either. */
const OURS = [
  "asyncio, base64, contextvars, dataclasses, datetime, decimal, enum, functools, gettext, hashlib",
  "hmac, html, inspect, ipaddress, json, logging, pathlib, platform, re, sqlite3, string, tempfile",
  "typing, unicodedata, urllib.parse, zipfile, zoneinfo",
];

/** @returns {Promise<Uint8Array | null>} */
async function kept() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== KEPT) await caches.delete(name);
  }
  const answer = await (await caches.open(KEPT)).match(NAME);
  return answer ? new Uint8Array(await answer.arrayBuffer()) : null;
}

/** @param {Uint8Array} memory */
async function keep(memory) {
  try {
    await (await caches.open(KEPT)).put(NAME, new Response(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (memory)])));
  } catch {
    await caches.delete(KEPT);
  }
}

/**
 * @param {Record<string, string>} env what the person's device says of itself
 */
export async function startPython(env) {
  const options = { indexURL: new URL(".", import.meta.url).href, env };
  const memory = await kept().catch(() => null);
  if (memory !== null) {
    try {
      const python = await loadPyodide({ ...options, _loadSnapshot: memory });
      // The memory says what was so then; a person may have travelled since. Chance is new, too.
      python.globals.set("told", python.toPy(env));
      python.runPython("import os, random; os.environ.update(told); random.seed(); del told");
      return python;
    } catch (error) {
      console.warn(`a kept start does not fit: ${error}`);
      await caches.delete(KEPT);
    }
  }
  const python = await loadPyodide({ ...options, _makeSnapshot: true });
  python.runPython(`import ${OURS.join(", ")}`);
  keep(python.makeMemorySnapshot());
  return python;
}
