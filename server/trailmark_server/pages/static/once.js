// A form whose answer counts once, as a link that works once or a session's next token, is sent once:
// a second press, as of a double click, would have the browser throw the first answer away. Whoever
// stopped the page from loading can send it again after a moment.

(() => {
  "use strict";

  const AGAIN_MS = 5000;
  const sentAt = new WeakMap();

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const now = Date.now();
    if (Math.abs(now - (sentAt.get(event.target) ?? 0)) < AGAIN_MS) event.preventDefault();
    else sentAt.set(event.target, now);
  });
})();
