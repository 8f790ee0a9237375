// Earlier days take the place of the link that asked for them, and the focus would be lost with it:
// whoever reads by keyboard goes on at the first of them. What answers instead of days takes no
// place: the link stays, and beside it stands that nothing came.

(() => {
  "use strict";

  const rows = () => [...document.querySelectorAll(".row")];
  let known = null;

  const isEarlier = ({ detail }) => detail.ctx?.sourceElement?.closest("#earlier");
  const tellFailure = (failed) => {
    document.querySelector("#earlier [role=alert]").hidden = !failed;
  };

  document.addEventListener("htmx:before:request", (event) => isEarlier(event) && tellFailure(false));
  document.addEventListener("htmx:error", (event) => isEarlier(event) && tellFailure(true));

  document.addEventListener("htmx:before:swap", (event) => {
    if (!isEarlier(event)) return;
    if (event.detail.ctx.response.status >= 400) {
      event.preventDefault();
      tellFailure(true);
      return;
    }
    known = new Set(rows().map((each) => each.id));
  });

  document.addEventListener("htmx:after:swap", () => {
    const first = known && rows().find((each) => !known.has(each.id));
    known = null;
    if (!first || document.activeElement !== document.body) return;
    first.setAttribute("tabindex", "-1");
    first.focus({ preventScroll: true });
  });
})();
