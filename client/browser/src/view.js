// Today as it read last, and as it will read tomorrow, so that the next start shows it at once. It
// stands beside the store, in the same private folder of this origin, and like the store it is not
// sealed: where a lock comes to seal the store, nothing may be kept here. Every change lets it go
// first and writes it anew afterwards; whoever hides the pages has it forgotten.

const FOLDER = "trailmark-view";
const NAME = "today";

async function folder() {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/**
 * @param {string} day the local date
 * @returns {Promise<string | null>} HTML
 */
export async function keptView(day) {
  try {
    const file = await (await (await folder()).getFileHandle(NAME)).getFile();
    return JSON.parse(await file.text())[day] ?? null;
  } catch {
    return null;
  }
}

async function isViewKept() {
  try {
    await (await folder()).getFileHandle(NAME);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} views a JSON object: HTML by local date
 * @param {() => boolean} isCurrent
 */
async function write(views, isCurrent) {
  const file = await (await folder()).getFileHandle(NAME, { create: true });
  const handle = await file.createSyncAccessHandle();
  try {
    if (!isCurrent()) return;
    const bytes = new TextEncoder().encode(views);
    // What stood there is written over, and not only let go: it may have been erased since.
    const size = Math.max(handle.getSize(), bytes.length);
    const whole = new Uint8Array(size);
    handle.write(whole, { at: 0 });
    handle.flush();
    handle.write(bytes, { at: 0 });
    handle.truncate(bytes.length);
    handle.flush();
  } finally {
    handle.close();
  }
}

export async function forgetView() {
  try {
    await (await folder()).removeEntry(NAME);
  } catch {
    // there is none
  }
}

/**
 * The kept view in the hands of the worker, the only one that writes it. What is asked is done one
 * after the other, and nothing is kept that was read before a change: a change lets the view go
 * before it is made, so that a start in between shows nothing that is not so any more.
 */
export class KeptView {
  #line = Promise.resolve();
  #changes = 0;
  #held = 0;
  #isWanted = false;

  /** @param {() => Promise<void>} work */
  #next(work) {
    this.#line = this.#line.then(work).catch(forgetView);
    return this.#line;
  }

  /** Somebody looks at Today: from now on it is kept. */
  want() {
    this.#next(async () => {
      this.#isWanted = true;
    });
  }

  /** Let go of it before something changes; `keep` writes it anew. */
  letGo() {
    this.#changes += 1;
    return this.#next(async () => {
      this.#isWanted ||= await isViewKept();
      await forgetView();
    });
  }

  /** Let go of it, and keep nothing until what is changed was released. */
  hold() {
    this.#held += 1;
    return this.letGo();
  }

  release() {
    this.#held -= 1;
  }

  /** Let go of it until somebody looks at Today again. */
  forget() {
    this.#changes += 1;
    return this.#next(async () => {
      this.#isWanted = false;
      await forgetView();
    });
  }

  /** @param {() => string | null} read how Today reads now, and on the next days; null for nothing */
  keep(read) {
    const changes = this.#changes;
    const isCurrent = () => changes === this.#changes && this.#held === 0;
    return this.#next(async () => {
      this.#isWanted ||= await isViewKept();
      if (!this.#isWanted || !isCurrent()) return;
      const views = read();
      if (views === null) await forgetView();
      else await write(views, isCurrent);
    });
  }
}
