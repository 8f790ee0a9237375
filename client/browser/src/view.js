// Today as it read last, and as it will read tomorrow, so that the next start shows it at once. It
// stands beside the store, in the same private folder of this origin, and like the store it is not
// sealed: where a lock comes to seal the store, nothing may be kept here. Every change writes it
// anew over what stood there; whoever hides the pages has it forgotten.

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

export async function isViewKept() {
  try {
    await (await folder()).getFileHandle(NAME);
    return true;
  } catch {
    return false;
  }
}

/** Only in a worker. @param {string} views a JSON object: HTML by local date */
export async function keepView(views) {
  try {
    const file = await (await folder()).getFileHandle(NAME, { create: true });
    const handle = await file.createSyncAccessHandle();
    try {
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
  } catch {
    await forgetView();
  }
}

export async function forgetView() {
  try {
    await (await folder()).removeEntry(NAME);
  } catch {
    // there is none
  }
}
