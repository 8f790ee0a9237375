// Passkeys: asks the server what to sign, lets the browser ask its reader, and sends the answer with
// the form around the button. All else on these pages works without script.

(() => {
  "use strict";

  const { givenUp: GIVEN_UP, notAsked: NOT_ASKED, known: KNOWN } = document.currentScript.dataset;

  const bytes = (text) => {
    const padded = text.replaceAll("-", "+").replaceAll("_", "/");
    return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0));
  };

  const text = (buffer) => {
    const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
    return btoa(characters.join("")).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const descriptors = (listed) => (listed ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

  /** What was asked, with bytes where the browser wants bytes. */
  const prepared = (asked) => ({
    ...asked,
    challenge: bytes(asked.challenge),
    ...(asked.user && { user: { ...asked.user, id: bytes(asked.user.id) } }),
    ...(asked.allowCredentials && { allowCredentials: descriptors(asked.allowCredentials) }),
    ...(asked.excludeCredentials && { excludeCredentials: descriptors(asked.excludeCredentials) }),
  });

  /** What the browser answered, as text. */
  const written = (credential) => {
    const response = {};
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    for (const part of parts) {
      if (credential.response[part]) response[part] = text(credential.response[part]);
    }
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: {},
    });
  };

  const ask = async (form) => {
    const token = form.elements.form_token?.value ?? "";
    const response = await fetch(form.dataset.ask, {
      method: "POST",
      body: new URLSearchParams({ form_token: token }),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    const told = await response.json();
    if (!response.ok) throw new Error(told.detail);
    return told;
  };

  const answered = async (form) => {
    const publicKey = prepared(await ask(form).catch((error) => {
      throw new Error(error instanceof TypeError ? NOT_ASKED : error.message);
    }));
    const wanted = form.dataset.passkey === "create" ? "create" : "get";
    return navigator.credentials[wanted]({ publicKey }).catch((error) => {
      throw new Error(
        error.name === "InvalidStateError" ? KNOWN : GIVEN_UP,
      );
    });
  };

  const run = async (form) => {
    const button = form.querySelector("button");
    const problem = form.querySelector(".problem");
    problem.hidden = true;
    button.disabled = true;
    try {
      form.elements.answer.value = written(await answered(form));
      form.submit();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      button.disabled = false;
      button.focus();
    }
  };

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.querySelector("button").hidden = false;
    form.querySelector("[data-without]").hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form);
    });
  }
})();
