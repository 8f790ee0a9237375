// What the browser promises to keep, and how the app is installed: said on the pages that ask for
// it, in words that they bring.

/** @type {(Event & { prompt: () => Promise<unknown> }) | null} */
let installing = null;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installing = /** @type {any} */ (event);
  showKeeping();
});

/** @param {string} name @param {boolean} isShown @param {() => Promise<unknown>} [deed] */
function part(name, isShown, deed) {
  for (const each of document.querySelectorAll(`[data-keeping="${name}"]`)) {
    const element = /** @type {HTMLElement} */ (each);
    element.hidden = !isShown;
    if (deed) element.onclick = () => deed().then(showKeeping, showKeeping);
  }
}

/** Fill in what a page says of it. */
export async function showKeeping() {
  if (!document.querySelector("[data-keeping]")) return;
  const isKept = (await navigator.storage?.persisted?.()) ?? false;
  const isInstalled = matchMedia("(display-mode: standalone)").matches;
  part("kept", isKept);
  part("lent", !isKept);
  part("ask", !isKept && Boolean(navigator.storage?.persist), () => navigator.storage.persist());
  part("install", installing !== null && !isInstalled, async () => {
    const asked = installing;
    installing = null;
    await asked?.prompt();
  });
  part("by-hand", installing === null && !isInstalled);
}

/** Ask for it once at the start; browsers answer without a question, or ask the person. */
export function askToKeep() {
  navigator.storage?.persist?.().then(showKeeping, () => undefined);
}
