// What was typed on a page that draws itself anew waits for it in this tab (`live.js`). Whoever is
// anywhere else by then has gone on, or signed out: no page without a live part leaves it there.

"use strict";

if (!document.querySelector("[data-live]")) sessionStorage.removeItem("trailmark typed");
