// The neutral page: Escape twice leads back.
"use strict";

let last = 0;

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (event.timeStamp - last < 600) location.replace("/");
  last = event.timeStamp;
});
