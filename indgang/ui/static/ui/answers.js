// Shows a message in place when htmx gets another answer than the requested part, so that no failure is silent.
(() => {
  const body = document.body;
  const offline = document.getElementById("offline");

  function tell(text, kind = "error") {
    const message = document.createElement("div");
    message.className = `message alert alert-${kind}`;
    const line = document.createElement("p");
    line.className = "alert-text";
    line.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "message-close";
    close.dataset.closes = ".message";
    close.textContent = "×";
    close.setAttribute("aria-label", document.documentElement.lang === "en" ? "Close" : "Luk");
    message.append(line, close);
    document.getElementById("messages").replaceChildren(message);
  }

  // A success message disappears after a while, unless it has the focus or the pointer, and at once at the next action.
  // An error message stays until it is closed.
  const done = ".alert-success, .alert-info";
  const place = document.getElementById("messages");

  function leave(message) {
    if (message.matches(":hover, :focus-within")) setTimeout(leave, 2000, message);
    else message.remove();
  }

  function letLeave() {
    for (const message of place.querySelectorAll(done)) {
      if (message.dataset.leaves) continue;
      message.dataset.leaves = "soon";
      setTimeout(leave, 10000, message);
    }
  }

  new MutationObserver(letLeave).observe(place, { childList: true, subtree: true });
  letLeave();
  body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") for (const message of place.querySelectorAll(done)) message.remove();
  });

  function connected(yes) {
    if (offline.hidden === yes) return;
    offline.textContent = yes ? "" : body.dataset.textOffline;
    offline.hidden = yes;
  }

  body.addEventListener("htmx:sendError", () => connected(false));
  body.addEventListener("htmx:timeout", () => connected(false));
  body.addEventListener("htmx:afterOnLoad", () => connected(true));
  body.addEventListener("live:unreached", () => connected(false));
  body.addEventListener("live:reached", () => connected(true));
  body.addEventListener("htmx:responseError", (event) => {
    connected(true);
    const answer = event.detail.xhr;
    const plain = (answer.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    tell(plain && answer.responseText.length < 500 ? answer.responseText : body.dataset.textFault);
  });
  // a returned form scrolls to its first error, and the focus goes there
  body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr?.status !== 422) return;
    const wrong = event.detail.elt.querySelector(".alert-error, .form-error");
    if (!wrong) return;
    if (document.activeElement === body || document.activeElement instanceof HTMLDialogElement) {
      const field = wrong.querySelector("input, select, textarea");
      if (!field) wrong.tabIndex = -1;
      (field || wrong).focus({ preventScroll: true });
    }
    wrong.scrollIntoView({ block: "nearest" });
  });
  window.addEventListener("offline", () => connected(false));
  window.addEventListener("online", () => connected(true));
  window.indgang = Object.assign(window.indgang || {}, { tell });
})();
