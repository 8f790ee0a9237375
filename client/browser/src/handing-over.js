// A file goes to the person: an installed app hands it to whatever they choose, as phones do it; in
// a window of the browser it is a download like any other.

/** How long a download may take to begin. */
const BEGIN_MS = 60_000;

/** @param {File} file */
async function share(file) {
  const isInstalled = matchMedia("(display-mode: standalone)").matches;
  if (!isInstalled || !navigator.canShare?.({ files: [file] })) return false;
  try {
    await navigator.share({ files: [file] });
    return true;
  } catch {
    // Not wished, or not possible after all: it is downloaded.
    return false;
  }
}

/**
 * @param {string} name
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function handOver(name, bytes) {
  const file = new File([bytes], name, { type: "application/octet-stream" });
  if (await share(file)) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), BEGIN_MS);
}
