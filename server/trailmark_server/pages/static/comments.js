// Sending a comment without leaving the page. The comment itself arrives over the live stream, like
// everything else; this only clears the form, or says what is wrong and keeps the words.

(() => {
  "use strict";

  const { notSent: NOT_SENT, sent: SENT, signedOut: SIGNED_OUT } = document.currentScript.dataset;
  // Whoever does not see the page hears that it is done: the row that appears says nothing by itself.
  const told = document.getElementById("sent");
  const problemOf = (form) => form.querySelector(".problem");

  // The server cannot know the reader's time zone, in which they note when they meet somebody.
  document.addEventListener("submit", ({ target }) => {
    told.textContent = "";
    const zone = target.elements?.zone;
    if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  }, true);

  document.addEventListener("htmx:after:request", ({ detail }) => {
    const form = detail.ctx?.sourceElement;
    if (!form?.matches?.("form[data-hx-post]")) return;
    const response = detail.ctx.response;
    const problem = problemOf(form);
    if (response && response.status < 400) {
      form.reset();
      told.textContent = SENT;
      // The next comment from this form is another event, not this one sent twice.
      form.elements.comment.value = detail.ctx.text;
      problem.hidden = true;
      const details = form.closest("details");
      if (details) {
        details.open = false;
        details.querySelector("summary").focus();
      }
      return;
    }
    form.elements.comment.value = response?.headers?.get("Trailmark-Form") ?? form.elements.comment.value;
    const isSentence = response?.headers?.get("Content-Type")?.startsWith("text/plain");
    const sentence = response?.status === 401 ? SIGNED_OUT : NOT_SENT;
    problem.textContent = isSentence ? detail.ctx.text : sentence;
    problem.hidden = false;
  });

  document.addEventListener("htmx:error", ({ detail }) => {
    const form = detail.ctx?.sourceElement;
    if (!form?.matches?.("form[data-hx-post]")) return;
    const problem = problemOf(form);
    problem.textContent = NOT_SENT;
    problem.hidden = false;
  });
})();
