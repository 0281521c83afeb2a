// The end of a session during work: a warning in advance, and a sign-in on the page itself, so that typed text stays.
// Afterwards the page gets the new CSRF token and repeats the refused requests.
(() => {
  const body = document.body;
  const { person, sessionSeconds, sessionIdle, signInUrl, stillHereUrl } = body.dataset;
  if (!person) return;
  // seconds until an idle session ends; 0 if the session has no idle limit
  const idle = Number(sessionIdle || 0);
  const WARN_SECONDS = idle ? Math.min(600, idle / 3) : 600;
  const SIGN_EVERY = Math.min(30_000, (idle * 1000) / 6);
  const warning = document.getElementById("session-ends");
  let ends = sessionSeconds ? Date.now() + Number(sessionSeconds) * 1000 : null;
  let dialog = null;
  let refused = [];
  // when closed without a sign-in, automatic requests do not open it again for this long
  const SNOOZE = 60_000;
  let closed = -SNOOZE;

  const secondsLeft = () => (ends === null ? Infinity : (ends - Date.now()) / 1000);

  function watch() {
    if (idle && secondsLeft() > 0 && document.querySelector('[data-state="talking"]')) signOfLife();
    warning.hidden = secondsLeft() > WARN_SECONDS;
    if (secondsLeft() <= 0 && navigator.onLine) (idle ? askServer() : askUnasked());
  }

  // keys, the mouse and a call on this page count as activity
  let signed = performance.now();
  async function signOfLife() {
    if (!idle || secondsLeft() <= 0 || performance.now() - signed < SIGN_EVERY) return;
    signed = performance.now();
    const headers = JSON.parse(body.getAttribute("hx-headers"));
    takeSeconds(await fetch(stillHereUrl, { method: "POST", headers: { ...headers, "HX-Request": "true" } }));
  }

  // another page of the same session may have extended it
  async function askServer() {
    const left = await takeSeconds(await fetch(stillHereUrl, { headers: { "HX-Request": "true" } }));
    if (!left) askUnasked();
  }

  async function takeSeconds(answer) {
    if (!answer.ok) return 0;
    const { seconds } = await answer.json();
    ends = Date.now() + seconds * 1000;
    warning.hidden = secondsLeft() > WARN_SECONDS;
    return seconds;
  }

  function takeToken(csrf) {
    body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": csrf }));
    for (const field of document.querySelectorAll('input[name="csrfmiddlewaretoken"]')) field.value = csrf;
  }

  // repeats the refused requests: sends the form, presses the button, or fetches the part
  function askAgain() {
    const waiting = refused;
    refused = [];
    const done = new Set();
    for (const { element, event } of waiting) {
      const target = event?.target?.isConnected ? event.target : element;
      const key = `${event?.type} ${target.id || target.outerHTML?.slice(0, 200)}`;
      if (!target.isConnected || done.has(key)) continue;
      done.add(key);
      if (element instanceof HTMLFormElement && event?.type === "submit") element.requestSubmit(event.submitter);
      else if (event?.type === "click") target.click();
      else if (event) target.dispatchEvent(new CustomEvent(event.type, { bubbles: true, detail: event.detail }));
    }
  }

  async function show(response) {
    dialog.querySelector("[data-form]").innerHTML = await response.text();
    const first = dialog.querySelector(".form-error input") || dialog.querySelector("input:not([type=hidden])");
    (first || dialog.querySelector("[data-form] a"))?.focus();
  }

  async function send(form) {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { "HX-Request": "true" },
    });
    if (!answer.ok) {
      await show(answer);
      return;
    }
    goOn(await answer.json());
  }

  function goOn({ csrf, seconds }) {
    takeToken(csrf);
    ends = Date.now() + seconds * 1000;
    dialog.close();
    closed = -SNOOZE;
    document.getElementById("messages").replaceChildren();
    watch();
    body.dispatchEvent(new CustomEvent("signed-in"));
    askAgain();
  }

  // people who sign in at a provider, or have no code app, do so in another tab
  let away = false;
  async function comeBack() {
    if (!away || !dialog?.open) return;
    const answer = await fetch(stillHereUrl, { headers: { "HX-Request": "true" } });
    const session = answer.ok ? await answer.json() : {};
    if (session.person !== person || !dialog.open) return;
    away = false;
    goOn(session);
  }

  function make() {
    dialog = document.createElement("dialog");
    dialog.id = "sign-in-again";
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "sign-in-again-title");
    const title = document.createElement("h2");
    title.id = "sign-in-again-title";
    title.textContent = body.dataset.textSignInTitle;
    const about = document.createElement("p");
    about.textContent = body.dataset.textSignIn;
    const place = document.createElement("div");
    place.dataset.form = "";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "button button-tertiary";
    close.dataset.closes = "dialog";
    close.textContent = body.dataset.textClose;
    dialog.append(title, about, place, close);
    dialog.addEventListener("close", () => (closed = performance.now()));
    dialog.addEventListener("submit", (event) => {
      if (event.target.target === "_blank") {
        away = true;
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      send(event.target).catch(() => window.indgang.tell(body.dataset.textOffline));
    });
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("a[target=_blank]")) away = true;
    });
    body.append(dialog);
  }

  async function ask() {
    if (!dialog) make();
    if (dialog.open) return;
    dialog.showModal();
    const answer = await fetch(`${signInUrl}?same=${person}`, { headers: { "HX-Request": "true" } });
    await show(answer);
  }

  function askUnasked() {
    if (performance.now() - closed >= SNOOZE) ask();
  }

  function keep(event) {
    refused.push({ element: event.detail.elt, event: event.detail.requestConfig?.triggeringEvent });
  }

  body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (xhr.status === 401) {
      keep(event);
      ask();
    } else if (xhr.status === 403 && xhr.getResponseHeader("X-CSRFToken")) {
      keep(event);
      takeToken(xhr.getResponseHeader("X-CSRFToken"));
      askAgain();
    }
  });
  // an ordinary form is not sent after the session has ended; a form with data-keeps keeps by itself what is typed
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (secondsLeft() > 0 || form.method !== "post" || form.closest("#sign-in-again, [data-keeps]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    refused.push({ element: form, event });
    ask();
  }, true);
  warning.querySelector("button").addEventListener("click", ask);
  window.addEventListener("focus", () => comeBack().catch(() => {}));
  setInterval(() => comeBack().catch(() => {}), 3_000);
  for (const kind of ["keydown", "pointerdown", "pointermove"]) {
    document.addEventListener(kind, () => signOfLife().catch(() => {}), { passive: true });
  }
  setInterval(watch, idle ? Math.min(5_000, (idle * 1000) / 6) : 5_000);
  watch();
  window.indgang = Object.assign(window.indgang || {}, { signInAgain: askUnasked, takeToken });
})();
