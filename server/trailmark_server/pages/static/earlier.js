// Earlier days take the place of the link that asked for them, and the focus would be lost with it:
// whoever reads by keyboard goes on at the first of them.

(() => {
  "use strict";

  const rows = () => [...document.querySelectorAll(".row")];
  let known = null;

  const isEarlier = ({ detail }) => detail.ctx?.sourceElement?.closest("#earlier");

  document.addEventListener("htmx:before:swap", (event) => {
    if (isEarlier(event)) known = new Set(rows().map((each) => each.id));
  });

  document.addEventListener("htmx:after:swap", () => {
    const first = known && rows().find((each) => !known.has(each.id));
    known = null;
    if (!first || document.activeElement !== document.body) return;
    first.setAttribute("tabindex", "-1");
    first.focus({ preventScroll: true });
  });
})();
